//! Ticks and books: the newest of each instrument, because an old one helps nobody.

use aftm_exchange_abi::{Book, Tick};
use rustc_hash::FxHashMap;

/// What the market says of an instrument.
#[derive(Clone, Debug)]
pub enum Market {
    /// A trade.
    Tick(Tick),
    /// The best five levels.
    Book(Book),
}

type Name = ([u8; 16], [u8; 64]);

/// The newest that was told of each instrument, until it is taken.
#[derive(Debug, Default)]
pub(crate) struct Newest {
    at: FxHashMap<Name, usize>,
    slots: Vec<(Option<Tick>, Option<Book>)>,
}

/// What became of a tick or a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    /// It is the first since the last were taken.
    Kept,
    /// It took the place of an older one.
    Replaced,
    /// There are more instruments than are kept.
    Refused,
}

impl Newest {
    /// Keeps one, of at most `max` instruments.
    pub(crate) fn put(&mut self, told: &Market, max: usize) -> Put {
        let name = match told {
            Market::Tick(tick) => (tick.exchange, tick.symbol),
            Market::Book(book) => (book.exchange, book.symbol),
        };
        let known = self.at.get(&name).copied();
        if known.is_none() && self.slots.len() >= max {
            return Put::Refused;
        }
        let at = known.unwrap_or_else(|| {
            self.slots.push((None, None));
            self.at.insert(name, self.slots.len() - 1);
            self.slots.len() - 1
        });
        let Some((tick, book)) = self.slots.get_mut(at) else { return Put::Refused };
        let was_there = match told {
            Market::Tick(told) => tick.replace(*told).is_some(),
            Market::Book(told) => book.replace(*told).is_some(),
        };
        if was_there { Put::Replaced } else { Put::Kept }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Hands them out in the order in which their instruments were first told.
    pub(crate) fn take(self, into: &mut Vec<Market>) {
        for (tick, book) in self.slots {
            into.extend(tick.map(Market::Tick));
            into.extend(book.map(Market::Book));
        }
    }
}
