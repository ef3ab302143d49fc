//! The checks of an order that could open, cheap ones first. Nothing is changed here.

use aftm_domain::order::{Kind, Ticket};
use aftm_domain::{
    Calendar, ConditionId, ExchangeTime, Instrument, Money, OpenClose, Price, Quantity, Side,
};

use super::book::{Book, Print, at, value};
use super::breach::{above, refused};
use super::{Limits, Quote};
use crate::wire::Refused;

/// An order that is to be sent, or one that is to be changed, as it would be then.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    /// What is asked for; the quantity is the one that may still be filled.
    pub ticket: &'a Ticket,
    /// Of what.
    pub instrument: &'a Instrument,
    /// The condition that it enters for.
    pub strategy: Option<ConditionId>,
    /// A program asks for it, nobody by hand.
    pub by_program: bool,
    /// The exchange's clock.
    pub time: Option<ExchangeTime>,
    /// The exchange's business days.
    pub calendar: &'a Calendar,
    /// The order that it changes, as it works now.
    pub(in crate::gateway) instead: Option<Print>,
}

fn lots(raw: i64) -> Quantity {
    Quantity::from_raw(raw)
}

const fn money(raw: i128) -> Money {
    Money::from_raw(raw)
}

const fn side_word(side: Side) -> &'static str {
    match side {
        Side::Buy => "long",
        Side::Sell => "short",
    }
}

impl Limits {
    /// Whether an order can only make a position smaller, whatever else works: such an order is
    /// never refused by a limit.
    /// `instead` is a working order whose place it takes.
    pub(in crate::gateway) fn reduces(&self, ticket: &Ticket, instead: Option<Print>) -> bool {
        let book = self.books.get(&(ticket.account, ticket.item));
        let own = instead.map_or(0, |it| it.left);
        let free = book.map_or(0, |it| it.free(ticket.side, own));
        match ticket.open_close {
            OpenClose::Open => false,
            OpenClose::Close => true,
            OpenClose::Auto => ticket.quantity.raw() <= free,
        }
    }

    /// An order that can only close opens nothing; but where it takes the lots that another order
    /// would close, that one opens. Then only the position that this leads to is looked at.
    pub fn check_close(&self, candidate: &Candidate<'_>) -> Result<(), Refused> {
        let ticket = candidate.ticket;
        let book = self.books.get(&(ticket.account, ticket.item));
        let own = candidate.instead.map_or(0, |it| it.left);
        if book.is_none_or(|it| ticket.quantity.raw() <= it.free(ticket.side, own)) {
            return Ok(());
        }
        let books = self.books(candidate, None);
        self.check_position(candidate, &books)
    }

    /// How fast orders come.
    pub fn check_rate(
        &self,
        ticket: &Ticket,
        strategy: Option<ConditionId>,
    ) -> Result<(), Refused> {
        let (at, bounds) = (self.at, self.bounds());
        let account =
            self.accounts.get(&ticket.account).map_or_else(Default::default, |it| it.rate);
        let condition = strategy.and_then(|it| self.strategies.get(&it));
        let condition = condition.map_or_else(Default::default, |it| it.rate);
        let burst = bounds.rate_burst;
        if strategy.is_some() && !condition.passes(at, self.strategy_rate()) {
            return Err(too_fast("strategy_rate", "its condition", bounds.strategy_rate, burst));
        }
        if !account.passes(at, self.account_rate()) {
            return Err(too_fast("account_rate", ticket.account, bounds.account_rate, burst));
        }
        if !self.total.rate.passes(at, self.venue_rate()) {
            return Err(too_fast("venue_rate", "everything", bounds.venue_rate, burst));
        }
        Ok(())
    }

    /// How fast changes come.
    pub fn check_amend_rate(&self, ticket: &Ticket) -> Result<(), Refused> {
        let amends =
            self.accounts.get(&ticket.account).map_or_else(Default::default, |it| it.amends);
        let bounds = self.bounds();
        if amends.passes(self.at, self.amend_rate()) {
            return Ok(());
        }
        Err(too_fast("amend_rate", ticket.account, bounds.amend_rate, bounds.rate_burst))
    }

    /// Everything else that an order which could open has to keep.
    pub fn check(&self, candidate: &Candidate<'_>) -> Result<(), Refused> {
        self.check_hours(candidate)?;
        let quote = self.check_quote(candidate)?;
        let books = self.books(candidate, quote);
        self.check_size(candidate, quote)?;
        self.check_position(candidate, &books)?;
        self.check_gross(candidate, &books)?;
        self.check_count(candidate)?;
        if candidate.instead.is_none() {
            self.check_repeats(candidate)?;
        }
        self.check_own(candidate, quote)?;
        self.check_collar(candidate, quote)?;
        self.check_margin(candidate, quote, &books)
    }

    fn check_hours(&self, candidate: &Candidate<'_>) -> Result<(), Refused> {
        if !self.bounds().session_hours {
            return Ok(());
        }
        let Candidate { instrument, calendar, .. } = candidate;
        let is_open =
            candidate.time.is_some_and(|it| instrument.phase(it.civil(), calendar).is_open());
        if is_open {
            return Ok(());
        }
        let item = candidate.ticket.item;
        let text = format!("{item} does not trade now, and nothing is opened");
        Err(refused("session_hours", &text))
    }

    fn check_quote(&self, candidate: &Candidate<'_>) -> Result<Option<Quote>, Refused> {
        /// A week: whoever allows prices so old does without one.
        const NEVER: i64 = 604_800_000 * aftm_domain::Stamp::MILLISECOND;
        let bound = self.bounds().max_quote_age;
        let item = candidate.ticket.item;
        let quote = self.items.get(&item).and_then(|it| it.quote);
        let limit = "max_quote_age_ms";
        match quote {
            None if bound >= NEVER => Ok(None),
            None => {
                let text = format!("no price of {item} has come; register it with item add");
                Err(refused(limit, &text))
            }
            Some(quote) if self.at.since(quote.at) > bound => {
                let ms = |it: i64| it / aftm_domain::Stamp::MILLISECOND;
                let age = ms(self.at.since(quote.at));
                let what = format!("the age of the last price of {item}, in milliseconds,");
                Err(above(limit, what, age, ms(bound)))
            }
            fresh => Ok(fresh),
        }
    }

    /// The price at which an order is weighed: its own, or that of the market.
    fn price(ticket: &Ticket, quote: Option<Quote>) -> Price {
        let own = ticket.price.or(ticket.stop_price);
        own.or(quote.map(|it| it.price)).unwrap_or(Price::ZERO)
    }

    fn check_size(&self, candidate: &Candidate<'_>, quote: Option<Quote>) -> Result<(), Refused> {
        let (bounds, ticket) = (self.bounds(), candidate.ticket);
        if ticket.quantity > bounds.max_qty {
            let what = format!("the order of {}", ticket.item);
            let value = format!("{} lots", ticket.quantity);
            return Err(above("max_qty", what, value, bounds.max_qty));
        }
        let price = Limits::price(ticket, quote);
        let price_lots = i128::from(price.raw()) * i128::from(ticket.quantity.raw());
        let worth = value(price_lots, candidate.instrument.multiplier.raw()).abs();
        if worth > bounds.max_notional.raw() {
            let what = format!("the worth of {} {} at {price}", ticket.quantity, ticket.item);
            return Err(above("max_notional", what, money(worth), bounds.max_notional));
        }
        Ok(())
    }

    /// The book of an item in an account with the candidate, and without.
    fn books(&self, candidate: &Candidate<'_>, quote: Option<Quote>) -> (Book, Book) {
        let ticket = candidate.ticket;
        let mark = quote.map(|it| it.price);
        let before = self.books.get(&(ticket.account, ticket.item)).copied().unwrap_or_default();
        let mut after = before;
        candidate.instead.iter().for_each(|it| after.work(it, false));
        after.work(&candidate.print(), true);
        after.weigh(mark.or(Some(Limits::price(ticket, None))));
        (before, after)
    }

    fn check_position(
        &self,
        candidate: &Candidate<'_>,
        (before, after): &(Book, Book),
    ) -> Result<(), Refused> {
        let (bounds, ticket) = (self.bounds(), candidate.ticket);
        let side = at(ticket.side);
        let worst = |it: &Book| it.worst.get(side).copied().unwrap_or(0);
        let (own, was) = (worst(after), worst(before));
        if own > bounds.max_position.raw() && own > was {
            let what = format!(
                "the {} position of {} in {} with what works",
                side_word(ticket.side),
                ticket.item,
                ticket.account
            );
            return Err(above("max_position", what, lots(own), bounds.max_position));
        }
        let all = self.items.get(&ticket.item).and_then(|it| it.worst.get(side)).copied();
        let all = all.unwrap_or(0).saturating_add(own).saturating_sub(was);
        if all > bounds.max_position_symbol.raw() && own > was {
            let what = format!("the {} position of {}", side_word(ticket.side), ticket.item);
            let bound = bounds.max_position_symbol;
            return Err(above("max_position_symbol", what, lots(all), bound));
        }
        let Some(name) = candidate.strategy else { return Ok(()) };
        let held = self.strategies.get(&name).map_or(0, |it| it.lots);
        let held = held.saturating_add(ticket.quantity.raw());
        if held > bounds.max_position_strategy.raw() {
            let what = format!("the position of condition {name}");
            let bound = bounds.max_position_strategy;
            return Err(above("max_position_strategy", what, lots(held), bound));
        }
        Ok(())
    }

    fn check_gross(
        &self,
        candidate: &Candidate<'_>,
        (before, after): &(Book, Book),
    ) -> Result<(), Refused> {
        let (bounds, ticket) = (self.bounds(), candidate.ticket);
        let more = after.gross - before.gross;
        if more <= 0 {
            return Ok(());
        }
        let item = self.items.get(&ticket.item).map_or(0, |it| it.gross) + more;
        if item > bounds.max_gross_symbol.raw() {
            let what = format!("the worth of all {}", ticket.item);
            return Err(above("max_gross_symbol", what, money(item), bounds.max_gross_symbol));
        }
        let own = self.accounts.get(&ticket.account).map_or(0, |it| it.gross) + more;
        if own > bounds.max_gross_account.raw() {
            let what = format!("the worth of all positions in {}", ticket.account);
            return Err(above("max_gross_account", what, money(own), bounds.max_gross_account));
        }
        let all = self.total.gross + more;
        if all > bounds.max_gross.raw() {
            return Err(above(
                "max_gross",
                "the worth of all positions",
                money(all),
                bounds.max_gross,
            ));
        }
        Ok(())
    }

    fn check_count(&self, candidate: &Candidate<'_>) -> Result<(), Refused> {
        if candidate.instead.is_some() {
            return Ok(());
        }
        let (bounds, ticket) = (self.bounds(), candidate.ticket);
        let item = self.items.get(&ticket.item).map_or(0, |it| it.orders) + 1;
        if item > bounds.max_open_orders_symbol {
            let what = format!("the number of open orders of {}", ticket.item);
            let bound = bounds.max_open_orders_symbol;
            return Err(above("max_open_orders_symbol", what, item, bound));
        }
        let own = self.accounts.get(&ticket.account).map_or(0, |it| it.orders) + 1;
        if own > bounds.max_open_orders_account {
            let what = format!("the number of open orders of {}", ticket.account);
            let bound = bounds.max_open_orders_account;
            return Err(above("max_open_orders_account", what, own, bound));
        }
        let all = self.total.orders + 1;
        if all > bounds.max_open_orders {
            let what = "the number of open orders";
            return Err(above("max_open_orders", what, all, bounds.max_open_orders));
        }
        Ok(())
    }

    fn check_repeats(&self, candidate: &Candidate<'_>) -> Result<(), Refused> {
        let (bounds, ticket, strategy) = (self.bounds(), candidate.ticket, candidate.strategy);
        if bounds.dup_window > 0
            && let Some(age) = self.recent.age(ticket, strategy, self.at)
            && age < bounds.dup_window
        {
            let ms = |it: i64| it / aftm_domain::Stamp::MILLISECOND;
            let text = format!(
                "the same order came {} ms ago, within {} ms; order again if it was meant",
                ms(age),
                ms(bounds.dup_window)
            );
            return Err(refused("dup_window_ms", &text));
        }
        if !candidate.by_program {
            return Ok(());
        }
        let count = self.recent.count(ticket, strategy, self.at, bounds.repeat_window) + 1;
        if count > bounds.max_repeat {
            let what = format!(
                "the number of equal orders of {} within {} ms",
                ticket.item,
                bounds.repeat_window / aftm_domain::Stamp::MILLISECOND
            );
            return Err(above("max_repeat", what, count, bounds.max_repeat));
        }
        Ok(())
    }

    /// Whether an order would meet one of ours that rests on the other side.
    fn check_own(&self, candidate: &Candidate<'_>, quote: Option<Quote>) -> Result<(), Refused> {
        let ticket = candidate.ticket;
        if self.bounds().self_trade || ticket.kind.has_stop() {
            return Ok(());
        }
        let Some(item) = self.items.get(&ticket.item) else { return Ok(()) };
        let [buys, sells] = &item.own;
        let limit = ticket.price.or(quote.and_then(|it| it.meets.get(at(ticket.side)).copied()));
        let (best, meets) = match ticket.side {
            Side::Buy => (
                sells.keys().next(),
                limit.zip(sells.keys().next()).is_some_and(|(it, own)| it >= *own),
            ),
            Side::Sell => (
                buys.keys().next_back(),
                limit.zip(buys.keys().next_back()).is_some_and(|(it, own)| it <= *own),
            ),
        };
        let Some(best) = best.filter(|_| meets) else { return Ok(()) };
        let (own, item) = (ticket.side.opposite(), ticket.item);
        let text =
            format!("it would meet your own {own} order of {item} at {best}; cancel that first");
        Err(refused("self_trade", &text))
    }

    fn check_collar(&self, candidate: &Candidate<'_>, quote: Option<Quote>) -> Result<(), Refused> {
        let ticket = candidate.ticket;
        let Some(price) = ticket.price else { return Ok(()) };
        let middle = quote.map(|it| it.middle);
        let reference = if ticket.kind == Kind::StopLimit { ticket.stop_price } else { middle };
        let Some(reference) = reference.filter(|it| it.is_positive()) else { return Ok(()) };
        let off = i128::from(price.raw().abs_diff(reference.raw())) * 10_000;
        let bound = self.bounds().max_dev_bps;
        if off <= i128::from(bound) * i128::from(reference.raw()) {
            return Ok(());
        }
        let bps = off / i128::from(reference.raw());
        let what = format!("the distance of {price} from {reference}, in hundredths of a percent,");
        Err(above("max_dev_bps", what, bps, bound))
    }

    fn check_margin(
        &self,
        candidate: &Candidate<'_>,
        quote: Option<Quote>,
        (before, after): &(Book, Book),
    ) -> Result<(), Refused> {
        let (bounds, ticket) = (self.bounds(), candidate.ticket);
        if !bounds.margin_check {
            return Ok(());
        }
        let limit = "margin_check";
        let own = self.accounts.get(&ticket.account);
        let Some(funds) = own.and_then(|it| it.funds) else {
            let text = format!("the exchange tells no money of account {}", ticket.account);
            return Err(refused(limit, &text));
        };
        let need = self.margin(candidate, quote).unwrap_or(i128::MAX / 4);
        let available = funds.available - funds.reserved;
        if need > available {
            let what = format!("the margin of {} {}", ticket.quantity, ticket.item);
            let text = format!(
                "{what} is {}, and account {} has {} left",
                money(need),
                ticket.account,
                money(available)
            );
            return Err(refused(limit, &text));
        }
        let gross = own.map_or(0, |it| it.gross) + after.gross - before.gross;
        let most = funds.equity.max(0).saturating_mul(i128::from(bounds.max_leverage));
        if gross > most {
            let what = format!(
                "the worth of all positions in {} as a multiple of its equity {}",
                ticket.account,
                money(funds.equity)
            );
            let times = gross / funds.equity.max(1);
            return Err(above("max_leverage", what, times, bounds.max_leverage));
        }
        Ok(())
    }

    /// The margin of the lots that a candidate could open; `None` out of range.
    pub(super) fn margin(&self, candidate: &Candidate<'_>, quote: Option<Quote>) -> Option<i128> {
        let ticket = candidate.ticket;
        let book = self.books.get(&(ticket.account, ticket.item));
        let free = match ticket.open_close {
            OpenClose::Auto => book.map_or(0, |it| it.free(ticket.side, 0)),
            OpenClose::Open | OpenClose::Close => 0,
        };
        let already = candidate.instead.map_or(0, |it| it.left);
        let opens = ticket.quantity.raw().saturating_sub(free).saturating_sub(already).max(0);
        let a_lot = candidate.instrument.initial_margin(Limits::price(ticket, quote))?;
        a_lot.times(lots(opens)).map(Money::raw)
    }
}

impl<'a> Candidate<'a> {
    /// An order that a program asks for, and no condition.
    pub const fn by_program(
        ticket: &'a Ticket,
        instrument: &'a Instrument,
        time: Option<ExchangeTime>,
        calendar: &'a Calendar,
    ) -> Candidate<'a> {
        let (strategy, instead, by_program) = (None, None, true);
        Candidate { ticket, instrument, strategy, by_program, time, calendar, instead }
    }
}

impl Candidate<'_> {
    fn print(&self) -> Print {
        let ticket = self.ticket;
        Print {
            account: ticket.account,
            item: ticket.item,
            side: ticket.side,
            open_close: ticket.open_close,
            left: ticket.quantity.raw(),
            price: None,
            multiplier: self.instrument.multiplier,
            enters: self.strategy,
            id: aftm_domain::OrderId(0),
            is_leg: false,
        }
    }
}

fn too_fast(limit: &str, whose: impl std::fmt::Display, a_second: u32, burst: u32) -> Refused {
    let text = format!("orders of {whose} come faster than {a_second} a second, {burst} at once");
    refused(limit, &text)
}
