//! The core's side of the limits: what time it is, what the market says, when a trading day begins,
//! and what is held back because a bound was passed.

use std::collections::BTreeMap;

use aftm_domain::order::Status;
use aftm_domain::{AccountId, Book, Code, OrderId, Quantity, Stamp, Tick};
use jiff::civil::Date;

use super::core::Core;
use super::fact::{Door, Fact};
use super::keep::Ledger;
use super::limits::{Candidate, Limits};
use super::venue::Venue;
use crate::wire::request::{Request, TradingState};
use crate::wire::{Event, Scope};

/// What halts trading by itself when it lasts.
#[derive(Default)]
pub(super) struct Watch {
    looked: Stamp,
    /// Orders in doubt, and since when; those that halted trading already have no time.
    doubtful: BTreeMap<OrderId, Option<Stamp>>,
    unwritten: Option<Stamp>,
    /// The journal failed for good, and trading was halted for it.
    has_no_journal: bool,
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Halts trading where an order has been in doubt for too long. Looked at once a second.
    pub(super) fn judge_doubts(&mut self, now: Stamp) {
        if (0..Stamp::SECOND).contains(&now.since(self.watch.looked)) {
            return;
        }
        self.watch.looked = now;
        let doubtful: Vec<OrderId> =
            self.state.standing(Status::InDoubt).map(|it| it.order.id).collect();
        self.watch.doubtful.retain(|id, _| doubtful.contains(id));
        for id in doubtful {
            let since = *self.watch.doubtful.entry(id).or_insert(Some(now));
            let bound = self.rules().trip_in_doubt;
            let Some(since) = since.filter(|it| bound > 0 && now.since(*it) >= bound) else {
                continue;
            };
            self.watch.doubtful.insert(id, None);
            let seconds = now.since(since) / Stamp::SECOND;
            let reason = format!("order {id} has been in doubt for {seconds} s");
            // A kill is never refused.
            let _ = self.kill(Scope::Global, false, &reason, Door::Gateway, now);
        }
    }

    /// Halts trading where the journal could not be written for too long.
    pub(super) fn judge_journal(&mut self, now: Stamp) {
        if self.unsaved() == 0 {
            self.watch.unwritten = None;
            return;
        }
        let since = *self.watch.unwritten.get_or_insert(now);
        let bound = self.rules().trip_journal;
        let is_halted = self.state.brakes.state(Scope::Global) == TradingState::Halted;
        if bound > 0 && now.since(since) >= bound && !is_halted {
            let reason = "the journal cannot be written";
            // A kill is never refused.
            let _ = self.kill(Scope::Global, false, reason, Door::Gateway, now);
        }
    }

    /// Halts trading at once where the journal has failed for good: what the disk says later is not
    /// believed, and no order could be kept any more.
    pub(super) fn judge_ledger(&mut self, now: Stamp) {
        if self.watch.has_no_journal || !self.ledger().has_failed() {
            return;
        }
        self.watch.has_no_journal = true;
        let text = "the disk failed under the journal; nothing is recorded any more, and trading is \
                    halted: look at the positions at the exchange, mend the disk, start again";
        self.announce(Event::Alert { code: "JOURNAL_LOST".to_owned(), text: text.to_owned() });
        // A kill is never refused.
        let reason = "the disk failed under the journal";
        let _ = self.kill(Scope::Global, false, reason, Door::Gateway, now);
    }

    /// Halts trading where positions differ from the exchange's by too much.
    pub(super) fn judge_mismatch(&mut self, lots: Quantity, now: Stamp) {
        let bound = self.rules().trip_mismatch;
        let is_halted = self.state.brakes.state(Scope::Global) == TradingState::Halted;
        if bound.is_positive() && lots >= bound && !is_halted {
            let reason = format!("positions differ by {lots} lots from those of the exchange");
            // A kill is never refused.
            let _ = self.kill(Scope::Global, false, &reason, Door::Gateway, now);
        }
    }

    /// Halts trading with real money where our clock is too far from the exchange's, which tells it
    /// by a trade; without real money it is only said.
    pub(super) fn judge_clock(&mut self, theirs: Stamp, now: Stamp) {
        let bound = self.rules().trip_clock;
        if bound == 0 || !self.venue.tells_time() {
            return;
        }
        let Some(ahead) = self.skew.note(theirs, now) else { return };
        if ahead.abs() <= bound {
            self.skew.is_told = false;
            return;
        }
        if std::mem::replace(&mut self.skew.is_told, true) {
            return;
        }
        let word = if ahead > 0 { "ahead of" } else { "behind" };
        let tenths = ahead.abs() / (Stamp::SECOND / 10);
        let (seconds, tenth) = (tenths / 10, tenths % 10);
        let reason = format!("our clock is {seconds}.{tenth} s {word} the exchange's");
        let text = format!("{reason}; set it by the network's time, then start again");
        self.settle(now, vec![Fact::Alerted { code: "CLOCK_OFFSET".to_owned(), text }]);
        if self.state.session.as_ref().is_some_and(|it| it.production) {
            // A kill is never refused.
            let _ = self.kill(Scope::Global, false, &reason, Door::Gateway, now);
        }
    }

    /// What is used of the limits.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A recorded feed is played: rates and ages are those of its clock.
    pub const fn keep_exchange_time(&mut self) {
        self.limits.keep_exchange_time();
    }

    /// Before a request is judged: what time it is, and how much money its account has.
    pub(super) fn look(&mut self, request: &Request, now: Stamp) {
        self.limits.look(now, self.time.map(|it| it.at));
        if let Request::Place { intent } = request
            && let Some(account) = intent.account.or(self.state.account)
            && self.limits.wants_funds(account)
        {
            self.fund(account);
        }
    }

    fn fund(&mut self, account: AccountId) {
        if let Some(summary) = self.venue.summary(account) {
            self.limits.fund(account, summary.available.raw(), summary.equity.raw());
        }
    }

    /// A trade of the market: what is held is worth something else, and a trading day may begin.
    pub(super) fn weigh(&mut self, tick: &Tick, book: Option<&Book>, now: Stamp) {
        self.limits.look(now, self.time.map(|it| it.at));
        if self.limits.may_begin_day(tick) {
            let sessions = self.listing.get(&tick.item).ok().map(|it| it.sessions);
            if let Some(day) = self.limits.day(tick, sessions, self.listing.calendar()) {
                self.begin_day(tick.item, day, now);
            }
        }
        self.limits.tick(tick, book);
    }

    /// A trading day begins for an item that was traded before; and for others that hold nothing,
    /// whose first trade of the day may be far.
    fn begin_day(&mut self, item: Code, day: Date, now: Stamp) {
        let is_old = |code: &Code| self.state.days.get(code).is_none_or(|it| *it < day);
        let is_due = |code: Code| {
            let mut held = self.state.holdings.iter().filter(|(key, _)| key.1 == code);
            code == item || held.all(|(_, it)| it.position.is_flat())
        };
        let known: Vec<Code> = self.state.days.keys().copied().collect();
        let due = known.into_iter().filter(|it| is_old(it) && is_due(*it));
        let facts: Vec<Fact> = due.map(|it| self.day_began(it, day)).collect();
        self.settle(now, facts);
    }

    fn day_began(&self, item: Code, day: Date) -> Fact {
        let price = self.last.get(&item).copied().unwrap_or_default();
        Fact::DayBegan { item, day, price }
    }

    /// Before facts are kept: the day of what is ordered is known, and margin is put aside.
    pub(super) fn guard(&mut self, facts: &mut Vec<Fact>) {
        let mut began = None;
        for fact in facts.iter() {
            let Fact::OrderReceived { ticket, signal, .. } = fact else { continue };
            let Ok(instrument) = self.listing.get(&ticket.item) else { continue };
            let candidate = Candidate {
                ticket,
                instrument,
                strategy: signal.map(|it| it.condition),
                by_program: false,
                time: self.time,
                calendar: self.listing.calendar(),
                instead: None,
            };
            self.limits.reserve(&candidate);
            if let Some(time) = self.time.filter(|_| !self.state.days.contains_key(&ticket.item)) {
                let calendar = self.listing.calendar();
                let day = calendar.trading_day(time.civil(), &instrument.sessions);
                began = Some(self.day_began(ticket.item, day));
            }
        }
        if let Some(began) = began {
            facts.insert(0, began);
        }
    }

    /// Holds back what has passed a bound. Never the other way: only an operator rearms.
    pub(super) fn heed_limits(&mut self, now: Stamp) {
        self.judge_journal(now);
        if self.limits.has_bests() {
            let bests = self.limits.take_bests();
            let fact = |(account, best)| Fact::BestReached { account, best };
            self.settle(now, bests.into_iter().map(fact).collect());
        }
        if !self.limits.wants() {
            return;
        }
        for wanted in self.limits.take_wanted() {
            if self.state.brakes.state(wanted.scope) >= wanted.state {
                continue;
            }
            let (code, reason) = (wanted.code(), wanted.reason());
            let text = format!("{reason}; only an operator ends what follows from it");
            self.settle(now, vec![Fact::Alerted { code, text }]);
            // Neither is ever refused with a reason.
            let _ = if wanted.state == TradingState::Halted {
                self.kill(wanted.scope, false, &reason, Door::Gateway, now)
            } else {
                self.reduce(wanted.scope, &reason, Door::Gateway, now)
            };
        }
    }
}
