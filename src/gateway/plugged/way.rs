//! The way to a plug-in: into a process of its own, or straight into this one.

use std::os::fd::RawFd;

use aftm_domain::order::Ticket;
use aftm_domain::{OrderId, Stamp};

use crate::wire::{VenueCall, VenueWord};

/// Why a way leads nowhere any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WayEnded(pub String);

/// Where calls go and words come from. Never waits.
pub trait Way: Send {
    /// Whether somebody is at the other end.
    fn is_open(&self) -> bool;
    /// Makes a call; what is told at once is appended.
    ///
    /// # Errors
    ///
    /// Where the other end is gone, or no longer takes anything: it did not get the call, or nobody
    /// knows.
    fn call(&mut self, call: VenueCall, words: &mut Vec<VenueWord>) -> Result<(), WayEnded>;
    /// Makes the call that places an order, which hurries; what is told at once is appended.
    ///
    /// # Errors
    ///
    /// As of `call`.
    fn place(
        &mut self,
        order: OrderId,
        ticket: &Ticket,
        words: &mut Vec<VenueWord>,
    ) -> Result<(), WayEnded> {
        self.call(VenueCall::Place { order, ticket: *ticket }, words)
    }
    /// Whether all that a call leads to at once has been told when it returns. Then nothing of it is
    /// ever under way, no word says that it was taken, and `due` is to be asked.
    fn is_near(&self) -> bool {
        false
    }
    /// Appends what was told meanwhile. Another process may be at the other end afterwards: its
    /// hello comes first.
    ///
    /// # Errors
    ///
    /// Once, where the other end is gone; what it told before is in `words`.
    fn take(&mut self, words: &mut Vec<VenueWord>) -> Result<(), WayEnded>;
    /// When something happens without a trade, where that can be asked at any time. Otherwise the
    /// other end tells it with what it has taken.
    fn due(&self) -> Option<Stamp> {
        None
    }
    /// Becomes readable when there is something to take; `None` where the gateway is rung for it.
    fn descriptor(&self) -> Option<RawFd>;
    /// Gives the process at the other end up: it told what cannot be.
    fn drop_peer(&mut self);
}
