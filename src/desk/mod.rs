//! The operator's side: the command language and the files that a trader hands over.
//!
//! Owns what a person can say, what each command asks of the gateway, and the children. Refuses
//! clocks and settings: what it needs of them is a parameter. Knows nothing of the gateway but its
//! messages, as any other client.

pub mod command;
pub mod conditions_file;
mod defaults;
mod exit;
mod inputs;
pub mod line;
mod lines;
mod missed;
mod operator;
mod pages;
mod perform;
mod projected;
mod protecting;
pub mod records;
mod roster;
pub mod said;
pub mod supervisor;
mod turns;
pub mod view;

pub use command::Command;
pub use defaults::Defaults;
pub use exit::Exit;
pub use missed::Before;
pub use operator::{Desk, Setup, Venue};
pub use projected::Shared;
pub use roster::Roster;
pub use turns::held;
