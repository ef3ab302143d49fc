//! What came of a request: codes, and the words for them.

use crate::layout::codes;

codes! {
    /// Done. Done, or handed to the venue.
    OK = 0, "done";
    /// An argument is missing or malformed. A NULL, a text that does not fit, a value outside its
    /// list.
    E_ARG = -1, "an argument is missing or malformed";
    /// The versions do not fit. A struct_size or a version that cannot be served.
    E_ABI = -2, "the versions do not fit";
    /// Not possible in this state. Not logged in yet, or logged in already.
    E_STATE = -3, "not possible in this state";
    /// Not offered by this plug-in. No capability for it.
    E_UNSUPPORTED = -4, "not offered by this plug-in";
    /// Called from inside a callback. A call from within on_event or on_log.
    E_WRONG_THREAD = -5, "called from inside a callback";
    /// The session is closed. Nothing can be done with it.
    E_CLOSED = -6, "the session is closed";
    /// The venue cannot be reached. The request was not sent, or the connection is lost.
    E_NET = -10, "the venue cannot be reached";
    /// Too many requests. The venue's or the plug-in's limit; try again later.
    E_BUSY = -11, "too many requests";
    /// No answer in time. An order may be live all the same.
    E_TIMEOUT = -12, "no answer in time";
    /// Refused by the venue. For a reason without a code of its own.
    E_REJECTED = -20, "refused by the venue";
    /// The login was refused. Who or what was wrong is in the text.
    E_AUTH = -21, "the login was refused";
    /// Sent before. This client_order_id was used.
    E_DUPLICATE = -22, "sent before";
    /// Unknown instrument. Or one that does not trade now or any more.
    E_INSTRUMENT = -23, "unknown instrument";
    /// A field is not acceptable. The text names field and value.
    E_FIELD = -24, "a field is not acceptable";
    /// Not enough money. Margin or balance.
    E_FUNDS = -25, "not enough money";
    /// Not enough held to close. Of the side, or of today's or yesterday's lots.
    E_POSITION = -26, "not enough held to close";
    /// Unknown order. The venue has never heard of it.
    E_NO_ORDER = -27, "unknown order";
    /// The order can no longer be canceled or changed. It has ended, or is ending.
    E_NOT_CANCELABLE = -28, "the order can no longer be canceled or changed";
    /// Only closing is allowed. Of the instrument or the account.
    E_CLOSE_ONLY = -29, "only closing is allowed";
    /// Not permitted. This user, this account or this order type.
    E_PERMISSION = -30, "not permitted";
    /// The settlement is not confirmed. The broker wants it confirmed first.
    E_SETTLEMENT = -31, "the settlement is not confirmed";
    /// The login is locked. Expired, weak or first password: a person must act.
    E_LOCKED = -32, "the login is locked";
    /// The price is not acceptable. Off the tick, beyond the limits, missing or not wanted.
    E_PRICE = -33, "the price is not acceptable";
    /// The quantity is not acceptable. Not a multiple of the lot, not above 0, too large.
    E_QUANTITY = -34, "the quantity is not acceptable";
    /// The market is closed. Outside its sessions.
    E_MARKET_CLOSED = -35, "the market is closed";
    /// A fault inside the plug-in. A caught exception or panic.
    E_INTERNAL = -99, "a fault inside the plug-in";
}
