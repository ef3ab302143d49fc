//! The instruments that the host tells of, as the exchange trades them.

use aftm_domain::instrument::{Band, Margin, TickTable};
use aftm_domain::session::{Sessions, Span};
use aftm_domain::{Code, Instrument, Money, Price, Quantity};
use aftm_exchange_abi as abi;
use aftm_exchange_abi::{ABSENT, E_FIELD, E_UNSUPPORTED, KIND_FUTURE, NO_TIME, name, text};
use jiff::civil::{Date, date};

use crate::fault::{Done, Fault};

/// The last trading day of a contract that never ends: nanoseconds reach no further.
const NEVER: Date = date(2262, 4, 10);

#[cold]
fn field(what: &str, why: impl std::fmt::Display) -> Fault {
    Fault::new(E_FIELD, format!("{what}: {why}"))
}

/// An instrument, as the exchange trades it.
pub(crate) fn instrument(told: &abi::Instrument, keeps_hours: bool) -> Done<Instrument> {
    if told.kind != KIND_FUTURE {
        let text =
            format!("the simulated exchange trades futures alone; the kind is {}", told.kind);
        return Err(Fault::new(E_UNSUPPORTED, text));
    }
    let largest = |max| if max == ABSENT { Quantity::from_raw(i64::MAX) } else { lots(max) };
    Ok(Instrument {
        code: code("symbol", &told.symbol)?,
        product: code("product", &told.product)?,
        name: text(&told.name).into_owned(),
        month: named("month", &told.month)?.to_owned(),
        ticks: ticks(told)?,
        multiplier: above_zero("multiplier_e9", told.multiplier_e9)?,
        currency: named("currency", &told.currency)?.to_owned(),
        margin: margin(told)?,
        fee: amount("fee_e9", told.fee_e9)?,
        tax: told.tax_ppb,
        sessions: sessions(told, keeps_hours)?,
        last_trading_day: last_day(told.last_trading_day)?,
        last_trading_second: told.last_trading_second,
        market_order_max: largest(told.market_order_max_e9),
        limit_order_max: largest(told.limit_order_max_e9),
        lot_step: above_zero("lot_step_e9", told.lot_step_e9)?,
        price_limit: Some(told.price_limit_ppm).filter(|it| *it > 0),
    })
}

fn lots(raw: i64) -> Quantity {
    Quantity::from_raw(raw)
}

// One for all names, because every order has several.
#[inline(never)]
pub(crate) fn named<'told>(what: &str, told: &'told [u8]) -> Done<&'told str> {
    name(told).ok_or_else(|| field(what, "it is not terminated or no UTF-8"))
}

pub(crate) fn code(what: &str, told: &[u8]) -> Done<Code> {
    named(what, told)?.parse().map_err(|err| field(what, err))
}

fn above_zero(what: &str, raw: i64) -> Done<Quantity> {
    if raw > 0 { Ok(lots(raw)) } else { Err(field(what, format!("{raw} is not above 0"))) }
}

fn amount(what: &str, raw: i64) -> Done<Money> {
    match raw {
        ABSENT => Err(field(what, "it is absent, and the simulated exchange reckons with it")),
        raw => Ok(Money::from_raw(raw.into())),
    }
}

fn ticks(told: &abi::Instrument) -> Done<TickTable> {
    let count = usize::from(told.ticks_n);
    let pairs = told.tick_from_e9.iter().zip(told.tick_e9).take(count);
    let band = |(from, step): (&i64, i64)| Band {
        from: Price::from_raw(*from),
        step: Price::from_raw(step),
    };
    let bands: Vec<Band> = pairs.map(band).collect();
    let is_whole = (1..=8).contains(&count) && bands.len() == count;
    let ticks = if is_whole { TickTable::new(bands) } else { None };
    ticks.ok_or_else(|| field("ticks", "they are not 1 to 8 bands that rise from 0 or below"))
}

fn margin(told: &abi::Instrument) -> Done<Margin> {
    let (initial, maintenance) = (told.margin_initial_ppm, told.margin_maintenance_ppm);
    if told.margin_initial_e9 == ABSENT && initial > 0 {
        return Ok(Margin::Rate { initial, maintenance });
    }
    let maintenance = match told.margin_maintenance_e9 {
        ABSENT => told.margin_initial_e9,
        amount => amount,
    };
    let initial = amount("margin_initial_e9", told.margin_initial_e9)?;
    Ok(Margin::Fixed { initial, maintenance: amount("margin_maintenance_e9", maintenance)? })
}

fn sessions(told: &abi::Instrument, keeps_hours: bool) -> Done<Sessions> {
    let span = |opens, closes| Span { opens, closes };
    let day = match told.day_opens_s {
        NO_TIME if keeps_hours => {
            return Err(field("day_opens_s", "it is absent, and the option sessions is true"));
        }
        // Nobody asks for the hours then; this is the whole day.
        NO_TIME => span(0, 0),
        opens => span(opens, told.day_closes_s),
    };
    let night = match told.night_opens_s {
        NO_TIME => None,
        opens => Some(span(opens, told.night_closes_s)),
    };
    let second = |it: u32| it <= 86_400;
    let all = [Some(day), night].into_iter().flatten();
    if all.into_iter().all(|it| second(it.opens) && second(it.closes)) {
        return Ok(Sessions { day, night });
    }
    Err(field("sessions", "they begin or end beyond the 86400 seconds of a day"))
}

fn last_day(told: u32) -> Done<Date> {
    if told == 0 {
        return Ok(NEVER);
    }
    let (year, month, day) = (told / 10_000, told / 100 % 100, told % 100);
    let date = i16::try_from(year).ok().zip(i8::try_from(month).ok()).zip(i8::try_from(day).ok());
    let date = date.and_then(|((year, month), day)| Date::new(year, month, day).ok());
    date.ok_or_else(|| field("last_trading_day", format!("{told} is no date like 20210726")))
}
