//! Where everything stands, for every size of a terminal.

use ratatui::layout::Rect;

use crate::pane::Pane;
use crate::screen::Screen;

/// How much of the screen fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Every pane, from 110x34 on.
    Full,
    /// Two panes and the blotter, from 80x24 on.
    Compact,
    /// One pane, from 60x16 on.
    Single,
    /// One line that says so; the kill key works.
    Tiny,
}

impl Size {
    /// The size of an area.
    pub const fn of(area: Rect) -> Size {
        match (area.width, area.height) {
            (110.., 34..) => Size::Full,
            (80.., 24..) => Size::Compact,
            (60.., 16..) => Size::Single,
            _ => Size::Tiny,
        }
    }
}

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Environment, account, connection, arming.
    pub header: Rect,
    /// Tabs of panes and what is set up.
    pub strip: Rect,
    /// The panes that are shown.
    pub panes: Vec<(Pane, Rect)>,
    /// The menu line, the filter line, the staged order or a toast.
    pub line: Rect,
    /// Keys and clock.
    pub hints: Rect,
}

/// Where everything stands in an area.
pub fn layout(area: Rect, screen: &Screen) -> Plan {
    Plan { panes: vec![(screen.focus, area)], ..Plan::default() }
}
