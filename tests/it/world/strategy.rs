//! A strategy as its process is: it forgets everything when it dies, and is given the gateway's
//! snapshot and the ticks since then when it comes again.

use std::collections::{BTreeMap, VecDeque};

use aftm::gateway::fact::Door;
use aftm::strategy::Machine;
use aftm::wire::request::{Moved, Request};
use aftm::wire::{Event, Reply, Signal};
use aftm_domain::{SignalId, SignalKind, Stamp, Tick};

use aftm::gateway::Core;
use aftm::gateway::pace::Pace;
use aftm::gateway::venue::Venue;

use super::ledger::Memory;

/// What the strategy tells the gateway, in order.
pub(crate) struct Report {
    pub(crate) through: u64,
    pub(crate) moved: Vec<Moved>,
    pub(crate) signals: Vec<Signal>,
}

#[derive(Default)]
pub(crate) struct Strategy {
    machine: Machine,
    next: u64,
    reported: u64,
    /// Signals without an outcome.
    pub(crate) outbox: BTreeMap<(u64, u64, SignalKind), Signal>,
    given: Vec<Signal>,
    /// What it hears: ticks may be lost on the way, news may not.
    pub(crate) ticks: VecDeque<Tick>,
    pub(crate) news: VecDeque<Event>,
    /// What it says, not heard yet.
    pub(crate) signals: Vec<Signal>,
    pub(crate) reports: VecDeque<Report>,
}

impl Strategy {
    /// One that begins: the snapshot, the ticks since, and its signals offered again.
    pub(crate) fn begin<V: Venue>(
        gateway: &mut Core<V, Memory>,
        pace: &Pace,
        now: Stamp,
    ) -> Strategy {
        let mut strategy = Strategy {
            next: pace.reported() + 1,
            reported: pace.reported(),
            ..Strategy::default()
        };
        let mut from = Some(0);
        while let Some(place) = from {
            let snapshot = Request::Snapshot { from: place };
            let reply = gateway.serve(&snapshot, Door::Strategy, now).unwrap();
            let Reply::Snapshot { rows, next, .. } = reply else { panic!("{reply:?}") };
            for row in rows {
                strategy.machine.put(row.created, row.condition);
                for signal in row.unsettled {
                    strategy.outbox.insert(key(&signal), signal);
                }
            }
            from = next;
        }
        strategy.catch_up(pace);
        strategy.offer();
        strategy
    }

    fn catch_up(&mut self, pace: &Pace) {
        assert!(pace.oldest() <= self.next, "ticks from {} on are gone", self.next);
        let kept: Vec<Tick> = pace.ticks(self.next).copied().collect();
        kept.iter().for_each(|it| self.handle(it));
    }

    /// Hears one tick; a gap is filled from what the gateway keeps.
    pub(crate) fn hear_tick(&mut self, pace: &Pace) {
        let Some(tick) = self.ticks.pop_front() else { return };
        if tick.sequence > self.next {
            self.catch_up(pace);
        }
        self.handle(&tick);
    }

    fn handle(&mut self, tick: &Tick) {
        if tick.sequence < self.next {
            return;
        }
        self.next = tick.sequence + 1;
        self.machine.tick(tick, &mut self.given);
        if !self.given.is_empty() {
            for signal in &self.given {
                self.outbox.insert(key(signal), *signal);
                self.signals.push(*signal);
            }
            self.report();
        }
    }

    pub(crate) fn report(&mut self) {
        let through = self.next - 1;
        if through == self.reported && self.given.is_empty() && !self.machine.has_moved() {
            return;
        }
        let mut moved = Vec::new();
        self.machine.moved(&mut moved);
        let signals = std::mem::take(&mut self.given);
        self.reports.push_back(Report { through, moved, signals });
        self.reported = through;
    }

    /// Offers again what has no outcome.
    pub(crate) fn offer(&mut self) {
        self.signals.extend(self.outbox.values());
    }

    pub(crate) fn forget(&mut self, known: &[SignalId]) {
        self.outbox.retain(|_, it| !known.contains(&it.id));
    }

    pub(crate) fn hear_news(&mut self) {
        match self.news.pop_front() {
            Some(Event::Condition(row)) => {
                let (id, life) = (row.condition.terms.id, row.condition.progress.generation);
                let is_past = |it: &Signal| it.id.condition == id && it.id.generation != life;
                self.outbox.retain(|_, it| !is_past(it));
                self.machine.put(row.created, row.condition);
            }
            Some(Event::ConditionDropped { id }) => {
                self.machine.drop(id);
                self.outbox.retain(|_, it| it.id.condition != id);
            }
            Some(Event::Settled { id, .. }) => self.forget(&[id]),
            _ => (),
        }
    }
}

fn key(signal: &Signal) -> (u64, u64, SignalKind) {
    (signal.tick, signal.created, signal.id.kind)
}
