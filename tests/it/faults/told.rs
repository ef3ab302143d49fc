//! What lies on disk and what another's library tells, changed under a seed: nothing of it is taken for
//! something else, and nothing of it breaks who reads it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aftm::entry::ledger;
use aftm::gateway::fact::Fact;
use aftm::journal::{Durability, Journal, JournalError, reader, verify};
use aftm::plugin::Driver;
use aftm::wire::venue::{Hidden, PluginSeat, Sent};
use aftm::wire::{VenueCall, VenueWord, decode, encode};
use aftm_domain::order::{Kind, Report, Ticket, TimeInForce};
use aftm_domain::{ExchangeTime, Note, OpenClose, OrderId, Price, Quantity, Side, Stamp, Tick};

use super::fuzz::fuzz;
use crate::plugin::compiler;

/// A record as it was written.
type Written = (u64, String, String);

/// A journal's file without facts, its log with some, and these facts.
fn template() -> (Vec<u8>, Vec<u8>, Vec<Written>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let open = || Journal::open(&path, Durability::Process, ledger::VIEWS).unwrap();
    open().close().unwrap();
    let file = std::fs::read(&path).unwrap();
    let mut journal = open();
    for number in 1..=6_u64 {
        let told = Fact::Alerted { code: "NOTE".to_owned(), text: "損".repeat(number as usize) };
        let facts = [Fact::NumbersTaken { through: OrderId(number) }, told];
        let bodies = facts.each_ref().map(|it| (it.word(), serde_json::to_string(it).unwrap()));
        let rows = bodies.each_ref().map(|it| (it.0, it.1.as_str()));
        journal.append(Stamp(i64::try_from(number).unwrap()), &rows).unwrap();
    }
    let log = std::fs::read(folder.path().join("journal.sqlite-log")).unwrap();
    let mut written = Vec::new();
    journal
        .read(0, |it| {
            written.push((it.sequence, it.kind.to_owned(), it.body.to_owned()));
            Ok::<_, JournalError>(())
        })
        .unwrap();
    assert_eq!(written.len(), 12);
    (file, log, written)
}

#[test]
fn f11_frames_of_the_journals_log() {
    let (file, log, written) = template();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let count = AtomicU64::new(0);
    fuzz(400, &[log], |bytes| {
        std::fs::write(&path, &file).unwrap();
        std::fs::write(folder.path().join("journal.sqlite-log"), bytes).unwrap();
        let check = |at: u64, kind: &str, body: &str| {
            let place = usize::try_from(at).unwrap() - 1;
            assert_eq!(
                (at, kind, body),
                (written[place].0, &*written[place].1, &*written[place].2)
            );
        };
        let read = reader(&path).and_then(|it| {
            it.read(0, |record| {
                check(record.sequence, record.kind, record.body);
                Fact::decode(record.kind, record.body).unwrap();
                Ok::<_, JournalError>(())
            })
        });
        let verdict = verify(&path).unwrap();
        assert_eq!(verdict.is_sound(), read.is_ok(), "{read:?} {verdict:?}");
        // A machine goes on with what is whole, or does not start at all.
        if count.fetch_add(1, Ordering::Relaxed) % 8 == 0 {
            let opened = Journal::open(&path, Durability::Process, ledger::VIEWS);
            assert_eq!(opened.is_ok(), read.is_ok());
            if let (Ok(mut journal), Ok(last)) = (opened, read) {
                assert_eq!(journal.last(), last);
                journal.append(Stamp(9), &[("logged_out", "{}")]).unwrap();
            }
            assert!(!verify(&path).unwrap().is_sound() || verify(&path).unwrap().sound > 0);
        }
        for file in ["journal.sqlite-wal", "journal.sqlite-shm"] {
            let _ = std::fs::remove_file(folder.path().join(file));
        }
    });
}

fn ticket(kind: Kind, side: Side) -> Ticket {
    Ticket {
        account: "EXAMPLE-1".parse().unwrap(),
        item: "DEMO".parse().unwrap(),
        side,
        kind,
        price: kind.has_price().then(|| Price::from_units(17_000).unwrap()),
        stop_price: None,
        quantity: Quantity::from_units(2).unwrap(),
        time_in_force: if kind == Kind::Limit { TimeInForce::Rod } else { TimeInForce::Ioc },
        open_close: OpenClose::Auto,
        day_trade: false,
        note: Note::default(),
    }
}

/// Everything that a machine asks of a venue.
fn calls() -> Vec<VenueCall> {
    let hidden = |it: &str| Hidden(it.to_owned());
    let credentials =
        vec![("user".to_owned(), hidden("demo")), ("password".to_owned(), hidden("demo"))];
    let login = VenueCall::Login { credentials, production: false, now: None };
    let time = ExchangeTime { at: Stamp(1_627_260_300 * Stamp::SECOND), offset: 28_800 };
    let tick = |sequence, points| VenueCall::Tick {
        tick: Tick {
            sequence,
            item: "DEMO".parse().unwrap(),
            price: Price::from_units(points).unwrap(),
            quantity: Quantity::ONE,
            time,
            received: time.at,
        },
        book: None,
        again: false,
    };
    let place =
        |order, kind, side| VenueCall::Place { order: OrderId(order), ticket: ticket(kind, side) };
    let sent = |id| Sent {
        id: OrderId(id),
        account: "EXAMPLE-1".parse().unwrap(),
        item: "DEMO".parse().unwrap(),
        venue_id: None,
    };
    vec![
        login.clone(),
        VenueCall::Follow { items: vec!["DEMO".parse().unwrap()] },
        tick(1, 17_010),
        place(1, Kind::Limit, Side::Buy),
        place(2, Kind::Market, Side::Buy),
        place(3, Kind::Limit, Side::Sell),
        VenueCall::Amend { order: sent(1), quantity: Some(Quantity::ONE), price: None },
        tick(2, 16_990),
        VenueCall::Cancel { order: sent(3) },
        VenueCall::Inquire { order: sent(2) },
        VenueCall::Stand {},
        VenueCall::Money {},
        VenueCall::Advance { time },
        VenueCall::Settle {},
        place(4, Kind::Market, Side::Sell),
        VenueCall::Logout {},
        login,
        VenueCall::Stand {},
    ]
}

/// A day at a venue that tells anything; what was told.
fn day(library: &Path, folder: &Path, seed: u64) -> Vec<VenueWord> {
    let own = folder.join(seed.to_string());
    std::fs::create_dir(&own).unwrap();
    let seat = PluginSeat {
        name: "fuzz".to_owned(),
        path: library.to_str().unwrap().to_owned(),
        folder: own.to_str().unwrap().to_owned(),
        options: Vec::new(),
    };
    let mut driver = Driver::open(&seat, Arc::new(|| ())).unwrap();
    let mut words = Vec::new();
    for call in calls() {
        driver.call(call, &mut words);
        driver.take(&mut words);
    }
    words.extend(driver.close(Duration::from_secs(20)).unwrap());
    words
}

#[test]
fn f18_structs_of_a_plug_in() {
    let built = compiler::hostile("fuzz.c", "NOTHING");
    let folder = tempfile::tempdir().unwrap();
    let (begun, broken) = (AtomicU64::new(0), AtomicU64::new(0));
    // What is changed is what the library tells: the bytes are its seed.
    fuzz(600, &[b"12345678".to_vec()], |_| {
        let seed = begun.fetch_add(1, Ordering::Relaxed) + 1;
        let words = day(&built.library, folder.path(), seed);
        let is_broken = words.iter().any(|it| matches!(it, VenueWord::Broken { .. }));
        broken.fetch_add(u64::from(is_broken), Ordering::Relaxed);
        for word in &words {
            let frame = encode(word);
            let told = decode::<VenueWord>(&frame).unwrap_or_else(|it| panic!("{seed}: {it}"));
            assert!(decode::<VenueWord>(&encode(&told)).unwrap() == told, "{seed}: {told:?}");
            if let VenueWord::Report { order, report } = word {
                assert!((1..=4).contains(&order.0), "{seed}: a report on {order}");
                let is_sound = |it: &aftm_domain::Fill| it.quantity > Quantity::ZERO;
                assert!(!matches!(report, Report::Filled(it) if !is_sound(it)), "{seed}: {word:?}");
            }
        }
    });
    // Sessions that chance left whole, and such that it broke: both were seen.
    let (begun, broken) = (begun.into_inner(), broken.into_inner());
    assert!(broken > begun / 20 && broken < begun - begun / 20, "{broken} of {begun} broke off");
}
