//! The C interface: what crosses the boundary is copied and checked here, and nothing unwinds out of
//! it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use abi::{
    ABI_MAJOR, ABI_MINOR, Api, CAP_AUTO_OFFSET, CAP_BOOK, CAP_CLOSE_TODAY, CAP_FOK, CAP_IOC,
    CAP_MARKET, CAP_QUOTES, CAP_RANGE_MARKET, CAP_STOP, Callbacks, CancelRequest, E_ABI, E_ARG,
    E_INTERNAL, E_WRONG_THREAD, Info, KeyValue, LOGIN_PRODUCTION, Login, Misfit, OK, OpenParams,
    OrderRequest, Query, Session, Status, Symbol, Versioned, name, put_text, read, slice, write,
};
use aftm_exchange_abi as abi;

use crate::Refusal;
use crate::counter::Counter;
use crate::line::Line;
use crate::options::Options;
use crate::teller::is_telling;

/// The longest list, key or value that is taken.
const BYTES_MAX: u64 = 4_096;
const PAIRS_MAX: u64 = 256;
const SYMBOLS_MAX: u64 = 65_536;

/// A length of a struct as the boundary has it.
#[allow(clippy::cast_possible_truncation)] // A hundred bytes.
const API_SIZE: u32 = size_of::<Api>() as u32;

static API: Api = Api {
    struct_size: API_SIZE,
    abi_major: ABI_MAJOR,
    abi_minor: ABI_MINOR,
    info: Some(info),
    open: Some(open),
    close: Some(close),
    login: Some(login),
    logout: Some(logout),
    subscribe: Some(subscribe),
    send_order: Some(send_order),
    cancel_order: Some(cancel_order),
    // CTP changes no order and has no mass cancel: whoever wants either does it order by order.
    amend_order: None,
    cancel_all: None,
    query: Some(query),
    list_instrument: None,
    feed_tick: None,
    advance: None,
    due: None,
    settle: None,
};

/// The one symbol of a plug-in: its table, or NULL for a major version that it cannot serve.
#[unsafe(no_mangle)]
pub extern "C" fn aftm_exchange_entry_v1(host_major: u16, _host_minor: u16) -> *const Api {
    if host_major == ABI_MAJOR { &raw const API } else { std::ptr::null() }
}

/// A panic is a fault of ours; it never gets out.
fn guarded(act: impl FnOnce() -> i32) -> i32 {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or(E_INTERNAL)
}

fn misfit(misfit: Misfit) -> Refusal {
    let code = if matches!(misfit, Misfit::Missing { .. }) { E_ARG } else { E_ABI };
    Refusal::new(code, misfit.to_string())
}

/// The code of what came of a call, and why in the caller's room.
///
/// # Safety
///
/// `err` is NULL or the caller's status.
unsafe fn told(done: Result<(), Refusal>, err: *mut Status) -> i32 {
    let Err(refusal) = done else { return OK };
    if !err.is_null() {
        // SAFETY: the caller's own, with as many bytes as it says. One that is too small is left.
        let _ = unsafe { write(&refusal.status(), err) };
    }
    refusal.code
}

unsafe extern "C" fn info(out: *mut Info) -> i32 {
    guarded(|| {
        let caps = CAP_MARKET
            | CAP_RANGE_MARKET
            | CAP_STOP
            | CAP_IOC
            | CAP_FOK
            | CAP_AUTO_OFFSET
            | CAP_CLOSE_TODAY
            | CAP_QUOTES
            | CAP_BOOK;
        let mut told = Info { caps, ..Info::blank() };
        put_text(&mut told.name, "ctp");
        put_text(&mut told.version, env!("CARGO_PKG_VERSION"));
        put_text(&mut told.venue, "CTP: SHFE, INE, DCE, CZCE, CFFEX, GFEX");
        // SAFETY: the caller's own, with as many bytes as it says.
        unsafe { write(&told, out) }.map_or_else(|why| misfit(why).code, |()| OK)
    })
}

/// Keys and values that are lent for the call.
///
/// # Safety
///
/// As many as `count` can be read at `pairs` during the call.
unsafe fn pairs<'call>(
    what: &str,
    pairs: *const KeyValue,
    count: u64,
) -> Result<Vec<(&'call str, &'call str)>, Refusal> {
    let odd = || Refusal::new(E_ARG, format!("the {what} cannot be read: too many, or not UTF-8"));
    // SAFETY: the caller vouches for them.
    let pairs = unsafe { slice(pairs, count, PAIRS_MAX) }.ok_or_else(odd)?;
    let text = |it: &KeyValue| {
        // SAFETY: as above, for what they point to.
        unsafe { Some((it.key.text(BYTES_MAX)?, it.value.text(BYTES_MAX)?)) }
    };
    pairs.iter().map(|it| text(it).ok_or_else(odd)).collect()
}

fn counter(options: &Options) -> Result<Box<dyn Counter>, Refusal> {
    #[cfg(feature = "rehearsal")]
    if let Some(counter) = crate::rehearsal::counter(options) {
        return Ok(counter);
    }
    #[cfg(feature = "vendor")]
    let counter = crate::vendor::counter(options);
    #[cfg(not(feature = "vendor"))]
    let counter = Err(Refusal::new(
        abi::E_UNSUPPORTED,
        format!(
            "this build of the plug-in cannot call the vendor's library, so that {} is out of \
             reach; build it with --features vendor",
            options.front
        ),
    ));
    counter
}

fn folder(text: Option<&str>) -> Result<PathBuf, Refusal> {
    let folder = text.map(Path::new).filter(|it| it.is_absolute() && it.is_dir());
    folder.map(Path::to_owned).ok_or_else(|| {
        let text = format!("the state_dir {:?} is no folder that exists", text.unwrap_or_default());
        Refusal::new(E_ARG, text)
    })
}

/// # Safety
///
/// As of `open`.
unsafe fn try_open(
    params: *const OpenParams,
    callbacks: *const Callbacks,
) -> Result<Line, Refusal> {
    // SAFETY: the caller's own, which live during the call.
    let (params, callbacks) = unsafe { (read(params, u64::MAX), read(callbacks, u64::MAX)) };
    let (params, callbacks) = (params.map_err(misfit)?, callbacks.map_err(misfit)?);
    if callbacks.on_event.is_none() || callbacks.on_log.is_none() {
        return Err(Refusal::new(E_ARG, "a callback is missing: on_event or on_log is NULL"));
    }
    // SAFETY: as above.
    let folder = folder(unsafe { params.state_dir.text(BYTES_MAX) })?;
    // SAFETY: as above.
    let pairs = unsafe { pairs("options", params.options, params.options_n) }?;
    let options = Options::read(&pairs)?;
    let counter = counter(&options)?;
    Line::open(options, counter, folder, callbacks)
}

unsafe extern "C" fn open(
    params: *const OpenParams,
    callbacks: *const Callbacks,
    out: *mut *mut Session,
    err: *mut Status,
) -> i32 {
    guarded(|| {
        if out.is_null() {
            let refusal = Refusal::new(E_ARG, "there is no place for the session: out is NULL");
            // SAFETY: the caller's own.
            return unsafe { told(Err(refusal), err) };
        }
        // SAFETY: the caller's own, and not NULL.
        unsafe { out.write(std::ptr::null_mut()) };
        // SAFETY: the caller's own, which live during the call.
        let opened = unsafe { try_open(params, callbacks) };
        let done = opened.map(|line| {
            let session = Box::into_raw(Box::new(line)).cast::<Session>();
            // SAFETY: as above.
            unsafe { out.write(session) };
        });
        // SAFETY: the caller's own.
        unsafe { told(done, err) }
    })
}

unsafe extern "C" fn close(session: *mut Session, timeout_ms: u32) -> i32 {
    guarded(|| {
        if session.is_null() {
            return OK;
        }
        if is_telling() {
            return E_WRONG_THREAD;
        }
        // SAFETY: `open` made it, and this is the last call with it.
        let line = unsafe { Box::from_raw(session.cast::<Line>()) };
        line.close(Duration::from_millis(timeout_ms.into())).map_or_else(|it| it.code, |()| OK)
    })
}

/// A call of the host with its session.
///
/// # Safety
///
/// `session` is NULL or one that `open` made and nobody has closed; `err` is NULL or the caller's.
unsafe fn call(
    session: *mut Session,
    err: *mut Status,
    act: impl FnOnce(&Line) -> Result<(), Refusal>,
) -> i32 {
    guarded(|| {
        // SAFETY: the caller vouches for it.
        let line = unsafe { session.cast::<Line>().as_ref() };
        let done = match line {
            None => Err(Refusal::new(E_ARG, "the session is NULL")),
            Some(_) if is_telling() => {
                Err(Refusal::new(E_WRONG_THREAD, "a callback must not call the plug-in"))
            }
            Some(line) => act(line),
        };
        // SAFETY: the caller's own.
        unsafe { told(done, err) }
    })
}

unsafe extern "C" fn login(
    session: *mut Session,
    login: *const Login,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: the caller's own, which live during the call, in all of it.
    unsafe {
        call(session, err, |line| {
            let login = read(login, u64::MAX).map_err(misfit)?;
            let pairs = pairs("credentials", login.creds, login.creds_n)?;
            let is_production = login.flags & LOGIN_PRODUCTION != 0;
            line.call(|driver, now| driver.log_in(now, &pairs, is_production, req_id))
        })
    }
}

unsafe extern "C" fn logout(session: *mut Session, req_id: u64, err: *mut Status) -> i32 {
    // SAFETY: the caller's own.
    unsafe { call(session, err, |line| line.call(|driver, now| driver.log_out(now, req_id))) }
}

unsafe extern "C" fn subscribe(
    session: *mut Session,
    symbols: *const Symbol,
    symbols_n: u64,
    on: u32,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: the caller's own, which live during the call, in all of it.
    unsafe {
        call(session, err, |line| {
            let odd = |what: &str| Refusal::new(E_ARG, what);
            let is_on = match on {
                0 => false,
                1 => true,
                _ => return Err(odd("on is neither 0 nor 1")),
            };
            let symbols = slice(symbols, symbols_n, SYMBOLS_MAX)
                .ok_or_else(|| odd("the instruments cannot be read, or are more than 65536"))?;
            let names = symbols.iter().map(|it| Some((name(&it.exchange)?, name(&it.symbol)?)));
            let names: Option<Vec<_>> = names.collect();
            let names = names.ok_or_else(|| odd("an instrument is not terminated or not UTF-8"))?;
            line.call(|driver, now| driver.subscribe(now, &names, is_on, req_id))
        })
    }
}

unsafe extern "C" fn send_order(
    session: *mut Session,
    order: *const OrderRequest,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: the caller's own, which live during the call, in all of it.
    unsafe {
        call(session, err, |line| {
            let order = read(order, u64::MAX).map_err(misfit)?;
            line.call(|driver, now| driver.send(now, &order, req_id))
        })
    }
}

unsafe extern "C" fn cancel_order(
    session: *mut Session,
    cancel: *const CancelRequest,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: the caller's own, which live during the call, in all of it.
    unsafe {
        call(session, err, |line| {
            let cancel = read(cancel, u64::MAX).map_err(misfit)?;
            line.call(|driver, now| driver.cancel(now, &cancel, req_id))
        })
    }
}

unsafe extern "C" fn query(
    session: *mut Session,
    query: *const Query,
    req_id: u64,
    err: *mut Status,
) -> i32 {
    // SAFETY: the caller's own, which live during the call, in all of it.
    unsafe {
        call(session, err, |line| {
            let query = read(query, u64::MAX).map_err(misfit)?;
            line.call(|driver, now| driver.query(now, &query, req_id))
        })
    }
}

#[cfg(all(test, feature = "rehearsal"))]
mod tests;
