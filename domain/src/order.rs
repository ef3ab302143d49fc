//! An order: its ticket, its one transition table, and what was filled.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::side::UnknownWord;
use crate::text::make_plain;
use crate::{AccountId, Code, Fill, Note, OpenClose, OrderId, Price, Quantity, Side, VenueOrderId};

mod error;

pub use error::OrderError;

/// How an order is priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// At whatever the market gives.
    Market,
    /// At the market within the exchange's protective range (TAIFEX "range market").
    RangeMarket,
    /// At the price or better.
    Limit,
    /// A market order once the stop price trades.
    Stop,
    /// A limit order once the stop price trades.
    StopLimit,
}

impl Kind {
    /// The word: `market`, `range-market`, `limit`, `stop`, `stop-limit`.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Market => "market",
            Kind::RangeMarket => "range-market",
            Kind::Limit => "limit",
            Kind::Stop => "stop",
            Kind::StopLimit => "stop-limit",
        }
    }

    /// Whether it names a limit price.
    pub const fn has_price(self) -> bool {
        matches!(self, Kind::Limit | Kind::StopLimit)
    }

    /// Whether it waits for a stop price.
    pub const fn has_stop(self) -> bool {
        matches!(self, Kind::Stop | Kind::StopLimit)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How long an order lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeInForce {
    /// Rest of day.
    Rod,
    /// Immediate or cancel: what does not fill at once is canceled.
    Ioc,
    /// Fill or kill: all at once or nothing.
    Fok,
}

impl TimeInForce {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            TimeInForce::Rod => "rod",
            TimeInForce::Ioc => "ioc",
            TimeInForce::Fok => "fok",
        }
    }
}

impl std::str::FromStr for TimeInForce {
    type Err = UnknownWord;

    /// `rod` (or its synonym `day`), `ioc` or `fok`, in any case.
    fn from_str(text: &str) -> Result<TimeInForce, UnknownWord> {
        let words = [
            ("rod", TimeInForce::Rod),
            ("day", TimeInForce::Rod),
            ("ioc", TimeInForce::Ioc),
            ("fok", TimeInForce::Fok),
        ];
        words.into_iter().find(|(word, _)| text.eq_ignore_ascii_case(word)).map(|(_, it)| it).ok_or(
            UnknownWord { text: text.to_owned(), known: "rod, ioc or fok (gtc is not offered)" },
        )
    }
}

impl fmt::Display for TimeInForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What is asked for: everything that the venue needs to know of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// For whom.
    pub account: AccountId,
    /// Of what.
    pub item: Code,
    /// Buy or sell.
    pub side: Side,
    /// How it is priced.
    pub kind: Kind,
    /// The limit price; present exactly where the kind has one.
    pub price: Option<Price>,
    /// The stop price; present exactly where the kind has one.
    pub stop_price: Option<Price>,
    /// Lots, above zero.
    pub quantity: Quantity,
    /// How long it lives.
    pub time_in_force: TimeInForce,
    /// Whether it opens or closes.
    pub open_close: OpenClose,
    /// Marked as a day trade (half margin at some brokers).
    pub day_trade: bool,
    /// A free remark.
    pub note: Note,
}

/// Where an order stands, in FIX spelling. Partly filled is `New` with fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Refused by us; never sent.
    Denied,
    /// Sent; the venue has not answered.
    PendingNew,
    /// Working at the venue.
    New,
    /// Working, a cancel is under way.
    PendingCancel,
    /// Working, a change is under way.
    PendingReplace,
    /// Sent, and the venue's answer did not come: it may be live. Only the venue can tell.
    InDoubt,
    /// Traded in full.
    Filled,
    /// Canceled, perhaps after a part was filled.
    Canceled,
    /// Refused by the venue.
    Rejected,
    /// Ended by the venue: an IOC or FOK remainder, the end of the session.
    Expired,
}

impl Status {
    /// Every status, in the order of an order's life.
    pub const ALL: [Status; 10] = [
        Status::Denied,
        Status::PendingNew,
        Status::New,
        Status::PendingCancel,
        Status::PendingReplace,
        Status::InDoubt,
        Status::Filled,
        Status::Canceled,
        Status::Rejected,
        Status::Expired,
    ];

    /// Nothing more is expected of it; a late fill may still come.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Status::Denied | Status::Filled | Status::Canceled | Status::Rejected | Status::Expired
        )
    }

    /// It may trade at the venue.
    pub const fn is_open(self) -> bool {
        !self.is_final()
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Status::Denied => "Denied",
            Status::PendingNew => "PendingNew",
            Status::New => "New",
            Status::PendingCancel => "PendingCancel",
            Status::PendingReplace => "PendingReplace",
            Status::InDoubt => "InDoubt",
            Status::Filled => "Filled",
            Status::Canceled => "Canceled",
            Status::Rejected => "Rejected",
            Status::Expired => "Expired",
        })
    }
}

/// Why the venue refused, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The venue's code, or ours.
    pub code: String,
    /// A sentence.
    pub text: String,
}

impl Refusal {
    /// Without anything in its words that acts on a terminal.
    pub fn plain(self) -> Refusal {
        Refusal { code: make_plain(self.code), text: make_plain(self.text) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text, self.code)
    }
}

/// What happens to an order after it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// The venue has it.
    Accepted {
        /// Its name there.
        venue_id: VenueOrderId,
    },
    /// The venue refused it.
    Rejected(Refusal),
    /// Its stop price traded: it works as the limit order that it turned into.
    Triggered,
    /// Part or all of it traded.
    Filled(Fill),
    /// It is canceled.
    Canceled,
    /// The venue ended it.
    Expired,
    /// We asked for its cancel.
    CancelSent,
    /// The venue refused the cancel; the order works on.
    CancelRejected(Refusal),
    /// We asked for a change.
    ReplaceSent,
    /// The venue changed it.
    Replaced {
        /// The new total quantity, filled lots included.
        quantity: Quantity,
        /// The new limit price, where the kind has one.
        price: Option<Price>,
    },
    /// The venue refused the change; the order works on as it was.
    ReplaceRejected(Refusal),
    /// The venue's answer to the order did not come in time.
    NoReply,
    /// The venue takes no stop orders: we keep it until its stop price trades.
    Kept,
    /// The stop price of one that we kept has traded: it is about to be sent.
    Released,
}

impl Report {
    /// Without anything in the venue's words that acts on a terminal.
    pub fn plain(self) -> Report {
        match self {
            Report::Rejected(refusal) => Report::Rejected(refusal.plain()),
            Report::CancelRejected(refusal) => Report::CancelRejected(refusal.plain()),
            Report::ReplaceRejected(refusal) => Report::ReplaceRejected(refusal.plain()),
            other => other,
        }
    }

    /// A word for messages and tables.
    pub const fn word(&self) -> &'static str {
        match self {
            Report::Accepted { .. } => "accepted",
            Report::Rejected(_) => "rejected",
            Report::Triggered => "triggered",
            Report::Filled(_) => "filled",
            Report::Canceled => "canceled",
            Report::Expired => "expired",
            Report::CancelSent => "cancel_sent",
            Report::CancelRejected(_) => "cancel_rejected",
            Report::ReplaceSent => "replace_sent",
            Report::Replaced { .. } => "replaced",
            Report::ReplaceRejected(_) => "replace_rejected",
            Report::NoReply => "no_reply",
            Report::Kept => "kept",
            Report::Released => "released",
        }
    }
}

/// An order and all that happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Our number of it.
    pub id: OrderId,
    /// What was asked for, as amended.
    pub ticket: Ticket,
    /// Where it stands.
    pub status: Status,
    /// Its stop price has traded; false for a kind without one.
    pub is_triggered: bool,
    /// We keep it until its stop price trades; the venue has never heard of it.
    pub is_kept: bool,
    /// Its name at the venue.
    pub venue_id: Option<VenueOrderId>,
    /// What traded, in the order it was reported.
    pub fills: Vec<Fill>,
    /// Why it, its cancel or its change was refused last.
    pub refusal: Option<Refusal>,
}

impl Order {
    /// An order that is about to be sent.
    pub fn sent(id: OrderId, ticket: Ticket) -> Order {
        let status = Status::PendingNew;
        let (is_triggered, is_kept, venue_id) = (false, false, None);
        let (fills, refusal) = (Vec::new(), None);
        Order { id, ticket, status, is_triggered, is_kept, venue_id, fills, refusal }
    }

    /// An order that we refused.
    pub fn denied(id: OrderId, ticket: Ticket, refusal: Refusal) -> Order {
        Order { status: Status::Denied, refusal: Some(refusal), ..Order::sent(id, ticket) }
    }

    /// Lots traded so far.
    pub fn filled(&self) -> Quantity {
        Quantity::from_raw(self.fills.iter().map(|it| it.quantity.raw()).sum())
    }

    /// Lots not traded yet, whether or not they still may be.
    pub fn left(&self) -> Quantity {
        Quantity::from_raw(self.ticket.quantity.raw() - self.filled().raw())
    }

    /// Lots that may still trade.
    pub fn working(&self) -> Quantity {
        if self.status.is_open() { self.left() } else { Quantity::ZERO }
    }

    /// What the venue is sent: of one that we kept, what its stop turned it into.
    pub fn sendable(&self) -> Ticket {
        let kind = match self.ticket.kind {
            Kind::StopLimit if self.is_triggered => Kind::Limit,
            Kind::Stop if self.is_triggered => Kind::Market,
            kind => return Ticket { kind, ..self.ticket },
        };
        let at_once = kind == Kind::Market && self.ticket.time_in_force == TimeInForce::Rod;
        let time_in_force = if at_once { TimeInForce::Ioc } else { self.ticket.time_in_force };
        Ticket { kind, stop_price: None, time_in_force, ..self.ticket }
    }

    /// The average price of its fills, half a count rounded up; `None` without one.
    pub fn average(&self) -> Option<Price> {
        let weigh = |it: &Fill| i128::from(it.price.raw()) * i128::from(it.quantity.raw());
        let total: i128 = self.fills.iter().map(weigh).sum();
        let filled = i128::from(self.filled().raw());
        if filled == 0 {
            return None;
        }
        i64::try_from((total + filled / 2).div_euclid(filled)).ok().map(Price::from_raw)
    }

    /// The venue has said that it has the order: it named it, or traded it.
    pub fn is_answered(&self) -> bool {
        self.venue_id.is_some() || !self.fills.is_empty()
    }

    /// Moves the order, or explains why the report makes no sense; then nothing has changed.
    /// A fill may overtake the acceptance and may cross a cancel on the wire; an order that has
    /// ended still takes a late fill, because the venue's word on trades is final.
    pub fn apply(&mut self, report: &Report) -> Result<Status, OrderError> {
        use Report as R;
        use Status::*;
        self.status = match (self.status, report) {
            (PendingNew | InDoubt | PendingCancel | PendingReplace, R::Accepted { venue_id }) => {
                let is_first = matches!(self.status, PendingNew | InDoubt);
                self.venue_id = Some(*venue_id);
                if is_first { New } else { self.status }
            }
            // A fill overtook the acceptance: only the venue's name for the order is news.
            (from @ (New | Filled | Canceled | Expired), R::Accepted { venue_id })
                if self.venue_id.is_none() =>
            {
                self.venue_id = Some(*venue_id);
                from
            }
            (PendingNew | InDoubt | PendingCancel | PendingReplace, R::Rejected(refusal)) => {
                self.refusal = Some(refusal.clone());
                Rejected
            }
            // The request timed out: it may be live. Only the venue can tell.
            (PendingNew, R::NoReply) => InDoubt,
            (PendingNew | InDoubt | New | PendingCancel | PendingReplace, R::CancelSent) => {
                PendingCancel
            }
            (PendingCancel, R::CancelRejected(refusal)) => {
                self.refusal = Some(refusal.clone());
                // A cancel may be refused before the venue has answered to the order itself.
                if self.is_answered() { New } else { InDoubt }
            }
            // The cancel or change crossed the order's end: nothing works that it could concern.
            (
                from @ (Filled | Canceled | Expired | Rejected),
                R::CancelRejected(_) | R::ReplaceRejected(_),
            ) => from,
            (New, R::ReplaceSent) => PendingReplace,
            // The venue changes an order by itself, or tells of a change that counted as refused.
            (from @ (New | PendingReplace | PendingCancel), R::Replaced { quantity, price }) => {
                self.ticket.quantity = *quantity;
                self.ticket.price = *price;
                match from {
                    // A fill crossed a change that left nothing to trade.
                    _ if self.filled() >= *quantity => Filled,
                    PendingCancel => PendingCancel,
                    _ => New,
                }
            }
            (PendingReplace | PendingCancel, R::ReplaceRejected(refusal)) => {
                self.refusal = Some(refusal.clone());
                if self.status == PendingCancel { PendingCancel } else { New }
            }
            (PendingNew | InDoubt | New | PendingCancel | PendingReplace, R::Canceled) => Canceled,
            (PendingNew | InDoubt | New | PendingCancel | PendingReplace, R::Expired) => Expired,
            // It may overtake the acceptance and cross the end, as a fill may.
            (from, R::Triggered) if from != Denied && self.ticket.kind.has_stop() => {
                self.is_triggered = true;
                from
            }
            (PendingNew, R::Kept) if self.ticket.kind.has_stop() && !self.is_triggered => {
                self.is_kept = true;
                New
            }
            (New, R::Released) if self.is_kept => {
                (self.is_kept, self.is_triggered) = (false, true);
                PendingNew
            }
            (PendingNew | InDoubt | New, R::Filled(fill)) => self.count(fill, New)?,
            (
                from @ (PendingCancel | PendingReplace | Canceled | Expired | Filled | Rejected),
                R::Filled(fill),
            ) => self.count(fill, from)?,
            (from, report) => {
                return Err(OrderError::OutOfTurn { id: self.id, from, report: report.word() });
            }
        };
        Ok(self.status)
    }

    fn count(&mut self, fill: &Fill, unless_full: Status) -> Result<Status, OrderError> {
        let (id, trade) = (self.id, fill.trade);
        if self.fills.iter().any(|seen| seen.trade == trade) {
            return Err(OrderError::Duplicate { id, trade });
        }
        let left = self.left();
        if fill.quantity > left || !fill.quantity.is_positive() {
            return Err(OrderError::Overfill { id, trade, quantity: fill.quantity, left });
        }
        // Most orders have one fill, and they are many.
        if self.fills.is_empty() {
            self.fills.reserve_exact(1);
        }
        self.fills.push(*fill);
        Ok(if fill.quantity == left { Status::Filled } else { unless_full })
    }
}

#[cfg(test)]
mod tests;
