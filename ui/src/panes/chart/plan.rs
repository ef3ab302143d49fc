//! Which part of the chart is what.

use ratatui::layout::Rect;

use crate::panes::ink::cells;
use crate::view::{Quote, nano};

/// Columns from which on bodies are three columns wide.
const WIDE_FROM: u16 = 120;
/// Columns from which on candles stand apart.
const APART_FROM: u16 = 12;

/// The parts inside the border; all are within it, and any may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// The newest candle in words.
    pub(super) legend: Rect,
    /// The names of prices.
    pub(super) axis: Rect,
    /// The candles.
    pub(super) plot: Rect,
    /// The lots.
    pub(super) volume: Rect,
    /// The names of times.
    pub(super) times: Rect,
    /// Columns from one candle to the next.
    pub(super) pitch: u16,
    /// Columns of a candle.
    pub(super) body: u16,
}

impl Plan {
    /// The parts of an area inside a border, relative to it.
    pub(super) fn of(inside: Rect, quote: &Quote) -> Plan {
        let (width, height) = (inside.width, inside.height);
        let longest = [quote.high, quote.low, quote.last].into_iter().flatten();
        let digits = longest.map(|it| cells(&nano(it, quote.decimals))).max().unwrap_or(6);
        let left = if width >= digits + 9 { digits + 1 } else { 0 };
        let legend = u16::from(height >= 6);
        let times = u16::from(height >= 4);
        let volume = if height >= 10 { (height / 6).clamp(2, 6) } else { 0 };
        let plot = height.saturating_sub(legend + times + volume);
        let right = width - left;
        let (pitch, body) = match right {
            WIDE_FROM.. => (4, 3),
            APART_FROM.. => (2, 1),
            _ => (1, 1),
        };
        let part = |x, y, width, height| Rect { x, y, width, height };
        Plan {
            legend: part(0, 0, width, legend),
            axis: part(0, legend, left, plot),
            plot: part(left, legend, right, plot),
            volume: part(left, legend + plot, right, volume),
            times: part(left, legend + plot + volume, right, times),
            pitch,
            body,
        }
    }

    /// How many candles fit.
    pub(super) const fn count(&self) -> u16 {
        (self.plot.width + self.pitch - self.body) / self.pitch
    }

    /// The first column of a candle, counted from the newest, which is 0.
    pub(super) const fn column(&self, back: u16) -> u16 {
        let right = self.plot.width.saturating_sub(self.body);
        right.saturating_sub(back.saturating_mul(self.pitch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_fill_every_area_and_every_candle_is_in_the_plot() {
        let quote = crate::view::fixture::view().quotes.remove(0);
        for width in 0..=300 {
            for height in 0..=60 {
                let plan = Plan::of(Rect::new(3, 3, width, height), &quote);
                assert_eq!(plan.axis.width + plan.plot.width, width);
                let rows = [plan.legend, plan.plot, plan.volume, plan.times];
                assert_eq!(rows.iter().map(|it| it.height).sum::<u16>(), height);
                assert!(height == 0 || plan.plot.height > 0);
                let columns: Vec<_> = (0..plan.count()).map(|it| plan.column(it)).collect();
                for pair in columns.windows(2) {
                    assert_eq!(pair[1] + plan.pitch, pair[0]);
                }
                assert!(columns.iter().all(|it| it + plan.body <= width.max(1)));
            }
        }
    }
}
