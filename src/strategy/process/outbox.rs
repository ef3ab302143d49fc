//! Signals on their way to the executor: each is kept until it has its outcome.

use aftm_domain::Stamp;
use zmq::{DONTWAIT, Socket, SocketType};

use super::Process;
use crate::failpoint::{Site, reach};
use crate::wire::socket::{self, Bound};
use crate::wire::{Domain, Guard, LinkError, Signal, encode_into};

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
        for signal in self.given.drain(..) {
            let key = (signal.tick, signal.created, signal.id.kind);
            self.outbox.insert(key, Offered { signal, at: now });
            push(&self.signals, &mut self.frame, &signal)?;
            reach(Site::SignalGiven)?;
            self.unreported.push(signal);
        }
        Ok(())
    }

    /// Offers signals again that have waited for their outcome too long.
    pub(super) fn offer(&mut self, at_once: bool) -> zmq::Result<()> {
        let now = (self.clock)();
        let is_due = |it: &Offered| now.since(it.at) >= OFFER_AGAIN;
        if !at_once && self.outbox.values().any(is_due) {
            self.redial()?;
        }
        for offered in self.outbox.values_mut() {
            if at_once || is_due(offered) {
                offered.at = now;
                push(&self.signals, &mut self.frame, &offered.signal)?;
            }
        }
        Ok(())
    }
}

pub(super) fn dial(guard: &Guard, endpoint: &str) -> zmq::Result<Socket> {
    socket::call(guard, SocketType::PUSH, Bound::Orders, Domain::Executor, endpoint)
}

/// Hands a signal to the executor without ever waiting for it: one that is away gets it again.
fn push(socket: &Socket, frame: &mut Vec<u8>, signal: &Signal) -> zmq::Result<()> {
    encode_into(frame, signal);
    match socket.send(&*frame, DONTWAIT) {
        Err(zmq::Error::EAGAIN | zmq::Error::EINTR) => Ok(()),
        other => other,
    }
}
