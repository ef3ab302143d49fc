//! What the screen remembers from one start to the next.

use serde::{Deserialize, Serialize};

use crate::screen::Screen;

/// What the screen remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {}

impl Screen {
    /// What is to be remembered.
    pub fn session(&self) -> Session {
        Session {}
    }

    /// Goes back to what was remembered; a sentence for each piece that cannot be.
    pub fn restore(&mut self, _session: &Session) -> Vec<String> {
        Vec::new()
    }
}
