//! Clients without patience, and an exchange that is slow.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Helpers of tests may fail as tests do.

use serde_json::{Value, json};
use zmq::{POLLIN, SocketType};

use super::bench::{Machine, answer, order};

const SLOW: &str = "simulator.slow_one_in=1";

/// Asks and gives up after so many milliseconds, as the earlier client did.
fn try_once(machine: &Machine, request: &[u8], timeout_ms: i64) -> Option<Value> {
    let socket = machine.socket(SocketType::REQ, "order_port");
    socket.send(request, 0).unwrap();
    (socket.poll(POLLIN, timeout_ms).unwrap() > 0).then(|| answer(&socket))
}

/// Waits until an order has left the state in which nobody knows of it.
fn settled(machine: &Machine, count: usize) -> Vec<Value> {
    loop {
        machine.wait("order", |it| it["status"] == "Filled");
        let orders = machine.orders();
        if orders.len() == count && orders.iter().all(|it| it["status"] == "Filled") {
            return orders;
        }
    }
}

#[test]
fn f06_the_naive_retry_trades_once_and_gets_its_reply() {
    // The answer comes in the middle of the third try, as far as it can from any giving up.
    let machine = Machine::start(&[SLOW, "simulator.slow_ms=1000"]);
    let request = order(&json!({}));
    let replies = (0..4).find_map(|_| try_once(&machine, &request, 400));
    // On a busy computer the four tries may be over before the exchange answers.
    let reply = replies.unwrap_or_else(|| machine.ask(&request));
    assert_eq!(reply["data"]["order_serial"], "A1", "{reply}");
    let orders = machine.orders();
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0]["filled"], 1);
}

#[test]
fn an_outcome_that_reached_nobody_is_told_to_who_asks_again() {
    let machine = Machine::start(&[SLOW, "simulator.slow_ms=300"]);
    let request = order(&json!({}));
    assert_eq!(try_once(&machine, &request, 20), None);
    settled(&machine, 1);
    let reply = machine.ask(&request);
    assert_eq!(reply["data"]["order_serial"], "A1", "the same request");
    let reply = machine.ask(&request);
    assert_eq!(reply["data"]["order_serial"], "A2", "a reply was delivered: a new order");
    let named = order(&json!({ "request_id": "mine" }));
    assert_eq!(try_once(&machine, &named, 20), None);
    assert_eq!(machine.ask(&named)["data"]["order_serial"], "A3");
    assert_eq!(machine.ask(&named)["data"]["order_serial"], "A3");
    settled(&machine, 3);
}

#[test]
fn a_client_hears_of_doubt_before_it_gives_up_and_of_the_outcome_later() {
    // The orders are still on their way when they are asked for first.
    let machine = Machine::start(&["simulator.latency_ms=9000"]);
    let resting = order(&json!({
        "order_type": "Limit", "price": 10000, "time_in_force": "ROD", "note": "resting",
    }));
    let (first, second) = (
        machine.socket(SocketType::REQ, "order_port"),
        machine.socket(SocketType::REQ, "order_port"),
    );
    first.send(order(&json!({})), 0).unwrap();
    assert_eq!(machine.wait("order", |_| true)["order"], "A1");
    second.send(&resting, 0).unwrap();
    assert_eq!(machine.wait("order", |_| true)["order"], "A2");
    let cancel = machine.ask(br#"{"operation":"cancel_order","parameters":{"order_serial":"A2"}}"#);
    assert_eq!(cancel["data"]["is_cancel_sent"], true);
    let doubt = answer(&first);
    assert_eq!((&doubt["error_code"], &doubt["order_serial"]), (&json!("IN_DOUBT"), &json!("A1")));
    assert_eq!(answer(&second)["error_code"], "IN_DOUBT", "a cancel is no answer of the exchange");
    let status = machine.ask(br#"{"operation":"status"}"#);
    assert_eq!(status["data"]["in_doubt_orders"], 1);
    let reply = machine.ask(&order(&json!({})));
    assert_eq!(reply["data"]["order_serial"], "A1", "asked again, it is that order");
    assert_eq!(machine.orders().len(), 2);
}

#[test]
fn f08_a_slow_order_holds_up_nobodys_health_check() {
    let machine = Machine::start(&[SLOW, "simulator.slow_ms=2000"]);
    let slow = machine.socket(SocketType::REQ, "order_port");
    slow.send(order(&json!({})), 0).unwrap();
    machine.wait("order", |_| true);
    let other = machine.socket(SocketType::REQ, "order_port");
    for _ in 0..50 {
        other.send(r#"{"operation":"health_check"}"#, 0).unwrap();
        assert_eq!(answer(&other)["data"]["status"], "healthy");
    }
    assert_eq!(
        slow.poll(POLLIN, 0).unwrap(),
        0,
        "the order's reply came before the checks were over"
    );
    assert_eq!(answer(&slow)["data"]["is_send_order"], true);
}
