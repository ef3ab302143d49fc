//! The values that commands are made of, beyond those of the domain.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use aftm_domain::{Price, Quantity};
use clap::Args;

/// Lets clap read what is said in `$said` and hands out what it means, so that words which exclude
/// each other become one value.
macro_rules! meant {
    ($meant:ty, $said:ty, $convert:expr) => {
        impl clap::FromArgMatches for $meant {
            fn from_arg_matches(matches: &clap::ArgMatches) -> Result<$meant, clap::Error> {
                let convert: fn($said) -> Result<$meant, String> = $convert;
                convert(<$said as clap::FromArgMatches>::from_arg_matches(matches)?)
                    .map_err(|text| clap::Error::raw(clap::error::ErrorKind::ValueValidation, text))
            }

            fn update_from_arg_matches(
                &mut self,
                matches: &clap::ArgMatches,
            ) -> Result<(), clap::Error> {
                *self = <$meant as clap::FromArgMatches>::from_arg_matches(matches)?;
                Ok(())
            }
        }

        impl clap::Args for $meant {
            fn augment_args(command: clap::Command) -> clap::Command {
                <$said as clap::Args>::augment_args(command)
            }

            fn augment_args_for_update(command: clap::Command) -> clap::Command {
                <$said as clap::Args>::augment_args_for_update(command)
            }
        }
    };
}
pub(super) use meant;

/// What becomes of positions that conditions opened, when what watches them goes away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leaving {
    /// Refuse to go while there are any.
    #[default]
    Refuse,
    /// Close them first.
    Flatten,
    /// Leave them open, with nothing that watches them.
    Abandon,
}

#[derive(Args)]
struct LeavingSaid {
    /// Close the positions that conditions opened
    #[arg(long, conflicts_with = "abandon")]
    flatten: bool,
    /// Leave the positions that conditions opened unwatched
    #[arg(long)]
    abandon: bool,
}

meant!(Leaving, LeavingSaid, |said| {
    Ok(match (said.flatten, said.abandon) {
        (true, _) => Leaving::Flatten,
        (false, true) => Leaving::Abandon,
        (false, false) => Leaving::Refuse,
    })
});

/// Points of profit or loss: above 0, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Points {
    /// `none`.
    None,
    /// So many.
    Some(Price),
}

impl Points {
    /// As the domain holds them.
    pub const fn option(self) -> Option<Price> {
        match self {
            Points::None => None,
            Points::Some(points) => Some(points),
        }
    }
}

impl FromStr for Points {
    type Err = String;

    fn from_str(text: &str) -> Result<Points, String> {
        if text == "none" {
            return Ok(Points::None);
        }
        let points = text.parse::<Price>().map_err(|err| format!("{err}, nor is it none"))?;
        if points.is_positive() {
            return Ok(Points::Some(points));
        }
        Err("points must be above 0; write none for none".to_owned())
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Points::None => f.write_str("none"),
            Points::Some(points) => points.fmt(f),
        }
    }
}

/// Why somebody halted or rearmed: what the audit trail keeps. At most 200 characters, not blank,
/// none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// The longest reason, in characters.
    pub const CHARACTERS_MAX: usize = 200;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reason {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Reason, &'static str> {
        let text = text.trim();
        if text.is_empty() {
            return Err("the reason is empty; the audit trail needs one");
        }
        if text.chars().count() > Reason::CHARACTERS_MAX {
            return Err("the reason is longer than 200 characters");
        }
        if text.chars().any(aftm_domain::text::acts) {
            return Err("the reason has a control character");
        }
        Ok(Reason(text.to_owned()))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(super) fn path(text: &str) -> Result<PathBuf, &'static str> {
    match text {
        "" => Err("the path is empty"),
        _ if text.chars().any(aftm_domain::text::acts) => Err("the path has a control character"),
        _ => Ok(PathBuf::from(text)),
    }
}

pub(super) fn lots(text: &str) -> Result<Quantity, String> {
    let lots = text.parse::<Quantity>().map_err(|err| err.to_string())?;
    if lots.is_positive() { Ok(lots) } else { Err("lots must be above 0".to_owned()) }
}

pub(super) fn trigger(text: &str) -> Result<Price, String> {
    let price = text.parse::<Price>().map_err(|err| err.to_string())?;
    if price.is_positive() { Ok(price) } else { Err("a trigger must be above 0".to_owned()) }
}

pub(super) fn turning(text: &str) -> Result<Price, String> {
    let points = text.parse::<Price>().map_err(|err| err.to_string())?;
    if points < Price::ZERO {
        Err("points to turn must be 0 or above".to_owned())
    } else {
        Ok(points)
    }
}

/// A duration with its unit, like 30s, 500ms or 2m; at most a week.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let form = || format!("{text:?} is not a duration like 30s, 500ms or 2m, up to 7 days");
    let signed: jiff::SignedDuration = text.parse().map_err(|_| form())?;
    let duration = Duration::try_from(signed).map_err(|_| form())?;
    if duration <= Duration::from_secs(7 * 86_400) { Ok(duration) } else { Err(form()) }
}

/// The text that [`duration`] reads.
pub(super) fn show_duration(duration: Duration) -> String {
    // Every duration that was read is at most a week.
    format!("{:#}", jiff::SignedDuration::try_from(duration).unwrap_or_default()).replace(' ', "")
}
