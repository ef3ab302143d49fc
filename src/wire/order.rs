//! Orders, fills and positions as they are asked for and shown.

use aftm_domain::order::{Kind, Refusal, Status, Ticket, TimeInForce};
use aftm_domain::{
    AccountId, Code, ConditionId, ExchangeTime, Money, Note, OpenClose, OrderId, Price, Quantity,
    RequestId, Side, SignalKind, TradeId, VenueOrderId,
};
use serde::{Deserialize, Serialize, Serializer};

use super::Signal;

/// An order that somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// The client's name for the request: the same name is the same order for ever.
    pub request: Option<RequestId>,
    /// For whom; `None` takes the selected account.
    pub account: Option<AccountId>,
    /// Of what.
    pub item: Code,
    /// Buy or sell.
    pub side: Side,
    /// How it is priced.
    pub kind: Kind,
    /// The limit price.
    pub price: Option<Price>,
    /// The stop price.
    pub stop_price: Option<Price>,
    /// Lots.
    pub quantity: Quantity,
    /// How long it lives.
    pub time_in_force: TimeInForce,
    /// Whether it opens or closes.
    pub open_close: OpenClose,
    /// Marked as a day trade.
    pub day_trade: bool,
    /// A free remark.
    pub note: Note,
    /// The signal that it follows; its quantity and effect are then decided with the position.
    pub signal: Option<Signal>,
    /// The time of the v1 signal that it follows, so that a stale one cannot open.
    pub signal_time: Option<ExchangeTime>,
}

impl Intent {
    /// The order of a ticket, under a request id where the client has one.
    pub fn of_ticket(ticket: &Ticket, request: Option<RequestId>) -> Intent {
        Intent {
            request,
            account: Some(ticket.account),
            item: ticket.item,
            side: ticket.side,
            kind: ticket.kind,
            price: ticket.price,
            stop_price: ticket.stop_price,
            quantity: ticket.quantity,
            time_in_force: ticket.time_in_force,
            open_close: ticket.open_close,
            day_trade: ticket.day_trade,
            note: ticket.note,
            signal: None,
            signal_time: None,
        }
    }

    /// The order that a signal asks for: at the market, at once, closing before it opens.
    pub fn of_signal(signal: &Signal) -> Intent {
        Intent {
            request: Some(signal.id.request()),
            account: signal.account,
            item: signal.item,
            side: signal.side,
            kind: Kind::Market,
            price: None,
            stop_price: None,
            quantity: signal.quantity,
            time_in_force: TimeInForce::Ioc,
            open_close: OpenClose::Auto,
            day_trade: false,
            note: Note::default(),
            signal: Some(*signal),
            signal_time: None,
        }
    }
}

/// An order as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    /// Our number.
    pub order: OrderId,
    /// The condition it belongs to; empty for an order by hand.
    pub condition: Option<ConditionId>,
    /// Entry or exit of the condition.
    pub signal: Option<SignalKind>,
    /// What is traded.
    pub item: Code,
    /// For whom.
    pub account: AccountId,
    /// Buy or sell.
    pub side: Side,
    /// How it is priced.
    pub kind: Kind,
    /// The limit price.
    pub price: Option<Price>,
    /// The stop price.
    pub stop_price: Option<Price>,
    /// Lots ordered.
    pub quantity: Quantity,
    /// Lots filled.
    pub filled: Quantity,
    /// The average price of the fills.
    pub average: Option<Price>,
    /// How long it lives.
    pub time_in_force: TimeInForce,
    /// Whether it opens or closes.
    pub open_close: OpenClose,
    /// Where it stands.
    pub status: Status,
    /// The venue's name for it.
    pub venue_id: Option<VenueOrderId>,
    /// Why it, its cancel or its change was refused.
    pub refusal: Option<Refusal>,
    /// The remark.
    pub note: Note,
    /// When it was asked for, on the exchange's clock; absent where that had no time yet.
    pub time: Option<ExchangeTime>,
    /// It was not sent from here: the exchange listed it, and it was taken over.
    pub is_external: bool,
}

/// A fill as it is shown and exported: an entry or exit of a condition, or one of an order by hand,
/// whose condition and kind are empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillRow {
    /// The order that was filled.
    pub order: OrderId,
    /// The condition it belongs to.
    #[serde(serialize_with = "or_empty")]
    pub condition: Option<ConditionId>,
    /// Entry or exit of the condition.
    #[serde(serialize_with = "or_empty")]
    pub kind: Option<SignalKind>,
    /// What was traded.
    pub item: Code,
    /// For whom.
    pub account: AccountId,
    /// Buy or sell.
    pub side: Side,
    /// Lots.
    pub quantity: Quantity,
    /// The price.
    pub price: Price,
    /// What venue and broker take.
    pub fee: Money,
    /// What the state takes.
    pub tax: Money,
    /// When, on the exchange's clock.
    pub time: ExchangeTime,
    /// The venue's name for the fill.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trade: Option<TradeId>,
}

/// An absent value as an empty text for people, as nil for machines.
fn or_empty<T: Serialize, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        None if to.is_human_readable() => to.serialize_str(""),
        other => other.serialize(to),
    }
}

/// A position as it is shown: one row an account and item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionRow {
    /// Whose.
    pub account: AccountId,
    /// Of what.
    pub item: Code,
    /// Lots held long.
    pub long: Quantity,
    /// Lots held short.
    pub short: Quantity,
    /// Long less short.
    pub net: Quantity,
    /// Average opening price of the long lots.
    pub long_average: Option<Price>,
    /// Average opening price of the short lots.
    pub short_average: Option<Price>,
    /// The last price seen.
    pub last: Option<Price>,
    /// Profit of the open lots at the last price, before fees and tax.
    pub open_profit: Option<Money>,
    /// Profit of the closed lots, before fees and tax.
    pub realized: Money,
    /// Fees so far.
    pub fees: Money,
    /// Tax so far.
    pub tax: Money,
}
