//! A plug-in as a venue: calls out, words in, and what must be said again to a process that came
//! back.
//!
//! Owns the session's course: a process says hello, is told of the instruments and of the market,
//! logs in, lists how everything stands; only then it counts as connected. Never sends an order
//! twice: what was under way when a process died is for the lists to tell.

mod login;
mod way;
mod words;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::os::fd::RawFd;

use aftm_domain::order::{Refusal, Ticket};
use aftm_domain::{
    AccountId, Book, Code, ExchangeTime, Instrument, OrderId, Price, Quantity, Stamp, Tick, UserId,
};
use rustc_hash::FxHashMap;

use self::login::Login;
pub use self::way::{Way, WayEnded};
use super::state::State;
use super::venue::{Lists, LoginStep, News, Stands, Summary, Venue};
use crate::wire::venue::{Abilities, Sent};
use crate::wire::{VenueCall, VenueWord};

/// How many ticks may be on their way to it while nothing works there.
const AHEAD_MAX: usize = 256;
/// How many ticks are kept for a process that is not there; what is older only says where the
/// market stood.
const UNSEEN_MAX: usize = 8_192;

/// A tick, and the book after it.
type Shown = (Tick, Option<Box<Book>>);

/// How far the other end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nobody is there.
    Away,
    /// A process said hello; nobody is logged in.
    Here,
    /// A login is under way.
    LoggingIn,
    /// Logged in.
    In,
    /// Logged in, but the way to the exchange is lost, or its lists are awaited.
    CutOff,
}

/// Whether lists are being made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Listing {
    #[default]
    None,
    /// They were asked for, or come with the login.
    Asked,
    /// They were asked for before the way was lost, and are asked for anew once they have come.
    Stale,
}

/// A plug-in, wherever it runs.
pub struct Plugged {
    way: Box<dyn Way>,
    /// As of [`Way::is_near`].
    is_near: bool,
    standing: Standing,
    abilities: Abilities,
    pid: u32,
    words: Vec<VenueWord>,
    /// Calls made to this process whose consequences it has not told; the ticks among them. None
    /// where the way is near.
    under_way: VecDeque<Option<Shown>>,
    due: Option<Stamp>,
    login: Login,
    /// Calls that it has yet to take until the logout is among them. Until then its answers belong
    /// to a login from before, and nobody is logged in anew.
    parting: usize,
    stands: Stands,
    listing: Listing,
    /// The lists that are made are for a look.
    is_look: bool,
    /// The accounts of the login.
    accounts: Vec<AccountId>,
    /// The login was answered, and its lists could not be used: why. They are asked for again.
    unlisted: Option<Refusal>,
    /// Until when a fill may be one that the lists have counted among what is held already.
    recheck_until: Option<Stamp>,
    is_just_listed: bool,
    /// When the lists, or the money, are asked for again.
    stand_again: Option<Stamp>,
    /// By when the lists that a connection which came back waits for must be there.
    stand_by: Option<Stamp>,
    money_next: Stamp,
    money: FxHashMap<AccountId, Summary>,
    /// Instruments that it was told of, by code.
    listed: BTreeMap<Code, Instrument>,
    followed: BTreeSet<Code>,
    /// The last tick of each item that it has taken.
    last: FxHashMap<Code, Shown>,
    /// Ticks that no process has taken yet, oldest first.
    unseen: VecDeque<Shown>,
    time: Option<ExchangeTime>,
    /// News of calls that nobody waits for.
    late: Vec<News>,
    /// What is to be done by the clock, which calls do not know.
    wants_retry: bool,
    wants_stand: bool,
    is_money_stale: bool,
    /// The connection is back, and the lists are awaited.
    is_listing: bool,
}

impl Plugged {
    /// A plug-in at the end of a way. `further` gives the credentials beside user and password, anew
    /// for each login; with `relogin` they are kept for logging in again.
    pub fn new(way: Box<dyn Way>, further: Further, relogin: bool) -> Plugged {
        Plugged {
            is_near: way.is_near(),
            way,
            standing: Standing::Away,
            abilities: Abilities { auto_offset: true, feed: true, ..Abilities::default() },
            pid: 0,
            words: Vec::new(),
            under_way: VecDeque::new(),
            due: None,
            login: Login::new(further, relogin),
            parting: 0,
            stands: Stands::default(),
            listing: Listing::None,
            is_look: false,
            accounts: Vec::new(),
            unlisted: None,
            recheck_until: None,
            is_just_listed: false,
            stand_again: None,
            stand_by: None,
            money_next: Stamp(0),
            money: FxHashMap::default(),
            listed: BTreeMap::new(),
            followed: BTreeSet::new(),
            last: FxHashMap::default(),
            unseen: VecDeque::new(),
            time: None,
            late: Vec::new(),
            wants_retry: false,
            wants_stand: false,
            is_money_stale: false,
            is_listing: false,
        }
    }

    /// Makes a call. Where the other end is gone, that is news like any other.
    fn call(&mut self, call: VenueCall, news: &mut Vec<News>) -> Result<(), Refusal> {
        let shown = match &call {
            VenueCall::Tick { tick, book, again: false } if !self.is_near => {
                Some((*tick, book.clone()))
            }
            _ => None,
        };
        self.call_by(shown, news, |way, words| way.call(call, words))
    }

    /// The same for a call that is made by `act`, with the tick that it shows.
    fn call_by(
        &mut self,
        shown: Option<Shown>,
        news: &mut Vec<News>,
        act: impl FnOnce(&mut dyn Way, &mut Vec<VenueWord>) -> Result<(), WayEnded>,
    ) -> Result<(), Refusal> {
        // A way that is near says by itself that it has ended.
        if !self.is_near {
            if !self.way.is_open() {
                return Err(away());
            }
            self.under_way.push_back(shown);
        }
        let mut words = std::mem::take(&mut self.words);
        let called = act(&mut *self.way, &mut words);
        self.hear_words(&mut words, news);
        self.words = words;
        called.map_err(|ended| {
            self.lose(&ended.0, news);
            Refusal { code: "NOT_CONNECTED".to_owned(), text: ended.0 }
        })
    }

    /// Keeps a tick for the next process.
    fn keep(&mut self, shown: Shown) {
        if self.unseen.len() >= UNSEEN_MAX
            && let Some(oldest) = self.unseen.pop_front()
        {
            self.last.insert(oldest.0.item, oldest);
        }
        self.unseen.push_back(shown);
    }

    /// A call that nobody misses where it cannot be made: the next process is told anew.
    fn try_call(&mut self, call: VenueCall, news: &mut Vec<News>) {
        if self.standing != Standing::Away {
            let _ = self.call(call, news);
        }
    }

    /// A call whose news are heard with the next ones.
    fn call_later(&mut self, call: VenueCall) {
        let mut news = Vec::new();
        self.try_call(call, &mut news);
        self.late.append(&mut news);
    }

    /// Only a session that is logged in and connected takes orders.
    fn check_in(&self) -> Result<(), Refusal> {
        if self.standing == Standing::In { Ok(()) } else { Err(away()) }
    }

    fn order_call(&mut self, call: VenueCall, news: &mut Vec<News>) -> Result<(), Refusal> {
        self.check_in()?;
        self.call(call, news)
    }

    /// An order is being sent, changed or told of: lists that are being made may not know.
    fn moved(&mut self, order: OrderId) {
        if self.listing != Listing::None {
            self.stands.moved.insert(order);
        }
    }
}

/// Gives the credentials beside user and password, or says why it cannot.
pub type Further =
    Box<dyn Fn() -> Result<Vec<(String, crate::wire::venue::Hidden)>, String> + Send>;

#[cold]
fn away() -> Refusal {
    let text = "the exchange's plug-in is not connected; nothing was sent";
    Refusal { code: "NOT_CONNECTED".to_owned(), text: text.to_owned() }
}

impl Venue for Plugged {
    fn login(
        &mut self,
        user: &UserId,
        password: Option<&str>,
        production: bool,
        now: Option<ExchangeTime>,
        news: &mut Vec<News>,
    ) -> Result<LoginStep, Refusal> {
        self.time = now.or(self.time);
        self.login.want(user, password, production)?;
        if self.standing == Standing::Here {
            self.send_login(news);
        }
        Ok(LoginStep::Asked)
    }

    fn logout(&mut self) {
        self.login.forget();
        if matches!(self.standing, Standing::In | Standing::CutOff | Standing::LoggingIn) {
            self.call_later(VenueCall::Logout {});
            if self.standing != Standing::Away {
                self.standing = Standing::Here;
                self.parting = self.under_way.len();
            }
        }
    }

    fn list(&mut self, instrument: &Instrument) {
        self.listed.insert(instrument.code, instrument.clone());
        if self.abilities.feed {
            let instrument = Box::new(instrument.clone());
            self.call_later(VenueCall::List { instrument });
        }
    }

    fn tick(&mut self, tick: &Tick, book: Option<&Book>, news: &mut Vec<News>) {
        self.time = Some(tick.time);
        if self.abilities.feed {
            let book = book.copied().map(Box::new);
            if self.standing == Standing::Away {
                self.keep((*tick, book));
            } else {
                self.try_call(VenueCall::Tick { tick: *tick, book, again: false }, news);
            }
        }
    }

    fn advance(&mut self, time: ExchangeTime, news: &mut Vec<News>) {
        self.time = Some(time);
        if self.abilities.feed {
            self.try_call(VenueCall::Advance { time }, news);
        }
    }

    fn settle(&mut self, news: &mut Vec<News>) {
        if self.abilities.feed {
            self.try_call(VenueCall::Settle {}, news);
        }
    }

    fn place(&mut self, id: OrderId, ticket: &Ticket, news: &mut Vec<News>) -> Result<(), Refusal> {
        self.moved(id);
        self.check_in()?;
        self.call_by(None, news, |way, words| way.place(id, ticket, words))
    }

    fn cancel(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal> {
        self.moved(order.id);
        self.order_call(VenueCall::Cancel { order }, news)
    }

    fn amend(
        &mut self,
        order: Sent,
        quantity: Option<Quantity>,
        price: Option<Price>,
        news: &mut Vec<News>,
    ) -> Result<(), Refusal> {
        self.moved(order.id);
        self.order_call(VenueCall::Amend { order, quantity, price }, news)
    }

    fn inquire(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal> {
        self.order_call(VenueCall::Inquire { order }, news)
    }

    fn due(&self) -> Option<Stamp> {
        self.due.or_else(|| self.way.due())
    }

    fn summary(&self, account: AccountId) -> Option<Summary> {
        self.money.get(&account).copied()
    }

    fn restore(&mut self, _: &State) -> Vec<OrderId> {
        // It remembers by itself, and says so when it lists how everything stands.
        Vec::new()
    }

    fn follow(&mut self, items: &BTreeSet<Code>) {
        self.followed.clone_from(items);
        if self.standing == Standing::In {
            let mut news = Vec::new();
            self.send_follow(&mut news);
            self.late.append(&mut news);
        }
    }

    fn hear(&mut self, now: Stamp, news: &mut Vec<News>) {
        let mut words = std::mem::take(&mut self.words);
        let taken = self.way.take(&mut words);
        self.hear_words(&mut words, news);
        self.words = words;
        if let Err(ended) = taken {
            self.lose(&ended.0, news);
        }
        self.tend(now, news);
    }

    fn descriptor(&self) -> Option<RawFd> {
        self.way.descriptor()
    }

    fn is_apart(&self) -> bool {
        true
    }

    fn stand(&mut self, why: Lists, news: &mut Vec<News>) -> bool {
        let can_list = self.standing == Standing::In;
        match why {
            Lists::Look if can_list && self.listing == Listing::None => {
                self.ask_stands(news);
                self.is_look = true;
            }
            Lists::Look => (),
            Lists::Soon => self.wants_stand |= can_list,
            Lists::Now if can_list => self.ask_stands(news),
            Lists::Now => (),
        }
        can_list
    }

    fn is_level(&self, has_open_orders: bool) -> bool {
        match self.standing {
            // A feed that is held waits for who comes back, but not for who never came.
            Standing::Away | Standing::LoggingIn | Standing::CutOff => !self.login.is_kept(),
            Standing::Here | Standing::In if !has_open_orders => self.under_way.len() < AHEAD_MAX,
            Standing::Here | Standing::In => self.under_way.is_empty(),
        }
    }

    fn tells_time(&self) -> bool {
        !self.abilities.feed
    }

    fn takes_auto(&self) -> bool {
        self.abilities.auto_offset
    }

    fn takes_stops(&self) -> bool {
        self.abilities.stop
    }
}
