//! An order that works at the exchange.

use aftm_domain::order::{Status, Ticket, TimeInForce};
use aftm_domain::{OrderId, Price, Quantity, Side, VenueOrderId};

/// An order as the exchange has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Working {
    /// The trader's number of it.
    pub id: OrderId,
    /// The exchange's name for it.
    pub venue_id: VenueOrderId,
    /// What was asked for, as amended.
    pub ticket: Ticket,
    /// Lots traded so far.
    pub filled: Quantity,
    /// `New` until it ends.
    pub status: Status,
    /// Rises with each order that arrives, and with each change that loses the place in the queue.
    pub(crate) priority: u64,
    /// Its stop price has not traded yet.
    pub(crate) is_waiting: bool,
}

impl Working {
    /// Lots that may still trade.
    pub fn left(&self) -> Quantity {
        Quantity::from_raw(self.ticket.quantity.raw().saturating_sub(self.filled.raw()))
    }

    pub(crate) fn is_working(&self) -> bool {
        self.status == Status::New
    }

    /// Whether what does not trade at once stays in the book.
    pub(crate) fn rests(&self) -> bool {
        self.ticket.kind.has_price() && self.ticket.time_in_force == TimeInForce::Rod
    }

    /// Its place among the orders of its queue, the one to be reached first lowest: the stop price
    /// while it waits, then the limit price.
    pub(crate) fn rank(&self) -> i64 {
        let of = |price: Option<Price>| price.map_or(i64::MAX, Price::raw);
        match (self.is_waiting, self.ticket.side) {
            // A rising market reaches the lowest stop to buy and the lowest offer first.
            (true, Side::Buy) => of(self.ticket.stop_price),
            (false, Side::Sell) => of(self.ticket.price),
            (true, Side::Sell) => of(self.ticket.stop_price).saturating_neg(),
            (false, Side::Buy) => of(self.ticket.price).saturating_neg(),
        }
    }
}
