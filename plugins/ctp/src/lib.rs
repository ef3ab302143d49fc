//! CTP as an exchange of aftm: an exchange plug-in, one library with one symbol.
//!
//! From the outside to the inside: `entry` is the C interface, `line` an open session with its thread,
//! `driver` what happens in it, and everything else functions of their arguments. The vendor is
//! behind the traits of `counter`: `vendor` calls its library, `rehearsal` plays it for tests, and so
//! all but the calls themselves is tested without the vendor's library. Codes of the vendor that are
//! not known are never taken for one that is.

// Without the vendor nothing makes all that it could say, and nothing reads all that it needs.
#![cfg_attr(not(feature = "vendor"), allow(dead_code))]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]

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
#[allow(unsafe_code)]
mod vendor;
pub mod version;

mod clock;
mod closable;
mod counter;
mod depth;
mod driver;
// Boundaries to C are made of addresses; the workspace denies unsafe code everywhere else.
#[allow(unsafe_code)]
mod entry;
mod holdings;
mod line;
mod mailbox;
mod options;
mod quotes;
mod refusal;
#[cfg(feature = "rehearsal")]
mod rehearsal;
mod rows;
#[allow(unsafe_code)]
mod teller;
mod told;

pub use entry::aftm_exchange_entry_v1;

pub use refusal::Refusal;
