//! Facts: what was decided and what the venue said. Only they are journaled and folded again, so
//! that a changed rule or a new version never decides history anew.

use aftm_domain::condition::{Condition, Progress};
use aftm_domain::order::{Refusal, Report, Ticket};
use aftm_domain::protection;
use aftm_domain::{
    AccountId, Code, ConditionId, ExchangeTime, Fill, Money, OrderId, Price, Quantity, RequestId,
    Side, SignalId, UserId, VenueOrderId,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::protect::Did;
use crate::wire::guard::ClientName;
use crate::wire::request::TradingState;
use crate::wire::{Outcome, Scope, Signal};

/// Which way a request came in; kept in the audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The operator: screen, script or `ctl`.
    Desk,
    /// Our executor.
    Executor,
    /// Our strategy.
    Strategy,
    /// A v1 client on the order port.
    V1,
    /// The gateway itself: an exit that is tried again.
    Gateway,
}

/// Something that happened, for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A machine opened this journal. Ticks are numbered anew from here.
    Started {
        /// The program's version.
        version: String,
    },
    /// A session began.
    LoggedIn {
        /// Who.
        user: UserId,
        /// Whether real money moves.
        production: bool,
        /// The session's accounts.
        accounts: Vec<AccountId>,
    },
    /// The session ended.
    LoggedOut {},
    /// The venue answers.
    Connected {},
    /// The venue no longer answers.
    Disconnected {
        /// Why.
        reason: String,
    },
    /// A program of somebody's asked for what follows.
    Asked {
        /// The name of its key; absent where the port asks for none.
        client: Option<ClientName>,
        /// Which way the request came in.
        door: Door,
        /// What it asked for, in a word.
        request: String,
    },
    /// A client that names no requests was told what came of its order: the same bytes are a new
    /// one from here on.
    ReplyTold {
        /// Which order.
        id: OrderId,
    },
    /// The venue has orders of ours that this journal does not: their numbers are not given again.
    NumbersTaken {
        /// The highest of them.
        through: OrderId,
    },
    /// The venue holds another position than was known here, and its word counts.
    PositionTaken {
        /// By whom.
        account: AccountId,
        /// Of what.
        item: Code,
        /// Long for buy, short for sell.
        side: Side,
        /// How many lots.
        quantity: Quantity,
        /// Their average opening price, as far as anybody knows it.
        price: Price,
        /// Money a point and lot.
        multiplier: Quantity,
    },
    /// An account was selected.
    AccountUsed {
        /// Which one.
        account: AccountId,
    },
    /// An item was registered.
    ItemAdded {
        /// Which one.
        item: Code,
    },
    /// An item is no longer followed.
    ItemDropped {
        /// Which one.
        item: Code,
    },
    /// A condition begins a life, or has new terms.
    ConditionPut {
        /// Its place in the order of creation.
        created: u64,
        /// As it stands.
        condition: Condition,
    },
    /// A condition's entry is held back, or goes on.
    ConditionPaused {
        /// Which one.
        id: ConditionId,
        /// Whether it is held back.
        is_paused: bool,
    },
    /// A condition is gone.
    ConditionDropped {
        /// Which one.
        id: ConditionId,
    },
    /// A condition moved.
    ConditionMoved {
        /// Which one.
        id: ConditionId,
        /// Where it stands now.
        progress: Progress,
    },
    /// A signal was given.
    Signaled {
        /// The signal.
        signal: Signal,
    },
    /// A signal has an outcome.
    SignalSettled {
        /// Which signal.
        id: SignalId,
        /// What became of it.
        outcome: Outcome,
    },
    /// An order was accepted by us and is about to be sent.
    OrderReceived {
        /// Our number of it.
        id: OrderId,
        /// What was asked for.
        ticket: Ticket,
        /// The client's name for the request.
        request: Option<RequestId>,
        /// The signal it follows.
        signal: Option<SignalId>,
        /// Money a point and lot, so that profit can be folded without the product file.
        multiplier: Quantity,
        /// Which way it came in.
        door: Door,
        /// When, on the exchange's clock; absent where that had no time yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<ExchangeTime>,
    },
    /// An order was refused by us.
    OrderDenied {
        /// Our number of it.
        id: OrderId,
        /// What was asked for.
        ticket: Ticket,
        /// The client's name for the request.
        request: Option<RequestId>,
        /// The signal it follows.
        signal: Option<SignalId>,
        /// Why.
        refusal: Refusal,
        /// Which way it came in.
        door: Door,
        /// When, on the exchange's clock; absent where that had no time yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<ExchangeTime>,
    },
    /// The venue has an order that this journal did not send: it is one of ours from here on.
    OrderAdopted(Box<Adopted>),
    /// The venue has an order at work that was taken for ended here.
    OrderRevived {
        /// Which order.
        id: OrderId,
    },
    /// Something happened to an order after it was received.
    OrderReported {
        /// Which order.
        id: OrderId,
        /// What.
        report: Report,
    },
    /// An order or a position is protected from here on.
    Protected {
        /// Our number of it, among those of orders.
        id: OrderId,
        /// The order whose fills it protects; absent where it protects a position.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<OrderId>,
        /// Whose.
        account: AccountId,
        /// Of what.
        item: Code,
        /// The side of what is protected: buy is long.
        side: Side,
        /// How.
        terms: protection::Terms,
        /// The tick on which the price that points are counted from lies.
        step: Price,
        /// The client's name for the request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<RequestId>,
        /// Which way it came in.
        door: Door,
    },
    /// A protection or a pair did something.
    Protection {
        /// Which one.
        id: OrderId,
        /// What.
        #[serde(flatten)]
        did: Did,
    },
    /// Of two orders one cancels the other from here on.
    Paired {
        /// Our number of the pair, among those of orders.
        id: OrderId,
        /// Which ones.
        orders: [OrderId; 2],
        /// The client's name for the request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<RequestId>,
        /// Which way it came in.
        door: Door,
    },
    /// Trading is halted from here on, until it is armed again.
    Halted {
        /// Why.
        reason: String,
        /// Whether every position is to be closed, too.
        flatten: bool,
        /// Which way it came in.
        door: Door,
        /// What it holds for.
        #[serde(default, skip_serializing_if = "is_global")]
        scope: Scope,
        /// Who was logged in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
    /// Only orders that make a position smaller are taken from here on.
    Reduced {
        /// Why.
        reason: String,
        /// Which way it came in.
        door: Door,
        /// What it holds for.
        #[serde(default, skip_serializing_if = "is_global")]
        scope: Scope,
    },
    /// Orders are taken again.
    Rearmed {
        /// Why.
        reason: String,
        /// Which way it came in.
        door: Door,
        /// What it holds for.
        #[serde(default, skip_serializing_if = "is_global")]
        scope: Scope,
        /// Which ones.
        #[serde(default, skip_serializing_if = "is_active")]
        to: TradingState,
        /// Who was logged in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
        /// Who was logged in when it was halted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        halted_by: Option<UserId>,
    },
    /// A trading day began for an item: what its positions come to from now on is of that day.
    DayBegan {
        /// Of what.
        item: Code,
        /// The day, on the exchange's calendar.
        #[serde(with = "date")]
        day: Date,
        /// What its open lots are worth as the day begins.
        price: Price,
    },
    /// The trading day's profit has come to a new best, which a fall is measured from.
    BestReached {
        /// Of which account; absent for all of them together.
        account: Option<AccountId>,
        /// What it has come to.
        best: Money,
    },
    /// Something that the trader must know and the audit must keep.
    Alerted {
        /// A stable code.
        code: String,
        /// A sentence.
        text: String,
    },
}

/// An order that the venue has and this journal did not send, as it stood when it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// Our number of it from here on.
    pub id: OrderId,
    /// What it is, with the price and the quantity in force.
    pub ticket: Ticket,
    /// The venue's name of it.
    pub venue_id: Option<VenueOrderId>,
    /// Its stop price had traded.
    pub is_triggered: bool,
    /// The venue does not know it by our number.
    pub is_external: bool,
    /// Money a point and lot.
    pub multiplier: Quantity,
    /// What had traded of it and is counted in positions already.
    pub fills: Vec<Fill>,
    /// When it was found, on the exchange's clock; absent where that had no time yet.
    pub time: Option<ExchangeTime>,
}

impl Fact {
    /// The fact of a journal's record: its kind, and its JSON, which starts with the same word. The
    /// kinds that a day has most of are read without a detour over the tag.
    pub fn decode(kind: &str, body: &str) -> Result<Fact, String> {
        let tail = body.strip_prefix(TAG).and_then(|it| it.strip_prefix(kind));
        let fact = match kind {
            _ if !tail.is_some_and(|it| it.starts_with('"')) => serde_json::from_str(body),
            "order_reported" => serde_json::from_str(body).map(Reported::fact),
            "order_received" => serde_json::from_str(body).map(Received::fact),
            "signaled" => serde_json::from_str(body).map(Said::fact),
            "signal_settled" => serde_json::from_str(body).map(Settled::fact),
            "condition_moved" => serde_json::from_str(body).map(Moved::fact),
            _ => serde_json::from_str(body),
        };
        let fact = fact.map_err(|error| error.to_string())?;
        match fact.word() {
            word if word == kind => Ok(fact),
            word => Err(format!("its body is a fact {word:?}")),
        }
    }

    /// The fact's name, as it stands in its JSON and in the journal's column.
    pub const fn word(&self) -> &'static str {
        match self {
            Fact::Started { .. } => "started",
            Fact::LoggedIn { .. } => "logged_in",
            Fact::LoggedOut {} => "logged_out",
            Fact::Connected {} => "connected",
            Fact::Disconnected { .. } => "disconnected",
            Fact::Asked { .. } => "asked",
            Fact::ReplyTold { .. } => "reply_told",
            Fact::NumbersTaken { .. } => "numbers_taken",
            Fact::PositionTaken { .. } => "position_taken",
            Fact::AccountUsed { .. } => "account_used",
            Fact::ItemAdded { .. } => "item_added",
            Fact::ItemDropped { .. } => "item_dropped",
            Fact::ConditionPut { .. } => "condition_put",
            Fact::ConditionPaused { .. } => "condition_paused",
            Fact::ConditionDropped { .. } => "condition_dropped",
            Fact::ConditionMoved { .. } => "condition_moved",
            Fact::Signaled { .. } => "signaled",
            Fact::SignalSettled { .. } => "signal_settled",
            Fact::OrderReceived { .. } => "order_received",
            Fact::OrderDenied { .. } => "order_denied",
            Fact::OrderAdopted(_) => "order_adopted",
            Fact::OrderRevived { .. } => "order_revived",
            Fact::OrderReported { .. } => "order_reported",
            Fact::Protected { .. } => "protected",
            Fact::Protection { .. } => "protection",
            Fact::Paired { .. } => "paired",
            Fact::Halted { .. } => "halted",
            Fact::Reduced { .. } => "reduced",
            Fact::Rearmed { .. } => "rearmed",
            Fact::DayBegan { .. } => "day_began",
            Fact::BestReached { .. } => "best_reached",
            Fact::Alerted { .. } => "alerted",
        }
    }
}

/// A date as text: 2021-07-26.
mod date {
    use jiff::civil::Date;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[allow(clippy::trivially_copy_pass_by_ref)] // As serde wants it.
    pub(super) fn serialize<S: Serializer>(date: &Date, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(date)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde wants it.
fn is_global(scope: &Scope) -> bool {
    *scope == Scope::Global
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde wants it.
fn is_active(state: &TradingState) -> bool {
    *state == TradingState::Active
}

/// How the JSON of every fact starts.
const TAG: &str = "{\"fact\":\"";

/// The fields of one kind of fact as a struct, which serde reads in place, and the fact of them.
macro_rules! body {
    ($name:ident, $fact:ident { $($field:ident: $type:ty),* }) => {
        #[derive(Deserialize)]
        struct $name {
            $($field: $type),*
        }

        impl $name {
            fn fact(self) -> Fact {
                Fact::$fact { $($field: self.$field),* }
            }
        }
    };
}

body! { Reported, OrderReported { id: OrderId, report: Report } }
body! { Received, OrderReceived {
    id: OrderId,
    ticket: Ticket,
    request: Option<RequestId>,
    signal: Option<SignalId>,
    multiplier: Quantity,
    door: Door,
    time: Option<ExchangeTime>
} }
body! { Said, Signaled { signal: Signal } }
body! { Settled, SignalSettled { id: SignalId, outcome: Outcome } }
body! { Moved, ConditionMoved { id: ConditionId, progress: Progress } }

#[cfg(test)]
mod tests;
