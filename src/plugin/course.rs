//! A session under way: what is asked of it.

use aftm_domain::order::{Refusal, Report, Ticket};
use aftm_domain::{Book, Code, ExchangeTime, Instrument, OrderId, Price, Quantity, Stamp, Tick};
use aftm_plugin_host::abi::{self, LOG_ERROR, LOG_WARN, TICK_AGAIN};
use aftm_plugin_host::{CallError, CloseError, Credentials, Secret, Session, Taken};
use rustc_hash::FxHashSet;

use super::errand::Purpose;
use super::refusal::{self, BROKEN, ours};
use super::requests::Asked;
use super::seam::Seam;
use super::state::{State, line, report};
use super::{instrument, market, order};
use crate::wire::venue::{Abilities, Hidden, Sent};
use crate::wire::{VenueCall, VenueWord};

/// A session and what is known of it.
pub(super) struct Course<S> {
    session: S,
    state: State,
    taken: Taken,
    /// The last fault of the feed that was told, so that a flood of ticks is not one of lines.
    feed_fault: Option<String>,
}

impl<S: Seam> Course<S> {
    /// `knows_instruments` where the venue is asked for its instruments; otherwise it is told of
    /// ours.
    pub(super) fn new(session: S, abilities: Abilities, knows_instruments: bool) -> Course<S> {
        let state = State::new(abilities, knows_instruments);
        Course { session, state, taken: Taken::default(), feed_fault: None }
    }

    pub(super) const fn session(&self) -> &S {
        &self.session
    }

    pub(super) const fn abilities(&self) -> &Abilities {
        &self.state.abilities
    }

    pub(super) const fn is_broken(&self) -> bool {
        self.state.is_broken
    }

    pub(super) fn strays(&self) -> u64 {
        self.state.strays + self.taken.counts.stray_answers
    }

    pub(super) fn due(&self) -> Option<Stamp> {
        self.session.due().ok().flatten().map(Stamp)
    }

    pub(super) fn call(&mut self, call: VenueCall, words: &mut Vec<VenueWord>) {
        if self.state.is_broken {
            return decline(&call, &broken(), words);
        }
        match call {
            VenueCall::Place { order, ticket } => return self.place(order, &ticket, words),
            VenueCall::Cancel { order } => self.cancel(&order, words),
            VenueCall::Amend { order, quantity, price } => {
                self.amend(&order, (quantity, price), words);
            }
            VenueCall::Tick { tick, book, again } => {
                self.feed(&tick, book.as_deref(), again, words);
            }
            VenueCall::Advance { time } => self.advance(time, words),
            VenueCall::Settle {} => {
                let settled = self.session.settle();
                self.note_feed(settled, words);
            }
            VenueCall::Login { credentials, production, now } => {
                self.log_in(secrets(credentials), production, now, words);
            }
            VenueCall::Logout {} => self.log_out(words),
            VenueCall::List { instrument } => self.list(&instrument, words),
            VenueCall::Follow { items } => self.follow(&items, words),
            VenueCall::Inquire { order } => self.state.errands.add(Purpose::Inquire(order)),
            VenueCall::Money {} => self.state.errands.add(Purpose::Money),
            VenueCall::Stand {} => self.state.errands.add(Purpose::Stand),
        }
        self.take(words);
    }

    /// Places an order, which has a way of its own because it is the call that hurries.
    pub(super) fn place(&mut self, id: OrderId, ticket: &Ticket, words: &mut Vec<VenueWord>) {
        if self.state.is_broken {
            return words.push(report(id, Report::Rejected(broken())));
        }
        let symbol = match order::beyond(&self.state.abilities, ticket) {
            Some(refusal) => Err(refusal),
            None => self.state.items.symbol(&ticket.item),
        };
        let sent = symbol.and_then(|symbol| {
            let request = order::request(id, ticket, symbol);
            self.session.send(&request).map_err(|error| refusal::of_call(&error))
        });
        match sent {
            Ok(req_id) => self.state.requests.add(req_id, Asked::Place(id)),
            // The venue has not seen it.
            Err(refusal) => words.push(report(id, Report::Rejected(refusal))),
        }
        self.take(words);
    }

    fn cancel(&mut self, which: &Sent, words: &mut Vec<VenueWord>) {
        self.state.meet(which);
        let request = order::cancel(which, &self.state.items.symbol_or_bare(&which.item));
        match self.session.cancel(&request) {
            Ok(req_id) => self.state.requests.add(req_id, Asked::Cancel(which.id)),
            Err(error) => {
                let refusal = refusal::of_call(&error);
                words.push(report(which.id, Report::CancelRejected(refusal)));
            }
        }
    }

    fn amend(
        &mut self,
        which: &Sent,
        (quantity, price): (Option<Quantity>, Option<Price>),
        words: &mut Vec<VenueWord>,
    ) {
        self.state.meet(which);
        let request =
            order::amend(which, &self.state.items.symbol_or_bare(&which.item), quantity, price);
        match self.session.amend(&request) {
            Ok(req_id) => self.state.requests.add(req_id, Asked::Amend(which.id)),
            Err(error) => {
                let refusal = refusal::of_call(&error);
                words.push(report(which.id, Report::ReplaceRejected(refusal)));
            }
        }
    }

    fn list(&mut self, listed: &Instrument, words: &mut Vec<VenueWord>) {
        if self.state.knows_instruments {
            // The venue has a list of its own.
            return;
        }
        let told = instrument::told(listed).map_err(|why| ours("INSTRUMENT", why));
        let taken = told.and_then(|told| {
            self.session.list(&told).map_err(|error| refusal::of_call(&error))?;
            self.state.items.list(&told.exchange, listed.clone())
        });
        if let Err(refusal) = taken {
            words.push(line(LOG_ERROR, format!("{} is not listed: {refusal}", listed.code)));
        }
    }

    /// Follows exactly these items. What is followed before the login is asked for after it.
    fn follow(&mut self, items: &[Code], words: &mut Vec<VenueWord>) {
        let wanted: FxHashSet<Code> = items.iter().copied().collect();
        if self.state.link.is_logged_in {
            let gone = self.state.followed.difference(&wanted).copied().collect();
            let new = wanted.difference(&self.state.followed).copied().collect();
            self.subscribe(gone, false, words);
            self.state.followed = wanted;
            self.subscribe(new, true, words);
        } else {
            self.state.followed = wanted;
        }
    }

    fn subscribe(&mut self, mut items: Vec<Code>, is_on: bool, words: &mut Vec<VenueWord>) {
        if !self.state.abilities.quotes {
            return;
        }
        items.sort_unstable();
        let mut symbols = Vec::with_capacity(items.len());
        for item in &items {
            match self.state.items.symbol(item) {
                Ok(symbol) => symbols.push(*symbol),
                Err(refusal) if is_on => {
                    self.state.followed.remove(item);
                    words.push(line(LOG_WARN, format!("{item} is not followed: {refusal}")));
                }
                Err(_) => (),
            }
        }
        if symbols.is_empty() {
            return;
        }
        match self.session.subscribe(&symbols, is_on) {
            Ok(req_id) => {
                let asked = if is_on { items } else { Vec::new() };
                self.state.requests.add(req_id, Asked::Follow(asked));
            }
            Err(error) => self.state.lose(&items, &refusal::of_call(&error), words),
        }
    }

    fn log_in(
        &mut self,
        credentials: Credentials,
        production: bool,
        now: Option<ExchangeTime>,
        words: &mut Vec<VenueWord>,
    ) {
        if self.state.link.is_logging_in {
            let text = "a login is under way; wait for its answer";
            return words.push(VenueWord::LoginRefused { refusal: ours("STATE", text) });
        }
        self.state.clock = now.unwrap_or(self.state.clock);
        let now = now.map(|it| (it.at.0, it.offset));
        match self.session.login(credentials, production, now) {
            Ok(req_id) => {
                self.state.begin_login();
                self.state.requests.add(req_id, Asked::Login);
            }
            Err(error) => {
                words.push(VenueWord::LoginRefused { refusal: refusal::of_call(&error) });
            }
        }
    }

    fn log_out(&mut self, words: &mut Vec<VenueWord>) {
        self.state.end_login();
        match self.session.logout() {
            Ok(req_id) => self.state.requests.add(req_id, Asked::Logout),
            Err(error) => {
                let refusal = refusal::of_call(&error);
                words.push(line(LOG_WARN, format!("the logout was not sent: {refusal}")));
            }
        }
    }

    pub(super) fn take(&mut self, words: &mut Vec<VenueWord>) {
        loop {
            self.session.take(&mut self.taken);
            self.state.hear_all(&mut self.taken, words);
            if !self.state.has_more_to_ask() || !self.go_on(words) {
                return;
            }
        }
    }

    /// Makes the calls that what was heard leads to. Whether there was one, so that there may be
    /// more to hear.
    #[cold]
    fn go_on(&mut self, words: &mut Vec<VenueWord>) -> bool {
        if self.state.is_broken {
            return false;
        }
        if std::mem::take(&mut self.state.wants_logout) {
            self.log_out(words);
            return true;
        }
        if std::mem::take(&mut self.state.wants_market) {
            let items: Vec<Code> = self.state.followed.iter().copied().collect();
            self.subscribe(items, true, words);
        }
        let mut has_called = false;
        while let Some(query) = self.state.next_query() {
            has_called = true;
            match self.session.query(&query) {
                Ok(req_id) => {
                    self.state.requests.add(req_id, Asked::Query);
                    self.state.errands.sent(req_id);
                }
                Err(error) => self.state.step_ended(Err(refusal::of_call(&error)), words),
            }
        }
        has_called || self.state.wants_logout
    }

    fn feed(&mut self, tick: &Tick, book: Option<&Book>, again: bool, words: &mut Vec<VenueWord>) {
        self.state.clock = tick.time;
        // What was never listed is nothing to this venue.
        let Ok(symbol) = self.state.items.symbol(&tick.item) else { return };
        let flags = if again { TICK_AGAIN } else { 0 };
        let fed = abi::Tick { flags, ..market::fed_tick(tick, book, symbol) };
        let book = book.map(|it| market::fed_book(tick, it, symbol));
        let taken = self.session.feed(&fed, book.as_ref());
        self.note_feed(taken, words);
    }

    fn advance(&mut self, time: ExchangeTime, words: &mut Vec<VenueWord>) {
        self.state.clock = time;
        let taken = self.session.advance((time.at.0, time.offset));
        self.note_feed(taken, words);
    }

    /// Says once what the venue has against the feed, and nothing where it has no such function.
    fn note_feed(&mut self, taken: Result<(), CallError>, words: &mut Vec<VenueWord>) {
        match taken {
            Ok(()) => self.feed_fault = None,
            // That the session broke is told by itself.
            Err(CallError::NotOffered(_) | CallError::Broken(_)) => (),
            Err(error) => {
                let fault = format!("the venue does not take the feed: {error}");
                if self.feed_fault.as_ref() != Some(&fault) {
                    words.push(line(LOG_ERROR, fault.clone()));
                    self.feed_fault = Some(fault);
                }
            }
        }
    }
}

impl Course<Session> {
    pub(super) fn close(
        mut self,
        timeout: std::time::Duration,
    ) -> Result<Vec<VenueWord>, CloseError> {
        let mut closed = self.session.close(timeout)?;
        let mut words = Vec::new();
        self.state.hear_all(&mut closed.rest, &mut words);
        Ok(words)
    }
}

/// Credentials on their way to the plug-in: the texts move, and are wiped where they end.
fn secrets(credentials: Vec<(String, Hidden)>) -> Credentials {
    credentials.into_iter().fold(Credentials::new(), |all, (key, mut hidden)| {
        all.with(&key, Secret::new(std::mem::take(&mut hidden.0)))
    })
}

#[cold]
fn broken() -> Refusal {
    let text = "nothing was sent: the plug-in broke its rules, and its session takes no more calls";
    ours(BROKEN, text)
}

/// The answer to a call that is not made.
#[cold]
fn decline(call: &VenueCall, refusal: &Refusal, words: &mut Vec<VenueWord>) {
    let refusal = refusal.clone();
    words.extend(match call {
        VenueCall::Place { order, .. } => Some(report(*order, Report::Rejected(refusal))),
        VenueCall::Cancel { order } => Some(report(order.id, Report::CancelRejected(refusal))),
        VenueCall::Amend { order, .. } => Some(report(order.id, Report::ReplaceRejected(refusal))),
        VenueCall::Login { .. } => Some(VenueWord::LoginRefused { refusal }),
        VenueCall::Stand {} => Some(VenueWord::Stands { refusal: Some(refusal) }),
        VenueCall::Logout {}
        | VenueCall::List { .. }
        | VenueCall::Follow { .. }
        | VenueCall::Tick { .. }
        | VenueCall::Advance { .. }
        | VenueCall::Settle {}
        | VenueCall::Inquire { .. }
        | VenueCall::Money {} => None,
    });
}
