//! Orders: each line of the acceptance table.

use aftm_domain::order::{Kind, TimeInForce};
use aftm_domain::{OpenClose, Side};

use super::*;

/// What the executor of v1 always sends.
const EXECUTOR: &str = r#"{"operation": "send_order", "parameters": {"order_account": "SIM-1", "item_code": "TXFH1", "side": "buy", "order_type": "Market", "price": 0.0, "quantity": 1, "open_close": "AUTO", "note": "From AFTM Gateway", "day_trade": "N", "time_in_force": "IOC"}}"#;

fn with(field: &str, json: &str) -> Result<Ticket, Failure> {
    send(&changed(field, json)).map(|it| it.0)
}

/// A refusal that names the field first.
#[track_caller]
fn refuses(field: &str, json: &str) {
    match with(field, json) {
        Ok(ticket) => panic!("{field} {json} was taken: {ticket:?}"),
        Err(failure) => {
            assert_eq!(failure.code, code::INVALID_ORDER, "{failure}");
            assert!(failure.message.starts_with(&format!("{field}: ")), "{failure}");
        }
    }
}

#[test]
fn the_order_of_a_v1_executor_is_taken() {
    let (ticket, request_id) = send(EXECUTOR).unwrap();
    let expected = Ticket {
        account: "SIM-1".parse().unwrap(),
        item: "TXFH1".parse().unwrap(),
        side: Side::Buy,
        kind: Kind::Market,
        price: None,
        stop_price: None,
        quantity: "1".parse().unwrap(),
        time_in_force: TimeInForce::Ioc,
        open_close: OpenClose::Auto,
        day_trade: false,
        note: "From AFTM Gateway".parse().unwrap(),
    };
    assert_eq!((ticket, request_id), (expected, None));
}

#[test]
fn missing_keys_are_named_all_at_once() {
    fails(
        br#"{"operation":"send_order","parameters":{"side":"buy","price":1}}"#,
        code::INVALID_ORDER,
        "missing required fields: order_account, item_code, order_type, quantity, open_close, \
         note, day_trade, time_in_force",
    );
    for frame in [
        r#"{"operation":"send_order"}"#,
        r#"{"operation":"send_order","parameters":null}"#,
        r#"{"operation":"send_order","parameters":{}}"#,
    ] {
        fails(frame.as_bytes(), code::INVALID_ORDER, "order_account, item_code, side, order_type");
    }
    for field in ["order_account", "price", "note", "time_in_force"] {
        let without = LIMIT.replace(&format!("\"{field}\""), "\"other\"");
        fails(without.as_bytes(), code::INVALID_ORDER, &format!("fields: {field}"));
    }
}

#[test]
fn any_text_but_buy_is_not_a_sell() {
    for (json, side) in [
        (r#""buy""#, Side::Buy),
        (r#""Buy""#, Side::Buy),
        (r#""BUY""#, Side::Buy),
        (r#""sell""#, Side::Sell),
        (r#""SELL""#, Side::Sell),
        (r#""\u0062uy""#, Side::Buy),
    ] {
        assert_eq!(with("side", json).unwrap().side, side);
    }
    for json in
        [r#""""#, r#""b""#, r#""s""#, r#""buy ""#, r#""long""#, r#""賣""#, "0", "null", "true"]
    {
        refuses("side", json);
    }
    refuses("side", r#"["buy"]"#);
    // Half a surrogate pair is no character.
    assert_eq!(with("side", r#""buy\ud800""#).unwrap_err().code, code::INVALID_JSON);
}

#[test]
fn every_order_type_has_its_prices() {
    for (word, kind) in [
        ("Market", Kind::Market),
        ("MarketPrice", Kind::RangeMarket),
        ("Limit", Kind::Limit),
        ("limit", Kind::Limit),
    ] {
        let ticket = with("order_type", &format!("\"{word}\"")).unwrap();
        assert_eq!(ticket.kind, kind);
        assert_eq!(ticket.price.is_some(), kind == Kind::Limit);
    }
    for word in ["\"\"", "\"Mkt\"", "\"StopMarket\"", "\"Limit \"", "1", "null"] {
        refuses("order_type", word);
    }
    let stop = |word: &str, json: &str| {
        send(&changed("stop_price", json).replace("\"Limit\"", word)).map(|it| it.0)
    };
    let ticket = stop("\"Stop\"", "17200.5").unwrap();
    assert_eq!((ticket.kind, ticket.price), (Kind::Stop, None));
    assert_eq!(ticket.stop_price.unwrap().to_string(), "17200.5");
    let ticket = stop("\"StopLimit\"", "\"17200\"").unwrap();
    assert_eq!(ticket.price.unwrap().to_string(), "17300");
    assert_eq!(ticket.stop_price.unwrap().to_string(), "17200");
    for json in ["null", "\"\"", "\"NaN\"", "true"] {
        let failure = stop("\"Stop\"", json).unwrap_err();
        assert!(failure.message.starts_with("stop_price: "), "{failure}");
    }
    assert!(send(&LIMIT.replace("Limit", "StopLimit")).is_err(), "a stop without its price");
}

#[test]
fn a_stop_price_on_an_order_that_acts_at_once_is_refused() {
    refuses("stop_price", "17200");
    refuses("stop_price", "\"17200\"");
    for json in ["null", "0", "0.0", "\"0\""] {
        assert_eq!(with("stop_price", json).unwrap().stop_price, None);
    }
}

#[test]
fn open_close_is_read_in_any_case() {
    for (words, meaning) in [
        (["AUTO", "auto"], OpenClose::Auto),
        (["Y", "y"], OpenClose::Open),
        (["OPEN", "Open"], OpenClose::Open),
        (["N", "n"], OpenClose::Close),
        (["CLOSE", "close"], OpenClose::Close),
    ] {
        for word in words {
            assert_eq!(with("open_close", &format!("\"{word}\"")).unwrap().open_close, meaning);
        }
    }
    for json in [r#""""#, r#""Yes""#, r#""O""#, "true", "null", "0"] {
        refuses("open_close", json);
    }
}

#[test]
fn a_day_trade_is_said_in_words_or_as_a_truth() {
    for json in ["\"Y\"", "\"y\"", "\"Yes\"", "true", "\"true\""] {
        assert!(with("day_trade", json).unwrap().day_trade, "{json}");
    }
    for json in ["\"N\"", "\"No\"", "false", "\"False\""] {
        assert!(!with("day_trade", json).unwrap().day_trade, "{json}");
    }
    for json in ["0", "1", "null", "\"\"", "\"T\"", "\"maybe\""] {
        refuses("day_trade", json);
    }
}

#[test]
fn no_order_outlives_its_day() {
    for (word, meaning) in [
        ("ROD", TimeInForce::Rod),
        ("DAY", TimeInForce::Rod),
        ("IOC", TimeInForce::Ioc),
        ("fok", TimeInForce::Fok),
    ] {
        let ticket = with("time_in_force", &format!("\"{word}\"")).unwrap();
        assert_eq!(ticket.time_in_force, meaning);
    }
    for json in ["\"\"", "\"GTD\"", "null", "1"] {
        refuses("time_in_force", json);
    }
    let failure = with("time_in_force", "\"GTC\"").unwrap_err();
    assert!(failure.message.contains("use ROD"), "{failure}");
}

#[test]
fn a_price_arrives_as_it_was_written() {
    for (json, price) in [
        ("17300", "17300"),
        ("17300.0", "17300"),
        ("17300.10", "17300.1"),
        ("1023.05", "1023.05"),
        ("\"1023.05\"", "1023.05"),
        ("9007199.254740993", "9007199.254740993"), // between two floats
        ("9000000000.123456789", "9000000000.123456789"),
        ("1e3", "1000"),
        ("1.5E+1", "15"),
        ("1e-05", "0.00001"),
        ("123.4e-2", "1.234"),
        ("-1.25e1", "-12.5"),
        // A float's noise, as Python prints the sum of 17300.1 and 0.2.
        ("17300.300000000003", "17300.3"),
    ] {
        let ticket = with("price", json).unwrap();
        assert_eq!(ticket.price.unwrap().to_string(), price, "{json}");
    }
}

#[test]
fn a_price_that_is_no_number_is_refused() {
    for json in [
        "1e400",
        "1e31",
        "1e-400",
        "1e99999999999999999999",
        "0.0000000000001",
        "9223372037",
        "\"NaN\"",
        "\"inf\"",
        "\"Infinity\"",
        "\"1e3\"",
        "\"17300.300000000003\"",
        "\"\"",
        "\"17,300\"",
        "\"17300 \"",
        "\"0x10\"",
        "true",
        "null",
        "[17300]",
    ] {
        refuses("price", json);
    }
    for json in ["NaN", "Infinity", "-Infinity"] {
        let failure = with("price", json).unwrap_err();
        assert_eq!(failure.code, code::INVALID_JSON);
        assert!(failure.message.contains("NaN and Infinity are no JSON numbers"), "{failure}");
    }
}

#[test]
fn a_market_order_ignores_its_price() {
    for json in ["0.0", "-5", "1e400", "\"NaN\"", "null", "\"\"", "true"] {
        let frame = EXECUTOR.replace("0.0", json);
        assert_eq!(send(&frame).unwrap().0.price, None, "{json}");
    }
}

#[test]
fn a_quantity_is_a_whole_number_of_lots() {
    for (json, quantity) in
        [("1", "1"), ("7", "7"), ("2.0", "2"), ("\"2\"", "2"), ("\"2.0\"", "2"), ("1e2", "100")]
    {
        assert_eq!(with("quantity", json).unwrap().quantity.to_string(), quantity, "{json}");
    }
    for json in [
        "0",
        "-5",
        "1.9",
        "-0",
        "0.5",
        "1e-1",
        "\"1.9\"",
        "\"0\"",
        "\"-5\"",
        "\"\"",
        "\"one\"",
        "\" 2\"",
        "true",
        "false",
        "null",
        "[1]",
        "1e400",
        "\"NaN\"",
        "9223372037",
        "1.0000000001",
    ] {
        refuses("quantity", json);
    }
}

#[test]
fn account_item_and_note_are_bounded_text() {
    for field in ["order_account", "item_code"] {
        for json in ["\"\"", "null", "1", "\"a b\"", "\"a\\n\"", &format!("\"{}\"", "x".repeat(33))]
        {
            refuses(field, json);
        }
        assert!(with(field, &format!("\"{}\"", "x".repeat(32))).is_ok());
    }
    let note = format!("\"{}\"", "停".repeat(32));
    assert_eq!(with("note", &note).unwrap().note.as_str(), "停".repeat(32));
    for json in ["null", "1", "true", "\"a\\u001b[31m\"", &format!("\"{}\"", "x".repeat(33))] {
        refuses("note", json);
    }
}

#[test]
fn a_request_id_is_read_and_other_keys_are_ignored() {
    let id = |json: &str| send(&changed("request_id", json)).map(|it| it.1);
    assert_eq!(id("\"order-1/entry\"").unwrap(), Some("order-1/entry".parse().unwrap()));
    for json in ["\"\"", "null", "1", "\"a b\"", &format!("\"{}\"", "x".repeat(65))] {
        refuses("request_id", json);
    }
    assert!(send(&changed("color", r#"{"any":[1,2,{"thing":null}]}"#)).is_ok());
    assert!(send(&LIMIT.replacen('{', r#"{"version":1,"#, 1)).is_ok());
}
