//! Orders on their way out.

use crate::action::Action;
use crate::screen::Screen;
use crate::view::View;

/// An order that a key asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// The command, like `order buy TXFH1 1 --limit 17300 --tif rod`.
    pub line: String,
    /// The item that it trades.
    pub item: String,
    /// What exactly it does, in the trader's language.
    pub text: String,
}

/// Sends an order, or puts it into the bottom line, or says why not, by the level of arming.
pub fn stage(screen: &mut Screen, view: &View, staged: Staged) -> Vec<Action> {
    let _ = (screen, view, staged);
    Vec::new()
}
