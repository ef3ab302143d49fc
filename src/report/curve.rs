//! The equity curve and its drawdown.

use aftm_domain::{ExchangeTime, Money};
use serde::Serialize;

use super::Ratio;

/// The equity from one moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Since when.
    pub time: ExchangeTime,
    /// Profit since the start after fees and tax.
    pub equity: Money,
    /// The highest equity so far, at least zero.
    #[serde(skip)]
    pub peak: Money,
}

/// The profit over time: from zero, a step at each fill, and a last one to what is open at its mark.
/// Between fills the open profit is not known, so it is not drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Curve {
    /// In order of time: the start at zero, one a fill, and where something is open the end.
    pub points: Vec<Point>,
}

/// The deepest fall from a peak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Drawdown {
    /// How far: zero or above.
    pub amount: Money,
    /// In per cent of the money at the peak, where the money at the start is known.
    pub percent: Option<Ratio>,
    /// The time of the peak.
    pub from: ExchangeTime,
    /// The time of the lowest point.
    pub to: ExchangeTime,
}

impl Curve {
    /// A curve that begins at zero.
    pub(super) fn start(time: ExchangeTime) -> Curve {
        Curve { points: vec![Point { time, equity: Money::ZERO, peak: Money::ZERO }] }
    }

    /// Moves the equity; `None` where it leaves the range.
    pub(super) fn step(&mut self, time: ExchangeTime, change: Money) -> Option<()> {
        let last = *self.points.last()?;
        let equity = last.equity.checked_add(change)?;
        self.points.push(Point { time: time.max(last.time), equity, peak: last.peak.max(equity) });
        Some(())
    }

    /// The deepest fall, the first of equals; `None` where the equity never fell.
    pub(super) fn drawdown(&self, capital: Option<Money>) -> Option<Drawdown> {
        let mut deepest: Option<Drawdown> = None;
        let mut from = self.points.first()?;
        for point in &self.points {
            if point.equity >= from.equity {
                from = point;
                continue;
            }
            let amount = from.equity.checked_sub(point.equity)?;
            if deepest.is_none_or(|it| amount > it.amount) {
                let money = capital.and_then(|it| it.checked_add(from.equity));
                let base = money.filter(|it| *it > Money::ZERO);
                let percent = base.and_then(|it| Ratio::percent(amount.raw(), it.raw()));
                deepest = Some(Drawdown { amount, percent, from: from.time, to: point.time });
            }
        }
        deepest
    }
}
