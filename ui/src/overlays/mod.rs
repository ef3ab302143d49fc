//! What lies over the panes.

use ratatui::Frame;

use crate::screen::Screen;
use crate::view::View;

/// Something that lies over the panes and takes the keys while it is on top.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {}

/// Draws an overlay.
pub fn draw(_frame: &mut Frame<'_>, overlay: &Overlay, _screen: &Screen, _view: &View) {
    match *overlay {}
}
