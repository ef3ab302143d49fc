//! Events: what the gateway tells all who listen.

use aftm_domain::{AccountId, Book, Code, Tick, UserId};
use serde::{Deserialize, Serialize};

use super::order::{FillRow, OrderRow, PositionRow};
use super::protect::ProtectionRow;
use super::request::{ConditionRow, LimitRow, TradingRow};
use super::role::Role;
use super::signal::{Outcome, Signal};
use aftm_domain::{ConditionId, SignalId};

/// A topic: the first frame on the events port, which subscribers choose by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Trades, and nothing else.
    Tick,
    /// Books.
    Book,
    /// Orders, fills and positions, and the signals that led to them.
    Trade,
    /// Everything else that the trader and the machine do.
    News,
    /// Beats of the children.
    Beat,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 5] = [Topic::Tick, Topic::Book, Topic::Trade, Topic::News, Topic::Beat];

    /// The topic's frame.
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Topic::Tick => b"tick",
            Topic::Book => b"book",
            Topic::Trade => b"trade",
            Topic::News => b"news",
            Topic::Beat => b"beat",
        }
    }
}

/// An event and its number within its topic, which rises by one: a gap is a loss. A tick's own
/// sequence is its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbered<T> {
    /// The number.
    pub number: u64,
    /// What happened.
    pub event: T,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// A child's hello is told back.
    Sync {
        /// The hello's.
        nonce: u64,
    },
    /// Somebody logged in.
    LoggedIn {
        /// Who.
        user: UserId,
        /// Whether real money moves.
        production: bool,
        /// The accounts.
        accounts: Vec<AccountId>,
    },
    /// The session ended.
    LoggedOut {},
    /// The venue answers, or no longer does.
    Connection {
        /// Whether it does.
        connected: bool,
        /// Why not.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        reason: String,
    },
    /// An account was selected.
    Account {
        /// Which one.
        account: AccountId,
    },
    /// An item was registered or dropped.
    Item {
        /// Which one.
        item: Code,
        /// Whether it is registered now.
        registered: bool,
    },
    /// A condition was added, changed or moved.
    Condition(Box<ConditionRow>),
    /// A condition is gone.
    ConditionDropped {
        /// Which one.
        id: ConditionId,
    },
    /// A signal was given.
    Signal(Signal),
    /// A signal has its outcome.
    Settled {
        /// Which one.
        id: SignalId,
        /// What became of it.
        outcome: Outcome,
    },
    /// An order was sent or moved.
    Order(Box<OrderRow>),
    /// Something was traded.
    Fill(FillRow),
    /// A position changed.
    Position(Box<PositionRow>),
    /// A protection was made, moved or ended.
    Protection(Box<ProtectionRow>),
    /// A child said hello, is ready, or is alive.
    Child {
        /// Which one.
        role: Role,
        /// Its process.
        pid: u32,
        /// What it said.
        word: ChildWord,
    },
    /// The feed ended, broke off, or has bad lines.
    Feed {
        /// Which feed.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        feed: String,
        /// What happened to it.
        state: FeedState,
        /// A sentence.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        text: String,
    },
    /// Which orders are taken changed.
    Trading(TradingRow),
    /// What is used of the limits changed; told at most once a second.
    Limits {
        /// Every limit.
        rows: Vec<LimitRow>,
    },
    /// Something that the trader must know.
    Alert {
        /// A stable code.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        code: String,
        /// A sentence.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        text: String,
    },
}

impl Event {
    /// Where it is told. The strategy does not listen to trades, so that it is free for ticks.
    pub const fn topic(&self) -> Topic {
        match self {
            Event::Signal(_)
            | Event::Order(_)
            | Event::Fill(_)
            | Event::Position(_)
            | Event::Protection(_) => Topic::Trade,
            Event::Child { word: ChildWord::Beat, .. } => Topic::Beat,
            _ => Topic::News,
        }
    }
}

/// What a child said of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChildWord {
    /// It is there.
    Hello,
    /// It works.
    Ready,
    /// It lives.
    Beat,
}

/// What happened to the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedState {
    /// Its lines are not all right.
    Malformed,
    /// It came to its end, and everything in it was handled.
    Ended,
    /// It failed.
    Failed,
}

/// The book at the time of a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookRow {
    /// The tick it came with.
    pub tick: u64,
    /// Of what.
    pub item: Code,
    /// The levels.
    pub book: Book,
}

/// A trade on the tick topic.
pub type TickRow = Tick;
