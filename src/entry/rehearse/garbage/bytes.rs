//! Messages that nobody should send.

use crate::entry::rehearse::dice::Dice;

/// An order that a lawful client could have sent.
pub(super) const ORDER: &str = r#"{"operation":"send_order","parameters":{"order_account":"SIM-1","item_code":"TXFH1","side":"buy","order_type":"Market","price":0,"quantity":1,"open_close":"AUTO","note":"x","day_trade":"N","time_in_force":"IOC"}}"#;
/// The largest message that is taken from anybody is a little larger.
const LARGE: usize = 60_000;
/// More than may be sent.
const OVERSIZE: usize = 70_000;

/// A valid message made invalid, or none at all.
pub(super) fn spoil(valid: &[u8], dice: &mut Dice) -> Vec<u8> {
    let length = u64::try_from(valid.len()).unwrap_or(1);
    let at = usize::try_from(dice.below(length)).unwrap_or(0);
    match dice.below(1_000) {
        0 => b"[".repeat(LARGE),
        1 => b" ".repeat(LARGE),
        2..250 => dice.bytes(300),
        // Every one of these leaves JSON and msgpack with an end that is missing, or one too many.
        250..500 => valid.get(..at).unwrap_or_default().to_vec(),
        500..600 => [valid, b"}"].concat(),
        600..750 => b"[".repeat(2_000),
        _ => {
            let mut bytes = valid.to_vec();
            // No byte of JSON may be this one. A time in msgpack may hold it, but nothing follows.
            bytes.get_mut(at).into_iter().for_each(|it| *it = 0xc1);
            bytes.push(0xc1);
            bytes
        }
    }
}

/// What is no ZeroMQ at all; or more than anybody may send. `valid` is what a reader that lets
/// itself be deceived would carry out.
pub(super) fn stranger(valid: &[u8], dice: &mut Dice) -> Vec<u8> {
    match dice.below(6) {
        0 => http("POST", &[b"", valid]),
        1 => http("GET", &[valid]),
        2 => vec![0xff; OVERSIZE],
        3 => oversize(),
        4 => Vec::new(),
        _ => dice.bytes(300),
    }
}

/// The greeting of a lawful peer, and then a frame that says it is longer than anybody's memory.
fn oversize() -> Vec<u8> {
    let mut bytes = vec![0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0];
    bytes.extend_from_slice(b"NULL");
    bytes.resize(64, 0);
    bytes.push(2);
    bytes.extend_from_slice(&(1_u64 << 40).to_be_bytes());
    bytes.resize(bytes.len() + 1_000, b'x');
    bytes
}

/// Bytes that a web page can make a browser send: a request for a path that is chosen so that a
/// reader of ZMTP 1.0, which takes the first byte for the length of a frame, comes out exactly
/// where the body starts. The body is frames.
fn http(method: &str, frames: &[&[u8]]) -> Vec<u8> {
    let mut body = Vec::new();
    for (at, frame) in frames.iter().enumerate() {
        match u8::try_from(frame.len() + 1) {
            Ok(length) if length < u8::MAX => body.push(length),
            _ => {
                body.push(u8::MAX);
                let length = u64::try_from(frame.len() + 1).unwrap_or(u64::MAX);
                body.extend_from_slice(&length.to_be_bytes());
            }
        }
        body.push(u8::from(at + 1 < frames.len()));
        body.extend_from_slice(frame);
    }
    let head = format!("{method} /");
    let rest = format!(" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n", body.len());
    // The second frame starts in the path; its length is the character that leads to the body.
    let second = usize::from(method.as_bytes().first().copied().unwrap_or(0)) + 1;
    let mut path = vec![b'b'; (second + 2).saturating_sub(head.len())];
    let length = (head.len() + path.len() + rest.len()).saturating_sub(second + 1);
    let turn = second.saturating_sub(head.len());
    let length = u8::try_from(length).unwrap_or(u8::MAX);
    path.get_mut(turn).into_iter().for_each(|it| *it = length);
    [head.as_bytes(), &path, rest.as_bytes(), &body].concat()
}
