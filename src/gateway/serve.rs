//! The serving loop: sockets and clock on the outside, the core within.
//!
//! One thread owns the sockets, the core and the journal. It waits in one poll for whoever speaks
//! first; nothing in it waits for the venue.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};

use aftm_domain::{Code, ExchangeTime, SignalId, Stamp};
use rustc_hash::FxHashMap;
use zmq::{DONTWAIT, POLLIN, SNDMORE, Socket};

use super::core::{Core, Ledger};
use super::fact::Door;
use super::pace::{Pace, Step};
use super::sockets::Sockets;
use super::v1::{Client, V1};
use super::venue::Venue;
use crate::wire::event::{BookRow, ChildWord, FeedState, Numbered, Topic};
use crate::wire::request::Request;
use crate::wire::{
    Answer, Ask, Event, Intent, Outcome, Refused, Reply, Role, Signal, WireError, decode,
    encode_into, v1,
};
use aftm_domain::tick::Moment;

/// Messages taken from one socket before the others have their turn.
const TURN_MAX: usize = 64;
/// How long the requests of v1 clients are answered before our own children have their turn: what
/// strangers ask may be dear, and a child that is not heard for a second is taken for dead.
const CLIENTS_TURN: i64 = 5 * Stamp::MILLISECOND;
/// Ticks published before the sockets have their turn.
const TICKS_MAX: usize = 64;
/// How many ticks of a held feed the strategy handles before it reports; a live strategy reports
/// with its beat.
const REPORT_EVERY: u64 = 256;
/// The longest sleep where nothing is due, in milliseconds.
const IDLE_MS: i64 = 500;
/// The sleep while an order waits for the venue's answer or a client for its reply.
const BUSY_MS: i64 = 2;
/// Ticks in a page, so that a reply stays far below the largest frame.
const TICKS_PAGE: usize = 256;

/// What the feed's thread tells.
#[derive(Debug)]
pub enum FeedNews {
    /// Trades, in order.
    Moments(Vec<Moment>),
    /// Malformed lines so far.
    Malformed {
        /// How many.
        count: u64,
        /// The first of them, in words.
        text: String,
    },
    /// No more will come.
    Ended,
    /// It broke off.
    Failed {
        /// Why.
        text: String,
    },
}

/// The feed, as the loop sees it.
pub struct FeedLine {
    /// Its name.
    pub name: String,
    /// Where its news come from; the thread rings at the bell when it has sent some.
    pub news: Receiver<FeedNews>,
    /// Which items are wanted.
    pub wanted: Sender<BTreeSet<Code>>,
    /// Recorded: it starts when the strategy and executor are there, and the venue waits for them.
    pub is_recorded: bool,
    /// The exchange's time before the first tick.
    pub starts: ExchangeTime,
    /// How fast its clock runs; `None` as fast as it can.
    pub speed: Option<f64>,
}

/// A child that said hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Present {
    role: Role,
    pid: u32,
}

/// Why the loop ended.
#[derive(Debug, thiserror::Error)]
#[error("the gateway's sockets failed: {0}")]
pub struct ServeError(#[from] zmq::Error);

/// The gateway at work.
pub struct Server<V, L, C> {
    core: Core<V, L>,
    sockets: Sockets,
    feed: FeedLine,
    clock: C,
    pace: Pace,
    v1: V1,
    children: FxHashMap<Vec<u8>, Present>,
    /// Orders of signals that came before their turn, and who waits for their outcome.
    early: FxHashMap<SignalId, (Vec<Client>, Signal)>,
    ready: Vec<Moment>,
    is_started: bool,
    is_open: bool,
    ready_roles: BTreeSet<Role>,
    is_rung: bool,
    is_stopping: bool,
    has_ended: bool,
    has_finished: bool,
    anchor: (ExchangeTime, Stamp),
    last_tick: Option<Stamp>,
    numbers: [u64; 4],
    problems: u64,
    bad_messages: u64,
    dropped: u64,
    /// Where the executor takes v1 signals.
    signal_port: Option<u16>,
    events: Vec<Event>,
    frame: Vec<u8>,
}

impl<V: Venue, L: Ledger, C: Fn() -> Stamp> Server<V, L, C> {
    /// A gateway over its sockets.
    pub fn new(core: Core<V, L>, sockets: Sockets, feed: FeedLine, clock: C) -> Server<V, L, C> {
        let now = clock();
        let is_held = feed.is_recorded || feed.speed.is_none();
        Server {
            core,
            sockets,
            anchor: (feed.starts, now),
            feed,
            clock,
            pace: Pace::new(is_held),
            v1: V1::default(),
            children: FxHashMap::default(),
            early: FxHashMap::default(),
            ready: Vec::new(),
            is_started: false,
            is_open: false,
            ready_roles: BTreeSet::new(),
            is_rung: true,
            is_stopping: false,
            has_ended: false,
            has_finished: false,
            last_tick: None,
            numbers: [0; 4],
            problems: 0,
            bad_messages: 0,
            dropped: 0,
            signal_port: None,
            events: Vec::new(),
            frame: Vec::with_capacity(1_024),
        }
    }

    /// Serves until the desk says that it is enough.
    pub fn run(mut self) -> Result<(), ServeError> {
        self.want();
        while !self.is_stopping {
            self.wait()?;
            self.hear_desk()?;
            self.hear_children()?;
            self.hear_clients()?;
            self.take_ticks()?;
            self.step()?;
            self.keep_time();
            self.tell()?;
        }
        Ok(())
    }

    /// Sleeps until somebody speaks or something is due.
    fn wait(&mut self) -> zmq::Result<()> {
        let timeout = self.timeout();
        let mut items = vec![
            self.sockets.desk.as_poll_item(POLLIN),
            self.sockets.children.as_poll_item(POLLIN),
            self.sockets.wake.as_poll_item(POLLIN),
        ];
        items.extend(self.sockets.clients.as_ref().map(|it| it.as_poll_item(POLLIN)));
        zmq::poll(&mut items, timeout).or_else(again)?;
        while receive(&self.sockets.wake)?.is_some() {
            self.is_rung = true;
        }
        Ok(())
    }

    fn timeout(&self) -> i64 {
        let can_publish = self.may_publish() && (self.is_rung || !self.ready.is_empty());
        if can_publish || self.pace.next() != Step::Wait {
            0
        } else if self.v1.is_busy() || self.core.has_unanswered() {
            BUSY_MS
        } else {
            IDLE_MS
        }
    }

    fn hear_desk(&mut self) -> zmq::Result<()> {
        for _ in 0..TURN_MAX {
            let Some(frames) = receive(&self.sockets.desk)? else { break };
            self.hear_ours(&frames, Door::Desk)?;
        }
        Ok(())
    }

    fn hear_children(&mut self) -> zmq::Result<()> {
        for _ in 0..TURN_MAX {
            let Some(frames) = receive(&self.sockets.children)? else { break };
            let role = frames.first().and_then(|it| self.children.get(it)).map(|it| it.role);
            let door = match role {
                Some(Role::Executor) => Door::Executor,
                // Only a hello is taken from a stranger, and that is judged below.
                Some(Role::Strategy) | None => Door::Strategy,
            };
            self.hear_ours(&frames, door)?;
        }
        Ok(())
    }

    /// A message of ours: the way back, then one frame.
    fn hear_ours(&mut self, frames: &[Vec<u8>], door: Door) -> zmq::Result<()> {
        let Some((body, way)) = frames.split_last() else { return Ok(()) };
        let asked: Result<Ask, WireError> = decode(body);
        let Ok(Ask { id, request }) = asked else {
            self.bad_messages += 1;
            return Ok(());
        };
        let client = way.to_vec();
        if let Request::Place { intent } = &request
            && let Some(signal) = intent.signal
            && door == Door::Executor
        {
            return self.signal_order(id, signal, client);
        }
        let reply = self.answer(&request, door, &client);
        self.reply(&client, id, reply, door)
    }

    /// Judges who may ask what, and answers.
    fn answer(&mut self, request: &Request, door: Door, client: &Client) -> Result<Reply, Refused> {
        let now = (self.clock)();
        let peer = client.first().and_then(|it| self.children.get(it)).copied();
        match request {
            Request::Hello { role, pid, protocol, nonce, version } if door != Door::Desk => {
                self.hello(client, Present { role: *role, pid: *pid }, *protocol, *nonce, version)
            }
            _ if door != Door::Desk && peer.is_none() => {
                Err(Refused::new("UNKNOWN_PEER", "say hello first"))
            }
            Request::Beat { .. } | Request::Ready { .. } => {
                if let Request::Ready { role: Role::Executor, signal_port, .. } = request {
                    self.signal_port = *signal_port;
                }
                if let Some(Present { role, pid }) = peer {
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

    fn hello(
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
            self.core.announce(Event::Alert { code, text: text.clone() });
            return Err(Refused::new("PROTOCOL", text));
        }
        let Some(peer) = client.first() else {
            return Err(Refused::new("UNKNOWN_PEER", "a hello needs a way back"));
        };
        if self.children.get(peer) != Some(&present) {
            self.children.retain(|_, it| it.role != present.role);
            self.children.insert(peer.clone(), present);
            let Present { role, pid } = present;
            self.core.announce(Event::Child { role, pid, word: ChildWord::Hello });
        }
        self.core.announce(Event::Sync { nonce });
        let report_every = if self.pace.is_held() { REPORT_EVERY } else { u64::MAX };
        Ok(Reply::Welcome { report_every })
    }

    fn start(&mut self) -> Reply {
        if !self.is_started {
            (self.is_started, self.is_open) = (true, false);
            self.children.clear();
            self.ready_roles.clear();
            self.signal_port = None;
            self.pace.restart();
        }
        Reply::Done {}
    }

    /// A held feed opens when every child works, and stays open while one of them is restarted.
    fn note_ready(&mut self, role: Role, is_beat: bool) {
        if !is_beat && self.is_started {
            self.ready_roles.insert(role);
            if !self.is_open && self.ready_roles.len() == Role::ALL.len() {
                self.is_open = true;
                self.want();
            }
        }
    }

    fn ticks(&self, from: u64) -> Reply {
        let ticks = self.pace.ticks(from).take(TICKS_PAGE).copied().collect();
        Reply::Ticks { ticks, oldest: self.pace.oldest() }
    }

    fn status(&self, now: Stamp) -> Reply {
        let mut row = self.core.status();
        row.clock = self.pace.clock();
        row.reported = self.pace.reported();
        row.feed.clone_from(&self.feed.name);
        row.feed_age_ms = self.feed_age_ms(now);
        row.feed_ended = self.has_finished;
        row.feed_problems = self.problems;
        row.plain = self.sockets.clients.is_some();
        (row.tick_port, row.order_port) = self.sockets.ports();
        row.signal_port = self.signal_port.filter(|_| self.is_started);
        row.bad_messages = self.bad_messages + self.v1.bad_messages();
        row.dropped = self.dropped;
        Reply::Status(Box::new(row))
    }

    fn feed_age_ms(&self, now: Stamp) -> Option<u64> {
        let age = now.since(self.last_tick?) / Stamp::MILLISECOND;
        u64::try_from(age).ok()
    }

    /// The order of a signal: acted on when its tick is the one that the venue has seen last.
    fn signal_order(&mut self, id: u64, signal: Signal, client: Client) -> zmq::Result<()> {
        if self.core.state().outcome(signal.id).is_some() || self.pace.arrive(&signal) {
            let reply = self.act(&signal);
            return self.reply(&client, id, reply, Door::Executor);
        }
        let mut client = client;
        client.push(id.to_be_bytes().to_vec());
        self.early.entry(signal.id).or_insert((Vec::new(), signal)).0.push(client);
        Ok(())
    }

    fn act(&mut self, signal: &Signal) -> Result<Reply, Refused> {
        let now = (self.clock)();
        let intent = Box::new(Intent::of_signal(signal));
        let reply = self.core.serve(&Request::Place { intent }, Door::Executor, now);
        self.pace.settle(signal.id);
        reply
    }

    /// Lets the venue's clock and the signals that wait for it go on.
    fn step(&mut self) -> zmq::Result<()> {
        for _ in 0..TICKS_MAX * 4 {
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
                    let reply = self.act(&signal);
                    for mut client in clients {
                        let Some(number) = client.pop() else { continue };
                        let number = <[u8; 8]>::try_from(number).map_or(0, u64::from_be_bytes);
                        self.reply(&client, number, reply.clone(), Door::Executor)?;
                    }
                }
            }
        }
        self.finish();
        Ok(())
    }

    /// A recorded feed is over when its last tick was handled by everybody.
    fn finish(&mut self) {
        let is_reported = !self.pace.is_held() || self.pace.reported() == self.pace.published();
        let is_over = self.has_ended && self.ready.is_empty() && self.pace.is_level();
        if is_over && is_reported && !self.has_finished {
            self.has_finished = true;
            self.core.finish((self.clock)());
            let text = format!("{} ticks, all handled", self.pace.published());
            let (feed, state) = (self.feed.name.clone(), FeedState::Ended);
            self.core.announce(Event::Feed { feed, state, text });
        }
    }

    fn may_publish(&self) -> bool {
        let is_open = !self.pace.is_held() || (self.is_started && self.is_open);
        is_open && self.pace.has_room()
    }

    fn take_ticks(&mut self) -> zmq::Result<()> {
        let mut taken = 0;
        while self.may_publish() && taken < TICKS_MAX {
            if self.ready.is_empty() && !self.take_news() {
                break;
            }
            if let Some(moment) = self.ready.pop() {
                taken += 1;
                self.publish(moment)?;
            }
        }
        Ok(())
    }

    /// Takes one piece of the feed's news; false where there is none.
    fn take_news(&mut self) -> bool {
        let feed = self.feed.name.clone();
        match self.feed.news.try_recv() {
            Ok(FeedNews::Moments(mut moments)) => {
                moments.reverse();
                self.ready = moments;
            }
            Ok(FeedNews::Malformed { count, text }) => {
                self.problems = count;
                self.core.announce(Event::Feed { feed, state: FeedState::Malformed, text });
            }
            Ok(FeedNews::Ended) => self.has_ended = true,
            Ok(FeedNews::Failed { text }) => {
                self.core.announce(Event::Feed { feed, state: FeedState::Failed, text });
            }
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {
                self.is_rung = false;
                return false;
            }
        }
        true
    }

    fn publish(&mut self, mut moment: Moment) -> zmq::Result<()> {
        if !self.core.state().items.contains(&moment.tick.item) {
            return Ok(());
        }
        let now = (self.clock)();
        moment.tick.received = now;
        self.last_tick = Some(now);
        let moment = self.pace.publish(moment);
        let (tick, book) = (moment.tick, moment.book.as_deref().copied());
        self.core.published = tick.sequence;
        encode_into(&mut self.frame, &tick);
        send_topic(&self.sockets.events, Topic::Tick, &self.frame, &mut self.dropped)?;
        if let Some(book) = book {
            let row = BookRow { tick: tick.sequence, item: tick.item, book };
            encode_into(&mut self.frame, &row);
            send_topic(&self.sockets.events, Topic::Book, &self.frame, &mut self.dropped)?;
        }
        v1::ticks::encode_tick(&mut self.frame, tick.time.at, &tick.item, tick.price);
        let sent = self.sockets.ticks.send(v1::ticks::TOPIC, SNDMORE | DONTWAIT);
        sent.and_then(|()| self.sockets.ticks.send(&self.frame, DONTWAIT)).or_else(again)
    }

    fn want(&self) {
        // A recorded feed must not run, or even count its time, before everybody is there.
        if self.pace.is_held() && !self.is_open {
            return;
        }
        let items = self.core.state().items.iter().copied().collect();
        // A feed that has ended needs to know nothing.
        let _ = self.feed.wanted.send(items);
    }

    fn hear_clients(&mut self) -> zmq::Result<()> {
        let began = (self.clock)();
        for _ in 0..TURN_MAX {
            let Some(clients) = &self.sockets.clients else { break };
            let Some(frames) = receive(clients)? else { break };
            self.hear_client(&frames)?;
            if (self.clock)().since(began) >= CLIENTS_TURN {
                break;
            }
        }
        self.deliver();
        Ok(())
    }

    /// A message of a v1 client: its name, an empty frame, one frame of JSON.
    fn hear_client(&mut self, frames: &[Vec<u8>]) -> zmq::Result<()> {
        let now = (self.clock)();
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

    fn refuse_frames(&mut self, way: &Client) -> zmq::Result<()> {
        let text = "a request is one frame; nothing was carried out";
        let code = v1::orders::code::INVALID_JSON;
        let failure = v1::orders::Failure::new(code, text);
        self.send_client(way, &v1::orders::failed(&failure));
        Ok(())
    }

    fn send_client(&mut self, way: &Client, reply: &[u8]) {
        let Some(clients) = &self.sockets.clients else { return };
        if !send_back(clients, way, reply) {
            self.dropped += 1;
        }
    }

    fn deliver(&mut self) {
        let Some(clients) = &self.sockets.clients else { return };
        if !self.v1.is_empty() {
            let now = (self.clock)();
            self.v1.deliver(&self.core, now, |way, reply| send_back(clients, way, reply));
        }
    }

    fn reply(
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
            self.dropped += 1;
        }
        Ok(())
    }

    /// What follows from time alone.
    fn keep_time(&mut self) {
        if !self.core.has_unanswered() && self.core.venue().due().is_none() {
            return;
        }
        let now = (self.clock)();
        let is_flowing = !self.pace.is_held() || !self.is_started || self.has_finished;
        if is_flowing {
            let passed = now.since(self.anchor.1);
            let time = ExchangeTime { at: self.anchor.0.at.after(passed), ..self.anchor.0 };
            self.core.advance(time, now);
        }
        self.core.expire(now);
        self.deliver();
    }

    fn tell(&mut self) -> zmq::Result<()> {
        let mut events = std::mem::take(&mut self.events);
        self.core.tell(&mut events);
        for event in events.drain(..) {
            if let Event::Settled { id, outcome } = &event
                && !matches!(outcome, Outcome::Waits { .. })
            {
                self.pace.settle(*id);
            }
            let is_beat = matches!(event, Event::Child { word: ChildWord::Beat, .. });
            let topic = if is_beat { Topic::Beat } else { Topic::News };
            let [_, _, news, beats] = &mut self.numbers;
            let number = if is_beat { beats } else { news };
            *number += 1;
            encode_into(&mut self.frame, &Numbered { number: *number, event });
            send_topic(&self.sockets.events, topic, &self.frame, &mut self.dropped)?;
        }
        self.events = events;
        Ok(())
    }
}

/// A message that is there, or `None`; an interrupted call is no message.
fn receive(socket: &Socket) -> zmq::Result<Option<Vec<Vec<u8>>>> {
    match socket.recv_multipart(DONTWAIT) {
        Ok(frames) => Ok(Some(frames)),
        Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => Ok(None),
        Err(error) => Err(error),
    }
}

fn again<T: Default>(error: zmq::Error) -> zmq::Result<T> {
    match error {
        zmq::Error::EAGAIN | zmq::Error::EINTR => Ok(T::default()),
        error => Err(error),
    }
}

/// Sends frames the way back; false where nobody is there any more.
fn send_back(socket: &Socket, way: &[Vec<u8>], body: &[u8]) -> bool {
    let sent = way.iter().try_for_each(|part| socket.send(part, SNDMORE | DONTWAIT));
    sent.and_then(|()| socket.send(body, DONTWAIT)).is_ok()
}

fn send_topic(socket: &Socket, topic: Topic, frame: &[u8], dropped: &mut u64) -> zmq::Result<()> {
    let sent = socket.send(topic.bytes(), SNDMORE | DONTWAIT);
    match sent.and_then(|()| socket.send(frame, DONTWAIT)) {
        Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => {
            *dropped += 1;
            Ok(())
        }
        other => other,
    }
}
