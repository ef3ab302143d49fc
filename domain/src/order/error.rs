//! Why a report makes no sense for an order.

use super::Status;
use crate::{OrderId, Quantity, TradeId};

/// Why a report makes no sense for an order; nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The report does not follow from the status.
    #[error("order {id} is {from} and cannot be {report}")]
    OutOfTurn {
        /// Which order.
        id: OrderId,
        /// Where it stood.
        from: Status,
        /// What was reported.
        report: &'static str,
    },
    /// The fill was counted before.
    #[error("fill {trade} of order {id} was counted before")]
    Duplicate {
        /// Which order.
        id: OrderId,
        /// Which fill.
        trade: TradeId,
    },
    /// More filled than ordered.
    #[error("fill {trade} of {quantity} lots exceeds what is left of order {id}, {left} lots")]
    Overfill {
        /// Which order.
        id: OrderId,
        /// Which fill.
        trade: TradeId,
        /// How much it is.
        quantity: Quantity,
        /// How much was left.
        left: Quantity,
    },
}
