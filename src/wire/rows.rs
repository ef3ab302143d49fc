//! Rows of answers: conditions, instruments, money, and how the gateway is.

use aftm_domain::condition::Condition;
use aftm_domain::instrument::Band;
use aftm_domain::session::Sessions;
use aftm_domain::{AccountId, Code, Money, Price, Quantity, UserId};
use serde::{Deserialize, Serialize};

use super::scope::Scope;
use super::signal::{Outcome, Signal};

/// A condition and its place in the order of creation, for the strategy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotRow {
    /// Its place.
    pub created: u64,
    /// As it stood.
    pub condition: Condition,
    /// Signals of it that have no outcome yet, entry first.
    pub unsettled: Vec<Signal>,
}

/// A condition as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionRow {
    /// Its place in the order of creation.
    pub created: u64,
    /// What was said, where it stands.
    pub condition: Condition,
    /// Lots that its entry filled and its exit has not closed.
    pub open: Quantity,
    /// What became of its entry.
    pub entry: Option<Outcome>,
    /// What became of its exit.
    pub exit: Option<Outcome>,
}

/// An instrument as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstrumentRow {
    /// Its code.
    pub item: Code,
    /// What people call it.
    #[serde(deserialize_with = "aftm_domain::text::read")]
    pub name: String,
    /// Its month.
    #[serde(deserialize_with = "aftm_domain::text::read")]
    pub month: String,
    /// The tick at the last price, or the finest.
    pub tick: Price,
    /// The ticks, by the price from which each holds, rising from zero.
    pub bands: Vec<Band>,
    /// When it trades.
    pub sessions: Sessions,
    /// Money a point and lot.
    pub multiplier: Quantity,
    /// Of its money.
    #[serde(deserialize_with = "aftm_domain::text::read")]
    pub currency: String,
    /// The last day on which it trades.
    #[serde(deserialize_with = "aftm_domain::text::read")]
    pub last_trading_day: String,
    /// The margin to open a lot, where it is a fixed amount.
    pub margin: Option<Money>,
}

/// How the gateway is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRow {
    /// Who is logged in.
    pub user: Option<UserId>,
    /// Whether real money moves.
    pub production: bool,
    /// The venue answers.
    pub connected: bool,
    /// The selected account.
    pub account: Option<AccountId>,
    /// The registered items.
    pub items: Vec<Code>,
    /// Conditions that still wait, are armed or hold a position.
    pub conditions: u64,
    /// Orders that may still trade.
    pub open_orders: u64,
    /// Lots held on either side, over all positions.
    pub open_lots: Quantity,
    /// Lots that conditions opened and have not closed.
    pub condition_lots: Quantity,
    /// Orders of conditions that may still trade.
    pub condition_orders: u64,
    /// Fills so far.
    pub fills: u64,
    /// The last tick that was published.
    pub published: u64,
    /// The last tick that the venue has seen.
    pub clock: u64,
    /// The last tick that the strategy has reported.
    pub reported: u64,
    /// The exchange's time.
    pub exchange_time: Option<String>,
    /// Milliseconds since the last tick, on our clock.
    pub feed_age_ms: Option<u64>,
    /// The feed.
    #[serde(deserialize_with = "aftm_domain::text::read")]
    pub feed: String,
    /// A recorded feed has come to its end and everything in it was handled.
    pub feed_ended: bool,
    /// Malformed lines of the feed.
    pub feed_problems: u64,
    /// The port for v1 orders is open to any program of this machine.
    pub plain: bool,
    /// The port that v1 ticks are published on.
    pub tick_port: Option<u16>,
    /// The port that takes v1 signals, while there is an executor that does.
    pub signal_port: Option<u16>,
    /// The port that takes v1 orders, where it is open.
    pub order_port: Option<u16>,
    /// Messages that could not be read, over all sockets.
    pub bad_messages: u64,
    /// Events and ticks that could not be sent to somebody.
    pub dropped: u64,
    /// The number of the last order.
    pub last_order: u64,
    /// Ticks may come: a recorded feed is held until strategy and executor are there.
    pub feed_open: bool,
    /// Events that did not reach the desk, which asked for what they told: its own count.
    pub missed: u64,
    /// Whether orders that open may be sent, and why not.
    pub trading: TradingRow,
    /// The gateway's sockets, and what passed through them.
    pub sockets: Vec<SocketRow>,
    /// Milliseconds since orders, fills and positions were compared with the exchange's lists; absent
    /// where it has none, or none came yet.
    pub reconciled_ms: Option<u64>,
    /// The limits, and how much of them is used.
    pub limits: Vec<LimitRow>,
}

/// Which orders are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TradingState {
    /// All of them.
    #[default]
    Active,
    /// Those that close.
    Reducing,
    /// Those of the operator that close; cancels always are.
    Halted,
}

impl TradingState {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            TradingState::Active => "active",
            TradingState::Reducing => "reducing",
            TradingState::Halted => "halted",
        }
    }
}

/// Which orders are taken, and why not all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TradingRow {
    /// Which ones, everywhere and in the selected account.
    pub state: TradingState,
    /// Why; empty while all of them are.
    #[serde(deserialize_with = "aftm_domain::text::read")]
    pub reason: String,
    /// Every part that is held back, with its own reason.
    pub scopes: Vec<ScopeRow>,
}

/// A part of what is traded that is held back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeRow {
    /// Which part.
    pub scope: Scope,
    /// How far.
    pub state: TradingState,
    /// Why.
    pub reason: String,
}

/// A limit and how much of it is used, as texts in the limit's own unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRow {
    /// Its name, which is that of its setting.
    pub limit: String,
    /// An account, an item, a condition, an account and an item, or all.
    pub scope: String,
    /// How much is used.
    pub used: String,
    /// The bound.
    pub bound: String,
    /// The share that is used, in thousandths; more than 1000 where the bound is passed.
    pub permille: u32,
}

/// A socket of the gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SocketRow {
    /// Whom it is for.
    #[serde(deserialize_with = "aftm_domain::text::read")]
    pub name: String,
    /// Its port, or its name in the runtime folder.
    #[serde(deserialize_with = "aftm_domain::text::read")]
    pub place: String,
    /// Messages that were taken or sent so far.
    pub messages: u64,
    /// Messages that could not be sent.
    pub dropped: u64,
    /// Messages that were found waiting at once, at most, since this was told last; 0 where messages
    /// are only sent.
    pub waiting: u64,
}

/// An account's money, in the currency of its instruments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyRow {
    /// Whose.
    pub account: AccountId,
    /// Money without open profit.
    pub balance: Money,
    /// Money with open profit.
    pub equity: Money,
    /// Deposited for positions and working orders.
    pub margin: Money,
    /// Left for new orders.
    pub available: Money,
    /// The day's profit of closed lots, before fees and tax.
    pub realized: Money,
    /// Profit of open lots.
    pub open_profit: Money,
    /// The day's fees.
    pub fees: Money,
    /// The day's tax.
    pub tax: Money,
}
