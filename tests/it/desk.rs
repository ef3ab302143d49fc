//! The desk by itself, over a gateway whose events can be lost on their way.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Helpers of tests may fail as tests do.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use aftm::desk::supervisor::Patience;
use aftm::desk::{Before, Defaults, Desk, Roster, Setup, command, line};
use aftm::gateway::fact::Door;
use aftm::gateway::listing::Listing;
use aftm::gateway::simulated::Simulated;
use aftm::gateway::state::State;
use aftm::gateway::{Core, NoLedger, Rules};
use aftm::wire::event::{Numbered, Topic};
use aftm::wire::socket::{self, Bound};
use aftm::wire::{
    Answer, Ask, Birth, Endpoints, Event, Guard, Reply, Request, Role, decode, encode, guard,
};
use aftm_domain::order::Status;
use aftm_domain::{Catalog, ExchangeTime, Price, Quantity, Stamp, Tick};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::{LocalSet, spawn_local};
use zmq::{Context, SNDMORE, Socket, SocketType};

const ORDERS: &str = "inproc://orders-of-the-test";
const EVENTS: &str = "inproc://events-of-the-test";
const CTL: &str = "inproc://ctl-of-the-test";
const NOW: Stamp = Stamp(1_627_260_300 * Stamp::SECOND);
const DEADLINE: Duration = Duration::from_secs(20);

/// A core behind a ROUTER and a PUB that loses the events for which something holds.
struct Gateway {
    core: Core<Simulated, NoLedger>,
    orders: Socket,
    events: Socket,
    numbers: BTreeMap<Topic, u64>,
    is_lost: fn(&Event) -> bool,
}

impl Gateway {
    fn new(context: &Context, is_lost: fn(&Event) -> bool) -> Gateway {
        let listing = Listing::new(Catalog::built_in().unwrap(), "2021-07-26".parse().unwrap());
        let core = Core::new(aftm::gateway::Setup {
            venue: Simulated::new(aftm_sim::Settings::default()),
            ledger: NoLedger,
            listing,
            rules: Rules::default(),
            state: State::default(),
        });
        let bind = |kind, bound, endpoint| socket::bind(context, kind, bound, endpoint).unwrap();
        let orders = bind(SocketType::ROUTER, Bound::Orders, ORDERS);
        let events = bind(SocketType::PUB, Bound::Events, EVENTS);
        Gateway { core, orders, events, numbers: BTreeMap::new(), is_lost }
    }

    /// Serves until it is told that this is the end.
    fn run(mut self) {
        self.events.get_events().unwrap();
        loop {
            let frames = self.orders.recv_multipart(0).unwrap();
            let Ask { id, request } = decode(&frames[1]).unwrap();
            let is_end = matches!(request, Request::End {});
            if matches!(request, Request::Place { .. }) {
                self.tick();
            }
            let reply = match &request {
                Request::End {} => Ok(Reply::Done {}),
                request => self.core.serve(request, Door::Desk, NOW),
            };
            // What an order came to is told before its answer, as late as that may be heard.
            self.tell();
            self.orders.send(&frames[0], SNDMORE).unwrap();
            self.orders.send(encode(&Answer { id, reply }), 0).unwrap();
            if is_end {
                return;
            }
        }
    }

    fn tick(&mut self) {
        let (sequence, received) = (1, NOW);
        let (price, quantity) = (Price::from_units(17_300).unwrap(), Quantity::ONE);
        let time = ExchangeTime { at: NOW, offset: ExchangeTime::TAIPEI };
        let item = "TXFH1".parse().unwrap();
        let tick = Tick { sequence, item, price, quantity, time, received };
        self.core.tick(&tick, None, NOW);
    }

    fn tell(&mut self) {
        let mut events = Vec::new();
        self.core.tell(&mut events);
        // As the gateway does: neighbors on one topic are one message.
        let mut messages: Vec<(Topic, Vec<Vec<u8>>)> = Vec::new();
        for event in events {
            let topic = event.topic();
            let number = self.numbers.entry(topic).or_default();
            *number += 1;
            if (self.is_lost)(&event) {
                continue;
            }
            let frame = encode(&Numbered { number: *number, event });
            match messages.last_mut() {
                Some((last, frames)) if *last == topic => frames.push(frame),
                _ => messages.push((topic, vec![frame])),
            }
        }
        for (topic, frames) in messages {
            let frames = frames.into_iter().map(zmq::Message::from);
            let topic = zmq::Message::from(topic.bytes());
            self.events.send_multipart(std::iter::once(topic).chain(frames), 0).unwrap();
        }
    }
}

fn setup(context: &Context, line: line::Line, said: &Rc<RefCell<Vec<Value>>>) -> Setup {
    let said = said.clone();
    let (open, passes, clients) = (Vec::new(), Vec::new(), None);
    let rules = guard::Rules { open, passes, clients, clock: Box::new(|| NOW) };
    let guard = Guard::start(context, rules).unwrap();
    let ends =
        Endpoints { events: EVENTS.to_owned(), orders: ORDERS.to_owned(), ..Endpoints::default() };
    let points = |it| Price::from_units(it).unwrap();
    Setup {
        line,
        program: "/nonexistent".into(),
        birth: Birth::new(Role::Strategy, ends),
        roster: Roster::new(guard, None),
        patience: Patience::default(),
        defaults: Defaults {
            turning: points(15),
            take_profit: Some(points(90)),
            stop_loss: Some(points(30)),
            quantity: Quantity::ONE,
        },
        before: Before::default(),
        clock: || NOW,
        out: Box::new(move |lines| {
            let lines = lines.lines().map(|it| serde_json::from_str(it).unwrap());
            said.borrow_mut().extend(lines);
        }),
        password: None,
        read_password: |_| unreachable!(),
        venue: None,
    }
}

/// What the desk says of its own accord while a script is carried out, until something holds.
fn said(
    is_lost: fn(&Event) -> bool,
    script: &str,
    is_enough: impl Fn(&[Value]) -> bool,
) -> Vec<Value> {
    let context = Context::new();
    let gateway = Gateway::new(&context, is_lost);
    let (line, sockets) = {
        let ctl = socket::bind(&context, SocketType::ROUTER, Bound::Orders, CTL).unwrap();
        line::open(&context, ORDERS, EVENTS, ctl).unwrap()
    };
    let gateway = thread::spawn(move || gateway.run());
    let (tell, heard) = mpsc::unbounded_channel();
    let sockets = thread::spawn(move || sockets.run(&tell).unwrap());
    let said = Rc::new(RefCell::new(Vec::new()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let work = async {
        let desk = Desk::new(setup(&context, line, &said));
        spawn_local(desk.clone().serve(heard));
        for (_, command) in command::parse_script(script).unwrap() {
            let mut lines = Vec::new();
            desk.obey(&command, &mut lines).await;
        }
        while !is_enough(&said.borrow()) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let mut lines = Vec::new();
        desk.obey(&command::parse_line("status").unwrap().unwrap(), &mut lines).await;
        said.borrow_mut().extend(lines.iter().map(|it| serde_json::from_str(it).unwrap()));
        desk.end_gateway().await.unwrap();
        desk.hang_up();
    };
    let ended = runtime.block_on(async {
        let work = tokio::time::timeout(DEADLINE, work);
        LocalSet::new().run_until(work).await
    });
    assert!(ended.is_ok(), "it did not come: {:#?}", said.borrow());
    drop(runtime);
    gateway.join().unwrap();
    sockets.join().unwrap();
    said.take()
}

fn of<'a>(said: &'a [Value], kind: &str) -> Vec<&'a Value> {
    said.iter().filter(|it| it["kind"] == kind).map(|it| &it[kind]).collect()
}

/// How each order was shown last.
fn orders(said: &[Value]) -> BTreeMap<&str, &str> {
    let rows = of(said, "order").into_iter();
    rows.map(|it| (it["order"].as_str().unwrap(), it["status"].as_str().unwrap())).collect()
}

const TRADE: &str = "login demo\nitem add TXFH1\naccount use SIM-1\norder buy TXFH1 1\n\
                     order buy TXFH1 2\norder buy TXFH1 3\n";

fn assert_true(said: &[Value]) {
    let filled = ["A1", "A2", "A3"].map(|it| (it, "Filled"));
    assert_eq!(orders(said), filled.into());
    let fills: Vec<&Value> = of(said, "fill").into_iter().map(|it| &it["order"]).collect();
    assert_eq!(fills, ["A1", "A2", "A3"]);
    assert_eq!(of(said, "position").last().unwrap()["net"], "6");
}

/// Everything is shown, and nothing waits any more.
fn is_level(said: &[Value]) -> bool {
    orders(said).len() == 3
        && orders(said).values().all(|it| *it == "Filled")
        && of(said, "fill").len() >= 3
        && of(said, "position").last().is_some_and(|it| it["net"] == "6")
}

/// How many events it says that it missed.
fn missed(said: &[Value]) -> u64 {
    let alerts = of(said, "alert").into_iter().filter(|it| it["code"] == "EVENTS_LOST");
    let count = |it: &Value| it["text"].as_str()?.split(' ').next()?.parse::<u64>().ok();
    alerts.filter_map(count).sum()
}

#[test]
fn nothing_is_asked_for_where_nothing_is_missed() {
    let said = said(|_| false, TRADE, is_level);
    assert_true(&said);
    assert_eq!(of(&said, "alert"), Vec::<&Value>::new());
    assert_eq!(of(&said, "status").len(), 1);
    assert_eq!(of(&said, "status")[0]["missed"], 0);
}

#[test]
fn what_lost_events_told_is_asked_for_and_shown_once() {
    let is_lost = |event: &Event| match event {
        Event::Order(row) => row.order.0 < 3 && row.status == Status::Filled,
        Event::Fill(row) => row.order.0 < 3,
        Event::Position(row) => row.net < Quantity::from_units(6).unwrap(),
        _ => false,
    };
    // The last word, fill and position of orders one and two.
    let said = said(is_lost, TRADE, |said| missed(said) == 6 && is_level(said));
    assert_true(&said);
    assert_eq!(of(&said, "status").last().unwrap()["missed"], 6);
}

#[test]
fn a_condition_that_was_added_unheard_is_shown_with_the_next_news() {
    let is_lost = |event: &Event| matches!(event, Event::Condition(_) | Event::Account { .. });
    let script = format!("{TRADE}condition add buy TXFH1 --trigger 17000 --id lost\nlogout\n");
    let said = said(is_lost, &script, |said| !of(said, "condition").is_empty());
    let shown = of(&said, "condition");
    assert_eq!(shown.last().unwrap()["condition"]["terms"]["id"], "lost");
    assert_eq!(of(&said, "status")[0]["account"], "SIM-1");
    assert_true(&said);
}
