//! The host with plug-ins that keep the rules, and with plug-ins that break them.
//!
//! A C and a C++ compiler are needed, as for the machine itself: `cc` and `c++`, or `$CC` and
//! `$CXX`.

// Helpers of tests stop a test where they fail.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

mod compiler;
mod session;
mod watch;
