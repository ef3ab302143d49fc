//! What the host shows of the market, as the exchange takes it.

use aftm_domain::{Book, ExchangeTime, Level, Price, Quantity, Stamp, Tick};
use aftm_exchange_abi as abi;
use aftm_exchange_abi::{ABSENT, E_ARG};

use crate::fault::{Done, Fault};
use crate::listing::code;

/// No clock on earth is further from UTC, in seconds.
const OFFSET_MAX: i32 = 18 * 3600;

/// A time on the exchange's clock.
pub(crate) fn time(ns: i64, utc_offset_s: i32) -> Done<ExchangeTime> {
    if ns == ABSENT {
        return Err(Fault::new(E_ARG, "the time is absent; the exchange has no other clock"));
    }
    if !(-OFFSET_MAX..=OFFSET_MAX).contains(&utc_offset_s) {
        let text = format!("utc_offset_s is {utc_offset_s}, more than 18 hours from UTC");
        return Err(Fault::new(E_ARG, text));
    }
    Ok(ExchangeTime { at: Stamp(ns), offset: utc_offset_s })
}

/// A trade. A tick without one moves nothing at this exchange, and is refused.
pub(crate) fn tick(told: &abi::Tick) -> Done<Tick> {
    if told.price_e9 == ABSENT || told.qty_e9 == ABSENT || told.qty_e9 <= 0 {
        return Err(Fault::new(E_ARG, "the tick has no trade: price_e9 and qty_e9 are needed"));
    }
    let received =
        if told.recv_ts_ns == ABSENT { Stamp::default() } else { Stamp(told.recv_ts_ns) };
    Ok(Tick {
        sequence: told.sequence,
        item: code("symbol", &told.symbol)?,
        price: Price::from_raw(told.price_e9),
        quantity: Quantity::from_raw(told.qty_e9),
        time: time(told.exch_ts_ns, told.utc_offset_s)?,
        received,
    })
}

/// A book. A level without lots or price is none.
pub(crate) fn book(told: &abi::Book) -> Book {
    let mut book = Book::default();
    let sides = [
        (&mut book.bids, &told.bid_e9, &told.bid_qty_e9),
        (&mut book.asks, &told.ask_e9, &told.ask_qty_e9),
    ];
    for (levels, prices, lots) in sides {
        for ((level, price), lots) in levels.iter_mut().zip(prices).zip(lots) {
            if *price != ABSENT && *lots > 0 {
                let (price, quantity) = (Price::from_raw(*price), Quantity::from_raw(*lots));
                *level = Level { price, quantity };
            }
        }
    }
    book
}
