//! The owner of the venue: a pure core that decides and folds, the journal's facts, and the loop
//! that serves it.
//!
//! Owns the one exchange session, orders, positions, conditions and the numbering of ticks. Refuses
//! to read a clock, to wait for the venue, and to send anything that was not journaled first.

mod asker;
pub mod board;
pub mod brakes;
mod breaker;
mod calls;
mod core;
pub mod decide;
mod doubt;
pub mod fact;
mod forsaken;
mod guard;
mod halt;
pub mod keep;
pub mod latch;
pub mod limits;
pub mod listing;
mod lists;
pub mod pace;
mod plugged;
pub mod protect;
mod query;
mod rearm;
mod reconcile;
pub mod rows;
pub mod serve;
mod session;
pub mod simulated;
mod skew;
pub mod sockets;
pub mod state;
mod tell;
pub mod v1;
pub mod venue;

pub use core::{Core, Setup};
pub use decide::Rules;
pub use forsaken::Forsaken;
pub use keep::{Ledger, LedgerError, NoLedger};
pub use plugged::{Further, Plugged, Way, WayEnded};
