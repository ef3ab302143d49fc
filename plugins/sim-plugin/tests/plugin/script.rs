//! A busy trader under a seed, and a market for it.

use aftm_domain::order::{Kind, Ticket, TimeInForce};
use aftm_domain::{
    Book, Catalog, Code, ExchangeTime, Instrument, Level, Note, OpenClose, Price, Quantity, Side,
    Stamp, Tick,
};

/// Numbers that hang on the seed alone.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// Below `count`.
    pub(crate) fn roll(&mut self, count: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        i64::try_from(self.0 >> 33).unwrap() % count
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        let count = i64::try_from(of.len()).unwrap();
        of[usize::try_from(self.roll(count)).unwrap()]
    }
}

pub(crate) fn points(count: i64) -> Price {
    Price::from_units(count).unwrap()
}

pub(crate) fn lots(count: i64) -> Quantity {
    Quantity::from_units(count).unwrap()
}

pub(crate) fn item() -> Code {
    "TXFH1".parse().unwrap()
}

pub(crate) fn instrument() -> Instrument {
    let day = "2021-07-26".parse().unwrap();
    Catalog::built_in().unwrap().instrument(&item(), day).unwrap()
}

/// So many milliseconds into the morning of 2021-07-26.
pub(crate) fn morning(milliseconds: i64) -> ExchangeTime {
    let opens: ExchangeTime = "2021-07-26T08:45:00+08:00".parse().unwrap();
    ExchangeTime { at: opens.at.after(milliseconds * Stamp::MILLISECOND), ..opens }
}

pub(crate) fn trade(time: ExchangeTime, price: i64, count: i64) -> Tick {
    let (item, price, quantity) = (item(), points(price), lots(count));
    Tick { sequence: 0, item, price, quantity, time, received: time.at }
}

/// A price that wanders, with a book now and then where there are books.
pub(crate) fn walk(seed: u64, trades: i64, has_books: bool) -> Vec<(Tick, Option<Book>)> {
    let (mut chance, mut price, mut at) = (Chance(seed), 17_300, 0);
    let step = |_| {
        price += chance.roll(9) - 4;
        at += chance.roll(400);
        let tick = trade(morning(at), price, 1 + chance.roll(5));
        let book = (has_books && chance.roll(3) == 0).then(|| {
            let mut book = Book::default();
            for level in 0..5_usize {
                let away = 1 + i64::try_from(level).unwrap();
                let side = |price, count| Level { price: points(price), quantity: lots(count) };
                book.bids[level] = side(price - away, chance.roll(4));
                book.asks[level] = side(price + away, chance.roll(4));
            }
            book
        });
        (tick, book)
    };
    (0..trades).map(step).collect()
}

/// What the trader does next.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Place(u64, Box<Ticket>),
    Cancel(u64),
    Amend(u64, Option<Quantity>, Option<Price>),
    Inquire(u64),
}

/// The trader: which orders it sent, and where the market is.
pub(crate) struct Trader {
    chance: Chance,
    next: u64,
    pub(crate) sent: Vec<u64>,
}

impl Trader {
    pub(crate) fn new(seed: u64) -> Trader {
        Trader { chance: Chance(seed), next: 0, sent: Vec::new() }
    }

    /// One time in `one_in` something, near the last price.
    pub(crate) fn act(&mut self, last: Price, one_in: i64) -> Option<Act> {
        let chance = &mut self.chance;
        if chance.roll(one_in) != 0 {
            return None;
        }
        let known = self.sent.len().min(12);
        if chance.roll(10) < 6 || known == 0 {
            self.next += 1;
            return Some(Act::Place(self.next, Box::new(ticket(chance, last))));
        }
        let id = chance.pick(&self.sent[self.sent.len() - known..]);
        let near = Price::from_raw(last.raw() + chance.roll(40) * 1_000_000_000 - 20_000_000_000);
        Some(match chance.roll(5) {
            0 | 1 => Act::Cancel(id),
            2 => Act::Amend(id, Some(lots(chance.roll(6))), None),
            3 => Act::Amend(id, None, Some(near)),
            _ => Act::Inquire(id),
        })
    }
}

fn ticket(chance: &mut Chance, last: Price) -> Ticket {
    let kinds = [Kind::Limit, Kind::Limit, Kind::Limit, Kind::Market, Kind::RangeMarket];
    let kind = match chance.roll(7) {
        0 => Kind::Stop,
        1 => Kind::StopLimit,
        _ => chance.pick(&kinds),
    };
    let mut near = || {
        // Now and then between two ticks, or beyond the limits of the day.
        let odd = if chance.roll(25) == 0 { 300_000_000 } else { 0 };
        let far = if chance.roll(25) == 0 { 5_000 } else { 0 };
        Price::from_raw(last.raw() + (chance.roll(31) - 15 + far) * 1_000_000_000 + odd)
    };
    let price = kind.has_price().then(&mut near);
    let stop_price = kind.has_stop().then(&mut near);
    let forces = [TimeInForce::Rod, TimeInForce::Ioc, TimeInForce::Fok];
    Ticket {
        account: chance.pick(&["SIM-1", "SIM-2", "SIM-1", "SIM-9"]).parse().unwrap(),
        item: if chance.roll(60) == 0 { "MTXH1".parse().unwrap() } else { item() },
        side: chance.pick(&[Side::Buy, Side::Sell]),
        kind,
        price,
        stop_price,
        quantity: lots(chance.roll(5)),
        time_in_force: if kind == Kind::Limit { TimeInForce::Rod } else { chance.pick(&forces) },
        open_close: chance.pick(&[
            OpenClose::Auto,
            OpenClose::Auto,
            OpenClose::Open,
            OpenClose::Close,
        ]),
        day_trade: chance.roll(9) == 0,
        note: Note::default(),
    }
}

/// A limit order to buy, for the rest of the day.
pub(crate) fn limit(side: Side, count: i64, price: i64) -> Ticket {
    Ticket {
        account: "SIM-1".parse().unwrap(),
        item: item(),
        side,
        kind: Kind::Limit,
        price: Some(points(price)),
        stop_price: None,
        quantity: lots(count),
        time_in_force: TimeInForce::Rod,
        open_close: OpenClose::Auto,
        day_trade: false,
        note: Note::default(),
    }
}
