//! How one order stands, asked of a made-up session.

use aftm_plugin_host::What;
use aftm_plugin_host::abi::{
    CHANGE_NONE, E_NET, E_NO_ORDER, OrderUpdate, QUERY_FILLS, QUERY_ORDERS, STATE_CANCELED,
    STATE_EXPIRED, STATE_FILLED, STATE_PENDING, STATE_REJECTED, STATE_WORKING,
};

use super::fake::{Desk, fill, offline, order, refusal, told_of};
use super::{NOTHING, kinds, sent};
use crate::wire::VenueCall;

const LOT: i64 = 1_000_000_000;

/// What an inquiry of A7 tells, where the venue lists this.
#[track_caller]
fn check(orders: Vec<OrderUpdate>, fills: Vec<What>, expected: &[&str]) {
    let mut desk = Desk::logged_in();
    desk.list(QUERY_ORDERS, orders.into_iter().map(told_of).collect());
    desk.list(QUERY_FILLS, fills);
    let told = desk.call(VenueCall::Inquire { order: sent(7) });
    assert_eq!(kinds(&told), expected, "{told:?}");
    assert_eq!(desk.calls(), ["query 1 A7", "query 2 A7"]);
}

fn row(state: u8, filled: i64) -> OrderUpdate {
    OrderUpdate { filled_e9: filled * LOT, ..order(7, state, CHANGE_NONE) }
}

#[test]
fn reports_lead_from_nothing_to_where_it_stands() {
    check(vec![row(STATE_WORKING, 0)], vec![], &["A7 accepted"]);
    check(vec![row(STATE_WORKING, 1)], vec![fill(7, "T1")], &["A7 accepted", "A7 filled"]);
    let both = || vec![fill(7, "T1"), fill(7, "T2")];
    check(vec![row(STATE_FILLED, 2)], both(), &["A7 accepted", "A7 filled", "A7 filled"]);
    check(vec![row(STATE_CANCELED, 0)], vec![], &["A7 accepted", "A7 canceled"]);
    let partly = ["A7 accepted", "A7 filled", "A7 expired"];
    check(vec![row(STATE_EXPIRED, 1)], vec![fill(7, "T1")], &partly);
    check(vec![row(STATE_REJECTED, 0)], vec![], &["A7 rejected"]);
    let triggered = OrderUpdate { triggered: 1, ..row(STATE_WORKING, 0) };
    check(vec![triggered], vec![], &["A7 accepted", "A7 triggered"]);
}

#[test]
fn what_the_venue_has_never_heard_of_is_unknown() {
    check(vec![], vec![], &["A7 unknown"]);
    check(vec![order(8, STATE_WORKING, CHANGE_NONE)], vec![fill(8, "T1")], &["A7 unknown"]);
    let mut desk = Desk::logged_in();
    desk.fake.0.borrow_mut().failing.insert(QUERY_ORDERS, refusal(E_NO_ORDER, "no such order"));
    let told = kinds(&desk.call(VenueCall::Inquire { order: sent(7) }));
    assert_eq!(told, ["A7 unknown"]);
}

#[test]
fn what_is_not_sure_is_not_told() {
    check(vec![row(STATE_PENDING, 0)], vec![], &[]);
    // The list of fills lags behind the list of orders: an end would lose the second one.
    check(vec![row(STATE_CANCELED, 2)], vec![fill(7, "T1")], &[]);
    check(vec![row(9, 0)], vec![], &[]);
    let unnamed = OrderUpdate { broker_order_id: [0; 72], ..row(STATE_WORKING, 0) };
    check(vec![unnamed], vec![], &["order Some(A7) New"]);
    check(vec![], vec![fill(7, "T1")], &["A7 filled"]);
}

#[test]
fn a_question_that_fails_tells_nothing() {
    for what in [QUERY_ORDERS, QUERY_FILLS] {
        let mut desk = Desk::logged_in();
        desk.list(QUERY_ORDERS, vec![told_of(row(STATE_WORKING, 0))]);
        desk.fake.0.borrow_mut().failing.insert(what, refusal(E_NET, "gone"));
        assert_eq!(kinds(&desk.call(VenueCall::Inquire { order: sent(7) })), NOTHING);
    }
    let mut desk = Desk::logged_in();
    desk.fake.0.borrow_mut().error = Some(offline());
    assert_eq!(kinds(&desk.call(VenueCall::Inquire { order: sent(7) })), NOTHING);
}

#[test]
fn a_question_that_waits_already_is_not_asked_twice() {
    let mut desk = Desk::logged_in();
    desk.fake.0.borrow_mut().silent.insert(QUERY_ORDERS);
    for _ in 0..3 {
        desk.call(VenueCall::Inquire { order: sent(7) });
        desk.call(VenueCall::Stand {});
        desk.call(VenueCall::Money {});
    }
    desk.call(VenueCall::Inquire { order: sent(8) });
    desk.fake.0.borrow_mut().silent.clear();
    let told = desk.answer(desk.requests());
    assert_eq!(told, ["A7 unknown", "stands", "A7 unknown", "A8 unknown"]);
    assert_eq!(desk.course.strays(), 0);
}
