//! The end of a session: a barrier after which no callback runs.

use std::ffi::c_void;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use aftm_exchange_abi as abi;
use aftm_exchange_abi::{Api, OK};

use crate::callback::Gate;
use crate::fault::CloseError;
use crate::news::Taken;

/// What `close` may take longer than it was told before it counts as hanging.
const GRACE: Duration = Duration::from_millis(500);

/// A session that was closed.
pub struct Closed {
    /// What was told and not taken before it was closed.
    pub rest: Taken,
    gate: &'static Gate,
}

impl Closed {
    pub(crate) fn new(gate: &'static Gate) -> Closed {
        let mut rest = Taken::default();
        gate.shut(&mut rest);
        Closed { rest, gate }
    }

    /// How often the plug-in has called back since, which it must never do. Such calls change
    /// nothing.
    pub fn late_calls(&self) -> u64 {
        self.gate.late()
    }

    /// The same, after waiting at most so long for the first of them.
    pub fn late_within(&self, wait: Duration) -> u64 {
        self.gate.wait_late(wait);
        self.late_calls()
    }
}

/// A session's address, on its way to the thread that closes it.
struct Address(*mut c_void);

// SAFETY: it is a number to everybody but the plug-in, which is called with it from any thread, one
// at a time.
unsafe impl Send for Address {}

/// Calls `close` on a thread of its own, so that one that never returns holds nobody up.
///
/// # Safety
///
/// `session` was made by `open` of this table, and this is the last call with it.
pub(crate) unsafe fn close(
    api: &Api,
    session: *mut abi::Session,
    timeout: Duration,
) -> Result<(), CloseError> {
    let Some(close) = api.close else { return Err(CloseError::Refused(abi::E_UNSUPPORTED)) };
    let (says, hears) = mpsc::channel();
    let (timeout_ms, address) = (to_ms(timeout), Address(session.cast()));
    let started = thread::Builder::new().name("plug-in close".to_owned()).spawn(move || {
        let Address(session) = { address };
        // SAFETY: the caller vouches for the session, and that nothing is called with it any more.
        let code = unsafe { close(session.cast(), timeout_ms) };
        // Nobody listens any more where it took too long.
        let _ = says.send(code);
    });
    let Ok(closing) = started else {
        return Err(CloseError::Hangs { under_way: "no thread to close", waited: Duration::ZERO });
    };
    let said = hears.recv_timeout(timeout.saturating_add(GRACE));
    if said.is_ok() {
        // It has nothing left to do, and its end is awaited so that it is not counted as a thread.
        let _ = closing.join();
    }
    match said {
        Ok(OK) => Ok(()),
        Ok(code) => Err(CloseError::Refused(code)),
        Err(_) => Err(CloseError::Hangs { under_way: "close", waited: timeout + GRACE }),
    }
}

fn to_ms(timeout: Duration) -> u32 {
    u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX)
}
