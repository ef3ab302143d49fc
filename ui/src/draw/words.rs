//! Ages and clocks as people read them.

use crate::view::Moment;

/// A time in milliseconds: `12ms`, `1.2s`, `45s`, `3m`, `2h`.
pub(super) fn age(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms}ms"),
        1_000..10_000 => format!("{}.{}s", ms / 1_000, ms % 1_000 / 100),
        10_000..60_000 => format!("{}s", ms / 1_000),
        60_000..3_600_000 => format!("{}m", ms / 60_000),
        _ => format!("{}h", ms / 3_600_000),
    }
}

/// A time in microseconds: `340us`, `2.1ms`, `12ms`.
pub(super) fn short(us: u64) -> String {
    match us {
        0..1_000 => format!("{us}us"),
        1_000..10_000 => format!("{}.{}ms", us / 1_000, us % 1_000 / 100),
        _ => age(us / 1_000),
    }
}

/// The time of day on a clock so many seconds ahead of UTC, and its offset: `09:31:02 +08`.
pub(super) fn clock(now: Moment, offset_s: i32) -> String {
    let second = now.div_euclid(1_000_000_000).saturating_add(i64::from(offset_s));
    let of_day = second.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    let sign = if offset_s < 0 { '-' } else { '+' };
    let minutes = offset_s.unsigned_abs() / 60;
    let mut text = format!("{hour:02}:{minute:02}:{second:02} {sign}{:02}", minutes / 60);
    if !minutes.is_multiple_of(60) {
        text.push_str(&format!(":{:02}", minutes % 60));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_short() {
        let ages = [0, 999, 1_250, 9_999, 59_999, 60_000, 7_200_000].map(age);
        assert_eq!(ages, ["0ms", "999ms", "1.2s", "9.9s", "59s", "1m", "2h"]);
        assert_eq!([999, 2_100, 12_345, 3_000_000].map(short), ["999us", "2.1ms", "12ms", "3.0s"]);
    }

    #[test]
    fn the_clock_is_the_traders() {
        let now = 1_627_867_862_000_000_000;
        assert_eq!(clock(now, 28_800), "09:31:02 +08");
        assert_eq!(clock(now, -12_600), "22:01:02 -03:30");
        assert_eq!(clock(-1, 0), "23:59:59 +00");
    }
}
