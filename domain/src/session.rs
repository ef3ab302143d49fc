//! When an instrument trades.
//!
//! Owns the spans of a trading day and tells in which one a moment lies. Times are civil, on the
//! exchange's clock; no time zone is known here.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::Instrument;
use crate::calendar::Calendar;

const DAY_SECONDS: u32 = 86_400;

/// A span of the day, in seconds after midnight on the exchange's clock. One that ends at or before
/// its start ends on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first second.
    pub opens: u32,
    /// The second at which it is over.
    pub closes: u32,
}

impl Span {
    const fn crosses_midnight(self) -> bool {
        self.closes <= self.opens
    }

    /// On which day the span began that holds this second of `date`, if any does.
    fn day_begun(self, date: Date, second: u32) -> Option<Date> {
        match () {
            () if self.crosses_midnight() && second >= self.opens => Some(date),
            () if self.crosses_midnight() && second < self.closes => date.yesterday().ok(),
            () if self.crosses_midnight() => None,
            () => (self.opens..self.closes).contains(&second).then_some(date),
        }
    }
}

/// The sessions of a trading day. The night session belongs to the next trading day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sessions {
    /// The day session.
    pub day: Span,
    /// The night session, where there is one.
    pub night: Option<Span>,
}

/// In which session a moment lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The day session.
    Day,
    /// The night session.
    Night,
    /// None.
    Closed,
}

impl Phase {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Phase::Day => "day",
            Phase::Night => "night",
            Phase::Closed => "closed",
        }
    }

    /// Whether it trades.
    pub const fn is_open(self) -> bool {
        matches!(self, Phase::Day | Phase::Night)
    }
}

impl Sessions {
    /// In which session a moment lies. A session that begins on a business day runs to its end, a
    /// night session before a holiday included. The closing second itself is closed.
    pub fn phase(&self, at: DateTime, calendar: &Calendar) -> Phase {
        let (date, second) = (at.date(), second_of_day(at));
        let lies_in = |span: Span| {
            span.day_begun(date, second).is_some_and(|begun| calendar.is_business_day(begun))
        };
        match () {
            () if lies_in(self.day) => Phase::Day,
            () if self.night.is_some_and(lies_in) => Phase::Night,
            () => Phase::Closed,
        }
    }

    /// The next moment at which a session opens, after `at`; `None` beyond the calendar's end.
    pub fn next_open(&self, at: DateTime, calendar: &Calendar) -> Option<DateTime> {
        let second = second_of_day(at);
        let spans = || [Some(self.day), self.night].into_iter().flatten();
        let later_today = spans().map(|it| it.opens).filter(|it| *it > second).min();
        let today = later_today.filter(|_| calendar.is_business_day(at.date()));
        let (date, opens) = match today {
            Some(opens) => (at.date(), opens),
            None => (calendar.next_business_day(at.date()), spans().map(|it| it.opens).min()?),
        };
        (date < Date::MAX).then(|| at_second(date, opens)).flatten()
    }
}

impl Instrument {
    /// In which session a moment lies; closed from its end on its last trading day on.
    pub fn phase(&self, at: DateTime, calendar: &Calendar) -> Phase {
        let end = at_second(self.last_trading_day, self.last_trading_second);
        if end.is_some_and(|end| at >= end) {
            return Phase::Closed;
        }
        self.sessions.phase(at, calendar)
    }
}

/// The whole second of the day, from 0.
pub fn second_of_day(at: DateTime) -> u32 {
    let part = |value: i8| u32::try_from(value).unwrap_or_default();
    part(at.hour()) * 3_600 + part(at.minute()) * 60 + part(at.second())
}

/// The moment a number of seconds after midnight; `None` from 86,400 on.
pub fn at_second(date: Date, second: u32) -> Option<DateTime> {
    let part = |value: u32| i8::try_from(value).ok();
    let (hour, minute) = (part(second / 3_600)?, part(second / 60 % 60)?);
    (second < DAY_SECONDS).then(|| date.at(hour, minute, part(second % 60).unwrap_or_default(), 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: Sessions = Sessions {
        day: Span { opens: 31_500, closes: 49_500 },
        night: Some(Span { opens: 54_000, closes: 18_000 }),
    };

    #[test]
    fn a_moment_lies_in_the_session_that_its_clock_says() {
        let calendar = Calendar::built_in().unwrap();
        for (at, phase) in [
            ("2021-07-23T08:44:59", Phase::Closed),
            ("2021-07-23T08:45:00", Phase::Day),
            ("2021-07-23T13:44:59.9", Phase::Day),
            ("2021-07-23T13:45:00", Phase::Closed),
            ("2021-07-23T14:59:59", Phase::Closed),
            ("2021-07-23T15:00:00", Phase::Night),
            ("2021-07-24T00:00:00", Phase::Night),
            ("2021-07-24T04:59:59", Phase::Night),
            ("2021-07-24T05:00:00", Phase::Closed),
            ("2021-07-24T10:00:00", Phase::Closed),
            ("2021-07-24T15:00:00", Phase::Closed),
            ("2021-07-26T04:00:00", Phase::Closed),
            ("2021-07-26T08:45:00", Phase::Day),
            // The night before a holiday runs, that of the holiday does not.
            ("2021-04-02T03:00:00", Phase::Night),
            ("2021-04-02T10:00:00", Phase::Closed),
            ("2021-04-06T03:00:00", Phase::Closed),
        ] {
            assert_eq!(INDEX.phase(at.parse().unwrap(), &calendar), phase, "{at}");
        }
    }

    #[test]
    fn the_next_opening_passes_over_nights_and_holidays() {
        let calendar = Calendar::built_in().unwrap();
        let day_only = Sessions { night: None, ..INDEX };
        for (sessions, at, opens) in [
            (INDEX, "2021-07-23T05:30:00", "2021-07-23T08:45:00"),
            (INDEX, "2021-07-23T13:45:00", "2021-07-23T15:00:00"),
            (INDEX, "2021-07-24T05:00:00", "2021-07-26T08:45:00"),
            (day_only, "2021-07-23T13:45:00", "2021-07-26T08:45:00"),
            (day_only, "2021-04-01T14:00:00", "2021-04-06T08:45:00"),
        ] {
            let next = sessions.next_open(at.parse().unwrap(), &calendar);
            assert_eq!(next, Some(opens.parse().unwrap()), "{at}");
        }
    }

    #[test]
    fn every_open_moment_follows_an_opening() {
        let calendar = Calendar::built_in().unwrap();
        let mut at: DateTime = "2021-03-31T00:00:00".parse().unwrap();
        let end: DateTime = "2021-04-10T00:00:00".parse().unwrap();
        while at < end {
            let later = at.checked_add(jiff::SignedDuration::from_mins(5)).unwrap();
            let opens =
                !INDEX.phase(at, &calendar).is_open() && INDEX.phase(later, &calendar).is_open();
            let said = INDEX.next_open(at, &calendar).is_some_and(|it| it <= later);
            assert_eq!(opens, said, "{at}");
            at = later;
        }
    }
}
