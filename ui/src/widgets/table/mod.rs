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

pub use draw::{draw, draw_rows, fits, title};
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
}

/// An order of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The text key of the column.
    pub column: String,
    /// Whether the greatest comes first.
    pub is_down: bool,
}
