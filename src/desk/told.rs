//! What the desk tells a screen.

use aftm_domain::Tick;

use crate::wire::Event;
use crate::wire::event::BookRow;

/// Something that a screen shows.
#[derive(Debug)]
pub enum Told {
    /// The gateway tells.
    Event(Box<Event>),
    /// Trades and books, in their order.
    Market(Vec<Market>),
    /// So many events were lost: everything may have changed.
    Missed(u64),
    /// Something about the children changed, or somebody must know something.
    Alert {
        /// A stable code.
        code: String,
        /// A sentence.
        text: String,
    },
}

/// What the market tells.
#[derive(Debug)]
pub enum Market {
    /// A trade.
    Tick(Tick),
    /// A book.
    Book(Box<BookRow>),
}
