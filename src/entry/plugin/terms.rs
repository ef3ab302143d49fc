//! What a venue without a market of its own is told for a check: one instrument, and a time at which
//! it trades.

use aftm_domain::{Catalog, ExchangeTime, Instrument, Price};
use aftm_plugin_host::abi::{ABSENT, Instrument as Terms};
use anyhow::{Error, Result};

use crate::plugin::told_instrument;

/// The item, and a moment in the middle of its day session.
const CODE: &str = "TXFH1";
const NOW: &str = "2021-07-26T10:00:00+08:00";
/// About where it stood that day, in points.
const REFERENCE: i64 = 17_400;

/// The instrument, and the clock: nanoseconds since 1970, and seconds east of UTC.
pub(super) fn example() -> Result<(Terms, (i64, i32))> {
    let now: ExchangeTime = NOW.parse()?;
    let instrument = Catalog::built_in()?.instrument(&CODE.parse()?, now.civil().date())?;
    Ok((terms(&instrument)?, (now.at.0, now.offset)))
}

/// With a reference and the limits of the day, so that an order that rests has a price.
fn terms(it: &Instrument) -> Result<Terms> {
    let reference_e9 = REFERENCE * 1_000_000_000;
    let limit = it.price_limit.map(|ppm| REFERENCE * 1_000 * i64::from(ppm));
    // Inwards to the tick, as exchanges round their limits.
    let step = it.ticks.step(Price::from_raw(reference_e9)).raw().max(1);
    let upper = limit.map(|it| (reference_e9 + it).div_euclid(step) * step);
    let lower = limit.map(|it| (reference_e9 - it + step - 1).div_euclid(step) * step);
    Ok(Terms {
        reference_e9,
        upper_e9: upper.unwrap_or(ABSENT),
        lower_e9: lower.unwrap_or(ABSENT),
        ..told_instrument(it).map_err(Error::msg)?
    })
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
