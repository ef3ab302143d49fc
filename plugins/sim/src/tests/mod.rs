//! The exchange from outside: what is sent, what is shown, and the news that come back.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod accounts;
mod arrivals;
mod changes;
mod hours;
mod properties;
mod refusals;
mod rehearsals;
mod restarts;
mod resting;
mod stops;

use aftm_domain::instrument::{Margin, TickTable};
use aftm_domain::order::{Kind, Report, Ticket, TimeInForce};
use aftm_domain::session::{Sessions, Span};
use aftm_domain::{
    AccountId, Book, Code, ExchangeTime, Instrument, Level, Money, Note, OpenClose, OrderId, Price,
    Quantity, Side, Stamp, Tick,
};

use crate::{News, Settings, Sim};

pub(crate) fn points(count: i64) -> Price {
    Price::from_units(count).unwrap()
}

fn lots(count: i64) -> Quantity {
    Quantity::from_units(count).unwrap()
}

pub(crate) fn time(text: &str) -> ExchangeTime {
    text.parse().unwrap()
}

/// So many milliseconds into the morning of 2021-07-26.
fn morning(milliseconds: i64) -> ExchangeTime {
    let start = time("2021-07-26T09:00:00+08:00");
    ExchangeTime { at: start.at.after(milliseconds * Stamp::MILLISECOND), ..start }
}

/// The index future of August 2021, on a tick of one point, 200 TWD a point.
pub(crate) fn future(code: &str) -> Instrument {
    let night = Span { opens: 15 * 3600, closes: 5 * 3600 };
    Instrument {
        code: code.parse().unwrap(),
        product: "TXF".parse().unwrap(),
        name: "TAIEX futures".to_owned(),
        month: "2021-08".to_owned(),
        ticks: TickTable::flat(points(1)).unwrap(),
        multiplier: lots(200),
        currency: "TWD".to_owned(),
        margin: Margin::Fixed {
            initial: Money::from_units(184_000),
            maintenance: Money::from_units(141_000),
        },
        fee: Money::from_units(60),
        tax: 20_000,
        sessions: Sessions { day: Span { opens: 31_500, closes: 49_500 }, night: Some(night) },
        last_trading_day: "2021-08-18".parse().unwrap(),
        last_trading_second: 13 * 3600 + 1800,
        market_order_max: lots(10),
        limit_order_max: lots(100),
        lot_step: Quantity::ONE,
        price_limit: Some(100_000),
    }
}

pub(crate) fn item() -> Code {
    "TXFH1".parse().unwrap()
}

fn account() -> AccountId {
    "SIM-1".parse().unwrap()
}

/// A sim that lists TXFH1, is logged in, and everything that it has told.
pub(crate) struct Floor {
    pub(crate) sim: Sim,
    pub(crate) news: Vec<News>,
    milliseconds: i64,
}

impl Floor {
    pub(crate) fn new() -> Floor {
        Floor::with(Settings::default())
    }

    fn with(settings: Settings) -> Floor {
        let mut sim = Sim::new(settings);
        sim.list(future("TXFH1"));
        sim.login(&"demo".parse().unwrap(), None).unwrap();
        Floor { sim, news: Vec::new(), milliseconds: 0 }
    }

    fn trade_at(&mut self, now: ExchangeTime, price: i64, count: i64, book: Option<&Book>) {
        let tick = Tick {
            sequence: 0,
            item: item(),
            price: points(price),
            quantity: lots(count),
            time: now,
            received: now.at,
        };
        self.sim.tick(&tick, book, &mut self.news);
    }

    /// A trade one second after the last one.
    pub(crate) fn trade(&mut self, price: i64, count: i64) {
        self.milliseconds += 1_000;
        self.trade_at(morning(self.milliseconds), price, count, None);
    }

    fn trade_with_book(&mut self, price: i64, count: i64, book: &Book) {
        self.milliseconds += 1_000;
        self.trade_at(morning(self.milliseconds), price, count, Some(book));
    }

    pub(crate) fn place(&mut self, id: u64, ticket: &Ticket) {
        self.sim.place(OrderId(id), ticket, &mut self.news).unwrap();
    }

    /// What was told since the last call, in short: `1 accepted`, `1 filled 2 @ 17305`.
    fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.news).iter().map(short).collect()
    }
}

fn short(news: &News) -> String {
    match news {
        News::Connected => "connected".to_owned(),
        News::Disconnected { .. } => "disconnected".to_owned(),
        News::Report { order, report } => {
            let id = order.0;
            match report {
                Report::Filled(fill) => format!("{id} filled {} @ {}", fill.quantity, fill.price),
                Report::Rejected(it) | Report::CancelRejected(it) | Report::ReplaceRejected(it) => {
                    format!("{id} {} {}", report.word(), it.code)
                }
                Report::Replaced { quantity, price: Some(price) } => {
                    format!("{id} replaced {quantity} @ {price}")
                }
                report => format!("{id} {}", report.word()),
            }
        }
    }
}

/// A market order, immediate or cancel, that nets.
pub(crate) fn market(side: Side, count: i64) -> Ticket {
    Ticket {
        account: account(),
        item: item(),
        side,
        kind: Kind::Market,
        price: None,
        stop_price: None,
        quantity: lots(count),
        time_in_force: TimeInForce::Ioc,
        open_close: OpenClose::Auto,
        day_trade: false,
        note: Note::default(),
    }
}

/// A limit order for the rest of the day that nets.
pub(crate) fn limit(side: Side, count: i64, price: i64) -> Ticket {
    let (kind, price) = (Kind::Limit, Some(points(price)));
    Ticket { kind, price, time_in_force: TimeInForce::Rod, ..market(side, count) }
}

/// A stop order: a stop limit order where there is a limit.
pub(crate) fn stop(side: Side, count: i64, at: i64, limit: Option<i64>) -> Ticket {
    let kind = if limit.is_some() { Kind::StopLimit } else { Kind::Stop };
    let (price, stop_price) = (limit.map(points), Some(points(at)));
    Ticket { kind, price, stop_price, time_in_force: TimeInForce::Rod, ..market(side, count) }
}

/// A book of (price, lots) from the best level on.
fn book(bids: &[(i64, i64)], asks: &[(i64, i64)]) -> Book {
    let mut book = Book::default();
    for (side, levels) in [(&mut book.bids, bids), (&mut book.asks, asks)] {
        for (level, (price, count)) in side.iter_mut().zip(levels) {
            *level = Level { price: points(*price), quantity: lots(*count) };
        }
    }
    book
}
