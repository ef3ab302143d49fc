//! A seeded world around the gateway's core: the real simulated exchange with its rehearsals, the
//! strategy, a transport that loses, repeats and reorders, clients that ask again, children and a
//! machine that crash. What must hold is tested after every step, see `oracle`.
//!
//! A seed that fails is printed; `SEED=n cargo test seeded_world` plays it again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, clippy::print_stderr)] // Helpers of tests may fail as tests do.

pub(crate) mod chance;
pub(crate) mod course;
pub(crate) mod ledger;
mod oracle;
mod strategy;
mod trader;

use std::collections::BTreeMap;

use aftm::gateway::fact::Door;
use aftm::gateway::listing::Listing;
use aftm::gateway::simulated::Simulated;
use aftm::gateway::{Core, Rules, Setup};
use aftm::wire::request::Request;
use aftm::wire::{Event, Reply};
use aftm_domain::tick::Moment;
use aftm_domain::{
    Book, Catalog, Code, ExchangeTime, Level, Price, Quantity, RequestId, Stamp, Tick,
};

use chance::Chance;
use course::Course;
use ledger::Memory;
use trader::Asked;

type Gateway = Core<Simulated, Memory>;

/// Worlds in a run of the tests.
const SEEDS: u64 = 400;
/// Steps of a world before it comes to rest.
const STEPS: usize = 600;
/// Monday, 26 July 2021, 08:45 in Taipei.
const MORNING: Stamp = Stamp(1_627_260_300 * Stamp::SECOND);
const ITEMS: [&str; 2] = ["TXFH1", "MXFH1"];

struct World {
    chance: Chance,
    settings: aftm_sim::Settings,
    catalog: Catalog,
    memory: Memory,
    gateway: Gateway,
    course: Course,
    asked: BTreeMap<RequestId, Asked>,
    requests: u64,
    prices: [i64; 2],
    now: Stamp,
}

fn gateway(settings: &aftm_sim::Settings, catalog: &Catalog, memory: &Memory) -> Gateway {
    let mut gateway = Core::new(Setup {
        venue: Simulated::new(settings.clone()),
        ledger: memory.clone(),
        listing: Listing::new(catalog.clone(), "2021-07-26".parse().unwrap()),
        // Nobody rearms in this world.
        rules: Rules { trip_outages: 0, ..Rules::default() },
        state: memory.fold(),
    });
    gateway.start(MORNING).unwrap();
    gateway
}

fn settings(chance: &mut Chance, seed: u64) -> aftm_sim::Settings {
    let second = Stamp::SECOND;
    let disconnect_after = if chance.one_in(3) { (5 + chance.below(60)) * second } else { 0 };
    aftm_sim::Settings {
        seed,
        latency: chance.pick(&[0, 0, 200_000_000, 3 * second]),
        reject_one_in: chance.pick(&[0, 0, 3, 7]),
        slow_one_in: chance.pick(&[0, 0, 4]),
        slow: 6 * second,
        disconnect_after,
        disconnect_for: (1 + chance.below(20)) * second,
        ..aftm_sim::Settings::default()
    }
}

impl World {
    fn new(seed: u64, catalog: &Catalog) -> World {
        let mut chance = Chance::new(seed);
        let settings = settings(&mut chance, seed);
        let memory = Memory::default();
        let is_held = chance.one_in(2);
        let mut gateway = gateway(&settings, catalog, &memory);
        for item in ITEMS {
            let item = item.parse().unwrap();
            gateway.serve(&Request::AddItem { item }, Door::Desk, MORNING).unwrap();
        }
        let course = Course::begin(&mut gateway, is_held, MORNING);
        World {
            chance,
            settings,
            catalog: catalog.clone(),
            memory,
            gateway,
            course,
            asked: BTreeMap::new(),
            requests: 0,
            prices: [17_300, 17_300],
            now: MORNING,
        }
    }

    fn step(&mut self) {
        match self.chance.below(100) {
            0..30 => self.feed(),
            30..62 => self.course.carry(&mut self.gateway, &mut self.chance, self.now),
            62..86 => self.trade(),
            86..90 => self.course.strategy.report(),
            90..93 => self.course.strategy.offer(),
            93 => self.course.crash_strategy(&mut self.gateway, &mut self.chance, self.now),
            94 => self.course.crash_executor(),
            95 => self.crash_machine(),
            96 => self.memory.fill_disk(self.chance.one_in(2)),
            _ => self.gateway.expire(self.now),
        }
        self.settle();
    }

    /// A trade at the market, now and then with the book after it.
    fn feed(&mut self) {
        if !self.course.has_room() {
            return;
        }
        let place = self.chance.place(ITEMS.len());
        let step = if self.chance.one_in(8) { 40 } else { 8 };
        self.prices[place] += self.chance.below(2 * step + 1) - step;
        self.now = self.now.after(self.chance.pick(&[0, 200_000_000, 1_000_000_000]));
        let item: Code = ITEMS[place].parse().unwrap();
        let price = Price::from_units(self.prices[place]).unwrap();
        let quantity = Quantity::from_units(1 + self.chance.below(3)).unwrap();
        let time = ExchangeTime { at: self.now, offset: ExchangeTime::TAIPEI };
        let tick = Tick { sequence: 0, item, price, quantity, time, received: self.now };
        let book = self.chance.one_in(3).then(|| Box::new(self.book(self.prices[place])));
        let moment = Moment { tick, book, is_auction: false };
        self.course.publish(&mut self.gateway, &mut self.chance, moment);
    }

    fn book(&mut self, price: i64) -> Book {
        let mut book = Book::default();
        for (away, (bid, ask)) in (1..=2).zip(book.bids.iter_mut().zip(&mut book.asks)) {
            let level = |price: i64, lots| Level {
                price: Price::from_units(price).unwrap(),
                quantity: Quantity::from_units(lots).unwrap(),
            };
            *bid = level(price - away, 1 + self.chance.below(2));
            *ask = level(price + away, 1 + self.chance.below(2));
        }
        book
    }

    /// What the gateway's loop does after every message.
    fn settle(&mut self) {
        let is_slow = self.settings.slow_one_in > 0;
        self.course.settle(&mut self.gateway, self.now, |event| {
            if let Event::Alert { code, text } = event {
                // A closing fill that overtakes the slow news of what it closes is a misfit until that
                // news comes.
                let is_overtaking = is_slow && text.contains("Filled");
                assert!(code != "MISFIT" || is_overtaking, "{text}");
            }
        });
        self.check();
    }

    /// The main process is killed: its children end with it, and all that is left is the journal.
    fn crash_machine(&mut self) {
        self.memory.fill_disk(false);
        let lost = self.gateway.unsaved();
        if lost > 0 {
            // What the disk had no room for is lost with the machine; see the tests of `keep`.
            self.now = self.now.after(2 * Stamp::SECOND);
            self.gateway.save(self.now);
        }
        self.gateway = gateway(&self.settings, &self.catalog, &self.memory);
        self.course = Course::begin(&mut self.gateway, self.course.is_held, self.now);
    }

    /// Nothing fails any more: everything under way arrives, and all that waits is done.
    fn rest(&mut self) {
        self.course.is_calm = true;
        self.memory.fill_disk(false);
        self.now = self.now.after(2 * Stamp::SECOND);
        self.gateway.save(self.now);
        self.login();
        for _ in 0..60 {
            self.feed();
            self.now = self.now.after(Stamp::SECOND);
            self.deliver();
        }
        // An exit that the exchange rejects goes out again with the next tick of its item.
        while !self.gateway.state().exits.is_empty() {
            self.feed();
            self.gateway.finish(self.now);
            self.deliver();
        }
        self.gateway.finish(self.now);
        self.settle();
        self.deliver();
        self.check_rest();
    }

    fn deliver(&mut self) {
        self.course.deliver(&mut self.gateway, self.now);
        self.settle();
    }

    fn login(&mut self) {
        let user = self.settings.user;
        let login = Request::Login { user, password: None, production: false };
        match self.gateway.serve(&login, Door::Desk, self.now) {
            Ok(Reply::Accounts { .. } | Reply::Unchanged {}) => (),
            other => panic!("the login came to {other:?}"),
        }
        let account = "SIM-1".parse().unwrap();
        self.gateway.serve(&Request::UseAccount { account }, Door::Desk, self.now).unwrap();
    }
}

fn play(seed: u64, catalog: &Catalog) -> oracle::Seen {
    let mut world = World::new(seed, catalog);
    world.login();
    (0..STEPS).for_each(|_| world.step());
    world.rest();
    world.seen()
}

#[test]
fn f05_a_seeded_world_keeps_every_promise() {
    let catalog = Catalog::built_in().unwrap();
    let only: Option<u64> = std::env::var("SEED").ok().map(|it| it.parse().unwrap());
    let mut seen = oracle::Seen::default();
    for seed in only.map_or(1..=SEEDS, |it| it..=it) {
        let played = std::panic::catch_unwind(|| play(seed, &catalog));
        match played {
            Ok(one) => seen.add(&one),
            Err(failure) => {
                eprintln!("play it again with SEED={seed}");
                std::panic::resume_unwind(failure);
            }
        }
    }
    if only.is_none() {
        seen.check();
    }
}
