//! Protective orders: what closes a position by itself, and pairs of which one cancels the other.
//!
//! Owns what is protected, how far it has come, and at which price of an item something happens
//! next. Everything is folded from facts, so a machine that starts goes on where one ended. Refuses
//! to send more than is held, and to read a clock.

mod fold;
mod kept;
mod lookout;
mod tend;

pub(in crate::gateway) use fold::Booked;
pub use kept::{Did, Leg, Pair, Protection, Protections};
pub(in crate::gateway) use lookout::Lookout;
