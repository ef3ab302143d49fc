//! The whole screen from its parts.

mod banner;
mod bar;
mod header;
mod hints;
mod line;
mod strip;
mod words;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::layout::{Size, layout};
use crate::panes;
use crate::screen::Screen;
use crate::theme::Role;
use crate::view::View;

pub use line::free as free_line;
pub use strip::tab_at;

/// Draws everything. Changes nothing.
pub fn draw(frame: &mut Frame<'_>, screen: &Screen, view: &View) {
    let area = frame.area();
    let ground = screen.look.style(Role::Text).patch(screen.look.style(Role::Surface));
    frame.buffer_mut().set_style(area, ground);
    let plan = layout(area, screen);
    if Size::of(area) == Size::Tiny {
        tiny(frame, plan.line, screen);
    } else {
        header::draw(frame, plan.header, screen, view);
        if !banner::draw(frame, plan.strip, screen, view) {
            strip::draw(frame, plan.strip, screen, view);
        }
        for (pane, area) in &plan.panes {
            panes::draw(frame, *area, *pane, screen, view);
        }
        line::draw(frame, plan.line, screen, view);
        hints::draw(frame, plan.hints, screen, view);
    }
    for overlay in &screen.overlays {
        crate::overlays::draw(frame, overlay, screen, view);
    }
    make_plain(frame.buffer_mut());
}

/// Whatever texts hold, no cell acts on the terminal or turns its line around: control characters,
/// ends of lines, and marks that change the direction of text become blanks.
fn make_plain(cells: &mut Buffer) {
    let acts = |it: char| {
        it.is_control()
            || matches!(
                it,
                '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                    | '\u{2066}'..='\u{2069}' | '\u{feff}'
            )
    };
    for cell in &mut cells.content {
        // Nearly every cell is one letter or sign of ASCII.
        let is_plain = matches!(cell.symbol().as_bytes(), [0x20..=0x7e]);
        if !is_plain && cell.symbol().chars().any(acts) {
            let plain = cell.symbol().replace(acts, " ");
            cell.set_symbol(&plain);
        }
    }
}

/// What is said where nothing fits. The kill key works; its menu draws itself at any size.
fn tiny(frame: &mut Frame<'_>, line: Rect, screen: &Screen) {
    let area = frame.area();
    let have = format!("{}x{}", area.width, area.height);
    let kill = screen.keys.hint(crate::keys::Act::Kill);
    let text = screen.look.fill("frame.tiny", &[("have", &have), ("kill", &kill)]);
    let style = screen.look.style(Role::StatusWarn);
    frame.buffer_mut().set_stringn(line.x, line.y, text, usize::from(line.width), style);
}

#[cfg(test)]
mod tests;
