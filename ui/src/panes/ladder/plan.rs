//! Which row and which column of the ladder is what.

use ratatui::layout::Rect;

use crate::panes::ink::cells;
use crate::view::{Nano, Quote, nano};

/// Rows inside the border from which on the keys are named.
const HINTS_FROM: u16 = 18;
/// Rows in which the keys are named, their rule included.
const HINTS: u16 = 5;

/// The rows inside the border, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Names of the columns.
    pub(super) head: u16,
    /// Prices.
    pub(super) prices: u16,
    /// A rule and the keys.
    pub(super) hints: u16,
    /// That orders are refused because the product is not known.
    pub(super) warning: u16,
    /// The position.
    pub(super) foot: u16,
}

impl Plan {
    /// The rows of an area inside a border.
    pub(super) fn of(inside: Rect, quote: Option<&Quote>) -> Plan {
        let height = inside.height;
        let warns = quote.is_some_and(|it| it.ticks.is_empty());
        let warning = u16::from(warns && height >= 2);
        let head = u16::from(height >= 4);
        let foot = u16::from(height >= 3);
        let hints = if height >= HINTS_FROM { HINTS } else { 0 };
        let prices = height.saturating_sub(head + foot + hints + warning);
        Plan { head, prices, hints, warning, foot }
    }
}

/// The columns inside the border: own orders, sizes and prices, the same widths on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// First column and width of own buy orders.
    pub(super) buys: (u16, u16),
    /// Of bid sizes.
    pub(super) bids: (u16, u16),
    /// Of prices, with the signs around them.
    pub(super) prices: (u16, u16),
    /// Of ask sizes.
    pub(super) asks: (u16, u16),
    /// Of own sell orders.
    pub(super) sells: (u16, u16),
    /// Cells on each side of the digits for the signs.
    pub(super) signs: u16,
}

impl Columns {
    /// The columns of a window of prices in so many cells.
    pub(super) fn of(width: u16, window: &[Nano], decimals: u8) -> Columns {
        let ends = [window.first(), window.last()];
        let digits = ends.into_iter().flatten().map(|it| cells(&nano(*it, decimals))).max();
        let digits = digits.unwrap_or(6).min(width);
        let signs = (width.saturating_sub(digits + 6) / 2).min(2);
        let price = digits + 2 * signs;
        let side = width.saturating_sub(price) / 2;
        let own = match side {
            12.. => 6,
            9.. => side - 6,
            7.. => 3,
            _ => 0,
        };
        let size = side - own;
        let from = side + (width.saturating_sub(price) % 2);
        Columns {
            buys: (from - side, own),
            bids: (from - size, size),
            prices: (from, price),
            asks: (from + price, size),
            sells: (from + price + size, own),
            signs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::whole;

    #[test]
    fn the_columns_fill_every_width_without_touching() {
        for width in 0..=200 {
            for price in [5, 17_300, 123_456_789] {
                let columns = Columns::of(width, &[whole(price)], 2);
                let Columns { buys, bids, prices, asks, sells, .. } = columns;
                for (left, right) in [(buys, bids), (bids, prices), (prices, asks), (asks, sells)] {
                    assert_eq!(left.0 + left.1, right.0, "{columns:?} in {width}");
                }
                assert!(sells.0 + sells.1 <= width, "{columns:?} in {width}");
            }
        }
    }

    #[test]
    fn the_rows_fill_every_height() {
        for height in 0..=120 {
            for quote in [None, Some(&Quote::default())] {
                let plan = Plan::of(Rect::new(0, 0, 30, height), quote);
                let Plan { head, prices, hints, warning, foot } = plan;
                assert_eq!(head + prices + hints + warning + foot, height);
                assert!(height == 0 || prices > 0, "{plan:?}");
            }
        }
    }
}
