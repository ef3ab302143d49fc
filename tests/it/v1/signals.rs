//! The signal port: a v1 strategy's signals become orders.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Helpers of tests may fail as tests do.

use std::time::SystemTime;

use aftm_domain::{Side, Stamp};
use serde_json::{Value, json};
use zmq::SocketType;

use super::bench::{Machine, signal};

fn ended(order: &Value) -> bool {
    ["Filled", "Denied", "Rejected", "Expired"].iter().any(|it| order["status"] == *it)
}

/// What `datetime.now()` gives to a strategy that does not take the tick's time.
#[allow(clippy::disallowed_methods)] // The test stands in for a program with a clock.
fn wall_clock() -> Stamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Stamp(i64::try_from(since.as_micros()).unwrap() * 1_000)
}

#[test]
fn a_signal_of_a_fresh_tick_is_traded() {
    let machine = Machine::start(&["executor.v1_quantity=2"]);
    let port = machine.socket(SocketType::PUSH, "signal_port");
    port.send(signal(machine.tick_time(), Side::Buy), 0).unwrap();
    let order = machine.wait("order", ended);
    assert_eq!((&order["side"], &order["filled"]), (&json!("buy"), &json!("2")));
    assert_eq!((&order["kind"], &order["time_in_force"]), (&json!("market"), &json!("ioc")));
    assert_eq!(order["account"], "SIM-1", "the selected account");
    port.send(signal(wall_clock(), Side::Sell), 0).unwrap();
    let order = machine.wait("order", ended);
    assert_eq!((&order["side"], &order["filled"]), (&json!("sell"), &json!("2")));
}

#[test]
fn an_old_signal_may_close_but_never_open() {
    let machine = Machine::start(&[]);
    let port = machine.socket(SocketType::PUSH, "signal_port");
    let old = machine.tick_time().after(-60 * Stamp::SECOND);
    port.send(signal(old, Side::Sell), 0).unwrap();
    let order = machine.wait("order", ended);
    assert_eq!(
        (&order["status"], &order["refusal"]["code"]),
        (&json!("Denied"), &json!("STALE_SIGNAL"))
    );
    machine.wait("alert", |it| it["code"] == "STALE_SIGNAL");
    port.send(signal(machine.tick_time(), Side::Buy), 0).unwrap();
    assert_eq!(machine.wait("order", ended)["status"], "Filled");
    port.send(signal(old.after(Stamp::SECOND), Side::Sell), 0).unwrap();
    assert_eq!(machine.wait("order", ended)["status"], "Filled", "it closes what is held");
    assert_eq!(machine.now()["open_lots"], "0");
}

#[test]
fn the_same_bytes_within_a_second_are_traded_once_and_told() {
    let machine = Machine::start(&[]);
    let port = machine.socket(SocketType::PUSH, "signal_port");
    let twice = signal(machine.tick_time(), Side::Buy);
    for frame in [&twice, &twice, &twice, &signal(machine.tick_time(), Side::Sell)] {
        port.send(frame, 0).unwrap();
    }
    let alert = machine.wait("alert", |it| it["code"] == "REPEATED_SIGNAL");
    assert!(alert["text"].as_str().unwrap().starts_with("2 signals came again"), "{alert}");
    let sides: Vec<Value> = machine.orders().iter().map(|it| it["side"].clone()).collect();
    assert_eq!(sides, [json!("buy"), json!("sell")]);
}
