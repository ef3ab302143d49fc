//! What a venue without a market of its own is told for a check: one instrument, and a time at which
//! it trades.

use aftm_domain::instrument::Margin;
use aftm_domain::{Catalog, ExchangeTime, Instrument};
use aftm_plugin_host::abi::{
    ABSENT, Instrument as Terms, KIND_FUTURE, NO_TIME, Versioned, put_name, put_text,
};
use anyhow::{Context as _, Result};

/// The item, and a moment in the middle of its day session.
const CODE: &str = "TXFH1";
const NOW: &str = "2021-07-26T10:00:00+08:00";
/// About where it stood that day, in points.
const REFERENCE: i64 = 17_400;

/// The instrument, and the clock: nanoseconds since 1970, and seconds east of UTC.
pub(super) fn example() -> Result<(Terms, (i64, i32))> {
    let now: ExchangeTime = NOW.parse()?;
    let instrument = Catalog::built_in()?.instrument(&CODE.parse()?, now.civil().date())?;
    Ok((terms(&instrument, now.offset)?, (now.at.0, now.offset)))
}

fn terms(it: &Instrument, utc_offset_s: i32) -> Result<Terms> {
    let reference_e9 = REFERENCE * 1_000_000_000;
    let limit = it.price_limit.map(|ppm| REFERENCE * 1_000 * i64::from(ppm));
    // Inwards to the tick, as exchanges round their limits.
    let step = it.ticks.step(aftm_domain::Price::from_raw(reference_e9)).raw().max(1);
    let upper = limit.map(|it| (reference_e9 + it).div_euclid(step) * step);
    let lower = limit.map(|it| (reference_e9 - it + step - 1).div_euclid(step) * step);
    let mut terms = Terms {
        kind: KIND_FUTURE,
        multiplier_e9: it.multiplier.raw(),
        fee_e9: i64::try_from(it.fee.raw())?,
        lot_step_e9: it.lot_step.raw(),
        limit_order_max_e9: it.limit_order_max.raw(),
        market_order_max_e9: it.market_order_max.raw(),
        reference_e9,
        upper_e9: upper.unwrap_or(ABSENT),
        lower_e9: lower.unwrap_or(ABSENT),
        tax_ppb: it.tax,
        price_limit_ppm: it.price_limit.unwrap_or(0),
        last_trading_day: it.last_trading_day.strftime("%Y%m%d").to_string().parse()?,
        last_trading_second: it.last_trading_second,
        day_opens_s: it.sessions.day.opens,
        day_closes_s: it.sessions.day.closes,
        night_opens_s: it.sessions.night.map_or(NO_TIME, |it| it.opens),
        night_closes_s: it.sessions.night.map_or(NO_TIME, |it| it.closes),
        utc_offset_s,
        ..Terms::blank()
    };
    match it.margin {
        Margin::Fixed { initial, maintenance } => {
            terms.margin_initial_e9 = i64::try_from(initial.raw())?;
            terms.margin_maintenance_e9 = i64::try_from(maintenance.raw())?;
        }
        Margin::Rate { initial, maintenance } => {
            terms.margin_initial_ppm = initial;
            terms.margin_maintenance_ppm = maintenance;
        }
    }
    let places = terms.tick_from_e9.iter_mut().zip(&mut terms.tick_e9);
    let mut count = 0;
    for ((from, step), band) in places.zip(it.ticks.bands()) {
        (*from, *step) = (band.from.raw(), band.step.raw());
        count += 1;
    }
    terms.ticks_n = count;
    let fits = |put: Result<(), _>| put.ok().context("a name does not fit");
    fits(put_name(&mut terms.symbol, it.code.as_str()))?;
    fits(put_name(&mut terms.product, it.product.as_str()))?;
    fits(put_name(&mut terms.month, &it.month))?;
    fits(put_name(&mut terms.currency, &it.currency))?;
    put_text(&mut terms.name, &it.name);
    Ok(terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_can_be_traded_at_its_time() {
        let (terms, (now_ns, offset_s)) = example().unwrap();
        assert_eq!((now_ns, offset_s), (1_627_264_800_000_000_000, 28_800));
        assert_eq!((terms.ticks_n, terms.tick_e9[0], terms.tick_e9[1]), (1, 1_000_000_000, ABSENT));
        assert_eq!(terms.last_trading_day, 20_210_818);
        assert_eq!((terms.lower_e9, terms.upper_e9), (15_660_000_000_000, 19_140_000_000_000));
        assert_eq!(terms.multiplier_e9, 200_000_000_000);
        assert!((terms.day_opens_s..terms.day_closes_s).contains(&36_000));
    }
}
