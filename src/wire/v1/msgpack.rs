//! The msgpack conventions of v1: a class is a map with its name under `__class__`, a datetime and
//! an enum are marked maps.
//!
//! Reads by schema: a map's keys are known before it is read, so nothing nests deeper than the
//! schema does and no claimed length is ever allocated.

use aftm_domain::{Code, DecimalError, IdError, Price, Stamp};
use rmp::Marker;
use rmp::decode;

use super::{FRAME_BYTES_MAX, excerpt};

/// Why bytes are not a v1 tick or signal.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// Larger than any message is.
    #[error("the frame has {bytes} bytes, more than {max}", max = FRAME_BYTES_MAX)]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// The bytes end within a value.
    #[error("the frame ends within {field}")]
    Truncated {
        /// Which value.
        field: &'static str,
    },
    /// Bytes stand after the message.
    #[error("{bytes} bytes follow the message")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// Another type than the field has.
    #[error("{field} is {found} where {wanted} belongs")]
    WrongType {
        /// Which value.
        field: &'static str,
        /// What belongs there.
        wanted: &'static str,
        /// The msgpack marker that stands there.
        found: String,
    },
    /// Text that is not UTF-8.
    #[error("{field} is not UTF-8")]
    NotUtf8 {
        /// Which value.
        field: &'static str,
    },
    /// A key that the class does not have.
    #[error("{class} has no key {key:?}")]
    UnknownKey {
        /// Which class.
        class: &'static str,
        /// What was said.
        key: String,
    },
    /// A key that stands twice.
    #[error("{class} has the key {key:?} twice")]
    RepeatedKey {
        /// Which class.
        class: &'static str,
        /// Which key.
        key: &'static str,
    },
    /// A key that the class must have.
    #[error("{class} lacks the key {key:?}")]
    MissingKey {
        /// Which class.
        class: &'static str,
        /// Which key.
        key: &'static str,
    },
    /// A mark or a class name other than the one that belongs there.
    #[error("{field} is {found:?} where {wanted:?} belongs")]
    WrongClass {
        /// Which mark.
        field: &'static str,
        /// What belongs there.
        wanted: &'static str,
        /// What stands there.
        found: String,
    },
    /// An operation other than BUY and SELL.
    #[error("operation is {found:?}, neither BUY nor SELL")]
    UnknownOperation {
        /// What stands there.
        found: String,
    },
    /// A time that is not finite, or outside the years 1678 to 2261.
    #[error("timestamp is {seconds}, which is no time between the years 1678 and 2261")]
    Time {
        /// POSIX seconds.
        seconds: f64,
    },
    /// A price that is not finite or out of range.
    #[error("match_price: {0}")]
    Price(#[from] DecimalError),
    /// A price of zero, which arms every buy and stops out every long.
    #[error("match_price is 0, which v1 publishes for a price that it could not read")]
    ZeroPrice,
    /// An item code that is empty, too long or not printable.
    #[error("commodity_id: {0}")]
    Item(#[from] IdError),
}

/// A number as it was written, of any width.
enum Number {
    Whole(i128),
    Float(f64),
}

/// Reads a frame from front to back.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(frame: &'a [u8]) -> Result<Reader<'a>, DecodeError> {
        match frame.len() {
            bytes if bytes > FRAME_BYTES_MAX => Err(DecodeError::TooLarge { bytes }),
            _ => Ok(Reader { rest: frame }),
        }
    }

    pub(super) fn end(&self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            bytes => Err(DecodeError::Trailing { bytes }),
        }
    }

    /// A map of exactly `keys` in any order; `read` takes the value of the key it is told.
    pub(super) fn map<const KEYS: usize>(
        &mut self,
        class: &'static str,
        keys: [&'static str; KEYS],
        mut read: impl FnMut(&mut Reader<'a>, &'static str) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let mut seen = [false; KEYS];
        for _ in 0..self.map_length(class)? {
            let name = self.text(class)?;
            let Some((key, seen)) = keys.into_iter().zip(&mut seen).find(|it| it.0 == name) else {
                return Err(DecodeError::UnknownKey { class, key: excerpt(name) });
            };
            if std::mem::replace(seen, true) {
                return Err(DecodeError::RepeatedKey { class, key });
            }
            read(self, key)?;
        }
        match keys.into_iter().zip(seen).find(|it| !it.1) {
            None => Ok(()),
            Some((key, _)) => Err(DecodeError::MissingKey { class, key }),
        }
    }

    /// Text that must be `wanted`: a class's name.
    pub(super) fn exactly(
        &mut self,
        field: &'static str,
        wanted: &'static str,
    ) -> Result<(), DecodeError> {
        match self.text(field)? {
            found if found == wanted => Ok(()),
            found => Err(DecodeError::WrongClass { field, wanted, found: excerpt(found) }),
        }
    }

    /// The mark of a datetime or an enum: always true.
    pub(super) fn mark(&mut self, field: &'static str) -> Result<(), DecodeError> {
        match self.marker(field)? {
            Marker::True => Ok(()),
            found => Err(wrong_type(field, "true", found)),
        }
    }

    pub(super) fn text(&mut self, field: &'static str) -> Result<&'a str, DecodeError> {
        let mut ahead = self.rest;
        let length = match self.marker(field)? {
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
                decode::read_str_len(&mut ahead).map_err(|_| DecodeError::Truncated { field })?
            }
            found => return Err(wrong_type(field, "text", found)),
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (text, rest) =
            ahead.split_at_checked(length).ok_or(DecodeError::Truncated { field })?;
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| DecodeError::NotUtf8 { field })
    }

    pub(super) fn item(&mut self) -> Result<Code, DecodeError> {
        Ok(Code::try_from(self.text("commodity_id")?)?)
    }

    /// A price, refused where it is zero or so small that it would become zero.
    pub(super) fn price(&mut self) -> Result<Price, DecodeError> {
        let price = match self.number("match_price")? {
            Number::Float(value) => Price::from_f64(value)?,
            Number::Whole(units) => i64::try_from(units)
                .ok()
                .and_then(Price::from_units)
                .ok_or_else(|| DecimalError::TooLarge(units.to_string()))?,
        };
        if price.is_zero() { Err(DecodeError::ZeroPrice) } else { Ok(price) }
    }

    /// A datetime, exact to the microsecond that Python's clock has.
    pub(super) fn datetime(&mut self) -> Result<Stamp, DecodeError> {
        let mut when = None;
        self.map("datetime", ["__datetime__", "timestamp"], |reader, key| match key {
            "timestamp" => {
                when = Some(reader.timestamp()?);
                Ok(())
            }
            mark => reader.mark(mark),
        })?;
        when.ok_or(DecodeError::MissingKey { class: "datetime", key: "timestamp" })
    }

    #[allow(clippy::cast_precision_loss)] // Only to show a number that is out of range anyway.
    fn timestamp(&mut self) -> Result<Stamp, DecodeError> {
        match self.number("timestamp")? {
            Number::Float(seconds) => stamp(seconds).ok_or(DecodeError::Time { seconds }),
            Number::Whole(seconds) => i64::try_from(seconds)
                .ok()
                .and_then(|it| it.checked_mul(Stamp::SECOND))
                .map(Stamp)
                .ok_or(DecodeError::Time { seconds: seconds as f64 }),
        }
    }

    fn map_length(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        let mut ahead = self.rest;
        match self.marker(field)? {
            Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => {
                let length = decode::read_map_len(&mut ahead);
                self.rest = ahead;
                length.map_err(|_| DecodeError::Truncated { field })
            }
            found => Err(wrong_type(field, "a map", found)),
        }
    }

    fn number(&mut self, field: &'static str) -> Result<Number, DecodeError> {
        let mut ahead = self.rest;
        let number = match self.marker(field)? {
            Marker::F64 => decode::read_f64(&mut ahead).ok().map(Number::Float),
            Marker::F32 => decode::read_f32(&mut ahead).ok().map(|it| Number::Float(it.into())),
            Marker::FixPos(_) | Marker::U8 | Marker::U16 | Marker::U32 | Marker::U64 => {
                decode::read_int(&mut ahead).ok().map(|it: u64| Number::Whole(it.into()))
            }
            Marker::FixNeg(_) | Marker::I8 | Marker::I16 | Marker::I32 | Marker::I64 => {
                decode::read_int(&mut ahead).ok().map(|it: i64| Number::Whole(it.into()))
            }
            found => return Err(wrong_type(field, "a number", found)),
        };
        self.rest = ahead;
        number.ok_or(DecodeError::Truncated { field })
    }

    fn marker(&mut self, field: &'static str) -> Result<Marker, DecodeError> {
        decode::read_marker(&mut self.rest).map_err(|_| DecodeError::Truncated { field })
    }
}

fn wrong_type(field: &'static str, wanted: &'static str, found: Marker) -> DecodeError {
    DecodeError::WrongType { field, wanted, found: format!("{found:?}") }
}

/// POSIX seconds as Python holds them, rounded to the microsecond that was meant. The whole seconds
/// are split off first, because their difference is exact and a product of the sum would not be.
#[allow(clippy::cast_possible_truncation)] // Bounded by the test on the first line.
fn stamp(seconds: f64) -> Option<Stamp> {
    if !seconds.is_finite() || seconds.abs() >= 9.2e9 {
        return None;
    }
    let whole = seconds.floor();
    let micros = ((seconds - whole) * 1e6).round();
    Some(Stamp(whole as i64 * Stamp::SECOND + micros as i64 * 1_000))
}

/// Appends POSIX seconds the way Python's `timestamp()` makes them: whole microseconds, one
/// correctly rounded division. What is finer than a microsecond is cut, so no time moves ahead.
#[allow(clippy::cast_precision_loss)] // Microseconds before the year 2255 are exact.
pub(super) fn put_timestamp(out: &mut Vec<u8>, when: Stamp) {
    let micros = when.0.div_euclid(1_000);
    put_float(out, micros as f64 / 1e6);
}

/// Appends a number as the float that v1 always writes.
pub(super) fn put_float(out: &mut Vec<u8>, value: f64) {
    out.push(Marker::F64.to_u8());
    out.extend_from_slice(&value.to_be_bytes());
}

/// Appends an item's code in upper case.
#[allow(clippy::cast_possible_truncation)] // A code has at most 32 bytes.
pub(super) fn put_item(out: &mut Vec<u8>, item: &Code) {
    let length = item.as_str().len() as u8;
    if length < 32 {
        out.push(Marker::FixStr(length).to_u8());
    } else {
        out.extend_from_slice(&[Marker::Str8.to_u8(), length]);
    }
    out.extend(item.as_str().bytes().map(|it| it.to_ascii_uppercase()));
}
