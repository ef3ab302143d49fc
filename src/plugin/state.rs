//! What is known of a session: changed by what is asked and told, and never by a call of its own.

use aftm_domain::order::{Refusal, Report};
use aftm_domain::{AccountId, Code, ExchangeTime, OrderId, VenueOrderId};
use aftm_plugin_host::abi::{LOG_ERROR, Query};
use rustc_hash::{FxHashMap, FxHashSet};

use super::errand::{Errands, Purpose};
use super::items::Items;
use super::market::Newest;
use super::names;
use super::requests::Requests;
use crate::wire::VenueWord;
use crate::wire::venue::{Abilities, Sent};

/// The login and the way to the venue.
#[derive(Debug, Default)]
pub(super) struct Link {
    /// From the login until it is answered and everything is listed.
    pub(super) is_logging_in: bool,
    /// Told of the login, and not logged out since.
    pub(super) is_logged_in: bool,
    /// The accounts that were told so far.
    pub(super) accounts: Vec<AccountId>,
    /// Why the way to the venue is lost, while it is.
    pub(super) down: Option<String>,
}

/// See the module.
pub(super) struct State {
    pub(super) abilities: Abilities,
    pub(super) knows_instruments: bool,
    pub(super) items: Items,
    pub(super) requests: Requests,
    pub(super) errands: Errands,
    pub(super) link: Link,
    /// Our numbers of orders that were not sent from here and were asked about, by the venue's names.
    pub(super) externals: FxHashMap<VenueOrderId, OrderId>,
    pub(super) followed: FxHashSet<Code>,
    pub(super) books: FxHashMap<Code, Newest>,
    /// The last that was seen of the exchange's clock.
    pub(super) clock: ExchangeTime,
    /// The login came to nothing, and the venue does not know yet.
    pub(super) wants_logout: bool,
    /// What is followed is to be asked for.
    pub(super) wants_market: bool,
    pub(super) is_broken: bool,
    pub(super) strays: u64,
    /// Accounts whose missing amounts were told.
    pub(super) remarked: FxHashSet<AccountId>,
}

impl State {
    pub(super) fn new(abilities: Abilities, knows_instruments: bool) -> State {
        State {
            abilities,
            knows_instruments,
            items: Items::default(),
            requests: Requests::default(),
            errands: Errands::default(),
            link: Link::default(),
            externals: FxHashMap::default(),
            followed: FxHashSet::default(),
            books: FxHashMap::default(),
            clock: ExchangeTime::default(),
            wants_logout: false,
            wants_market: false,
            is_broken: false,
            strays: 0,
            remarked: FxHashSet::default(),
        }
    }

    /// The order is asked about from here on: what the venue tells of it is told of our number.
    pub(super) fn meet(&mut self, order: &Sent) {
        if let Some(name) = order.venue_id.filter(|_| order.is_external) {
            self.externals.insert(name, order.id);
        }
    }

    /// Our number of an order that was not sent from here, where it was asked about.
    pub(super) fn met(&self, name: &[u8]) -> Option<OrderId> {
        if self.externals.is_empty() {
            return None;
        }
        let name = names::venue_order(name).ok().flatten()?;
        self.externals.get(&name).copied()
    }

    /// A login was sent: what was asked before it is of no interest any more.
    pub(super) fn begin_login(&mut self) {
        self.errands = Errands::default();
        self.link = Link { is_logging_in: true, ..Link::default() };
    }

    /// A logout is about to be sent, or the login came to nothing.
    pub(super) fn end_login(&mut self) {
        self.errands = Errands::default();
        self.link = Link::default();
    }

    /// The login was answered.
    pub(super) fn login_answered(
        &mut self,
        answer: Result<(), Refusal>,
        words: &mut Vec<VenueWord>,
    ) {
        match answer {
            // Logged out meanwhile.
            _ if !self.link.is_logging_in => (),
            Ok(()) => self.errands.add(Purpose::Login { with_instruments: self.knows_instruments }),
            Err(refusal) => {
                self.end_login();
                words.push(VenueWord::LoginRefused { refusal });
            }
        }
    }

    /// Whether what was heard may lead to a call.
    pub(super) fn has_more_to_ask(&self) -> bool {
        self.wants_logout || self.wants_market || !self.errands.is_idle()
    }

    /// The next question to the venue, where one is due.
    pub(super) fn next_query(&mut self) -> Option<Query> {
        self.errands.next_query(&self.items)
    }

    /// The market of these items is not told: the next who asks for them asks anew.
    pub(super) fn lose(&mut self, items: &[Code], refusal: &Refusal, words: &mut Vec<VenueWord>) {
        items.iter().for_each(|it| _ = self.followed.remove(it));
        let named = items.iter().map(Code::as_str).collect::<Vec<_>>().join(", ");
        let what = if named.is_empty() { "what is no longer followed" } else { &named };
        words.push(line(LOG_ERROR, format!("the market of {what} was not asked for: {refusal}")));
    }

    /// The session cannot go on. The first reason holds.
    #[cold]
    pub(super) fn break_off(&mut self, reason: String, words: &mut Vec<VenueWord>) {
        if !self.is_broken {
            self.is_broken = true;
            words.push(VenueWord::Broken { reason });
        }
    }
}

pub(super) const fn report(order: OrderId, report: Report) -> VenueWord {
    VenueWord::Report { order, report }
}

pub(super) fn line(level: i32, text: impl Into<String>) -> VenueWord {
    VenueWord::Line { level, text: text.into() }
}
