//! The keys.

use ratatui::Frame;

use crate::action::Action;
use crate::event::Press;
use crate::screen::Screen;
use crate::view::View;

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Help {}

impl Help {
    /// Puts a text in.
    pub fn paste(&mut self, text: &str) {
        let _ = text;
    }
}

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, help: &Help, screen: &Screen) {
    let _ = (frame, help, screen);
}

/// Takes a key.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let _ = (view, key);
    screen.overlays.pop();
    Vec::new()
}
