//! Many conditions over many items, indexed by the next price at which each reacts.

use std::collections::BTreeSet;

use aftm_domain::condition::{Condition, Reach, Reaction, State};
use aftm_domain::{Code, ConditionId, Price, SignalKind, Tick};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::wire::Signal;
use crate::wire::request::Moved;

/// A condition in its place. Places rise with creation, so that sorting places sorts by creation.
struct Slot {
    created: u64,
    condition: Condition,
    is_moved: bool,
    is_gone: bool,
}

/// Where the conditions of one item react next. A tick between the two nearest prices costs two
/// comparisons, however many conditions there are.
#[derive(Default)]
struct Watch {
    down: BTreeSet<(Price, u32)>,
    up: BTreeSet<(Price, u32)>,
}

impl Watch {
    fn change(&mut self, place: u32, condition: &Condition, is_watched: bool) {
        for reach in condition.reaches().into_iter().flatten() {
            let (set, price) = match reach {
                Reach::Down(price) => (&mut self.down, price),
                Reach::Up(price) => (&mut self.up, price),
            };
            if is_watched {
                set.insert((price, place));
            } else {
                set.remove(&(price, place));
            }
        }
    }

    /// The places that react at a price, in the order of creation.
    fn hits(&self, price: Price, hits: &mut Vec<u32>) {
        hits.clear();
        hits.extend(self.down.range((price, 0)..).map(|(_, place)| *place));
        hits.extend(self.up.range(..=(price, u32::MAX)).map(|(_, place)| *place));
        hits.sort_unstable();
        hits.dedup();
    }

    fn is_idle_at(&self, price: Price) -> bool {
        self.down.last().is_none_or(|(level, _)| *level < price)
            && self.up.first().is_none_or(|(level, _)| *level > price)
    }
}

/// Trades of an item that are seen without a gap before its conditions may enter again.
pub(super) const FRESH_TICKS: u32 = 3;

/// Ticks were lost: where the market went meanwhile nobody knows.
struct Gap {
    /// The last tick that is not fresh: it was kept, and seen late.
    through: u64,
    /// Fresh trades of each item so far.
    fresh: FxHashMap<Code, u32>,
}

/// The conditions, and where each stands. A pure function of ticks and of gaps among them.
#[derive(Default)]
pub struct Machine {
    slots: Vec<Slot>,
    places: FxHashMap<ConditionId, u32>,
    watches: FxHashMap<Code, Watch>,
    moved: Vec<u32>,
    hits: Vec<u32>,
    gap: Option<Gap>,
}

impl Machine {
    /// Ticks were lost. Conditions without a position see none, and so enter nothing, before some
    /// fresh ones of their item have come; those with one are followed as ever.
    pub fn lose_ticks(&mut self) {
        self.gap = Some(Gap { through: u64::MAX, fresh: FxHashMap::default() });
    }

    /// What was kept has been seen: what comes after this tick is fresh.
    pub fn catch_up(&mut self, through: u64) {
        if let Some(gap) = self.gap.as_mut().filter(|it| it.through == u64::MAX) {
            gap.through = through;
        }
    }

    /// Whether conditions of the tick's item may enter, as far as gaps are concerned.
    fn may_enter(&mut self, tick: &Tick) -> bool {
        let Some(gap) = &mut self.gap else { return true };
        if tick.sequence <= gap.through {
            return false;
        }
        let seen = gap.fresh.entry(tick.item).or_default();
        *seen += 1;
        if *seen <= FRESH_TICKS {
            return false;
        }
        let is_fresh = |it: &Code| gap.fresh.get(it).is_some_and(|it| *it > FRESH_TICKS);
        if self.watches.keys().all(is_fresh) {
            self.gap = None;
        }
        true
    }

    /// Puts a condition in, in the order of creation, or changes the one of that place: what was
    /// said of it is taken over, but where it stands is known here first.
    pub fn put(&mut self, created: u64, condition: Condition) {
        let id = condition.terms.id;
        let known = self.slot_of(id).filter(|slot| slot.created == created);
        if let Some(progress) = known.map(|slot| slot.condition.progress)
            && let Some(place) = self.places.get(&id).copied()
        {
            self.replace(place, Condition { progress, ..condition });
            return;
        }
        self.drop(id);
        let Ok(place) = u32::try_from(self.slots.len()) else { return };
        self.slots.push(Slot { created, condition, is_moved: false, is_gone: false });
        self.places.insert(id, place);
        self.watch(place, &condition, true);
    }

    fn replace(&mut self, place: u32, condition: Condition) {
        let Some(slot) = self.slot_at(place) else { return };
        let before = std::mem::replace(&mut slot.condition, condition);
        self.watch(place, &before, false);
        self.watch(place, &condition, true);
    }

    /// Takes a condition out.
    pub fn drop(&mut self, id: ConditionId) {
        let Some(place) = self.places.remove(&id) else { return };
        let Some(slot) = self.slot_at(place) else { return };
        slot.is_gone = true;
        let condition = slot.condition;
        self.watch(place, &condition, false);
    }

    /// Takes out every condition that is not among these.
    pub fn keep_only(&mut self, ids: &FxHashSet<ConditionId>) {
        let gone = self.places.keys().filter(|id| !ids.contains(id)).copied();
        gone.collect::<Vec<_>>().into_iter().for_each(|id| self.drop(id));
    }

    /// Where a condition stands.
    pub fn condition(&self, id: ConditionId) -> Option<&Condition> {
        self.slot_of(id).map(|it| &it.condition)
    }

    fn slot_of(&self, id: ConditionId) -> Option<&Slot> {
        let place = usize::try_from(*self.places.get(&id)?).ok()?;
        self.slots.get(place)
    }

    fn slot_at(&mut self, place: u32) -> Option<&mut Slot> {
        self.slots.get_mut(usize::try_from(place).ok()?)
    }

    fn watch(&mut self, place: u32, condition: &Condition, is_watched: bool) {
        let watch = self.watches.entry(condition.terms.item).or_default();
        watch.change(place, condition, is_watched);
    }

    /// One tick: appends the signals it gives, in the order in which their conditions were created.
    pub fn tick(&mut self, tick: &Tick, signals: &mut Vec<Signal>) {
        let may_enter = self.gap.is_none() || self.may_enter(tick);
        let Some(watch) = self.watches.get_mut(&tick.item) else { return };
        if watch.is_idle_at(tick.price) {
            return;
        }
        watch.hits(tick.price, &mut self.hits);
        for place in &self.hits {
            let at = usize::try_from(*place).unwrap_or(usize::MAX);
            let Some(slot) = self.slots.get_mut(at) else { continue };
            if tick.sequence <= slot.condition.progress.as_of {
                continue;
            }
            if !may_enter && slot.condition.progress.state != State::Entered {
                continue;
            }
            watch.change(*place, &slot.condition, false);
            let reaction = slot.condition.tick(tick.price);
            slot.condition.progress.as_of = tick.sequence;
            watch.change(*place, &slot.condition, true);
            if !slot.is_moved {
                slot.is_moved = true;
                self.moved.push(*place);
            }
            signals.extend(signal(slot.created, &slot.condition, reaction, tick));
        }
    }

    /// Takes out what moved since the last call, for the report.
    pub fn moved(&mut self, moved: &mut Vec<Moved>) {
        for place in self.moved.drain(..) {
            let at = usize::try_from(place).unwrap_or(usize::MAX);
            let Some(slot) = self.slots.get_mut(at) else { continue };
            slot.is_moved = false;
            if !slot.is_gone {
                let Condition { terms, progress, .. } = slot.condition;
                moved.push(Moved { id: terms.id, progress });
            }
        }
    }

    /// Whether anything moved since the last report.
    pub fn has_moved(&self) -> bool {
        !self.moved.is_empty()
    }
}

fn signal(created: u64, condition: &Condition, reaction: Reaction, tick: &Tick) -> Option<Signal> {
    let (kind, reason) = match reaction {
        Reaction::None | Reaction::Moved => return None,
        Reaction::Enters => (SignalKind::Entry, None),
        Reaction::Leaves(reason) => (SignalKind::Exit, Some(reason)),
    };
    Some(Signal {
        id: condition.signal(kind),
        created,
        item: condition.terms.item,
        account: condition.terms.account,
        side: condition.side(kind),
        quantity: condition.terms.quantity,
        price: tick.price,
        trigger: condition.progress.trigger,
        tick: tick.sequence,
        time: tick.time,
        reason,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use aftm_domain::condition::Terms;
    use aftm_domain::{ExchangeTime, Quantity, Side, Stamp};

    use super::*;

    struct Roll(u64);

    impl Roll {
        fn below(&mut self, bound: u64) -> i64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            i64::try_from(self.0 % bound).unwrap()
        }
    }

    fn tick(sequence: u64, item: &str, points: i64) -> Tick {
        Tick {
            sequence,
            item: item.parse().unwrap(),
            price: Price::from_units(points).unwrap(),
            quantity: Quantity::ONE,
            time: ExchangeTime::default(),
            received: Stamp(0),
        }
    }

    fn random_condition(roll: &mut Roll, number: u64) -> Condition {
        let points = |count: i64| Price::from_units(count).unwrap();
        let item = if roll.below(2) == 0 { "TXFH1" } else { "MXFH1" };
        let terms = Terms {
            id: format!("c{number}").parse().unwrap(),
            item: item.parse().unwrap(),
            action: if roll.below(2) == 0 { Side::Buy } else { Side::Sell },
            trigger: points(90 + roll.below(20)),
            turning: points(roll.below(5)),
            quantity: Quantity::ONE,
            take_profit: (roll.below(5) > 0).then(|| points(1 + roll.below(8))),
            stop_loss: (roll.below(5) > 0).then(|| points(1 + roll.below(8))),
            following: roll.below(2) == 0,
            account: None,
        };
        Condition::new(terms, 1, 0)
    }

    /// The index must give what a plain scan over all conditions gives, tick by tick.
    #[test]
    fn the_index_equals_a_plain_scan() {
        for seed in 1..=200 {
            let mut roll = Roll(u64::wrapping_mul(seed, 0x9E37_79B9_7F4A_7C15));
            let mut scan: Vec<Condition> =
                (0..30).map(|number| random_condition(&mut roll, number)).collect();
            let mut machine = Machine::default();
            for (created, condition) in (0..).zip(&scan) {
                machine.put(created, *condition);
            }
            let mut price = 100;
            for sequence in 1..=300 {
                price += roll.below(5) - 2;
                let item = if roll.below(2) == 0 { "TXFH1" } else { "MXFH1" };
                let tick = tick(sequence, item, price);
                let mut expected = Vec::new();
                for (created, condition) in (0..).zip(&mut scan) {
                    if condition.terms.item == tick.item {
                        let reaction = condition.tick(tick.price);
                        expected.extend(signal(created, condition, reaction, &tick));
                    }
                }
                let mut given = Vec::new();
                machine.tick(&tick, &mut given);
                assert_eq!(given, expected, "seed {seed}, tick {sequence}");
            }
        }
    }

    /// A condition that enters on a trade at 90 and then one at 100, and one that has entered.
    fn gapped() -> Machine {
        let mut machine = Machine::default();
        let points = |count: i64| Price::from_units(count).unwrap();
        for (created, state) in [(1, State::Waiting), (2, State::Entered)] {
            let mut condition = random_condition(&mut Roll(7), created);
            condition.terms.item = "TXFH1".parse().unwrap();
            (condition.terms.action, condition.terms.turning) = (Side::Buy, points(5));
            condition.terms.take_profit = Some(points(8));
            condition.terms.stop_loss = Some(points(8));
            condition.terms.following = false;
            condition.progress.trigger = points(90);
            if state == State::Entered {
                condition.tick(points(90));
                condition.tick(points(100));
                assert_eq!(condition.progress.state, State::Entered);
            }
            machine.put(created, condition);
        }
        machine
    }

    #[test]
    fn f20_after_a_gap_conditions_enter_only_after_fresh_ticks_of_their_item() {
        let mut machine = gapped();
        machine.lose_ticks();
        let mut kinds = |ticks: &[(u64, &str, i64)]| {
            let mut given = Vec::new();
            for (sequence, item, points) in ticks {
                machine.tick(&tick(*sequence, item, *points), &mut given);
            }
            machine.catch_up(102);
            given.iter().map(|it| it.id.kind).collect::<Vec<_>>()
        };
        // What was kept and is seen late, fresh trades of another item, and the first of its own.
        assert_eq!(kinds(&[(101, "TXFH1", 90), (102, "TXFH1", 95)]), []);
        assert_eq!(kinds(&[(103, "MXFH1", 90), (104, "MXFH1", 90), (105, "MXFH1", 90)]), []);
        assert_eq!(kinds(&[(106, "TXFH1", 90), (107, "TXFH1", 95), (108, "TXFH1", 90)]), []);
        // What is held is closed all the while; from here on it may enter.
        assert_eq!(kinds(&[(109, "TXFH1", 90), (110, "TXFH1", 95)]), [SignalKind::Entry]);
        let mut machine = gapped();
        machine.lose_ticks();
        let mut given = Vec::new();
        machine.tick(&tick(101, "TXFH1", 120), &mut given);
        assert_eq!(given.iter().map(|it| it.id.kind).collect::<Vec<_>>(), [SignalKind::Exit]);
    }

    #[test]
    fn ticks_that_were_seen_before_do_nothing() {
        let mut machine = Machine::default();
        let mut condition = random_condition(&mut Roll(7), 1);
        condition.terms.item = "TXFH1".parse().unwrap();
        condition.terms.action = Side::Buy;
        condition.progress.trigger = Price::from_units(100).unwrap();
        condition.progress.as_of = 10;
        machine.put(1, condition);
        machine.tick(&tick(10, "TXFH1", 1), &mut Vec::new());
        assert!(!machine.has_moved());
        machine.tick(&tick(11, "TXFH1", 1), &mut Vec::new());
        assert!(machine.has_moved());
    }

    #[test]
    fn a_tick_of_another_item_touches_nothing() {
        let mut machine = Machine::default();
        let condition = random_condition(&mut Roll(3), 1);
        machine.put(1, condition);
        for price in [1, 1000] {
            machine.tick(&tick(1, "CZFH1", price), &mut Vec::new());
        }
        assert!(!machine.has_moved());
    }

    #[test]
    fn a_dropped_or_paused_condition_is_silent() {
        let mut machine = Machine::default();
        let condition = random_condition(&mut Roll(3), 1);
        machine.put(1, condition);
        machine.put(1, Condition { is_paused: true, ..condition });
        let item = condition.terms.item.to_string();
        for (sequence, price) in [(1, 1), (2, 1000)] {
            machine.tick(&tick(sequence, &item, price), &mut Vec::new());
        }
        assert!(!machine.has_moved());
        machine.put(1, condition);
        machine.drop(condition.terms.id);
        for (sequence, price) in [(3, 1), (4, 1000)] {
            machine.tick(&tick(sequence, &item, price), &mut Vec::new());
        }
        assert!(!machine.has_moved() && machine.condition(condition.terms.id).is_none());
    }

    #[test]
    fn only_the_conditions_that_are_still_there_are_kept() {
        let mut machine = Machine::default();
        let conditions = [1, 2, 3].map(|number| random_condition(&mut Roll(3), number));
        for (created, condition) in (1..).zip(conditions) {
            machine.put(created, condition);
        }
        machine.keep_only(&[conditions[1].terms.id].into_iter().collect());
        let is_there = conditions.map(|it| machine.condition(it.terms.id).is_some());
        assert_eq!(is_there, [false, true, false]);
    }
}
