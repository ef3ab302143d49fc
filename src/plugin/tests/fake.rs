//! A session that is made up: a test says what it tells.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use aftm_plugin_host::abi::{
    Account, AmendRequest, Book, CHANNEL_TRADE, CancelRequest, Connection, E_NET, Instrument,
    OrderRequest, OrderUpdate, Query, Symbol, Tick, Versioned, put_name, put_text,
};
use aftm_plugin_host::{CallError, Credentials, News, Refusal, Taken, What};

use super::{demo_instrument, kinds};
use crate::plugin::course::Course;
use crate::plugin::seam::Seam;
use crate::plugin::{instrument, names};
use crate::wire::venue::Abilities;
use crate::wire::{VenueCall, VenueWord};

/// What the made-up session was asked, and what it will say.
#[derive(Default)]
pub(super) struct Script {
    pub(super) calls: Vec<String>,
    pub(super) told: Taken,
    /// Rows of queries, by what they list.
    pub(super) rows: HashMap<u16, Vec<What>>,
    /// Queries that fail, and with what.
    pub(super) failing: HashMap<u16, Refusal>,
    /// Queries that are not answered.
    pub(super) silent: HashSet<u16>,
    /// What every call returns.
    pub(super) error: Option<CallError>,
    requests: u64,
    seq: u64,
}

#[derive(Clone, Default)]
pub(super) struct Fake(pub(super) Rc<RefCell<Script>>);

impl Fake {
    fn note(&self, call: String) -> Result<u64, CallError> {
        let mut script = self.0.borrow_mut();
        script.calls.push(call);
        script.requests += 1;
        script.error.clone().map_or(Ok(script.requests), Err)
    }

    /// Tells something that belongs to a request, or to none (0).
    pub(super) fn tell(&self, req_id: u64, is_last: bool, what: What) {
        let mut script = self.0.borrow_mut();
        script.seq += 1;
        let seq = script.seq;
        script.told.news.push(News { seq, req_id, is_last, ts_ns: None, what });
    }
}

fn symbols(symbols: &[Symbol]) -> String {
    let named = |it: &Symbol| format!("{}:{}", names::text(&it.exchange), names::text(&it.symbol));
    symbols.iter().map(named).collect::<Vec<_>>().join(" ")
}

impl Seam for Fake {
    fn login(
        &self,
        credentials: Credentials,
        production: bool,
        now: Option<(i64, i32)>,
    ) -> Result<u64, CallError> {
        self.note(format!("login {credentials:?} {production} {now:?}"))
    }

    fn logout(&self) -> Result<u64, CallError> {
        self.note("logout".to_owned())
    }

    fn subscribe(&self, wanted: &[Symbol], is_on: bool) -> Result<u64, CallError> {
        self.note(format!("subscribe {is_on} {}", symbols(wanted)))
    }

    fn query(&self, query: &Query) -> Result<u64, CallError> {
        let of = if query.client_order_id == 0 {
            String::new()
        } else {
            format!(" A{}", query.client_order_id)
        };
        let req_id = self.note(format!("query {}{of}", query.what))?;
        if self.0.borrow().silent.contains(&query.what) {
            return Ok(req_id);
        }
        let rows = self.0.borrow().rows.get(&query.what).cloned().unwrap_or_default();
        rows.into_iter().for_each(|row| self.tell(req_id, false, row));
        let failed = self.0.borrow().failing.get(&query.what).cloned();
        self.tell(req_id, true, What::Answer(failed.map_or(Ok(()), |it| Err(Box::new(it)))));
        Ok(req_id)
    }

    fn send(&self, order: &OrderRequest) -> Result<u64, CallError> {
        let exchange = names::text(&order.exchange);
        self.note(format!("send A{} on {exchange:?}", order.client_order_id))
    }

    fn cancel(&self, cancel: &CancelRequest) -> Result<u64, CallError> {
        let exchange = names::text(&cancel.exchange);
        self.note(format!("cancel A{} on {exchange:?}", cancel.client_order_id))
    }

    fn amend(&self, amend: &AmendRequest) -> Result<u64, CallError> {
        let exchange = names::text(&amend.exchange);
        self.note(format!("amend A{} on {exchange:?}", amend.client_order_id))
    }

    fn list(&self, instrument: &Instrument) -> Result<(), CallError> {
        self.note(format!("list {}", names::text(&instrument.symbol))).map(|_| ())
    }

    fn feed(&self, tick: &Tick, book: Option<&Book>) -> Result<(), CallError> {
        let has_book = book.is_some();
        self.note(format!("feed {} {has_book}", names::text(&tick.symbol))).map(|_| ())
    }

    fn advance(&self, (now_ns, utc_offset_s): (i64, i32)) -> Result<(), CallError> {
        self.note(format!("advance {now_ns} {utc_offset_s}")).map(|_| ())
    }

    fn due(&self) -> Result<Option<i64>, CallError> {
        Ok(Some(42))
    }

    fn settle(&self) -> Result<(), CallError> {
        self.note("settle".to_owned()).map(|_| ())
    }

    fn take(&self, into: &mut Taken) {
        let mut script = self.0.borrow_mut();
        *into = std::mem::take(&mut script.told);
        // A session that broke says so for ever.
        script.told.broken.clone_from(&into.broken);
    }
}

/// A driver of the made-up session.
pub(super) struct Desk {
    pub(super) fake: Fake,
    pub(super) course: Course<Fake>,
}

impl Desk {
    /// With everything that a venue with a list of its own can do.
    pub(super) fn new() -> Desk {
        Desk::with(crate::plugin::words::abilities(u64::MAX), true)
    }

    pub(super) fn with(abilities: Abilities, knows_instruments: bool) -> Desk {
        let fake = Fake::default();
        Desk { course: Course::new(fake.clone(), abilities, knows_instruments), fake }
    }

    /// Logged in at a venue that lists the example's instrument.
    pub(super) fn logged_in() -> Desk {
        let mut desk = Desk::new();
        desk.list(5, vec![instrument("XMPL")]);
        desk.call(super::login("demo"));
        let told = desk.log_in();
        assert_eq!(told.last().unwrap(), "logged in [EXAMPLE-1]", "{told:?}");
        desk.calls();
        desk
    }

    /// The venue lets in whoever has just asked; everything that follows from it.
    pub(super) fn log_in(&mut self) -> Vec<String> {
        let req_id = self.requests();
        self.fake.tell(req_id, false, account());
        self.answer(req_id)
    }

    /// The number of the last request.
    pub(super) fn requests(&self) -> u64 {
        self.fake.0.borrow().requests
    }

    pub(super) fn list(&self, what: u16, rows: Vec<What>) {
        self.fake.0.borrow_mut().rows.insert(what, rows);
    }

    pub(super) fn call(&mut self, call: VenueCall) -> Vec<VenueWord> {
        let mut words = Vec::new();
        self.course.call(call, &mut words);
        words
    }

    pub(super) fn take(&mut self) -> Vec<VenueWord> {
        let mut words = Vec::new();
        self.course.take(&mut words);
        words
    }

    /// The venue tells something that nobody asked for.
    pub(super) fn hear(&mut self, what: What) -> Vec<VenueWord> {
        self.fake.tell(0, false, what);
        self.take()
    }

    /// The venue says that a request is done.
    pub(super) fn answer(&mut self, req_id: u64) -> Vec<String> {
        self.fake.tell(req_id, true, What::Answer(Ok(())));
        kinds(&self.take())
    }

    pub(super) fn refuse(&mut self, req_id: u64, code: i32, text: &str) -> Vec<VenueWord> {
        self.fake.tell(req_id, true, What::Answer(Err(Box::new(refusal(code, text)))));
        self.take()
    }

    /// What was asked of the session since the last time.
    pub(super) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.fake.0.borrow_mut().calls)
    }
}

pub(super) fn refusal(code: i32, text: &str) -> Refusal {
    Refusal { code, vendor_code: String::new(), text: text.to_owned() }
}

pub(super) fn offline() -> CallError {
    CallError::Refused(refusal(E_NET, "no way to the venue"))
}

pub(super) fn account() -> What {
    let mut row = Account {
        balance_e4: 10_000,
        equity_e4: 10_000,
        available_e4: 10_000,
        realized_e4: 0,
        fees_e4: 0,
        tax_e4: 0,
        ..Account::blank()
    };
    put_name(&mut row.account, "EXAMPLE-1").unwrap();
    What::Account(Box::new(row))
}

pub(super) fn instrument(exchange: &str) -> What {
    let mut row = instrument::told(&demo_instrument()).unwrap();
    put_name(&mut row.exchange, exchange).unwrap();
    What::Instrument(Box::new(row))
}

/// A row or an update of an order; without a number it is not ours.
pub(super) fn order(client_order_id: u64, state: u8, change: u8) -> OrderUpdate {
    let mut update = OrderUpdate {
        client_order_id,
        state,
        change,
        qty_e9: 2_000_000_000,
        filled_e9: 0,
        ..OrderUpdate::blank()
    };
    put_name(&mut update.broker_order_id, "B1").unwrap();
    put_name(&mut update.exchange, "XMPL").unwrap();
    put_name(&mut update.symbol, "DEMO").unwrap();
    update
}

pub(super) fn told_of(update: OrderUpdate) -> What {
    What::Order(Box::new(update))
}

pub(super) fn fill(client_order_id: u64, name: &str) -> What {
    let mut row = aftm_plugin_host::abi::Fill {
        client_order_id,
        price_e9: 17_000_000_000_000,
        qty_e9: 1_000_000_000,
        side: 1,
        ..aftm_plugin_host::abi::Fill::blank()
    };
    put_name(&mut row.broker_order_id, "B1").unwrap();
    put_name(&mut row.fill_id, name).unwrap();
    put_name(&mut row.exchange, "XMPL").unwrap();
    put_name(&mut row.symbol, "DEMO").unwrap();
    What::Fill(Box::new(row))
}

pub(super) fn position() -> What {
    let mut row =
        aftm_plugin_host::abi::Position { side: 1, qty_e9: 3_000_000_000, ..Versioned::blank() };
    put_name(&mut row.account, "EXAMPLE-1").unwrap();
    put_name(&mut row.symbol, "DEMO").unwrap();
    What::Position(Box::new(row))
}

pub(super) fn connection(state: u8, text: &str) -> What {
    let mut link = Connection { channel: CHANNEL_TRADE, state, ..Connection::blank() };
    put_text(&mut link.text, text);
    What::Connection(Box::new(link))
}
