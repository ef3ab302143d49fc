//! Decisions: from what the gateway knows and what is asked, to facts, calls to the venue and a
//! reply. Nothing is changed here and no clock is read, so every decision can be tested by itself.

mod brake;
mod change;
mod condition;
mod exit;
mod halt;
mod place;
mod session;
mod signal;

use aftm_domain::{AccountId, Code, ExchangeTime, OrderId, Price, Quantity, Stamp};
use rustc_hash::FxHashMap;

use super::fact::{Door, Fact};
use super::limits::{Limits, Sets};
use super::listing::Listing;
use super::state::State;
use crate::wire::{Outcome, Refused, Reply};

pub use exit::EXIT_ORDERS_MAX;
pub use halt::tidy;

/// A call to the venue that follows from facts; it is made after they are journaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Send an order that was received.
    Place(OrderId),
    /// Ask for a cancel.
    Cancel(OrderId),
    /// Ask for a change.
    Amend {
        /// Of which order.
        order: OrderId,
        /// The new total quantity.
        quantity: Option<Quantity>,
        /// The new limit price.
        price: Option<Price>,
    },
}

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// To be journaled and folded, in this order.
    pub facts: Vec<Fact>,
    /// To be made afterwards, in this order.
    pub calls: Vec<Call>,
    /// To be told to whoever asked.
    pub reply: Result<Reply, Refused>,
}

impl Decision {
    fn reply(reply: Reply) -> Decision {
        Decision { facts: Vec::new(), calls: Vec::new(), reply: Ok(reply) }
    }

    fn done(facts: Vec<Fact>) -> Decision {
        Decision { facts, calls: Vec::new(), reply: Ok(Reply::Done {}) }
    }

    fn refuse(code: &str, text: impl Into<String>) -> Decision {
        Decision::from(Refused::new(code, text))
    }
}

impl From<Refused> for Decision {
    fn from(refused: Refused) -> Decision {
        Decision { facts: Vec::new(), calls: Vec::new(), reply: Err(refused) }
    }
}

/// Bounds that decisions keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The oldest tick that an entry may follow, in nanoseconds of feed time.
    pub signal_age_max: i64,
    /// How long the venue's answer to an order may take before it is in doubt, in nanoseconds of
    /// our time.
    pub in_doubt_after: i64,
    /// Whether trading goes on after a halt with orders that reduce, before it goes on with all.
    pub rearm_via_reducing: bool,
    /// How long after a halt of a session with real money nobody may rearm, in nanoseconds.
    pub rearm_cooldown: i64,
    /// How long an order may be in doubt before trading is halted, in nanoseconds; 0 for ever.
    pub trip_in_doubt: i64,
    /// How long the journal may not be written before trading is halted; 0 for ever.
    pub trip_journal: i64,
    /// Lots by which positions may differ from the venue's lists before trading is halted; 0 any.
    pub trip_mismatch: Quantity,
    /// How far our clock may be from the venue's before trading with real money is halted, in
    /// nanoseconds; 0 any.
    pub trip_clock: i64,
    /// How often the venue's lists are compared with what is known, in nanoseconds; 0 never.
    pub reconcile_every: i64,
    /// How often the way to the exchange may be lost within the window before only reducing orders are
    /// taken; 0 for ever.
    pub trip_outages: u32,
    /// That window, in nanoseconds.
    pub outage_window: i64,
    /// How far trading may go.
    pub limits: Sets,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            signal_age_max: 5 * Stamp::SECOND,
            in_doubt_after: 4 * Stamp::SECOND,
            rearm_via_reducing: true,
            rearm_cooldown: 60 * Stamp::SECOND,
            trip_in_doubt: 60 * Stamp::SECOND,
            trip_journal: 60 * Stamp::SECOND,
            trip_mismatch: Quantity::from_raw(5 * Quantity::ONE.raw()),
            trip_clock: 2 * Stamp::SECOND,
            reconcile_every: 60 * Stamp::SECOND,
            trip_outages: 3,
            outage_window: 300 * Stamp::SECOND,
            limits: Sets::default(),
        }
    }
}

/// What a decision is made from.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What the gateway knows.
    pub state: &'a State,
    /// The instruments that were looked up so far.
    pub listing: &'a Listing,
    /// The bounds.
    pub rules: &'a Rules,
    /// The exchange's clock; `None` before the first tick.
    pub time: Option<ExchangeTime>,
    /// The last price of each item.
    pub last: &'a FxHashMap<Code, Price>,
    /// The number of the last tick that was published.
    pub published: u64,
    /// Which way the request came in.
    pub door: Door,
    /// The latch was tripped, and no halt was made of it yet.
    pub is_latched: bool,
    /// What is used of the limits.
    pub limits: &'a Limits,
}

impl Case<'_> {
    /// Somebody must be logged in.
    pub fn logged_in(&self) -> Result<(), Refused> {
        match &self.state.session {
            Some(_) => Ok(()),
            None => Err(Refused::new("NOT_LOGGED_IN", "nobody is logged in; log in first")),
        }
    }

    fn connected(&self) -> Result<(), Refused> {
        if self.state.is_connected {
            return Ok(());
        }
        let text = "the exchange is not connected; the order was not sent";
        Err(Refused::new("NOT_CONNECTED", text))
    }

    fn account(&self, asked: Option<AccountId>) -> Result<AccountId, Refused> {
        asked.or(self.state.account).ok_or_else(|| {
            Refused::new("MISSING_ACCOUNT", "no account is selected; name one or select one")
        })
    }

    /// Whether a tick of that time is too old to open a position on.
    fn is_stale(&self, time: ExchangeTime) -> bool {
        self.time.is_some_and(|now| now.at.since(time.at) > self.rules.signal_age_max)
    }
}

/// A signal's outcome as a reply.
fn taken(outcome: Outcome) -> Result<Reply, Refused> {
    Ok(Reply::Taken { outcome })
}
