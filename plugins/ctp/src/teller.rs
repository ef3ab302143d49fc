//! Where the host is told: events numbered without a gap, one at a time.

use std::cell::Cell;
use std::ffi::c_void;

use abi::{
    Callbacks, EVENT_ACCOUNT, EVENT_ANSWER, EVENT_BOOK, EVENT_CONN, EVENT_FILL, EVENT_INSTRUMENT,
    EVENT_LAST, EVENT_ORDER, EVENT_POSITION, EVENT_TICK, Event, Versioned,
};
use aftm_exchange_abi as abi;

use crate::driver::{Out, What};

thread_local! {
    /// Whether this thread is in a callback of the host, from which it must not call the plug-in.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is in a callback.
pub(crate) fn is_telling() -> bool {
    TELLING.get()
}

/// See the module.
pub(crate) struct Teller {
    callbacks: Callbacks,
    seq: u64,
    newest_ns: i64,
    is_shut: bool,
}

// SAFETY: `user` is an address to hand back and nothing else, and the host lets any thread call back,
// one at a time, which the lock around this struct sees to.
unsafe impl Send for Teller {}

impl Teller {
    /// The callbacks are whole: both functions are there.
    pub(crate) const fn new(callbacks: Callbacks) -> Teller {
        Teller { callbacks, seq: 0, newest_ns: 0, is_shut: false }
    }

    /// Nothing is told any more.
    pub(crate) const fn shut(&mut self) {
        self.is_shut = true;
    }

    /// Tells all of it, at this machine's clock.
    pub(crate) fn tell(&mut self, all: Vec<Out>, now_ns: i64) {
        for out in all {
            match out {
                Out::Event { request, is_last, what } => {
                    self.event((request, is_last), &what, now_ns);
                }
                Out::Line(level, text) => self.line(level, &text),
            }
        }
    }

    fn event(&mut self, (req_id, is_last): (u64, bool), what: &What, now_ns: i64) {
        let Some(on_event) = self.callbacks.on_event.filter(|_| !self.is_shut) else { return };
        self.seq += 1;
        self.newest_ns = self.newest_ns.max(now_ns);
        let status = match what {
            What::Answer(Err(refusal)) => Some(refusal.status()),
            _ => None,
        };
        let (kind, payload, payload_size) = content(what);
        let event = Event {
            kind,
            flags: if is_last { EVENT_LAST } else { 0 },
            seq: self.seq,
            req_id,
            ts_ns: self.newest_ns,
            payload,
            payload_size,
            status: status.as_ref().map_or(std::ptr::null(), std::ptr::from_ref),
            ..Event::blank()
        };
        TELLING.set(true);
        // SAFETY: the event and all it points to live during the call, and `user` is the host's own.
        unsafe { on_event(self.callbacks.user, &raw const event) };
        TELLING.set(false);
    }

    fn line(&self, level: i32, text: &str) {
        let Some(on_log) = self.callbacks.on_log.filter(|_| !self.is_shut) else { return };
        TELLING.set(true);
        // SAFETY: the text lives during the call, and `user` is the host's own.
        unsafe { on_log(self.callbacks.user, level, text.as_ptr().cast(), text.len() as u64) };
        TELLING.set(false);
    }
}

/// The kind of an event, and where its payload lies.
fn content(what: &What) -> (u16, *const c_void, u64) {
    fn at<T>(payload: &T) -> (*const c_void, u64) {
        (std::ptr::from_ref(payload).cast(), size_of::<T>() as u64)
    }
    let (kind, (payload, size)) = match what {
        What::Answer(_) => (EVENT_ANSWER, (std::ptr::null(), 0)),
        What::Order(it) => (EVENT_ORDER, at(it)),
        What::Fill(it) => (EVENT_FILL, at(it)),
        What::Tick(it) => (EVENT_TICK, at(it)),
        What::Book(it) => (EVENT_BOOK, at(it)),
        What::Position(it) => (EVENT_POSITION, at(it)),
        What::Account(it) => (EVENT_ACCOUNT, at(it)),
        What::Instrument(it) => (EVENT_INSTRUMENT, at(it)),
        What::Connection(it) => (EVENT_CONN, at(it)),
    };
    (kind, payload, size)
}
