//! What the trader must know.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use super::Told;
use super::cells::{time, time_width};
use crate::keys::Act;
use crate::pane::Pane;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::{Alert, Severity, View};
use crate::widgets::frame::pane_block;
use crate::widgets::table::{self, Cell, Column, Context, Key, Seen, Sheet};
use crate::widgets::text;

/// Cells of a row that are not the text's.
const OTHERS: usize = 42;

/// An alert, its name, and whether the trader has seen it.
pub(super) struct Row<'a> {
    alert: &'a Alert,
    id: String,
    is_new: bool,
}

/// The alerts, newest first.
pub(super) fn sheet<'a>(screen: &Screen, view: &'a View) -> Sheet<Row<'a>> {
    let seen = screen.table(Pane::Alerts).seen;
    let row =
        |alert: &'a Alert| Row { alert, id: alert.number.to_string(), is_new: alert.number > seen };
    Sheet {
        pane: Pane::Alerts,
        columns: columns(time_width(view, view.alerts.iter().map(|it| it.time))),
        rows: view.alerts.iter().rev().map(row).collect(),
        id: |row| Cow::Borrowed(&row.id),
        role: |row| if row.is_new { Role::TextStrong } else { Role::Text },
        empty: screen.look.text("alerts.empty").into_owned(),
    }
}

/// A key in this pane says that what it shows was seen.
pub(super) fn update(screen: &mut Screen, view: &View, act: Act, _: Option<&Row<'_>>) -> Told {
    let newest = view.alerts.iter().map(|it| it.number).max().unwrap_or(0);
    let table = screen.table_mut(Pane::Alerts);
    table.seen = table.seen.max(newest);
    if act == Act::Open { Told::Done(Vec::new()) } else { Told::NotMine }
}

/// Draws them; below them the text under the cursor where it is too long for a row.
pub(super) fn draw<'a>(
    frame: &mut Frame<'_>,
    area: Rect,
    (screen, view): (&'a Screen, &View),
    title: impl Into<Line<'a>>,
) {
    let sheet = sheet(screen, view);
    let seen = Seen::new(screen, view, &sheet);
    let block = pane_block(screen, view, Pane::Alerts, title);
    let inner = block.inner(area).intersection(frame.area());
    block.render(area, frame.buffer_mut());
    let buffer = frame.buffer_mut();
    let text = seen.row().and_then(|it| sheet.rows.get(it)).map_or("", |it| &it.alert.text);
    let cells = usize::from(inner.width.saturating_sub(2));
    let is_long = screen.focus == Pane::Alerts && text::width(text) + OTHERS > cells;
    let lines = if is_long { text::wrap(text, cells) } else { Vec::new() };
    // At least half of the rows stay a list.
    let below = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(inner.height / 2);
    let list = Rect { height: inner.height - below, ..inner };
    table::draw_rows(buffer, list, (screen, view), &sheet, &seen);
    let rows = Rect { y: list.bottom(), height: below, ..inner }.rows();
    for (row, line) in rows.zip(lines) {
        let x = row.x.saturating_add(1);
        buffer.set_stringn(x, row.y, line, cells, screen.look.style(Role::TextStrong));
    }
}

/// How many of a warning or worse were not seen.
pub(super) fn unseen(screen: &Screen, view: &View) -> usize {
    let seen = screen.table(Pane::Alerts).seen;
    let is_new = |it: &&Alert| it.number > seen && it.severity >= Severity::Warn;
    view.alerts.iter().filter(is_new).count()
}

fn columns<'a>(time_cells: u16) -> Vec<Column<Row<'a>>> {
    vec![
        Column::text(
            ("table.time", time_cells, 6),
            |row: &Row<'a>, context| Cell::plain(time(row.alert.time, context)),
            |row| Key::number(Some(row.alert.time)),
        ),
        Column::text(("alerts.severity", 9, 9), severity, |row| {
            Key::Number(row.alert.severity as i128)
        }),
        Column::text(("alerts.text", 20, 9), text, |row| Key::text(&row.alert.text)).elastic(),
        Column::text(
            ("alerts.code", 16, 3),
            |row: &Row<'a>, _| Cell::new(row.alert.code.clone(), Role::TextMuted),
            |row| Key::text(&row.alert.code),
        ),
    ]
}

fn severity(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let (key, glyph, role) = match row.alert.severity {
        Severity::Ok => ("alerts.ok", Glyph::Ok, Role::StatusOk),
        Severity::Info => ("alerts.info", Glyph::Flat, Role::StatusInfo),
        Severity::Warn => ("alerts.warn", Glyph::Wait, Role::StatusWarn),
        Severity::Error => ("alerts.error", Glyph::Bad, Role::StatusDanger),
    };
    let word = context.text(key);
    if context.is_saved {
        return Cell::plain(word);
    }
    Cell::new(format!("{} {word}", context.look.glyph(glyph)), role)
}

fn text(row: &Row<'_>, context: &Context<'_>) -> Cell {
    if row.is_new && !context.is_saved {
        return Cell::plain(format!("{} {}", context.text("alerts.new"), row.alert.text));
    }
    Cell::plain(row.alert.text.clone())
}
