//! The strategy's process: ticks in, signals out, reports to the gateway.
//!
//! A crash loses nothing: the gateway keeps where each condition stood at the last report and the
//! ticks since, and hands both to the strategy that comes next.

mod outbox;

use std::collections::BTreeMap;

use aftm_domain::{SignalKind, Stamp, Tick};
use rustc_hash::FxHashSet;
use zmq::{Context, DONTWAIT, POLLIN, Socket, SocketType};

use self::outbox::{Offered, dial};
use super::machine::FRESH_TICKS;
use super::{Machine, report};
use crate::failpoint::{Site, reach};
use crate::wire::event::{ChildWord, Numbered, Topic};
use crate::wire::frame::PROTOCOL;
use crate::wire::guard::{Domain, Rules};
use crate::wire::request::{Moved, TradingState};
use crate::wire::socket::{self, Bound};
use crate::wire::token::nonce;
use crate::wire::{
    Birth, Event, Guard, Link, LinkError, Neighbor, Reply, Request, Role, Signal, Token, decode,
};

/// Messages taken from the events before anything else has its turn.
const TURN_MAX: usize = 1_024;
/// How long nothing may be heard before outcomes are followed by a report, in milliseconds: the next
/// tick's orders must not wait behind it.
const QUIET_MS: i64 = 5;
/// How long a hello may stay unheard before it is said again, in milliseconds: the first is often
/// answered before the events are subscribed to, and nobody trades meanwhile.
const HELLO_MS: i64 = 4;
/// How long the last report of a strategy that is told to stop may take, in milliseconds.
const FAREWELL_MS: i64 = 200;

/// Why the strategy cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its parent gave it nothing to show.
    #[error("the machine gave this strategy no token of its own")]
    Token,
    /// There can be no guard or no random number, or the machine that started it is gone.
    #[error("no guard can look whom the strategy speaks to: {0}")]
    Guard(#[from] std::io::Error),
    /// A socket cannot be had.
    #[error(transparent)]
    Socket(#[from] zmq::Error),
}

/// Why a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Woken {
    /// It is time to stop.
    Stopped,
    /// Somebody spoke.
    Spoken,
    /// It lasted as long as it may.
    Nobody,
}

/// A topic, and the messages on it.
type Heard = (Vec<u8>, Vec<Vec<u8>>);

/// The strategy at work.
pub struct Process<C> {
    birth: Birth,
    clock: C,
    pid: u32,
    machine: Machine,
    events: Socket,
    /// What its signals show.
    token: Token,
    /// What only the gateway hears of it, and tells back on its events.
    nonce: u64,
    signals: Socket,
    stop: Socket,
    link: Link,
    report_every: u64,
    next: u64,
    reported: u64,
    /// The number of the last piece of news that was heard; 0 before the first.
    heard: u64,
    outbox: BTreeMap<(u64, u64, SignalKind), Offered>,
    given: Vec<Signal>,
    /// Signals that were given since the last report.
    unreported: Vec<Signal>,
    /// An outcome came since the last report.
    is_settled: bool,
    moved: Vec<Moved>,
    /// When it last said that it lives.
    beaten: Stamp,
    frame: Vec<u8>,
    /// It looks whom this process speaks to. The sockets close before it.
    guard: Guard,
}

impl<C: Fn() -> Stamp> Process<C> {
    /// Connects. `stop` is an inproc endpoint on which a message means the end.
    pub fn new(
        context: &Context,
        birth: Birth,
        pid: u32,
        stop: &str,
        clock: C,
    ) -> Result<Process<C>, OpenError>
    where
        C: Copy + Send + 'static,
    {
        let ends = &birth.endpoints;
        let (open, passes, clients) = (Vec::new(), birth.passes()?, None);
        let guard = Guard::start(context, Rules { open, passes, clients, clock: Box::new(clock) })?;
        let (kind, bound) = (SocketType::SUB, Bound::Events);
        let events = socket::call(&guard, kind, bound, Domain::Machine, &ends.events)?;
        for topic in [Topic::Tick, Topic::News] {
            events.set_subscribe(topic.bytes())?;
        }
        let signals = dial(&guard, &ends.signals)?;
        let stop = socket::connect(context, SocketType::PULL, Bound::Orders, stop)?;
        let token = birth.token.clone().ok_or(OpenError::Token)?;
        let link = Link::to_machine(&guard, &ends.orders, &token)?;
        Ok(Process {
            birth,
            clock,
            pid,
            machine: Machine::default(),
            events,
            guard,
            token,
            nonce: nonce()?,
            signals,
            stop,
            link,
            report_every: u64::MAX,
            next: 1,
            reported: 0,
            heard: 0,
            outbox: BTreeMap::new(),
            given: Vec::new(),
            unreported: Vec::new(),
            is_settled: false,
            moved: Vec::new(),
            beaten: Stamp(0),
            frame: Vec::with_capacity(1_024),
        })
    }

    /// Works until it is told to stop.
    pub fn run(mut self) -> Result<(), LinkError> {
        self.hello()?;
        self.beaten = (self.clock)();
        self.remember()?;
        self.catch_up()?;
        let (role, pid) = (Role::Strategy, self.pid);
        self.link.send(Request::Ready { role, pid, signal_port: None })?;
        self.offer(true)?;
        loop {
            let waited = (self.clock)().since(self.beaten) / Stamp::MILLISECOND;
            let until_beat = (self.beat_ms() - waited).max(0);
            let longest = if self.is_settled { until_beat.min(QUIET_MS) } else { until_beat };
            match self.wait(longest)? {
                Woken::Stopped => return self.say_farewell(),
                Woken::Nobody if self.is_settled => {
                    self.report()?;
                }
                Woken::Nobody | Woken::Spoken => (),
            }
            self.hear()?;
            self.take_answers()?;
            if self.beat()? {
                self.report()?;
                self.offer(false)?;
            }
        }
    }

    fn beat_ms(&self) -> i64 {
        i64::try_from(self.birth.beat_ms).unwrap_or(250)
    }

    /// Says that it lives, where it is time to; whether it was.
    fn beat(&mut self) -> Result<bool, LinkError> {
        let now = (self.clock)();
        if now.since(self.beaten) < self.beat_ms().saturating_mul(Stamp::MILLISECOND) {
            return Ok(false);
        }
        self.beaten = now;
        self.link.send(Request::Beat { role: Role::Strategy, pid: self.pid })?;
        Ok(true)
    }

    /// What moved since the last report is told before the end. The gateway may be gone already,
    /// and that is no failure of ours.
    fn say_farewell(&mut self) -> Result<(), LinkError> {
        if let Some(number) = self.report()?
            && let Err(LinkError::Socket(error)) =
                self.link.wait_for(number, FAREWELL_MS, &self.clock)
        {
            return Err(error.into());
        }
        Ok(())
    }

    /// A report's answer names the signals that need not be offered any more. A refusal ends this
    /// process only where another strategy has taken its place.
    fn take_answers(&mut self) -> Result<(), LinkError> {
        while let Some(answer) = self.link.take()? {
            match answer.reply {
                Ok(Reply::Known { signals }) => {
                    self.outbox.retain(|_, it| !signals.contains(&it.signal.id));
                }
                Err(refused) if refused.code == "UNKNOWN_PEER" => return Err(refused.into()),
                Ok(_) | Err(_) => (),
            }
        }
        Ok(())
    }

    /// Sleeps until somebody speaks.
    fn wait(&mut self, timeout_ms: i64) -> zmq::Result<Woken> {
        let mut items = [
            self.events.as_poll_item(POLLIN),
            self.link.socket().as_poll_item(POLLIN),
            self.stop.as_poll_item(POLLIN),
        ];
        match zmq::poll(&mut items, timeout_ms) {
            Err(zmq::Error::EINTR) => Ok(Woken::Spoken),
            Err(error) => Err(error),
            Ok(0) => Ok(Woken::Nobody),
            Ok(_) if items.iter().skip(2).any(zmq::PollItem::is_readable) => self.heed(),
            Ok(_) => Ok(Woken::Spoken),
        }
    }

    /// Hears of an executor that was started.
    fn heed(&mut self) -> zmq::Result<Woken> {
        while let Some(frame) = next(&self.stop)? {
            match decode::<Neighbor>(&frame) {
                Ok(executor) => {
                    executor.pass().into_iter().for_each(|it| self.guard.admit(it));
                    self.redial()?;
                    self.offer(true)?;
                }
                // An empty message is the order to stop; nothing else is ever said.
                Err(_) => return Ok(Woken::Stopped),
            }
        }
        Ok(Woken::Spoken)
    }

    /// Says hello until it is told back on the events: they are the gateway's, and from then on
    /// nothing is missed.
    fn hello(&mut self) -> Result<(), LinkError> {
        let nonce = self.nonce;
        let (mut is_heard, mut is_welcome) = (false, false);
        while !is_heard || !is_welcome {
            let (role, pid) = (Role::Strategy, self.pid);
            let version = env!("CARGO_PKG_VERSION").to_owned();
            let hello = Request::Hello { role, pid, version, protocol: PROTOCOL, nonce };
            self.link.send(hello)?;
            if self.wait(HELLO_MS)? == Woken::Stopped {
                return Ok(());
            }
            while let Some(answer) = self.link.take()? {
                if let Reply::Welcome { report_every } = answer.reply? {
                    self.report_every = report_every;
                    is_welcome = true;
                }
            }
            while let Some((topic, bodies)) = self.receive()? {
                let bodies = Some(bodies).filter(|_| topic == Topic::News.bytes());
                for body in bodies.into_iter().flatten() {
                    if let Ok(Numbered { number, event }) = decode::<Numbered<Event>>(&body) {
                        self.heard = number;
                        is_heard |= event == Event::Sync { nonce };
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes over where every condition stood at the last report.
    fn remember(&mut self) -> Result<(), LinkError> {
        let (mut from, mut there) = (Some(0), FxHashSet::default());
        while let Some(place) = from {
            let timeout = i64::try_from(self.birth.request_timeout_ms).unwrap_or(5_000);
            let reply = self.link.ask(Request::Snapshot { from: place }, timeout, &self.clock)?;
            let Reply::Snapshot { rows, next, through } = reply else { break };
            (self.next, self.reported) = (through + 1, through);
            for row in rows {
                there.insert(row.condition.terms.id);
                self.machine.put(row.created, row.condition);
                row.unsettled.into_iter().for_each(|signal| self.keep(signal));
            }
            from = next;
        }
        self.machine.keep_only(&there);
        Ok(())
    }

    /// News were lost: what they said of conditions and signals is asked for. Everything is told
    /// before, so that the gateway knows each signal that is still offered.
    fn recover(&mut self, lost: u64) -> Result<(), LinkError> {
        let text = format!("{lost} events did not reach the strategy; it asked for what it missed");
        self.link.send(Request::Alert { code: "EVENTS_LOST".to_owned(), text })?;
        self.report()?;
        self.outbox.clear();
        self.remember()?;
        self.catch_up()
    }

    /// Asks for the ticks from the next one on, until there are none. One that has much to catch up
    /// with is not taken for dead meanwhile.
    fn catch_up(&mut self) -> Result<(), LinkError> {
        loop {
            let timeout = i64::try_from(self.birth.request_timeout_ms).unwrap_or(5_000);
            let reply = self.link.ask(Request::Ticks { from: self.next }, timeout, &self.clock)?;
            let Reply::Ticks { ticks, oldest } = reply else { return Ok(()) };
            if oldest > self.next {
                let text = format!(
                    "ticks {} to {} are gone: conditions did not see them, and enter again after \
                     {FRESH_TICKS} fresh trades of their item",
                    self.next,
                    oldest - 1
                );
                let code = "TICKS_LOST".to_owned();
                self.link.send(Request::Alert { code, text })?;
                self.machine.lose_ticks();
                self.next = oldest;
            }
            if ticks.is_empty() {
                self.machine.catch_up(self.next - 1);
                return Ok(());
            }
            for tick in &ticks {
                self.handle(tick)?;
            }
            self.report()?;
            self.beat()?;
        }
    }

    fn receive(&self) -> zmq::Result<Option<Heard>> {
        match self.events.recv_multipart(DONTWAIT) {
            Ok(mut frames) if !frames.is_empty() => Ok(Some((frames.remove(0), frames))),
            Ok(_) => Ok(None),
            Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes what the gateway tells.
    fn hear(&mut self) -> Result<(), LinkError> {
        for _ in 0..TURN_MAX {
            let Some((topic, bodies)) = self.receive()? else {
                // Everything that was there is handled: a held feed waits for that word.
                if self.reported + 1 < self.next && self.is_held() {
                    self.report()?;
                }
                return Ok(());
            };
            let is_tick = topic == Topic::Tick.bytes();
            for body in &bodies {
                if is_tick {
                    if let Ok(tick) = decode::<Tick>(body) {
                        self.follow(&tick)?;
                    }
                } else if let Ok(told) = decode::<Numbered<Event>>(body) {
                    self.hear_news(told)?;
                }
            }
        }
        Ok(())
    }

    fn hear_news(&mut self, told: Numbered<Event>) -> Result<(), LinkError> {
        let Numbered { number, event } = told;
        let lost = number.saturating_sub(self.heard + 1);
        self.heard = number;
        self.learn(event)?;
        if lost > 0 {
            self.recover(lost)?;
        }
        Ok(())
    }

    /// A tick in its order; a gap is filled from what the gateway keeps.
    fn follow(&mut self, tick: &Tick) -> Result<(), LinkError> {
        if tick.sequence > self.next {
            self.catch_up()?;
        }
        self.handle(tick)?;
        Ok(())
    }

    fn handle(&mut self, tick: &Tick) -> Result<(), LinkError> {
        if tick.sequence < self.next {
            return Ok(());
        }
        self.next = tick.sequence + 1;
        self.machine.tick(tick, &mut self.given);
        if !self.given.is_empty() {
            self.give()?;
            // The venue's clock of a held feed waits for the report. Live, the orders of the signals
            // must not wait behind it: they say themselves where their conditions stand.
            if self.is_held() {
                self.report()?;
            }
        } else if self.next - self.reported > self.report_every {
            self.report()?;
        }
        Ok(())
    }

    /// Whether the venue's clock waits for this strategy.
    const fn is_held(&self) -> bool {
        self.report_every < u64::MAX
    }

    /// Tells the gateway what moved, what was given, and how far the ticks are handled; the number
    /// of the last frame, where there was anything to tell.
    fn report(&mut self) -> Result<Option<u64>, LinkError> {
        let through = self.next - 1;
        self.is_settled = false;
        if through == self.reported && self.unreported.is_empty() && !self.machine.has_moved() {
            return Ok(None);
        }
        self.machine.moved(&mut self.moved);
        let mut last = None;
        for frame in report::frames(self.pid, through, &self.moved, &self.unreported) {
            last = Some(self.link.send(frame)?);
            reach(Site::Reported)?;
        }
        self.moved.clear();
        self.unreported.clear();
        self.reported = through;
        Ok(last)
    }

    fn learn(&mut self, event: Event) -> zmq::Result<()> {
        match event {
            Event::Condition(row) => {
                let (id, life) = (row.condition.terms.id, row.condition.progress.generation);
                let is_past = |it: &Signal| it.id.condition == id && it.id.generation != life;
                self.outbox.retain(|_, it| !is_past(&it.signal));
                self.machine.put(row.created, row.condition);
            }
            Event::ConditionDropped { id } => {
                self.machine.drop(id);
                self.outbox.retain(|_, it| it.signal.id.condition != id);
            }
            Event::Settled { id, .. } => {
                self.outbox.retain(|_, it| it.signal.id != id);
                self.is_settled = true;
            }
            Event::Child { role: Role::Executor, word: ChildWord::Ready, .. } => {
                self.offer(true)?;
            }
            Event::Trading(row) if row.state == TradingState::Halted => {
                // Conditions are followed all the same: their exits are due when trading goes on.
                log::warn!("trading is halted: {}", row.reason);
            }
            _ => (),
        }
        Ok(())
    }
}

/// A message that is there.
fn next(socket: &Socket) -> zmq::Result<Option<Vec<u8>>> {
    match socket.recv_bytes(DONTWAIT) {
        Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => Ok(None),
        message => message.map(Some),
    }
}

#[cfg(test)]
mod tests;
