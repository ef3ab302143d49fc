//! The trading states of parts of what is traded: what passes while something is held back.

use aftm::wire::Scope;
use aftm::wire::request::TradingState;

use super::*;
use crate::world::chance::Chance;

fn reduce(scope: Scope) -> Request {
    Request::Reduce { reason: "too fast".to_owned(), scope }
}

fn kill(scope: Scope, flatten: bool) -> Request {
    Request::Kill { flatten, reason: "a fat finger".to_owned(), scope }
}

fn rearm(scope: Scope) -> Request {
    Request::Rearm { reason: "go on".to_owned(), scope, force: false }
}

#[track_caller]
fn assert_code<T: std::fmt::Debug>(asked: Result<T, Refused>, code: &str) {
    let refused = asked.unwrap_err();
    assert_eq!(refused.code, code, "{refused}");
}

fn of(account: &str, intent: Intent) -> Intent {
    Intent { account: Some(id(account)), ..intent }
}

#[test]
fn in_reducing_an_order_only_makes_a_position_smaller() {
    let mut rig = Rig::new();
    rig.placed(market(Side::Buy, 3));
    rig.do_it(&reduce(Scope::Global));
    assert_code(rig.place(market(Side::Buy, 1)), "REDUCE_ONLY");
    // A sell of more than is held would flip it; one that opens the other side would, too.
    let refused = rig.place(market(Side::Sell, 4)).unwrap_err();
    assert!(refused.text.contains("3 lots of TXFH1 can be closed"), "{refused}");
    let opens = Intent { open_close: OpenClose::Open, ..market(Side::Sell, 1) };
    assert_code(rig.place(opens), "REDUCE_ONLY");
    // What works counts.
    let rests = rig.placed(limit(Side::Sell, 17_400, 2));
    assert_code(rig.place(market(Side::Sell, 2)), "REDUCE_ONLY");
    rig.placed(market(Side::Sell, 1));
    assert_eq!(rig.net(), lots(2));
    // A change may make it smaller or move it, not make it larger.
    let amend = |quantity: Option<i64>, price: Option<i64>| Request::Amend {
        order: rests,
        quantity: quantity.map(lots),
        price: price.map(points),
    };
    assert_code(rig.desk(&amend(Some(3), None)), "REDUCE_ONLY");
    rig.do_it(&amend(None, Some(17_390)));
    rig.do_it(&amend(Some(1), None));
    rig.do_it(&Request::Cancel { order: rests });
    rig.do_it(&Request::Flatten { item: None });
    assert_eq!(rig.net(), lots(0));
    assert_code(rig.place(market(Side::Sell, 1)), "REDUCE_ONLY");
    rig.check_fold();
    rig.do_it(&rearm(Scope::Global));
    rig.placed(market(Side::Sell, 1));
}

#[test]
fn a_reduction_cancels_what_could_make_a_position_larger() {
    let mut rig = Rig::new();
    rig.placed(market(Side::Buy, 2));
    let smaller = rig.placed(limit(Side::Sell, 17_400, 2));
    let flips = rig.placed(limit(Side::Sell, 17_410, 1));
    let grows = rig.placed(limit(Side::Buy, 17_000, 1));
    rig.do_it(&reduce(Scope::Global));
    assert_eq!(rig.status(smaller), Status::New);
    assert_eq!(rig.status(flips), Status::Canceled);
    assert_eq!(rig.status(grows), Status::Canceled);
}

#[test]
fn a_part_is_held_back_by_itself_and_the_strongest_state_counts() {
    let mut rig = Rig::new();
    rig.do_it(&reduce(Scope::Account(id("SIM-1"))));
    assert_code(rig.place(market(Side::Buy, 1)), "REDUCE_ONLY");
    rig.placed(of("SIM-2", market(Side::Buy, 1)));
    rig.do_it(&kill(Scope::Symbol(id(ITEM)), false));
    let halted = rig.place(of("SIM-2", market(Side::Buy, 1))).unwrap_err();
    assert_eq!(halted.code, "TRADING_HALTED");
    assert!(halted.text.contains("halted for TXFH1"), "{halted}");
    let other = "MXFH1";
    rig.do_it(&Request::AddItem { item: id(other) });
    rig.tick_of(other, 17_300, Stamp::SECOND);
    rig.placed(of("SIM-2", Intent { item: id(other), ..market(Side::Buy, 1) }));
    rig.restart();
    rig.login();
    rig.tick(17_300);
    assert_code(rig.place(of("SIM-2", market(Side::Buy, 1))), "TRADING_HALTED");
    let refused = rig.desk(&rearm(Scope::Global)).unwrap_err();
    assert!(refused.text.contains("--account SIM-1 (too fast)"), "{refused}");
    rig.do_it(&rearm(Scope::Symbol(id(ITEM))));
    assert_code(rig.place(of("SIM-2", market(Side::Buy, 1))), "REDUCE_ONLY");
    rig.do_it(&rearm(Scope::Symbol(id(ITEM))));
    rig.placed(of("SIM-2", market(Side::Buy, 1)));
    assert_code(rig.place(market(Side::Buy, 1)), "REDUCE_ONLY");
    rig.check_fold();
}

#[test]
fn exits_pass_in_reducing_and_are_held_where_their_condition_is_halted() {
    let mut rig = Rig::new();
    let [one, other] = ["a", "b"].map(|name| rig.entered(terms(name, Side::Buy, 1)));
    for signal in [one, other] {
        assert!(matches!(rig.act(&signal), Outcome::Ordered { .. }));
    }
    rig.do_it(&reduce(Scope::Global));
    rig.do_it(&kill(Scope::Strategy(id("b")), false));
    rig.alerts();
    assert!(matches!(rig.exit("a"), Outcome::Ordered { .. }));
    assert!(matches!(rig.exit("b"), Outcome::Waits { .. }));
    assert!(rig.alerts().contains(&"EXIT_HELD".to_owned()));
    assert_eq!(rig.net(), lots(1));
    // A kill that closes closes what this condition opened, and nothing else.
    rig.do_it(&kill(Scope::Strategy(id("b")), true));
    assert_eq!(rig.net(), lots(0));
    let late = rig.entered(terms("c", Side::Buy, 1));
    match rig.act(&late) {
        Outcome::Refused { code, .. } => assert_eq!(code, "REDUCE_ONLY"),
        outcome => panic!("the entry came to {outcome:?}"),
    }
    rig.check_fold();
}

#[test]
fn a_halt_that_is_not_complete_is_rearmed_by_force_only() {
    let mut rig = Rig::with(slow());
    let order = rig.placed(limit(Side::Buy, 17_000, 1));
    rig.do_it(&kill(Scope::Global, false));
    let refused = rig.desk(&rearm(Scope::Global)).unwrap_err();
    assert_eq!(refused.code, "KILL_INCOMPLETE");
    assert!(refused.text.contains(&order.to_string()), "{refused}");
    let (reason, scope) = ("I have looked".to_owned(), Scope::Global);
    rig.do_it(&Request::Rearm { reason, scope, force: true });
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Reducing);
}

#[test]
fn the_latch_holds_before_the_loop_looks() {
    use aftm::gateway::latch::Trip;
    let mut rig = Rig::new();
    rig.placed(market(Side::Buy, 1));
    let order = rig.placed(limit(Side::Buy, 17_200, 2));
    let latch = rig.core.latch();
    latch.trip(Trip::Signal);
    assert_code(rig.place(market(Side::Buy, 1)), "TRADING_HALTED");
    // Nor does an order that works become larger, or come nearer; smaller it may become.
    let amend = |count, price| Request::Amend { order, quantity: count, price };
    assert_code(rig.desk(&amend(Some(lots(3)), None)), "TRADING_HALTED");
    assert_code(rig.desk(&amend(None, Some(points(17_290)))), "TRADING_HALTED");
    rig.do_it(&amend(Some(lots(1)), None));
    rig.core.heed_latch(rig.now);
    assert_eq!(rig.status(order), Status::Canceled);
    let brake = rig.core.state().brakes.get(Scope::Global).unwrap();
    assert_eq!((brake.state, brake.reason.as_str()), (TradingState::Halted, "the signal SIGUSR1"));
    latch.hold(true);
    assert_code(rig.desk(&rearm(Scope::Global)), "DEAD_MAN");
    latch.hold(false);
    rig.do_it(&rearm(Scope::Global));
}

/// While everything is held to Reducing, no position grows or changes its side, whatever is asked
/// for, by whom, and in whichever order it is filled.
#[test]
fn reducing_never_lets_a_position_grow_or_flip() {
    for seed in 1..=60 {
        let mut chance = Chance::new(seed);
        let balance = aftm_domain::Money::from_units(1_000_000_000);
        let latency = chance.below(2_000) * Stamp::MILLISECOND;
        let settings = aftm_sim::Settings { seed, latency, balance, ..Default::default() };
        let mut rig = Rig::with(settings);
        for _ in 0..15 {
            let side = if chance.one_in(2) { Side::Buy } else { Side::Sell };
            let _ = rig.place(limit(side, 17_290 + chance.below(20), 1 + chance.below(4)));
            rig.tick(17_290 + chance.below(20));
        }
        rig.do_it(&reduce(Scope::Global));
        // What the exchange fills before it has the cancels is not ours to prevent.
        while rig.core.is_sweeping() {
            rig.tick(17_300);
        }
        let mut before = rig.net().raw();
        for _ in 0..80 {
            let side = if chance.one_in(2) { Side::Buy } else { Side::Sell };
            let price = 17_290 + chance.below(20);
            let intent = match chance.below(3) {
                0 => market(side, 1 + chance.below(4)),
                1 => limit(side, price, 1 + chance.below(4)),
                _ => Intent { open_close: OpenClose::Close, ..limit(side, price, 2) },
            };
            let door = [Door::Desk, Door::V1, Door::Executor][chance.place(3)];
            let request = Request::Place { intent: Box::new(intent) };
            let _ = rig.core.serve(&request, door, rig.now);
            let open: Vec<OrderId> = rig.core.state().open.iter().copied().collect();
            if let Some(order) = open.get(chance.place(open.len().max(1))).copied() {
                let (quantity, price) = (Some(lots(1 + chance.below(5))), Some(points(price)));
                let _ = match chance.below(3) {
                    0 => rig.desk(&Request::Cancel { order }),
                    _ => rig.desk(&Request::Amend { order, quantity, price }),
                };
            }
            rig.tick(17_280 + chance.below(40));
            let after = rig.net().raw();
            let is_smaller = after.signum() * before.signum() >= 0 && after.abs() <= before.abs();
            assert!(is_smaller, "seed {seed}: {before} became {after}");
            before = after;
        }
        rig.check_fold();
    }
}

#[test]
fn an_order_that_stays_in_doubt_halts_trading() {
    let latency = 3_600 * Stamp::SECOND;
    let mut rig = Rig::with(aftm_sim::Settings { latency, ..Default::default() });
    let order = rig.placed(limit(Side::Buy, 17_000, 1));
    let mut wait = |seconds: i64| {
        for _ in 0..seconds {
            rig.now = rig.now.after(Stamp::SECOND);
            rig.core.expire(rig.now);
        }
        rig.core.state().brakes.get(Scope::Global).map(|it| it.reason.clone())
    };
    assert_eq!(wait(60), None);
    let reason = wait(10).unwrap();
    assert!(reason.starts_with(&format!("order {order} has been in doubt for 6")), "{reason}");
    // It is told once; who rearms by force is not halted for the same order again.
    let (reason, scope) = ("I have asked".to_owned(), Scope::Global);
    rig.do_it(&Request::Rearm { reason, scope, force: true });
    rig.now = rig.now.after(100 * Stamp::SECOND);
    rig.core.expire(rig.now);
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Reducing);
}

#[test]
fn a_journal_that_cannot_be_written_for_long_halts_trading() {
    let mut rig = Rig::new();
    let order = rig.placed(limit(Side::Buy, 17_000, 1));
    rig.memory.fill_disk(true);
    rig.do_it(&Request::Cancel { order });
    (0..59).for_each(|_| rig.tick(17_300));
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Active);
    (0..3).for_each(|_| rig.tick(17_300));
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Halted);
    rig.memory.fill_disk(false);
    rig.tick(17_300);
    rig.do_it(&rearm(Scope::Global));
    rig.check_fold();
}
