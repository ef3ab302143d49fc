//! What must hold in every world, after every step and at its end.

use std::collections::{BTreeMap, BTreeSet};

use aftm::gateway::state::{Holding, Placed, State};
use aftm::wire::Outcome;
use aftm_domain::order::{Status, Ticket};
use aftm_domain::{
    AccountId, Code, Fill, OpenClose, OrderId, Position, Quantity, Side, SignalId, SignalKind,
};

use super::World;

/// How much happened in the worlds, so that the oracles are known to have seen it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    entries: usize,
    exits: usize,
    retried_exits: usize,
    fills: usize,
    statuses: BTreeMap<String, usize>,
    outcomes: BTreeMap<String, usize>,
}

impl Seen {
    pub(super) fn add(&mut self, other: &Seen) {
        self.entries += other.entries;
        self.exits += other.exits;
        self.retried_exits += other.retried_exits;
        self.fills += other.fills;
        for (status, count) in &other.statuses {
            *self.statuses.entry(status.clone()).or_default() += count;
        }
        for (outcome, count) in &other.outcomes {
            *self.outcomes.entry(outcome.clone()).or_default() += count;
        }
    }

    /// A world in which nothing happens proves nothing.
    pub(super) fn check(&self) {
        println!("{self:?}");
        assert!(self.entries > 200 && self.exits > 100 && self.fills > 2_000, "{self:?}");
        assert!(self.retried_exits > 5, "{self:?}");
        for status in ["Denied", "Filled", "Canceled", "Rejected", "Expired"] {
            assert!(self.statuses.get(status).is_some_and(|it| *it > 20), "{status}: {self:?}");
        }
        for outcome in ["ordered", "STALE_SIGNAL", "nothing"] {
            assert!(self.outcomes.get(outcome).is_some_and(|it| *it > 5), "{outcome}: {self:?}");
        }
    }
}

fn lots(of: impl Iterator<Item = Quantity>) -> i64 {
    of.map(Quantity::raw).sum()
}

impl World {
    /// After every step.
    pub(super) fn check(&self) {
        let state = self.gateway.state();
        assert!(state.misfits == 0 || self.settings.slow_one_in > 0);
        if self.gateway.unsaved() == 0 {
            assert!(self.memory.folds_to(state), "the journal folds to another state");
        } else {
            assert!(self.memory.is_full() || !self.course.is_calm, "facts wait without a reason");
        }
        check_orders(state);
        check_signals(state);
    }

    /// Everything has come to rest.
    pub(super) fn check_rest(&self) {
        let state = self.gateway.state();
        let sim = self.gateway.venue().sim();
        let theirs: BTreeSet<OrderId> = sim.working().iter().map(|it| it.id).collect();
        assert_eq!(theirs, state.open, "not the same orders work here and there");
        for placed in state.working() {
            assert_eq!(placed.order.status, Status::New, "order {} never ended", placed.order.id);
        }
        for ((account, item), holding) in &state.holdings {
            let none = Position::default();
            let held = sim.positions(account).find(|(code, _)| *code == item);
            let (theirs, ours) = (held.map_or(&none, |it| it.1), &holding.position);
            assert_eq!(theirs.net(), ours.net(), "{account} {item}");
            // Trades of one instant may be told out of their order, and are netted in the order told.
            let is_told_in_order =
                self.settings.slow_one_in == 0 || !has_ties(state, (account, item));
            assert!(
                !is_told_in_order || theirs == ours,
                "{account} {item}: {theirs:?}, here {ours:?}"
            );
        }
        assert!(self.memory.fold() == *state, "the journal folds to another state");
        assert_eq!(summed(state), held(state), "a position is not the sum of its fills");
        self.check_exits(state);
    }

    /// Every exit that could be acted on was.
    fn check_exits(&self, state: &State) {
        assert!(
            self.course.strategy.outbox.is_empty(),
            "{:?} have no outcome",
            self.course.strategy.outbox
        );
        for held in state.conditions.values() {
            let id = held.condition.signal(SignalKind::Exit);
            let given_up = matches!(
                state.outcome(id),
                Some(Outcome::Refused { code, .. }) if code == "EXIT_INCOMPLETE"
            );
            if state.outcome(id).is_none() || given_up {
                continue;
            }
            let entry = state.order_of(held.condition.signal(SignalKind::Entry));
            let account = entry.map(|it| it.order.ticket.account);
            let there = account.and_then(|it| state.holdings.get(&(it, held.condition.terms.item)));
            let there = there.map_or(0, |it| it.position.held(held.condition.terms.action).raw());
            // What was closed by hand and bought anew is the trader's.
            let is_nothing = matches!(state.outcome(id), Some(Outcome::Nothing { .. }));
            assert!(
                is_nothing || held.open().raw().min(there) == 0,
                "exit {id} left {} open: {:?}, exits {:?}, orders {:#?}",
                held.open(),
                state.outcome(id),
                state.exits,
                state.orders.values().filter(|it| it.signal.is_some()).collect::<Vec<_>>()
            );
        }
    }

    pub(super) fn seen(&self) -> Seen {
        let state = self.gateway.state();
        let mut seen = Seen { fills: state.fills.len(), ..Seen::default() };
        let mut exits: BTreeMap<SignalId, usize> = BTreeMap::new();
        for placed in state.orders.values() {
            let status = placed.order.status.to_string();
            *seen.statuses.entry(status).or_default() += 1;
            match placed.signal.map(|it| it.kind) {
                Some(SignalKind::Entry) => seen.entries += 1,
                Some(SignalKind::Exit) => seen.exits += 1,
                None => (),
            }
            if let Some(id) = placed.signal.filter(|it| it.kind == SignalKind::Exit) {
                *exits.entry(id).or_default() += 1;
            }
        }
        seen.retried_exits = exits.values().filter(|it| **it > 1).count();
        for given in state.signals.values() {
            let word = match &given.outcome {
                Some(Outcome::Refused { code, .. }) => code.clone(),
                Some(outcome) => outcome.word().to_owned(),
                None => "none".to_owned(),
            };
            *seen.outcomes.entry(word).or_default() += 1;
        }
        seen
    }
}

fn check_orders(state: &State) {
    for placed in state.orders.values() {
        let order = &placed.order;
        assert!(order.filled() <= order.ticket.quantity, "order {} is overfilled", order.id);
        let is_open = state.open.contains(&order.id);
        assert_eq!(is_open, order.status.is_open(), "order {} is hidden", order.id);
        let is_exit = placed.signal.is_some_and(|it| it.kind == SignalKind::Exit);
        assert!(!is_exit || order.ticket.open_close == OpenClose::Close, "an exit may open");
    }
}

/// A signal's entry is one order at most; its exits close no more than the entry opened, one order
/// at a time.
fn check_signals(state: &State) {
    let mut by_signal: BTreeMap<SignalId, Vec<&Placed>> = BTreeMap::new();
    for placed in state.orders.values().filter(|it| it.order.status != Status::Denied) {
        by_signal.extend(
            placed.signal.map(|it| (it, Vec::new())).filter(|it| !by_signal.contains_key(&it.0)),
        );
        if let Some(orders) = placed.signal.and_then(|it| by_signal.get_mut(&it)) {
            orders.push(placed);
        }
    }
    for (id, orders) in &by_signal {
        if id.kind == SignalKind::Entry {
            assert_eq!(orders.len(), 1, "{id} is more than one order");
            continue;
        }
        let working = orders.iter().filter(|it| it.order.status.is_open()).count();
        assert!(working <= 1, "{id} has {working} orders that work");
        let entry = SignalId { kind: SignalKind::Entry, ..*id };
        let opened =
            by_signal.get(&entry).map_or(0, |it| lots(it.iter().map(|it| it.order.filled())));
        let closed = lots(orders.iter().map(|it| it.order.filled()));
        assert!(closed <= opened, "{id} closed {closed} of {opened}");
    }
}

/// Whether two orders of a holding traded at the same instant.
fn has_ties(state: &State, key: (&AccountId, &Code)) -> bool {
    let mut orders = BTreeMap::new();
    (0..state.fills.len()).filter_map(|place| state.fill(place)).any(|(placed, fill)| {
        let ticket = &placed.order.ticket;
        let first = orders.entry(fill.time).or_insert(placed.order.id);
        (&ticket.account, &ticket.item) == key && *first != placed.order.id
    })
}

fn held(state: &State) -> BTreeMap<(AccountId, Code), Position> {
    let of = |(key, holding): (&(AccountId, Code), &Holding)| (*key, holding.position.clone());
    state.holdings.iter().map(of).collect()
}

/// Positions made anew of the fills alone. What closes never opens: it closes what is there.
fn summed(state: &State) -> BTreeMap<(AccountId, Code), Position> {
    let mut positions: BTreeMap<(AccountId, Code), Position> = BTreeMap::new();
    let fills = (0..state.fills.len()).filter_map(|place| state.fill(place));
    let mut fills: Vec<_> = fills.collect();
    fills.sort_by_key(|(_, fill)| fill.time);
    for (placed, fill) in fills {
        let Ticket { account, item, side, open_close, .. } = placed.order.ticket;
        let position = positions.entry((account, item)).or_default();
        let before = position.held(side);
        let Fill { quantity, price, .. } = *fill;
        let booked = position.book(side, open_close, quantity, price, placed.multiplier);
        if booked.is_err() {
            // Of two trades of one instant the close may be told first, where answers are asked
            // for: it is booked as what nets, and counted as a misfit.
            assert!(state.misfits > 0, "a close of what is not held was no misfit");
            let auto = OpenClose::Auto;
            position.book(side, auto, quantity, price, placed.multiplier).unwrap();
        }
        let is_close = open_close == OpenClose::Close && booked.is_ok();
        assert!(!is_close || position.held(side) == before, "a closing fill opened");
    }
    let sides = [Side::Buy, Side::Sell];
    assert!(positions.values().all(|it| sides.iter().all(|side| it.held(*side) >= Quantity::ZERO)));
    positions
}
