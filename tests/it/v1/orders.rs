//! The order port: what a client of the earlier machine asks, and what it is told.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Helpers of tests may fail as tests do.

use std::net::TcpStream;
use std::rc::Rc;

use serde_json::{Value, json};
use zmq::SocketType;

use super::bench::{Machine, PREPARED, answer, order};

#[test]
fn the_earlier_executors_order_is_traded_and_held() {
    let machine = Machine::start(&[]);
    let health = machine.ask(br#"{"operation":"health_check"}"#);
    assert_eq!(health["data"]["status"], "healthy");
    assert_eq!(health["data"]["exchange_connected"], true);
    assert_eq!(health["data"]["server_running"], true);
    let reply = machine.ask(&order(&json!({})));
    let taken = json!({
        "is_send_order": true, "note": "From AFTM Gateway", "order_serial": "A1",
        "error_code": "0", "error_message": "",
    });
    assert_eq!(reply, json!({ "success": true, "data": taken }));
    let held = machine.ask(br#"{"operation":"get_positions","parameters":{"account":"SIM-1"}}"#);
    let rows = held["data"]["positions"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["item_code"], &rows[0]["quantity"]), (&json!("TXFH1"), &json!(1)));
    machine.ask(&order(&json!({ "side": "sell", "quantity": 3 })));
    let held = machine.ask(br#"{"operation":"get_positions","parameters":{"account":"SIM-1"}}"#);
    assert_eq!(held["data"]["positions"][0]["quantity"], -2, "a short position is negative");
}

#[test]
fn every_kind_of_order_is_taken_or_refused_as_it_should() {
    let machine = Machine::start(&["simulator.balance=1000000000"]);
    for (changes, is_sent) in [
        (json!({ "time_in_force": "FOK" }), true),
        (json!({ "time_in_force": "ROD" }), false),
        (json!({ "order_type": "MarketPrice", "time_in_force": "ROD" }), true),
        (json!({ "order_type": "Limit", "price": 17000, "time_in_force": "ROD" }), true),
        (json!({ "order_type": "Limit", "price": "17000", "time_in_force": "DAY" }), true),
        (json!({ "order_type": "Limit", "price": 17000.0, "time_in_force": "IOC" }), true),
        (json!({ "order_type": "Stop", "stop_price": 18000, "time_in_force": "ROD" }), true),
        (
            json!({ "order_type": "StopLimit", "price": 18010, "stop_price": 18000,
                    "time_in_force": "ROD" }),
            true,
        ),
        (json!({ "side": "SELL", "open_close": "Y" }), true),
        (json!({ "side": "Buy", "open_close": "CLOSE" }), true),
        (json!({ "open_close": "N", "quantity": "10" }), false),
        (json!({ "day_trade": true, "quantity": 2.0 }), true),
    ] {
        let reply = machine.ask(&order(&changes));
        assert_eq!(reply["success"], true, "{changes}: {reply}");
        assert_eq!(reply["data"]["is_send_order"], is_sent, "{changes}: {reply}");
        assert_eq!(reply["data"]["error_code"] == "0", is_sent, "{changes}: {reply}");
    }
}

#[test]
fn each_fault_of_a_request_has_its_code_and_trades_nothing() {
    let machine = Machine::start(&[]);
    let faults: [(&[u8], &str); 16] = [
        (b"", "INVALID_JSON"),
        (b"{", "INVALID_JSON"),
        (br#"{"operation":"status","operation":"status"}"#, "INVALID_JSON"),
        (b"[]", "PROCESSING_ERROR"),
        (b"\xff\xfe", "PROCESSING_ERROR"),
        (b"{}", "UNKNOWN_OPERATION"),
        (br#"{"operation":"buy"}"#, "UNKNOWN_OPERATION"),
        (br#"{"operation":"send_order"}"#, "INVALID_ORDER"),
        (br#"{"operation":"send_order","parameters":[]}"#, "INVALID_ORDER"),
        (br#"{"operation":"get_positions"}"#, "MISSING_ACCOUNT"),
        (
            br#"{"operation":"get_positions","parameters":{"account":"SIM-9"}}"#,
            "POSITION_QUERY_ERROR",
        ),
        (
            br#"{"operation":"cancel_order","parameters":{"order_serial":"A99"}}"#,
            "ORDER_EXECUTION_ERROR",
        ),
        (&[b'['; 40], "TOO_LARGE"),
        // A frame in our own format, which this port does not speak.
        (b"\x01\x82\xa2id\x01\xa7request\x81\xa6Status\x80", "PROCESSING_ERROR"),
        (b"\x01", "INVALID_JSON"),
        (b"POST / HTTP/1.1\r\n\r\n", "INVALID_JSON"),
    ];
    for (request, code) in faults {
        let reply = machine.ask(request);
        let text = request.escape_ascii();
        assert_eq!(
            (&reply["success"], &reply["error_code"]),
            (&json!(false), &json!(code)),
            "{text}"
        );
    }
    for changes in [
        json!({ "side": "b" }),
        json!({ "quantity": 1.9 }),
        json!({ "quantity": 0 }),
        json!({ "quantity": -5 }),
        json!({ "quantity": 11 }),
        json!({ "order_type": "Limit", "price": 17300.5, "time_in_force": "ROD" }),
        json!({ "time_in_force": "GTC" }),
        json!({ "order_account": "SIM-9" }),
        json!({ "order_account": "" }),
        json!({ "item_code": "NOPE" }),
        json!({ "note": "x".repeat(33) }),
        json!({ "request_id": null }),
    ] {
        let reply = machine.ask(&order(&changes));
        assert_eq!(reply["error_code"], "INVALID_ORDER", "{changes}");
    }
    let faulty = machine.socket(SocketType::REQ, "order_port");
    faulty.send_multipart([order(&json!({})), Vec::new()], 0).unwrap();
    assert_eq!(answer(&faulty)["error_code"], "INVALID_JSON", "a second frame");
    assert!(machine.orders().iter().all(|it| it["status"] == "Denied"));
    assert!(machine.now()["bad_messages"].as_u64().unwrap() > 15);
    machine.ctl("logout");
    assert_eq!(machine.ask(&order(&json!({})))["error_code"], "NOT_LOGGED_IN");
    let health = machine.ask(br#"{"operation":"health_check"}"#);
    assert_eq!(health["data"]["status"], "unhealthy");
}

#[test]
fn a_request_id_is_one_order_for_ever() {
    let machine = Machine::start(&[]);
    let (one, other) = (json!({ "request_id": "r-1" }), json!({ "request_id": "r-2" }));
    let outcome = machine.ask(&order(&one));
    assert_eq!(outcome["data"]["order_serial"], "A1");
    assert_eq!(machine.ask(&order(&one)), outcome);
    let larger = json!({ "request_id": "r-1", "quantity": 2 });
    assert_eq!(machine.ask(&order(&larger))["error_code"], "DUPLICATE_REQUEST");
    let machine = machine.restart(&[]);
    assert_eq!(machine.ask(&order(&one)), outcome, "after a restart");
    assert_eq!(machine.ask(&order(&larger))["error_code"], "DUPLICATE_REQUEST");
    assert_eq!(machine.ask(&order(&other))["data"]["order_serial"], "A2");
    let filled: Vec<Value> = machine.orders().iter().map(|it| it["filled"].clone()).collect();
    assert_eq!(filled, [json!(1), json!(1)]);
}

#[test]
fn orders_are_told_page_by_page() {
    let machine = Machine::start(&[]);
    for _ in 0..70 {
        machine.ask(&order(&json!({ "quantity": 99 })));
    }
    let ask = |parameters: Value| {
        let request = json!({ "operation": "get_orders", "parameters": parameters });
        let reply = machine.ask(&serde_json::to_vec(&request).unwrap())["data"].clone();
        let rows = reply["orders"].as_array().unwrap();
        let ends = [rows.first(), rows.last()].map(|it| it.unwrap()["order_serial"].clone());
        (rows.len(), ends, reply["earlier"].clone())
    };
    assert_eq!(ask(json!({})), (64, [json!("A7"), json!("A70")], json!("A7")));
    assert_eq!(ask(json!({ "before": "A7" })), (6, [json!("A1"), json!("A6")], json!(null)));
    assert_eq!(ask(json!({ "order_serial": "A33" })).1, [json!("A33"), json!("A33")]);
}

#[test]
fn nothing_that_trades_is_open_unless_it_is_wanted() {
    let home = Rc::new(tempfile::tempdir().unwrap());
    let script = format!("{PREPARED}start\nstatus\nwait fills 1\n");
    let machine = Machine::run(home, &script, &["gateway.plain=false"]);
    assert_eq!(machine.status["order_port"], json!(null));
    assert_eq!(machine.status["signal_port"], json!(null));
    assert_eq!(machine.tick()[0], b"TICK");
    let home = Rc::new(tempfile::tempdir().unwrap());
    let machine = Machine::run(home, &script, &["gateway.plain=true"]);
    let ports = ["tick_port", "signal_port", "order_port"].map(|it| machine.port(it));
    for port in ports {
        TcpStream::connect(("127.0.0.1", port)).unwrap();
    }
}
