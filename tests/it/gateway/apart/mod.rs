//! A venue that lives apart: what it is asked, what is asked again of a process that comes back,
//! and what its own lists settle.

mod external;
mod fills;
mod halt;
mod lists;
mod logout;
mod lost;
mod outages;
mod periodic;
mod production;
mod races;
mod rearm;
mod sessions;
mod trips;

use std::sync::{Arc, Mutex};

use aftm::gateway::{Plugged, Way, WayEnded};
use aftm::wire::frame::PROTOCOL;
use aftm::wire::venue::{Abilities, Deal, VenueFill, VenueOrder, VenuePosition};
use aftm::wire::{Secret, VenueCall, VenueWord};
use aftm_domain::Fill;
use aftm_domain::order::{Refusal, Report};

use super::*;

const SECOND: i64 = Stamp::SECOND;

/// The other end of the way, as the test plays it.
#[derive(Default)]
struct Peer {
    is_there: bool,
    has_died: bool,
    called: u32,
    calls: Vec<VenueCall>,
    words: Vec<VenueWord>,
}

#[derive(Clone, Default)]
struct Line(Arc<Mutex<Peer>>);

impl Line {
    fn say(&self, word: VenueWord) {
        self.0.lock().unwrap().words.push(word);
    }

    fn calls(&self) -> Vec<VenueCall> {
        std::mem::take(&mut self.0.lock().unwrap().calls)
    }

    fn die(&self) {
        let mut peer = self.0.lock().unwrap();
        (peer.is_there, peer.has_died) = (false, true);
    }
}

impl Way for Line {
    fn is_open(&self) -> bool {
        self.0.lock().unwrap().is_there
    }

    fn call(&mut self, call: VenueCall, _: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        let mut peer = self.0.lock().unwrap();
        peer.called += 1;
        peer.calls.push(call);
        Ok(())
    }

    fn take(&mut self, words: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        let mut peer = self.0.lock().unwrap();
        words.append(&mut peer.words);
        match std::mem::take(&mut peer.has_died) {
            true => Err(WayEnded("the exchange's process ended".to_owned())),
            false => Ok(()),
        }
    }

    fn descriptor(&self) -> Option<std::os::fd::RawFd> {
        None
    }

    fn drop_peer(&mut self) {
        self.0.lock().unwrap().is_there = false;
    }
}

struct Apart {
    core: Core<Plugged, Memory>,
    memory: Memory,
    line: Line,
    now: Stamp,
}

impl Apart {
    fn new(relogin: bool) -> Apart {
        let (line, memory) = (Line::default(), Memory::default());
        let further = Box::new(|| Ok(Vec::new()));
        let mut core = Core::new(Setup {
            venue: Plugged::new(Box::new(line.clone()), further, relogin),
            ledger: memory.clone(),
            listing: Listing::new(Catalog::built_in().unwrap(), "2021-07-26".parse().unwrap()),
            rules: Rules::default(),
            state: State::default(),
        });
        core.start(MORNING).unwrap();
        Apart { core, memory, line, now: MORNING }
    }

    /// A machine that is logged in.
    fn in_session(relogin: bool) -> Apart {
        Apart::in_session_of(relogin, false)
    }

    /// A machine that is logged in, with real money or without.
    fn in_session_of(relogin: bool, production: bool) -> Apart {
        let mut rig = Apart::new(relogin);
        rig.hello(fed());
        let login = Request::Login {
            user: id("demo"),
            password: Some(Secret::new("sesame".to_owned())),
            production,
        };
        let waits = rig.core.serve(&login, Door::Desk, rig.now).unwrap_err();
        assert_eq!(waits.code, "LOGIN_UNDER_WAY");
        rig.listed(&[], &[], &[]);
        assert!(matches!(rig.core.take_login(), Some(Ok(Reply::Accounts { .. }))));
        let account = Request::UseAccount { account: id("SIM-1") };
        rig.core.serve(&account, Door::Desk, rig.now).unwrap();
        rig.line.calls();
        rig
    }

    fn hello(&mut self, abilities: Abilities) {
        self.line.0.lock().unwrap().is_there = true;
        self.tell(VenueWord::Hello {
            pid: 7,
            version: "0.1.0".to_owned(),
            protocol: PROTOCOL,
            plugin: "sim 1.0".to_owned(),
            abilities,
        });
    }

    fn hear(&mut self) {
        self.core.hear(self.now);
    }

    fn tell(&mut self, word: VenueWord) {
        self.line.say(word);
        self.hear();
    }

    /// The process has taken every call so far.
    fn taken(&mut self) {
        let calls = std::mem::take(&mut self.line.0.lock().unwrap().called);
        self.tell(VenueWord::Taken { calls, due: None });
    }

    /// The lists of a login, and that it is done.
    fn listed(&mut self, orders: &[VenueOrder], fills: &[VenueFill], positions: &[VenuePosition]) {
        self.list(orders, fills, positions);
        self.tell(VenueWord::LoggedIn { accounts: vec![id("SIM-1")] });
    }

    fn list(&mut self, orders: &[VenueOrder], fills: &[VenueFill], positions: &[VenuePosition]) {
        for row in orders {
            self.line.say(VenueWord::Order { row: Box::new(row.clone()) });
        }
        for row in fills {
            self.line.say(VenueWord::Fill { row: Box::new(*row) });
        }
        for row in positions {
            self.line.say(VenueWord::Position { row: *row });
        }
        self.tell(VenueWord::Stands { refusal: None });
    }

    fn place(&mut self, intent: Intent) -> OrderId {
        let place = Request::Place { intent: Box::new(intent) };
        match self.core.serve(&place, Door::Desk, self.now).unwrap() {
            Reply::Placed { row, .. } => row.order,
            other => panic!("the order came to {other:?}"),
        }
    }

    fn status(&self, order: OrderId) -> Status {
        self.core.state().orders[&order].order.status
    }

    fn net(&self) -> Quantity {
        let key = (id("SIM-1"), id(ITEM));
        self.core.state().holdings.get(&key).map_or(Quantity::ZERO, |it| it.position.net())
    }

    /// The texts of alerts with a code.
    fn alerts(&mut self, wanted: &str) -> Vec<String> {
        let mut events = Vec::new();
        self.core.tell(&mut events);
        let text = |event| match event {
            Event::Alert { code, text } if code == wanted => Some(text),
            _ => None,
        };
        events.into_iter().filter_map(text).collect()
    }

    #[track_caller]
    fn check(&self) {
        assert_eq!(self.core.state().misfits, 0);
        assert!(self.memory.fold() == *self.core.state(), "the journal folds to another state");
    }
}

/// A plug-in that trades against our feed.
fn fed() -> Abilities {
    Abilities { feed: true, auto_offset: true, market: true, ioc: true, ..Abilities::default() }
}

fn accepted(order: OrderId) -> VenueWord {
    let venue_id = id(&format!("V-{}", order.0));
    VenueWord::Report { order, report: Report::Accepted { venue_id } }
}

fn fill(trade: &str, count: i64) -> Fill {
    Fill {
        trade: id(trade),
        price: points(17_300),
        quantity: lots(count),
        fee: Default::default(),
        tax: Default::default(),
        time: ExchangeTime { at: MORNING, offset: ExchangeTime::TAIPEI },
    }
}

fn row(order: OrderId, status: Status, count: i64, filled: i64) -> VenueOrder {
    VenueOrder {
        order: Some(order),
        venue_id: Some(id(&format!("V-{}", order.0))),
        status,
        ticket: None,
        quantity: lots(count),
        price: Some(points(17_200)),
        filled: lots(filled),
        is_triggered: false,
        refusal: None,
    }
}

fn places(calls: &[VenueCall]) -> usize {
    calls.iter().filter(|it| matches!(it, VenueCall::Place { .. })).count()
}
