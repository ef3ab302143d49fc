//! Instruments, both ways.
//!
//! What a venue does not say is never made up to look as if it had: it becomes the value that
//! refuses nothing. Sessions that are not known are the whole day, as everywhere in the machine; an
//! instrument that never ends, or whose end is not known, ends in the last new year that nanoseconds
//! reach; an order size without a bound has the largest quantity there is; a fee that is not known
//! is 0. The day's limits and the kind are not kept: the venue holds to them itself.

use aftm_domain::instrument::{Band, Margin, TickTable};
use aftm_domain::session::{Sessions, Span};
use aftm_domain::{Code, ExchangeTime, Instrument, Money, Price, Quantity};
use aftm_plugin_host::abi::{self, ABSENT, NO_TIME, Versioned, put_text};
use jiff::civil::{Date, date};

use super::names;

/// The end of what never ends.
const NEVER: Date = date(2262, 1, 1);
/// The last second of a day, for an end whose time of day is not said.
const DAY_END: u32 = 86_399;
/// Sessions that are not known.
const WHOLE_DAY: Span = Span { opens: 0, closes: 86_400 };

/// What the venue lists.
///
/// # Errors
///
/// Where no order could be checked by it, and then which value is wrong.
pub(super) fn read(told: &abi::Instrument) -> Result<Instrument, String> {
    let code = names::code(&told.symbol)?;
    let product = match names::text(&told.product) {
        "" => code,
        product => Code::try_from(product).map_err(|err| err.to_string())?,
    };
    let name = match names::text(&told.name) {
        "" => code.as_str(),
        name => name,
    };
    let (last_trading_day, last_trading_second) = end(told)?;
    Ok(Instrument {
        code,
        product,
        name: name.to_owned(),
        month: names::text(&told.month).to_owned(),
        ticks: ticks(told)?,
        multiplier: above_zero("multiplier", told.multiplier_e9)?,
        currency: names::text(&told.currency).to_owned(),
        margin: margin(told),
        fee: amount(told.fee_e9).unwrap_or_default(),
        tax: told.tax_ppb,
        sessions: sessions(told),
        last_trading_day,
        last_trading_second,
        market_order_max: bound("largest market order", told.market_order_max_e9)?,
        limit_order_max: bound("largest limit order", told.limit_order_max_e9)?,
        lot_step: above_zero("lot step", told.lot_step_e9)?,
        price_limit: (told.price_limit_ppm > 0).then_some(told.price_limit_ppm),
    })
}

fn amount(raw: i64) -> Option<Money> {
    (raw != ABSENT).then(|| Money::from_raw(raw.into()))
}

fn above_zero(what: &str, raw: i64) -> Result<Quantity, String> {
    names::lots(raw).ok_or_else(|| match raw {
        ABSENT => format!("its {what} is missing"),
        raw => format!("its {what} {} is not above 0", Quantity::from_raw(raw)),
    })
}

fn bound(what: &str, raw: i64) -> Result<Quantity, String> {
    if raw == ABSENT { Ok(Quantity::from_raw(i64::MAX)) } else { above_zero(what, raw) }
}

fn ticks(told: &abi::Instrument) -> Result<TickTable, String> {
    let count = usize::from(told.ticks_n);
    let bands = told.tick_from_e9.iter().zip(&told.tick_e9).take(count);
    let is_there = |(from, step): (&i64, &i64)| *from != ABSENT && *step != ABSENT;
    let whole = (1..=told.tick_e9.len()).contains(&count) && bands.clone().all(is_there);
    let bands = bands
        .map(|(from, step)| Band { from: Price::from_raw(*from), step: Price::from_raw(*step) });
    let table = TickTable::new(bands.collect()).filter(|_| whole);
    table.ok_or_else(|| {
        format!("its tick table of {count} bands must rise from 0 or below with steps above 0")
    })
}

/// An amount to open stands for one to keep where that is not said as an amount. Where neither an
/// amount nor a rate is said, no margin is reckoned: the venue knows.
fn margin(told: &abi::Instrument) -> Margin {
    match amount(told.margin_initial_e9) {
        Some(initial) => {
            let maintenance = amount(told.margin_maintenance_e9).unwrap_or(initial);
            Margin::Fixed { initial, maintenance }
        }
        None => Margin::Rate {
            initial: told.margin_initial_ppm,
            maintenance: match told.margin_maintenance_ppm {
                0 => told.margin_initial_ppm,
                maintenance => maintenance,
            },
        },
    }
}

fn sessions(told: &abi::Instrument) -> Sessions {
    let span = |opens: u32, closes: u32| {
        let is_known = opens < 86_400 && closes <= 86_400;
        is_known.then_some(Span { opens, closes })
    };
    let day = span(told.day_opens_s, told.day_closes_s).unwrap_or(WHOLE_DAY);
    Sessions { day, night: span(told.night_opens_s, told.night_closes_s) }
}

fn end(told: &abi::Instrument) -> Result<(Date, u32), String> {
    let day = told.last_trading_day;
    if day == 0 {
        return Ok((NEVER, DAY_END));
    }
    let year = i16::try_from(day / 10_000).ok();
    let part = |it: u32| i8::try_from(it % 100).ok();
    let made = year.zip(part(day / 100)).zip(part(day));
    let made = made.and_then(|((year, month), day)| Date::new(year, month, day).ok());
    let made =
        made.ok_or_else(|| format!("its last trading day {day} is no date like 20210818"))?;
    let second = told.last_trading_second;
    Ok((made, if (1..=DAY_END).contains(&second) { second } else { DAY_END }))
}

/// What we list, for a venue that trades against our feed.
///
/// # Errors
///
/// Where one of its texts does not fit its field, or its tick table has more bands than fit.
pub fn told(instrument: &Instrument) -> Result<abi::Instrument, String> {
    let blank = abi::Instrument::blank();
    let day = instrument.last_trading_day;
    let yyyymmdd =
        i32::from(day.year()) * 10_000 + i32::from(day.month()) * 100 + i32::from(day.day());
    let night = instrument.sessions.night;
    let size = |it: Quantity| if it.raw() == i64::MAX { ABSENT } else { it.raw() };
    let mut told = abi::Instrument {
        // Everything that we list by ourselves is one.
        kind: abi::KIND_FUTURE,
        multiplier_e9: instrument.multiplier.raw(),
        fee_e9: raw("fee", instrument.fee)?,
        lot_step_e9: instrument.lot_step.raw(),
        limit_order_max_e9: size(instrument.limit_order_max),
        market_order_max_e9: size(instrument.market_order_max),
        tax_ppb: instrument.tax,
        price_limit_ppm: instrument.price_limit.unwrap_or(0),
        last_trading_day: if day == NEVER { 0 } else { u32::try_from(yyyymmdd).unwrap_or(0) },
        last_trading_second: instrument.last_trading_second,
        day_opens_s: instrument.sessions.day.opens,
        day_closes_s: instrument.sessions.day.closes,
        night_opens_s: night.map_or(NO_TIME, |it| it.opens),
        night_closes_s: night.map_or(NO_TIME, |it| it.closes),
        // What we list comes from our own catalog, which is of the exchange in Taipei.
        utc_offset_s: ExchangeTime::TAIPEI,
        ..blank
    };
    put_margin(&mut told, &instrument.margin)?;
    put_ticks(&mut told, instrument)?;
    let put = |field: &mut [u8], text: &str| {
        abi::put_name(field, text).map_err(|err| format!("{}: {err}", instrument.code))
    };
    put(&mut told.symbol, instrument.code.as_str())?;
    put(&mut told.product, instrument.product.as_str())?;
    put(&mut told.month, &instrument.month)?;
    put(&mut told.currency, &instrument.currency)?;
    put_text(&mut told.name, &instrument.name);
    Ok(told)
}

fn raw(what: &str, money: Money) -> Result<i64, String> {
    i64::try_from(money.raw()).map_err(|_| format!("the {what} {money} is beyond 9.2e9"))
}

fn put_margin(told: &mut abi::Instrument, margin: &Margin) -> Result<(), String> {
    match margin {
        Margin::Fixed { initial, maintenance } => {
            told.margin_initial_e9 = raw("margin", *initial)?;
            told.margin_maintenance_e9 = raw("margin", *maintenance)?;
        }
        Margin::Rate { initial, maintenance } => {
            told.margin_initial_ppm = *initial;
            told.margin_maintenance_ppm = *maintenance;
        }
    }
    Ok(())
}

fn put_ticks(told: &mut abi::Instrument, instrument: &Instrument) -> Result<(), String> {
    let (bands, max) = (instrument.ticks.bands(), told.tick_e9.len());
    let count = u8::try_from(bands.len()).ok().filter(|it| usize::from(*it) <= max);
    told.ticks_n = count.ok_or_else(|| {
        format!("the tick table of {} has {} bands, and {max} fit", instrument.code, bands.len())
    })?;
    let places = told.tick_from_e9.iter_mut().zip(&mut told.tick_e9);
    for ((from, step), band) in places.zip(bands) {
        (*from, *step) = (band.from.raw(), band.step.raw());
    }
    Ok(())
}

#[cfg(test)]
#[path = "tests/instrument.rs"]
mod tests;
