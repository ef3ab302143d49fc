//! The session behind its address, and what every call has in common: nothing missing, nobody inside
//! a callback, one at a time, and no panic past the boundary.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::Duration;

use aftm_exchange_abi::{E_ARG, E_INTERNAL, E_TIMEOUT, E_WRONG_THREAD, OK, Session, Status, write};

use super::host::is_telling;
use crate::fault::{Done, Fault};
use crate::seat::Seat;

/// What a session's address leads to.
pub(super) struct Place(pub(super) Mutex<Seat>);

impl Place {
    /// Gives a session an address, which `close` takes back.
    pub(super) fn address(seat: Seat) -> *mut Session {
        Box::into_raw(Box::new(Place(Mutex::new(seat)))).cast()
    }
}

fn inside() -> Fault {
    Fault::new(E_WRONG_THREAD, "a callback must not call the plug-in")
}

fn said(panic: &(dyn Any + Send)) -> Fault {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("it does not say how");
    Fault::new(E_INTERNAL, format!("the simulated exchange failed: {text}"))
}

/// Runs what a function of the table does, and says in its code and in `err` what came of it.
///
/// # Safety
///
/// `err` is NULL, or has as many bytes as it says.
pub(super) unsafe fn guarded(err: *mut Status, act: impl FnOnce() -> Done) -> i32 {
    let outside = || if is_telling() { Err(inside()) } else { act() };
    let done = catch_unwind(AssertUnwindSafe(outside)).unwrap_or_else(|panic| Err(said(&*panic)));
    let Err(fault) = done else { return OK };
    if !err.is_null() {
        // SAFETY: the caller vouches for the struct. One that is too small is left as it is.
        let _ = unsafe { write(&fault.status(), err) };
    }
    fault.code
}

/// The same with a session, for whose length nobody else is in it.
///
/// # Safety
///
/// `session` is NULL or an address that `open` gave and `close` did not take back; `err` as of
/// `guarded`.
pub(super) unsafe fn with(
    session: *mut Session,
    err: *mut Status,
    act: impl FnOnce(&mut Seat) -> Done,
) -> i32 {
    let act = || {
        // SAFETY: the caller vouches for the address.
        let place = unsafe { session.cast::<Place>().as_ref() };
        let place = place.ok_or_else(|| Fault::new(E_ARG, "the session is NULL"))?;
        let failed = |_| Fault::new(E_INTERNAL, "the session failed in an earlier call; close it");
        let mut seat: MutexGuard<'_, Seat> = place.0.lock().map_err(failed)?;
        act(&mut seat)
    };
    // SAFETY: the caller vouches for `err`.
    unsafe { guarded(err, act) }
}

/// Ends a session once no call is in it, at most so many milliseconds later.
///
/// # Safety
///
/// `session` is NULL or an address that `open` gave; after `OK` nobody uses it again.
pub(super) unsafe fn end(session: *mut Session, timeout_ms: u32) -> i32 {
    let at = session.cast::<Place>();
    let wait = || {
        // SAFETY: the caller vouches for the address.
        let Some(place) = (unsafe { at.as_ref() }) else { return Ok(()) };
        for _ in 0..=timeout_ms {
            match place.0.try_lock() {
                Ok(_) | Err(TryLockError::Poisoned(_)) => return Ok(()),
                Err(TryLockError::WouldBlock) => thread::park_timeout(Duration::from_millis(1)),
            }
        }
        Err(Fault::new(E_TIMEOUT, "a call is still under way"))
    };
    // SAFETY: there is no `err`.
    let code = unsafe { guarded(std::ptr::null_mut(), wait) };
    if code == OK && !at.is_null() {
        // SAFETY: `address` made it, no call is in it, and the host uses it no more.
        let place = unsafe { Box::from_raw(at) };
        // Dropping it closes files, which cannot fail in a way that anybody could be told.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(place)));
    }
    code
}
