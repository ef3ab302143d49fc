//! How long orders take to the gateway and back.

use std::collections::VecDeque;

/// Orders that are remembered.
const KEPT: usize = 1_000;

/// The round trips of the last 1,000 orders.
#[derive(Clone, Debug, Default)]
pub struct Trips {
    /// In nanoseconds, oldest first.
    kept: VecDeque<i64>,
}

impl Trips {
    /// An order was answered after so many nanoseconds.
    pub fn add(&mut self, nanoseconds: i64) {
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(nanoseconds.max(0));
    }

    /// The time within which so many thousandths of the orders were answered, in microseconds,
    /// rounded up; `None` before the first.
    pub fn within_us(&self, permille: usize) -> Option<u64> {
        let mut sorted: Vec<i64> = self.kept.iter().copied().collect();
        sorted.sort_unstable();
        let rank = (sorted.len() * permille).div_ceil(1_000).saturating_sub(1);
        let nanoseconds = u64::try_from(*sorted.get(rank)?).unwrap_or(0);
        Some(nanoseconds.div_ceil(1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_and_nearly_all_of_the_last_thousand_are_told() {
        let mut trips = Trips::default();
        assert_eq!(trips.within_us(500), None);
        trips.add(7_000);
        assert_eq!((trips.within_us(500), trips.within_us(990)), (Some(7), Some(7)));
        (1..=2_000).for_each(|it| trips.add(it * 1_000));
        assert_eq!((trips.within_us(500), trips.within_us(990)), (Some(1_500), Some(1_990)));
    }
}
