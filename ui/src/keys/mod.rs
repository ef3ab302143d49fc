//! What keys do.

mod act;

pub use act::{Act, Context};

/// What keys do, by context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap {}
