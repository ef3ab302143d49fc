//! What the gateway knows, and how a fact changes it.
//!
//! Folding never refuses and never reads a clock: a fact has happened. The same facts give the same
//! state, on a running machine and when a journal is read again.

mod external;
mod holding;

use std::collections::{BTreeMap, BTreeSet};

use aftm_domain::condition::{Condition, State as Standing};
use aftm_domain::order::{Report, Status, Ticket};
use aftm_domain::{
    AccountId, Code, ConditionId, ExchangeTime, Fill, Money, Order, OrderId, Quantity, RequestId,
    SignalId, SignalKind, UserId, VenueOrderId,
};
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::brakes::Brakes;
use super::fact::{Door, Fact};
use super::protect::Protections;
use crate::wire::{Outcome, Signal};

mod booked;
mod protected;

pub use self::holding::Holding;

/// Who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub user: UserId,
    /// Whether real money moves.
    pub production: bool,
    /// The accounts that may trade.
    pub accounts: Vec<AccountId>,
}

/// A condition and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What was said of it, where it stands.
    pub condition: Condition,
    /// Lots that its entry filled.
    pub entered: Quantity,
    /// Lots that its exits filled.
    pub left: Quantity,
}

impl Held {
    /// Lots that it opened and has not closed.
    pub fn open(&self) -> Quantity {
        Quantity::from_raw(self.entered.raw().saturating_sub(self.left.raw()).max(0))
    }
}

/// A signal and its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The signal.
    pub signal: Signal,
    /// What became of it; `None` while it is under way.
    pub outcome: Option<Outcome>,
}

/// An order, and what asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The order as it stands.
    pub order: Order,
    /// What was asked for, before any change.
    pub asked: Ticket,
    /// The client's name for the request.
    pub request: Option<RequestId>,
    /// The signal it follows.
    pub signal: Option<SignalId>,
    /// Money a point and lot.
    pub multiplier: Quantity,
    /// When it was asked for, on the exchange's clock.
    pub time: Option<ExchangeTime>,
    /// How many fills had been told by then: none of its own was traded before one of those,
    /// whatever the exchange's clock says, which begins anew with a simulated day.
    pub fills_before: usize,
    /// A client that names no requests was told of it.
    pub is_told: bool,
    /// It was not sent from here, and the venue does not know it by our number.
    pub is_external: bool,
}

/// What the gateway knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Who is logged in.
    pub session: Option<Session>,
    /// The venue answers.
    pub is_connected: bool,
    /// What is held back from trading; only an operator with a reason ends that.
    pub brakes: Brakes,
    /// The selected account.
    pub account: Option<AccountId>,
    /// The registered items, in the order of registration.
    pub items: Vec<Code>,
    /// The conditions by their place in the order of creation.
    pub conditions: BTreeMap<u64, Held>,
    places: FxHashMap<ConditionId, u64>,
    lives: FxHashMap<ConditionId, u32>,
    /// Signals of the conditions that are there.
    pub signals: FxHashMap<SignalId, Given>,
    /// Exit signals whose position is not closed yet, and how often an order was sent for each.
    pub exits: BTreeMap<SignalId, u32>,
    /// Every order.
    pub orders: BTreeMap<OrderId, Placed>,
    /// Those that may still trade.
    pub open: BTreeSet<OrderId>,
    /// Orders by what their clients call them; no account stands for whichever was selected, which
    /// is how the executor asks.
    requests: FxHashMap<(Option<AccountId>, RequestId), OrderId>,
    /// Positions by account and item.
    pub holdings: BTreeMap<(AccountId, Code), Holding>,
    /// The trading day of each item that was traded.
    pub days: BTreeMap<Code, Date>,
    /// The best of the trading day so far, of each account and of all together.
    pub bests: BTreeMap<Option<AccountId>, Money>,
    /// Every fill in the order it was told: the order, and the fill's place among the order's.
    pub fills: Vec<(OrderId, usize)>,
    /// Whose positions the venue said, because they differed from the fills known here.
    pub taken: BTreeSet<(AccountId, Code)>,
    /// What is protected, and which orders cancel each other.
    pub protections: Protections,
    /// Reports that made no sense; counted, and told as alerts when they come.
    pub misfits: u64,
    /// Orders that were not sent from here, by the venue's name, the last one where several had it.
    externals: FxHashMap<VenueOrderId, OrderId>,
    last_order: u64,
    last_created: u64,
}

// One for all who ask, because every step of an order does.
#[inline(never)]
fn look_up(orders: &BTreeMap<OrderId, Placed>, id: OrderId) -> Option<&Placed> {
    orders.get(&id)
}

impl State {
    /// The number of the next order.
    pub const fn next_order(&self) -> OrderId {
        OrderId(self.last_order + 1)
    }

    /// An order, and what asked for it.
    pub fn placed(&self, id: OrderId) -> Option<&Placed> {
        look_up(&self.orders, id)
    }

    /// The place of the next condition.
    pub const fn next_created(&self) -> u64 {
        self.last_created + 1
    }

    /// The number of a condition's next life; lives are counted beyond a drop.
    pub fn next_life(&self, id: ConditionId) -> u32 {
        self.lives.get(&id).map_or(1, |it| it.saturating_add(1))
    }

    /// A condition by its name.
    pub fn held(&self, id: ConditionId) -> Option<(u64, &Held)> {
        let place = *self.places.get(&id)?;
        self.conditions.get(&place).map(|it| (place, it))
    }

    /// The order that was asked for under a request id, for an account or for none by name.
    pub fn requested(&self, account: Option<AccountId>, request: RequestId) -> Option<&Placed> {
        self.orders.get(self.requests.get(&(account, request))?)
    }

    /// The outcome of a signal.
    pub fn outcome(&self, id: SignalId) -> Option<&Outcome> {
        self.signals.get(&id)?.outcome.as_ref()
    }

    /// A fill by its place in the order of fills.
    pub fn fill(&self, place: usize) -> Option<(&Placed, &Fill)> {
        let (order, at) = self.fills.get(place)?;
        let placed = self.orders.get(order)?;
        Some((placed, placed.order.fills.get(*at)?))
    }

    /// Applies a fact.
    pub fn fold(&mut self, fact: &Fact) {
        match fact {
            Fact::Started { .. } => self.start(),
            Fact::LoggedIn { user, production, accounts } => {
                let (user, production, accounts) = (*user, *production, accounts.clone());
                self.session = Some(Session { user, production, accounts });
                self.is_connected = true;
            }
            Fact::LoggedOut {} => {
                self.session = None;
                self.is_connected = false;
            }
            Fact::Connected {} => self.is_connected = true,
            Fact::Disconnected { .. } => self.is_connected = false,
            Fact::ReplyTold { id } => {
                self.orders.get_mut(id).into_iter().for_each(|it| it.is_told = true);
            }
            Fact::NumbersTaken { through } => self.last_order = self.last_order.max(through.0),
            Fact::PositionTaken { account, item, side, quantity, price, multiplier } => {
                let holding = self.holdings.entry((*account, *item)).or_default();
                holding.multiplier = *multiplier;
                holding.position.restate(*side, *quantity, *price);
                self.taken.insert((*account, *item));
                self.protections.shrink((*account, *item), *side, *quantity);
            }
            Fact::AccountUsed { account } => self.account = Some(*account),
            Fact::ItemAdded { item } => self.items.push(*item),
            Fact::ItemDropped { item } => self.items.retain(|it| it != item),
            Fact::ConditionPut { created, condition } => self.put(*created, *condition),
            Fact::ConditionPaused { id, is_paused } => {
                if let Some(held) = self.held_mut(*id) {
                    held.condition.is_paused = *is_paused;
                }
            }
            Fact::ConditionDropped { id } => self.forget(*id),
            Fact::ConditionMoved { id, progress } => {
                if let Some(held) = self.held_mut(*id) {
                    held.condition.progress = *progress;
                }
            }
            Fact::Signaled { signal } => {
                let given = Given { signal: *signal, outcome: None };
                self.signals.entry(signal.id).or_insert(given);
            }
            Fact::SignalSettled { id, outcome } => self.settle(*id, outcome),
            Fact::OrderReceived { id, ticket, request, signal, multiplier, door, time } => {
                let order = Order::sent(*id, *ticket);
                self.take(order, (*request, *door), *signal, *multiplier, *time);
                self.open.insert(*id);
            }
            Fact::OrderDenied { id, ticket, request, signal, refusal, door, time } => {
                let order = Order::denied(*id, *ticket, refusal.clone());
                self.take(order, (*request, *door), *signal, Quantity::ZERO, *time);
            }
            Fact::OrderAdopted(adopted) => self.adopt(adopted),
            Fact::OrderRevived { id } => self.revive(*id),
            Fact::OrderReported { id, report } => self.report(*id, report),
            Fact::Protected { .. } | Fact::Protection { .. } | Fact::Paired { .. } => {
                self.protect(fact);
            }
            Fact::Halted { reason, flatten, scope, by, .. } => {
                self.brakes.halt(*scope, reason, *flatten, *by);
            }
            Fact::Reduced { reason, scope, .. } => self.brakes.reduce(*scope, reason),
            Fact::Rearmed { reason, scope, to, .. } => self.brakes.release(*scope, *to, reason),
            Fact::BestReached { account, best } => _ = self.bests.insert(*account, *best),
            Fact::DayBegan { item, day, price } => {
                if self.days.values().max().is_none_or(|it| it < day) {
                    self.bests.clear();
                }
                self.days.insert(*item, *day);
                let own = self.holdings.iter_mut().filter(|((_, code), _)| code == item);
                own.for_each(|(_, it)| it.day_base = it.worth(*price));
            }
            Fact::Asked { .. } | Fact::Alerted { .. } => (),
        }
    }

    /// A machine that starts has no session, and its ticks are numbered anew: nothing that a
    /// condition or a signal knows of old numbers holds any more.
    fn start(&mut self) {
        self.session = None;
        self.is_connected = false;
        for held in self.conditions.values_mut() {
            held.condition.progress.as_of = 0;
        }
        for given in self.signals.values_mut() {
            given.signal.tick = 0;
        }
    }

    fn held_mut(&mut self, id: ConditionId) -> Option<&mut Held> {
        self.conditions.get_mut(self.places.get(&id)?)
    }

    fn put(&mut self, created: u64, condition: Condition) {
        let id = condition.terms.id;
        if self.places.get(&id).is_some_and(|place| *place != created) {
            self.forget(id);
        }
        self.last_created = self.last_created.max(created);
        self.places.insert(id, created);
        self.lives.insert(id, condition.progress.generation);
        let fresh = Held { condition, entered: Quantity::ZERO, left: Quantity::ZERO };
        self.conditions.entry(created).or_insert(fresh).condition = condition;
    }

    fn forget(&mut self, id: ConditionId) {
        let Some(place) = self.places.remove(&id) else { return };
        self.conditions.remove(&place);
        self.signals.retain(|signal, _| signal.condition != id);
        self.exits.retain(|signal, _| signal.condition != id);
    }

    fn settle(&mut self, id: SignalId, outcome: &Outcome) {
        if let Some(given) = self.signals.get_mut(&id) {
            given.outcome = Some(outcome.clone());
        }
        if matches!(outcome, Outcome::Ordered { .. }) {
            self.move_on(id);
        }
        if id.kind != SignalKind::Exit {
            return;
        }
        match outcome {
            Outcome::Ordered { .. } => *self.exits.entry(id).or_insert(0) += 1,
            Outcome::Waits { .. } => {
                self.exits.entry(id).or_insert(0);
            }
            Outcome::Nothing { .. } | Outcome::Refused { .. } => {
                self.exits.remove(&id);
            }
        }
    }

    /// An order says where its condition stands, though the report of it may be late or lost.
    fn move_on(&mut self, id: SignalId) {
        let given = self.signals.get(&id).map(|it| it.signal);
        let Some(held) = self.held_mut(id.condition) else { return };
        let progress = &mut held.condition.progress;
        let state = match id.kind {
            SignalKind::Entry => Standing::Entered,
            SignalKind::Exit => Standing::Done,
        };
        if progress.generation != id.generation || is_behind(state, progress.state) {
            return;
        }
        let is_entry = id.kind == SignalKind::Entry && progress.state != Standing::Entered;
        progress.state = state;
        let Some(signal) = given else { return };
        progress.as_of = progress.as_of.max(signal.tick);
        if is_entry {
            // It may have followed the market further than was told.
            progress.trigger = signal.trigger;
        }
    }

    fn take(
        &mut self,
        order: Order,
        (request, door): (Option<RequestId>, Door),
        signal: Option<SignalId>,
        multiplier: Quantity,
        time: Option<ExchangeTime>,
    ) {
        let (id, asked) = (order.id, order.ticket);
        self.last_order = self.last_order.max(id.0);
        // A signal's order is found by its signal: its request must not hide a client's own.
        if let (Some(request), None) = (request, signal) {
            self.requests.insert((Some(asked.account), request), id);
            if door == Door::Executor {
                self.requests.insert((None, request), id);
            }
        }
        let (fills_before, is_told, is_external) = (self.fills.len(), false, false);
        let placed = Placed {
            order,
            asked,
            request,
            signal,
            multiplier,
            time,
            fills_before,
            is_told,
            is_external,
        };
        self.orders.insert(id, placed);
    }

    fn report(&mut self, id: OrderId, report: &Report) {
        let Some(placed) = self.orders.get_mut(&id) else {
            self.misfits += 1;
            return;
        };
        match placed.order.apply(report) {
            Err(_) => self.misfits += 1,
            Ok(status) => {
                if status.is_final() {
                    self.open.remove(&id);
                }
                if let Report::Filled(fill) = report {
                    self.fills.push((id, placed.order.fills.len() - 1));
                    self.book(id, fill);
                }
            }
        }
    }

    /// The order that an entry or exit signal last became.
    pub fn order_of(&self, signal: SignalId) -> Option<&Placed> {
        match self.outcome(signal)? {
            Outcome::Ordered { order } => self.orders.get(order),
            _ => None,
        }
    }

    /// Whether the order that a signal last became may still trade.
    pub fn is_working(&self, signal: SignalId) -> bool {
        self.order_of(signal).is_some_and(|it| it.order.status.is_open())
    }

    /// Open orders, oldest first.
    pub fn working(&self) -> impl Iterator<Item = &Placed> {
        self.open.iter().filter_map(|id| self.orders.get(id))
    }

    /// Orders that stand in a status.
    pub fn standing(&self, status: Status) -> impl Iterator<Item = &Placed> {
        self.working().filter(move |it| it.order.status == status)
    }
}

/// Whether a condition that stands at `now` has already been where `state` is.
pub const fn is_behind(state: Standing, now: Standing) -> bool {
    (state as u8) < (now as u8)
}
