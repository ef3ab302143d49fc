//! Replies, in the shapes, the key order and the compact form that v1 clients know.

use aftm_domain::order::Refusal;
use aftm_domain::{AccountId, Code, Instrument, Money, Order, OrderId, Price, Quantity};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Failure, code, words};

/// What is held of one item in one account.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PositionRow {
    /// Whose.
    pub account: AccountId,
    /// Of what.
    pub item_code: Code,
    /// Long less short.
    #[serde(serialize_with = "whole")]
    pub quantity: Quantity,
    /// What it was opened at; null where long and short cancel out.
    #[serde(serialize_with = "float")]
    pub average_price: Option<Price>,
    /// Open profit before fees; null where the market has no price yet.
    #[serde(serialize_with = "float")]
    pub unrealized_pnl: Option<Money>,
}

/// How the machine is. v1 executors ask before each order and send it only to a healthy one.
#[derive(Clone, Copy, Debug)]
pub struct Health {
    /// Logged in at the venue, and the venue connected.
    pub is_healthy: bool,
    /// The venue is connected.
    pub is_connected: bool,
    /// POSIX seconds.
    pub timestamp: i64,
    /// Milliseconds since the last tick; none where there was none yet.
    pub feed_age_ms: Option<u64>,
}

/// What an account holds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AccountRow {
    /// Which account.
    pub account: AccountId,
    /// Money without open profit.
    #[serde(serialize_with = "money")]
    pub balance: Money,
    /// Money with open profit.
    #[serde(serialize_with = "money")]
    pub equity: Money,
    /// Deposited for positions and working orders.
    #[serde(serialize_with = "money")]
    pub margin: Money,
    /// Left for new orders.
    #[serde(serialize_with = "money")]
    pub available: Money,
    /// Profit of the day's closed lots, before fees and tax.
    #[serde(serialize_with = "money")]
    pub realized_pnl: Money,
    /// Open profit.
    #[serde(serialize_with = "money")]
    pub unrealized_pnl: Money,
    /// The day's fees.
    #[serde(serialize_with = "money")]
    pub fees: Money,
    /// The day's tax.
    #[serde(serialize_with = "money")]
    pub tax: Money,
}

/// Where the machine stands.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Status {
    /// `active`, `reducing` or `halted`.
    pub trading_state: &'static str,
    /// Somebody is logged in at the venue.
    pub logged_in: bool,
    /// The venue is connected.
    pub exchange_connected: bool,
    /// Orders that may still trade.
    pub working_orders: usize,
    /// Orders whose outcome only the venue knows.
    pub in_doubt_orders: usize,
    /// Milliseconds since the last tick; null where there was none yet.
    pub feed_age_ms: Option<u64>,
    /// POSIX seconds.
    pub timestamp: i64,
}

#[derive(Serialize)]
struct Success<T> {
    success: bool,
    data: T,
}

#[derive(Serialize)]
struct Failed<'a> {
    success: bool,
    error_message: &'a str,
    error_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_serial: Option<OrderId>,
}

#[derive(Serialize)]
struct Sent<'a> {
    is_send_order: bool,
    note: &'a str,
    order_serial: &'a str,
    error_code: &'a str,
    error_message: &'a str,
}

/// The exchange took the order.
pub fn accepted(note: &str, order_serial: OrderId) -> Vec<u8> {
    let (order_serial, error_code) = (&order_serial.to_string(), "0");
    succeeded(Sent { is_send_order: true, note, order_serial, error_code, error_message: "" })
}

/// The exchange refused the order.
pub fn refused(refusal: &Refusal) -> Vec<u8> {
    let (error_code, error_message) = (refusal.code.as_str(), refusal.text.as_str());
    succeeded(Sent { is_send_order: false, note: "", order_serial: "", error_code, error_message })
}

/// The request was not carried out.
pub fn failed(failure: &Failure) -> Vec<u8> {
    written(&Failed {
        success: false,
        error_message: &failure.message,
        error_code: failure.code,
        order_serial: None,
    })
}

/// The order was sent and may be live; the client must ask for it by its number, not send it again.
pub fn in_doubt(order_serial: OrderId, message: &str) -> Vec<u8> {
    written(&Failed {
        success: false,
        error_message: message,
        error_code: code::IN_DOUBT,
        order_serial: Some(order_serial),
    })
}

/// The positions of an account, one row an item.
pub fn positions(rows: &[PositionRow]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Positions<'a> {
        positions: &'a [PositionRow],
    }
    succeeded(Positions { positions: rows })
}

/// The answer to a health check. Whoever can answer is a server that runs.
pub fn health(health: &Health) -> Vec<u8> {
    #[derive(Serialize)]
    struct Row {
        status: &'static str,
        exchange_connected: bool,
        timestamp: i64,
        server_running: bool,
        feed_age_ms: Option<u64>,
    }
    let Health { is_healthy, is_connected, timestamp, feed_age_ms } = *health;
    succeeded(Row {
        status: if is_healthy { "healthy" } else { "unhealthy" },
        exchange_connected: is_connected,
        timestamp,
        server_running: true,
        feed_age_ms,
    })
}

/// The cancel is on its way; whether it came in time the order's status tells.
pub fn cancel_sent(order_serial: OrderId) -> Vec<u8> {
    #[derive(Serialize)]
    struct Row {
        is_cancel_sent: bool,
        order_serial: OrderId,
    }
    succeeded(Row { is_cancel_sent: true, order_serial })
}

/// Orders, each in the words it was sent in, and what became of it. Where there are earlier ones,
/// `earlier` is the order before which they are asked for.
pub fn orders<'a>(page: impl IntoIterator<Item = &'a Order>, earlier: Option<OrderId>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Orders<'a> {
        orders: Vec<OrderRow<'a>>,
        earlier: Option<OrderId>,
    }
    succeeded(Orders { orders: page.into_iter().map(OrderRow::of).collect(), earlier })
}

/// Accounts.
pub fn accounts(rows: &[AccountRow]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Accounts<'a> {
        accounts: &'a [AccountRow],
    }
    succeeded(Accounts { accounts: rows })
}

/// What can be traded.
pub fn instruments<'a>(all: impl IntoIterator<Item = &'a Instrument>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Instruments<'a> {
        instruments: Vec<InstrumentRow<'a>>,
    }
    succeeded(Instruments { instruments: all.into_iter().map(InstrumentRow::of).collect() })
}

/// The answer to a kill: trading is halted, so many cancels and closing orders were sent, and so many
/// orders and positions are left as far as the exchange has answered.
pub fn halted(canceling: u64, closing: u64, left: u64) -> Vec<u8> {
    #[derive(Serialize)]
    struct Row {
        trading_state: &'static str,
        canceling: u64,
        closing: u64,
        left: u64,
    }
    succeeded(Row { trading_state: "halted", canceling, closing, left })
}

/// Where the machine stands.
pub fn status(status: &Status) -> Vec<u8> {
    succeeded(status)
}

#[derive(Serialize)]
struct OrderRow<'a> {
    order_serial: OrderId,
    order_account: AccountId,
    item_code: Code,
    side: &'static str,
    order_type: &'static str,
    #[serde(serialize_with = "float")]
    price: Option<Price>,
    #[serde(serialize_with = "float")]
    stop_price: Option<Price>,
    #[serde(serialize_with = "whole")]
    quantity: Quantity,
    #[serde(serialize_with = "whole")]
    filled: Quantity,
    open_close: &'static str,
    note: &'a str,
    day_trade: &'static str,
    time_in_force: &'static str,
    status: String,
    error_code: &'a str,
    error_message: &'a str,
}

impl OrderRow<'_> {
    fn of(order: &Order) -> OrderRow<'_> {
        let ticket = &order.ticket;
        let refusal = order.refusal.as_ref();
        OrderRow {
            order_serial: order.id,
            order_account: ticket.account,
            item_code: ticket.item,
            side: ticket.side.word(),
            order_type: words::word(&words::KINDS, &ticket.kind),
            price: ticket.price,
            stop_price: ticket.stop_price,
            quantity: ticket.quantity,
            filled: order.filled(),
            open_close: words::word(&words::OPEN_CLOSE, &ticket.open_close),
            note: ticket.note.as_str(),
            day_trade: words::word(&words::DAY_TRADE, &ticket.day_trade),
            time_in_force: words::word(&words::TIME_IN_FORCE, &ticket.time_in_force),
            status: order.status.to_string(),
            error_code: refusal.map_or("0", |it| &it.code),
            error_message: refusal.map_or("", |it| &it.text),
        }
    }
}

#[derive(Serialize)]
struct InstrumentRow<'a> {
    item_code: Code,
    name: &'a str,
    product: Code,
    month: &'a str,
    #[serde(serialize_with = "float")]
    tick_size: Option<Price>,
    #[serde(serialize_with = "whole")]
    multiplier: Quantity,
    currency: &'a str,
    last_trading_day: String,
    #[serde(serialize_with = "whole")]
    lot_step: Quantity,
    #[serde(serialize_with = "whole")]
    market_order_max: Quantity,
    #[serde(serialize_with = "whole")]
    limit_order_max: Quantity,
}

impl InstrumentRow<'_> {
    fn of(instrument: &Instrument) -> InstrumentRow<'_> {
        InstrumentRow {
            item_code: instrument.code,
            name: &instrument.name,
            product: instrument.product,
            month: &instrument.month,
            tick_size: Some(instrument.ticks.finest()),
            multiplier: instrument.multiplier,
            currency: &instrument.currency,
            last_trading_day: instrument.last_trading_day.to_string(),
            lot_step: instrument.lot_step,
            market_order_max: instrument.market_order_max,
            limit_order_max: instrument.limit_order_max,
        }
    }
}

fn succeeded<T: Serialize>(data: T) -> Vec<u8> {
    written(&Success { success: true, data })
}

fn written<T: Serialize>(reply: &T) -> Vec<u8> {
    #[allow(clippy::expect_used)] // Our own rows have text keys and finite numbers.
    serde_json::to_vec(reply).expect("a reply serializes")
}

/// Exact decimal text as a JSON number, never through a float.
fn number<S: Serializer>(text: String, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(text).map_err(serde::ser::Error::custom)?.serialize(serializer)
}

/// An integer where it is whole.
fn whole<S: Serializer>(value: &Quantity, serializer: S) -> Result<S::Ok, S::Error> {
    number(value.to_string(), serializer)
}

/// With a decimal point, as Python writes the floats that stood here: a client in a typed language
/// may have learned the type from it.
fn pointed<S: Serializer>(mut text: String, serializer: S) -> Result<S::Ok, S::Error> {
    if !text.contains('.') {
        text.push_str(".0");
    }
    number(text, serializer)
}

fn money<S: Serializer>(value: &Money, serializer: S) -> Result<S::Ok, S::Error> {
    pointed(value.to_string(), serializer)
}

fn float<T: ToString, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => pointed(value.to_string(), serializer),
        None => serializer.serialize_none(),
    }
}
