//! When the venue's clock moves.
//!
//! With a live feed it is where the market is. With a recorded feed it reaches a tick only when the
//! strategy has reported that tick and every signal up to it has its outcome, whatever the speed and
//! whoever was killed: fills are then those of a replay in one process.

use std::collections::{BTreeMap, VecDeque};

use aftm_domain::{Book, SignalId, SignalKind, Tick};
use rustc_hash::FxHashMap;

use crate::wire::{Event, Outcome, Signal};
use aftm_domain::tick::Moment;

/// How far the ticks of a recorded feed may run ahead of the venue's clock.
pub const AHEAD_MAX: u64 = 4_096;
/// How many ticks of a live feed are kept for a strategy that is away; older ones are lost to it,
/// and it says so.
pub const KEPT_MAX: usize = 65_536;

/// What can be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The venue's clock may go to the next tick.
    Tick,
    /// It is this signal's turn, and its order is here.
    Signal(SignalId),
    /// Nothing until somebody says something.
    Wait,
}

/// A signal's turn: by tick, then by the creation of its condition.
type Turn = (u64, u64, SignalKind);

/// The ticks between the market, the strategy and the venue.
pub struct Pace {
    is_held: bool,
    kept: VecDeque<Moment>,
    oldest: u64,
    published: u64,
    clock: u64,
    reported: u64,
    turns: BTreeMap<Turn, SignalId>,
    here: FxHashMap<SignalId, Turn>,
}

impl Pace {
    /// Held for a recorded feed; not held for a live one.
    pub fn new(is_held: bool) -> Pace {
        Pace {
            is_held,
            kept: VecDeque::new(),
            oldest: 1,
            published: 0,
            clock: 0,
            reported: 0,
            turns: BTreeMap::new(),
            here: FxHashMap::default(),
        }
    }

    /// Whether the venue's clock waits for the strategy.
    pub const fn is_held(&self) -> bool {
        self.is_held
    }

    /// The last tick that was published.
    pub const fn published(&self) -> u64 {
        self.published
    }

    /// The last tick that the venue has seen.
    pub const fn clock(&self) -> u64 {
        self.clock
    }

    /// The last tick that the strategy has reported.
    pub const fn reported(&self) -> u64 {
        self.reported
    }

    /// The oldest tick that is still kept.
    pub const fn oldest(&self) -> u64 {
        self.oldest
    }

    /// Whether the venue has seen everything, and no signal waits.
    pub fn is_level(&self) -> bool {
        self.clock == self.published && self.turns.is_empty()
    }

    /// Whether another tick may be published.
    pub const fn has_room(&self) -> bool {
        !self.is_held || self.published - self.clock < AHEAD_MAX
    }

    /// Numbers a tick and keeps it.
    pub fn publish(&mut self, mut moment: Moment) -> &Moment {
        self.published += 1;
        moment.tick.sequence = self.published;
        self.trim();
        self.kept.push_back(moment);
        let last = self.kept.len() - 1;
        // It was pushed on the line above.
        #[allow(clippy::indexing_slicing)]
        &self.kept[last]
    }

    fn trim(&mut self) {
        while self.kept.front().is_some() {
            // The venue needs every tick; a live feed does not wait for the strategy.
            let is_full = !self.is_held && self.kept.len() >= KEPT_MAX;
            let through = if is_full { self.clock } else { self.clock.min(self.reported) };
            if self.oldest > through {
                return;
            }
            self.kept.pop_front();
            self.oldest += 1;
        }
    }

    /// A kept tick by its number.
    pub fn kept(&self, sequence: u64) -> Option<&Moment> {
        let at = sequence.checked_sub(self.oldest)?;
        self.kept.get(usize::try_from(at).ok()?)
    }

    /// Kept ticks from a number on.
    pub fn ticks(&self, from: u64) -> impl Iterator<Item = &Tick> {
        let skip = usize::try_from(from.saturating_sub(self.oldest)).unwrap_or(usize::MAX);
        self.kept.iter().skip(skip).map(|it| &it.tick)
    }

    /// The strategy begins, or begins again after a stop: what it did not see is not for it.
    pub fn restart(&mut self) {
        self.reported = self.published;
        self.turns.clear();
        self.here.clear();
    }

    /// The strategy has handled every tick up to this one.
    pub fn report(&mut self, through: u64) {
        self.reported = self.reported.max(through.min(self.published));
    }

    /// A signal was given and has no outcome yet.
    pub fn expect(&mut self, signal: &Signal) {
        if self.is_held {
            self.turns.insert(turn(signal), signal.id);
        }
    }

    /// A signal's order came. Whether it is its turn already.
    pub fn arrive(&mut self, signal: &Signal) -> bool {
        if !self.is_held {
            return true;
        }
        self.expect(signal);
        self.here.insert(signal.id, turn(signal));
        self.next() == Step::Signal(signal.id)
    }

    /// Whether a signal's order is here and has its turn to come.
    pub fn is_here(&self, id: SignalId) -> bool {
        self.here.contains_key(&id)
    }

    /// A signal has its outcome.
    pub fn settle(&mut self, id: SignalId) {
        self.here.remove(&id);
        self.turns.retain(|_, waiting| *waiting != id);
    }

    /// What the gateway tells: a signal with its outcome, or of a condition that is gone or has
    /// begun another life, has no turn to wait for any more.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Settled { id, outcome } if !matches!(outcome, Outcome::Waits { .. }) => {
                self.settle(*id);
            }
            Event::ConditionDropped { id } => self.forget(|it| it.condition == *id),
            Event::Condition(row) => {
                let (id, life) = (row.condition.terms.id, row.condition.progress.generation);
                self.forget(|it| it.condition == id && it.generation != life);
            }
            _ => (),
        }
    }

    fn forget(&mut self, is_gone: impl Fn(&SignalId) -> bool) {
        self.here.retain(|id, _| !is_gone(id));
        self.turns.retain(|_, id| !is_gone(id));
    }

    /// What can be done next.
    pub fn next(&self) -> Step {
        let limit = if self.is_held { self.reported } else { self.published };
        match self.turns.first_key_value() {
            Some(((tick, ..), id)) if *tick <= self.clock => {
                if self.here.contains_key(id) {
                    Step::Signal(*id)
                } else {
                    Step::Wait
                }
            }
            Some(((tick, ..), _)) if self.clock < limit.min(*tick) => Step::Tick,
            None if self.clock < limit => Step::Tick,
            _ => Step::Wait,
        }
    }

    /// Moves the venue's clock to the next tick. The book goes with it: only the venue needs it.
    pub fn step(&mut self) -> Option<(Tick, Option<Box<Book>>)> {
        let next = self.clock + 1;
        let at = usize::try_from(next.checked_sub(self.oldest)?).ok()?;
        let moment = self.kept.get_mut(at)?;
        self.clock = next;
        Some((moment.tick, moment.book.take()))
    }
}

fn turn(signal: &Signal) -> Turn {
    (signal.tick, signal.created, signal.id.kind)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use aftm_domain::condition::{Condition, Terms};
    use aftm_domain::{ConditionId, ExchangeTime, Price, Quantity, Side, Stamp};

    use super::*;
    use crate::wire::request::ConditionRow;

    /// A held pace at its third tick, each of them reported.
    fn held() -> Pace {
        let mut pace = Pace::new(true);
        for _ in 0..3 {
            let tick = Tick {
                sequence: 0,
                item: "TXFH1".parse().unwrap(),
                price: Price::from_units(100).unwrap(),
                quantity: Quantity::ONE,
                time: ExchangeTime::default(),
                received: Stamp(0),
            };
            pace.publish(Moment { tick, book: None, is_auction: false });
        }
        pace.report(3);
        pace
    }

    fn signal(condition: &str, generation: u32, tick: u64) -> Signal {
        let condition = condition.parse().unwrap();
        Signal {
            id: SignalId { condition, generation, kind: SignalKind::Entry },
            created: 1,
            item: "TXFH1".parse().unwrap(),
            account: None,
            side: Side::Buy,
            quantity: Quantity::ONE,
            price: Price::from_units(100).unwrap(),
            trigger: Price::from_units(100).unwrap(),
            tick,
            time: ExchangeTime::default(),
            reason: None,
        }
    }

    fn row(id: &str, generation: u32) -> Event {
        let terms = Terms {
            id: id.parse::<ConditionId>().unwrap(),
            item: "TXFH1".parse().unwrap(),
            action: Side::Buy,
            trigger: Price::from_units(100).unwrap(),
            turning: Price::ZERO,
            quantity: Quantity::ONE,
            take_profit: None,
            stop_loss: None,
            following: false,
            account: None,
        };
        let condition = Condition::new(terms, generation, 0);
        let (open, entry, exit) = (Quantity::ZERO, None, None);
        Event::Condition(Box::new(ConditionRow { created: 1, condition, open, entry, exit }))
    }

    fn run_out(pace: &mut Pace) {
        while pace.next() == Step::Tick {
            pace.step().unwrap();
        }
    }

    #[test]
    fn a_held_clock_goes_on_when_the_condition_of_an_awaited_signal_is_dropped() {
        let mut pace = held();
        pace.expect(&signal("a", 1, 2));
        run_out(&mut pace);
        assert_eq!((pace.clock(), pace.next()), (2, Step::Wait));
        pace.hear(&Event::ConditionDropped { id: "b".parse().unwrap() });
        assert_eq!(pace.next(), Step::Wait);
        pace.hear(&Event::ConditionDropped { id: "a".parse().unwrap() });
        run_out(&mut pace);
        assert!(pace.is_level());
    }

    #[test]
    fn a_held_clock_goes_on_when_the_condition_of_an_awaited_signal_is_edited() {
        let mut pace = held();
        pace.expect(&signal("a", 1, 2));
        run_out(&mut pace);
        // The same life is awaited as before.
        pace.hear(&row("a", 1));
        assert_eq!(pace.next(), Step::Wait);
        pace.hear(&row("a", 2));
        run_out(&mut pace);
        assert!(pace.is_level());
    }

    #[test]
    fn an_order_that_came_early_is_not_here_any_more_when_its_condition_is_gone() {
        let mut pace = held();
        let (first, second) = (signal("a", 1, 2), signal("b", 1, 3));
        pace.expect(&first);
        assert!(!pace.arrive(&second));
        assert!(pace.is_here(second.id) && !pace.is_here(first.id));
        pace.hear(&Event::ConditionDropped { id: "b".parse().unwrap() });
        assert!(!pace.is_here(second.id));
        pace.settle(first.id);
        run_out(&mut pace);
        assert!(pace.is_level());
    }
}
