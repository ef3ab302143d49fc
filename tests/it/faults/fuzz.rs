//! Bytes from outside, changed under a seed: every decoder takes them or says why not, and neither
//! panics nor hangs. A short time in the gate; `FUZZ_SECONDS=n` goes on for so long in each.

#![allow(clippy::disallowed_methods)] // How long to go on is asked for in seconds.

use std::time::{Duration, Instant};

use aftm::config::{self, Inputs};
use aftm::desk::command;
use aftm::gateway::fact::Fact;
use aftm::wire::event::Numbered;
use aftm::wire::request::Request;
use aftm::wire::v1::{orders, signals, ticks};
use aftm::wire::{Birth, Event, VenueCall, VenueWord, decode, encode};
use aftm::{document, wire};
use aftm_domain::{OrderId, Price, Side, Stamp};
use aftm_sim::ledger_file;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Chance, number};

/// Tries of each decoder in the gate.
const TRIES: u64 = 20_000;

/// Bytes that readers of lengths and numbers dislike.
const NASTY: [&[u8]; 10] = [
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"\xdf\xff\xff\xff\xff",
    b"\xdd\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"\x91\x91\x91\x91\x91\x91\x91\x91",
    b"[[[[[[[[[[[[[[[[",
    b"1e999",
    b"-9223372036854775809",
    b"\xf0\x9f\x92",
];

fn change(chance: &mut Chance, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = corpus[chance.place(corpus.len())].clone();
    for _ in 0..=chance.below(4) {
        let at = chance.place(bytes.len() + 1);
        let end = at + chance.place(bytes.len() - at + 1);
        match chance.below(7) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(chance.below(256)).unwrap(),
            1 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..end)),
            4 => drop(bytes.splice(at..at, NASTY[chance.place(NASTY.len())].iter().copied())),
            5 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            _ => {
                let other = &corpus[chance.place(corpus.len())];
                let from = chance.place(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
        bytes.truncate(100_000);
    }
    bytes
}

/// Tries a decoder; what makes it panic is printed.
pub(super) fn fuzz(
    tries: u64,
    corpus: &[Vec<u8>],
    decoder: impl Fn(&[u8]) + std::panic::RefUnwindSafe,
) {
    corpus.iter().for_each(|it| decoder(it));
    let long = number("FUZZ_SECONDS").map(Duration::from_secs);
    let begun = Instant::now();
    let mut chance = Chance::new(number("SEED").unwrap_or(1));
    for at in 0.. {
        if long.map_or(at >= tries, |it| begun.elapsed() >= it) {
            return;
        }
        let bytes = change(&mut chance, corpus);
        let taken = std::panic::catch_unwind(|| decoder(&bytes));
        assert!(taken.is_ok(), "it panicked at \"{}\"", bytes.escape_ascii());
    }
}

/// What is taken reads back as the same.
fn frame<T: Serialize + DeserializeOwned + PartialEq>(bytes: &[u8]) {
    if let Ok(message) = decode::<T>(bytes) {
        assert!(decode::<T>(&encode(&message)).unwrap() == message);
    }
}

fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|it| it.as_bytes().to_vec()).collect()
}

#[test]
fn f18_frames_of_our_own_sockets() {
    let call = VenueCall::Login {
        credentials: vec![("user".to_owned(), wire::venue::Hidden("x".to_owned()))],
        production: false,
        now: None,
    };
    let line = VenueWord::Line { level: 3, text: "a line".to_owned() };
    let corpus = [
        encode(&Request::Logout {}),
        encode(&Request::Cancel { order: OrderId(7) }),
        encode(&Request::Kill {
            flatten: true,
            scope: Default::default(),
            reason: "why".to_owned(),
        }),
        encode(&Request::AddItem { item: "TXFH1".parse().unwrap() }),
        encode(&call),
        encode(&VenueCall::Stand {}),
        encode(&line),
        encode(&VenueWord::Taken { calls: 3, due: Some(Stamp(5)) }),
    ];
    fuzz(TRIES, &corpus, |bytes| {
        frame::<Request>(bytes);
        frame::<VenueCall>(bytes);
        frame::<VenueWord>(bytes);
        let _ = decode::<Numbered<Event>>(bytes);
        let _ = decode::<Birth>(bytes);
    });
}

#[test]
fn f18_signals_and_ticks_of_v1() {
    let (mut signal, mut tick) = (Vec::new(), Vec::new());
    let item = "TXFH1".parse().unwrap();
    signals::encode_signal(&mut signal, Stamp(1_627_260_300_000_000_000), Side::Buy, &item);
    let price = Price::from_units(17_300).unwrap();
    ticks::encode_tick(&mut tick, Stamp(1_627_260_300_000_000_000), &item, price);
    fuzz(TRIES, &[signal, tick], |bytes| {
        let _ = signals::decode_signal(bytes);
        let _ = ticks::decode_tick(bytes);
    });
}

#[test]
fn f18_orders_of_v1() {
    let corpus = texts(&[
        r#"{"operation":"send_order","parameters":{"order_account":"SIM-1","item_code":"TXFH1","side":"buy","order_type":"Limit","price":17300.5,"quantity":1,"open_close":"AUTO","note":"\u624b","day_trade":"N","time_in_force":"ROD"}}"#,
        r#"{"operation":"cancel_order","parameters":{"order_serial":"A2"}}"#,
        r#"{"operation":"get_positions","parameters":{"account":"SIM-1"}}"#,
        r#"{"operation":"health_check"}"#,
    ]);
    fuzz(TRIES, &corpus, |bytes| drop(orders::parse(bytes)));
}

#[test]
fn f11_facts_of_the_journal() {
    let facts = [
        Fact::LoggedOut {},
        Fact::NumbersTaken { through: OrderId(9) },
        Fact::Alerted { code: "X".to_owned(), text: "\u{1f4a5} \"why\"".to_owned() },
        Fact::OrderReported { id: OrderId(1), report: aftm_domain::order::Report::Canceled },
    ];
    let corpus: Vec<Vec<u8>> = facts.iter().map(|it| serde_json::to_vec(it).unwrap()).collect();
    fuzz(TRIES, &corpus, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        for word in ["order_reported", "alerted", "numbers_taken", "logged_out", "unheard_of"] {
            let _ = Fact::decode(word, &text);
        }
    });
}

#[test]
fn f11_lines_of_the_exchanges_ledger() {
    let begun = r#"{"begun":{"version":1,"time":null,"used":0,"accounts":[["SIM-1","5000000"]],"held":[]}}"#;
    let tick = r#"{"tick":{"sequence":1,"received":5}}"#;
    let cancel = r#"{"cancel":{"id":"A1"}}"#;
    let corpus = texts(&[&format!("{begun}\n{tick}\n{cancel}\n"), &format!("{begun}\n")]);
    fuzz(TRIES, &corpus, |bytes| {
        if let Ok(reading) = ledger_file::read(bytes) {
            assert_eq!(reading.whole + reading.torn, bytes.len());
        }
    });
}

#[test]
fn commands_and_documents() {
    let script = "login demo\norder buy TXFH1 1 --limit 17300 # why\n\
                  condition add sell TXFH1 --trigger 17400 --tp 60 --id b\nwait fills 4\n";
    let corpus = texts(&[script, "kill --reason 'a b'\nrearm --reason x\n", config::BUILT_IN]);
    fuzz(TRIES / 10, &corpus, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let _ = command::parse_script(&text);
        let _ = document::parse(&text);
    });
}

#[test]
fn f13_settings_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    let plugin = "[venue]\nkind = \"plugin\"\nplugin = \"sim\"\n[plugins.sim]\npath = \"/x\"\n\
                  options = { ledger = \"true\" }\n[gateway]\norder_port = 15557\n";
    let corpus = texts(&[plugin, "[feed]\nspeed = \"max\"\n[simulator]\nbalance = \"1e9\"\n"]);
    fuzz(TRIES / 20, &corpus, |bytes| {
        std::fs::write(&file, bytes).unwrap();
        let inputs = Inputs {
            folder: folder.path().to_owned(),
            file: Some(file.clone()),
            env_file: None,
            environment: Vec::new(),
            sets: Vec::new(),
            flags: Vec::new(),
        };
        if let Err(problems) = config::resolve(&inputs) {
            assert!(!problems.0.is_empty(), "it is refused without a reason");
        }
    });
}
