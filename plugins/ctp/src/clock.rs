//! Times of the exchange: a date and a time of day in Beijing, as nanoseconds since 1970 UTC.
//!
//! The exchanges do not agree on which date an evening has: some write the calendar's, others that of
//! the trading day it belongs to. A time that would lie in the future, or in a night in which nobody
//! trades, is therefore moved back to the evening or the night that it must have been.

/// Seconds east of UTC.
pub(crate) const OFFSET_S: i32 = 8 * 3600;

const DAY_S: i64 = 86_400;

/// How far ahead of this machine's clock an exchange's may be.
const AHEAD_S: i64 = 300;

/// When it was; `None` where date or time are none. `now_ns` is this machine's clock.
pub(crate) fn exchange_time(date: &str, time: &str, millisecond: i32, now_ns: i64) -> Option<i64> {
    let second = second_of_day(time)?;
    let now_s = now_ns.div_euclid(1_000_000_000) + i64::from(OFFSET_S);
    let mut day = days(day_number(date)?)?;
    // Nobody trades in the night to a Monday: it is Friday's session, which went on to Saturday.
    if second < 6 * 3600 && weekday(day) == 0 {
        day -= 2;
    }
    // An evening under the date of the trading day that it belongs to.
    while second >= 18 * 3600
        && day * DAY_S + second > now_s + AHEAD_S
        && day * DAY_S > now_s - 7 * DAY_S
    {
        day -= if weekday(day) == 0 { 3 } else { 1 };
    }
    let utc_s = day * DAY_S + second - i64::from(OFFSET_S);
    let nanosecond = i64::from(millisecond.clamp(0, 999)) * 1_000_000;
    utc_s.checked_mul(1_000_000_000)?.checked_add(nanosecond)
}

/// A date as one number: `20251121`.
pub(crate) fn day_number(date: &str) -> Option<u32> {
    let date = date.trim();
    let is_plain = date.len() == 8 && date.bytes().all(|it| it.is_ascii_digit());
    date.parse().ok().filter(|number| is_plain && days(*number).is_some())
}

/// Seconds after midnight of `21:00:03`.
fn second_of_day(time: &str) -> Option<i64> {
    let mut parts = time.trim().split(':').map(|it| it.parse::<u32>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let is_time = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    is_time.then(|| i64::from(hour * 3600 + minute * 60 + second))
}

/// Days since 1970 of a date as one number, by the calendar's cycle of 400 years.
fn days(number: u32) -> Option<i64> {
    let (year, month, day) =
        (i64::from(number / 10_000), i64::from(number / 100 % 100), i64::from(number % 100));
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years that begin in March, so that the leap day comes last.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    Some(era * 146_097 + days_of_era - 719_468)
}

/// 0 is Monday.
const fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beijing's date and time.
    fn at(date: u32, time: &str) -> i64 {
        let second = days(date).unwrap() * DAY_S + second_of_day(time).unwrap();
        (second - i64::from(OFFSET_S)) * 1_000_000_000
    }

    #[track_caller]
    fn check(date: &str, time: &str, now: (u32, &str), want: (u32, &str)) {
        let told = exchange_time(date, time, 0, at(now.0, now.1));
        assert_eq!(told, Some(at(want.0, want.1)), "{date} {time} at {now:?}");
    }

    #[test]
    fn dates_are_counted_from_1970() {
        assert_eq!(days(19_700_101), Some(0));
        assert_eq!(days(20_000_229), Some(11_016));
        assert_eq!(days(20_251_121), Some(20_413));
        assert_eq!(weekday(20_413), 4, "a Friday");
        for odd in ["", "2025112", "2025112x", "20251321", "20251132", "19691231", "+2025112"] {
            assert_eq!(day_number(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_time_is_the_exchanges_own() {
        assert_eq!(
            exchange_time("20251121", "09:00:00", 500, at(20_251_121, "09:00:01")),
            Some(1_763_686_800_500_000_000)
        );
        for odd in ["", "9", "24:00:00", "09:60:00", "09:00", "09:00:00:00", "-1:00:00"] {
            assert_eq!(exchange_time("20251121", odd, 0, 0), None, "{odd}");
        }
    }

    #[test]
    fn an_evening_is_that_evening_whichever_date_the_exchange_writes() {
        // Thursday evening, under Friday's trading day.
        let thursday = (20_251_120, "21:00:03");
        check("20251121", "21:00:03", (20_251_120, "21:00:04"), thursday);
        check("20251121", "21:00:03", (20_251_121, "15:00:00"), thursday);
        check("20251120", "21:00:03", (20_251_120, "21:00:04"), thursday);
        // Friday evening, under Monday's.
        let friday = (20_251_121, "21:00:03");
        check("20251124", "21:00:03", (20_251_121, "21:00:05"), friday);
        check("20251124", "21:00:03", (20_251_124, "10:00:00"), friday);
        check("20251124", "01:30:00", (20_251_124, "10:00:00"), (20_251_122, "01:30:00"));
    }

    #[test]
    fn a_clock_that_is_a_little_ahead_is_believed() {
        check("20251121", "21:04:00", (20_251_121, "21:00:00"), (20_251_121, "21:04:00"));
    }
}
