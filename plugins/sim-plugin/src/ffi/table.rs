//! The one exported function, and the functions of its table.

use std::sync::Once;

use aftm_exchange_abi::{
    ABI_MAJOR, ABI_MINOR, ABSENT, AmendRequest, Api, Book, Callbacks, CancelAllRequest,
    CancelRequest, E_ARG, Info, Instrument, Login, OpenParams, OrderRequest, Query, Session,
    Status, Tick, write,
};

use super::calls::{Place, end, guarded, with};
use super::host::Host;
use super::lent::{copy, login as who, opening, shown};
use crate::fault::Fault;
use crate::seat::{Seat, identity};

static TABLE: Api = Api {
    #[allow(clippy::cast_possible_truncation)] // 136.
    struct_size: size_of::<Api>() as u32,
    abi_major: ABI_MAJOR,
    abi_minor: ABI_MINOR,
    info: Some(info),
    open: Some(open),
    close: Some(close),
    login: Some(login),
    logout: Some(logout),
    subscribe: None,
    send_order: Some(send_order),
    cancel_order: Some(cancel_order),
    amend_order: Some(amend_order),
    cancel_all: Some(cancel_all),
    query: Some(query),
    list_instrument: Some(list_instrument),
    feed_tick: Some(feed_tick),
    advance: Some(advance),
    due: Some(due),
    settle: Some(settle),
};

/// The table, or NULL for a major version that is not served.
// SAFETY: the name belongs to the interface, and a library has one such function.
#[unsafe(no_mangle)]
#[allow(unreachable_pub)] // The linker reaches it.
pub extern "C" fn aftm_exchange_entry_v1(host_major: u16, _host_minor: u16) -> *const Api {
    static QUIET: Once = Once::new();
    // A panic is told as the fault of its call; standard error is not the plug-in's to print on.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| ())));
    if host_major == ABI_MAJOR { &raw const TABLE } else { std::ptr::null() }
}

pub(super) unsafe extern "C" fn info(out: *mut Info) -> i32 {
    // SAFETY: the host's struct has as many bytes as it says, and there is no `err`.
    unsafe { guarded(std::ptr::null_mut(), || Ok(write(&identity(), out)?)) }
}

pub(super) unsafe extern "C" fn open(
    params: *const OpenParams,
    callbacks: *const Callbacks,
    out: *mut *mut Session,
    err: *mut Status,
) -> i32 {
    let act = || {
        if out.is_null() {
            return Err(Fault::new(E_ARG, "there is no place for the session"));
        }
        // SAFETY: the host's place for the session, and its structs with as many bytes as they say.
        let (host, (folder, options)) = unsafe {
            *out = std::ptr::null_mut();
            (Host::new(callbacks)?, opening(params)?)
        };
        let seat = Seat::open(host, &folder, options)?;
        // SAFETY: as above.
        unsafe { *out = Place::address(seat) };
        Ok(())
    };
    // SAFETY: `err` is the host's, or NULL.
    unsafe { guarded(err, act) }
}

pub(super) unsafe extern "C" fn close(session: *mut Session, timeout_ms: u32) -> i32 {
    // SAFETY: the host hands back what `open` gave it, once.
    unsafe { end(session, timeout_ms) }
}

pub(super) unsafe extern "C" fn login(
    session: *mut Session,
    login: *const Login,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: a session of ours, and structs of the host with as many bytes as they say.
    unsafe { with(session, err, |seat| seat.login(&who(login)?, req_id)) }
}

pub(super) unsafe extern "C" fn logout(
    session: *mut Session,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: as of `login`.
    unsafe { with(session, err, |seat| seat.logout(req_id)) }
}

pub(super) unsafe extern "C" fn send_order(
    session: *mut Session,
    order: *const OrderRequest,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: as of `login`.
    unsafe { with(session, err, |seat| shown(order, |it| seat.send(it, req_id))) }
}

pub(super) unsafe extern "C" fn cancel_order(
    session: *mut Session,
    cancel: *const CancelRequest,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: as of `login`.
    unsafe { with(session, err, |seat| shown(cancel, |it| seat.cancel(it, req_id))) }
}

pub(super) unsafe extern "C" fn amend_order(
    session: *mut Session,
    amend: *const AmendRequest,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: as of `login`.
    unsafe { with(session, err, |seat| shown(amend, |it| seat.amend(it, req_id))) }
}

pub(super) unsafe extern "C" fn cancel_all(
    session: *mut Session,
    which: *const CancelAllRequest,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: as of `login`.
    unsafe { with(session, err, |seat| seat.cancel_all(&copy(which)?, req_id)) }
}

pub(super) unsafe extern "C" fn query(
    session: *mut Session,
    query: *const Query,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: as of `login`.
    unsafe { with(session, err, |seat| seat.query(&copy(query)?, req_id)) }
}

pub(super) unsafe extern "C" fn list_instrument(
    session: *mut Session,
    instrument: *const Instrument,
    err: *mut Status,
) -> i32 {
    // SAFETY: as of `login`.
    unsafe { with(session, err, |seat| seat.list(&copy(instrument)?)) }
}

pub(super) unsafe extern "C" fn feed_tick(
    session: *mut Session,
    tick: *const Tick,
    book: *const Book,
) -> i32 {
    let act = |seat: &mut Seat| {
        // SAFETY: structs of the host with as many bytes as they say; the book may be missing.
        let (tick, book) = unsafe {
            let book = if book.is_null() { None } else { Some(copy(book)?) };
            (copy(tick)?, book)
        };
        seat.feed(&tick, book.as_ref())
    };
    // SAFETY: a session of ours, and no `err`.
    unsafe { with(session, std::ptr::null_mut(), act) }
}

pub(super) unsafe extern "C" fn advance(
    session: *mut Session,
    now_ns: i64,
    utc_offset_s: i32,
) -> i32 {
    // SAFETY: a session of ours, and no `err`.
    unsafe { with(session, std::ptr::null_mut(), |seat| seat.advance(now_ns, utc_offset_s)) }
}

pub(super) unsafe extern "C" fn due(session: *mut Session, out_ns: *mut i64) -> i32 {
    let act = |seat: &mut Seat| {
        if out_ns.is_null() {
            return Err(Fault::new(E_ARG, "there is no place for the time"));
        }
        // SAFETY: the host's place for one number.
        unsafe { out_ns.write_unaligned(seat.due().unwrap_or(ABSENT)) };
        Ok(())
    };
    // SAFETY: a session of ours, and no `err`.
    unsafe { with(session, std::ptr::null_mut(), act) }
}

pub(super) unsafe extern "C" fn settle(session: *mut Session) -> i32 {
    // SAFETY: a session of ours, and no `err`.
    unsafe { with(session, std::ptr::null_mut(), Seat::settle) }
}
