//! The chart.

/// What the user is looking at in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {}
