//! The exchange's calendar: business days, the Wednesdays that contracts end on, trading days.
//!
//! Owns the list of holidays. Knows nothing of clocks and time zones: dates are the exchange's own.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Weekday};
use serde::Deserialize;

use crate::contract::Delivery;
use crate::file::{self, Day};
use crate::session::Sessions;

/// Why a holiday file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("holidays, line {line}: {text:?}: {reason}")]
pub struct CalendarError {
    /// Where.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A holiday file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    closed: Vec<Day>,
    #[serde(default)]
    open: Vec<Day>,
}

/// The days on which an exchange trades.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    holidays: BTreeSet<Date>,
}

impl Calendar {
    /// The holidays of the Taiwan Futures Exchange that come with the program.
    pub fn built_in() -> Result<Calendar, CalendarError> {
        let mut calendar = Calendar::default();
        calendar.extend(include_str!("../data/holidays.toml"))?;
        Ok(calendar)
    }

    /// Adds the days in `closed` of a TOML text and takes out those in `open`; on an error nothing
    /// has changed.
    pub fn extend(&mut self, text: &str) -> Result<(), CalendarError> {
        let file: File = toml::from_str(text).map_err(|err| {
            let place = file::place(text, &err);
            CalendarError { line: place.line, text: place.text, reason: err.message().to_owned() }
        })?;
        self.holidays.extend(file.closed.iter().map(|it| it.0));
        for day in file.open {
            self.holidays.remove(&day.0);
        }
        Ok(())
    }

    /// The weekdays on which it does not trade.
    pub const fn holidays(&self) -> &BTreeSet<Date> {
        &self.holidays
    }

    /// Whether it trades on that day.
    pub fn is_business_day(&self, date: Date) -> bool {
        !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
            && !self.holidays.contains(&date)
    }

    /// That day, or the first business day after it.
    pub fn business_day_from(&self, date: Date) -> Date {
        let days = std::iter::successors(Some(date), |it| it.tomorrow().ok());
        days.into_iter().find(|it| self.is_business_day(*it)).unwrap_or(Date::MAX)
    }

    /// The first business day after that day.
    pub fn next_business_day(&self, date: Date) -> Date {
        self.business_day_from(date.tomorrow().unwrap_or(Date::MAX))
    }

    /// The last day on which a contract trades: the third Wednesday of its month (of a weekly, the
    /// Wednesday of its week), or the next business day where that is a holiday. `None` where the
    /// month has no such Wednesday.
    pub fn last_trading_day(&self, delivery: Delivery) -> Option<Date> {
        let day = wednesday(delivery.year, delivery.month, delivery.week.unwrap_or(3))?;
        Some(self.business_day_from(day))
    }

    /// The trading day of an instant on the exchange's clock. It changes when the night session
    /// opens, which belongs to the next business day (Friday's night to Monday), or at midnight
    /// where there is no night session; a moment out of session counts to the session that follows,
    /// the time after the day's close to the day.
    pub fn trading_day(&self, at: DateTime, sessions: &Sessions) -> Date {
        let second = crate::session::second_of_day(at);
        if sessions.night.is_some_and(|night| second >= night.opens) {
            self.next_business_day(at.date())
        } else {
            self.business_day_from(at.date())
        }
    }
}

/// The `nth` Wednesday of a month, from 1; `None` where there is none.
pub fn wednesday(year: i16, month: i8, nth: u8) -> Option<Date> {
    let first = Date::new(year, month, 1).ok()?;
    first.nth_weekday_of_month(i8::try_from(nth).ok()?, Weekday::Wednesday).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;
    use crate::session::Span;

    const INDEX: Sessions = Sessions {
        day: Span { opens: 31_500, closes: 49_500 },
        night: Some(Span { opens: 54_000, closes: 18_000 }),
    };

    #[test]
    fn the_built_in_holidays_can_be_read() {
        let calendar = Calendar::built_in().unwrap();
        assert!(!calendar.is_business_day(date(2021, 2, 8)));
        assert!(calendar.is_business_day(date(2021, 2, 17)));
        assert!(!calendar.is_business_day(date(2021, 7, 24)));
        assert!(calendar.is_business_day(date(2021, 7, 26)));
        let days = std::iter::successors(Some(date(2021, 1, 1)), |it| it.tomorrow().ok())
            .take_while(|it| it.year() == 2021);
        // The exchange's own count of its trading days in 2021.
        assert_eq!(days.filter(|it| calendar.is_business_day(*it)).count(), 244);
        assert!(calendar.holidays.iter().all(|it| it.weekday() != Weekday::Saturday));
        assert!(calendar.holidays.iter().all(|it| it.weekday() != Weekday::Sunday));
    }

    #[test]
    fn a_contract_ends_on_its_wednesday_or_the_business_day_after_a_holiday() {
        let calendar = Calendar::built_in().unwrap();
        for (month, last) in [
            ("202108", date(2021, 8, 18)),
            ("202107", date(2021, 7, 21)),
            ("202107W4", date(2021, 7, 28)),
            ("202106W5", date(2021, 6, 30)),
            // The third Wednesday of February 2021 came right after the holidays.
            ("202102", date(2021, 2, 17)),
            ("202102W2", date(2021, 2, 17)),
            ("202310W2", date(2023, 10, 11)),
            ("202001W4", date(2020, 1, 30)),
        ] {
            let delivery = Delivery::from_taifex(month).unwrap();
            assert_eq!(calendar.last_trading_day(delivery), Some(last), "{month}");
        }
        let none = Delivery::from_taifex("202107W5").unwrap();
        assert_eq!(calendar.last_trading_day(none), None);
    }

    #[test]
    fn a_night_session_belongs_to_the_next_business_day() {
        let calendar = Calendar::built_in().unwrap();
        let monday = date(2021, 7, 26);
        for (at, day) in [
            (datetime(2021, 7, 23, 13, 45, 0, 0), date(2021, 7, 23)),
            (datetime(2021, 7, 23, 15, 0, 0, 0), monday),
            (datetime(2021, 7, 24, 4, 59, 59, 0), monday),
            (datetime(2021, 7, 25, 12, 0, 0, 0), monday),
            (datetime(2021, 7, 26, 13, 45, 0, 0), monday),
            (datetime(2021, 7, 26, 15, 0, 0, 0), date(2021, 7, 27)),
            (datetime(2021, 7, 27, 0, 0, 0, 0), date(2021, 7, 27)),
            // Over a long weekend.
            (datetime(2021, 4, 1, 15, 0, 0, 0), date(2021, 4, 6)),
            (datetime(2021, 4, 2, 3, 0, 0, 0), date(2021, 4, 6)),
        ] {
            assert_eq!(calendar.trading_day(at, &INDEX), day, "{at}");
        }
        let day_only = Sessions { night: None, ..INDEX };
        let evening = datetime(2021, 7, 23, 15, 0, 0, 0);
        assert_eq!(calendar.trading_day(evening, &day_only), date(2021, 7, 23));
    }

    #[test]
    fn a_file_of_one_s_own_adds_and_removes_days() {
        let mut calendar = Calendar::built_in().unwrap();
        calendar.extend("closed = [2021-07-27]\nopen = [2021-12-31]").unwrap();
        assert!(!calendar.is_business_day(date(2021, 7, 27)));
        assert!(calendar.is_business_day(date(2021, 12, 31)));
        for text in [
            "\nclosed = [2021-07-26T10:00:00]",
            "\nshut = []",
            "\nclosed = [\"Monday\"]",
            "\nclosed =",
        ] {
            let before = calendar.clone();
            let error = calendar.extend(text).unwrap_err();
            assert_eq!(error.line, 2, "{error}");
            assert_eq!(calendar, before);
        }
    }
}
