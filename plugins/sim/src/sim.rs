//! The exchange behind a connection: the clock, the way there and back, and what gets lost.
//!
//! A request takes half of the latency to the exchange, and trades when it is there; its answer
//! takes the other half back. What is due by the time of a trade happens before the trade.

use aftm_domain::order::{Refusal, Report, Status, Ticket};
use aftm_domain::{
    AccountId, Book, Code, ExchangeTime, Instrument, Money, OrderId, Position, Price, Quantity,
    Stamp, Tick, UserId,
};

use crate::account::{Account, Summary, Totals};
use crate::connection::{self, Connection};
use crate::exchange::{Change, Exchange, Known};
use crate::happening::Happening;
use crate::margin;
use crate::names::venue_id;
use crate::refusal::{self, refusal};
use crate::restore::Past;
use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::working::Working;

/// What the exchange tells the trader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Something happened to an order.
    Report {
        /// Which order.
        order: OrderId,
        /// What happened.
        report: Report,
    },
    /// The connection is back after a loss. What happened meanwhile follows.
    Connected,
    /// The connection is lost; orders go on working.
    Disconnected {
        /// Why.
        reason: String,
    },
}

/// What is under way between the trader and the exchange.
#[derive(Debug)]
enum Parcel {
    Place(OrderId, Box<Ticket>),
    Cancel(OrderId),
    Amend(OrderId, Change),
    Answer(OrderId, Box<Report>),
}

impl Parcel {
    fn is_answer_of(&self, id: OrderId) -> bool {
        matches!(self, Parcel::Answer(order, _) if *order == id)
    }
}

/// A simulated exchange. The same settings and the same calls give the same news.
#[derive(Debug)]
pub struct Sim {
    exchange: Exchange,
    connection: Connection,
    line: Schedule<Parcel>,
    /// Answers that came while nobody was connected, oldest first.
    held: Vec<(OrderId, Report)>,
    clock: Option<ExchangeTime>,
}

impl Sim {
    /// An exchange that lists nothing yet, with nobody logged in.
    pub fn new(settings: Settings) -> Sim {
        Sim {
            connection: Connection::new(&settings),
            exchange: Exchange::new(settings),
            line: Schedule::new(),
            held: Vec::new(),
            clock: None,
        }
    }

    /// Logs the user in and returns the order accounts. The user needs no password, and any is
    /// good. What was held back since a logout comes with the next news.
    pub fn login(
        &mut self,
        user: &UserId,
        _password: Option<&str>,
    ) -> Result<Vec<AccountId>, Refusal> {
        let settings = &self.exchange.settings;
        if *user != settings.user {
            let known = settings.user;
            let text = format!("the simulated exchange knows the user {known} only, not {user}");
            return Err(refusal(refusal::LOGIN, text));
        }
        let accounts = settings.accounts.clone();
        self.connection.login(self.clock.map(|it| it.at))?;
        let now = self.clock.unwrap_or_default().at;
        for (id, report) in std::mem::take(&mut self.held) {
            self.line.add(now, Parcel::Answer(id, Box::new(report)));
        }
        Ok(accounts)
    }

    /// Logs out. Orders go on working, and what happens to them is told after the next login.
    pub fn logout(&mut self) {
        self.connection.logout();
    }

    /// Whether requests reach the exchange.
    pub fn is_connected(&self) -> bool {
        self.connection.is_up()
    }

    /// Lists an instrument, or gives a listed one new terms. Orders for other items are rejected.
    pub fn list(&mut self, instrument: Instrument) {
        self.exchange.list(instrument);
    }

    /// Gives the price that an item's price limits are measured from; without it that is the first
    /// trade. An item that is not listed is refused.
    pub fn refer(&mut self, item: &Code, reference: Price) -> Result<(), Refusal> {
        let unknown = || refusal(refusal::ITEM, format!("{item} is not traded here"));
        let market = self.exchange.market_mut(item).ok_or_else(unknown)?;
        market.reference = Some(reference);
        Ok(())
    }

    /// Starts a trading day: what the last one brought becomes balance, and the next trade of each
    /// item is its reference.
    pub fn open_day(&mut self) {
        self.exchange.ledger.accounts.iter_mut().for_each(Account::close_day);
        self.exchange.markets.iter_mut().for_each(|it| it.reference = None);
    }

    /// A trade, and the book after it where the feed has one. The clock moves to the trade; a time
    /// that lies behind the clock leaves it.
    pub fn tick(&mut self, tick: &Tick, book: Option<&Book>, news: &mut Vec<News>) {
        self.advance(tick.time, news);
        let now = self.clock.unwrap_or(tick.time);
        self.exchange.trade(tick, book, now);
        if !self.exchange.ledger.told.is_empty() {
            self.send_answers(now.at);
            self.run(now, news);
        }
    }

    /// A trade that it has seen before it was built anew: it says where the market stands, and trades
    /// with nothing.
    pub fn show(&mut self, tick: &Tick, book: Option<&Book>) {
        self.clock = Some(self.clock.map_or(tick.time, |clock| clock.max(tick.time)));
        self.exchange.show(tick, book);
    }

    /// The clock moves without a trade.
    pub fn advance(&mut self, now: ExchangeTime, news: &mut Vec<News>) {
        let now = self.clock.map_or(now, |clock| clock.max(now));
        self.clock = Some(now);
        if self.next() <= now.at {
            self.run(now, news);
        }
    }

    /// When something is due by itself, for an owner that wants to wake for it.
    pub fn due(&self) -> Option<Stamp> {
        Some(self.next()).filter(|it| it.0 < i64::MAX)
    }

    /// The end of a recorded feed: everything under way is answered now, over a connection that
    /// comes back for it if it was lost.
    pub fn settle(&mut self, news: &mut Vec<News>) {
        let now = self.clock.unwrap_or_default();
        if self.connection.restore(now.at) == connection::Change::Back {
            self.welcome(news);
        }
        while let Some((due, parcel)) = self.line.pop() {
            self.handle(parcel, at(due.max(now.at), now), news);
        }
    }

    /// Sends an order. `Ok` means that the exchange took the bytes; its answers are news. An error
    /// means that nothing was sent.
    pub fn place(
        &mut self,
        id: OrderId,
        ticket: &Ticket,
        news: &mut Vec<News>,
    ) -> Result<(), Refusal> {
        self.send(Parcel::Place(id, Box::new(*ticket)), news)
    }

    /// Asks for the end of an order; like `place`.
    pub fn cancel(&mut self, id: OrderId, news: &mut Vec<News>) -> Result<(), Refusal> {
        self.send(Parcel::Cancel(id), news)
    }

    /// Asks for another quantity, which counts the filled lots, or another limit price; like
    /// `place`.
    pub fn amend(
        &mut self,
        id: OrderId,
        quantity: Option<Quantity>,
        price: Option<Price>,
        news: &mut Vec<News>,
    ) -> Result<(), Refusal> {
        self.send(Parcel::Amend(id, Change { quantity, price }), news)
    }

    /// Asks how an order stands. Reports about it that are under way come now, so that the answer
    /// and the news agree. `None` means that the exchange has never heard of it.
    pub fn inquire(&mut self, id: OrderId, news: &mut Vec<News>) -> Result<Option<Known>, Refusal> {
        self.connection.check()?;
        for parcel in self.line.take(|it| it.is_answer_of(id)) {
            self.handle(parcel, self.clock.unwrap_or_default(), news);
        }
        if let Some(record) = self.exchange.ledger.records.get_mut(&id) {
            record.answers_from = Stamp(i64::MIN);
            return Ok(Some(record.known));
        }
        let is_coming = |it: &Parcel| matches!(it, Parcel::Place(order, _) if *order == id);
        let venue_id = venue_id(id).filter(|_| self.line.iter().any(is_coming));
        let filled = Quantity::ZERO;
        Ok(venue_id.map(|venue_id| Known { status: Status::PendingNew, filled, venue_id }))
    }

    /// From now on keeps what happens until it is taken by `happened`.
    pub fn keep_happenings(&mut self) {
        self.exchange.ledger.happened.get_or_insert_default();
    }

    /// Appends what happened at the exchange since the last time, where that is kept. Reports of it
    /// may still be on their way.
    pub fn happened(&mut self, into: &mut Vec<Happening>) {
        into.extend(self.exchange.ledger.happened.iter_mut().flat_map(|it| it.drain(..)));
    }

    /// The exchange's clock; `None` before the feed gave a time.
    pub fn clock(&self) -> Option<ExchangeTime> {
        self.clock
    }

    /// The settings it was made with.
    pub fn settings(&self) -> &Settings {
        &self.exchange.settings
    }

    /// The orders that work at the exchange, the oldest first.
    pub fn working(&self) -> Vec<&Working> {
        self.exchange.working()
    }

    /// The order accounts, as set.
    pub fn accounts(&self) -> &[AccountId] {
        &self.exchange.settings.accounts
    }

    /// An account's positions by item, flat ones left out; empty for an account that is not here.
    pub fn positions(&self, account: &AccountId) -> impl Iterator<Item = (&Code, &Position)> {
        let positions = self.exchange.ledger.account(account).map(|it| &it.positions);
        positions.into_iter().flatten().filter(|(_, it)| !it.is_flat())
    }

    /// An account's money; `None` for an account that is not here, or amounts out of range.
    pub fn summary(&self, account: &AccountId) -> Option<Summary> {
        margin::summary(&self.exchange.markets, self.exchange.ledger.account(account)?)
    }

    /// Takes back an order that a journal holds. One whose item or account is gone is refused.
    pub fn restore_order(&mut self, past: Past) -> Result<(), Refusal> {
        self.exchange.restore_order(past)
    }

    /// Takes back what an account holds of a listed item.
    pub fn restore_position(
        &mut self,
        account: &AccountId,
        item: Code,
        position: Position,
    ) -> Result<(), Refusal> {
        self.exchange.restore_position(account, item, position)
    }

    /// Takes back an account's balance at the start of the day and what the day has brought.
    pub fn restore_totals(
        &mut self,
        account: &AccountId,
        balance: Money,
        today: Totals,
    ) -> Result<(), Refusal> {
        self.exchange.restore_totals(account, balance, today)
    }

    fn send(&mut self, parcel: Parcel, news: &mut Vec<News>) -> Result<(), Refusal> {
        self.connection.check()?;
        let now = self.clock.unwrap_or_default();
        if self.clock.is_some() {
            self.line.add(now.at.after(self.way_there()), parcel);
        } else {
            // There is no time to be under way in; the exchange refuses what comes before its first.
            self.handle(parcel, now, news);
        }
        self.run(now, news);
        Ok(())
    }

    fn way_there(&self) -> i64 {
        self.exchange.settings.latency.max(0) / 2
    }

    fn way_back(&self) -> i64 {
        self.exchange.settings.latency.max(0) - self.way_there()
    }

    fn next(&self) -> Stamp {
        self.connection.next().min(self.line.next()).min(self.exchange.expiries.next())
    }

    /// Everything that is due, in order: first the connection, then the line, then the expiries.
    fn run(&mut self, now: ExchangeTime, news: &mut Vec<News>) {
        loop {
            let next = self.next();
            if next > now.at || next == Stamp(i64::MAX) {
                return;
            }
            if self.connection.next() == next {
                self.turn(now.at, news);
            } else if self.line.next() == next {
                if let Some((due, parcel)) = self.line.pop() {
                    self.handle(parcel, at(due, now), news);
                }
            } else if let Some((due, id)) = self.exchange.expiries.pop() {
                self.exchange.expire(id);
                self.send_answers(due);
            }
        }
    }

    fn turn(&mut self, now: Stamp, news: &mut Vec<News>) {
        match self.connection.turn(now) {
            connection::Change::None => (),
            connection::Change::Lost => {
                let reason = "a rehearsal cut the connection to the exchange".to_owned();
                news.push(News::Disconnected { reason });
            }
            connection::Change::Back => self.welcome(news),
        }
    }

    /// The connection is back: what was held comes out.
    fn welcome(&mut self, news: &mut Vec<News>) {
        news.push(News::Connected);
        let held = std::mem::take(&mut self.held);
        news.extend(held.into_iter().map(|(order, report)| News::Report { order, report }));
    }

    fn handle(&mut self, parcel: Parcel, now: ExchangeTime, news: &mut Vec<News>) {
        let time = self.clock.map(|_| now);
        match parcel {
            Parcel::Place(id, ticket) => self.exchange.place(id, *ticket, time),
            Parcel::Cancel(id) => self.exchange.cancel(id),
            Parcel::Amend(id, change) => self.exchange.amend(id, change, time),
            Parcel::Answer(order, report) if self.connection.is_up() => {
                news.push(News::Report { order, report: *report });
            }
            Parcel::Answer(order, report) => self.held.push((order, *report)),
        }
        self.send_answers(now.at);
    }

    /// Puts what the exchange has to tell on the way back. Reports of one order keep their order.
    fn send_answers(&mut self, now: Stamp) {
        let back = now.after(self.way_back());
        for (id, report) in self.exchange.ledger.told.drain(..) {
            let from = self.exchange.ledger.records.get(&id).map(|it| it.answers_from);
            let due = from.map_or(back, |from| from.max(back));
            self.line.add(due, Parcel::Answer(id, Box::new(report)));
        }
    }
}

/// An instant on the clock that the exchange shows now.
fn at(at: Stamp, clock: ExchangeTime) -> ExchangeTime {
    ExchangeTime { at, offset: clock.offset }
}
