//! The executor's process.

use std::collections::VecDeque;

use aftm_domain::order::{Kind, TimeInForce};
use aftm_domain::{ExchangeTime, Note, OpenClose, RequestId, SignalId, Stamp};
use rustc_hash::FxHashSet;
use zmq::{Context, DONTWAIT, POLLIN, Socket, SocketType};

use super::OpenError;

use crate::failpoint::{Site, reach};
use crate::wire::clients::ClientKeys;
use crate::wire::frame::PROTOCOL;
use crate::wire::guard::{self, Guard, Rules};
use crate::wire::socket::{self, Bound, Entrance};
use crate::wire::{
    Birth, Domain, Intent, Link, LinkError, Neighbor, Refused, Reply, Request, Role, Signed, Token,
    Who, decode, v1,
};

/// Signals taken before answers have their turn.
const TURN_MAX: usize = 64;
/// Orders of v1 signals under way before further ones are left in their socket: a flood waits there,
/// and nothing of it is lost or stands before our own strategy's signals.
const V1_PENDING_MAX: usize = 256;
/// Orders of our own strategy's signals under way before further ones are left in their socket: the
/// strategy keeps each until it is settled, and offers it again.
const OURS_PENDING_MAX: usize = 10_000;
/// Byte-equal v1 signals within this time are one.
const REPEAT: i64 = Stamp::SECOND;
/// v1 signals remembered for that; a flood pushes the oldest out.
const REMEMBERED_MAX: usize = 1_024;
/// The first pause before a request is repeated; it doubles, up to the longest.
const BACKOFF: (i64, i64) = (100 * Stamp::MILLISECOND, 2 * Stamp::SECOND);
/// The longest sleep while requests are under way, in milliseconds.
const WATCH_MS: i64 = 20;

/// An order that the gateway has not answered.
struct Pending {
    intent: Intent,
    number: u64,
    deadline: Stamp,
    tries: u32,
    /// It was given up on the wire and waits for its next try.
    resend_at: Option<Stamp>,
}

/// The executor at work.
pub struct Process<C> {
    /// Who may speak to `v1_signals`; `None` where that is plain.
    client_keys: Option<ClientKeys>,
    birth: Birth,
    clock: C,
    pid: u32,
    signals: Socket,
    v1_signals: Option<Socket>,
    stop: Socket,
    link: Link,
    pending: Vec<Pending>,
    under_way: FxHashSet<SignalId>,
    seen: VecDeque<(Stamp, Vec<u8>)>,
    started: Stamp,
    v1_count: u64,
    bad: Count,
    repeated: Count,
    /// What the last repeated signal was, in words.
    last_repeated: String,
    /// It stands at the signal ports, and looks whom this process calls. The sockets close before it.
    guard: Guard,
}

/// What is counted at once and told with the next beat, so that a flood does not become another.
#[derive(Default)]
struct Count {
    count: u64,
    told: u64,
}

impl Count {
    /// How often it happened since it was told last; `None` where it did not.
    fn news(&mut self) -> Option<u64> {
        let news = self.count - self.told;
        self.told = self.count;
        (news > 0).then_some(news)
    }
}

impl<C: Fn() -> Stamp> Process<C> {
    /// Binds the signal ports and connects. `stop` is an inproc endpoint on which a message means
    /// the end.
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
        let clients = &birth.clients;
        let token = birth.token.clone().ok_or(OpenError::Token)?;
        let read = || clients.as_ref().map(|it| ClientKeys::open(it.folder.as_ref())).transpose();
        let client_keys = read()?;
        let rules = Rules {
            open: if clients.is_none() { vec![Domain::ClientSignals] } else { Vec::new() },
            passes: birth.passes()?,
            clients: read()?,
            clock: Box::new(clock),
        };
        let guard = Guard::start(context, rules)?;
        let serve = |domain, key, endpoint: &str| {
            let entrance = Entrance { domain, key };
            socket::serve(&guard, SocketType::PULL, Bound::Orders, entrance, endpoint)
        };
        let outer = clients.as_ref().map(|it| &it.own);
        let v1_signals = ends.v1_signals.as_deref();
        let v1_signals =
            v1_signals.map(|it| serve(Domain::ClientSignals, outer, it)).transpose()?;
        let signals = serve(Domain::Signals, None, &ends.signals)?;
        let stop = socket::connect(context, SocketType::PULL, Bound::Orders, stop)?;
        let link = Link::to_machine(&guard, &ends.orders, &token)?;
        let started = clock();
        Ok(Process {
            guard,
            client_keys,
            birth,
            clock,
            pid,
            signals,
            v1_signals,
            stop,
            link,
            pending: Vec::new(),
            under_way: FxHashSet::default(),
            seen: VecDeque::new(),
            started,
            v1_count: 0,
            bad: Count::default(),
            repeated: Count::default(),
            last_repeated: String::new(),
        })
    }

    /// The TCP port on which v1 signals are taken, where they are.
    pub fn signal_port(&self) -> Option<u16> {
        self.v1_signals.as_ref().and_then(socket::port)
    }

    /// Whether any program of this computer can signal.
    pub const fn is_plain(&self) -> bool {
        self.v1_signals.is_some() && self.client_keys.is_none()
    }

    /// Works until it is told to stop.
    pub fn run(mut self) -> Result<(), LinkError> {
        self.hello()?;
        let (role, pid, signal_port) = (Role::Executor, self.pid, self.signal_port());
        self.link.send(Request::Ready { role, pid, signal_port })?;
        let beat = i64::try_from(self.birth.beat_ms).unwrap_or(250);
        let mut beaten = (self.clock)();
        loop {
            let waited = (self.clock)().since(beaten) / Stamp::MILLISECOND;
            let until_beat = (beat - waited).max(0);
            let timeout =
                if self.pending.is_empty() { until_beat } else { until_beat.min(WATCH_MS) };
            if self.wait(timeout)? && !self.heed()? {
                return Ok(());
            }
            self.take_ours()?;
            self.take_v1()?;
            self.take_answers()?;
            self.keep_time()?;
            if (self.clock)().since(beaten) >= beat * Stamp::MILLISECOND {
                beaten = (self.clock)();
                self.link.send(Request::Beat { role: Role::Executor, pid: self.pid })?;
                self.tell_counts()?;
            }
        }
    }

    /// Sleeps until somebody speaks; whether it was who started this process.
    fn wait(&self, timeout_ms: i64) -> zmq::Result<bool> {
        let mut items =
            vec![self.stop.as_poll_item(POLLIN), self.link.socket().as_poll_item(POLLIN)];
        items.extend(self.has_room().then(|| self.signals.as_poll_item(POLLIN)));
        items.extend(self.open_port().map(|it| it.as_poll_item(POLLIN)));
        match zmq::poll(&mut items, timeout_ms) {
            Err(zmq::Error::EINTR) => Ok(false),
            Err(error) => Err(error),
            Ok(_) => Ok(items.iter().take(1).any(zmq::PollItem::is_readable)),
        }
    }

    /// Whether there is room for more signals of our own strategy.
    fn has_room(&self) -> bool {
        self.under_way.len() < OURS_PENDING_MAX
    }

    /// Hears who may signal; whether to go on.
    fn heed(&self) -> zmq::Result<bool> {
        while let Some((_, frame)) = receive(&self.stop)? {
            match decode::<Neighbor>(&frame) {
                Ok(strategy) => strategy.pass().into_iter().for_each(|it| self.guard.admit(it)),
                // An empty message is the order to stop; nothing else is ever said.
                Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The port for v1 signals, while there is room for more of them.
    fn open_port(&self) -> Option<&Socket> {
        // Each signal of ours that is under way is one of the pending orders.
        let v1_pending = self.pending.len().saturating_sub(self.under_way.len());
        self.v1_signals.as_ref().filter(|_| v1_pending < V1_PENDING_MAX)
    }

    /// The gateway takes orders only from who said hello.
    fn hello(&mut self) -> Result<(), LinkError> {
        let (role, pid, nonce) = (Role::Executor, self.pid, u64::from(self.pid));
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let hello = Request::Hello { role, pid, version, protocol: PROTOCOL, nonce };
        let timeout = i64::try_from(self.birth.request_timeout_ms).unwrap_or(5_000);
        self.link.ask(hello, timeout, &self.clock).map(|_| ())
    }

    fn take_ours(&mut self) -> Result<(), LinkError> {
        for _ in 0..TURN_MAX {
            if !self.has_room() {
                break;
            }
            let Some((who, frame)) = receive(&self.signals)? else { break };
            match decode::<Signed>(&frame) {
                Err(_) => self.bad.count += 1,
                // A connection may be older than the strategy whose number it carries.
                Ok(Signed { by, .. }) if !is_by(who.as_ref(), &by) => self.bad.count += 1,
                // The strategy offers again what it waits for; one request is enough.
                Ok(Signed { signal, .. }) if self.under_way.contains(&signal.id) => (),
                Ok(Signed { signal, .. }) => {
                    reach(Site::SignalTaken)?;
                    self.under_way.insert(signal.id);
                    self.place(Intent::of_signal(&signal))?;
                    reach(Site::OrderAsked)?;
                }
            }
        }
        Ok(())
    }

    fn take_v1(&mut self) -> Result<(), LinkError> {
        for _ in 0..TURN_MAX {
            let Some(port) = self.open_port() else { break };
            let Some((who, frame)) = receive(port)? else { break };
            match v1::signals::decode_signal(&frame) {
                _ if !self.may_signal(who.as_ref()) => self.bad.count += 1,
                Err(_) => self.bad.count += 1,
                Ok(signal) => self.take_v1_signal(frame, &signal, sign(who.as_ref()))?,
            }
        }
        Ok(())
    }

    /// Whether who sent a message may still do so: a key can be revoked while its client is
    /// connected.
    fn may_signal(&mut self, who: Option<&Who>) -> bool {
        match (who, &mut self.client_keys) {
            (Some(Who::Anyone), None) => true,
            (Some(Who::Client(name)), Some(keys)) => {
                keys.look((self.clock)());
                keys.has(name, Domain::ClientSignals)
            }
            _ => false,
        }
    }

    /// A v1 signal has no id: the same bytes within a second are the same signal.
    fn take_v1_signal(
        &mut self,
        frame: Vec<u8>,
        signal: &v1::signals::Signal,
        note: Note,
    ) -> Result<(), LinkError> {
        let now = (self.clock)();
        while self.seen.front().is_some_and(|(at, _)| now.since(*at) > REPEAT)
            || self.seen.len() > REMEMBERED_MAX
        {
            self.seen.pop_front();
        }
        if self.seen.iter().any(|(_, bytes)| *bytes == frame) {
            self.repeated.count += 1;
            self.last_repeated = format!("{} {} of {}", signal.side, signal.item, signal.when);
            return Ok(());
        }
        self.seen.push_back((now, frame));
        self.v1_count += 1;
        let name = format!("v1-{:x}-{}", self.started.0, self.v1_count);
        let Ok(request) = RequestId::try_from(name.as_str()) else { return Ok(()) };
        self.place(Intent {
            request: Some(request),
            account: None,
            item: signal.item,
            side: signal.side,
            kind: Kind::Market,
            price: None,
            stop_price: None,
            quantity: self.birth.v1_quantity,
            time_in_force: TimeInForce::Ioc,
            open_close: OpenClose::Auto,
            day_trade: false,
            note,
            signal: None,
            signal_time: Some(ExchangeTime { at: signal.when, offset: 0 }),
        })
    }

    fn place(&mut self, intent: Intent) -> Result<(), LinkError> {
        let number = self.link.send(Request::Place { intent: Box::new(intent) })?;
        let deadline = (self.clock)().after(self.timeout());
        self.pending.push(Pending { intent, number, deadline, tries: 0, resend_at: None });
        Ok(())
    }

    fn timeout(&self) -> i64 {
        let milliseconds = i64::try_from(self.birth.request_timeout_ms).unwrap_or(5_000);
        milliseconds.saturating_mul(Stamp::MILLISECOND)
    }

    fn take_answers(&mut self) -> Result<(), LinkError> {
        while let Some(answer) = self.link.take()? {
            let at = self.pending.iter().position(|it| it.number == answer.id);
            match at {
                Some(at) => {
                    reach(Site::AnswerTaken)?;
                    self.conclude(at, answer.reply)?;
                    reach(Site::SignalDone)?;
                }
                None => stand_down(answer.reply.err())?,
            }
        }
        Ok(())
    }

    fn conclude(&mut self, at: usize, reply: Result<Reply, Refused>) -> Result<(), LinkError> {
        let Pending { intent, .. } = self.pending.swap_remove(at);
        if let Some(signal) = intent.signal {
            self.under_way.remove(&signal.id);
        }
        match reply {
            Ok(_) => Ok(()),
            Err(refused) if refused.code == "UNKNOWN_PEER" => Err(refused.into()),
            Err(refused) => {
                let text = format!("the signal {} {}: {refused}", intent.side, intent.item);
                self.link.send(Request::Alert { code: refused.code, text })?;
                Ok(())
            }
        }
    }

    /// Repeats what was not answered, under the same request id, over a fresh connection.
    fn keep_time(&mut self) -> Result<(), LinkError> {
        let now = (self.clock)();
        let is_late = |it: &Pending| it.resend_at.is_none() && now >= it.deadline;
        if self.pending.iter().any(is_late) {
            // Nothing may be sent any more that somebody was told has failed.
            self.link.rebuild()?;
            self.hello()?;
            let retries = self.birth.retry_count;
            for pending in &mut self.pending {
                pending.number = 0;
                pending.tries += 1;
                let doubled = BACKOFF.0.saturating_mul(1 << pending.tries.min(10));
                let jitter = now.0.rem_euclid(BACKOFF.0 / 2);
                pending.resend_at = Some(now.after(doubled.min(BACKOFF.1) / 2 + jitter));
            }
            let given_up = |it: &Pending| it.tries > retries;
            for lost in self.pending.extract_if(.., |it| given_up(it)) {
                if let Some(signal) = lost.intent.signal {
                    // The strategy keeps it, and offers it again.
                    self.under_way.remove(&signal.id);
                    continue;
                }
                let Intent { side, item, .. } = lost.intent;
                let text = format!(
                    "the signal {side} {item} was not answered in {} tries; look at its order",
                    lost.tries
                );
                self.link.send(Request::Alert { code: "SIGNAL_LOST".to_owned(), text })?;
            }
        }
        for at in 0..self.pending.len() {
            let timeout = self.timeout();
            let Some(pending) = self.pending.get_mut(at) else { break };
            if pending.resend_at.is_some_and(|due| now >= due) {
                let intent = Box::new(pending.intent);
                pending.resend_at = None;
                pending.deadline = now.after(timeout);
                pending.number = self.link.send(Request::Place { intent })?;
            }
        }
        Ok(())
    }

    fn tell_counts(&mut self) -> Result<(), LinkError> {
        if let Some(bad) = self.bad.news() {
            let text = format!("{bad} messages on the signal ports could not be read");
            self.link.send(Request::Alert { code: "BAD_SIGNALS".to_owned(), text })?;
        }
        if let Some(repeated) = self.repeated.news() {
            let last = &self.last_repeated;
            let text = format!(
                "{repeated} signals came again within a second and were not traded again; the last \
                 was {last}"
            );
            self.link.send(Request::Alert { code: "REPEATED_SIGNAL".to_owned(), text })?;
        }
        Ok(())
    }
}

/// A signal that is there, and who sent it. A signal is one frame; more of them are no signal, and
/// are counted as bad by the codec.
fn receive(socket: &Socket) -> zmq::Result<Option<(Option<Who>, Vec<u8>)>> {
    let mut message = match socket.recv_msg(DONTWAIT) {
        Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => return Ok(None),
        message => message?,
    };
    let mut frame = message.to_vec();
    let who = guard::sender(&mut message);
    while message.get_more() {
        message = socket.recv_msg(DONTWAIT)?;
        frame.clear();
    }
    Ok(Some((who, frame)))
}

/// Whether what came with a signal was given to the strategy that sent it.
fn is_by(who: Option<&Who>, shown: &Token) -> bool {
    matches!(who, Some(Who::Child { role: Role::Strategy, token, .. }) if token == shown)
}

/// The note on the order of a program's signal: the name of its key, where it has one.
fn sign(who: Option<&Who>) -> Note {
    match who {
        Some(Who::Client(name)) => name.parse().unwrap_or_default(),
        _ => Note::default(),
    }
}

/// A refusal ends this process only where another executor has taken its place.
fn stand_down(refused: Option<Refused>) -> Result<(), LinkError> {
    match refused {
        Some(refused) if refused.code == "UNKNOWN_PEER" => Err(LinkError::Refused(refused)),
        _ => Ok(()),
    }
}
