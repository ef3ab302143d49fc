//! What is told in passing.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::action::Action;
use crate::screen::Screen;
use crate::view::{Moment, View};

/// What kind of news it is.
pub use crate::view::Severity as Kind;

/// What was told and is still to be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toasts {}

impl Toasts {
    /// Tells something.
    pub fn push(&mut self, kind: Kind, text: impl Into<String>) {
        let _ = (kind, text.into());
    }

    /// Takes the one that is shown away. False where there is none.
    pub fn dismiss(&mut self) -> bool {
        false
    }

    /// Whether there is something to show.
    pub fn is_empty(&self) -> bool {
        true
    }
}

/// Takes those away that were shown long enough.
pub fn tick(screen: &mut Screen, now: Moment) {
    let _ = (screen, now);
}

/// Tells what is new in the view: alerts, refused orders, fills.
pub fn watch(screen: &mut Screen, view: &View) -> Vec<Action> {
    let _ = (screen, view);
    Vec::new()
}

/// Draws the one that is shown into a line.
pub fn draw(frame: &mut Frame<'_>, area: Rect, screen: &Screen) {
    let _ = (frame, area, screen);
}
