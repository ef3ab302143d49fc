//! The floor: the same sockets and messages as the machine's, with no work between them.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;

use aftm_domain::{Code, ExchangeTime, OrderId, Price, Quantity, Side, SignalKind, Stamp, Tick};
use anyhow::{Context as _, Result, bail};
use zmq::{Context, DONTWAIT, POLLIN, SNDMORE, Socket, SocketType};

use super::figures::Durations;
use crate::config::Folders;
use crate::desk::Exit;
use crate::desk::Keyring;
use crate::entry::{child, clock, doors};
use crate::wire::birth::{SignalKeys, Visitor};
use crate::wire::event::Topic;
use crate::wire::guard::{Guard, Pass, Rules, Who};
use crate::wire::request::{Answer, Ask};
use crate::wire::socket::{self, Bound, Entrance};
use crate::wire::{
    Badge, Birth, ChildKeys, Domain, Endpoints, Intent, KeyPair, Outcome, Reply, Request, Role,
    Signal, encode, frame,
};

/// How long anything may take before the chain counts as broken, in milliseconds.
const PATIENCE_MS: i64 = 2_000;

/// Messages as the machine sends them.
pub(super) struct Messages {
    tick: Vec<u8>,
    signal: Vec<u8>,
    order: Vec<u8>,
    answer: Vec<u8>,
}

impl Messages {
    pub(super) fn sample() -> Result<Messages> {
        let time = ExchangeTime { at: clock::now(), offset: ExchangeTime::TAIPEI };
        let (item, price): (Code, Price) = ("TXFH1".parse()?, "17305".parse()?);
        let tick = Tick {
            sequence: 10_000,
            item,
            price,
            quantity: Quantity::ONE,
            time,
            received: time.at,
        };
        let condition = "c100".parse()?;
        let signal = Signal {
            id: aftm_domain::SignalId { condition, generation: 5, kind: SignalKind::Entry },
            created: 10_000,
            item,
            account: None,
            side: Side::Buy,
            quantity: Quantity::ONE,
            price,
            trigger: price,
            tick: tick.sequence,
            time,
            reason: None,
        };
        let intent = Box::new(Intent::of_signal(&signal));
        let outcome = Outcome::Ordered { order: OrderId(10_000) };
        Ok(Messages {
            tick: encode(&tick),
            signal: encode(&signal),
            order: encode(&Ask { id: 10_000, request: Request::Place { intent } }),
            answer: encode(&Answer { id: 10_000, reply: Ok(Reply::Taken { outcome }) }),
        })
    }
}

/// The chain's two processes, and the sockets of its first and last place.
pub(super) struct Chain {
    events: Socket,
    orders: Socket,
    messages: Messages,
    _guard: Guard,
    /// They end with their standard input.
    _processes: [Process; 2],
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It ends by itself; an error means that it has.
        let _ = self.0.wait();
    }
}

/// A guard that lets everybody in.
pub(super) fn open_guard(context: &Context) -> Result<Guard> {
    let open = Domain::ALL.to_vec();
    let (passes, clients) = (Vec::new(), None);
    let rules = Rules { open, passes, clients, clock: Box::new(clock::now) };
    Ok(Guard::start(context, rules)?)
}

impl Chain {
    /// Starts the processes, without keys, and lets a message run through them.
    pub(super) fn open(context: &Context, folders: &Folders) -> Result<Chain> {
        Chain::start(context, folders, "bare", None)
    }

    /// The same with keys, as the machine's own processes have them.
    pub(super) fn with_keys(context: &Context, folders: &Folders) -> Result<Chain> {
        Chain::start(context, folders, "keyed", Some(&KeyPair::new()?))
    }

    fn start(
        context: &Context,
        folders: &Folders,
        prefix: &str,
        own: Option<&KeyPair>,
    ) -> Result<Chain> {
        let endpoint = |name| doors::ipc(folders, &format!("{prefix}-{name}"));
        let endpoints = Endpoints {
            events: endpoint("events"),
            orders: endpoint("orders"),
            signals: endpoint("signals"),
            v1_signals: None,
        };
        let guard = open_guard(context)?;
        let keyring = match own {
            Some(own) => Some(Keyring::new(guard.clone(), own.public, None)?),
            None => None,
        };
        let serve = |kind, bound, domain, endpoint: &str| {
            let entrance = Entrance { domain, key: own };
            socket::serve(&guard, kind, bound, entrance, endpoint)
        };
        let events = serve(SocketType::PUB, Bound::Events, Domain::Events, &endpoints.events)?;
        let orders = serve(SocketType::ROUTER, Bound::Orders, Domain::Orders, &endpoints.orders)?;
        let spawn = |role: Role| spawn(role, &endpoints, keyring.as_ref());
        // The executor is told of the strategy at its birth, and of nothing afterwards.
        let processes = [spawn(Role::Strategy)?, spawn(Role::Executor)?];
        let messages = Messages::sample()?;
        let chain = Chain { events, orders, messages, _guard: guard, _processes: processes };
        chain.warm()?;
        Ok(chain)
    }

    /// Publishes until an order comes, and takes what is on its way after it.
    fn warm(&self) -> Result<()> {
        for _ in 0..PATIENCE_MS / 20 {
            self.publish()?;
            if self.orders.poll(POLLIN, 20)? > 0 {
                while self.orders.poll(POLLIN, 200)? > 0 {
                    self.take()?;
                }
                return Ok(());
            }
        }
        bail!("the bare chain does not work: no message came through it");
    }

    fn publish(&self) -> Result<()> {
        self.events.send(Topic::Tick.bytes(), SNDMORE | DONTWAIT)?;
        Ok(self.events.send(&self.messages.tick, DONTWAIT)?)
    }

    fn take(&self) -> Result<Stamp> {
        let frames = self.orders.recv_multipart(0)?;
        let now = clock::now();
        let name = frames.first().context("an order came without a way back")?;
        self.orders.send(name, SNDMORE)?;
        self.orders.send(&self.messages.answer, 0)?;
        Ok(now)
    }

    /// One tick to one order.
    pub(super) fn event(&self, durations: &mut Durations) -> Result<()> {
        let start = clock::now();
        self.publish()?;
        if self.orders.poll(POLLIN, PATIENCE_MS)? == 0 {
            bail!("the bare chain broke: no order came within {PATIENCE_MS} ms");
        }
        durations.push(self.take()?.since(start));
        Ok(())
    }
}

fn spawn(role: Role, endpoints: &Endpoints, keyring: Option<&Keyring>) -> Result<Process> {
    let keys = keyring.map(|it| it.make(role)).transpose()?.flatten();
    let mut child = Command::new(std::env::current_exe()?)
        .args(["bench", &format!("bare-{role}")])
        .stdin(Stdio::piped())
        .spawn()?;
    if let (Some(keyring), Some(keys)) = (keyring, &keys) {
        keyring.admit(role, child.id(), keys);
    }
    let record = encode(&Birth {
        protocol: frame::PROTOCOL,
        role,
        parent: std::process::id(),
        endpoints: endpoints.clone(),
        beat_ms: 0,
        request_timeout_ms: 0,
        retry_count: 0,
        v1_quantity: Quantity::ONE,
        keys,
        plugin: None,
    });
    let mut input = child.stdin.take().context("a child has no standard input")?;
    input.write_all(&u32::try_from(record.len())?.to_be_bytes())?;
    input.write_all(&record)?;
    input.flush()?;
    child.stdin = Some(input);
    Ok(Process(child))
}

/// A process of the bare chain, until its standard input ends.
pub(super) fn serve(role: Role) -> Result<Exit> {
    let birth = child::read_birth()?;
    child::follow_parent(birth.parent)?;
    thread::spawn(|| {
        let mut rest = [0; 64];
        while std::io::stdin().lock().read(&mut rest).is_ok_and(|read| read > 0) {}
        std::process::exit(0);
    });
    let context = Context::new();
    let (ends, keys) = (&birth.endpoints, birth.keys.as_ref());
    let gateway = keys.map(|it| &it.gateway);
    let connect = |kind, bound, badge: Option<&Badge>, endpoint: &str| match badge {
        Some(badge) => socket::connect_with(&context, kind, bound, badge, endpoint),
        None => socket::connect(&context, kind, bound, endpoint),
    };
    let messages = Messages::sample()?;
    match role {
        Role::Venue => anyhow::bail!("the bare chain has no venue of its own"),
        Role::Strategy => {
            let badge = keys.and_then(|it| match &it.signals {
                SignalKeys::Strategy(badge) => Some(badge),
                SignalKeys::Port { .. } => None,
            });
            let ticks = connect(SocketType::SUB, Bound::Events, gateway, &ends.events)?;
            ticks.set_subscribe(Topic::Tick.bytes())?;
            let signals = connect(SocketType::PUSH, Bound::Orders, badge, &ends.signals)?;
            loop {
                ticks.recv_bytes(0)?;
                ticks.recv_bytes(0)?;
                signals.send(&messages.signal, 0)?;
            }
        }
        Role::Executor => {
            let guard = keyed_guard(&context, keys)?;
            let key = keys.and_then(|it| match &it.signals {
                SignalKeys::Port { own, .. } => Some(own),
                SignalKeys::Strategy(_) => None,
            });
            let entrance = Entrance { domain: Domain::Signals, key };
            let (kind, bound) = (SocketType::PULL, Bound::Orders);
            let signals = socket::serve(&guard, kind, bound, entrance, &ends.signals)?;
            let orders = connect(SocketType::DEALER, Bound::Orders, gateway, &ends.orders)?;
            loop {
                signals.recv_bytes(0)?;
                orders.send(&messages.order, 0)?;
                orders.recv_bytes(0)?;
            }
        }
    }
}

/// A guard as the machine's executor has it, or one that lets everybody in.
fn keyed_guard(context: &Context, keys: Option<&ChildKeys>) -> Result<Guard> {
    match keys.map(|it| &it.signals) {
        Some(SignalKeys::Port { strategy, .. }) => {
            let pass = |it: &Visitor| {
                let Visitor { key, pid, generation } = *it;
                let who = Who::Child { role: Role::Strategy, generation, pid };
                Pass { who, key, pid: Some(pid), domains: &[Domain::Signals] }
            };
            let (open, passes) = (Vec::new(), strategy.iter().map(pass).collect());
            let rules = Rules { open, passes, clients: None, clock: Box::new(clock::now) };
            Ok(Guard::start(context, rules)?)
        }
        _ => open_guard(context),
    }
}
