//! The latch: halts trading from any thread, before the gateway's loop comes to it.
//!
//! Owns two flags that every order looks at. Whoever trips the latch needs no socket, no journal and
//! no answer; the loop makes a halt of it as soon as it looks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Who tripped it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trip {
    /// The signal SIGUSR1.
    Signal,
    /// The file `kill` in the data folder.
    File,
}

impl Trip {
    const fn bit(self) -> u8 {
        match self {
            Trip::Signal => 1,
            Trip::File => 2,
        }
    }

    /// Why trading is halted then.
    pub const fn reason(self) -> &'static str {
        match self {
            Trip::Signal => "the signal SIGUSR1",
            Trip::File => "the file kill in the data folder",
        }
    }
}

/// The dead-man file is there: trading stays halted.
const FILE_IS_THERE: u8 = 4;

/// A latch; its clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Latch(Arc<AtomicU8>);

impl Latch {
    /// Trips it: from now on no order passes that could open.
    pub fn trip(&self, by: Trip) {
        self.0.fetch_or(by.bit(), Ordering::SeqCst);
    }

    /// Whether it was tripped and the loop has not made a halt of it yet.
    pub fn is_tripped(&self) -> bool {
        self.0.load(Ordering::SeqCst) & (Trip::Signal.bit() | Trip::File.bit()) != 0
    }

    /// Takes out who tripped it.
    pub fn take(&self) -> impl Iterator<Item = Trip> {
        let kept = FILE_IS_THERE;
        let before = if self.is_tripped() { self.0.fetch_and(kept, Ordering::SeqCst) } else { 0 };
        [Trip::Signal, Trip::File].into_iter().filter(move |it| before & it.bit() != 0)
    }

    /// The dead-man file is there, or no longer is.
    pub fn hold(&self, is_there: bool) {
        if is_there {
            self.0.fetch_or(FILE_IS_THERE, Ordering::SeqCst);
        } else {
            self.0.fetch_and(!FILE_IS_THERE, Ordering::SeqCst);
        }
    }

    /// Whether the dead-man file is there.
    pub fn is_held(&self) -> bool {
        self.0.load(Ordering::SeqCst) & FILE_IS_THERE != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trip_is_seen_by_every_clone_and_taken_once() {
        let (latch, other) = (Latch::default(), Latch::default().clone());
        let same = latch.clone();
        same.trip(Trip::File);
        same.hold(true);
        assert!(latch.is_tripped() && !other.is_tripped());
        assert_eq!(latch.take().collect::<Vec<_>>(), [Trip::File]);
        assert!(!same.is_tripped() && same.is_held());
        assert_eq!(latch.take().count(), 0);
        latch.hold(false);
        assert!(!same.is_held());
    }
}
