//! The function table, the callbacks, and the event that they carry.

use std::ffi::{CStr, c_char, c_void};

use crate::layout::layout;
use crate::market::{Book, Instrument, Tick};
use crate::orders::{AmendRequest, CancelAllRequest, CancelRequest, OrderRequest, Query};
use crate::session::{Info, Login, OpenParams};
use crate::values::{Status, Symbol};

/// The one symbol that a plug-in exports.
pub const ENTRY: &CStr = c"aftm_exchange_entry_v1";

/// The function behind [`ENTRY`]: takes the host's major and minor version and returns the table,
/// or NULL where it cannot serve that major version.
pub type Entry = unsafe extern "C" fn(host_major: u16, host_minor: u16) -> *const Api;

/// A session of a plug-in, known by its address alone.
#[repr(C)]
#[derive(Debug)]
pub struct Session {
    opaque: [u8; 0],
}

layout! {
    /// What the plug-in tells. It owns the event and all it points to, for the callback alone.
    versioned Event = "aftm_event", 56 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// What it is, which fixes the type of `payload`: `AFTM_EVENT_…`. Unknown: ignored.
        4 => kind: u16,
        /// `AFTM_EVENT_LAST` or 0. Unknown bits: ignored.
        6 => flags: u16,
        /// 1 for the first event of a session, and one more for each further one.
        8 => seq: u64,
        /// The request it belongs to; 0 where it belongs to none.
        16 => req_id: u64,
        /// When the plug-in tells it, on this machine's clock, never falling; or absent.
        24 => ts_ns: i64,
        /// The struct of its kind, which starts with its own `struct_size`; NULL for an answer.
        32 => payload: *const c_void,
        /// How many bytes lie at `payload`; 0 where it is NULL.
        40 => payload_size: u64,
        /// An answer: why the request failed; NULL where it did not, and for every other kind.
        48 => status: *const Status,
    }

    /// Where the plug-in tells it. The table is copied by `open`; `user` lives until `close`
    /// returns 0.
    versioned Callbacks = "aftm_callbacks", 32 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// Zero.
        4 => reserved: u32,
        /// The host's own; handed back unread.
        8 => user: *mut c_void,
        /// Takes an event. Never NULL.
        16 => on_event: Option<unsafe extern "C" fn(user: *mut c_void, event: *const Event)>,
        /// Takes a line for the log, at an `AFTM_LOG_…` level; UTF-8, `size` bytes. Never NULL.
        24 => on_log: Option<unsafe extern "C" fn(user: *mut c_void, level: i32, text: *const c_char, size: u64)>,
    }

    /// The functions of a plug-in. A constant that lives as long as the process.
    versioned Api = "aftm_exchange_api", 136 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// `AFTM_ABI_MAJOR` of the header that it was built with.
        4 => abi_major: u16,
        /// `AFTM_ABI_MINOR` of the header that it was built with.
        6 => abi_minor: u16,
        /// Says who it is. Touches nothing: no file, no network, no thread. Never NULL.
        8 => info: Option<unsafe extern "C" fn(out: *mut Info) -> i32>,
        /// Makes a session and connects to nothing yet. On failure `*out` is NULL. Never NULL.
        16 => open: Option<
            unsafe extern "C" fn(
                params: *const OpenParams,
                callbacks: *const Callbacks,
                out: *mut *mut Session,
                err: *mut Status,
            ) -> i32,
        >,
        /// Ends a session: after `AFTM_OK` no callback runs again. NULL is fine. Never NULL.
        24 => close: Option<unsafe extern "C" fn(session: *mut Session, timeout_ms: u32) -> i32>,
        /// Connects and logs in: `ACCOUNT` events, then the answer. Never NULL.
        32 => login: Option<
            unsafe extern "C" fn(
                session: *mut Session,
                login: *const Login,
                req_id: u64,
                err: *mut Status,
            ) -> i32,
        >,
        /// Logs out; orders go on working at the venue. Never NULL.
        40 => logout: Option<
            unsafe extern "C" fn(session: *mut Session, req_id: u64, err: *mut Status) -> i32,
        >,
        /// Asks for `TICK` and `BOOK` events (`on` 1) or ends them (0). NULL without
        /// `AFTM_CAP_QUOTES`.
        48 => subscribe: Option<
            unsafe extern "C" fn(
                session: *mut Session,
                symbols: *const Symbol,
                symbols_n: u64,
                on: u32,
                req_id: u64,
                err: *mut Status,
            ) -> i32,
        >,
        /// Sends an order. Never NULL.
        56 => send_order: Option<
            unsafe extern "C" fn(
                session: *mut Session,
                order: *const OrderRequest,
                req_id: u64,
                err: *mut Status,
            ) -> i32,
        >,
        /// Cancels an order. Never NULL.
        64 => cancel_order: Option<
            unsafe extern "C" fn(
                session: *mut Session,
                cancel: *const CancelRequest,
                req_id: u64,
                err: *mut Status,
            ) -> i32,
        >,
        /// Changes an order in place. NULL without `AFTM_CAP_AMEND`.
        72 => amend_order: Option<
            unsafe extern "C" fn(
                session: *mut Session,
                amend: *const AmendRequest,
                req_id: u64,
                err: *mut Status,
            ) -> i32,
        >,
        /// Cancels many at one stroke. NULL without `AFTM_CAP_CANCEL_ALL`.
        80 => cancel_all: Option<
            unsafe extern "C" fn(
                session: *mut Session,
                which: *const CancelAllRequest,
                req_id: u64,
                err: *mut Status,
            ) -> i32,
        >,
        /// Lists orders, fills, positions, accounts or instruments. Never NULL.
        88 => query: Option<
            unsafe extern "C" fn(
                session: *mut Session,
                query: *const Query,
                req_id: u64,
                err: *mut Status,
            ) -> i32,
        >,
        /// Tells of an instrument that may be traded, or of its new terms. May be NULL.
        96 => list_instrument: Option<
            unsafe extern "C" fn(
                session: *mut Session,
                instrument: *const Instrument,
                err: *mut Status,
            ) -> i32,
        >,
        /// Shows a trade and the book after it (or NULL). NULL without `AFTM_CAP_FEED`.
        104 => feed_tick: Option<
            unsafe extern "C" fn(
                session: *mut Session,
                tick: *const Tick,
                book: *const Book,
            ) -> i32,
        >,
        /// Moves the exchange's clock without a trade. May be NULL.
        112 => advance: Option<unsafe extern "C" fn(session: *mut Session, now_ns: i64, utc_offset_s: i32) -> i32>,
        /// When something happens without a trade, on the exchange's clock; absent: never. May be
        /// NULL.
        120 => due: Option<unsafe extern "C" fn(session: *mut Session, out_ns: *mut i64) -> i32>,
        /// The feed has ended: everything under way is told before it returns. May be NULL.
        128 => settle: Option<unsafe extern "C" fn(session: *mut Session) -> i32>,
    }
}
