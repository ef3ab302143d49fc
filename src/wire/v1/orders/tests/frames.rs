//! Requests other than orders, and frames that are no request at all.

use aftm_domain::OrderId;

use super::*;
use crate::wire::v1::fixtures::Random;

#[test]
fn positions_are_asked_for_by_account() {
    let ask = |parameters: &str| {
        parse(format!(r#"{{"operation":"get_positions","parameters":{parameters}}}"#).as_bytes())
    };
    let account = "SIM-1".parse().unwrap();
    for key in ["account", "order_account"] {
        let asked = ask(&format!(r#"{{"{key}":"SIM-1"}}"#));
        assert_eq!(asked, Ok(Request::GetPositions { account, item: None }));
    }
    let item = Some("TXFH1".parse().unwrap());
    let asked = ask(r#"{"account":"SIM-1","item_code":"TXFH1"}"#);
    assert_eq!(asked, Ok(Request::GetPositions { account, item }));
    for none in ["null", "{}", r#"{"account":""}"#, r#"{"account":null}"#] {
        assert_eq!(ask(none).unwrap_err().code, code::MISSING_ACCOUNT, "{none}");
    }
    for bad in [
        "[]",
        r#""SIM-1""#,
        r#"{"account":1}"#,
        r#"{"account":"a b"}"#,
        r#"{"account":"SIM-1","order_account":"SIM-2"}"#,
        r#"{"account":"SIM-1","item_code":7}"#,
    ] {
        assert_eq!(ask(bad).unwrap_err().code, code::POSITION_QUERY_ERROR, "{bad}");
    }
}

#[test]
fn the_other_operations_are_read() {
    let account = Some("SIM-1".parse().unwrap());
    let kill = |flatten, reason: &str| Request::Kill {
        flatten,
        reason: reason.to_owned(),
        scope: crate::wire::Scope::Global,
    };
    for (frame, request) in [
        (r#"{"operation":"health_check"}"#, Request::HealthCheck),
        (r#"{"operation":"health_check","parameters":[]}"#, Request::HealthCheck),
        (r#"{"operation":"status","parameters":{}}"#, Request::Status),
        (
            r#"{"operation":"cancel_order","parameters":{"order_serial":"A12"}}"#,
            Request::CancelOrder { order_serial: OrderId(12) },
        ),
        (
            r#"{"operation":"get_orders"}"#,
            Request::GetOrders { account: None, order_serial: None, before: None },
        ),
        (
            r#"{"operation":"get_orders","parameters":{"order_serial":"A12","before":"A13"}}"#,
            Request::GetOrders {
                account: None,
                order_serial: Some(OrderId(12)),
                before: Some(OrderId(13)),
            },
        ),
        (
            r#"{"operation":"get_orders","parameters":{"account":"SIM-1"}}"#,
            Request::GetOrders { account, order_serial: None, before: None },
        ),
        (
            r#"{"operation":"get_account","parameters":{"order_account":"SIM-1"}}"#,
            Request::GetAccount { account },
        ),
        (r#"{"operation":"get_instruments"}"#, Request::GetInstruments { item: None }),
        (r#"{"operation":"kill"}"#, kill(false, "no reason given")),
        (
            r#"{"operation":"kill","parameters":{"flatten":true,"reason":"run\u001baway"}}"#,
            kill(true, "runaway"),
        ),
    ] {
        assert_eq!(parse(frame.as_bytes()), Ok(request), "{frame}");
    }
    let long =
        format!(r#"{{"operation":"kill","parameters":{{"reason":"{}"}}}}"#, "x".repeat(9000));
    assert_eq!(parse(long.as_bytes()), Ok(kill(false, &"x".repeat(200))));
    for frame in [
        r#"{"operation":"cancel_order"}"#,
        r#"{"operation":"cancel_order","parameters":{"order_serial":"SIM-C69A8174"}}"#,
        r#"{"operation":"cancel_order","parameters":{"order_serial":12}}"#,
        r#"{"operation":"kill","parameters":{"flatten":"yes"}}"#,
        r#"{"operation":"get_orders","parameters":{"account":7}}"#,
        r#"{"operation":"get_orders","parameters":{"before":"SIM-1"}}"#,
        r#"{"operation":"get_instruments","parameters":"TXFH1"}"#,
    ] {
        fails(frame.as_bytes(), code::INVALID_ORDER, "");
    }
}

#[test]
fn what_is_no_request_gets_the_code_of_v1() {
    for (frame, code, words) in [
        ("", code::INVALID_JSON, "empty"),
        (" \n", code::INVALID_JSON, "not JSON"),
        ("hello", code::INVALID_JSON, "not JSON"),
        ("{", code::INVALID_JSON, "not JSON"),
        ("{}x", code::INVALID_JSON, "trailing characters"),
        ("{'a':1}", code::INVALID_JSON, "not JSON"),
        ("\u{feff}{}", code::INVALID_JSON, "not JSON"),
        ("[]", code::PROCESSING_ERROR, "a list"),
        ("\"send_order\"", code::PROCESSING_ERROR, "\"send_order\""),
        ("7", code::PROCESSING_ERROR, "7"),
        ("null", code::PROCESSING_ERROR, "null"),
        ("{}", code::UNKNOWN_OPERATION, "no operation"),
        (r#"{"operation":null}"#, code::UNKNOWN_OPERATION, "null"),
        (r#"{"operation":7}"#, code::UNKNOWN_OPERATION, "7"),
        (r#"{"operation":"buy"}"#, code::UNKNOWN_OPERATION, "\"buy\""),
        (r#"{"operation":"SEND_ORDER"}"#, code::UNKNOWN_OPERATION, "SEND_ORDER"),
        (r#"{"operation":"send_order","parameters":[]}"#, code::INVALID_ORDER, "a list"),
    ] {
        fails(frame.as_bytes(), code, words);
    }
    fails(b"\xff\xfe", code::PROCESSING_ERROR, "byte 0");
    fails(b"{\"operation\":\"\xe8\xb3\"}", code::PROCESSING_ERROR, "UTF-8");
    fails(b"\x01{}", code::INVALID_JSON, "not JSON");
    let long = format!(r#"{{"operation":"{}"}}"#, "x".repeat(60_000));
    fails(long.as_bytes(), code::UNKNOWN_OPERATION, "…");
}

#[test]
fn a_repeated_key_is_refused_at_every_level() {
    for frame in [
        LIMIT.replacen('{', r#"{"operation":"health_check","#, 1),
        changed("side2", r#"1,"side":"sell""#),
        changed("extra", r#"{"a":1,"b":2,"a":1}"#),
        changed("extra", r#"[[{"x":1},{"a":1,"\u0061":2}]]"#),
    ] {
        fails(frame.as_bytes(), code::INVALID_JSON, "stands twice");
    }
}

#[test]
fn size_and_depth_are_bounded_before_anything_is_decoded() {
    let nested =
        |depth: usize| changed("extra", &format!("{}1{}", "[".repeat(depth), "]".repeat(depth)));
    assert!(send(&nested(30)).is_ok());
    fails(nested(31).as_bytes(), code::TOO_LARGE, "32 levels");
    fails("[".repeat(100_000).as_bytes(), code::TOO_LARGE, "100000 bytes");
    fails("[".repeat(60_000).as_bytes(), code::TOO_LARGE, "32 levels");
    fails("{\"a\":".repeat(12_000).as_bytes(), code::TOO_LARGE, "32 levels");
    // Brackets within text do not nest.
    assert!(send(&changed("extra", &format!("\"\\\"{}\"", "[{".repeat(100)))).is_ok());

    let filled = |bytes: usize| {
        let rest = bytes - changed("extra", "\"\"").len();
        changed("extra", &format!("\"{}\"", "x".repeat(rest)))
    };
    assert_eq!(filled(65_536).len(), 65_536);
    assert!(send(&filled(65_536)).is_ok());
    fails(filled(65_537).as_bytes(), code::TOO_LARGE, "65537 bytes");
}

#[test]
fn noise_never_panics_and_never_orders() {
    let mut random = Random::new(11);
    let letters = br#"{}[]":,0123456789.eE+-\u truefalsn operation send_order parameters"#;
    for _ in 0..20_000 {
        assert!(parse(&random.bytes(200)).is_err());
        let length = random.below(200);
        let text: Vec<u8> = (0..length).map(|_| letters[random.below(letters.len())]).collect();
        assert!(!matches!(parse(&text), Ok(Request::SendOrder { .. })));
    }
}

/// What Python's reader would make of the fields that move money: a second reading, through
/// another reader, which the first must agree with.
fn second_reading(frame: &[u8]) -> Option<(String, String, f64, f64)> {
    let request: serde_json::Value = serde_json::from_slice(frame).ok()?;
    let field = |key: &str| request.get("parameters")?.get(key).cloned();
    let text = |key: &str| Some(field(key)?.as_str()?.to_lowercase());
    let number = |key: &str| match field(key)? {
        serde_json::Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    };
    Some((text("side")?, text("order_type")?, number("price")?, number("quantity")?))
}

#[test]
fn a_mutated_order_is_refused_or_is_what_it_says() {
    let mut random = Random::new(5);
    let mut taken = 0;
    for _ in 0..20_000 {
        let mut frame = LIMIT.as_bytes().to_vec();
        (0..=random.below(2)).for_each(|_| random.mutate(&mut frame));
        let Ok(Request::SendOrder { ticket, .. }) = parse(&frame) else { continue };
        taken += 1;
        let shown = frame.escape_ascii();
        let (side, kind, price, quantity) = second_reading(&frame).unwrap();
        assert_eq!(ticket.side.word(), side, "{shown}");
        assert_eq!(ticket.kind.word(), kind, "{shown}");
        assert!((ticket.price.unwrap().to_f64() - price).abs() < 1e-6, "{shown}");
        assert!((ticket.quantity.to_f64() - quantity).abs() < 1e-6, "{shown}");
    }
    assert!(taken > 300, "only {taken} mutations were orders: the test says little");
}
