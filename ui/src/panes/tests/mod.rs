//! Tables and other panes as the trader sees them, and what their keys ask for.

mod keys;
mod rows;
mod shots;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::draw;
use crate::keys::Keymap;
use crate::layout::layout;
use crate::look::{Language, Look};
use crate::pane::Pane;
use crate::screen::Screen;
use crate::theme::Theme;
use crate::view::View;

/// The plain look: signs that every terminal has.
pub(super) fn look() -> Look {
    let theme = Theme::built_in("mono").unwrap();
    Look { theme, language: Language::English }
}

/// A screen of 120x40 with a pane that has the focus.
fn screen(pane: Pane) -> Screen {
    let mut screen = Screen::new(look(), Keymap::default_map(), (120, 40));
    screen.focus_on(pane);
    screen
}

/// A pane alone on a terminal of this size.
fn shot(screen: &Screen, view: &View, pane: Pane, (width, height): (u16, u16)) -> String {
    text(&drawn(screen, view, pane, (width, height)))
}

fn drawn(screen: &Screen, view: &View, pane: Pane, (width, height): (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, frame.area(), pane, screen, view)).unwrap();
    terminal.backend().buffer().clone()
}

/// The rows of a buffer without what wide glyphs hide, and without blanks at the end.
fn text(buffer: &Buffer) -> String {
    let row = |row: Rect| {
        let mut line = String::new();
        let mut hidden = 0;
        for place in row.positions() {
            let symbol = buffer.cell(place).map_or(" ", |it| it.symbol());
            if hidden == 0 {
                line.push_str(symbol);
                hidden = symbol.width().saturating_sub(1);
            } else {
                hidden -= 1;
            }
        }
        line.trim_end().to_owned()
    };
    buffer.area.rows().map(row).collect::<Vec<_>>().join("\n")
}

/// The size that a pane has on a terminal of this size.
fn size_in(pane: Pane, (width, height): (u16, u16)) -> (u16, u16) {
    let screen = screen(pane);
    let plan = layout(Rect::new(0, 0, width, height), &screen);
    plan.panes.iter().find(|it| it.0 == pane).map(|it| (it.1.width, it.1.height)).unwrap()
}
