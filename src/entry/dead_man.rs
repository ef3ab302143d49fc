//! Doors of the kill switch that need neither socket nor desk: the signal SIGUSR1, and a file named
//! `kill` in the data folder.
//!
//! A thread of its own trips the gateway's latch, which every order looks at, and rings the bell that
//! wakes the loop; whatever the desk is doing does not matter.

use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use zmq::{DONTWAIT, Socket, SocketType};

use crate::gateway::latch::{Latch, Trip};
use crate::gateway::sockets::WAKE;
use crate::wire::socket::{self, Bound};

/// The file's name in the data folder.
pub(super) const FILE: &str = "kill";

/// How often the file is looked for: a watch of the folder would wake with each write of the journal.
const LOOK: Duration = Duration::from_millis(200);

/// The thread; it ends when this is dropped.
pub(super) struct DeadMan {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for DeadMan {
    fn drop(&mut self) {
        drop(self.stop.take());
        // It has nothing to say.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Watches from now on. A file that is there already trips the latch before this returns.
pub(super) fn watch(context: &zmq::Context, folder: &Path, latch: Latch) -> Result<DeadMan> {
    let bell = socket::connect(context, SocketType::PUSH, Bound::Orders, WAKE)
        .context("cannot reach the gateway's bell")?;
    let mut watched = Watched { file: folder.join(FILE), latch, bell };
    watched.look();
    let (stop, stopped) = oneshot::channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let killed = {
        let _inside = runtime.enter();
        signal(SignalKind::user_defined1())?
    };
    let thread = thread::Builder::new().name("dead-man".to_owned()).spawn(move || {
        runtime.block_on(watched.run(killed, stopped));
    })?;
    Ok(DeadMan { stop: Some(stop), thread: Some(thread) })
}

struct Watched {
    file: PathBuf,
    latch: Latch,
    bell: Socket,
}

impl Watched {
    async fn run(
        mut self,
        mut killed: tokio::signal::unix::Signal,
        mut stopped: oneshot::Receiver<()>,
    ) {
        let mut timer = tokio::time::interval(LOOK);
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = &mut stopped => return,
                Some(()) = killed.recv() => self.trip(Trip::Signal),
                _ = timer.tick() => self.look(),
            }
        }
    }

    /// A file that cannot be looked at counts as one that is there.
    fn look(&mut self) {
        let missing = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
        let is_there = !std::fs::symlink_metadata(&self.file).is_err_and(|it| missing(&it));
        if is_there && !self.latch.is_held() {
            log::error!("{} is there: trading is halted", self.file.display());
            self.latch.hold(true);
            self.trip(Trip::File);
        } else if !is_there && self.latch.is_held() {
            self.latch.hold(false);
        }
    }

    fn trip(&self, by: Trip) {
        self.latch.trip(by);
        // A bell that rings already is enough.
        let _ = self.bell.send(&b""[..], DONTWAIT);
    }
}
