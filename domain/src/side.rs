//! Sides, and whether an order opens or closes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Buy or sell. There is no third word, and no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Buy.
    Buy,
    /// Sell.
    Sell,
}

impl Side {
    /// The opposite side.
    #[must_use]
    pub const fn opposite(self) -> Side {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }

    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Side::Buy => "buy",
            Side::Sell => "sell",
        }
    }
}

impl std::str::FromStr for Side {
    type Err = UnknownWord;

    /// `buy` or `sell` in any case; anything else is an error, never a sell.
    fn from_str(text: &str) -> Result<Side, UnknownWord> {
        match () {
            () if text.eq_ignore_ascii_case("buy") => Ok(Side::Buy),
            () if text.eq_ignore_ascii_case("sell") => Ok(Side::Sell),
            () => Err(UnknownWord { text: text.to_owned(), known: "buy or sell" }),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Whether an order opens a position, closes one, or does what nets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OpenClose {
    /// Close the opposite position first, open with the rest.
    #[default]
    Auto,
    /// Open.
    Open,
    /// Close, never open.
    Close,
}

impl OpenClose {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            OpenClose::Auto => "auto",
            OpenClose::Open => "open",
            OpenClose::Close => "close",
        }
    }
}

impl std::str::FromStr for OpenClose {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<OpenClose, UnknownWord> {
        [OpenClose::Auto, OpenClose::Open, OpenClose::Close]
            .into_iter()
            .find(|it| text.eq_ignore_ascii_case(it.word()))
            .ok_or_else(|| UnknownWord { text: text.to_owned(), known: "auto, open or close" })
    }
}

impl fmt::Display for OpenClose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A word that is none of those expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {known}")]
pub struct UnknownWord {
    /// What was said.
    pub text: String,
    /// What could have been said.
    pub known: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_but_buy_is_not_a_sell() {
        assert_eq!(" Buy".trim().parse(), Ok(Side::Buy));
        assert_eq!("SELL".parse(), Ok(Side::Sell));
        for text in ["", "b", "s", "long", "buy ", "0", "賣"] {
            assert!(text.parse::<Side>().is_err(), "{text:?} was taken");
        }
    }
}
