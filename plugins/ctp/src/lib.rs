//! CTP as an exchange of aftm: what its fields mean, and how a session with it goes.
//!
//! Everything here is a function of its arguments, but for the one file that keeps which order has
//! which reference. Nothing reads a clock, opens a socket or calls the vendor, and so all of it is
//! tested without the vendor's library. Codes of the vendor that are not known are never taken for
//! one that is.

pub mod ask;
pub mod codes;
pub mod course;
pub mod errors;
pub mod fills;
pub mod holding;
pub mod input;
pub mod number;
pub mod offset;
pub mod orders;
pub mod pricing;
pub mod refs;
pub mod refs_file;
pub mod session;
pub mod storm;
pub mod text;
#[cfg(feature = "vendor")]
pub mod vendor;
pub mod version;

mod refusal;

pub use refusal::Refusal;
