//! What the gateway and the process of a venue say to each other.
//!
//! They share one stream: the child's standard input, which is a socket. Calls go one way and words
//! the other, each as its length in four bytes, most significant first, and a frame. The first
//! record is the child's birth; the end of the stream is its order to stop.

use std::fmt;

use aftm_domain::order::{Refusal, Report, Status, Ticket};
use aftm_domain::{
    AccountId, Book, Code, ExchangeTime, Fill, Instrument, OrderId, Price, Quantity, Side, Stamp,
    Tick, VenueOrderId,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

use super::request::MoneyRow;

/// Where a plug-in lies and what it is opened with. Never a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginSeat {
    /// Its name in the settings.
    pub name: String,
    /// The library, an absolute path.
    pub path: String,
    /// A folder of its own that exists, an absolute path. The venue's process works in it.
    pub folder: String,
    /// Its options.
    pub options: Vec<(String, String)>,
}

/// A text that is a secret: it crosses the stream, is never printed, and is wiped when it goes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl Drop for Hidden {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// What the gateway asks of a venue. No call waits for the exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum VenueCall {
    /// Log in; `LoggedIn` or `LoginRefused` answers. Before `LoggedIn` come the accounts' money,
    /// the instruments, and how everything stands.
    Login {
        /// `user`, `password` and what else the venue asks for.
        credentials: Vec<(String, Hidden)>,
        /// Whether real money will move.
        production: bool,
        /// The exchange's clock where a feed runs it.
        now: Option<ExchangeTime>,
    },
    /// Log out; orders go on working.
    Logout {},
    /// An instrument that may be traded, for a venue that trades against our feed.
    List {
        /// Its terms.
        instrument: Box<Instrument>,
    },
    /// Follow the market of these items, and of no others.
    Follow {
        /// Which.
        items: Vec<Code>,
    },
    /// A trade, for a venue that trades against our feed.
    Tick {
        /// The trade.
        tick: Tick,
        /// The book after it.
        book: Option<Box<Book>>,
        /// It was shown before, to a process that is gone: it says where the market stands.
        again: bool,
    },
    /// The exchange's clock goes on without a trade.
    Advance {
        /// Where it is.
        time: ExchangeTime,
    },
    /// The feed has ended: everything under way is told.
    Settle {},
    /// Send an order.
    Place {
        /// Our number of it.
        order: OrderId,
        /// What it is.
        ticket: Ticket,
    },
    /// Cancel an order.
    Cancel {
        /// Which one.
        order: Sent,
    },
    /// Change an order.
    Amend {
        /// Which one.
        order: Sent,
        /// The new total quantity, filled lots included.
        quantity: Option<Quantity>,
        /// The new limit price.
        price: Option<Price>,
    },
    /// Ask how an order stands; its reports or `Unknown` answer.
    Inquire {
        /// Which one.
        order: Sent,
    },
    /// Ask for the accounts' money; `Money` for each answers.
    Money {},
    /// Ask how everything stands: `Order`, `Fill` and `Position` for each, then `Stands`.
    Stand {},
}

/// An order that was sent, with everything by which a venue may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// Our number of it.
    pub id: OrderId,
    /// For whom.
    pub account: AccountId,
    /// Of what.
    pub item: Code,
    /// The venue's name of it, where it is known.
    pub venue_id: Option<VenueOrderId>,
    /// It was not sent from here: the venue knows it by its own name alone.
    pub is_external: bool,
}

/// What a plug-in says it can do; beyond it nothing is asked of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // Each is one bit of the interface.
pub struct Abilities {
    /// Market orders.
    pub market: bool,
    /// Range market orders.
    pub range_market: bool,
    /// Stop and stop limit orders.
    pub stop: bool,
    /// Immediate or cancel.
    pub ioc: bool,
    /// Fill or kill.
    pub fok: bool,
    /// Orders can be changed.
    pub amend: bool,
    /// It says by itself whether an order opens or closes.
    pub auto_offset: bool,
    /// Orders can be marked as day trades.
    pub day_trade: bool,
    /// It tells the market.
    pub quotes: bool,
    /// It trades against the ticks that it is fed.
    pub feed: bool,
}

/// How an order stands at the venue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VenueOrder {
    /// Our number of it; `None` for one that we did not send.
    pub order: Option<OrderId>,
    /// The venue's name of it.
    pub venue_id: Option<VenueOrderId>,
    /// How it stands: `PendingNew`, `New`, `Filled`, `Canceled`, `Rejected` or `Expired`.
    pub status: Status,
    /// What it is, as far as the venue says; `None` where it does not say enough.
    pub ticket: Option<Ticket>,
    /// The total quantity in force.
    pub quantity: Quantity,
    /// The limit price in force.
    pub price: Option<Price>,
    /// Lots traded so far.
    pub filled: Quantity,
    /// Its stop price has traded.
    pub is_triggered: bool,
    /// Why it was refused, where it was.
    pub refusal: Option<Refusal>,
}

/// A fill of the day, as the venue lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VenueFill {
    /// Our number of the order; `None` for one that we did not send.
    pub order: Option<OrderId>,
    /// The venue's name of the order; `None` in news of one that has our number, unless they say
    /// as well that it was accepted under that name, as what is found out of an order in doubt does.
    pub venue_id: Option<VenueOrderId>,
    /// The fill.
    pub fill: Fill,
    /// Whose and of what it is by its own words.
    pub deal: Deal,
}

/// Whose and of what a fill is, as far as the venue says it with the fill itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deal {
    /// For whom.
    pub account: Option<AccountId>,
    /// Of what.
    pub item: Option<Code>,
    /// Bought or sold.
    pub side: Option<Side>,
}

impl Deal {
    /// Whether it is of another order than this, by anything that the venue says of it.
    pub fn differs(&self, ticket: &Ticket) -> bool {
        self.account.is_some_and(|it| it != ticket.account)
            || self.item.is_some_and(|it| it != ticket.item)
            || self.side.is_some_and(|it| it != ticket.side)
    }
}

impl fmt::Display for Deal {
    /// What is said of it: `buy TXFH1 for SIM-1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unsaid = || "?".to_owned();
        let side = self.side.map_or_else(unsaid, |it| it.to_string());
        let item = self.item.map_or_else(unsaid, |it| it.to_string());
        let account = self.account.map_or_else(unsaid, |it| it.to_string());
        write!(f, "{side} {item} for {account}")
    }
}

/// What is held, as the venue lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VenuePosition {
    /// By whom.
    pub account: AccountId,
    /// Of what.
    pub item: Code,
    /// Long or short.
    pub side: Side,
    /// Lots, at or above zero.
    pub quantity: Quantity,
    /// Their average opening price, where the venue says it.
    pub average: Option<Price>,
}

/// What a venue tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum VenueWord {
    /// The process is there, the plug-in loaded and its session open. Its first three fields never
    /// change, so that every version can read them.
    Hello {
        /// Its process.
        pid: u32,
        /// The program's version.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        version: String,
        /// The protocol it speaks.
        protocol: u32,
        /// The plug-in by its own words: name, version and where it trades.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        plugin: String,
        /// What it can do.
        abilities: Abilities,
    },
    /// The process lives, and no call hangs in the plug-in.
    Beat {},
    /// A line of the plug-in's log.
    Line {
        /// How grave it is, 1 (error) to 5 (trace).
        level: i32,
        /// One line.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        text: String,
    },
    /// What so many calls led to at once has been told.
    Taken {
        /// How many calls more.
        calls: u32,
        /// When something happens without a trade, on the exchange's clock.
        due: Option<Stamp>,
    },
    /// The login is done.
    LoggedIn {
        /// The accounts that may trade.
        accounts: Vec<AccountId>,
    },
    /// The login failed.
    LoginRefused {
        /// Why.
        refusal: Refusal,
    },
    /// The way to the exchange is open again.
    Up {},
    /// The way to the exchange is lost.
    Down {
        /// Why.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        reason: String,
    },
    /// Something happened to an order.
    Report {
        /// Which one.
        order: OrderId,
        /// What.
        report: Report,
    },
    /// Part or all of an order that was sent from here traded.
    Filled {
        /// The fill, with our number of the order.
        row: Box<VenueFill>,
    },
    /// The venue has never heard of an order.
    Unknown {
        /// Which one.
        order: OrderId,
    },
    /// Something that can be traded.
    Instrument {
        /// Its terms.
        instrument: Box<Instrument>,
    },
    /// An account's money.
    Money {
        /// How much.
        row: Box<MoneyRow>,
    },
    /// How an order stands.
    Order {
        /// The order.
        row: Box<VenueOrder>,
    },
    /// A fill of the day.
    Fill {
        /// The fill.
        row: Box<VenueFill>,
    },
    /// What is held.
    Position {
        /// The position.
        row: VenuePosition,
    },
    /// All orders, fills and positions have been listed; or why they could not be.
    Stands {
        /// What went wrong.
        refusal: Option<Refusal>,
    },
    /// A trade of the market, and the book after it.
    Market {
        /// The trade; its sequence is 0.
        tick: Tick,
        /// The book.
        book: Option<Box<Book>>,
        /// Matched in an auction.
        is_auction: bool,
    },
    /// The session cannot go on; the process ends, and another takes its place.
    Broken {
        /// Why.
        #[serde(deserialize_with = "aftm_domain::text::read")]
        reason: String,
    },
}
