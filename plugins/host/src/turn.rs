//! One call at a time, and a name for the one that is in the plug-in.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Lets one call at a time into a session. Callbacks have nothing to do with it.
#[derive(Default)]
pub(crate) struct Turn {
    under_way: Mutex<Option<&'static str>>,
    free: Condvar,
}

/// Says which call is in the plug-in, to any thread and for as long as anybody likes: a call that
/// does not return is seen by those who are not waiting for it.
#[derive(Clone)]
pub struct Lookout(Arc<Turn>);

impl Lookout {
    pub(crate) const fn new(turn: Arc<Turn>) -> Lookout {
        Lookout(turn)
    }

    /// The call that is in the plug-in now.
    pub fn under_way(&self) -> Option<&'static str> {
        self.0.under_way()
    }
}

/// A call's turn; it ends when this goes.
pub(crate) struct Pass<'turn>(&'turn Turn);

impl Turn {
    /// Waits for its turn; the call that does not return where that takes longer than `wait`.
    pub(crate) fn enter(
        &self,
        call: &'static str,
        wait: Duration,
    ) -> Result<Pass<'_>, &'static str> {
        let held = self.lock();
        let waited = self.free.wait_timeout_while(held, wait, |it| it.is_some());
        let (mut held, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if let Some(call) = *held {
            return Err(call);
        }
        *held = Some(call);
        Ok(Pass(self))
    }

    /// The call that is in the plug-in.
    pub(crate) fn under_way(&self) -> Option<&'static str> {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Option<&'static str>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
        self.0.free.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_does_not_return_is_named_to_the_next() {
        let turn = Turn::default();
        let first = turn.enter("login", Duration::ZERO).ok().unwrap();
        assert_eq!(turn.under_way(), Some("login"));
        assert_eq!(turn.enter("query", Duration::from_millis(1)).err(), Some("login"));
        drop(first);
        assert_eq!(turn.under_way(), None);
        assert!(turn.enter("query", Duration::ZERO).is_ok());
    }
}
