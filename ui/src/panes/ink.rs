//! Writing into a part of the frame, clipped to it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

/// Cells that a text takes.
pub(super) fn cells(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// A style without the modifiers of what it is written over.
fn fresh(style: Style) -> Style {
    Style { sub_modifier: Modifier::all().difference(style.add_modifier), ..style }
}

/// A part of the frame; columns and rows count from its upper left corner, and what does not fit
/// into it is left out.
pub(super) struct Ink<'frame> {
    buffer: &'frame mut Buffer,
    area: Rect,
}

impl<'frame> Ink<'frame> {
    /// A part of the frame.
    pub(super) fn new(buffer: &'frame mut Buffer, area: Rect) -> Ink<'frame> {
        let area = area.intersection(buffer.area);
        Ink { buffer, area }
    }

    /// A part of this part.
    pub(super) fn part(&mut self, part: Rect) -> Ink<'_> {
        let moved = Rect {
            x: self.area.x.saturating_add(part.x),
            y: self.area.y.saturating_add(part.y),
            ..part
        };
        let area = moved.intersection(self.area);
        Ink { buffer: self.buffer, area }
    }

    pub(super) const fn width(&self) -> u16 {
        self.area.width
    }

    pub(super) const fn height(&self) -> u16 {
        self.area.height
    }

    /// Writes a text, and says in which column the next one goes.
    pub(super) fn put(&mut self, column: u16, row: u16, text: &str, style: Style) -> u16 {
        if column >= self.area.width || row >= self.area.height {
            return column.saturating_add(cells(text));
        }
        let room = self.area.width - column;
        let (x, y) = (self.area.x + column, self.area.y + row);
        let (end, _) = self.buffer.set_stringn(x, y, text, usize::from(room), style);
        end.saturating_sub(self.area.x)
    }

    /// Writes a text that ends before a column; the beginning of one that is too long is kept.
    pub(super) fn put_before(&mut self, end: u16, row: u16, text: &str, style: Style) {
        self.put(end.saturating_sub(cells(text)), row, text, style);
    }

    /// Writes a text into the middle of a span of columns.
    pub(super) fn put_amid(
        &mut self,
        (from, width): (u16, u16),
        row: u16,
        text: &str,
        style: Style,
    ) {
        self.put(from + width.saturating_sub(cells(text)) / 2, row, text, style);
    }

    /// Gives a span of columns a style, and leaves what is written there.
    pub(super) fn paint(&mut self, (from, width): (u16, u16), row: u16, style: Style) {
        let span = Rect::new(from, row, width, 1);
        let area = self.part(span).area;
        self.buffer.set_style(area, style);
    }

    /// Writes a text over what stands there, of which nothing stays but the ground.
    pub(super) fn over(&mut self, column: u16, row: u16, text: &str, style: Style) {
        self.put(column, row, text, fresh(style));
    }

    /// Sets one cell, of which nothing stays but the ground.
    pub(super) fn dot(&mut self, column: u16, row: u16, symbol: &str, style: Style) {
        if column < self.area.width
            && row < self.area.height
            && let Some(cell) = self.buffer.cell_mut((self.area.x + column, self.area.y + row))
        {
            cell.set_symbol(symbol).set_style(fresh(style));
        }
    }

    /// What stands in a cell; a space outside.
    pub(super) fn at(&self, column: u16, row: u16) -> &str {
        let is_inside = column < self.area.width && row < self.area.height;
        let place = (self.area.x.saturating_add(column), self.area.y.saturating_add(row));
        self.buffer.cell(place).filter(|_| is_inside).map_or(" ", |it| it.symbol())
    }
}
