//! The border of a pane.

use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType};

use crate::pane::Pane;
use crate::screen::Screen;
use crate::theme::Role;
use crate::view::{Environment, View};

/// A pane's border with a title. The focused pane has a heavy one; where real money moves every
/// border warns.
pub fn pane_block<'a>(
    screen: &Screen,
    view: &View,
    pane: Pane,
    title: impl Into<Line<'a>>,
) -> Block<'a> {
    let is_focused = screen.focus == pane;
    let look = &screen.look;
    let line = if is_focused { BorderType::Thick } else { BorderType::Rounded };
    let role = if is_focused { Role::TitleFocused } else { Role::Title };
    Block::bordered()
        .border_type(line)
        .border_style(border(screen, view, is_focused))
        .style(look.style(Role::Surface))
        .title_style(look.style(role))
        .title(title)
}

fn border(screen: &Screen, view: &View, is_focused: bool) -> Style {
    let role = if is_focused { Role::BorderFocused } else { Role::Border };
    let style = screen.look.style(role);
    if view.machine.environment == Environment::Live {
        return style.patch(screen.look.style(Role::BorderDanger));
    }
    style
}
