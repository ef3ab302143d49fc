//! What lies between the market and the orders of signals, in every world: the pace of the feed, the
//! strategy, and the ways from it over the executor to the gateway, on which anything may be lost,
//! doubled and reordered.

use std::collections::BTreeMap;

use aftm::gateway::Core;
use aftm::gateway::fact::Door;
use aftm::gateway::pace::{Pace, Step};
use aftm::gateway::venue::Venue;
use aftm::wire::request::Request;
use aftm::wire::{Event, Intent, Outcome, Refused, Reply, Signal};
use aftm_domain::tick::Moment;
use aftm_domain::{Code, OrderId, Price, Quantity, SignalId, SignalKind, Stamp};

use super::chance::Chance;
use super::ledger::Memory;
use super::strategy::{Report, Strategy};

/// See the module.
pub(crate) struct Course {
    pub(crate) pace: Pace,
    pub(crate) is_held: bool,
    pub(crate) strategy: Strategy,
    /// Between the strategy and the executor, and between the executor and the gateway.
    to_executor: Vec<Signal>,
    to_gateway: Vec<Signal>,
    /// Orders that came before their turn.
    early: BTreeMap<SignalId, Signal>,
    /// Everything arrives, nothing fails any more.
    pub(crate) is_calm: bool,
}

impl Course {
    pub(crate) fn begin<V: Venue>(core: &mut Core<V, Memory>, is_held: bool, now: Stamp) -> Course {
        let pace = Pace::new(is_held);
        let strategy = Strategy::begin(core, &pace, now);
        let (to_executor, to_gateway, early) = (Vec::new(), Vec::new(), BTreeMap::new());
        Course { pace, is_held, strategy, to_executor, to_gateway, early, is_calm: false }
    }

    /// Whether the feed may tell another trade.
    pub(crate) fn has_room(&self) -> bool {
        !self.is_held || self.pace.has_room()
    }

    /// A trade is told. A subscriber that is slow loses some; the gap shows with the next.
    pub(crate) fn publish<V: Venue>(
        &mut self,
        core: &mut Core<V, Memory>,
        chance: &mut Chance,
        moment: Moment,
    ) {
        let tick = self.pace.publish(moment).tick;
        core.published = tick.sequence;
        if self.is_calm || !chance.one_in(12) {
            self.strategy.ticks.push_back(tick);
        }
    }

    /// Something between the machine and its children arrives, or does not.
    pub(crate) fn carry<V: Venue>(
        &mut self,
        core: &mut Core<V, Memory>,
        chance: &mut Chance,
        now: Stamp,
    ) {
        match chance.below(6) {
            0 => self.strategy.hear_tick(&self.pace),
            1 => self.strategy.hear_news(),
            2 => self.hear_report(core, now),
            3 => {
                // A push that meets a dead or full puller is gone.
                let sent = std::mem::take(&mut self.strategy.signals).into_iter();
                self.to_executor.extend(sent.filter(|_| self.is_calm || !chance.one_in(4)));
            }
            4 if !self.to_executor.is_empty() => {
                let signal = self.to_executor.remove(chance.place(self.to_executor.len()));
                let copies = if chance.one_in(4) { 2 } else { 1 };
                self.to_gateway.extend(std::iter::repeat_n(signal, copies));
            }
            5 if !self.to_gateway.is_empty() => {
                let signal = self.to_gateway.remove(chance.place(self.to_gateway.len()));
                self.hear_order(core, &signal, now);
            }
            _ => (),
        }
    }

    fn hear_report<V: Venue>(&mut self, core: &mut Core<V, Memory>, now: Stamp) {
        let Some(report) = self.strategy.reports.pop_front() else { return };
        let Report { through, moved, signals } = report;
        let told = signals.clone();
        let request = Request::Report { pid: 1, through: Some(through), moved, signals: told };
        core.serve(&request, Door::Strategy, now).unwrap();
        let state = core.state();
        let (known, open): (Vec<Signal>, Vec<Signal>) =
            signals.iter().partition(|it| state.outcome(it.id).is_some());
        let open = open.iter().filter(|it| state.signals.contains_key(&it.id));
        open.for_each(|it| self.pace.expect(it));
        self.pace.report(through);
        let known: Vec<SignalId> = known.iter().map(|it| it.id).collect();
        self.strategy.forget(&known);
    }

    /// The executor's order of a signal, which waits for its turn where the feed is recorded.
    fn hear_order<V: Venue>(&mut self, core: &mut Core<V, Memory>, signal: &Signal, now: Stamp) {
        if core.state().outcome(signal.id).is_some() || self.pace.arrive(signal) {
            self.act(core, signal, now);
        } else {
            self.early.insert(signal.id, *signal);
        }
    }

    fn act<V: Venue>(&mut self, core: &mut Core<V, Memory>, signal: &Signal, now: Stamp) {
        let before = core.state().outcome(signal.id).cloned();
        let intent = Box::new(Intent::of_signal(signal));
        let reply = core.serve(&Request::Place { intent }, Door::Executor, now);
        check_act(core, signal, before.as_ref(), &reply);
        self.pace.settle(signal.id);
    }

    /// What the gateway's loop does after every message; every event that was told is looked at.
    pub(crate) fn settle<V: Venue>(
        &mut self,
        core: &mut Core<V, Memory>,
        now: Stamp,
        look: impl Fn(&Event),
    ) {
        while !self.is_held || core.is_level() {
            match self.pace.next() {
                Step::Wait => break,
                Step::Tick => {
                    let Some((tick, book)) = self.pace.step() else { break };
                    core.tick(&tick, book.as_deref(), now);
                }
                Step::Signal(id) => match self.early.remove(&id) {
                    Some(signal) => self.act(core, &signal, now),
                    None => self.pace.settle(id),
                },
            }
        }
        let mut events = Vec::new();
        core.tell(&mut events);
        for event in events {
            look(&event);
            self.pace.hear(&event);
            self.strategy.news.push_back(event);
        }
    }

    /// The strategy is killed. What it had said and nobody had heard yet is gone, all of it or its end.
    pub(crate) fn crash_strategy<V: Venue>(
        &mut self,
        core: &mut Core<V, Memory>,
        chance: &mut Chance,
        now: Stamp,
    ) {
        let heard = chance.place(self.strategy.reports.len() + 1);
        (0..heard).for_each(|_| self.hear_report(core, now));
        let said = std::mem::take(&mut self.strategy.signals).into_iter();
        self.to_executor.extend(said.filter(|_| chance.one_in(2)));
        self.strategy = Strategy::begin(core, &self.pace, now);
    }

    pub(crate) fn crash_executor(&mut self) {
        self.to_executor.clear();
        self.to_gateway.clear();
        self.strategy.offer();
    }

    /// Everything under way to and from the strategy arrives.
    pub(crate) fn deliver<V: Venue>(&mut self, core: &mut Core<V, Memory>, now: Stamp) {
        while !self.strategy.news.is_empty() || !self.strategy.ticks.is_empty() {
            self.strategy.hear_news();
            self.strategy.hear_tick(&self.pace);
        }
        self.strategy.report();
        while !self.strategy.reports.is_empty() {
            self.hear_report(core, now);
        }
        self.strategy.offer();
        self.to_executor.append(&mut self.strategy.signals);
        self.to_gateway.append(&mut self.to_executor);
        for signal in std::mem::take(&mut self.to_gateway) {
            self.hear_order(core, &signal, now);
        }
    }
}

/// A signal was acted on: an entry only while it is fresh, and the same again as before.
fn check_act<V: Venue>(
    core: &Core<V, Memory>,
    signal: &Signal,
    before: Option<&Outcome>,
    reply: &Result<Reply, Refused>,
) {
    let outcome = match reply {
        Ok(Reply::Taken { outcome }) => outcome,
        Err(refused) if refused.code == "JOURNAL_UNAVAILABLE" => {
            assert!(core.ledger().is_full() && signal.id.kind == SignalKind::Entry);
            return;
        }
        other => panic!("signal {} came to {other:?}", signal.id),
    };
    if let Some(before) = before {
        assert_eq!(outcome, before, "signal {} has two outcomes", signal.id);
        return;
    }
    if let (Outcome::Ordered { order }, SignalKind::Entry) = (outcome, signal.id.kind) {
        let age = core.time().map_or(0, |it| it.at.since(signal.time.at));
        assert!(age <= 5 * Stamp::SECOND && signal.tick > 0, "an entry of old: {signal:?}");
        let ticket = &core.state().orders[order].asked;
        assert_eq!(ticket.quantity, signal.quantity);
    }
}

/// One of the last orders.
pub(crate) fn some_order<V: Venue>(core: &Core<V, Memory>, chance: &mut Chance) -> Option<OrderId> {
    let recent: Vec<OrderId> = core.state().orders.keys().rev().take(6).copied().collect();
    (!recent.is_empty()).then(|| chance.pick(&recent))
}

/// A change of one of the last orders: of its price where it has one, and sometimes of its quantity.
pub(crate) fn amend<V: Venue>(
    core: &Core<V, Memory>,
    chance: &mut Chance,
    price: impl FnOnce(&mut Chance, Code) -> Price,
) -> Option<Request> {
    let order = some_order(core, chance)?;
    let ticket = core.state().orders[&order].order.ticket;
    let lots = Quantity::from_units(1 + chance.below(4));
    let quantity = lots.filter(|_| chance.one_in(2));
    let price = ticket.price.map(|_| price(chance, ticket.item));
    Some(Request::Amend { order, quantity, price })
}
