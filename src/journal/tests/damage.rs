//! Files that were cut, flipped or edited.

use std::fs;

use super::*;

/// What a killed process left with nothing moved: its log, two facts an append.
fn logged(appends: u64) -> (Desk, Vec<u8>) {
    let desk = Desk::new();
    let mut journal = desk.open();
    let _held = desk.hold_file();
    for number in 0..appends {
        let (one, two) = (body(2 * number + 1), body(2 * number + 2));
        journal.append(stamp(number), &[("order", &one), ("order", &two)]).unwrap();
    }
    let left = desk.killed();
    let log = fs::read(left.log()).unwrap();
    (left, log)
}

/// What a reader hands out of a journal, each as it was written, and how it ends.
fn read(desk: &Desk) -> (u64, Result<u64, JournalError>) {
    let mut count = 0;
    let end = reader(&desk.path()).unwrap().read(0, |record| {
        count += 1;
        assert_eq!((record.sequence, record.body), (count, body(count).as_str()));
        Ok(())
    });
    (count, end)
}

#[test]
fn f11_a_log_torn_at_any_byte_leaves_a_prefix_and_never_half_an_append() {
    let (desk, log) = logged(5);
    let mut longest = 0;
    for cut in 0..=log.len() {
        fs::write(desk.log(), &log[..cut]).unwrap();
        let (count, end) = read(&desk);
        assert_eq!(end.unwrap(), count);
        assert!(count % 2 == 0 && count >= longest, "{count} facts, cut at {cut}");
        longest = count;
    }
    assert_eq!(longest, 10);
    for cut in [0, 1, log.len() / 2, log.len() - 1] {
        let left = desk.killed();
        fs::write(left.log(), &log[..cut]).unwrap();
        let kept = read(&left).0;
        let mut journal = left.open();
        assert_eq!(journal.append(stamp(9), &[("order", &body(kept + 1))]).unwrap(), kept + 1);
        drop(journal);
        assert_eq!(read(&left).0, kept + 1);
    }
}

#[test]
fn a_changed_byte_in_the_log_is_never_handed_out_nor_passed_over() {
    let (desk, log) = logged(4);
    let (mut cut, mut named) = (0, 0);
    for place in 0..log.len() {
        let mut bytes = log.clone();
        bytes[place] ^= 1 << (place % 8);
        fs::write(desk.log(), &bytes).unwrap();
        match read(&desk) {
            // The last append is as one that was never whole.
            (6, Ok(6)) => cut += 1,
            (count, end) => {
                assert_eq!(broken_at(end.unwrap_err()), count + 1, "byte {place}");
                assert!(!verify(&desk.path()).unwrap().is_sound());
                named += 1;
            }
        }
    }
    assert!(cut * 4 == log.len() && named == cut * 3, "{cut} cut, {named} named");
    let opened = Journal::open(&desk.path(), Durability::Process, VIEWS);
    assert_eq!(opened.map(drop).map_err(broken_at), Ok(()), "the last append alone was changed");
    let (desk, mut log) = logged(3);
    log[50] ^= 1;
    fs::write(desk.log(), &log).unwrap();
    let opened = Journal::open(&desk.path(), Durability::Process, VIEWS);
    assert_eq!(opened.map(drop).map_err(broken_at), Err(1));
    assert_eq!(fs::read(desk.log()).unwrap(), log, "what was refused is left alone");
}

#[test]
fn a_log_of_another_journal_is_refused() {
    let desk = Desk::new();
    let mut journal = desk.open();
    journal.append(stamp(5), &[("order", "{}"), ("fill", "{}")]).unwrap();
    desk.await_moved(2);
    let other = desk.killed();
    for own in [1, 2, 3] {
        let desk = Desk::filled(own);
        fs::copy(other.log(), desk.log()).unwrap();
        let opened = Journal::open(&desk.path(), Durability::Process, VIEWS);
        let expected = if own == 3 { Ok(()) } else { Err(own) };
        assert_eq!(opened.map(drop).map_err(broken_at), expected, "{own} of its own");
    }
}

/// Our log keeps for a while what is in the file already.
#[test]
fn what_a_torn_log_of_sqlite_lost_is_still_in_ours() {
    let desk = Desk::new();
    let mut journal = desk.open();
    for number in 1..=20 {
        journal.append(stamp(number), &[("order", &body(number))]).unwrap();
    }
    desk.await_moved(20);
    let _held = desk.hold_file();
    let wal = fs::read(schema::beside(&desk.path(), "-wal")).unwrap();
    for cut in (0..=wal.len()).step_by(2_777) {
        let left = desk.killed();
        fs::write(schema::beside(&left.path(), "-wal"), &wal[..cut]).unwrap();
        assert_eq!(all(&left.open(), 0).unwrap().len(), 20, "cut at {cut}");
    }
}

#[test]
fn a_torn_file_is_never_read_as_empty() {
    let desk = Desk::filled(3);
    fs::write(desk.path(), "").unwrap();
    let opened = Journal::open(&desk.path(), Durability::Process, VIEWS);
    assert!(matches!(opened, Err(JournalError::Empty { .. })));
    assert!(matches!(verify(&desk.path()), Err(JournalError::Empty { .. })));
    fs::remove_file(desk.path()).unwrap();
    fs::write(schema::beside(&desk.path(), "-wal"), "what a crash left").unwrap();
    let opened = Journal::open(&desk.path(), Durability::Process, VIEWS);
    assert!(matches!(opened, Err(JournalError::Orphan { .. })));
}

#[test]
fn a_changed_deleted_or_inserted_record_is_found_and_named() {
    for (sql, sequence) in [
        ("UPDATE facts SET body = replace(body, 'A7', 'A8') WHERE sequence = 7", 7),
        ("UPDATE facts SET at = at + 1 WHERE sequence = 3", 3),
        ("UPDATE facts SET kind = 'fill' WHERE sequence = 1", 1),
        ("UPDATE facts SET chain = zeroblob(32) WHERE sequence = 9", 9),
        ("UPDATE facts SET chain = x'00' WHERE sequence = 4", 4),
        ("DELETE FROM facts WHERE sequence = 5", 5),
        ("UPDATE facts SET sequence = -1 WHERE sequence = 6", 6),
        ("INSERT INTO facts SELECT 11, at, kind, body, chain FROM facts WHERE sequence = 10", 11),
    ] {
        let desk = Desk::filled(10);
        desk.tamper(sql);
        let verdict = verify(&desk.path()).unwrap();
        assert_eq!(verdict.sound, sequence - 1, "{sql}");
        let named = format!("record {sequence} ");
        assert!(verdict.faults[0].contains(&named), "{sql}: {:?}", verdict.faults);
        assert_eq!(broken_at(all(&desk.open(), 0).unwrap_err()), sequence, "{sql}");
    }
}

/// Flips one byte at seeded places of the file. A flip may lie where nothing is kept; then every
/// record must be what it was. In no case may a wrong record be handed out.
#[test]
fn f11_a_corrupted_byte_never_becomes_a_fact() {
    let desk = Desk::filled(200);
    let whole = fs::read(desk.path()).unwrap();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut found = 0;
    for _ in 0..200 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let place = usize::try_from(state % whole.len() as u64).unwrap();
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (state >> 61);
        fs::write(desk.path(), bytes).unwrap();
        let mut expected = 0;
        let read = reader(&desk.path()).and_then(|it| {
            it.read(0, |record| {
                expected += 1;
                assert_eq!((record.sequence, record.body), (expected, body(expected).as_str()));
                Ok(())
            })
        });
        let verdict = verify(&desk.path());
        if read.is_err() {
            found += 1;
            assert!(!verdict.is_ok_and(|it| it.is_sound()), "byte {place}");
        } else if verdict.is_ok_and(|it| it.is_sound()) {
            assert_eq!(expected, 200, "byte {place} hid records");
        }
    }
    assert!(found > 100, "only {found} of 200 flips were found");
}

#[test]
fn f11_a_truncated_file_is_found() {
    let desk = Desk::filled(500);
    let whole = fs::read(desk.path()).unwrap();
    for cut in [100, 4_096, 5_000, 8_192, whole.len() / 2, whole.len() - 4_096, whole.len() - 1] {
        fs::write(desk.path(), &whole[..cut]).unwrap();
        let outcome = verify(&desk.path());
        assert!(!outcome.as_ref().is_ok_and(Verdict::is_sound), "cut at {cut}: {outcome:?}");
    }
}
