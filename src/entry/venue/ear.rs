//! What a callback of a plug-in rings, on any thread, and where that is heard.

use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;

/// Rung by a plug-in's callback; it returns at once.
pub(super) type Bell = Arc<dyn Fn() + Send + Sync>;

/// Whether a bell was rung that nobody has heard yet: one ring is enough until then.
#[derive(Clone, Debug, Default)]
pub(super) struct Rung(Arc<AtomicBool>);

impl Rung {
    /// A bell that rings so, once until it is heard.
    pub(super) fn bell(&self, ring: impl Fn() + Send + Sync + 'static) -> Bell {
        let Rung(is_rung) = self.clone();
        Arc::new(move || {
            if !is_rung.swap(true, Ordering::AcqRel) {
                ring();
            }
        })
    }

    fn is_rung(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// It was heard. What was told before the bell is looked at after this.
    pub(super) fn hear(&self) {
        if self.is_rung() {
            self.0.store(false, Ordering::Release);
        }
    }
}

/// Becomes readable when the bell was rung, until it is hushed.
pub(super) struct Ear {
    socket: UnixStream,
    rung: Rung,
}

impl Ear {
    /// A bell, and the ear that hears it.
    pub(super) fn open() -> Result<(Bell, Ear)> {
        let (ring, socket) = UnixStream::pair()?;
        ring.set_nonblocking(true)?;
        socket.set_nonblocking(true)?;
        let rung = Rung::default();
        let bell = rung.bell(move || drop((&ring).write(&[1])));
        Ok((bell, Ear { socket, rung }))
    }

    /// Forgets that it was rung. What was told before the bell is looked at after this.
    pub(super) fn hush(&self) {
        if self.rung.is_rung() {
            let mut rung = [0; 16];
            while (&self.socket).read(&mut rung).is_ok_and(|count| count == rung.len()) {}
            // Only now: a bell in between rings for what is looked at next.
            self.rung.hear();
        }
    }
}

impl AsFd for Ear {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    use super::*;

    fn hears(ear: &Ear) -> bool {
        let nothing = Timespec::default();
        poll(&mut [PollFd::new(ear, PollFlags::IN)], Some(&nothing)).unwrap() == 1
    }

    #[test]
    fn a_bell_is_heard_once_however_often_it_is_rung_and_again_after_that() {
        let (bell, ear) = Ear::open().unwrap();
        assert!(!hears(&ear));
        for _ in 0..3 {
            (0..1_000).for_each(|_| bell());
            assert!(hears(&ear));
            ear.hush();
            assert!(!hears(&ear));
        }
    }
}
