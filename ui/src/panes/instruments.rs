//! What the venue offers, over the panes: letters filter it, Enter registers an item.

use std::borrow::Cow;

use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType, Widget};

use super::cells::{nothing, price};
use crate::action::Action;
use crate::event::Press;
use crate::overlays::{Overlay, is_swallowed};
use crate::pane::Pane;
use crate::screen::{Awaited, Screen};
use crate::theme::{Glyph, Role};
use crate::view::{Instrument, Moment, View, money};
use crate::widgets::clear;
use crate::widgets::table::{self, Cell, Column, Context, Key, Listing, Seen, Sheet, Sight, Table};

/// The widest that it gets.
const WIDTH: u16 = 100;
/// Rows that a page key moves.
const PAGE: usize = 10;

/// What the user is looking at in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instruments {
    table: Table,
    /// When it was opened.
    opened: Moment,
}

/// An instrument, and whether its ticks are taken.
struct Row<'a> {
    instrument: &'a Instrument,
    is_registered: bool,
}

/// Opens the list, filtered by a text.
pub fn open(screen: &mut Screen, filter: &str) {
    let mut it = Instruments { opened: screen.now, ..Instruments::default() };
    it.paste(filter);
    screen.overlays.push(Overlay::Instruments(Box::new(it)));
}

impl Instruments {
    /// Puts a text into the filter.
    pub fn paste(&mut self, text: &str) {
        text.chars().for_each(|it| self.table.type_filter(it));
    }
}

fn sheet<'a>(screen: &Screen, view: &'a View) -> Sheet<Row<'a>> {
    let mut rows: Vec<Row<'a>> = view
        .instruments
        .iter()
        .map(|it| Row { instrument: it, is_registered: view.quote(&it.code).is_some() })
        .collect();
    rows.sort_by(|one, other| one.instrument.code.cmp(&other.instrument.code));
    Sheet {
        pane: Pane::Watchlist,
        columns: columns(),
        rows,
        id: |row| Cow::Borrowed(&row.instrument.code),
        role: |row| if row.is_registered { Role::TextMuted } else { Role::Text },
        empty: screen.look.text("instruments.empty").into_owned(),
    }
}

fn columns<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        Column::text(
            ("instruments.code", 8, 9),
            |row: &Row<'a>, _| Cell::new(row.instrument.code.clone(), Role::TextStrong),
            |row| Key::text(&row.instrument.code),
        ),
        Column::text(
            ("instruments.name", 16, 7),
            |row: &Row<'a>, _| Cell::plain(row.instrument.name.clone()),
            |row| Key::text(&row.instrument.name),
        )
        .elastic(),
        Column::text(
            ("instruments.month", 6, 5),
            |row: &Row<'a>, _| Cell::plain(row.instrument.month.clone()),
            |row| Key::text(&row.instrument.month),
        ),
        Column::number(
            ("instruments.tick", 6, 4),
            |row: &Row<'a>, context| {
                Cell::plain(price(Some(row.instrument.tick), Some(0), context))
            },
            |row| Key::number(Some(row.instrument.tick)),
        ),
        Column::number(
            ("instruments.multiplier", 6, 3),
            |row: &Row<'a>, context| {
                Cell::plain(price(Some(row.instrument.multiplier), Some(0), context))
            },
            |row| Key::number(Some(row.instrument.multiplier)),
        ),
        Column::number(("instruments.margin", 9, 4), margin, |row| {
            Key::number(row.instrument.margin)
        }),
        Column::text(
            ("instruments.last_day", 10, 6),
            |row: &Row<'a>, _| Cell::plain(row.instrument.last_day.clone()),
            |row| Key::text(&row.instrument.last_day),
        ),
        Column::text(("instruments.state", 10, 8), registered, |row| {
            Key::Number(row.is_registered.into())
        }),
    ]
}

fn margin(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let Some(margin) = row.instrument.margin else { return Cell::plain(nothing(context)) };
    Cell::plain(format!("{} {}", money(margin), row.instrument.currency))
}

fn registered(row: &Row<'_>, context: &Context<'_>) -> Cell {
    if !row.is_registered {
        return Cell::default();
    }
    let text = context.text("instruments.registered");
    Cell::new(format!("{}{text}", context.look.glyph(Glyph::Ok)), Role::StatusOk)
}

/// Takes a key: letters filter, arrows move, Tab sorts, Enter registers, Escape closes.
pub fn update(screen: &mut Screen, view: &View, press: Press) -> Vec<Action> {
    let sheet = sheet(screen, view);
    let context = Context::shown(&screen.look, view);
    let Some(Overlay::Instruments(it)) = screen.overlays.last() else { return Vec::new() };
    let seen = Seen::of(&it.table, &context, &sheet);
    let crokey::OneToThree::One(code) = press.key.codes else { return Vec::new() };
    let code = match code {
        KeyCode::Char(_) if !press.key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
            return Vec::new();
        }
        other => other,
    };
    match code {
        KeyCode::Esc => {
            screen.overlays.pop();
        }
        KeyCode::Enter => {
            // A held key registers once, and the one that opened the list nothing.
            let is_meant = !press.is_repeat && !is_swallowed(it.opened, screen.now);
            return if is_meant { register(screen, &sheet, &seen) } else { Vec::new() };
        }
        _ => {
            if let Some(Overlay::Instruments(it)) = screen.overlays.last_mut() {
                change(&mut it.table, &sheet, &seen, code);
            }
        }
    }
    Vec::new()
}

/// Registers the item under the cursor; the list stays, for another one.
fn register(screen: &mut Screen, sheet: &Sheet<Row<'_>>, seen: &Seen) -> Vec<Action> {
    let Some(row) = seen.row().and_then(|it| sheet.rows.get(it)) else { return Vec::new() };
    let code = &row.instrument.code;
    if row.is_registered {
        screen.item = Some(code.clone());
        screen.overlays.pop();
        return Vec::new();
    }
    let line = format!("item add {code}");
    let done = screen.look.fill("table.done", &[("line", &line)]);
    vec![screen.perform(vec![line], Awaited::Toast(done))]
}

fn change(table: &mut Table, listing: &dyn Listing, seen: &Seen, code: KeyCode) {
    let last = seen.rows.len().saturating_sub(1);
    let at = seen.cursor.unwrap_or(table.place.min(last));
    let place = match code {
        KeyCode::Up => at.saturating_sub(1),
        KeyCode::Down => at + 1,
        KeyCode::PageUp => at.saturating_sub(PAGE),
        KeyCode::PageDown => at + PAGE,
        KeyCode::Home => 0,
        KeyCode::End => last,
        KeyCode::Tab => return table.sort_by_next(listing),
        KeyCode::BackTab => return table.turn(listing),
        KeyCode::Backspace => return table.erase_filter(),
        KeyCode::Char(glyph) => {
            // What is found first is what Enter takes.
            table.cursor = None;
            return table.type_filter(glyph);
        }
        _ => return,
    };
    table.put(listing, seen, place.min(last));
}

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, it: &Instruments, screen: &Screen, view: &View) {
    let whole = frame.area();
    let width = whole.width.saturating_sub(4).min(WIDTH).max(whole.width.min(20));
    let height = whole.height.saturating_sub(4).max(whole.height.min(5));
    let area = Rect {
        x: whole.x + (whole.width - width) / 2,
        y: whole.y + (whole.height - height) / 2,
        width,
        height,
    };
    clear(frame, area);
    let look = &screen.look;
    let sheet = sheet(screen, view);
    let context = Context::shown(look, view);
    let seen = Seen::of(&it.table, &context, &sheet);
    let title = format!(
        " {} {}/{} /{}_ ",
        look.text("instruments.title"),
        seen.rows.len(),
        sheet.rows.len(),
        it.table.filter
    );
    let block = Block::bordered()
        .border_type(BorderType::Thick)
        .border_style(look.style(Role::BorderPopup))
        .style(look.style(Role::SurfacePopup))
        .title_style(look.style(Role::TitleFocused))
        .title(title)
        .title_bottom(format!(" {} ", look.text("instruments.keys")));
    let inner = block.inner(area);
    block.render(area, frame.buffer_mut());
    let sight = Sight { table: &it.table, seen: &seen, has_focus: true };
    table::draw_sight(frame.buffer_mut(), inner, &context, &sheet, &sight);
}
