//! The question before leaving.

use ratatui::Frame;

use crate::action::Action;
use crate::event::Press;
use crate::screen::Screen;
use crate::view::View;

/// The question before leaving.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quit {}

impl Quit {
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
pub fn draw(frame: &mut Frame<'_>, it: &Quit, screen: &Screen, view: &View) {
    let _ = (frame, it, screen, view);
}

/// Opens it.
pub fn open(screen: &mut Screen, view: &View) {
    let _ = (screen, view);
}
