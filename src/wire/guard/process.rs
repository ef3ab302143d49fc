//! A process at the other end of a local socket, and no other that gets its number later.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// A process of this computer. Its number is given away again when it has ended; the descriptor is
/// of this one alone, and becomes readable at its end (`pidfd_open(2)`).
#[derive(Clone, Debug)]
pub struct Process {
    pid: u32,
    handle: Arc<OwnedFd>,
}

impl Process {
    /// The process that has this number now.
    ///
    /// # Errors
    ///
    /// Where there is none, and where the system is older than Linux 5.3 or does not let us ask.
    pub fn open(pid: u32) -> io::Result<Process> {
        let number = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let number = number.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("{pid} is no process"))
        })?;
        let handle = pidfd_open(number, PidfdFlags::empty()).map_err(|error| match error {
            Errno::NOSYS => io::Error::new(
                io::ErrorKind::Unsupported,
                "this system does not tell processes from strangers (pidfd_open); Linux 5.3 or newer \
                 does",
            ),
            error => error.into(),
        })?;
        Ok(Process { pid, handle: Arc::new(handle) })
    }

    /// Whether the process with this number is this one. A connection that carries the number may be
    /// older than the process, so this alone gives nobody a word.
    pub(super) fn is(&self, pid: u32) -> bool {
        self.pid == pid && !self.has_ended()
    }

    /// Whether it is gone; one that cannot be asked counts as gone.
    pub fn has_ended(&self) -> bool {
        let mut asked = [PollFd::new(&self.handle, PollFlags::IN)];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        retry_on_intr(|| poll(&mut asked, Some(&at_once))) != Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_process_is_itself_until_it_ends() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let process = Process::open(child.id()).unwrap();
        assert!(process.is(child.id()) && !process.has_ended());
        assert!(!process.is(std::process::id()));
        // It has ended, and its number is not given away yet.
        drop(child.stdin.take());
        let kept = rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT;
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        rustix::process::waitid(rustix::process::WaitId::Pid(pid), kept).unwrap();
        assert!(process.has_ended() && !process.is(child.id()));
        child.wait().unwrap();
        assert!(process.has_ended() && !process.is(child.id()));
    }

    #[test]
    fn what_is_no_process_is_not_opened() {
        for pid in [0, u32::MAX, i32::MAX.unsigned_abs()] {
            assert!(Process::open(pid).is_err(), "{pid}");
        }
    }
}
