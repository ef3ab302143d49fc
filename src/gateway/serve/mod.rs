//! The serving loop: sockets and clock on the outside, the core within.
//!
//! One thread owns the sockets, the core and the journal. It waits in one poll for whoever speaks
//! first; nothing in it waits for the venue.

mod apart;
mod clients;
mod limits;
mod ours;
mod peers;
mod signals;
mod tell;
mod ticks;
mod traffic;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use aftm_domain::tick::Moment;
use aftm_domain::{ExchangeTime, SignalId, Stamp};
use arrayvec::ArrayVec;
use rustc_hash::FxHashMap;
use zmq::{POLLIN, PollItem};

use self::peers::Peers;
use self::traffic::Traffic;
use self::wire::{again, receive};
use super::core::Core;
use super::fact::Door;
use super::keep::Ledger;
use super::pace::{Pace, Step};
use super::sockets::Sockets;
use super::v1::{Client, V1};
use super::venue::Venue;
use crate::wire::event::Topic;
use crate::wire::{Event, Role, Signal, Token};

pub use self::ticks::{FeedLine, FeedNews};

/// Messages taken from one socket before the others have their turn.
const TURN_MAX: usize = 64;
/// How long the requests of v1 clients are answered before the desk and our own children have their
/// turn: what strangers ask may be dear, a kill of the desk is to hold within a millisecond, and a
/// child that is not heard for a second is taken for dead.
const CLIENTS_TURN: i64 = Stamp::MILLISECOND / 4;
/// Ticks published before the sockets have their turn.
const TICKS_MAX: usize = 64;
/// How many ticks of a held feed the strategy handles before it reports; a live strategy reports
/// with its beat.
const REPORT_EVERY: u64 = 256;
/// How long an order is looked for after a tick, in nanoseconds, while orders come.
const ORDER_LOOK: i64 = 300_000;
/// The longest pause between two orders that come.
const ORDERS_PAUSE: i64 = 10 * Stamp::MILLISECOND;
/// The venue is heard at least so often, whoever else speaks: not all that it does rings a bell.
const HEAR_EVERY: i64 = 100 * Stamp::MILLISECOND;
/// The longest sleep where nothing is due, in milliseconds.
const IDLE_MS: i64 = 500;
/// The shortest sleep where something is due by the clock.
const BUSY_MS: i64 = 2;
/// A child that said hello, and is who it said as far as the guard knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Present {
    role: Role,
    pid: u32,
    /// A later one has the word, an earlier one never again.
    generation: u64,
    /// On which of its connections.
    connection: u64,
}

/// A child that speaks, as far as the guard knows, and what it has to show.
#[derive(Clone, Debug)]
struct Speaker {
    present: Present,
    token: Token,
}

/// Who has something to say.
#[derive(Clone, Copy, Debug)]
struct Spoken {
    desk: bool,
    children: bool,
    clients: bool,
    feed: bool,
    venue: bool,
}

impl Spoken {
    const fn has_any(self) -> bool {
        self.desk || self.children || self.clients || self.feed || self.venue
    }
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
    /// Connections on which a child has shown what it was given.
    proven: FxHashMap<Vec<u8>, Present>,
    /// Orders of signals that came before their turn, and who waits for their outcome.
    early: FxHashMap<SignalId, (Vec<Client>, Signal)>,
    /// Who waits for the answer to a login, with the number of the request and the door.
    logins: Vec<(Client, u64, Door)>,
    /// The same for a rearming.
    rearms: Vec<(Client, u64, Door)>,
    /// When the strategy that works was heard last.
    strategy_heard: Option<Stamp>,
    /// When the venue was listened to last.
    venue_heard: Stamp,
    /// When it was last looked at what follows from time.
    time_kept: Stamp,
    ready: Vec<Moment>,
    is_started: bool,
    is_open: bool,
    ready_roles: BTreeSet<Role>,
    is_rung: bool,
    is_stopping: bool,
    has_ended: bool,
    has_failed: bool,
    has_finished: bool,
    anchor: (ExchangeTime, Stamp),
    last_tick: Option<Stamp>,
    /// Events told so far on each topic.
    numbers: BTreeMap<Topic, u64>,
    problems: u64,
    bad_messages: u64,
    /// Clients that sent some of them.
    peers: Peers,
    /// Events and ticks that could not be told.
    dropped: u64,
    /// Books that were told.
    books: u64,
    traffic: Traffic,
    /// Where the executor takes v1 signals.
    signal_port: Option<u16>,
    limits: limits::Told,
    /// Events that are not told yet, in the order in which they happened.
    events: Vec<Event>,
    /// When the first and the last of them came, or of those before.
    untold: (Stamp, Stamp),
    frame: Vec<u8>,
}

impl<V: Venue, L: Ledger, C: Fn() -> Stamp> Server<V, L, C> {
    /// A gateway over its sockets.
    pub fn new(
        mut core: Core<V, L>,
        sockets: Sockets,
        feed: FeedLine,
        clock: C,
    ) -> Server<V, L, C> {
        let now = clock();
        core.begin(feed.starts, now);
        let is_held = feed.is_recorded || feed.speed.is_none();
        if is_held {
            core.keep_exchange_time();
        }
        Server {
            core,
            sockets,
            anchor: (feed.starts, now),
            feed,
            clock,
            pace: Pace::new(is_held),
            v1: V1::new(now),
            children: FxHashMap::default(),
            proven: FxHashMap::default(),
            early: FxHashMap::default(),
            logins: Vec::new(),
            rearms: Vec::new(),
            strategy_heard: None,
            venue_heard: now,
            time_kept: now,
            ready: Vec::new(),
            is_started: false,
            is_open: false,
            ready_roles: BTreeSet::new(),
            is_rung: true,
            is_stopping: false,
            has_ended: false,
            has_failed: false,
            has_finished: false,
            last_tick: None,
            numbers: BTreeMap::new(),
            problems: 0,
            bad_messages: 0,
            peers: Peers::default(),
            dropped: 0,
            books: 0,
            traffic: Traffic::default(),
            signal_port: None,
            limits: limits::Told::default(),
            events: Vec::new(),
            untold: (Stamp(0), Stamp(0)),
            frame: Vec::with_capacity(1_024),
        }
    }

    /// Serves until the desk says that it is enough.
    pub fn run(mut self) -> Result<(), ServeError> {
        self.want();
        // Who listens already is made known to the socket, so that the first event reaches them.
        self.sockets.events.get_events()?;
        while !self.is_stopping {
            let spoken = self.wait()?;
            // Somebody else's word does not mean that the venue has one; its bell is the feed's.
            let is_due = (self.clock)().since(self.venue_heard) >= HEAR_EVERY;
            if spoken.venue || spoken.feed || !spoken.has_any() || is_due {
                self.hear_venue()?;
            }
            if spoken.children {
                self.hear_children()?;
            }
            if spoken.desk {
                self.hear_desk()?;
            }
            if spoken.clients {
                self.hear_clients()?;
                // Who waits for an order is answered before anything else is done.
                self.deliver();
            }
            self.take_ticks()?;
            self.step()?;
            let now = (self.clock)();
            self.core.heed_latch(now);
            self.keep_time(now, spoken.has_any());
            self.tell_limits(now);
            self.deliver();
            self.tell()?;
        }
        self.tell_all()?;
        Ok(())
    }

    /// Waits until somebody speaks or something is due. Before a sleep there is a short look for
    /// whoever speaks next: while events are not told yet, and after a tick while orders come.
    fn wait(&mut self) -> zmq::Result<Spoken> {
        while !self.events.is_empty() || self.expects_order((self.clock)()) {
            let spoken = self.ask(0)?;
            if spoken.has_any() || self.has_more_to_do() {
                return Ok(spoken);
            }
            if !self.events.is_empty() && self.is_time_to_tell((self.clock)()) {
                self.tell_all()?;
            }
            // Whoever takes the answer further may wait for this processor.
            std::thread::yield_now();
        }
        let spoken = self.ask(self.timeout())?;
        // A feed whose thread is gone does not ring.
        self.is_rung |= !spoken.has_any();
        Ok(spoken)
    }

    /// Whether a live tick that was told just now may be answered by an order at once, as one was a
    /// moment ago.
    fn expects_order(&self, now: Stamp) -> bool {
        let is_fresh = |it: Stamp, age: i64| (0..age).contains(&now.since(it));
        !self.pace.is_held()
            && self.last_tick.is_some_and(|it| is_fresh(it, ORDER_LOOK))
            && is_fresh(self.untold.1, ORDERS_PAUSE)
    }

    /// Sleeps at most so many milliseconds, until somebody speaks. To ask a socket that is silent
    /// costs a system call, so only those that are not are asked.
    fn ask(&mut self, timeout_ms: i64) -> zmq::Result<Spoken> {
        let Sockets { desk, children, wake, clients, .. } = &self.sockets;
        let always = [desk, children, wake].map(|it| it.as_poll_item(POLLIN));
        let mut items: ArrayVec<PollItem<'_>, 5> = always.into_iter().collect();
        items.extend(clients.as_ref().map(|it| it.as_poll_item(POLLIN)));
        let venue_at = items.len();
        items.extend(self.core.venue().descriptor().map(|it| PollItem::from_fd(it, POLLIN)));
        zmq::poll(&mut items, timeout_ms).or_else(again)?;
        let has_spoken = |at: usize| items.get(at).is_some_and(PollItem::is_readable);
        let [desk, children, feed] = [0, 1, 2].map(has_spoken);
        let clients = venue_at > 3 && has_spoken(3);
        let venue = has_spoken(venue_at);
        if feed {
            while receive(wake)?.is_some() {
                self.is_rung = true;
            }
        }
        Ok(Spoken { desk, children, clients, feed, venue })
    }

    /// Whether there is something to do though nobody speaks and nothing is due by the clock.
    fn has_more_to_do(&self) -> bool {
        let can_publish = self.may_publish() && (self.is_rung || !self.ready.is_empty());
        can_publish || (self.pace.next() != Step::Wait && self.may_step())
    }

    fn timeout(&self) -> i64 {
        if self.has_more_to_do() {
            return 0;
        }
        let is_apart = self.core.venue().is_apart();
        let doubt = self.core.doubt().filter(|_| self.is_flowing() || is_apart);
        let due = [self.v1.deadline(), doubt, self.venue_due()].into_iter().flatten().min();
        let left = |due: Stamp| due.since((self.clock)()) / Stamp::MILLISECOND + 1;
        due.map_or(IDLE_MS, |due| left(due).clamp(BUSY_MS, IDLE_MS))
    }

    /// Whether the exchange's clock goes on between two ticks: while a recorded feed is played, it
    /// stands still there, and that nobody answers is no doubt, however long it is for us.
    const fn is_flowing(&self) -> bool {
        !self.pace.is_held() || !self.is_started || self.has_finished
    }

    /// Our time at which the venue has something to tell that needs no trade.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // A pace, not a price.
    fn venue_due(&self) -> Option<Stamp> {
        let due = self.core.venue().due().filter(|_| self.is_flowing())?;
        let (time, at) = self.anchor;
        let left = due.since(time.at) as f64 / self.feed.speed.unwrap_or(1.0);
        Some(at.after(left as i64))
    }

    /// What follows from time alone. An order does not wait until it is known what is due: while
    /// somebody speaks that is looked at no more often than there is a sleep for it.
    fn keep_time(&mut self, now: Stamp, has_spoken: bool) {
        self.miss_strategy();
        if self.core.is_sweeping() {
            self.core.sweep(now);
        }
        if has_spoken && now.since(self.time_kept) < BUSY_MS * Stamp::MILLISECOND {
            return;
        }
        self.time_kept = now;
        if !self.core.has_unanswered() && self.core.venue().due().is_none() {
            return;
        }
        if self.is_flowing() {
            if self.core.is_level() {
                self.core.advance(self.exchange_time(now), now);
            }
            self.core.expire(now);
        } else {
            if self.core.venue().is_apart() {
                // What it was asked of a process that died is asked again, whatever the feed does.
                self.core.inquire(now);
            }
            self.core.save(now);
        }
    }

    /// Where the exchange's clock stands between two ticks, as far as ours can tell.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // A pace, not a price.
    fn exchange_time(&self, now: Stamp) -> ExchangeTime {
        let (time, at) = self.anchor;
        let passed = now.since(at) as f64 * self.feed.speed.unwrap_or(1.0);
        ExchangeTime { at: time.at.after(passed as i64), ..time }
    }
}
