//! The machine as `aftm run` joins it, with a feed that the bench holds and a venue that says when
//! it is called. Nothing on its way from tick to order is changed for being measured.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::os::fd::RawFd;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use aftm_domain::instrument::Instrument;
use aftm_domain::order::{Refusal, Ticket};
use aftm_domain::tick::Moment;
use aftm_domain::{
    AccountId, Book, Code, ExchangeTime, OpenClose, OrderId, Price, Quantity, Stamp, Tick, UserId,
};
use anyhow::{Context as _, Result, bail};
use zmq::{Context, DONTWAIT, Socket, SocketType};

use crate::config::{Folders, Settings};
use crate::desk::{self, Exit, command};
use crate::entry::{clock, parts, run, venue};
use crate::gateway::listing::Listing;
use crate::gateway::serve::{FeedLine, FeedNews};
use crate::gateway::simulated::Simulated;
use crate::gateway::sockets::{DESK, DESK_EVENTS, WAKE};
use crate::gateway::state::State;
use crate::gateway::venue::{Lists, LoginStep, News, Summary, Venue};
use crate::wire::event::{ChildWord, Numbered, Topic};
use crate::wire::socket::{self, Bound};
use crate::wire::venue::Sent;
use crate::wire::{Event, Link, Reply, Request, Role, Token, decode};

/// How long anything may take before the machine counts as broken, in milliseconds.
const PATIENCE_MS: i64 = 10_000;
/// The item that is traded.
pub(super) const ITEM: &str = "TXFH1";

/// A venue that says how long after its tick each order was placed.
pub(super) struct Stamped<V> {
    venue: V,
    received: Stamp,
    placed: Sender<i64>,
    called: Sender<Called>,
}

/// What the venue was asked to do, and when.
#[derive(Clone, Copy, Debug)]
pub(super) enum Called {
    /// To place an order that may open a position.
    Open(Stamp),
    /// To cancel one.
    Cancel(Stamp),
}

impl<V: Venue> Venue for Stamped<V> {
    fn login(
        &mut self,
        user: &UserId,
        password: Option<&str>,
        production: bool,
        now: Option<ExchangeTime>,
        news: &mut Vec<News>,
    ) -> Result<LoginStep, Refusal> {
        self.venue.login(user, password, production, now, news)
    }

    fn logout(&mut self) {
        self.venue.logout();
    }

    fn list(&mut self, instrument: &Instrument) {
        self.venue.list(instrument);
    }

    fn tick(&mut self, tick: &Tick, book: Option<&Book>, news: &mut Vec<News>) {
        self.received = tick.received;
        self.venue.tick(tick, book, news);
    }

    fn advance(&mut self, now: ExchangeTime, news: &mut Vec<News>) {
        self.venue.advance(now, news);
    }

    fn settle(&mut self, news: &mut Vec<News>) {
        self.venue.settle(news);
    }

    fn place(&mut self, id: OrderId, ticket: &Ticket, news: &mut Vec<News>) -> Result<(), Refusal> {
        // Nobody may be listening: then nothing is measured.
        let now = clock::now();
        let _ = self.placed.send(now.since(self.received));
        if ticket.open_close != OpenClose::Close {
            let _ = self.called.send(Called::Open(now));
        }
        self.venue.place(id, ticket, news)
    }

    fn cancel(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal> {
        let _ = self.called.send(Called::Cancel(clock::now()));
        self.venue.cancel(order, news)
    }

    fn amend(
        &mut self,
        order: Sent,
        quantity: Option<Quantity>,
        price: Option<Price>,
        news: &mut Vec<News>,
    ) -> Result<(), Refusal> {
        self.venue.amend(order, quantity, price, news)
    }

    fn inquire(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal> {
        self.venue.inquire(order, news)
    }

    fn due(&self) -> Option<Stamp> {
        self.venue.due()
    }

    fn summary(&self, account: AccountId) -> Option<Summary> {
        self.venue.summary(account)
    }

    fn restore(&mut self, state: &State) -> Vec<OrderId> {
        self.venue.restore(state)
    }

    fn follow(&mut self, items: &BTreeSet<Code>) {
        self.venue.follow(items);
    }

    fn hear(&mut self, now: Stamp, news: &mut Vec<News>) {
        self.venue.hear(now, news);
    }

    fn descriptor(&self) -> Option<RawFd> {
        self.venue.descriptor()
    }

    fn is_apart(&self) -> bool {
        self.venue.is_apart()
    }

    fn is_level(&self, has_open_orders: bool) -> bool {
        self.venue.is_level(has_open_orders)
    }

    fn stand(&mut self, why: Lists, news: &mut Vec<News>) -> bool {
        self.venue.stand(why, news)
    }

    fn tells_time(&self) -> bool {
        self.venue.tells_time()
    }

    fn takes_auto(&self) -> bool {
        self.venue.takes_auto()
    }

    fn takes_stops(&self) -> bool {
        self.venue.takes_stops()
    }
}

/// The bench's hold on a running machine.
pub(super) struct Rig {
    /// As the desk asks.
    pub(super) link: Link,
    /// What an executor of the bench shows.
    pub(super) token: Token,
    /// The port of v1 orders.
    pub(super) orders_port: Option<u16>,
    placed: Receiver<i64>,
    called: Receiver<Called>,
    feed: Sender<FeedNews>,
    bell: Socket,
    heard: Socket,
    time: ExchangeTime,
    _wanted: Receiver<BTreeSet<Code>>,
}

/// Runs a machine by a script, and `work` beside it on a thread of its own. The machine ends when
/// the work does.
pub(super) fn with_machine<T: Send + 'static>(
    settings: &Settings,
    folders: &Folders,
    script: &str,
    work: impl FnOnce(&mut Rig) -> Result<T> + Send + 'static,
) -> Result<T> {
    let context = Context::new();
    match &settings.venue.plugin {
        None => {
            let catalog = parts::catalog(folders)?;
            let simulator = parts::simulator(&settings.simulator, catalog.calendar());
            let venue = (Simulated::new(simulator), None);
            run_machine(settings, folders, &context, venue, (script, work))
        }
        Some(plugin) => {
            let venue = venue::open(&settings.venue, plugin, folders, &context)?;
            run_machine(settings, folders, &context, venue, (script, work))
        }
    }
}

fn run_machine<V: Venue + Send + 'static, T: Send + 'static>(
    settings: &Settings,
    folders: &Folders,
    context: &Context,
    (venue, child): (V, Option<desk::Venue>),
    (script, work): (&str, impl FnOnce(&mut Rig) -> Result<T> + Send + 'static),
) -> Result<T> {
    let catalog = parts::catalog(folders)?;
    let (tell, placed) = mpsc::channel();
    let (call, called) = mpsc::channel();
    let venue = Stamped { venue, received: Stamp(0), placed: tell, called: call };
    let time = settings.random.start;
    let core = run::core(settings, folders, Listing::new(catalog, time.civil().date()), venue)?;
    let (feed, news) = mpsc::channel();
    let (wanted, want) = mpsc::channel();
    let line = FeedLine {
        name: "bench".to_owned(),
        news,
        wanted,
        is_recorded: false,
        starts: time,
        speed: Some(1.0),
        keep: None,
    };
    // What the machine says is made and written as ever, where nobody reads it.
    let out = OpenOptions::new().write(true).open("/dev/null")?;
    let machine = run::Machine::join(settings, folders, context, core, (out, child), |_| Ok(line))?;
    let own = machine.roster().admit(Role::Executor, std::process::id())?;
    let token = own.context("an executor has nothing to show")?.token;
    let heard = socket::connect(context, SocketType::SUB, Bound::Events, DESK_EVENTS)?;
    heard.set_subscribe(Topic::News.bytes())?;
    let mut rig = Rig {
        link: Link::new(context, DESK)?,
        token,
        orders_port: machine.orders_port(),
        placed,
        called,
        feed,
        bell: socket::connect(context, SocketType::PUSH, Bound::Orders, WAKE)?,
        heard,
        time,
        _wanted: want,
    };
    let commands = command::parse_script(&format!("{script}wait feed-end\n"))?;
    let worker = thread::Builder::new().name("bench".to_owned()).spawn(move || {
        let done = work(&mut rig);
        rig.send(FeedNews::Ended);
        done
    })?;
    let exit = machine.run(async |desk| run::follow(desk, commands).await)?;
    let done = worker.join().map_err(|_| anyhow::anyhow!("the bench's thread panicked"))?;
    if exit != Exit::Ok && done.is_ok() {
        bail!("the machine ended with {exit:?}");
    }
    done
}

impl Rig {
    /// Waits until both children work.
    pub(super) fn wait_for_children(&mut self) -> Result<()> {
        self.heard.set_rcvtimeo(i32::try_from(PATIENCE_MS)?)?;
        let mut ready = BTreeSet::new();
        while ready.len() < Role::TRADING.len() {
            let frames = self.heard.recv_multipart(0).context("the children did not start")?;
            let told = frames.iter().skip(1).filter_map(|it| decode::<Numbered<Event>>(it).ok());
            ready.extend(told.filter_map(|it| match it.event {
                Event::Child { role, word: ChildWord::Ready, .. } => Some(role),
                _ => None,
            }));
        }
        // Nothing more is of interest, and the machine has no other listener like this.
        Ok(self.heard.set_unsubscribe(Topic::News.bytes())?)
    }

    /// Asks as the desk does.
    pub(super) fn ask(&mut self, request: Request) -> Result<Reply> {
        Ok(self.link.ask(request, PATIENCE_MS, &clock::now)?)
    }

    fn send(&self, news: FeedNews) {
        // A machine that has ended hears nothing.
        let _ = self.feed.send(news);
        let _ = self.bell.send("", DONTWAIT);
    }

    /// A trade, a millisecond after the one before it.
    pub(super) fn tick(&mut self, price: Price) -> Result<()> {
        self.time.at = self.time.at.after(Stamp::MILLISECOND);
        let tick = Tick {
            sequence: 0,
            item: ITEM.parse()?,
            price,
            quantity: Quantity::ONE,
            time: self.time,
            received: Stamp(0),
        };
        self.send(FeedNews::Moments(vec![Moment { tick, book: None, is_auction: false }]));
        Ok(())
    }

    /// How long after its tick the next order was placed.
    pub(super) fn placed(&self) -> Result<i64> {
        let patience = std::time::Duration::from_millis(PATIENCE_MS.unsigned_abs());
        self.placed.recv_timeout(patience).context("no order came of a tick that must give one")
    }

    /// What the venue was asked so far, once.
    pub(super) fn called(&self) -> Vec<Called> {
        self.called.try_iter().collect()
    }

    /// Orders that were placed and not waited for.
    pub(super) fn forget_placed(&self) {
        self.placed.try_iter().for_each(drop);
    }

    /// Waits until the strategy has reported every tick.
    pub(super) fn settle(&mut self) -> Result<()> {
        let start = clock::now();
        while clock::now().since(start) < PATIENCE_MS * Stamp::MILLISECOND {
            let Reply::Status(row) = self.ask(Request::Status {})? else { break };
            if row.published > 0 && row.reported == row.published {
                return Ok(());
            }
            pause(20);
        }
        bail!("the strategy does not report what it did")
    }
}

/// Lets so many milliseconds go by.
#[allow(clippy::disallowed_methods)] // The pace of ticks is what is measured.
pub(super) fn pause(milliseconds: u64) {
    thread::sleep(std::time::Duration::from_millis(milliseconds));
}
