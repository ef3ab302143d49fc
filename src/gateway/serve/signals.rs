//! The turn of each signal's order, and the venue's clock.

use aftm_domain::Stamp;

use super::{Server, TICKS_MAX};
use crate::failpoint::{Site, reach};
use crate::gateway::fact::Door;
use crate::gateway::keep::Ledger;
use crate::gateway::pace::Step;
use crate::gateway::v1::Client;
use crate::gateway::venue::Venue;
use crate::wire::event::FeedState;
use crate::wire::request::Request;
use crate::wire::{Event, Intent, Refused, Reply, Signal};

impl<V: Venue, L: Ledger, C: Fn() -> Stamp> Server<V, L, C> {
    /// The order of a signal: acted on when its tick is the one that the venue has seen last.
    pub(super) fn signal_order(
        &mut self,
        id: u64,
        signal: Signal,
        client: Client,
    ) -> zmq::Result<()> {
        let is_known = self.core.state().outcome(signal.id).is_some();
        if is_known || (self.pace.arrive(&signal) && self.may_step()) {
            let reply = self.act(&signal);
            return self.reply_signal(&client, id, reply);
        }
        let mut client = client;
        client.push(id.to_be_bytes().to_vec());
        self.early.entry(signal.id).or_insert((Vec::new(), signal)).0.push(client);
        Ok(())
    }

    fn reply_signal(
        &mut self,
        client: &Client,
        id: u64,
        reply: Result<Reply, Refused>,
    ) -> zmq::Result<()> {
        match reach(Site::Replying) {
            Ok(()) => self.reply(client, id, reply, Door::Executor),
            // The reply is lost on its way.
            Err(_) => Ok(()),
        }
    }

    pub(super) fn act(&mut self, signal: &Signal) -> Result<Reply, Refused> {
        let now = (self.clock)();
        let intent = Box::new(Intent::of_signal(signal));
        let reply = self.core.serve(&Request::Place { intent }, Door::Executor, now);
        self.pace.settle(signal.id);
        reply
    }

    /// Lets the venue's clock and the signals that wait for it go on.
    pub(super) fn step(&mut self) -> zmq::Result<()> {
        for _ in 0..TICKS_MAX * 4 {
            if !self.may_step() {
                break;
            }
            match self.pace.next() {
                Step::Wait => break,
                Step::Tick => {
                    let now = (self.clock)();
                    let Some((tick, book)) = self.pace.step() else { break };
                    self.core.tick(&tick, book.as_deref(), now);
                    self.anchor = (tick.time, now);
                }
                Step::Signal(id) => {
                    let Some((clients, signal)) = self.early.remove(&id) else {
                        self.pace.settle(id);
                        continue;
                    };
                    self.act_early(clients, &signal)?;
                }
            }
        }
        self.finish();
        Ok(())
    }

    /// Acts on a signal whose order came before its turn, and answers all who asked for it.
    fn act_early(&mut self, clients: Vec<Client>, signal: &Signal) -> zmq::Result<()> {
        let reply = self.act(signal);
        for mut client in clients {
            let Some(number) = client.pop() else { continue };
            let number = <[u8; 8]>::try_from(number).map_or(0, u64::from_be_bytes);
            self.reply_signal(&client, number, reply.clone())?;
        }
        Ok(())
    }

    /// Answers orders whose signals no longer have a turn: their condition is gone or has begun
    /// another life, or they were settled by hand. Acting on one of them only tells that.
    pub(super) fn forsake(&mut self) -> zmq::Result<()> {
        if self.early.is_empty() {
            return Ok(());
        }
        let gone = self.early.extract_if(|id, _| !self.pace.is_here(*id));
        let gone: Vec<(Vec<Client>, Signal)> = gone.map(|(_, it)| it).collect();
        gone.into_iter().try_for_each(|(clients, signal)| self.act_early(clients, &signal))
    }

    /// A recorded feed is over when its last tick was handled by everybody.
    pub(super) fn finish(&mut self) {
        let is_reported = !self.pace.is_held() || self.pace.reported() == self.pace.published();
        let is_level = self.pace.is_level() && self.may_step();
        let is_over = self.has_ended && self.ready.is_empty() && is_level;
        if is_over && is_reported && !self.has_finished {
            self.has_finished = true;
            self.core.finish((self.clock)());
            let text = format!("{} ticks, all handled", self.pace.published());
            let (feed, state) = (self.feed.name.clone(), FeedState::Ended);
            self.core.announce(Event::Feed { feed, state, text });
        }
    }
}
