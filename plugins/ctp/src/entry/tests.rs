//! The C interface, called as a host in another language calls it.

// Callbacks of tests stop a test where they fail.
#![allow(clippy::unwrap_used)]

use std::ffi::{c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering};
use std::sync::{Condvar, Mutex};

use abi::{E_UNSUPPORTED, Event, QUERY_INSTRUMENTS, Str, text};

use super::*;

/// What callbacks of a session see, and what they try.
#[derive(Default)]
struct Heard {
    events: Mutex<Vec<(u64, u16, i64)>>,
    came: Condvar,
    session: AtomicPtr<Session>,
    /// What a call from within a callback returned.
    within: AtomicI32,
}

/// A deadline for what comes by itself.
const WAIT: Duration = Duration::from_secs(60);

unsafe extern "C" fn on_event(user: *mut c_void, event: *const Event) {
    // SAFETY: the test's own, which outlives the session; the event lives during the call.
    let (heard, event) = unsafe { (&*user.cast::<Heard>(), &*event) };
    heard.events.lock().unwrap().push((event.seq, event.kind, event.ts_ns));
    let session = heard.session.load(Ordering::Acquire);
    // SAFETY: the session is open, and the plug-in refuses the calls before it looks at them.
    let codes = unsafe { (logout(session, 9, null_mut()), close(session, 9)) };
    assert_eq!(codes.0, codes.1);
    heard.within.store(codes.0, Ordering::Release);
    heard.came.notify_all();
}

unsafe extern "C" fn on_log(_: *mut c_void, _: i32, _: *const c_char, _: u64) {}

/// Opens a session; the code and the sentence where that is refused.
fn opened(
    heard: &Heard,
    folder: &str,
    options: &[(&str, &str)],
) -> Result<*mut Session, (i32, String)> {
    let options: Vec<_> = options.iter().map(|(key, value)| KeyValue::lend(key, value)).collect();
    let params = OpenParams {
        state_dir: Str::lend(folder),
        options: options.as_ptr(),
        options_n: options.len() as u64,
        ..OpenParams::blank()
    };
    let user = std::ptr::from_ref(heard).cast_mut().cast();
    let (on_event, on_log) = (Some(on_event as _), Some(on_log as _));
    let callbacks = Callbacks { user, on_event, on_log, ..Callbacks::blank() };
    let (mut session, mut err) = (null_mut(), Status::blank());
    // SAFETY: all of it lives during the call, and what the callbacks see longer than the session.
    let code =
        unsafe { open(&raw const params, &raw const callbacks, &raw mut session, &raw mut err) };
    if code == OK { Ok(session) } else { Err((code, text(&err.text).into_owned())) }
}

const PLAIN: [(&str, &str); 3] =
    [("front", "rehearsal:plain"), ("broker", "9999"), ("environment", "simulated")];

fn log_in(session: *mut Session) -> i32 {
    let creds = [KeyValue::lend("user", "demo"), KeyValue::lend("password", "demo")];
    let login_of = Login { creds: creds.as_ptr(), creds_n: 2, ..Login::blank() };
    // SAFETY: all of it lives during the call.
    unsafe { login(session, &raw const login_of, 1, null_mut()) }
}

#[test]
fn only_the_major_version_that_is_served_has_a_table() {
    assert!(aftm_exchange_entry_v1(ABI_MAJOR + 1, 0).is_null());
    let api = aftm_exchange_entry_v1(ABI_MAJOR, 7);
    // SAFETY: it is a constant.
    let api = unsafe { &*api };
    assert_eq!((api.abi_major, api.abi_minor), (ABI_MAJOR, ABI_MINOR));
    assert!(api.amend_order.is_none() && api.feed_tick.is_none());
}

#[test]
fn what_is_missing_or_malformed_is_refused_with_a_sentence() {
    // SAFETY: nothing but NULL is passed.
    unsafe {
        assert_eq!(info(null_mut()), E_ARG);
        assert_eq!(open(null(), null(), null_mut(), null_mut()), E_ARG);
        assert_eq!(close(null_mut(), 0), OK);
        assert_eq!(logout(null_mut(), 1, null_mut()), E_ARG);
    }
    let (heard, folder) = (Heard::default(), tempfile::tempdir().unwrap());
    let folder = folder.path().to_str().unwrap();
    let said = |folder, options: &[(&str, &str)]| opened(&heard, folder, options).unwrap_err();
    assert!(said("/nowhere/at/all", &PLAIN).1.contains("is no folder that exists"));
    assert!(said("relative", &PLAIN).1.contains("is no folder that exists"));
    let long = "x".repeat(5_000);
    let odd = said(folder, &[("front", long.as_str())]);
    assert_eq!(odd, (E_ARG, "the options cannot be read: too many, or not UTF-8".to_owned()));
    if !cfg!(feature = "vendor") {
        let real = said(folder, &[("front", "tcp://127.0.0.1:1"), ("broker", "9999")]);
        assert_eq!(real.0, E_UNSUPPORTED);
        assert!(real.1.ends_with("build it with --features vendor"), "{}", real.1);
    }
    let session = opened(&heard, folder, &PLAIN).unwrap();
    let order = OrderRequest { struct_size: 8, ..OrderRequest::blank() };
    let mut err = Status::blank();
    // SAFETY: the session is open, and what is passed lives during the calls.
    unsafe {
        assert_eq!(send_order(session, &raw const order, 1, &raw mut err), E_ABI);
        assert!(text(&err.text).contains("never had fewer than 304"), "{}", text(&err.text));
        assert_eq!(send_order(session, null(), 1, null_mut()), E_ARG);
        assert_eq!(subscribe(session, null(), 3, 1, 1, null_mut()), E_ARG);
        assert_eq!(subscribe(session, null(), 0, 2, 1, null_mut()), E_ARG);
        assert_eq!(close(session, 20_000), OK);
    }
    assert!(heard.events.lock().unwrap().is_empty());
}

#[test]
fn a_callback_that_calls_the_plug_in_is_refused_and_harms_nothing() {
    let (heard, folder) = (Heard::default(), tempfile::tempdir().unwrap());
    let session = opened(&heard, folder.path().to_str().unwrap(), &PLAIN).unwrap();
    heard.session.store(session, Ordering::Release);
    assert_eq!(log_in(session), OK);
    let few = |events: &mut Vec<_>| events.len() < 3;
    let waited = heard.came.wait_timeout_while(heard.events.lock().unwrap(), WAIT, few).unwrap();
    assert!(!waited.1.timed_out(), "the login tells nothing");
    drop(waited);
    assert_eq!(heard.within.load(Ordering::Acquire), E_WRONG_THREAD);
    // Told from within the call, on this thread.
    let all = Query { what: QUERY_INSTRUMENTS, ..Query::blank() };
    let before = heard.events.lock().unwrap().len();
    // SAFETY: the session is open, and the query lives during the call.
    unsafe {
        assert_eq!(query(session, &raw const all, 2, null_mut()), OK);
        assert!(heard.events.lock().unwrap().len() >= before + 4, "three rows and the answer");
        assert_eq!(close(session, 20_000), OK);
    }
    let events = heard.events.lock().unwrap();
    let numbers: Vec<_> = events.iter().map(|it| it.0).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "without a gap");
    assert!(events.is_sorted_by_key(|it| it.2), "never earlier than before");
}
