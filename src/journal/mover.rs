//! Moving facts from the log into the file, on a thread of its own: no append ever waits for SQLite.
//!
//! A fact leaves the log only after SQLite has flushed it to the disk, so at every moment it is in
//! one of them, or in both.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, params};

use super::frame::{Frames, frames};
use super::log::{self, Log};
use super::schema::{self, sqlite};
use super::{Chain, JournalError, reader};

/// How long facts gather before they are moved together, and before what failed is tried again.
const GATHER: Duration = Duration::from_millis(250);
/// How many bytes are moved without waiting for more.
const MANY: u64 = 1 << 20;
/// How long a log is made shorter, in bytes: rare, as appends wait meanwhile.
const LONG: u64 = 4 << 20;

/// The log, and how far it is moved.
struct Filled {
    log: Log,
    /// Bytes of the log that are in the file, too.
    moved: u64,
    is_stopping: bool,
}

impl Filled {
    const fn waiting(&self) -> u64 {
        self.log.length() - self.moved
    }
}

struct Shared {
    filled: Mutex<Filled>,
    wake: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Filled> {
        self.filled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is something to move: from where to where; `None` at the end.
    fn due(&self) -> Option<(u64, u64)> {
        let is_idle = |it: &mut Filled| it.waiting() == 0 && !it.is_stopping;
        let filled = self.wake.wait_while(self.lock(), is_idle);
        drop(filled);
        self.pause(MANY);
        let filled = self.lock();
        (filled.waiting() > 0).then(|| (filled.moved, filled.log.length()))
    }

    /// Waits for more than `many` bytes, the end, or long enough; whether it is the end.
    fn pause(&self, many: u64) -> bool {
        let is_early = |it: &mut Filled| it.waiting() < many && !it.is_stopping;
        let waited = self.wake.wait_timeout_while(self.lock(), GATHER, is_early);
        waited.unwrap_or_else(PoisonError::into_inner).0.is_stopping
    }
}

/// The writer's end of the moving thread, with the log.
pub(super) struct Mover {
    shared: Arc<Shared>,
    failures: Receiver<JournalError>,
    thread: Option<JoinHandle<bool>>,
}

impl Mover {
    /// Starts the thread, with a connection of its own, on an empty log and the last record of the
    /// file with its chain.
    pub(super) fn start(path: &Path, log: Log, last: (u64, Chain)) -> Result<Mover, JournalError> {
        let connection = schema::connect_to_write(path)?;
        let filled = Mutex::new(Filled { log, moved: 0, is_stopping: false });
        let shared = Arc::new(Shared { filled, wake: Condvar::new() });
        let (reports, failures) = sync_channel(1);
        let work = Work { shared: Arc::clone(&shared), connection, path: path.to_owned(), last };
        let thread = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || work.run(&reports))
            .map_err(|source| schema::file_error("start a thread for", path, source))?;
        Ok(Mover { shared, failures, thread: Some(thread) })
    }

    /// Keeps a frame, whole or not at all.
    pub(super) fn append(&self, frame: &[u8]) -> Result<(), JournalError> {
        let mut filled = self.shared.lock();
        let before = filled.waiting();
        filled.log.append(frame)?;
        let after = filled.waiting();
        drop(filled);
        // It sleeps while nothing waits, and then until much does.
        if before == 0 || (before < MANY && after >= MANY) {
            self.shared.wake.notify_one();
        }
        Ok(())
    }

    /// Whether the log takes appends.
    pub(super) fn probe(&self) -> Result<(), JournalError> {
        self.shared.lock().log.probe()
    }

    /// Whether nothing more is written, for good.
    pub(super) fn has_failed(&self) -> bool {
        self.shared.lock().log.has_failed()
    }

    /// The last failure, said once.
    pub(super) fn failure(&self) -> Option<JournalError> {
        self.failures.try_recv().ok()
    }

    /// Moves what is left, ends the thread, and removes a log of which nothing is needed any more.
    /// Otherwise it stays, and the next opening moves it.
    pub(super) fn stop(&mut self) -> Result<(), JournalError> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        self.shared.lock().is_stopping = true;
        self.shared.wake.notify_one();
        let is_moved = thread.join().unwrap_or(false);
        let filled = self.shared.lock();
        if is_moved && filled.waiting() == 0 && !filled.log.has_failed() {
            return filled.log.remove();
        }
        self.failure().map_or(Ok(()), Err)
    }

    /// The log, for tests that break it.
    #[cfg(test)]
    pub(super) fn with_log<T>(&self, run: impl FnOnce(&mut Log) -> T) -> T {
        run(&mut self.shared.lock().log)
    }
}

/// What the thread works with.
struct Work {
    shared: Arc<Shared>,
    connection: Connection,
    path: PathBuf,
    /// The last record of the file, and its chain.
    last: (u64, Chain),
}

impl Work {
    /// Moves until the end; whether everything was.
    fn run(mut self, reports: &SyncSender<JournalError>) -> bool {
        let mut fails = false;
        while let Some((from, to)) = self.shared.due() {
            let Err(error) = self.work(from, to) else {
                fails = false;
                continue;
            };
            let is_temporary = error.is_temporary();
            // A failure that goes on, or that nobody has fetched yet, is said already.
            if !std::mem::replace(&mut fails, true) {
                let _ = reports.try_send(error);
            }
            // Once the disk failed, only what is in the log is believed, and it stays there.
            if !is_temporary || self.shared.pause(u64::MAX) {
                return false;
            }
        }
        true
    }

    fn work(&mut self, from: u64, to: u64) -> Result<(), JournalError> {
        let bytes = Log::part(&log::beside(&self.path), from, to)?;
        let mut found = frames(&bytes);
        self.last = insert(&mut self.connection, &self.path, &mut found, self.last)?;
        if found.rest() > 0 {
            let reason = "the log beside the file is not what was written";
            return Err(reader::broken(&self.path, self.last.0 + 1, reason));
        }
        let mut filled = self.shared.lock();
        filled.moved = to;
        if filled.log.length() >= LONG {
            filled.log.forget(to)?;
            filled.moved = 0;
        }
        Ok(())
    }
}

const INSERT: &str =
    "INSERT INTO facts (sequence, at, kind, body, chain) VALUES (?1, ?2, ?3, ?4, ?5)";

/// Puts what frames hold after the last record of the file into it, in one transaction.
pub(super) fn insert(
    connection: &mut Connection,
    path: &Path,
    found: &mut Frames<'_>,
    last: (u64, Chain),
) -> Result<(u64, Chain), JournalError> {
    let failed = || sqlite("write to", path);
    let transaction = connection.transaction().map_err(failed())?;
    let last = {
        let mut insert = transaction.prepare_cached(INSERT).map_err(failed())?;
        log::follow(found, path, last, |record, chain| {
            let out_of_range = |_| reader::broken(path, record.sequence, "no number is as large");
            let sequence = i64::try_from(record.sequence).map_err(out_of_range)?;
            let row = params![sequence, record.at.0, record.kind, record.body, chain.bytes()];
            insert.execute(row).map(drop).map_err(failed())
        })?
    };
    transaction.commit().map_err(failed())?;
    Ok(last)
}
