//! Telling: the events of the core, to all who listen.
//!
//! They are told at once while little happens and at most once a millisecond while much does, so
//! that those who only watch do not take the processors from the next order. Nobody hears a tick
//! before what was told before it.

use aftm_domain::Stamp;
use zmq::{DONTWAIT, SNDMORE};

use super::Server;
use super::wire::sent_or_dropped;
use crate::gateway::keep::Ledger;
use crate::gateway::venue::Venue;
use crate::wire::encode_into;
use crate::wire::event::Numbered;

/// How long events may wait after others were told.
const TELL_EVERY: i64 = Stamp::MILLISECOND;

impl<V: Venue, L: Ledger, C: Fn() -> Stamp> Server<V, L, C> {
    /// Takes the core's new events and tells them, where it is time to.
    pub(super) fn tell(&mut self) -> zmq::Result<()> {
        self.gather();
        if !self.events.is_empty() {
            let now = (self.clock)();
            // A held feed goes on only when the strategy has heard; our clock may have been set.
            let waited = now.since(self.told_at);
            if self.pace.is_held() || !(0..TELL_EVERY).contains(&waited) {
                self.tell_all(now)?;
            }
        }
        self.forsake()
    }

    /// Takes what the core has to tell.
    fn gather(&mut self) {
        let heard = self.events.len();
        self.core.tell(&mut self.events);
        for event in self.events.iter().skip(heard) {
            self.pace.hear(event);
        }
    }

    /// Everything that happened so far is told before who asks how it is has the answer.
    pub(super) fn tell_before_status(&mut self) -> zmq::Result<()> {
        self.gather();
        let now = (self.clock)();
        if self.events.is_empty() { Ok(()) } else { self.tell_all(now) }
    }

    /// Tells everything that waits: neighbors on one topic as one message, a frame each.
    pub(super) fn tell_all(&mut self, now: Stamp) -> zmq::Result<()> {
        self.told_at = now;
        let mut events = std::mem::take(&mut self.events);
        let mut last = None;
        let mut events_left = events.drain(..).peekable();
        while let Some(event) = events_left.next() {
            let topic = event.topic();
            let socket = &self.sockets.events;
            if last != Some(topic) {
                let sent = socket.send(topic.bytes(), SNDMORE | DONTWAIT);
                sent_or_dropped(sent, &mut self.dropped)?;
            }
            let number = self.numbers.entry(topic).or_default();
            *number += 1;
            encode_into(&mut self.frame, &Numbered { number: *number, event });
            let has_more = events_left.peek().is_some_and(|next| next.topic() == topic);
            let more = if has_more { SNDMORE } else { 0 };
            sent_or_dropped(socket.send(&self.frame, more | DONTWAIT), &mut self.dropped)?;
            last = has_more.then_some(topic);
        }
        drop(events_left);
        self.events = events;
        Ok(())
    }

    /// Everything that happened before a tick is told before it.
    pub(super) fn tell_before_tick(&mut self, now: Stamp) -> zmq::Result<()> {
        if self.events.is_empty() { Ok(()) } else { self.tell_all(now) }
    }
}
