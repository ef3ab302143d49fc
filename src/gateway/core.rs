//! The core: one request, tick or piece of news in; facts, replies and calls to the venue out.
//!
//! Replay, the serving loop and the tests run this same code. The order of every step is: decide,
//! journal, fold, call the venue, and the same again for what the venue says.

use std::collections::BTreeSet;

use aftm_domain::order::{Refusal, Report, Status};
use aftm_domain::tick::Moment;
use aftm_domain::{Book, Code, ExchangeTime, OpenClose, OrderId, Price, Stamp, Tick};
use rustc_hash::FxHashMap;

use super::asker::Asker;
use super::breaker::Breaker;
use super::decide::{Case, Decision, Rules};
use super::doubt::Doubts;
use super::fact::{Door, Fact};
use super::guard::Watch;
use super::halt::Sweep;
use super::keep::{Keeper, Ledger, LedgerError};
use super::latch::Latch;
use super::limits::Limits;
use super::listing::Listing;
use super::lists::Freshness;
use super::protect::Lookout;
use super::rearm::{Asked, Rearming};
use super::rows;
use super::session::Login;
use super::skew::Skew;
use super::state::State;
use super::venue::{News, Venue};
use crate::failpoint::{Site, reach};
use crate::wire::request::Request;
use crate::wire::{Event, Refused, Reply, Secret, Target};

/// What a core is made of.
pub struct Setup<V, L> {
    /// The exchange session.
    pub venue: V,
    /// Where facts are kept.
    pub ledger: L,
    /// What is known of instruments.
    pub listing: Listing,
    /// The bounds of decisions.
    pub rules: Rules,
    /// What was folded from the journal.
    pub state: State,
}

/// The gateway without sockets and clocks.
pub struct Core<V, L> {
    pub(super) state: State,
    pub(super) venue: V,
    pub(super) keeper: Keeper<L>,
    pub(super) listing: Listing,
    rules: Rules,
    /// The exchange's clock, as of the last tick that the venue has seen.
    pub(super) time: Option<ExchangeTime>,
    /// The last price of each item.
    pub(super) last: FxHashMap<Code, Price>,
    /// The number of the last tick that was published.
    pub published: u64,
    /// Events of folded facts that were not told yet.
    pub(super) told: Vec<Event>,
    /// When each order that the venue has not answered was sent, on our clock.
    pub(super) unanswered: Vec<(OrderId, Stamp)>,
    pub(super) doubts: Doubts,
    pub(super) sweep: Sweep,
    pub(super) rearming: Rearming,
    pub(super) latch: Latch,
    /// The strategy has missed its beats.
    pub(super) is_strategy_silent: bool,
    pub(super) limits: Limits,
    pub(super) watch: Watch,
    /// Who asks by the port for programs, until it is written down.
    pub(super) asker: Asker,
    pub(super) lists: Freshness,
    pub(super) skew: Skew,
    /// Orders at work at the venue that cannot be taken over, in the words they were told in.
    pub(super) remarked: BTreeSet<String>,
    pub(super) breaker: Breaker,
    /// What watches the market for protections and kept orders.
    pub(super) lookout: Lookout,
    /// Open orders of the journal that the venue does not have.
    lost: Vec<OrderId>,
    pub(super) news: Vec<News>,
    pub(super) login: Login,
    /// Trades that the venue told, for those who publish them.
    pub market: Vec<Moment>,
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// A core that goes on from a state.
    pub fn new(setup: Setup<V, L>) -> Core<V, L> {
        let Setup { venue, ledger, listing, rules, state } = setup;
        let mut core = Core {
            state,
            venue,
            keeper: Keeper::new(ledger),
            listing,
            rules,
            time: None,
            last: FxHashMap::default(),
            published: 0,
            told: Vec::new(),
            unanswered: Vec::new(),
            doubts: Doubts::default(),
            sweep: Sweep::default(),
            rearming: Rearming::default(),
            latch: Latch::default(),
            is_strategy_silent: false,
            limits: Limits::default(),
            watch: Watch::default(),
            asker: Asker::default(),
            lists: Freshness::default(),
            skew: Skew::default(),
            remarked: BTreeSet::new(),
            breaker: Breaker::default(),
            lookout: Lookout::default(),
            lost: Vec::new(),
            news: Vec::new(),
            login: Login::default(),
            market: Vec::new(),
        };
        let held = core.state.holdings.keys().map(|(_, item)| *item);
        let working = core.state.working().map(|it| it.order.ticket.item);
        let conditions = core.state.conditions.values().map(|it| it.condition.terms.item);
        let registered = core.state.items.iter().copied();
        let codes: Vec<Code> = held.chain(working).chain(conditions).chain(registered).collect();
        codes.into_iter().for_each(|code| core.learn(code));
        core.limits = Limits::of(&core.state, core.rules.limits);
        core.lookout = Lookout::of(&core.state);
        core.lost = core.venue.restore(&core.state);
        let is_kept = |id: &OrderId| core.state.orders.get(id).is_some_and(|it| it.order.is_kept);
        core.lost.retain(|it| !is_kept(it));
        core
    }

    /// What the core knows.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The exchange's clock.
    pub const fn time(&self) -> Option<ExchangeTime> {
        self.time
    }

    /// The instruments that were looked up.
    pub const fn listing(&self) -> &Listing {
        &self.listing
    }

    /// Whether the venue's clock may go on: it has told what became of everything before.
    pub fn is_level(&self) -> bool {
        self.venue.is_level(!self.state.open.is_empty())
    }

    /// Follows the market of the registered items, where the venue tells it.
    pub fn follow(&mut self) {
        let items = self.state.items.iter().copied().collect();
        self.venue.follow(&items);
    }

    /// The venue.
    pub const fn venue(&self) -> &V {
        &self.venue
    }

    /// Takes out the events since the last call, in the order in which they happened.
    pub fn tell(&mut self, events: &mut Vec<Event>) {
        events.append(&mut self.told);
    }

    /// Tells something that is no fact of trading.
    pub fn announce(&mut self, event: Event) {
        self.told.push(event);
    }

    /// A machine starts on this state.
    pub fn start(&mut self, now: Stamp) -> Result<(), LedgerError> {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let mut facts = vec![Fact::Started { version }];
        let refusal = |text: &str| Refusal { code: "RESTARTED".to_owned(), text: text.to_owned() };
        let lost = std::mem::take(&mut self.lost);
        for id in &lost {
            facts.extend(self.mourn(*id, refusal));
        }
        // A change that was not answered is asked for anew by whoever still wants it; a cancel is
        // sent again at the login.
        let changing = self.state.standing(Status::PendingReplace).map(|it| it.order.id);
        for id in changing.filter(|it| !lost.contains(it)) {
            let text = "the machine ended before the exchange answered";
            facts.push(Fact::OrderReported { id, report: Report::ReplaceRejected(refusal(text)) });
        }
        self.note_start(now);
        self.commit(now, facts)
    }

    /// What became of an open order that the venue does not have. One that the venue never answered
    /// was never there; one that it did has ended there, and nobody heard how.
    pub(super) fn mourn(&self, id: OrderId, refusal: impl Fn(&str) -> Refusal) -> Vec<Fact> {
        let is_answered = self.state.placed(id).is_some_and(|it| it.order.is_answered());
        if !is_answered {
            let text = "the machine ended before the exchange had it; it was not sent again";
            return vec![Fact::OrderReported { id, report: Report::Rejected(refusal(text)) }];
        }
        let text = format!("order {id} ended at the exchange when the machine did");
        let alerted = Fact::Alerted { code: "RESTARTED".to_owned(), text };
        vec![Fact::OrderReported { id, report: Report::Expired }, alerted]
    }

    /// What a decision on a request that comes in that way is made from.
    pub fn case(&self, door: Door) -> Case<'_> {
        let Core { state, listing, rules, time, last, published, limits, .. } = self;
        let (time, published, is_latched) = (*time, *published, self.latch.is_tripped());
        let takes_stops = self.venue.takes_stops();
        let is_strategy_silent = self.is_strategy_silent;
        Case {
            state,
            listing,
            rules,
            time,
            last,
            published,
            door,
            is_latched,
            is_strategy_silent,
            limits,
            takes_stops,
        }
    }

    /// The bounds of decisions.
    pub(super) const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Looks an instrument up and tells the venue of it, once.
    pub fn learn(&mut self, code: Code) {
        if let Some(instrument) = self.listing.learn(code) {
            self.venue.list(instrument);
        }
    }

    /// A trade: the venue's clock goes there, and whatever that causes is done.
    pub fn tick(&mut self, tick: &Tick, book: Option<&Book>, now: Stamp) {
        self.time = Some(tick.time);
        self.last.insert(tick.item, tick.price);
        self.weigh(tick, book, now);
        self.venue.tick(tick, book, &mut self.news);
        self.settle_news(now);
        self.save(now);
        if !self.state.exits.is_empty() {
            self.chase(Some(tick.item), now);
        }
        if !self.lookout.is_idle_at(tick.item, tick.price) {
            self.reach(tick, now);
        }
        self.tend(now);
        self.heed_limits(now);
        self.sweep(now);
    }

    /// The exchange's clock before the first trade: orders may be placed, and have a time.
    pub fn begin(&mut self, time: ExchangeTime, now: Stamp) {
        if self.time.is_none() {
            self.time = Some(time);
            self.venue.advance(time, &mut self.news);
            self.settle_news(now);
        }
    }

    /// The venue's clock goes on without a trade.
    pub fn advance(&mut self, time: ExchangeTime, now: Stamp) {
        if self.time.is_some_and(|before| before < time) {
            self.time = Some(time);
            self.venue.advance(time, &mut self.news);
            self.settle_news(now);
            self.chase(None, now);
            self.tend(now);
        }
    }

    /// No more ticks will come: the venue answers everything that is under way.
    pub fn finish(&mut self, now: Stamp) {
        self.venue.settle(&mut self.news);
        self.settle_news(now);
        self.chase(None, now);
        self.tend(now);
        self.save(now);
    }

    /// Orders that the venue has not answered for too long are in doubt: only its word ends that,
    /// and it is asked for it.
    pub fn expire(&mut self, now: Stamp) {
        self.save(now);
        let after = self.rules.in_doubt_after;
        let is_late = |it: &&(OrderId, Stamp)| now.since(it.1) >= after;
        let late: Vec<OrderId> = self.unanswered.iter().filter(is_late).map(|it| it.0).collect();
        for id in late {
            self.unanswered.retain(|it| it.0 != id);
            let status = self.state.placed(id).map(|it| it.order.status);
            if status == Some(Status::PendingNew) {
                self.settle(now, vec![Fact::OrderReported { id, report: Report::NoReply }]);
                self.doubts.add(id, now);
            }
        }
        self.inquire(now);
        self.judge_doubts(now);
    }

    /// When the oldest order that the venue has not answered will be in doubt, or the next that is
    /// in doubt is asked for.
    pub fn doubt(&self) -> Option<Stamp> {
        let late = self.unanswered.first().map(|it| it.1.after(self.rules.in_doubt_after));
        late.into_iter().chain(self.next_inquiry()).min()
    }

    /// Orders that the venue has not answered yet.
    pub fn has_unanswered(&self) -> bool {
        !self.unanswered.is_empty() || self.next_inquiry().is_some()
    }

    /// Serves a request of the desk or of one of our own clients.
    pub fn serve(&mut self, request: &Request, door: Door, now: Stamp) -> Result<Reply, Refused> {
        if let Some(code) = names(request) {
            self.learn(code);
        }
        self.look(request, now);
        self.asker.asks(request, door);
        let case = self.case(door);
        let decision = match request {
            Request::Login { user, password, production } => {
                let password = password.as_ref().map(Secret::reveal);
                return self.login(user, password, *production, now);
            }
            Request::Logout {} => return self.logout(now),
            Request::Kill { flatten, reason, scope } => {
                return self.kill(*scope, *flatten, reason, door, now);
            }
            Request::Reduce { reason, scope } => return self.reduce(*scope, reason, door, now),
            Request::Rearm { reason, scope, force } => {
                let (scope, reason, force) = (*scope, reason.clone(), *force);
                return self.rearm(&Asked { scope, reason, force, door }, now);
            }
            Request::Accounts {} => case.accounts(),
            Request::UseAccount { account } => case.use_account(*account),
            Request::AddItem { item } => case.add_item(*item),
            Request::DropItem { item } => case.drop_item(*item),
            Request::AddCondition { terms } => case.add_condition(terms),
            Request::EditCondition { terms } => case.edit_condition(terms),
            Request::PauseCondition { id, is_paused } => case.pause_condition(*id, *is_paused),
            Request::DropCondition { id, position } => case.drop_condition(*id, *position),
            Request::Place { intent } => match &intent.signal {
                Some(signal) => case.act(signal),
                None => case.place(intent),
            },
            Request::Bracket { intent, terms } => case.bracket(intent, terms),
            Request::Protect { request, target, terms } => case.protect(*request, target, terms),
            Request::Unprotect { id } => case.unprotect(*id),
            Request::Pair { request, orders } => case.pair(*request, *orders),
            Request::Cancel { order } => case.cancel(*order),
            Request::CancelAll { item } => case.cancel_all(*item),
            Request::Amend { order, quantity, price } => case.amend(*order, *quantity, *price),
            Request::Flatten { item } => case.flatten(*item),
            Request::CloseConditions {} => case.close_conditions(),
            Request::Report { moved, signals, .. } => case.report(moved, signals),
            Request::Alert { code, text } => {
                let (code, text) = (code.clone(), text.clone());
                let facts = vec![Fact::Alerted { code, text }];
                Decision { facts, calls: Vec::new(), reply: Ok(Reply::Done {}) }
            }
            other => return self.query(other),
        };
        let begun = decision.facts.iter().find_map(|it| match it {
            Fact::Protected { id, .. } | Fact::Protection { id, .. } | Fact::Paired { id, .. } => {
                Some(*id)
            }
            _ => None,
        });
        let reply = self.perform(decision, now);
        self.chase(None, now);
        self.tend(now);
        match reply {
            Ok(Reply::Done {}) if begun.is_some() => Ok(begun
                .and_then(|id| rows::protection(&self.state, id))
                .map_or(Reply::Done {}, |row| Reply::Protected { row: Box::new(row) })),
            // The order may have moved on since: the reply shows it as it stands now.
            Ok(Reply::Placed { mut row, repeated }) => {
                if let Some(placed) = self.state.placed(row.order) {
                    *row = rows::order(placed);
                }
                Ok(Reply::Placed { row, repeated })
            }
            other => other,
        }
    }

    /// Journals and folds a decision's facts, makes its calls, and does what the venue answers.
    pub(super) fn perform(&mut self, decision: Decision, now: Stamp) -> Result<Reply, Refused> {
        let Decision { mut facts, calls, reply } = decision;
        self.guard(&mut facts);
        // One cancel or one change and nothing else: whoever asked hears at once of its refusal.
        let is_plain = (facts.len(), calls.len()) == (1, 1);
        if facts.iter().any(may_open) {
            let decided = reach(Site::Decided).map_err(|it| LedgerError(it.to_string()));
            decided.and_then(|()| self.commit(now, facts)).map_err(|error| {
                let text = format!("the journal cannot be written, nothing was sent: {error}");
                Refused::new("JOURNAL_UNAVAILABLE", text)
            })?;
        } else {
            // A cancel or a close must reach the venue even when the disk is full.
            self.settle(now, facts);
        }
        let mut refused = None;
        for call in calls {
            refused = self.call(call, now);
        }
        self.settle_news(now);
        self.heed_limits(now);
        match refused {
            Some(refused) if is_plain => reply.and(Err(refused)),
            _ => reply,
        }
    }

    /// Lets exits go on that can.
    pub(super) fn chase(&mut self, ticked: Option<Code>, now: Stamp) {
        // Each step sends an order or settles a signal, so this ends; the bound is a seat belt.
        for _ in 0..10_000 {
            if self.state.exits.is_empty() {
                return;
            }
            let Some(decision) = self.case(Door::Gateway).next_exit(ticked) else { return };
            if self.perform(decision, now).is_err() {
                return;
            }
        }
    }
}

/// The item that a request is about, to be looked up before it is judged.
fn names(request: &Request) -> Option<Code> {
    match request {
        Request::AddItem { item } => Some(*item),
        Request::AddCondition { terms } | Request::EditCondition { terms } => Some(terms.item),
        Request::Place { intent } | Request::Bracket { intent, .. } => Some(intent.item),
        Request::Protect { target: Target::Position { item, .. }, .. } => Some(*item),
        Request::CancelAll { item } | Request::Flatten { item } => *item,
        _ => None,
    }
}

/// Whether a fact sends an order that could open a position.
fn may_open(fact: &Fact) -> bool {
    match fact {
        Fact::OrderReceived { ticket, .. } => ticket.open_close != OpenClose::Close,
        _ => false,
    }
}
