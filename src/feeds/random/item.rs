//! One item of the random market: its trades and its book, around its product's way.

use aftm_domain::session::Phase;
use aftm_domain::{
    Book, Calendar, Code, ExchangeTime, Instrument, Level, Price, Quantity, Stamp, Tick,
};

use super::Moment;
use super::chance::Chance;
use super::path::Path;

/// The noise of an index's way, for about 1 % in a day session.
const INDEX_NOISE: u32 = 32_000;
/// That of a stock's.
const STOCK_NOISE: u32 = 44_000;
/// How many times as often trades come in a burst.
const BURST_PACE: i64 = 4;

/// What the generators of all items share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub(super) seed: u64,
    pub(super) start: ExchangeTime,
    /// Nanoseconds.
    pub(super) gap: i64,
    pub(super) sessions: bool,
}

/// What a product's way is called and where it starts: the codes on one index share a way.
const STARTS: [(&str, &str, &str); 16] = [
    ("TXF", "TXF", "17400"),
    ("MXF", "TXF", "17400"),
    ("EXF", "EXF", "820"),
    ("ZEF", "EXF", "820"),
    ("FXF", "FXF", "1540"),
    ("CAF", "CAF", "87"),
    ("CBF", "CBF", "36.35"),
    ("CCF", "CCF", "53.8"),
    ("CDF", "CDF", "580"),
    ("CEF", "CEF", "78.5"),
    ("CFF", "CFF", "99.6"),
    ("CHF", "CHF", "20.85"),
    ("CKF", "CKF", "56.1"),
    ("CZF", "CZF", "138.5"),
    ("DHF", "DHF", "109.5"),
    ("DVF", "DVF", "924"),
];

#[derive(Debug)]
pub(super) struct Item {
    instrument: Instrument,
    terms: Terms,
    path: Path,
    chance: Chance,
    start_price: Price,
    /// The lowest and the highest price.
    limits: (Price, Price),
    next: Option<Stamp>,
}

impl Item {
    /// An item whose first trade comes after `from`.
    pub(super) fn new(
        instrument: Instrument,
        terms: Terms,
        from: Stamp,
        calendar: &Calendar,
    ) -> Item {
        let way = way(&instrument);
        let noise = if is_index(way) { INDEX_NOISE } else { STOCK_NOISE };
        let start_price = start_price(way, &instrument);
        let mut item = Item {
            path: Path::new(terms.seed, way, terms.start.at, noise),
            chance: Chance::new(terms.seed, instrument.code.as_str()),
            limits: limits(start_price, instrument.price_limit),
            start_price,
            instrument,
            terms,
            next: None,
        };
        item.path.advance(from);
        item.schedule(from, calendar);
        item
    }

    pub(super) const fn code(&self) -> Code {
        self.instrument.code
    }

    /// When its next trade comes; `None` after its end.
    pub(super) const fn next_at(&self) -> Option<Stamp> {
        self.next
    }

    /// The trade that is due.
    pub(super) fn trade(&mut self, calendar: &Calendar) -> Option<Moment> {
        let at = self.next?;
        self.path.advance(at);
        let moment = self.moment(at);
        self.schedule(at, calendar);
        Some(moment)
    }

    fn schedule(&mut self, after: Stamp, calendar: &Calendar) {
        let pace = if self.path.is_burst() { BURST_PACE } else { 1 };
        let wait = self.chance.wait(self.terms.gap / pace);
        // Whole microseconds: short text, and the clock always goes on.
        let wait = (wait / 1_000 * 1_000).max(1_000);
        let at = after.after(wait);
        self.next =
            if self.terms.sessions { self.in_session(at, wait, calendar) } else { Some(at) };
    }

    /// That instant, or as long after the next opening; `None` where the contract has ended.
    fn in_session(&self, at: Stamp, wait: i64, calendar: &Calendar) -> Option<Stamp> {
        let offset = self.terms.start.offset;
        let civil = ExchangeTime { at, offset }.civil();
        if self.instrument.phase(civil, calendar).is_open() {
            return Some(at);
        }
        let opens = self.instrument.sessions.next_open(civil, calendar)?;
        let opens = ExchangeTime::from_civil(opens, offset)?.at.after(wait % Stamp::SECOND);
        let civil = ExchangeTime { at: opens, offset }.civil();
        (self.instrument.phase(civil, calendar) != Phase::Closed).then_some(opens)
    }

    fn moment(&mut self, at: Stamp) -> Moment {
        let start = i128::from(self.start_price.raw());
        let off = start * i128::from(self.path.position()) / 1_000_000_000;
        let value = Price::from_raw(i64::try_from(start + off).unwrap_or(self.start_price.raw()));
        let step = self.instrument.ticks.step(value);
        let bid = Price::from_raw(value.raw() / step.raw() * step.raw());
        let book = self.book(bid);
        // The nearer the value is to the next price, the oftener buyers pay it.
        let part = i128::from(value.raw() - bid.raw()) * 60 / i128::from(step.raw()) + 20;
        let is_bought = i128::from(self.chance.below(100)) < part;
        let ask = book.asks[0].price;
        let price = if is_bought && !book.asks[0].quantity.is_zero() { ask } else { bid };
        let tick = Tick {
            sequence: 0,
            item: self.instrument.code,
            price,
            quantity: self.traded(),
            time: ExchangeTime { at, offset: self.terms.start.offset },
            received: Stamp(0),
        };
        Moment { tick, book: Some(Box::new(book)), is_auction: false }
    }

    /// One lot mostly, more at times, and more in bursts.
    fn traded(&mut self) -> Quantity {
        let most = if self.path.is_burst() { 24 } else { 8 };
        let (one, other) = (self.chance.below(most), self.chance.below(most));
        lots(1 + one.min(other) * u32::from(one.abs_diff(other) < most / 2))
    }

    /// Five levels a side on the tick grid, within the price limits.
    fn book(&mut self, bid: Price) -> Book {
        let (mut book, mut below, mut above) = (Book::default(), bid, bid);
        for (bid, ask) in book.bids.iter_mut().zip(&mut book.asks) {
            above = self.instrument.ticks.step_by(above, 1);
            *bid = self.level(below);
            *ask = self.level(above);
            below = self.instrument.ticks.step_by(below, -1);
        }
        book
    }

    fn level(&mut self, price: Price) -> Level {
        let quantity = lots(1 + self.chance.below(30) + self.chance.below(30));
        let (lowest, highest) = self.limits;
        if price < lowest || price > highest { Level::default() } else { Level { price, quantity } }
    }
}

fn lots(lots: u32) -> Quantity {
    Quantity::from_units(lots.into()).unwrap_or(Quantity::ONE)
}

/// The way that an instrument's price takes: its product's, or that of the index it is on.
fn way(instrument: &Instrument) -> &str {
    let product = instrument.product.as_str();
    let known = STARTS.iter().find(|(code, ..)| *code == product).map(|(_, way, _)| *way);
    let is_weekly = aftm_domain::contract::weekly(product).is_some();
    known.unwrap_or(if is_weekly { "TXF" } else { product })
}

fn is_index(way: &str) -> bool {
    ["TXF", "EXF", "FXF"].contains(&way)
}

/// Where its way starts: a product without a price here starts at 100, or at 1,000 ticks where its
/// ticks are coarse.
fn start_price(way: &str, instrument: &Instrument) -> Price {
    let known = STARTS.iter().find(|(code, ..)| *code == way);
    if let Some(price) = known.and_then(|(.., price)| price.parse().ok()) {
        return price;
    }
    let hundred = Price::from_raw(100_000_000_000);
    let step = instrument.ticks.step(hundred);
    let coarse = Price::from_raw(step.raw().saturating_mul(1_000));
    if step.raw() > 1_000_000_000 { coarse } else { hundred }
}

fn limits(start: Price, limit: Option<u32>) -> (Price, Price) {
    let Some(limit) = limit else { return (Price::from_raw(1), Price::from_raw(i64::MAX)) };
    let off = i128::from(start.raw()) * i128::from(limit) / 1_000_000;
    let off = i64::try_from(off).unwrap_or(i64::MAX);
    let lowest = start.raw().saturating_sub(off).max(1);
    (Price::from_raw(lowest), Price::from_raw(start.raw().saturating_add(off)))
}
