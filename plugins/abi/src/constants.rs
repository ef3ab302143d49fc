//! The numbers of the header. They are compared as numbers: a value that is not in its list is
//! another one, and never becomes one of the known.

use crate::layout::constants;

constants! {
/// A change that breaks; part of the entry's name, too.
ABI_MAJOR: u16 = 1;
/// Counts what was appended.
ABI_MINOR: u16 = 0;

/// An int64 that is not there.
ABSENT: i64 = i64::MIN;

/// A time of day that is not there.
NO_TIME: u32 = u32::MAX;

// Flags of `OpenParams`.
/// The host counts `FILL` events. Of an order with a `client_order_id` may be left out: what only says
/// that it traded, `CHANGE_FILLED` updates that answer no request; and `CHANGE_ACCEPTED` where its
/// first `FILL` has the `broker_order_id` and answers the request that sent the order.
OPEN_COUNTS_FILLS: u32 = 1;

// Flags of `Login`.
/// Real money is meant. Without it a login at a production front is refused.
LOGIN_PRODUCTION: u32 = 1;

// Flags of aftm_tick.
/// Matched in an opening or closing auction.
TICK_AUCTION: u32 = 1;
/// Fed before, to an earlier session: it says where the market stands and trades with nothing.
TICK_AGAIN: u32 = 2;

// What a plug-in can do: bits of aftm_info.caps. Limit orders, ROD, cancels and queries are a
// must.
/// Market orders.
CAP_MARKET: u64 = 1 << 0;
/// Range market orders.
CAP_RANGE_MARKET: u64 = 1 << 1;
/// Stop and stop limit orders.
CAP_STOP: u64 = 1 << 2;
/// Immediate or cancel.
CAP_IOC: u64 = 1 << 3;
/// Fill or kill.
CAP_FOK: u64 = 1 << 4;
/// amend_order.
CAP_AMEND: u64 = 1 << 5;
/// cancel_all.
CAP_CANCEL_ALL: u64 = 1 << 6;
/// AFTM_OC_AUTO; without it the host says what closes.
CAP_AUTO_OFFSET: u64 = 1 << 7;
/// Today's lots are closed apart: AFTM_OC_CLOSE_TODAY and _YESTERDAY.
CAP_CLOSE_TODAY: u64 = 1 << 8;
/// The day trade mark.
CAP_DAY_TRADE: u64 = 1 << 9;
/// subscribe and TICK events.
CAP_QUOTES: u64 = 1 << 10;
/// BOOK events, too.
CAP_BOOK: u64 = 1 << 11;
/// It trades against the ticks that it is fed: feed_tick.
CAP_FEED: u64 = 1 << 12;
/// More than one session open at a time.
CAP_MULTI_SESSION: u64 = 1 << 13;

// Kinds of events, with their payload.
/// None: a request other than an order's is done.
EVENT_ANSWER: u16 = 1;
/// aftm_order_update.
EVENT_ORDER: u16 = 2;
/// aftm_fill.
EVENT_FILL: u16 = 3;
/// aftm_tick.
EVENT_TICK: u16 = 4;
/// aftm_book.
EVENT_BOOK: u16 = 5;
/// aftm_position.
EVENT_POSITION: u16 = 6;
/// aftm_account.
EVENT_ACCOUNT: u16 = 7;
/// aftm_instrument.
EVENT_INSTRUMENT: u16 = 8;
/// aftm_conn.
EVENT_CONN: u16 = 9;

// Flags of aftm_event.
/// The answer to req_id, which nothing carries after it.
EVENT_LAST: u16 = 1;

// What a query lists.
/// Orders of the trading day, working or not: ORDER events.
QUERY_ORDERS: u16 = 1;
/// Fills of the trading day: FILL events.
QUERY_FILLS: u16 = 2;
/// What is held: POSITION events.
QUERY_POSITIONS: u16 = 3;
/// Accounts and their money: ACCOUNT events.
QUERY_ACCOUNTS: u16 = 4;
/// What can be traded: INSTRUMENT events.
QUERY_INSTRUMENTS: u16 = 5;

// Sides. In every list below, 0 is "not said", and an unknown value is never one of the known.
/// Buy; long.
SIDE_BUY: u8 = 1;
/// Sell; short.
SIDE_SELL: u8 = 2;

// Order types.
/// At the price or better.
TYPE_LIMIT: u8 = 1;
/// At whatever the market gives.
TYPE_MARKET: u8 = 2;
/// At the market within the exchange's protective range.
TYPE_RANGE_MARKET: u8 = 3;
/// A market order once the stop price trades.
TYPE_STOP: u8 = 4;
/// A limit order once the stop price trades.
TYPE_STOP_LIMIT: u8 = 5;

// How long an order lives.
/// Rest of day.
TIF_ROD: u8 = 1;
/// What does not fill at once expires.
TIF_IOC: u8 = 2;
/// All at once or nothing.
TIF_FOK: u8 = 3;

// Whether an order opens or closes.
/// Opens.
OC_OPEN: u8 = 1;
/// Closes, never opens.
OC_CLOSE: u8 = 2;
/// Closes lots opened today.
OC_CLOSE_TODAY: u8 = 3;
/// Closes lots opened before.
OC_CLOSE_YESTERDAY: u8 = 4;
/// Closes what is held, opens with the rest.
OC_AUTO: u8 = 5;

// What an order is for.
/// Speculation.
HEDGE_SPECULATION: u8 = 1;
/// Arbitrage.
HEDGE_ARBITRAGE: u8 = 2;
/// Hedge.
HEDGE_HEDGE: u8 = 3;

// How an order stands. Partly filled is WORKING with filled_e9 above 0.
/// On its way: the venue has not answered.
STATE_PENDING: u8 = 1;
/// At the venue, or held there until its stop price trades.
STATE_WORKING: u8 = 2;
/// Traded in full.
STATE_FILLED: u8 = 3;
/// Canceled, perhaps after a part was filled.
STATE_CANCELED: u8 = 4;
/// Refused by the venue.
STATE_REJECTED: u8 = 5;
/// Ended by the venue.
STATE_EXPIRED: u8 = 6;

// What happened to an order.
/// Nothing that is known: a row of a query, or a state to compare.
CHANGE_NONE: u8 = 0;
/// The venue has it; broker_order_id is set.
CHANGE_ACCEPTED: u8 = 1;
/// The venue refused it; code and text say why.
CHANGE_REJECTED: u8 = 2;
/// Its stop price traded.
CHANGE_TRIGGERED: u8 = 3;
/// Part or all traded; the FILL event says what.
CHANGE_FILLED: u8 = 4;
/// It is canceled.
CHANGE_CANCELED: u8 = 5;
/// The venue ended it.
CHANGE_EXPIRED: u8 = 6;
/// It is changed: qty_e9 and price_e9 are in force.
CHANGE_REPLACED: u8 = 7;
/// The cancel was refused; it stands as it did.
CHANGE_CANCEL_REJECTED: u8 = 8;
/// The change was refused; it stands as it did.
CHANGE_REPLACE_REJECTED: u8 = 9;
/// The venue did not answer in time: it may be live.
CHANGE_NO_REPLY: u8 = 10;

// Kinds of instruments.
/// A future.
KIND_FUTURE: u8 = 1;
/// An option.
KIND_OPTION: u8 = 2;
/// A share, a currency, a coin.
KIND_SPOT: u8 = 3;
/// A combination.
KIND_SPREAD: u8 = 4;

// Channels of a connection.
/// Orders.
CHANNEL_TRADE: u8 = 1;
/// Market data.
CHANNEL_QUOTE: u8 = 2;

// How a connection stands.
/// Lost, or never there.
CONN_DOWN: u8 = 1;
/// An attempt is under way.
CONN_CONNECTING: u8 = 2;
/// Logged in; requests reach the venue.
CONN_UP: u8 = 3;

// Levels of the log.
/// Something failed.
LOG_ERROR: i32 = 1;
/// Something may fail.
LOG_WARN: i32 = 2;
/// Something happened.
LOG_INFO: i32 = 3;
/// For who looks for a fault.
LOG_DEBUG: i32 = 4;
/// Everything.
LOG_TRACE: i32 = 5;}
