//! Whether order keys act, and how.

/// Whether order keys act.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Safety {}
