//! What v1 lost, each by its name.

use super::*;

#[test]
fn one_logical_order_is_never_executed_four_times() {
    let mut rig = Rig::with(slow());
    let order = rig.placed(named("r-1", market(Side::Buy, 1)));
    for _ in 0..3 {
        match rig.place(named("r-1", market(Side::Buy, 1))).unwrap() {
            Reply::Placed { row, repeated: true } => assert_eq!(row.order, order),
            other => panic!("the retry came to {other:?}"),
        }
    }
    (0..70).for_each(|_| rig.tick(17_300));
    assert_eq!((rig.orders(), rig.net()), (1, lots(1)));
}

/// What a v1 strategy signals names no account: it stays with the one of its first time.
#[test]
fn an_account_switched_between_two_tries_makes_no_second_order() {
    for is_restarted in [false, true] {
        let mut rig = Rig::new();
        let intent = Intent { account: None, ..named("v1-7-1", market(Side::Buy, 1)) };
        let place = Request::Place { intent: Box::new(intent) };
        rig.core.serve(&place, Door::Executor, rig.now).unwrap();
        if is_restarted {
            rig.restart();
            rig.login();
        }
        rig.do_it(&Request::UseAccount { account: id("SIM-2") });
        match rig.core.serve(&place, Door::Executor, rig.now).unwrap() {
            Reply::Placed { row, repeated: true } => assert_eq!(row.account, id("SIM-1")),
            other => panic!("the retry came to {other:?}"),
        }
        assert_eq!(rig.orders(), 1);
        // The same name of a client that says its account is another order.
        let client = Intent { account: Some(id("SIM-2")), ..intent };
        rig.placed(client);
        rig.check_fold();
    }
}

#[test]
fn another_order_under_the_same_request_is_refused() {
    let mut rig = Rig::new();
    rig.placed(named("r-1", market(Side::Buy, 1)));
    let refused = rig.place(named("r-1", market(Side::Buy, 2))).unwrap_err();
    assert_eq!((refused.code.as_str(), rig.orders()), ("DUPLICATE_REQUEST", 1));
}

#[test]
fn a_denied_order_asked_again_is_denied_again_whatever_holds_now() {
    let mut rig = Rig::silent(Default::default());
    let first = rig.place(named("r-1", market(Side::Buy, 1))).unwrap_err();
    rig.login();
    rig.tick(17_300);
    assert_eq!(rig.place(named("r-1", market(Side::Buy, 1))), Err(first));
    rig.restart();
    rig.login();
    assert_eq!(rig.place(named("r-1", market(Side::Buy, 1))).unwrap_err().code, "NOT_LOGGED_IN");
    assert_eq!((rig.orders(), rig.net()), (1, lots(0)));
}

/// What was asked for is compared, not what became of it.
#[test]
fn an_amended_order_asked_again_is_the_same_order() {
    let mut rig = Rig::new();
    let order = rig.placed(named("r-1", limit(Side::Buy, 17_200, 2)));
    rig.do_it(&Request::Amend { order, quantity: Some(lots(5)), price: Some(points(17_210)) });
    rig.restart();
    rig.login();
    match rig.place(named("r-1", limit(Side::Buy, 17_200, 2))).unwrap() {
        Reply::Placed { row, repeated: true } => {
            assert_eq!((row.order, row.quantity), (order, lots(5)));
        }
        other => panic!("the retry came to {other:?}"),
    }
    let as_amended = named("r-1", limit(Side::Buy, 17_210, 5));
    assert_eq!(rig.place(as_amended).unwrap_err().code, "DUPLICATE_REQUEST");
}

/// However fresh an entry is by its time: what a machine that has ended wanted is history.
#[test]
fn stale_orders_are_not_executed_when_the_gateway_comes_up() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 1));
    rig.restart();
    rig.login();
    rig.tick(17_300);
    assert!(matches!(rig.act(&entry), Outcome::Refused { code, .. } if code == "STALE_SIGNAL"));
    assert_eq!((rig.orders(), rig.net()), (0, lots(0)));
}

#[test]
fn an_entry_is_refused_only_beyond_its_age() {
    for (age, is_taken) in [(5 * Stamp::SECOND, true), (5 * Stamp::SECOND + 1, false)] {
        let mut rig = Rig::new();
        let signal = rig.entered(terms("a", Side::Buy, 1));
        rig.tick_of(ITEM, 17_300, age);
        assert_eq!(matches!(rig.act(&signal), Outcome::Ordered { .. }), is_taken, "{age}");
    }
}

#[test]
fn logout_does_not_lose_a_stop_loss() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 2));
    rig.act(&entry);
    rig.do_it(&Request::Logout {});
    assert!(matches!(rig.exit("a"), Outcome::Waits { .. }));
    rig.tick_of(ITEM, 17_270, 600 * Stamp::SECOND);
    assert_eq!(rig.net(), lots(2));
    rig.login();
    assert_eq!(rig.net(), lots(0), "the exit was forgotten");
    rig.check_fold();
}

#[test]
fn a_lost_connection_does_not_lose_a_stop_loss() {
    let second = Stamp::SECOND;
    let (disconnect_after, disconnect_for) = (3 * second, 5 * second);
    let settings = aftm_sim::Settings { disconnect_after, disconnect_for, ..Default::default() };
    let mut rig = Rig::with(settings);
    let entry = rig.entered(terms("a", Side::Buy, 1));
    rig.act(&entry);
    (0..4).for_each(|_| rig.tick(17_300));
    assert!(!rig.core.state().is_connected);
    assert!(matches!(rig.exit("a"), Outcome::Waits { .. }));
    (0..5).for_each(|_| rig.tick(17_290));
    assert_eq!(rig.net(), lots(0), "the exit was forgotten");
}

/// The login comes before the first tick, as it always does: the rehearsal counts from that tick.
#[test]
fn a_rehearsed_disconnect_lasts_though_the_login_was_before_the_first_tick() {
    let second = Stamp::SECOND;
    let (disconnect_after, disconnect_for) = (2 * second, 60 * second);
    let mut rig =
        Rig::with(aftm_sim::Settings { disconnect_after, disconnect_for, ..Default::default() });
    assert!(rig.core.state().is_connected);
    (0..4).for_each(|_| rig.tick(17_300));
    assert!(!rig.core.state().is_connected);
}

#[test]
fn a_restart_forgets_no_position_and_enters_not_again() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Sell, 3));
    rig.act(&entry);
    rig.restart();
    rig.login();
    rig.tick(17_300);
    assert_eq!(rig.net(), lots(-3));
    assert!(matches!(rig.act(&entry), Outcome::Ordered { .. }));
    assert_eq!((rig.orders(), rig.net()), (1, lots(-3)));
    assert!(matches!(rig.exit("a"), Outcome::Ordered { .. }));
    assert_eq!(rig.net(), lots(0));
}

#[test]
fn condition_quantity_is_traded() {
    let mut rig = Rig::new();
    let mut entry = rig.entered(terms("a", Side::Buy, 7));
    // Whatever a message says: the order is made of the condition.
    entry.quantity = lots(1);
    rig.act(&entry);
    assert_eq!(rig.net(), lots(7));
    rig.exit("a");
    assert_eq!(rig.net(), lots(0));
}

#[test]
fn fills_are_read_before_an_exit_is_sent() {
    let mut rig = Rig::with(aftm_sim::Settings { reject_one_in: 1, ..Default::default() });
    let entry = rig.entered(terms("a", Side::Buy, 1));
    rig.act(&entry);
    assert_eq!(rig.status(OrderId(1)), Status::Rejected);
    assert!(matches!(rig.exit("a"), Outcome::Nothing { .. }));
    assert_eq!(rig.orders(), 1, "an exit was sent for an entry that was rejected");
}

#[test]
fn an_exit_waits_for_an_entry_that_still_works_and_closes_what_it_filled() {
    let mut rig =
        Rig::with(aftm_sim::Settings { latency: 4 * Stamp::SECOND, ..Default::default() });
    let entry = rig.entered(terms("a", Side::Buy, 2));
    rig.act(&entry);
    assert!(matches!(rig.exit("a"), Outcome::Waits { .. }));
    assert_eq!(rig.status(OrderId(1)), Status::PendingCancel);
    (0..12).for_each(|_| rig.tick(17_300));
    assert_eq!((rig.orders(), rig.net()), (2, lots(0)));
    assert!(rig.core.state().exits.is_empty());
}

#[test]
fn an_exit_closes_no_more_than_its_entry_opened() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 1));
    rig.act(&entry);
    rig.placed(market(Side::Buy, 5));
    rig.exit("a");
    assert_eq!(rig.net(), lots(5));
}

#[test]
fn an_exit_closes_no_more_than_is_held() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 3));
    rig.act(&entry);
    rig.placed(market(Side::Sell, 2));
    rig.exit("a");
    assert_eq!(rig.net(), lots(0), "an exit opened a position");
    let entry = rig.entered(terms("b", Side::Buy, 1));
    rig.act(&entry);
    rig.placed(market(Side::Sell, 1));
    assert!(matches!(rig.exit("b"), Outcome::Nothing { .. }));
}

#[test]
fn an_exit_that_is_rejected_is_sent_again_and_given_up_with_an_alarm() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 1));
    rig.act(&entry);
    rig.settings.reject_one_in = 1;
    rig.restart();
    rig.login();
    rig.tick(17_300);
    rig.exit("a");
    (0..20).for_each(|_| rig.tick(17_300));
    let sent = rig.core.state().orders.len() - 1;
    assert_eq!(sent, usize::try_from(aftm::gateway::decide::EXIT_ORDERS_MAX).unwrap());
    assert!(rig.alerts().contains(&"EXIT_INCOMPLETE".to_owned()));
    assert_eq!(rig.net(), lots(1));
}

#[test]
fn an_exit_that_overtakes_its_entry_trades_nothing() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 1));
    assert!(matches!(rig.exit("a"), Outcome::Nothing { .. }));
    assert!(matches!(rig.act(&entry), Outcome::Refused { code, .. } if code == "OVERTAKEN"));
    assert_eq!(rig.orders(), 0);
}

#[test]
fn a_signal_has_one_outcome_however_often_it_is_offered() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 1));
    let first = rig.act(&entry);
    rig.restart();
    rig.login();
    rig.tick(17_300);
    assert!((0..3).all(|_| rig.act(&entry) == first));
    assert_eq!((rig.orders(), rig.net()), (1, lots(1)));
}

/// A client's own request is found by its own name, though a signal's order is named alike.
#[test]
fn a_signal_hides_no_request_of_a_client() {
    let mut rig = Rig::new();
    let order = rig.placed(named("a#1/entry", limit(Side::Buy, 17_000, 1)));
    let entry = rig.entered(terms("a", Side::Buy, 1));
    assert!(matches!(rig.act(&entry), Outcome::Ordered { .. }));
    match rig.place(named("a#1/entry", limit(Side::Buy, 17_000, 1))).unwrap() {
        Reply::Placed { row, repeated: true } => assert_eq!(row.order, order),
        other => panic!("the retry came to {other:?}"),
    }
    assert!(rig.core.state().order_of(entry_of(entry.id)).is_some());
}

#[test]
fn conditions_are_closed_once_however_often_that_is_asked() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 1));
    rig.act(&entry);
    rig.placed(market(Side::Buy, 4));
    assert_eq!(rig.desk(&Request::CloseConditions {}), Ok(Reply::Count { orders: 1 }));
    assert_eq!(rig.desk(&Request::CloseConditions {}), Ok(Reply::Count { orders: 0 }));
    assert!(matches!(rig.exit("a"), Outcome::Ordered { .. }));
    assert_eq!(rig.net(), lots(4), "lots of the trader's own were closed");
}

#[test]
fn conditions_that_are_entering_are_closed_when_they_have() {
    let mut rig =
        Rig::with(aftm_sim::Settings { latency: 4 * Stamp::SECOND, ..Default::default() });
    let entry = rig.entered(terms("a", Side::Buy, 1));
    rig.act(&entry);
    assert_eq!(rig.desk(&Request::CloseConditions {}), Ok(Reply::Count { orders: 0 }));
    (0..12).for_each(|_| rig.tick(17_300));
    assert_eq!((rig.net(), rig.core.state().open.len()), (lots(0), 0));
    assert_eq!(rig.orders(), 2);
}
