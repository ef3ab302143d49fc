//! What a feed is opened from, as it is written: `random`, `taifex:PATH`, `csv:PATH`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where trades come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Source {
    /// The random market.
    #[default]
    Random,
    /// The exchange's daily file of trades, `.csv` or `.zip`.
    Taifex(PathBuf),
    /// A file of one's own.
    Csv(PathBuf),
}

/// A text that names no feed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a feed; write random, taifex:PATH or csv:PATH")]
pub struct SourceError(String);

impl FromStr for Source {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Source, SourceError> {
        match text.split_once(':') {
            None if text == "random" => Ok(Source::Random),
            Some(("taifex", path)) if !path.is_empty() => Ok(Source::Taifex(path.into())),
            Some(("csv", path)) if !path.is_empty() => Ok(Source::Csv(path.into())),
            _ => Err(SourceError(text.to_owned())),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Random => f.write_str("random"),
            Source::Taifex(path) => write!(f, "taifex:{}", path.display()),
            Source::Csv(path) => write!(f, "csv:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_written_as_it_is_read() {
        for text in ["random", "taifex:/data/day.zip", "csv:a:b.csv"] {
            assert_eq!(text.parse::<Source>().unwrap().to_string(), text);
        }
        for text in ["", "Random", "random:1", "taifex", "taifex:", "csv:", "day.zip", "zip:day"] {
            assert!(text.parse::<Source>().is_err(), "{text:?} was taken");
        }
    }
}
