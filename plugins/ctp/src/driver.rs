//! A session with the counter: what the host asks for and what the vendor says go in, requests to the
//! vendor and news for the host come out. It reads no clock and waits for nothing.

mod day;
mod lists;
mod login;
mod market;
mod news;
mod send;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use abi::{Account, Book, Connection, E_STATE, Fill, Instrument, OrderUpdate, Position, Tick};
use aftm_exchange_abi as abi;

use crate::Refusal;
use crate::counter::{Answer, Counter};
use crate::mailbox::{Letter, Mailbox};
use crate::options::{Credentials, Options};
use crate::session::{Input, Limits};

use day::Day;
use lists::Lists;
use login::Link;
use market::FeedLink;

/// The time, twice: for waiting and for telling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// Since the session was opened; never falls.
    pub(crate) mono: Duration,
    /// Since 1970, on this machine's clock.
    pub(crate) ns: i64,
}

/// What an event says.
#[allow(clippy::large_enum_variant)] // It lives until the next line of code.
#[derive(Clone, Debug)]
pub(crate) enum What {
    Answer(Answer),
    Order(OrderUpdate),
    Fill(Fill),
    Tick(Tick),
    Book(Book),
    Position(Position),
    Account(Account),
    Instrument(Instrument),
    Connection(Connection),
}

/// Something for the host.
#[allow(clippy::large_enum_variant)] // As above.
#[derive(Clone, Debug)]
pub(crate) enum Out {
    /// An event: the request it belongs to or 0, and whether it is its answer.
    Event { request: u64, is_last: bool, what: What },
    /// A line for the log, at its level.
    Line(i32, String),
}

/// See the module.
pub(crate) struct Driver {
    options: Options,
    counter: Box<dyn Counter>,
    mailbox: Arc<Mailbox>,
    folder: PathBuf,
    limits: Limits,
    /// Of the newest connection; what an older one says is not read.
    generation: u32,
    /// The vendor's number of the newest request.
    request: i32,
    who: Option<Credentials>,
    link: Option<Link>,
    feed: Option<FeedLink>,
    day: Option<Day>,
    lists: Lists,
    login: Option<u64>,
    /// The host's logout and when it came.
    logout: Option<(u64, Duration)>,
    /// Connections that are being released.
    endings: Vec<JoinHandle<()>>,
    out: Vec<Out>,
}

impl Driver {
    pub(crate) fn new(
        options: Options,
        counter: Box<dyn Counter>,
        mailbox: Arc<Mailbox>,
        folder: PathBuf,
    ) -> Driver {
        Driver {
            options,
            limits: counter.limits(),
            counter,
            mailbox,
            folder,
            generation: 0,
            request: 0,
            who: None,
            link: None,
            feed: None,
            day: None,
            lists: Lists::default(),
            login: None,
            logout: None,
            endings: Vec::new(),
            out: Vec::new(),
        }
    }

    /// What there is to tell, in order.
    pub(crate) fn take(&mut self) -> Vec<Out> {
        std::mem::take(&mut self.out)
    }

    /// How long nothing has to happen.
    pub(crate) fn pause(&self) -> Duration {
        if self.link.is_none() { Duration::from_secs(5) } else { self.limits.pace / 20 }
    }

    /// Takes in what the vendor said.
    pub(crate) fn read(&mut self, now: Now, letter: Letter) {
        match letter {
            Letter::Trading(generation, said) => {
                if self.link.as_ref().is_some_and(|it| it.generation == generation) {
                    self.said(now, said);
                }
            }
            Letter::Quote(generation, quoted) => {
                if self.feed.as_ref().is_some_and(|it| it.generation == generation) {
                    self.quoted(now, quoted);
                }
            }
        }
    }

    /// Time has passed.
    pub(crate) fn clock(&mut self, now: Now) {
        self.reconnect(now);
        self.step(now, Input::Clock);
        self.feed_clock(now);
        self.silence(now, self.limits.answer);
        self.watch_positions(now);
        self.watch_logout(now);
    }

    /// Ends everything; what must be waited for before nothing calls back any more.
    pub(crate) fn end(&mut self) -> Vec<JoinHandle<()>> {
        self.who = None;
        if let Some(trading) = self.link.take().and_then(|it| it.trading) {
            self.release(move || trading.release());
        }
        if let Some(feed) = self.feed.take().and_then(|it| it.feed) {
            self.release(move || feed.release());
        }
        std::mem::take(&mut self.endings)
    }

    /// Releases a connection where nobody waits for it: the vendor ends its threads first.
    fn release(&mut self, release: impl FnOnce() + Send + 'static) {
        self.endings.retain(|it| !it.is_finished());
        match std::thread::Builder::new().name("ctp release".to_owned()).spawn(release) {
            Ok(ending) => self.endings.push(ending),
            Err(err) => self.line(abi::LOG_ERROR, format!("a connection is left as it is: {err}")),
        }
    }

    fn event(&mut self, what: What) {
        self.out.push(Out::Event { request: 0, is_last: false, what });
    }

    fn row(&mut self, request: u64, what: What) {
        self.out.push(Out::Event { request, is_last: false, what });
    }

    fn answer(&mut self, request: u64, answer: Answer) {
        self.out.push(Out::Event { request, is_last: true, what: What::Answer(answer) });
    }

    fn line(&mut self, level: i32, text: String) {
        self.out.push(Out::Line(level, text));
    }

    /// The vendor's number for another request.
    const fn next_request(&mut self) -> i32 {
        self.request = self.request.wrapping_add(1) & i32::MAX;
        self.request
    }

    fn is_ready(&self) -> bool {
        self.link.as_ref().is_some_and(|it| it.session.is_ready())
    }

    /// The day of a session that is ready.
    fn ready_day(&mut self) -> Result<&mut Day, Refusal> {
        let is_ready = self.is_ready();
        let text = "the session is not ready; log in, or wait for the connection";
        self.day.as_mut().filter(|_| is_ready).ok_or_else(|| Refusal::new(E_STATE, text))
    }
}
