//! The broker's counter: what the vendor's library is asked for, and what it says. One implementation
//! calls the library, another plays it.

use std::path::Path;
use std::sync::Arc;

use crate::Refusal;
use crate::input::{InputAction, InputOrder, SessionKey};
use crate::mailbox::Mailbox;
use crate::options::{Credentials, Options};
use crate::rows::{AccountRow, Depth, InstrumentRow, LoginRow, OrderRow, PositionRow, TradeRow};
use crate::session::{Limits, Question};

/// What came of a request; `Ok` where the vendor named no error.
pub(crate) type Answer = Result<(), Refusal>;

/// A row of a query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Row {
    Instrument(InstrumentRow),
    Account(AccountRow),
    Position(PositionRow),
    Order(Box<OrderRow>),
    Trade(TradeRow),
    Market(Box<Depth>),
}

/// An order as a refusal names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// The login that sent it; `None` where the vendor does not say, which then means ours.
    pub(crate) session: Option<SessionKey>,
    pub(crate) order_ref: String,
    pub(crate) exchange: String,
    pub(crate) order_sys_id: String,
    /// `OrderActionRef`, of a cancel.
    pub(crate) action_ref: i32,
    /// `InstrumentID` and `Direction`, of an order: they tell it from one of another session that has
    /// the same reference. Empty and 0 for a cancel.
    pub(crate) symbol: String,
    pub(crate) direction: u8,
}

/// What the trading front says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    Connected,
    Lost(i32),
    Authenticated(Answer),
    LoggedIn(Result<LoginRow, Refusal>),
    Confirmed(Answer),
    LoggedOut,
    /// A row of the answer to a query, or its end.
    Answered {
        request: i32,
        row: Option<Row>,
        answer: Answer,
        is_last: bool,
    },
    Order(Box<OrderRow>),
    Trade(TradeRow),
    OrderRefused(Named, Refusal),
    CancelRefused(Named, Refusal),
    /// `OnRspError`.
    Failed {
        request: i32,
        refusal: Refusal,
    },
}

/// What the market data front says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Quoted {
    Connected,
    Lost(i32),
    LoggedIn(Answer),
    /// The answer for one instrument, on or off.
    Subscribed {
        symbol: String,
        is_on: bool,
        answer: Answer,
    },
    Depth(Box<Depth>),
}

/// Where a connection is set up, and where what it says goes.
pub(crate) struct Setting<'a> {
    pub(crate) options: &'a Options,
    /// The folder for the vendor's flow files, which exists.
    pub(crate) flow: &'a Path,
    pub(crate) mailbox: &'a Arc<Mailbox>,
    /// What this connection's letters are marked with.
    pub(crate) generation: u32,
}

/// A trading connection. Every request returns the vendor's number: 0 where it was handed over.
pub(crate) trait Trading: Send {
    fn authenticate(&mut self, who: &Credentials, request: i32) -> i32;
    fn log_in(&mut self, who: &Credentials, request: i32) -> i32;
    fn confirm(&mut self, who: &Credentials, request: i32) -> i32;
    fn log_out(&mut self, who: &Credentials, request: i32) -> i32;
    fn ask(&mut self, who: &Credentials, question: Question, request: i32) -> i32;
    fn insert(&mut self, order: &InputOrder, request: i32) -> i32;
    fn cancel(&mut self, action: &InputAction, request: i32) -> i32;
    /// Ends it; nothing is said afterwards. May wait for the vendor's threads.
    fn release(self: Box<Self>);
}

/// A market data connection.
pub(crate) trait Feed: Send {
    fn log_in(&mut self, who: &Credentials, request: i32) -> i32;
    fn subscribe(&mut self, symbols: &[String], is_on: bool) -> i32;
    /// As of [`Trading::release`].
    fn release(self: Box<Self>);
}

/// What makes connections.
pub(crate) trait Counter: Send {
    fn limits(&self) -> Limits;
    /// Sets up a trading connection and lets it connect.
    ///
    /// # Errors
    ///
    /// Where the library cannot be used; then nothing of it runs.
    fn trading(&mut self, setting: &Setting<'_>) -> Result<Box<dyn Trading>, Refusal>;
    /// The same for market data.
    ///
    /// # Errors
    ///
    /// As of `trading`.
    fn feed(&mut self, setting: &Setting<'_>) -> Result<Box<dyn Feed>, Refusal>;
}
