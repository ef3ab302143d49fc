//! A session: the one handle through which a plug-in is asked for anything.

use std::path::PathBuf;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aftm_exchange_abi as abi;
use aftm_exchange_abi::{
    Callbacks, KeyValue, OK, OPEN_COUNTS_FILLS, OpenParams, Status, Str, Versioned,
};

use crate::bell::Stay;
use crate::callback::{Gate, on_event, on_log};
use crate::closing::{Closed, close};
use crate::fault::{Breach, CallError, CloseError, OpenError, Refusal};
use crate::guard::Guarded;
use crate::load::Plugin;
use crate::news::Taken;
use crate::queue::Limits;
use crate::turn::{Lookout, Pass};

/// How long a session that is dropped without being closed may take to end.
const DROP_TIMEOUT: Duration = Duration::from_secs(2);

/// What a session is opened with.
#[derive(Clone)]
pub struct Opening {
    /// A folder of this plug-in alone, which exists; absolute.
    pub folder: PathBuf,
    /// The options of the settings file.
    pub options: Vec<(String, String)>,
    /// How much of what it tells is kept until it is taken.
    pub limits: Limits,
    /// How long a call waits for another one to return before it gives up.
    pub turn_wait: Duration,
    /// Whether fills are counted by their own events, so that a plug-in may leave out the updates
    /// which say of an order of the host's only that it traded, and let a fill answer an order that
    /// trades as soon as it is accepted. Not every plug-in does.
    pub counts_fills: bool,
    /// Called once an event, a line or a break was told, on the plug-in's thread and with no lock
    /// of the host held; not for what a call tells on the thread that makes it, because whoever
    /// calls takes that anyway. It returns at once, and calls no session.
    pub bell: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Opening { folder, options, limits, turn_wait, counts_fills, bell } = self;
        let keys: Vec<_> = options.iter().map(|(key, _)| key).collect();
        let mut shown = f.debug_struct("Opening");
        shown.field("folder", folder).field("options", &keys).field("limits", limits);
        shown.field("turn_wait", turn_wait).field("counts_fills", counts_fills);
        shown.field("has_bell", &bell.is_some()).finish()
    }
}

impl Opening {
    /// With a folder, no options, and the usual bounds.
    pub fn new(folder: PathBuf) -> Opening {
        let (limits, turn_wait) = (Limits::default(), Duration::from_secs(5));
        let (options, counts_fills) = (Vec::new(), false);
        Opening { folder, options, limits, turn_wait, counts_fills, bell: None }
    }
}

/// An open session. It may be shared among threads; calls are taken in turn. Structs that are passed
/// in may have any `struct_size`: it is set to the right one.
pub struct Session {
    plugin: Plugin,
    /// `None` once it is closed, which only `close` and `drop` do.
    at: Option<NonNull<abi::Session>>,
    gate: &'static Gate,
    turn_wait: Duration,
    requests: AtomicU64,
}

// SAFETY: the address is used by the call alone whose turn it is, and the interface lets any thread
// call.
unsafe impl Send for Session {}
// SAFETY: as above; everything else in it is shared safely by itself.
unsafe impl Sync for Session {}

impl Plugin {
    /// Opens a session, which connects to nothing yet.
    ///
    /// # Errors
    ///
    /// Where the plug-in refuses, or may not be asked for another session.
    pub fn open(&self, opening: &Opening) -> Result<Session, OpenError> {
        let folder = opening.folder.to_str().filter(|_| opening.folder.is_absolute());
        let Some(folder) = folder else {
            return Err(OpenError::Folder(opening.folder.clone()));
        };
        self.occupy()?;
        let gate = Gate::leaked(opening);
        match self.try_open(folder, opening, gate) {
            Ok(at) => Ok(Session {
                plugin: self.clone(),
                at: Some(at),
                gate,
                turn_wait: opening.turn_wait,
                requests: AtomicU64::new(0),
            }),
            Err(refused) => {
                gate.shut(&mut Taken::default());
                self.vacate();
                Err(refused)
            }
        }
    }

    fn try_open(
        &self,
        folder: &str,
        opening: &Opening,
        gate: &'static Gate,
    ) -> Result<NonNull<abi::Session>, OpenError> {
        let Some(open) = self.api().open else { return Err(OpenError::Nothing) };
        let lend = |(key, value): &(String, String)| KeyValue::lend(key, value);
        let options: Vec<_> = opening.options.iter().map(lend).collect();
        let params = OpenParams {
            flags: if opening.counts_fills { OPEN_COUNTS_FILLS } else { 0 },
            state_dir: Str::lend(folder),
            options: options.as_ptr(),
            options_n: count(options.len()),
            ..OpenParams::blank()
        };
        let (user, on_event, on_log) = (gate.user(), Some(on_event as _), Some(on_log as _));
        let callbacks = Callbacks { user, on_event, on_log, ..Callbacks::blank() };
        let (mut session, mut err) = (std::ptr::null_mut(), Guarded::<Status>::blank());
        let out = &raw mut session;
        let stay = Stay::begin(gate);
        // SAFETY: all that is passed lives during the call, `user` for ever.
        let code = unsafe { open(&raw const params, &raw const callbacks, out, err.room()) };
        drop(stay);
        if !err.is_whole() {
            self.die();
            return Err(OpenError::Broken(Breach::Overrun("open")));
        }
        if code != OK {
            return Err(OpenError::Refused(Refusal::of(code, err.written())));
        }
        NonNull::new(session).ok_or(OpenError::Nothing)
    }
}

impl Session {
    /// The plug-in.
    pub fn plugin(&self) -> &Plugin {
        &self.plugin
    }

    /// Hands out what was told since the last time. What `into` held is gone.
    pub fn take(&self, into: &mut Taken) {
        self.gate.take(into);
    }

    /// Waits until something was told or the session broke; whether that is so.
    pub fn wait(&self, wait: Duration) -> bool {
        self.gate.wait(wait)
    }

    /// The call that is in the plug-in now, for who watches that it returns.
    pub fn under_way(&self) -> Option<&'static str> {
        self.lookout().under_way()
    }

    /// The same for threads that do not have the session.
    pub fn lookout(&self) -> Lookout {
        Lookout::new(self.gate)
    }

    /// From now on its callbacks take so long; for a check.
    pub(crate) fn slow_down(&self, delay: Duration) {
        self.gate.slow_down(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
    }

    /// Why the session takes no more calls.
    pub fn broken(&self) -> Option<Breach> {
        self.gate.queue().broken().cloned()
    }

    /// Ends the session: after this, nothing that the plug-in does reaches anybody.
    ///
    /// # Errors
    ///
    /// Where it does not end in time; then the plug-in is dead and opens no other session.
    pub fn close(mut self, timeout: Duration) -> Result<Closed, CloseError> {
        self.end(timeout)
    }

    fn end(&mut self, timeout: Duration) -> Result<Closed, CloseError> {
        let Some(at) = self.at.take() else { return Ok(Closed::new(self.gate)) };
        let ended = match self.gate.wait_turn(timeout) {
            Err(under_way) => Err(CloseError::Hangs { under_way, waited: timeout }),
            Ok(queue) => {
                let _pass = Pass::begin(self.gate, queue, "close");
                // SAFETY: `open` made the session, no call is in it, and the address was taken from
                // its only place.
                unsafe { close(self.plugin.api(), at.as_ptr(), timeout) }
            }
        };
        let closed = Closed::new(self.gate);
        match ended {
            Ok(()) => self.plugin.vacate(),
            Err(_) => self.plugin.die(),
        }
        ended.map(|()| closed)
    }

    /// A call that an event answers.
    pub(crate) fn request<F: Copy>(
        &self,
        name: &'static str,
        function: Option<F>,
        act: impl FnOnce(F, *mut abi::Session, u64, *mut Status) -> i32,
    ) -> Result<u64, CallError> {
        let req_id = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let act = |call, at, err| act(call, at, req_id, err);
        self.call_with_reason(name, function, Some(req_id), act)?;
        Ok(req_id)
    }

    /// A call that says why it fails, and perhaps has a number for its answer.
    pub(crate) fn call_with_reason<F: Copy>(
        &self,
        name: &'static str,
        function: Option<F>,
        req_id: Option<u64>,
        act: impl FnOnce(F, *mut abi::Session, *mut Status) -> i32,
    ) -> Result<(), CallError> {
        let mut err = Guarded::<Status>::blank();
        let code = self.enter(name, function, req_id, |call, at| act(call, at, err.room()))?;
        if !err.is_whole() {
            self.gate.queue().break_off(Breach::Overrun(name));
        }
        // The code alone says whether something was sent, even where the session has just broken.
        if code == OK {
            return Ok(());
        }
        if let Some(req_id) = req_id {
            self.gate.queue().forget(req_id);
        }
        Err(CallError::Refused(Refusal::of(code, err.written())))
    }

    /// A call that says by its code alone that it fails.
    pub(crate) fn call<F: Copy>(
        &self,
        name: &'static str,
        function: Option<F>,
        act: impl FnOnce(F, *mut abi::Session) -> i32,
    ) -> Result<(), CallError> {
        match self.enter(name, function, None, act)? {
            OK => Ok(()),
            code => Err(CallError::Refused(Refusal::of(code, &Status::blank()))),
        }
    }

    /// Enters the plug-in when it is this call's turn. The queue is not locked meanwhile: callbacks
    /// may run on this thread.
    fn enter<F: Copy>(
        &self,
        name: &'static str,
        function: Option<F>,
        req_id: Option<u64>,
        act: impl FnOnce(F, *mut abi::Session) -> i32,
    ) -> Result<i32, CallError> {
        let (Some(function), Some(at)) = (function, self.at) else {
            return Err(CallError::NotOffered(name));
        };
        let mut queue = self.gate.wait_turn(self.turn_wait).map_err(|under_way| {
            CallError::Occupied { call: name, under_way, waited: self.turn_wait }
        })?;
        // Whether it broke is asked when it is this call's turn, or it would be old news.
        if let Some(breach) = queue.broken() {
            return Err(CallError::Broken(breach.clone()));
        }
        req_id.into_iter().for_each(|it| queue.expect(it));
        let pass = Pass::begin(self.gate, queue, name);
        let stay = Stay::begin(self.gate);
        let code = act(function, at.as_ptr());
        drop(stay);
        drop(pass);
        Ok(code)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.at.is_some() {
            // What goes wrong here makes the plug-in dead, which its next session is told.
            let _ = self.end(DROP_TIMEOUT);
        }
    }
}

/// A length as it crosses the boundary.
pub(crate) fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
