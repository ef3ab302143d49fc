//! A row, whole: every field of an order, a condition or a position, and lists that the menu asks
//! for.

mod rows;

use ratatui::Frame;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use crate::action::Action;
use crate::event::Press;
use crate::screen::Screen;
use crate::theme::Role;
use crate::view::View;
use crate::widgets::popup::{self, Popup};
use crate::widgets::text::{pad_right, truncate};

use super::Overlay;
use super::stroke::Stroke;

/// Cells of the text, where the terminal has them.
const WIDTH: u16 = 64;
/// Rows that a page moves.
const PAGE: usize = 10;

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    subject: Subject,
    /// The first line that is shown.
    top: usize,
}

/// What is shown whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An order, by its number.
    Order(String),
    /// A condition, by its name.
    Condition(String),
    /// A position, by account and item.
    Position {
        /// Whose.
        account: String,
        /// Of what.
        item: String,
    },
    /// The contracts whose code begins so.
    Futures(String),
    /// The positions in an item; empty for all.
    Positions(String),
}

/// A line of it: a label and a value.
type Row = (String, String, Role);

/// Shows a row whole.
pub fn open(screen: &mut Screen, subject: Subject) {
    screen.overlays.push(Overlay::Detail(Detail { subject, top: 0 }));
}

/// Its title and rows as lines.
pub(crate) fn lines(look: &crate::look::Look, view: &View, detail: &Detail) -> Vec<String> {
    let rows = rows::of(look, view, &detail.subject);
    let rows = rows.unwrap_or_else(|| {
        vec![(String::new(), look.text("plain.none").into_owned(), Role::FormValue)]
    });
    let width = rows.iter().map(|it| it.0.width()).max().unwrap_or(0);
    let line = |(name, value, _): Row| format!("{} {value}", pad_right(&name, width));
    let rows = rows.into_iter().map(|it| line(it).trim_start().to_owned());
    std::iter::once(rows::title(look, &detail.subject)).chain(rows).collect()
}

/// Takes a key.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let height = usize::from(screen.area.height.saturating_sub(2)).max(1);
    let Some(Overlay::Detail(detail)) = screen.overlays.last() else { return Vec::new() };
    let count = rows::of(&screen.look, view, &detail.subject).map_or(1, |it| it.len());
    let most = count.saturating_sub(height);
    let Some(Overlay::Detail(detail)) = screen.overlays.last_mut() else { return Vec::new() };
    match Stroke::from(key) {
        Stroke::Esc | Stroke::Enter | Stroke::Char('q') if !key.is_repeat => {
            screen.overlays.pop();
        }
        Stroke::Down | Stroke::Char('j') => detail.top = (detail.top + 1).min(most),
        Stroke::Up | Stroke::Char('k') => detail.top = detail.top.saturating_sub(1),
        Stroke::PageDown => detail.top = (detail.top + PAGE).min(most),
        Stroke::PageUp => detail.top = detail.top.saturating_sub(PAGE),
        Stroke::Home | Stroke::Char('g') => detail.top = 0,
        Stroke::End | Stroke::Char('G') => detail.top = most,
        _ => (),
    }
    Vec::new()
}

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, detail: &Detail, screen: &Screen, view: &View) {
    let look = &screen.look;
    let width = popup::room(frame.area(), WIDTH);
    let rows = rows::of(look, view, &detail.subject).unwrap_or_else(|| {
        vec![(String::new(), look.text("confirm.gone").into_owned(), Role::StatusWarn)]
    });
    let label = rows.iter().map(|it| it.0.width()).max().unwrap_or(0).min(20);
    let visible = usize::from(frame.area().height);
    let mut lines = Vec::new();
    for (name, value, role) in rows.iter().skip(detail.top).take(visible) {
        lines.extend(row(look, (name, value, *role), label, usize::from(width)));
    }
    let title = rows::title(look, &detail.subject);
    Popup { title, lines, focus: 0, width, is_danger: false }.draw(frame, look);
}

/// A row in as many lines as its value needs.
fn row(
    look: &crate::look::Look,
    (name, value, role): (&str, &str, Role),
    label: usize,
    width: usize,
) -> Vec<Line<'static>> {
    let gap = if label == 0 { 0 } else { label + 2 };
    let room = width.saturating_sub(gap).max(4);
    let values = popup::wrap(value, room);
    let lines = values.into_iter().enumerate().map(|(at, part)| {
        let name = if at == 0 { truncate(name, label).into_owned() } else { String::new() };
        Line::from(vec![
            Span::styled(pad_right(&name, gap), look.style(Role::FormLabel)),
            Span::styled(part, look.style(role)),
        ])
    });
    lines.collect()
}

#[cfg(test)]
mod tests;
