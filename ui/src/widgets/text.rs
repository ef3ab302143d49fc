//! Text by the cells it takes on a terminal.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::view::{Moment, Nano, nano};

/// Stands for what was cut off.
const CUT: &str = "~";
/// Nanoseconds in a second.
const SECOND: i64 = 1_000_000_000;
/// Seconds in a day.
const DAY_S: i64 = 86_400;

/// A time in milliseconds: `12ms`, `1.2s`, `45s`, `3m`, `2h`.
pub(crate) fn age(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms}ms"),
        1_000..10_000 => format!("{}.{}s", ms / 1_000, ms % 1_000 / 100),
        10_000..60_000 => format!("{}s", ms / 1_000),
        60_000..3_600_000 => format!("{}m", ms / 60_000),
        _ => format!("{}h", ms / 3_600_000),
    }
}

/// A time in microseconds: `340us`, `2.1ms`, `12ms`.
pub(crate) fn short(us: u64) -> String {
    match us {
        0..1_000 => format!("{us}us"),
        1_000..10_000 => format!("{}.{}ms", us / 1_000, us % 1_000 / 100),
        _ => age(us / 1_000),
    }
}

/// How many cells a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// At most so many cells of a text; where something is cut off, the last of them says so.
pub fn truncate(text: &str, cells: usize) -> Cow<'_, str> {
    if text.width() <= cells {
        return Cow::Borrowed(text);
    }
    let Some(room) = cells.checked_sub(CUT.len()) else { return Cow::Borrowed("") };
    let mut cut = head(text, room).to_owned();
    cut.push_str(CUT);
    Cow::Owned(cut)
}

/// The longest beginning of a text that fits into so many cells.
pub(crate) fn head(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > cells {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// The whole text in lines of at most so many cells, cut at blanks where there are any.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let fits = head(rest, cells);
        if fits.is_empty() {
            break;
        }
        let is_all = fits.len() == rest.len();
        let cut = if is_all { None } else { fits.rfind(' ').filter(|it| *it > 0) };
        let line = cut.and_then(|it| fits.get(..it)).unwrap_or(fits);
        lines.push(line.trim_end().to_owned());
        rest = rest.get(line.len()..).unwrap_or_default().trim_start();
    }
    lines
}

/// Exactly so many cells: the text, cut where it is longer, with blanks on its left.
pub fn pad_left(text: &str, cells: usize) -> String {
    let text = truncate(text, cells);
    let mut padded = " ".repeat(cells.saturating_sub(text.width()));
    padded.push_str(&text);
    padded
}

/// Exactly so many cells: the text, cut where it is longer, with blanks on its right.
pub fn pad_right(text: &str, cells: usize) -> String {
    let mut padded = truncate(text, cells).into_owned();
    padded.extend(std::iter::repeat_n(' ', cells.saturating_sub(padded.width())));
    padded
}

/// A number in at most so many cells: without its commas where they do not fit. A number that still
/// does not fit shows no digits, because some of its digits would be another number.
pub fn number(text: &str, cells: usize) -> Cow<'_, str> {
    if text.width() <= cells {
        return Cow::Borrowed(text);
    }
    let bare: String = text.chars().filter(|it| *it != ',').collect();
    if bare.width() <= cells {
        return Cow::Owned(bare);
    }
    Cow::Owned("#".repeat(cells))
}

/// A value without commas and without needless zeros, as the command language reads it: `-0.05`.
pub fn exact(value: Nano) -> String {
    let text: String = nano(value, 9).chars().filter(|it| *it != ',').collect();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The time of day, the offset in seconds from UTC: `09:31:02`.
pub fn clock(moment: Moment, offset_s: i32) -> String {
    let second = local_s(moment, offset_s).rem_euclid(DAY_S);
    format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

/// The day: `2021-08-02`.
pub fn date(moment: Moment, offset_s: i32) -> String {
    let second = local_s(moment, offset_s);
    jiff::Timestamp::from_second(second)
        .map(|it| it.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
        .unwrap_or_default()
}

/// The time of day, with month and day where it is not the day of `now`: `08-01 23:59:58`.
pub fn when(moment: Moment, now: Moment, offset_s: i32) -> String {
    let time = clock(moment, offset_s);
    if is_same_day(moment, now, offset_s) {
        return time;
    }
    let date = date(moment, offset_s);
    format!("{} {time}", date.get(5..).unwrap_or(&date))
}

/// Whether two moments are of the same day.
pub fn is_same_day(moment: Moment, other: Moment, offset_s: i32) -> bool {
    let day = |it| local_s(it, offset_s).div_euclid(DAY_S);
    day(moment) == day(other)
}

fn local_s(moment: Moment, offset_s: i32) -> i64 {
    moment.div_euclid(SECOND).saturating_add(i64::from(offset_s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::whole;

    #[test]
    fn ages_are_short() {
        let ages = [0, 999, 1_250, 9_999, 59_999, 60_000, 7_200_000].map(age);
        assert_eq!(ages, ["0ms", "999ms", "1.2s", "9.9s", "59s", "1m", "2h"]);
        assert_eq!([999, 2_100, 12_345, 3_000_000].map(short), ["999us", "2.1ms", "12ms", "3.0s"]);
    }

    #[test]
    fn text_is_cut_by_cells_and_never_through_a_wide_glyph() {
        for (text, cells, shown) in [
            ("TXFH1", 5, "TXFH1"),
            ("TXFH1", 4, "TXF~"),
            ("TXFH1", 1, "~"),
            ("TXFH1", 0, ""),
            ("臺股期貨", 8, "臺股期貨"),
            ("臺股期貨", 7, "臺股期~"),
            ("臺股期貨", 6, "臺股~"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}~"),
        ] {
            assert_eq!(truncate(text, cells), shown);
            assert!(width(&truncate(text, cells)) <= cells, "{text} in {cells}");
        }
    }

    #[test]
    fn padded_text_takes_exactly_its_cells() {
        for text in ["", "a", "委託", "a委b託c", "a long sentence"] {
            for cells in 0..12 {
                assert_eq!(width(&pad_left(text, cells)), cells, "{text}");
                assert_eq!(width(&pad_right(text, cells)), cells, "{text}");
            }
        }
        assert_eq!(pad_left("成交", 6), "  成交");
        assert_eq!(pad_right("成交", 6), "成交  ");
    }

    #[test]
    fn wrapped_text_is_whole_and_fits() {
        let text = "A14 was refused: margin of 83,000 is more than what 可用餘額 is available";
        for cells in 2..90 {
            let lines = wrap(text, cells);
            assert!(lines.iter().all(|it| width(it) <= cells), "{cells}");
            let joined: String = lines.concat().split_whitespace().collect();
            assert_eq!(joined, text.split_whitespace().collect::<String>(), "{cells}");
        }
        assert_eq!(wrap("one two", 5), ["one", "two"]);
        assert!(wrap("", 5).is_empty() && wrap("字", 1).is_empty());
    }

    #[test]
    fn a_number_that_does_not_fit_is_never_another_number() {
        assert_eq!(number("17,300", 6), "17,300");
        assert_eq!(number("17,300", 5), "17300");
        assert_eq!(number("17,300", 4), "####");
    }

    #[test]
    fn a_command_carries_the_exact_value() {
        let cases = [
            (whole(17_300), "17300"),
            (831_900_000_000, "831.9"),
            (1, "0.000000001"),
            (-50_000_000, "-0.05"),
            (0, "0"),
        ];
        for (value, text) in cases {
            assert_eq!(exact(value), text);
        }
    }

    #[test]
    fn a_time_of_another_day_has_its_date() {
        let now = 1_627_867_862 * SECOND;
        let taipei = 8 * 3_600;
        assert_eq!(when(now, now, taipei), "09:31:02");
        assert_eq!(when(now - 10 * 3_600 * SECOND, now, taipei), "08-01 23:31:02");
        assert_eq!(when(now - 10 * 3_600 * SECOND, now, 0), "08-01 15:31:02");
        for absurd in [i64::MIN, -1, i64::MAX] {
            assert!(!when(absurd, now, i32::MIN).is_empty());
        }
    }
}
