//! What the gateway's core costs: an order without and with a journal, and a start-up. What the checks
//! of all limits take of an order's round trip, `aftm bench limits` tells.

#![allow(clippy::disallowed_methods, clippy::print_stdout)] // It measures time, and says so.

use std::time::{Duration, Instant};

use aftm::entry::ledger::{self, Facts, VIEWS};
use aftm::gateway::fact::Door;
use aftm::gateway::listing::Listing;
use aftm::gateway::simulated::Simulated;
use aftm::gateway::state::State;
use aftm::gateway::{Core, Ledger, NoLedger, Rules, Setup};
use aftm::journal::{Durability, Journal};
use aftm::wire::Intent;
use aftm::wire::request::Request;
use aftm_domain::order::Ticket;
use aftm_domain::{Catalog, ExchangeTime, Price, Quantity, Stamp, Tick};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Orders of a measurement.
const ORDERS: usize = 20_000;
/// Monday, 26 July 2021, 08:45 in Taipei.
const MORNING: Stamp = Stamp(1_627_260_300 * Stamp::SECOND);

fn core<L: Ledger>(ledger: L) -> Outcome<Core<Simulated, L>> {
    let venue = Simulated::new(aftm_sim::Settings::default());
    let listing = Listing::new(Catalog::built_in()?, "2021-07-26".parse()?);
    let (state, rules) = (State::default(), Rules::default());
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

fn main() -> Outcome<()> {
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
