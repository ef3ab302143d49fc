//! The prices that an item can have.

use crate::view::{Nano, Quote};

/// The steps in which an item's price moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid<'quote> {
    quote: &'quote Quote,
    /// The step where the product is not known: one of its last decimal.
    unknown: Nano,
}

impl<'quote> Grid<'quote> {
    pub(super) fn of(quote: &'quote Quote) -> Grid<'quote> {
        let unknown = 10_i64.pow(9 - u32::from(quote.decimals.min(9)));
        Grid { quote, unknown }
    }

    /// The step at a price, above zero.
    pub(super) fn step(&self, price: Nano) -> Nano {
        self.quote.tick_at(price).unwrap_or(self.unknown).max(1)
    }

    /// The highest price of the grid that is not above this one.
    pub(super) fn floor(&self, price: Nano) -> Nano {
        price.saturating_sub(price.rem_euclid(self.step(price)))
    }

    /// The next price.
    pub(super) fn up(&self, price: Nano) -> Nano {
        price.saturating_add(self.step(price))
    }

    /// The price before. Below the lower edge of a band, prices move in steps of the band below.
    pub(super) fn down(&self, price: Nano) -> Nano {
        price.saturating_sub(self.step(price.saturating_sub(1)))
    }

    /// The price so many steps above, below where negative.
    pub(super) fn moved(&self, price: Nano, steps: i32) -> Nano {
        let step = |it, _| if steps > 0 { self.up(it) } else { self.down(it) };
        (0..steps.unsigned_abs()).fold(price, step)
    }

    /// So many prices around a center, highest first.
    pub(super) fn window(&self, center: Nano, rows: u16) -> Vec<Nano> {
        let top = self.moved(self.floor(center), i32::from(rows / 2));
        std::iter::successors(Some(top), |it| Some(self.down(*it))).take(rows.into()).collect()
    }
}

/// The row of a window that a price belongs to: its own, or the next below it.
pub(super) fn row_of(window: &[Nano], price: Nano, grid: &Grid<'_>) -> Option<usize> {
    let top = *window.first()?;
    let row = window.partition_point(|it| *it > price);
    (row < window.len() && price < grid.up(top)).then_some(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{TickBand, parse_nano, whole};

    fn stock() -> Quote {
        let band = |from, step| TickBand { from: whole(from), step: parse_nano(step).unwrap() };
        let ticks = vec![band(0, "0.01"), band(100, "0.5"), band(500, "1"), band(1_000, "5")];
        Quote { ticks, decimals: 2, ..Quote::default() }
    }

    #[test]
    fn rows_step_by_the_tick_of_their_band() {
        let quote = stock();
        let grid = Grid::of(&quote);
        let window = grid.window(whole(1_000), 7);
        let texts: Vec<_> = window.iter().map(|it| it / whole(1)).collect();
        assert_eq!(texts, [1_015, 1_010, 1_005, 1_000, 999, 998, 997]);
        assert_eq!(grid.floor(whole(1_004)), whole(1_000));
        assert_eq!(row_of(&window, whole(1_004), &grid), Some(3));
        assert_eq!(row_of(&window, whole(1_019), &grid), Some(0));
        assert_eq!(row_of(&window, whole(1_020), &grid), None);
        assert_eq!(row_of(&window, whole(996), &grid), None);
    }

    #[test]
    fn up_and_down_are_each_others_way_back() {
        let quote = stock();
        let grid = Grid::of(&quote);
        let mut price = parse_nano("99.98").unwrap();
        for _ in 0..2_000 {
            assert_eq!(grid.down(grid.up(price)), price);
            price = grid.up(price);
        }
    }

    #[test]
    fn an_unknown_product_steps_by_its_last_decimal_and_nothing_overflows() {
        let quote = Quote { decimals: 1, ..Quote::default() };
        assert_eq!(Grid::of(&quote).up(whole(5)), parse_nano("5.1").unwrap());
        let broken = Quote { ticks: vec![TickBand { from: 0, step: -5 }], ..Quote::default() };
        for quote in [&quote, &broken] {
            for price in [i64::MIN, i64::MAX, 0] {
                assert_eq!(Grid::of(quote).window(price, 40).len(), 40);
            }
        }
    }
}
