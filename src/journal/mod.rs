//! The facts on disk: an SQLite file that only grows, in one order, each record chained by hash to
//! the one before it.
//!
//! Owns the journal's file, its schema, its checkpoints and the lock on the data folder. Refuses to
//! know what a fact means, to change or delete one, to keep part of an append, to open a file that
//! is not ours or newer than we are, and to go on after the disk failed. It never reads the clock.
//!
//! One thread owns the [`Journal`] and appends on it; a thread of its own moves the write-ahead log
//! into the file, so that no append ever waits for a checkpoint. [`Reader`]s come and go at any
//! time, in any process.

mod chain;
mod checkpoint;
mod error;
mod hold;
mod reader;
mod schema;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use aftm_domain::Stamp;
use rusqlite::{Connection, params};

pub use chain::Chain;
pub use error::JournalError;
pub use hold::{Hold, HoldError, hold};
pub use reader::{Reader, Verdict, backup, reader, verify};

use checkpoint::Checkpoints;

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
    checkpoints: Checkpoints,
    /// Once the disk failed, nothing that it says later is believed.
    has_failed: bool,
}

const INSERT: &str =
    "INSERT INTO facts (sequence, at, kind, body, chain) VALUES (?1, ?2, ?3, ?4, ?5)";

/// How much a probe writes: more than the facts of any one request.
const PROBE_BYTES: i64 = 65_536;

impl Journal {
    /// Opens the journal at `path`, or creates it (the file for its owner alone, and so the folder
    /// where it is missing), and brings an older one up to date. `views` is SQL that creates the
    /// views over `facts`; those that are there are dropped first, so it must name each of them.
    pub fn open(path: &Path, durability: Durability, views: &str) -> Result<Journal, JournalError> {
        let mut connection = schema::open_for_writing(path, durability)?;
        schema::renew_views(&mut connection, path, views)?;
        let (last, chain) = reader::last(&connection, path)?;
        let checkpoints = Checkpoints::start(path)?;
        Ok(Journal {
            connection,
            path: path.to_owned(),
            last,
            chain,
            checkpoints,
            has_failed: false,
        })
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
    /// When it returns, they survive what the durability says.
    pub fn append(
        &mut self,
        at: Stamp,
        facts: &[(&'static str, &str)],
    ) -> Result<u64, JournalError> {
        if facts.is_empty() {
            return Ok(self.last);
        }
        let written = self.guard(|it| it.insert_all(at, facts))?;
        (self.last, self.chain) = written;
        self.checkpoints.appended();
        Ok(self.last)
    }

    /// Writes something and takes it away again: where that works, the disk takes appends again.
    /// After the disk failed (other than by being full) it is an error for good.
    pub fn probe(&mut self) -> Result<(), JournalError> {
        self.guard(|it| {
            it.run(
                "INSERT OR REPLACE INTO probe (id, filling) VALUES (1, zeroblob(?1))",
                [PROBE_BYTES],
            )?;
            it.run("DELETE FROM probe", [])
        })
    }

    /// What went wrong with the last checkpoint, said once. Appends still work then, but the
    /// write-ahead log grows until a checkpoint succeeds.
    pub fn checkpoint_failure(&mut self) -> Option<JournalError> {
        self.checkpoints.failure()
    }

    /// Ends the checkpoint thread and moves what is left of the write-ahead log into the file. A
    /// journal that is dropped does the same and keeps the failure to itself.
    pub fn close(mut self) -> Result<(), JournalError> {
        self.checkpoints.stop();
        checkpoint::run(&self.connection, checkpoint::Mode::Truncate)
            .map_err(|source| JournalError::from_sqlite("checkpoint", &self.path, source))
    }

    /// Runs a write; a failure leaves no transaction behind, and one of the disk is remembered.
    fn guard<T>(
        &mut self,
        write: impl FnOnce(&Journal) -> Result<T, rusqlite::Error>,
    ) -> Result<T, JournalError> {
        if self.has_failed {
            return Err(JournalError::Failed { path: self.path.clone() });
        }
        let source = match write(self) {
            Ok(done) => return Ok(done),
            Err(source) => source,
        };
        let rolled_back = self.connection.is_autocommit() || self.run("ROLLBACK", []).is_ok();
        let error = JournalError::from_sqlite("write to", &self.path, source);
        self.has_failed = !rolled_back || !error.is_temporary();
        Err(error)
    }

    fn insert_all(
        &self,
        at: Stamp,
        facts: &[(&'static str, &str)],
    ) -> Result<(u64, Chain), rusqlite::Error> {
        // One statement is a transaction by itself.
        let is_group = facts.len() > 1;
        if is_group {
            self.run("BEGIN IMMEDIATE", [])?;
        }
        let mut insert = self.connection.prepare_cached(INSERT)?;
        let (mut last, mut chain) = (self.last, self.chain);
        for (kind, body) in facts {
            last += 1;
            chain = chain.next(Record { sequence: last, at, kind, body });
            let sequence = i64::try_from(last).map_err(|_| rusqlite::Error::InvalidQuery)?;
            insert.execute(params![sequence, at.0, kind, body, chain.bytes()])?;
        }
        if is_group {
            self.run("COMMIT", [])?;
        }
        Ok((last, chain))
    }

    /// Runs one statement, prepared at its first use.
    fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<(), rusqlite::Error> {
        self.connection.prepare_cached(sql)?.execute(params).map(drop)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.checkpoints.stop();
        // What stays in the write-ahead log is as safe there; the next opening finds it.
        let _ = checkpoint::run(&self.connection, checkpoint::Mode::Truncate);
    }
}
