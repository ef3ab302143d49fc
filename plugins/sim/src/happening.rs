//! What the exchange saw and did, for who keeps its memory.

use aftm_domain::order::{Report, Ticket};
use aftm_domain::{ExchangeTime, OrderId, Price, Quantity};

/// Something that happened at the exchange. It is there as soon as it happened, while its report is
/// still on the way to the trader; what never arrived is not among it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// An order arrived.
    Order {
        /// The trader's number of it.
        order: OrderId,
        /// What was asked for.
        ticket: Ticket,
        /// When; the beginning of time before the feed gave one.
        time: ExchangeTime,
    },
    /// A cancel arrived.
    Cancel {
        /// Of which order.
        order: OrderId,
    },
    /// A change arrived.
    Amend {
        /// Of which order.
        order: OrderId,
        /// The total quantity that is asked for; `None` leaves it.
        quantity: Option<Quantity>,
        /// The limit price that is asked for; `None` leaves it.
        price: Option<Price>,
    },
    /// The exchange answered, traded or ended an order.
    Report {
        /// Which order.
        order: OrderId,
        /// What became of it.
        report: Report,
    },
}
