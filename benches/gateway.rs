//! What the gateway's core costs: an order and an exit without and with a journal, what the checks
//! of all limits take of that, and a start-up.

#![allow(clippy::disallowed_methods, clippy::print_stdout)] // It measures time, and says so.

use std::time::{Duration, Instant};

use aftm::entry::ledger::{self, Facts, VIEWS};
use aftm::gateway::fact::Door;
use aftm::gateway::limits::{Candidate, Sets};
use aftm::gateway::listing::Listing;
use aftm::gateway::simulated::Simulated;
use aftm::gateway::state::State;
use aftm::gateway::{Core, Ledger, NoLedger, Rules, Setup};
use aftm::journal::{Durability, Journal};
use aftm::wire::Intent;
use aftm::wire::request::Request;
use aftm_domain::order::Ticket;
use aftm_domain::{Bounds, Catalog, ExchangeTime, Price, Quantity, Stamp, Tick};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Orders of a measurement.
const ORDERS: usize = 20_000;
/// Monday, 26 July 2021, 08:45 in Taipei.
const MORNING: Stamp = Stamp(1_627_260_300 * Stamp::SECOND);

fn core<L: Ledger>(ledger: L) -> Outcome<Core<Simulated, L>> {
    core_with(ledger, Rules::default())
}

fn core_with<L: Ledger>(ledger: L, rules: Rules) -> Outcome<Core<Simulated, L>> {
    let venue = Simulated::new(aftm_sim::Settings::default());
    let listing = Listing::new(Catalog::built_in()?, "2021-07-26".parse()?);
    let state = State::default();
    let mut core = Core::new(Setup { venue, ledger, listing, rules, state });
    core.start(MORNING)?;
    let login = Request::Login { user: "demo".parse()?, password: None, production: false };
    for request in [Request::AddItem { item: "TXFH1".parse()? }, login] {
        core.serve(&request, Door::Desk, MORNING)?;
    }
    let time = ExchangeTime { at: MORNING, offset: ExchangeTime::TAIPEI };
    let price: Price = "17300".parse()?;
    let (item, quantity) = ("TXFH1".parse()?, Quantity::ONE);
    let tick = Tick { sequence: 1, item, price, quantity, time, received: MORNING };
    core.tick(&tick, None, MORNING);
    Ok(core)
}

/// Market orders of one lot, in turn to buy and to sell, each with a request id of its own.
fn orders() -> Outcome<Vec<Request>> {
    let place = |number: usize| {
        let side = if number.is_multiple_of(2) { "buy" } else { "sell" };
        let ticket = Ticket {
            account: "SIM-1".parse()?,
            item: "TXFH1".parse()?,
            side: side.parse()?,
            kind: aftm_domain::order::Kind::Market,
            price: None,
            stop_price: None,
            quantity: Quantity::ONE,
            time_in_force: "ioc".parse()?,
            open_close: "auto".parse()?,
            day_trade: false,
            note: "".parse()?,
        };
        let request = format!("r-{number}").parse()?;
        Ok(Request::Place { intent: Box::new(Intent::of_ticket(&ticket, Some(request))) })
    };
    (0..ORDERS).map(place).collect()
}

fn measure<L: Ledger>(name: &str, ledger: L) -> Outcome<()> {
    let (mut core, orders) = (core(ledger)?, orders()?);
    let (mut took, mut events) = (Vec::with_capacity(ORDERS), Vec::new());
    for (at, order) in orders.iter().enumerate() {
        // A millisecond apart, as the rates of the limits want it.
        let now = MORNING.after(i64::try_from(at)? * Stamp::MILLISECOND);
        let start = Instant::now();
        core.serve(order, Door::V1, now)?;
        took.push(start.elapsed());
        core.tell(&mut events);
        events.clear();
    }
    took.sort_unstable();
    let at = |part: usize| took.get(took.len() * part / 1_000).copied().unwrap_or(Duration::MAX);
    println!("{name}: p50 {:?}, p99 {:?}, p99.9 {:?}", at(500), at(990), at(999));
    Ok(())
}

/// Checks of a measurement.
const CHECKS: u32 = 1_000_000;

/// What all checks of an order that opens take, with every limit of a session with real money judged
/// and none of them near.
fn checks() -> Outcome<()> {
    let strict = Bounds { max_qty: Quantity::from_units(50).ok_or("lots")?, ..Bounds::strict() };
    let bounds = Bounds {
        max_notional: Bounds::wide().max_notional,
        max_leverage: Bounds::wide().max_leverage,
        ..strict
    };
    let limits = Sets { test: bounds, ..Sets::default() };
    let mut core = core_with(NoLedger, Rules { limits, ..Rules::default() })?;
    let Some(first) = orders()?.into_iter().next() else { return Err("no order".into()) };
    // The first order has the exchange say how much money there is.
    core.serve(&first, Door::V1, MORNING)?;
    let Request::Place { intent } = first else { return Err("no order".into()) };
    let account = intent.account.ok_or("an account")?;
    let limits = core.limits();
    let listing = core.listing();
    let ticket = Ticket {
        account,
        item: intent.item,
        side: intent.side,
        kind: aftm_domain::order::Kind::Limit,
        price: Some("17300".parse()?),
        stop_price: None,
        quantity: intent.quantity,
        time_in_force: "rod".parse()?,
        open_close: intent.open_close,
        day_trade: false,
        note: intent.note,
    };
    let instrument = listing.get(&ticket.item)?;
    let time = core.time();
    let mut took = Vec::new();
    for _ in 0..21 {
        let start = Instant::now();
        for _ in 0..CHECKS {
            let ticket = std::hint::black_box(&ticket);
            let candidate = Candidate::by_program(ticket, instrument, time, listing.calendar());
            limits.check_rate(ticket, None)?;
            limits.check(&candidate)?;
        }
        took.push(start.elapsed() / CHECKS);
    }
    took.sort_unstable();
    let median = took.get(took.len() / 2).copied().unwrap_or_default();
    println!("all checks of an order: {median:?}");
    // An order's round trip over a socket takes some 80 µs where both ends sleep (docs/BENCH.md).
    let share = median.as_nanos() * 10_000 / 80_000;
    println!("of a round trip of 80 µs: {}.{:02} %", share / 100, share % 100);
    Ok(())
}

fn main() -> Outcome<()> {
    checks()?;
    measure("an order without a journal", NoLedger)?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(ledger::FILE);
    let journal = Journal::open(&path, Durability::Process, VIEWS)?;
    measure("an order with a journal", Facts::new(journal))?;
    let journal = Journal::open(&path, Durability::Process, VIEWS)?;
    let start = Instant::now();
    let state = ledger::fold(&journal)?;
    println!("{} orders folded in {:?}", state.orders.len(), start.elapsed());
    Ok(())
}
