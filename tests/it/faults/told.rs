//! What lies on disk and what another's library tells, changed under a seed: nothing of it is taken for
//! something else, and nothing of it breaks who reads it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aftm::entry::ledger;
use aftm::gateway::fact::Fact;
use aftm::gateway::state::State;
use aftm::gateway::{Way, WayEnded};
use aftm::journal::{Durability, Journal, JournalError, reader, verify};
use aftm::plugin::Driver;
use aftm::wire::frame::PROTOCOL;
use aftm::wire::venue::PluginSeat;
use aftm::wire::{Secret, VenueCall, VenueWord, decode, encode};
use aftm_domain::order::{Kind, Ticket, TimeInForce};
use aftm_domain::{Note, OpenClose, Side};

use super::fuzz::fuzz;
use super::*;
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
    for (number, length) in (1..=6_u64).zip(1..) {
        let told = Fact::Alerted { code: "NOTE".to_owned(), text: "損".repeat(length) };
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
        if count.fetch_add(1, Ordering::Relaxed).is_multiple_of(8) {
            let opened = Journal::open(&path, Durability::Process, ledger::VIEWS);
            assert_eq!(opened.is_ok(), read.is_ok());
            if let (Ok(mut journal), Ok(last)) = (opened, read) {
                assert_eq!(journal.append(Stamp(9), &[("logged_out", "{}")]).unwrap(), last + 1);
                journal.close().unwrap();
                let verdict = verify(&path).unwrap();
                assert!(verdict.is_sound() && verdict.sound == last + 1, "{verdict:?}");
            }
        }
        for file in ["journal.sqlite-wal", "journal.sqlite-shm"] {
            let _ = std::fs::remove_file(folder.path().join(file));
        }
    });
}

/// The way to a library in this process. Each word crosses it as it would cross one between two.
struct Direct {
    driver: Option<Driver>,
    is_greeted: bool,
    told: Arc<AtomicU64>,
}

impl Direct {
    fn open(seat: &PluginSeat, told: &Arc<AtomicU64>) -> Direct {
        let driver = Driver::open(seat, Arc::new(|| ())).unwrap();
        Direct { driver: Some(driver), is_greeted: false, told: told.clone() }
    }

    /// What cannot be written cannot be told.
    fn cross(&self, words: &mut [VenueWord], from: usize) {
        for word in words.iter_mut().skip(from) {
            let is_broken = matches!(word, VenueWord::Broken { .. });
            self.told.fetch_add(u64::from(is_broken), Ordering::Relaxed);
            *word = decode(&encode(word)).unwrap_or_else(|error| panic!("{word:?}: {error}"));
        }
    }
}

impl Way for Direct {
    fn is_open(&self) -> bool {
        self.driver.is_some()
    }

    fn call(&mut self, call: VenueCall, words: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        let from = words.len();
        let Some(driver) = &mut self.driver else { return Err(WayEnded("broken".to_owned())) };
        driver.call(call, words);
        driver.take(words);
        self.cross(words, from);
        Ok(())
    }

    fn place(
        &mut self,
        order: OrderId,
        ticket: &Ticket,
        words: &mut Vec<VenueWord>,
    ) -> Result<(), WayEnded> {
        let from = words.len();
        let Some(driver) = &mut self.driver else { return Err(WayEnded("broken".to_owned())) };
        driver.place(order, ticket, words);
        self.cross(words, from);
        Ok(())
    }

    fn is_near(&self) -> bool {
        true
    }

    fn due(&self) -> Option<Stamp> {
        self.driver.as_ref()?.due()
    }

    fn take(&mut self, words: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        let from = words.len();
        let Some(driver) = &mut self.driver else { return Ok(()) };
        if !std::mem::replace(&mut self.is_greeted, true) {
            let (plugin, abilities) = driver.hello();
            let (pid, version) = (1, "1".to_owned());
            words.push(VenueWord::Hello { pid, version, protocol: PROTOCOL, plugin, abilities });
        }
        driver.take(words);
        self.cross(words, from);
        Ok(())
    }

    fn descriptor(&self) -> Option<std::os::fd::RawFd> {
        None
    }

    fn drop_peer(&mut self) {
        self.driver = None;
    }
}

fn order(number: i64) -> Request {
    let is_limit = number % 2 == 0;
    let kind = if is_limit { Kind::Limit } else { Kind::Market };
    let intent = Intent {
        request: Some(format!("r-{number}").parse().unwrap()),
        account: Some("EXAMPLE-1".parse().unwrap()),
        item: "DEMO".parse().unwrap(),
        side: if number % 3 == 0 { Side::Sell } else { Side::Buy },
        kind,
        price: is_limit.then(|| Price::from_units(17_000).unwrap()),
        stop_price: None,
        quantity: Quantity::from_units(2).unwrap(),
        time_in_force: if is_limit { TimeInForce::Rod } else { TimeInForce::Ioc },
        open_close: OpenClose::Auto,
        day_trade: false,
        note: Note::default(),
        signal: None,
        signal_time: None,
    };
    Request::Place { intent: Box::new(intent) }
}

/// Everything that a machine asks of a venue; whatever is refused.
fn asked() -> Vec<Request> {
    let user = "demo".parse().unwrap();
    let password = || Some(Secret::new("demo".to_owned()));
    let login = || Request::Login { user, password: password(), production: false };
    let (first, third) = (OrderId(1), OrderId(3));
    let (quantity, price) = (Some(Quantity::ONE), None);
    let mut asked = vec![login(), Request::AddItem { item: "DEMO".parse().unwrap() }];
    asked.push(Request::UseAccount { account: "EXAMPLE-1".parse().unwrap() });
    asked.extend((1..=6).map(order));
    asked.push(Request::Amend { order: first, quantity, price });
    asked.push(Request::Cancel { order: third });
    asked.extend((7..=9).map(order));
    asked.extend([Request::Flatten { item: None }, Request::CancelAll { item: None }]);
    asked.extend([Request::Logout {}, login(), order(10), Request::Logout {}]);
    asked
}

/// A day of a gateway at a venue that tells anything; whether the session broke.
fn day(library: &Path, folder: &Path, seed: u64, catalog: &Catalog) -> bool {
    let own = folder.join(seed.to_string());
    std::fs::create_dir(&own).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let seat = PluginSeat {
        name: "fuzz".to_owned(),
        path: text(library),
        folder: text(&own),
        options: Vec::new(),
    };
    let (memory, told) = (Memory::default(), Arc::new(AtomicU64::new(0)));
    let further = Box::new(|| Ok(Vec::new()));
    let mut core = Core::new(Setup {
        venue: Plugged::new(Box::new(Direct::open(&seat, &told)), further, true),
        ledger: memory.clone(),
        listing: Listing::new(catalog.clone(), "2021-07-26".parse().unwrap()),
        rules: Rules::default(),
        state: State::default(),
    });
    let mut now = MORNING;
    core.start(now).unwrap();
    core.hear(now);
    for (request, sequence) in asked().iter().zip(1..) {
        now = now.after(Stamp::SECOND);
        let _ = core.serve(request, Door::Desk, now);
        core.hear(now);
        let _ = core.take_login();
        let time = ExchangeTime { at: now, offset: ExchangeTime::TAIPEI };
        let price = Price::from_units(17_000 + 7 * (sequence % 5) - 14).unwrap();
        let (item, quantity) = ("DEMO".parse().unwrap(), Quantity::ONE);
        let tick =
            Tick { sequence: sequence.unsigned_abs(), item, price, quantity, time, received: now };
        core.tick(&tick, None, now);
        core.expire(now);
        core.inquire(now);
        core.tell(&mut Vec::new());
        let state = core.state();
        assert!(memory.folds_to(state), "the journal folds to another state");
        for placed in state.orders.values() {
            let order = &placed.order;
            assert!(order.filled() <= order.ticket.quantity, "{order:?}");
            assert!(order.fills.iter().all(|it| it.quantity > Quantity::ZERO), "{order:?}");
        }
    }
    told.load(Ordering::Relaxed) > 0
}

#[test]
fn f18_structs_of_a_plug_in() {
    let (built, catalog) = (compiler::hostile("fuzz.c", "NOTHING"), Catalog::built_in().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (begun, broken) = (AtomicU64::new(0), AtomicU64::new(0));
    // What is changed is what the library tells, under the number of the try.
    fuzz(400, &[b"a try".to_vec()], |_| {
        let seed = begun.fetch_add(1, Ordering::Relaxed) + 1;
        let is_broken = day(&built.library, folder.path(), seed, &catalog);
        broken.fetch_add(u64::from(is_broken), Ordering::Relaxed);
    });
    // Some sessions were left whole, and some broke off: both were seen.
    let (begun, broken) = (begun.into_inner(), broken.into_inner());
    assert!(broken > begun / 20 && broken < begun - begun / 20, "{broken} of {begun} broke off");
}
