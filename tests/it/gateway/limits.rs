//! The limits: each refuses by its name what passes its bound, and never what makes a position
//! smaller.

use aftm::gateway::fact::Fact;
use aftm::gateway::limits::{Limits, Sets};
use aftm::wire::Scope;
use aftm::wire::request::{Leave, TradingState};
use aftm_domain::{Bounds, Money};

use super::*;
use crate::world::chance::Chance;

fn money(units: i64) -> Money {
    Money::from_units(units)
}

/// A rig whose test set of bounds is this one.
fn rig(bounds: Bounds) -> Rig {
    let mut rig = Rig::bounded(aftm_sim::Settings::default(), bounds);
    rig.do_it(&Request::AddItem { item: id(ITEM) });
    rig.login();
    rig.tick(17_300);
    rig
}

#[track_caller]
fn refused(rig: &mut Rig, intent: Intent, code: &str, words: &[&str]) {
    let refused = rig.place(intent).unwrap_err();
    assert_eq!(refused.code, code, "{refused}");
    for word in words {
        assert!(refused.text.contains(word), "{refused} does not say {word}");
    }
}

#[test]
fn an_order_is_bounded_in_lots_worth_and_distance() {
    let bounds = Bounds {
        max_qty: lots(5),
        max_notional: money(14_000_000),
        max_dev_bps: 100,
        ..Bounds::wide()
    };
    let mut rig = rig(bounds);
    refused(&mut rig, market(Side::Buy, 6), "RISK_MAX_QTY", &["6 lots", "max_qty = 5", "TXFH1"]);
    // 5 × 17 300 × 200 is 17 300 000.
    let words = ["17300000", "max_notional = 14000000"];
    refused(&mut rig, market(Side::Buy, 5), "RISK_MAX_NOTIONAL", &words);
    refused(&mut rig, limit(Side::Buy, 17_500, 1), "RISK_MAX_DEV_BPS", &["115", "= 100"]);
    refused(&mut rig, limit(Side::Sell, 17_100, 1), "RISK_MAX_DEV_BPS", &["17100", "17300"]);
    rig.placed(limit(Side::Buy, 17_200, 4));
    // A change is judged as the order would be then; one that makes it smaller is not.
    let order = rig.core.state().open.first().copied().unwrap();
    let amend = |quantity: i64, price: i64| Request::Amend {
        order,
        quantity: Some(lots(quantity)),
        price: Some(points(price)),
    };
    assert_eq!(rig.desk(&amend(6, 17_200)).unwrap_err().code, "RISK_MAX_QTY");
    assert_eq!(rig.desk(&amend(4, 17_000)).unwrap_err().code, "RISK_MAX_DEV_BPS");
    rig.do_it(&amend(3, 17_200));
    assert_eq!(rig.core.state().orders[&order].order.ticket.quantity, lots(3));
}

#[test]
fn f20_prices_that_are_old_or_never_came_open_nothing() {
    let mut rig = rig(Bounds { max_quote_age: 3 * Stamp::SECOND, ..Bounds::wide() });
    rig.placed(market(Side::Buy, 2));
    rig.now = rig.now.after(4 * Stamp::SECOND);
    refused(&mut rig, market(Side::Buy, 1), "RISK_MAX_QUOTE_AGE_MS", &["4000", "3000"]);
    let other = Intent { item: id("MXFH1"), ..market(Side::Buy, 1) };
    refused(&mut rig, other, "RISK_MAX_QUOTE_AGE_MS", &["item add"]);
    // What closes is not asked for a price.
    rig.placed(market(Side::Sell, 2));
}

#[test]
fn f21_rates_are_bounded_and_whoever_does_not_stop_may_only_reduce() {
    let bounds = Bounds { account_rate: 10, rate_burst: 3, max_rate_breaches: 4, ..Bounds::wide() };
    let mut rig = rig(bounds);
    (0..3).for_each(|_| _ = rig.placed(market(Side::Buy, 1)));
    refused(&mut rig, market(Side::Buy, 1), "RISK_ACCOUNT_RATE", &["10 a second", "3 at once"]);
    // What makes a position smaller has a way of its own.
    rig.placed(market(Side::Sell, 1));
    rig.now = rig.now.after(100 * Stamp::MILLISECOND);
    rig.placed(market(Side::Buy, 1));
    for _ in 0..4 {
        refused(&mut rig, market(Side::Buy, 1), "RISK_ACCOUNT_RATE", &[]);
    }
    let account = Scope::Account(id("SIM-1"));
    rig.tick(17_300);
    assert_eq!(rig.core.state().brakes.state(account), TradingState::Reducing);
    assert!(rig.alerts().contains(&"RISK_MAX_RATE_BREACHES".to_owned()));
    refused(&mut rig, market(Side::Buy, 1), "REDUCE_ONLY", &["SIM-1"]);
    rig.check_fold();
}

#[test]
fn changes_have_a_rate_of_their_own() {
    let mut rig = rig(Bounds { amend_rate: 1, rate_burst: 2, ..Bounds::wide() });
    let order = rig.placed(limit(Side::Buy, 17_000, 5));
    let amend = |price: i64| Request::Amend { order, quantity: None, price: Some(points(price)) };
    rig.do_it(&amend(17_001));
    rig.do_it(&amend(17_002));
    assert_eq!(rig.desk(&amend(17_003)).unwrap_err().code, "RISK_AMEND_RATE");
    let smaller = Request::Amend { order, quantity: Some(lots(4)), price: None };
    rig.do_it(&smaller);
    rig.do_it(&Request::Cancel { order });
}

#[test]
fn what_works_and_is_in_doubt_counts_as_if_it_were_filled() {
    let mut bounds =
        Bounds { max_position: lots(3), max_position_symbol: lots(5), ..Bounds::wide() };
    let mut rig = rig(bounds);
    rig.placed(market(Side::Buy, 1));
    rig.placed(limit(Side::Buy, 17_000, 2));
    let words = ["4", "max_position = 3", "long", "SIM-1"];
    refused(&mut rig, limit(Side::Buy, 17_000, 1), "RISK_MAX_POSITION", &words);
    // One more lot to sell is one less to hold; four more would be three short.
    rig.placed(limit(Side::Sell, 17_400, 4));
    refused(&mut rig, limit(Side::Sell, 17_400, 1), "RISK_MAX_POSITION", &["short"]);
    let other = |intent| Intent { account: Some(id("SIM-2")), ..intent };
    rig.placed(other(limit(Side::Buy, 17_000, 2)));
    let code = "RISK_MAX_POSITION_SYMBOL";
    refused(&mut rig, other(limit(Side::Buy, 17_000, 1)), code, &["6", "= 5"]);
    bounds.max_position = lots(2);
    let latency = 60 * Stamp::SECOND;
    let late = aftm_sim::Settings { latency, ..Default::default() };
    let mut rig = Rig::bounded(late, bounds);
    rig.do_it(&Request::AddItem { item: id(ITEM) });
    rig.login();
    rig.tick(17_300);
    let order = rig.placed(limit(Side::Buy, 17_000, 2));
    rig.now = rig.now.after(5 * Stamp::SECOND);
    rig.core.expire(rig.now);
    assert_eq!(rig.status(order), Status::InDoubt);
    refused(&mut rig, market(Side::Buy, 1), "RISK_MAX_POSITION", &["3"]);
}

#[test]
fn exposure_is_bounded_by_item_account_and_in_total() {
    let lot = 17_300 * 200;
    for (bounds, code) in [
        (Bounds { max_gross_symbol: money(2 * lot), ..Bounds::wide() }, "RISK_MAX_GROSS_SYMBOL"),
        (Bounds { max_gross_account: money(2 * lot), ..Bounds::wide() }, "RISK_MAX_GROSS_ACCOUNT"),
        (Bounds { max_gross: money(2 * lot), ..Bounds::wide() }, "RISK_MAX_GROSS"),
    ] {
        let mut rig = rig(bounds);
        rig.placed(market(Side::Buy, 2));
        refused(&mut rig, market(Side::Buy, 1), code, &[&(3 * lot).to_string()]);
        rig.placed(market(Side::Sell, 3));
    }
}

#[test]
fn open_orders_are_counted_by_item_account_and_in_total() {
    for (bounds, code) in [
        (Bounds { max_open_orders_symbol: 2, ..Bounds::wide() }, "RISK_MAX_OPEN_ORDERS_SYMBOL"),
        (Bounds { max_open_orders_account: 2, ..Bounds::wide() }, "RISK_MAX_OPEN_ORDERS_ACCOUNT"),
        (Bounds { max_open_orders: 2, ..Bounds::wide() }, "RISK_MAX_OPEN_ORDERS"),
    ] {
        let mut rig = rig(bounds);
        let first = rig.placed(limit(Side::Buy, 17_000, 1));
        rig.placed(limit(Side::Buy, 17_000, 1));
        refused(&mut rig, limit(Side::Buy, 17_000, 1), code, &["3", "= 2"]);
        rig.do_it(&Request::Cancel { order: first });
        rig.placed(limit(Side::Buy, 17_000, 1));
    }
}

#[test]
fn money_that_is_not_there_opens_nothing() {
    let mut rig = rig(Bounds { margin_check: true, ..Bounds::wide() });
    // 5 000 000 of the simulator's own; one lot takes 184 000.
    refused(&mut rig, limit(Side::Buy, 17_000, 40), "RISK_MARGIN_CHECK", &["SIM-1", "left"]);
    rig.placed(limit(Side::Buy, 17_000, 15));
    refused(&mut rig, limit(Side::Buy, 17_000, 15), "RISK_MARGIN_CHECK", &[]);
    let mut rig = self::rig(Bounds { margin_check: true, max_leverage: 2, ..Bounds::wide() });
    rig.placed(market(Side::Buy, 2));
    refused(&mut rig, market(Side::Buy, 1), "RISK_MAX_LEVERAGE", &["= 2"]);
}

#[test]
fn losses_of_the_day_reduce_and_then_halt() {
    let bounds = Bounds { max_daily_loss_account: money(20_000), ..Bounds::wide() };
    let mut rig = rig(bounds);
    let account = Scope::Account(id("SIM-1"));
    rig.placed(market(Side::Buy, 1));
    rig.tick(17_250);
    assert_eq!(rig.core.state().brakes.state(account), TradingState::Active);
    rig.tick(17_195);
    assert_eq!(rig.core.state().brakes.state(account), TradingState::Reducing);
    assert!(rig.alerts().contains(&"RISK_MAX_DAILY_LOSS_ACCOUNT".to_owned()));
    refused(&mut rig, market(Side::Buy, 1), "REDUCE_ONLY", &["max_daily_loss_account"]);
    rig.tick(17_140);
    assert_eq!(rig.core.state().brakes.state(account), TradingState::Halted);
    let other = Intent { account: Some(id("SIM-2")), ..market(Side::Buy, 1) };
    rig.placed(other);
    // The next machine knows it, and what the day has lost.
    rig.restart();
    rig.login();
    assert_eq!(rig.core.state().brakes.state(account), TradingState::Halted);
    rig.tick(17_140);
    let used = rig.core.limits().usage();
    let row = used.iter().find(|it| it.limit == "max_daily_loss_account" && it.scope == "SIM-1");
    assert!(row.unwrap().permille >= 1_500, "{used:?}");
    rig.check_fold();
}

#[test]
fn a_new_trading_day_begins_with_no_loss() {
    let bounds = Bounds { max_daily_loss_account: money(20_000), ..Bounds::wide() };
    let mut rig = rig(bounds);
    rig.placed(market(Side::Buy, 1));
    rig.tick(17_230);
    let loss = |rig: &Rig| {
        let used = rig.core.limits().usage();
        let row =
            used.iter().find(|it| it.limit == "max_daily_loss_account" && it.scope == "SIM-1");
        row.unwrap().used.parse::<i64>().unwrap()
    };
    assert!(loss(&rig) > 14_000, "{}", loss(&rig));
    // The night session of 15:00 belongs to the next day; its first price is what it began with.
    rig.tick_of(ITEM, 17_150, 7 * 3_600 * Stamp::SECOND);
    assert_eq!(loss(&rig), 0);
    rig.tick(17_140);
    assert_eq!(loss(&rig), 2_000);
    assert!(rig.memory.kinds().contains(&"day_began"));
    rig.check_fold();
}

#[test]
fn a_fall_from_the_days_best_counts_too() {
    let mut rig = rig(Bounds { max_drawdown: money(10_000), ..Bounds::wide() });
    rig.placed(market(Side::Buy, 1));
    rig.tick(17_400);
    rig.tick(17_360);
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Active);
    rig.tick(17_345);
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Reducing);
}

/// One life of a condition: it is added, enters, leaves and is dropped; what became of its entry.
fn live(rig: &mut Rig) -> Outcome {
    let entry = rig.entered(terms("a", Side::Buy, 1));
    let outcome = rig.act(&entry);
    rig.exit("a");
    rig.do_it(&Request::DropCondition { id: id("a"), position: Leave::Abandon });
    outcome
}

#[test]
fn the_days_best_is_known_to_the_next_machine_and_not_to_the_next_day() {
    let bounds = Bounds {
        max_drawdown: money(10_000),
        max_drawdown_account: money(100_000),
        ..Bounds::wide()
    };
    let mut rig = rig(bounds);
    rig.placed(market(Side::Buy, 1));
    rig.tick(17_400);
    rig.tick(17_360);
    rig.check_fold();
    rig.restart();
    rig.login();
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Active);
    rig.tick(17_345);
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Reducing);
    // It was kept to a hundredth of the bound, and not at each tick.
    let kept = rig.memory.kinds().iter().filter(|it| **it == "best_reached").count();
    assert!((1..=4).contains(&kept), "{kept}");
    rig.tick_of(ITEM, 17_150, 7 * 3_600 * Stamp::SECOND);
    assert!(rig.core.state().bests.is_empty(), "{:?}", rig.core.state().bests);
    rig.check_fold();
}

#[test]
fn f21_a_condition_that_fires_again_and_again_is_halted_until_a_person_rearms_it() {
    let mut rig = rig(Bounds { max_repeat: 3, ..Bounds::wide() });
    for _ in 0..3 {
        assert!(matches!(live(&mut rig), Outcome::Ordered { .. }));
    }
    let denied = |outcome: Outcome| match outcome {
        Outcome::Refused { code, .. } => code,
        other => panic!("the entry came to {other:?}"),
    };
    assert_eq!(denied(live(&mut rig)), "RISK_MAX_REPEAT");
    rig.tick(17_300);
    let scope = Scope::Strategy(id("a"));
    let state = |rig: &Rig| rig.core.state().brakes.state(scope);
    assert_eq!(state(&rig), TradingState::Halted);
    // However long it goes on; and others are not held up by it.
    (0..120).for_each(|_| rig.tick(17_300));
    assert_eq!(denied(live(&mut rig)), "TRADING_HALTED");
    rig.placed(market(Side::Buy, 1));
    let reason = "it was mended".to_owned();
    let rearm = Request::Rearm { reason, scope, force: false };
    rig.do_it(&rearm);
    assert_eq!(state(&rig), TradingState::Reducing);
    rig.do_it(&rearm);
    assert!(matches!(live(&mut rig), Outcome::Ordered { .. }));
    rig.check_fold();
}

#[test]
fn f21_a_program_that_repeats_itself_is_stopped_and_a_person_is_not() {
    let mut rig = rig(Bounds { max_repeat: 3, ..Bounds::wide() });
    (0..3).for_each(|_| _ = rig.placed(market(Side::Buy, 1)));
    refused(&mut rig, market(Side::Buy, 1), "RISK_MAX_REPEAT", &["4", "= 3"]);
    rig.tick(17_300);
    let account = Scope::Account(id("SIM-1"));
    assert_eq!(rig.core.state().brakes.state(account), TradingState::Reducing);
    let mut rig = self::rig(Bounds { max_repeat: 3, ..Bounds::wide() });
    for _ in 0..6 {
        rig.do_it(&Request::Place { intent: Box::new(market(Side::Buy, 1)) });
    }
}

#[test]
fn the_same_order_within_a_moment_is_refused() {
    let mut rig = rig(Bounds { dup_window: 500 * Stamp::MILLISECOND, ..Bounds::wide() });
    rig.placed(market(Side::Buy, 1));
    refused(&mut rig, market(Side::Buy, 1), "RISK_DUP_WINDOW_MS", &["500 ms"]);
    rig.placed(market(Side::Buy, 2));
    rig.now = rig.now.after(500 * Stamp::MILLISECOND);
    rig.placed(market(Side::Buy, 1));
}

#[test]
fn an_order_does_not_meet_one_of_ones_own() {
    let mut rig = rig(Bounds { self_trade: false, ..Bounds::wide() });
    let own = rig.placed(limit(Side::Sell, 17_310, 1));
    refused(&mut rig, limit(Side::Buy, 17_310, 1), "RISK_SELF_TRADE", &["17310"]);
    let other = Intent { account: Some(id("SIM-2")), ..limit(Side::Buy, 17_320, 1) };
    refused(&mut rig, other, "RISK_SELF_TRADE", &[]);
    rig.placed(limit(Side::Buy, 17_309, 1));
    rig.tick(17_309);
    rig.do_it(&Request::Cancel { order: own });
    rig.placed(limit(Side::Buy, 17_310, 1));
}

#[test]
fn what_the_exchange_rejects_again_and_again_is_not_sent_on() {
    let bounds = Bounds { max_reject_percent: 50, reject_orders_min: 10, ..Bounds::wide() };
    let settings = aftm_sim::Settings { reject_one_in: 1, ..Default::default() };
    let mut rig = Rig::bounded(settings, bounds);
    rig.do_it(&Request::AddItem { item: id(ITEM) });
    rig.login();
    rig.tick(17_300);
    (0..10).for_each(|_| _ = rig.placed(market(Side::Buy, 1)));
    refused(&mut rig, market(Side::Buy, 1), "REDUCE_ONLY", &["max_reject_percent"]);
}

#[test]
fn outside_its_hours_an_item_is_not_opened() {
    let mut rig = rig(Bounds { session_hours: true, ..Bounds::wide() });
    rig.placed(market(Side::Buy, 1));
    rig.tick_of(ITEM, 17_300, 5 * 3_600 * Stamp::SECOND + 600 * Stamp::SECOND);
    refused(&mut rig, market(Side::Buy, 1), "RISK_SESSION_HOURS", &["TXFH1"]);
    rig.placed(market(Side::Sell, 1));
}

#[test]
fn a_session_with_real_money_has_strict_bounds() {
    for (production, bounds) in [(false, Bounds::wide()), (true, Bounds::strict())] {
        let (user, accounts) = (id("demo"), vec![id("SIM-1")]);
        let mut state = State::default();
        state.fold(&Fact::LoggedIn { user, production, accounts });
        assert_eq!(*Limits::of(&state, Sets::default()).bounds(), bounds);
    }
}

/// Whatever is asked for, filled, changed and canceled, in whichever order: no position could pass
/// its bound, and what is used is what a count from nothing finds.
#[test]
fn the_worst_case_never_passes_its_bound_and_usage_is_what_a_count_finds() {
    let most = 5;
    for seed in 1..=40 {
        let mut chance = Chance::new(seed);
        let latency = chance.below(2_000) * Stamp::MILLISECOND;
        let balance = money(1_000_000_000);
        let settings = aftm_sim::Settings { seed, latency, balance, ..Default::default() };
        let bounds = Bounds { max_position: lots(most), ..Bounds::wide() };
        let mut rig = Rig::bounded(settings, bounds);
        rig.do_it(&Request::AddItem { item: id(ITEM) });
        rig.login();
        rig.tick(17_300);
        for step in 0..120 {
            let side = if chance.one_in(2) { Side::Buy } else { Side::Sell };
            let price = 17_290 + chance.below(20);
            let open_close = [OpenClose::Auto, OpenClose::Open, OpenClose::Close, OpenClose::Auto]
                [chance.place(4)];
            let intent = Intent { open_close, ..limit(side, price, 1 + chance.below(4)) };
            let _ = rig.place(intent);
            let open: Vec<OrderId> = rig.core.state().open.iter().copied().collect();
            if let Some(order) = open.get(chance.place(open.len().max(1))).copied() {
                let (quantity, price) = (Some(lots(1 + chance.below(7))), Some(points(price)));
                let _ = match chance.below(3) {
                    0 => rig.desk(&Request::Cancel { order }),
                    _ => rig.desk(&Request::Amend { order, quantity, price }),
                };
            }
            rig.tick(17_285 + chance.below(30));
            let key = (id("SIM-1"), id(ITEM));
            if let Some(holding) = rig.core.state().holdings.get(&key) {
                for side in [Side::Buy, Side::Sell] {
                    let held = holding.position.held(side);
                    assert!(held <= lots(most), "seed {seed}, step {step}: {held} on one side");
                }
            }
            let state = rig.core.state();
            let is_changing = state.standing(Status::PendingReplace).next().is_some();
            if !is_changing {
                let sets = Sets { test: bounds, ..Sets::default() };
                let mut counted = Limits::of(state, sets);
                counted.tick(&rig.last_tick(), None);
                let (kept, counted) = (rig.core.limits().fingerprint(), counted.fingerprint());
                assert_eq!(kept, counted, "seed {seed}, step {step}");
            }
        }
        rig.check_fold();
    }
}
