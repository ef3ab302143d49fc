//! A buffer of cells as text, bare or with the terminal's colours.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

use crate::theme::sgr;

/// The text of a buffer, a line each row, without the blanks at the ends of rows.
pub fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in rows(buffer) {
        let line: String = row.iter().flat_map(|it| symbol(it)).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The text of a buffer with the terminal's codes for its colours and modifiers. Every row begins
/// and ends with the terminal's own.
pub fn ansi(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in rows(buffer) {
        let mut last = Style::default();
        for cell in row {
            let style = Style::new().fg(cell.fg).bg(cell.bg).add_modifier(cell.modifier);
            if style != last {
                codes(&mut out, cell);
                last = style;
            }
            out.extend(symbol(cell));
        }
        out.push_str("\u{1b}[0m\n");
    }
    out
}

/// The rows of a buffer without the cells that wide glyphs cover.
fn rows(buffer: &Buffer) -> impl Iterator<Item = Vec<&Cell>> {
    let width = usize::from(buffer.area.width).max(1);
    buffer.content.chunks(width).map(|row| {
        let mut covered = 0;
        let is_seen = |cell: &&Cell| {
            let is_seen = covered == 0;
            covered = if is_seen { cell.symbol().width().max(1) - 1 } else { covered - 1 };
            is_seen
        };
        row.iter().filter(is_seen).collect()
    })
}

/// What a terminal prints for a cell; nothing that could command it.
fn symbol(cell: &Cell) -> impl Iterator<Item = char> {
    cell.symbol().chars().map(|it| if it.is_control() { ' ' } else { it })
}

fn codes(out: &mut String, cell: &Cell) {
    out.push_str("\u{1b}[0");
    for (modifier, code) in [
        (Modifier::BOLD, 1),
        (Modifier::DIM, 2),
        (Modifier::ITALIC, 3),
        (Modifier::UNDERLINED, 4),
        (Modifier::SLOW_BLINK, 5),
        (Modifier::RAPID_BLINK, 6),
        (Modifier::REVERSED, 7),
        (Modifier::HIDDEN, 8),
        (Modifier::CROSSED_OUT, 9),
    ] {
        if cell.modifier.contains(modifier) {
            let _ = write!(out, ";{code}");
        }
    }
    let _ = write!(out, "{}{}m", sgr(cell.fg, false), sgr(cell.bg, true));
}
