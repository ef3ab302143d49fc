//! Telling what is used of the limits, once a second where it changed.

use aftm_domain::Stamp;

use super::Server;
use crate::gateway::keep::Ledger;
use crate::gateway::venue::Venue;
use crate::wire::Event;
use crate::wire::request::LimitRow;

/// How often it is told at most.
const EVERY: i64 = Stamp::SECOND;

/// What was told of the limits, and when it was looked at.
#[derive(Default)]
pub(super) struct Told {
    at: Stamp,
    rows: Vec<LimitRow>,
}

impl<V: Venue, L: Ledger, C: Fn() -> Stamp> Server<V, L, C> {
    pub(super) fn tell_limits(&mut self, now: Stamp) {
        if (0..EVERY).contains(&now.since(self.limits.at)) {
            return;
        }
        self.limits.at = now;
        let rows = self.core.limits().usage();
        if rows != self.limits.rows {
            self.limits.rows.clone_from(&rows);
            self.core.announce(Event::Limits { rows });
        }
    }
}
