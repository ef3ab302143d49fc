//! The limits: how far trading may go, and how far it has gone.
//!
//! Owns what is used of each limit, kept up to date with every fact and tick, so that a check costs
//! the same however much was traded, and allocates nothing where it passes. Reads no clock: the time
//! is handed in. Refuses nothing that only makes a position smaller, and no cancel.

mod book;
mod breach;
mod check;
mod follow;
mod loss;
mod rate;
mod recent;
mod usage;

use std::collections::BTreeMap;

use aftm_domain::{
    AccountId, Book as Levels, Bounds, Calendar, Code, ConditionId, Day, OrderId, Price, Quantity,
    Stamp, Tick,
};
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use self::book::Book;
use self::rate::{Bucket, Minute, Rate};
use self::recent::{Recent, Verdicts};

pub use self::check::Candidate;
pub use self::loss::Wanted;
pub use self::usage::USAGE_MAX;

/// The bounds of both environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sets {
    /// Where no real money moves.
    pub test: Bounds,
    /// Of a session with real money.
    pub production: Bounds,
}

impl Default for Sets {
    fn default() -> Sets {
        Sets { test: Bounds::wide(), production: Bounds::strict() }
    }
}

/// What the market says of an item.
#[derive(Clone, Copy, Debug)]
struct Quote {
    price: Price,
    /// The middle of the book, or the price.
    middle: Price,
    /// What an order at the market meets first, by its side.
    meets: [Price; 2],
    at: Stamp,
}

/// What is used of an item, over all accounts.
#[derive(Debug, Default)]
struct Item {
    quote: Option<Quote>,
    day: Day,
    accounts: Vec<AccountId>,
    worst: [i64; 2],
    gross: i128,
    orders: u32,
    /// Prices of orders of ours that rest in the market, by side.
    own: [BTreeMap<Price, u32>; 2],
}

/// What is used of an account, or of everything.
#[derive(Debug, Default)]
struct Purse {
    gross: i128,
    /// The trading day's profit, and the best that it was.
    profit: i128,
    best: i128,
    /// The best that a restart knows of.
    kept: i128,
    orders: u32,
    rate: Bucket,
    amends: Bucket,
    breaches: Minute,
    verdicts: Verdicts,
    funds: Option<Funds>,
}

/// An account's money as the venue told it, and what was ordered since.
#[derive(Clone, Copy, Debug)]
struct Funds {
    available: i128,
    equity: i128,
    at: Stamp,
    reserved: i128,
}

/// What is used of a condition.
#[derive(Debug, Default)]
struct Strategy {
    lots: i64,
    rate: Bucket,
    breaches: Minute,
}

/// How long the venue's word on an account's money holds.
const FUNDS_AGE: i64 = 2 * Stamp::SECOND;

/// What is used of every limit.
#[derive(Debug, Default)]
pub struct Limits {
    sets: Sets,
    is_production: bool,
    keeps_exchange_time: bool,
    at: Stamp,
    books: FxHashMap<(AccountId, Code), Book>,
    items: FxHashMap<Code, Item>,
    accounts: FxHashMap<AccountId, Purse>,
    strategies: FxHashMap<ConditionId, Strategy>,
    total: Purse,
    amending: FxHashMap<OrderId, Quantity>,
    recent: Recent,
    /// The last trading day that began.
    day: Option<Date>,
    wanted: Vec<Wanted>,
    /// A best is to be kept that is far enough above the one that is.
    has_risen: bool,
}

impl Limits {
    /// Nothing is used yet.
    pub fn new(sets: Sets) -> Limits {
        Limits { sets, ..Limits::default() }
    }

    /// The bounds in force.
    pub const fn bounds(&self) -> &Bounds {
        if self.is_production { &self.sets.production } else { &self.sets.test }
    }

    /// A recorded feed is played: rates and ages are those of its clock, so that a day is traded the
    /// same however fast it is played.
    pub const fn keep_exchange_time(&mut self) {
        self.keeps_exchange_time = true;
    }

    /// What time it is: ours, and the exchange's.
    pub fn look(&mut self, now: Stamp, exchange: Option<Stamp>) {
        self.at = match exchange {
            Some(time) if self.keeps_exchange_time => time,
            _ => now,
        };
    }

    const fn account_rate(&self) -> Rate {
        Rate { a_second: self.bounds().account_rate, burst: self.bounds().rate_burst }
    }

    const fn amend_rate(&self) -> Rate {
        Rate { a_second: self.bounds().amend_rate, burst: self.bounds().rate_burst }
    }

    const fn venue_rate(&self) -> Rate {
        Rate { a_second: self.bounds().venue_rate, burst: self.bounds().rate_burst }
    }

    const fn strategy_rate(&self) -> Rate {
        Rate { a_second: self.bounds().strategy_rate, burst: self.bounds().rate_burst }
    }

    /// A trade of the market; what is held and ordered of the item is worth something else now.
    pub fn tick(&mut self, tick: &Tick, levels: Option<&Levels>) {
        let item = self.items.entry(tick.item).or_default();
        item.quote = Some(quote(tick, levels, self.at));
        if item.accounts.is_empty() {
            return;
        }
        let accounts = std::mem::take(&mut item.accounts);
        for account in &accounts {
            self.change((*account, tick.item), |_| ());
            self.judge_loss(*account);
        }
        if let Some(item) = self.items.get_mut(&tick.item) {
            item.accounts = accounts;
        }
    }

    /// Whether a tick may begin another trading day of its item.
    pub fn may_begin_day(&self, tick: &Tick) -> bool {
        self.items.get(&tick.item).is_none_or(|it| !it.day.holds(tick.time))
    }

    /// The trading day that a tick begins for its item, where it is not the one that is known.
    pub fn day(
        &mut self,
        tick: &Tick,
        sessions: Option<aftm_domain::session::Sessions>,
        calendar: &Calendar,
    ) -> Option<Date> {
        let item = self.items.entry(tick.item).or_default();
        if !item.day.is_known()
            && let Some(sessions) = sessions
        {
            item.day.learn(sessions);
        }
        if item.day.begins(tick.time, calendar) { item.day.date() } else { None }
    }

    /// Whether the venue should say how much money an account has before an order is judged.
    pub fn wants_funds(&self, account: AccountId) -> bool {
        let funds = self.accounts.get(&account).and_then(|it| it.funds);
        let is_fresh = |it: Funds| (0..FUNDS_AGE).contains(&self.at.since(it.at));
        self.bounds().margin_check && !funds.is_some_and(is_fresh)
    }

    /// What the venue says of an account's money.
    pub fn fund(&mut self, account: AccountId, available: i128, equity: i128) {
        let funds = Funds { available, equity, at: self.at, reserved: 0 };
        self.accounts.entry(account).or_default().funds = Some(funds);
    }

    /// Changes what is held or ordered of an item in an account, and every sum with it.
    fn change(&mut self, key: (AccountId, Code), change: impl FnOnce(&mut Book)) {
        let item = self.items.entry(key.1).or_default();
        let book = self.books.entry(key).or_insert_with(|| {
            item.accounts.push(key.0);
            Book::default()
        });
        let before = *book;
        change(book);
        book.weigh(item.quote.map(|it| it.price));
        let after = *book;
        for (sum, (new, old)) in item.worst.iter_mut().zip(after.worst.iter().zip(before.worst)) {
            *sum = sum.saturating_add(*new).saturating_sub(old);
        }
        item.gross += after.gross - before.gross;
        item.orders = item.orders + after.orders - before.orders;
        let step = best_step(&self.sets, self.is_production);
        let own = self.accounts.entry(key.0).or_default();
        for purse in [own, &mut self.total] {
            purse.gross += after.gross - before.gross;
            purse.profit += after.profit - before.profit;
            if purse.best < purse.profit {
                purse.best = purse.profit;
                self.has_risen |= purse.best - purse.kept >= step;
            }
            purse.orders = purse.orders + after.orders - before.orders;
        }
    }
}

/// How far a day's best rises before it is kept anew: a hundredth of the smaller bound on the fall
/// from it, which is as exact as a restart needs to be.
fn best_step(sets: &Sets, is_production: bool) -> i128 {
    let bounds = if is_production { &sets.production } else { &sets.test };
    (bounds.max_drawdown.raw().min(bounds.max_drawdown_account.raw()) / 100).max(1)
}

fn quote(tick: &Tick, levels: Option<&Levels>, at: Stamp) -> Quote {
    let price = tick.price;
    let best = levels.and_then(|it| Some((it.bids.first()?, it.asks.first()?)));
    let best = best.filter(|(bid, ask)| bid.quantity.is_positive() && ask.quantity.is_positive());
    let (bid, ask) = best.map_or((price, price), |(bid, ask)| (bid.price, ask.price));
    let middle = Price::from_raw(bid.raw().midpoint(ask.raw()));
    Quote { price, middle, meets: [ask, bid], at }
}
