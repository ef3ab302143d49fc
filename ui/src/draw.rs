//! The whole screen from its parts.

use ratatui::Frame;

use crate::layout::layout;
use crate::panes;
use crate::screen::Screen;
use crate::view::View;

/// Draws everything. Changes nothing.
pub fn draw(frame: &mut Frame<'_>, screen: &Screen, view: &View) {
    let plan = layout(frame.area(), screen);
    for (pane, area) in plan.panes {
        panes::draw(frame, area, pane, screen, view);
    }
    for overlay in &screen.overlays {
        crate::overlays::draw(frame, overlay, screen, view);
    }
}
