//! The bytes of every message of ours, and how broken ones are refused.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use aftm_domain::condition::{Condition, ExitReason, Progress, State, Terms};
use aftm_domain::order::{Kind, TimeInForce};
use aftm_domain::protection::{self, Aim, Breakeven, Cause};
use aftm_domain::{ExchangeTime, OpenClose, OrderId, Price, Quantity, Side, Stamp, Tick};
use serde::de::DeserializeOwned;
use std::fmt::Write as _;

use super::event::{Numbered, Topic};
use super::frame::{FRAME_BYTES_MAX, PROTOCOL, VERSION, WireError};
use super::request::{Leave, Moved, ScopeRow, SnapshotRow, StatusRow, TradingRow, TradingState};
use super::*;

fn time() -> ExchangeTime {
    "2021-07-26T10:49:08+08:00".parse().unwrap()
}

fn tick() -> Tick {
    Tick {
        sequence: 65_133,
        item: "TXFH1".parse().unwrap(),
        price: "17305".parse().unwrap(),
        quantity: Quantity::ONE,
        time: time(),
        received: Stamp(1_627_267_748_000_000_123),
    }
}

/// An exit of a condition `a`.
pub(crate) fn signal() -> Signal {
    Signal {
        id: "a#1/exit".parse().unwrap(),
        created: 2,
        item: "TXFH1".parse().unwrap(),
        account: None,
        side: Side::Sell,
        quantity: Quantity::ONE,
        price: "17275".parse().unwrap(),
        trigger: "17290".parse().unwrap(),
        tick: 65_133,
        time: time(),
        reason: Some(ExitReason::StopLoss),
    }
}

fn terms() -> Terms {
    Terms {
        id: "a".parse().unwrap(),
        item: "TXFH1".parse().unwrap(),
        action: Side::Buy,
        trigger: "17300".parse().unwrap(),
        turning: "15".parse().unwrap(),
        quantity: Quantity::ONE,
        take_profit: Some("90".parse().unwrap()),
        stop_loss: None,
        following: true,
        account: Some("SIM-1".parse().unwrap()),
    }
}

fn intent() -> Intent {
    Intent {
        request: Some("r1".parse().unwrap()),
        account: Some("SIM-1".parse().unwrap()),
        item: "TXFH1".parse().unwrap(),
        side: Side::Buy,
        kind: Kind::StopLimit,
        price: Some("17310".parse().unwrap()),
        stop_price: Some("17305".parse().unwrap()),
        quantity: Quantity::ONE,
        time_in_force: TimeInForce::Rod,
        open_close: OpenClose::Auto,
        day_trade: false,
        note: "停損".parse().unwrap(),
        signal: None,
        signal_time: None,
    }
}

fn requests() -> Vec<Request> {
    let (role, pid) = (Role::Strategy, 4_242);
    let progress = Progress {
        generation: 1,
        state: State::Armed,
        trigger: Price::from_units(17_290).unwrap(),
        as_of: 64_871,
    };
    let moved = vec![Moved { id: "a".parse().unwrap(), progress }];
    let (item, order) = ("TXFH1".parse().unwrap(), OrderId(12));
    let account = "SIM-1".parse().unwrap();
    let version = "0.1.0".to_owned();
    vec![
        Request::Hello { role, pid, version, protocol: PROTOCOL, nonce: 7 },
        Request::Prove { token: "0f".parse().unwrap() },
        Request::Beat { role, pid },
        Request::Ready { role, pid, signal_port: Some(5_556) },
        Request::Alert { code: "BAD_SIGNALS".to_owned(), text: "one".to_owned() },
        Request::Login { user: "demo".parse().unwrap(), password: None, production: false },
        Request::Logout {},
        Request::Accounts {},
        Request::UseAccount { account },
        Request::AddItem { item },
        Request::DropItem { item },
        Request::Items {},
        Request::Instruments { code: Some("TX".to_owned()), from: 0 },
        Request::AddCondition { terms: terms() },
        Request::EditCondition { terms: terms() },
        Request::PauseCondition { id: "a".parse().unwrap(), is_paused: true },
        Request::DropCondition { id: "a".parse().unwrap(), position: Leave::Flatten },
        Request::Conditions { from: 0 },
        Request::Place { intent: Box::new(intent()) },
        Request::Place { intent: Box::new(Intent::of_signal(&signal())) },
        Request::Bracket { intent: Box::new(intent()), terms: guard() },
        Request::Protect { request: None, target: Target::Order { order }, terms: guard() },
        Request::Protect {
            request: Some("r2".parse().unwrap()),
            target: Target::Position { account: Some(account), item, side: Some(Side::Buy) },
            terms: guard(),
        },
        Request::Unprotect { id: order },
        Request::Pair { request: None, orders: [order, OrderId(13)] },
        Request::Protections { all: false, from: 1 },
        Request::Cancel { order },
        Request::CancelAll { item: None },
        Request::Amend { order, quantity: Some(Quantity::ONE), price: None },
        Request::Flatten { item: Some(item) },
        Request::Positions { item: None, from: None },
        Request::Orders { all: true, from: 1 },
        Request::Fills { from: 0 },
        Request::Money {},
        Request::Kill { flatten: true, reason: "news".to_owned(), scope: Scope::Global },
        Request::Reduce { reason: "news".to_owned(), scope: Scope::Account(account) },
        Request::Rearm { reason: "over".to_owned(), scope: Scope::Symbol(item), force: true },
        Request::Status {},
        Request::Snapshot { from: 0 },
        Request::Ticks { from: 65_134 },
        Request::Report { pid, through: Some(65_133), moved, signals: vec![signal()] },
        Request::Start {},
        Request::Stop {},
        Request::CloseConditions {},
        Request::End {},
    ]
}

fn guard() -> protection::Terms {
    let points = |count: i64| Price::from_units(count).unwrap();
    protection::Terms {
        take_profit: Some(Aim::Points(points(30))),
        stop_loss: Some(Aim::At(points(17_285))),
        trail: None,
        breakeven: Some(Breakeven { after: points(12), offset: points(2) }),
    }
}

fn protection_row() -> ProtectionRow {
    ProtectionRow {
        id: OrderId(13),
        on: Some(OrderId(12)),
        other: None,
        account: "SIM-1".parse().unwrap(),
        item: "TXFH1".parse().unwrap(),
        side: Side::Buy,
        quantity: Quantity::ONE,
        terms: guard(),
        state: ProtectionState::Triggered,
        base: Some("17300".parse().unwrap()),
        stop: Some("17285".parse().unwrap()),
        take_profit: Some("17330".parse().unwrap()),
        cause: Some(Cause::StopLoss),
        order: Some(OrderId(14)),
        text: String::new(),
    }
}

fn trading() -> TradingRow {
    let (state, reason) = (TradingState::Halted, "news".to_owned());
    let scopes = vec![ScopeRow { scope: Scope::Global, state, reason: reason.clone() }];
    TradingRow { state, reason, scopes }
}

fn answers() -> Vec<Answer> {
    let condition = Condition::new(terms(), 1, 0);
    let row = SnapshotRow { created: 2, condition, unsettled: vec![signal()] };
    let replies = vec![
        Reply::Done {},
        Reply::Welcome { report_every: 256 },
        Reply::Taken { outcome: Outcome::Ordered { order: OrderId(12) } },
        Reply::Known { signals: vec![signal().id] },
        Reply::Snapshot { rows: vec![row], next: None, through: 65_132 },
        Reply::Killed { cancels: 3, closings: 1, left: 2 },
        Reply::Protected { row: Box::new(protection_row()) },
        Reply::Protections { rows: vec![protection_row()], next: Some(14) },
        Reply::Status(Box::new(StatusRow { trading: trading(), ..StatusRow::default() })),
        Reply::Ticks { ticks: vec![tick()], oldest: 1 },
    ];
    let refused = Refused::new("NOT_LOGGED_IN", "nobody is logged in");
    replies.into_iter().map(Ok).chain([Err(refused)]).map(|reply| Answer { id: 9, reply }).collect()
}

/// Every truncation and every trailing byte is refused, and the message reads back as it was.
#[track_caller]
fn check<T>(message: &T) -> String
where
    T: serde::Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let frame = encode(message);
    assert_eq!(decode::<T>(&frame).unwrap(), *message);
    for byte in 0..=u8::MAX {
        let long = [&frame[..], &[byte]].concat();
        assert!(matches!(decode::<T>(&long), Err(WireError::Trailing)), "{byte} after {message:?}");
    }
    for cut in 0..frame.len() {
        assert!(decode::<T>(&frame[..cut]).is_err(), "accepted {cut} bytes of {message:?}");
    }
    frame.escape_ascii().to_string()
}

/// A change of this file is a change of the protocol: its number must rise with it.
#[test]
fn the_bytes_of_every_message_are_these() {
    let mut bytes = String::new();
    for request in requests() {
        let _ = writeln!(bytes, "{}", check(&Ask { id: 9, request }));
    }
    for answer in answers() {
        let _ = writeln!(bytes, "{}", check(&answer));
    }
    let _ = writeln!(bytes, "{}", check(&tick()));
    let by: Token = "1f".parse().unwrap();
    let _ = writeln!(bytes, "{}", check(&Signed { by: by.clone(), signal: signal() }));
    let neighbor = Neighbor { role: Role::Executor, pid: 4_243, generation: 2, token: by };
    let _ = writeln!(bytes, "{}", check(&neighbor));
    let event = Event::Sync { nonce: 7 };
    let _ = writeln!(bytes, "{}", check(&Numbered { number: 3, event }));
    let event = Event::Signal(signal());
    let _ = writeln!(bytes, "{}", check(&Numbered { number: 4, event }));
    let event = Event::Trading(trading());
    let _ = writeln!(bytes, "{}", check(&Numbered { number: 5, event }));
    let event = Event::Protection(Box::new(protection_row()));
    let _ = writeln!(bytes, "{}", check(&Numbered { number: 6, event }));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/wire/golden.txt");
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    let differs = bytes.lines().zip(golden.lines()).find(|(now, then)| now != then);
    assert!(bytes == golden, "first difference: {differs:#?}\n{bytes}");
}

#[test]
fn what_is_not_a_message_is_refused() {
    let status = encode(&Ask { id: 1, request: Request::Status {} });
    assert!(matches!(decode::<Ask>(&[9]), Err(WireError::Version { theirs: 9 })));
    assert!(matches!(decode::<Ask>(&[]), Err(WireError::Length { bytes: 0 })));
    assert!(matches!(decode::<Ask>(&[VERSION]), Err(WireError::Length { bytes: 1 })));
    let huge = vec![VERSION; FRAME_BYTES_MAX + 1];
    assert!(matches!(decode::<Ask>(&huge), Err(WireError::Length { .. })));
    // A field that nobody knows, beside those of the message and within them.
    let text = status.escape_ascii().to_string();
    assert_eq!(text, r"\x01\x82\xa2id\x01\xa7request\x81\xa6status\x80");
    assert!(decode::<Ask>(b"\x01\x83\xa2id\x01\xa7request\x81\xa6status\x80\xa1x\x01").is_err());
    assert!(decode::<Ask>(b"\x01\x82\xa2id\x01\xa7request\x81\xa6status\x81\xa1x\x01").is_err());
    // Lengths that are only claimed, and nesting without end.
    assert!(decode::<Ask>(b"\x01\xdd\xff\xff\xff\xff").is_err());
    assert!(decode::<Ask>(b"\x01\xdb\xff\xff\xff\xff").is_err());
    let mut deep = vec![VERSION];
    deep.extend(std::iter::repeat_n(0x91, FRAME_BYTES_MAX - 2));
    assert!(decode::<Ask>(&deep).is_err());
}

#[test]
fn no_topic_begins_like_another() {
    for one in Topic::ALL {
        for other in Topic::ALL {
            assert!(one == other || !one.bytes().starts_with(other.bytes()));
        }
    }
}
