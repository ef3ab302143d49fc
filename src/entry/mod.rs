//! The ways into the program: its command line, and what each entry does.
//!
//! Owns clocks, threads, channels and output. Refuses decisions about trading: those are the
//! gateway's and the strategy's.

pub mod cli;
pub mod doctor;
mod export;
pub mod ledger;
pub mod lines;
mod papers;
pub mod parts;
mod replay;
mod verify;

pub use export::export;
pub use papers::{completions, manual};
pub use replay::{Output, replay};
pub use verify::verify;
