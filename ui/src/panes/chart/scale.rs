//! Prices as rows, and the prices that the axis names.

use crate::view::{Bar, Nano};

/// A span of prices over rows, each of two halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    low: Nano,
    high: Nano,
    rows: u16,
}

impl Scale {
    /// A scale that shows candles, and prices near them. Flat prices get a few ticks of room.
    pub(super) fn new(candles: &[Bar], near: &[Nano], tick: Nano, rows: u16) -> Option<Scale> {
        let low = candles.iter().map(|it| it.low.min(it.high)).min()?;
        let high = candles.iter().map(|it| it.high.max(it.low)).max()?;
        let room = (high.saturating_sub(low) / 3).max(tick.saturating_mul(4));
        let reach = low.saturating_sub(room)..=high.saturating_add(room);
        let near = || near.iter().copied().filter(|it| reach.contains(it));
        let (low, high) = (near().fold(low, Nano::min), near().fold(high, Nano::max));
        let pad = if low == high { tick.saturating_mul(4) } else { 0 };
        let (low, high) = (low.saturating_sub(pad), high.saturating_add(pad.max(1)));
        (rows > 0).then_some(Scale { low, high, rows })
    }

    /// Halves of rows, from the top.
    fn halves(&self) -> i128 {
        i128::from(self.rows) * 2 - 1
    }

    /// The half row that a price is in, from the top; prices beyond the scale are at its ends.
    pub(super) fn half(&self, price: Nano) -> u16 {
        let price = price.clamp(self.low, self.high);
        let (low, high) = (i128::from(self.low), i128::from(self.high));
        let span = high - low;
        let half = ((high - i128::from(price)) * self.halves() * 2 + span) / (span * 2);
        u16::try_from(half).unwrap_or(0).min(self.rows.saturating_mul(2).saturating_sub(1))
    }

    /// The row that a price is in, from the top.
    pub(super) fn row(&self, price: Nano) -> u16 {
        self.half(price) / 2
    }

    /// Whether a price is above the scale, on it or below.
    pub(super) fn side(&self, price: Nano) -> std::cmp::Ordering {
        if price > self.high {
            std::cmp::Ordering::Greater
        } else if price < self.low {
            std::cmp::Ordering::Less
        } else {
            std::cmp::Ordering::Equal
        }
    }

    /// Round prices on the grid of ticks for the axis, highest first, at least three rows apart.
    pub(super) fn ticks(&self, tick: Nano) -> Vec<Nano> {
        let (low, high) = (i128::from(self.low), i128::from(self.high));
        let step = self.step(i128::from(tick.max(1)));
        let first = low + (step - low.rem_euclid(step)) % step;
        let steps = (high - first).max(-1) / step;
        // The step leaves a row in three, so that this is bounded by the rows.
        let prices = (0..=steps).rev().map(|it| first + it * step).filter(|it| *it <= high);
        prices.filter_map(|it| Nano::try_from(it).ok()).collect()
    }

    /// The smallest 1, 2 or 5 times a power of ten ticks that leaves three rows between labels.
    fn step(&self, tick: i128) -> i128 {
        let span = i128::from(self.high) - i128::from(self.low);
        let needed = span * 6 / self.halves().max(1) + 1;
        let powers = std::iter::successors(Some(tick), |it| Some(it * 10));
        let steps = powers.flat_map(|it| [it, it * 2, it * 5]);
        steps.take(90).find(|it| *it >= needed).unwrap_or(needed)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::view::whole;

    fn bar(low: Nano, high: Nano) -> Bar {
        Bar { low, high, open: low, close: high, ..Bar::default() }
    }

    #[test]
    fn the_axis_names_round_prices_on_the_grid() {
        let scale = Scale::new(&[bar(whole(17_270), whole(17_322))], &[], whole(1), 15).unwrap();
        let names: Vec<_> = scale.ticks(whole(1)).iter().map(|it| it / whole(1)).collect();
        assert_eq!(names, [17_320, 17_300, 17_280]);
        let tick = 50_000_000;
        let scale = Scale::new(&[bar(whole(831), whole(832))], &[], tick, 15).unwrap();
        let names: Vec<_> = scale.ticks(tick).iter().map(|it| it / 10_000_000).collect();
        assert_eq!(names, [83_200, 83_175, 83_150, 83_125, 83_100]);
    }

    #[test]
    fn prices_near_the_candles_are_on_the_scale_and_far_ones_beyond_it() {
        use std::cmp::Ordering::{Equal, Greater, Less};

        let near = [whole(95), whole(60), whole(500)];
        let scale = Scale::new(&[bar(whole(100), whole(130))], &near, whole(1), 10).unwrap();
        let sides = [95, 130, 94, 500].map(|it| scale.side(whole(it)));
        assert_eq!(sides, [Equal, Equal, Less, Greater]);
    }

    #[test]
    fn flat_prices_are_in_the_middle() {
        let scale = Scale::new(&[bar(whole(100), whole(100))], &[], whole(1), 11).unwrap();
        assert_eq!(scale.row(whole(100)), 5);
        assert_eq!(Scale::new(&[], &[], whole(1), 11), None);
        assert_eq!(Scale::new(&[bar(0, 0)], &[], 0, 0), None);
    }

    proptest! {
        #[test]
        fn higher_prices_are_never_lower_and_all_are_within_the_rows(
            prices in proptest::collection::vec(any::<i64>(), 2..20),
            small in proptest::collection::vec(-5_i64..5, 2..20),
            tick in 0_i64..=whole(5),
            rows in 1_u16..=120,
        ) {
            for mut prices in [prices, small.iter().map(|it| whole(*it)).collect()] {
                prices.sort_unstable();
                let candles = [bar(prices[0], prices[1])];
                let scale = Scale::new(&candles, &prices, tick, rows).unwrap();
                for pair in prices.windows(2) {
                    prop_assert!(scale.half(pair[0]) >= scale.half(pair[1]));
                    prop_assert!(scale.row(pair[0]) < rows && scale.row(pair[1]) < rows);
                }
                let ticks = scale.ticks(tick);
                prop_assert!(ticks.len() <= usize::from(rows) / 3 + 1, "{} in {rows}", ticks.len());
                for pair in ticks.windows(2) {
                    prop_assert!(scale.row(pair[1]) >= scale.row(pair[0]) + 2);
                    prop_assert_eq!(pair[0].rem_euclid(tick.max(1)), 0);
                }
            }
        }
    }
}
