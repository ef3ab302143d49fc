//! Orders, their fills and their cancels.

use aftm_plugin_host::What;
use aftm_plugin_host::abi::{
    ABSENT, CHANGE_ACCEPTED, CHANGE_CANCEL_REJECTED, CHANGE_CANCELED, CHANGE_EXPIRED,
    CHANGE_FILLED, CHANGE_REJECTED, E_DUPLICATE, E_FUNDS, E_NET, E_NO_ORDER, E_NOT_CANCELABLE,
    E_POSITION, E_SETTLEMENT, E_UNSUPPORTED, OC_AUTO, OC_CLOSE, OC_CLOSE_TODAY, OC_CLOSE_YESTERDAY,
    OrderRequest, QUERY_FILLS, QUERY_ORDERS, Query, SIDE_SELL, STATE_CANCELED, STATE_EXPIRED,
    STATE_FILLED, STATE_WORKING, TIF_FOK, TIF_IOC, TYPE_MARKET, Versioned, name, put_name, text,
};

use crate::desk::{Desk, ONE, cancel, order, refused, trading};

fn ready() -> (tempfile::TempDir, Desk) {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::ready(&folder);
    (folder, desk)
}

/// Sells lots at the market's price.
fn selling(client_order_id: u64, lots: i64, open_close: u8) -> OrderRequest {
    OrderRequest {
        side: SIDE_SELL,
        qty_e9: lots * ONE,
        price_e9: 3_199 * ONE,
        open_close,
        ..order(client_order_id, "")
    }
}

#[test]
fn an_order_rests_and_is_canceled() {
    let (_folder, mut desk) = ready();
    let told = desk.sent(&order(7, "止损"));
    assert_eq!((told.change, told.state, told.filled_e9), (CHANGE_ACCEPTED, STATE_WORKING, 0));
    assert_eq!((told.qty_e9, told.price_e9), (2 * ONE, 3_100 * ONE));
    assert_eq!(name(&told.broker_order_id), Some("SHFE:1"));
    assert_eq!((name(&told.symbol), name(&told.account)), (Some("rb2510"), Some("demo")));
    assert_ne!(told.ts_ns, ABSENT);
    let request = desk.session.cancel(&cancel(7)).unwrap();
    let told = desk.told(request);
    assert_eq!((told.change, told.state), (CHANGE_CANCELED, STATE_CANCELED));
    assert_eq!(desk.changes(7), [CHANGE_ACCEPTED, CHANGE_CANCELED]);
    assert_eq!(refused(desk.session.cancel(&cancel(7))).0, E_NOT_CANCELABLE);
    desk.close();
}

#[test]
fn an_order_fills_and_its_fill_is_told_once() {
    for note in ["", "trade first"] {
        let (_folder, mut desk) = ready();
        desk.sent(&trading(7, note));
        let told = desk.changed(7, CHANGE_FILLED);
        assert_eq!((told.state, told.filled_e9), (STATE_FILLED, 2 * ONE), "{note}");
        desk.until("the fill", |it| (!it.fills(7).is_empty()).then_some(()));
        assert_eq!(desk.fills(7), [("1".to_owned(), 2)], "{note}");
        let mut mine = Query { what: QUERY_FILLS, client_order_id: 7, ..Query::blank() };
        let rows = desk.list(&mine);
        let [What::Fill(fill)] = &rows[..] else { panic!("{rows:?}") };
        assert_eq!((fill.price_e9, name(&fill.fill_id)), (3_200 * ONE, Some("1")));
        mine.client_order_id = 8;
        assert_eq!(desk.list(&mine).len(), 0);
        desk.close();
    }
}

#[test]
fn an_order_that_is_half_filled_is_canceled_with_what_it_has() {
    let (_folder, mut desk) = ready();
    desk.sent(&order(7, "half"));
    let request = desk.session.cancel(&cancel(7)).unwrap();
    let told = desk.told(request);
    assert_eq!((told.state, told.filled_e9, told.qty_e9), (STATE_CANCELED, ONE, 2 * ONE));
    desk.close();
}

#[test]
fn a_rejection_is_told_once_however_often_the_vendor_tells_it() {
    let (_folder, mut desk) = ready();
    for (id, note) in [(1, "answer"), (2, "both"), (3, "failed")] {
        let request = desk.session.send(&order(id, note)).unwrap();
        if note == "failed" {
            continue;
        }
        let told = desk.told(request);
        assert_eq!((told.change, told.code), (CHANGE_REJECTED, E_FUNDS), "{note}");
        assert_eq!(text(&told.text), "CTP:资金不足 (CTP error 31)");
        assert_eq!(text(&told.vendor_code), "31");
    }
    // Whatever else was said of them is read by the time that another order is answered.
    desk.sent(&order(9, ""));
    assert_eq!((desk.changes(1), desk.changes(2)), (vec![CHANGE_REJECTED], vec![CHANGE_REJECTED]));
    desk.close();
}

#[test]
fn an_order_that_the_vendor_does_not_take_was_not_sent() {
    let (_folder, mut desk) = ready();
    let (code, said) = refused(desk.session.send(&order(1, "minus one")));
    assert_eq!((code, said.as_str()), (E_NET, "the front is not connected: nothing was sent"));
    desk.sent(&order(2, ""));
    assert_eq!(desk.changes(1), []);
    desk.close();
}

#[test]
fn an_order_refused_for_want_of_the_settlement_has_it_confirmed_for_the_next() {
    let (_folder, mut desk) = ready();
    let told = desk.sent(&order(1, "confirm"));
    assert_eq!((told.change, told.code), (CHANGE_REJECTED, E_SETTLEMENT));
    let told = desk.sent(&order(2, ""));
    assert_eq!(told.change, CHANGE_ACCEPTED);
    desk.close();
}

#[test]
fn a_cancel_that_is_refused_twice_is_told_once_and_changes_nothing() {
    let (_folder, mut desk) = ready();
    desk.sent(&order(7, "keep"));
    let request = desk.session.cancel(&cancel(7)).unwrap();
    let told = desk.told(request);
    assert_eq!((told.change, told.state), (CHANGE_CANCEL_REJECTED, STATE_WORKING));
    assert_eq!(text(&told.text), "CTP:报单状态不能撤单 (CTP error 26)");
    assert_eq!(told.code, E_NOT_CANCELABLE);
    desk.sent(&order(8, ""));
    assert_eq!(desk.changes(7), [CHANGE_ACCEPTED, CHANGE_CANCEL_REJECTED]);
    // And it can be asked for again.
    let request = desk.session.cancel(&cancel(7)).unwrap();
    assert_eq!(desk.told(request).change, CHANGE_CANCEL_REJECTED);
    desk.close();
}

#[test]
fn an_order_is_known_by_the_exchanges_number_as_well() {
    let (_folder, mut desk) = ready();
    let told = desk.sent(&order(7, ""));
    let mut by_number = cancel(0);
    by_number.broker_order_id = told.broker_order_id;
    let request = desk.session.cancel(&by_number).unwrap();
    assert_eq!(desk.told(request).client_order_id, 7);
    put_name(&mut by_number.broker_order_id, "SHFE:99").unwrap();
    assert_eq!(refused(desk.session.cancel(&by_number)).0, E_NO_ORDER);
    desk.close();
}

#[test]
fn a_close_is_split_by_days_and_told_as_one_order() {
    let (_folder, mut desk) = ready();
    desk.sent(&trading(1, ""));
    desk.until("the fill", |it| (!it.fills(1).is_empty()).then_some(()));
    // Two of yesterday and two of today are held.
    assert_eq!(refused(desk.session.send(&selling(2, 3, OC_CLOSE_TODAY))).0, E_POSITION);
    assert_eq!(refused(desk.session.send(&selling(3, 3, OC_CLOSE_YESTERDAY))).0, E_POSITION);
    assert_eq!(refused(desk.session.send(&selling(4, 5, OC_CLOSE))).0, E_POSITION);
    desk.sent(&selling(5, 3, OC_CLOSE));
    let told =
        desk.until("the end", |it| it.orders(5).into_iter().find(|it| it.state == STATE_FILLED));
    assert_eq!((told.filled_e9, told.qty_e9), (3 * ONE, 3 * ONE));
    desk.until("both fills", |it| (it.fills(5).len() == 2).then_some(()));
    assert_eq!(desk.fills(5).iter().map(|it| it.1).sum::<i64>(), 3);
    // One is left; the rest of an automatic order opens.
    desk.sent(&selling(6, 2, OC_AUTO));
    desk.until("both fills", |it| (it.fills(6).len() == 2).then_some(()));
    let rows = desk.list(&Query { what: QUERY_ORDERS, client_order_id: 6, ..Query::blank() });
    let [What::Order(row)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((row.state, row.filled_e9, row.open_close), (STATE_FILLED, 2 * ONE, OC_AUTO));
    let fok = OrderRequest { tif: TIF_FOK, ..selling(7, 2, OC_AUTO) };
    desk.sent(&fok);
    desk.close();
}

#[test]
fn an_order_of_several_legs_is_accepted_listed_and_canceled_as_one() {
    let (_folder, mut desk) = ready();
    desk.sent(&trading(1, ""));
    desk.until("the fill", |it| (!it.fills(1).is_empty()).then_some(()));
    let resting = OrderRequest { price_e9: 3_400 * ONE, ..selling(2, 3, OC_CLOSE) };
    let fok = OrderRequest { tif: TIF_FOK, client_order_id: 3, ..resting };
    let (code, said) = refused(desk.session.send(&fok));
    assert_eq!(code, E_UNSUPPORTED);
    assert!(said.contains("close yesterday 2 and close today 1"), "{said}");
    desk.sent(&resting);
    let rows = desk.list(&Query { what: QUERY_ORDERS, client_order_id: 2, ..Query::blank() });
    let [What::Order(row)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((row.state, row.qty_e9, row.filled_e9), (STATE_WORKING, 3 * ONE, 0));
    let request = desk.session.cancel(&cancel(2)).unwrap();
    let told = desk.told(request);
    assert_eq!((told.change, told.state, told.qty_e9), (CHANGE_CANCELED, STATE_CANCELED, 3 * ONE));
    // Whatever else the legs say is read by the time that another order is answered.
    desk.sent(&order(4, ""));
    assert_eq!(desk.changes(2), [CHANGE_ACCEPTED, CHANGE_CANCELED]);
    desk.close();
}

#[test]
fn what_is_working_to_close_is_not_closed_twice() {
    let (_folder, mut desk) = ready();
    let resting = OrderRequest { price_e9: 3_400 * ONE, ..selling(1, 2, OC_CLOSE) };
    desk.sent(&resting);
    assert_eq!(refused(desk.session.send(&selling(2, 1, OC_CLOSE))).0, E_POSITION);
    let request = desk.session.cancel(&cancel(1)).unwrap();
    desk.told(request);
    desk.sent(&selling(3, 1, OC_CLOSE));
    desk.close();
}

#[test]
fn an_ioc_that_does_not_fill_expires_also_where_the_library_leaves_it() {
    let folder = tempfile::tempdir().unwrap();
    for (note, more) in [("", &[][..]), ("stays", &[("ends_ioc", "no")][..])] {
        let mut desk = Desk::ready_with(&folder, "rehearsal:plain", more);
        let id = if note.is_empty() { 1 } else { 2 };
        desk.sent(&OrderRequest { tif: TIF_IOC, ..order(id, note) });
        let told = desk.changed(id, CHANGE_EXPIRED);
        assert_eq!((told.state, told.filled_e9), (STATE_EXPIRED, 0), "{note}");
        desk.close();
    }
}

#[test]
fn a_market_order_is_a_limit_order_where_the_exchange_takes_none() {
    let (_folder, mut desk) = ready();
    let market = |id| OrderRequest {
        order_type: TYPE_MARKET,
        tif: TIF_IOC,
        price_e9: ABSENT,
        ..order(id, "")
    };
    let (_, said) = refused(desk.session.send(&market(1)));
    assert!(said.contains("nothing is known of its market; subscribe to it"), "{said}");
    desk.subscribed("rb2510");
    desk.sent(&market(2));
    let told = desk.changed(2, CHANGE_FILLED);
    assert_eq!((told.order_type, told.price_e9, told.state), (TYPE_MARKET, ABSENT, STATE_FILLED));
    let rod = OrderRequest { tif: aftm_plugin_host::abi::TIF_ROD, ..market(3) };
    assert_eq!(refused(desk.session.send(&rod)).0, E_UNSUPPORTED);
    desk.close();
}

#[test]
fn an_order_is_never_sent_a_second_time_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::ready(&folder);
    desk.sent(&order(7, ""));
    assert_eq!(refused(desk.session.send(&order(7, ""))).0, E_DUPLICATE);
    desk.close();
    let mut desk = Desk::ready(&folder);
    assert_eq!(refused(desk.session.send(&order(7, ""))).0, E_DUPLICATE);
    // The counter of this session has never heard of it, and no list has it.
    let rows = desk.list(&Query { what: QUERY_ORDERS, client_order_id: 7, ..Query::blank() });
    assert_eq!(rows.len(), 0);
    desk.sent(&order(8, ""));
    desk.close();
}
