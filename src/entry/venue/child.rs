//! The process of a plug-in: its library, one session, and the stream to the gateway.
//!
//! A vendor's library may crash, exit, hang or print: it does so here. One thread reads calls, makes
//! them, and writes what came of them; where a call hangs, no beat follows, and whoever started
//! this process ends it.

use std::collections::VecDeque;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use aftm_domain::Stamp;
use anyhow::{Context as _, Result, anyhow, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::ear::{Bell, Ear};
use crate::desk::Exit;
use crate::entry::child::follow_parent;
use crate::entry::{clock, harden};
use crate::plugin::Driver;
use crate::wire::birth::read_record;
use crate::wire::stream::{Stream, StreamError};
use crate::wire::venue::PluginSeat;
use crate::wire::{Birth, Role, VenueCall, VenueWord, decode, frame};

/// How long the plug-in may take to end its session.
const CLOSE: Duration = Duration::from_secs(2);
/// Calls made before their consequences are written.
const CALLS_MAX: u32 = 64;
/// While more words than these wait for the machine, the plug-in keeps what else it has to tell.
const WORDS_SOME: usize = 65_536;
/// So many words wait for a machine that calls and does not listen.
const WORDS_MAX: usize = 1 << 20;

/// Runs until the machine wants it no more, or is no more.
pub(in crate::entry) fn run() -> Result<Exit> {
    harden::take_no_privileges()?;
    harden::keep_to_itself()?;
    let (birth, socket) = begin().context(
        "this is a part of the machine, started by it; start the machine with aftm run SCRIPT",
    )?;
    if birth.role != Role::Venue || !birth.is_spoken() {
        bail!("the machine that started this is of another version; restart it");
    }
    follow_parent(birth.parent)?;
    let seat = birth.plugin.ok_or_else(|| anyhow!("no plug-in was named"))?;
    // What a vendor's library writes beside it lies in a folder of the plug-in's own.
    std::env::set_current_dir(&seat.folder)
        .with_context(|| format!("cannot work in the folder {}", seat.folder))?;
    let (bell, ear) = Ear::open()?;
    let driver = open(&seat, bell)?;
    let beat = Duration::from_millis(birth.beat_ms);
    let (stream, words, waiting) = (Stream::new(socket)?, Vec::new(), VecDeque::new());
    let mut seat = Seat { driver, stream, ear, words, waiting, beat };
    let ended = seat.serve();
    let Seat { driver, .. } = seat;
    if let Err(error) = driver.close(CLOSE) {
        log::warn!("{error}");
    }
    ended.map(|()| Exit::Ok)
}

/// The birth, and the stream it came on: standard input, which nobody else may read from here on.
fn begin() -> Result<(Birth, UnixStream)> {
    let input = std::io::stdin().as_fd().try_clone_to_owned()?;
    let socket = UnixStream::from(input);
    let record = read_record(&socket)?;
    let nothing = std::fs::File::open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nothing)?;
    Ok((decode(&record)?, socket))
}

/// Loads the library and opens its session.
pub(super) fn open(seat: &PluginSeat, bell: Bell) -> Result<Driver> {
    Ok(Driver::open(seat, bell)?)
}

/// The first word of a process.
pub(super) fn hello(driver: &Driver) -> VenueWord {
    let (plugin, abilities) = driver.hello();
    VenueWord::Hello {
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: frame::PROTOCOL,
        plugin,
        abilities,
    }
}

/// The time since a moment.
fn passed(since: Stamp) -> Duration {
    Duration::from_nanos(u64::try_from(clock::now().since(since)).unwrap_or(0))
}

struct Seat {
    driver: Driver,
    stream: Stream,
    ear: Ear,
    words: Vec<VenueWord>,
    /// What is to be written once the stream has room: a list of a long day is larger than that.
    waiting: VecDeque<VenueWord>,
    beat: Duration,
}

impl Seat {
    /// Until the stream ends, which is the order to stop; an error where the session cannot go on.
    fn serve(&mut self) -> Result<()> {
        self.stream.push(&hello(&self.driver))?;
        let mut beaten = clock::now();
        loop {
            let calls = match self.make_calls() {
                Ok(calls) => calls,
                Err(StreamError::Closed) => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            if self.waiting.len() < WORDS_SOME {
                self.driver.take(&mut self.words);
            }
            let broken = self.write(calls)?;
            if passed(beaten) >= self.beat {
                beaten = clock::now();
                self.stream.push(&VenueWord::Beat {})?;
            }
            match self.stream.flush() {
                Ok(()) => (),
                Err(_) if broken.is_none() => return Ok(()),
                Err(_) => (),
            }
            if let Some(reason) = broken {
                bail!("{reason}");
            }
            // What waits for a stream that is full is written when that can be.
            if calls < CALLS_MAX && (self.waiting.is_empty() || self.stream.is_full()) {
                self.sleep(self.beat.saturating_sub(passed(beaten)))?;
            }
        }
    }

    /// Makes the calls that have come; how many.
    fn make_calls(&mut self) -> Result<u32, StreamError> {
        self.stream.turn();
        let mut calls = 0;
        while calls < CALLS_MAX {
            let Some(call) = self.stream.record::<VenueCall>()? else { break };
            if matches!(call, VenueCall::Login { .. }) {
                self.stream.wipe();
            }
            self.driver.call(call, &mut self.words);
            calls += 1;
        }
        Ok(calls)
    }

    /// Writes what was told, and that the calls were made. Returns why the session is broken.
    fn write(&mut self, calls: u32) -> Result<Option<String>> {
        self.waiting.extend(self.words.drain(..));
        if calls > 0 {
            self.waiting.push_back(VenueWord::Taken { calls, due: self.driver.due() });
        }
        if self.waiting.len() > WORDS_MAX {
            bail!("more than {WORDS_MAX} words wait for the machine, which takes none");
        }
        let mut broken = None;
        while self.stream.has_room()
            && let Some(word) = self.waiting.pop_front()
        {
            self.stream.push(&word)?;
            if let VenueWord::Broken { reason } = word {
                broken = Some(reason);
            }
        }
        Ok(broken)
    }

    fn sleep(&self, wait: Duration) -> Result<()> {
        let wants =
            if self.stream.is_full() { PollFlags::IN | PollFlags::OUT } else { PollFlags::IN };
        let mut items = [PollFd::new(&self.stream, wants), PollFd::new(&self.ear, PollFlags::IN)];
        let wait = Timespec::try_from(wait)?;
        match poll(&mut items, Some(&wait)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => (),
            Err(error) => return Err(error.into()),
        }
        self.ear.hush();
        Ok(())
    }
}
