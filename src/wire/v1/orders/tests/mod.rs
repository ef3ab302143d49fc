//! What is taken, what is refused and how it is answered, line by line.

mod frames;
mod replies;
mod tickets;

use aftm_domain::RequestId;
use aftm_domain::order::Ticket;

use super::*;

/// A plain order, whose fields the tests change one by one.
const LIMIT: &str = r#"{"operation":"send_order","parameters":{"order_account":"SIM-1","item_code":"TXFH1","side":"buy","order_type":"Limit","price":17300,"quantity":1,"open_close":"AUTO","note":"","day_trade":"N","time_in_force":"ROD"}}"#;

fn send(frame: &str) -> Result<(Ticket, Option<RequestId>), Failure> {
    match parse(frame.as_bytes()) {
        Ok(Request::SendOrder { ticket, request_id }) => Ok((ticket, request_id)),
        Ok(other) => panic!("{other:?}"),
        Err(failure) => Err(failure),
    }
}

/// The limit order with one field's value replaced by other JSON, or added.
fn changed(field: &str, json: &str) -> String {
    let head = format!("\"{field}\":");
    let Some(at) = LIMIT.find(&head) else {
        return LIMIT.replace("\"ROD\"", &format!("\"ROD\",{head}{json}"));
    };
    let value = at + head.len();
    let end = LIMIT[value..].find([',', '}']).map_or(LIMIT.len(), |it| value + it);
    format!("{}{json}{}", &LIMIT[..value], &LIMIT[end..])
}

#[track_caller]
fn fails(frame: &[u8], code: &str, words: &str) {
    let failure = parse(frame).unwrap_err();
    assert_eq!(failure.code, code, "{failure}");
    assert!(failure.message.contains(words), "{failure}");
    assert!(failure.message.len() < 300, "{failure}");
}
