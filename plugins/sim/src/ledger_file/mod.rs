//! The ledger file: what the exchange saw and did, a JSON object a line, in the order in which it
//! happened.
//!
//! It is the exchange's memory across restarts, and the oracle of whoever wants to know which orders
//! arrived and what was traded, whatever the trader's side believes. This module owns the lines and
//! what they add up to; it touches no file.
//!
//! A file begins with [`Entry::Begun`] and is of one trading day. A line counts once its end is
//! there: a process that is killed while it writes leaves a torn last line, which is left out,
//! because nothing that it says was told to anybody.

mod day;
mod lines;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use aftm_domain::order::{Report, Ticket};
use aftm_domain::{AccountId, Code, ExchangeTime, Money, OrderId, Price, Quantity, Side, Stamp};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::happening::Happening;
use crate::hours::Hours;

pub use day::{Books, Day, Kept};
pub use terms::Terms;

/// The version of the lines that this program writes and reads.
pub const VERSION: u32 = 1;

/// What a trading day begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begun {
    /// [`VERSION`] of who wrote it.
    pub version: u32,
    /// When it was begun, on the exchange's clock; `None` before the feed gave a time.
    pub time: Option<ExchangeTime>,
    /// No order of an earlier day has a higher number; 0 where there was none.
    pub used: u64,
    /// Every account with its balance.
    pub accounts: Vec<(AccountId, Money)>,
    /// What was held, the oldest lots of an account and item first.
    pub held: Vec<Held>,
}

/// A tick by the numbers of who feeds it. Its sequence begins anew with each machine, whose clock
/// goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Its number.
    pub sequence: u64,
    /// When the machine took it, on its own clock.
    pub received: Stamp,
}

/// Lots that were held when a day began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// By whom.
    pub account: AccountId,
    /// Of what.
    pub item: Code,
    /// Buy for long, sell for short.
    pub side: Side,
    /// What they were opened at.
    pub price: Price,
    /// How many.
    pub quantity: Quantity,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// The first line, and the only one of its kind.
    Begun(Begun),
    /// The terms of an item, before the first line that needs them and where they change.
    Listed(Terms),
    /// What follows, up to the next line of this kind, came of this tick or of what was asked after
    /// it. It is there where something did.
    Tick(Seen),
    /// An order arrived.
    Order {
        /// The trader's number of it.
        id: OrderId,
        /// When.
        time: ExchangeTime,
        /// What was asked for.
        ticket: Ticket,
    },
    /// A cancel arrived.
    Cancel {
        /// Of which order.
        id: OrderId,
    },
    /// A change arrived.
    Amend {
        /// Of which order.
        id: OrderId,
        /// The total quantity asked for, or nothing.
        quantity: Option<Quantity>,
        /// The limit price asked for, or nothing.
        price: Option<Price>,
    },
    /// The exchange answered, traded or ended an order.
    Report {
        /// Which order.
        id: OrderId,
        /// What became of it.
        report: Report,
    },
}

impl From<&Happening> for Entry {
    fn from(happening: &Happening) -> Entry {
        match happening {
            Happening::Order { order: id, ticket, time } => {
                Entry::Order { id: *id, time: *time, ticket: *ticket }
            }
            Happening::Cancel { order } => Entry::Cancel { id: *order },
            Happening::Amend { order: id, quantity, price } => {
                Entry::Amend { id: *id, quantity: *quantity, price: *price }
            }
            Happening::Report { order, report } => {
                Entry::Report { id: *order, report: report.clone() }
            }
        }
    }
}

impl Entry {
    /// The line, its end included.
    pub fn line(&self) -> String {
        #[allow(clippy::expect_used)] // Texts and numbers, in structs and lists.
        let mut line = serde_json::to_string(self).expect("an entry is JSON");
        line.push('\n');
        line
    }
}

/// A ledger that cannot be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger is damaged in line {line}: {why}")]
pub struct Damage {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// What a ledger file says.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What its lines add up to; `None` where it has none.
    pub day: Option<Day>,
    /// How many bytes the whole lines have. A torn last line lies behind them.
    pub whole: usize,
    /// How many bytes of a torn last line were left out; 0 where there is none.
    pub torn: usize,
}

/// Reads a ledger file.
///
/// # Errors
///
/// Where a whole line cannot be read, or does not follow from those before it.
pub fn read(bytes: &[u8]) -> Result<Reading, Damage> {
    let whole = bytes.iter().rposition(|it| *it == b'\n').map_or(0, |at| at + 1);
    let (lines, torn) = bytes.split_at(whole);
    let mut day: Option<Day> = None;
    let mut line = 0;
    lines::each(lines, |entry| {
        line += 1;
        let added = entry.and_then(|entry| match (&mut day, entry) {
            (None, Entry::Begun(begun)) => Day::begin(begun).map(|it| day = Some(it)),
            (None, _) => Err("no day has begun before it".to_owned()),
            (Some(day), entry) => day.add(entry),
        });
        added.map_err(|why| Damage { line, why })
    })?;
    Ok(Reading { day, whole, torn: torn.len() })
}

/// The trading day that an instant counts to: from 15:00 on the exchange's clock, when night
/// sessions open, it is the next weekday that is no holiday.
pub fn trading_day(now: ExchangeTime, holidays: &BTreeSet<Date>) -> Date {
    Hours { holidays: holidays.clone() }.day_of(now)
}
