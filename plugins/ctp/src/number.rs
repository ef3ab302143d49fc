//! Numbers of the vendor: doubles for prices and money, 32-bit integers for lots.
//!
//! Inside there are integers alone. A double that means "none" becomes an absent value, and one
//! that cannot be held is told as such; neither becomes a number.

use aftm_exchange_abi::{E_PRICE, E_QUANTITY};

use crate::Refusal;

/// One point, or one lot, in units of `_e9`.
pub const ONE_E9: i64 = 1_000_000_000;

/// The largest value that the interface holds, either way, in points.
const POINTS_MAX: f64 = 9.2e9;

/// The largest amount of money that the interface holds, either way.
const MONEY_MAX: f64 = 9.2e14;

/// Doubles from here on, either way, mean "none": the vendor writes the largest double, others
/// something near 1e300.
const NONE_FROM: f64 = 1e300;

/// A number that means something and cannot be held.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the number {0:e} is beyond what can be held")]
pub struct Unusable(pub f64);

/// A price or an average, rounded to 1e-9; `None` where there is none.
///
/// # Errors
///
/// Where it lies beyond ±9.2e9.
pub fn price_e9(value: f64) -> Result<Option<i64>, Unusable> {
    scaled(value, 1e9, POINTS_MAX)
}

/// Money of an account, rounded to 1e-4; `None` where there is none.
///
/// # Errors
///
/// Where it lies beyond ±9.2e14.
pub fn money_e4(value: f64) -> Result<Option<i64>, Unusable> {
    scaled(value, 1e4, MONEY_MAX)
}

#[allow(clippy::cast_possible_truncation)] // Bounded by the test before it.
fn scaled(value: f64, scale: f64, max: f64) -> Result<Option<i64>, Unusable> {
    if value.is_nan() || value.abs() >= NONE_FROM {
        return Ok(None);
    }
    if value.abs() > max {
        return Err(Unusable(value));
    }
    Ok(Some((value * scale).round() as i64))
}

/// A price of the feed: on the tick where it lies within a millionth of one, or as near as a double
/// of its size can tell; as it is where it does not, because the feed is right about its prices.
///
/// # Errors
///
/// Where it lies beyond ±9.2e9.
pub fn feed_price_e9(value: f64, tick_e9: i64) -> Result<Option<i64>, Unusable> {
    let Some(raw) = price_e9(value)? else { return Ok(None) };
    #[allow(clippy::cast_possible_truncation)] // A price within 9.2e9 has a spacing far below 1e9.
    let spacing = (value.abs() * f64::EPSILON * 1e9).ceil() as i64;
    Ok(Some(near(raw, tick_e9, spacing).unwrap_or(raw)))
}

/// The multiple of the tick that is near enough to be meant; `None` where there is none.
fn near(raw: i64, tick_e9: i64, allowance: i64) -> Option<i64> {
    if tick_e9 <= 0 {
        return None;
    }
    let below = raw.checked_sub(raw.rem_euclid(tick_e9))?;
    let above = below.checked_add(tick_e9)?;
    let nearest = if raw - below <= above - raw { below } else { above };
    let room = allowance.max(tick_e9 / 1_000_000);
    ((raw - nearest).abs() <= room).then_some(nearest)
}

/// The price of an order, on its tick. It comes as an integer, and so nothing is rounded away.
///
/// # Errors
///
/// Where it is off the tick, or where the tick is not known.
pub fn on_tick(price_e9: i64, tick_e9: i64) -> Result<i64, Refusal> {
    let price = points(price_e9);
    if tick_e9 <= 0 {
        let text = format!("the price {price} cannot be checked: the tick is not known");
        return Err(Refusal::new(E_PRICE, text));
    }
    let is_on = price_e9.rem_euclid(tick_e9) == 0;
    is_on.then_some(price_e9).ok_or_else(|| {
        let tick = points(tick_e9);
        Refusal::new(E_PRICE, format!("the price {price} is not a multiple of the tick {tick}"))
    })
}

/// A price as the double that is nearest to it; exact to 1e-9 below 8.3e6 points.
#[allow(clippy::cast_precision_loss)] // Points and rest are small enough for a double each.
pub fn double(price_e9: i64) -> f64 {
    let (whole, rest) = (price_e9 / ONE_E9, price_e9 % ONE_E9);
    if price_e9.unsigned_abs() < 1 << f64::MANTISSA_DIGITS {
        // Exact before the one division, which rounds to the nearest.
        return price_e9 as f64 / 1e9;
    }
    whole as f64 + rest as f64 / 1e9
}

/// Lots as the vendor counts them.
///
/// # Errors
///
/// Where they are not whole, not above zero, or more than an order can have.
pub fn lots(qty_e9: i64) -> Result<i32, Refusal> {
    let whole = (qty_e9 % ONE_E9 == 0).then_some(qty_e9 / ONE_E9);
    match whole.map(i32::try_from) {
        Some(Ok(lots)) if lots > 0 => Ok(lots),
        _ => {
            let max = i32::MAX;
            let text =
                format!("{} lots cannot be ordered: whole lots from 1 to {max}", points(qty_e9));
            Err(Refusal::new(E_QUANTITY, text))
        }
    }
}

/// Lots of the vendor as the interface counts them.
pub fn quantity_e9(lots: i32) -> i64 {
    i64::from(lots) * ONE_E9
}

/// An exact value in sentences: `17305.5`.
pub(crate) fn points(value_e9: i64) -> String {
    let sign = if value_e9 < 0 { "-" } else { "" };
    let (whole, rest) =
        (value_e9.unsigned_abs() / 1_000_000_000, value_e9.unsigned_abs() % 1_000_000_000);
    let text = format!("{sign}{whole}.{rest:09}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_that_means_none_is_absent() {
        for none in [f64::MAX, -f64::MAX, 1e300, -1e300, f64::INFINITY, f64::NAN] {
            assert_eq!(price_e9(none), Ok(None), "{none:e}");
            assert_eq!(money_e4(none), Ok(None), "{none:e}");
            assert_eq!(feed_price_e9(none, ONE_E9), Ok(None), "{none:e}");
        }
    }

    #[test]
    fn what_cannot_be_held_is_told() {
        for (value, fits) in [(9.2e9, true), (9.3e9, false), (-9.3e9, false), (9e299, false)] {
            assert_eq!(price_e9(value).is_ok(), fits, "{value:e}");
        }
        assert_eq!(money_e4(9.3e14), Err(Unusable(9.3e14)));
        assert_eq!(
            money_e4(9.3e14).unwrap_err().to_string(),
            "the number 9.3e14 is beyond what can be held"
        );
    }

    #[test]
    fn doubles_are_rounded_to_the_unit() {
        let prices = [
            (17_305.5, 17_305_500_000_000),
            (0.1 + 0.2, 300_000_000),
            (-0.05, -50_000_000),
            (0.0, 0),
            (-0.0, 0),
            (8_388_607.999_999_999, 8_388_607_999_999_999),
        ];
        for (value, raw) in prices {
            assert_eq!(price_e9(value), Ok(Some(raw)), "{value}");
        }
        for (value, raw) in
            [(1.000_05, 10_001), (-1.000_05, -10_001), (123_456_789.12, 1_234_567_891_200)]
        {
            assert_eq!(money_e4(value), Ok(Some(raw)), "{value}");
        }
    }

    #[test]
    fn a_price_of_the_feed_snaps_to_its_tick_and_is_never_refused_for_it() {
        let rows = [
            // What a thousand additions of 0.2 to 3000 really give.
            (3_199.999_999_999_818, 200_000_000, 3_200_000_000_000),
            (3_200.000_000_1, 200_000_000, 3_200_000_000_000),
            (3_200.000_001, 200_000_000, 3_200_000_001_000),
            (3_200.1, 200_000_000, 3_200_100_000_000),
            (-0.4, 200_000_000, -400_000_000),
            (3_200.1, 0, 3_200_100_000_000),
            // Beyond 8.3e6 a double is no longer exact to 1e-9.
            (91_234_567.12, 10_000_000, 91_234_567_120_000_000),
        ];
        for (value, tick, raw) in rows {
            assert_eq!(feed_price_e9(value, tick), Ok(Some(raw)), "{value} by {tick}");
        }
    }

    #[test]
    fn an_order_off_the_tick_is_refused_with_price_and_tick() {
        assert_eq!(on_tick(3_200_200_000_000, 200_000_000), Ok(3_200_200_000_000));
        assert_eq!(on_tick(-200_000_000, 200_000_000), Ok(-200_000_000));
        let refused = on_tick(3_200_200_000_001, 200_000_000).unwrap_err();
        assert_eq!(refused.code, E_PRICE);
        assert_eq!(refused.text, "the price 3200.200000001 is not a multiple of the tick 0.2");
        assert!(on_tick(ONE_E9, 0).unwrap_err().text.contains("the tick is not known"));
        assert!(on_tick(i64::MIN + 1, 200_000_000).is_err(), "no price is out of reach");
    }

    #[test]
    fn a_price_goes_there_and_back() {
        for raw in [0, 1, -50_000_000, 17_305_500_000_000, 8_388_607_999_999_999] {
            assert_eq!(price_e9(double(raw)), Ok(Some(raw)));
        }
        let large = 91_234_567_120_000_000;
        assert_eq!(feed_price_e9(double(large), 10_000_000), Ok(Some(large)));
    }

    #[test]
    fn lots_are_whole_and_within_the_vendors_range() {
        assert_eq!(lots(3 * ONE_E9), Ok(3));
        assert_eq!(lots(quantity_e9(i32::MAX)), Ok(i32::MAX));
        for qty in [0, -ONE_E9, ONE_E9 / 2, quantity_e9(i32::MAX) + ONE_E9, i64::MIN] {
            assert_eq!(lots(qty).unwrap_err().code, E_QUANTITY, "{qty}");
        }
        let said = lots(ONE_E9 / 2).unwrap_err().text;
        assert_eq!(said, "0.5 lots cannot be ordered: whole lots from 1 to 2147483647");
    }
}
