//! Numbers as people read them.

use std::fmt::Write as _;

/// A price or quantity: a count of 1e-9.
pub type Nano = i64;
/// An amount of money: a count of 1e-9 of the currency's unit.
pub type Money = i128;
/// Nanoseconds since 1970 in UTC.
pub type Moment = i64;

/// Counts in one.
const ONE: i64 = 1_000_000_000;

/// The count of a whole number.
pub const fn whole(value: i64) -> Nano {
    value.saturating_mul(ONE)
}

/// A value with a fixed number of decimals and thousands parted by commas: `21,386.5`. Digits
/// beyond the decimals are rounded half away from zero.
pub fn nano(value: Nano, decimals: u8) -> String {
    grouped(i128::from(value), decimals)
}

/// Money, rounded to whole units: `-1,200`.
pub fn money(value: Money) -> String {
    grouped(value, 0)
}

/// A value with its sign, zero without one: `+142`.
pub fn signed(text: String, is_above_zero: bool) -> String {
    if is_above_zero { format!("+{text}") } else { text }
}

/// Points with their sign: `+12.5`.
pub fn points(value: Nano, decimals: u8) -> String {
    signed(nano(value, decimals), value > 0)
}

fn grouped(value: i128, decimals: u8) -> String {
    let decimals = u32::from(decimals.min(9));
    let unit = 10_i128.pow(9 - decimals);
    let rounded = (value.unsigned_abs() + unit.unsigned_abs() / 2) / unit.unsigned_abs();
    let scale = 10_u128.pow(decimals);
    let (units, rest) = (rounded / scale, rounded % scale);
    let digits = units.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 12);
    if value < 0 && rounded != 0 {
        text.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if decimals > 0 {
        // Writing to a text cannot fail.
        let _ = write!(text, ".{rest:0width$}", width = decimals as usize);
    }
    text
}

/// Reads a decimal number exactly: digits, commas between thousands, at most nine decimals. `None`
/// for anything else, an overflow included: `1,5` is neither 15 nor 1.5.
pub fn parse_nano(text: &str) -> Option<Nano> {
    let text = text.trim();
    let (is_negative, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (units, rest) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = units.split(',');
    let is_first = |it: &str| (1..=3).contains(&it.len()) || !units.contains(',');
    if !groups.next().is_some_and(is_first) || !groups.all(|it| it.len() == 3) {
        return None;
    }
    let units: String = units.chars().filter(|it| *it != ',').collect();
    let all_digits = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
    if (units.is_empty() && rest.is_empty()) || rest.len() > 9 {
        return None;
    }
    if !all_digits(&units) || !all_digits(rest) {
        return None;
    }
    let value: i128 = format!("{units}{rest:0<9}").parse().ok()?;
    i64::try_from(if is_negative { -value } else { value }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_has_its_decimals_and_its_commas() {
        let cases = [
            (whole(21_386), 0, "21,386"),
            (1_152_300_000_000, 1, "1,152.3"),
            (-3_400_000_000, 2, "-3.40"),
            (-400_000_000, 0, "0"),
            (999, 0, "0"),
            (whole(1_234_567), 0, "1,234,567"),
            (i64::MIN, 0, "-9,223,372,037"),
        ];
        for (value, decimals, text) in cases {
            assert_eq!(nano(value, decimals), text);
        }
        assert_eq!(points(whole(142), 0), "+142");
        assert_eq!(points(0, 0), "0");
    }

    #[test]
    fn what_is_read_is_exact_or_refused() {
        for (text, value) in [
            ("17300", whole(17_300)),
            (" 21,386.5 ", 21_386_500_000_000),
            ("-0.05", -50_000_000),
            (".5", 500_000_000),
            ("7.", whole(7)),
        ] {
            assert_eq!(parse_nano(text), Some(value), "{text}");
        }
        for text in ["", ".", "-", "1e5", "NaN", "12a", ",5", "0.1234567890", "99999999999", "１"]
        {
            assert_eq!(parse_nano(text), None, "{text}");
        }
    }

    #[test]
    fn a_comma_stands_between_thousands_only() {
        assert_eq!(parse_nano("1,234,567.5"), Some(1_234_567_500_000_000));
        for text in ["1,5", "1,0", "17,30", "1,,000", "1000,000", "1,000,", "1,0000", ",000"] {
            assert_eq!(parse_nano(text), None, "{text}");
        }
    }
}
