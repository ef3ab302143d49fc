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
    is_late_told: bool,
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
        self.lists = Freshness { asked: now, compared: Some(now), is_late_told: false };
    }

    /// How long ago everything was compared with the venue's lists, in milliseconds; `None` where
    /// it never was.
    pub fn reconciled_ms(&self, now: Stamp) -> Option<u64> {
        let age = now.since(self.lists.compared?) / Stamp::MILLISECOND;
        Some(u64::try_from(age).unwrap_or(0))
    }
}
