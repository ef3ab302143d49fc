//! Telling: the events of the core, to all who listen.
//!
//! What trading comes to is told when nobody speaks for a moment, or when the first of it has waited
//! for a millisecond: those who only watch do not take the processors from an answer that is under
//! way, nor from the next order. Everything else is told at once. Nobody hears a tick before what was told before it.

use aftm_domain::Stamp;
use zmq::{DONTWAIT, SNDMORE};

use super::Server;
use super::wire::sent_or_dropped;
use crate::gateway::keep::Ledger;
use crate::gateway::venue::Venue;
use crate::wire::encode_into;
use crate::wire::event::{Numbered, Topic};

/// How long events may wait while others speak.
const WAIT_MAX: i64 = Stamp::MILLISECOND;
/// How long nobody may speak before they are told, in nanoseconds.
const LOOK: i64 = 150_000;

impl<V: Venue, L: Ledger, C: Fn() -> Stamp> Server<V, L, C> {
    /// Takes the core's new events and tells them, where it is time to.
    pub(super) fn tell(&mut self) -> zmq::Result<()> {
        let heard = self.events.len();
        self.gather();
        if self.events.len() > heard {
            let now = (self.clock)();
            // A held feed goes on only when the strategy has heard, and only trades come in a row.
            let is_trade = self.events.iter().any(|it| it.topic() == Topic::Trade);
            if is_trade {
                self.untold = (if heard == 0 { now } else { self.untold.0 }, now);
            }
            if self.pace.is_held() || !is_trade || self.is_time_to_tell(now) {
                self.tell_all()?;
            }
        }
        self.forsake()
    }

    /// Whether events have waited long enough; our clock may have been set meanwhile.
    pub(super) fn is_time_to_tell(&self, now: Stamp) -> bool {
        let (first, last) = self.untold;
        !(0..WAIT_MAX).contains(&now.since(first)) || !(0..LOOK).contains(&now.since(last))
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
        if self.events.is_empty() { Ok(()) } else { self.tell_all() }
    }

    /// Tells everything that waits: neighbors on one topic as one message, a frame each.
    pub(super) fn tell_all(&mut self) -> zmq::Result<()> {
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
    pub(super) fn tell_before_tick(&mut self) -> zmq::Result<()> {
        if self.events.is_empty() { Ok(()) } else { self.tell_all() }
    }
}
