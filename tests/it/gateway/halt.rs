//! The kill latch: nothing opens behind it, everything is canceled, what is asked for is closed.

use aftm::wire::Scope;
use aftm::wire::request::{StatusRow, TradingRow, TradingState};

use super::*;
use crate::world::chance::Chance;

fn kill(flatten: bool) -> Request {
    Request::Kill { flatten, reason: "a fat finger".to_owned(), scope: Scope::Global }
}

fn rearm(reason: &str) -> Request {
    Request::Rearm { reason: reason.to_owned(), scope: Scope::Global, force: false }
}

/// Trading goes on with reducing orders, and then with all.
fn rearm_twice(rig: &mut Rig) {
    rig.do_it(&rearm("it was a drill"));
    assert_eq!(status(rig).trading.state, TradingState::Reducing);
    rig.do_it(&rearm("it was a drill"));
}

fn status(rig: &mut Rig) -> StatusRow {
    match rig.desk(&Request::Status {}).unwrap() {
        Reply::Status(row) => *row,
        other => panic!("the status is {other:?}"),
    }
}

#[track_caller]
fn assert_halted<T: std::fmt::Debug>(asked: Result<T, Refused>) {
    let refused = asked.unwrap_err();
    assert_eq!(refused.code, "TRADING_HALTED", "{refused}");
    assert!(refused.text.contains("halted"), "{refused}");
}

fn close(side: Side, count: i64) -> Intent {
    Intent { open_close: OpenClose::Close, ..market(side, count) }
}

fn by_hand(intent: Intent) -> Request {
    Request::Place { intent: Box::new(intent) }
}

/// A thousand orders of every door and kind race the latch, in any order; whatever is asked after
/// it is refused, and nothing is held that was not held before.
#[test]
fn f22_no_order_of_a_thousand_that_race_the_latch_passes_after_it() {
    for seed in 1..=20 {
        let mut chance = Chance::new(seed);
        let mut rig = Rig::new();
        let latched = chance.place(1_000);
        let mut held = lots(0);
        for at in 0..1_000 {
            if at == latched {
                rig.do_it(&kill(false));
                held = rig.net();
            }
            let side = if chance.one_in(2) { Side::Buy } else { Side::Sell };
            let intent = match chance.below(4) {
                0 => market(side, 1),
                1 => limit(side, 17_300, 2),
                2 => named(&format!("r{at}"), limit(side, 17_290, 1)),
                _ => Intent { open_close: OpenClose::Open, ..market(side, 1) },
            };
            let door = [Door::Desk, Door::V1, Door::Executor][chance.place(3)];
            let request = Request::Place { intent: Box::new(intent) };
            let reply = rig.core.serve(&request, door, rig.now);
            if at >= latched {
                assert_halted(reply);
            }
            if chance.one_in(7) {
                rig.tick(17_280 + chance.below(40));
            }
        }
        assert!(rig.core.state().open.is_empty(), "seed {seed}");
        assert_eq!(rig.net(), held, "seed {seed}");
        rig.check_fold();
    }
}

#[test]
fn a_halt_survives_a_restart_and_ends_with_a_reason_only() {
    let mut rig = Rig::new();
    rig.do_it(&kill(false));
    rig.restart();
    let row = status(&mut rig).trading;
    assert_eq!((row.state, row.reason.as_str()), (TradingState::Halted, "a fat finger"));
    rig.login();
    rig.tick(17_300);
    assert_halted(rig.place(market(Side::Buy, 1)));
    for reason in ["", " \t\n"] {
        assert_eq!(rig.desk(&rearm(reason)).unwrap_err().code, "MISSING_REASON");
    }
    rearm_twice(&mut rig);
    assert_eq!(status(&mut rig).trading.state, TradingState::Active);
    assert_eq!(rig.desk(&rearm("again")), Ok(Reply::Unchanged {}));
    rig.placed(market(Side::Buy, 1));
    rig.restart();
    assert_eq!(status(&mut rig).trading.state, TradingState::Active);
}

#[test]
fn a_kill_is_told_and_every_one_adds_its_reason() {
    let mut rig = Rig::new();
    rig.core.tell(&mut Vec::new());
    rig.do_it(&kill(false));
    rig.do_it(&Request::Kill {
        flatten: true,
        reason: " and\u{1b}worse ".to_owned(),
        scope: Scope::Global,
    });
    rig.do_it(&kill(false));
    let mut events = Vec::new();
    rig.core.tell(&mut events);
    let told: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            Event::Trading(TradingRow { state: TradingState::Halted, reason, .. }) => {
                Some(reason.as_str())
            }
            _ => None,
        })
        .collect();
    assert_eq!(told, ["a fat finger", "a fat finger; and worse", "a fat finger; and worse"]);
    let brake = rig.core.state().brakes.get(Scope::Global).unwrap();
    assert!(brake.flatten, "a kill never narrows another");
    rig.do_it(&Request::Kill { flatten: false, reason: String::new(), scope: Scope::Global });
    assert!(status(&mut rig).trading.reason.ends_with("no reason was given"));
}

#[test]
fn every_working_order_is_canceled_and_what_is_held_stays() {
    let balance = aftm_domain::Money::from_units(1_000_000_000);
    let mut rig = Rig::with(aftm_sim::Settings { balance, ..Default::default() });
    rig.placed(market(Side::Buy, 2));
    for at in 0..100 {
        rig.placed(limit(Side::Buy, 17_000 - at, 1));
    }
    assert_eq!(rig.desk(&kill(false)), Ok(Reply::Killed { cancels: 100, closings: 0, left: 0 }));
    assert!(rig.core.state().open.is_empty());
    assert_eq!(rig.net(), lots(2));
    assert!(rig.alerts().contains(&"KILL_COMPLETE".to_owned()));
    rig.check_fold();
}

#[test]
fn flatten_cancels_first_and_then_only_closes() {
    let mut rig = Rig::new();
    rig.placed(market(Side::Buy, 3));
    rig.placed(limit(Side::Sell, 17_400, 2));
    rig.placed(limit(Side::Buy, 17_000, 1));
    let before = rig.memory.kinds().len();
    assert_eq!(rig.desk(&kill(true)), Ok(Reply::Killed { cancels: 2, closings: 1, left: 0 }));
    // The latch, the cancels, the close: then what the exchange says.
    let kinds = rig.memory.kinds();
    assert_eq!(
        kinds[before..before + 4],
        ["halted", "order_reported", "order_reported", "order_received"]
    );
    let closing = &rig.core.state().orders.values().last().unwrap().order.ticket;
    assert_eq!((closing.open_close, closing.side), (OpenClose::Close, Side::Sell));
    assert_eq!(rig.net(), lots(0));
    assert!(rig.alerts().contains(&"KILL_COMPLETE".to_owned()));
}

/// Cancels and closes are late: what still fills behind the halt is closed, and never more than it.
#[test]
fn a_slow_exchange_is_flat_in_the_end_and_never_on_the_other_side() {
    let mut came_later = 0;
    for seed in 1..=60 {
        let mut chance = Chance::new(seed);
        let latency = chance.below(3_000) * Stamp::MILLISECOND;
        let mut rig = Rig::with(aftm_sim::Settings { seed, latency, ..Default::default() });
        for _ in 0..20 {
            let side = if chance.one_in(2) { Side::Buy } else { Side::Sell };
            let price = 17_290 + chance.below(20);
            let _ = rig.place(limit(side, price, 1 + chance.below(3)));
            rig.tick(17_290 + chance.below(20));
        }
        let before = rig.orders();
        let closings = match rig.desk(&kill(true)).unwrap() {
            Reply::Killed { closings, .. } => usize::try_from(closings).unwrap(),
            other => panic!("the kill came to {other:?}"),
        };
        (0..40).for_each(|_| rig.tick(17_290 + chance.below(20)));
        assert_eq!(rig.net(), lots(0), "seed {seed}");
        assert!(rig.core.state().open.is_empty(), "seed {seed}");
        assert!(rig.alerts().contains(&"KILL_COMPLETE".to_owned()), "seed {seed}");
        rig.check_fold();
        came_later += usize::from(rig.orders() > before + closings);
    }
    assert!(came_later > 5, "only {came_later} seeds had something to close after the kill");
}

#[test]
fn the_operator_may_close_what_is_held_and_no_more() {
    let mut rig = Rig::new();
    rig.placed(market(Side::Buy, 3));
    rig.do_it(&kill(false));
    // What could open is refused even where it would close just now, and so is every other door.
    assert_halted(rig.desk(&by_hand(market(Side::Sell, 1))));
    assert_halted(rig.place(close(Side::Sell, 1)));
    assert_halted(rig.desk(&by_hand(close(Side::Sell, 4))));
    assert_halted(rig.desk(&by_hand(close(Side::Buy, 1))));
    let rests = Intent { open_close: OpenClose::Close, ..limit(Side::Sell, 17_400, 2) };
    rig.do_it(&by_hand(rests));
    assert_halted(rig.desk(&by_hand(close(Side::Sell, 2))));
    let order = rig.core.state().open.first().copied().unwrap();
    let larger = Request::Amend { order, quantity: Some(lots(3)), price: None };
    assert_halted(rig.desk(&larger));
    rig.do_it(&Request::Amend { order, quantity: Some(lots(1)), price: Some(points(17_390)) });
    // The halt does not cancel what the operator closes with.
    (0..5).for_each(|_| rig.tick(17_300));
    assert_eq!(rig.status(order), Status::New);
    rig.do_it(&Request::Cancel { order });
    rig.do_it(&Request::Flatten { item: None });
    assert_eq!(rig.net(), lots(0));
}

#[test]
fn signals_enter_nothing_and_exits_are_held_until_trading_goes_on() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 1));
    assert!(matches!(rig.act(&entry), Outcome::Ordered { .. }));
    let late = rig.entered(terms("b", Side::Buy, 1));
    rig.do_it(&kill(false));
    rig.alerts();
    match rig.act(&late) {
        Outcome::Refused { code, .. } => assert_eq!(code, "TRADING_HALTED"),
        other => panic!("the entry came to {other:?}"),
    }
    assert!(matches!(rig.exit("a"), Outcome::Waits { .. }));
    assert_eq!(rig.alerts().iter().filter(|it| *it == "EXIT_HELD").count(), 1);
    (0..20).for_each(|_| rig.tick(17_200));
    assert_eq!((rig.net(), rig.alerts()), (lots(1), Vec::new()), "it is held, and told once");
    rig.restart();
    rig.login();
    (0..5).for_each(|_| rig.tick(17_200));
    assert_eq!(rig.net(), lots(1), "it is held by the next machine, too");
    rig.do_it(&rearm("go on"));
    assert_eq!(rig.net(), lots(0));
    rig.check_fold();
}

#[test]
fn a_kill_needs_nobody_logged_in_and_cancels_when_the_exchange_is_back() {
    let mut rig = Rig::new();
    let order = rig.placed(limit(Side::Buy, 17_000, 1));
    rig.do_it(&Request::Logout {});
    rig.do_it(&kill(false));
    assert_eq!(status(&mut rig).trading.state, TradingState::Halted);
    rig.login();
    rig.tick(17_300);
    assert_eq!(rig.status(order), Status::Canceled);
}

#[test]
fn a_full_disk_holds_no_kill_up() {
    let mut rig = Rig::new();
    let order = rig.placed(limit(Side::Buy, 17_000, 1));
    rig.memory.fill_disk(true);
    rig.do_it(&kill(false));
    assert_eq!(rig.status(order), Status::Canceled);
    assert_halted(rig.place(market(Side::Buy, 1)));
    // To trade again must be on record first.
    assert_eq!(rig.desk(&rearm("too early")).unwrap_err().code, "JOURNAL_UNAVAILABLE");
    rig.memory.fill_disk(false);
    rig.tick(17_300);
    rig.do_it(&rearm("there is room"));
    rig.check_fold();
}
