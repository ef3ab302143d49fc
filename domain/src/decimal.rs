//! Exact decimal text over counts of 1e-9, shared by prices, quantities and money.

use std::fmt;

/// How many counts make one unit.
pub(crate) const SCALE: i64 = 1_000_000_000;
const PLACES: usize = 9;

/// Why a text or a number is not an exact decimal of at most nine places.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DecimalError {
    /// Not of the form `-12.34`.
    #[error("{0:?} is not a decimal number")]
    Malformed(String),
    /// More than nine decimal places.
    #[error("{0:?} has more than nine decimal places")]
    TooFine(String),
    /// Outside the range of the value.
    #[error("{0:?} is too large")]
    TooLarge(String),
    /// NaN or an infinity.
    #[error("{0} is not a finite number")]
    NotFinite(f64),
}

/// Reads `-12.34` into counts of 1e-9. Exponents, signs alone, empty parts and spaces are refused.
pub(crate) fn parse(text: &str) -> Result<i128, DecimalError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    // The exchange writes `.5` for a half; a number with no digit at all is nothing.
    let whole = if whole.is_empty() && digits.starts_with('.') { "0" } else { whole };
    if !is_number(whole) || !is_number(fraction) {
        return Err(DecimalError::Malformed(text.to_owned()));
    }
    let (kept, beyond) = fraction.split_at(fraction.len().min(PLACES));
    if beyond.bytes().any(|it| it != b'0') {
        return Err(DecimalError::TooFine(text.to_owned()));
    }
    let too_large = || DecimalError::TooLarge(text.to_owned());
    let count = |part: &str| {
        part.bytes().try_fold(0_i128, |sum, digit| {
            sum.checked_mul(10)?.checked_add(i128::from(digit - b'0'))
        })
    };
    let padding = (kept.len()..PLACES).fold(1_i128, |scale, _| scale * 10);
    let raw = count(whole)
        .and_then(|units| units.checked_mul(i128::from(SCALE)))
        .and_then(|units| units.checked_add(count(kept)? * padding))
        .ok_or_else(too_large)?;
    Ok(if negative { -raw } else { raw })
}

/// Writes the shortest exact text: `17850`, `99.9`, `-0.05`.
pub(crate) fn show(raw: i128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let scale = u128::from(SCALE.unsigned_abs());
    let (whole, mut fraction) = (raw.unsigned_abs() / scale, raw.unsigned_abs() % scale);
    let mut text = arrayvec::ArrayString::<48>::new();
    if fraction == 0 {
        fmt::write(&mut text, format_args!("{whole}"))?;
    } else {
        let mut places = PLACES;
        while fraction % 10 == 0 {
            fraction /= 10;
            places -= 1;
        }
        fmt::write(&mut text, format_args!("{whole}.{fraction:0places$}"))?;
    }
    f.pad_integral(raw >= 0, "", &text)
}

/// Makes a newtype over `i64` counts of 1e-9: text in and out, checked arithmetic, serde as text
/// for people and as the bare count for machines.
macro_rules! decimal {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Zero.
            pub const ZERO: $name = $name(0);

            /// From a count of 1e-9.
            pub const fn from_raw(raw: i64) -> $name {
                $name(raw)
            }

            /// The count of 1e-9.
            pub const fn raw(self) -> i64 {
                self.0
            }

            /// From whole units; `None` beyond ±9.2e9.
            pub const fn from_units(units: i64) -> Option<$name> {
                match units.checked_mul($crate::decimal::SCALE) {
                    Some(raw) => Some($name(raw)),
                    None => None,
                }
            }

            /// The one door for a foreign float: rounded to 1e-9. NaN, infinities and values beyond
            /// ±9.2e9 are refused.
            #[allow(clippy::cast_possible_truncation)] // Bounded by the test on the line above.
            pub fn from_f64(value: f64) -> Result<$name, $crate::DecimalError> {
                if !value.is_finite() {
                    return Err($crate::DecimalError::NotFinite(value));
                }
                let raw = (value * 1e9).round();
                if raw.abs() >= 9.2e18 {
                    return Err($crate::DecimalError::TooLarge(value.to_string()));
                }
                Ok($name(raw as i64))
            }

            /// For a foreign peer that speaks floats; exact below about nine million.
            #[allow(clippy::cast_precision_loss)] // The foreign format holds no more.
            pub fn to_f64(self) -> f64 {
                self.0 as f64 / 1e9
            }

            /// The sum, or `None` on overflow.
            pub const fn checked_add(self, other: $name) -> Option<$name> {
                match self.0.checked_add(other.0) {
                    Some(raw) => Some($name(raw)),
                    None => None,
                }
            }

            /// The difference, or `None` on overflow.
            pub const fn checked_sub(self, other: $name) -> Option<$name> {
                match self.0.checked_sub(other.0) {
                    Some(raw) => Some($name(raw)),
                    None => None,
                }
            }

            /// Above zero.
            pub const fn is_positive(self) -> bool {
                self.0 > 0
            }

            /// Exactly zero.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// A whole multiple of `step`; false for a step that is not positive.
            pub const fn is_on(self, step: $name) -> bool {
                step.0 > 0 && self.0 % step.0 == 0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::DecimalError;

            fn from_str(text: &str) -> Result<$name, $crate::DecimalError> {
                let raw = $crate::decimal::parse(text)?;
                i64::try_from(raw)
                    .map($name)
                    .map_err(|_| $crate::DecimalError::TooLarge(text.to_owned()))
            }
        }

        impl std::fmt::Display for $name {
            /// Exact and shortest: `17850`, `99.9`, `-0.05`.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::decimal::show(self.0.into(), f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{self}")
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_i64(self.0)
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<$name, D::Error> {
                if source.is_human_readable() {
                    let raw = source.deserialize_any($crate::decimal::Text)?;
                    i64::try_from(raw).map($name).map_err(serde::de::Error::custom)
                } else {
                    i64::deserialize(source).map($name)
                }
            }
        }
    };
}
pub(crate) use decimal;

/// Reads a decimal from text or from a number, whose shortest text is what was written.
pub(crate) struct Text;

impl serde::de::Visitor<'_> for Text {
    type Value = i128;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number, as text or as a number")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<i128, E> {
        parse(text).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, units: i64) -> Result<i128, E> {
        Ok(i128::from(units) * i128::from(SCALE))
    }

    fn visit_u64<E: serde::de::Error>(self, units: u64) -> Result<i128, E> {
        Ok(i128::from(units) * i128::from(SCALE))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<i128, E> {
        if !value.is_finite() {
            return Err(E::custom(DecimalError::NotFinite(value)));
        }
        parse(&value.to_string()).map_err(E::custom)
    }
}
