//! The header as compilers of C and C++ see it, and a plug-in in C as a host sees it.
//!
//! A C and a C++ compiler are needed, as for the machine itself: `cc` and `c++`, or `$CC` and
//! `$CXX`.

// Helpers of tests stop a test where they fail, and a plug-in is reached over its C interface.
#![allow(unsafe_code, clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

mod compiler;
mod example;
mod header;
mod host;
