//! Which rows are shown, in which order.

use super::filter;
use super::sheet::{Context, Key, Listing};
use super::{Sort, Table};
use crate::screen::Screen;
use crate::view::View;

/// The rows that are shown, and where the cursor is among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Numbers of rows, in the order in which they are shown.
    pub rows: Vec<usize>,
    /// The cursor's place among them; `None` where its row is gone, or there are no rows.
    pub cursor: Option<usize>,
}

impl Seen {
    /// What the table of a listing's pane shows of it.
    pub fn new(screen: &Screen, view: &View, listing: &dyn Listing) -> Seen {
        let table = screen.table(listing.pane());
        Seen::of(&table, &Context::shown(&screen.look, view), listing)
    }

    /// What a table shows of a listing.
    pub fn of(table: &Table, context: &Context<'_>, listing: &dyn Listing) -> Seen {
        let mut rows: Vec<usize> = (0..listing.rows()).collect();
        if !table.filter.trim().is_empty() {
            rows.retain(|row| filter::is_match(listing, *row, &table.filter, context));
        }
        if let Some(sort) = &table.sort {
            sorted(&mut rows, listing, sort);
        }
        let cursor = cursor(table, &rows, listing);
        Seen { rows, cursor }
    }

    /// The row under the cursor, by its number in the listing.
    pub fn row(&self) -> Option<usize> {
        self.rows.get(self.cursor?).copied()
    }
}

/// Rows of the same key stay in the pane's own order.
fn sorted(rows: &mut Vec<usize>, listing: &dyn Listing, sort: &Sort) {
    let is_sorted = |it: &usize| listing.heading(*it).is_some_and(|it| it.key == sort.column);
    let Some(column) = (0..listing.columns()).find(is_sorted) else { return };
    let key = |row: usize| listing.key(row, column).unwrap_or(Key::Nothing);
    let mut keys: Vec<(Key, usize)> = rows.iter().map(|row| (key(*row), *row)).collect();
    keys.sort_by(|(first, _), (second, _)| match (first, second) {
        (Key::Nothing, _) | (_, Key::Nothing) => first.cmp(second),
        _ if sort.is_down => second.cmp(first),
        _ => first.cmp(second),
    });
    *rows = keys.into_iter().map(|(_, row)| row).collect();
}

/// The same id may name several rows, so the place where it was seen last is asked first.
fn cursor(table: &Table, rows: &[usize], listing: &dyn Listing) -> Option<usize> {
    let Some(id) = &table.cursor else { return (!rows.is_empty()).then_some(0) };
    let is_it = |row: &usize| listing.id(*row) == *id;
    if rows.get(table.place).is_some_and(is_it) {
        return Some(table.place);
    }
    rows.iter().position(is_it)
}
