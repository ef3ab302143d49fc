//! What a replay prints: trades, profit, drawdown, as text, JSON or a picture.
//!
//! Owns the matching of fills into trades and every figure made of them. Refuses I/O, clocks,
//! floats in money, and adding amounts of different currencies. Pure functions: the same fills give
//! the same bytes.

mod curve;
mod plot;
mod results;
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod trades;

use std::collections::BTreeMap;

use aftm_domain::{
    AccountId, Code, ConditionId, ExchangeTime, Money, OpenClose, OrderId, Price, Quantity, Side,
    SignalKind,
};
use serde::{Serialize, Serializer};

pub use curve::{Curve, Drawdown, Point};
pub use plot::plot;
pub use results::{Ratio, Results};
pub use summary::{Report, Row, Summary};
pub use trades::{Leg, Open, Trade, Trades};

/// One fill with all that a report needs. Serialized, it is a line of `--fills`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Execution {
    /// Our order.
    pub order: OrderId,
    /// The condition whose order it was; `None` (empty text) for an order by hand.
    #[serde(serialize_with = "or_empty")]
    pub condition: Option<ConditionId>,
    /// The signal whose order it was; `None` (empty text) for an order by hand.
    #[serde(serialize_with = "or_empty")]
    pub kind: Option<SignalKind>,
    /// What was traded.
    pub item: Code,
    /// In which account.
    pub account: AccountId,
    /// Bought or sold.
    pub side: Side,
    /// Whether it was to open, to close, or what nets.
    #[serde(skip)]
    pub open_close: OpenClose,
    /// How many lots; above zero.
    pub quantity: Quantity,
    /// At which price.
    pub price: Price,
    /// What venue and broker took.
    pub fee: Money,
    /// What the state took.
    pub tax: Money,
    /// When, on the exchange's clock.
    pub time: ExchangeTime,
}

/// What an item's points are worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Money a point and lot.
    pub multiplier: Quantity,
    /// Of that money: `TWD`.
    pub currency: String,
}

/// The last price of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The price.
    pub price: Price,
    /// When it was traded.
    pub time: ExchangeTime,
}

/// What a report is made of.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// Every fill, in order of time.
    pub executions: &'a [Execution],
    /// Of each item that was traded.
    pub terms: &'a BTreeMap<Code, Terms>,
    /// The last price of each item. What is open in an item without one is told as unmarked.
    pub marks: &'a BTreeMap<Code, Mark>,
    /// The money at the start by currency, which makes a drawdown a percentage. May be empty.
    pub capital: &'a BTreeMap<String, Money>,
    /// The time of the feed's first and last tick, where there was one.
    pub span: Option<(ExchangeTime, ExchangeTime)>,
    /// How many signals there were, where they were counted.
    pub signals: Option<u64>,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// Nobody said what the item's points are worth.
    #[error("the fill of {order} is in {item}, whose multiplier and currency are not known")]
    UnknownItem {
        /// The order that was filled.
        order: OrderId,
        /// The item.
        item: Code,
    },
    /// A close of more than is held: fills are missing.
    #[error(
        "the fill of {order} closes {asked} lots of {item} in {account}, but {held} are held; fills \
         are missing before it"
    )]
    NotHeld {
        /// The order that was filled.
        order: OrderId,
        /// The item.
        item: Code,
        /// The account.
        account: AccountId,
        /// How many lots it closes.
        asked: Quantity,
        /// How many there are.
        held: Quantity,
    },
    /// No lots, or fewer than none.
    #[error("the fill of {order} is of {quantity} lots; a fill has more than none")]
    NoLots {
        /// The order that was filled.
        order: OrderId,
        /// What it says.
        quantity: Quantity,
    },
    /// A fill before the one in front of it.
    #[error("the fill of {order} at {time} comes after one at {after}; sort them by time")]
    OutOfOrder {
        /// The order that was filled.
        order: OrderId,
        /// Its time.
        time: ExchangeTime,
        /// The time of the fill in front.
        after: ExchangeTime,
    },
    /// An amount beyond what money can hold.
    #[error("the amounts of {item} leave the range of money")]
    OutOfRange {
        /// The item.
        item: Code,
    },
}

/// The value's text, or an empty text where there is none.
fn or_empty<S: Serializer, T: std::fmt::Display>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_str(""),
    }
}
