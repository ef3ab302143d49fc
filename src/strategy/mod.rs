//! The support/resistance machine over many conditions, and its process loop.
//!
//! Owns where each condition stands between two reports to the gateway. Refuses to know orders,
//! accounts' positions or the clock: the same ticks always give the same signals.

mod machine;

pub use machine::Machine;
