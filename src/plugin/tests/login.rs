//! Logins, lists and connections, with a made-up session.

use aftm_plugin_host::What;
use aftm_plugin_host::abi::{
    ABSENT, CHANGE_NONE, CONN_CONNECTING, CONN_DOWN, CONN_UP, E_AUTH, E_BUSY, QUERY_ACCOUNTS,
    QUERY_FILLS, QUERY_INSTRUMENTS, QUERY_ORDERS, QUERY_POSITIONS, STATE_CANCELED, STATE_WORKING,
};

use super::fake::{
    Desk, account, connection, fill, instrument, offline, order, position, refusal, told_of,
};
use super::{NOTHING, kind, kinds, login};
use crate::plugin::words::abilities;
use crate::wire::VenueCall;

fn full() -> Desk {
    let desk = Desk::new();
    desk.list(QUERY_INSTRUMENTS, vec![instrument("XMPL")]);
    desk.list(QUERY_ACCOUNTS, vec![account()]);
    let foreign = order(0, STATE_CANCELED, CHANGE_NONE);
    let ours = order(7, STATE_WORKING, CHANGE_NONE);
    desk.list(QUERY_ORDERS, vec![told_of(ours), told_of(foreign)]);
    desk.list(QUERY_FILLS, vec![fill(7, "T1"), fill(0, "T2")]);
    desk.list(QUERY_POSITIONS, vec![position()]);
    desk
}

const LISTED: [&str; 9] = [
    "instrument DEMO",
    "money EXAMPLE-1",
    "order Some(A7) New",
    "order None Canceled",
    "fill Some(A7) T1",
    "fill None T2",
    "position buy 3",
    "stands",
    "logged in [EXAMPLE-1]",
];

#[test]
fn a_login_lists_everything_in_order() {
    let mut desk = full();
    assert_eq!(desk.call(login("hunter2")), []);
    let called = desk.calls();
    assert!(called[0].starts_with("login") && !called[0].contains("hunter2"), "{called:?}");
    assert_eq!(desk.log_in(), LISTED);
    assert_eq!(desk.calls(), ["query 5", "query 4", "query 1", "query 2", "query 3"]);
}

#[test]
fn a_venue_is_asked_one_question_at_a_time() {
    let mut desk = full();
    desk.fake.0.borrow_mut().silent.extend(1..=5);
    desk.call(login("demo"));
    desk.calls();
    assert_eq!(desk.log_in(), NOTHING);
    for what in [5, 4, 1, 2, 3] {
        assert_eq!(desk.calls(), [format!("query {what}")]);
        desk.answer(desk.requests());
    }
    assert_eq!(desk.calls(), NOTHING);
}

#[test]
fn a_venue_that_is_fed_is_told_of_our_instruments_and_not_asked_for_its_own() {
    let mut desk = Desk::with(abilities(u64::MAX), false);
    let listed = Box::new(super::demo_instrument());
    assert_eq!(desk.call(VenueCall::List { instrument: listed }), []);
    desk.call(login("demo"));
    assert_eq!(desk.log_in(), ["stands", "logged in [EXAMPLE-1]"]);
    let called = desk.calls();
    assert_eq!(called[0], "list DEMO");
    assert_eq!(called[2..], ["query 4", "query 1", "query 2", "query 3"]);
    assert_eq!(kinds(&desk.hear(instrument("XMPL"))), NOTHING);
    assert_eq!(desk.course.due(), Some(aftm_domain::Stamp(42)));
}

#[test]
fn a_login_that_is_refused_says_so_in_the_venue_s_words() {
    let mut desk = full();
    desk.call(login("demo"));
    let told = desk.refuse(desk.requests(), E_AUTH, "wrong password");
    assert_eq!(kinds(&told), ["login refused: wrong password (LOGIN)"]);
    desk.fake.0.borrow_mut().error = Some(offline());
    let told = kinds(&desk.call(login("demo")));
    assert_eq!(told, ["login refused: no way to the venue (NOT_CONNECTED)"]);
}

#[test]
fn a_list_that_fails_ends_the_login_at_the_venue_too() {
    for what in 1..=5 {
        let mut desk = full();
        desk.fake.0.borrow_mut().failing.insert(what, refusal(E_BUSY, "too many queries"));
        desk.call(login("demo"));
        let told = desk.log_in();
        assert_eq!(told.last().unwrap(), "login refused: too many queries (BUSY)");
        assert_eq!(desk.calls().last().unwrap(), "logout");
        desk.fake.0.borrow_mut().failing.clear();
        desk.call(login("demo"));
        assert_eq!(desk.log_in(), LISTED);
    }
}

#[test]
fn a_login_without_an_account_is_none() {
    let mut desk = full();
    desk.list(QUERY_ACCOUNTS, Vec::new());
    desk.call(login("demo"));
    let told = desk.answer(desk.requests());
    let said = "login refused: the venue named no account that can trade here (NO_ACCOUNT)";
    assert_eq!(told.last().unwrap(), said);
    assert_eq!(desk.calls().last().unwrap(), "logout");
}

#[test]
fn one_login_is_under_way_at_a_time() {
    let mut desk = full();
    desk.call(login("demo"));
    let told = kinds(&desk.call(login("demo")));
    assert_eq!(told, ["login refused: a login is under way; wait for its answer (STATE)"]);
    assert_eq!(desk.calls().len(), 1);
}

#[test]
fn what_a_logout_overtakes_is_not_told_any_more() {
    let mut desk = full();
    desk.fake.0.borrow_mut().silent.insert(QUERY_ORDERS);
    desk.call(login("demo"));
    desk.log_in();
    let asked = desk.requests();
    desk.call(VenueCall::Logout {});
    let row = order(7, STATE_WORKING, CHANGE_NONE);
    desk.fake.tell(asked, false, told_of(row));
    assert_eq!(desk.answer(asked), NOTHING);
    assert_eq!(desk.course.strays(), 0);
    desk.fake.0.borrow_mut().silent.clear();
    desk.call(login("demo"));
    assert_eq!(desk.log_in(), LISTED);
}

#[test]
fn a_row_of_ours_that_cannot_be_understood_makes_the_list_one_that_failed() {
    let mut desk = full();
    let odd = aftm_plugin_host::abi::OrderUpdate {
        qty_e9: ABSENT,
        ..order(7, STATE_WORKING, CHANGE_NONE)
    };
    desk.list(QUERY_ORDERS, vec![told_of(odd)]);
    desk.call(login("demo"));
    let told = desk.log_in();
    let said = "stands not: the order A7 cannot be understood: it has no quantity (UNREADABLE)";
    assert!(told.iter().any(|it| it == said), "{told:?}");
    let odd = aftm_plugin_host::abi::OrderUpdate { client_order_id: 0, ..odd };
    desk.list(QUERY_ORDERS, vec![told_of(odd)]);
    let told = desk.call(VenueCall::Stand {});
    let said = "line: the order \"B1\" cannot be understood: it has no quantity";
    assert_eq!(told.iter().map(kind).next().unwrap(), said);
    assert_eq!(kinds(&told).last().unwrap(), "stands");
}

#[test]
fn a_symbol_of_two_exchanges_is_left_out_with_a_sentence() {
    let mut desk = full();
    let mut odd = instrument("XMPL");
    if let What::Instrument(row) = &mut odd {
        row.multiplier_e9 = 0;
        row.symbol[4] = b'2';
    }
    desk.list(QUERY_INSTRUMENTS, vec![instrument("XMPL"), odd, instrument("YMPL")]);
    desk.call(login("demo"));
    desk.fake.tell(desk.requests(), false, account());
    desk.fake.tell(desk.requests(), true, What::Answer(Ok(())));
    let told = desk.take();
    assert!(!kinds(&told).iter().any(|it| it.starts_with("instrument")), "{told:?}");
    let said = "line: 3 instruments of the venue's are left out; one: the instrument \"DEMO2\" \
                cannot be used: its multiplier 0 is not above 0";
    assert_eq!(told.iter().map(kind).next().unwrap(), said);
}

#[test]
fn a_connection_that_is_lost_is_told_once_and_so_is_its_return() {
    let mut desk = Desk::logged_in();
    let mut hear = |state, text| kinds(&desk.hear(connection(state, text)));
    let silence = NOTHING;
    assert_eq!(hear(CONN_UP, ""), silence);
    assert_eq!(hear(CONN_DOWN, "the front is silent"), ["down: the front is silent"]);
    assert_eq!(hear(CONN_CONNECTING, "attempt 1"), silence);
    assert_eq!(hear(CONN_DOWN, "refused"), silence);
    assert_eq!(hear(CONN_UP, ""), ["up"]);
    assert_eq!(hear(CONN_UP, ""), silence);
    assert_eq!(hear(CONN_CONNECTING, ""), ["down: the way to the venue is lost"]);
}

#[test]
fn a_connection_that_is_lost_during_the_login_is_told_after_it() {
    let mut desk = full();
    desk.call(login("demo"));
    assert_eq!(desk.hear(connection(CONN_DOWN, "gone")), []);
    let told = desk.log_in();
    assert_eq!(told[8..], ["logged in [EXAMPLE-1]", "down: gone"]);
    desk.call(VenueCall::Logout {});
    assert_eq!(desk.hear(connection(CONN_DOWN, "logged out")), []);
}
