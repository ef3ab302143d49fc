//! What is told in passing.

/// What was told and is still to be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toasts {}
