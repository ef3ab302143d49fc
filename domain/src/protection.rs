//! What protects a position: where its exits are, how its stop moves, and what a price does to it.
//!
//! Owns the levels of one protection. The side is always that of the position: buy is long. A stop
//! moves in favor of the position and never back; whatever a price does is a pure function of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{DecimalError, Price, Side};

/// Where an exit is: so many points from the fill, or at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aim {
    /// Points from the price that the position was opened at, above 0.
    Points(Price),
    /// A price.
    At(Price),
}

impl FromStr for Aim {
    type Err = DecimalError;

    /// `30` are points, `@17330` is a price.
    fn from_str(text: &str) -> Result<Aim, DecimalError> {
        match text.strip_prefix('@') {
            Some(price) => Ok(Aim::At(price.parse()?)),
            None => Ok(Aim::Points(text.parse()?)),
        }
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Aim::Points(points) => points.fmt(f),
            Aim::At(price) => f.pad(&format!("@{price}")),
        }
    }
}

/// A stop that goes to where the position was opened, once it has earned so many points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breakeven {
    /// Points in favor, above 0.
    pub after: Price,
    /// Points in favor at which the stop then is, from 0 to below `after`.
    pub offset: Price,
}

impl FromStr for Breakeven {
    type Err = DecimalError;

    /// `12`, or `12+2`.
    fn from_str(text: &str) -> Result<Breakeven, DecimalError> {
        let (after, offset) = text.split_once('+').unwrap_or((text, "0"));
        Ok(Breakeven { after: after.parse()?, offset: offset.parse()? })
    }
}

impl fmt::Display for Breakeven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Price::ZERO => self.after.fmt(f),
            offset => f.pad(&format!("{}+{offset}", self.after)),
        }
    }
}

/// What the trader says of a protection: at least one of the four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Where the position is closed with a profit.
    pub take_profit: Option<Aim>,
    /// Where it is closed with a loss.
    pub stop_loss: Option<Aim>,
    /// Points that the stop stays behind the best price.
    pub trail: Option<Price>,
    /// When the stop goes to where the position was opened.
    pub breakeven: Option<Breakeven>,
}

/// Why a protection cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// Nothing was said.
    #[error(
        "name at least one of take profit, stop loss and trail; breakeven moves a stop that is there"
    )]
    Empty,
    /// A number that must be above zero.
    #[error("{field}: {value} is not above 0")]
    NotPositive {
        /// Which number.
        field: &'static str,
        /// What was said.
        value: Price,
    },
    /// Between two ticks.
    #[error("{field}: {value} is not a multiple of the tick {step}")]
    OffTick {
        /// Which number.
        field: &'static str,
        /// What was said.
        value: Price,
        /// The tick.
        step: Price,
    },
    /// The stop would be moved beyond the price that moves it.
    #[error(
        "breakeven: the offset {offset} is not from 0 to below the {after} points that move it"
    )]
    Offset {
        /// Points in favor that move it.
        after: Price,
        /// Where it would go.
        offset: Price,
    },
    /// Both exits at prices, and the wrong way round.
    #[error("the stop loss {stop} is not on the losing side of the take profit {take_profit}")]
    Crossed {
        /// The stop's price.
        stop: Price,
        /// The profit's price.
        take_profit: Price,
    },
}

impl Terms {
    /// Nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Terms::default()
    }

    /// Whether they can protect a position of that side, of an item whose finest tick is `step`.
    pub fn check(&self, side: Side, step: Price) -> Result<(), TermsError> {
        let number = |field, value: Price, may_be_zero: bool| {
            let is_allowed = value.is_positive() || (may_be_zero && value.is_zero());
            if !is_allowed {
                return Err(TermsError::NotPositive { field, value });
            }
            if !value.is_on(step) || value.raw() > i64::MAX / 4 {
                return Err(TermsError::OffTick { field, value, step });
            }
            Ok(())
        };
        if self.take_profit.is_none() && self.stop_loss.is_none() && self.trail.is_none() {
            return Err(TermsError::Empty);
        }
        for (field, aim) in [("take profit", self.take_profit), ("stop loss", self.stop_loss)] {
            match aim {
                Some(Aim::Points(value) | Aim::At(value)) => number(field, value, false)?,
                None => (),
            }
        }
        self.trail.map_or(Ok(()), |it| number("trail", it, false))?;
        if let Some(Breakeven { after, offset }) = self.breakeven {
            if self.stop_loss.is_none() && self.trail.is_none() {
                return Err(TermsError::Empty);
            }
            number("breakeven", after, false)?;
            if offset >= after || offset < Price::ZERO {
                return Err(TermsError::Offset { after, offset });
            }
            number("breakeven", offset, true)?;
        }
        match (self.stop_loss, self.take_profit) {
            (Some(Aim::At(stop)), Some(Aim::At(take_profit)))
                if !is_better(side, take_profit, stop) =>
            {
                Err(TermsError::Crossed { stop, take_profit })
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Terms {
    /// As the command language says them: `--take-profit 30 --stop-loss 15`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = [
            self.take_profit.map(|it| format!("--take-profit {it}")),
            self.stop_loss.map(|it| format!("--stop-loss {it}")),
            self.trail.map(|it| format!("--trail {it}")),
            self.breakeven.map(|it| format!("--breakeven {it}")),
        ];
        f.pad(&said.into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}

/// Which level a price reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The take profit.
    TakeProfit,
    /// The stop where it was put.
    StopLoss,
    /// The stop after it followed the price.
    TrailingStop,
    /// The stop after it went to where the position was opened.
    Breakeven,
}

impl Cause {
    /// The word, as in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Cause::TakeProfit => "take_profit",
            Cause::StopLoss => "stop_loss",
            Cause::TrailingStop => "trailing_stop",
            Cause::Breakeven => "breakeven",
        }
    }
}

/// Where the exits of a position are now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// The price that points are counted from.
    pub base: Price,
    /// The stop, where there is one.
    pub stop: Option<Price>,
    /// The take profit, where there is one.
    pub take_profit: Option<Price>,
    /// What moved the stop last.
    pub moved: Option<Cause>,
    /// It was moved to where the position was opened, or needs not be any more.
    pub is_even: bool,
}

/// What a price does to a protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Nothing.
    None,
    /// The stop moves: these are the levels now.
    Moves(Levels),
    /// A level is reached: the position is to be closed.
    Fires(Cause),
}

/// The next prices at which something happens: at or below the one, at or above the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// At this price or below.
    pub down: Option<Price>,
    /// At this price or above.
    pub up: Option<Price>,
}

impl Levels {
    /// The levels of a position that was opened at a price.
    pub fn of(terms: &Terms, side: Side, base: Price) -> Levels {
        let aim = |aim: Aim, points: Side| match aim {
            Aim::Points(distance) => away(points, base, distance),
            Aim::At(price) => price,
        };
        let fixed = terms.stop_loss.map(|it| aim(it, side.opposite()));
        let behind = terms.trail.map(|it| away(side.opposite(), base, it));
        let stop = match (fixed, behind) {
            (Some(one), Some(other)) => Some(if is_better(side, one, other) { one } else { other }),
            (one, other) => one.or(other),
        };
        let take_profit = terms.take_profit.map(|it| aim(it, side));
        Levels { base, stop, take_profit, moved: None, is_even: terms.breakeven.is_none() }
    }

    /// The levels after more was filled and points are counted from another price. A stop that has
    /// moved never goes back.
    #[must_use]
    pub fn rebased(&self, terms: &Terms, side: Side, base: Price) -> Levels {
        let fresh = Levels::of(terms, side, base);
        match (self.moved, self.stop, fresh.stop) {
            (Some(_), Some(stop), Some(new)) if is_better(side, stop, new) => {
                Levels { stop: Some(stop), moved: self.moved, is_even: self.is_even, ..fresh }
            }
            _ => Levels { is_even: self.is_even || fresh.is_even, ..fresh },
        }
    }

    /// What a price does: the take profit is tested first, then the stop, then whether it moves.
    pub fn tick(&self, terms: &Terms, side: Side, price: Price) -> Reaction {
        let reaches = |level: Price, towards: Side| match towards {
            Side::Buy => price >= level,
            Side::Sell => price <= level,
        };
        if self.take_profit.is_some_and(|it| reaches(it, side)) {
            return Reaction::Fires(Cause::TakeProfit);
        }
        if self.stop.is_some_and(|it| reaches(it, side.opposite())) {
            return Reaction::Fires(self.moved.unwrap_or(Cause::StopLoss));
        }
        let mut after = *self;
        if let (Some(Breakeven { after: points, offset }), false) = (terms.breakeven, self.is_even)
            && reaches(away(side, self.base, points), side)
        {
            after.is_even = true;
            after.raise(side, away(side, self.base, offset), Cause::Breakeven);
        }
        if let Some(distance) = terms.trail {
            after.raise(side, away(side.opposite(), price, distance), Cause::TrailingStop);
        }
        if after == *self { Reaction::None } else { Reaction::Moves(after) }
    }

    fn raise(&mut self, side: Side, stop: Price, by: Cause) {
        if self.stop.is_none_or(|it| is_better(side, stop, it)) {
            (self.stop, self.moved) = (Some(stop), Some(by));
        }
    }

    /// The next prices at which something happens; `has_stop` where nobody else keeps the stop.
    pub fn reach(&self, terms: &Terms, side: Side, has_stop: bool) -> Reach {
        let even = terms.breakeven.filter(|_| !self.is_even);
        let even = even.map(|it| away(side, self.base, it.after));
        // One count beyond the best price so far: there the stop moves.
        let least = Price::from_raw(1);
        let trail = terms.trail.zip(self.stop);
        let trail = trail.map(|(it, stop)| away(side, away(side, stop, it), least));
        let gains = [self.take_profit, even, trail].into_iter().flatten();
        let stop = self.stop.filter(|_| has_stop);
        match side {
            Side::Buy => Reach { down: stop, up: gains.min() },
            Side::Sell => Reach { down: gains.max(), up: stop },
        }
    }
}

/// A price so many points in favor of a side.
fn away(side: Side, price: Price, points: Price) -> Price {
    Price::from_raw(match side {
        Side::Buy => price.raw().saturating_add(points.raw()),
        Side::Sell => price.raw().saturating_sub(points.raw()),
    })
}

/// Whether one price is more in favor of a side than another.
fn is_better(side: Side, one: Price, other: Price) -> bool {
    match side {
        Side::Buy => one > other,
        Side::Sell => one < other,
    }
}

#[cfg(test)]
mod tests;
