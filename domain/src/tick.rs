//! What the market says: trades and the book.

use serde::{Deserialize, Serialize};

use crate::{Code, ExchangeTime, Price, Quantity, Stamp};

/// One trade at the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// Rises by one with each tick that the gateway takes from its feed; 0 before that.
    pub sequence: u64,
    /// What was traded.
    pub item: Code,
    /// At which price.
    pub price: Price,
    /// How many lots.
    pub quantity: Quantity,
    /// When, on the exchange's clock.
    pub time: ExchangeTime,
    /// When we took it, on our clock.
    pub received: Stamp,
}

/// How many levels of the book are kept on each side.
pub const BOOK_LEVELS: usize = 5;

/// One price level of the book; a quantity of zero means that there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// The price.
    pub price: Price,
    /// The lots offered or asked there.
    pub quantity: Quantity,
}

/// The best five levels of each side at the time of a tick, best first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// Buyers, highest price first.
    pub bids: [Level; BOOK_LEVELS],
    /// Sellers, lowest price first.
    pub asks: [Level; BOOK_LEVELS],
}

/// What a feed gives: one trade, with the book at that moment where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The trade; its sequence is 0 and its time of receipt zero, which the taker sets.
    pub tick: Tick,
    /// The book of its item.
    pub book: Option<Box<Book>>,
    /// Whether it was matched in an opening auction.
    pub is_auction: bool,
}
