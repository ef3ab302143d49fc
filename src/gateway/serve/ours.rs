//! What the desk and the children ask.

use aftm_domain::Stamp;
use zeroize::Zeroize as _;

use super::traffic::Passed;
use super::wire::{receive, receive_from, send_back};
use super::{Present, REPORT_EVERY, Server, Speaker, TURN_MAX};
use crate::gateway::fact::Door;
use crate::gateway::keep::Ledger;
use crate::gateway::v1::Client;
use crate::gateway::venue::Venue;
use crate::wire::event::ChildWord;
use crate::wire::request::Request;
use crate::wire::{
    Answer, Ask, Event, Refused, Reply, Role, Token, Who, WireError, decode, encode_into,
};

/// Ticks in a page, so that a reply stays far below the largest frame.
const TICKS_PAGE: usize = 256;

impl<V: Venue, L: Ledger, C: Fn() -> Stamp> Server<V, L, C> {
    pub(super) fn hear_desk(&mut self) -> zmq::Result<()> {
        let before = self.traffic.desk.messages;
        for _ in 0..TURN_MAX {
            let Some(mut frames) = receive(&self.sockets.desk)? else { break };
            self.hear_ours(&frames, Door::Desk, None)?;
            // One of them may have been a password.
            frames.zeroize();
        }
        self.traffic.desk.turned(before);
        Ok(())
    }

    pub(super) fn hear_children(&mut self) -> zmq::Result<()> {
        let before = self.traffic.children.messages;
        for _ in 0..TURN_MAX {
            let Some((who, mut frames)) = receive_from(&self.sockets.children)? else { break };
            // The guard says who it is; what a peer calls itself counts for nothing.
            let Some(Who::Child { role, generation, pid, token, connection }) = who else {
                self.bad_messages += 1;
                continue;
            };
            let door = match role {
                Role::Executor => Door::Executor,
                // The venue's process is not let in here.
                Role::Strategy | Role::Venue => Door::Strategy,
            };
            let present = Present { role, pid, generation, connection };
            self.hear_ours(&frames, door, Some(&Speaker { present, token }))?;
            // Before its hello it may have been what a child shows; an order is nothing to wipe.
            if !frames.first().is_some_and(|it| self.children.contains_key(it)) {
                frames.zeroize();
            }
        }
        self.traffic.children.turned(before);
        Ok(())
    }

    const fn passed(&mut self, door: Door) -> &mut Passed {
        match door {
            Door::Desk => &mut self.traffic.desk,
            _ => &mut self.traffic.children,
        }
    }

    /// A message of ours: the way back, then one frame. `speaker` is the child that sent it.
    pub(super) fn hear_ours(
        &mut self,
        frames: &[Vec<u8>],
        door: Door,
        speaker: Option<&Speaker>,
    ) -> zmq::Result<()> {
        let Some((body, way)) = frames.split_last() else { return Ok(()) };
        self.passed(door).messages += 1;
        let asked: Result<Ask, WireError> = decode(body);
        let Ok(Ask { id, request }) = asked else {
            self.bad_messages += 1;
            return Ok(());
        };
        let client = way.to_vec();
        if let Request::Place { intent } = &request
            && let Some(signal) = intent.signal
            && door == Door::Executor
            && self.has_word(&client, speaker)
        {
            return self.signal_order(id, signal, client);
        }
        if request == (Request::Status {}) {
            self.tell_before_status()?;
        }
        let was_logging_in = self.core.is_logging_in();
        let was_rearming = self.core.is_rearming();
        let reply = self.answer(&request, door, &client, speaker);
        if !was_rearming && self.core.is_rearming() {
            self.rearms.push((client, id, door));
            return Ok(());
        }
        if !was_logging_in && self.core.is_logging_in() {
            self.logins.push((client, id, door));
            return Ok(());
        }
        self.reply(&client, id, reply, door)
    }

    /// Whether a child has said hello on this connection, and no later one of its role has.
    fn has_word(&self, client: &Client, speaker: Option<&Speaker>) -> bool {
        let said = client.first().and_then(|it| self.children.get(it));
        said.is_some() && said == speaker.map(|it| &it.present)
    }

    /// Judges who may ask what, and answers.
    pub(super) fn answer(
        &mut self,
        request: &Request,
        door: Door,
        client: &Client,
        speaker: Option<&Speaker>,
    ) -> Result<Reply, Refused> {
        let now = (self.clock)();
        let peer = speaker.filter(|_| self.has_word(client, speaker)).map(|it| it.present);
        match request {
            Request::Hello { role: Role::Venue, .. } => {
                Err(Refused::new("NOT_YOURS", "the venue's process does not speak here"))
            }
            Request::Hello { role, pid, protocol, nonce, version } if door != Door::Desk => {
                let speaker = speaker.map(|it| it.present);
                match speaker.filter(|it| (it.role, it.pid) == (*role, *pid)) {
                    Some(speaker) => self.hello(client, speaker, *protocol, *nonce, version),
                    None => Err(Refused::new("NOT_YOURS", "a child may speak for itself only")),
                }
            }
            Request::Prove { token } if door != Door::Desk => self.prove(client, speaker, token),
            _ if door != Door::Desk && peer.is_none() => {
                Err(Refused::new("UNKNOWN_PEER", "say hello first"))
            }
            Request::Beat { .. } | Request::Ready { .. } => {
                if let Request::Ready { signal_port, .. } = request
                    && peer.is_some_and(|it| it.role == Role::Executor)
                {
                    self.signal_port = *signal_port;
                }
                if let Some(Present { role, pid, .. }) = peer {
                    if role == Role::Strategy {
                        self.strategy_heard = Some(now);
                        self.core.hear_strategy(now);
                    }
                    let is_beat = matches!(request, Request::Beat { .. });
                    let word = if is_beat { ChildWord::Beat } else { ChildWord::Ready };
                    self.core.announce(Event::Child { role, pid, word });
                    self.note_ready(role, is_beat);
                }
                Ok(Reply::Done {})
            }
            Request::Ticks { from } => Ok(self.ticks(*from)),
            Request::Snapshot { .. } => {
                let through = self.pace.reported();
                self.core.serve(request, door, now).map(|reply| match reply {
                    Reply::Snapshot { rows, next, .. } => Reply::Snapshot { rows, next, through },
                    other => other,
                })
            }
            Request::Report { pid, through, signals, .. } => {
                if door != Door::Strategy || peer.map(|it| it.pid) != Some(*pid) {
                    return Err(Refused::new("UNKNOWN_PEER", "another strategy has the word now"));
                }
                let reply = self.core.serve(request, door, now);
                let state = self.core.state();
                let open = signals.iter().filter(|it| {
                    state.signals.contains_key(&it.id) && state.outcome(it.id).is_none()
                });
                open.for_each(|signal| self.pace.expect(signal));
                through.iter().for_each(|it| self.pace.report(*it));
                let known = signals.iter().map(|it| it.id);
                let known = known.filter(|id| state.outcome(*id).is_some()).collect();
                reply.map(|_| Reply::Known { signals: known })
            }
            Request::Alert { .. } if door != Door::Desk => self.core.serve(request, door, now),
            Request::Place { .. } if door == Door::Executor => self.core.serve(request, door, now),
            _ if door != Door::Desk => {
                let text = "a child of the machine may not ask for this";
                Err(Refused::new("NOT_YOURS", text))
            }
            Request::Start {} => Ok(self.start()),
            Request::Stop {} => {
                self.is_started = false;
                self.strategy_heard = None;
                Ok(Reply::Done {})
            }
            Request::End {} => {
                self.is_stopping = true;
                Ok(Reply::Done {})
            }
            Request::Status {} => Ok(self.status(now)),
            other => {
                let reply = self.core.serve(other, door, now);
                if matches!(other, Request::AddItem { .. } | Request::DropItem { .. }) {
                    self.want();
                }
                reply
            }
        }
    }

    /// A connection may be older than the child whose number it carries: only what was given to the
    /// child proves that it is the child's.
    fn prove(
        &mut self,
        client: &Client,
        speaker: Option<&Speaker>,
        token: &Token,
    ) -> Result<Reply, Refused> {
        let shown = speaker.filter(|it| it.token == *token);
        let (Some(shown), Some(peer)) = (shown, client.first()) else {
            return Err(Refused::new("UNKNOWN_PEER", "this was not given to this process"));
        };
        let present = shown.present;
        // Earlier connections of its own, and who came before it, have no more to say.
        let is_kept = |it: &Present| it.role != present.role || it.generation > present.generation;
        self.proven.retain(|_, it| is_kept(it));
        self.proven.insert(peer.clone(), present);
        Ok(Reply::Done {})
    }

    pub(super) fn hello(
        &mut self,
        client: &Client,
        present: Present,
        protocol: u32,
        nonce: u64,
        version: &str,
    ) -> Result<Reply, Refused> {
        if protocol != crate::wire::frame::PROTOCOL {
            let ours = crate::wire::frame::PROTOCOL;
            let text = format!(
                "the {} is version {version} and speaks protocol {protocol}, but this machine \
                 speaks {ours}; restart the machine",
                present.role
            );
            let code = "PROTOCOL".to_owned();
            // A stranger's word is nothing to show.
            if client.first().is_some_and(|it| self.proven.get(it) == Some(&present)) {
                self.core.announce(Event::Alert { code, text: text.clone() });
            }
            return Err(Refused::new("PROTOCOL", text));
        }
        let Some(peer) = client.first() else {
            return Err(Refused::new("UNKNOWN_PEER", "a hello needs a way back"));
        };
        if self.proven.get(peer) != Some(&present) {
            let text = "a child shows what it was given before it says hello";
            return Err(Refused::new("UNKNOWN_PEER", text));
        }
        let is_late = |it: &Present| it.role == present.role && it.generation > present.generation;
        if self.children.values().any(is_late) {
            let text = format!("another {} has the word now", present.role);
            return Err(Refused::new("UNKNOWN_PEER", text));
        }
        if self.children.get(peer) != Some(&present) {
            self.children.retain(|_, it| it.role != present.role);
            self.children.insert(peer.clone(), present);
            let Present { role, pid, .. } = present;
            self.core.announce(Event::Child { role, pid, word: ChildWord::Hello });
        }
        self.core.announce(Event::Sync { nonce });
        let report_every = if self.pace.is_held() { REPORT_EVERY } else { u64::MAX };
        Ok(Reply::Welcome { report_every })
    }

    pub(super) fn start(&mut self) -> Reply {
        if !self.is_started {
            (self.is_started, self.is_open) = (true, false);
            self.children.clear();
            self.ready_roles.clear();
            self.signal_port = None;
            self.strategy_heard = None;
            self.pace.restart();
            // Who waited for them is gone.
            self.early.clear();
        }
        Reply::Done {}
    }

    /// A held feed opens when every child works, and stays open while one of them is restarted.
    pub(super) fn note_ready(&mut self, role: Role, is_beat: bool) {
        if !is_beat && self.is_started {
            self.ready_roles.insert(role);
            if !self.is_open && self.ready_roles.len() == Role::TRADING.len() {
                self.is_open = true;
                self.want();
            }
        }
    }

    /// Whether the strategy has missed its beats. A market that waits for it needs no look.
    pub(super) fn miss_strategy(&mut self) {
        let bound = self.core.strategy_silent_after();
        let Some(heard) = self.strategy_heard.filter(|_| bound > 0 && !self.pace.is_held()) else {
            return;
        };
        let now = (self.clock)();
        if now.since(heard) >= bound {
            self.core.lose_strategy(now);
        }
    }

    pub(super) fn ticks(&self, from: u64) -> Reply {
        let ticks = self.pace.ticks(from).take(TICKS_PAGE).copied().collect();
        Reply::Ticks { ticks, oldest: self.pace.oldest() }
    }

    pub(super) fn status(&mut self, now: Stamp) -> Reply {
        let mut row = self.core.status();
        row.clock = self.pace.clock();
        row.reported = self.pace.reported();
        row.feed.clone_from(&self.feed.name);
        row.feed_age_ms = self.feed_age_ms(now);
        row.reconciled_ms = self.core.reconciled_ms(now);
        row.feed_ended = self.has_finished;
        row.feed_open = !self.pace.is_held() || (self.is_started && self.is_open);
        row.feed_problems = self.problems;
        row.plain = self.sockets.is_plain();
        (row.tick_port, row.order_port) = self.sockets.ports();
        row.signal_port = self.signal_port.filter(|_| self.is_started);
        row.bad_messages = self.bad_messages();
        row.dropped = self.dropped + self.traffic.dropped();
        row.sockets = self.sockets();
        Reply::Status(Box::new(row))
    }

    pub(super) fn feed_age_ms(&self, now: Stamp) -> Option<u64> {
        let age = now.since(self.last_tick?) / Stamp::MILLISECOND;
        u64::try_from(age).ok()
    }

    pub(super) fn reply(
        &mut self,
        client: &Client,
        id: u64,
        reply: Result<Reply, Refused>,
        door: Door,
    ) -> zmq::Result<()> {
        encode_into(&mut self.frame, &Answer { id, reply });
        let socket = if door == Door::Desk { &self.sockets.desk } else { &self.sockets.children };
        // A child that is gone is told nothing; the one that comes after it asks again.
        if !send_back(socket, client, &self.frame) {
            self.passed(door).dropped += 1;
        }
        Ok(())
    }
}
