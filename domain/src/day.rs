//! In which trading day a tick lies, at the price of two comparisons.

use jiff::civil::{Date, DateTime};

use crate::session::{Sessions, Span, at_second, second_of_day};
use crate::{Calendar, ExchangeTime, Stamp};

/// The trading day of an item, and until when it is known to last.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    sessions: Sessions,
    date: Option<Date>,
    from: Stamp,
    until: Stamp,
}

/// Of an item whose hours nobody knows: its day is the calendar's.
const UNKNOWN: Sessions = Sessions { day: Span { opens: 0, closes: 86_400 }, night: None };

impl Default for Day {
    fn default() -> Day {
        Day::of(UNKNOWN)
    }
}

impl Day {
    /// With these hours; the next tick finds its day.
    pub const fn of(sessions: Sessions) -> Day {
        Day { sessions, date: None, from: Stamp(i64::MAX), until: Stamp(i64::MIN) }
    }

    /// The hours became known; the day that is on goes on where it is the same.
    pub fn learn(&mut self, sessions: Sessions) {
        if self.sessions != sessions {
            *self = Day { date: self.date, ..Day::of(sessions) };
        }
    }

    /// Whether its hours are those of an instrument.
    pub fn is_known(&self) -> bool {
        self.sessions != UNKNOWN
    }

    /// The hours.
    pub const fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// The trading day of the last tick; `None` before the first.
    pub const fn date(&self) -> Option<Date> {
        self.date
    }

    /// Whether a moment is known to lie in the trading day of the last tick.
    pub fn holds(&self, time: ExchangeTime) -> bool {
        self.from <= time.at && time.at < self.until
    }

    /// Whether a tick begins another trading day.
    pub fn begins(&mut self, time: ExchangeTime, calendar: &Calendar) -> bool {
        if self.holds(time) {
            return false;
        }
        let at = time.civil();
        let date = calendar.trading_day(at, &self.sessions);
        (self.from, self.until) = self.span(at, time.offset);
        self.date.replace(date) != Some(date)
    }

    /// A trading day can change at midnight and when the night session opens: the time between the
    /// two of these around a moment.
    fn span(&self, at: DateTime, offset: i32) -> (Stamp, Stamp) {
        let stamp = |at: Option<DateTime>| {
            at.and_then(|it| ExchangeTime::from_civil(it, offset)).map(|it| it.at)
        };
        let today = stamp(at_second(at.date(), 0));
        let tomorrow = stamp(at.date().tomorrow().ok().and_then(|it| at_second(it, 0)));
        let opens = self.sessions.night.map(|it| it.opens);
        let evening = stamp(opens.and_then(|it| at_second(at.date(), it)));
        let is_evening = opens.is_some_and(|it| second_of_day(at) >= it);
        let (from, until) = match evening {
            Some(_) if is_evening => (evening, tomorrow),
            Some(_) => (today, evening),
            None => (today, tomorrow),
        };
        // Where the calendar ends, each tick is looked at by itself.
        (from.unwrap_or(Stamp(i64::MAX)), until.unwrap_or(Stamp(i64::MIN)))
    }
}
