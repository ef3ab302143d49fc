//! A venue that lives apart: what it tells is heard, and who waits for it is answered.

use aftm_domain::Stamp;

use super::Server;
use crate::gateway::keep::Ledger;
use crate::gateway::venue::Venue;

impl<V: Venue, L: Ledger, C: Fn() -> Stamp> Server<V, L, C> {
    /// Hears what the venue told, publishes its market, and answers who waited for a login or a
    /// rearming.
    pub(super) fn hear_venue(&mut self) -> zmq::Result<()> {
        if !self.core.venue().is_apart() {
            return Ok(());
        }
        self.venue_heard = (self.clock)();
        self.core.hear(self.venue_heard);
        if let Some(reply) = self.core.take_login() {
            for (client, id, door) in std::mem::take(&mut self.logins) {
                self.reply(&client, id, reply.clone(), door)?;
            }
        }
        if let Some(reply) = self.core.take_rearm() {
            for (client, id, door) in std::mem::take(&mut self.rearms) {
                self.reply(&client, id, reply.clone(), door)?;
            }
        }
        for moment in std::mem::take(&mut self.core.market) {
            self.publish(moment)?;
        }
        Ok(())
    }

    /// Whether the clock of a recorded feed may go on to its next step, as far as the venue goes. A
    /// live feed waits for nobody.
    pub(super) fn may_step(&self) -> bool {
        !self.pace.is_held() || self.core.is_level()
    }
}
