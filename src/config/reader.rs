//! From what was written to what it means: one method for each kind of value.

use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

use aftm_domain::Price;

use super::layer::{Layer, Stated};
use super::problem::{Origin, Problem};
use crate::document::Shape;

/// Reads keys of one layer. `None` always comes with a problem, so that nothing needs a default.
pub(crate) struct Reader<'a> {
    layer: &'a Layer,
    /// Whether these are the values in force, so that what cannot be done yet is refused.
    is_in_force: bool,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        layer: &'a Layer,
        is_in_force: bool,
        problems: &'a mut Vec<Problem>,
    ) -> Reader<'a> {
        Reader { layer, is_in_force, problems }
    }

    /// What is read.
    pub(crate) fn layer(&self) -> &'a Layer {
        self.layer
    }

    /// Says what is missing beside a key that is stated, where the values are in force.
    pub(crate) fn lack(&mut self, key: &str, reason: String) {
        if self.is_in_force
            && let Some(Stated { origin, .. }) = self.layer.get(key)
        {
            self.problems.push(Problem::new(origin.clone(), reason));
        }
    }

    fn stated(&mut self, key: &str) -> Option<&'a Stated> {
        let stated = self.layer.get(key);
        if stated.is_none() {
            let reason = format!("{key} is missing");
            self.problems.push(Problem::new(Origin::BuiltIn, reason));
        }
        stated
    }

    /// Refuses the value of a key: `expected` completes "is not".
    fn refuse<T>(&mut self, key: &str, expected: &str) -> Option<T> {
        self.complain(key, &format!("is not {expected}"))
    }

    pub(crate) fn complain<T>(&mut self, key: &str, rest: &str) -> Option<T> {
        let Stated { value, origin } = self.stated(key)?;
        let reason = format!("{key} = {value} {rest}");
        self.problems.push(Problem::new(origin.clone(), reason));
        None
    }

    /// The text of a key that was written in one of these shapes.
    fn text(&mut self, key: &str, shapes: &[Shape], expected: &str) -> Option<&'a str> {
        let stated = self.stated(key)?;
        let shape = stated.value.shape;
        if shape == Shape::Bare || shapes.contains(&shape) {
            return Some(&stated.value.text);
        }
        self.refuse(key, expected)
    }

    fn parsed<T, E>(
        &mut self,
        key: &str,
        shapes: &[Shape],
        expected: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(key, shapes, expected)?;
        parse(text).ok().or_else(|| self.refuse(key, expected))
    }

    /// A whole number within a range, which the type must hold.
    pub(crate) fn integer<T: TryFrom<i64>>(
        &mut self,
        key: &str,
        range: RangeInclusive<i64>,
    ) -> Option<T> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.parsed(key, &[Shape::Integer], &expected, |text| {
            let number = text.parse().ok().filter(|it| range.contains(it));
            number.and_then(|it| T::try_from(it).ok()).ok_or(())
        })
    }

    /// A duration stated in milliseconds.
    pub(crate) fn milliseconds(
        &mut self,
        key: &str,
        range: RangeInclusive<i64>,
    ) -> Option<Duration> {
        self.integer(key, range).map(Duration::from_millis)
    }

    pub(crate) fn boolean(&mut self, key: &str) -> Option<bool> {
        self.parsed(key, &[Shape::Boolean], "true or false", str::parse)
    }

    /// One of some words.
    pub(crate) fn choice<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let list: Vec<_> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
        let expected = format!("one of {}", list.join(", "));
        self.parsed(key, &[Shape::Text], &expected, |text| {
            words.iter().find(|(word, _)| *word == text).map(|(_, it)| *it).ok_or(())
        })
    }

    /// Text of a form of its own.
    pub(crate) fn word<T>(
        &mut self,
        key: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.parsed(key, &[Shape::Text], expected, |text| parse(text).ok_or(()))
    }

    /// An exact decimal, as text or as a number.
    pub(crate) fn decimal<T, E: Display>(
        &mut self,
        key: &str,
        expected: &str,
        parse: impl Fn(&str) -> Result<T, E>,
        is_valid: impl Fn(&T) -> bool,
    ) -> Option<T> {
        self.parsed(key, &[Shape::Text, Shape::Integer, Shape::Float], expected, |text| {
            parse(text).ok().filter(&is_valid).ok_or(())
        })
    }

    /// Points above zero, or none.
    pub(crate) fn points_or_none(&mut self, key: &str) -> Option<Option<Price>> {
        let expected = "points above 0, or \"none\"";
        let parse = |text: &str| match text {
            "none" => Ok(None),
            _ => text.parse().map(Some),
        };
        self.decimal(key, expected, parse, |it: &Option<Price>| it.is_none_or(Price::is_positive))
    }

    /// An address of this computer. Others are well-formed, and refused where they are in force.
    pub(crate) fn loopback(&mut self, key: &str) -> Option<Ipv4Addr> {
        let text = self.text(key, &[Shape::Text], "an address like \"127.0.0.1\"")?;
        match (text, text.parse::<IpAddr>()) {
            ("localhost", _) => Some(Ipv4Addr::LOCALHOST),
            (_, Ok(IpAddr::V4(address))) if address.is_loopback() => Some(address),
            ("*", _) | (_, Ok(IpAddr::V4(_))) => self.not_yet(
                key,
                "reaches beyond this computer, which needs gateway.curve = true and \
                 gateway.accept_remote = true; use 127.0.0.1, or set both",
            ),
            (_, Ok(IpAddr::V6(_))) => {
                self.not_yet(key, "is an IPv6 address, which is not served; use 127.0.0.1")
            }
            (_, Err(_)) => self.refuse(key, "an IPv4 address of this computer, like \"127.0.0.1\""),
        }
    }

    /// Any IPv4 address of this computer; `*` is all of them.
    pub(crate) fn address(&mut self, key: &str) -> Option<Ipv4Addr> {
        let text = self.text(key, &[Shape::Text], "an address like \"127.0.0.1\"")?;
        match text {
            "localhost" => Some(Ipv4Addr::LOCALHOST),
            "*" => Some(Ipv4Addr::UNSPECIFIED),
            _ => text.parse().ok().or_else(|| {
                self.refuse(key, "an IPv4 address of this computer, like \"192.168.1.2\", or \"*\"")
            }),
        }
    }

    /// Refuses a well-formed value that cannot be in force.
    pub(crate) fn not_yet<T>(&mut self, key: &str, rest: &str) -> Option<T> {
        if self.is_in_force { self.complain(key, rest) } else { None }
    }
}
