//! The kill menu.

use ratatui::Frame;

use crate::action::Action;
use crate::event::Press;
use crate::screen::Screen;
use crate::view::View;

/// The kill menu.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kill {}

impl Kill {
    /// Whether letters go into a text.
    pub fn has_text_field(&self) -> bool {
        false
    }

    /// Puts a text into the field that has the focus.
    pub fn paste(&mut self, text: &str) {
        let _ = text;
    }
}

/// Takes a key.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let _ = (view, key);
    screen.overlays.pop();
    Vec::new()
}

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, it: &Kill, screen: &Screen, view: &View) {
    let _ = (frame, it, screen, view);
}

/// Opens it over everything.
pub fn open(screen: &mut Screen) {
    let _ = screen;
}
