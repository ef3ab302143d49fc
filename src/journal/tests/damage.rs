//! Files that were cut, flipped or edited.

use std::fs;

use super::*;

#[test]
fn a_torn_write_ahead_log_leaves_a_prefix_and_never_half_an_append() {
    let desk = Desk::new();
    let mut journal = desk.open();
    for number in 0..20 {
        let (one, two) = (body(2 * number + 1), body(2 * number + 2));
        journal.append(stamp(number), &[("order", &one), ("order", &two)]).unwrap();
    }
    let log = fs::read(schema::beside(&desk.path(), "-wal")).unwrap();
    let mut lengths = std::collections::BTreeSet::new();
    for cut in (0..=log.len()).step_by(1_777) {
        let left = Desk::new();
        schema::private_folder(left.path().parent().unwrap()).unwrap();
        fs::copy(desk.path(), left.path()).unwrap();
        fs::write(schema::beside(&left.path(), "-wal"), &log[..cut]).unwrap();
        let records = all(&left.open(), 0).unwrap();
        assert_eq!(records.len() % 2, 0, "cut at {cut}");
        assert!(records.iter().all(|it| it.3 == body(it.0)), "cut at {cut}");
        lengths.insert(records.len());
    }
    assert!(lengths.len() > 10, "the cuts made no difference: {lengths:?}");
}

/// SQLite ends a damaged log at the damage; what is before it must be whole and in order.
#[test]
fn a_corrupted_write_ahead_log_leaves_a_prefix() {
    let desk = Desk::new();
    let mut journal = desk.open();
    for number in 1..=30 {
        journal.append(stamp(number), &[("order", &body(number))]).unwrap();
    }
    let log = fs::read(schema::beside(&desk.path(), "-wal")).unwrap();
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut shortened = 0;
    for _ in 0..100 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let place = usize::try_from(state % log.len() as u64).unwrap();
        let mut bytes = log.clone();
        bytes[place] ^= 1 << (state >> 61);
        let left = Desk::new();
        schema::private_folder(left.path().parent().unwrap()).unwrap();
        fs::copy(desk.path(), left.path()).unwrap();
        fs::write(schema::beside(&left.path(), "-wal"), &bytes).unwrap();
        let records = all(&left.open(), 0).unwrap();
        assert!(records.iter().zip(1..).all(|(it, at)| it.0 == at && it.3 == body(at)), "{place}");
        shortened += usize::from(records.len() < 30);
    }
    assert!(shortened > 50, "only {shortened} of 100 flips were found");
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
fn a_corrupted_byte_never_becomes_a_fact() {
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
fn a_truncated_file_is_found() {
    let desk = Desk::filled(500);
    let whole = fs::read(desk.path()).unwrap();
    for cut in [100, 4_096, 5_000, 8_192, whole.len() / 2, whole.len() - 4_096, whole.len() - 1] {
        fs::write(desk.path(), &whole[..cut]).unwrap();
        let outcome = verify(&desk.path());
        assert!(!outcome.as_ref().is_ok_and(Verdict::is_sound), "cut at {cut}: {outcome:?}");
    }
}
