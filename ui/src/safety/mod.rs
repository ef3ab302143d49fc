//! Whether order keys act, and how.

pub(crate) mod gate;
pub(crate) mod level;
pub(crate) mod stage;

pub(crate) use gate::perform;
pub use gate::{gate, gate_all, trades};
pub use level::{Level, Safety, Why, arm, arm_instant, changed, disarm, observe, tick};
pub use stage::{Staged, stage};

#[cfg(test)]
mod tests;
