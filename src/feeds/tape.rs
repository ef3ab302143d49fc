//! Recorded trades in memory, played in order.

use std::collections::{BTreeSet, HashMap};

use aftm_domain::{Book, Code, ExchangeTime, Level, Price, Quantity, Stamp, Tick};
use jiff::civil::Date;

use super::{Moment, Problems};

/// The most trades that are held: the bound of a hostile file, a hundred times a busy day.
pub(super) const TRADES_MAX: usize = 50_000_000;

/// A trade, small: a day has half a million.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trade {
    pub(super) at: Stamp,
    pub(super) price: Price,
    pub(super) quantity: Quantity,
    pub(super) offset: i32,
    /// Which of the tape's items.
    pub(super) item: u16,
    pub(super) is_auction: bool,
}

const _: () = assert!(size_of::<Trade>() <= 32);

/// The best prices at a trade.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quote {
    pub(super) bid: Option<Price>,
    pub(super) ask: Option<Price>,
}

/// The codes of a file, each with a small number.
#[derive(Debug, Default)]
pub(super) struct Items {
    codes: Vec<Code>,
    numbers: HashMap<Code, u16>,
}

impl Items {
    /// The number of a code; `None` where there are more than numbers.
    pub(super) fn number(&mut self, code: Code) -> Option<u16> {
        if let Some(number) = self.numbers.get(&code) {
            return Some(*number);
        }
        let number = u16::try_from(self.codes.len()).ok()?;
        self.codes.push(code);
        self.numbers.insert(code, number);
        Some(number)
    }
}

/// A recording, played from its start to its end.
#[derive(Debug)]
pub struct Tape {
    date: Date,
    problems: Problems,
    trades: Vec<Trade>,
    /// One for each trade, or none at all.
    quotes: Vec<Quote>,
    next: usize,
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    code: Code,
    is_watched: bool,
    remaining: u64,
}

impl Tape {
    /// The trades must be in order; of quotes there is one a trade, or none.
    pub(super) fn new(
        date: Date,
        problems: Problems,
        items: Items,
        trades: Vec<Trade>,
        quotes: Vec<Quote>,
    ) -> Tape {
        let items = items.codes.into_iter();
        let mut items: Vec<Item> =
            items.map(|code| Item { code, is_watched: true, remaining: 0 }).collect();
        for trade in &trades {
            if let Some(item) = items.get_mut(usize::from(trade.item)) {
                item.remaining += 1;
            }
        }
        Tape { date, problems, trades, quotes, next: 0, items }
    }

    pub(super) const fn date(&self) -> Date {
        self.date
    }

    pub(super) const fn problems(&self) -> &Problems {
        &self.problems
    }

    /// When its first trade was; a tape without a trade is never made.
    pub(super) fn starts(&self) -> ExchangeTime {
        let first = self.trades.first();
        first.map_or_else(ExchangeTime::default, |it| ExchangeTime { at: it.at, offset: it.offset })
    }

    pub(super) fn remaining(&self) -> u64 {
        self.items.iter().filter(|it| it.is_watched).map(|it| it.remaining).sum()
    }

    pub(super) fn items(&self) -> Vec<Code> {
        let mut codes: Vec<Code> =
            self.items.iter().filter(|it| it.is_watched).map(|it| it.code).collect();
        codes.sort_unstable();
        codes
    }

    pub(super) fn watch(&mut self, only: Option<&BTreeSet<Code>>) -> Vec<Code> {
        for item in &mut self.items {
            item.is_watched = only.is_none_or(|it| it.contains(&item.code));
        }
        let known: BTreeSet<Code> = self.items.iter().map(|it| it.code).collect();
        only.map_or_else(Vec::new, |it| it.difference(&known).copied().collect())
    }

    fn book(&self, index: usize) -> Option<Box<Book>> {
        let quote = self.quotes.get(index)?;
        (quote.bid.is_some() || quote.ask.is_some()).then(|| {
            // How much stands there is not known: one lot is the least that can.
            let level = |price| Level { price, quantity: Quantity::ONE };
            let mut book = Box::new(Book::default());
            book.bids[0] = quote.bid.map(level).unwrap_or_default();
            book.asks[0] = quote.ask.map(level).unwrap_or_default();
            book
        })
    }
}

impl Iterator for Tape {
    type Item = Moment;

    fn next(&mut self) -> Option<Moment> {
        loop {
            let index = self.next;
            let trade = *self.trades.get(index)?;
            self.next += 1;
            let item = self.items.get_mut(usize::from(trade.item))?;
            item.remaining -= 1;
            if !item.is_watched {
                continue;
            }
            let tick = Tick {
                sequence: 0,
                item: item.code,
                price: trade.price,
                quantity: trade.quantity,
                time: ExchangeTime { at: trade.at, offset: trade.offset },
                received: Stamp(0),
            };
            let book = self.book(index);
            return Some(Moment { tick, book, is_auction: trade.is_auction });
        }
    }
}
