//! The ways into the program: its command line, and what each entry does.
//!
//! Owns clocks, threads, channels and output. Refuses decisions about trading: those are the
//! gateway's and the strategy's.

mod backup;
mod bench;
mod child;
pub mod cli;
mod clock;
mod ctl;
mod dead_man;
pub mod doctor;
mod doors;
mod export;
mod feed_line;
mod harden;
mod key;
pub mod ledger;
mod log;
mod open;
mod outputs;
mod papers;
pub mod parts;
mod plugin;
mod printer;
mod private;
mod rehearse;
mod replay;
mod run;
mod screen;
mod venue;
mod verify;

pub use backup::backup;
pub use export::export;
pub use open::open;
pub use papers::{completions, manual};
pub use replay::{Output, replay};
pub use verify::verify;
