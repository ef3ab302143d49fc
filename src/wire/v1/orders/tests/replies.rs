//! Replies, byte by byte.

use aftm_domain::instrument::{Band, Margin, TickTable};
use aftm_domain::order::{Refusal, Report};
use aftm_domain::session::{Sessions, Span};
use aftm_domain::{Instrument, Money, Order, OrderId, Price};

use super::*;

fn shown(reply: &[u8]) -> &str {
    std::str::from_utf8(reply).unwrap_or("not UTF-8")
}

#[test]
fn replies_have_the_shapes_that_v1_clients_know() {
    assert_eq!(
        shown(&accepted("From AFTM Gateway", OrderId(12))),
        r#"{"success":true,"data":{"is_send_order":true,"note":"From AFTM Gateway","order_serial":"A12","error_code":"0","error_message":""}}"#
    );
    let refusal = Refusal { code: "4010".to_owned(), text: "margin".to_owned() };
    assert_eq!(
        shown(&refused(&refusal)),
        r#"{"success":true,"data":{"is_send_order":false,"note":"","order_serial":"","error_code":"4010","error_message":"margin"}}"#
    );
    assert_eq!(
        shown(&failed(&Failure::new(code::TRADING_HALTED, "halted by \"kill\"\n停"))),
        r#"{"success":false,"error_message":"halted by \"kill\"\n停","error_code":"TRADING_HALTED"}"#
    );
    assert_eq!(
        shown(&in_doubt(OrderId(12), "the exchange has not answered")),
        r#"{"success":false,"error_message":"the exchange has not answered","error_code":"IN_DOUBT","order_serial":"A12"}"#
    );
    assert_eq!(
        shown(&cancel_sent(OrderId(12))),
        r#"{"success":true,"data":{"is_cancel_sent":true,"order_serial":"A12"}}"#
    );
    assert_eq!(
        shown(&halted(3)),
        r#"{"success":true,"data":{"trading_state":"halted","canceling":3}}"#
    );
}

#[test]
fn a_short_position_is_negative_and_what_is_unknown_is_null() {
    let row = PositionRow {
        account: "SIM-1".parse().unwrap(),
        item_code: "TXFH1".parse().unwrap(),
        quantity: "-2".parse().unwrap(),
        average_price: Some("17305.5".parse().unwrap()),
        unrealized_pnl: Some("-4000".parse().unwrap()),
    };
    let unknown = PositionRow {
        quantity: "0.5".parse().unwrap(),
        average_price: None,
        unrealized_pnl: None,
        ..row
    };
    assert_eq!(
        shown(&positions(&[row, unknown])),
        r#"{"success":true,"data":{"positions":[{"account":"SIM-1","item_code":"TXFH1","quantity":-2,"average_price":17305.5,"unrealized_pnl":-4000.0},{"account":"SIM-1","item_code":"TXFH1","quantity":0.5,"average_price":null,"unrealized_pnl":null}]}}"#
    );
    assert_eq!(shown(&positions(&[])), r#"{"success":true,"data":{"positions":[]}}"#);
}

#[test]
fn health_and_status_tell_the_age_of_the_feed() {
    let well = Health {
        is_healthy: true,
        is_connected: true,
        timestamp: 1_627_268_400,
        feed_age_ms: Some(12),
    };
    assert_eq!(
        shown(&health(&well)),
        r#"{"success":true,"data":{"status":"healthy","exchange_connected":true,"timestamp":1627268400,"server_running":true,"feed_age_ms":12}}"#
    );
    let ill = Health { is_healthy: false, is_connected: false, feed_age_ms: None, ..well };
    assert_eq!(
        shown(&health(&ill)),
        r#"{"success":true,"data":{"status":"unhealthy","exchange_connected":false,"timestamp":1627268400,"server_running":true,"feed_age_ms":null}}"#
    );
    let now = Status {
        trading_state: "active",
        logged_in: true,
        exchange_connected: true,
        working_orders: 2,
        in_doubt_orders: 0,
        feed_age_ms: Some(12),
        timestamp: 1_627_268_400,
    };
    assert_eq!(
        shown(&status(&now)),
        r#"{"success":true,"data":{"trading_state":"active","logged_in":true,"exchange_connected":true,"working_orders":2,"in_doubt_orders":0,"feed_age_ms":12,"timestamp":1627268400}}"#
    );
}

#[test]
fn an_order_is_told_in_the_words_it_was_sent_in() {
    let (ticket, _) = send(LIMIT).unwrap();
    let mut order = Order::sent(OrderId(12), ticket);
    let refusal = Refusal { code: "4010".to_owned(), text: "margin".to_owned() };
    order.apply(&Report::Rejected(refusal)).unwrap();
    assert_eq!(
        shown(&orders([&order])),
        r#"{"success":true,"data":{"orders":[{"order_serial":"A12","order_account":"SIM-1","item_code":"TXFH1","side":"buy","order_type":"Limit","price":17300.0,"stop_price":null,"quantity":1,"filled":0,"open_close":"AUTO","note":"","day_trade":"N","time_in_force":"ROD","status":"Rejected","error_code":"4010","error_message":"margin"}]}}"#
    );
}

#[test]
fn money_is_exact_in_an_account() {
    let row = AccountRow {
        account: "SIM-1".parse().unwrap(),
        balance: "5000000".parse().unwrap(),
        equity: "4999999.123456789".parse().unwrap(),
        margin: "184000".parse().unwrap(),
        available: "4815999.123456789".parse().unwrap(),
        realized_pnl: "0".parse().unwrap(),
        unrealized_pnl: "-0.5".parse().unwrap(),
        fees: "120".parse().unwrap(),
        tax: "69".parse().unwrap(),
    };
    assert_eq!(
        shown(&accounts(&[row])),
        r#"{"success":true,"data":{"accounts":[{"account":"SIM-1","balance":5000000.0,"equity":4999999.123456789,"margin":184000.0,"available":4815999.123456789,"realized_pnl":0.0,"unrealized_pnl":-0.5,"fees":120.0,"tax":69.0}]}}"#
    );
}

#[test]
fn an_instrument_is_told_with_its_rules() {
    let instrument = Instrument {
        code: "TXFH1".parse().unwrap(),
        product: "TXF".parse().unwrap(),
        name: "臺股期貨".to_owned(),
        month: "2021-08".to_owned(),
        ticks: TickTable::new(vec![Band { from: Price::ZERO, step: "0.05".parse().unwrap() }])
            .unwrap(),
        multiplier: "200".parse().unwrap(),
        currency: "TWD".to_owned(),
        margin: Margin::Fixed { initial: Money::from_units(1), maintenance: Money::from_units(1) },
        fee: Money::ZERO,
        tax: 20_000,
        sessions: Sessions { day: Span { opens: 0, closes: 1 }, night: None },
        last_trading_day: jiff::civil::date(2021, 8, 18),
        last_trading_second: 48_600,
        market_order_max: "10".parse().unwrap(),
        limit_order_max: "100".parse().unwrap(),
        lot_step: "1".parse().unwrap(),
        price_limit: None,
    };
    assert_eq!(
        shown(&instruments([&instrument])),
        r#"{"success":true,"data":{"instruments":[{"item_code":"TXFH1","name":"臺股期貨","product":"TXF","month":"2021-08","tick_size":0.05,"multiplier":200,"currency":"TWD","last_trading_day":"2021-08-18","lot_step":1,"market_order_max":10,"limit_order_max":100}]}}"#
    );
}
