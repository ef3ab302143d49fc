//! The way a product's price takes: drift, volatility in bursts, and a pull back to its start.
//!
//! A function of seed, product and time alone. So all contracts of a product, and those on the same
//! index, go the same way without knowing each other, whenever they were added.

use aftm_domain::Stamp;

use super::chance::Chance;

/// How often the way goes on.
const STEP: i64 = 250 * Stamp::MILLISECOND;
/// The furthest from the start, in billionths of it: within a limit of 10 % with room for a book.
const BOUND: i64 = 80_000_000;
/// One part in 2^18 of the distance is pulled back at each step.
const PULL: u32 = 18;
/// The largest drift of a step, in billionths.
const DRIFT: u32 = 2_500;
/// Steps between changes of drift: five minutes in the mean.
const DRIFT_STEPS: u32 = 1_200;
/// Steps between bursts: four minutes in the mean.
const CALM_STEPS: u32 = 960;
/// The longest burst in steps.
const BURST_STEPS: u32 = 160;
/// How much larger the steps of a burst are.
const BURST_FACTOR: i64 = 3;

#[derive(Debug)]
pub(super) struct Path {
    chance: Chance,
    /// Where it has come to in time.
    at: Stamp,
    /// The bound of each of the four numbers that a step is the sum of, in billionths.
    noise: u32,
    /// Billionths of the start price above it.
    position: i64,
    drift: i64,
    burst: u32,
}

impl Path {
    /// Starts at its start price at an instant.
    pub(super) fn new(seed: u64, product: &str, at: Stamp, noise: u32) -> Path {
        let chance = Chance::new(seed, product);
        Path { chance, at, noise, position: 0, drift: 0, burst: 0 }
    }

    /// Goes on to an instant; one that is past changes nothing.
    pub(super) fn advance(&mut self, to: Stamp) {
        for _ in 0..to.since(self.at) / STEP {
            self.step();
            self.at = self.at.after(STEP);
        }
    }

    fn step(&mut self) {
        if self.chance.below(DRIFT_STEPS) == 0 {
            self.drift = self.chance.around(DRIFT);
        }
        match self.burst {
            0 if self.chance.below(CALM_STEPS) == 0 => self.burst = self.chance.below(BURST_STEPS),
            0 => {}
            _ => self.burst -= 1,
        }
        let factor = if self.is_burst() { BURST_FACTOR } else { 1 };
        let noise = self.chance.bell(self.noise) * factor;
        let next = self.position + self.drift + noise - (self.position >> PULL);
        self.position = next.clamp(-BOUND, BOUND);
    }

    /// How far it is above its start, in billionths of it.
    pub(super) const fn position(&self) -> i64 {
        self.position
    }

    /// Whether much happens now.
    pub(super) const fn is_burst(&self) -> bool {
        self.burst > 0
    }
}
