//! Requests of port 5557 as v1 clients write them: one JSON object, one JSON reply.
//!
//! Owns what a request may say and how replies are written. Refuses a frame that is too large, too
//! deep or ambiguous before it looks at what is asked; never turns what it cannot read into an order.

mod failure;
mod json;
mod replies;
mod request;
mod ticket;
mod words;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;

pub use failure::{Failure, code};
pub use replies::{
    AccountRow, Health, PositionRow, Status, accepted, accounts, cancel_sent, failed, halted,
    health, in_doubt, instruments, orders, positions, refused, status,
};
pub use request::{Request, parse};
