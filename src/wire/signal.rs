//! Signals: what a strategy says, and what became of it.

use aftm_domain::condition::ExitReason;
use aftm_domain::{AccountId, Code, ExchangeTime, OrderId, Price, Quantity, Side, SignalId};
use serde::{Deserialize, Serialize};

use super::token::Token;

/// A condition's entry or exit. It is kept and offered again until the gateway tells its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// The same after a crash.
    pub id: SignalId,
    /// The condition's place in the order of creation: signals of one tick come in this order.
    pub created: u64,
    /// What to trade.
    pub item: Code,
    /// Where; `None` takes the account selected when it enters.
    pub account: Option<AccountId>,
    /// Buy or sell.
    pub side: Side,
    /// Lots.
    pub quantity: Quantity,
    /// The price of the tick that gave it.
    pub price: Price,
    /// Where the trigger of its condition stood, which its exits hang on: the order alone says where
    /// the condition stands, before any report.
    pub trigger: Price,
    /// The number of that tick.
    pub tick: u64,
    /// The time of that tick, as the feed has it.
    pub time: ExchangeTime,
    /// Why an exit leaves.
    pub reason: Option<ExitReason>,
}

/// A signal on its way to the executor, with what its strategy shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The strategy's.
    pub by: Token,
    /// What it says.
    pub signal: Signal,
}

/// What became of a signal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It became an order.
    Ordered {
        /// Which one.
        order: OrderId,
    },
    /// It was refused.
    Refused {
        /// A stable code.
        code: String,
        /// A sentence.
        text: String,
    },
    /// An exit with nothing to close.
    Nothing {
        /// Why there is nothing.
        text: String,
    },
    /// An exit that waits for its entry to end, or for the venue to come back.
    Waits {
        /// For what.
        text: String,
    },
}

impl Outcome {
    /// The word: `ordered`, `refused`, `nothing` or `waits`.
    pub const fn word(&self) -> &'static str {
        match self {
            Outcome::Ordered { .. } => "ordered",
            Outcome::Refused { .. } => "refused",
            Outcome::Nothing { .. } => "nothing",
            Outcome::Waits { .. } => "waits",
        }
    }
}
