//! The kill latch: halted first, then everything is canceled, then closed; until it is armed again.
//!
//! Owns when a halt looks again whether its cancels and closes came through. A journal that cannot
//! be written holds nothing of this up.

use aftm_domain::Stamp;

use super::core::Core;
use super::decide::tidy;
use super::fact::{Door, Fact};
use super::keep::Ledger;
use super::venue::Venue;
use crate::wire::{Refused, Reply};

/// How often a halt looks again, on our clock.
const SWEEP_EVERY: i64 = Stamp::SECOND;
/// How often after it has looked many times, and said so.
const SWEEP_SLOWLY: i64 = 5 * Stamp::SECOND;
/// Looks after which the operator is told that something is left.
const ROUNDS_MAX: u32 = 10;

/// How far a halt has come.
#[derive(Default)]
pub(super) struct Sweep {
    last: Stamp,
    rounds: u32,
    /// That everything is canceled and closed was told.
    is_told: bool,
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Halts trading, whatever else holds, then cancels every order and closes every position where
    /// that is asked for. Again, it adds its reason and asks for everything anew.
    pub(super) fn kill(
        &mut self,
        flatten: bool,
        reason: &str,
        door: Door,
        now: Stamp,
    ) -> Result<Reply, Refused> {
        let tidied = tidy(reason);
        let reason = if tidied.is_empty() { "no reason was given".to_owned() } else { tidied };
        self.settle(now, vec![Fact::Halted { reason, flatten, door }]);
        self.sweep = Sweep { last: now, ..Sweep::default() };
        let flatten = self.state.halt.as_ref().is_some_and(|it| it.flatten);
        let (decision, cancels, closings) = self.case(door_of(door)).kill(flatten);
        // A cancel that the exchange refuses is asked for again; the halt holds in any case.
        let _ = self.perform(decision, now);
        self.chase(None, now);
        self.finish_sweep(now);
        Ok(Reply::Killed { cancels, closings })
    }

    /// Takes orders again.
    pub(super) fn rearm(&mut self, reason: &str, door: Door, now: Stamp) -> Result<Reply, Refused> {
        let reason = tidy(reason);
        if reason.is_empty() {
            let text = "say why trading goes on: rearm --reason \"...\"";
            return Err(Refused::new("MISSING_REASON", text));
        }
        if self.state.halt.is_none() {
            return Ok(Reply::Unchanged {});
        }
        self.commit(now, vec![Fact::Rearmed { reason, door }]).map_err(|error| {
            let text = format!("the journal cannot be written, trading stays halted: {error}");
            Refused::new("JOURNAL_UNAVAILABLE", text)
        })?;
        self.chase(None, now);
        Ok(Reply::Done {})
    }

    /// Whether a halt has still to look whether everything is canceled and closed.
    pub const fn is_sweeping(&self) -> bool {
        self.state.halt.is_some() && !self.sweep.is_told
    }

    /// Looks again at a halt, where it is time to: what works is canceled, what is held is closed.
    pub fn sweep(&mut self, now: Stamp) {
        let Some(halt) = &self.state.halt else { return };
        let flatten = halt.flatten;
        let is_here = self.state.session.is_some() && self.state.is_connected;
        let every = if self.sweep.rounds < ROUNDS_MAX { SWEEP_EVERY } else { SWEEP_SLOWLY };
        if !is_here || now.since(self.sweep.last) < every {
            return;
        }
        self.sweep.last = now;
        let decision = self.case(Door::Gateway).sweep(flatten);
        // It is told below whether anything is left.
        let _ = self.perform(decision, now);
        self.finish_sweep(now);
    }

    /// Says once that everything is canceled and closed, or that it is not after many looks.
    fn finish_sweep(&mut self, now: Stamp) {
        let flatten = self.state.halt.as_ref().is_some_and(|it| it.flatten);
        if !self.case(Door::Gateway).is_cleared(flatten) {
            self.sweep.is_told = false;
            self.sweep.rounds = self.sweep.rounds.saturating_add(1);
            if self.sweep.rounds == ROUNDS_MAX {
                let open = self.state.open.len();
                let text = format!(
                    "the halt is not complete: {open} orders still work or positions are held; \
                     it goes on trying, look at the exchange"
                );
                self.settle(now, vec![alert("KILL_INCOMPLETE", text)]);
            }
        } else if !self.sweep.is_told {
            self.sweep.is_told = true;
            let held = if flatten { ", and every position is closed" } else { "" };
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
