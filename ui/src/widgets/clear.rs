//! Clears the ground for what lies over panes, wide glyphs included.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Blanks an area for what is drawn over it. The surface's style is the caller's: give it to the
/// block that is drawn next.
///
/// A wide glyph that begins left of the area would be printed over the area's first column, so it
/// becomes a blank; so does the half right of the area that the right edge cuts from a wide glyph.
pub fn clear(frame: &mut Frame<'_>, area: Rect) {
    clear_buffer(frame.buffer_mut(), area);
}

/// [`clear`] for what draws into a buffer.
pub fn clear_buffer(buffer: &mut Buffer, area: Rect) {
    let area = area.intersection(buffer.area);
    for row in area.top()..area.bottom() {
        blank_left(buffer, area, row);
        blank_right(buffer, area, row);
        for column in area.left()..area.right() {
            if let Some(cell) = buffer.cell_mut((column, row)) {
                cell.reset();
            }
        }
    }
}

fn is_wide(buffer: &Buffer, column: u16, row: u16) -> bool {
    buffer.cell((column, row)).is_some_and(|it| it.symbol().width() > 1)
}

/// The glyph that reaches into the area keeps its own style, so that a row's ground has no hole.
fn blank_left(buffer: &mut Buffer, area: Rect, row: u16) {
    let Some(column) = area.left().checked_sub(1) else { return };
    if area.is_empty() || !is_wide(buffer, column, row) {
        return;
    }
    if let Some(cell) = buffer.cell_mut((column, row)) {
        cell.set_symbol(" ");
    }
}

/// The second half of a glyph has no style of its own, so it takes that of the first.
fn blank_right(buffer: &mut Buffer, area: Rect, row: u16) {
    let Some(column) = area.right().checked_sub(1) else { return };
    if area.is_empty() || !is_wide(buffer, column, row) {
        return;
    }
    let style = buffer.cell((column, row)).map(ratatui::buffer::Cell::style).unwrap_or_default();
    if let Some(cell) = buffer.cell_mut((area.right(), row)) {
        cell.set_symbol(" ").set_style(style);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::style::{Color, Style};
    use ratatui::widgets::{Block, Paragraph};

    use super::*;

    /// Ten columns of text with a bordered popup of four columns over it, as the terminal has it.
    fn popup_over(text: &str, column: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(10, 3)).unwrap();
        // What was there before is what a terminal has to overwrite.
        terminal.draw(|frame| frame.render_widget(Paragraph::new(text), frame.area())).unwrap();
        let draw = |frame: &mut Frame<'_>| {
            frame.render_widget(Paragraph::new(text), frame.area());
            let area = Rect::new(column, 0, 4, 3);
            clear(frame, area);
            frame.render_widget(Block::bordered(), area);
        };
        terminal.draw(draw).unwrap();
        let buffer = terminal.backend().buffer();
        (0..10).map(|it| buffer[(it, 0)].symbol()).collect()
    }

    #[test]
    fn a_popup_over_half_a_wide_glyph_keeps_its_left_border() {
        assert_eq!(popup_over("abc字defg", 4), "abc ┌──┐g ");
    }

    #[test]
    fn a_popup_that_ends_on_half_a_wide_glyph_keeps_its_right_border() {
        assert_eq!(popup_over("abc字def", 0), "┌──┐ def  ");
        assert_eq!(popup_over("字字字字字", 3), "字  ┌──┐ 字 ");
    }

    #[test]
    fn a_glyph_that_only_touches_the_popup_stays() {
        assert_eq!(popup_over("a字bcde字", 3), "a字 ┌──┐字  ");
    }

    #[test]
    fn what_is_left_of_a_cut_glyph_keeps_its_ground() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        let ground = Style::new().bg(Color::Blue);
        buffer.set_string(0, 0, "a字b字c", ground);
        clear_buffer(&mut buffer, Rect::new(2, 0, 3, 1));
        let symbols: String = (0..8).map(|it| buffer[(it, 0)].symbol()).collect();
        assert_eq!(symbols, "a     c ");
        assert_eq!(buffer[(1, 0)].bg, Color::Blue);
        assert_eq!(buffer[(2, 0)].bg, Color::Reset);
        assert_eq!(buffer[(5, 0)].bg, Color::Blue);
    }

    #[test]
    fn areas_outside_are_nothing_to_clear() {
        let mut buffer = Buffer::with_lines(["字字"]);
        let before = buffer.clone();
        let areas = [(4, 0, 2, 1), (0, 1, 4, 1), (1, 0, 0, 1), (1, 0, 2, 0), (u16::MAX, 9, 9, 9)];
        for (column, row, width, height) in areas {
            clear_buffer(&mut buffer, Rect { x: column, y: row, width, height });
            assert_eq!(buffer, before);
        }
        clear_buffer(&mut buffer, Rect::new(0, 0, u16::MAX, u16::MAX));
        assert_eq!(buffer, Buffer::empty(before.area));
    }
}
