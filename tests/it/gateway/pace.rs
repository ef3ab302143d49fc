//! When the venue's clock moves.

use aftm::gateway::pace::{AHEAD_MAX, KEPT_MAX, Pace, Step};
use aftm_domain::tick::Moment;

use super::*;

fn moment() -> Moment {
    let time = ExchangeTime { at: MORNING, offset: 0 };
    let (price, quantity) = (points(17_300), lots(1));
    let tick = Tick { sequence: 0, item: id(ITEM), price, quantity, time, received: MORNING };
    Moment { tick, book: None, is_auction: false }
}

fn publish(pace: &mut Pace, count: u64) {
    for _ in 0..count {
        pace.publish(moment());
    }
}

/// The signal of a condition at a tick; its place in the order of creation is its number.
fn signal(created: u64, tick: u64, kind: SignalKind) -> Signal {
    let time = ExchangeTime { at: MORNING, offset: 0 };
    Signal {
        id: SignalId { condition: id(&format!("c{created}")), generation: 1, kind },
        created,
        item: id(ITEM),
        account: None,
        side: Side::Buy,
        quantity: lots(1),
        price: points(17_300),
        trigger: points(17_300),
        tick,
        time,
        reason: None,
    }
}

fn step_to(pace: &mut Pace, tick: u64) {
    while pace.clock() < tick {
        assert_eq!(pace.next(), Step::Tick);
        assert_eq!(pace.step().unwrap().0.sequence, pace.clock());
    }
}

#[test]
fn a_recorded_feed_waits_for_the_strategy() {
    let mut pace = Pace::new(true);
    publish(&mut pace, 10);
    assert_eq!(pace.next(), Step::Wait);
    pace.report(4);
    step_to(&mut pace, 4);
    assert_eq!(pace.next(), Step::Wait);
    // Nobody can have handled what was not published.
    pace.report(99);
    step_to(&mut pace, 10);
    assert!(pace.is_level());
}

#[test]
fn a_live_feed_waits_for_nobody() {
    let mut pace = Pace::new(false);
    publish(&mut pace, 10);
    pace.expect(&signal(1, 3, SignalKind::Entry));
    step_to(&mut pace, 10);
    assert!(pace.arrive(&signal(1, 3, SignalKind::Entry)) && pace.is_level());
}

#[test]
fn signals_have_their_turn_by_tick_and_then_by_creation() {
    let mut pace = Pace::new(true);
    publish(&mut pace, 10);
    let (entry, exit) = (signal(2, 5, SignalKind::Entry), signal(1, 5, SignalKind::Exit));
    let later = signal(3, 7, SignalKind::Entry);
    [entry, exit, later].iter().for_each(|it| pace.expect(it));
    pace.report(10);
    // One that comes before its tick waits for it.
    assert!(!pace.arrive(&later) && !pace.arrive(&entry));
    step_to(&mut pace, 5);
    assert_eq!(pace.next(), Step::Wait, "the clock may not pass a signal without its outcome");
    assert!(pace.arrive(&exit));
    pace.settle(exit.id);
    assert_eq!(pace.next(), Step::Signal(entry.id));
    pace.settle(entry.id);
    step_to(&mut pace, 7);
    assert_eq!(pace.next(), Step::Signal(later.id));
    pace.settle(later.id);
    step_to(&mut pace, 10);
}

/// The executor's order may be here before the strategy's report of the same signal.
#[test]
fn an_order_may_be_ahead_of_its_report() {
    let mut pace = Pace::new(true);
    publish(&mut pace, 5);
    let early = signal(1, 3, SignalKind::Entry);
    assert!(!pace.arrive(&early));
    pace.report(2);
    step_to(&mut pace, 2);
    pace.expect(&early);
    pace.report(5);
    step_to(&mut pace, 3);
    assert_eq!(pace.next(), Step::Signal(early.id));
}

/// A signal that was lost on its way, of a condition that was dropped meanwhile, will never come.
#[test]
fn a_dropped_condition_holds_no_feed_up() {
    let mut pace = Pace::new(true);
    publish(&mut pace, 5);
    pace.expect(&signal(1, 3, SignalKind::Entry));
    pace.report(5);
    step_to(&mut pace, 3);
    assert_eq!(pace.next(), Step::Wait);
    pace.hear(&Event::ConditionDropped { id: id("c1") });
    step_to(&mut pace, 5);
}

#[test]
fn an_outcome_ends_a_turn_and_a_wait_does_not() {
    let mut pace = Pace::new(true);
    publish(&mut pace, 5);
    let exit = signal(1, 3, SignalKind::Exit);
    pace.expect(&exit);
    pace.report(5);
    step_to(&mut pace, 3);
    let settled = |outcome| Event::Settled { id: exit.id, outcome };
    pace.hear(&settled(Outcome::Waits { text: "for its entry".to_owned() }));
    assert_eq!(pace.next(), Step::Wait);
    pace.hear(&settled(Outcome::Nothing { text: "nothing".to_owned() }));
    assert_eq!(pace.next(), Step::Tick);
}

#[test]
fn a_recorded_feed_runs_a_bounded_way_ahead_and_loses_nothing() {
    let mut pace = Pace::new(true);
    publish(&mut pace, AHEAD_MAX);
    assert!(!pace.has_room());
    pace.report(AHEAD_MAX);
    step_to(&mut pace, 1);
    assert!(pace.has_room());
    assert_eq!(pace.oldest(), 1);
    publish(&mut pace, 1);
    assert_eq!(pace.ticks(1).next().map(|it| it.sequence), Some(pace.oldest()));
}

#[test]
fn a_strategy_that_was_away_is_given_what_is_kept() {
    let mut pace = Pace::new(false);
    publish(&mut pace, 100);
    step_to(&mut pace, 100);
    pace.report(40);
    publish(&mut pace, 1);
    assert_eq!(pace.oldest(), 41);
    let ticks: Vec<u64> = pace.ticks(41).map(|it| it.sequence).collect();
    assert_eq!(ticks, (41..=101).collect::<Vec<_>>());
    assert_eq!(pace.ticks(102).count(), 0);
}

#[test]
fn a_live_feed_keeps_a_bounded_ring_and_never_a_tick_less_than_the_venue_needs() {
    let full = u64::try_from(KEPT_MAX).unwrap();
    let mut pace = Pace::new(false);
    publish(&mut pace, full + 10);
    assert_eq!(pace.oldest(), 1, "the venue has not seen it");
    step_to(&mut pace, full + 10);
    publish(&mut pace, 1);
    assert_eq!(pace.oldest(), 12, "the strategy is away, and the ring is full");
    step_to(&mut pace, full + 11);
}

#[test]
fn a_strategy_that_begins_is_given_no_turns_of_the_one_before() {
    let mut pace = Pace::new(true);
    publish(&mut pace, 5);
    pace.expect(&signal(1, 3, SignalKind::Entry));
    pace.restart();
    step_to(&mut pace, 5);
}
