//! The panes, a module each: a function that draws, and one for the keys of its own.

pub mod chart;
mod ink;
pub mod ladder;
pub mod log;
mod market;
pub mod tape;

use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::action::Action;
use crate::keys::Act;
use crate::pane::Pane;
use crate::screen::Screen;
use crate::view::View;

/// Draws a pane with its border.
pub fn draw(frame: &mut Frame<'_>, area: Rect, pane: Pane, screen: &Screen, view: &View) {
    match pane {
        Pane::Ladder => ladder::draw(frame, area, screen, view),
        _ => (),
    }
}

/// Does what a key of a pane means.
pub fn update(screen: &mut Screen, view: &View, pane: Pane, act: Act) -> Vec<Action> {
    match pane {
        Pane::Ladder => ladder::update(screen, view, act),
        _ => Vec::new(),
    }
}

/// A click into a pane that has the focus.
pub fn click(
    screen: &mut Screen,
    view: &View,
    (pane, area): (Pane, Rect),
    mouse: MouseEvent,
) -> Vec<Action> {
    let MouseEventKind::Down(button) = mouse.kind else { return Vec::new() };
    match pane {
        Pane::Ladder => ladder::click(screen, view, area, (mouse.column, mouse.row), button),
        _ => Vec::new(),
    }
}
