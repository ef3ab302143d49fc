//! The operator's side: the command language and the files that a trader hands over.
//!
//! Owns what a person can say and how it is written. Refuses sockets, clocks and settings: what it
//! needs of them is a parameter.

pub mod command;
pub mod conditions_file;
mod defaults;
mod exit;

pub use command::Command;
pub use defaults::Defaults;
pub use exit::Exit;
