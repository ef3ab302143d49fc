//! The smallest host: loads the example, keeps what it tells, and sends what a test asks for.

use std::ffi::{c_char, c_void};
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

use aftm_exchange_abi::{
    Account, Api, Callbacks, Connection, E_WRONG_THREAD, ENTRY, EVENT_ACCOUNT, EVENT_ANSWER,
    EVENT_CONN, EVENT_FILL, EVENT_INSTRUMENT, EVENT_LAST, EVENT_ORDER, EVENT_POSITION, Entry,
    Event, Fill, Instrument, KeyValue, Login, OK, OpenParams, OrderUpdate, Position, Session,
    Status, Str, Versioned, read, text,
};

use crate::compiler::{Language, compile};

/// What an event carries.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Answer,
    Order(OrderUpdate),
    Fill(Fill),
    Position(Position),
    Account(Account),
    Instrument(Instrument),
    Connection(Connection),
}

/// An event, copied.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) seq: u64,
    pub(crate) req_id: u64,
    pub(crate) is_last: bool,
    pub(crate) payload: Payload,
    pub(crate) status: Option<Status>,
}

/// A refusal of a call: its code and its sentence.
pub(crate) type Refused = (i32, String);

/// What callbacks reach.
#[derive(Default)]
struct Kept {
    told: Vec<Told>,
    logged: Vec<String>,
    /// A session to call from within the next callback, as no host may, and what that returned.
    trespass: Option<(Api, *mut Session)>,
    trespassed: Option<i32>,
}

/// One session of the example.
pub(crate) struct Host {
    pub(crate) api: Api,
    pub(crate) session: *mut Session,
    kept: *mut Mutex<Kept>,
    requests: u64,
}

/// The entry of the example, which is compiled once and never unloaded.
pub(crate) fn entry() -> Entry {
    // A static is never dropped, so the library stays.
    static LOADED: OnceLock<(libloading::Library, Entry)> = OnceLock::new();
    LOADED.get_or_init(load).1
}

fn load() -> (libloading::Library, Entry) {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("libexample.so");
    let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../example-c");
    let other = sources.join("tell.c");
    let flags = ["-shared", "-fPIC", "-fvisibility=hidden", "-pthread", "-g", "-O1"];
    let flags = [&flags[..], &[other.to_str().unwrap()]].concat();
    compile(Language::C11, &sources.join("plugin.c"), &library, &flags);
    // SAFETY: the library was just built from sources that do nothing when they are loaded, and the
    // symbol is of this type by the header that they include.
    unsafe {
        let library = libloading::Library::new(&library).unwrap();
        let entry = *library.get::<Entry>(ENTRY.to_bytes_with_nul()).unwrap();
        (library, entry)
    }
}

/// The table of the example.
pub(crate) fn table() -> Api {
    // SAFETY: the entry is the example's, and its table lives for ever.
    unsafe { read(entry()(1, 0), u64::MAX) }.unwrap()
}

unsafe extern "C" fn on_event(user: *mut c_void, event: *const Event) {
    // SAFETY: `user` is the mutex that `Host::open` leaked, and the event lives during the call.
    let (kept, event) = unsafe { (&*user.cast::<Mutex<Kept>>(), read(event, u64::MAX).unwrap()) };
    let mut kept = kept.lock().unwrap();
    if let Some((api, session)) = kept.trespass.take() {
        let mut err = Status::blank();
        // SAFETY: the session is open; that the call is forbidden here is what is tested.
        let code = unsafe { api.logout.unwrap()(session, 1, &raw mut err) };
        kept.trespassed = Some(code);
    }
    // SAFETY: an event's status is NULL or one, and lives as long as the event.
    let status = unsafe { event.status.as_ref() }.copied();
    let (seq, req_id, is_last) = (event.seq, event.req_id, event.flags & EVENT_LAST != 0);
    kept.told.push(Told { seq, req_id, is_last, payload: payload(&event), status });
}

fn payload(event: &Event) -> Payload {
    fn taken<T: Versioned>(event: &Event) -> T {
        // SAFETY: the kind fixes the type, and the payload lives as long as the event.
        unsafe { read(event.payload.cast(), event.payload_size) }.unwrap()
    }
    match event.kind {
        EVENT_ANSWER => Payload::Answer,
        EVENT_ORDER => Payload::Order(taken(event)),
        EVENT_FILL => Payload::Fill(taken(event)),
        EVENT_POSITION => Payload::Position(taken(event)),
        EVENT_ACCOUNT => Payload::Account(taken(event)),
        EVENT_INSTRUMENT => Payload::Instrument(taken(event)),
        EVENT_CONN => Payload::Connection(taken(event)),
        unknown => panic!("the kind {unknown}"),
    }
}

unsafe extern "C" fn on_log(user: *mut c_void, _level: i32, line: *const c_char, size: u64) {
    // SAFETY: `user` is the mutex that `Host::open` leaked, and the line lives during the call.
    let (kept, line) =
        unsafe { (&*user.cast::<Mutex<Kept>>(), Str { data: line, size }.text(9_999)) };
    kept.lock().unwrap().logged.push(line.unwrap().to_owned());
}

impl Host {
    /// Opens a session with options.
    pub(crate) fn open(options: &[KeyValue]) -> Result<Host, Refused> {
        let kept = Box::into_raw(Box::new(Mutex::new(Kept::default())));
        let params = OpenParams {
            state_dir: Str::lend("/nowhere"),
            options: options.as_ptr(),
            options_n: options.len() as u64,
            ..OpenParams::blank()
        };
        let callbacks = Callbacks {
            user: kept.cast(),
            on_event: Some(on_event),
            on_log: Some(on_log),
            ..Callbacks::blank()
        };
        let (api, mut session, mut err) = (table(), std::ptr::null_mut(), Status::blank());
        let (session_at, err_at) = (&raw mut session, &raw mut err);
        // SAFETY: everything that is passed lives during the call, and `kept` until `close`.
        let code = unsafe {
            api.open.unwrap()(&raw const params, &raw const callbacks, session_at, err_at)
        };
        let host = Host { api, session, kept, requests: 0 };
        if code == OK { Ok(host) } else { Err((code, text(&err.text).into_owned())) }
    }

    /// Opens a session and logs in; what was told of that is forgotten.
    pub(crate) fn logged_in() -> Host {
        let mut host = Host::open(&[]).unwrap();
        host.login("demo", "demo", 0).unwrap();
        host.told();
        host
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // SAFETY: leaked by `open`, freed by `drop` alone.
        unsafe { &*self.kept }.lock().unwrap()
    }

    /// What was told since the last time; holds that events are numbered without a gap.
    pub(crate) fn told(&mut self) -> Vec<Told> {
        let told = std::mem::take(&mut self.kept().told);
        assert!(told.is_sorted_by(|one, next| one.seq + 1 == next.seq), "{told:?}");
        told
    }

    /// The lines of the log.
    pub(crate) fn logged(&self) -> Vec<String> {
        self.kept().logged.clone()
    }

    /// Calls the plug-in with the next request id. Returns what was told, of which exactly one
    /// answers the request; or why it was not sent, and then nothing is told.
    pub(crate) fn request(
        &mut self,
        call: impl FnOnce(&Api, *mut Session, u64, *mut Status) -> i32,
    ) -> Result<Vec<Told>, Refused> {
        self.requests += 1;
        let (req_id, mut err) = (self.requests, Status::blank());
        let code = call(&self.api, self.session, req_id, &raw mut err);
        let told = self.told();
        if code != OK {
            assert!(told.is_empty(), "{told:?}");
            assert_eq!(err.code, code);
            return Err((code, text(&err.text).into_owned()));
        }
        let answers = told.iter().filter(|it| it.is_last && it.req_id == req_id).count();
        assert_eq!((answers, told.iter().filter(|it| it.is_last).count()), (1, 1), "{told:?}");
        Ok(told)
    }

    pub(crate) fn login(
        &mut self,
        user: &str,
        password: &str,
        flags: u32,
    ) -> Result<Vec<Told>, Refused> {
        let creds = [KeyValue::lend("user", user), KeyValue::lend("password", password)];
        let login = Login { flags, creds: creds.as_ptr(), creds_n: 2, ..Login::blank() };
        // SAFETY: the session is open, and what is passed lives during the call.
        self.request(|api, session, req_id, err| unsafe {
            api.login.unwrap()(session, &raw const login, req_id, err)
        })
    }

    /// Calls the plug-in from within the next callback, during `act`; returns its code.
    pub(crate) fn trespass(&mut self, act: impl FnOnce(&mut Host)) -> i32 {
        let call = (self.api, self.session);
        self.kept().trespass = Some(call);
        act(self);
        self.kept().trespassed.take().unwrap_or(E_WRONG_THREAD + 1)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // SAFETY: the session is open and not used again; after OK no callback runs, so that what
        // they reach can go.
        unsafe {
            assert_eq!(self.api.close.unwrap()(self.session, 1_000), OK);
            drop(Box::from_raw(self.kept));
        }
    }
}
