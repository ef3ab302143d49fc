//! The plug-in as the machine uses it: loaded by its path, through the C interface alone, at a counter
//! that is played.

// Helpers of tests stop a test where they fail.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]
// They wait under a deadline by the real clock.
#![allow(clippy::disallowed_methods)]

mod conformance;
mod desk;
mod faults;
mod market;
mod orders;
mod start;
