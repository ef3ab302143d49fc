//! A position of an account in an item, and what it has come to.

use aftm_domain::order::Ticket;
use aftm_domain::position::PositionError;
use aftm_domain::{Fill, Money, OpenClose, Position, Price, Quantity};

use super::Placed;

/// A position and what it has earned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// The open lots.
    pub position: Position,
    /// Profit of closed lots, before fees and tax.
    pub realized: Money,
    /// Fees so far.
    pub fees: Money,
    /// Tax so far.
    pub tax: Money,
    /// Money a point and lot.
    pub multiplier: Quantity,
    /// What closed and open lots had come to, less fees and tax, when the trading day began.
    pub day_base: Money,
}

impl Holding {
    /// What it has come to at a price.
    pub(super) fn worth(&self, price: Price) -> Money {
        let open = self.position.profit_at(price, self.multiplier).unwrap_or(Money::ZERO);
        let costs = self.fees.checked_add(self.tax).unwrap_or(self.fees);
        let sum = self.realized.checked_add(open).and_then(|it| it.checked_sub(costs));
        sum.unwrap_or(self.realized)
    }

    /// Books a fill. The venue's word on trades is final: a close of lots that are not held here is
    /// an error, and is booked as what nets.
    pub(super) fn book(&mut self, placed: &Placed, fill: &Fill) -> Result<(), PositionError> {
        let Ticket { side, open_close, .. } = placed.order.ticket;
        let Fill { quantity, price, .. } = *fill;
        self.multiplier = placed.multiplier;
        let booked = self.position.book(side, open_close, quantity, price, self.multiplier);
        let (booked, result) = match booked {
            Ok(booked) => (Ok(booked), Ok(())),
            Err(error) => {
                let auto = OpenClose::Auto;
                (self.position.book(side, auto, quantity, price, self.multiplier), Err(error))
            }
        };
        let add = |sum: &mut Money, more: Money| *sum = sum.checked_add(more).unwrap_or(*sum);
        add(&mut self.realized, booked.map_or(Money::ZERO, |it| it.profit));
        add(&mut self.fees, fill.fee);
        add(&mut self.tax, fill.tax);
        result
    }
}
