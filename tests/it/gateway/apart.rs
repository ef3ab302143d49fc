//! A venue that lives apart: what it is asked, what is asked again of a process that comes back,
//! and what its own lists settle.

mod logout;
mod lost;

use std::sync::{Arc, Mutex};

use aftm::gateway::{Plugged, Way, WayEnded};
use aftm::wire::frame::PROTOCOL;
use aftm::wire::venue::{Abilities, VenueFill, VenueOrder, VenuePosition};
use aftm::wire::{VenueCall, VenueWord};
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
        let mut rig = Apart::new(relogin);
        rig.hello(fed());
        let login = Request::Login {
            user: id("demo"),
            password: Some("sesame".to_owned()),
            production: false,
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

#[test]
fn a_login_is_answered_when_the_venue_has_answered_and_listed_how_everything_stands() {
    let mut rig = Apart::new(true);
    let login = |password: &str| Request::Login {
        user: id("demo"),
        password: Some(password.to_owned()),
        production: false,
    };
    // Nobody is there yet: the login waits for the process.
    rig.core.serve(&login("wrong"), Door::Desk, rig.now).unwrap_err();
    assert!(rig.core.is_logging_in() && rig.line.calls().is_empty());
    rig.hello(fed());
    let calls = rig.line.calls();
    let [VenueCall::Login { credentials, production: false, .. }] = &calls[..] else {
        panic!("{calls:?}")
    };
    let keys: Vec<_> = credentials.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(keys, ["user", "password"]);
    assert!(!format!("{calls:?}").contains("wrong"), "a password is never printed");
    let refusal = Refusal { code: "AUTH".to_owned(), text: "no such password".to_owned() };
    rig.tell(VenueWord::LoginRefused { refusal });
    let refused = rig.core.take_login().unwrap().unwrap_err();
    assert_eq!((refused.code.as_str(), rig.core.is_logging_in()), ("AUTH", false));
    rig.core.serve(&login("right"), Door::Desk, rig.now).unwrap_err();
    rig.listed(&[], &[], &[]);
    assert!(rig.core.take_login().unwrap().is_ok());
    assert!(rig.core.state().is_connected);
    rig.check();
}

#[test]
fn a_login_that_nobody_answers_is_given_up_after_a_minute() {
    let mut rig = Apart::new(true);
    let login = Request::Login { user: id("demo"), password: None, production: false };
    rig.core.serve(&login, Door::Desk, rig.now).unwrap_err();
    rig.hear();
    rig.now = rig.now.after(61 * SECOND);
    rig.hear();
    assert_eq!(rig.core.take_login().unwrap().unwrap_err().code, "LOGIN");
    assert!(!rig.core.is_logging_in());
}

#[test]
fn an_order_under_way_when_the_process_died_is_in_doubt_and_never_sent_again() {
    let mut rig = Apart::in_session(true);
    let order = rig.place(limit(Side::Buy, 17_200, 1));
    assert_eq!(places(&rig.line.calls()), 1);
    rig.line.die();
    rig.hear();
    assert!(!rig.core.state().is_connected);
    let refused = rig.core.serve(
        &Request::Place { intent: Box::new(market(Side::Buy, 1)) },
        Door::Desk,
        rig.now,
    );
    assert_eq!(refused.unwrap_err().code, "NOT_CONNECTED");
    rig.hello(fed());
    assert!(
        matches!(rig.line.calls().last(), Some(VenueCall::Login { .. })),
        "it logs in again by itself"
    );
    // The venue does not list the order: it may still be on its way there.
    rig.listed(&[], &[], &[]);
    assert_eq!(rig.status(order), Status::InDoubt);
    assert!(rig.core.state().is_connected);
    rig.now = rig.now.after(3 * SECOND);
    rig.core.inquire(rig.now);
    let asked = rig.line.calls();
    assert!(asked.iter().any(|it| matches!(it, VenueCall::Inquire { .. })), "{asked:?}");
    rig.tell(VenueWord::Unknown { order });
    assert_eq!((rig.status(order), places(&asked)), (Status::Rejected, 0));
    rig.check();
}

#[test]
fn an_order_that_the_venue_had_when_the_process_died_is_taken_over_from_its_lists_once() {
    let mut rig = Apart::in_session(true);
    let order = rig.place(limit(Side::Buy, 17_200, 3));
    rig.line.die();
    rig.hear();
    rig.hello(fed());
    let traded = VenueFill { order: Some(order), venue_id: None, fill: fill("T-1", 1) };
    let held = VenuePosition {
        account: id("SIM-1"),
        item: id(ITEM),
        side: Side::Buy,
        quantity: lots(1),
        average: None,
    };
    rig.listed(&[row(order, Status::New, 3, 1)], &[traded], &[held]);
    assert_eq!((rig.status(order), rig.net()), (Status::New, lots(1)));
    // What was told before the connection was lost may be told again.
    rig.line.say(accepted(order));
    rig.tell(VenueWord::Report { order, report: Report::Filled(fill("T-1", 1)) });
    rig.tell(VenueWord::Report { order, report: Report::Filled(fill("T-2", 2)) });
    assert_eq!((rig.status(order), rig.net()), (Status::Filled, lots(3)));
    assert_eq!(places(&rig.line.calls()), 1, "by the process that died");
    rig.check();
}

#[test]
fn without_relogin_the_session_is_over_when_the_process_dies() {
    let mut rig = Apart::in_session(false);
    rig.line.die();
    rig.hear();
    assert!(rig.core.state().session.is_none());
    rig.hello(fed());
    assert!(!rig.line.calls().iter().any(|it| matches!(it, VenueCall::Login { .. })));
    assert_eq!(rig.alerts("LOGGED_OUT").len(), 1);
    rig.check();
}

#[test]
fn a_login_that_cannot_be_repeated_for_now_is_tried_again_and_one_that_is_refused_is_not() {
    let mut rig = Apart::in_session(true);
    rig.line.die();
    rig.hear();
    rig.hello(fed());
    rig.line.calls();
    let refusal = |code: &str| Refusal { code: code.to_owned(), text: "not now".to_owned() };
    rig.tell(VenueWord::LoginRefused { refusal: refusal("NOT_CONNECTED") });
    assert!(rig.line.calls().is_empty());
    rig.now = rig.now.after(2 * SECOND);
    rig.hear();
    let again = rig.line.calls();
    assert!(matches!(again[..], [VenueCall::Login { .. }]), "{again:?}");
    rig.tell(VenueWord::LoginRefused { refusal: refusal("AUTH") });
    rig.now = rig.now.after(60 * SECOND);
    rig.hear();
    assert!(rig.line.calls().is_empty() && rig.core.state().session.is_none());
}

#[test]
fn a_process_that_comes_back_is_shown_the_instruments_and_the_last_tick_before_it_logs_in() {
    let mut rig = Apart::in_session(true);
    rig.core.serve(&Request::AddItem { item: id(ITEM) }, Door::Desk, rig.now).unwrap();
    for (sequence, price) in [(1, 17_300), (2, 17_310)] {
        let time = ExchangeTime { at: rig.now, offset: ExchangeTime::TAIPEI };
        let (price, quantity) = (points(price), lots(1));
        let tick = Tick { sequence, item: id(ITEM), price, quantity, time, received: rig.now };
        rig.core.tick(&tick, None, rig.now);
    }
    rig.taken();
    rig.line.calls();
    rig.line.die();
    rig.hear();
    rig.hello(fed());
    let calls = rig.line.calls();
    let [VenueCall::List { .. }, VenueCall::Tick { tick, .. }, VenueCall::Login { now, .. }] =
        &calls[..]
    else {
        panic!("{calls:?}")
    };
    assert_eq!((tick.sequence, tick.price), (2, points(17_310)));
    assert_eq!(*now, rig.core.time());
}

#[test]
fn every_difference_to_the_lists_of_the_venue_is_told_and_its_word_counts() {
    let mut rig = Apart::in_session(true);
    let (working, gone) =
        (rig.place(limit(Side::Buy, 17_200, 2)), rig.place(limit(Side::Buy, 17_100, 1)));
    rig.line.say(accepted(working));
    rig.tell(accepted(gone));
    let canceled = rig.place(limit(Side::Buy, 17_000, 1));
    rig.tell(accepted(canceled));
    rig.tell(VenueWord::Down { reason: "the line is cut".to_owned() });
    assert!(!rig.core.state().is_connected);
    rig.alerts("");
    rig.line.calls();
    rig.tell(VenueWord::Up {});
    assert!(matches!(rig.line.calls()[..], [VenueCall::Stand {}]));
    assert!(!rig.core.state().is_connected, "not before everything is known");
    let foreign = VenueOrder { order: None, ..row(OrderId(99), Status::New, 1, 0) };
    let orders = [row(working, Status::New, 2, 0), row(canceled, Status::Canceled, 1, 0), foreign];
    let held = VenuePosition {
        account: id("SIM-1"),
        item: id(ITEM),
        side: Side::Sell,
        quantity: lots(4),
        average: Some(points(17_250)),
    };
    rig.list(&orders, &[], &[held]);
    assert!(rig.core.state().is_connected);
    assert_eq!(rig.status(working), Status::New);
    assert_eq!((rig.status(gone), rig.status(canceled)), (Status::Expired, Status::Canceled));
    assert_eq!(rig.net(), lots(-4));
    let told = rig.alerts("RECONCILED").join("\n");
    for part in [
        "no longer lists order A2",
        "order A3 is Canceled at the exchange",
        "order V-99 works at the exchange and was not sent from here",
        "holds 4 TXFH1 short at the exchange, 0 by this journal",
    ] {
        assert!(told.contains(part), "{part:?} is not in:\n{told}");
    }
    rig.check();
}

#[test]
fn where_the_venue_does_not_say_it_we_say_whether_an_order_opens_or_closes() {
    let mut rig = Apart::new(true);
    rig.hello(Abilities { auto_offset: false, ..fed() });
    let login = Request::Login { user: id("demo"), password: None, production: false };
    rig.core.serve(&login, Door::Desk, rig.now).unwrap_err();
    let held = VenuePosition {
        account: id("SIM-1"),
        item: id(ITEM),
        side: Side::Buy,
        quantity: lots(2),
        average: Some(points(17_250)),
    };
    rig.listed(&[], &[], &[held]);
    rig.line.calls();
    for (side, count, sent) in [
        (Side::Buy, 1, Some(OpenClose::Open)),
        (Side::Sell, 2, Some(OpenClose::Close)),
        (Side::Sell, 3, None),
    ] {
        let order = rig.place(limit(side, 17_200, count));
        let calls = rig.line.calls();
        let said = calls.iter().find_map(|it| match it {
            VenueCall::Place { ticket, .. } => Some(ticket.open_close),
            _ => None,
        });
        assert_eq!(said, sent, "{side} {count}");
        let refusal = rig.core.state().orders[&order].order.refusal.clone();
        assert_eq!(
            refusal.map(|it| it.code),
            sent.is_none().then(|| "AUTO_UNSUPPORTED".to_owned())
        );
    }
    rig.check();
}

#[test]
fn a_process_of_another_version_is_not_spoken_to() {
    let mut rig = Apart::new(true);
    rig.line.0.lock().unwrap().is_there = true;
    rig.tell(VenueWord::Hello {
        pid: 7,
        version: "0.0.1".to_owned(),
        protocol: PROTOCOL - 1,
        plugin: "sim".to_owned(),
        abilities: fed(),
    });
    assert!(!rig.line.0.lock().unwrap().is_there && rig.line.calls().is_empty());
    assert_eq!(rig.alerts("PROTOCOL").len(), 1);
}

#[test]
fn the_clock_of_a_recorded_feed_waits_for_orders_that_work_there_and_for_who_comes_back() {
    let mut rig = Apart::in_session(true);
    assert!(rig.core.is_level(), "nothing works there, and it is not far behind");
    rig.hear();
    rig.taken();
    let order = rig.place(limit(Side::Buy, 17_200, 1));
    assert!(!rig.core.is_level());
    rig.line.say(accepted(order));
    rig.taken();
    assert!(rig.core.is_level());
    rig.line.die();
    rig.hear();
    assert!(!rig.core.is_level(), "it logs in again");
}
