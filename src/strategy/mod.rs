//! The support/resistance machine over many conditions, and its process loop.
//!
//! Owns where each condition stands between two reports to the gateway. Refuses to know orders and
//! positions; the same ticks always give the same signals.

mod machine;
mod process;
mod report;

pub use machine::Machine;
pub use process::Process;
