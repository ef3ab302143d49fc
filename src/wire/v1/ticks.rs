//! Ticks as v1 publishes them on port 5555: the topic `TICK`, then a `TickEvent`.
//!
//! A v1 subscriber raises on any further frame, key or class, so nothing can be added.

use aftm_domain::{Code, Price, Stamp};

use super::DecodeError;
use super::msgpack::{Reader, put_float, put_item, put_timestamp};

/// The first frame, the same for every item.
pub const TOPIC: &[u8] = b"TICK";

/// What a v1 tick says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// When it traded, in whole microseconds.
    pub when: Stamp,
    /// What traded.
    pub item: Code,
    /// At which price; never zero.
    pub price: Price,
}

/// Writes the payload of a tick into `out`, which is cleared first and can be reused: in the steady
/// state nothing is allocated. The code goes in upper case, the price as a float.
pub fn encode_tick(out: &mut Vec<u8>, when: Stamp, item: &Code, price: Price) {
    out.clear();
    out.extend_from_slice(b"\x83\xa4when\x82\xac__datetime__\xc3\xa9timestamp");
    put_timestamp(out, when);
    out.extend_from_slice(b"\xa4tick\x83\xaccommodity_id");
    put_item(out, item);
    out.extend_from_slice(b"\xabmatch_price");
    put_float(out, price.to_f64());
    out.extend_from_slice(b"\xa9__class__\xa4Tick\xa9__class__\xa9TickEvent");
}

/// Reads the payload of a tick: keys in any order, numbers of any width, and nothing beside them.
/// A price of zero is refused, because v1 publishes it for a price that it could not read.
pub fn decode_tick(payload: &[u8]) -> Result<Tick, DecodeError> {
    let mut reader = Reader::new(payload)?;
    let (mut when, mut trade) = (None, None);
    reader.map("TickEvent", ["when", "tick", "__class__"], |reader, key| {
        match key {
            "when" => when = Some(reader.datetime()?),
            "tick" => trade = Some(read_trade(reader)?),
            class => reader.exactly(class, "TickEvent")?,
        }
        Ok(())
    })?;
    reader.end()?;
    let missing = |key| DecodeError::MissingKey { class: "TickEvent", key };
    let (item, price) = trade.ok_or(missing("tick"))?;
    Ok(Tick { when: when.ok_or(missing("when"))?, item, price })
}

fn read_trade(reader: &mut Reader<'_>) -> Result<(Code, Price), DecodeError> {
    let (mut item, mut price) = (None, None);
    reader.map("Tick", ["commodity_id", "match_price", "__class__"], |reader, key| {
        match key {
            "commodity_id" => item = Some(reader.item()?),
            "match_price" => price = Some(reader.price()?),
            class => reader.exactly(class, "Tick")?,
        }
        Ok(())
    })?;
    let missing = |key| DecodeError::MissingKey { class: "Tick", key };
    Ok((item.ok_or(missing("commodity_id"))?, price.ok_or(missing("match_price"))?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use aftm_domain::{DecimalError, IdError};

    use super::*;
    use crate::wire::v1::fixtures::{Random, captured, message, with};

    /// 2025-06-17T01:23:45.678901Z
    const WHEN: Stamp = Stamp(1_750_123_425_678_901_000);

    fn encoded(when: Stamp, item: &str, price: &str) -> Vec<u8> {
        let mut out = b"what was there before".to_vec();
        encode_tick(&mut out, when, &item.parse().unwrap(), price.parse().unwrap());
        out
    }

    #[test]
    fn a_tick_has_the_bytes_that_v1_wrote() {
        let second = Stamp::SECOND;
        for (name, when, item, price) in [
            ("tick_basic_float", WHEN, "TXFF5", "22000"),
            ("tick_basic_float", WHEN, "txff5", "22000"),
            ("tick_fraction_not_exact_binary", WHEN, "TEF", "1023.05"),
            ("tick_one_microsecond", Stamp(1_750_123_425 * second + 1_000), "TXFF5", "21980"),
            ("tick_epoch", Stamp(0), "MXFF5", "1"),
            ("tick_far_future", Stamp(4_102_444_800 * second - 1_000), "MXFF5", "1"),
            ("tick_item_32_bytes_str8", WHEN, &"A".repeat(32), "1"),
        ] {
            assert_eq!(encoded(when, item, price), message(name), "{name}");
        }
    }

    #[test]
    fn a_captured_tick_reads_and_writes_back_identically() {
        for name in [
            "tick_basic_float",
            "tick_fraction_not_exact_binary",
            "tick_one_microsecond",
            "tick_epoch",
            "tick_far_future",
            "tick_item_32_bytes_str8",
        ] {
            let tick = decode_tick(&message(name)).unwrap();
            let mut out = Vec::new();
            encode_tick(&mut out, tick.when, &tick.item, tick.price);
            assert_eq!(out, message(name), "{name}");
        }
    }

    #[test]
    fn an_int_is_a_price_too() {
        let tick = decode_tick(&message("tick_int_price_uint16")).unwrap();
        assert_eq!(tick, decode_tick(&message("tick_basic_float")).unwrap());
        let tick = decode_tick(&message("tick_int_price_negative")).unwrap();
        assert_eq!(tick.price.to_string(), "-5");
        for (number, price) in [
            (b"\xca\x46\xab\xe0\x00".as_slice(), "22000"),
            (b"\xce\x00\x00\x55\xf0", "22000"),
            (b"\xd3\x00\x00\x00\x00\x00\x00\x55\xf0", "22000"),
            (b"\xd1\x55\xf0", "22000"),
            (b"\xd0\x80", "-128"),
            (b"\x7f", "127"),
        ] {
            let frame = with(&message("tick_basic_float"), b"\xcb\x40\xd5\x7c\0\0\0\0\0", number);
            assert_eq!(decode_tick(&frame).unwrap().price.to_string(), price);
        }
    }

    #[test]
    fn an_int_is_a_time_too() {
        let stamp = b"\xcb\x41\xda\x14\x30\xe8\x6b\x73\x1d";
        for (number, seconds) in
            [(b"\xce\x68\x50\xc3\xa1".as_slice(), 1_750_123_425), (b"\x00", 0), (b"\xff", -1)]
        {
            let frame = with(&message("tick_basic_float"), stamp, number);
            assert_eq!(decode_tick(&frame).unwrap().when, Stamp(seconds * Stamp::SECOND));
        }
        for number in [
            b"\xcb\x7f\xf8\0\0\0\0\0\0".as_slice(), // NaN
            b"\xcb\xff\xf0\0\0\0\0\0\0",            // -infinity
            b"\xcb\x7f\xef\xff\xff\xff\xff\xff\xff",
            b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\xcf\0\0\0\x02\x54\x0b\xe4\0", // ten thousand million seconds
        ] {
            let frame = with(&message("tick_basic_float"), stamp, number);
            assert!(matches!(decode_tick(&frame), Err(DecodeError::Time { .. })));
        }
    }

    #[test]
    fn an_unparsable_price_published_as_zero_is_refused() {
        for name in ["tick_zero_float_from_unparsable_price", "tick_tiny_float"] {
            assert_eq!(decode_tick(&message(name)), Err(DecodeError::ZeroPrice), "{name}");
        }
        let negative_zero =
            with(&message("tick_basic_float"), b"\xcb\x40\xd5\x7c", b"\xcb\x80\0\0");
        assert_eq!(decode_tick(&negative_zero), Err(DecodeError::ZeroPrice));
    }

    #[test]
    fn a_price_that_is_no_number_is_refused() {
        use DecimalError::{NotFinite, TooLarge};
        use DecodeError::Price;
        assert_eq!(decode_tick(&message("tick_inf")), Err(Price(NotFinite(f64::INFINITY))));
        let nan = with(&message("tick_basic_float"), b"\xcb\x40\xd5", b"\xcb\x7f\xf8");
        assert!(matches!(decode_tick(&nan), Err(Price(NotFinite(it))) if it.is_nan()));
        let huge = decode_tick(&message("tick_int_price_uint64"));
        assert_eq!(huge, Err(Price(TooLarge("1099511627776".to_owned()))));
        for other in [b"\xc0".as_slice(), b"\xc3", b"\xa522000", b"\x90", b"\x80", b"\xc1"] {
            let frame = with(&message("tick_basic_float"), b"\xcb\x40\xd5\x7c\0\0\0\0\0", other);
            let wrong = decode_tick(&frame);
            assert!(
                matches!(wrong, Err(DecodeError::WrongType { field: "match_price", .. })),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn an_item_that_is_no_code_is_refused() {
        assert!(matches!(
            decode_tick(&message("tick_empty_item")),
            Err(DecodeError::Item(IdError::Empty { .. }))
        ));
        assert!(matches!(
            decode_tick(&message("tick_unicode_item_emoji")),
            Err(DecodeError::Item(IdError::Character { .. }))
        ));
        assert!(matches!(
            decode_tick(&message("tick_item_none")),
            Err(DecodeError::WrongType { field: "commodity_id", .. })
        ));
        let long = [b"\xd9\x21".as_slice(), &[b'A'; 33]].concat();
        let frame = with(&message("tick_basic_float"), b"\xa5TXFF5", &long);
        assert!(matches!(decode_tick(&frame), Err(DecodeError::Item(IdError::TooLong { .. }))));
        let frame = with(&message("tick_basic_float"), b"\xa5TXFF5", b"\xa5TX\xff\xff5");
        assert_eq!(decode_tick(&frame), Err(DecodeError::NotUtf8 { field: "commodity_id" }));
    }

    #[test]
    fn keys_may_stand_in_any_order_but_exactly_once() {
        let tick = message("tick_basic_float");
        let turned = with(
            &with(&tick, b"\x83\xa4when", b"\x83\xa9__class__\xa9TickEvent\xa4when"),
            b"Tick\xa9__class__\xa9TickEvent",
            b"Tick",
        );
        assert_eq!(decode_tick(&turned), decode_tick(&tick));

        let class = b"\xa4Tick\xa9__class__\xa9TickEvent";
        let twice = with(&tick, b"\xa9TickEvent", b"\xa9TickEvent\xa9__class__\xa9TickEvent");
        let twice = with(&twice, b"\x83\xa4when", b"\x84\xa4when");
        assert_eq!(
            decode_tick(&twice),
            Err(DecodeError::RepeatedKey { class: "TickEvent", key: "__class__" })
        );
        let extra = with(&tick, b"\xa9TickEvent", b"\xa9TickEvent\xa3seq\x01");
        let extra = with(&extra, b"\x83\xa4when", b"\x84\xa4when");
        assert_eq!(
            decode_tick(&extra),
            Err(DecodeError::UnknownKey { class: "TickEvent", key: "seq".to_owned() })
        );
        let fewer = with(&with(&tick, class, b"\xa4Tick"), b"\x83\xa4when", b"\x82\xa4when");
        assert_eq!(
            decode_tick(&fewer),
            Err(DecodeError::MissingKey { class: "TickEvent", key: "__class__" })
        );
        let other = with(&tick, b"\xa9TickEvent", b"\xa9BookEvent");
        assert!(matches!(
            decode_tick(&other),
            Err(DecodeError::WrongClass { field: "__class__", .. })
        ));
        let unmarked = with(&tick, b"__datetime__\xc3", b"__datetime__\xc2");
        assert!(matches!(
            decode_tick(&unmarked),
            Err(DecodeError::WrongType { field: "__datetime__", .. })
        ));
        let long = [tick.clone(), vec![0xc0]].concat();
        assert_eq!(decode_tick(&long), Err(DecodeError::Trailing { bytes: 1 }));
    }

    #[test]
    fn other_messages_and_cut_ones_are_no_ticks() {
        for (name, frame) in captured().iter().filter(|it| !it.0.starts_with("tick_")) {
            assert!(decode_tick(frame).is_err(), "{name} was taken");
        }
        let tick = message("tick_basic_float");
        for cut in 0..tick.len() {
            assert!(decode_tick(&tick[..cut]).is_err(), "{cut} bytes were taken");
        }
        assert_eq!(decode_tick(&[0x81; 65_537]), Err(DecodeError::TooLarge { bytes: 65_537 }));
        assert!(decode_tick(&[0x81; 65_536]).is_err());
        // Lengths of four thousand million, with nothing behind them.
        assert!(decode_tick(b"\xdf\xff\xff\xff\xff").is_err());
        assert!(decode_tick(b"\x83\xdb\xff\xff\xff\xffwhen").is_err());
    }

    #[test]
    fn every_microsecond_reads_back() {
        let mut random = Random::new(1);
        for _ in 0..20_000 {
            let span = 4_102_444_800_000_000_u64;
            let micros = i64::try_from(random.next() % span).unwrap();
            let when = Stamp(micros * 1_000);
            let frame = encoded(when, "TXFH1", "17305");
            assert_eq!(decode_tick(&frame).unwrap().when, when);
            // What is finer than a microsecond is cut, never rounded ahead.
            assert_eq!(encoded(Stamp(when.0 + 999), "TXFH1", "17305"), frame);
        }
    }

    #[test]
    fn noise_never_panics_and_never_changes_its_meaning() {
        let tick = message("tick_basic_float");
        let mut random = Random::new(7);
        for _ in 0..20_000 {
            let _ = decode_tick(&random.bytes(300));
            let mut frame = tick.clone();
            (0..=random.below(3)).for_each(|_| random.mutate(&mut frame));
            // Whatever is read is what the bytes say: writing it gives a frame that reads the same.
            if let Ok(read) = decode_tick(&frame) {
                let mut again = Vec::new();
                encode_tick(&mut again, read.when, &read.item, read.price);
                let reread = decode_tick(&again).unwrap();
                assert_eq!(reread.when, read.when);
                let (item, again) = (read.item.as_str(), reread.item.as_str());
                assert_eq!(item.to_ascii_uppercase(), again);
                // Beyond nine million points a float is coarser than a price.
                let is_exact = read.price.raw().abs() < 1 << 53;
                assert!(!is_exact || reread.price == read.price, "{}", frame.escape_ascii());
            }
        }
    }
}
