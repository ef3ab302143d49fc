//! The breaker: a way to the exchange that is lost again and again is not trusted with new positions.
//!
//! Owns how often the way was lost, on our clock. Too often within a window, and only orders that
//! make a position smaller are taken. That alone halts nothing and closes nothing; nobody but an
//! operator ends it, after a while in which the way can show that it lasts.

use aftm_domain::Stamp;

use super::core::Core;
use super::fact::{Door, Fact};
use super::keep::Ledger;
use super::venue::Venue;
use crate::wire::{Refused, Scope};

/// When the way was lost.
#[derive(Default)]
pub(super) struct Breaker {
    lost: Vec<Stamp>,
    /// When it was lost once too often.
    opened: Option<Stamp>,
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// The way was lost, after it had been there.
    pub(super) fn note_outage(&mut self, now: Stamp) {
        let (most, window) = (self.rules().trip_outages, self.rules().outage_window);
        self.breaker.lost.retain(|it| now.since(*it) < window);
        self.breaker.lost.push(now);
        let count = self.breaker.lost.len();
        if most == 0 || count < usize::try_from(most).unwrap_or(usize::MAX) {
            return;
        }
        self.breaker = Breaker { lost: Vec::new(), opened: Some(now) };
        let seconds = window / Stamp::SECOND;
        let reason = format!("the way to the exchange was lost {count} times within {seconds} s");
        let text = format!("{reason}: only reducing orders are taken until rearm is said");
        self.settle(now, vec![Fact::Alerted { code: "BREAKER_OPEN".to_owned(), text }]);
        // It has a reason, and is never refused with one.
        let _ = self.reduce(Scope::Global, &reason, Door::Gateway, now);
    }

    /// Whether everything may be taken again so soon after the way was lost once too often.
    pub(super) fn may_close_breaker(
        &self,
        scope: Scope,
        force: bool,
        now: Stamp,
    ) -> Result<(), Refused> {
        let Some(opened) = self.breaker.opened.filter(|_| scope == Scope::Global && !force) else {
            return Ok(());
        };
        let left = self.rules().rearm_cooldown.saturating_sub(now.since(opened));
        if left <= 0 {
            return Ok(());
        }
        let seconds = left / Stamp::SECOND + 1;
        let text = format!(
            "the way to the exchange was lost once too often a moment ago; wait {seconds} s to see \
             whether it lasts, then rearm, or say rearm --force --reason"
        );
        Err(Refused::new("REARM_COOLDOWN", text))
    }
}
