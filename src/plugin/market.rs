//! Ticks and books, both ways.

use aftm_domain::tick::{BOOK_LEVELS, Level};
use aftm_domain::{Book, Code, ExchangeTime, Quantity, Stamp, Tick};
use aftm_plugin_host::abi::{self, ABSENT, Symbol, TICK_AUCTION, Versioned};

use super::names;

/// A trade that the venue tells; `None` where it tells the day's figures and nothing was traded.
pub(super) fn tick(told: &abi::Tick, item: Code) -> Option<Tick> {
    Some(Tick {
        sequence: 0,
        item,
        price: names::price(told.price_e9)?,
        quantity: names::lots(told.qty_e9)?,
        time: names::time(told.exch_ts_ns, told.utc_offset_s)?,
        received: Stamp(if told.recv_ts_ns == ABSENT { 0 } else { told.recv_ts_ns }),
    })
}

pub(super) const fn is_auction(told: &abi::Tick) -> bool {
    told.flags & TICK_AUCTION != 0
}

/// A book that the venue tells, and when it stood so.
pub(super) fn book(told: &abi::Book) -> (Book, ExchangeTime) {
    let time = names::time(told.exch_ts_ns, told.utc_offset_s).unwrap_or_default();
    let bids = side(&told.bid_e9, &told.bid_qty_e9);
    (Book { bids, asks: side(&told.ask_e9, &told.ask_qty_e9) }, time)
}

/// The best levels, which a tick brings along; `None` where it brings neither.
pub(super) fn best(told: &abi::Tick) -> Option<Book> {
    let best = |price: i64, quantity: i64| {
        let mut levels = [Level::default(); BOOK_LEVELS];
        let found = level(price, quantity);
        levels.iter_mut().zip(found).for_each(|(at, found)| *at = found);
        (levels, found.is_some())
    };
    let (bids, is_bid) = best(told.bid_e9, told.bid_qty_e9);
    let (asks, is_ask) = best(told.ask_e9, told.ask_qty_e9);
    (is_bid || is_ask).then_some(Book { bids, asks })
}

/// The levels that are there, best first and without gaps.
fn side(prices: &[i64; 5], quantities: &[i64; 5]) -> [Level; BOOK_LEVELS] {
    let mut levels = [Level::default(); BOOK_LEVELS];
    let there = prices.iter().zip(quantities).filter_map(|(price, lots)| level(*price, *lots));
    levels.iter_mut().zip(there).for_each(|(at, level)| *at = level);
    levels
}

fn level(price: i64, quantity: i64) -> Option<Level> {
    Some(Level { price: names::price(price)?, quantity: names::lots(quantity)? })
}

/// A trade of our feed.
pub(super) fn fed_tick(tick: &Tick, book: Option<&Book>, symbol: &Symbol) -> abi::Tick {
    let [bid, ask] = [book.map(|it| it.bids), book.map(|it| it.asks)]
        .map(|it| it.and_then(|levels| levels.first().copied()).filter(is_there));
    let price = |it: Option<Level>| it.map_or(ABSENT, |it| it.price.raw());
    let lots = |it: Option<Level>| it.map_or(ABSENT, |it| it.quantity.raw());
    abi::Tick {
        exch_ts_ns: tick.time.at.0,
        recv_ts_ns: if tick.received == Stamp(0) { ABSENT } else { tick.received.0 },
        utc_offset_s: tick.time.offset,
        sequence: tick.sequence,
        price_e9: tick.price.raw(),
        qty_e9: tick.quantity.raw(),
        bid_e9: price(bid),
        bid_qty_e9: lots(bid),
        ask_e9: price(ask),
        ask_qty_e9: lots(ask),
        exchange: symbol.exchange,
        symbol: symbol.symbol,
        ..abi::Tick::blank()
    }
}

/// The book after it.
pub(super) fn fed_book(tick: &Tick, book: &Book, symbol: &Symbol) -> abi::Book {
    let prices = |levels: &[Level; BOOK_LEVELS]| levels.map(|it| number(&it, it.price.raw()));
    let lots = |levels: &[Level; BOOK_LEVELS]| levels.map(|it| number(&it, it.quantity.raw()));
    abi::Book {
        exch_ts_ns: tick.time.at.0,
        recv_ts_ns: if tick.received == Stamp(0) { ABSENT } else { tick.received.0 },
        utc_offset_s: tick.time.offset,
        bid_e9: prices(&book.bids),
        bid_qty_e9: lots(&book.bids),
        ask_e9: prices(&book.asks),
        ask_qty_e9: lots(&book.asks),
        exchange: symbol.exchange,
        symbol: symbol.symbol,
        ..abi::Book::blank()
    }
}

fn is_there(level: &Level) -> bool {
    level.quantity > Quantity::ZERO
}

fn number(level: &Level, raw: i64) -> i64 {
    if is_there(level) { raw } else { ABSENT }
}

/// The newest book that was told of an item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Newest {
    pub(super) book: Book,
    pub(super) time: ExchangeTime,
}

/// The book after a trade: the one that was told of that moment or later, else the best levels that
/// the trade brings along, else the last one told.
pub(super) fn after(told: &abi::Tick, tick: &Tick, newest: Option<&Newest>) -> Option<Book> {
    let fresh = newest.filter(|it| it.time >= tick.time).map(|it| it.book);
    fresh.or_else(|| best(told)).or_else(|| newest.map(|it| it.book))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i64 = 1_000_000_000;

    fn code() -> Code {
        "DEMO".parse().unwrap()
    }

    fn symbol() -> Symbol {
        let mut symbol = Symbol { exchange: [0; 16], symbol: [0; 64] };
        abi::put_text(&mut symbol.symbol, "DEMO");
        symbol
    }

    fn traded() -> Tick {
        Tick {
            sequence: 7,
            item: code(),
            price: "17305.5".parse().unwrap(),
            quantity: "3".parse().unwrap(),
            time: "2021-07-26T10:49:08+08:00".parse().unwrap(),
            received: Stamp(5),
        }
    }

    fn level(price: &str, lots: &str) -> Level {
        Level { price: price.parse().unwrap(), quantity: lots.parse().unwrap() }
    }

    fn shown() -> Book {
        let mut book = Book::default();
        book.bids[0] = level("17305", "2");
        book.bids[1] = level("17304", "9");
        book.asks[0] = level("17306", "1");
        book
    }

    #[test]
    fn a_trade_of_ours_is_the_same_trade_on_the_other_side() {
        let fed = fed_tick(&traded(), Some(&shown()), &symbol());
        assert_eq!(tick(&fed, code()), Some(Tick { sequence: 0, ..traded() }));
        assert_eq!((fed.sequence, fed.utc_offset_s, fed.volume_e9), (7, 28_800, ABSENT));
        assert_eq!((fed.bid_e9, fed.ask_qty_e9), (17_305 * ONE, ONE));
        assert_eq!(book(&fed_book(&traded(), &shown(), &symbol())), (shown(), traded().time));
    }

    #[test]
    fn a_level_without_lots_is_none() {
        let fed = fed_book(&traded(), &Book::default(), &symbol());
        assert_eq!((fed.bid_e9, fed.ask_qty_e9), ([ABSENT; 5], [ABSENT; 5]));
        assert_eq!(book(&fed).0, Book::default());
        let gap =
            abi::Book { bid_e9: [3, ABSENT, 2, 1, 0], bid_qty_e9: [ONE, ONE, 0, 5, -5], ..fed };
        let bids = book(&gap).0.bids.map(|it| it.price.raw());
        assert_eq!(bids, [3, 1, 0, 0, 0], "without gaps");
    }

    #[test]
    fn figures_without_a_trade_are_no_tick() {
        let fed = fed_tick(&traded(), None, &symbol());
        assert_eq!((fed.bid_e9, fed.bid_qty_e9), (ABSENT, ABSENT));
        for quiet in [
            abi::Tick { price_e9: ABSENT, ..fed },
            abi::Tick { qty_e9: 0, ..fed },
            abi::Tick { qty_e9: ABSENT, ..fed },
            abi::Tick { exch_ts_ns: ABSENT, ..fed },
        ] {
            assert_eq!(tick(&quiet, code()), None);
        }
        let unknown = abi::Tick { recv_ts_ns: ABSENT, flags: TICK_AUCTION, ..fed };
        assert_eq!(tick(&unknown, code()).unwrap().received, Stamp(0));
        assert!(is_auction(&unknown) && !is_auction(&fed));
    }

    #[test]
    fn the_book_after_a_trade_is_the_newest_that_is_known() {
        let fed = fed_tick(&traded(), Some(&shown()), &symbol());
        let newest = Newest { book: shown(), time: traded().time };
        assert_eq!(after(&fed, &traded(), Some(&newest)), Some(shown()));
        let old = Newest { time: ExchangeTime::default(), ..newest };
        let levels = after(&fed, &traded(), Some(&old)).unwrap();
        assert_eq!((levels.bids[0], levels.bids[1]), (shown().bids[0], Level::default()));
        let bare = fed_tick(&traded(), None, &symbol());
        assert_eq!(after(&bare, &traded(), Some(&old)), Some(shown()));
        assert_eq!(after(&bare, &traded(), None), None);
    }
}
