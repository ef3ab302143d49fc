//! The exchange behind the C interface, driven by the host that the machine has.

use std::path::{Path, PathBuf};

use aftm_domain::instrument::Margin;
use aftm_domain::order::{Kind, Ticket, TimeInForce};
use aftm_domain::{Book, ExchangeTime, Instrument, Money, OpenClose, Price, Side, Tick};
use aftm_plugin_host::abi::{self, *};
use aftm_plugin_host::{
    CallError, Credentials, News, Opening, Plugin, Secret, Session, Taken, What,
};

/// The library, where cargo puts it beside the tests.
pub(crate) fn library() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let built = tests.parent().unwrap();
    let (before, after) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    built.join(format!("{before}aftm_sim_plugin{after}"))
}

pub(crate) fn plugin() -> Plugin {
    Plugin::load(&library()).unwrap()
}

/// An open session, and the news that it told.
pub(crate) struct Loaded {
    pub(crate) session: Session,
    taken: Taken,
}

impl Loaded {
    pub(crate) fn open(folder: &Path, options: &[(&str, &str)]) -> Loaded {
        Loaded::try_open(folder, options).unwrap_or_else(|err| panic!("{err}"))
    }

    pub(crate) fn try_open(folder: &Path, options: &[(&str, &str)]) -> Result<Loaded, String> {
        let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let options = options.iter().map(pair).collect();
        Loaded::opened(&Opening { options, ..Opening::new(folder.to_owned()) })
    }

    pub(crate) fn opened(opening: &Opening) -> Result<Loaded, String> {
        let session = plugin().open(opening).map_err(|err| err.to_string())?;
        Ok(Loaded { session, taken: Taken::default() })
    }

    /// Takes everything that was told.
    pub(crate) fn take(&mut self) -> Vec<News> {
        self.session.take(&mut self.taken);
        assert_eq!((&self.taken.broken, self.taken.counts.stray_answers), (&None, 0));
        self.taken.news.drain(..).collect()
    }

    pub(crate) fn log_in(&mut self, now: Option<ExchangeTime>) -> Vec<News> {
        let demo = Credentials::new().with("user", Secret::new("demo".to_owned()));
        let now = now.map(|it| (it.at.0, it.offset));
        let req_id = self.session.login(demo, false, now).unwrap();
        let heard = self.take();
        assert!(heard.iter().any(|it| it.is_last && it.req_id == req_id), "{heard:?}");
        heard
    }

    /// The rows of a list, and what was told before them.
    pub(crate) fn list(&mut self, query: &Query) -> (Vec<News>, Vec<News>) {
        let req_id = self.session.query(query).unwrap();
        let mut heard = self.take();
        let answer = heard.pop().unwrap();
        assert!(answer.is_last && answer.req_id == req_id, "{answer:?}");
        assert!(matches!(answer.what, What::Answer(Ok(()))), "{answer:?}");
        heard.into_iter().partition(|it| it.req_id == req_id)
    }

    pub(crate) fn orders(&mut self, id: u64) -> Vec<OrderUpdate> {
        let query = Query { what: QUERY_ORDERS, client_order_id: id, ..Query::blank() };
        let rows = self.list(&query).0.into_iter();
        rows.map(|it| match it.what {
            What::Order(order) => *order,
            other => panic!("{other:?}"),
        })
        .collect()
    }

    pub(crate) fn send(&mut self, id: u64, ticket: &Ticket) -> Result<Vec<News>, CallError> {
        let sent = self.session.send(&request(id, ticket));
        let heard = self.take();
        sent.map(|_| heard)
    }

    pub(crate) fn feed(&mut self, tick: &Tick, book: Option<&Book>) -> Vec<News> {
        let (told, book) = (told_tick(tick), book.map(|it| told_book(tick, it)));
        self.session.feed(&told, book.as_ref()).unwrap();
        self.take()
    }
}

fn put(field: &mut [u8], name: &str) {
    put_name(field, name).unwrap();
}

pub(crate) fn request(id: u64, ticket: &Ticket) -> OrderRequest {
    let mut order = OrderRequest {
        client_order_id: id,
        price_e9: ticket.price.map_or(ABSENT, Price::raw),
        stop_price_e9: ticket.stop_price.map_or(ABSENT, Price::raw),
        qty_e9: ticket.quantity.raw(),
        side: if ticket.side == Side::Buy { SIDE_BUY } else { SIDE_SELL },
        order_type: match ticket.kind {
            Kind::Limit => TYPE_LIMIT,
            Kind::Market => TYPE_MARKET,
            Kind::RangeMarket => TYPE_RANGE_MARKET,
            Kind::Stop => TYPE_STOP,
            Kind::StopLimit => TYPE_STOP_LIMIT,
        },
        tif: match ticket.time_in_force {
            TimeInForce::Rod => TIF_ROD,
            TimeInForce::Ioc => TIF_IOC,
            TimeInForce::Fok => TIF_FOK,
        },
        open_close: match ticket.open_close {
            OpenClose::Open => OC_OPEN,
            OpenClose::Close => OC_CLOSE,
            OpenClose::Auto => OC_AUTO,
        },
        day_trade: u8::from(ticket.day_trade),
        ..OrderRequest::blank()
    };
    put(&mut order.account, ticket.account.as_str());
    put(&mut order.symbol, ticket.item.as_str());
    order
}

pub(crate) fn cancel(id: u64) -> CancelRequest {
    CancelRequest { client_order_id: id, ..CancelRequest::blank() }
}

pub(crate) fn told_tick(tick: &Tick) -> abi::Tick {
    let mut told = abi::Tick {
        exch_ts_ns: tick.time.at.0,
        recv_ts_ns: tick.received.0,
        utc_offset_s: tick.time.offset,
        sequence: tick.sequence,
        price_e9: tick.price.raw(),
        qty_e9: tick.quantity.raw(),
        ..abi::Tick::blank()
    };
    put(&mut told.symbol, tick.item.as_str());
    told
}

fn told_book(tick: &Tick, book: &Book) -> abi::Book {
    let mut told = abi::Book {
        exch_ts_ns: tick.time.at.0,
        utc_offset_s: tick.time.offset,
        ..abi::Book::blank()
    };
    for (at, (bid, ask)) in book.bids.iter().zip(&book.asks).enumerate() {
        (told.bid_e9[at], told.bid_qty_e9[at]) = (bid.price.raw(), bid.quantity.raw());
        (told.ask_e9[at], told.ask_qty_e9[at]) = (ask.price.raw(), ask.quantity.raw());
    }
    put(&mut told.symbol, tick.item.as_str());
    told
}

fn amount(money: Money) -> i64 {
    i64::try_from(money.raw()).unwrap()
}

/// An instrument as the host tells of it.
pub(crate) fn told_instrument(it: &Instrument) -> abi::Instrument {
    let day = it.last_trading_day;
    let date = i32::from(day.year()) * 10_000 + i32::from(day.month()) * 100 + i32::from(day.day());
    let night = it.sessions.night;
    let mut told = abi::Instrument {
        kind: KIND_FUTURE,
        ticks_n: u8::try_from(it.ticks.bands().len()).unwrap(),
        multiplier_e9: it.multiplier.raw(),
        fee_e9: amount(it.fee),
        tax_ppb: it.tax,
        lot_step_e9: it.lot_step.raw(),
        limit_order_max_e9: it.limit_order_max.raw(),
        market_order_max_e9: it.market_order_max.raw(),
        price_limit_ppm: it.price_limit.unwrap_or(0),
        last_trading_day: u32::try_from(date).unwrap(),
        last_trading_second: it.last_trading_second,
        day_opens_s: it.sessions.day.opens,
        day_closes_s: it.sessions.day.closes,
        night_opens_s: night.map_or(NO_TIME, |it| it.opens),
        night_closes_s: night.map_or(NO_TIME, |it| it.closes),
        utc_offset_s: ExchangeTime::TAIPEI,
        ..abi::Instrument::blank()
    };
    for (at, band) in it.ticks.bands().iter().enumerate() {
        (told.tick_from_e9[at], told.tick_e9[at]) = (band.from.raw(), band.step.raw());
    }
    match it.margin {
        Margin::Fixed { initial, maintenance } => {
            told.margin_initial_e9 = amount(initial);
            told.margin_maintenance_e9 = amount(maintenance);
        }
        Margin::Rate { initial, maintenance } => {
            (told.margin_initial_ppm, told.margin_maintenance_ppm) = (initial, maintenance);
        }
    }
    put(&mut told.symbol, it.code.as_str());
    put(&mut told.product, it.product.as_str());
    put(&mut told.month, &it.month);
    put(&mut told.currency, &it.currency);
    put_text(&mut told.name, &it.name);
    told
}
