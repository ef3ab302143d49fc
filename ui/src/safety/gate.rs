//! Commands that ask first.

use crate::action::Action;
use crate::screen::Screen;
use crate::view::View;

/// Carries a command out, after asking where it trades or takes something away.
pub fn gate(screen: &mut Screen, view: &View, line: String) -> Vec<Action> {
    gate_all(screen, view, vec![line])
}

/// Carries commands out, after asking once where one of them trades or takes something away.
pub fn gate_all(screen: &mut Screen, view: &View, lines: Vec<String>) -> Vec<Action> {
    let _ = (screen, view, lines);
    Vec::new()
}

/// Whether a line can lead to an order. What is not known counts as one that does.
pub fn trades(line: &str) -> bool {
    let _ = line;
    true
}
