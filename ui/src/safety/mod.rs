//! Whether order keys act, and how.

mod gate;
mod level;
mod stage;

pub use gate::{gate, gate_all, trades};
pub use level::{Level, Safety, Why, arm, arm_instant, changed, disarm, observe, tick};
pub use stage::{Staged, stage};
