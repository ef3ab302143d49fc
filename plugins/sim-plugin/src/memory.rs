//! The ledger file: opened by one session at a time, read once, and from then on appended to.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aftm_domain::{Code, Instrument};
use aftm_exchange_abi::{E_ARG, E_INTERNAL, E_STATE};
use aftm_sim::ledger_file::{self, Day, Entry, Reading, Terms};

use crate::fault::{Done, Fault};

/// The file's name in the folder of the session.
const NAME: &str = "ledger.jsonl";
/// Locked by the session that uses the ledger, for as long as its process lives.
const LOCK: &str = "ledger.lock";
/// How often the lock is tried, and the pause between.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(10);
/// The file of a day that is about to begin.
const COMING: &str = "ledger.coming";

/// The file, and what it told when it was opened.
pub(crate) struct Memory {
    pub(crate) folder: PathBuf,
    file: File,
    _lock: File,
    /// What it remembers, until an exchange has been given it.
    pub(crate) day: Option<Day>,
    /// The terms that the file has of each item.
    listed: BTreeMap<Code, Terms>,
    /// How many bytes of a torn last line were left out.
    pub(crate) torn: usize,
}

pub(crate) fn failed(what: &str, path: &Path, err: &io::Error) -> Fault {
    Fault::new(E_INTERNAL, format!("cannot {what} {}: {err}", path.display()))
}

impl Memory {
    /// Opens the ledger of a folder, or begins one, and reads it.
    pub(crate) fn open(folder: &Path) -> Done<Memory> {
        let lock = lock(&folder.join(LOCK))?;
        let (path, coming) = (folder.join(NAME), folder.join(COMING));
        // A change of day that was interrupted: before the old file was put away the new one counts
        // for nothing, afterwards it is the ledger.
        match (path.exists(), coming.exists()) {
            (true, true) => {
                std::fs::remove_file(&coming).map_err(|err| failed("remove", &coming, &err))?;
            }
            (false, true) => {
                std::fs::rename(&coming, &path).map_err(|err| failed("rename", &coming, &err))?;
            }
            _ => (),
        }
        let file = open(&path)?;
        let reading = read(&path)?;
        if reading.torn > 0 {
            let whole = u64::try_from(reading.whole).unwrap_or(u64::MAX);
            file.set_len(whole).map_err(|err| failed("cut the torn line off", &path, &err))?;
        }
        let known = reading.day.iter().flat_map(|it| it.instruments.iter());
        let listed = known.map(|(code, it)| (*code, Terms::from(it))).collect();
        let (folder, torn) = (folder.to_owned(), reading.torn);
        Ok(Memory { folder, file, _lock: lock, day: reading.day, listed, torn })
    }

    /// Reads the file again, because a day may end after its orders were recalled.
    pub(crate) fn read_again(&mut self) -> Done {
        self.day = read(&self.path())?.day;
        Ok(())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// Appends a line, in one write.
    pub(crate) fn write(&mut self, entry: &Entry) -> Done {
        self.append(&entry.line())
    }

    /// Appends lines in one write: a process that is killed leaves all of them, or none that counts.
    pub(crate) fn append(&mut self, lines: &str) -> Done {
        let written = self.file.write_all(lines.as_bytes());
        written.map_err(|err| failed("write", &self.path(), &err))
    }

    /// The line that the file needs so that it has the terms of an item, as they are now.
    pub(crate) fn listing(&mut self, instrument: &Instrument) -> Option<String> {
        let terms = Terms::from(instrument);
        if self.listed.get(&instrument.code) == Some(&terms) {
            return None;
        }
        let line = Entry::Listed(terms.clone()).line();
        self.listed.insert(instrument.code, terms);
        Some(line)
    }

    /// Makes sure that the file has the terms of an item, as they are now.
    pub(crate) fn list(&mut self, instrument: &Instrument) -> Done {
        match self.listing(instrument) {
            Some(line) => self.append(&line),
            None => Ok(()),
        }
    }

    /// From now on every write fails.
    #[cfg(test)]
    pub(crate) fn spoil(&mut self) {
        self.file = File::open(self.path()).unwrap();
    }

    /// Whether the file has terms of an item.
    pub(crate) fn has_terms(&self, item: &Code) -> bool {
        self.listed.contains_key(item)
    }

    /// Puts the file away under another name, and begins one with these lines.
    pub(crate) fn turn(&mut self, away: &str, lines: &[Entry]) -> Done {
        let (path, coming, away) = (self.path(), self.folder.join(COMING), self.folder.join(away));
        let text: String = lines.iter().map(Entry::line).collect();
        std::fs::write(&coming, text).map_err(|err| failed("write", &coming, &err))?;
        std::fs::rename(&path, &away).map_err(|err| failed("rename", &path, &err))?;
        std::fs::rename(&coming, &path).map_err(|err| failed("rename", &coming, &err))?;
        self.file = open(&path)?;
        self.listed.clear();
        for line in lines {
            if let Entry::Listed(terms) = line {
                let item = terms.instrument().map_err(|err| Fault::new(E_INTERNAL, err))?.code;
                self.listed.insert(item, terms.clone());
            }
        }
        Ok(())
    }
}

fn read(path: &Path) -> Done<Reading> {
    let bytes = std::fs::read(path).map_err(|err| failed("read", path, &err))?;
    ledger_file::read(&bytes).map_err(|damage| {
        let text = format!("{}: {damage}; move the file away to begin anew", path.display());
        Fault::new(E_ARG, text)
    })
}

fn open(path: &Path) -> Done<File> {
    let file = OpenOptions::new().read(true).append(true).create(true).open(path);
    file.map_err(|err| failed("open", path, &err))
}

/// Claims the ledger for this session alone; the system ends the claim with the process.
fn lock(path: &Path) -> Done<File> {
    let file = open(path)?;
    // A process that is being started holds copies of all that was open for a moment.
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::park_timeout(LOCK_PAUSE),
            Err(TryLockError::Error(err)) => return Err(failed("lock", path, &err)),
        }
    }
    let text = format!("{} is locked by another session; close it first", path.display());
    Err(Fault::new(E_STATE, text))
}
