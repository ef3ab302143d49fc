//! The children of a machine.

use serde::{Deserialize, Serialize};

/// A process of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Ticks to signals.
    Strategy,
    /// Signals to orders.
    Executor,
    /// The exchange's library, where there is one.
    Venue,
}

impl Role {
    /// The children that trade, in the order they are started.
    pub const TRADING: [Role; 2] = [Role::Executor, Role::Strategy];

    /// The word, which is also the hidden subcommand.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Strategy => "strategy",
            Role::Executor => "executor",
            Role::Venue => "venue",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}
