//! What a tick costs in the strategy, with few conditions and with very many.

use aftm_domain::condition::{Condition, Terms};
use aftm_domain::{Code, ExchangeTime, Price, Quantity, Side, Stamp, Tick};
use anyhow::{Context as _, Result, ensure};

use super::figures::{Comparison, Durations, Row};
use crate::entry::clock;
use crate::strategy::Machine;

/// Conditions on the two sides of the comparison.
const FEW: u32 = 10;
const MANY: u32 = 100_000;
/// Samples in a block.
const SAMPLES: usize = 1_000;
/// Different ticks, given in turn in each sample.
const TICKS: u32 = 1_000;
/// The largest ratio that is good enough.
const GOAL: f64 = 3.0;

/// Measures ticks that reach no condition.
pub(super) fn measure(pairs: usize) -> Result<Vec<Row>> {
    let row = |items: u32, name: &str| -> Result<Row> {
        let (mut few, mut many) = (Idle::new(FEW, 1)?, Idle::new(MANY, items)?);
        let comparison =
            Comparison::run(pairs, &mut |durations| few.block(durations), &mut |durations| {
                many.block(durations)
            })?;
        Ok(comparison.row(name, GOAL))
    };
    Ok(vec![row(1, "1,000 ticks, 100,000 conditions")?, row(100, "the same over 100 items")?])
}

/// A strategy, and ticks between the levels of its conditions.
struct Idle {
    machine: Machine,
    ticks: Vec<Tick>,
    sequence: u64,
}

impl Idle {
    fn new(conditions: u32, items: u32) -> Result<Idle> {
        let mut machine = Machine::default();
        for number in 0..conditions {
            let condition = Condition::new(terms(number, item(number % items)?)?, 1, 0);
            machine.put(u64::from(number), condition);
        }
        let tick = |number: u32| -> Result<Tick> {
            Ok(Tick {
                sequence: 0,
                item: item(number % items)?,
                price: points(17_000 + i64::from(number * 7 % 100))?,
                quantity: Quantity::ONE,
                time: ExchangeTime::default(),
                received: Stamp(0),
            })
        };
        let ticks = (0..TICKS).map(tick).collect::<Result<_>>()?;
        Ok(Idle { machine, ticks, sequence: 0 })
    }

    /// Appends what a thousand ticks take.
    fn block(&mut self, durations: &mut Durations) -> Result<()> {
        let mut signals = Vec::new();
        for _ in 0..SAMPLES {
            let start = clock::now();
            for tick in &mut self.ticks {
                self.sequence += 1;
                tick.sequence = self.sequence;
                self.machine.tick(std::hint::black_box(tick), &mut signals);
            }
            durations.push(clock::now().since(start));
        }
        ensure!(signals.is_empty(), "a condition that should be idle was not");
        Ok(())
    }
}

fn item(number: u32) -> Result<Code> {
    Ok(format!("I{number:03}").parse()?)
}

fn points(units: i64) -> Result<Price> {
    Price::from_units(units).context("a price of the bench is out of range")
}

/// Buys far below the ticks and sells far above them, at a thousand different prices each.
fn terms(number: u32, item: Code) -> Result<Terms> {
    let is_buy = number.is_multiple_of(2);
    let distance = 1_000 + i64::from(number / 2 % 1_000);
    Ok(Terms {
        id: format!("c{number}").parse()?,
        item,
        action: if is_buy { Side::Buy } else { Side::Sell },
        trigger: points(if is_buy { 17_000 - distance } else { 17_100 + distance })?,
        turning: points(15)?,
        quantity: Quantity::ONE,
        take_profit: Some(points(90)?),
        stop_loss: Some(points(30)?),
        following: number.is_multiple_of(3),
        account: None,
    })
}
