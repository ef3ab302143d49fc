//! One machine per data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::schema;

/// The file whose lock says that a machine has the folder.
const NAME: &str = "machine.lock";

/// How much of the file is read to name the holder.
const NOTE_BYTES_MAX: u64 = 256;

/// A data folder held by this process, until it is dropped or the process ends in any way: the
/// system keeps the lock, not the file's existence.
#[derive(Debug)]
pub struct Hold {
    file: File,
}

/// Why a data folder cannot be held.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Another machine has it.
    #[error("{} is in use by {holder}; end it, or set AFTM_HOME to another folder", folder.display())]
    Held {
        /// Which folder.
        folder: PathBuf,
        /// Who has it, with its process id: `aftm run (process 4711)`.
        holder: String,
        /// The holder's process id, where it could be read.
        pid: Option<u32>,
    },
    /// The lock file cannot be made, read or locked.
    #[error("cannot lock {}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Takes a data folder for this process, creating it for its owner alone where it is missing. `who`
/// is what a refusal calls us: `aftm run`.
pub fn hold(data_folder: &Path, who: &str) -> Result<Hold, HoldError> {
    let path = data_folder.join(NAME);
    let failed = |source| HoldError::File { path: path.clone(), source };
    schema::private_folder(data_folder).map_err(failed)?;
    let mut file = open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => (),
        Err(TryLockError::WouldBlock) => return Err(held(data_folder, file)),
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    let mut note = || {
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "{} {who}", std::process::id())?;
        file.flush()
    };
    note().map_err(failed)?;
    Ok(Hold { file })
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The refusal, with what the holder wrote. It may be writing just now, or the system may not let us
/// read; then the refusal says less.
fn held(data_folder: &Path, file: File) -> HoldError {
    let mut note = String::new();
    let _ = file.take(NOTE_BYTES_MAX).read_to_string(&mut note);
    let (pid, who) = note.split_once(' ').unwrap_or((&note, "another process"));
    let pid = pid.parse().ok();
    let holder = match pid {
        Some(pid) => format!("{} (process {pid})", who.escape_debug()),
        None => "another process".to_owned(),
    };
    HoldError::Held { folder: data_folder.to_owned(), holder, pid }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // The file stays: removing it would let two processes lock two files of one name.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}
