//! What a session has told, as the host hands it out.

use aftm_exchange_abi::{Account, Connection, Fill, Instrument, OrderUpdate, Position};

use crate::fault::{Breach, Refusal};
use crate::market::Market;

/// An event that is never dropped. Its names are whole UTF-8, its sentences readable in one line;
/// its small numbers may be ones that this version does not know, and then mean "other".
#[derive(Clone, Debug)]
pub struct News {
    /// Its number in the session.
    pub seq: u64,
    /// The request it belongs to; 0 where it belongs to none.
    pub req_id: u64,
    /// Whether it is the answer to that request.
    pub is_last: bool,
    /// When the plug-in told it, on this machine's clock, in nanoseconds since 1970.
    pub ts_ns: Option<i64>,
    /// What it says.
    pub what: What,
}

/// What an event says. Structs of hundreds of bytes are copied once, into a box; and a refusal is in
/// one so that all other news is small.
#[derive(Clone, Debug)]
pub enum What {
    /// A request other than an order's is done, or why it failed.
    Answer(Result<(), Box<Refusal>>),
    /// What happened to an order.
    Order(Box<OrderUpdate>),
    /// Part or all of an order traded.
    Fill(Box<Fill>),
    /// What is held.
    Position(Box<Position>),
    /// An account's money.
    Account(Box<Account>),
    /// What can be traded.
    Instrument(Box<Instrument>),
    /// The way to the venue came up or went down.
    Connection(Box<Connection>),
}

/// A line for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `AFTM_LOG_…`, or a number that this version does not know.
    pub level: i32,
    /// One line, readable.
    pub text: String,
}

/// What a session told since the last time, and what it lost.
#[derive(Debug, Default)]
pub struct Taken {
    /// Everything that is never dropped, in order.
    pub news: Vec<News>,
    /// The newest tick and the newest book of every instrument that had one.
    pub market: Vec<Market>,
    /// Lines for the log, in order.
    pub log: Vec<Line>,
    /// What was counted since the session was opened.
    pub counts: Counts,
    /// Why the session takes no more calls and tells no more.
    pub broken: Option<Breach>,
}

/// What a session did not hand out one by one, counted since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ticks and books that a newer one replaced before they were taken.
    pub replaced: u64,
    /// Ticks, books and instruments that could not be read, and instruments beyond the bound.
    pub unreadable: u64,
    /// Lines of the log beyond the bound.
    pub lines_lost: u64,
    /// Answers to requests that were not waiting for one.
    pub stray_answers: u64,
    /// Events of a kind that this version does not know.
    pub unknown: u64,
    /// Events after the session broke.
    pub after_break: u64,
}
