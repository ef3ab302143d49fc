//! The host of exchange plug-ins: loads one library and holds its sessions.
//!
//! What a plug-in tells is copied, checked and queued before anyone looks at it; what it does wrong
//! becomes a sentence. It cannot make the host panic, wait in a callback, or read what it must not:
//!
//! - [`Plugin::load`] opens the library once and never unloads it: its threads may live on.
//! - [`Session`] is the one handle of a session. Its calls are taken in turn, and no lock that a
//!   callback needs is held during one. [`Session::close`] consumes it, so that nothing can be asked
//!   of a closed session.
//! - [`Session::take`] hands out what was told: orders, fills, connections, holdings and answers
//!   whole and in order; ticks and books as the newest of each instrument.
//! - [`Opening::bell`] rings when something was told that nobody waits for in a call.
//! - [`check()`] tries a plug-in against the rules of the interface.
//!
//! What only a process boundary can hold back stays with whoever starts the process: a crash, an
//! `exit()`, or a call that does not return ([`Lookout::under_way`] says which, to any thread). [`watch()`] runs
//! the check that way.

// A boundary to C is made of addresses; the workspace denies unsafe code everywhere else.
#![allow(unsafe_code)]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks, missing_docs)]

mod bell;
mod callback;
mod check;
mod closing;
mod fault;
mod guard;
mod load;
mod market;
mod news;
mod queue;
mod read;
mod requests;
mod secret;
mod session;
mod turn;

pub use aftm_exchange_abi as abi;

pub use check::{Outcome, Plan, Progress, Report, Step, check, emit, watch};
pub use closing::Closed;
pub use fault::{Breach, CallError, CloseError, LoadError, LoadFault, OpenError, Refusal};
pub use load::{Identity, Plugin};
pub use market::Market;
pub use news::{Counts, Line, News, Taken, What};
pub use queue::Limits;
pub use secret::{Credentials, Secret};
pub use session::{Opening, Session};
pub use turn::Lookout;
