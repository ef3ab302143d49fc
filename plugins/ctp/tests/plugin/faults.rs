//! What goes wrong between the counter and the plug-in.

use aftm_plugin_host::What;
use aftm_plugin_host::abi::{
    CHANGE_ACCEPTED, CHANGE_CANCELED, CHANGE_FILLED, CHANGE_NO_REPLY, CHANNEL_TRADE, CONN_DOWN,
    CONN_UP, E_NET, E_NO_ORDER, E_TIMEOUT, LOG_WARN, QUERY_FILLS, QUERY_ORDERS, Query,
    STATE_PENDING, STATE_WORKING, Versioned,
};

use crate::desk::{Desk, ONE, cancel, order, trading};

fn ready() -> (tempfile::TempDir, Desk) {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::ready(&folder);
    (folder, desk)
}

/// Waits until the trading connection has come up as often as this.
fn up(desk: &mut Desk, times: usize) {
    desk.until("the connection", |it| {
        let ups = it.connections(CHANNEL_TRADE).iter().filter(|it| it.0 == CONN_UP).count();
        (ups >= times).then_some(())
    });
}

#[test]
fn an_order_that_nobody_answers_is_in_doubt_until_the_list_of_orders_tells() {
    let (_folder, mut desk) = ready();
    for (id, note) in [(1, "quiet"), (2, "lost")] {
        let told = desk.sent(&order(id, note));
        assert_eq!((told.change, told.state), (CHANGE_NO_REPLY, STATE_PENDING), "{note}");
        assert_eq!(told.code, E_TIMEOUT);
    }
    let of = |client_order_id| Query { what: QUERY_ORDERS, client_order_id, ..Query::blank() };
    let rows = desk.list(&of(1));
    let [What::Order(row)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((row.client_order_id, row.state), (1, STATE_WORKING));
    assert_eq!(desk.changes(1), [CHANGE_NO_REPLY, CHANGE_ACCEPTED]);
    assert_eq!(desk.list(&of(2)).len(), 0, "the venue has never heard of it");
    desk.close();
}

#[test]
fn a_storm_of_disconnects_is_told_in_few_words_and_the_session_comes_back() {
    let (_folder, mut desk) = ready();
    desk.sent(&order(7, "storm"));
    up(&mut desk, 2);
    let told = desk.connections(CHANNEL_TRADE);
    let down: Vec<_> = told.iter().filter(|it| it.0 == CONN_DOWN).collect();
    assert!(!down.is_empty() && down.len() < 10, "{told:?}");
    assert!(down.iter().all(|it| it.1 == E_NET), "{told:?}");
    // An order of before is canceled by the exchange's number, in the session that came after.
    let request = desk.session.cancel(&cancel(7)).unwrap();
    desk.told(request);
    desk.close();
}

#[test]
fn a_day_that_is_told_again_after_a_reconnect_is_no_news() {
    let (_folder, mut desk) = ready();
    desk.sent(&trading(1, ""));
    desk.until("the fill", |it| (!it.fills(1).is_empty()).then_some(()));
    desk.sent(&order(2, "again"));
    up(&mut desk, 2);
    desk.sent(&order(3, ""));
    assert_eq!(desk.changes(1), [CHANGE_ACCEPTED, CHANGE_FILLED]);
    assert_eq!(desk.fills(1), [("1".to_owned(), 2)]);
    assert_eq!(desk.changes(2), [CHANGE_ACCEPTED]);
    let rows = desk.list(&Query { what: QUERY_FILLS, ..Query::blank() });
    assert_eq!(rows.len(), 1);
    let rows = desk.list(&Query { what: QUERY_ORDERS, ..Query::blank() });
    assert_eq!(rows.len(), 3);
    desk.close();
}

#[test]
fn a_status_that_nobody_knows_is_a_line_of_the_log_and_changes_nothing() {
    let (_folder, mut desk) = ready();
    let told = desk.sent(&order(1, "odd"));
    assert_eq!(told.change, CHANGE_ACCEPTED);
    let line = desk.until("the line", |it| {
        it.log.iter().find(|it| it.text.contains("the order status '?' is not known")).cloned()
    });
    assert_eq!(line.level, LOG_WARN);
    desk.close();
}

#[test]
fn a_new_trading_day_forgets_the_orders_of_the_last_one_and_leaves_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::ready_with(&folder, "rehearsal:days", &[]);
    desk.sent(&order(1, ""));
    let lost = desk.session.send(&order(2, "lost")).unwrap();
    // The front is lost and comes back on the next day.
    desk.session.send(&order(3, "again")).unwrap();
    up(&mut desk, 2);
    assert_eq!(desk.told(lost).change, CHANGE_NO_REPLY);
    let days = desk.news.iter().filter_map(|it| match &it.what {
        What::Connection(it) if it.state == CONN_UP && it.trading_day != 0 => Some(it.trading_day),
        _ => None,
    });
    let days: Vec<_> = days.collect();
    assert!(days.starts_with(&[20_251_121]) && days.ends_with(&[20_251_124]), "{days:?}");
    let code = crate::desk::refused(desk.session.cancel(&cancel(1))).0;
    assert_eq!(code, E_NO_ORDER);
    assert_eq!(desk.list(&Query { what: QUERY_ORDERS, ..Query::blank() }).len(), 0);
    desk.sent(&order(4, ""));
    desk.close();
}

#[test]
fn a_refusal_of_another_session_with_the_same_reference_is_none_of_ours() {
    let (_folder, mut desk) = ready();
    let told = desk.sent(&order(1, "same ref"));
    assert_eq!(told.change, CHANGE_ACCEPTED);
    let request = desk.session.cancel(&cancel(1)).unwrap();
    assert_eq!(desk.told(request).change, CHANGE_CANCELED);
    assert_eq!(desk.changes(1), [CHANGE_ACCEPTED, CHANGE_CANCELED]);
    desk.close();
}

#[test]
fn an_order_of_another_account_is_none_of_ours() {
    let (_folder, mut desk) = ready();
    desk.sent(&order(1, "foreign"));
    let others = desk.news.iter().filter(|it| match &it.what {
        What::Order(it) => it.client_order_id != 1,
        _ => false,
    });
    assert_eq!(others.count(), 0);
    desk.close();
}

#[test]
fn a_session_is_closed_in_the_middle_of_orders() {
    let (_folder, desk) = ready();
    for id in 1..=200 {
        desk.session.send(&trading(id, "")).unwrap();
    }
    desk.close();
}

#[test]
fn an_order_of_an_earlier_login_can_be_canceled() {
    let (_folder, mut desk) = ready();
    let told = desk.sent(&order(1, ""));
    assert_eq!(told.qty_e9, 2 * ONE);
    let request = desk.session.logout().unwrap();
    desk.answered(request).unwrap();
    let request = desk.session.login(crate::desk::demo(), false, None).unwrap();
    desk.answered(request).unwrap();
    // The session is another one, so that only the exchange's number names the order.
    let request = desk.session.cancel(&cancel(1)).unwrap();
    assert_eq!(desk.told(request).client_order_id, 1);
    desk.close();
}
