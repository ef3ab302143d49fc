//! Whether an item trades at a time, and of which trading day that is.

use std::collections::BTreeSet;

use aftm_domain::session::{Sessions, Span};
use aftm_domain::{ExchangeTime, Instrument, Stamp};
use jiff::civil::{Date, Time, Weekday};

/// The trading days: Monday to Friday without the holidays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hours {
    pub(crate) holidays: BTreeSet<Date>,
}

impl Hours {
    fn is_trading_day(&self, date: Date) -> bool {
        let is_weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        !is_weekend && !self.holidays.contains(&date)
    }

    fn next_trading_day(&self, date: Date) -> Option<Date> {
        let mut date = date.tomorrow().ok()?;
        while !self.is_trading_day(date) {
            date = date.tomorrow().ok()?;
        }
        Some(date)
    }

    /// The trading day whose session is on; `None` while the market is closed. A night session
    /// starts on trading days and belongs to the next one.
    pub(crate) fn trading_day(&self, sessions: &Sessions, now: ExchangeTime) -> Option<Date> {
        let civil = now.civil();
        let (date, second) = (civil.date(), second_of(civil.time()));
        if self.is_trading_day(date) && opens_today(sessions.day, second) {
            return Some(date);
        }
        let night = sessions.night?;
        if self.is_trading_day(date) && opens_today(night, second) {
            return self.next_trading_day(date);
        }
        let yesterday = date.yesterday().ok()?;
        let reaches_over = night.closes <= night.opens && second < night.closes;
        if reaches_over && self.is_trading_day(yesterday) {
            return self.next_trading_day(yesterday);
        }
        None
    }

    /// The trading day that an instant counts to, whether or not anything trades then: from 15:00 on,
    /// when night sessions open, it is the next one.
    pub(crate) fn day_of(&self, now: ExchangeTime) -> Date {
        let shifted = ExchangeTime { at: now.at.after(9 * 3600 * Stamp::SECOND), ..now };
        let date = shifted.civil().date();
        let date = if self.is_trading_day(date) { Some(date) } else { self.next_trading_day(date) };
        date.unwrap_or(Date::MAX)
    }

    /// The last instant of the day session of the trading day that is on.
    pub(crate) fn day_close(&self, sessions: &Sessions, now: ExchangeTime) -> Option<Stamp> {
        let day = self.trading_day(sessions, now)?;
        let overnight = sessions.day.closes <= sessions.day.opens;
        let day = if overnight { day.tomorrow().ok()? } else { day };
        instant(day, sessions.day.closes, now.offset)
    }
}

/// The last instant at which a contract trades, on a clock with this offset.
pub(crate) fn contract_end(instrument: &Instrument, offset: i32) -> Option<Stamp> {
    instant(instrument.last_trading_day, instrument.last_trading_second, offset)
}

/// Whether the part of a span that lies on the day it starts on holds this second.
fn opens_today(span: Span, second: u32) -> bool {
    second >= span.opens && (second < span.closes || span.closes <= span.opens)
}

fn second_of(time: Time) -> u32 {
    let parts = [(time.hour(), 3600), (time.minute(), 60), (time.second(), 1)];
    parts.into_iter().map(|(count, unit)| u32::from(count.unsigned_abs()) * unit).sum()
}

fn instant(date: Date, second: u32, offset: i32) -> Option<Stamp> {
    let midnight = ExchangeTime::from_civil(date.to_datetime(Time::midnight()), offset)?;
    Some(midnight.at.after(i64::from(second) * Stamp::SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taipei() -> Sessions {
        let night = Span { opens: 15 * 3600, closes: 5 * 3600 };
        Sessions { day: Span { opens: 8 * 3600 + 2_700, closes: 49_500 }, night: Some(night) }
    }

    #[test]
    fn the_night_belongs_to_the_next_trading_day() {
        let hours = Hours { holidays: BTreeSet::from(["2021-07-27".parse().unwrap()]) };
        let table = [
            ("2021-07-23T08:44:59", None),
            ("2021-07-23T08:45:00", Some("2021-07-23")),
            ("2021-07-23T13:44:59", Some("2021-07-23")),
            ("2021-07-23T13:45:00", None),
            ("2021-07-23T15:00:00", Some("2021-07-26")),
            ("2021-07-24T04:59:59", Some("2021-07-26")),
            ("2021-07-24T05:00:00", None),
            ("2021-07-24T09:00:00", None),
            ("2021-07-26T03:00:00", None),
            ("2021-07-26T23:00:00", Some("2021-07-28")),
            ("2021-07-27T10:00:00", None),
        ];
        for (text, day) in table {
            let now = format!("{text}+08:00").parse().unwrap();
            let expected = day.map(|it| it.parse().unwrap());
            assert_eq!(hours.trading_day(&taipei(), now), expected, "at {text}");
        }
    }

    #[test]
    fn every_instant_counts_to_a_trading_day() {
        let hours = Hours { holidays: BTreeSet::from(["2021-07-27".parse().unwrap()]) };
        let table = [
            ("2021-07-23T13:44:59", "2021-07-23"),
            ("2021-07-23T14:59:59", "2021-07-23"),
            ("2021-07-23T15:00:00", "2021-07-26"),
            ("2021-07-24T04:59:59", "2021-07-26"),
            ("2021-07-26T08:45:00", "2021-07-26"),
            ("2021-07-26T15:00:00", "2021-07-28"),
            ("2021-07-27T10:00:00", "2021-07-28"),
        ];
        for (text, day) in table {
            let now = format!("{text}+08:00").parse().unwrap();
            assert_eq!(hours.day_of(now), day.parse().unwrap(), "at {text}");
        }
    }

    #[test]
    fn a_rod_order_of_friday_night_lives_to_the_close_of_monday() {
        let now = "2021-07-23T15:30:00+08:00".parse().unwrap();
        let close: ExchangeTime = "2021-07-26T13:45:00+08:00".parse().unwrap();
        assert_eq!(Hours::default().day_close(&taipei(), now), Some(close.at));
    }
}
