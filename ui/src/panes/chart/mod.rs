//! The chart: candles of the view's bars, own fills and orders on them, and the levels at which
//! something will happen.

mod candles;
mod draw;
mod levels;
mod plan;
mod scale;
mod shapes;
#[cfg(test)]
mod tests;
mod times;

pub use candles::Period;
pub use draw::draw;

use self::candles::candles;
use self::plan::Plan;
use super::market::{inside, offset_s, quote};
use crate::action::Action;
use crate::keys::Act;
use crate::layout::layout;
use crate::pane::Pane;
use crate::screen::Screen;
use crate::view::{Moment, Quote, View};

/// How prices are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Bodies from open to close with wicks.
    #[default]
    Candles,
    /// Lines from low to high; open stands out to the left, close to the right.
    Bars,
    /// A line through the closes.
    Line,
}

impl Kind {
    const fn next(self) -> Kind {
        match self {
            Kind::Candles => Kind::Bars,
            Kind::Bars => Kind::Line,
            Kind::Line => Kind::Candles,
        }
    }
}

/// What the user is looking at in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// How long a candle is.
    pub period: Period,
    /// How prices are drawn.
    pub kind: Kind,
    /// When the newest candle begins that is shown; `None` follows the market.
    pub until: Option<Moment>,
}

impl State {
    /// The newest moment shown, where the item still has bars of then.
    fn until(&self, quote: &Quote) -> Option<Moment> {
        let oldest = quote.bars.first()?.start;
        self.until.filter(|it| oldest <= *it)
    }
}

/// Does what a key asks for.
pub fn update(screen: &mut Screen, view: &View, act: Act) -> Vec<Action> {
    let chart = &mut screen.chart;
    match act {
        Act::ChartPeriodLess => chart.period = chart.period.shorter(),
        Act::ChartPeriodMore => chart.period = chart.period.longer(),
        Act::ChartType => chart.kind = chart.kind.next(),
        Act::ChartNow => chart.until = None,
        Act::ChartBack => screen.chart.until = back(screen, view),
        Act::ChartForward => screen.chart.until = forward(screen, view),
        _ => (),
    }
    Vec::new()
}

/// Candles that are shown, and the quarter of them that a key scrolls by.
fn shown(screen: &Screen, quote: &Quote) -> (usize, usize) {
    let plan = layout(screen.area, screen);
    let area = plan.panes.iter().find(|it| it.0 == Pane::Chart).map(|it| inside(it.1));
    let count = area.map_or(20, |it| usize::from(Plan::of(it, quote).count()));
    (count, (count / 4).max(1))
}

/// Earlier, but never past the oldest candle.
fn back(screen: &Screen, view: &View) -> Option<Moment> {
    let (chart, quote) = (&screen.chart, quote(screen, view)?);
    let (count, step) = shown(screen, quote);
    let until = chart.until(quote);
    let span = (until, count + step);
    let all = candles(&quote.bars, chart.period, offset_s(view), span);
    let step = all.len().saturating_sub(count).min(step);
    if step == 0 {
        return until;
    }
    all.iter().rev().nth(step).map(|it| it.start)
}

/// Later; after the newest candle it follows the market again.
fn forward(screen: &Screen, view: &View) -> Option<Moment> {
    let (chart, quote) = (&screen.chart, quote(screen, view)?);
    let until = chart.until(quote)?;
    let (_, step) = shown(screen, quote);
    let after = quote.bars.partition_point(|it| it.start <= until);
    let start = |it: &crate::view::Bar| chart.period.start(it.start, offset_s(view));
    let mut last = until;
    let mut left = step;
    for bar in quote.bars.iter().skip(after) {
        if start(bar) > last {
            last = start(bar);
            left -= 1;
        }
        if left == 0 {
            let newest = quote.bars.last().map(start);
            return Some(last).filter(|it| newest != Some(*it));
        }
    }
    None
}
