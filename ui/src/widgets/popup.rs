//! Windows over the panes, at every size.
//!
//! A popup is a list of lines. Where they do not all fit, those around the one that matters are
//! shown; where not even a border fits, the lines alone are.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::look::Look;
use crate::theme::Role;
use crate::widgets::text::truncate;

/// Below this height the border gives its rows to the lines.
const BORDER_HEIGHT_MIN: u16 = 6;

/// A window.
#[derive(Debug, Default)]
pub struct Popup {
    /// What it is, in its border.
    pub title: String,
    /// What is in it.
    pub lines: Vec<Line<'static>>,
    /// The line that must be seen.
    pub focus: usize,
    /// Cells between its borders.
    pub width: u16,
    /// It is about something that cannot be taken back.
    pub is_danger: bool,
}

impl Popup {
    /// Draws it in the middle of an area.
    pub fn draw(&self, frame: &mut Frame<'_>, look: &Look) {
        let area = frame.area();
        let wanted = u16::try_from(self.lines.len()).unwrap_or(u16::MAX);
        let has_border = has_border(area);
        let edge = if has_border { 2 } else { 0 };
        let width = self.width.saturating_add(edge * 2).min(area.width);
        let height = wanted.saturating_add(edge).min(area.height);
        let place = middle(area, width, height);
        clear(frame, place, look);
        let inner = if has_border { self.border(frame, place, look) } else { place };
        self.lines(frame, inner, look);
    }

    fn border(&self, frame: &mut Frame<'_>, place: Rect, look: &Look) -> Rect {
        let role = if self.is_danger { Role::BorderDanger } else { Role::BorderPopup };
        let kind = if self.is_danger { BorderType::Double } else { BorderType::Rounded };
        let room = usize::from(place.width.saturating_sub(4));
        let title = Span::styled(
            format!(" {} ", truncate(&self.title, room)),
            look.style(Role::TitleFocused),
        );
        let block = Block::bordered()
            .border_type(kind)
            .border_style(look.style(role))
            .style(look.style(Role::SurfacePopup))
            .title(title);
        let inner = block.inner(place);
        frame.render_widget(block, place);
        let side = inner.width.min(1);
        Rect { x: inner.x + side, width: inner.width.saturating_sub(2 * side), ..inner }
    }

    fn lines(&self, frame: &mut Frame<'_>, inner: Rect, look: &Look) {
        let height = usize::from(inner.height);
        let most = self.lines.len().saturating_sub(height);
        let first = (self.focus + 1).saturating_sub(height.div_ceil(2).max(1)).min(most);
        let first = if self.focus < height { 0 } else { first };
        for (row, line) in (inner.y..inner.bottom()).zip(self.lines.iter().skip(first)) {
            let style = look.style(Role::SurfacePopup);
            frame.buffer_mut().set_style(Rect { y: row, height: 1, ..inner }, style);
            frame.buffer_mut().set_line(inner.x, row, line, inner.width);
        }
    }
}

/// Whether there is room for a border.
const fn has_border(area: Rect) -> bool {
    area.height >= BORDER_HEIGHT_MIN && area.width >= 12
}

/// A place of this size in the middle of an area.
pub fn middle(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

/// Empties a place for something that is to stand over others.
pub fn clear(frame: &mut Frame<'_>, place: Rect, look: &Look) {
    super::clear(frame, place);
    frame.buffer_mut().set_style(place, look.style(Role::SurfacePopup));
}

/// The cells that a popup's text has in a terminal of this width.
pub fn room(area: Rect, wanted: u16) -> u16 {
    let edge = if has_border(area) { 4 } else { 0 };
    wanted.min(area.width.saturating_sub(edge)).max(1)
}

/// Parts a text into lines of at most this many cells: between words where there are spaces, else
/// between glyphs.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(2);
    let (mut lines, mut line, mut width) = (Vec::new(), String::new(), 0);
    for part in text.split_inclusive(' ').flat_map(|it| pieces(it, cells)) {
        // The blank behind a word needs no room at the end of a line.
        if width + part.trim_end().width() > cells && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            width = 0;
        }
        if !(line.is_empty() && part.trim().is_empty()) {
            line.push_str(part);
            width += part.width();
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// A word in pieces that fit into a line. Words that are written without blanks may be parted
/// between their glyphs; a number in them may not.
fn pieces(word: &str, cells: usize) -> Vec<&str> {
    let is_wide = word.width() > word.chars().count();
    let bounds = if is_wide { word.split_word_bounds().collect() } else { vec![word] };
    let part = |it: &'_ str| it.trim_end().width() > cells;
    bounds
        .into_iter()
        .flat_map(|it| if part(it) { it.graphemes(true).collect() } else { vec![it] })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Language;
    use crate::theme::Theme;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    fn drawn(width: u16, height: u16, focus: usize) -> String {
        let look = Look { theme: Theme::default(), language: Language::English };
        let lines = (0..9).map(|it| Line::from(format!("line {it} 下單"))).collect();
        let popup =
            Popup { title: "委託 order".into(), lines, focus, width: 20, is_danger: true };
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| popup.draw(frame, &look)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn what_matters_is_seen_at_every_size() {
        for (width, height) in [(120, 40), (80, 24), (20, 5), (20, 3), (12, 6), (20, 1)] {
            for focus in 0..9 {
                assert!(drawn(width, height, focus).contains(&format!("line {focus}")));
            }
        }
        for width in 1..30 {
            for height in 1..12 {
                drawn(width, height, 8);
            }
        }
    }

    #[test]
    fn a_text_is_parted_where_it_can_be() {
        assert_eq!(wrap("buys 1 TXFH1 now", 8), ["buys 1", "TXFH1", "now"]);
        assert_eq!(wrap("價格跌到後反轉", 6), ["價格跌", "到後反", "轉"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        for cells in 1..9 {
            for line in wrap("委託 TXFH1 at 17,300 (買進)", cells) {
                assert!(line.width() <= cells.max(2), "{line}");
            }
        }
    }
}
