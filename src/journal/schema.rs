//! The journal's file: creating, recognising and migrating it.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{JournalError, log};

/// `aftm` in ASCII, in the file's header: what says that a file is ours.
const APPLICATION: u32 = 0x6166_746d;

/// What brings a file from schema n to n + 1; the last one makes the schema of this program.
pub(super) const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE facts (
        sequence INTEGER PRIMARY KEY, -- 1, 2, 3, ...
        at INTEGER NOT NULL,          -- nanoseconds UTC
        kind TEXT NOT NULL,
        body TEXT NOT NULL,           -- JSON
        chain BLOB NOT NULL           -- SHA-256 over the chain before and this record
    ) STRICT;
    CREATE TRIGGER facts_never_change BEFORE UPDATE ON facts
        BEGIN SELECT RAISE(ABORT, 'facts never change'); END;
    CREATE TRIGGER facts_are_kept BEFORE DELETE ON facts
        BEGIN SELECT RAISE(ABORT, 'facts are kept'); END;
    CREATE TABLE probe (id INTEGER PRIMARY KEY, filling BLOB NOT NULL) STRICT;
",
    // From here on appends go to a log beside the file first, of which older programs know nothing.
    "DROP TABLE probe;",
];

/// How long a statement waits for a lock that another program holds.
const LOCK_WAIT: Duration = Duration::from_millis(100);

/// Opens or creates a journal, in WAL mode and of the newest schema.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, JournalError> {
    match fs::metadata(path) {
        Ok(found) if found.len() == 0 => {
            return Err(JournalError::Empty { path: path.to_owned() });
        }
        Ok(_) => (),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => create(path)?,
        Err(source) => return Err(file_error("open", path, source)),
    }
    let mut connection = connect(path)?;
    migrate(&mut connection, path, MIGRATIONS)?;
    connection.execute_batch("PRAGMA journal_mode = WAL").map_err(sqlite("open", path))?;
    flush_commits(connection, path)
}

/// A connection that may write, each commit flushed to the disk: the log forgets what is in the
/// file, so it must be there even after a loss of power.
pub(super) fn connect_to_write(path: &Path) -> Result<Connection, JournalError> {
    flush_commits(connect(path)?, path)
}

fn flush_commits(connection: Connection, path: &Path) -> Result<Connection, JournalError> {
    connection.execute_batch("PRAGMA synchronous = FULL").map_err(sqlite("open", path))?;
    Ok(connection)
}

/// A connection that may write, to a file that is there.
pub(super) fn connect(path: &Path) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open(path, flags)
}

/// A connection that cannot write, to a journal of ours that is not newer than we are.
pub(super) fn connect_to_read(path: &Path) -> Result<Connection, JournalError> {
    // SQLite reads an empty file as an empty database; a journal is never empty.
    let found = fs::metadata(path).map_err(|source| file_error("read", path, source))?;
    if found.len() == 0 {
        return Err(JournalError::Empty { path: path.to_owned() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open(path, flags)?;
    version(&connection, path, MIGRATIONS.len())?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, JournalError> {
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(LOCK_WAIT)?;
        // Whatever a file's schema holds, it calls nothing that could do harm.
        connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")?;
        Ok(connection)
    };
    open().map_err(sqlite("open", path))
}

/// Makes the whole file under another name first, so that a journal with its name is never half
/// made and an empty one is always a loss.
fn create(path: &Path) -> Result<(), JournalError> {
    for left in [beside(path, "-wal"), log::beside(path)] {
        if fs::exists(left).map_err(|source| file_error("open", path, source))? {
            return Err(JournalError::Orphan { path: path.to_owned() });
        }
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    if let Some(folder) = folder {
        private_folder(folder).map_err(|source| file_error("create", folder, source))?;
    }
    let draft = beside(path, ".new");
    let _ = fs::remove_file(&draft);
    private_file(&draft).map_err(|source| file_error("create", &draft, source))?;
    let mut connection = connect(&draft)?;
    let header = format!("PRAGMA application_id = {APPLICATION}");
    connection.execute_batch(&header).map_err(sqlite("create", &draft))?;
    migrate(&mut connection, &draft, MIGRATIONS)?;
    connection.close().map_err(|(_, source)| sqlite("create", &draft)(source))?;
    let publish = || {
        File::open(&draft)?.sync_all()?;
        fs::rename(&draft, path)?;
        folder.map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    publish().map_err(|source| file_error("create", path, source))
}

/// The schema of a file of ours; an error where it is not ours or is newer than `known`.
fn version(connection: &Connection, path: &Path, known: usize) -> Result<usize, JournalError> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let header = pragma("application_id").and_then(|id| Ok((id, pragma("user_version")?)));
    let (application, found) = header.map_err(sqlite("read", path))?;
    if application != APPLICATION {
        return Err(JournalError::Foreign { path: path.to_owned() });
    }
    let place = usize::try_from(found).unwrap_or(usize::MAX);
    if place > known {
        let known = u32::try_from(known).unwrap_or(u32::MAX);
        return Err(JournalError::Newer { path: path.to_owned(), found, known });
    }
    Ok(place)
}

/// Brings a file of ours up to the last of `steps`, each with its version in one transaction.
pub(super) fn migrate(
    connection: &mut Connection,
    path: &Path,
    steps: &[&str],
) -> Result<(), JournalError> {
    let done = version(connection, path, steps.len())?;
    for (place, step) in steps.iter().enumerate().skip(done) {
        let mut run = || {
            let transaction = connection.transaction()?;
            transaction.execute_batch(step)?;
            transaction.execute_batch(&format!("PRAGMA user_version = {}", place + 1))?;
            transaction.commit()
        };
        run().map_err(sqlite("migrate", path))?;
    }
    Ok(())
}

/// Drops the views that are there and creates those of this program. They are derived, so they
/// follow the program and not the file.
pub(super) fn renew_views(
    connection: &mut Connection,
    path: &Path,
    views: &str,
) -> Result<(), JournalError> {
    let mut renew = || {
        // A start that changes nothing must not wait for the disk.
        if views_of(connection)? == views_made(views)? {
            return Ok(());
        }
        let transaction = connection.transaction()?;
        let names = {
            let mut select =
                transaction.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'")?;
            let names = select.query_map([], |row| row.get::<_, String>(0))?;
            names.collect::<Result<Vec<_>, _>>()?
        };
        for name in names {
            let quoted = name.replace('"', "\"\"");
            transaction.execute_batch(&format!("DROP VIEW \"{quoted}\""))?;
        }
        transaction.execute_batch(views)?;
        transaction.commit()
    };
    renew().map_err(sqlite("create the views of", path))
}

/// The views of a journal, by name, with what makes each.
fn views_of(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let query = "SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY name";
    let mut select = connection.prepare(query)?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// What the views would be in an empty journal.
fn views_made(views: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let empty = Connection::open_in_memory()?;
    empty.execute_batch(views)?;
    views_of(&empty)
}

/// The path with something after its file name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Creates a file that must not be there, for its owner alone. SQLite gives its companions the same
/// mode.
pub(super) fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates the folders that are missing, for their owner alone.
pub(super) fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

pub(super) fn sqlite(
    action: &'static str,
    path: &Path,
) -> impl Fn(rusqlite::Error) -> JournalError {
    move |source| JournalError::from_sqlite(action, path, source)
}

pub(super) fn file_error(
    action: &'static str,
    path: &Path,
    source: std::io::Error,
) -> JournalError {
    JournalError::File { action, path: path.to_owned(), source }
}
