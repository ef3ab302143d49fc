//! What the exchange says when it refuses: a stable code for machines, a sentence for people.

use aftm_domain::order::Refusal;

pub(crate) const ACCOUNT: &str = "UNKNOWN_ACCOUNT";
pub(crate) const ITEM: &str = "UNKNOWN_ITEM";
pub(crate) const CURRENCY: &str = "CURRENCY";
pub(crate) const CONTRACT: &str = "CONTRACT_EXPIRED";
pub(crate) const CLOSED: &str = "MARKET_CLOSED";
pub(crate) const PRICE: &str = "PRICE";
pub(crate) const TICK: &str = "TICK";
pub(crate) const PRICE_LIMIT: &str = "PRICE_LIMIT";
pub(crate) const NO_PRICE: &str = "NO_PRICE";
pub(crate) const QUANTITY: &str = "QUANTITY";
pub(crate) const TOO_LARGE: &str = "TOO_LARGE";
pub(crate) const TIME_IN_FORCE: &str = "TIME_IN_FORCE";
pub(crate) const NOT_HELD: &str = "NOT_HELD";
pub(crate) const MARGIN: &str = "MARGIN";
pub(crate) const RANGE: &str = "OUT_OF_RANGE";
pub(crate) const DUPLICATE: &str = "DUPLICATE";
pub(crate) const REHEARSAL: &str = "REHEARSAL";
pub(crate) const ORDER: &str = "UNKNOWN_ORDER";
pub(crate) const ENDED: &str = "ORDER_ENDED";
pub(crate) const NO_CHANGE: &str = "NO_CHANGE";
pub(crate) const LOGIN: &str = "LOGIN";
pub(crate) const CONNECTION: &str = "NOT_CONNECTED";

pub(crate) fn refusal(code: &str, text: impl Into<String>) -> Refusal {
    Refusal { code: code.to_owned(), text: text.into() }
}
