//! A buffer of cells as a picture.
//!
//! The same buffer gives the same bytes everywhere: the grid is of whole pixels, every glyph has its
//! own place, and what fonts draw badly or do not have (lines, blocks, braille, mosaics) is drawn as
//! shapes.

mod plain;
mod shape;

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthStr;

use crate::theme::{Rgb, Role, Theme, rgb};

pub use plain::{ansi, text};
use shape::Ink;

/// The width of a cell in pixels.
pub const CELL_WIDTH: u16 = 9;
/// The height of a cell in pixels.
pub const CELL_HEIGHT: u16 = 19;
/// The size of the font in pixels, whose glyphs are as wide as a cell.
const FONT_SIZE: u16 = 15;
/// Where glyphs stand, in pixels from the top of a cell.
const BASELINE: u16 = 14;
/// The line under a glyph and the line through it, in pixels from the top of a cell.
const UNDERLINE: f64 = 16.0;
const CROSSING: f64 = 9.0;
/// Fonts for Latin and for Han; what has neither takes any of one width.
const FONTS: &str = "'DejaVu Sans Mono','Noto Sans Mono CJK TC','Menlo','Consolas',monospace";

/// What a cell looks like that leaves its colours to the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Its text.
    pub text: Rgb,
    /// What it stands on.
    pub surface: Rgb,
}

impl Ground {
    /// The ground of a theme; light on dark where the theme has no colours.
    pub fn of(theme: &Theme) -> Ground {
        let text = theme.style(Role::Text).fg.and_then(rgb);
        let surface = theme.style(Role::Surface).bg.and_then(rgb);
        Ground {
            text: text.unwrap_or(Rgb::new(204, 204, 204)),
            surface: surface.unwrap_or(Rgb::new(16, 16, 16)),
        }
    }
}

/// Draws a buffer as scalable vector graphics.
pub fn svg(buffer: &Buffer, ground: Ground) -> String {
    let area = buffer.area;
    let width = u32::from(area.width) * u32::from(CELL_WIDTH);
    let height = u32::from(area.height) * u32::from(CELL_HEIGHT);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\" font-size=\"{FONT_SIZE}\">\n\
         <style>text{{white-space:pre}}.w{{text-anchor:middle}}.b{{font-weight:bold}}\
         .i{{font-style:italic}}.c{{shape-rendering:crispEdges}}</style>\n\
         <path class=\"c\" fill=\"{}\" d=\"M0 0h{width}v{height}h-{width}z\"/>\n",
        hex(ground.surface)
    );
    for row in 0..area.height {
        let cells = looks(buffer, row, ground);
        grounds(&mut out, &cells, row, ground);
        for run in cells.chunk_by(|one, two| one.is_like(two)) {
            glyphs(&mut out, run, row);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// A cell as it is to be drawn.
struct Look<'buffer> {
    column: u16,
    /// How many cells its glyph fills, at least one.
    cells: u16,
    symbol: &'buffer str,
    text: Rgb,
    surface: Rgb,
    modifiers: Modifier,
}

impl Look<'_> {
    /// Drawn together: the same colour and the same font.
    fn is_like(&self, other: &Look<'_>) -> bool {
        self.text == other.text && self.modifiers == other.modifiers
    }

    fn is_blank(&self) -> bool {
        self.symbol.trim().is_empty() || self.modifiers.contains(Modifier::HIDDEN)
    }
}

/// The cells of a row, without those that a wide glyph covers.
fn looks(buffer: &Buffer, row: u16, ground: Ground) -> Vec<Look<'_>> {
    let area = buffer.area;
    let mut found = Vec::with_capacity(usize::from(area.width));
    let mut column = 0;
    while column < area.width {
        let place = (area.x.saturating_add(column), area.y.saturating_add(row));
        let Some(cell) = buffer.cell(place) else { break };
        let left = area.width - column;
        let cells = u16::try_from(cell.symbol().width()).unwrap_or(1).clamp(1, left);
        found.push(look(cell, column, cells, ground));
        column += cells;
    }
    found
}

fn look(cell: &Cell, column: u16, cells: u16, ground: Ground) -> Look<'_> {
    let mut text = rgb(cell.fg).unwrap_or(ground.text);
    let mut surface = rgb(cell.bg).unwrap_or(ground.surface);
    if cell.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut text, &mut surface);
    }
    if cell.modifier.contains(Modifier::DIM) {
        text = mixed(text, surface);
    }
    let drawn = Modifier::BOLD
        | Modifier::ITALIC
        | Modifier::UNDERLINED
        | Modifier::CROSSED_OUT
        | Modifier::HIDDEN;
    let modifiers = cell.modifier & drawn;
    Look { column, cells, symbol: cell.symbol(), text, surface, modifiers }
}

/// Three parts of one colour and two of another: what dim text looks like.
fn mixed(text: Rgb, surface: Rgb) -> Rgb {
    let mix = |one: u8, two: u8| {
        u8::try_from((u16::from(one) * 3 + u16::from(two) * 2) / 5).unwrap_or(one)
    };
    Rgb::new(
        mix(text.red, surface.red),
        mix(text.green, surface.green),
        mix(text.blue, surface.blue),
    )
}

/// One rectangle for each run of cells that have the same ground, where it is not that of all.
fn grounds(out: &mut String, cells: &[Look<'_>], row: u16, ground: Ground) {
    for run in cells.chunk_by(|one, two| one.surface == two.surface) {
        let Some(first) = run.first().filter(|it| it.surface != ground.surface) else { continue };
        let width: u32 = run.iter().map(|it| u32::from(it.cells * CELL_WIDTH)).sum();
        let (left, top) = (left(first.column), top(row));
        let color = hex(first.surface);
        let _ = writeln!(
            out,
            "<path class=\"c\" fill=\"{color}\" d=\"M{left} {top}h{width}v{CELL_HEIGHT}h-{width}z\"/>"
        );
    }
}

/// The glyphs of a run: shapes first, then text.
fn glyphs(out: &mut String, run: &[Look<'_>], row: u16) {
    let Some(first) = run.first() else { return };
    let mut ink = Ink::default();
    let mut letters = String::new();
    for cell in run {
        let (left, top) = (left(cell.column), top(row));
        let width = f64::from(cell.cells * CELL_WIDTH);
        if first.modifiers.contains(Modifier::UNDERLINED) {
            ink.rectangle(f64::from(left), f64::from(top) + UNDERLINE, width, 1.0);
        }
        if first.modifiers.contains(Modifier::CROSSED_OUT) {
            ink.rectangle(f64::from(left), f64::from(top) + CROSSING, width, 1.0);
        }
        if !cell.is_blank() && !ink.glyph(cell.symbol, f64::from(left), f64::from(top)) {
            letter(&mut letters, cell, left, top);
        }
    }
    if ink.is_empty() && letters.is_empty() {
        return;
    }
    let font = match (
        first.modifiers.contains(Modifier::BOLD),
        first.modifiers.contains(Modifier::ITALIC),
    ) {
        (true, true) => " class=\"b i\"",
        (true, false) => " class=\"b\"",
        (false, true) => " class=\"i\"",
        (false, false) => "",
    };
    let _ = write!(out, "<g fill=\"{0}\"{font}>", hex(first.text));
    ink.write(out, &hex(first.text));
    out.push_str(&letters);
    out.push_str("</g>\n");
}

fn letter(out: &mut String, cell: &Look<'_>, left: u32, top: u32) {
    let baseline = top + u32::from(BASELINE);
    if cell.cells > 1 {
        let middle = left + u32::from(cell.cells * CELL_WIDTH) / 2;
        let _ = write!(out, "<text class=\"w\" x=\"{middle}\" y=\"{baseline}\">");
    } else {
        let _ = write!(out, "<text x=\"{left}\" y=\"{baseline}\">");
    }
    for character in cell.symbol.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // No document may contain these.
            '\0'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => (),
            other => out.push(other),
        }
    }
    out.push_str("</text>");
}

fn left(column: u16) -> u32 {
    u32::from(column) * u32::from(CELL_WIDTH)
}

fn top(row: u16) -> u32 {
    u32::from(row) * u32::from(CELL_HEIGHT)
}

fn hex(color: Rgb) -> String {
    format!("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue)
}

#[cfg(test)]
mod tests;
