//! How orders trade against what the feed shows.
//!
//! With a book, an order takes the shown levels, best first, and what it took stays taken until the
//! next book. Without one, it trades in full at the last price and the slippage against it, a limit
//! order never beyond its limit. A resting order trades at its own limit price: in full when a
//! trade goes through it, up to the trade's lots when a trade is at it, up to the opposite level's
//! lots when a new book crosses it. The lots of one trade are given away once, to whoever came
//! first at that price.

use aftm_domain::order::{Kind, Report, Status, TimeInForce};
use aftm_domain::{Book, ExchangeTime, Level, Price, Quantity, Side, Tick};

use crate::ledger::Ledger;
use crate::market::{Market, is_within};
use crate::queue::Queue;
use crate::working::Working;

impl Market {
    /// A trade, and the book after it: resting orders trade, then the stops that it reaches turn
    /// into orders. What a stop turned into waits for the next trade like any order that arrives.
    pub(crate) fn trade(
        &mut self,
        tick: &Tick,
        book: Option<&Book>,
        now: ExchangeTime,
        ledger: &mut Ledger,
    ) {
        self.see(tick, book);
        let (bid, ask) = (tick.price.raw().saturating_neg(), tick.price.raw());
        if self.bids.first_rank() <= bid || self.asks.first_rank() <= ask {
            self.trade_through(tick.price, now, ledger);
            self.trade_at(tick, now, ledger);
        }
        if book.is_some() {
            self.cross(Side::Buy, now, ledger);
            self.cross(Side::Sell, now, ledger);
        }
        if self.buy_stops.first_rank() <= ask || self.sell_stops.first_rank() <= bid {
            self.trigger(tick.price, now, ledger);
        }
    }

    fn trade_through(&mut self, price: Price, now: ExchangeTime, ledger: &mut Ledger) {
        let bid = price.raw().saturating_neg().saturating_sub(1);
        let ask = price.raw().saturating_sub(1);
        for (queue, rank) in [(&mut self.bids, bid), (&mut self.asks, ask)] {
            while let Some(mut order) = queue.pop_reached(rank) {
                let (limit, left) = (order.ticket.price.unwrap_or(price), order.left());
                ledger.fill(&self.instrument, &mut order, (limit, left), now);
            }
        }
    }

    /// Shares the lots of a trade among the orders at its price, oldest first, whichever side.
    fn trade_at(&mut self, tick: &Tick, now: ExchangeTime, ledger: &mut Ledger) {
        let mut lots = tick.quantity;
        let (bid, ask) = (tick.price.raw().saturating_neg(), tick.price.raw());
        let age = |queue: &Queue, rank| {
            let first = queue.first().filter(|_| queue.first_rank() <= rank);
            first.map_or(u64::MAX, |it| it.priority)
        };
        while lots.is_positive() {
            let (bids, asks) = (age(&self.bids, bid), age(&self.asks, ask));
            let (queue, rank) =
                if bids < asks { (&mut self.bids, bid) } else { (&mut self.asks, ask) };
            let Some(mut order) = queue.pop_reached(rank) else { return };
            let trade = (tick.price, lots.at_most(order.left()));
            lots = less(lots, ledger.fill(&self.instrument, &mut order, trade, now));
            if order.is_working() {
                queue.insert(order);
            }
        }
    }

    /// Resting orders of one side trade with the levels of a new book that cross them.
    fn cross(&mut self, side: Side, now: ExchangeTime, ledger: &mut Ledger) {
        let Some(book) = &mut self.book else { return };
        let (queue, levels) = match side {
            Side::Buy => (&mut self.bids, &mut book.asks),
            Side::Sell => (&mut self.asks, &mut book.bids),
        };
        if queue.first().is_none() {
            return;
        }
        for level in levels.iter_mut() {
            let best = level.price.raw();
            let rank = if side == Side::Buy { best.saturating_neg() } else { best };
            while level.quantity.is_positive() {
                let Some(mut order) = queue.pop_reached(rank) else { break };
                let limit = order.ticket.price.unwrap_or(level.price);
                let trade = (limit, level.quantity.at_most(order.left()));
                let filled = ledger.fill(&self.instrument, &mut order, trade, now);
                level.quantity = less(level.quantity, filled);
                if order.is_working() {
                    queue.insert(order);
                }
            }
        }
    }

    fn trigger(&mut self, price: Price, now: ExchangeTime, ledger: &mut Ledger) {
        let mut reached = Vec::new();
        let (buy, sell) = (price.raw(), price.raw().saturating_neg());
        for (queue, rank) in [(&mut self.buy_stops, buy), (&mut self.sell_stops, sell)] {
            while let Some(order) = queue.pop_reached(rank) {
                reached.push(order);
            }
        }
        reached.sort_unstable_by_key(|it| it.priority);
        for mut order in reached {
            order.is_waiting = false;
            if order.rests() {
                ledger.tell(order.id, Report::Triggered);
            }
            self.enter(order, now, ledger);
        }
    }

    /// An order arrives in the market: it trades as far as it can, then rests or expires.
    pub(crate) fn enter(&mut self, mut order: Working, now: ExchangeTime, ledger: &mut Ledger) {
        let bound = self.bound(&order);
        if order.ticket.time_in_force != TimeInForce::Fok || self.fits(&order, bound, ledger) {
            if self.book.is_some() {
                self.sweep(&mut order, bound, now, ledger);
            } else {
                self.slip(&mut order, bound, now, ledger);
            }
        }
        if !order.is_working() {
            return;
        }
        if order.rests() {
            self.insert(order);
        } else {
            ledger.end(&mut order, Status::Expired);
        }
    }

    /// The worst price that an order may trade at; `None` without one.
    fn bound(&self, order: &Working) -> Option<Price> {
        let side = order.ticket.side;
        let limits = self.limits();
        let limit = limits.map(|(low, high)| if side == Side::Buy { high } else { low });
        match order.ticket.kind {
            Kind::Market | Kind::Stop => limit,
            Kind::Limit | Kind::StopLimit => order.ticket.price,
            Kind::RangeMarket => match (self.range(side), limit) {
                (Some(range), Some(limit)) if is_within(side, range, limit) => Some(range),
                (range, limit) => limit.or(range),
            },
        }
    }

    /// Whether all of a fill-or-kill order can trade at once.
    fn fits(&self, order: &Working, bound: Option<Price>, ledger: &Ledger) -> bool {
        let side = order.ticket.side;
        let is_offered = self.opposite(side).is_none_or(|levels| {
            let within = levels.iter().filter(|it| reaches(side, it, bound));
            let offered: i128 = within.map(|it| i128::from(it.quantity.raw())).sum();
            offered >= i128::from(order.left().raw())
        });
        is_offered && ledger.tradable(order) == order.left()
    }

    /// Takes the shown levels, best first.
    fn sweep(
        &mut self,
        order: &mut Working,
        bound: Option<Price>,
        now: ExchangeTime,
        ledger: &mut Ledger,
    ) {
        let side = order.ticket.side;
        let Some(book) = &mut self.book else { return };
        let levels = if side == Side::Buy { &mut book.asks } else { &mut book.bids };
        for level in levels.iter_mut().filter(|it| reaches(side, it, bound)) {
            if !order.is_working() {
                return;
            }
            let trade = (level.price, level.quantity.at_most(order.left()));
            let filled = ledger.fill(&self.instrument, order, trade, now);
            level.quantity = less(level.quantity, filled);
        }
    }

    /// Trades in full near the last price, where no book was ever shown.
    fn slip(
        &mut self,
        order: &mut Working,
        bound: Option<Price>,
        now: ExchangeTime,
        ledger: &mut Ledger,
    ) {
        let side = order.ticket.side;
        let Some(last) = self.last else { return };
        if bound.is_none_or(|bound| is_within(side, last, bound)) {
            let trade = (self.slipped(side, last, bound), order.left());
            ledger.fill(&self.instrument, order, trade, now);
        }
    }
}

fn reaches(side: Side, level: &Level, bound: Option<Price>) -> bool {
    level.quantity.is_positive() && bound.is_none_or(|bound| is_within(side, level.price, bound))
}

fn less(one: Quantity, other: Quantity) -> Quantity {
    Quantity::from_raw(one.raw().saturating_sub(other.raw()))
}
