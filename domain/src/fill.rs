//! A fill: what was traded for an order.

use serde::{Deserialize, Serialize};

use crate::{ExchangeTime, Money, Price, Quantity, TradeId};

/// Part or all of an order, traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The venue's name for it; the same name for the same order is the same fill.
    pub trade: TradeId,
    /// At which price.
    pub price: Price,
    /// How many lots; above zero.
    pub quantity: Quantity,
    /// What venue and broker take for it, in the instrument's currency.
    pub fee: Money,
    /// What the state takes.
    pub tax: Money,
    /// When, on the exchange's clock.
    pub time: ExchangeTime,
}
