//! The clock as people read it.

use crate::view::Moment;

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
    fn the_clock_is_the_traders() {
        let now = 1_627_867_862_000_000_000;
        assert_eq!(clock(now, 28_800), "09:31:02 +08");
        assert_eq!(clock(now, -12_600), "22:01:02 -03:30");
        assert_eq!(clock(-1, 0), "23:59:59 +00");
    }
}
