//! Trading goes on after a halt: for a reason, when the halt is complete, and when what is known here
//! was compared with the exchange's own lists a moment ago.
//!
//! Whoever rearms waits while the exchange is asked; nothing else does.

use aftm_domain::{Stamp, UserId};

use super::core::Core;
use super::decide::tidy;
use super::fact::{Door, Fact};
use super::keep::Ledger;
use super::venue::Venue;
use crate::wire::request::TradingState;
use crate::wire::{Refused, Reply, Scope};

/// How long ago the lists may have been compared.
const FRESH: i64 = 10 * Stamp::SECOND;
/// How long the exchange may take to list.
const LISTS_MAX: i64 = 20 * Stamp::SECOND;

/// A rearming as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) scope: Scope,
    pub(super) reason: String,
    pub(super) force: bool,
    pub(super) door: Door,
}

/// A rearming that waits for the exchange's lists, and one whose answer nobody has taken.
#[derive(Default)]
pub(super) struct Rearming {
    waits: Option<(Asked, Stamp)>,
    answered: Option<Result<Reply, Refused>>,
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Takes orders again: after a halt those that make a position smaller first, where the rules
    /// say so, and all of them when it is said once more. Where the exchange has to list how
    /// everything stands first, `REARM_UNDER_WAY`: `take_rearm` has the answer then.
    pub(super) fn rearm(&mut self, asked: &Asked, now: Stamp) -> Result<Reply, Refused> {
        let reason = tidy(&asked.reason);
        if reason.is_empty() {
            let text = "say why trading goes on: rearm --reason \"...\"";
            return Err(Refused::new("MISSING_REASON", text));
        }
        let Some(brake) = self.state.brakes.get(asked.scope) else {
            return self.not_held(asked.scope);
        };
        self.may_close_breaker(asked.scope, asked.force, now)?;
        if brake.state != TradingState::Halted {
            return self.let_go(&Asked { reason, ..asked.clone() }, now);
        }
        self.is_time_to_rearm(now)?;
        if self.rearming.waits.is_some() {
            let text = "trading is being rearmed; wait for the exchange's lists";
            return Err(Refused::new("REARM_UNDER_WAY", text));
        }
        let is_here = self.state.session.is_some() && self.state.is_connected;
        if is_here && self.venue.is_apart() && !self.is_compared(FRESH, self.halted_at(), now) {
            self.rearming.waits = Some((Asked { reason, ..asked.clone() }, now));
            self.await_lists(self.halted_at(), now);
            let text = "the exchange was asked how everything stands";
            return Err(Refused::new("REARM_UNDER_WAY", text));
        }
        self.rearm_halted(&Asked { reason, ..asked.clone() }, now)
    }

    fn rearm_halted(&mut self, asked: &Asked, now: Stamp) -> Result<Reply, Refused> {
        let Some(brake) = self.state.brakes.get(asked.scope) else {
            return self.not_held(asked.scope);
        };
        self.is_complete(asked.scope, brake.flatten, asked.force)?;
        self.let_go(asked, now)
    }

    fn let_go(&mut self, asked: &Asked, now: Stamp) -> Result<Reply, Refused> {
        let Asked { scope, reason, door, .. } = asked.clone();
        let brake = self.state.brakes.get(scope);
        let is_halted = brake.is_some_and(|it| it.state == TradingState::Halted);
        let (by, halted_by) = (self.user(), brake.and_then(|it| it.by));
        let is_via_reducing = is_halted && self.rules().rearm_via_reducing;
        let to = if is_via_reducing { TradingState::Reducing } else { TradingState::Active };
        let armed = Fact::Rearmed { reason, door, scope, to, by, halted_by };
        self.commit(now, vec![armed]).map_err(|error| {
            let text = format!("the journal cannot be written, trading stays as it is: {error}");
            Refused::new("JOURNAL_UNAVAILABLE", text)
        })?;
        if self.state.brakes.halted().next().is_none() {
            self.keeper.unlatch();
        }
        self.note_release(now);
        self.chase(None, now);
        self.tend(now);
        Ok(Reply::Done {})
    }

    /// Who is logged in.
    pub(super) fn user(&self) -> Option<UserId> {
        self.state.session.as_ref().map(|it| it.user)
    }

    /// Whether a rearming waits for the exchange's lists.
    pub const fn is_rearming(&self) -> bool {
        self.rearming.waits.is_some()
    }

    /// The answer to a rearming that waited, once.
    pub const fn take_rearm(&mut self) -> Option<Result<Reply, Refused>> {
        self.rearming.answered.take()
    }

    /// The exchange has listed how everything stands, and it was taken over.
    pub(super) fn go_on_rearming(&mut self, now: Stamp) {
        if !self.is_compared(FRESH, self.halted_at(), now) {
            // They were asked for before the halt; those that were asked for since are on their way.
            return;
        }
        if let Some((asked, _)) = self.rearming.waits.take() {
            let may = self.is_time_to_rearm(now);
            self.rearming.answered = Some(may.and_then(|()| self.rearm_halted(&asked, now)));
        }
    }

    /// Trading was halted again: a rearming that was asked for before does not undo that.
    pub(super) fn forget_rearming(&mut self) {
        if self.rearming.waits.take().is_some() {
            let text = "trading was halted again meanwhile; look why, then rearm again";
            self.rearming.answered = Some(Err(Refused::new("TRADING_HALTED", text)));
        }
    }

    /// Gives up a rearming for which the exchange does not list.
    pub(super) fn judge_rearming(&mut self, now: Stamp) {
        let Some((_, since)) = &self.rearming.waits else { return };
        let is_here = self.state.session.is_some() && self.state.is_connected;
        if is_here && now.since(*since) < LISTS_MAX {
            return;
        }
        self.rearming.waits = None;
        let text = "the exchange did not list orders, fills and positions, and trading stays halted: \
                    see whether it is connected, then rearm again";
        self.rearming.answered = Some(Err(Refused::new("RECONCILE_FIRST", text)));
    }
}
