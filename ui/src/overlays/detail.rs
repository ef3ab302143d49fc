//! A row, whole.

use ratatui::Frame;

use crate::action::Action;
use crate::event::Press;
use crate::screen::Screen;
use crate::view::View;

/// A row, whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detail {}

impl Detail {
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
pub fn draw(frame: &mut Frame<'_>, it: &Detail, screen: &Screen, view: &View) {
    let _ = (frame, it, screen, view);
}

/// What is shown whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An order, by its number.
    Order(String),
    /// A condition, by its name.
    Condition(String),
    /// A position, by account and item.
    Position {
        /// Whose.
        account: String,
        /// Of what.
        item: String,
    },
}

/// Shows a row whole.
pub fn open(screen: &mut Screen, subject: Subject) {
    let _ = (screen, subject);
}
