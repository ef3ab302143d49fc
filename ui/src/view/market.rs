//! Prices as they come.

use std::collections::VecDeque;

use super::{Moment, Nano, Side};

/// An item and what the market says of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quote {
    /// Its code, like `TXFH1`.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Decimals of its prices.
    pub decimals: u8,
    /// Its ticks; empty where the product is not known, whose orders are refused.
    pub ticks: Vec<TickBand>,
    /// Money a point and lot, times 1e9.
    pub multiplier: Nano,
    /// Of its money.
    pub currency: String,
    /// The price that changes are counted from: the first of the trading day.
    pub reference: Option<Nano>,
    /// The last price.
    pub last: Option<Nano>,
    /// Lots of the last trade.
    pub last_quantity: Nano,
    /// Highest price of the trading day.
    pub high: Option<Nano>,
    /// Lowest price of the trading day.
    pub low: Option<Nano>,
    /// Lots traded in the trading day.
    pub volume: Nano,
    /// The best five prices on both sides, where the feed has a book.
    pub book: Option<Depth>,
    /// The price below which the exchange takes no order.
    pub limit_down: Option<Nano>,
    /// The price above which the exchange takes no order.
    pub limit_up: Option<Nano>,
    /// When the last tick came, on our clock.
    pub ticked: Option<Moment>,
    /// The last tick is too old to trade on.
    pub is_stale: bool,
    /// Trades, newest last; bounded by who keeps them.
    pub trades: VecDeque<Trade>,
    /// Bars of [`Bar::SECONDS`], oldest first, without those in which nothing traded.
    pub bars: Vec<Bar>,
}

impl Quote {
    /// The last price less the reference.
    pub fn change(&self) -> Option<Nano> {
        self.last?.checked_sub(self.reference?)
    }

    /// The tick at a price; `None` where the product is not known.
    pub fn tick_at(&self, price: Nano) -> Option<Nano> {
        self.ticks.iter().rev().find(|it| it.from <= price).or(self.ticks.first()).map(|it| it.step)
    }

    /// Best bid.
    pub fn bid(&self) -> Option<Nano> {
        self.book.as_ref()?.bids.first().map(|it| it.0)
    }

    /// Best ask.
    pub fn ask(&self) -> Option<Nano> {
        self.book.as_ref()?.asks.first().map(|it| it.0)
    }
}

/// From a price on, prices move by this step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TickBand {
    /// The lowest price that it is true for.
    pub from: Nano,
    /// The step.
    pub step: Nano,
}

/// Prices and lots on both sides, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Bids, highest first.
    pub bids: Vec<(Nano, Nano)>,
    /// Asks, lowest first.
    pub asks: Vec<(Nano, Nano)>,
}

/// A trade of the market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trade {
    /// Its number in the feed.
    pub sequence: u64,
    /// When, on the exchange's clock, in UTC.
    pub time: Moment,
    /// The price.
    pub price: Nano,
    /// Lots.
    pub quantity: Nano,
    /// Who took: a buyer at the ask, a seller at the bid; `None` where it cannot be told.
    pub side: Option<Side>,
}

/// A span of time and the prices in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// When it begins, on the exchange's clock, in UTC; a multiple of [`Bar::SECONDS`].
    pub start: Moment,
    /// First price.
    pub open: Nano,
    /// Highest price.
    pub high: Nano,
    /// Lowest price.
    pub low: Nano,
    /// Last price.
    pub close: Nano,
    /// Lots.
    pub volume: Nano,
}

impl Bar {
    /// Seconds of the bars in the view; longer ones are added up from them.
    pub const SECONDS: i64 = 5;
}

/// What the venue offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instrument {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Its month.
    pub month: String,
    /// Its tick at the last price, or the finest.
    pub tick: Nano,
    /// Money a point and lot, times 1e9.
    pub multiplier: Nano,
    /// Of its money.
    pub currency: String,
    /// The last day on which it trades.
    pub last_day: String,
    /// The margin to open a lot, in 1e-9 of the currency, where it is a fixed amount.
    pub margin: Option<super::Money>,
}
