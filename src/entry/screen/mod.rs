//! The full screen over the machine.

mod pace;
mod terminal;
