//! Every refusal of a decision, in one table, and that a refusal changes nothing but the audit.

use aftm::wire::request::Leave;

use super::*;

/// What is asked, and the code of its refusal.
fn refused(rig: &mut Rig, request: &Request) -> String {
    let (orders, net) = (rig.core.state().open.clone(), rig.net());
    let refused = rig.desk(request).expect_err("it was not refused");
    assert_eq!((&rig.core.state().open, rig.net()), (&orders, net), "{refused} did something");
    assert!(!refused.text.is_empty() && !refused.text.ends_with('.'), "{refused}");
    rig.check_fold();
    refused.code
}

fn place(intent: Intent) -> Request {
    Request::Place { intent: Box::new(intent) }
}

#[test]
fn orders_are_refused_by_name() {
    let bad = market(Side::Buy, 1);
    let table = [
        ("INVALID_ORDER", Intent { account: Some(id("SIM-9")), ..bad }),
        ("INVALID_ORDER", Intent { item: id("NOSUCH"), ..bad }),
        ("INVALID_ORDER", Intent { quantity: lots(0), ..bad }),
        ("INVALID_ORDER", Intent { quantity: lots(-5), ..bad }),
        ("INVALID_ORDER", Intent { quantity: Quantity::from_raw(1_900_000_000), ..bad }),
        ("INVALID_ORDER", Intent { quantity: lots(1_000_000), ..bad }),
        ("INVALID_ORDER", Intent { price: Some(points(17_300)), ..bad }),
        ("INVALID_ORDER", Intent { price: None, ..limit(Side::Buy, 1, 1) }),
        ("INVALID_ORDER", Intent { price: Some(id("17300.5")), ..limit(Side::Buy, 1, 1) }),
        ("INVALID_ORDER", limit(Side::Buy, -17_300, 1)),
        ("INVALID_ORDER", Intent { stop_price: Some(points(17_300)), ..bad }),
    ];
    for (code, intent) in table {
        let mut rig = Rig::new();
        assert_eq!(refused(&mut rig, &place(intent)), code, "{intent:?}");
        assert_eq!(rig.status(OrderId(1)), Status::Denied, "the audit keeps what was denied");
    }
    let mut rig = Rig::silent(Default::default());
    assert_eq!(refused(&mut rig, &place(bad)), "NOT_LOGGED_IN");
    assert_eq!(refused(&mut rig, &place(Intent { account: None, ..bad })), "MISSING_ACCOUNT");
}

#[test]
fn an_order_without_a_connection_is_refused_and_not_queued() {
    let (disconnect_after, disconnect_for) = (2 * Stamp::SECOND, 5 * Stamp::SECOND);
    let settings = aftm_sim::Settings { disconnect_after, disconnect_for, ..Default::default() };
    let mut rig = Rig::with(settings);
    let order = rig.placed(limit(Side::Buy, 17_000, 1));
    (0..3).for_each(|_| rig.tick(17_300));
    assert_eq!(refused(&mut rig, &place(market(Side::Buy, 1))), "NOT_CONNECTED");
    let amend = Request::Amend { order, quantity: Some(lots(2)), price: None };
    assert_eq!(refused(&mut rig, &amend), "NOT_CONNECTED");
    (0..8).for_each(|_| rig.tick(17_300));
    assert_eq!(rig.net(), lots(0));
    rig.do_it(&Request::Cancel { order });
    assert_eq!(rig.status(order), Status::Canceled);
}

#[test]
fn a_v1_signal_that_is_old_may_close_and_never_open() {
    let mut rig = Rig::new();
    let old = Some(ExchangeTime { at: MORNING.after(-60 * Stamp::SECOND), offset: 0 });
    let late = Intent { signal_time: old, ..market(Side::Sell, 1) };
    assert_eq!(refused(&mut rig, &place(late)), "STALE_SIGNAL");
    rig.placed(market(Side::Buy, 1));
    rig.placed(late);
    assert_eq!(rig.net(), lots(0));
}

#[test]
fn cancels_and_changes_are_refused_by_name() {
    let mut rig = Rig::new();
    let done = rig.placed(market(Side::Buy, 1));
    let order = rig.placed(limit(Side::Buy, 17_000, 2));
    let amend =
        |order, count: i64| Request::Amend { order, quantity: Some(lots(count)), price: None };
    let none = OrderId(99);
    assert_eq!(refused(&mut rig, &Request::Cancel { order: none }), "UNKNOWN_ORDER");
    assert_eq!(refused(&mut rig, &Request::Cancel { order: done }), "ORDER_ENDED");
    assert_eq!(refused(&mut rig, &amend(none, 1)), "UNKNOWN_ORDER");
    assert_eq!(refused(&mut rig, &amend(done, 3)), "ORDER_ENDED");
    assert_eq!(refused(&mut rig, &amend(order, 0)), "INVALID_ORDER");
    assert_eq!(refused(&mut rig, &amend(order, 1_000_000)), "INVALID_ORDER");
    assert_eq!(rig.desk(&amend(order, 2)), Ok(Reply::Unchanged {}));
    rig.do_it(&Request::Logout {});
    assert_eq!(refused(&mut rig, &Request::Cancel { order }), "NOT_LOGGED_IN");
    assert_eq!(refused(&mut rig, &Request::CancelAll { item: None }), "NOT_LOGGED_IN");
    assert_eq!(refused(&mut rig, &Request::Flatten { item: None }), "NOT_LOGGED_IN");
}

#[test]
fn an_order_that_is_being_changed_is_not_changed_again() {
    let mut rig = Rig::with(aftm_sim::Settings { latency: Stamp::SECOND, ..Default::default() });
    let order = rig.placed(limit(Side::Buy, 17_000, 2));
    let amend = Request::Amend { order, quantity: Some(lots(3)), price: None };
    assert_eq!(refused(&mut rig, &amend), "ORDER_BUSY");
    (0..3).for_each(|_| rig.tick(17_300));
    rig.do_it(&amend);
    assert_eq!(refused(&mut rig, &amend), "ORDER_BUSY");
    rig.do_it(&Request::Cancel { order });
    assert_eq!(rig.desk(&Request::Cancel { order }), Ok(Reply::Unchanged {}));
}

#[test]
fn sessions_and_items_are_refused_by_name() {
    let mut rig = Rig::silent(Default::default());
    assert_eq!(refused(&mut rig, &Request::Accounts {}), "NOT_LOGGED_IN");
    assert_eq!(refused(&mut rig, &Request::UseAccount { account: id("SIM-1") }), "NOT_LOGGED_IN");
    let login =
        |user: &str, production| Request::Login { user: id(user), password: None, production };
    assert_eq!(refused(&mut rig, &login("demo", true)), "NO_PRODUCTION");
    assert_eq!(refused(&mut rig, &login("mallory", false)), "LOGIN");
    assert_eq!(rig.desk(&Request::Logout {}), Ok(Reply::Unchanged {}));
    rig.login();
    assert_eq!(refused(&mut rig, &login("mallory", false)), "LOGGED_IN");
    assert_eq!(rig.desk(&login("demo", false)), Ok(Reply::Unchanged {}));
    assert_eq!(refused(&mut rig, &Request::UseAccount { account: id("SIM-9") }), "UNKNOWN_ACCOUNT");
    assert_eq!(refused(&mut rig, &Request::DropItem { item: id(ITEM) }), "UNKNOWN_ITEM");
    assert_eq!(refused(&mut rig, &Request::AddItem { item: id("TXFH0") }), "UNKNOWN_ITEM");
    rig.do_it(&Request::AddItem { item: id(ITEM) });
    rig.do_it(&Request::AddCondition { terms: terms("a", Side::Buy, 1) });
    assert_eq!(refused(&mut rig, &Request::DropItem { item: id(ITEM) }), "ITEM_IN_USE");
    assert_eq!(refused(&mut rig, &Request::Start {}), "UNKNOWN_OPERATION");
}

#[test]
fn conditions_are_refused_by_name() {
    let mut rig = Rig::new();
    let good = terms("a", Side::Buy, 1);
    let add = |terms| Request::AddCondition { terms };
    let edit = |terms| Request::EditCondition { terms };
    let table = [
        ("INVALID_CONDITION", Terms { trigger: points(0), ..good }),
        ("INVALID_CONDITION", Terms { trigger: id("17300.5"), ..good }),
        ("INVALID_CONDITION", Terms { turning: id("0.5"), ..good }),
        ("INVALID_CONDITION", Terms { stop_loss: Some(points(0)), ..good }),
        ("INVALID_CONDITION", Terms { quantity: lots(0), ..good }),
        ("INVALID_CONDITION", Terms { quantity: lots(1_000_000), ..good }),
        ("UNKNOWN_ACCOUNT", Terms { account: Some(id("SIM-9")), ..good }),
    ];
    for (code, terms) in table {
        assert_eq!(refused(&mut rig, &add(terms)), code, "{terms:?}");
    }
    let drop = |position| Request::DropCondition { id: id("a"), position };
    let pause = Request::PauseCondition { id: id("a"), is_paused: true };
    for request in [edit(good), pause, drop(Leave::Refuse)] {
        assert_eq!(refused(&mut rig, &request), "UNKNOWN_CONDITION");
    }
    rig.do_it(&add(good));
    assert_eq!(rig.desk(&add(good)), Ok(Reply::Unchanged {}));
    assert_eq!(refused(&mut rig, &add(Terms { quantity: lots(2), ..good })), "CONDITION_EXISTS");
    let unknown = Terms { account: Some(id("SIM-9")), ..good };
    assert_eq!(refused(&mut rig, &edit(unknown)), "UNKNOWN_ACCOUNT");
}

/// Before anybody is logged in nobody knows the accounts: the order will be refused, if need be.
#[test]
fn an_account_is_judged_only_where_the_accounts_are_known() {
    let mut rig = Rig::silent(Default::default());
    let terms = Terms { account: Some(id("SIM-9")), ..terms("a", Side::Buy, 1) };
    rig.do_it(&Request::AddCondition { terms });
}

#[test]
fn a_condition_that_trades_is_neither_replaced_nor_forgotten() {
    let mut rig =
        Rig::with(aftm_sim::Settings { latency: 4 * Stamp::SECOND, ..Default::default() });
    let good = terms("a", Side::Buy, 2);
    rig.do_it(&Request::AddCondition { terms: good });
    // The order is ahead of the report that the condition has entered.
    let entry = rig.signal("a", SignalKind::Entry);
    rig.act(&entry);
    let other = Terms { trigger: points(17_000), ..good };
    let edit = Request::EditCondition { terms: other };
    assert_eq!(refused(&mut rig, &edit), "CONDITION_ENTERED");
    rig.report(&[entry], Standing::Entered);
    let drop = |position| Request::DropCondition { id: id("a"), position };
    assert_eq!(refused(&mut rig, &drop(Leave::Refuse)), "POSITION_OPEN");
    assert!(matches!(rig.exit("a"), Outcome::Waits { .. }));
    assert_eq!(refused(&mut rig, &Request::AddCondition { terms: other }), "CONDITION_EXISTS");
    assert_eq!(refused(&mut rig, &drop(Leave::Flatten)), "ORDER_WORKING");
    (0..12).for_each(|_| rig.tick(17_300));
    assert_eq!(rig.net(), lots(0));
    rig.do_it(&Request::AddCondition { terms: other });
    assert_eq!(rig.core.state().held(id("a")).unwrap().1.condition.progress.generation, 2);
}

#[test]
fn a_condition_with_a_position_changes_only_its_exit() {
    let mut rig = Rig::new();
    let good = terms("a", Side::Buy, 1);
    let entry = rig.entered(good);
    rig.act(&entry);
    let edit = |terms| Request::EditCondition { terms };
    assert_eq!(refused(&mut rig, &edit(Terms { quantity: lots(2), ..good })), "CONDITION_ENTERED");
    rig.do_it(&edit(Terms { stop_loss: None, ..good }));
    let generation = rig.core.state().held(id("a")).unwrap().1.condition.progress.generation;
    assert_eq!(generation, 1);
    let drop = |position| Request::DropCondition { id: id("a"), position };
    assert_eq!(refused(&mut rig, &drop(Leave::Refuse)), "POSITION_OPEN");
    rig.do_it(&drop(Leave::Flatten));
    assert_eq!(rig.net(), lots(0));
}

#[test]
fn signals_are_refused_by_name() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 1));
    rig.do_it(&Request::PauseCondition { id: id("a"), is_paused: true });
    assert!(matches!(rig.act(&entry), Outcome::Refused { code, .. } if code == "PAUSED"));
    let entry = rig.entered(terms("b", Side::Buy, 1));
    rig.do_it(&Request::DropCondition { id: id("b"), position: Leave::Refuse });
    let outcome = rig.act(&entry);
    assert!(matches!(outcome, Outcome::Refused { code, .. } if code == "UNKNOWN_CONDITION"));
    assert_eq!(rig.orders(), 0);
}
