//! The ways into the program: its command line, and what each entry does.
//!
//! Owns clocks, threads, channels and output. Refuses decisions about trading: those are the
//! gateway's and the strategy's.

pub mod cli;
pub mod doctor;
mod papers;

pub use papers::{completions, manual};
