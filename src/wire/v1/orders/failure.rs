//! Why a request was not carried out, with the codes that clients know.

/// The codes of v1, and ours below them. A limit's code is `RISK_` and the limit's name in capitals.
pub mod code {
    /// A key is missing, or a field has a bad value; the message names it.
    pub const INVALID_ORDER: &str = "INVALID_ORDER";
    /// The exchange failed.
    pub const ORDER_EXECUTION_ERROR: &str = "ORDER_EXECUTION_ERROR";
    /// `get_positions` names no account.
    pub const MISSING_ACCOUNT: &str = "MISSING_ACCOUNT";
    /// Positions cannot be told.
    pub const POSITION_QUERY_ERROR: &str = "POSITION_QUERY_ERROR";
    /// Health cannot be told.
    pub const HEALTH_CHECK_ERROR: &str = "HEALTH_CHECK_ERROR";
    /// The operation is missing or not known.
    pub const UNKNOWN_OPERATION: &str = "UNKNOWN_OPERATION";
    /// Not JSON, an empty body, or an object with a repeated key.
    pub const INVALID_JSON: &str = "INVALID_JSON";
    /// JSON that is not an object, or not UTF-8.
    pub const PROCESSING_ERROR: &str = "PROCESSING_ERROR";
    /// A fault of ours.
    pub const INTERNAL_ERROR: &str = "INTERNAL_ERROR";
    /// Trading is halted.
    pub const TRADING_HALTED: &str = "TRADING_HALTED";
    /// Only orders that reduce a position are taken.
    pub const REDUCE_ONLY: &str = "REDUCE_ONLY";
    /// The request id was used before, for another request.
    pub const DUPLICATE_REQUEST: &str = "DUPLICATE_REQUEST";
    /// Sent, outcome unknown: ask for the order, never send it again.
    pub const IN_DOUBT: &str = "IN_DOUBT";
    /// Nobody is logged in at the venue.
    pub const NOT_LOGGED_IN: &str = "NOT_LOGGED_IN";
    /// The frame is too large or nests too deeply.
    pub const TOO_LARGE: &str = "TOO_LARGE";
    /// An entry whose tick is too old.
    pub const STALE_SIGNAL: &str = "STALE_SIGNAL";
}

/// An error reply: a code for programs, a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct Failure {
    /// One of [`code`], or `RISK_` with a limit's name.
    pub code: &'static str,
    /// A sentence that names the place and the value.
    pub message: String,
}

impl Failure {
    /// A failure in words.
    pub fn new(code: &'static str, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into() }
    }
}
