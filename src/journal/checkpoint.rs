//! Checkpoints: moving the write-ahead log into the file, on a thread of its own.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::{JournalError, schema};

/// How many appends make a checkpoint due. The first append after a complete checkpoint flushes the
/// disk once, so rare is better; at some 8 KiB an append the log stays near 32 MiB.
const APPENDS: u32 = 4_096;

/// How a checkpoint behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Moves what it can and waits for nobody.
    Passive,
    /// Moves everything and empties the log; readers may keep it from doing so.
    Truncate,
}

/// Runs one checkpoint.
pub(super) fn run(connection: &Connection, mode: Mode) -> Result<(), rusqlite::Error> {
    let sql = match mode {
        Mode::Passive => "PRAGMA wal_checkpoint(PASSIVE)",
        Mode::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
    };
    // The row says how much was moved; where readers kept some of it back, the next one moves it.
    connection.query_row(sql, [], |_| Ok(()))
}

/// The writer's end of the checkpoint thread.
pub(super) struct Checkpoints {
    appends: u32,
    /// Holds one request at most: a second one says nothing that the first does not.
    due: Option<SyncSender<()>>,
    failures: Receiver<JournalError>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Starts the thread, with a connection of its own.
    pub(super) fn start(path: &Path) -> Result<Checkpoints, JournalError> {
        let connection = schema::connect(path)?;
        let (due, requests) = sync_channel(1);
        let (reports, failures) = sync_channel(1);
        let path = path.to_owned();
        let thread = std::thread::Builder::new()
            .name("checkpoint".into())
            .spawn({
                let path = path.clone();
                move || serve(&connection, &path, &requests, &reports)
            })
            .map_err(|source| JournalError::File { action: "start a thread for", path, source })?;
        Ok(Checkpoints { appends: 0, due: Some(due), failures, thread: Some(thread) })
    }

    /// Counts an append and asks for a checkpoint where one is due. Never waits.
    pub(super) fn appended(&mut self) {
        self.appends += 1;
        if self.appends >= APPENDS {
            self.appends = 0;
            if let Some(due) = &self.due {
                let _ = due.try_send(());
            }
        }
    }

    /// The last failure, said once.
    pub(super) fn failure(&mut self) -> Option<JournalError> {
        self.failures.try_recv().ok()
    }

    /// Ends the thread, after the checkpoint that it may be in.
    pub(super) fn stop(&mut self) {
        self.due = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(
    connection: &Connection,
    path: &Path,
    requests: &Receiver<()>,
    reports: &SyncSender<JournalError>,
) {
    while requests.recv().is_ok() {
        if let Err(source) = run(connection, Mode::Passive) {
            // A failure that nobody has fetched yet says it already.
            let _ = reports.try_send(JournalError::from_sqlite("checkpoint", path, source));
        }
    }
}
