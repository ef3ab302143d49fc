//! The facts on disk: an SQLite file and a log beside it that only grow, in one order, each record
//! chained by hash to the one before it.
//!
//! Owns the journal's files, its schema and the lock on the data folder. Refuses to know what a fact
//! means, to change or delete one, to keep part of an append, to open a file that is not ours or
//! newer than we are, and to go on after the disk failed. It never reads the clock.
//!
//! One thread owns the [`Journal`]; an append is one write to the log, and safe there. A thread of
//! its own moves what gathers into the SQLite file, so that no append ever waits for that, and
//! shortens the log after it. [`Reader`]s come and go at any time, in any process, and read the
//! file's records and then those of the log.

mod chain;
mod error;
mod frame;
mod hold;
mod log;
mod mover;
mod reader;
mod schema;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use aftm_domain::Stamp;
use rusqlite::Connection;

pub use chain::Chain;
pub use error::JournalError;
pub use hold::{Hold, HoldError, hold};
pub use reader::{Reader, Verdict, backup, reader, verify};

use self::log::Log;
use mover::Mover;

/// What an append that returned survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The death of the process: some microseconds.
    #[default]
    Process,
    /// The loss of power: one flush of the disk.
    Power,
}

/// One fact, as it lies in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its place: 1 for the first, rising by one.
    pub sequence: u64,
    /// When it was decided, on our clock.
    pub at: Stamp,
    /// The word for what it is.
    pub kind: &'a str,
    /// JSON text.
    pub body: &'a str,
}

/// The writer. There is one in a data folder, and one thread has it.
pub struct Journal {
    connection: Connection,
    path: PathBuf,
    last: u64,
    chain: Chain,
    /// The bytes of one append; kept for its room.
    frame: Vec<u8>,
    mover: Mover,
}

impl Journal {
    /// Opens the journal at `path`, or creates it (the file for its owner alone, and so the folder
    /// where it is missing), brings an older one up to date, and moves what a process that was
    /// killed left in the log into the file. `views` is SQL that creates the views over `facts`;
    /// those that are there are dropped first, so it must name each of them.
    pub fn open(path: &Path, durability: Durability, views: &str) -> Result<Journal, JournalError> {
        let mut connection = schema::open_for_writing(path)?;
        schema::renew_views(&mut connection, path, views)?;
        let left = log::bytes(path)?;
        let mut found = frame::frames(&left);
        let last = reader::last(&connection, path)?;
        let (last, chain) = mover::insert(&mut connection, path, &mut found, last)?;
        if found.rest() > 0 {
            let (log, rest) = (log::beside(path), found.rest());
            // What was acknowledged is whole; this is where a process ended or a disk lost power.
            ::log::warn!(
                "the last {rest} bytes of {} are no whole append; left out",
                log.display()
            );
        }
        let mover = Mover::start(path, Log::fresh(path, durability)?, (last, chain))?;
        let frame = Vec::with_capacity(4_096);
        Ok(Journal { connection, path: path.to_owned(), last, chain, frame, mover })
    }

    /// The sequence of the last record; 0 where there is none.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Hands every record after sequence `after` to `each`, in order, and returns the last sequence.
    /// A gap or a record that does not follow from the one before it by hash ends it with an error
    /// that names the sequence; so does an error of `each`. Only `after` itself is taken on trust.
    pub fn read<E: From<JournalError>>(
        &self,
        after: u64,
        each: impl FnMut(Record<'_>) -> Result<(), E>,
    ) -> Result<u64, E> {
        reader::read(&self.connection, &self.path, after, each)
    }

    /// Appends facts, each a kind and its JSON, all of them or none, and returns the last sequence.
    /// When it returns, they survive what the durability says, and every [`Reader`] finds them. SQL
    /// over the file finds them within half a second, or when the journal is closed.
    pub fn append(
        &mut self,
        at: Stamp,
        facts: &[(&'static str, &str)],
    ) -> Result<u64, JournalError> {
        if facts.is_empty() {
            return Ok(self.last);
        }
        let chain = frame::encode(&mut self.frame, at, self.last + 1, self.chain, facts)
            .ok_or_else(|| JournalError::Long { path: self.path.clone() })?;
        self.mover.append(&self.frame)?;
        self.last += facts.len() as u64;
        self.chain = chain;
        Ok(self.last)
    }

    /// Writes something and takes it away again: where that works, the disk takes appends again.
    /// After the disk failed (other than by being full) it is an error for good.
    pub fn probe(&mut self) -> Result<(), JournalError> {
        self.mover.probe()
    }

    /// Whether the disk failed for good: nothing is kept any more, whatever it says.
    pub fn has_failed(&self) -> bool {
        self.mover.has_failed()
    }

    /// What went wrong with moving facts from the log into the file, said once. Appends still work
    /// then, but the log grows until that succeeds.
    pub fn moving_failure(&mut self) -> Option<JournalError> {
        self.mover.failure()
    }

    /// Moves what is left in the log into the file and ends the thread that does. A journal that is
    /// dropped does the same and keeps the failure to itself: what stays in the log is as safe
    /// there, and the next opening finds it.
    pub fn close(mut self) -> Result<(), JournalError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), JournalError> {
        self.mover.stop()?;
        // Readers may keep SQLite's own log from being emptied; the next opening does it then.
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(schema::sqlite("checkpoint", &self.path))
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        let _ = self.end();
    }
}
