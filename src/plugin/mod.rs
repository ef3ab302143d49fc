//! The driver of an exchange plug-in: what a gateway asks of its venue, asked of a loaded library.
//!
//! Owns one plug-in and its one session; turns calls into those of the interface, and what the
//! plug-in tells into words of ours. Nothing here waits for the venue, reads a clock or sends an
//! order twice. What cannot be understood is never taken for something else: it is told as a line,
//! or, where an order's fate hangs on it, ends the session.

mod course;
mod driver;
mod errand;
mod fill;
mod hear;
mod instrument;
mod items;
mod market;
mod money;
mod names;
mod order;
mod refusal;
mod requests;
mod seam;
mod state;
#[cfg(test)]
mod tests;
mod words;

pub use driver::{Driver, DriverError};
pub use instrument::told as told_instrument;
