//! The JSON lines that other programs read: one signal or fill each, in the order of keys that is
//! promised.

use aftm_domain::condition::ExitReason;
use aftm_domain::{Code, ConditionId, ExchangeTime, Price, Quantity, Side, SignalKind};
use serde::Serialize;

use crate::wire::{FillRow, Signal};

/// A signal as a line of `--signals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SignalLine {
    /// The condition that gave it.
    pub condition: ConditionId,
    /// Of what.
    pub item: Code,
    /// Buy or sell.
    pub side: Side,
    /// Entry or exit.
    pub kind: SignalKind,
    /// Why an exit leaves: `take_profit` or `stop_loss`; empty for an entry.
    pub reason: &'static str,
    /// The price of the tick that gave it.
    pub price: Price,
    /// The time of that tick, as the feed has it.
    pub time: ExchangeTime,
    /// Lots.
    pub quantity: Quantity,
}

impl From<&Signal> for SignalLine {
    fn from(signal: &Signal) -> SignalLine {
        SignalLine {
            condition: signal.id.condition,
            item: signal.item,
            side: signal.side,
            kind: signal.id.kind,
            reason: signal.reason.map_or("", ExitReason::word),
            price: signal.price,
            time: signal.time,
            quantity: signal.quantity,
        }
    }
}

/// A signal as a line of `--signals`, without its end.
pub fn signal_line(signal: &Signal) -> String {
    json(&SignalLine::from(signal))
}

/// A fill as a line of `--fills` and of `export fills`, without its end. The exchange's name for it
/// is not part of it.
pub fn fill_line(row: &FillRow) -> String {
    json(&FillRow { trade: None, ..*row })
}

/// A value as one line of JSON.
pub fn json<T: Serialize>(value: &T) -> String {
    #[allow(clippy::expect_used)] // Rows and lines have text keys and nothing that can fail.
    serde_json::to_string(value).expect("a row is JSON")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use aftm_domain::{Money, OrderId};

    use super::*;

    fn signal() -> Signal {
        Signal {
            id: "a#1/entry".parse().unwrap(),
            created: 1,
            item: "TXFH1".parse().unwrap(),
            account: None,
            side: Side::Buy,
            quantity: Quantity::ONE,
            price: "17305".parse().unwrap(),
            trigger: "17290".parse().unwrap(),
            tick: 7,
            time: "2021-07-26T10:49:08+08:00".parse().unwrap(),
            reason: None,
        }
    }

    #[test]
    fn a_signal_is_the_promised_line() {
        assert_eq!(
            signal_line(&signal()),
            r#"{"condition":"a","item":"TXFH1","side":"buy","kind":"entry","reason":"","price":"17305","time":"2021-07-26T10:49:08+08:00","quantity":"1"}"#
        );
        let id = "a#1/exit".parse().unwrap();
        let exit = Signal { id, reason: Some(ExitReason::StopLoss), ..signal() };
        assert!(signal_line(&exit).contains(r#""kind":"exit","reason":"stop_loss","price""#));
    }

    #[test]
    fn a_fill_is_the_promised_line() {
        let row = FillRow {
            order: OrderId(12),
            condition: Some("a".parse().unwrap()),
            kind: Some(SignalKind::Entry),
            item: "TXFH1".parse().unwrap(),
            account: "SIM-1".parse().unwrap(),
            side: Side::Buy,
            quantity: Quantity::ONE,
            price: "17306".parse().unwrap(),
            fee: Money::from_units(50),
            tax: Money::from_units(69),
            time: "2021-07-26T10:49:08+08:00".parse().unwrap(),
            trade: Some("T1".parse().unwrap()),
        };
        assert_eq!(
            fill_line(&row),
            r#"{"order":"A12","condition":"a","kind":"entry","item":"TXFH1","account":"SIM-1","side":"buy","quantity":"1","price":"17306","fee":"50","tax":"69","time":"2021-07-26T10:49:08+08:00"}"#
        );
        let by_hand = fill_line(&FillRow { condition: None, kind: None, ..row });
        assert!(by_hand.starts_with(r#"{"order":"A12","condition":"","kind":"","item""#));
    }
}
