//! Snapshots of the market as ticks and books.
//!
//! CTP tells how things stand, not what traded: the lots of a tick are what the day's lots have grown
//! by since the snapshot before, at the last price.

use abi::{ABSENT, Book, Tick, Versioned, put_name};
use aftm_exchange_abi as abi;

use crate::clock;
use crate::number::{feed_price_e9, quantity_e9};
use crate::rows::{Depth, Level};

/// What an instrument's snapshots are read with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    /// The exchange, which most fronts leave out.
    pub(crate) exchange: &'a str,
    /// 0 where it is not known: then prices are as they come.
    pub(crate) tick_e9: i64,
    /// The day's lots of the snapshot before; `None` where this is the first.
    pub(crate) volume_before: Option<i32>,
    /// This machine's clock.
    pub(crate) now_ns: i64,
}

impl Frame<'_> {
    fn price(&self, value: f64) -> i64 {
        feed_price_e9(value, self.tick_e9).ok().flatten().unwrap_or(ABSENT)
    }

    /// A price and its lots; a price without lots is none.
    fn level(&self, (price, lots): Level) -> (i64, i64) {
        let price = self.price(price);
        if price == ABSENT || lots <= 0 { (ABSENT, ABSENT) } else { (price, quantity_e9(lots)) }
    }

    fn ts_ns(&self, depth: &Depth) -> i64 {
        let at = clock::exchange_time(&depth.date, &depth.time, depth.millisecond, self.now_ns);
        // Without a time of the exchange's own there is no better one.
        at.unwrap_or(self.now_ns)
    }

    /// The tick; without a price where nothing was traded since the snapshot before.
    pub(crate) fn tick(&self, depth: &Depth) -> Tick {
        let grown = self.volume_before.map(|before| depth.volume.saturating_sub(before));
        let traded = grown.filter(|it| *it > 0);
        // Of the first snapshot nobody knows what traded last, but at which price.
        let has_traded = traded.is_some() || (grown.is_none() && depth.volume > 0);
        let (bid_e9, bid_qty_e9) = self.level(depth.bids[0]);
        let (ask_e9, ask_qty_e9) = self.level(depth.asks[0]);
        // A price of 0 is none, except where the market goes below it, as spreads do.
        let of_day = |value: f64| if value == 0.0 { ABSENT } else { self.price(value) };
        let mut told = Tick {
            exch_ts_ns: self.ts_ns(depth),
            recv_ts_ns: self.now_ns,
            utc_offset_s: clock::OFFSET_S,
            price_e9: if has_traded { self.price(depth.last) } else { ABSENT },
            qty_e9: traded.map_or(ABSENT, quantity_e9),
            bid_e9,
            bid_qty_e9,
            ask_e9,
            ask_qty_e9,
            open_e9: of_day(depth.open),
            high_e9: of_day(depth.high),
            low_e9: of_day(depth.low),
            prev_settle_e9: of_day(depth.prev_settle),
            upper_e9: of_day(depth.upper),
            lower_e9: of_day(depth.lower),
            volume_e9: quantity_e9(depth.volume.max(0)),
            open_interest_e9: self.price(depth.open_interest),
            ..Tick::blank()
        };
        let _ = put_name(&mut told.exchange, self.exchange);
        let _ = put_name(&mut told.symbol, &depth.symbol);
        told
    }

    /// The book of the same moment.
    pub(crate) fn book(&self, depth: &Depth) -> Book {
        let (bids, asks) =
            (depth.bids.map(|it| self.level(it)), depth.asks.map(|it| self.level(it)));
        let mut told = Book {
            exch_ts_ns: self.ts_ns(depth),
            recv_ts_ns: self.now_ns,
            utc_offset_s: clock::OFFSET_S,
            bid_e9: bids.map(|it| it.0),
            bid_qty_e9: bids.map(|it| it.1),
            ask_e9: asks.map(|it| it.0),
            ask_qty_e9: asks.map(|it| it.1),
            ..Book::blank()
        };
        let _ = put_name(&mut told.exchange, self.exchange);
        let _ = put_name(&mut told.symbol, &depth.symbol);
        told
    }
}

#[cfg(test)]
mod tests {
    use abi::name;

    use super::*;
    use crate::number::ONE_E9;

    const NOW: i64 = 1_763_686_801_000_000_000;

    fn depth() -> Depth {
        let levels =
            |from: f64, step: f64| [0.0, 1.0, 2.0, 3.0, 4.0].map(|it| (from + step * it, 10));
        Depth {
            symbol: "rb2510".to_owned(),
            date: "20251121".to_owned(),
            time: "09:00:00".to_owned(),
            millisecond: 500,
            last: 3_200.000_000_000_5,
            open: f64::MAX,
            high: 3_210.0,
            upper: 3_500.0,
            volume: 100,
            open_interest: 5_000.0,
            bids: levels(3_199.0, -1.0),
            asks: levels(3_200.0, 1.0),
            ..Depth::default()
        }
    }

    fn frame(volume_before: Option<i32>) -> Frame<'static> {
        Frame { exchange: "SHFE", tick_e9: ONE_E9, volume_before, now_ns: NOW }
    }

    #[test]
    fn the_lots_of_a_tick_are_what_the_day_has_grown_by() {
        let told = |before, volume| {
            let tick = frame(before).tick(&Depth { volume, ..depth() });
            (tick.price_e9, tick.qty_e9)
        };
        let price = 3_200 * ONE_E9;
        assert_eq!(told(Some(98), 100), (price, 2 * ONE_E9));
        assert_eq!(told(Some(100), 100), (ABSENT, ABSENT), "nothing was traded");
        assert_eq!(told(Some(100), 3), (ABSENT, ABSENT), "another day has begun");
        assert_eq!(told(None, 100), (price, ABSENT), "nobody knows how much");
        assert_eq!(told(None, 0), (ABSENT, ABSENT));
    }

    #[test]
    fn a_tick_has_the_exchanges_time_and_the_day() {
        let tick = frame(Some(99)).tick(&depth());
        assert_eq!((tick.exch_ts_ns, tick.recv_ts_ns), (NOW - 500_000_000, NOW));
        assert_eq!((tick.bid_e9, tick.ask_e9), (3_199 * ONE_E9, 3_200 * ONE_E9));
        assert_eq!((tick.open_e9, tick.high_e9, tick.low_e9), (ABSENT, 3_210 * ONE_E9, ABSENT));
        assert_eq!((tick.volume_e9, tick.open_interest_e9), (100 * ONE_E9, 5_000 * ONE_E9));
        assert_eq!((name(&tick.exchange), name(&tick.symbol)), (Some("SHFE"), Some("rb2510")));
    }

    #[test]
    fn a_book_has_the_levels_that_are_there() {
        let mut depth = depth();
        depth.asks[3] = (f64::MAX, 0);
        depth.asks[4] = (0.0, 0);
        let book = frame(None).book(&depth);
        assert_eq!(book.bid_e9[4], 3_195 * ONE_E9);
        assert_eq!(book.bid_qty_e9, [10 * ONE_E9; 5]);
        assert_eq!(book.ask_e9[2..], [3_202 * ONE_E9, ABSENT, ABSENT]);
        assert_eq!(book.ask_qty_e9[3..], [ABSENT, ABSENT]);
    }
}
