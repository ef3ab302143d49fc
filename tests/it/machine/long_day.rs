//! The exchange's process at the end of a day with very many orders: its lists are larger than what
//! a stream holds.

use std::collections::BTreeSet;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use aftm::wire::birth::Endpoints;
use aftm::wire::stream::Stream;
use aftm::wire::venue::{Hidden, PluginSeat};
use aftm::wire::{Birth, Role, VenueCall, VenueWord};
use aftm_domain::order::Report;
use aftm_domain::{Catalog, ExchangeTime, OrderId, Quantity, Side, Stamp, Tick};

use super::venue::simulator;
use super::{DEADLINE, Home};
use crate::gateway::ticket;

/// With their fills some eleven megabytes.
const ORDERS: u64 = 20_000;
/// Monday, 26 July 2021, 08:45 in Taipei.
const MORNING: ExchangeTime =
    ExchangeTime { at: Stamp(1_627_260_300 * Stamp::SECOND), offset: ExchangeTime::TAIPEI };

/// The exchange's process, and the gateway's end of the stream.
struct Apart {
    child: Child,
    stream: Stream,
}

impl Apart {
    fn start(home: &Home) -> Apart {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut command = home.command(&["venue"]);
        let command: &mut Command = command.stdin(Stdio::from(OwnedFd::from(theirs)));
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        let mut apart = Apart { child, stream: Stream::new(ours).unwrap() };
        let seat = PluginSeat {
            name: "sim".to_owned(),
            path: simulator().display().to_string(),
            folder: home.path().display().to_string(),
            options: vec![("balance".to_owned(), "1000000000".to_owned())],
        };
        apart
            .stream
            .push(&Birth {
                beat_ms: 100,
                plugin: Some(seat),
                ..Birth::new(Role::Venue, Endpoints::default())
            })
            .unwrap();
        apart.stream.flush().unwrap();
        apart
    }

    fn call(&mut self, call: &VenueCall) {
        self.stream.push(call).unwrap();
        self.stream.flush().unwrap();
    }

    /// Hands out what it tells until something holds.
    #[track_caller]
    fn until(&mut self, what: &str, mut holds: impl FnMut(VenueWord) -> bool) {
        let start = Instant::now();
        while start.elapsed() < DEADLINE {
            self.stream.flush().unwrap();
            self.stream.turn();
            while let Some(word) = self.stream.record().unwrap() {
                if holds(word) {
                    return;
                }
            }
            std::thread::yield_now();
        }
        panic!("{what} did not come");
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_list_that_is_larger_than_a_stream_comes_whole_and_ends_no_process() {
    let home = Home::new();
    let mut apart = Apart::start(&home);
    apart.until("hello", |it| matches!(it, VenueWord::Hello { .. }));
    let (catalog, day) = (Catalog::built_in().unwrap(), "2021-07-26".parse().unwrap());
    let listed = catalog.instrument(&"TXFH1".parse().unwrap(), day).unwrap();
    apart.call(&VenueCall::List { instrument: Box::new(listed) });
    let credentials = [("user", "demo"), ("password", "x")];
    let credentials = credentials.map(|(key, it)| (key.to_owned(), Hidden(it.to_owned()))).into();
    apart.call(&VenueCall::Login { credentials, production: false, now: Some(MORNING) });
    apart.until("the login", |it| matches!(it, VenueWord::LoggedIn { .. }));
    let (item, price) = ("TXFH1".parse().unwrap(), "17300".parse().unwrap());
    let (time, quantity) = (MORNING, Quantity::ONE);
    let tick = Tick { sequence: 1, item, price, quantity, time, received: MORNING.at };
    apart.call(&VenueCall::Tick { tick, book: None, again: false });
    for number in 1..=ORDERS {
        let side = if number.is_multiple_of(2) { Side::Buy } else { Side::Sell };
        apart.call(&VenueCall::Place { order: OrderId(number), ticket: ticket(side, 1) });
        apart.until("a fill", |word| match word {
            VenueWord::Filled { row } => row.order == Some(OrderId(number)),
            VenueWord::Report { report: Report::Rejected(why), .. } => panic!("{number}: {why}"),
            _ => false,
        });
    }
    apart.call(&VenueCall::Stand {});
    // An order that is sent meanwhile has its answer.
    let last = OrderId(ORDERS + 1);
    apart.call(&VenueCall::Place { order: last, ticket: ticket(Side::Buy, 1) });
    let (mut orders, mut fills, mut is_accepted) = (BTreeSet::new(), BTreeSet::new(), false);
    let mut is_whole = false;
    apart.until("the lists", |word| {
        match word {
            VenueWord::Order { row } => _ = orders.insert(row.order),
            VenueWord::Fill { row } => _ = fills.insert(row.order),
            // It trades at once, and its fill says that it was accepted.
            VenueWord::Filled { row } if row.order == Some(last) => {
                is_accepted = row.venue_id.is_some();
            }
            VenueWord::Stands { refusal } => {
                assert_eq!(refusal, None);
                is_whole = true;
            }
            VenueWord::Broken { reason } => panic!("{reason}"),
            _ => (),
        }
        is_whole && is_accepted
    });
    let expected: BTreeSet<_> = (1..=ORDERS).map(|it| Some(OrderId(it))).collect();
    assert!(orders.is_superset(&expected) && fills.is_superset(&expected));
}
