//! The kill switch: halted first, then everything is canceled, then closed; until it is armed again.
//!
//! Owns when a halt looks again whether its cancels and closes came through. A journal that cannot
//! be written holds nothing of this up.

use aftm_domain::Stamp;

use super::core::Core;
use super::decide::tidy;
use super::fact::{Door, Fact};
use super::keep::Ledger;
use super::latch::Latch;
use super::venue::Venue;
use crate::wire::{Refused, Reply, Scope};

/// How often a halt looks again, on our clock.
const SWEEP_EVERY: i64 = Stamp::SECOND;
/// How often after it has looked many times, and says so.
const SWEEP_SLOWLY: i64 = 5 * Stamp::SECOND;
/// After how long the operator is told that something is left, and at each look that follows.
const DEADLINE: i64 = 30 * Stamp::SECOND;
/// How long the closing orders of a halt wait for the exchange's own list of positions; then what is
/// known here counts, because they can do nothing but close.
const LISTS_MAX: i64 = 5 * Stamp::SECOND;
/// What is left is named up to so many times.
const LEFT_MAX: usize = 8;

/// How far the halts and reductions have come.
#[derive(Default)]
pub(super) struct Sweep {
    last: Stamp,
    /// Since when something is to be canceled or closed.
    since: Stamp,
    /// When trading was halted last, on our clock; a machine that starts halted was halted then.
    halted: Option<Stamp>,
    /// A halt of a session with real money.
    was_production: bool,
    /// That everything is canceled and closed was told.
    is_told: bool,
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// The latch that other threads trip; this core looks at it before each order.
    pub fn latch(&self) -> Latch {
        self.latch.clone()
    }

    /// Makes a halt of a latch that was tripped.
    pub fn heed_latch(&mut self, now: Stamp) {
        if !self.latch.is_tripped() {
            return;
        }
        let latch = self.latch.clone();
        for trip in latch.take() {
            // A kill is never refused.
            let _ = self.kill(Scope::Global, false, trip.reason(), Door::Gateway, now);
        }
    }

    /// Halts trading, whatever else holds, then cancels every order and closes every position where
    /// that is asked for. Again, it adds its reason and asks for everything anew.
    pub(super) fn kill(
        &mut self,
        scope: Scope,
        flatten: bool,
        reason: &str,
        door: Door,
        now: Stamp,
    ) -> Result<Reply, Refused> {
        let tidied = tidy(reason);
        let reason = if tidied.is_empty() { "no reason was given".to_owned() } else { tidied };
        // What was asked for before still is.
        let is_flattening = self.state.brakes.get(scope).is_some_and(|it| it.flatten);
        self.keeper.latch(&reason, flatten || is_flattening);
        self.forget_rearming();
        let by = self.user();
        self.settle(now, vec![Fact::Halted { reason, flatten, door, scope, by }]);
        let production = self.state.session.as_ref().is_some_and(|it| it.production);
        let was_production = production || self.sweep.was_production;
        let halted = Some(now);
        self.sweep = Sweep { last: now, since: now, halted, was_production, is_told: false };
        let flatten = self.state.brakes.get(scope).is_some_and(|it| it.flatten);
        // What is closed is what the exchange holds from now on, not what was known here before.
        self.unlevel();
        let may_close = flatten && !self.venue.is_apart();
        let (decision, cancels, closings) = self.case(door_of(door)).kill(scope, may_close);
        // A cancel that the exchange refuses is asked for again; the halt holds in any case.
        let _ = self.perform(decision, now);
        self.chase(None, now);
        self.size_closings(now);
        self.tend(now);
        self.finish_sweep(now);
        let left = self.case(Door::Gateway).left(scope, flatten, usize::MAX);
        let left = left.len() as u64;
        Ok(Reply::Killed { cancels, closings, left })
    }

    /// Takes only orders that make a position smaller, and cancels what works and could do otherwise.
    pub(super) fn reduce(
        &mut self,
        scope: Scope,
        reason: &str,
        door: Door,
        now: Stamp,
    ) -> Result<Reply, Refused> {
        let reason = tidy(reason);
        if reason.is_empty() {
            let text = "say why only reducing orders are taken: reduce --reason \"...\"";
            return Err(Refused::new("MISSING_REASON", text));
        }
        self.settle(now, vec![Fact::Reduced { reason, door, scope }]);
        self.sweep_again(now);
        Ok(Reply::Done {})
    }

    /// A part is held back from now on: what works and may not is canceled.
    pub(super) fn sweep_again(&mut self, now: Stamp) {
        self.sweep.is_told = false;
        self.sweep.since = now;
        self.sweep_now(now);
    }

    /// A part is no longer held back as it was.
    pub(super) fn note_release(&mut self, now: Stamp) {
        if self.state.brakes.halted().next().is_none() {
            self.sweep.was_production = false;
        }
        self.sweep.is_told = false;
        self.sweep.since = now;
    }

    /// Nothing is held back for that part; where others are, it is said how to end that.
    pub(super) fn not_held(&self, scope: Scope) -> Result<Reply, Refused> {
        let held = self.state.brakes.iter().filter(|_| scope == Scope::Global);
        let said = held.take(LEFT_MAX).map(|(scope, brake)| match scope {
            Scope::Global => String::new(),
            Scope::Account(account) => format!("--account {account} ({})", brake.reason),
            Scope::Strategy(condition) => format!("--condition {condition} ({})", brake.reason),
            Scope::Symbol(item) => format!("--item {item} ({})", brake.reason),
        });
        let said: Vec<String> = said.collect();
        if said.is_empty() {
            return Ok(Reply::Unchanged {});
        }
        let text = format!("only parts are held back; say rearm with {}", said.join(" or "));
        Err(Refused::new("PARTS_HELD", text))
    }

    /// When trading was halted last.
    pub(super) const fn halted_at(&self) -> Option<Stamp> {
        self.sweep.halted
    }

    /// Whether anybody may rearm just now, however a halt stands.
    pub(super) fn is_time_to_rearm(&self, now: Stamp) -> Result<(), Refused> {
        if self.latch.is_held() {
            let text = "the file kill is still in the data folder; remove it, then rearm";
            return Err(Refused::new("DEAD_MAN", text));
        }
        let production = self.state.session.as_ref().is_some_and(|it| it.production);
        let passed = self.sweep.halted.map_or(i64::MAX, |it| now.since(it));
        let left = self.rules().rearm_cooldown.saturating_sub(passed);
        if (production || self.sweep.was_production) && left > 0 {
            let seconds = left / Stamp::SECOND + 1;
            let text = format!("trading was halted a moment ago; wait {seconds} s, then rearm");
            return Err(Refused::new("REARM_COOLDOWN", text));
        }
        Ok(())
    }

    /// Whether a halt has done what it was told.
    pub(super) fn is_complete(
        &self,
        scope: Scope,
        flatten: bool,
        force: bool,
    ) -> Result<(), Refused> {
        let case = self.case(Door::Gateway);
        if !force && !case.is_cleared(scope, flatten) {
            let left = case.left(scope, flatten, LEFT_MAX).join(", ");
            let text = format!(
                "the halt is not complete ({left}); wait for it, or say rearm --force --reason"
            );
            return Err(Refused::new("KILL_INCOMPLETE", text));
        }
        Ok(())
    }

    /// A machine that starts halted was halted then, as far as it can tell.
    pub(super) fn note_start(&mut self, now: Stamp) {
        if self.state.brakes.halted().next().is_some() {
            self.sweep.halted = Some(now);
        }
    }

    /// Whether a halt or a reduction has still to look whether everything came through.
    pub fn is_sweeping(&self) -> bool {
        !self.state.brakes.is_empty() && !self.sweep.is_told
    }

    /// Looks again at the halts, where it is time to: what works is canceled, what is held is closed.
    pub fn sweep(&mut self, now: Stamp) {
        if self.state.brakes.is_empty() {
            return;
        }
        let is_here = self.state.session.is_some() && self.state.is_connected;
        let is_late = now.since(self.sweep.since) >= DEADLINE;
        let every = if is_late { SWEEP_SLOWLY } else { SWEEP_EVERY };
        if is_here && now.since(self.sweep.last) >= every {
            self.sweep_now(now);
        }
    }

    pub(super) fn sweep_now(&mut self, now: Stamp) {
        self.sweep.last = now;
        let may_close = self.may_close(now);
        let decision = self.case(Door::Gateway).sweep(may_close);
        // It is told below whether anything is left.
        let _ = self.perform(decision, now);
        self.size_closings(now);
        self.finish_sweep(now);
    }

    /// Whether a halt closes positions.
    fn is_closing(&self) -> bool {
        self.state.brakes.halted().any(|(_, it)| it.flatten)
    }

    /// Whether it is known what is to be closed: by the exchange's own list, made since anything
    /// moved; or by what is known here, where that list does not come.
    fn may_close(&self, now: Stamp) -> bool {
        let has_waited = self.awaited_lists().is_some_and(|it| now.since(it) >= LISTS_MAX);
        self.is_level_with_lists() || has_waited
    }

    /// Asks the exchange what is held, once nothing works any more that a halt cancels or closes
    /// with: before it closes, and again before it counts as complete.
    pub(super) fn size_closings(&mut self, now: Stamp) {
        if !self.is_sweeping() || self.is_level_with_lists() || !self.is_closing() {
            return;
        }
        let is_here = self.state.session.is_some() && self.state.is_connected;
        if is_here && !self.case(Door::Gateway).is_closing_under_way() {
            self.await_lists(None, now);
        }
    }

    /// Says once that everything is canceled and closed, or what is not after many looks, each time.
    fn finish_sweep(&mut self, now: Stamp) {
        let is_said = !self.is_closing() || self.is_level_with_lists();
        if !is_said || !self.case(Door::Gateway).is_settled() {
            self.sweep.is_told = false;
            if now.since(self.sweep.since) >= DEADLINE {
                let case = self.case(Door::Gateway);
                let halted = self.state.brakes.halted();
                let left = halted.flat_map(|(scope, it)| case.left(scope, it.flatten, LEFT_MAX));
                let unsaid = "the exchange has not listed what it holds".to_owned();
                let left = left.chain((!is_said).then_some(unsaid));
                let left = left.collect::<Vec<_>>().join(", ");
                let text = format!(
                    "the halt is not complete: {left}; it is tried again every 5 s, look at the \
                     exchange"
                );
                self.settle(now, vec![alert("KILL_INCOMPLETE", text)]);
            }
        } else if !self.sweep.is_told {
            self.sweep.is_told = true;
            let flat: Vec<bool> = self.state.brakes.halted().map(|(_, it)| it.flatten).collect();
            if flat.is_empty() {
                return;
            }
            let is_flat = flat.contains(&true);
            let held = if is_flat { ", and every position is closed" } else { "" };
            let text = format!("trading is halted: no order works any more{held}");
            self.settle(now, vec![alert("KILL_COMPLETE", text)]);
        }
    }
}

/// What a kill closes is closed by the gateway itself, whoever asked for it.
const fn door_of(door: Door) -> Door {
    match door {
        Door::Desk => Door::Desk,
        Door::Executor | Door::Strategy | Door::V1 | Door::Gateway => Door::Gateway,
    }
}

fn alert(code: &str, text: String) -> Fact {
    Fact::Alerted { code: code.to_owned(), text }
}
