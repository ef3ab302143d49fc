//! The kill switch, while orders work and a client goes on ordering: when the last order still went
//! out, when the last cancel did, when nothing was left, and when the next machine is there, halted.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use aftm_domain::order::{Kind, TimeInForce};
use aftm_domain::{Quantity, Stamp};
use anyhow::{Context as _, Result, anyhow, bail};
use zmq::{Context, DONTWAIT, POLLIN, SocketType};

use super::figures::{Durations, Shown, Verdict, quantile};
use super::load::Load;
use super::orders::{self, ticket};
use super::rig::{self, Called, ITEM, Rig};
use crate::config::{Folders, Settings};
use crate::entry::clock;
use crate::wire::request::TradingState;
use crate::wire::socket::{self, Bound};
use crate::wire::{Intent, Reply, Request, Scope};

/// How often trading is halted.
const ROUNDS: usize = 20;
/// Orders that work then.
const WORKING: u64 = 500;
/// Orders of the client that are on their way at once, and those it must have placed before.
const UNDER_WAY: usize = 8;
const TRADED_MIN: usize = 100;
/// How long anything may take, in milliseconds.
const PATIENCE_MS: i64 = 5_000;
/// How much of a core other processes may use during a round.
const OTHERS_MAX: f64 = 0.1;

/// What is measured, and the longest that is good enough, in nanoseconds.
const BARS: [(&str, i64); 4] = [
    ("the last order that went out", Stamp::MILLISECOND),
    ("the last of 500 cancels", Stamp::SECOND),
    ("flat, and nothing works", Stamp::SECOND),
    ("another machine, halted", Stamp::SECOND),
];

/// What the rounds have shown.
pub(super) struct Rounds {
    took: [Durations; 4],
    /// Rounds during which others used the computer.
    disturbed: usize,
}

/// Halts a machine of its own in every round.
pub(super) fn measure(settings: &Settings) -> Result<Rounds> {
    let mut settings = settings.clone();
    settings.gateway.plain = true;
    let mut rounds = Rounds { took: Default::default(), disturbed: 0 };
    for _ in 0..ROUNDS {
        let home = tempfile::Builder::new().prefix("aftm-bench-kill").tempdir()?;
        let folders = Folders::locate(Some(home.path()))?;
        folders.create()?;
        let load = Load::begin();
        let [order, cancel, flat] = halt(&settings, &folders)?;
        let again = start_again(&settings, &folders)?;
        rounds.disturbed += usize::from(load.others().is_none_or(|it| it > OTHERS_MAX));
        for (took, it) in rounds.took.iter_mut().zip([order, cancel, flat, again]) {
            took.push(it);
        }
    }
    rounds.took.iter_mut().for_each(|it| it.sort_unstable());
    Ok(rounds)
}

/// How long after the call the last order went out, the last cancel did, and nothing was left.
fn halt(settings: &Settings, folders: &Folders) -> Result<[i64; 3]> {
    let script = format!("login demo\nitem add {ITEM}\naccount use SIM-1\n");
    rig::with_machine(settings, folders, &script, |rig| {
        orders::ready(rig)?;
        for number in 0..WORKING {
            rest(rig, number)?;
        }
        let port = rig.orders_port.context("the machine serves no v1 orders")?;
        rig.called();
        let client = Trader::start(port)?;
        let mut traded = 0;
        while traded < TRADED_MIN {
            rig::pause(1);
            traded += rig.called().len();
        }
        let (flatten, reason, scope) = (true, "a bench".to_owned(), Scope::Global);
        let called = clock::now();
        let Reply::Killed { .. } = rig.ask(Request::Kill { flatten, reason, scope })? else {
            bail!("a kill was answered by something else");
        };
        let flat = wait_until_flat(rig)?.since(called);
        client.end()?;
        let (mut order, mut cancel, mut cancels) = (0, 0, 0);
        for call in rig.called() {
            match call {
                Called::Open(at) => order = order.max(at.since(called)),
                Called::Cancel(at) => {
                    cancel = cancel.max(at.since(called));
                    cancels += 1;
                }
            }
        }
        if cancels < WORKING {
            bail!("{cancels} of {WORKING} orders were canceled");
        }
        Ok([order, cancel, flat])
    })
}

/// An order that works far below the market.
fn rest(rig: &mut Rig, number: u64) -> Result<()> {
    let mut ticket = ticket(0)?;
    ticket.kind = Kind::Limit;
    ticket.price = Some("16000".parse()?);
    ticket.time_in_force = TimeInForce::Rod;
    ticket.quantity = Quantity::ONE;
    let name = format!("rest-{number}").parse()?;
    let intent = Box::new(Intent::of_ticket(&ticket, Some(name)));
    match rig.ask(Request::Place { intent })? {
        Reply::Placed { .. } => Ok(()),
        other => bail!("an order was answered by {other:?}"),
    }
}

fn wait_until_flat(rig: &mut Rig) -> Result<Stamp> {
    let until = clock::now().after(PATIENCE_MS * Stamp::MILLISECOND);
    while clock::now() < until {
        let Reply::Status(row) = rig.ask(Request::Status {})? else { break };
        let is_halted = row.trading.state == TradingState::Halted;
        if is_halted && row.open_orders == 0 && row.open_lots == Quantity::ZERO {
            return Ok(clock::now());
        }
        rig::pause(1);
    }
    bail!("the machine was not flat {PATIENCE_MS} ms after a kill")
}

/// How long another machine on the same data takes until it says that it is halted.
fn start_again(settings: &Settings, folders: &Folders) -> Result<i64> {
    let begun = clock::now();
    rig::with_machine(settings, folders, "", move |rig| {
        let Reply::Status(row) = rig.ask(Request::Status {})? else { bail!("no status came") };
        let took = clock::now().since(begun);
        match row.trading.state {
            TradingState::Halted => Ok(took),
            other => bail!("the machine after a kill came up {}", other.word()),
        }
    })
}

/// A client that goes on ordering, whatever it is answered, until it is stopped.
struct Trader {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Result<()>>,
}

impl Trader {
    fn start(port: u16) -> Result<Trader> {
        let is_over = Arc::new(AtomicBool::new(false));
        let flag = is_over.clone();
        let work = move || trade(port, &flag);
        let thread = thread::Builder::new().name("trader".to_owned()).spawn(work)?;
        Ok(Trader { is_over, thread })
    }

    fn end(self) -> Result<()> {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow!("a client's thread panicked"))?
    }
}

fn trade(port: u16, is_over: &AtomicBool) -> Result<()> {
    let context = Context::new();
    let endpoint = format!("tcp://127.0.0.1:{port}");
    let socket = socket::connect(&context, SocketType::DEALER, Bound::Orders, &endpoint)?;
    let mut number = 0;
    let send = |number: &mut u64| -> zmq::Result<()> {
        *number += 1;
        let side = if number.is_multiple_of(2) { "buy" } else { "sell" };
        let order = format!(
            r#"{{"operation":"send_order","parameters":{{"order_account":"SIM-1","item_code":"{ITEM}","side":"{side}","order_type":"Market","price":0,"quantity":1,"open_close":"AUTO","note":"n{number}","day_trade":"N","time_in_force":"IOC"}}}}"#
        );
        socket.send_multipart([&b""[..], order.as_bytes()], 0)
    };
    (0..UNDER_WAY).try_for_each(|_| send(&mut number))?;
    while !is_over.load(Ordering::Relaxed) {
        if socket.poll(POLLIN, PATIENCE_MS)? == 0 {
            bail!("a client is not answered any more");
        }
        while let Ok(_answer) = socket.recv_multipart(DONTWAIT) {
            send(&mut number)?;
        }
    }
    Ok(())
}

impl Rounds {
    fn verdict(&self, longest: i64, bar: i64) -> Verdict {
        match (longest <= bar, self.disturbed) {
            (true, _) => Verdict::Met,
            (false, 0) => Verdict::Missed,
            (false, _) => Verdict::Inconclusive,
        }
    }
}

impl fmt::Display for Rounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "after a kill, with {WORKING} orders at work and a client that goes on ordering \
             ({ROUNDS} rounds, {} of them disturbed)",
            self.disturbed
        )?;
        for ((name, bar), took) in BARS.into_iter().zip(&self.took) {
            let [half, longest] = [500, 1_000].map(|it| quantile(took, it));
            let verdict = self.verdict(longest, bar);
            let [half, longest, bar] = [half, longest, bar].map(Shown);
            writeln!(f, "{name:<33} p50 {half:>9}  longest {longest:>9}   <= {bar}  {verdict}")?;
        }
        Ok(())
    }
}
