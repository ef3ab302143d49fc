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
use crate::entry::{child, clock, run};
use crate::wire::event::Topic;
use crate::wire::request::{Answer, Ask};
use crate::wire::socket::{self, Bound};
use crate::wire::{Birth, Endpoints, Intent, Outcome, Reply, Request, Role, Signal, encode, frame};

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

impl Chain {
    /// Starts the processes and lets a message run through them.
    pub(super) fn open(context: &Context, folders: &Folders) -> Result<Chain> {
        let endpoint = |name| run::ipc(folders, name);
        let endpoints = Endpoints {
            events: endpoint("bare-events"),
            orders: endpoint("bare-orders"),
            signals: endpoint("bare-signals"),
            v1_signals: None,
        };
        let events = socket::bind(context, SocketType::PUB, Bound::Events, &endpoints.events)?;
        let orders = socket::bind(context, SocketType::ROUTER, Bound::Orders, &endpoints.orders)?;
        let spawn = |role: Role| spawn(role, &endpoints);
        let processes = [spawn(Role::Executor)?, spawn(Role::Strategy)?];
        let messages = Messages::sample()?;
        let chain = Chain { events, orders, messages, _processes: processes };
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

fn spawn(role: Role, endpoints: &Endpoints) -> Result<Process> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["bench", &format!("bare-{role}")])
        .stdin(Stdio::piped())
        .spawn()?;
    let record = encode(&Birth {
        protocol: frame::PROTOCOL,
        role,
        parent: std::process::id(),
        endpoints: endpoints.clone(),
        beat_ms: 0,
        request_timeout_ms: 0,
        retry_count: 0,
        v1_quantity: Quantity::ONE,
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
    let ends = &birth.endpoints;
    let messages = Messages::sample()?;
    match role {
        Role::Venue => anyhow::bail!("the bare chain has no venue of its own"),
        Role::Strategy => {
            let ticks = socket::connect(&context, SocketType::SUB, Bound::Events, &ends.events)?;
            ticks.set_subscribe(Topic::Tick.bytes())?;
            let signals =
                socket::connect(&context, SocketType::PUSH, Bound::Orders, &ends.signals)?;
            loop {
                ticks.recv_bytes(0)?;
                ticks.recv_bytes(0)?;
                signals.send(&messages.signal, 0)?;
            }
        }
        Role::Executor => {
            let signals = socket::bind(&context, SocketType::PULL, Bound::Orders, &ends.signals)?;
            let orders =
                socket::connect(&context, SocketType::DEALER, Bound::Orders, &ends.orders)?;
            loop {
                signals.recv_bytes(0)?;
                orders.send(&messages.order, 0)?;
                orders.recv_bytes(0)?;
            }
        }
    }
}
