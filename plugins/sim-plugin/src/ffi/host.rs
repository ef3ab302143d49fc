//! The host's callbacks, and the rule that nobody calls the plug-in from within one.

use std::cell::Cell;
use std::ffi::c_void;

use aftm_exchange_abi::{
    Callbacks, E_ARG, EVENT_ANSWER, EVENT_LAST, Event, Status, Versioned, read,
};

use crate::fault::{Done, Fault};

thread_local! {
    /// Whether this thread is inside a callback of the host.
    static IS_TELLING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the plug-in is called from within a callback.
pub(super) fn is_telling() -> bool {
    IS_TELLING.get()
}

/// Marks the thread for as long as a callback of the host runs, which does not unwind.
fn telling(call_back: impl FnOnce()) {
    IS_TELLING.with(|is_telling| {
        is_telling.set(true);
        call_back();
        is_telling.set(false);
    });
}

/// The request that an event belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Req {
    /// None.
    None,
    /// A row of a list.
    Row(u64),
    /// The answer to it.
    Last(u64),
}

impl Req {
    /// The answer to a request, where there is one.
    pub(crate) fn last(req_id: Option<u64>) -> Req {
        req_id.map_or(Req::None, Req::Last)
    }

    fn parts(self) -> (u64, u16) {
        match self {
            Req::None => (0, 0),
            Req::Row(req_id) => (req_id, 0),
            Req::Last(req_id) => (req_id, EVENT_LAST),
        }
    }
}

/// Where everything is told. Events are numbered here, without a gap.
pub(crate) struct Host {
    callbacks: Callbacks,
    seq: u64,
}

// SAFETY: `user` is never looked at, and the interface lets any thread call back.
unsafe impl Send for Host {}

impl Host {
    /// Copies the host's callbacks.
    ///
    /// # Safety
    ///
    /// `callbacks` is NULL, or has as many bytes as it says.
    pub(super) unsafe fn new(callbacks: *const Callbacks) -> Done<Host> {
        // SAFETY: the caller vouches for the struct.
        let callbacks = unsafe { read(callbacks, u64::MAX) }?;
        if callbacks.on_event.is_none() || callbacks.on_log.is_none() {
            return Err(Fault::new(E_ARG, "on_event or on_log is NULL; both are needed"));
        }
        Ok(Host { callbacks, seq: 0 })
    }

    /// Tells an event with its payload.
    pub(crate) fn tell<T: Versioned>(&mut self, kind: u16, req: Req, payload: &T) {
        let payload = std::ptr::from_ref(payload).cast::<c_void>();
        let payload_size = u64::try_from(size_of::<T>()).unwrap_or(u64::MAX);
        let mut event = Event::blank();
        (event.kind, event.payload, event.payload_size) = (kind, payload, payload_size);
        self.pass_on(&mut event, req);
    }

    /// Answers a request: it is done, or why it failed.
    pub(crate) fn answer(&mut self, req_id: u64, done: Result<(), &Fault>) {
        let status = done.err().map(Fault::status);
        let status = status.as_ref().map_or(std::ptr::null::<Status>(), std::ptr::from_ref);
        let mut event = Event { kind: EVENT_ANSWER, status, ..Event::blank() };
        self.pass_on(&mut event, Req::Last(req_id));
    }

    // One for all payloads: an order is told in three.
    #[inline(never)]
    fn pass_on(&mut self, event: &mut Event, req: Req) {
        self.seq += 1;
        event.seq = self.seq;
        (event.req_id, event.flags) = req.parts();
        let Some(on_event) = self.callbacks.on_event else { return };
        // SAFETY: the host's own address and function; event, payload and status live during the
        // call.
        telling(|| unsafe { on_event(self.callbacks.user, event) });
    }

    /// Says a line for the log, at an `AFTM_LOG_…` level.
    pub(crate) fn log(&self, level: i32, text: &str) {
        let Some(on_log) = self.callbacks.on_log else { return };
        let size = u64::try_from(text.len()).unwrap_or(0);
        // SAFETY: the host's own address and function; the text lives during the call.
        telling(|| unsafe { on_log(self.callbacks.user, level, text.as_ptr().cast(), size) });
    }
}
