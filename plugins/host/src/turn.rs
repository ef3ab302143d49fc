//! One call at a time, and a name for the one that is in the plug-in.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Lets one call at a time into a session. Callbacks have nothing to do with it.
#[derive(Default)]
pub(crate) struct Turn {
    taken: Mutex<Taken>,
    free: Condvar,
}

#[derive(Default)]
struct Taken {
    under_way: Option<&'static str>,
    /// Who waits for the turn. To wake nobody costs a system call.
    waiting: usize,
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
        let mut taken = self.lock();
        if taken.under_way.is_some() {
            taken = self.wait(taken, wait);
        }
        if let Some(call) = taken.under_way {
            return Err(call);
        }
        taken.under_way = Some(call);
        Ok(Pass(self))
    }

    #[cold]
    fn wait<'turn>(
        &'turn self,
        mut taken: MutexGuard<'turn, Taken>,
        wait: Duration,
    ) -> MutexGuard<'turn, Taken> {
        taken.waiting += 1;
        let is_taken = |it: &mut Taken| it.under_way.is_some();
        let waited = self.free.wait_timeout_while(taken, wait, is_taken);
        let mut taken = waited.unwrap_or_else(PoisonError::into_inner).0;
        taken.waiting -= 1;
        taken
    }

    /// The call that is in the plug-in.
    pub(crate) fn under_way(&self) -> Option<&'static str> {
        self.lock().under_way
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut taken = self.0.lock();
        taken.under_way = None;
        let is_awaited = taken.waiting > 0;
        drop(taken);
        if is_awaited {
            self.0.free.notify_one();
        }
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
