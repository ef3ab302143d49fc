//! The command palette: everything that can be done, found by a few letters, and the command
//! language itself.

mod complete;
mod own;
mod rows;

use ratatui::Frame;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::Overlay;
use super::stroke::Stroke;
use crate::action::Action;
use crate::event::Press;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::{Moment, View};
use crate::widgets::field::Field;
use crate::widgets::popup::{Popup, room};

use rows::{Choice, Row};

/// For so long after it opened, in nanoseconds, it takes no Enter.
const SWALLOWED: Moment = 250_000_000;
/// Rows that are offered at most.
const ROWS_MAX: usize = 14;
/// How many choices are remembered.
const RECENT_MAX: usize = 20;
/// Cells of its text.
const WIDTH: u16 = 76;

/// What is typed into it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Palette {
    field: Field,
    chosen: usize,
    opened: Moment,
    /// Words that Tab goes round, and which of them is in the field.
    round: Option<complete::Round>,
    /// Why the line was not carried out.
    problem: Option<String>,
}

impl Palette {
    /// Puts a text in.
    pub fn paste(&mut self, text: &str) {
        self.field.insert(text);
        self.touched();
    }

    fn touched(&mut self) {
        self.chosen = 0;
        self.round = None;
        self.problem = None;
    }
}

/// Opens it empty.
pub fn open(screen: &mut Screen) {
    open_with(screen, "");
}

/// Opens it at the settings.
pub fn open_settings(screen: &mut Screen) {
    let word = screen.look.text("palette.settings").into_owned();
    open_with(screen, &format!("{word} "));
}

fn open_with(screen: &mut Screen, text: &str) {
    let palette = Palette { field: Field::new(text), opened: screen.now, ..Palette::default() };
    screen.overlays.push(Overlay::Palette(Box::new(palette)));
}

/// Takes a key.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let Some(Overlay::Palette(mut palette)) = screen.overlays.pop() else { return Vec::new() };
    let offered = |it: &Palette| rows::rows(it.field.text(), screen, view);
    match Stroke::from(key) {
        Stroke::Esc => return Vec::new(),
        Stroke::Enter if screen.now.saturating_sub(palette.opened) < SWALLOWED => (),
        Stroke::Enter => {
            let rows = offered(&palette);
            return enter(screen, view, palette, &rows);
        }
        Stroke::Tab => complete::tab(&mut palette, screen, view),
        Stroke::Up | Stroke::BackTab => palette.chosen = palette.chosen.saturating_sub(1),
        Stroke::Down => {
            let last = offered(&palette).len().saturating_sub(1);
            palette.chosen = (palette.chosen + 1).min(last);
        }
        Stroke::PageUp => palette.chosen = 0,
        Stroke::PageDown => palette.chosen = offered(&palette).len().saturating_sub(1),
        other => {
            let before = palette.field.text().to_owned();
            palette.field.stroke(other);
            if before != palette.field.text() {
                palette.touched();
            }
        }
    }
    screen.overlays.push(Overlay::Palette(palette));
    Vec::new()
}

/// Does what is chosen. What cannot be done says why and stays.
fn enter(screen: &mut Screen, view: &View, mut palette: Box<Palette>, rows: &[Row]) -> Vec<Action> {
    let Some(row) = rows.get(palette.chosen) else {
        screen.overlays.push(Overlay::Palette(palette));
        return Vec::new();
    };
    if let Choice::Template(line) = &row.choice {
        palette.field.set(format!("{} ", rows::fixed_words(line)));
        palette.touched();
        screen.overlays.push(Overlay::Palette(palette));
        return Vec::new();
    }
    if let Some(why) = &row.why_not {
        palette.problem = Some(why.clone());
        screen.overlays.push(Overlay::Palette(palette));
        return Vec::new();
    }
    remember(screen, row.id());
    own::perform(screen, view, &row.choice)
}

fn remember(screen: &mut Screen, id: String) {
    screen.recent.retain(|it| *it != id);
    screen.recent.insert(0, id);
    screen.recent.truncate(RECENT_MAX);
}

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, palette: &Palette, screen: &Screen, view: &View) {
    let look = &screen.look;
    let cells = room(frame.area(), WIDTH);
    let (text, cursor) = palette.field.shown();
    let mut lines = vec![input(screen, &text, cursor)];
    let rows = rows::rows(palette.field.text(), screen, view);
    let first = palette.chosen.saturating_sub(ROWS_MAX - 1);
    for (at, row) in rows.iter().enumerate().skip(first).take(ROWS_MAX) {
        lines.push(shown(screen, row, at == palette.chosen, usize::from(cells)));
    }
    if rows.is_empty() {
        let text = look.text("palette.nothing");
        lines.push(Line::styled(text.into_owned(), look.style(Role::TextMuted)));
    }
    let words = complete::candidates(palette.field.text(), screen, view);
    if !words.is_empty() && !text.is_empty() {
        let words = words.join(" ");
        let shown = crate::widgets::text::truncate(&words, usize::from(cells)).into_owned();
        lines.push(Line::styled(shown, look.style(Role::FormHint)));
    }
    lines.push(match &palette.problem {
        Some(problem) => Line::styled(problem.clone(), look.style(Role::FormError)),
        None => Line::styled(look.text("palette.keys").into_owned(), look.style(Role::KeyLabel)),
    });
    let focus = palette.chosen - first + 1;
    let title = look.text("palette.title").into_owned();
    Popup { title, lines, focus, width: cells, is_danger: false }.draw(frame, look);
}

/// The typed line; the cell under the cursor is marked.
fn input(screen: &Screen, text: &str, cursor: usize) -> Line<'static> {
    let look = &screen.look;
    let mut cells = 0;
    let at = text
        .char_indices()
        .find(|(_, it)| {
            let is_there = cells >= cursor;
            cells += it.to_string().width();
            is_there
        })
        .map_or(text.len(), |it| it.0);
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let mut rest = after.chars();
    let under = rest.next().map_or_else(|| " ".to_owned(), |it| it.to_string());
    Line::from(vec![
        Span::styled(": ", look.style(Role::KeyHint)),
        Span::styled(before.to_owned(), look.style(Role::FormValue)),
        Span::styled(under, look.style(Role::FormCursor)),
        Span::styled(rest.as_str().to_owned(), look.style(Role::FormValue)),
    ])
}

/// A row: what it is, and at the right its key, or why it cannot be done.
fn shown(screen: &Screen, row: &Row, is_chosen: bool, cells: usize) -> Line<'static> {
    let look = &screen.look;
    let ground = if is_chosen { look.style(Role::SurfaceSelected) } else { Default::default() };
    let sign = if is_chosen { look.glyph(Glyph::Here) } else { " " };
    let right = row.why_not.clone().unwrap_or_else(|| row.key.clone());
    let right = crate::widgets::text::truncate(&right, cells / 2).into_owned();
    let room = cells.saturating_sub(right.width() + 3);
    let label =
        crate::widgets::text::pad_right(&crate::widgets::text::truncate(&row.label, room), room);
    let (words, keys) = if row.why_not.is_some() {
        (Role::TextDisabled, Role::TextDisabled)
    } else {
        (Role::Text, Role::KeyHint)
    };
    let mut spans = vec![Span::styled(format!("{sign} "), look.style(Role::KeyHint).patch(ground))];
    for (at, glyph) in label.chars().enumerate() {
        let is_match = row.found.contains(&at);
        let role = if is_match { Role::Match } else { words };
        spans.push(Span::styled(glyph.to_string(), ground.patch(look.style(role))));
    }
    spans.push(Span::styled(format!(" {right}"), look.style(keys).patch(ground)));
    Line::from(spans)
}

#[cfg(test)]
mod tests;
