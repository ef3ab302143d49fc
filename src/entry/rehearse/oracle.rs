//! Whether the promises were kept: the exchange's ledger against the journal and the clients.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use aftm_domain::order::Status;
use aftm_domain::{Fill, OpenClose, Quantity, TradeId};
use aftm_sim::ledger_file::{self, Day};
use anyhow::{Context as _, Result};

use super::client::Wanted;
use super::home::Home;
use super::told::Verdict;
use crate::entry::ledger;
use crate::gateway::state::State;
use crate::journal::{Durability, Journal};

/// The exchange's own record.
pub(super) fn day(home: &Home) -> Result<Day> {
    let path = home.ledger()?;
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    ledger_file::read(&bytes)?.day.context("the exchange's ledger is empty")
}

/// What the journal of a machine that has ended adds up to.
pub(super) fn state(home: &Home) -> Result<State> {
    let path = ledger::existing(&home.folders()?)?;
    let journal = Journal::open(&path, Durability::Process, ledger::VIEWS)?;
    Ok(ledger::fold(&journal)?)
}

/// Orders of the ledger that may open, among those after the first `from`.
pub(super) fn openings(day: &Day, from: usize) -> Vec<String> {
    let later = day.orders().iter().skip(from);
    let opens = later.filter(|it| it.order.ticket.open_close != OpenClose::Close);
    opens.map(|it| format!("{} arrived after the halt", it.order.id)).collect()
}

/// What became of the clients' orders, in numbers.
#[derive(Default)]
pub(super) struct Count {
    pub(super) lost: usize,
    pub(super) doubled: usize,
    pub(super) retried: usize,
}

/// Checks what the clients were told, and everything that the exchange saw.
pub(super) fn check(day: &Day, state: &State, wanted: &[Wanted], verdict: &mut Verdict) -> Count {
    let mut by_note: BTreeMap<&str, usize> = BTreeMap::new();
    for kept in day.orders() {
        *by_note.entry(kept.order.ticket.note.as_str()).or_default() += 1;
    }
    let arrived = |it: &Wanted| by_note.get(it.note.as_str()).copied().unwrap_or(0);
    let doubled: Vec<String> = wanted
        .iter()
        .filter(|it| arrived(it) > 1)
        .map(|it| format!("{} became {} orders by {} tries", it.note, arrived(it), it.tries))
        .collect();
    let lost = lost(state, wanted);
    let count = Count {
        lost: lost.len(),
        doubled: doubled.len(),
        retried: wanted.iter().filter(|it| it.tries > 1).count(),
    };
    verdict.add("O1 an intent is one order at most, however often it is sent", doubled);
    verdict.add("O2 what a client was told of is in the journal", lost);
    verdict.add(
        "O3 every order of the exchange is in the journal, with its fills",
        unknown(day, state),
    );
    verdict.add(
        "O4 positions are those of the exchange, and the sum of the fills",
        positions(day, state),
    );
    verdict.add("O7 every order has ended, or works at the exchange", adrift(day, state));
    count
}

fn lost(state: &State, wanted: &[Wanted]) -> Vec<String> {
    let mut lost = Vec::new();
    for it in wanted {
        let Some(Ok(serial)) = &it.told else { continue };
        let known = serial.parse().ok().and_then(|id| state.orders.get(&id));
        if known.is_none_or(|known| known.order.ticket.note.as_str() != it.note) {
            lost.push(format!("{} was told {serial}, and the journal has no such order", it.note));
        }
    }
    lost
}

fn trades(fills: &[Fill]) -> BTreeSet<TradeId> {
    fills.iter().map(|it| it.trade).collect()
}

fn unknown(day: &Day, state: &State) -> Vec<String> {
    let mut unknown = Vec::new();
    for kept in day.orders() {
        let id = kept.order.id;
        match state.orders.get(&id) {
            None => unknown.push(format!("{id} is not in the journal")),
            Some(it) if trades(&it.order.fills) != trades(&kept.order.fills) => {
                unknown.push(format!("{id} has other fills in the journal"));
            }
            Some(_) => (),
        }
    }
    unknown
}

fn positions(day: &Day, state: &State) -> Vec<String> {
    let mut theirs: BTreeMap<_, Quantity> = BTreeMap::new();
    for (account, books) in &day.accounts {
        for (item, position) in books.positions.iter().filter(|(_, it)| !it.is_flat()) {
            theirs.insert((*account, *item), position.net());
        }
    }
    let held = state.holdings.iter().filter(|(_, it)| !it.position.is_flat());
    let ours: BTreeMap<_, Quantity> = held.map(|(key, it)| (*key, it.position.net())).collect();
    let keys: BTreeSet<_> = theirs.keys().chain(ours.keys()).collect();
    let mut broken: Vec<String> = keys
        .into_iter()
        .filter(|key| theirs.get(key) != ours.get(key))
        .map(|key @ (account, item)| {
            let of = |all: &BTreeMap<_, Quantity>| all.get(key).copied().unwrap_or(Quantity::ZERO);
            format!("{account} holds {} {item} there, {} here", of(&theirs), of(&ours))
        })
        .collect();
    broken.extend(state.taken.iter().map(|(account, item)| {
        format!("{item} of {account} had to be taken over: fills were missing")
    }));
    broken
}

fn adrift(day: &Day, state: &State) -> Vec<String> {
    let mut adrift = Vec::new();
    for placed in state.orders.values() {
        let (id, status) = (placed.order.id, placed.order.status);
        let there = day.order(id).map(|it| it.order.status);
        let is_resting = status == Status::New && there == Some(Status::New);
        if status.is_open() && !is_resting {
            adrift.push(format!("{id} is {status} here, and there {there:?}"));
        } else if !status.is_open() && there.is_some_and(Status::is_open) {
            adrift.push(format!("{id} is {status} here, and works there"));
        }
    }
    adrift
}
