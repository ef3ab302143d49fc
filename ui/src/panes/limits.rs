//! Limits and how much of them is used.

use std::borrow::Cow;

use super::cells::{bar, nearness};
use crate::pane::Pane;
use crate::screen::Screen;
use crate::theme::Role;
use crate::view::{Limit, View};
use crate::widgets::table::{Cell, Column, Context, Key, Sheet};

/// Cells of the bar.
const BAR: usize = 16;

/// A limit and its name.
pub(super) struct Row<'a> {
    limit: &'a Limit,
    id: String,
}

/// The limits, as they are checked.
pub(super) fn sheet<'a>(screen: &Screen, view: &'a View) -> Sheet<Row<'a>> {
    let row = |limit: &'a Limit| Row { limit, id: format!("{} {}", limit.name, limit.scope) };
    Sheet {
        pane: Pane::Limits,
        columns: columns(),
        rows: view.limits.iter().map(row).collect(),
        id: |row| Cow::Borrowed(&row.id),
        role: |_| Role::Text,
        empty: screen.look.text("limits.empty").into_owned(),
    }
}

fn columns<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        Column::text(
            ("limits.name", 16, 9),
            |row: &Row<'a>, context| Cell::plain(name(row, context)),
            |row| Key::text(&row.limit.name),
        ),
        Column::text(
            ("limits.scope", 8, 5),
            |row: &Row<'a>, context| Cell::plain(scope(row, context)),
            |row| Key::text(&row.limit.scope),
        ),
        Column::number(
            ("limits.used", 8, 8),
            |row: &Row<'a>, context| Cell::plain(context.number(row.limit.used.clone())),
            |row| Key::number(crate::view::parse_nano(&row.limit.used)),
        ),
        Column::number(
            ("limits.bound", 8, 8),
            |row: &Row<'a>, context| Cell::plain(context.number(row.limit.bound.clone())),
            |row| Key::number(crate::view::parse_nano(&row.limit.bound)),
        ),
        Column::text(("limits.share", 23, 7), share, |row| Key::number(Some(row.limit.permille))),
        Column::text(("limits.word", 8, 8), word, |row| Key::number(Some(row.limit.permille)))
            .elastic(),
    ]
}

/// A limit in words; in a file, and where there is none for it, by the name of its setting.
fn name(row: &Row<'_>, context: &Context<'_>) -> String {
    let key = format!("limits.of.{}", row.limit.name);
    let text = context.text(&key);
    if context.is_saved || text == key { row.limit.name.clone() } else { text }
}

fn scope(row: &Row<'_>, context: &Context<'_>) -> String {
    match row.limit.scope.as_str() {
        "all" if !context.is_saved => context.text("limits.all"),
        scope => scope.to_owned(),
    }
}

fn share(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let permille = row.limit.permille;
    if context.is_saved {
        return Cell::plain(format!("{}.{}", permille / 10, permille % 10));
    }
    Cell::new(bar(permille, BAR), nearness(permille).0)
}

/// In a word where the bound is near.
fn word(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let (role, word) = nearness(row.limit.permille);
    word.map_or_else(Cell::default, |it| Cell::new(context.text(it), role))
}
