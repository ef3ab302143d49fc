//! Replies, byte by byte.

use aftm_domain::instrument::{Margin, TickTable};
use aftm_domain::order::{Refusal, Report};
use aftm_domain::session::{Sessions, Span};
use aftm_domain::{Instrument, Money, Order, OrderId};

use super::*;

fn position() -> PositionRow {
    PositionRow {
        account: "SIM-1".parse().unwrap(),
        item_code: "TXFH1".parse().unwrap(),
        quantity: "-2".parse().unwrap(),
        average_price: Some("17305.5".parse().unwrap()),
        unrealized_pnl: Some("-4000".parse().unwrap()),
    }
}

fn well() -> Health {
    let (timestamp, feed_age_ms) = (1_627_268_400, Some(12));
    Health { is_healthy: true, is_connected: true, timestamp, feed_age_ms }
}

fn now() -> Status {
    Status {
        trading_state: "active",
        logged_in: true,
        exchange_connected: true,
        working_orders: 2,
        in_doubt_orders: 0,
        feed_age_ms: Some(12),
        timestamp: 1_627_268_400,
    }
}

fn working() -> Order {
    let mut order = Order::sent(OrderId(12), send(LIMIT).unwrap().0);
    let venue_id = "V1".parse().unwrap();
    order.apply(&Report::Accepted { venue_id }).unwrap();
    order
}

fn account() -> AccountRow {
    AccountRow {
        account: "SIM-1".parse().unwrap(),
        balance: "5000000".parse().unwrap(),
        equity: "4999999.5".parse().unwrap(),
        margin: "184000".parse().unwrap(),
        available: "4815999.5".parse().unwrap(),
        realized_pnl: "0".parse().unwrap(),
        unrealized_pnl: "-0.5".parse().unwrap(),
        fees: "120".parse().unwrap(),
        tax: "69".parse().unwrap(),
    }
}

fn instrument() -> Instrument {
    Instrument {
        code: "TXFH1".parse().unwrap(),
        product: "TXF".parse().unwrap(),
        name: "臺股期貨".to_owned(),
        month: "2021-08".to_owned(),
        ticks: TickTable::flat("1".parse().unwrap()).unwrap(),
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
    }
}

fn margin() -> Refusal {
    Refusal { code: "4010".to_owned(), text: "margin".to_owned() }
}

fn shown(reply: Vec<u8>) -> String {
    String::from_utf8(reply).unwrap()
}

#[test]
fn replies_are_written_as_the_page_of_formats_shows_them() {
    let side = with_side("b");
    let replies = [
        accepted("From AFTM Gateway", OrderId(12)),
        refused(&margin()),
        failed(&side),
        in_doubt(OrderId(12), "the exchange has not answered"),
        positions(&[position()]),
        health(&well()),
        cancel_sent(OrderId(12)),
        halted(3, 1, 0),
        status(&now()),
        orders([&working()], None),
        accounts(&[account()]),
        instruments([&instrument()]),
    ];
    let page = include_str!("../../../../../docs/WIRE.md");
    let blocks = page.split("```").skip(1).step_by(2);
    let lines = blocks.filter_map(|it| it.strip_prefix("json reply\n")).flat_map(str::lines);
    let lines: Vec<&str> = lines.filter(|it| !it.is_empty()).collect();
    for (reply, line) in replies.map(shown).iter().zip(&lines) {
        assert_eq!(reply, line);
    }
    assert_eq!(lines.len(), 12);
}

fn with_side(word: &str) -> Failure {
    send(&changed("side", &format!("\"{word}\""))).unwrap_err()
}

#[test]
fn text_of_any_script_arrives_unharmed() {
    let failure = Failure::new(code::TRADING_HALTED, "halted by \"kill\"\n停");
    assert_eq!(
        shown(failed(&failure)),
        r#"{"success":false,"error_message":"halted by \"kill\"\n停","error_code":"TRADING_HALTED"}"#
    );
}

#[test]
fn what_is_not_known_is_null_and_never_zero() {
    let row = PositionRow {
        quantity: "0.5".parse().unwrap(),
        average_price: None,
        unrealized_pnl: None,
        ..position()
    };
    assert_eq!(
        shown(positions(&[row])),
        r#"{"success":true,"data":{"positions":[{"account":"SIM-1","item_code":"TXFH1","quantity":0.5,"average_price":null,"unrealized_pnl":null}]}}"#
    );
    assert_eq!(shown(positions(&[])), r#"{"success":true,"data":{"positions":[]}}"#);
    let ill = Health { is_healthy: false, is_connected: false, feed_age_ms: None, ..well() };
    assert_eq!(
        shown(health(&ill)),
        r#"{"success":true,"data":{"status":"unhealthy","exchange_connected":false,"timestamp":1627268400,"server_running":true,"feed_age_ms":null}}"#
    );
}

#[test]
fn money_and_prices_are_exact() {
    let equity = "4999999.123456789".parse().unwrap();
    let reply = shown(accounts(&[AccountRow { equity, ..account() }]));
    assert!(reply.contains(r#""equity":4999999.123456789,"#), "{reply}");
    let ticks = TickTable::flat("0.05".parse().unwrap()).unwrap();
    let reply = shown(instruments([&Instrument { ticks, ..instrument() }]));
    assert!(reply.contains(r#""tick_size":0.05,"#), "{reply}");
}

#[test]
fn an_order_says_why_it_was_refused() {
    let mut order = Order::sent(OrderId(12), send(LIMIT).unwrap().0);
    order.apply(&Report::Rejected(margin())).unwrap();
    let reply = shown(orders([&order], Some(OrderId(12))));
    let end =
        r#""status":"Rejected","error_code":"4010","error_message":"margin"}],"earlier":"A12"}}"#;
    assert!(reply.ends_with(end), "{reply}");
}
