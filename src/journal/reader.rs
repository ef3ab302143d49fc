//! Reading: the machine's own start, exports, the check of a whole file, and backups.

use std::path::{Path, PathBuf};

use aftm_domain::Stamp;
use rusqlite::backup::Backup;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row};

use super::frame::frames;
use super::schema::{self, sqlite};
use super::{Chain, JournalError, Record, log, mover};

/// Reads a journal, whether the machine runs or not. It cannot write.
pub struct Reader {
    connection: Connection,
    path: PathBuf,
}

/// Opens a journal to read it.
pub fn reader(path: &Path) -> Result<Reader, JournalError> {
    let connection = schema::connect_to_read(path)?;
    Ok(Reader { connection, path: path.to_owned() })
}

impl Reader {
    /// As [`super::Journal::read`], over the records that are there when it begins.
    pub fn read<E: From<JournalError>>(
        &self,
        after: u64,
        each: impl FnMut(Record<'_>) -> Result<(), E>,
    ) -> Result<u64, E> {
        read(&self.connection, &self.path, after, each)
    }

    /// For queries over the views. They show the file: what a running machine keeps comes there
    /// within half a second, and what a killed one left in its log at the next opening.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// The sequence and chain of the file's last record.
pub(super) fn last(connection: &Connection, path: &Path) -> Result<(u64, Chain), JournalError> {
    let found = connection
        .query_row("SELECT sequence, chain FROM facts ORDER BY sequence DESC LIMIT 1", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()
        .map_err(sqlite("read", path))?;
    let Some((sequence, chain)) = found else {
        return Ok((0, Chain::START));
    };
    let sequence = u64::try_from(sequence).unwrap_or(0);
    let chain = Chain::from_bytes(&chain)
        .ok_or_else(|| broken(path, sequence, "its chain is not 32 bytes"))?;
    Ok((sequence, chain))
}

/// The chain after `sequence`, which a reader that begins there builds on.
fn chain_after(
    connection: &Connection,
    path: &Path,
    left: &[u8],
    sequence: u64,
) -> Result<Chain, JournalError> {
    if sequence == 0 {
        return Ok(Chain::START);
    }
    let missing = || broken(path, sequence, "it is not there");
    let key = i64::try_from(sequence).map_err(|_| missing())?;
    let found = connection
        .query_row("SELECT chain FROM facts WHERE sequence = ?1", [key], |row| {
            row.get::<_, Vec<u8>>(0)
        })
        .optional()
        .map_err(sqlite("read", path))?;
    match found {
        Some(stored) => Chain::from_bytes(&stored),
        None => log::chain_after(left, sequence),
    }
    .ok_or_else(missing)
}

/// See [`super::Journal::read`].
pub(super) fn read<E: From<JournalError>>(
    connection: &Connection,
    path: &Path,
    after: u64,
    mut each: impl FnMut(Record<'_>) -> Result<(), E>,
) -> Result<u64, E> {
    // The log first: what leaves it meanwhile is in the file when that is read, and never in neither.
    let left = log::bytes(path)?;
    let chain = chain_after(connection, path, &left, after)?;
    let last = read_file(connection, path, (after, chain), &mut each)?;
    log::follow(&mut frames(&left), path, last, |record, _| each(record)).map(|it| it.0)
}

/// Hands the file's records after one of them to `each`; the last one's sequence and chain.
fn read_file<E: From<JournalError>>(
    connection: &Connection,
    path: &Path,
    (mut last, mut chain): (u64, Chain),
    each: &mut impl FnMut(Record<'_>) -> Result<(), E>,
) -> Result<(u64, Chain), E> {
    let after = last;
    let mut select = connection
        .prepare_cached(
            "SELECT sequence, at, kind, body, chain FROM facts WHERE sequence > ?1
             ORDER BY sequence",
        )
        .map_err(sqlite("read", path))?;
    let key = i64::try_from(after).unwrap_or(i64::MAX);
    let mut rows = select.query([key]).map_err(sqlite("read", path))?;
    loop {
        let sequence = last + 1;
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return Ok((last, chain)),
            Err(source) if source.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
                return Err(broken(path, sequence, "SQLite finds the file damaged").into());
            }
            Err(source) => return Err(JournalError::from_sqlite("read", path, source).into()),
        };
        let (record, stored) = record(row)
            .map_err(|_| broken(path, sequence, "it is not what a record looks like"))?;
        if record.sequence != sequence {
            let reason = format!("it is missing, the next is {}", record.sequence);
            return Err(broken(path, sequence, reason).into());
        }
        chain = chain.next(record);
        if chain.bytes() != stored {
            let reason = "it does not follow from the record before it, its hash differs";
            return Err(broken(path, sequence, reason).into());
        }
        each(record)?;
        last = sequence;
    }
}

/// A row as a record and the chain stored with it.
fn record<'a>(row: &'a Row<'_>) -> Result<(Record<'a>, &'a [u8]), Box<dyn std::error::Error>> {
    let sequence = u64::try_from(row.get_ref(0)?.as_i64()?)?;
    let at = Stamp(row.get_ref(1)?.as_i64()?);
    let kind = row.get_ref(2)?.as_str()?;
    let body = row.get_ref(3)?.as_str()?;
    Ok((Record { sequence, at, kind, body }, row.get_ref(4)?.as_blob()?))
}

/// What the check of a whole journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How many records, from the first on, are what was written.
    pub sound: u64,
    /// The chain after the last of them. Whoever noted an earlier one elsewhere can tell a journal
    /// that was cut or written anew.
    pub head: Chain,
    /// What is wrong, the first broken record first; empty where nothing is.
    pub faults: Vec<String>,
}

impl Verdict {
    /// Nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Checks a journal: every record's place and hash, then SQLite's own check of the file. Damage is
/// told in the verdict; an error means that it could not be looked for.
pub fn verify(path: &Path) -> Result<Verdict, JournalError> {
    let mut verdict = Verdict { sound: 0, head: Chain::START, faults: Vec::new() };
    let reader = match reader(path) {
        Err(error @ JournalError::Sqlite { .. }) if is_damage(&error) => {
            verdict.faults.push(error.to_string());
            return Ok(verdict);
        }
        opened => opened?,
    };
    let outcome = reader.read(0, |record| {
        verdict.sound = record.sequence;
        verdict.head = verdict.head.next(record);
        Ok::<_, JournalError>(())
    });
    match outcome {
        Ok(_) => (),
        Err(error) if is_damage(&error) => verdict.faults.push(error.to_string()),
        Err(error) => return Err(error),
    }
    match integrity(&reader.connection).map_err(sqlite("check", path)) {
        Ok(faults) => verdict.faults.extend(faults),
        Err(error) if is_damage(&error) => verdict.faults.push(error.to_string()),
        Err(error) => return Err(error),
    }
    Ok(verdict)
}

/// What SQLite's check of the file says, without its `ok`.
fn integrity(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut check = connection.prepare("PRAGMA integrity_check")?;
    let lines = check.query_map([], |row| row.get::<_, String>(0))?;
    lines.filter(|it| !matches!(it, Ok(line) if line == "ok")).collect()
}

/// The file is wrong, rather than out of reach.
fn is_damage(error: &JournalError) -> bool {
    match error {
        JournalError::Broken { .. } => true,
        JournalError::Sqlite { source, .. } => !matches!(
            source.sqlite_error_code(),
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied)
        ),
        _ => false,
    }
}

/// Copies a journal, whether the machine runs or not, and checks the copy. The copy is one moment of
/// the journal; appends go on meanwhile. Where it fails there is no copy.
pub fn backup(from: &Path, to: &Path) -> Result<Verdict, JournalError> {
    let source = reader(from)?;
    let left = log::bytes(from)?;
    let draft = schema::beside(to, ".new");
    if std::fs::exists(to).map_err(|source| schema::file_error("create", to, source))? {
        return Err(JournalError::Exists { path: to.to_owned() });
    }
    let _ = std::fs::remove_file(&draft);
    schema::private_file(&draft).map_err(|source| schema::file_error("create", &draft, source))?;
    let finish = || {
        copy(&source.connection, &left, &draft)?;
        let verdict = verify(&draft)?;
        std::fs::rename(&draft, to).map_err(|source| schema::file_error("create", to, source))?;
        Ok(verdict)
    };
    finish().inspect_err(|_| {
        let _ = std::fs::remove_file(&draft);
    })
}

/// Copies the file as it is, and then what was left in the log before.
fn copy(from: &Connection, left: &[u8], draft: &Path) -> Result<(), JournalError> {
    let mut target = schema::connect(draft)?;
    // All pages in one step: a reader's snapshot, which no append disturbs or waits for.
    let whole = Backup::new(from, &mut target).and_then(|it| it.step(-1));
    whole.map_err(sqlite("write", draft))?;
    let copied = last(&target, draft)?;
    mover::insert(&mut target, draft, &mut frames(left), copied)?;
    // Without a write-ahead log of its own, the copy is one file that can be moved about.
    target
        .pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))
        .map_err(sqlite("write", draft))?;
    target.close().map_err(|(_, source)| sqlite("write", draft)(source))
}

pub(super) fn broken(path: &Path, sequence: u64, reason: impl Into<String>) -> JournalError {
    JournalError::Broken { path: path.to_owned(), sequence, reason: reason.into() }
}
