//! The words of v1 for what an order can be, read in any case and written as v1 does.

use aftm_domain::OpenClose;
use aftm_domain::order::{Kind, TimeInForce};

pub(super) const KINDS: [(&str, Kind); 5] = [
    ("Market", Kind::Market),
    ("Limit", Kind::Limit),
    ("MarketPrice", Kind::RangeMarket),
    ("Stop", Kind::Stop),
    ("StopLimit", Kind::StopLimit),
];

/// The first word of each is how it is written.
pub(super) const OPEN_CLOSE: [(&str, OpenClose); 5] = [
    ("AUTO", OpenClose::Auto),
    ("Y", OpenClose::Open),
    ("N", OpenClose::Close),
    ("OPEN", OpenClose::Open),
    ("CLOSE", OpenClose::Close),
];

/// The first word of each is how it is written.
pub(super) const DAY_TRADE: [(&str, bool); 6] =
    [("Y", true), ("N", false), ("Yes", true), ("No", false), ("true", true), ("false", false)];

/// The first word of each is how it is written.
pub(super) const TIME_IN_FORCE: [(&str, TimeInForce); 4] = [
    ("ROD", TimeInForce::Rod),
    ("IOC", TimeInForce::Ioc),
    ("FOK", TimeInForce::Fok),
    ("DAY", TimeInForce::Rod),
];

/// What a word means, in any case.
pub(super) fn meaning<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|it| it.0.eq_ignore_ascii_case(word)).map(|it| it.1)
}

/// How a value is written. Every value of the tables above has a word.
pub(super) fn word<T: PartialEq>(table: &[(&'static str, T)], value: &T) -> &'static str {
    table.iter().find(|it| it.1 == *value).map_or("", |it| it.0)
}

/// The words of a table for a sentence: `A, B or C`.
pub(super) fn known<T>(table: &[(&str, T)]) -> String {
    let words: Vec<&str> = table.iter().map(|it| it.0).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
