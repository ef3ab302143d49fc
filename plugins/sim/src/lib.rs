//! The simulated exchange.
//!
//! Owns its accounts, its own queue of resting orders behind the market that is shown to it, and
//! the rehearsals of what goes wrong at a real venue. Refuses clocks, I/O and chance beyond its
//! seed: the same settings and the same calls give the same news, whatever they are called from.
//!
//! It trades against the feed and never against itself, and what it does to the market is nothing
//! but the lots it takes out of the shown book. Where a rule leaves a choice, the choice is the one
//! that is worse for the trader: a strategy that earns here did not earn by kindness.

mod account;
mod connection;
mod exchange;
mod happening;
mod hours;
mod ledger;
pub mod ledger_file;
mod margin;
mod market;
mod matching;
mod names;
mod queue;
pub mod refusal;
mod rehearsal;
mod restore;
mod rules;
mod schedule;
mod settings;
mod sim;
mod working;

#[cfg(test)]
mod tests;

pub use account::{Summary, Totals};
pub use exchange::Known;
pub use happening::Happening;
pub use restore::Past;
pub use settings::Settings;
pub use sim::{News, Sim};
pub use working::Working;
