//! What the trader owns and has asked for.

use super::{Moment, Money, Nano};

/// Buy or sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Buy.
    Buy,
    /// Sell.
    Sell,
}

impl Side {
    /// The word of the command language.
    pub const fn word(self) -> &'static str {
        match self {
            Side::Buy => "buy",
            Side::Sell => "sell",
        }
    }

    /// The other side.
    pub const fn other(self) -> Side {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }
}

/// A support or resistance condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Its name.
    pub id: String,
    /// Of what.
    pub item: String,
    /// What its entry does.
    pub side: Side,
    /// The trigger that was set.
    pub trigger: Nano,
    /// Where the trigger stands now: a following one moves with the price.
    pub trigger_now: Nano,
    /// Points that the price turns back before the entry.
    pub turning: Nano,
    /// Lots.
    pub quantity: Nano,
    /// Points of profit at which it leaves.
    pub take_profit: Option<Nano>,
    /// Points of loss at which it leaves.
    pub stop_loss: Option<Nano>,
    /// Whether the trigger follows the price.
    pub following: bool,
    /// Its account; `None` takes the one selected when it enters.
    pub account: Option<String>,
    /// Where it stands.
    pub state: ConditionState,
    /// Whether its entry is held back.
    pub is_paused: bool,
    /// The price at which it acts next, where there is one: entry, or the nearer exit.
    pub next: Option<Nano>,
    /// Prices of take profit and stop loss while it holds a position.
    pub exits: [Option<Nano>; 2],
    /// Lots that it opened and has not closed.
    pub open: Nano,
    /// What the trader should know of it: why its entry was refused, what its exit waits for.
    pub remark: String,
}

/// Where a condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConditionState {
    /// The price has not reached its trigger.
    Waiting,
    /// The trigger was reached; it waits for the turn.
    Armed,
    /// It has entered.
    Entered,
    /// It has left, and is over.
    Done,
    /// It can no longer act: its entry was refused.
    Failed,
}

/// An order.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Our number, like `A12`.
    pub id: String,
    /// The venue's name for it.
    pub venue_id: Option<String>,
    /// When it was first seen.
    pub time: Moment,
    /// Of what.
    pub item: String,
    /// For whom.
    pub account: String,
    /// Buy or sell.
    pub side: Side,
    /// How it is priced.
    pub kind: OrderKind,
    /// The limit price.
    pub price: Option<Nano>,
    /// The stop price.
    pub stop: Option<Nano>,
    /// Lots ordered.
    pub quantity: Nano,
    /// Lots filled.
    pub filled: Nano,
    /// Average price of its fills.
    pub average: Option<Nano>,
    /// `rod`, `ioc` or `fok`.
    pub time_in_force: String,
    /// `auto`, `open` or `close`.
    pub open_close: String,
    /// Where it stands.
    pub state: OrderState,
    /// Why it, its cancel or its change was refused, in words.
    pub reason: String,
    /// The condition it belongs to; empty for an order by hand.
    pub source: String,
    /// What it protects, where it is a protection that the gateway keeps; it is an order with a
    /// number like any other, and its own exits are its prices.
    pub protects: Option<Protects>,
}

/// What a protection protects, and how far it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protects {
    /// The order that it is attached to; empty for a position.
    pub on: String,
    /// The other of two orders of which one cancels the other; empty for exits.
    pub other: String,
    /// Where it stands.
    pub state: ProtectState,
    /// The order that works for it at the exchange; empty where the gateway watches alone.
    pub leg: String,
    /// Points of its exits as they were said, each empty where there is none: take profit, stop
    /// loss, trail, breakeven.
    pub exits: [String; 4],
}

/// Where a protection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProtectState {
    /// Nothing is filled yet that it could protect.
    #[default]
    Waiting,
    /// It watches the market.
    Armed,
    /// A level was reached: it closes.
    Triggered,
    /// It cannot close because trading is halted.
    Held,
    /// It is over.
    Done,
}

impl Order {
    /// Whether it works at the exchange, and is canceled with all that does.
    pub const fn works(&self) -> bool {
        self.is_open() && self.protects.is_none()
    }

    /// Where it stands in the market by itself: what rests for a protection is an order of its own.
    pub fn stands(&self) -> bool {
        self.is_open()
            && self.protects.as_ref().is_none_or(|it| it.leg.is_empty() && it.other.is_empty())
    }

    /// Whether it may still trade, and so be cancelled: everything that is not over.
    pub const fn is_open(&self) -> bool {
        self.state.is_open()
    }
}

/// How an order is priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderKind {
    /// At the market.
    Market,
    /// At the market within the exchange's range.
    Range,
    /// At its price or better.
    Limit,
    /// At the market once the stop price trades.
    Stop,
    /// At its price once the stop price trades.
    StopLimit,
}

/// Where an order stands, in the words of FIX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// Received, not yet decided.
    Received,
    /// Refused here.
    Denied,
    /// Sent, not yet answered.
    PendingNew,
    /// Working.
    New,
    /// Traded in full.
    Filled,
    /// Cancelled.
    Canceled,
    /// Refused by the venue.
    Rejected,
    /// Ended with its session.
    Expired,
    /// Its cancel is on the way.
    PendingCancel,
    /// Its change is on the way.
    PendingReplace,
    /// The venue's answer did not come: it may be live.
    InDoubt,
}

impl OrderState {
    /// Whether it may still trade.
    pub const fn is_open(self) -> bool {
        !matches!(
            self,
            OrderState::Denied
                | OrderState::Filled
                | OrderState::Canceled
                | OrderState::Rejected
                | OrderState::Expired
        )
    }
}

/// A fill.
#[derive(Clone, Debug, PartialEq)]
pub struct Fill {
    /// The order that was filled.
    pub order: String,
    /// When, on the exchange's clock, in UTC.
    pub time: Moment,
    /// Of what.
    pub item: String,
    /// For whom.
    pub account: String,
    /// Buy or sell.
    pub side: Side,
    /// Lots.
    pub quantity: Nano,
    /// The price.
    pub price: Nano,
    /// What venue and broker take.
    pub fee: Money,
    /// What the state takes.
    pub tax: Money,
    /// The condition it belongs to; empty for an order by hand.
    pub source: String,
}

/// A position: one row an account and item.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    /// Whose.
    pub account: String,
    /// Of what.
    pub item: String,
    /// Lots held long.
    pub long: Nano,
    /// Lots held short.
    pub short: Nano,
    /// Average opening price of the long lots.
    pub long_average: Option<Nano>,
    /// Average opening price of the short lots.
    pub short_average: Option<Nano>,
    /// The last price.
    pub last: Option<Nano>,
    /// Points of open profit over all lots at the last price.
    pub open_points: Option<Nano>,
    /// Money of open profit at the last price, before fees and tax.
    pub open_profit: Option<Money>,
    /// Profit of the closed lots, before fees and tax.
    pub realized: Money,
    /// Fees and tax so far.
    pub costs: Money,
}

impl Position {
    /// Long less short lots.
    pub const fn net(&self) -> Nano {
        self.long.saturating_sub(self.short)
    }
}

/// An account's money.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountMoney {
    /// Of its money.
    pub currency: String,
    /// Without open profit.
    pub balance: Money,
    /// With open profit.
    pub equity: Money,
    /// Deposited for positions and working orders.
    pub margin: Money,
    /// Left for new orders.
    pub available: Money,
    /// The day's profit of closed lots, before fees and tax.
    pub realized: Money,
    /// Profit of open lots.
    pub open_profit: Money,
    /// The day's fees and tax.
    pub costs: Money,
}
