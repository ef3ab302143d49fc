//! What a callback of a plug-in rings, on any thread, and where that is heard.

use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;

/// Becomes readable when the bell was rung, until it is hushed.
pub(super) struct Ear {
    socket: UnixStream,
    is_rung: Arc<AtomicBool>,
}

impl Ear {
    /// A bell, and the ear that hears it.
    pub(super) fn open() -> Result<(Arc<dyn Fn() + Send + Sync>, Ear)> {
        let (ring, socket) = UnixStream::pair()?;
        ring.set_nonblocking(true)?;
        socket.set_nonblocking(true)?;
        let is_rung = Arc::new(AtomicBool::new(false));
        let rings = Arc::clone(&is_rung);
        let bell = move || {
            // One byte is enough until somebody has heard it.
            if !rings.swap(true, Ordering::AcqRel) {
                let _ = (&ring).write(&[1]);
            }
        };
        Ok((Arc::new(bell), Ear { socket, is_rung }))
    }

    /// Forgets that it was rung. What was told before the bell is looked at after this.
    pub(super) fn hush(&self) {
        if self.is_rung.load(Ordering::Acquire) {
            let mut rung = [0; 16];
            while (&self.socket).read(&mut rung).is_ok_and(|count| count == rung.len()) {}
            // Only now: a bell in between rings for what is looked at next.
            self.is_rung.store(false, Ordering::Release);
        }
    }
}

impl AsFd for Ear {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl AsRawFd for Ear {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
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
