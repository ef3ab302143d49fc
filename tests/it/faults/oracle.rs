//! What must hold whatever failed: the exchange's own ledger against the journal and the machine.

use std::collections::{BTreeMap, BTreeSet};

use aftm::gateway::state::State;
use aftm_domain::order::Status;
use aftm_domain::{OrderId, Position, Quantity, Side};
use aftm_sim::ledger_file::Day;

use super::World;

/// How much happened, so that the oracles are known to have seen it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    orders: usize,
    fills: usize,
    exits: usize,
    repeats: usize,
    starts: usize,
    machines: usize,
    halts: usize,
    statuses: BTreeMap<String, usize>,
}

impl Seen {
    pub(super) fn add(&mut self, other: &Seen) {
        self.orders += other.orders;
        self.fills += other.fills;
        self.exits += other.exits;
        self.repeats += other.repeats;
        self.starts += other.starts;
        self.machines += other.machines;
        self.halts += other.halts;
        for (status, count) in &other.statuses {
            *self.statuses.entry(status.clone()).or_default() += count;
        }
    }

    /// Worlds in which nothing happens prove nothing.
    pub(super) fn check(&self, worlds: usize) {
        println!("{worlds} worlds: {self:?}");
        let each = worlds / 4;
        assert!(self.orders > each && self.fills > each && self.repeats > each, "{self:?}");
        assert!(self.starts > each && self.machines > each && self.halts > each / 4, "{self:?}");
    }
}

impl World {
    /// After every step.
    pub(super) fn check(&self) {
        let state = self.core.state();
        if self.core.unsaved() == 0 {
            assert!(self.memory.folds_to(state), "the journal folds to another state");
        }
        for (request, order) in &self.clients.acknowledged {
            assert!(state.orders.contains_key(order), "{request} is forgotten");
        }
        for placed in state.orders.values() {
            let order = &placed.order;
            assert!(order.filled() <= order.ticket.quantity, "order {} is overfilled", order.id);
            assert_eq!(state.open.contains(&order.id), order.status.is_open());
        }
    }

    /// Nothing fails any more, and all that waited was done.
    pub(super) fn check_rest(&self) {
        let state = self.core.state();
        assert!(self.memory.fold() == *state, "the journal folds to another state");
        let day = self.line.ledger().unwrap();
        one_order_each(&day);
        same_orders(state, &day, &self.lost);
        same_positions(state, &day);
        let requested = |it: &OrderId| state.orders.contains_key(it);
        assert!(self.clients.acknowledged.values().all(requested));
    }

    pub(super) fn seen(&self) -> Seen {
        let state = self.core.state();
        let mut statuses = BTreeMap::new();
        for placed in state.orders.values() {
            *statuses.entry(placed.order.status.to_string()).or_default() += 1;
        }
        let kinds = self.memory.kinds();
        let count = |kind: &str| kinds.iter().filter(|it| **it == kind).count();
        Seen {
            orders: state.orders.len(),
            fills: state.fills.len(),
            exits: state.orders.values().filter(|it| it.signal.is_some()).count(),
            repeats: self.clients.repeats,
            starts: self.line.exchange().starts as usize,
            machines: count("started"),
            halts: count("halted"),
            statuses,
        }
    }
}

/// O1: an intent is one order at most, told apart by the note that the exchange wrote down.
fn one_order_each(day: &Day) {
    let mut notes = BTreeSet::new();
    for kept in day.orders() {
        let note = kept.order.ticket.note;
        if note.as_str().starts_with("r-") {
            assert!(notes.insert(note.as_str().to_owned()), "{note} is two orders there");
        }
    }
}

/// O3, O7: every order there is known here and stands the same; nothing is in doubt.
fn same_orders(state: &State, day: &Day, lost: &BTreeSet<OrderId>) {
    for kept in day.orders() {
        let (id, there) = (kept.order.id, &kept.order);
        let here = state.orders.get(&id).filter(|it| it.order.status != Status::Denied);
        let Some(here) = here else {
            assert!(lost.contains(&id), "{id} is unknown here");
            continue;
        };
        assert_eq!(here.order.ticket.note, there.ticket.note, "{id} is another order there");
        let same =
            here.order.status == there.status || is_same_end(here.order.status, there.status);
        assert!(same, "{id} is {} here and {} there", here.order.status, there.status);
        let trades = |it: &aftm_domain::Order| -> BTreeSet<String> {
            it.fills.iter().map(|it| it.trade.to_string()).collect()
        };
        assert_eq!(trades(&here.order), trades(there), "{id} traded something else");
    }
    for placed in state.orders.values() {
        let (id, status) = (placed.order.id, placed.order.status);
        let is_there = day.order(id).is_some();
        let was_never_sent = matches!(status, Status::Denied | Status::Rejected);
        assert!(is_there || was_never_sent, "{id} is {status} and never arrived");
    }
}

/// Where a connection was lost nobody hears how an order ended, only that it did.
fn is_same_end(here: Status, there: Status) -> bool {
    let ends = [Status::Canceled, Status::Expired];
    ends.contains(&here) && ends.contains(&there)
}

/// O4: what is held is what the exchange says, and the sum of the fills.
fn same_positions(state: &State, day: &Day) {
    let mut theirs: BTreeMap<_, Quantity> = BTreeMap::new();
    for (account, books) in &day.accounts {
        for (item, position) in books.positions.iter().filter(|(_, it)| !it.is_flat()) {
            theirs.insert((*account, *item), position.net());
        }
    }
    let flat = |it: &Position| it.is_flat();
    let held = state.holdings.iter().filter(|(_, it)| !flat(&it.position));
    let ours: BTreeMap<_, Quantity> = held.map(|(key, it)| (*key, it.position.net())).collect();
    assert_eq!(ours, theirs, "positions differ");
    for key in state.holdings.keys() {
        let fills =
            day.fills().filter(|(order, _)| (order.ticket.account, order.ticket.item) == *key);
        let sum: i64 = fills
            .map(|(order, fill)| match order.ticket.side {
                Side::Buy => fill.quantity.raw(),
                Side::Sell => -fill.quantity.raw(),
            })
            .sum();
        assert_eq!(ours.get(key).map_or(0, |it| it.raw()), sum, "{key:?} is not its fills");
    }
}
