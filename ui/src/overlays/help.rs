//! The keys, from the same table that they act by.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::Overlay;
use super::stroke::Stroke;
use crate::action::Action;
use crate::event::Press;
use crate::keys::{Act, Chord, Context};
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::View;
use crate::widgets::field::Field;
use crate::widgets::popup::{Popup, room};
use crate::widgets::text;

/// Cells of its text.
const WIDTH: u16 = 78;
/// Cells of the keys' column.
const KEYS: usize = 18;
/// Rows that a page key moves.
const PAGE: usize = 10;

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Help {
    /// The keys of every pane, not only of the focused one.
    is_full: bool,
    search: Field,
    cursor: usize,
}

impl Help {
    /// Whether letters go into a text.
    pub const fn has_text_field(&self) -> bool {
        self.is_full
    }

    /// Puts a text in.
    pub fn paste(&mut self, text: &str) {
        if self.is_full {
            self.search.insert(text);
            self.cursor = 0;
        }
    }
}

/// A line of the list: a context, or an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Head(Context),
    Act(Act),
}

/// Takes a key.
pub fn update(screen: &mut Screen, _view: &View, key: Press) -> Vec<Action> {
    let Some(Overlay::Help(mut help)) = screen.overlays.pop() else { return Vec::new() };
    let last = entries(&help, screen).len().saturating_sub(1);
    let is_help = screen.keys.global(key.key) == Some(Act::Help);
    let is_letter = Chord::of(key.key).is_some_and(Chord::is_letter);
    match Stroke::from(key) {
        _ if is_help && !(help.is_full && is_letter) => {
            if help.is_full {
                return Vec::new();
            }
            help = Help { is_full: true, ..Help::default() };
        }
        Stroke::Esc => return Vec::new(),
        Stroke::Up => help.cursor = help.cursor.saturating_sub(1),
        Stroke::Down => help.cursor = (help.cursor + 1).min(last),
        Stroke::PageUp => help.cursor = help.cursor.saturating_sub(PAGE),
        Stroke::PageDown => help.cursor = (help.cursor + PAGE).min(last),
        Stroke::Char('q') if !help.is_full => return Vec::new(),
        Stroke::Char('/') if !help.is_full => help = Help { is_full: true, ..Help::default() },
        other if help.is_full && help.search.stroke(other) => help.cursor = 0,
        _ => (),
    }
    screen.overlays.push(Overlay::Help(help));
    Vec::new()
}

/// Acts by context; the short list has those of the focused pane, its own first.
fn entries(help: &Help, screen: &Screen) -> Vec<Entry> {
    let mut entries = Vec::new();
    let contexts: Vec<Context> = if help.is_full {
        Context::ALL.to_vec()
    } else {
        Context::of(screen.focus).iter().copied().chain([Context::Global]).collect()
    };
    for context in contexts {
        let acts: Vec<Entry> = Act::all()
            .filter(|it| it.context() == context && is_found(help, screen, *it))
            .map(Entry::Act)
            .collect();
        if !acts.is_empty() {
            entries.push(Entry::Head(context));
            entries.extend(acts);
        }
    }
    entries
}

/// Every word that is searched for is in the act's keys, its name or its sentence.
fn is_found(help: &Help, screen: &Screen, act: Act) -> bool {
    let words = help.search.text().to_lowercase();
    let sentence = screen.look.text(&act.text_key());
    let all = format!("{} {} {sentence}", screen.keys.all(act), act.name()).to_lowercase();
    words.split_whitespace().all(|it| all.contains(it))
}

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, help: &Help, screen: &Screen) {
    let look = &screen.look;
    let cells = usize::from(room(frame.area(), WIDTH));
    let mut lines = Vec::new();
    for (at, entry) in entries(help, screen).into_iter().enumerate() {
        lines.push(shown(screen, entry, at == help.cursor, cells));
    }
    if lines.is_empty() {
        let text = look.fill("help.nothing", &[("search", help.search.text())]);
        lines.push(Line::styled(text, look.style(Role::TextMuted)));
    }
    let title = if help.is_full {
        look.fill("help.title_full", &[("search", help.search.text())])
    } else {
        let key = screen.keys.hint(Act::Help);
        look.fill("help.title", &[("key", &key)])
    };
    // The row below the cursor is seen, too, so that one knows that there is more.
    let focus = (help.cursor + 1).min(lines.len().saturating_sub(1));
    let width = u16::try_from(cells).unwrap_or(WIDTH);
    Popup { title, lines, focus, width, is_danger: false }.draw(frame, look);
}

fn shown(screen: &Screen, entry: Entry, is_cursor: bool, cells: usize) -> Line<'static> {
    let look = &screen.look;
    let sign = if is_cursor { look.glyph(Glyph::Here) } else { " " };
    let sign = Span::styled(format!("{sign} "), look.style(Role::KeyHint));
    match entry {
        Entry::Head(context) => {
            let name = look.text(&format!("help.context_{}", context.word()));
            Line::from(vec![sign, Span::styled(name.into_owned(), look.style(Role::TableHeader))])
        }
        Entry::Act(act) => {
            let column = KEYS.min(cells / 3);
            let keys = text::pad_right(&screen.keys.all(act), column);
            let sentence = look.text(&act.text_key());
            let room = cells.saturating_sub(column + 3);
            let sentence = text::truncate(&sentence, room).into_owned();
            Line::from(vec![
                sign,
                Span::styled(format!("{keys} "), look.style(Role::KeyHint)),
                Span::styled(sentence, look.style(Role::Text)),
            ])
        }
    }
}

#[cfg(test)]
mod tests;
