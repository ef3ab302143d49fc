//! The values and rules of futures trading.
//!
//! Owns prices, quantities, money, times, ids, orders, positions, conditions, contracts and
//! sessions. Refuses I/O, clocks, floats beyond the foreign edge, and any value it cannot hold
//! exactly.

mod decimal;
mod file;
mod id;

pub mod bounds;
pub mod calendar;
pub mod catalog;
pub mod condition;
pub mod contract;
pub mod day;
pub mod fill;
pub mod instrument;
pub mod money;
pub mod order;
pub mod position;
pub mod price;
pub mod protection;
pub mod quantity;
pub mod session;
pub mod side;
pub mod text;
pub mod tick;
pub mod time;

pub use bounds::Bounds;
pub use calendar::Calendar;
pub use catalog::Catalog;
pub use contract::Contract;
pub use day::Day;
pub use decimal::DecimalError;
pub use fill::Fill;
pub use id::{
    AccountId, Code, ConditionId, IdError, Note, OrderId, RequestId, SignalId, SignalKind, TradeId,
    UserId, VenueOrderId,
};
pub use instrument::Instrument;
pub use money::Money;
pub use order::Order;
pub use position::Position;
pub use price::Price;
pub use quantity::Quantity;
pub use side::{OpenClose, Side};
pub use tick::{Book, Level, Tick};
pub use time::{ExchangeTime, Stamp};
