//! The command palette.

use ratatui::Frame;

use crate::action::Action;
use crate::event::Press;
use crate::screen::Screen;
use crate::view::View;

/// What is typed into it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Palette {}

impl Palette {
    /// Puts a text in.
    pub fn paste(&mut self, text: &str) {
        let _ = text;
    }
}

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, palette: &Palette, screen: &Screen, view: &View) {
    let _ = (frame, palette, screen, view);
}

/// Takes a key.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let _ = (view, key);
    screen.overlays.pop();
    Vec::new()
}
