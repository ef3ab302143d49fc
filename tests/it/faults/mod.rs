//! The fault programme. Here: the gateway and the exchange's own library under a seed, with a line
//! between them on which everything may be late or lost, processes that are killed at any step,
//! clients whose requests are lost, doubled and reordered, and a disk that fills up. What must hold
//! is in `oracle`, and the exchange's ledger is the witness.
//!
//! A seed that fails is printed; `SEED=n` plays it again and `SEEDS=n` plays so many.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods
)] // Helpers of tests may fail as tests do.

mod clients;
mod failpoints;
mod flood;
mod fuzz;
mod gaps;
mod hello;
mod kill;
mod line;
mod oracle;
mod rehearse;
#[cfg(target_os = "linux")]
mod system;
mod told;

use std::collections::BTreeSet;

use aftm::gateway::fact::Door;
use aftm::gateway::listing::Listing;
use aftm::gateway::state::Placed;
use aftm::gateway::{Core, Plugged, Rules, Setup};
use aftm::wire::Intent;
use aftm::wire::request::Request;
use aftm_domain::order::Status;
use aftm_domain::tick::Moment;
use aftm_domain::{Catalog, Code, ExchangeTime, OrderId, Price, Quantity, Stamp, Tick};

use crate::world::chance::Chance;
use crate::world::course::{self, Course};
use crate::world::ledger::Memory;
use clients::Clients;
use line::Line;

type Gateway = Core<Plugged, Memory>;

/// Worlds in a run of the tests, and steps of a world before it comes to rest.
const SEEDS: u64 = 500;
const STEPS: usize = 250;
/// Monday, 26 July 2021, 08:45 in Taipei.
const MORNING: Stamp = Stamp(1_627_260_300 * Stamp::SECOND);
const ITEMS: [&str; 2] = ["TXFH1", "MXFH1"];

struct World {
    chance: Chance,
    catalog: Catalog,
    memory: Memory,
    line: Line,
    core: Gateway,
    course: Course,
    clients: Clients,
    prices: [i64; 2],
    now: Stamp,
    /// Orders that closed when the disk was full, and that were lost with the machine.
    lost: BTreeSet<OrderId>,
    /// The exchange's ledger and settings lie here.
    _folder: tempfile::TempDir,
}

fn core(line: &Line, catalog: &Catalog, memory: &Memory, now: Stamp) -> Gateway {
    let further = Box::new(|| Ok(Vec::new()));
    let mut core = Core::new(Setup {
        venue: Plugged::new(Box::new(line.clone()), further, true),
        ledger: memory.clone(),
        listing: Listing::new(catalog.clone(), "2021-07-26".parse().unwrap()),
        rules: Rules::default(),
        state: memory.fold(),
    });
    core.start(now).unwrap();
    core
}

/// What the exchange rehearses by itself.
fn options(chance: &mut Chance, seed: u64) -> Vec<(String, String)> {
    let disconnects = if chance.one_in(3) { 5_000 + chance.below(60_000) } else { 0 };
    let options = [
        ("ledger", "true".to_owned()),
        ("seed", seed.to_string()),
        ("balance", "50000000".to_owned()),
        ("latency_ms", chance.pick(&[0, 0, 200, 3_000]).to_string()),
        ("reject_one_in", chance.pick(&[0, 0, 3, 7]).to_string()),
        ("slow_one_in", chance.pick(&[0, 0, 0, 4]).to_string()),
        ("slow_ms", "6000".to_owned()),
        ("disconnect_after_ms", disconnects.to_string()),
        ("disconnect_for_ms", (1_000 + chance.below(20_000)).to_string()),
    ];
    options.map(|(key, value)| (key.to_owned(), value)).to_vec()
}

impl World {
    fn new(seed: u64, catalog: &Catalog) -> World {
        let mut chance = Chance::new(seed);
        let folder = tempfile::tempdir().unwrap();
        let line = Line::new(folder.path().to_str().unwrap(), options(&mut chance, seed));
        let memory = Memory::default();
        let mut core = core(&line, catalog, &memory, MORNING);
        for item in ITEMS {
            let item = item.parse().unwrap();
            core.serve(&Request::AddItem { item }, Door::Desk, MORNING).unwrap();
        }
        let course = Course::begin(&mut core, chance.one_in(2), MORNING);
        let mut world = World {
            chance,
            catalog: catalog.clone(),
            memory,
            line,
            core,
            course,
            clients: Clients::default(),
            prices: [17_300, 17_300],
            now: MORNING,
            lost: BTreeSet::new(),
            _folder: folder,
        };
        world.line.exchange().start();
        world.login();
        world.flow();
        world
    }

    fn step(&mut self) {
        match self.chance.below(100) {
            0..20 => self.feed(),
            20..36 => self.line.exchange().work(self.chance.place(6)),
            36..52 => self.hear(),
            52..60 => self.course.carry(&mut self.core, &mut self.chance, self.now),
            60 => self.course.strategy.report(),
            61 => self.course.strategy.offer(),
            62..72 => self.ask(),
            72..82 => self.hear_request(),
            82..89 => self.operate(),
            89..91 => self.let_pass(),
            91 => self.line.exchange().kill(&mut self.chance),
            92..96 => self.line.exchange().start(),
            96 => self.memory.fill_disk(self.chance.one_in(2)),
            97 => self.course.crash_strategy(&mut self.core, &mut self.chance, self.now),
            98 => self.course.crash_executor(),
            _ if self.chance.one_in(2) => self.crash_machine(),
            _ => self.flow(),
        }
        self.settle();
    }

    /// What the exchange told arrives, some of it.
    fn hear(&mut self) {
        let most = self.chance.place(12);
        self.line.exchange().arrive(most);
        self.hear_venue();
        let _ = self.core.take_login();
    }

    /// A rearming that waited for the exchange's lists may be done with them.
    fn hear_venue(&mut self) {
        self.core.hear(self.now);
        if let Some(Ok(_)) = self.core.take_rearm() {
            self.line.exchange().is_halted = false;
        }
    }

    fn let_pass(&mut self) {
        self.now = self.now.after(self.chance.pick(&[100_000_000, 1_000_000_000, 5_000_000_000]));
        self.core.advance(ExchangeTime { at: self.now, offset: ExchangeTime::TAIPEI }, self.now);
        self.core.expire(self.now);
        self.core.sweep(self.now);
    }

    /// A trade at the market.
    fn feed(&mut self) {
        if !self.course.has_room() {
            return;
        }
        let place = self.chance.place(ITEMS.len());
        let step = if self.chance.one_in(8) { 40 } else { 8 };
        self.prices[place] += self.chance.below(2 * step + 1) - step;
        self.now = self.now.after(self.chance.pick(&[1_000, 200_000_000, 1_000_000_000]));
        let item: Code = ITEMS[place].parse().unwrap();
        let price = Price::from_units(self.prices[place]).unwrap();
        let quantity = Quantity::from_units(1 + self.chance.below(3)).unwrap();
        let time = ExchangeTime { at: self.now, offset: ExchangeTime::TAIPEI };
        let tick = Tick { sequence: 0, item, price, quantity, time, received: self.now };
        let moment = Moment { tick, book: None, is_auction: false };
        self.course.publish(&mut self.core, &mut self.chance, moment);
    }

    /// What the gateway's loop does after every message.
    fn settle(&mut self) {
        self.course.settle(&mut self.core, self.now, |_| ());
        self.check();
    }

    /// The main process is killed: all that is left is the journal, and the exchange.
    fn crash_machine(&mut self) {
        self.memory.fill_disk(false);
        self.line.exchange().part(&mut self.chance);
        if self.core.unsaved() > 0 {
            // A halt that the disk had no room for is lost with the machine.
            self.line.exchange().is_halted &= self.memory.fold().brakes.halted().next().is_some();
            let kept = self.memory.fold();
            let is_lost = |it: &&OrderId| !kept.orders.contains_key(it);
            self.lost.extend(self.core.state().orders.keys().filter(is_lost));
            self.clients.forget_unsaved(&kept);
        }
        self.core = core(&self.line, &self.catalog, &self.memory, self.now);
        self.course = Course::begin(&mut self.core, self.course.is_held, self.now);
        self.line.exchange().start();
        self.login();
    }

    /// Everything that is under way arrives.
    fn flow(&mut self) {
        while self.line.exchange().has_traffic() {
            self.line.exchange().work(usize::MAX);
            self.line.exchange().arrive(usize::MAX);
            self.hear_venue();
            let _ = self.core.take_login();
        }
        self.settle();
    }

    /// Nothing fails any more: everything under way arrives, and all that waits is done.
    fn rest(&mut self) {
        self.course.is_calm = true;
        self.memory.fill_disk(false);
        for _ in 0..40 {
            self.line.exchange().start();
            self.flow();
            if self.core.state().session.is_none() && !self.core.is_logging_in() {
                self.login();
            }
            self.feed();
            self.now = self.now.after(2 * Stamp::SECOND);
            self.let_pass();
            self.core.save(self.now);
            self.hear_venue();
            self.ask_all();
            self.deliver();
            self.flow();
        }
        let is_unanswered = |it: &Placed| it.order.status == Status::PendingNew;
        loop {
            self.core.finish(self.now);
            self.flow();
            if !self.core.state().working().any(is_unanswered) {
                break;
            }
        }
        self.check_rest();
    }

    fn deliver(&mut self) {
        self.course.deliver(&mut self.core, self.now);
        self.settle();
    }
}

fn play(seed: u64, catalog: &Catalog) -> oracle::Seen {
    let mut world = World::new(seed, catalog);
    (0..STEPS).for_each(|_| world.step());
    world.rest();
    world.seen()
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|it| it.parse().unwrap())
}

#[test]
fn f05_f09_whatever_fails_no_order_is_lost_or_doubled() {
    let catalog = Catalog::built_in().unwrap();
    let only = number("SEED");
    let seeds = only.map_or(1..=number("SEEDS").unwrap_or(SEEDS), |it| it..=it);
    let worlds = seeds.clone().count();
    let mut seen = oracle::Seen::default();
    for seed in seeds {
        match std::panic::catch_unwind(|| play(seed, &catalog)) {
            Ok(one) => seen.add(&one),
            Err(failure) => {
                eprintln!("play it again with SEED={seed}");
                std::panic::resume_unwind(failure);
            }
        }
    }
    if only.is_none() {
        seen.check(worlds);
    }
}
