//! Tables that sort, filter and are saved.
//!
//! A pane declares its columns once in a [`Sheet`], beside the rows of the moment. What the user is
//! looking at in it, the [`Table`], is kept by the screen; the cursor follows the row's id, because
//! rows come, go and change places.

mod draw;
mod filter;
mod plan;
mod seen;
mod sheet;
mod update;

pub use draw::{Sight, draw, draw_rows, draw_sight, fits, title};
pub use filter::{filter_key, filter_paste};
pub use seen::Seen;
pub use sheet::{Align, Cell, Column, Context, Heading, Key, Listing, Sheet};
pub use update::{select, settle, update};

/// Cursor, order and filter of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The row that the cursor is on, by its id; `None` is the first one. The id of a row that is
    /// gone is no row: what acts on rows does nothing until the cursor is moved.
    pub cursor: Option<String>,
    /// Where that row was when it was last looked for, counted from the top.
    pub place: usize,
    /// The order of the rows; `None` is the pane's own.
    pub sort: Option<Sort>,
    /// What a row must say to be shown; empty for all rows.
    pub filter: String,
    /// Whether the filter is being typed.
    pub is_filtering: bool,
    /// Whether rows are shown that the pane leaves out at first.
    pub shows_all: bool,
    /// The number up to which the trader has seen what the rows tell.
    pub seen: u64,
}

/// An order of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The text key of the column.
    pub column: String,
    /// Whether the greatest comes first.
    pub is_down: bool,
}

impl Table {
    /// Puts the cursor on a row, by its place among those that are shown.
    pub fn put(&mut self, listing: &dyn Listing, seen: &Seen, place: usize) {
        if let Some(row) = seen.rows.get(place) {
            self.cursor = Some(listing.id(*row).into_owned());
            self.place = place;
        }
    }

    /// Takes the next column's order; after the last one the pane's own.
    pub fn sort_by_next(&mut self, listing: &dyn Listing) {
        let keys: Vec<&'static str> = (0..listing.columns())
            .filter(|it| listing.is_sortable(*it))
            .filter_map(|it| listing.heading(it))
            .map(|it| it.key)
            .collect();
        let next = match &self.sort {
            None => 0,
            Some(sort) => keys.iter().position(|it| *it == sort.column).map_or(0, |it| it + 1),
        };
        let column = keys.get(next).map(|it| (*it).to_owned());
        self.sort = column.map(|column| Sort { column, is_down: false });
    }

    /// Turns the order round; that of the first column where none was chosen.
    pub fn turn(&mut self, listing: &dyn Listing) {
        if self.sort.is_none() {
            self.sort_by_next(listing);
        }
        if let Some(sort) = &mut self.sort {
            sort.is_down = !sort.is_down;
        }
    }
}

#[cfg(test)]
mod tests;
