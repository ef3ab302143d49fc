//! The floor: the same sockets and messages as the machine's, with no work between them.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;

use aftm_domain::{Code, ExchangeTime, OrderId, Price, Quantity, Side, SignalKind, Stamp, Tick};
use anyhow::{Context as _, Result, bail};
use zmq::{Context, DONTWAIT, POLLIN, SNDMORE, Socket, SocketType};

use super::figures::Durations;
use crate::config::Folders;
use crate::desk::{Exit, Roster};
use crate::entry::{child, clock, doors};
use crate::wire::birth::record;
use crate::wire::event::Topic;
use crate::wire::guard::{Guard, Rules};
use crate::wire::request::{Answer, Ask};
use crate::wire::socket::{self, Bound, Entrance};
use crate::wire::{
    Birth, Domain, Endpoints, Intent, Outcome, Reply, Request, Role, Signal, Signed, Token, encode,
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
            signal: encode(&Signed { by: Token::new()?, signal }),
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
    _processes: Vec<Process>,
}

struct Process {
    role: Role,
    child: Child,
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends by itself; an error means that it has.
        let _ = self.child.wait();
    }
}

impl Process {
    fn bear(&mut self, endpoints: &Endpoints, roster: Option<&Roster>) -> Result<()> {
        let birth = Birth::new(self.role, endpoints.clone());
        let birth = match roster {
            Some(roster) => roster.introduce(self.role, birth),
            None => birth,
        };
        let input = self.child.stdin.as_mut().context("a child has no standard input")?;
        input.write_all(&record(&encode(&birth)))?;
        Ok(input.flush()?)
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
    /// Starts the processes, where everybody is let in, and lets a message run through them.
    pub(super) fn open(context: &Context, folders: &Folders) -> Result<Chain> {
        Chain::start(open_guard(context)?, folders, "bare", false)
    }

    /// The same where each looks whom it speaks to, as the machine's own processes do.
    pub(super) fn guarded(context: &Context, folders: &Folders) -> Result<Chain> {
        let (open, passes, clients) = (Vec::new(), Vec::new(), None);
        let rules = Rules { open, passes, clients, clock: Box::new(clock::now) };
        Chain::start(Guard::start(context, rules)?, folders, "guarded", true)
    }

    fn start(guard: Guard, folders: &Folders, prefix: &str, is_guarded: bool) -> Result<Chain> {
        let endpoint = |name| doors::ipc(folders, &format!("{prefix}-{name}"));
        let endpoints = Endpoints {
            events: endpoint("events"),
            orders: endpoint("orders"),
            signals: endpoint("signals"),
            v1_signals: None,
        };
        let serve = |kind, bound, domain, endpoint: &str| {
            let entrance = Entrance { domain, key: None };
            socket::serve(&guard, kind, bound, entrance, endpoint)
        };
        let events = serve(SocketType::PUB, Bound::Events, Domain::Events, &endpoints.events)?;
        let orders = serve(SocketType::ROUTER, Bound::Orders, Domain::Orders, &endpoints.orders)?;
        let roster = is_guarded.then(|| Roster::new(guard.clone(), None));
        let mut processes = Role::TRADING.map(spawn).into_iter().collect::<Result<Vec<_>>>()?;
        for process in &processes {
            let admit = |it: &Roster| it.admit(process.role, process.child.id());
            roster.as_ref().map(admit).transpose()?;
        }
        // Both are there before either is told of the other, and of nothing afterwards.
        for process in &mut processes {
            process.bear(&endpoints, roster.as_ref())?;
        }
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

fn spawn(role: Role) -> Result<Process> {
    let mut command = Command::new(std::env::current_exe()?);
    let command = command.args(["bench", &format!("bare-{role}")]).stdin(Stdio::piped());
    Ok(Process { role, child: command.spawn()? })
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
    let (context, ends) = (Context::new(), &birth.endpoints);
    // Who knows of no neighbor lets everybody in.
    let is_guarded = birth.neighbor.is_some();
    let guard = if is_guarded {
        let (open, passes, clients) = (Vec::new(), birth.passes()?, None);
        let rules = Rules { open, passes, clients, clock: Box::new(clock::now) };
        Guard::start(&context, rules)?
    } else {
        open_guard(&context)?
    };
    let connect = |kind, bound, whom, endpoint: &str| {
        if is_guarded {
            socket::call(&guard, kind, bound, whom, endpoint)
        } else {
            socket::connect(&context, kind, bound, endpoint)
        }
    };
    let messages = Messages::sample()?;
    match role {
        Role::Venue => anyhow::bail!("the bare chain has no venue of its own"),
        Role::Strategy => {
            let ticks = connect(SocketType::SUB, Bound::Events, Domain::Machine, &ends.events)?;
            ticks.set_subscribe(Topic::Tick.bytes())?;
            let (kind, whom) = (SocketType::PUSH, Domain::Executor);
            let signals = connect(kind, Bound::Orders, whom, &ends.signals)?;
            loop {
                ticks.recv_bytes(0)?;
                ticks.recv_bytes(0)?;
                signals.send(&messages.signal, 0)?;
            }
        }
        Role::Executor => {
            let entrance = Entrance { domain: Domain::Signals, key: None };
            let (kind, bound) = (SocketType::PULL, Bound::Orders);
            let signals = socket::serve(&guard, kind, bound, entrance, &ends.signals)?;
            let orders = connect(SocketType::DEALER, bound, Domain::Machine, &ends.orders)?;
            loop {
                signals.recv_bytes(0)?;
                orders.send(&messages.order, 0)?;
                orders.recv_bytes(0)?;
            }
        }
    }
}
