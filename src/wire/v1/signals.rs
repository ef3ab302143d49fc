//! Signals as a v1 strategy pushes them to port 5556: one frame, a `TradingSignal`.

use aftm_domain::{Code, Side, Stamp};

use super::msgpack::{Reader, put_item, put_timestamp};
use super::{DecodeError, excerpt};

/// What a v1 signal says. It names no quantity and no condition: settings decide those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// The time of the tick that caused it, in whole microseconds.
    pub when: Stamp,
    /// What to do.
    pub side: Side,
    /// Of what.
    pub item: Code,
}

/// Writes a signal into `out`, which is cleared first and can be reused. The code goes in upper case.
pub fn encode_signal(out: &mut Vec<u8>, when: Stamp, side: Side, item: &Code) {
    out.clear();
    out.extend_from_slice(b"\x84\xa4when\x82\xac__datetime__\xc3\xa9timestamp");
    put_timestamp(out, when);
    out.extend_from_slice(b"\xa9operation\x83\xa8__enum__\xc3\xa5class\xaeOrderOperation\xa4name");
    out.extend_from_slice(match side {
        Side::Buy => b"\xa3BUY",
        Side::Sell => b"\xa4SELL",
    });
    out.extend_from_slice(b"\xaccommodity_id");
    put_item(out, item);
    out.extend_from_slice(b"\xa9__class__\xadTradingSignal");
}

/// Reads a signal: keys in any order, and nothing beside them.
pub fn decode_signal(frame: &[u8]) -> Result<Signal, DecodeError> {
    let mut reader = Reader::new(frame)?;
    let (mut when, mut side, mut item) = (None, None, None);
    let keys = ["when", "operation", "commodity_id", "__class__"];
    reader.map("TradingSignal", keys, |reader, key| {
        match key {
            "when" => when = Some(reader.datetime()?),
            "operation" => side = Some(read_operation(reader)?),
            "commodity_id" => item = Some(reader.item()?),
            class => reader.exactly(class, "TradingSignal")?,
        }
        Ok(())
    })?;
    reader.end()?;
    let missing = |key| DecodeError::MissingKey { class: "TradingSignal", key };
    Ok(Signal {
        when: when.ok_or(missing("when"))?,
        side: side.ok_or(missing("operation"))?,
        item: item.ok_or(missing("commodity_id"))?,
    })
}

/// The enum `OrderOperation` by its member's name: `BUY` or `SELL` in capitals, nothing else.
fn read_operation(reader: &mut Reader<'_>) -> Result<Side, DecodeError> {
    let mut side = None;
    reader.map("OrderOperation", ["__enum__", "class", "name"], |reader, key| {
        match key {
            "class" => reader.exactly(key, "OrderOperation")?,
            "name" => side = Some(operation(reader.text(key)?)?),
            mark => reader.mark(mark)?,
        }
        Ok(())
    })?;
    side.ok_or(DecodeError::MissingKey { class: "OrderOperation", key: "name" })
}

fn operation(name: &str) -> Result<Side, DecodeError> {
    match name {
        "BUY" => Ok(Side::Buy),
        "SELL" => Ok(Side::Sell),
        other => Err(DecodeError::UnknownOperation { found: excerpt(other) }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::wire::v1::fixtures::{Random, captured, message, with};

    /// 2025-06-17T01:23:45.678901Z
    const WHEN: Stamp = Stamp(1_750_123_425_678_901_000);

    #[test]
    fn a_signal_has_the_bytes_that_v1_wrote_and_reads_back() {
        let midnight = Stamp(1_750_118_400 * Stamp::SECOND);
        for (name, when, side, item) in [
            ("signal_buy", WHEN, Side::Buy, "TXFF5"),
            ("signal_sell", WHEN, Side::Sell, "TXFF5"),
            ("signal_sell_whole_second", midnight, Side::Sell, "MXFF5"),
            ("signal_sell_option_code", WHEN, Side::Sell, "TXO22000F5"),
        ] {
            let item = item.parse().unwrap();
            let mut out = b"what was there before".to_vec();
            encode_signal(&mut out, when, side, &item);
            assert_eq!(out, message(name), "{name}");
            assert_eq!(decode_signal(&out), Ok(Signal { when, side, item }), "{name}");
        }
    }

    #[test]
    fn any_operation_but_buy_is_not_a_sell() {
        let signal = message("signal_sell");
        for name in ["", "BUY ", "buy", "sell", "SELL\0", "HOLD", "B", "Sell"] {
            let length = 0xa0 | u8::try_from(name.len()).unwrap();
            let frame = with(&signal, b"\xa4SELL", &[&[length], name.as_bytes()].concat());
            let found = name.to_owned();
            assert_eq!(decode_signal(&frame), Err(DecodeError::UnknownOperation { found }));
        }
        let frame = with(&signal, b"\xa4SELL", b"\x02");
        assert!(matches!(decode_signal(&frame), Err(DecodeError::WrongType { field: "name", .. })));
        let frame = with(&signal, b"\xaeOrderOperation", b"\xaeOrderOperatioN");
        assert!(matches!(
            decode_signal(&frame),
            Err(DecodeError::WrongClass { field: "class", .. })
        ));
    }

    #[test]
    fn keys_may_stand_in_any_order_but_exactly_once() {
        let signal = message("signal_buy");
        let class = b"\xa9__class__\xadTradingSignal";
        let turned = with(&signal, class, b"");
        let turned = with(&turned, b"\x84", &[b"\x84".as_slice(), class].concat());
        assert_eq!(decode_signal(&turned), decode_signal(&signal));
        let swapped = with(&signal, b"\xa8__enum__\xc3", b"");
        let swapped = with(&swapped, b"\xa3BUY", b"\xa3BUY\xa8__enum__\xc3");
        assert_eq!(decode_signal(&swapped), decode_signal(&signal));

        let twice = with(&signal, b"\xa4name\xa3BUY", b"\xa4name\xa3BUY\xa4name\xa4SELL");
        let twice = with(&twice, b"\x83\xa8__enum__", b"\x84\xa8__enum__");
        assert_eq!(
            decode_signal(&twice),
            Err(DecodeError::RepeatedKey { class: "OrderOperation", key: "name" })
        );
        let long = [signal, vec![0]].concat();
        assert_eq!(decode_signal(&long), Err(DecodeError::Trailing { bytes: 1 }));
    }

    #[test]
    fn other_messages_and_cut_ones_are_no_signals() {
        for (name, frame) in captured().iter().filter(|it| !it.0.starts_with("signal_")) {
            assert!(decode_signal(frame).is_err(), "{name} was taken");
        }
        let signal = message("signal_buy");
        for cut in 0..signal.len() {
            assert!(decode_signal(&signal[..cut]).is_err(), "{cut} bytes were taken");
        }
    }

    #[test]
    fn noise_never_panics_and_never_turns_a_buy_into_a_sell() {
        let signal = message("signal_buy");
        let mut random = Random::new(3);
        for _ in 0..20_000 {
            let _ = decode_signal(&random.bytes(300));
            let mut frame = signal.clone();
            (0..=random.below(3)).for_each(|_| random.mutate(&mut frame));
            if let Ok(read) = decode_signal(&frame) {
                assert_eq!(read.side, Side::Buy, "{}", frame.escape_ascii());
            }
        }
    }
}
