//! A position: long and short lots side by side, first in first out.

use std::collections::VecDeque;

use crate::{Money, OpenClose, Price, Quantity, Side};

/// Lots opened by one fill and not closed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lot {
    /// The price they were opened at.
    pub price: Price,
    /// How many are left.
    pub quantity: Quantity,
}

/// Why a fill cannot be booked; nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// A close of more than is held.
    #[error("cannot close {asked} lots of a {side} position of {held}")]
    NotHeld {
        /// Which side is held: buy for long.
        side: Side,
        /// How many lots were to be closed.
        asked: Quantity,
        /// How many there are.
        held: Quantity,
    },
    /// The amount leaves the range of money.
    #[error("the position's value is out of range")]
    OutOfRange,
}

/// What is held of one item in one account. Long and short may stand side by side, as the exchange
/// allows. Lots are closed first in, first out, so that profit is exact without any rounding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    long: VecDeque<Lot>,
    short: VecDeque<Lot>,
}

/// What a fill did to a position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Booked {
    /// Lots that closed.
    pub closed: Quantity,
    /// Lots that opened.
    pub opened: Quantity,
    /// Profit of the closed lots before fees and tax.
    pub profit: Money,
}

impl Position {
    fn legs(&mut self, opened_by: Side) -> (&mut VecDeque<Lot>, &mut VecDeque<Lot>) {
        match opened_by {
            Side::Buy => (&mut self.long, &mut self.short),
            Side::Sell => (&mut self.short, &mut self.long),
        }
    }

    /// The open lots, oldest first: long for buy, short for sell.
    pub fn lots(&self, side: Side) -> impl Iterator<Item = &Lot> {
        match side {
            Side::Buy => self.long.iter(),
            Side::Sell => self.short.iter(),
        }
    }

    /// How many lots are held: long for buy, short for sell.
    pub fn held(&self, side: Side) -> Quantity {
        Quantity::from_raw(self.lots(side).map(|it| it.quantity.raw()).sum())
    }

    /// One side is this many lots, at an average price: what the venue says counts. Zero lots are
    /// none.
    pub fn restate(&mut self, side: Side, quantity: Quantity, price: Price) {
        let (lots, _) = self.legs(side);
        lots.clear();
        if quantity.is_positive() {
            lots.push_back(Lot { price, quantity });
        }
    }

    /// Long less short.
    pub fn net(&self) -> Quantity {
        Quantity::from_raw(self.held(Side::Buy).raw() - self.held(Side::Sell).raw())
    }

    /// Nothing is held on either side.
    pub fn is_flat(&self) -> bool {
        self.long.is_empty() && self.short.is_empty()
    }

    /// The average opening price of one side, rounded half up at 1e-9; `None` where nothing is held.
    pub fn average(&self, side: Side) -> Option<Price> {
        let weigh = |it: &Lot| i128::from(it.price.raw()) * i128::from(it.quantity.raw());
        let total: i128 = self.lots(side).map(weigh).sum();
        let held = i128::from(self.held(side).raw());
        if held == 0 {
            return None;
        }
        i64::try_from((total + held / 2).div_euclid(held)).ok().map(Price::from_raw)
    }

    /// Profit of the open lots at `price`, before fees and tax; `None` out of range.
    pub fn profit_at(&self, price: Price, multiplier: Quantity) -> Option<Money> {
        [Side::Buy, Side::Sell].into_iter().try_fold(Money::ZERO, |sum, side| {
            self.lots(side).try_fold(sum, |sum, lot| {
                sum.checked_add(profit(side, lot.price, price, lot.quantity, multiplier)?)
            })
        })
    }

    /// How many lots of an order on `side` would close, how many would open.
    pub fn split(
        &self,
        side: Side,
        open_close: OpenClose,
        quantity: Quantity,
    ) -> (Quantity, Quantity) {
        match open_close {
            OpenClose::Open => (Quantity::ZERO, quantity),
            OpenClose::Close => (quantity, Quantity::ZERO),
            OpenClose::Auto => {
                let closes = quantity.at_most(self.held(side.opposite()));
                (closes, Quantity::from_raw(quantity.raw() - closes.raw()))
            }
        }
    }

    /// Books a fill. A close of more than is held is an error and changes nothing.
    pub fn book(
        &mut self,
        side: Side,
        open_close: OpenClose,
        quantity: Quantity,
        price: Price,
        multiplier: Quantity,
    ) -> Result<Booked, PositionError> {
        let booked = self.weigh(side, open_close, quantity, price, multiplier)?;
        self.enter(side, price, booked);
        Ok(booked)
    }

    /// What booking a fill would do, for who has something else to ask before it is entered.
    ///
    /// # Errors
    ///
    /// As of `book`.
    pub fn weigh(
        &self,
        side: Side,
        open_close: OpenClose,
        quantity: Quantity,
        price: Price,
        multiplier: Quantity,
    ) -> Result<Booked, PositionError> {
        let held = self.held(side.opposite());
        let (closed, opened) = self.split(side, open_close, quantity);
        if closed > held {
            let side = side.opposite();
            return Err(PositionError::NotHeld { side, asked: closed, held });
        }
        let profit = self.closing_profit(side.opposite(), closed, price, multiplier)?;
        Ok(Booked { closed, opened, profit })
    }

    /// Enters a fill on `side` at `price` that was weighed on the position as it is now.
    pub fn enter(&mut self, side: Side, price: Price, weighed: Booked) {
        let (opening, closing) = self.legs(side);
        take(closing, weighed.closed);
        if weighed.opened.is_positive() {
            opening.push_back(Lot { price, quantity: weighed.opened });
        }
    }

    /// What the oldest lots of a side would earn, closed at a price.
    fn closing_profit(
        &self,
        side: Side,
        quantity: Quantity,
        price: Price,
        multiplier: Quantity,
    ) -> Result<Money, PositionError> {
        let (mut rest, mut sum) = (quantity, Money::ZERO);
        for lot in self.lots(side) {
            let part = rest.at_most(lot.quantity);
            if part.is_zero() {
                break;
            }
            let earned = profit(side, lot.price, price, part, multiplier);
            sum = earned.and_then(|it| sum.checked_add(it)).ok_or(PositionError::OutOfRange)?;
            rest = Quantity::from_raw(rest.raw() - part.raw());
        }
        Ok(sum)
    }
}

/// Takes so many lots out, oldest first.
fn take(lots: &mut VecDeque<Lot>, quantity: Quantity) {
    let mut rest = quantity;
    while let Some(lot) = lots.front_mut().filter(|_| rest.is_positive()) {
        let part = rest.at_most(lot.quantity);
        lot.quantity = Quantity::from_raw(lot.quantity.raw() - part.raw());
        rest = Quantity::from_raw(rest.raw() - part.raw());
        if lot.quantity.is_zero() {
            lots.pop_front();
        }
    }
}

/// Profit of lots opened by `side` at `from` and closed at `to`.
fn profit(
    side: Side,
    from: Price,
    to: Price,
    quantity: Quantity,
    multiplier: Quantity,
) -> Option<Money> {
    let points = match side {
        Side::Buy => to.checked_sub(from)?,
        Side::Sell => from.checked_sub(to)?,
    };
    Money::value(points, quantity, multiplier)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MULTIPLIER: Quantity = Quantity::from_raw(200_000_000_000);

    fn lots(count: i64) -> Quantity {
        Quantity::from_units(count).unwrap()
    }

    fn points(count: i64) -> Price {
        Price::from_units(count).unwrap()
    }

    #[test]
    fn auto_closes_before_it_opens() {
        let mut position = Position::default();
        let auto = OpenClose::Auto;
        position.book(Side::Buy, auto, lots(2), points(100), MULTIPLIER).unwrap();
        position.book(Side::Buy, auto, lots(1), points(103), MULTIPLIER).unwrap();
        assert_eq!(position.average(Side::Buy), Some(points(101)));
        let booked = position.book(Side::Sell, auto, lots(5), points(110), MULTIPLIER).unwrap();
        assert_eq!((booked.closed, booked.opened), (lots(3), lots(2)));
        assert_eq!(booked.profit, Money::from_units((10 * 2 + 7) * 200));
        assert_eq!(position.net(), lots(-2));
    }

    #[test]
    fn a_close_never_opens() {
        let mut position = Position::default();
        position.book(Side::Buy, OpenClose::Open, lots(1), points(100), MULTIPLIER).unwrap();
        let before = position.clone();
        let refused = position.book(Side::Sell, OpenClose::Close, lots(2), points(1), MULTIPLIER);
        assert!(matches!(refused, Err(PositionError::NotHeld { .. })));
        assert_eq!(position, before);
    }

    /// The first lot's profit is in range and the second's is not: neither is closed.
    #[test]
    fn an_amount_out_of_range_changes_nothing() {
        let mut position = Position::default();
        let open = OpenClose::Open;
        let (far, huge) = (Price::from_raw(i64::MIN), Quantity::from_raw(i64::MAX / 4));
        position.book(Side::Buy, open, lots(1), points(100), MULTIPLIER).unwrap();
        position.book(Side::Buy, open, huge, far, MULTIPLIER).unwrap();
        let before = position.clone();
        let all = position.held(Side::Buy);
        let refused = position.book(Side::Sell, OpenClose::Close, all, points(100), MULTIPLIER);
        assert_eq!(refused, Err(PositionError::OutOfRange));
        assert_eq!(position, before);
    }

    #[test]
    fn long_and_short_stand_side_by_side() {
        let mut position = Position::default();
        position.book(Side::Buy, OpenClose::Open, lots(2), points(100), MULTIPLIER).unwrap();
        position.book(Side::Sell, OpenClose::Open, lots(2), points(110), MULTIPLIER).unwrap();
        assert_eq!(position.net(), Quantity::ZERO);
        assert!(!position.is_flat());
        assert_eq!(position.profit_at(points(500), MULTIPLIER), Some(Money::from_units(4000)));
    }

    /// Whatever is traded, realized plus open profit equals cash in minus cash out at the mark.
    #[test]
    fn profit_equals_the_cash_that_moved() {
        for seed in 1..=300_u64 {
            let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mut roll = |sides: u64| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                i64::try_from(state % sides).unwrap()
            };
            let (mut position, mut realized, mut cash) = (Position::default(), 0_i128, 0_i128);
            for _ in 0..60 {
                let side = if roll(2) == 0 { Side::Buy } else { Side::Sell };
                let kind = [OpenClose::Auto, OpenClose::Open, OpenClose::Close]
                    [usize::try_from(roll(3)).unwrap()];
                let (quantity, price) = (lots(1 + roll(4)), points(90 + roll(20)));
                let Ok(booked) = position.book(side, kind, quantity, price, MULTIPLIER) else {
                    continue;
                };
                realized += booked.profit.raw();
                let value = Money::value(price, quantity, MULTIPLIER).unwrap().raw();
                cash += if side == Side::Buy { -value } else { value };
            }
            let mark = points(100);
            let open = position.profit_at(mark, MULTIPLIER).unwrap().raw();
            let worth = Money::value(mark, position.net(), MULTIPLIER).unwrap().raw();
            assert_eq!(realized + open, cash + worth, "seed {seed}");
        }
    }
}
