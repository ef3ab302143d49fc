//! The boundary as a host meets it that makes every mistake.

use std::ffi::{c_char, c_void};
use std::ptr::{null, null_mut};

use aftm_exchange_abi::{
    ABSENT, Callbacks, E_ABI, E_ARG, E_INTERNAL, E_STATE, E_TIMEOUT, E_WRONG_THREAD, Event,
    KIND_FUTURE, KeyValue, Login, OC_AUTO, OK, OpenParams, OrderRequest, OrderUpdate, SIDE_BUY,
    Session, Status, Str, TIF_ROD, TYPE_LIMIT, Tick, Versioned, put_text, text,
};

use super::calls::Place;
use super::table::*;

/// A host: what it was told, and the session that it calls where it must not.
#[derive(Default)]
struct Heard {
    /// Kind, request, change of an order, and code of an order or a status.
    events: Vec<(u16, u64, u8, i32)>,
    calls_back: Option<*mut Session>,
    said: Vec<i32>,
}

unsafe extern "C" fn on_event(user: *mut c_void, event: *const Event) {
    // SAFETY: the tests hand over a `Heard` that outlives the session, and no reference to it lives
    // during a call.
    let (heard, event) = unsafe { (&mut *user.cast::<Heard>(), &*event) };
    let (mut change, mut code) = (0, 0);
    if event.kind == aftm_exchange_abi::EVENT_ORDER {
        // SAFETY: the kind says what the payload is.
        let order = unsafe { &*event.payload.cast::<OrderUpdate>() };
        (change, code) = (order.change, order.code);
    } else if !event.status.is_null() {
        // SAFETY: the plug-in's own status.
        code = unsafe { (*event.status).code };
    }
    heard.events.push((event.kind, event.req_id, change, code));
    if let Some(session) = heard.calls_back {
        // SAFETY: the session is open, and the calls are refused before they touch it.
        let said = unsafe {
            [logout(session, 9, null_mut()), close(session, 10), settle(session), info(null_mut())]
        };
        heard.said.extend(said);
    }
}

unsafe extern "C" fn on_log(_: *mut c_void, _: i32, _: *const c_char, _: u64) {}

struct Open {
    session: *mut Session,
    heard: *mut Heard,
    _folder: tempfile::TempDir,
}

impl Open {
    fn new(options: &[KeyValue]) -> Open {
        let folder = tempfile::tempdir().unwrap();
        let heard = Box::into_raw(Box::new(Heard::default()));
        let callbacks = Callbacks {
            user: heard.cast(),
            on_event: Some(on_event),
            on_log: Some(on_log),
            ..Callbacks::blank()
        };
        let params = OpenParams {
            state_dir: Str::lend(folder.path().to_str().unwrap()),
            options: options.as_ptr(),
            options_n: u64::try_from(options.len()).unwrap(),
            ..OpenParams::blank()
        };
        let mut session = null_mut();
        // SAFETY: everything lives during the call, and `heard` to the end of the test.
        let code =
            unsafe { open(&raw const params, &raw const callbacks, &raw mut session, null_mut()) };
        assert_eq!(code, OK);
        Open { session, heard, _folder: folder }
    }

    fn log_in(&self, req_id: u64) -> i32 {
        let creds = [KeyValue::lend("user", "demo")];
        let login = Login { creds: creds.as_ptr(), creds_n: 1, ..Login::blank() };
        // SAFETY: the session is open.
        unsafe { super::table::login(self.session, &raw const login, req_id, null_mut()) }
    }

    /// An order that the exchange rejects, because it lists nothing.
    fn send(&self, id: u64, req_id: u64) -> (i32, String) {
        let mut order = OrderRequest {
            client_order_id: id,
            price_e9: 1_000_000_000,
            qty_e9: 1_000_000_000,
            side: SIDE_BUY,
            order_type: TYPE_LIMIT,
            tif: TIF_ROD,
            open_close: OC_AUTO,
            ..OrderRequest::blank()
        };
        put_text(&mut order.account, "SIM-1");
        put_text(&mut order.symbol, "TXFH1");
        let mut err = Status::blank();
        // SAFETY: the session is open.
        let code = unsafe { send_order(self.session, &raw const order, req_id, &raw mut err) };
        (code, text(&err.text).into_owned())
    }

    fn heard(&self) -> Vec<(u16, u64, u8, i32)> {
        // SAFETY: no call is under way.
        unsafe { std::mem::take(&mut (*self.heard).events) }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // SAFETY: the session is closed once, and then nobody uses `heard`.
        unsafe {
            assert_eq!(close(self.session, 1_000), OK);
            drop(Box::from_raw(self.heard));
        }
    }
}

#[test]
fn whatever_is_missing_is_refused() {
    let none: *mut Session = null_mut();
    let it = Open::new(&[]);
    let mut err = Status::blank();
    // SAFETY: NULL is what is asked about, and the session is open.
    unsafe {
        assert_eq!(close(none, 10), OK);
        assert_eq!(info(null_mut()), E_ARG);
        assert_eq!(open(null(), null(), null_mut(), null_mut()), E_ARG);
        for session in [none, it.session] {
            assert_eq!(login(session, null(), 1, &raw mut err), E_ARG);
            assert_eq!(send_order(session, null(), 1, null_mut()), E_ARG);
            assert_eq!(cancel_order(session, null(), 1, null_mut()), E_ARG);
            assert_eq!(amend_order(session, null(), 1, null_mut()), E_ARG);
            assert_eq!(cancel_all(session, null(), 1, null_mut()), E_ARG);
            assert_eq!(query(session, null(), 1, null_mut()), E_ARG);
            assert_eq!(list_instrument(session, null(), null_mut()), E_ARG);
            assert_eq!(feed_tick(session, null(), null()), E_ARG);
            assert_eq!(due(session, null_mut()), E_ARG);
            assert_eq!(advance(session, ABSENT, 0), E_ARG);
        }
        assert_eq!(logout(none, 1, null_mut()), E_ARG);
        assert_eq!(settle(none), E_ARG);
        assert_eq!(logout(it.session, 1, null_mut()), E_STATE);
    }
    assert_eq!(text(&err.text), "aftm_login is missing: its address is NULL");
    assert_eq!(it.heard(), []);
}

#[test]
fn what_is_too_small_is_refused_and_written_no_further() {
    let it = Open::new(&[]);
    let tick = Tick { struct_size: 100, ..Tick::blank() };
    let mut err = Status { struct_size: 40, ..Status::blank() };
    // SAFETY: each struct has more bytes than it says.
    unsafe {
        assert_eq!(feed_tick(it.session, &raw const tick, null()), E_ABI);
        assert_eq!(logout(it.session, 1, &raw mut err), E_STATE);
    }
    assert_eq!((err.code, err.text), (0, [0; 240]));
    let kind = aftm_exchange_abi::Instrument { kind: KIND_FUTURE + 1, ..Versioned::blank() };
    // SAFETY: the session is open.
    let code = unsafe { list_instrument(it.session, &raw const kind, null_mut()) };
    assert_eq!(code, aftm_exchange_abi::E_UNSUPPORTED);
}

#[test]
fn a_call_from_within_a_callback_is_refused() {
    let it = Open::new(&[]);
    // SAFETY: no call is under way.
    unsafe { (*it.heard).calls_back = Some(it.session) };
    assert_eq!(it.log_in(1), OK);
    // SAFETY: as above.
    let said = unsafe {
        (*it.heard).calls_back = None;
        std::mem::take(&mut (*it.heard).said)
    };
    assert!(said.len() >= 16 && said.iter().all(|it| *it == E_WRONG_THREAD), "{said:?}");
    assert_eq!(it.heard().last().map(|it| it.1), Some(1));
    assert_eq!(it.send(1, 2).0, OK);
}

#[test]
fn a_panic_ends_the_session_and_nothing_else() {
    let it = Open::new(&[]);
    // SAFETY: the session is open.
    unsafe {
        let code = super::calls::with(it.session, null_mut(), |_| panic!("on purpose"));
        assert_eq!(code, E_INTERNAL);
        assert_eq!(settle(it.session), E_INTERNAL);
    }
}

#[test]
fn a_ledger_that_cannot_be_written_leaves_nobody_in_the_dark() {
    let it = Open::new(&[KeyValue::lend("ledger", "true")]);
    assert_eq!(it.log_in(1), OK);
    assert_eq!(it.send(1, 2).0, OK);
    // SAFETY: the session is open, and no call is in it.
    let place = unsafe { &*it.session.cast::<Place>() };
    place.0.lock().unwrap().spoil_the_ledger();
    it.heard();
    assert_eq!(it.send(2, 3).0, OK, "it may have arrived");
    let order = (aftm_exchange_abi::EVENT_ORDER, 3);
    let (no_reply, lost) = (aftm_exchange_abi::CHANGE_NO_REPLY, aftm_exchange_abi::EVENT_CONN);
    assert_eq!(it.heard(), [(order.0, order.1, no_reply, E_TIMEOUT), (lost, 0, 0, 0)]);
    let (code, why) = it.send(3, 4);
    assert!(code == E_INTERNAL && why.contains("ledger.jsonl"), "{code} {why}");
    assert!(why.ends_with("close the session"), "{why}");
    assert_eq!(it.heard(), []);
}
