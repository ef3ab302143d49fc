//! What the data files share: dates, and where in a text an error stands.

use jiff::civil::Date;
use serde::Deserialize;

/// A date as TOML writes it, `2021-07-26`, without a time.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "toml::value::Datetime")]
pub(crate) struct Day(pub(crate) Date);

impl TryFrom<toml::value::Datetime> for Day {
    type Error = String;

    fn try_from(value: toml::value::Datetime) -> Result<Day, String> {
        let no_day = || format!("{value} is not a day like 2021-07-26");
        let date = value.date.filter(|_| value.time.is_none()).ok_or_else(no_day)?;
        let year = i16::try_from(date.year).map_err(|_| no_day())?;
        let month = i8::try_from(date.month).map_err(|_| no_day())?;
        let day = i8::try_from(date.day).map_err(|_| no_day())?;
        Date::new(year, month, day).map(Day).map_err(|_| no_day())
    }
}

/// Where an error stands.
pub(crate) struct Place {
    /// The byte at which its line begins.
    pub(crate) start: usize,
    /// The number of its line, from 1.
    pub(crate) line: usize,
    /// The line, trimmed.
    pub(crate) text: String,
}

/// The place of a TOML error.
pub(crate) fn place(text: &str, error: &toml::de::Error) -> Place {
    let offset = error.span().map_or(0, |it| it.start);
    let before = text.get(..offset).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |it| it + 1);
    let line = before.matches('\n').count() + 1;
    let text = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    Place { start, line, text: text.trim().to_owned() }
}
