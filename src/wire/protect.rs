//! Protections as they are asked for and shown.

use aftm_domain::protection::{Cause, Terms};
use aftm_domain::{AccountId, Code, OrderId, Price, Quantity, Side};
use serde::{Deserialize, Serialize};

/// What is to be protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// What an order opens, as far as it is filled.
    Order {
        /// Which one.
        order: OrderId,
    },
    /// What an account holds of an item and nothing else protects, as it grows and shrinks.
    Position {
        /// Whose; absent takes the selected account.
        account: Option<AccountId>,
        /// Of what.
        item: Code,
        /// Long for buy, short for sell; absent takes the side that is held.
        side: Option<Side>,
    },
}

/// Where a protection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProtectionState {
    /// Nothing is filled yet.
    Waiting,
    /// It watches the market.
    Armed,
    /// A level was reached: it closes.
    Triggered,
    /// It could not close because trading is halted.
    Held,
    /// It is over.
    Done,
}

impl ProtectionState {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            ProtectionState::Waiting => "waiting",
            ProtectionState::Armed => "armed",
            ProtectionState::Triggered => "triggered",
            ProtectionState::Held => "held",
            ProtectionState::Done => "done",
        }
    }
}

/// A protection, or two orders of which one cancels the other, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProtectionRow {
    /// Its number, one of the gateway's orders.
    pub id: OrderId,
    /// The order that it is attached to; absent where it protects a position.
    pub on: Option<OrderId>,
    /// The other of two orders of which one cancels the other.
    pub other: Option<OrderId>,
    /// Whose.
    pub account: AccountId,
    /// Of what.
    pub item: Code,
    /// The side of what is protected: buy is long.
    pub side: Side,
    /// Lots that it protects now.
    pub quantity: Quantity,
    /// What was said of it.
    pub terms: Terms,
    /// Where it stands.
    pub state: ProtectionState,
    /// The price that points are counted from.
    pub base: Option<Price>,
    /// Where the stop is now.
    pub stop: Option<Price>,
    /// Where the take profit is.
    pub take_profit: Option<Price>,
    /// Which level was reached.
    pub cause: Option<Cause>,
    /// The order that works for it at the exchange.
    pub order: Option<OrderId>,
    /// Why it is over.
    #[serde(deserialize_with = "aftm_domain::text::read")]
    pub text: String,
}
