//! From a tick to the call of the venue, through strategy, executor and gateway.

use std::cell::Cell;

use aftm_domain::condition::Terms;
use aftm_domain::{Price, Quantity, Side};
use anyhow::{Context as _, Result};

use super::bare;
use super::figures::{Comparison, Durations, Row};
use super::rig::{self, ITEM, Rig, pause};
use crate::config::{Folders, Settings};
use crate::wire::Request;

/// Conditions that no tick reaches, beside those that act.
const IDLE: usize = 1_000;
/// Conditions that act in a round; each gives an entry and an exit.
const RUNGS: i64 = 250;
/// The price of the lowest entry, in points.
const FLOOR: i64 = 17_000;
/// Events in a block where ticks come back to back.
const DENSE: usize = 500;
/// Events in a block where ticks come as in a calm market.
const SPARSE: usize = 5;
/// The largest ratio that is good enough.
const GOAL: f64 = 2.0;
/// The largest ratio of a chain where each looks whom it speaks to, to one that lets everybody in.
const GUARD_GOAL: f64 = 1.1;

/// Measures both paces.
pub(super) fn measure(pairs: usize, settings: &Settings, folders: &Folders) -> Result<Vec<Row>> {
    let mut script = format!("login demo\nitem add {ITEM}\naccount use SIM-1\n");
    for number in 1..=IDLE {
        script += &format!("condition add buy {ITEM} --trigger {number} --id idle{number}\n");
    }
    script += "start\n";
    let bare_folders = folders.clone();
    rig::with_machine(settings, folders, &script, move |rig| {
        rig.wait_for_children()?;
        let bare = bare::Chain::open(&zmq::Context::new(), &bare_folders)?;
        let mut ladder = Ladder { rig, next: FLOOR, end: FLOOR };
        let dense = Comparison::run(
            pairs,
            &mut |durations| (0..DENSE).try_for_each(|_| bare.event(durations)),
            &mut |durations| (0..DENSE).try_for_each(|_| ladder.event(durations)),
        )?;
        let gaps = Gaps(Cell::new(0x9E37_79B9_7F4A_7C15));
        let sparse = Comparison::run(
            pairs,
            &mut |durations| {
                (0..SPARSE).try_for_each(|_| {
                    gaps.wait();
                    bare.event(durations)
                })
            },
            &mut |durations| {
                (0..SPARSE).try_for_each(|_| {
                    ladder.refill()?;
                    gaps.wait();
                    ladder.event(durations)
                })
            },
        )?;
        let guarded = bare::Chain::guarded(&zmq::Context::new(), &bare_folders)?;
        let guard = Comparison::run(
            pairs,
            &mut |durations| (0..DENSE).try_for_each(|_| bare.event(durations)),
            &mut |durations| (0..DENSE).try_for_each(|_| guarded.event(durations)),
        )?;
        let dense = dense.row("tick to order, back to back", GOAL);
        let sparse = sparse.row("tick to order, 200-400 ms apart", GOAL);
        Ok(vec![dense, sparse, guard.row("the bare chain, guarded", GUARD_GOAL)])
    })
}

/// Conditions whose entries and exits take turns on the way up, so that each tick gives one order
/// and the position is one lot or none.
struct Ladder<'a> {
    rig: &'a mut Rig,
    /// The price of the next tick, in points.
    next: i64,
    /// The first price that gives no order any more.
    end: i64,
}

impl Ladder<'_> {
    /// One tick to one order.
    fn event(&mut self, durations: &mut Durations) -> Result<()> {
        self.refill()?;
        self.rig.tick(points(self.next)?)?;
        self.next += 1;
        durations.push(self.rig.placed()?);
        Ok(())
    }

    /// Where every condition is done: gives each another life, and arms them all by one tick.
    fn refill(&mut self) -> Result<()> {
        if self.next < self.end {
            return Ok(());
        }
        if self.end > FLOOR {
            self.rig.settle()?;
        }
        for rung in 0..RUNGS {
            let terms = terms(rung)?;
            self.rig.ask(Request::AddCondition { terms })?;
        }
        self.rig.tick(points(FLOOR - 1)?)?;
        self.rig.settle()?;
        self.rig.forget_placed();
        (self.next, self.end) = (FLOOR, FLOOR + 2 * RUNGS);
        Ok(())
    }
}

/// Enters at an even price and leaves a point above.
fn terms(rung: i64) -> Result<Terms> {
    Ok(Terms {
        id: format!("c{rung}").parse()?,
        item: ITEM.parse()?,
        action: Side::Buy,
        trigger: points(FLOOR + 2 * rung)?,
        turning: Price::ZERO,
        quantity: Quantity::ONE,
        take_profit: Some(points(1)?),
        stop_loss: None,
        following: false,
        account: None,
    })
}

fn points(units: i64) -> Result<Price> {
    Price::from_units(units).context("a price of the bench is out of range")
}

/// Pauses of 200 to 400 ms, the same in every run.
struct Gaps(Cell<u64>);

impl Gaps {
    fn wait(&self) {
        let mut state = self.0.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.0.set(state);
        pause(200 + state % 200);
    }
}
