//! The driver with the example in C, as a trader would use it. A C compiler is needed: `cc`, or what
//! `CC` names.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use aftm_domain::order::{Kind, Report, Ticket, TimeInForce};
use aftm_domain::{Book, OrderId, Side, Tick};
use tempfile::TempDir;

use super::{NOTHING, kind, kinds, login, sent, ticket};
use crate::plugin::{Driver, DriverError};
use crate::wire::venue::{PluginSeat, Sent};
use crate::wire::{VenueCall, VenueWord};

const WAIT: Duration = Duration::from_secs(20);

/// The example, built for one test.
struct Bench {
    folder: TempDir,
    driver: Driver,
}

/// The example.
fn built(folder: &Path) -> PluginSeat {
    compiled(folder, &["plugins/example-c/plugin.c", "plugins/example-c/tell.c"])
}

fn compiled(folder: &Path, sources: &[&str]) -> PluginSeat {
    let (root, library) = (Path::new(env!("CARGO_MANIFEST_DIR")), folder.join("plugin.so"));
    let named = std::env::var("CC").unwrap_or_default();
    let mut words = named.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("cc"));
    command.args(words).args(["-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-pthread"]);
    command.arg("-I").arg(root.join("plugins/abi"));
    command.args(sources.iter().map(|it| root.join(it)));
    let run = command.arg("-o").arg(&library).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    PluginSeat {
        name: "example".to_owned(),
        path: text(&library),
        folder: text(folder),
        options: vec![("balance".to_owned(), "5000".to_owned())],
    }
}

impl Bench {
    fn open() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let driver = Driver::open(&built(folder.path()), Arc::new(|| ())).unwrap();
        Bench { folder, driver }
    }

    /// Logged in, with what that told.
    fn logged_in() -> Bench {
        let mut bench = Bench::open();
        let told = bench.call(login("demo"));
        assert_eq!(kinds(&told).last().unwrap(), "logged in [EXAMPLE-1]");
        bench
    }

    fn call(&mut self, call: VenueCall) -> Vec<VenueWord> {
        let mut words = Vec::new();
        self.driver.call(call, &mut words);
        words
    }

    fn place(&mut self, id: u64, ticket: Ticket) -> Vec<String> {
        kinds(&self.call(VenueCall::Place { order: OrderId(id), ticket }))
    }
}

#[test]
fn it_says_who_it_is_and_what_it_can_do() {
    let bench = Bench::open();
    let (name, can) = bench.driver.hello();
    assert_eq!(name, "example-c 1.0.0 (an example that trades with nobody)");
    assert!(can.market && can.amend && can.feed && can.auto_offset);
    assert!(!can.stop && !can.quotes && !can.day_trade);
    assert_eq!(bench.driver.due(), None);
}

#[test]
fn what_cannot_be_opened_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let seat = built(folder.path());
    let refused = |seat: PluginSeat| match Driver::open(&seat, Arc::new(|| ())) {
        Err(error @ (DriverError::Load { .. } | DriverError::Open { .. })) => error.to_string(),
        Ok(_) => panic!("it was opened"),
    };
    let missing = refused(PluginSeat { path: "/nowhere/x.so".to_owned(), ..seat.clone() });
    let said = "the plug-in example cannot be used: /nowhere/x.so: it cannot be loaded: ";
    assert!(missing.starts_with(said), "{missing}");
    let odd = PluginSeat { options: vec![("leverage".into(), "9".into())], ..seat.clone() };
    let said = "the plug-in example opens no session: the option leverage is unknown; there is: \
                balance (E_ARG)";
    assert_eq!(refused(odd), said);
    let bare = refused(PluginSeat { folder: "state".to_owned(), ..seat });
    assert!(bare.ends_with("must be absolute and named in UTF-8"), "{bare}");
}

#[test]
fn a_login_tells_everything_before_it_is_done() {
    let mut bench = Bench::open();
    let told = bench.call(login("demo"));
    let expected = ["instrument DEMO", "money EXAMPLE-1", "stands", "logged in [EXAMPLE-1]"];
    assert_eq!(kinds(&told), expected);
    let lines: Vec<_> = told.iter().map(kind).filter(|it| it.starts_with("line")).collect();
    let missing = "line: of EXAMPLE-1 the venue does not say, and 0 stands for: margin, \
                   available, realized profit, open profit, fees, tax";
    assert_eq!(lines, ["line: example-c: a session is open", missing]);
    let Some(VenueWord::Money { row }) =
        told.iter().find(|it| matches!(it, VenueWord::Money { .. }))
    else {
        panic!("{told:?}")
    };
    assert_eq!((row.balance.to_string(), row.equity.to_string()), ("5000".into(), "5000".into()));
}

#[test]
fn a_login_that_the_venue_refuses_can_be_tried_again() {
    let mut bench = Bench::open();
    let refused = "login refused: user or password is wrong; the example knows demo, demo (venue's \
                   code LOGIN) (LOGIN)";
    assert_eq!(kinds(&bench.call(login("wrong"))), [refused]);
    assert_eq!(kinds(&bench.call(login("demo"))).len(), 4);
    let again = kinds(&bench.call(login("demo")));
    assert_eq!(again, ["login refused: somebody is logged in; log out first (STATE)"]);
    assert_eq!(kinds(&bench.call(VenueCall::Logout {})), NOTHING);
    assert_eq!(kinds(&bench.call(login("demo"))).len(), 4);
}

#[test]
fn production_is_the_venue_s_to_refuse() {
    let mut bench = Bench::open();
    let VenueCall::Login { credentials, .. } = login("demo") else { panic!() };
    let told = bench.call(VenueCall::Login { credentials, production: true, now: None });
    let expected = ["login refused: the example moves no real money (PERMISSION)"];
    assert_eq!(kinds(&told), expected);
}

#[test]
fn an_order_rests_is_changed_and_is_canceled() {
    let mut bench = Bench::logged_in();
    assert_eq!(bench.place(1, ticket(Side::Buy, "2", "16500")), ["A1 accepted"]);
    let venue_id = Some("B1".parse().unwrap());
    let order = Sent { venue_id, ..sent(1) };
    let price = Some("16600".parse().unwrap());
    let told = bench.call(VenueCall::Amend { order, quantity: None, price });
    let quantity = "2".parse().unwrap();
    let replaced = Report::Replaced { quantity, price };
    assert_eq!(told, [VenueWord::Report { order: OrderId(1), report: replaced }]);
    let beyond = Some("99999".parse().unwrap());
    let told = bench.call(VenueCall::Amend { order, quantity: None, price: beyond });
    assert_eq!(kinds(&told), ["A1 replace_rejected"]);
    assert_eq!(kinds(&bench.call(VenueCall::Cancel { order })), ["A1 canceled"]);
    let told = bench.call(VenueCall::Cancel { order });
    let [VenueWord::Report { report: Report::CancelRejected(refusal), .. }] = &*told else {
        panic!("{told:?}")
    };
    let said = "the order has ended (venue's code ORDER_ENDED) (ORDER_ENDED)";
    assert_eq!(refusal.to_string(), said);
}

#[test]
fn an_order_that_trades_tells_each_fill_once_with_its_cost() {
    let mut bench = Bench::logged_in();
    let order = ticket(Side::Buy, "12", "17002");
    let told = bench.call(VenueCall::Place { order: OrderId(1), ticket: order });
    assert_eq!(kinds(&told), ["A1 accepted", "A1 filled", "A1 filled"]);
    let VenueWord::Filled { row } = &told[1] else { panic!() };
    let fill = row.fill;
    let shown = [fill.trade.to_string(), fill.price.to_string(), fill.quantity.to_string()];
    assert_eq!(shown, ["T1", "17001", "10"]);
    let market = Ticket { kind: Kind::Market, price: None, ..ticket(Side::Sell, "60", "1") };
    let ioc = Ticket { time_in_force: TimeInForce::Ioc, ..market };
    let told = bench.place(2, ioc);
    assert_eq!(told.last().unwrap(), "A2 expired", "{told:?}");
}

#[test]
fn a_refused_order_says_why_however_it_is_refused() {
    let mut bench = Bench::logged_in();
    let mut refused = |id: u64, ticket: Ticket| {
        let told = bench.call(VenueCall::Place { order: OrderId(id), ticket });
        let [VenueWord::Report { report: Report::Rejected(refusal), .. }] = &*told else {
            panic!("{told:?}")
        };
        refusal.to_string()
    };
    let said =
        "the price 16500.5 is not a multiple of the tick 1 above 0 (venue's code TICK) (PRICE)";
    assert_eq!(refused(1, ticket(Side::Buy, "1", "16500.5")), said);
    let stranger = Ticket { account: "X".parse().unwrap(), ..ticket(Side::Buy, "1", "16500") };
    assert_eq!(refused(2, stranger), "the account X is not there (FIELD)");
    let repeated = refused(1, ticket(Side::Buy, "1", "16500"));
    assert_eq!(repeated, "the order 1 was sent before (DUPLICATE)");
    let other = Ticket { item: "TXFH1".parse().unwrap(), ..ticket(Side::Buy, "1", "16500") };
    assert!(refused(3, other).ends_with("(UNKNOWN_ITEM)"));
    let stop = Ticket { kind: Kind::Stop, ..ticket(Side::Buy, "1", "16500") };
    assert_eq!(refused(4, stop), "this venue does not take stop orders (UNSUPPORTED)");
    let unknown = kinds(&bench.call(VenueCall::Cancel { order: sent(77) }));
    assert_eq!(unknown, ["A77 cancel_rejected"]);
}

#[test]
fn an_inquiry_leads_an_order_to_where_it_stands() {
    let mut bench = Bench::logged_in();
    bench.place(1, ticket(Side::Buy, "12", "17001"));
    bench.place(2, ticket(Side::Buy, "1", "16500"));
    bench.call(VenueCall::Cancel { order: sent(2) });
    bench.place(3, ticket(Side::Buy, "1", "16500.5"));
    let mut asked = |id| kinds(&bench.call(VenueCall::Inquire { order: sent(id) }));
    assert_eq!(asked(1), ["A1 accepted", "A1 filled"]);
    assert_eq!(asked(2), ["A2 accepted", "A2 canceled"]);
    assert_eq!(asked(3), ["A3 rejected"]);
    assert_eq!(asked(4), ["A4 unknown"]);
}

#[test]
fn everything_stands_as_the_venue_lists_it() {
    let mut bench = Bench::logged_in();
    bench.place(1, ticket(Side::Buy, "12", "17001"));
    bench.place(2, ticket(Side::Sell, "1", "18000"));
    let told = kinds(&bench.call(VenueCall::Stand {}));
    let expected = [
        "order Some(A1) New",
        "order Some(A2) New",
        "fill Some(A1) T1",
        "position buy 10",
        "stands",
    ];
    assert_eq!(told, expected);
    assert_eq!(kinds(&bench.call(VenueCall::Money {})), ["money EXAMPLE-1"]);
    bench.call(VenueCall::Logout {});
    let told = kinds(&bench.call(VenueCall::Stand {}));
    assert_eq!(told, ["stands not: nobody is logged in; log in first (STATE)"]);
}

#[test]
fn a_trade_of_our_feed_fills_what_rests() {
    let mut bench = Bench::logged_in();
    bench.place(1, ticket(Side::Buy, "2", "16500"));
    let tick = Tick {
        sequence: 1,
        item: "DEMO".parse().unwrap(),
        price: "16499".parse().unwrap(),
        quantity: "5".parse().unwrap(),
        time: "2021-07-26T10:49:08+08:00".parse().unwrap(),
        received: aftm_domain::Stamp(1),
    };
    let told =
        bench.call(VenueCall::Tick { tick, book: Some(Box::new(Book::default())), again: false });
    let [VenueWord::Filled { row }] = &*told else { panic!("{told:?}") };
    let fill = row.fill;
    assert_eq!((fill.price.to_string(), fill.time), ("16500".to_owned(), tick.time));
    assert_eq!(fill.time.offset, tick.time.offset);
    let quiet = [
        VenueCall::Tick {
            tick: Tick { item: "TXFH1".parse().unwrap(), ..tick },
            book: None,
            again: false,
        },
        VenueCall::Advance { time: tick.time },
        VenueCall::Settle {},
        VenueCall::Follow { items: vec![tick.item] },
    ];
    for call in quiet {
        assert_eq!(bench.call(call), []);
    }
}

#[test]
fn a_bell_rings_for_an_answer_from_another_thread() {
    let folder = tempfile::tempdir().unwrap();
    let seat = compiled(folder.path(), &["plugins/host/tests/host/hostile/threads.c"]);
    let (rings, heard) = std::sync::mpsc::channel();
    let bell = Arc::new(move || rings.send(()).unwrap_or_default());
    let mut driver = Driver::open(&seat, bell).unwrap();
    let mut words = Vec::new();
    driver.call(login("demo"), &mut words);
    words.clear();
    let order = ticket(Side::Buy, "3", "17001");
    driver.call(VenueCall::Place { order: OrderId(1), ticket: order }, &mut words);
    while words.len() < 2 {
        heard.recv_timeout(WAIT).unwrap();
        driver.take(&mut words);
    }
    assert_eq!(kinds(&words), ["A1 accepted", "A1 filled"]);
    driver.close(WAIT).unwrap();
}

#[test]
fn the_end_of_a_session_is_a_barrier() {
    let Bench { mut driver, folder } = Bench::logged_in();
    driver.call(
        VenueCall::Place { order: OrderId(1), ticket: ticket(Side::Buy, "1", "16500") },
        &mut Vec::new(),
    );
    assert_eq!(driver.strays(), 0);
    assert_eq!(driver.close(WAIT).unwrap(), []);
    drop(folder);
}
