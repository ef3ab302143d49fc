//! How whoever owns a session learns that something was told.

use std::cell::Cell;
use std::sync::Arc;

use crate::callback::Gate;

/// Called once something was queued. It returns at once and calls no session.
pub(crate) type Bell = Arc<dyn Fn() + Send + Sync>;

thread_local! {
    /// The gate of the session that this thread is in a call of; its address is only compared.
    static INSIDE: Cell<*const Gate> = const { Cell::new(std::ptr::null()) };
}

/// A thread's stay in a call of a session: it takes what was told when the call is over, so no bell
/// rings for what the call tells on the same thread.
pub(crate) struct Stay(*const Gate);

impl Stay {
    pub(crate) fn begin(gate: &'static Gate) -> Stay {
        Stay(INSIDE.replace(std::ptr::from_ref(gate)))
    }

    /// Whether this thread is in a call of the session that the gate belongs to.
    pub(crate) fn is_in(gate: &Gate) -> bool {
        std::ptr::eq(INSIDE.get(), gate)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        INSIDE.set(self.0);
    }
}
