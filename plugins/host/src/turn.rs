//! One call at a time, and a name for the one that is in the plug-in.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use crate::callback::Gate;
use crate::queue::Queue;

/// Whose turn it is in a session. Callbacks have nothing to do with it but the lock.
#[derive(Default)]
pub(crate) struct Turn {
    under_way: Option<&'static str>,
    /// Who waits for the turn. To wake nobody costs a system call.
    waiting: usize,
}

/// Says which call is in the plug-in, to any thread and for as long as anybody likes: a call that
/// does not return is seen by those who are not waiting for it.
#[derive(Clone)]
pub struct Lookout(&'static Gate);

impl Lookout {
    pub(crate) const fn new(gate: &'static Gate) -> Lookout {
        Lookout(gate)
    }

    /// The call that is in the plug-in now.
    pub fn under_way(&self) -> Option<&'static str> {
        self.0.queue().turn.under_way
    }
}

/// A call's turn; it ends when this goes.
pub(crate) struct Pass<'gate>(&'gate Gate);

impl Gate {
    /// Waits for a call's turn, and locks the queue for what is said before the call begins; the
    /// call that does not return where that takes longer than `wait`.
    pub(crate) fn wait_turn(&self, wait: Duration) -> Result<MutexGuard<'_, Queue>, &'static str> {
        let mut queue = self.queue();
        if queue.turn.under_way.is_some() {
            queue = self.wait_longer(queue, wait);
        }
        match queue.turn.under_way {
            Some(call) => Err(call),
            None => Ok(queue),
        }
    }

    #[cold]
    fn wait_longer<'gate>(
        &'gate self,
        mut queue: MutexGuard<'gate, Queue>,
        wait: Duration,
    ) -> MutexGuard<'gate, Queue> {
        queue.turn.waiting += 1;
        let is_taken = |it: &mut Queue| it.turn.under_way.is_some();
        let waited = self.free.wait_timeout_while(queue, wait, is_taken);
        let mut queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        queue.turn.waiting -= 1;
        queue
    }
}

impl Pass<'_> {
    /// A call begins, whose turn it is, and the queue is locked no more.
    pub(crate) fn begin<'gate>(
        gate: &'gate Gate,
        mut queue: MutexGuard<'gate, Queue>,
        call: &'static str,
    ) -> Pass<'gate> {
        queue.turn.under_way = Some(call);
        drop(queue);
        Pass(gate)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.turn.under_way = None;
        let is_awaited = queue.turn.waiting > 0;
        drop(queue);
        if is_awaited {
            // All of them: whoever goes first may find the session broken, and then begins no call.
            self.0.free.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use crate::session::Opening;

    use super::*;

    #[test]
    fn a_call_that_does_not_return_is_named_to_the_next() {
        let gate = Gate::leaked(&Opening::new("/".into()));
        let lookout = Lookout::new(gate);
        let first = Pass::begin(gate, gate.wait_turn(Duration::ZERO).unwrap(), "login");
        assert_eq!(lookout.under_way(), Some("login"));
        assert_eq!(gate.wait_turn(Duration::from_millis(1)).err(), Some("login"));
        drop(first);
        assert_eq!(lookout.under_way(), None);
        assert!(gate.wait_turn(Duration::ZERO).is_ok());
    }

    #[test]
    fn all_who_wait_for_a_call_go_on_when_it_returns_though_the_first_begins_none() {
        let gate = Gate::leaked(&Opening::new("/".into()));
        let first = Pass::begin(gate, gate.wait_turn(Duration::ZERO).unwrap(), "login");
        let (says, hears) = mpsc::channel();
        for _ in 0..2 {
            let says = says.clone();
            let wait = move || says.send(gate.wait_turn(Duration::from_secs(3_600)).map(drop));
            std::thread::spawn(wait);
        }
        while gate.queue().turn.waiting < 2 {
            std::thread::yield_now();
        }
        drop(first);
        for _ in 0..2 {
            assert_eq!(hears.recv_timeout(Duration::from_secs(60)), Ok(Ok(())));
        }
    }

    #[test]
    fn a_call_that_hangs_is_named_when_its_session_has_been_given_up() {
        let gate = Gate::leaked(&Opening::new("/".into()));
        let hangs = Pass::begin(gate, gate.wait_turn(Duration::ZERO).unwrap(), "login");
        gate.shut(&mut crate::news::Taken::default());
        assert_eq!(Lookout::new(gate).under_way(), Some("login"));
        drop(hangs);
        assert_eq!(Lookout::new(gate).under_way(), None);
    }
}
