//! One line of the daily file, read by hand from its bytes: half a million of them open a feed.

use std::collections::{BTreeSet, HashMap};

use aftm_domain::contract::ContractError;
use aftm_domain::{Code, Contract, Price, Quantity};
use jiff::civil::{Date, date};

use super::COLUMNS;
use crate::feeds::tape::Items;

/// What a line says.
pub(super) enum Parsed {
    /// A trade of a calendar spread.
    Spread,
    /// A trade.
    Trade {
        /// The exchange's date.
        date: Date,
        /// When it is due: its time, or the latest one of its contract where that is later.
        due: u32,
        /// Its time, in seconds of the exchange's clock since 1970.
        second: u32,
        /// Its item, price and quantity, where it is asked for.
        kept: Option<(u16, Price, Quantity)>,
        /// Whether it bears the mark of an opening auction.
        is_auction: bool,
    },
}

/// Why a line is malformed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("it has {0} fields, not 9")]
    Fields(usize),
    #[error("{column}: {value:?} {reason}")]
    Field { column: &'static str, value: String, reason: &'static str },
    #[error("price: {0}")]
    Price(aftm_domain::DecimalError),
    #[error("contract: {0}")]
    Contract(#[from] ContractError),
    #[error("contract: {0} is one of too many")]
    TooMany(Code),
}

/// The first day on which the exchange traded, and the last that seconds in 32 bits reach.
const DAYS: std::ops::RangeInclusive<Date> = date(1998, 7, 21)..=date(2105, 12, 31);

/// The contracts of a file and the time that each has come to.
#[derive(Default)]
pub(super) struct Contracts<'a> {
    only: Option<&'a BTreeSet<Code>>,
    /// By the bytes of product and month as they stand in the file.
    numbers: HashMap<Box<[u8]>, usize>,
    known: Vec<Known>,
    /// The contract of the line before: most lines are of the same.
    last: Option<(Box<[u8]>, usize)>,
    /// The date of the line before.
    day: Option<([u8; 8], Date, u32)>,
}

struct Known {
    /// `None` where nobody asked for it.
    item: Option<u16>,
    reached: u32,
}

impl<'a> Contracts<'a> {
    pub(super) fn new(only: Option<&'a BTreeSet<Code>>) -> Contracts<'a> {
        Contracts { only, ..Contracts::default() }
    }

    pub(super) fn parse(&mut self, line: &[u8], items: &mut Items) -> Result<Parsed, Fault> {
        let fields = split(line)?;
        let [day, product, month, time, price, volume, _, _, mark] = fields;
        if memchr::memchr(b'/', month).is_some() {
            return Ok(Parsed::Spread);
        }
        let (date, midnight) = self.day(day)?;
        let second = midnight + read_time(time)?;
        let price = read_price(price)?;
        let quantity = read_volume(volume)?;
        let is_auction = read_mark(mark)?;
        let known = self.contract(product, month, date, items)?;
        known.reached = known.reached.max(second);
        let kept = known.item.map(|item| (item, price, quantity));
        Ok(Parsed::Trade { date, due: known.reached, second, kept, is_auction })
    }

    /// The date, and its midnight in seconds.
    fn day(&mut self, field: &[u8]) -> Result<(Date, u32), Fault> {
        let digits: Option<[u8; 8]> = trim(field).try_into().ok();
        if let (Some(digits), Some((last, date, midnight))) = (digits, self.day)
            && digits == last
        {
            return Ok((date, midnight));
        }
        let fault = || fault("date", field, "is not a day like 20210726");
        let digits = digits.ok_or_else(fault)?;
        let number = read_number(&digits).ok_or_else(fault)?;
        let part = |value: u32| i8::try_from(value % 100).unwrap_or_default();
        let year = i16::try_from(number / 10_000).map_err(|_| fault())?;
        let date = Date::new(year, part(number / 100), part(number)).map_err(|_| fault())?;
        let since = date.duration_since(jiff::civil::date(1970, 1, 1)).as_secs();
        let midnight = u32::try_from(since).ok().filter(|_| DAYS.contains(&date));
        let midnight = midnight.ok_or_else(fault)?;
        self.day = Some((digits, date, midnight));
        Ok((date, midnight))
    }

    fn contract(
        &mut self,
        product: &[u8],
        month: &[u8],
        on: Date,
        items: &mut Items,
    ) -> Result<&mut Known, Fault> {
        // Both fields with the comma between them, which neither has within.
        let is_same = |key: &[u8]| {
            key.len() == product.len() + 1 + month.len()
                && key.starts_with(product)
                && key.ends_with(month)
        };
        let last = self.last.as_ref().filter(|(key, _)| is_same(key)).map(|(_, number)| *number);
        let number = match last {
            Some(number) => number,
            None => self.find(product, month, on, items)?,
        };
        let fault = || fault("product", product, "is unknown");
        self.known.get_mut(number).ok_or_else(fault)
    }

    fn find(
        &mut self,
        product: &[u8],
        month: &[u8],
        on: Date,
        items: &mut Items,
    ) -> Result<usize, Fault> {
        let key: Box<[u8]> = [product, b",", month].concat().into();
        let number = match self.numbers.get(&key) {
            Some(number) => *number,
            None => self.add(key.clone(), product, month, on, items)?,
        };
        self.last = Some((key, number));
        Ok(number)
    }

    fn add(
        &mut self,
        key: Box<[u8]>,
        product: &[u8],
        month: &[u8],
        on: Date,
        items: &mut Items,
    ) -> Result<usize, Fault> {
        let text = |column, field| {
            str::from_utf8(trim(field)).map_err(|_| fault(column, field, "is not ASCII"))
        };
        let contract = Contract::from_taifex(text("product", product)?, text("month", month)?)?;
        let code = contract.code(on)?;
        let item = if self.only.is_none_or(|it| it.contains(&code)) {
            Some(items.number(code).ok_or(Fault::TooMany(code))?)
        } else {
            None
        };
        let number = self.known.len();
        if number > usize::from(u16::MAX) {
            return Err(Fault::TooMany(code));
        }
        self.known.push(Known { item, reached: 0 });
        self.numbers.insert(key, number);
        Ok(number)
    }
}

fn split(line: &[u8]) -> Result<[&[u8]; COLUMNS], Fault> {
    let mut fields: [&[u8]; COLUMNS] = [b""; COLUMNS];
    let (mut from, mut count) = (0, 0);
    for to in memchr::memchr_iter(b',', line).chain([line.len()]) {
        if let Some(field) = fields.get_mut(count) {
            *field = line.get(from..to).unwrap_or_default();
        }
        (from, count) = (to + 1, count + 1);
    }
    if count == COLUMNS { Ok(fields) } else { Err(Fault::Fields(count)) }
}

fn trim(field: &[u8]) -> &[u8] {
    // Only months and marks are padded on their own; the rest mostly has nothing to trim.
    field.trim_ascii()
}

fn fault(column: &'static str, field: &[u8], reason: &'static str) -> Fault {
    let value = String::from_utf8_lossy(trim(field)).chars().take(40).collect();
    Fault::Field { column, value, reason }
}

/// A number of at most nine digits.
fn read_number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0_u32, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
    })
}

/// `134258`, in seconds after midnight.
fn read_time(field: &[u8]) -> Result<u32, Fault> {
    let digits = trim(field);
    let number = read_number(digits).filter(|_| digits.len() == 6);
    number
        .map(|it| (it / 10_000, it / 100 % 100, it % 100))
        .filter(|(hour, minute, second)| *hour < 24 && *minute < 60 && *second < 60)
        .map(|(hour, minute, second)| hour * 3_600 + minute * 60 + second)
        .ok_or_else(|| fault("time", field, "is not a time of day like 134258"))
}

fn read_price(field: &[u8]) -> Result<Price, Fault> {
    let text = str::from_utf8(trim(field)).map_err(|_| fault("price", field, "is not a number"))?;
    let price: Price = text.parse().map_err(Fault::Price)?;
    price.is_positive().then_some(price).ok_or_else(|| fault("price", field, "is not above 0"))
}

/// The volume of both sides, halved.
fn read_volume(field: &[u8]) -> Result<Quantity, Fault> {
    let fault = |reason| fault("volume", field, reason);
    let both = read_number(trim(field)).ok_or_else(|| fault("is not a number of lots"))?;
    if both == 0 {
        return Err(fault("is not above 0"));
    }
    if !both.is_multiple_of(2) {
        return Err(fault("is odd, but counts both sides"));
    }
    Quantity::from_units(i64::from(both / 2)).ok_or_else(|| fault("is too large"))
}

fn read_mark(field: &[u8]) -> Result<bool, Fault> {
    match trim(field) {
        b"" => Ok(false),
        b"*" => Ok(true),
        _ => Err(fault("mark", field, "is not * or empty")),
    }
}
