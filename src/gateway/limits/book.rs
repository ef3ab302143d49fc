//! What an account holds of an item and has ordered of it, and what that could come to.
//!
//! Kept up to date with each fact, so that what could be held at worst is a few additions.

use aftm_domain::{AccountId, Code, ConditionId, OpenClose, OrderId, Price, Quantity, Side};

use crate::gateway::state::{Holding, Placed};
use aftm_domain::SignalKind;
use aftm_domain::order::Kind;

/// The scale of prices, lots and money.
const SCALE: i128 = Quantity::ONE.raw() as i128;

/// What an order that works adds to what could be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Print {
    pub(super) account: AccountId,
    pub(super) item: Code,
    pub(super) side: Side,
    pub(super) open_close: OpenClose,
    /// Lots that may still be filled, as a count of 1e-9.
    pub(super) left: i64,
    /// The limit at which it rests in the market.
    pub(super) price: Option<Price>,
    pub(super) multiplier: Quantity,
    /// The condition that it enters for.
    pub(super) enters: Option<ConditionId>,
    pub(super) id: OrderId,
    /// It rests for a protection, and makes way for any other order that closes.
    pub(super) is_leg: bool,
}

impl Print {
    /// Of an order that may still trade. A change that the venue has not answered counts with
    /// whichever quantity is larger.
    pub(super) fn of(placed: &Placed, asked: Option<Quantity>) -> Option<Print> {
        let order = &placed.order;
        if !order.status.is_open() {
            return None;
        }
        let ticket = &order.ticket;
        let total = asked.map_or(ticket.quantity, |it| it.max(ticket.quantity));
        let rests = ticket.kind == Kind::Limit || order.is_triggered;
        let enters = placed.signal.filter(|it| it.kind == SignalKind::Entry);
        Some(Print {
            account: ticket.account,
            item: ticket.item,
            side: ticket.side,
            open_close: ticket.open_close,
            left: total.raw().saturating_sub(order.filled().raw()).max(0),
            price: ticket.price.filter(|_| rests),
            multiplier: placed.multiplier,
            enters: enters.map(|it| it.condition),
            id: order.id,
            is_leg: false,
        })
    }

    pub(super) const fn key(&self) -> (AccountId, Code) {
        (self.account, self.item)
    }
}

/// Lots of orders that work on one side, by what they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Working {
    open: i64,
    auto: i64,
    close: i64,
    /// Of what closes, what makes way.
    legs: i64,
}

/// What is held and ordered of one item in one account. Lots are counts of 1e-9, sides are those of
/// the order that opened: buy is long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Book {
    held: [i64; 2],
    /// Price times lots of what is held.
    worth: [i128; 2],
    working: [Working; 2],
    pub(super) orders: u32,
    multiplier: i64,
    /// Profit of closed lots less fees and tax.
    closed: i128,
    /// What closed and open lots had come to when the trading day began.
    base: i128,
    /// Lots that could be held on each side at worst.
    pub(super) worst: [i64; 2],
    /// What all lots could be worth at worst, as a count of 1e-9 of money.
    pub(super) gross: i128,
    /// The trading day's profit so far.
    pub(super) profit: i128,
}

pub(super) const fn at(side: Side) -> usize {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}

/// What so many price-lots are worth.
pub(super) const fn value(price_lots: i128, multiplier: i64) -> i128 {
    (price_lots / SCALE).saturating_mul(multiplier as i128) / SCALE
}

impl Book {
    fn side(&self, side: Side) -> (i64, i64, &Working) {
        let [buy, sell] = &self.working;
        match side {
            Side::Buy => (self.held[0], self.held[1], buy),
            Side::Sell => (self.held[1], self.held[0], sell),
        }
    }

    /// An order comes to work, or no longer does.
    pub(super) fn work(&mut self, print: &Print, is_there: bool) {
        let left = if is_there { print.left } else { -print.left };
        let [buy, sell] = &mut self.working;
        let working = if print.side == Side::Buy { buy } else { sell };
        let sum = match print.open_close {
            OpenClose::Open => &mut working.open,
            OpenClose::Auto => &mut working.auto,
            OpenClose::Close => &mut working.close,
        };
        *sum = sum.saturating_add(left);
        if print.is_leg {
            working.legs = working.legs.saturating_add(left);
        }
        self.orders = self.orders.saturating_add_signed(if is_there { 1 } else { -1 });
        self.multiplier = print.multiplier.raw();
    }

    /// What is held changed.
    pub(super) fn hold(&mut self, holding: &Holding) {
        for side in [Side::Buy, Side::Sell] {
            let lots = |it: &aftm_domain::position::Lot| {
                i128::from(it.price.raw()) * i128::from(it.quantity.raw())
            };
            let held = holding.position.held(side).raw();
            let worth = holding.position.lots(side).map(lots).sum();
            if let (Some(one), Some(other)) =
                (self.held.get_mut(at(side)), self.worth.get_mut(at(side)))
            {
                (*one, *other) = (held, worth);
            }
        }
        if holding.multiplier.is_positive() {
            self.multiplier = holding.multiplier.raw();
        }
        self.closed = holding.realized.raw() - holding.fees.raw() - holding.tax.raw();
        self.base = holding.day_base.raw();
    }

    /// Lots of the other side that no working order of this side closes yet, but for `own` lots of
    /// one whose place is taken.
    pub(super) fn free(&self, side: Side, own: i64) -> i64 {
        let (_, opposite, working) = self.side(side);
        let closing = working.close.saturating_sub(working.legs);
        let taken = working.auto.saturating_add(closing).saturating_sub(own);
        opposite.saturating_sub(taken).max(0)
    }

    fn worst(&self, side: Side) -> i64 {
        let (held, opposite, working) = self.side(side);
        let closable = opposite.saturating_sub(working.close).max(0);
        held.saturating_add(working.open)
            .saturating_add(working.auto.saturating_sub(closable).max(0))
    }

    /// Lots on both sides together at worst, of so many that are held. Orders that close before they
    /// open add only what they open beyond what they close, and those of one side undo the other's.
    fn most(&self, held: i64) -> i64 {
        let [buy, sell] = &self.working;
        let adds = |side| {
            let (_, opposite, working) = self.side(side);
            let closable = opposite.saturating_sub(working.close).max(0);
            let closed = working.close.min(opposite);
            working.auto.saturating_sub(working.auto.min(closable).saturating_mul(2)) - closed
        };
        let more = adds(Side::Buy).max(adds(Side::Sell)).max(0);
        held.saturating_add(buy.open).saturating_add(sell.open).saturating_add(more)
    }

    /// Sums up what it comes to at a price.
    pub(super) fn weigh(&mut self, mark: Option<Price>) {
        self.worst = [self.worst(Side::Buy), self.worst(Side::Sell)];
        let [long, short] = self.held;
        let lots = self.most(long.saturating_add(short));
        let Some(mark) = mark else {
            // Nothing was traded yet: what is held is worth what was paid for it.
            self.gross = value(self.worth[0].saturating_add(self.worth[1]), self.multiplier).abs();
            self.profit = self.closed - self.base;
            return;
        };
        let mark = i128::from(mark.raw());
        self.gross = value(mark.saturating_mul(i128::from(lots)), self.multiplier).abs();
        let open =
            (mark * i128::from(long) - self.worth[0]) + (self.worth[1] - mark * i128::from(short));
        self.profit = self.closed + value(open, self.multiplier) - self.base;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(side: Side, open_close: OpenClose, lots: i64) -> Print {
        Print {
            account: "SIM-1".parse().unwrap(),
            item: "TXFH1".parse().unwrap(),
            side,
            open_close,
            left: lots * Quantity::ONE.raw(),
            price: None,
            multiplier: Quantity::from_units(200).unwrap(),
            enters: None,
            id: OrderId(1),
            is_leg: false,
        }
    }

    /// The worst case is the most that any subset of the working orders could leave on a side.
    #[test]
    fn the_worst_case_is_that_of_every_subset_of_orders() {
        let mut state = 99_u64;
        let mut roll = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            i64::try_from(state % below).unwrap()
        };
        for _ in 0..2_000 {
            let (long, short) = (roll(5), roll(5));
            let prints: Vec<Print> = (0..roll(6))
                .map(|_| {
                    let side = if roll(2) == 0 { Side::Buy } else { Side::Sell };
                    let kinds = [OpenClose::Open, OpenClose::Auto, OpenClose::Close];
                    print(side, kinds[usize::try_from(roll(3)).unwrap()], 1 + roll(3))
                })
                .collect();
            let one = Quantity::ONE.raw();
            let mut book = Book { held: [long * one, short * one], ..Book::default() };
            prints.iter().for_each(|it| book.work(it, true));
            book.weigh(None);
            let mut most = [long, short];
            for (side, other) in [(Side::Buy, 1), (Side::Sell, 0)] {
                let own: Vec<&Print> = prints.iter().filter(|it| it.side == side).collect();
                for chosen in 0..(1_u32 << own.len()) {
                    let mut held = [long, short];
                    let filled = |at: &usize| chosen & (1 << at) != 0;
                    let order = |it: &&&Print| it.open_close != OpenClose::Close;
                    let mut all: Vec<&&Print> =
                        (0..own.len()).filter(filled).map(|at| &own[at]).collect();
                    // A close comes first at worst: it takes what the others could close.
                    all.sort_by_key(order);
                    for it in all {
                        let lots = it.left / one;
                        let closes = match it.open_close {
                            OpenClose::Open => 0,
                            OpenClose::Auto | OpenClose::Close => lots.min(held[other]),
                        };
                        held[other] -= closes;
                        if it.open_close != OpenClose::Close {
                            held[at(side)] += lots - closes;
                        }
                    }
                    most[at(side)] = most[at(side)].max(held[at(side)]);
                }
            }
            assert_eq!(book.worst.map(|it| it / one), most, "{long} {short} {prints:?}");
            prints.iter().for_each(|it| book.work(it, false));
            book.weigh(None);
            assert_eq!(book.worst.map(|it| it / one), [long, short]);
        }
    }

    #[test]
    fn the_days_profit_is_that_of_the_lots_less_what_it_began_with() {
        let mut holding = Holding::default();
        let (lots, multiplier) = (Quantity::ONE, Quantity::from_units(200).unwrap());
        let price = |it: i64| Price::from_units(it).unwrap();
        let mut buy = |it| {
            holding.position.book(Side::Buy, OpenClose::Auto, lots, price(it), multiplier).unwrap()
        };
        buy(100);
        buy(104);
        holding.multiplier = multiplier;
        holding.day_base = aftm_domain::Money::from_units(500);
        let mut book = Book::default();
        book.hold(&holding);
        book.weigh(Some(price(110)));
        assert_eq!(book.profit / SCALE, (10 + 6) * 200 - 500);
        assert_eq!(book.gross / SCALE, 2 * 110 * 200);
    }
}
