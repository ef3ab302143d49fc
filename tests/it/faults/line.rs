//! The simulated exchange's own library with its ledger on disk, at the other end of a line on which
//! calls and words are under way until the world lets them arrive.

use std::collections::VecDeque;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aftm::gateway::{Way, WayEnded};
use aftm::plugin::Driver;
use aftm::wire::frame::PROTOCOL;
use aftm::wire::venue::PluginSeat;
use aftm::wire::{VenueCall, VenueWord};
use aftm_domain::OpenClose;
use aftm_sim::ledger_file::{self, Day};

use crate::world::chance::Chance;

/// The exchange's process, as far as there is one, and what is under way to and from it.
pub(super) struct Exchange {
    seat: PluginSeat,
    driver: Option<Driver>,
    is_open: bool,
    has_ended: bool,
    calls: VecDeque<VenueCall>,
    /// Told, but not arrived; and arrived.
    words: VecDeque<VenueWord>,
    arrived: Vec<VenueWord>,
    /// Trading was halted, and whoever asked for that knows.
    pub(super) is_halted: bool,
    pub(super) starts: u32,
}

/// Shared between the machine that calls and the world that decides what arrives.
#[derive(Clone)]
pub(super) struct Line(Arc<Mutex<Exchange>>);

/// The library, which cargo has put beside the tests.
pub(crate) fn library() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let (before, after) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    tests.with_file_name(format!("{before}aftm_sim_plugin{after}"))
}

impl Line {
    pub(super) fn new(folder: &str, options: Vec<(String, String)>) -> Line {
        let path = library().to_str().unwrap().to_owned();
        let (name, folder) = ("sim".to_owned(), folder.to_owned());
        let seat = PluginSeat { name, path, folder, options };
        Line(Arc::new(Mutex::new(Exchange {
            seat,
            driver: None,
            is_open: false,
            has_ended: false,
            calls: VecDeque::new(),
            words: VecDeque::new(),
            arrived: Vec::new(),
            is_halted: false,
            starts: 0,
        })))
    }

    pub(super) fn exchange(&self) -> MutexGuard<'_, Exchange> {
        self.0.lock().unwrap()
    }

    /// What the exchange itself says that it saw and did.
    pub(super) fn ledger(&self) -> Option<Day> {
        let file = PathBuf::from(&self.exchange().seat.folder).join("ledger.jsonl");
        let bytes = fs::read(file).unwrap_or_default();
        ledger_file::read(&bytes).unwrap_or_else(|damage| panic!("{damage}")).day
    }
}

/// Opens a session. Another test that starts a program has every file of this process open for a
/// moment, and with it the lock of the session before.
fn open(seat: &PluginSeat) -> Driver {
    let mut tries = 0;
    loop {
        match Driver::open(seat, Arc::new(|| ())) {
            Ok(driver) => return driver,
            Err(error) if tries < 10_000 && error.to_string().contains("is locked") => tries += 1,
            Err(error) => panic!("{error}"),
        }
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

impl Exchange {
    /// A process starts, where there is none.
    pub(super) fn start(&mut self) {
        if self.driver.is_some() || self.has_ended {
            return;
        }
        self.starts += 1;
        let driver = open(&self.seat);
        let (plugin, abilities) = driver.hello();
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let hello =
            VenueWord::Hello { pid: self.starts, version, protocol: PROTOCOL, plugin, abilities };
        self.words.push_back(hello);
        (self.driver, self.is_open) = (Some(driver), true);
    }

    /// The process takes so many of the calls that are under way to it.
    pub(super) fn work(&mut self, most: usize) {
        let Some(driver) = &mut self.driver else { return };
        let calls = self.calls.len().min(most);
        let mut words = Vec::new();
        self.calls.drain(..calls).for_each(|it| driver.call(it, &mut words));
        driver.take(&mut words);
        self.words.extend(words);
        if calls > 0 {
            let calls = u32::try_from(calls).unwrap();
            self.words.push_back(VenueWord::Taken { calls, due: driver.due() });
        }
    }

    /// So many of its words arrive.
    pub(super) fn arrive(&mut self, most: usize) {
        let words = self.words.len().min(most);
        self.arrived.extend(self.words.drain(..words));
    }

    pub(super) fn has_traffic(&self) -> bool {
        !(self.calls.is_empty() && self.words.is_empty() && self.arrived.is_empty())
    }

    /// kill -9: calls under way are lost, words that it had written arrive, and a line of its ledger
    /// may be torn.
    pub(super) fn kill(&mut self, chance: &mut Chance) {
        if self.driver.is_none() {
            return;
        }
        let written = chance.place(self.words.len() + 1);
        self.arrive(written);
        self.end();
        self.has_ended = true;
        if chance.one_in(3) {
            let file = PathBuf::from(&self.seat.folder).join("ledger.jsonl");
            let torn = "{\"order\":{\"id\":7,\"time\":{\"at\":1627";
            if let Ok(mut file) = fs::OpenOptions::new().append(true).open(file) {
                file.write_all(torn.as_bytes()).unwrap();
            }
        }
    }

    /// The machine is killed. Its exchange's process reads what was written to it, and then its end;
    /// or is killed before.
    pub(super) fn part(&mut self, chance: &mut Chance) {
        self.work(chance.place(self.calls.len() + 1));
        self.end();
        (self.is_open, self.has_ended) = (false, false);
        self.arrived.clear();
    }

    fn end(&mut self) {
        self.calls.clear();
        self.words.clear();
        if let Some(driver) = self.driver.take() {
            driver.close(Duration::from_secs(20)).unwrap();
        }
    }
}

impl Way for Line {
    fn is_open(&self) -> bool {
        self.exchange().is_open
    }

    fn call(&mut self, call: VenueCall, _: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        let mut exchange = self.exchange();
        if let VenueCall::Place { ticket, order } = &call {
            let may_open = ticket.open_close != OpenClose::Close;
            assert!(
                !(exchange.is_halted && may_open),
                "{order} was sent after the halt: {ticket:?}"
            );
        }
        // What is written to a process that just died is accepted, and lost.
        if exchange.driver.is_some() {
            exchange.calls.push_back(call);
        }
        Ok(())
    }

    fn take(&mut self, words: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        let mut exchange = self.exchange();
        words.append(&mut exchange.arrived);
        match std::mem::take(&mut exchange.has_ended) {
            true => Err(WayEnded("the exchange's process ended".to_owned())),
            false => Ok(()),
        }
    }

    fn descriptor(&self) -> Option<std::os::fd::RawFd> {
        None
    }

    fn drop_peer(&mut self) {
        let mut exchange = self.exchange();
        exchange.end();
        exchange.arrived.clear();
        (exchange.is_open, exchange.has_ended) = (false, false);
    }
}
