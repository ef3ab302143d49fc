//! Requests to the gateway and their answers: what the desk, the children and our own clients say.

use aftm_domain::condition::{Progress, Terms};
use aftm_domain::protection;
use aftm_domain::{
    AccountId, Code, ConditionId, OrderId, Price, Quantity, RequestId, SignalId, Tick, UserId,
};
use serde::{Deserialize, Serialize};

use super::Secret;
use super::order::{FillRow, Intent, OrderRow, PositionRow};
use super::protect::{ProtectionRow, Target};
use super::role::Role;
use super::scope::Scope;
use super::signal::{Outcome, Signal};
use super::token::Token;

pub use super::rows::{
    ConditionRow, InstrumentRow, LimitRow, MoneyRow, ScopeRow, SnapshotRow, SocketRow, StatusRow,
    TradingRow, TradingState,
};

/// A request with the number that its answer will carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Chosen by the asker.
    pub id: u64,
    /// What is asked.
    pub request: Request,
}

/// What can be asked of the gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// A child says that it is there. Its fields never change, so that every version can read it.
    Hello {
        /// Which child.
        role: Role,
        /// Its process.
        pid: u32,
        /// The program's version.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        version: String,
        /// The protocol it speaks.
        protocol: u32,
        /// Told back on the events port, which proves that the child hears it.
        nonce: u64,
    },
    /// What a child shows on a connection before it says hello there.
    Prove {
        /// Its own.
        token: Token,
    },
    /// A child is alive.
    Beat {
        /// Which child.
        role: Role,
        /// Its process.
        pid: u32,
    },
    /// A child is ready to work: it counts as running from now on.
    Ready {
        /// Which child.
        role: Role,
        /// Its process.
        pid: u32,
        /// The TCP port on which it takes v1 signals, where it does.
        signal_port: Option<u16>,
    },
    /// A child has something that the trader must know.
    Alert {
        /// A stable code.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        code: String,
        /// A sentence.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        text: String,
    },
    /// Log in at the venue.
    Login {
        /// Who.
        user: UserId,
        /// The password, where one is needed.
        password: Option<Secret>,
        /// Whether real money will move.
        production: bool,
    },
    /// Log out.
    Logout {},
    /// The accounts of the session.
    Accounts {},
    /// Select the account that orders without one go to.
    UseAccount {
        /// Which one.
        account: AccountId,
    },
    /// Register an item: its ticks are followed.
    AddItem {
        /// Which one.
        item: Code,
    },
    /// No longer follow an item.
    DropItem {
        /// Which one.
        item: Code,
    },
    /// The registered items.
    Items {},
    /// What can be traded.
    Instruments {
        /// A code, or the beginning of one.
        code: Option<String>,
        /// The first place in the list wanted.
        from: u64,
    },
    /// Register a condition.
    AddCondition {
        /// What the trader says.
        terms: Terms,
    },
    /// Change a condition; before its entry it starts anew with the new terms.
    EditCondition {
        /// What the trader says now.
        terms: Terms,
    },
    /// Hold a condition's entry back, or let it go on.
    PauseCondition {
        /// Which one.
        id: ConditionId,
        /// Whether it is held back.
        is_paused: bool,
    },
    /// Remove a condition.
    DropCondition {
        /// Which one.
        id: ConditionId,
        /// What becomes of the position that it opened.
        position: Leave,
    },
    /// The conditions, in the order of their creation, from a place in that order.
    Conditions {
        /// The first place wanted.
        from: u64,
    },
    /// Place an order.
    Place {
        /// Which one.
        intent: Box<Intent>,
    },
    /// Place an order and protect what it opens.
    Bracket {
        /// Which order.
        intent: Box<Intent>,
        /// How it is protected.
        terms: protection::Terms,
    },
    /// Protect an order or a position; one that is protected already has these terms from now on.
    Protect {
        /// The client's name for the request: the same name is the same protection for ever.
        request: Option<RequestId>,
        /// What is protected.
        target: Target,
        /// How.
        terms: protection::Terms,
    },
    /// No longer protect, or no longer let one order cancel the other.
    Unprotect {
        /// Which protection.
        id: OrderId,
    },
    /// Of two working orders one cancels the other, as far as it is filled.
    Pair {
        /// The client's name for the request.
        request: Option<RequestId>,
        /// Which ones.
        orders: [OrderId; 2],
    },
    /// The protections, oldest first.
    Protections {
        /// Those that are over, too.
        all: bool,
        /// The first number wanted.
        from: u64,
    },
    /// Cancel an order, or a protection.
    Cancel {
        /// Which one.
        order: OrderId,
    },
    /// Cancel every open order, of one item or of all.
    CancelAll {
        /// Which item.
        item: Option<Code>,
    },
    /// Change an order's total quantity or limit price.
    Amend {
        /// Which one.
        order: OrderId,
        /// The new total quantity, filled lots included.
        quantity: Option<Quantity>,
        /// The new limit price.
        price: Option<Price>,
    },
    /// Close every position, of one item or of all.
    Flatten {
        /// Which item.
        item: Option<Code>,
    },
    /// The positions.
    Positions {
        /// Of one item.
        item: Option<Code>,
        /// The first one wanted; absent for the first page.
        from: Option<(AccountId, Code)>,
    },
    /// The orders, oldest first.
    Orders {
        /// Ended ones, too.
        all: bool,
        /// The first order number wanted.
        from: u64,
    },
    /// The fills, oldest first.
    Fills {
        /// The first place wanted.
        from: u64,
    },
    /// The selected account's money.
    Money {},
    /// Take no order any more but those of the operator that close, and cancel every working one.
    Kill {
        /// Close every position, too.
        flatten: bool,
        /// Why, for the audit.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        reason: String,
        /// What it holds for.
        #[serde(default)]
        scope: Scope,
    },
    /// Take only orders that make a position smaller.
    Reduce {
        /// Why, for the audit.
        reason: String,
        /// What it holds for.
        #[serde(default)]
        scope: Scope,
    },
    /// Take orders again: after a halt those that make a position smaller, then all of them.
    Rearm {
        /// Why, for the audit.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        reason: String,
        /// What it holds for.
        #[serde(default)]
        scope: Scope,
        /// Though the halt has not canceled and closed everything.
        #[serde(default)]
        force: bool,
    },
    /// How the gateway is.
    Status {},
    /// Where every condition stood at the strategy's last report, and signals without an outcome.
    Snapshot {
        /// The first place in the order of creation wanted.
        from: u64,
    },
    /// Ticks that the gateway still holds.
    Ticks {
        /// The first number wanted.
        from: u64,
    },
    /// What the strategy has done, up to and including a tick.
    Report {
        /// Which run of the strategy speaks.
        pid: u32,
        /// Every tick up to this one was handled; absent while more of the same report follows.
        through: Option<u64>,
        /// Conditions that moved.
        moved: Vec<Moved>,
        /// Signals that were given.
        signals: Vec<Signal>,
    },
    /// The strategy and executor are to work: a recorded feed may start.
    Start {},
    /// They no longer do.
    Stop {},
    /// Close what conditions opened and have not closed.
    CloseConditions {},
    /// The machine ends.
    End {},
}

/// A condition that moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Which one.
    pub id: ConditionId,
    /// Where it stands now.
    pub progress: Progress,
}

/// What becomes of a position that a condition opened, when the condition goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Leave {
    /// Refuse to go while there is one.
    #[default]
    Refuse,
    /// Close it.
    Flatten,
    /// Leave it open, to the trader's care.
    Abandon,
}

/// An answer with the number of its request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The request's number.
    pub id: u64,
    /// What came of it.
    pub reply: Result<Reply, Refused>,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{text} ({code})")]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// A stable code.
    #[serde(deserialize_with = "aftm_domain::text::read")]
    pub code: String,
    /// A sentence.
    #[serde(deserialize_with = "aftm_domain::text::read")]
    pub text: String,
}

impl Refused {
    /// From a code and a sentence.
    pub fn new(code: &str, text: impl Into<String>) -> Refused {
        Refused { code: code.to_owned(), text: text.into() }
    }
}

/// What a request gets when it is not refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Reply {
    /// It is done.
    Done {},
    /// It is done already, nothing changed.
    Unchanged {},
    /// To a hello.
    Welcome {
        /// How many ticks the strategy may handle before it reports.
        report_every: u64,
    },
    /// The session's accounts.
    Accounts {
        /// All of them.
        accounts: Vec<AccountId>,
        /// The selected one.
        selected: Option<AccountId>,
    },
    /// The registered items.
    Items {
        /// In the order of registration.
        items: Vec<Code>,
    },
    /// What can be traded.
    Instruments {
        /// A page of them.
        rows: Vec<InstrumentRow>,
        /// Where the next page starts; absent on the last.
        next: Option<u64>,
    },
    /// Conditions, from the place asked for.
    Conditions {
        /// A page of them.
        rows: Vec<ConditionRow>,
        /// Where the next page starts; absent on the last.
        next: Option<u64>,
    },
    /// An order was sent, or was sent before under this request id.
    Placed {
        /// As it stands.
        row: Box<OrderRow>,
        /// It was asked for before.
        repeated: bool,
    },
    /// What is protected now, and how.
    Protected {
        /// As it stands.
        row: Box<ProtectionRow>,
    },
    /// Protections.
    Protections {
        /// A page of them.
        rows: Vec<ProtectionRow>,
        /// Where the next page starts; absent on the last.
        next: Option<u64>,
    },
    /// A signal was taken, or was taken before.
    Taken {
        /// What became of it.
        outcome: Outcome,
    },
    /// A report was taken; these of its signals have their outcome already.
    Known {
        /// Which ones.
        signals: Vec<SignalId>,
    },
    /// How many orders it came to: cancels asked for, or closing orders sent.
    Count {
        /// How many.
        orders: u64,
    },
    /// Positions.
    Positions {
        /// A page of them, one row an account and item, in the order of both.
        rows: Vec<PositionRow>,
        /// Where the next page starts; absent on the last.
        next: Option<(AccountId, Code)>,
    },
    /// Orders.
    Orders {
        /// A page of them.
        rows: Vec<OrderRow>,
        /// Where the next page starts; absent on the last.
        next: Option<u64>,
    },
    /// Fills.
    Fills {
        /// A page of them.
        rows: Vec<FillRow>,
        /// Where the next page starts; absent on the last.
        next: Option<u64>,
    },
    /// Trading is halted.
    Killed {
        /// Cancels that were asked for.
        cancels: u64,
        /// Closing orders that were sent.
        closings: u64,
        /// Orders that still work and positions that are still to be closed.
        left: u64,
    },
    /// An account's money.
    Money(Box<MoneyRow>),
    /// How the gateway is.
    Status(Box<StatusRow>),
    /// To a snapshot.
    Snapshot {
        /// Conditions in the order of their creation.
        rows: Vec<SnapshotRow>,
        /// Where the next page starts; absent on the last.
        next: Option<u64>,
        /// The tick that the snapshot is of.
        through: u64,
    },
    /// Ticks from the number asked for; none where the gateway has given no later one.
    Ticks {
        /// A page of them.
        ticks: Vec<Tick>,
        /// The oldest number that is still held.
        oldest: u64,
    },
}
