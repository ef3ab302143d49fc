//! Ticks, days, bounds and ages. That events and questions lead to the same view is tested with the
//! gateway's core.

use aftm_domain::order::Status;
use aftm_domain::{Book, Calendar, Code, ExchangeTime, Level, Price, Quantity, Stamp, Tick};
use aftm_ui::view::{Bar, Connection, Environment, OrderState, Running, Severity, Side};

use super::bars::{BARS_MAX, TRADES_MAX};
use super::*;
use crate::desk::supervisor::{Input, Patience, Standing, Supervisor};
use crate::wire::Role;
use crate::wire::event::FeedState;
use crate::wire::request::{InstrumentRow, SocketRow, StatusRow};
use crate::wire::{Event, Reply, Request};

const SECOND: i64 = Stamp::SECOND;

fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is an id"))
}

fn points(count: i64) -> Price {
    Price::from_units(count).unwrap()
}

fn projection() -> Projection {
    let mut projection = Projection::new(Setup {
        environment: Environment::Paper,
        venue: "simulator".to_owned(),
        user: "demo".to_owned(),
        needs_password: false,
        item: "TXFH1".to_owned(),
        defaults: Defaults::default(),
        calendar: Calendar::built_in().unwrap(),
        offset_s: 28_800,
        stale: 3 * SECOND,
        pid: 1,
    });
    projection.apply(&Event::Item { item: id("TXFH1"), registered: true }, Stamp(0));
    projection
}

fn listed() -> InstrumentRow {
    let catalog = aftm_domain::Catalog::built_in().unwrap();
    let it = catalog.instrument(&id("TXFH1"), "2021-07-26".parse().unwrap()).unwrap();
    InstrumentRow {
        item: it.code,
        name: it.name,
        month: it.month,
        tick: it.ticks.finest(),
        bands: it.ticks.bands().to_vec(),
        sessions: it.sessions,
        multiplier: it.multiplier,
        currency: it.currency,
        last_trading_day: it.last_trading_day.to_string(),
        margin: None,
    }
}

fn list(projection: &mut Projection) {
    let request = Request::Instruments { code: Some("TXFH1".to_owned()), from: 0 };
    let reply = Reply::Instruments { rows: vec![listed()], next: None };
    projection.answer(&request, &Ok(reply), Stamp(0));
}

fn tick(sequence: u64, price: i64, time: &str) -> Tick {
    let time: ExchangeTime = time.parse().unwrap();
    let (price, quantity) = (points(price), Quantity::ONE);
    Tick { sequence, item: id("TXFH1"), price, quantity, time, received: Stamp(0) }
}

fn status(change: impl FnOnce(&mut StatusRow)) -> Reply {
    let mut row = StatusRow { feed_open: true, ..StatusRow::default() };
    change(&mut row);
    Reply::Status(Box::new(row))
}

#[test]
fn a_trading_day_begins_with_its_night_and_counts_its_own_prices() {
    let mut projection = projection();
    list(&mut projection);
    let told = [
        (17_300, "2021-07-23T13:44:59+08:00"),
        (17_310, "2021-07-23T15:00:00+08:00"),
        (17_290, "2021-07-24T02:00:00+08:00"),
        (17_340, "2021-07-26T08:45:00+08:00"),
    ];
    for (sequence, (price, time)) in (1..).zip(told) {
        projection.tick(&tick(sequence, price, time), Stamp(0));
        if sequence == 1 {
            let quote = projection.view(Stamp(0)).quotes[0].clone();
            assert_eq!((quote.reference, quote.high), (Some(points(17_300).raw()), quote.low));
        }
    }
    // Friday's night and Monday's day are one trading day; Friday's day was another.
    let quote = &projection.view(Stamp(0)).quotes[0];
    let raw = |it: i64| Some(points(it).raw());
    assert_eq!((quote.reference, quote.last), (raw(17_310), raw(17_340)));
    assert_eq!((quote.high, quote.low), (raw(17_340), raw(17_290)));
    assert_eq!(quote.volume, 3 * Quantity::ONE.raw());
    assert_eq!((quote.bars.len(), quote.trades.len()), (4, 4));
    assert_eq!(quote.change(), raw(30));
}

#[test]
fn trades_of_five_seconds_are_one_bar_however_late_one_of_them_comes() {
    let mut projection = projection();
    let told = [
        (10, "2021-07-26T09:00:00+08:00"),
        (14, "2021-07-26T09:00:04.999+08:00"),
        (12, "2021-07-26T09:00:05+08:00"),
        (8, "2021-07-26T09:00:03+08:00"),
        (11, "2021-07-26T09:00:20+08:00"),
    ];
    for (sequence, (price, time)) in (1..).zip(told) {
        projection.tick(&tick(sequence, price, time), Stamp(0));
    }
    let quote = &projection.view(Stamp(0)).quotes[0];
    let shown = |it: &Bar| [it.open, it.high, it.low, it.close].map(|it| it / SECOND);
    let bars: Vec<_> = quote.bars.iter().map(shown).collect();
    assert_eq!(bars, [[10, 14, 8, 14], [12, 12, 12, 12], [11, 11, 11, 11]]);
    assert_eq!(quote.bars[0].volume, 3 * Quantity::ONE.raw());
    assert!(quote.bars.iter().all(|it| it.start % (5 * SECOND) == 0));
}

#[test]
fn who_took_is_told_by_the_book_and_else_by_the_price_before() {
    let mut projection = projection();
    let at = "2021-07-26T09:00:00+08:00";
    let mut sides = Vec::new();
    let mut say = |projection: &mut Projection, sequence, price| {
        projection.tick(&tick(sequence, price, at), Stamp(0));
        sides.push(projection.view(Stamp(0)).quotes[0].trades.back().unwrap().side);
    };
    [100, 101, 101, 100].into_iter().zip(1..).for_each(|(it, at)| say(&mut projection, at, it));
    let mut book = Book::default();
    book.bids[0] = Level { price: points(100), quantity: Quantity::ONE };
    book.asks[0] = Level { price: points(104), quantity: Quantity::ONE };
    projection.book(&BookRow { tick: 4, item: id("TXFH1"), book }, Stamp(0));
    // At the bid, at the ask, and between them below the one before.
    [100, 104, 102].into_iter().zip(5..).for_each(|(it, at)| say(&mut projection, at, it));
    let (buy, sell) = (Some(Side::Buy), Some(Side::Sell));
    assert_eq!(sides, [None, buy, buy, sell, sell, buy, sell]);
    let depth = projection.view(Stamp(0)).quotes[0].book.clone().unwrap();
    assert_eq!((depth.bids.len(), depth.asks.len()), (1, 1), "empty levels are not shown");
}

#[test]
fn what_is_kept_of_an_item_and_of_alerts_is_bounded() {
    let mut projection = projection();
    let start: ExchangeTime = "2021-07-26T00:00:00+08:00".parse().unwrap();
    for at in 0..30_000_i64 {
        let time = ExchangeTime { at: start.at.after(at * 5 * SECOND), ..start };
        let sequence = u64::try_from(at).unwrap();
        projection
            .tick(&Tick { sequence, time, ..tick(1, 100, "2021-07-26T00:00:00+08:00") }, Stamp(0));
        projection.alert(Severity::Info, "X", String::new(), Stamp(0));
    }
    let view = projection.view(Stamp(0));
    assert!(view.quotes[0].bars.len() <= BARS_MAX);
    assert_eq!(view.quotes[0].trades.len(), TRADES_MAX);
    assert!(view.alerts.len() <= alerts::ALERTS_MAX);
    assert_eq!(view.alerts.last().unwrap().number, 30_000);
    assert!(view.alerts.is_sorted_by(|one, next| one.number + 1 == next.number));
}

#[test]
fn a_silent_feed_is_stale_and_one_that_ended_says_so() {
    let mut projection = projection();
    projection.answer(&Request::Status {}, &Ok(status(|_| ())), Stamp(0));
    projection.tick(&tick(1, 100, "2021-07-26T09:00:00+08:00"), Stamp(0));
    let view = projection.view(Stamp(2 * SECOND));
    assert_eq!((view.quotes[0].is_stale, view.machine.feed_silent_ms), (false, None));
    let view = projection.view(Stamp(3 * SECOND));
    assert_eq!((view.quotes[0].is_stale, view.machine.feed_silent_ms), (true, Some(3_000)));
    projection.tick(&tick(2, 100, "2021-07-26T09:00:03+08:00"), Stamp(4 * SECOND));
    assert!(!projection.view(Stamp(5 * SECOND)).quotes[0].is_stale);
    // A held feed that waits for its strategy is not overdue, but its price is old.
    projection.answer(&Request::Status {}, &Ok(status(|it| it.feed_open = false)), Stamp(0));
    let view = projection.view(Stamp(9 * SECOND));
    assert_eq!((view.quotes[0].is_stale, view.machine.feed_silent_ms), (true, None));
    let (feed, state, text) = ("csv:x".to_owned(), FeedState::Ended, String::new());
    projection.apply(&Event::Feed { feed, state, text }, Stamp(9 * SECOND));
    projection.tick(&tick(3, 100, "2021-07-26T09:00:03+08:00"), Stamp(9 * SECOND));
    let view = projection.view(Stamp(9 * SECOND));
    assert!(view.machine.feed_ended && view.quotes[0].is_stale);
    assert_eq!(view.machine.feed_silent_ms, None);
}

#[test]
fn the_first_answer_leads_to_every_question_and_a_gap_to_all_of_them_again() {
    let mut projection = projection();
    let first = projection.asks(Stamp(0));
    assert!(first.contains(&Request::Status {}));
    let known = status(|it| (it.last_order, it.fills) = (5_000, 3_000));
    projection.answer(&Request::Status {}, &Ok(known.clone()), Stamp(0));
    let asks = projection.asks(Stamp(1));
    for wanted in [
        Request::Items {},
        Request::Conditions { from: 0 },
        Request::Positions { item: None, from: None },
        Request::Orders { all: true, from: 3_000 },
        Request::Orders { all: false, from: 1 },
        Request::Fills { from: 1_000 },
        Request::Instruments { code: None, from: 0 },
    ] {
        assert!(asks.contains(&wanted), "{wanted:?} is not in {asks:?}");
    }
    assert_eq!(projection.asks(Stamp(2)), []);
    assert_eq!(projection.asks(Stamp(SECOND)), [Request::Status {}]);
    projection.answer(&Request::Status {}, &Ok(known.clone()), Stamp(SECOND));
    assert_eq!(projection.asks(Stamp(SECOND)), []);
    projection.heal();
    assert_eq!(projection.asks(Stamp(SECOND)), [Request::Status {}]);
    projection.answer(&Request::Status {}, &Ok(known), Stamp(SECOND));
    assert!(projection.asks(Stamp(SECOND)).contains(&Request::Conditions { from: 0 }));
}

#[test]
fn items_are_those_that_are_registered_in_that_order() {
    let mut projection = projection();
    projection.tick(&tick(1, 100, "2021-07-26T09:00:00+08:00"), Stamp(0));
    let items: Vec<Code> = ["MXFH1", "TXFH1", "EXFH1"].map(id).to_vec();
    projection.answer(&Request::Items {}, &Ok(Reply::Items { items }), Stamp(0));
    projection.tick(&tick(2, 101, "2021-07-26T09:00:00+08:00"), Stamp(0));
    projection.apply(&Event::Item { item: id("MXFH1"), registered: false }, Stamp(0));
    projection.tick(&tick(3, 102, "2021-07-26T09:00:00+08:00"), Stamp(0));
    let view = projection.view(Stamp(0));
    let codes: Vec<&str> = view.quotes.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["TXFH1", "EXFH1"]);
    assert_eq!(view.quotes[0].trades.len(), 3, "what was known of an item stays");
}

#[test]
fn an_unknown_product_shows_its_price_and_has_no_ticks() {
    let mut projection = projection();
    let price = "17300.25".parse().unwrap();
    projection.tick(&Tick { price, ..tick(1, 1, "2021-07-26T09:00:00+08:00") }, Stamp(0));
    let quote = &projection.view(Stamp(0)).quotes[0];
    assert_eq!((quote.decimals, quote.tick_at(price.raw())), (2, None));
    list(&mut projection);
    let view = projection.view(Stamp(0));
    assert_eq!((view.quotes[0].decimals, view.quotes[0].tick_at(1)), (0, Some(SECOND)));
    assert_eq!(view.quotes[0].multiplier, 200 * SECOND);
    assert_eq!(view.machine.session, "day 08:45-13:45");
}

#[test]
fn children_rates_and_ages_are_those_of_now() {
    let mut projection = projection();
    let mut supervisor = Supervisor::new(Patience::default(), false);
    let mut actions = Vec::new();
    supervisor.apply(Input::Start, Stamp(0), &mut actions);
    for (role, pid) in [(Role::Executor, 7), (Role::Strategy, 8)] {
        supervisor.apply(Input::Spawned(role, pid), Stamp(0), &mut actions);
    }
    projection.children(supervisor.children());
    assert_eq!(projection.view(Stamp(0)).machine.running, Running::Starting);
    for (role, pid) in [(Role::Executor, 7), (Role::Strategy, 8)] {
        supervisor.apply(Input::Ready(role, pid), Stamp(SECOND), &mut actions);
    }
    projection.measured(8, 12, 4_096);
    projection.children(supervisor.children());
    projection.measured(7, 34, 8_192);
    let view = projection.view(Stamp(SECOND + 5_000_000));
    assert_eq!(view.machine.running, Running::Running);
    let shown = |at: usize| {
        let it = &view.health.processes[at];
        (it.name.as_str(), it.pid, it.is_well, it.beat_age_ms, it.cpu_permille)
    };
    assert_eq!(shown(0), ("gateway", Some(1), true, None, None));
    assert_eq!(shown(1), ("executor", Some(7), true, Some(5), Some(34)));
    assert_eq!(shown(2), ("strategy", Some(8), true, Some(5), Some(12)));
    let gone = Input::Exited(Role::Strategy, 8, "was killed".to_owned());
    supervisor.apply(gone, Stamp(SECOND), &mut actions);
    projection.children(supervisor.children());
    projection.component(Role::Strategy, Standing::Waiting, "it died", Stamp(SECOND));
    let view = projection.view(Stamp(SECOND));
    assert_eq!(view.machine.running, Running::Broken);
    assert!(view.health.processes[2].is_bad && view.health.processes[2].restarts == 1);
    assert_eq!(view.alerts.last().unwrap().code, "CHILD_DIED");
    let socket = |messages| {
        let name = "events".to_owned();
        let row = SocketRow { name, messages, dropped: 3, ..SocketRow::default() };
        Ok(status(|it| it.sockets = vec![row]))
    };
    projection.answer(&Request::Status {}, &socket(100), Stamp(0));
    projection.answer(&Request::Status {}, &socket(125), Stamp(2 * SECOND));
    let health = &projection.view(Stamp(2 * SECOND)).health;
    assert_eq!((health.sockets[0].rate_tenths, health.sockets[0].drops), (125, 3));
    (0..50).for_each(|it| {
        projection.tick(&tick(it, 100, "2021-07-26T09:00:00+08:00"), Stamp(2 * SECOND));
    });
    let health = &projection.view(Stamp(3 * SECOND)).health;
    assert_eq!((health.ticks_per_second, health.tick_age_ms), (50, Some(1_000)));
}

#[test]
fn a_lost_exchange_says_why_and_real_money_shows() {
    let mut projection = projection();
    let (user, accounts) = (id("demo"), vec![id("SIM-1")]);
    projection.apply(&Event::LoggedIn { user, production: true, accounts }, Stamp(0));
    let machine = &projection.view(Stamp(0)).machine;
    assert_eq!((machine.environment, machine.is_logged_in()), (Environment::Live, true));
    let (connected, reason) = (false, "the line is cut".to_owned());
    projection.apply(&Event::Connection { connected, reason }, Stamp(0));
    // The status that follows knows no reason: the one that was told stays.
    let away = status(|it| (it.user, it.production) = (Some(user), true));
    projection.answer(&Request::Status {}, &Ok(away), Stamp(0));
    let view = projection.view(Stamp(0));
    assert_eq!(view.machine.connection, Connection::Lost("the line is cut".to_owned()));
    assert_eq!(view.alerts.last().unwrap().severity, Severity::Error);
    projection.apply(&Event::LoggedOut {}, Stamp(0));
    let machine = &projection.view(Stamp(0)).machine;
    assert_eq!(
        (machine.environment, &machine.connection),
        (Environment::Paper, &Connection::LoggedOut)
    );
}

#[test]
fn every_status_of_an_order_has_its_state() {
    let states = Status::ALL.map(orders::state);
    for (status, state) in Status::ALL.into_iter().zip(states) {
        assert_eq!(status.is_open(), state.is_open(), "{status}");
        assert_eq!(format!("{status:?}"), format!("{state:?}"));
    }
    assert!(!states.contains(&OrderState::Received), "the gateway decides at once");
}
