//! The simulated exchange, loaded as the machine loads it.

// Helpers of tests stop a test where they fail.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

mod day;
mod direct;
mod exchange;
mod ledger;
mod loaded;
mod same;
mod script;
