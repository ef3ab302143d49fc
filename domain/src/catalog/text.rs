//! The form of a product file. Each field is checked where it is read, so that an error stands at
//! its line.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CatalogError, Listing, Product};
use crate::file::{self, Day};
use crate::instrument::{Band, Margin, TickTable};
use crate::session::{Sessions, Span};
use crate::{Code, Money, Price, Quantity};

/// Reads a product file.
pub(super) fn read(text: &str) -> Result<Vec<Product>, CatalogError> {
    let file: File = toml::from_str(text).map_err(|err| {
        let place = file::place(text, &err);
        CatalogError::File {
            line: place.line,
            products: products_at(text, place.start).to_owned(),
            text: place.text,
            reason: err.message().to_owned(),
        }
    })?;
    Ok(file.terms.into_iter().flat_map(Terms::products).collect())
}

/// What the terms around a place say of their products; the form of the file may be broken.
fn products_at(text: &str, start: usize) -> &str {
    const HEAD: &str = "[[terms]]";
    // An error about the whole table stands at its head.
    let (before, after) = text.split_at_checked(start).unwrap_or((text, ""));
    let from = if after.starts_with(HEAD) { start } else { before.rfind(HEAD).unwrap_or(0) };
    let block = text.get(from..).unwrap_or_default();
    let block = block.strip_prefix(HEAD).unwrap_or(block);
    let block = block.split(HEAD).next().unwrap_or_default();
    let line = block.lines().find_map(|it| it.trim_start().strip_prefix("products"));
    line.map_or("unknown products", |it| it.trim_start_matches([' ', '=']).trim())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    terms: Vec<Terms>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    products: BTreeMap<Code, String>,
    valid_from: Day,
    currency: String,
    multiplier: Positive,
    ticks: Ticks,
    margin: MarginText,
    fee: Amount,
    tax: Part,
    day: SpanText,
    night: Option<SpanText>,
    last_trading_time: TimeOfDay,
    market_order_max: Positive,
    limit_order_max: Positive,
    lot_step: Positive,
    price_limit: Option<Millionths>,
    months: u8,
    quarters: u8,
    weekly: Option<String>,
    #[serde(default)]
    weeklies: u8,
}

impl Terms {
    fn products(self) -> impl Iterator<Item = Product> {
        let listing =
            Listing { months: self.months, quarters: self.quarters, weeklies: self.weeklies };
        let sessions = Sessions { day: self.day.0, night: self.night.map(|it| it.0) };
        self.products.into_iter().map(move |(code, name)| Product {
            code,
            name,
            valid_from: self.valid_from.0,
            weekly: self.weekly.clone(),
            listing,
            ticks: self.ticks.0.clone(),
            multiplier: self.multiplier.0,
            currency: self.currency.clone(),
            margin: self.margin.0,
            fee: self.fee.0,
            tax: self.tax.0,
            sessions,
            last_trading_second: self.last_trading_time.0,
            market_order_max: self.market_order_max.0,
            limit_order_max: self.limit_order_max.0,
            lot_step: self.lot_step.0,
            price_limit: self.price_limit.map(|it| it.0),
        })
    }
}

/// A number above zero.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Quantity")]
struct Positive(Quantity);

impl TryFrom<Quantity> for Positive {
    type Error = String;

    fn try_from(value: Quantity) -> Result<Positive, String> {
        value.is_positive().then_some(Positive(value)).ok_or(format!("{value} is not above 0"))
    }
}

/// Money that is not below zero.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Money")]
struct Amount(Money);

impl TryFrom<Money> for Amount {
    type Error = String;

    fn try_from(value: Money) -> Result<Amount, String> {
        (!value.is_negative()).then_some(Amount(value)).ok_or(format!("{value} is below 0"))
    }
}

/// A part of a whole, 0 to 1, in billionths.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Quantity")]
struct Part(u32);

impl TryFrom<Quantity> for Part {
    type Error = String;

    fn try_from(value: Quantity) -> Result<Part, String> {
        let part = Some(value).filter(|it| *it <= Quantity::ONE);
        part.and_then(|it| u32::try_from(it.raw()).ok())
            .map(Part)
            .ok_or(format!("{value} is not a part from 0 to 1"))
    }
}

/// A part of a whole above 0, in millionths.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Quantity")]
struct Millionths(u32);

impl TryFrom<Quantity> for Millionths {
    type Error = String;

    fn try_from(value: Quantity) -> Result<Millionths, String> {
        let part = Part::try_from(value)?.0;
        (part > 0 && part.is_multiple_of(1_000))
            .then_some(Millionths(part / 1_000))
            .ok_or(format!("{value} is not a part above 0 of at most six decimal places"))
    }
}

/// One step, or bands of them.
#[derive(Clone, Deserialize)]
#[serde(try_from = "TicksText")]
struct Ticks(TickTable);

#[derive(Deserialize)]
#[serde(untagged, expecting = "ticks are one step, or bands like { from = 10, step = \"0.05\" }")]
enum TicksText {
    Flat(Price),
    Bands(Vec<BandText>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BandText {
    from: Price,
    step: Price,
}

impl TryFrom<TicksText> for Ticks {
    type Error = &'static str;

    fn try_from(text: TicksText) -> Result<Ticks, &'static str> {
        let table = match text {
            TicksText::Flat(step) => TickTable::flat(step),
            TicksText::Bands(bands) => TickTable::new(
                bands.into_iter().map(|it| Band { from: it.from, step: it.step }).collect(),
            ),
        };
        table.map(Ticks).ok_or("the bands do not rise from 0, or a step is not above 0")
    }
}

/// Amounts or rates, the initial one at least the maintenance.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "MarginForm")]
struct MarginText(Margin);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarginForm {
    initial: Option<Amount>,
    maintenance: Option<Amount>,
    initial_rate: Option<Millionths>,
    maintenance_rate: Option<Millionths>,
}

impl TryFrom<MarginForm> for MarginText {
    type Error = &'static str;

    fn try_from(form: MarginForm) -> Result<MarginText, &'static str> {
        let MarginForm { initial, maintenance, initial_rate, maintenance_rate } = form;
        let margin = match (initial, maintenance, initial_rate, maintenance_rate) {
            (Some(initial), Some(maintenance), None, None) if initial.0 >= maintenance.0 => {
                Margin::Fixed { initial: initial.0, maintenance: maintenance.0 }
            }
            (None, None, Some(initial), Some(maintenance)) if initial.0 >= maintenance.0 => {
                Margin::Rate { initial: initial.0, maintenance: maintenance.0 }
            }
            _ => {
                return Err("a margin is initial and maintenance, or initial_rate and \
                            maintenance_rate, the initial one not below the other");
            }
        };
        Ok(MarginText(margin))
    }
}

/// `13:30`, in seconds after midnight.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct TimeOfDay(u32);

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<TimeOfDay, String> {
        read_time(&text).map(TimeOfDay).ok_or(format!("{text:?} is not a time of day like 13:30"))
    }
}

fn read_time(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |part: &str| {
        let is_sound = part.len() == 2 && part.bytes().all(|it| it.is_ascii_digit());
        part.parse().ok().filter(|_| is_sound)
    };
    let (hours, minutes): (u32, u32) = (two_digits(hours)?, two_digits(minutes)?);
    (hours < 24 && minutes < 60).then_some(hours * 3_600 + minutes * 60)
}

/// `15:00-05:00`.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct SpanText(Span);

impl TryFrom<String> for SpanText {
    type Error = String;

    fn try_from(text: String) -> Result<SpanText, String> {
        let times = text.split_once('-').and_then(|(opens, closes)| {
            Some(Span { opens: read_time(opens)?, closes: read_time(closes)? })
        });
        times.map(SpanText).ok_or(format!("{text:?} is not a session like 08:45-13:45"))
    }
}
