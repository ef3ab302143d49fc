//! Instants in UTC, and the exchange's own local time.

use std::fmt;

use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant: nanoseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamp(pub i64);

impl Stamp {
    /// Nanoseconds in a second.
    pub const SECOND: i64 = 1_000_000_000;
    /// Nanoseconds in a millisecond.
    pub const MILLISECOND: i64 = 1_000_000;

    /// Nanoseconds since `earlier`; negative where it is later.
    pub const fn since(self, earlier: Stamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// So many nanoseconds later.
    #[must_use]
    pub const fn after(self, nanoseconds: i64) -> Stamp {
        Stamp(self.0.saturating_add(nanoseconds))
    }

    fn timestamp(self) -> jiff::Timestamp {
        // Every i64 of nanoseconds lies within the years that jiff knows.
        jiff::Timestamp::from_nanosecond(self.0.into()).unwrap_or_default()
    }
}

impl fmt::Display for Stamp {
    /// RFC 3339 in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Why a text is not an exchange time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not RFC 3339.
    #[error("{text:?} is not a time like 2021-07-26T10:49:08+08:00: {reason}")]
    Malformed {
        /// What was said.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No offset, so that the instant is unknown.
    #[error("{0:?} has no offset from UTC; write it like 2021-07-26T10:49:08+08:00")]
    NoOffset(String),
}

/// An instant and the offset of the clock that the exchange showed it on, so that it prints as the
/// feed had it. Two of them compare by the instant alone.
#[derive(Clone, Copy, Default)]
pub struct ExchangeTime {
    /// The instant.
    pub at: Stamp,
    /// Seconds east of UTC.
    pub offset: i32,
}

impl ExchangeTime {
    /// Taipei has kept UTC+8 without summer time since 1980.
    pub const TAIPEI: i32 = 8 * 3600;

    /// The civil date and time on the exchange's clock.
    pub fn civil(self) -> jiff::civil::DateTime {
        self.zone().to_datetime(self.at.timestamp())
    }

    /// From a civil date and time on a clock `offset` seconds east of UTC; `None` outside the years
    /// 1677 to 2262, which nanoseconds reach.
    pub fn from_civil(civil: jiff::civil::DateTime, offset: i32) -> Option<ExchangeTime> {
        let zone = Offset::from_seconds(offset).ok()?;
        let at = zone.to_timestamp(civil).ok()?.as_nanosecond();
        Some(ExchangeTime { at: Stamp(i64::try_from(at).ok()?), offset })
    }

    fn zone(self) -> Offset {
        Offset::from_seconds(self.offset).unwrap_or(Offset::UTC)
    }
}

impl PartialEq for ExchangeTime {
    fn eq(&self, other: &ExchangeTime) -> bool {
        self.at == other.at
    }
}

impl Eq for ExchangeTime {}

impl PartialOrd for ExchangeTime {
    fn partial_cmp(&self, other: &ExchangeTime) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ExchangeTime {
    fn cmp(&self, other: &ExchangeTime) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

impl fmt::Display for ExchangeTime {
    /// RFC 3339 with the exchange's offset: `2021-07-26T10:49:08+08:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at.timestamp().display_with_offset(self.zone()))
    }
}

impl fmt::Debug for ExchangeTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::str::FromStr for ExchangeTime {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<ExchangeTime, TimeError> {
        let malformed = |reason: &dyn fmt::Display| TimeError::Malformed {
            text: text.to_owned(),
            reason: reason.to_string(),
        };
        let pieces = jiff::fmt::temporal::Pieces::parse(text).map_err(|err| malformed(&err))?;
        let time = pieces.time().ok_or_else(|| malformed(&"it has no time of day"))?;
        let Some(offset) = pieces.to_numeric_offset() else {
            return Err(TimeError::NoOffset(text.to_owned()));
        };
        ExchangeTime::from_civil(pieces.date().to_datetime(time), offset.seconds())
            .ok_or_else(|| malformed(&"the year is out of range"))
    }
}

impl Serialize for ExchangeTime {
    /// As text for people; as (nanoseconds, offset) for machines.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            (self.at, self.offset).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for ExchangeTime {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<ExchangeTime, D::Error> {
        if source.is_human_readable() {
            let text = String::deserialize(source)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            <(Stamp, i32)>::deserialize(source).map(|(at, offset)| ExchangeTime { at, offset })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_time_as_the_feed_had_it() {
        for text in [
            "2021-07-26T10:49:08+08:00",
            "2021-07-26T10:49:08.25+09:00",
            "1969-12-31T23:59:59.999999999-05:30",
        ] {
            assert_eq!(text.parse::<ExchangeTime>().unwrap().to_string(), text);
        }
        let time: ExchangeTime = "2021-07-26T02:49:08Z".parse().unwrap();
        assert_eq!(time, "2021-07-26T10:49:08+08:00".parse().unwrap());
    }

    #[test]
    fn a_time_without_an_offset_is_refused() {
        for text in ["2021-07-26T10:49:08", "2021-07-26", "10:49:08", "", "2021-13-26T10:49:08Z"] {
            assert!(text.parse::<ExchangeTime>().is_err(), "{text:?} was taken");
        }
    }
}
