//! The venue: one exchange session, owned by the gateway alone.

use std::collections::BTreeSet;
use std::os::fd::RawFd;

use aftm_domain::instrument::Instrument;
use aftm_domain::order::{Refusal, Report, Ticket};
use aftm_domain::text::make_plain;
use aftm_domain::tick::Moment;
use aftm_domain::{
    AccountId, Book, Code, ExchangeTime, Money, OrderId, Price, Quantity, Stamp, Tick, UserId,
};

use super::state::State;
use crate::wire::event::ChildWord;
use crate::wire::venue::{Sent, VenueFill, VenueOrder, VenuePosition};

/// What the venue tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Something happened to an order.
    Report {
        /// Which one.
        order: OrderId,
        /// What.
        report: Report,
    },
    /// Part or all of an order traded.
    Filled {
        /// Which one.
        order: OrderId,
        /// The fill, and whose and of what it is by its own words.
        row: Box<VenueFill>,
    },
    /// The venue was asked for an order and has never heard of it.
    Unknown {
        /// Which one.
        order: OrderId,
    },
    /// The venue answers again.
    Connected,
    /// The venue no longer answers.
    Disconnected {
        /// Why.
        reason: String,
    },
    /// A login that was asked for is done.
    LoggedIn {
        /// The accounts that may trade.
        accounts: Vec<AccountId>,
    },
    /// A login that was asked for failed.
    LoginRefused(Refusal),
    /// The session is over, though nobody asked for that.
    LoggedOut {
        /// Why.
        reason: String,
    },
    /// How everything stands there: before a login is done, and after a connection came back.
    Stands(Box<Stands>),
    /// Something that can be traded, with its terms.
    Instrument(Box<Instrument>),
    /// A trade of the market.
    Market(Box<Moment>),
    /// The venue's process said something of itself.
    Process {
        /// Which process.
        pid: u32,
        /// What it said.
        word: ChildWord,
    },
    /// The trader must know something.
    Alert {
        /// A stable code.
        code: String,
        /// A sentence.
        text: String,
    },
}

impl News {
    /// Without anything in the venue's words that acts on a terminal.
    pub fn plain(self) -> News {
        match self {
            News::Report { order, report } => News::Report { order, report: report.plain() },
            News::Disconnected { reason } => News::Disconnected { reason: make_plain(reason) },
            News::LoginRefused(refusal) => News::LoginRefused(refusal.plain()),
            News::LoggedOut { reason } => News::LoggedOut { reason: make_plain(reason) },
            News::Alert { code, text } => {
                News::Alert { code: make_plain(code), text: make_plain(text) }
            }
            other => other,
        }
    }
}

/// How everything stands at a venue, by its own lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stands {
    /// The day's orders, working or not.
    pub orders: Vec<VenueOrder>,
    /// The day's fills.
    pub fills: Vec<VenueFill>,
    /// What is held.
    pub positions: Vec<VenuePosition>,
    /// The accounts that the lists are of; of others they say nothing.
    pub accounts: Vec<AccountId>,
    /// Orders that were sent, changed or told of while the lists were made, which may have them as
    /// they were before.
    pub moved: BTreeSet<OrderId>,
    /// The session took orders meanwhile.
    pub is_live: bool,
    /// They were asked for as [`Lists::Look`].
    pub is_look: bool,
}

/// Why lists are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// To see whether anything differs; lists that are made already will do.
    Look,
    /// To be acted upon, after a pause in which what is on its way arrives.
    Soon,
    /// To be acted upon: made from now on.
    Now,
}

/// How far a login came at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginStep {
    /// It is done; the accounts that may trade.
    Done(Vec<AccountId>),
    /// News will tell.
    Asked,
}

/// An account's money, in the currency of its instruments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
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

/// One exchange session. Never blocks and never calls back: what happens is appended to `news`.
pub trait Venue {
    /// Begins a session; the accounts that may trade. `now` is `None` before the feed gave a time.
    fn login(
        &mut self,
        user: &UserId,
        password: Option<&str>,
        production: bool,
        now: Option<ExchangeTime>,
        news: &mut Vec<News>,
    ) -> Result<LoginStep, Refusal>;
    /// Ends the session.
    fn logout(&mut self);
    /// Tells it of an instrument that may be traded.
    fn list(&mut self, instrument: &Instrument);
    /// A trade of the market: the venue's clock is there now.
    fn tick(&mut self, tick: &Tick, book: Option<&Book>, news: &mut Vec<News>);
    /// The venue's clock moves without a trade.
    fn advance(&mut self, now: ExchangeTime, news: &mut Vec<News>);
    /// No more time will pass: everything under way is answered.
    fn settle(&mut self, news: &mut Vec<News>);
    /// `Ok` means that the venue took the order; acceptance is news.
    fn place(&mut self, id: OrderId, ticket: &Ticket, news: &mut Vec<News>) -> Result<(), Refusal>;
    /// `Ok` means that the venue took the cancel.
    fn cancel(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal>;
    /// `Ok` means that the venue took the change. `quantity` is the new total.
    fn amend(
        &mut self,
        order: Sent,
        quantity: Option<Quantity>,
        price: Option<Price>,
        news: &mut Vec<News>,
    ) -> Result<(), Refusal>;
    /// Asks how an order stands that was sent and not answered. What the venue knows of it is news:
    /// its reports, or that it is unknown; nothing while it is still on its way. Sends no order.
    fn inquire(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal>;
    /// When the venue has something to tell that needs no trade, on its own clock.
    fn due(&self) -> Option<Stamp>;
    /// An account's money; `None` for an account that is not there.
    fn summary(&self, account: AccountId) -> Option<Summary>;
    /// A venue inside this process forgets with it: it is handed what the journal holds. Returns the
    /// open orders that it does not have all the same, because they were still on their way.
    fn restore(&mut self, state: &State) -> Vec<OrderId>;

    /// Follows the market of these items and of no others, where the venue tells it.
    fn follow(&mut self, _items: &BTreeSet<Code>) {}
    /// What it told since it was last asked. `now` is our clock: what takes too long is given up.
    fn hear(&mut self, _now: Stamp, _news: &mut Vec<News>) {}
    /// Becomes readable when there is something to hear; `None` where nothing ever comes unasked, or
    /// where the venue rings as the feed does.
    fn descriptor(&self) -> Option<RawFd> {
        None
    }
    /// Asks how everything stands, where it can list that: [`News::Stands`] answers. Whether it will
    /// be said.
    fn stand(&mut self, _why: Lists, _news: &mut Vec<News>) -> bool {
        false
    }
    /// Whether it lives apart: it answers later, remembers by itself, and must be asked how orders
    /// stand that it did not answer.
    fn is_apart(&self) -> bool {
        false
    }
    /// Whether the clock of a recorded feed may go on: it has told all that it was asked for so far,
    /// or nothing works there that a tick could trade, and it is not too far behind.
    fn is_level(&self, _has_open_orders: bool) -> bool {
        true
    }
    /// Whether its times are those of a clock that goes on by itself, and not of a feed of ours.
    fn tells_time(&self) -> bool {
        false
    }
    /// Whether it says by itself if an order opens or closes.
    fn takes_auto(&self) -> bool {
        true
    }
    /// Whether it takes stop orders; where it does not, the gateway keeps them.
    fn takes_stops(&self) -> bool {
        true
    }
}
