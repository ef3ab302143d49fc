//! What the exchange says when it refuses: a stable code for machines, a sentence for people.

use aftm_domain::order::Refusal;

/// No such account.
pub const ACCOUNT: &str = "UNKNOWN_ACCOUNT";
/// No such item.
pub const ITEM: &str = "UNKNOWN_ITEM";
/// The item's currency is not the accounts'.
pub const CURRENCY: &str = "CURRENCY";
/// The contract has ended.
pub const CONTRACT: &str = "CONTRACT_EXPIRED";
/// The market is closed.
pub const CLOSED: &str = "MARKET_CLOSED";
/// A price that is missing, not wanted or not above 0.
pub const PRICE: &str = "PRICE";
/// A price between two ticks.
pub const TICK: &str = "TICK";
/// Beyond the day's limits.
pub const PRICE_LIMIT: &str = "PRICE_LIMIT";
/// Nothing to measure the order by: the item has not traded.
pub const NO_PRICE: &str = "NO_PRICE";
/// Not a multiple of the lot above 0, or not above what is filled.
pub const QUANTITY: &str = "QUANTITY";
/// More lots than an order may have.
pub const TOO_LARGE: &str = "TOO_LARGE";
/// A market order that is to rest.
pub const TIME_IN_FORCE: &str = "TIME_IN_FORCE";
/// More to close than is held.
pub const NOT_HELD: &str = "NOT_HELD";
/// Not enough money.
pub const MARGIN: &str = "MARGIN";
/// Amounts beyond what can be booked.
pub const RANGE: &str = "OUT_OF_RANGE";
/// The number was sent before.
pub const DUPLICATE: &str = "DUPLICATE";
/// A rehearsal asks for it.
pub const REHEARSAL: &str = "REHEARSAL";
/// No such order.
pub const ORDER: &str = "UNKNOWN_ORDER";
/// The order has ended.
pub const ENDED: &str = "ORDER_ENDED";
/// The change changes nothing.
pub const NO_CHANGE: &str = "NO_CHANGE";
/// The exchange ended before it took the order.
pub const STOPPED: &str = "STOPPED";
/// Unknown user.
pub const LOGIN: &str = "LOGIN";
/// Not connected; nothing was sent.
pub const CONNECTION: &str = "NOT_CONNECTED";

pub(crate) fn refusal(code: &str, text: impl Into<String>) -> Refusal {
    Refusal { code: code.to_owned(), text: text.into() }
}
