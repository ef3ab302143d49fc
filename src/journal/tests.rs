//! The journal against real files, healthy and damaged.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod damage;
#[cfg(unix)]
mod full;

use std::fs;
use std::path::{Path, PathBuf};

use aftm_domain::Stamp;
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

const VIEWS: &str = "CREATE VIEW orders AS
    SELECT sequence, json_extract(body, '$.order') AS id FROM facts WHERE kind = 'order';";

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("data/journal.sqlite")
    }

    fn open(&self) -> Journal {
        Journal::open(&self.path(), Durability::Process, VIEWS).unwrap()
    }

    /// A closed journal with so many facts.
    fn filled(count: u64) -> Desk {
        let desk = Desk::new();
        let mut journal = desk.open();
        for number in 1..=count {
            journal.append(stamp(number), &[("order", &body(number))]).unwrap();
        }
        journal.close().unwrap();
        desk
    }

    /// Keeps facts from being moved into the file, until it is dropped.
    fn hold_file(&self) -> Connection {
        let other = Connection::open(self.path()).unwrap();
        other.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        other
    }

    /// Waits until so many facts are in the file.
    fn await_moved(&self, count: u64) {
        let connection = Connection::open(self.path()).unwrap();
        for _ in 0..6_000 {
            if reader::last(&connection, &self.path()).unwrap().0 >= count {
                return;
            }
            std::thread::park_timeout(std::time::Duration::from_millis(10));
        }
        panic!("the facts never came into the file");
    }

    /// What a process leaves that is killed while nothing is moved: the files as they are.
    fn killed(&self) -> Desk {
        let left = Desk::new();
        schema::private_folder(left.path().parent().unwrap()).unwrap();
        for suffix in ["", "-wal", "-log"] {
            let (from, to) = [self, &left].map(|it| schema::beside(&it.path(), suffix)).into();
            fs::copy(from, to).unwrap();
        }
        left
    }

    fn log(&self) -> PathBuf {
        log::beside(&self.path())
    }

    /// SQL by hand, past the triggers that keep the facts.
    fn tamper(&self, sql: &str) {
        let connection = Connection::open(self.path()).unwrap();
        connection
            .execute_batch(
                "DROP TRIGGER IF EXISTS facts_never_change; DROP TRIGGER IF EXISTS facts_are_kept;",
            )
            .unwrap();
        connection.execute_batch(sql).unwrap();
    }
}

fn stamp(number: u64) -> Stamp {
    Stamp(1_627_260_548_000_000_000 + i64::try_from(number).unwrap())
}

fn body(number: u64) -> String {
    format!(r#"{{"order":"A{number}","item":"TXFH1","note":"停利"}}"#)
}

fn all(journal: &Journal, after: u64) -> Result<Vec<(u64, Stamp, String, String)>, JournalError> {
    let mut records = Vec::new();
    journal.read(after, |Record { sequence, at, kind, body }| {
        records.push((sequence, at, kind.to_owned(), body.to_owned()));
        Ok::<_, JournalError>(())
    })?;
    Ok(records)
}

fn broken_at(error: JournalError) -> u64 {
    match error {
        JournalError::Broken { sequence, .. } => sequence,
        other => panic!("not a broken record: {other}"),
    }
}

#[test]
fn what_was_appended_is_read_back_in_order_and_after_reopening() {
    let desk = Desk::new();
    let mut journal = desk.open();
    assert_eq!(journal.append(stamp(1), &[("order", "{}"), ("fill", "[1]")]).unwrap(), 2);
    assert_eq!(journal.append(stamp(2), &[]).unwrap(), 2);
    assert_eq!(journal.append(stamp(2), &[("order", &body(3))]).unwrap(), 3);
    let expected = vec![
        (1, stamp(1), "order".to_owned(), "{}".to_owned()),
        (2, stamp(1), "fill".to_owned(), "[1]".to_owned()),
        (3, stamp(2), "order".to_owned(), body(3)),
    ];
    assert_eq!(all(&journal, 0).unwrap(), expected);
    drop(journal);
    let mut journal = desk.open();
    assert_eq!(journal.last(), 3);
    assert_eq!(all(&journal, 2).unwrap(), expected[2..]);
    assert_eq!(all(&journal, 3).unwrap(), []);
    assert_eq!(broken_at(all(&journal, 4).unwrap_err()), 4);
    assert_eq!(journal.append(stamp(4), &[("order", "{}")]).unwrap(), 4);
    assert_eq!(verify(&desk.path()).unwrap().sound, 4);
}

#[test]
fn a_killed_process_loses_nothing_wherever_its_facts_were() {
    for moved in [0, 60, 100] {
        let desk = Desk::new();
        let mut journal = desk.open();
        let append = |journal: &mut Journal, numbers: std::ops::RangeInclusive<u64>| {
            for number in numbers {
                journal.append(stamp(number), &[("order", &body(number))]).unwrap();
            }
        };
        append(&mut journal, 1..=moved);
        desk.await_moved(moved);
        let _held = desk.hold_file();
        append(&mut journal, moved + 1..=100);
        let left = desk.killed();
        fs::write(schema::beside(&left.log(), ".new"), "a draft").unwrap();
        assert_eq!(verify(&left.path()).unwrap().sound, 100);
        assert_eq!(all(&left.open(), 0).unwrap(), all(&journal, 0).unwrap(), "{moved} moved");
        // It was closed, and is one file again.
        assert!(!left.log().exists());
        assert_eq!(verify(&left.path()).unwrap(), verify(&desk.path()).unwrap());
    }
}

#[test]
fn readers_find_a_fact_as_soon_as_it_is_appended() {
    let desk = Desk::new();
    let mut journal = desk.open();
    let _held = desk.hold_file();
    let reader = reader(&desk.path()).unwrap();
    let read = |after| reader.read(after, |_| Ok::<_, JournalError>(()));
    for number in 1..=10 {
        journal.append(stamp(number), &[("order", &body(number))]).unwrap();
        assert_eq!(read(0).unwrap(), number);
        assert_eq!(read(number).unwrap(), number);
    }
    assert_eq!(broken_at(read(11).unwrap_err()), 11);
    let copy = desk.folder.path().join("copy.sqlite");
    assert_eq!(backup(&desk.path(), &copy).unwrap().sound, 10);
    assert!(!log::beside(&copy).exists());
}

#[test]
fn the_files_are_for_their_owner_alone() {
    let desk = Desk::new();
    let mut journal = desk.open();
    journal.append(stamp(1), &[("order", "{}")]).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(desk.path().parent().unwrap()), 0o700);
        for suffix in ["", "-wal", "-shm", "-log"] {
            assert_eq!(mode(&schema::beside(&desk.path(), suffix)), 0o600, "{suffix}");
        }
    }
}

#[test]
fn a_newer_schema_is_refused_with_both_versions() {
    let desk = Desk::filled(1);
    let connection = Connection::open(desk.path()).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let newest = u32::try_from(schema::MIGRATIONS.len()).unwrap();
    let opened = Journal::open(&desk.path(), Durability::Process, VIEWS);
    for refusal in [opened.err(), reader(&desk.path()).err(), verify(&desk.path()).err()] {
        let refusal = refusal.unwrap();
        assert!(
            matches!(refusal, JournalError::Newer { found: 99, known, .. } if known == newest),
            "{refusal}"
        );
    }
}

#[test]
fn a_file_of_schema_0_is_migrated() {
    let desk = Desk::new();
    fs::create_dir(desk.path().parent().unwrap()).unwrap();
    let connection = Connection::open(desk.path()).unwrap();
    connection.execute_batch("PRAGMA application_id = 0x6166746d").unwrap();
    drop(connection);
    let mut journal = desk.open();
    assert_eq!(journal.append(stamp(1), &[("order", "{}")]).unwrap(), 1);
}

#[test]
fn a_later_schema_keeps_the_facts_and_a_step_that_fails_changes_nothing() {
    let desk = Desk::filled(3);
    let path = desk.path();
    let mut connection = schema::connect(&path).unwrap();
    let with = |step: &'static str| [schema::MIGRATIONS, &[step]].concat();
    let steps = with("CREATE TABLE more (id INTEGER); SELECT no_such_thing();");
    assert!(schema::migrate(&mut connection, &path, &steps).is_err());
    let steps = with("CREATE TABLE more (id INTEGER);");
    schema::migrate(&mut connection, &path, &steps).unwrap();
    let version = connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0));
    assert_eq!(version.unwrap() as usize, schema::MIGRATIONS.len() + 1);
    assert_eq!(reader::last(&connection, &path).unwrap().0, 3);
}

#[test]
fn what_is_not_our_journal_is_refused_and_left_alone() {
    let desk = Desk::new();
    let path = desk.folder.path().join("other");
    let foreign = Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE mine (id INTEGER)").unwrap();
    drop(foreign);
    let text = desk.folder.path().join("text");
    fs::write(&text, "time,code,price\n".repeat(100)).unwrap();
    for path in [path, text] {
        let before = fs::read(&path).unwrap();
        let refusal = Journal::open(&path, Durability::Process, VIEWS).err().unwrap();
        assert!(matches!(refusal, JournalError::Foreign { .. }), "{refusal}");
        assert!(matches!(verify(&path), Err(JournalError::Foreign { .. })));
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[test]
fn facts_are_not_changed_by_a_slip_of_sql() {
    let desk = Desk::filled(2);
    let connection = Connection::open(desk.path()).unwrap();
    for sql in ["UPDATE facts SET kind = ''", "DELETE FROM facts", "DELETE FROM facts WHERE at > 0"]
    {
        assert!(connection.execute_batch(sql).is_err(), "{sql}");
    }
    assert!(verify(&desk.path()).unwrap().is_sound());
}

#[test]
fn views_answer_sql_and_follow_the_program() {
    let desk = Desk::filled(2);
    let journal = reader(&desk.path()).unwrap();
    let id = |sql: &str| journal.connection().query_row(sql, [], |row| row.get::<_, String>(0));
    assert_eq!(id("SELECT id FROM orders WHERE sequence = 2").unwrap(), "A2");
    let renamed = VIEWS.replace("VIEW orders", "VIEW tickets");
    Journal::open(&desk.path(), Durability::Process, &renamed).unwrap().close().unwrap();
    assert_eq!(id("SELECT id FROM tickets WHERE sequence = 1").unwrap(), "A1");
    assert!(id("SELECT id FROM orders").is_err());
    let wrong = Journal::open(&desk.path(), Durability::Process, "CREATE VIEW nonsense");
    assert!(wrong.err().unwrap().to_string().starts_with("cannot create the views of"));
}

#[test]
fn readers_and_backups_work_while_the_machine_writes() {
    let desk = Desk::new();
    let mut journal = desk.open();
    let path = desk.path();
    let copy = desk.folder.path().join("copy.sqlite");
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let reader = reader(&path).unwrap();
            let mut last = 0;
            // More than one checkpoint lies within this many appends.
            while last < 9_000 {
                last = reader.read(last, |_| Ok::<_, JournalError>(())).unwrap();
            }
        });
        let copying = scope.spawn(|| backup(&path, &copy).unwrap());
        for number in 1..=9_000 {
            journal.append(stamp(number), &[("order", &body(number))]).unwrap();
        }
        reading.join().unwrap();
        assert!(copying.join().unwrap().is_sound());
    });
    assert!(journal.moving_failure().is_none());
    assert_eq!(verify(&path).unwrap().sound, 9_000);
    assert!(matches!(backup(&path, &copy), Err(JournalError::Exists { .. })));
    let again = desk.folder.path().join("again.sqlite");
    assert_eq!(backup(&path, &again).unwrap(), verify(&path).unwrap());
    let mut restored = Journal::open(&again, Durability::Power, VIEWS).unwrap();
    assert_eq!(restored.append(stamp(1), &[("order", "{}")]).unwrap(), 9_001);
}

#[test]
fn facts_come_into_the_file_off_the_writer_and_the_log_stays_short() {
    let desk = Desk::new();
    let mut journal = desk.open();
    let large = format!("\"{}\"", "x".repeat(9_000));
    for number in 1..=1_000 {
        journal.append(stamp(number), &[("order", &large)]).unwrap();
    }
    desk.await_moved(1_000);
    journal.mover.stop().unwrap();
    assert!(journal.mover.with_log(|log| log.length()) < 6_000_000, "it was never shortened");
    journal.close().unwrap();
    assert!(!desk.log().exists());
    let log = fs::metadata(schema::beside(&desk.path(), "-wal")).map_or(0, |it| it.len());
    assert_eq!(log, 0);
    assert_eq!(verify(&desk.path()).unwrap().sound, 1_000);
}

#[test]
fn a_lock_held_by_another_program_holds_no_append_up() {
    let desk = Desk::filled(1);
    let mut journal = desk.open();
    let other = desk.hold_file();
    assert_eq!(journal.append(stamp(2), &[("order", "{}"), ("fill", "{}")]).unwrap(), 3);
    let refusal = loop {
        if let Some(refusal) = journal.moving_failure() {
            break refusal;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    };
    assert!(matches!(refusal, JournalError::Locked { .. }) && refusal.is_temporary());
    assert!(!refusal.is_full_disk());
    journal.probe().unwrap();
    other.execute_batch("ROLLBACK").unwrap();
    desk.await_moved(3);
    assert!(journal.moving_failure().is_none(), "said once");
}

#[test]
fn f10_after_the_disk_failed_nothing_is_written_any_more() {
    let desk = Desk::filled(3);
    let mut journal = desk.open();
    // Stands for any failure of the disk: a handle that refuses every write.
    let refusing = fs::File::open(desk.log()).unwrap();
    let working = journal.mover.with_log(|log| std::mem::replace(&mut log.file, refusing));
    assert!(!journal.append(stamp(4), &[("order", "{}")]).unwrap_err().is_temporary());
    journal.mover.with_log(|log| log.file = working);
    assert!(matches!(journal.probe(), Err(JournalError::Failed { .. })));
    let refusal = journal.append(stamp(4), &[("order", "{}")]);
    assert!(matches!(refusal, Err(JournalError::Failed { .. })));
    assert_eq!((journal.last(), all(&journal, 0).unwrap().len()), (3, 3));
}

#[test]
fn a_file_that_takes_no_facts_leaves_them_in_the_log() {
    let desk = Desk::filled(3);
    let mut journal = desk.open();
    desk.tamper("ALTER TABLE facts RENAME TO lost");
    assert_eq!(journal.append(stamp(4), &[("order", &body(4))]).unwrap(), 4);
    assert!(!journal.close().unwrap_err().is_temporary());
    desk.tamper("ALTER TABLE lost RENAME TO facts");
    assert_eq!(all(&desk.open(), 3).unwrap().len(), 1);
}

#[test]
fn a_data_folder_has_one_machine() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = hold(&data, "aftm run").unwrap();
    let refusal = hold(&data, "aftm").unwrap_err();
    let pid = std::process::id();
    assert!(matches!(&refusal, HoldError::Held { pid: Some(named), .. } if *named == pid));
    assert!(refusal.to_string().contains(&format!("in use by aftm run (process {pid})")));
    drop(first);
    // What a killed holder wrote is no lock.
    fs::write(data.join("machine.lock"), "1 aftm run").unwrap();
    drop(hold(&data, "aftm").unwrap());
    hold(&data, "aftm").unwrap();
}
