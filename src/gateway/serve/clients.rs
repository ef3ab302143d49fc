//! The order port of v1 clients.

use aftm_domain::Stamp;

use super::wire::{receive_from, send_back};
use super::{CLIENTS_TURN, Server, TURN_MAX};
use crate::gateway::keep::Ledger;
use crate::gateway::v1::Client;
use crate::gateway::venue::Venue;
use crate::wire::{Domain, Who, v1};

impl<V: Venue, L: Ledger, C: Fn() -> Stamp> Server<V, L, C> {
    pub(super) fn hear_clients(&mut self) -> zmq::Result<()> {
        let began = (self.clock)();
        let before = self.traffic.clients.messages;
        for _ in 0..TURN_MAX {
            let Some(clients) = &self.sockets.clients else { break };
            let Some((who, frames)) = receive_from(clients)? else { break };
            let now = (self.clock)();
            let name = frames.first().map_or(&[][..], |it| it);
            let bad = self.bad_messages();
            if !self.peers.is_read(name, now) {
                self.traffic.clients.messages += 1;
                self.bad_messages += 1;
            } else if self.may_ask(who.as_ref(), now) {
                let name = match who {
                    Some(Who::Client(name)) => Some(name),
                    _ => None,
                };
                self.core.asked_by(name);
                self.hear_client(&frames, now)?;
                self.core.asked_by(None);
            } else {
                self.refuse_stranger(&frames);
            }
            if self.bad_messages() > bad {
                self.peers.note(name, now);
            }
            if now.since(began) >= CLIENTS_TURN {
                break;
            }
        }
        self.traffic.clients.turned(before);
        Ok(())
    }

    /// Messages that could not be read, over all sockets.
    pub(super) const fn bad_messages(&self) -> u64 {
        self.bad_messages + self.v1.bad_messages()
    }

    /// Whether who sent a message may still do so: a key can be revoked while its client is
    /// connected.
    fn may_ask(&mut self, who: Option<&Who>, now: Stamp) -> bool {
        match (who, &mut self.sockets.client_keys) {
            (Some(Who::Anyone), None) => true,
            (Some(Who::Client(name)), Some(keys)) => {
                keys.look(now);
                keys.has(name, Domain::ClientOrders)
            }
            _ => false,
        }
    }

    fn refuse_stranger(&mut self, frames: &[Vec<u8>]) {
        self.bad_messages += 1;
        let text = "the key of this client is no longer good; nothing was carried out";
        let failure = v1::orders::Failure::new("UNKNOWN_KEY", text);
        let way = frames.split_last().map(|it| it.1.to_vec()).unwrap_or_default();
        self.send_client(&way, &v1::orders::failed(&failure));
    }

    /// A message of a v1 client: its name, an empty frame, one frame of JSON.
    fn hear_client(&mut self, frames: &[Vec<u8>], now: Stamp) -> zmq::Result<()> {
        self.traffic.clients.messages += 1;
        let age = self.feed_age_ms(now);
        let (way, body) = match frames {
            [name, empty, body] if empty.is_empty() => (vec![name.clone(), Vec::new()], body),
            [name, empty, ..] if empty.is_empty() => {
                self.bad_messages += 1;
                let way = vec![name.clone(), Vec::new()];
                return self.refuse_frames(&way);
            }
            [name, body] => (vec![name.clone()], body),
            [name, ..] => {
                self.bad_messages += 1;
                return self.refuse_frames(&vec![name.clone()]);
            }
            [] => return Ok(()),
        };
        if let Some(reply) = self.v1.take(&mut self.core, body, way.clone(), age, now) {
            self.send_client(&way, &reply);
        }
        Ok(())
    }

    pub(super) fn refuse_frames(&mut self, way: &Client) -> zmq::Result<()> {
        let text = "a request is one frame; nothing was carried out";
        let code = v1::orders::code::INVALID_JSON;
        let failure = v1::orders::Failure::new(code, text);
        self.send_client(way, &v1::orders::failed(&failure));
        Ok(())
    }

    pub(super) fn send_client(&mut self, way: &Client, reply: &[u8]) {
        let Some(clients) = &self.sockets.clients else { return };
        if !send_back(clients, way, reply) {
            self.traffic.clients.dropped += 1;
        }
    }

    pub(super) fn deliver(&mut self) {
        let Some(clients) = &self.sockets.clients else { return };
        if !self.v1.is_empty() {
            let now = (self.clock)();
            self.v1.deliver(&mut self.core, now, |way, reply| send_back(clients, way, reply));
        }
    }
}
