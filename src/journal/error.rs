//! What can go wrong with a journal.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the journal cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file or its folder cannot be made, opened or locked.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that something else wrote.
    #[error("{} is not a journal of aftm; name another file or move it away", path.display())]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// A file with nothing in it, where a journal was or should be. A new journal is never empty.
    #[error(
        "{} is empty, so its records are lost; restore a backup, or remove it to start anew",
        path.display()
    )]
    Empty {
        /// Which file.
        path: PathBuf,
    },
    /// A log without its journal, whose records a new journal would swallow.
    #[error(
        "{} is missing, but its log is there; restore the journal beside it, or move \
         the log away",
        path.display()
    )]
    Orphan {
        /// The journal that is missing.
        path: PathBuf,
    },
    /// Written by a newer program.
    #[error(
        "{} has schema {found}, this program knows up to {known}; use the newer program",
        path.display()
    )]
    Newer {
        /// Which file.
        path: PathBuf,
        /// The schema of the file.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// A record is missing or is not what was written.
    #[error("record {sequence} of {} is broken: {reason}; run verify", path.display())]
    Broken {
        /// Which file.
        path: PathBuf,
        /// The first record that cannot be trusted.
        sequence: u64,
        /// In which way.
        reason: String,
    },
    /// No room. It clears itself as soon as a probe succeeds.
    #[error("the disk of {} is full; free some space", path.display())]
    Full {
        /// Which file.
        path: PathBuf,
    },
    /// Another program has locked the file. It clears itself as soon as a probe succeeds.
    #[error("another program has locked {}; end its transaction", path.display())]
    Locked {
        /// Which file.
        path: PathBuf,
    },
    /// SQLite or the disk refused; for a writer this is for good.
    #[error("cannot {action} {}: {source}", path.display())]
    Sqlite {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The disk failed before; what it says since is not believed.
    #[error("{} failed before; check the disk, run verify and start again", path.display())]
    Failed {
        /// Which file.
        path: PathBuf,
    },
    /// Facts that are to be kept together are longer than one append can be.
    #[error("an append to {} is longer than 4 GiB; make it shorter", path.display())]
    Long {
        /// Which file.
        path: PathBuf,
    },
    /// A backup would overwrite something.
    #[error("{} is there already; name a file that is not", path.display())]
    Exists {
        /// Which file.
        path: PathBuf,
    },
}

impl JournalError {
    /// The disk is full. It clears itself: probe until it does.
    pub fn is_full_disk(&self) -> bool {
        matches!(self, JournalError::Full { .. })
    }

    /// A full disk or a lock held by another program: a later probe may succeed. Everything else is
    /// for good.
    pub fn is_temporary(&self) -> bool {
        matches!(self, JournalError::Full { .. } | JournalError::Locked { .. })
    }

    pub(super) fn from_sqlite(
        action: &'static str,
        path: &Path,
        source: rusqlite::Error,
    ) -> JournalError {
        let path = path.to_owned();
        // SQLite tells a full disk from a failing one, except for its shared memory file.
        let no_room = source
            .sqlite_error()
            .is_some_and(|it| it.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => JournalError::Full { path },
            Some(ErrorCode::SystemIoFailure) if no_room => JournalError::Full { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                JournalError::Locked { path }
            }
            Some(ErrorCode::NotADatabase) => JournalError::Foreign { path },
            _ => JournalError::Sqlite { action, path, source },
        }
    }
}
