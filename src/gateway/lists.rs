//! When the venue is asked for its lists, and how fresh what they said is.
//!
//! A look is asked for every so often; a difference that it finds counts only where the lists that
//! are asked for after it still have it, because news of it may have been on the way.

use aftm_domain::Stamp;

use super::core::Core;
use super::fact::Fact;
use super::keep::Ledger;
use super::venue::{Lists, Stands, Venue};

/// How often the lists may stay away before that is told, in pauses between two looks.
const LATE: i64 = 3;

/// What is known of the lists.
#[derive(Default)]
pub(super) struct Freshness {
    /// When a look was asked for last, on our clock.
    asked: Stamp,
    /// When everything was compared last.
    compared: Option<Stamp>,
    /// The lists that it was compared with were all made after that moment.
    made_after: Option<Stamp>,
    is_late_told: bool,
    /// Nothing moved while they were made, nor since: what is known here is what they say.
    is_level: bool,
    /// Since when lists are awaited that are made from then on.
    awaited: Option<Stamp>,
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Asks how everything stands, where it is time to and the venue can say it.
    pub(super) fn keep_lists(&mut self, now: Stamp) {
        let every = self.rules().reconcile_every;
        if every == 0 || now.since(self.lists.asked) < every {
            return;
        }
        self.lists.asked = now;
        if self.state.session.is_none() || !self.state.is_connected {
            return;
        }
        self.venue.stand(Lists::Look, &mut self.news);
        let age = self.lists.compared.map_or(0, |it| now.since(it));
        if age >= every.saturating_mul(LATE) && !self.lists.is_late_told {
            self.lists.is_late_told = true;
            let seconds = age / Stamp::SECOND;
            let text = format!(
                "the exchange has not listed orders, fills and positions for {seconds} s: compare \
                 them there by hand"
            );
            self.settle(now, vec![Fact::Alerted { code: "RECONCILE_LATE".to_owned(), text }]);
        }
    }

    /// Compares whole lists with what is known here.
    pub(super) fn hear_lists(&mut self, stands: &Stands, now: Stamp) {
        if stands.is_look && self.differs(stands) {
            self.venue.stand(Lists::Soon, &mut self.news);
            return;
        }
        if !stands.is_look {
            self.reconcile(stands, now);
        }
        let is_level = stands.moved.is_empty();
        let compared = Some(now);
        // One after another is made: these were begun when the last ones had come.
        let made_after = self.lists.awaited.or(self.lists.compared);
        self.lists =
            Freshness { asked: now, compared, made_after, is_level, ..Freshness::default() };
        self.go_on_rearming(now);
        let is_here = self.state.session.is_some() && self.state.is_connected;
        if is_here && self.is_sweeping() {
            self.sweep_now(now);
        }
    }

    /// Asks for lists that are made from now on; those that are awaited already will do where they
    /// were not asked for before that time.
    pub(super) fn await_lists(&mut self, after: Option<Stamp>, now: Stamp) {
        let will_do = self.lists.awaited.is_some_and(|it| Some(it) >= after);
        if !will_do && self.venue.stand(Lists::Now, &mut self.news) {
            self.lists.awaited = Some(now);
        }
    }

    /// An order or a position moved: what the lists said may hold no more.
    pub(super) const fn unlevel(&mut self) {
        self.lists.is_level = false;
    }

    /// Whether what is known here is what the venue's own lists say. One that is part of this
    /// machine has none beside.
    pub(super) fn is_level_with_lists(&self) -> bool {
        self.lists.is_level || !self.venue.is_apart()
    }

    /// Since when lists are awaited.
    pub(super) const fn awaited_lists(&self) -> Option<Stamp> {
        self.lists.awaited
    }

    /// Whether everything was compared with the venue's lists within the last so many nanoseconds,
    /// and these were not asked for before that time.
    pub(super) fn is_compared(&self, within: i64, after: Option<Stamp>, now: Stamp) -> bool {
        let is_after = after.is_none() || self.lists.made_after >= after;
        is_after && self.lists.compared.is_some_and(|it| now.since(it) <= within)
    }

    /// How long ago everything was compared with the venue's lists, in milliseconds; `None` where
    /// it never was.
    pub fn reconciled_ms(&self, now: Stamp) -> Option<u64> {
        let age = now.since(self.lists.compared?) / Stamp::MILLISECOND;
        Some(u64::try_from(age).unwrap_or(0))
    }
}
