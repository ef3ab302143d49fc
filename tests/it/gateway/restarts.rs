//! What a machine that was killed finds when it comes again.

use super::*;

fn refusal(rig: &Rig, order: OrderId) -> String {
    let refusal = &rig.core.state().orders[&order].order.refusal;
    refusal.as_ref().map_or(String::new(), |it| it.code.clone())
}

#[test]
fn orders_on_their_way_are_rejected_and_never_sent_again() {
    let latency = 120 * Stamp::SECOND;
    let mut rig = Rig::with(aftm_sim::Settings { latency, ..Default::default() });
    let order = rig.placed(market(Side::Buy, 1));
    let canceling = rig.placed(market(Side::Buy, 1));
    rig.do_it(&Request::Cancel { order: canceling });
    rig.now = rig.now.after(5 * Stamp::SECOND);
    let doubtful = rig.placed(market(Side::Buy, 1));
    rig.core.expire(rig.now.after(5 * Stamp::SECOND));
    assert_eq!(rig.status(doubtful), Status::InDoubt);
    rig.restart();
    for order in [order, canceling, doubtful] {
        assert_eq!(rig.status(order), Status::Rejected, "{order}");
        assert_eq!(refusal(&rig, order), "RESTARTED");
    }
    rig.login();
    (0..70).for_each(|_| rig.tick(17_300));
    assert_eq!((rig.net(), rig.orders()), (lots(0), 3));
    assert_eq!(rig.core.state().misfits, 0);
    rig.check_fold();
}

#[test]
fn resting_orders_work_on_their_cancels_are_sent_again_and_their_changes_are_not() {
    let mut rig = Rig::new();
    let order = rig.placed(limit(Side::Buy, 17_200, 2));
    let [other, third] = [17_400, 17_500].map(|price| rig.placed(limit(Side::Sell, price, 1)));
    rig.settings.latency = 4 * Stamp::SECOND;
    rig.restart();
    rig.login();
    rig.tick(17_300);
    rig.do_it(&Request::Cancel { order: third });
    let amend = Request::Amend { order: other, quantity: Some(lots(2)), price: None };
    rig.do_it(&amend);
    rig.restart();
    assert_eq!([rig.status(order), rig.status(other)], [Status::New; 2]);
    assert_eq!(refusal(&rig, other), "RESTARTED");
    assert_eq!(rig.status(third), Status::PendingCancel);
    rig.login();
    (0..5).for_each(|_| rig.tick(17_150));
    assert_eq!(rig.net(), lots(2), "the order that worked on did not trade");
    assert_eq!(rig.status(third), Status::Canceled, "the cancel was not sent again");
}

/// Accepted, partly filled, and of a kind that does not rest: it ended with the machine.
#[test]
fn an_accepted_order_that_the_exchange_cannot_hold_has_expired() {
    let mut rig = Rig::new();
    let order = rig.placed(limit(Side::Buy, 17_200, 2));
    rig.settings.accounts = vec![id("SIM-2")];
    rig.restart();
    assert_eq!(rig.status(order), Status::Expired);
    assert!(rig.alerts().contains(&"RESTARTED".to_owned()));
    assert_eq!(rig.core.state().misfits, 0);
}

#[test]
fn tick_numbers_start_again_and_old_ones_mean_nothing() {
    let mut rig = Rig::new();
    (0..50).for_each(|_| rig.tick(17_300));
    let entry = rig.entered(terms("a", Side::Buy, 1));
    assert_eq!(entry.tick, 51);
    rig.restart();
    let state = rig.core.state();
    assert_eq!(state.held(id("a")).unwrap().1.condition.progress.as_of, 0);
    assert_eq!(state.signals[&entry.id].signal.tick, 0);
    rig.login();
    rig.tick(17_300);
    // The strategy offers what its snapshot holds: an entry of a machine that has ended is stale.
    let offered = rig.core.state().signals[&entry.id].signal;
    assert!(matches!(rig.act(&offered), Outcome::Refused { code, .. } if code == "STALE_SIGNAL"));
}

#[test]
fn an_exit_that_was_given_is_acted_on_after_a_restart() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 2));
    rig.act(&entry);
    let exit = rig.signal("a", SignalKind::Exit);
    rig.report(&[exit], Standing::Done);
    rig.restart();
    rig.login();
    rig.tick_of(ITEM, 17_200, 3_600 * Stamp::SECOND);
    let snapshot = rig.core.serve(&Request::Snapshot { from: 0 }, Door::Strategy, rig.now).unwrap();
    let Reply::Snapshot { rows, .. } = snapshot else { panic!("{snapshot:?}") };
    assert_eq!(rows[0].unsettled.iter().map(|it| it.id).collect::<Vec<_>>(), [exit.id]);
    assert!(matches!(rig.act(&rows[0].unsettled[0]), Outcome::Ordered { .. }));
    assert_eq!(rig.net(), lots(0));
}

#[test]
fn an_exit_that_waited_goes_on_at_the_login_after_a_restart() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Sell, 2));
    rig.act(&entry);
    rig.do_it(&Request::Logout {});
    rig.exit("a");
    rig.restart();
    rig.login();
    rig.tick(17_300);
    rig.tick(17_300);
    assert_eq!(rig.net(), lots(0));
}

#[test]
fn order_numbers_rise_over_restarts_and_denials() {
    let mut rig = Rig::new();
    rig.placed(market(Side::Buy, 1));
    rig.place(limit(Side::Buy, -1, 1)).unwrap_err();
    rig.restart();
    rig.login();
    rig.tick(17_300);
    assert_eq!(rig.placed(market(Side::Buy, 1)), OrderId(3));
    // A flatten sends several orders at once, none under another's number.
    let many = Intent { account: Some(id("SIM-2")), ..market(Side::Sell, 3) };
    rig.placed(many);
    assert_eq!(rig.desk(&Request::Flatten { item: None }), Ok(Reply::Count { orders: 2 }));
    assert_eq!(rig.orders(), 6);
    let is_duplicate = |it: &aftm::gateway::state::Placed| {
        it.order.refusal.as_ref().is_some_and(|it| it.code == "DUPLICATE")
    };
    assert!(!rig.core.state().orders.values().any(is_duplicate));
    assert_eq!(rig.net(), lots(0));
}

/// Told late, a fill is booked where it was traded: the close before it closed it, as it did there.
#[test]
fn a_fill_that_is_told_late_is_booked_in_the_order_of_the_trades() {
    let settings =
        aftm_sim::Settings { slow_one_in: 4, slow: 30 * Stamp::SECOND, ..Default::default() };
    for seed in 1..40 {
        let mut rig = Rig::with(aftm_sim::Settings { seed, ..settings.clone() });
        for step in 0..12 {
            let side = if step % 3 == 0 { Side::Sell } else { Side::Buy };
            let open_close = if step % 2 == 0 { OpenClose::Open } else { OpenClose::Auto };
            rig.placed(Intent { open_close, ..market(side, 1 + step % 2) });
            rig.tick(17_300 + step);
        }
        (0..40).for_each(|_| rig.tick(17_300));
        let theirs = rig.core.venue().sim().positions(&id("SIM-1")).next().map(|it| it.1.clone());
        let ours = rig.core.state().holdings.values().next().map(|it| it.position.clone());
        assert_eq!(theirs, ours, "seed {seed}");
        rig.check_fold();
    }
}

/// The random market begins its day anew with every start: by its clock the trades of a second run
/// were made before those of the first.
#[test]
fn fills_of_a_day_that_begins_anew_come_after_those_of_before() {
    let mut rig = Rig::new();
    (17_310..17_330).for_each(|price| rig.tick(price));
    rig.placed(market(Side::Buy, 1));
    rig.tick(17_330);
    rig.restart();
    rig.now = MORNING;
    rig.login();
    rig.tick(17_300);
    for side in [Side::Sell, Side::Buy] {
        rig.placed(market(side, 1));
        rig.tick(17_310);
    }
    let state = rig.core.state();
    let prices: Vec<_> = state.orders.values().map(|it| it.order.fills[0].price).collect();
    assert_eq!(prices.len(), 3);
    let position = &state.holdings.values().next().unwrap().position;
    assert_eq!((position.net(), position.average(Side::Buy)), (lots(1), Some(prices[2])));
    rig.check_fold();
}

/// It was set off at 17310 and rests at 17305: the market need not go to its stop a second time.
#[test]
fn a_stop_limit_that_was_set_off_rests_at_its_limit_after_a_restart() {
    let stop_limit = |stop| Intent {
        kind: Kind::StopLimit,
        stop_price: Some(points(stop)),
        ..limit(Side::Buy, 17_305, 1)
    };
    let mut rig = Rig::new();
    let (set_off, waiting) = (rig.placed(stop_limit(17_310)), rig.placed(stop_limit(17_400)));
    rig.tick(17_310);
    assert_eq!(rig.status(set_off), Status::New);
    rig.restart();
    rig.login();
    rig.tick(17_304);
    assert_eq!((rig.status(set_off), rig.net()), (Status::Filled, lots(1)));
    assert_eq!(rig.status(waiting), Status::New, "its stop has not traded");
    rig.check_fold();
}
