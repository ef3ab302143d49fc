//! Signals on their way to the executor: each is kept until it has its outcome.

use aftm_domain::Stamp;
use zmq::{DONTWAIT, Socket, SocketType};

use super::Process;
use crate::failpoint::{Site, reach};
use crate::wire::socket::{self, Bound};
use crate::wire::{Domain, Guard, LinkError, Signal, Signed, encode_into};

/// How long a signal may wait for its outcome before it is offered again.
const OFFER_AGAIN: i64 = Stamp::SECOND;

/// A signal without an outcome, and when it was offered last.
pub(super) struct Offered {
    pub(super) signal: Signal,
    at: Stamp,
}

impl<C: Fn() -> Stamp> Process<C> {
    /// A fresh connection to the executor: one that it has refused is never tried again.
    pub(super) fn redial(&mut self) -> zmq::Result<()> {
        self.signals = dial(&self.guard, &self.birth.endpoints.signals)?;
        Ok(())
    }

    pub(super) fn keep(&mut self, signal: Signal) {
        let key = (signal.tick, signal.created, signal.id.kind);
        let at = Stamp(0);
        self.outbox.entry(key).or_insert(Offered { signal, at });
    }

    /// Sends new signals to the executor at once; each is kept until it has its outcome.
    pub(super) fn give(&mut self) -> Result<(), LinkError> {
        let now = (self.clock)();
        let mut given = std::mem::take(&mut self.given);
        for signal in given.drain(..) {
            let key = (signal.tick, signal.created, signal.id.kind);
            self.outbox.insert(key, Offered { signal, at: now });
            self.push(signal)?;
            reach(Site::SignalGiven)?;
            self.unreported.push(signal);
        }
        // Its room is used again.
        self.given = given;
        Ok(())
    }

    /// Offers signals again that have waited for their outcome too long.
    pub(super) fn offer(&mut self, at_once: bool) -> zmq::Result<()> {
        let now = (self.clock)();
        let is_due = |it: &Offered| now.since(it.at) >= OFFER_AGAIN;
        if !at_once && self.outbox.values().any(is_due) {
            self.redial()?;
        }
        let mut due = Vec::new();
        for offered in self.outbox.values_mut().filter(|it| at_once || is_due(it)) {
            offered.at = now;
            due.push(offered.signal);
        }
        due.into_iter().try_for_each(|it| self.push(it))
    }

    /// Hands a signal to the executor without ever waiting for it: one that is away gets it again.
    pub(super) fn push(&mut self, signal: Signal) -> zmq::Result<()> {
        encode_into(&mut self.frame, &Signed { by: self.token.clone(), signal });
        match self.signals.send(self.frame.as_slice(), DONTWAIT) {
            Err(zmq::Error::EAGAIN) => {
                // An executor that had not heard of this process yet has refused it.
                self.redial()?;
                match self.signals.send(self.frame.as_slice(), DONTWAIT) {
                    Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => Ok(()),
                    other => other,
                }
            }
            Err(zmq::Error::EINTR) => Ok(()),
            other => other,
        }
    }
}

pub(super) fn dial(guard: &Guard, endpoint: &str) -> zmq::Result<Socket> {
    socket::call(guard, SocketType::PUSH, Bound::Orders, Domain::Executor, endpoint)
}
