//! Amounts of money, wide and checked.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decimal::{self, DecimalError, SCALE};
use crate::{Price, Quantity};

/// An exact amount in the instrument's currency: a count of 1e-9, within ±1.7e29.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i128);

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);

    /// From a count of 1e-9.
    pub const fn from_raw(raw: i128) -> Money {
        Money(raw)
    }

    /// The count of 1e-9.
    pub const fn raw(self) -> i128 {
        self.0
    }

    /// Whole units of the currency.
    pub const fn from_units(units: i64) -> Money {
        Money(units as i128 * SCALE as i128)
    }

    /// What `quantity` lots at `price` are worth: price × lots × multiplier, rounded half away from
    /// zero at 1e-9. `None` where the product leaves the range.
    pub fn value(price: Price, quantity: Quantity, multiplier: Quantity) -> Option<Money> {
        let product = i128::from(price.raw())
            .checked_mul(i128::from(quantity.raw()))?
            .checked_mul(i128::from(multiplier.raw()))?;
        let scale = i128::from(SCALE) * i128::from(SCALE);
        let half = if product < 0 { -scale / 2 } else { scale / 2 };
        Some(Money(product.checked_add(half)? / scale))
    }

    /// The sum, or `None` on overflow.
    pub const fn checked_add(self, other: Money) -> Option<Money> {
        match self.0.checked_add(other.0) {
            Some(raw) => Some(Money(raw)),
            None => None,
        }
    }

    /// The difference, or `None` on overflow.
    pub const fn checked_sub(self, other: Money) -> Option<Money> {
        match self.0.checked_sub(other.0) {
            Some(raw) => Some(Money(raw)),
            None => None,
        }
    }

    /// `quantity` times this amount (a fee a lot, a margin a lot), or `None` on overflow.
    pub fn times(self, quantity: Quantity) -> Option<Money> {
        let product = self.0.checked_mul(i128::from(quantity.raw()))?;
        Some(Money(product / i128::from(SCALE)))
    }

    /// Rounded half away from zero to whole units, as the exchange collects its tax.
    #[must_use]
    pub fn to_whole(self) -> Money {
        let scale = i128::from(SCALE);
        let half = if self.0 < 0 { -scale / 2 } else { scale / 2 };
        Money((self.0 + half) / scale * scale)
    }

    /// Below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// For a foreign peer or a plot that speaks floats.
    #[allow(clippy::cast_precision_loss)] // The foreign format holds no more.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl FromStr for Money {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Money, DecimalError> {
        decimal::parse(text).map(Money)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::show(self.0, f)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Money {
    /// As text for people; for machines as its bytes, since msgpack has no wide integer.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Money, D::Error> {
        if source.is_human_readable() {
            source.deserialize_any(decimal::Text).map(Money)
        } else {
            source.deserialize_str(decimal::Text).map(Money)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_is_worth_price_times_lots_times_multiplier() {
        let value = |price: &str, lots: i64, multiplier: &str| {
            let quantity = Quantity::from_units(lots).unwrap();
            Money::value(price.parse().unwrap(), quantity, multiplier.parse().unwrap())
        };
        assert_eq!(value("17305", 2, "200").unwrap().to_string(), "6922000");
        assert_eq!(value("-0.05", 1, "0.5").unwrap().to_string(), "-0.025");
        assert_eq!(value("9000000000", 9_000_000_000, "9000000000"), None);
    }

    #[test]
    fn tax_is_rounded_to_whole_units() {
        for (amount, whole) in [("69.22", "69"), ("69.5", "70"), ("-69.5", "-70"), ("0.4", "0")] {
            assert_eq!(amount.parse::<Money>().unwrap().to_whole().to_string(), whole);
        }
    }
}
