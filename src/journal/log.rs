//! The log beside the file: where an append is safe, one write each, until it is in the file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::frame::{Frame, Frames, Kept, frames};
use super::{Chain, Durability, JournalError, Record, reader, schema};
use crate::failpoint::{Site, reach};

/// How much a probe writes: more than the facts of any one request.
static PROBE: [u8; 65_536] = [0; 65_536];

/// Where the log of a journal is.
pub(super) fn beside(journal: &Path) -> PathBuf {
    schema::beside(journal, "-log")
}

/// Everything that the log of a journal holds; nothing where it has none.
pub(super) fn bytes(journal: &Path) -> Result<Vec<u8>, JournalError> {
    let path = beside(journal);
    match fs::read(&path) {
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(|source| schema::file_error("read", &path, source)),
    }
}

/// Hands what frames hold after the record `last`, whose chain is given, to `each`, and returns what
/// then is last. What was moved already must be the same there and here.
pub(super) fn follow<E: From<JournalError>>(
    frames: &mut Frames<'_>,
    journal: &Path,
    (mut last, mut chain): (u64, Chain),
    mut each: impl FnMut(Record<'_>, Chain) -> Result<(), E>,
) -> Result<(u64, Chain), E> {
    for Kept { record, before, after } in frames.flat_map(Frame::records) {
        let sequence = record.sequence;
        if sequence == last && after != chain {
            let reason = "the log beside the file has another record there";
            return Err(reader::broken(journal, sequence, reason).into());
        }
        if sequence <= last {
            continue;
        }
        if sequence != last + 1 {
            let reason = format!("it is missing, the next in the log is {sequence}");
            return Err(reader::broken(journal, last + 1, reason).into());
        }
        if before != chain {
            let reason = "it does not follow from the record before it, its hash differs";
            return Err(reader::broken(journal, sequence, reason).into());
        }
        each(record, after)?;
        (last, chain) = (sequence, after);
    }
    Ok((last, chain))
}

/// The chain after a record, where the log has it.
pub(super) fn chain_after(bytes: &[u8], sequence: u64) -> Option<Chain> {
    let mut records = frames(bytes).flat_map(Frame::records);
    records.find(|it| it.record.sequence == sequence).map(|it| it.after)
}

/// The log, open for its one writer.
pub(super) struct Log {
    pub(super) file: File,
    path: PathBuf,
    journal: PathBuf,
    durability: Durability,
    /// Where the next frame goes: what is after it was never acknowledged.
    length: u64,
    /// Once the disk failed, nothing that it says later is believed.
    has_failed: bool,
}

impl Log {
    /// An empty log in the place of the one that is there, of which nothing is needed any more.
    pub(super) fn fresh(journal: &Path, durability: Durability) -> Result<Log, JournalError> {
        let path = beside(journal);
        let file = replace(&path, &[], durability)
            .and_then(|file| name(&path, durability).map(|()| file))
            .map_err(|source| schema::file_error("create", &path, source))?;
        let journal = journal.to_owned();
        Ok(Log { file, path, journal, durability, length: 0, has_failed: false })
    }

    /// The bytes of all frames.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Nothing more is written, for good.
    pub(super) const fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Keeps a frame, whole or not at all.
    pub(super) fn append(&mut self, frame: &[u8]) -> Result<(), JournalError> {
        self.write(frame)?;
        if let Err(source) = self.flush() {
            // What a flush that failed left on the disk is unknown, whatever the next one says.
            self.has_failed = true;
            let _ = self.file.set_len(self.length);
            return Err(schema::file_error("flush", &self.path, source));
        }
        self.length += frame.len() as u64;
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        reach(Site::Written).map_err(io::Error::other)?;
        match self.durability {
            Durability::Process => Ok(()),
            Durability::Power => self.file.sync_data(),
        }
    }

    /// Writes something and takes it away again.
    pub(super) fn probe(&mut self) -> Result<(), JournalError> {
        self.write(&PROBE)?;
        self.cut()
    }

    /// Writes after the last frame; where that fails, nothing of it stays.
    fn write(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        if self.has_failed {
            return Err(JournalError::Failed { path: self.journal.clone() });
        }
        let Err(source) = self.file.write_all(bytes) else { return Ok(()) };
        self.cut()?;
        if is_full(&source) {
            return Err(JournalError::Full { path: self.path.clone() });
        }
        self.has_failed = true;
        Err(schema::file_error("write to", &self.path, source))
    }

    /// Takes away what is after the last frame.
    fn cut(&mut self) -> Result<(), JournalError> {
        self.file.set_len(self.length).map_err(|source| {
            self.has_failed = true;
            schema::file_error("cut", &self.path, source)
        })
    }

    /// The bytes between two places.
    pub(super) fn part(path: &Path, from: u64, to: u64) -> Result<Vec<u8>, JournalError> {
        let read = || {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::new();
            file.take(to - from).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        read().map_err(|source| schema::file_error("read", path, source))
    }

    /// Forgets what is before a place. The new log takes the old one's place in one step, so that at
    /// every moment one of them is there whole.
    pub(super) fn forget(&mut self, before: u64) -> Result<(), JournalError> {
        if self.has_failed {
            return Ok(());
        }
        let kept = Log::part(&self.path, before, self.length)?;
        let failed = |source| schema::file_error("shorten", &self.path, source);
        self.file = replace(&self.path, &kept, self.durability).map_err(failed)?;
        self.length = kept.len() as u64;
        // The old log has no name any more: where the new one's is not sure, nothing is safe.
        let named = name(&self.path, self.durability).map_err(failed);
        self.has_failed = named.is_err();
        named
    }

    /// Removes the log, of which nothing is needed any more.
    pub(super) fn remove(&self) -> Result<(), JournalError> {
        fs::remove_file(&self.path)
            .map_err(|source| schema::file_error("remove", &self.path, source))
    }
}

/// Puts a new file with these bytes in the place of another.
fn replace(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<File> {
    let draft = schema::beside(path, ".new");
    let _ = fs::remove_file(&draft);
    schema::private_file(&draft)?;
    let mut file = OpenOptions::new().append(true).open(&draft)?;
    file.write_all(bytes)?;
    if durability == Durability::Power {
        file.sync_all()?;
    }
    fs::rename(&draft, path)?;
    Ok(file)
}

/// Makes sure that what is appended from here on is found under its name after a loss of power.
fn name(path: &Path, durability: Durability) -> io::Result<()> {
    if durability == Durability::Process {
        return Ok(());
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}
