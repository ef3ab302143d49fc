//! The panes, a module each: a function that draws, and one for the keys of its own.

pub mod chart;
pub mod ladder;
pub mod log;
pub mod tape;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::pane::Pane;
use crate::screen::Screen;
use crate::view::View;

/// Draws a pane with its border.
pub fn draw(frame: &mut Frame<'_>, area: Rect, pane: Pane, screen: &Screen, view: &View) {
    let _ = (frame, area, pane, screen, view);
}
