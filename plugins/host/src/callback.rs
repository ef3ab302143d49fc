//! Where a plug-in calls back: copies what it is told, queues it, and returns.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aftm_exchange_abi::{
    ABSENT, EVENT_ACCOUNT, EVENT_ANSWER, EVENT_BOOK, EVENT_CONN, EVENT_FILL, EVENT_INSTRUMENT,
    EVENT_LAST, EVENT_ORDER, EVENT_POSITION, EVENT_TICK, Event, Misfit, read, read_into,
};

use crate::bell::Stay;
use crate::fault::{Breach, Refusal};
use crate::market::Market;
use crate::news::{Taken, What};
use crate::queue::{Content, Heard, Queue, Unreadable};
use crate::read::{Told, line};
use crate::session::Opening;

/// The longest line of the log that is taken; the rest of it is cut.
const LINE_BYTES_MAX: u64 = 4_096;

/// What callbacks of one session reach. It is kept for the life of the process, emptied when the
/// session has ended: a plug-in that calls back all the same finds a shut gate, not freed memory.
pub(crate) struct Gate {
    is_open: AtomicBool,
    late: AtomicU64,
    queue: Mutex<Queue>,
    told: Condvar,
    /// No call is under way.
    pub(crate) free: Condvar,
    /// Who waits to be woken; changed under the lock of the queue. To wake nobody costs a system call.
    listeners: AtomicUsize,
    /// How long each event keeps the plug-in waiting, in milliseconds: 0 but in a check.
    delay_ms: AtomicU64,
}

impl Gate {
    /// A gate for a session that is about to be opened.
    pub(crate) fn leaked(opening: &Opening) -> &'static Gate {
        Box::leak(Box::new(Gate {
            is_open: AtomicBool::new(true),
            late: AtomicU64::new(0),
            queue: Mutex::new(Queue::new(opening.limits, opening.bell.clone())),
            told: Condvar::new(),
            free: Condvar::new(),
            listeners: AtomicUsize::new(0),
            delay_ms: AtomicU64::new(0),
        }))
    }

    /// The address that the plug-in hands back.
    pub(crate) fn user(&'static self) -> *mut c_void {
        (&raw const *self).cast_mut().cast()
    }

    /// The queue. Nobody calls a plug-in while holding it.
    pub(crate) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands out what was told; the lock is not held while that is sorted.
    pub(crate) fn take(&self, into: &mut Taken) {
        into.market.clear();
        let market = self.queue().take(into);
        if let Some(market) = market {
            market.take(&mut into.market);
        }
    }

    /// Waits until something is told, at most `wait`; whether something was.
    pub(crate) fn wait(&self, wait: Duration) -> bool {
        self.listen(wait, |it| !it.has_told()).has_told()
    }

    /// Waits as long as there is nothing to be woken for, at most `wait`.
    fn listen(
        &self,
        wait: Duration,
        is_silent: impl FnMut(&mut Queue) -> bool,
    ) -> MutexGuard<'_, Queue> {
        let queue = self.queue();
        self.listeners.fetch_add(1, Ordering::AcqRel);
        let waited = self.told.wait_timeout_while(queue, wait, is_silent);
        let queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        self.listeners.fetch_sub(1, Ordering::AcqRel);
        queue
    }

    fn wake(&self) {
        if self.listeners.load(Ordering::Acquire) > 0 {
            self.told.notify_all();
        }
    }

    /// The session has ended: nothing is taken in any more. Hands out the rest.
    pub(crate) fn shut(&self, into: &mut Taken) {
        self.is_open.store(false, Ordering::Release);
        self.take(into);
        let rest = self.queue().end();
        // The bell goes with it, and what goes with the bell must not meet the lock.
        drop(rest);
    }

    /// From now on every event takes so long, as if the host were slow.
    pub(crate) fn slow_down(&self, delay_ms: u64) {
        self.delay_ms.store(delay_ms, Ordering::Release);
    }

    fn dawdle(&self) {
        let delay_ms = self.delay_ms.load(Ordering::Acquire);
        if delay_ms > 0 {
            std::thread::park_timeout(Duration::from_millis(delay_ms));
        }
    }

    /// Callbacks after the gate was shut.
    pub(crate) fn late(&self) -> u64 {
        self.late.load(Ordering::Acquire)
    }

    /// Gives a callback its turn at the queue, unless the session has ended.
    fn enter(&self, act: impl FnOnce(&mut Queue)) {
        let mut queue = self.queue();
        // The gate is shut before the queue is emptied, so that nothing gets in between.
        if self.is_open.load(Ordering::Acquire) {
            act(&mut queue);
            let bell = if Stay::is_in(self) { None } else { queue.bell() };
            drop(queue);
            self.wake();
            if let Some(bell) = bell {
                bell();
            }
        } else {
            drop(queue);
            self.count_late();
        }
    }

    fn count_late(&self) {
        self.late.fetch_add(1, Ordering::AcqRel);
        self.wake();
    }

    /// Waits until a callback comes after the gate was shut, at most `wait`.
    pub(crate) fn wait_late(&self, wait: Duration) {
        // One that comes just before the wait begins wakes nobody; then the wait is longer, no more.
        drop(self.listen(wait, |_| self.late() == 0));
    }

    fn is_shut(&self) -> bool {
        let is_shut = !self.is_open.load(Ordering::Acquire);
        if is_shut {
            self.count_late();
        }
        is_shut
    }
}

/// Takes an event. Returns at once, whatever it is given.
pub(crate) unsafe extern "C" fn on_event(user: *mut c_void, event: *const Event) {
    // SAFETY: the plug-in hands back what `Gate::user` gave it, which lives for ever, or NULL.
    let Some(gate) = (unsafe { user.cast::<Gate>().as_ref() }) else { return };
    let taken = catch_unwind(AssertUnwindSafe(|| {
        if !gate.is_shut() {
            // SAFETY: the plug-in owns the event and all it points to for the callback alone, and
            // says how many bytes there are.
            let heard = unsafe { heard(event) };
            gate.enter(|queue| match heard {
                Ok(heard) => queue.hear(heard),
                Err(why) => queue.break_off(Breach::Unreadable { kind: "an event", why }),
            });
            gate.dawdle();
        }
    }));
    if taken.is_err() {
        let why = "the host failed over it".to_owned();
        gate.enter(|queue| queue.break_off(Breach::Unreadable { kind: "an event", why }));
    }
}

/// Takes a line for the log. Returns at once, whatever it is given.
pub(crate) unsafe extern "C" fn on_log(
    user: *mut c_void,
    level: i32,
    text: *const c_char,
    size: u64,
) {
    // SAFETY: as in `on_event`.
    let Some(gate) = (unsafe { user.cast::<Gate>().as_ref() }) else { return };
    // A line that cannot be taken is no reason to end a session, so a panic is forgotten.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        if gate.is_shut() || text.is_null() {
            return;
        }
        let size = usize::try_from(size.min(LINE_BYTES_MAX)).unwrap_or(0);
        // SAFETY: the plug-in lends `size` bytes or more, of any value, for the callback alone.
        let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), size) };
        let text = line(&String::from_utf8_lossy(whole(bytes)));
        gate.enter(|queue| queue.line(level, text));
    }));
}

/// Bytes without the part of a character at their end.
fn whole(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(cut) if cut.error_len().is_none() => bytes.get(..cut.valid_up_to()).unwrap_or(bytes),
        _ => bytes,
    }
}

/// Copies an event and what it points to.
///
/// # Safety
///
/// As of a callback: the event is NULL or one, and its addresses are NULL or of as many bytes
/// as it says.
unsafe fn heard(event: *const Event) -> Result<Heard, String> {
    // SAFETY: the caller vouches for the event.
    let event = unsafe { read(event, u64::MAX) }.map_err(unfit)?;
    // SAFETY: the caller vouches for what the event points to.
    let content = unsafe { content(&event) };
    Ok(Heard {
        seq: event.seq,
        req_id: event.req_id,
        is_last: event.flags & EVENT_LAST != 0,
        ts_ns: (event.ts_ns != ABSENT).then_some(event.ts_ns),
        content: content.unwrap_or_else(|why| Content::Unreadable(unreadable(event.kind, why))),
    })
}

/// Copies what an event points to; the kind fixes the type.
///
/// # Safety
///
/// As of `heard`.
unsafe fn content(event: &Event) -> Result<Content, String> {
    // SAFETY: the caller vouches for what the event points to, in every one of these.
    unsafe {
        match event.kind {
            EVENT_ANSWER => answer(event).map(What::Answer).map(Content::News),
            EVENT_ORDER => boxed(event).map(What::Order).map(Content::News),
            EVENT_FILL => boxed(event).map(What::Fill).map(Content::News),
            EVENT_POSITION => boxed(event).map(What::Position).map(Content::News),
            EVENT_ACCOUNT => boxed(event).map(What::Account).map(Content::News),
            EVENT_INSTRUMENT => boxed(event).map(What::Instrument).map(Content::News),
            EVENT_CONN => boxed(event).map(What::Connection).map(Content::News),
            EVENT_TICK => payload(event).map(Market::Tick).map(Box::new).map(Content::Market),
            EVENT_BOOK => payload(event).map(Market::Book).map(Box::new).map(Content::Market),
            _ => Ok(Content::Unknown),
        }
    }
}

#[cold]
#[allow(clippy::needless_pass_by_value)] // As errors are mapped.
fn unfit(misfit: Misfit) -> String {
    misfit.to_string()
}

#[cold]
fn unreadable(kind: u16, why: String) -> Box<Unreadable> {
    let (kind, is_grave) = match kind {
        EVENT_ANSWER => ("an answer", true),
        EVENT_ORDER => ("an order", true),
        EVENT_FILL => ("a fill", true),
        EVENT_POSITION => ("a position", true),
        EVENT_ACCOUNT => ("an account", true),
        EVENT_CONN => ("a connection", true),
        EVENT_INSTRUMENT => ("an instrument", false),
        EVENT_TICK => ("a tick", false),
        _ => ("a book", false),
    };
    Box::new(Unreadable { kind, why, is_grave })
}

/// Copies and checks a payload.
///
/// # Safety
///
/// As of `heard`.
unsafe fn payload<T: Told>(event: &Event) -> Result<T, String> {
    let mut told = MaybeUninit::<T>::uninit();
    // SAFETY: the caller vouches for it, and what was copied is whole.
    let mut told = unsafe {
        copy(event, &mut told)?;
        told.assume_init()
    };
    told.tidy()?;
    Ok(told)
}

/// The same at the address where it stays.
///
/// # Safety
///
/// As of `heard`.
unsafe fn boxed<T: Told>(event: &Event) -> Result<Box<T>, String> {
    let mut told = Box::<T>::new_uninit();
    // SAFETY: the caller vouches for it, and what was copied is whole.
    let mut told = unsafe {
        copy(event, &mut told)?;
        told.assume_init()
    };
    told.tidy()?;
    Ok(told)
}

/// Copies a payload.
///
/// # Safety
///
/// As of `heard`.
unsafe fn copy<T: Told>(event: &Event, told: &mut MaybeUninit<T>) -> Result<(), String> {
    // SAFETY: the caller vouches for the address and its bytes; the copy takes no more of them than
    // the event and the struct itself say there are, and need not be aligned.
    let copied = unsafe { read_into(event.payload.cast(), event.payload_size, told) };
    copied.map_err(unfit)
}

/// Copies the reason of an answer, where the request failed.
///
/// # Safety
///
/// As of `heard`.
unsafe fn answer(event: &Event) -> Result<Result<(), Box<Refusal>>, String> {
    if event.status.is_null() {
        return Ok(Ok(()));
    }
    // SAFETY: the caller vouches for the status.
    let status = unsafe { read(event.status, u64::MAX) }.map_err(unfit)?;
    Ok(Refusal::in_answer(&status).map_or(Ok(()), |it| Err(Box::new(it))))
}
