//! The simulated exchange as an exchange plug-in.
//!
//! Owns the boundary and nothing of the market: what is asked over the C interface is handed to
//! [`aftm_sim`], and its news go back as events. It has no thread and no clock: everything is told
//! from within the call that caused it, at the time of the feed. With the option `ledger` it keeps a
//! file of all that the exchange saw, and remembers by it across restarts.

#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks, missing_docs)]

mod blocks;
mod fault;
mod ffi;
mod items;
mod listing;
mod market;
mod memory;
mod options;
mod orders;
mod requests;
mod rotation;
mod rows;
mod seat;
mod trading;
