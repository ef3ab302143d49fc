//! Columns and rows as a pane declares them.

use std::borrow::Cow;

use crate::look::Look;
use crate::pane::Pane;
use crate::theme::Role;
use crate::view::View;

/// What a cell is made with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Theme and language.
    pub look: &'a Look,
    /// What is true.
    pub view: &'a View,
    /// The cell goes to a file: numbers without commas, times with their dates, no signs that only
    /// say what a color says.
    pub is_saved: bool,
}

impl<'a> Context<'a> {
    /// What cells on the screen are made with.
    pub const fn shown(look: &'a Look, view: &'a View) -> Context<'a> {
        Context { look, view, is_saved: false }
    }

    /// A text of the screen by its key.
    pub fn text(&self, key: &str) -> String {
        self.look.text(key).into_owned()
    }

    /// A number as it is shown, or as a file takes it.
    pub fn number(&self, text: String) -> String {
        if self.is_saved { text.replace(',', "") } else { text }
    }
}

/// What a table shows in one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The text; cut where it does not fit.
    pub text: String,
    /// Its meaning; `None` has that of the row.
    pub role: Option<Role>,
}

impl Cell {
    /// A cell without a meaning of its own.
    pub const fn plain(text: String) -> Cell {
        Cell { text, role: None }
    }

    /// A cell with a meaning.
    pub const fn new(text: String, role: Role) -> Cell {
        Cell { text, role: Some(role) }
    }
}

/// What rows are sorted by. Rows without a value come last in every order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A number.
    Number(i128),
    /// A text.
    Text(String),
    /// No value.
    Nothing,
}

impl Key {
    /// A number that may be missing.
    pub fn number(value: Option<impl Into<i128>>) -> Key {
        value.map_or(Key::Nothing, |it| Key::Number(it.into()))
    }

    /// A text; an empty one is no value.
    pub fn text(value: &str) -> Key {
        if value.is_empty() { Key::Nothing } else { Key::Text(value.to_owned()) }
    }
}

/// Where a cell's text stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers: never cut, see [`crate::widgets::text::number`].
    Right,
}

/// The part of a column that does not depend on the rows.
#[derive(Clone, Copy, Debug)]
pub struct Heading {
    /// The key of its text, which is also its name.
    pub key: &'static str,
    /// Its least cells; it takes more where a visible row needs them and the pane has them.
    pub width: u16,
    /// Where its texts stand.
    pub align: Align,
    /// Where a pane is too narrow for all columns, those of the lowest number go first.
    pub priority: u8,
    /// Whether it takes the cells that no column needs, and gives its own first.
    pub is_elastic: bool,
}

/// A column.
pub struct Column<Row> {
    /// Its name, width and place.
    pub heading: Heading,
    /// What it shows of a row.
    pub cell: fn(&Row, &Context<'_>) -> Cell,
    /// What it sorts by; `None` where rows cannot be sorted by it.
    pub key: Option<fn(&Row) -> Key>,
}

impl<Row> Column<Row> {
    /// A column of texts.
    pub const fn text(
        (key, width, priority): (&'static str, u16, u8),
        cell: fn(&Row, &Context<'_>) -> Cell,
        sort: fn(&Row) -> Key,
    ) -> Column<Row> {
        let heading = Heading { key, width, align: Align::Left, priority, is_elastic: false };
        Column { heading, cell, key: Some(sort) }
    }

    /// A column of numbers.
    pub const fn number(
        (key, width, priority): (&'static str, u16, u8),
        cell: fn(&Row, &Context<'_>) -> Cell,
        sort: fn(&Row) -> Key,
    ) -> Column<Row> {
        let heading = Heading { key, width, align: Align::Right, priority, is_elastic: false };
        Column { heading, cell, key: Some(sort) }
    }

    /// The column, taking the cells that no column needs.
    #[must_use]
    pub const fn elastic(mut self) -> Column<Row> {
        self.heading.is_elastic = true;
        self
    }
}

/// A pane's columns and the rows of the moment.
pub struct Sheet<Row> {
    /// Whose.
    pub pane: Pane,
    /// From left to right.
    pub columns: Vec<Column<Row>>,
    /// In the pane's own order, without those that it leaves out.
    pub rows: Vec<Row>,
    /// What names a row while it exists.
    pub id: fn(&Row) -> Cow<'_, str>,
    /// The meaning of a whole row.
    pub role: fn(&Row) -> Role,
    /// What is said where there are no rows.
    pub empty: String,
}

/// A [`Sheet`] of any rows.
pub trait Listing {
    /// Whose.
    fn pane(&self) -> Pane;
    /// How many columns.
    fn columns(&self) -> usize;
    /// A column; `None` beyond the last one.
    fn heading(&self, column: usize) -> Option<Heading>;
    /// How many rows.
    fn rows(&self) -> usize;
    /// A row's id; empty for no row.
    fn id(&self, row: usize) -> Cow<'_, str>;
    /// The meaning of a whole row.
    fn role(&self, row: usize) -> Role;
    /// What a column shows of a row.
    fn cell(&self, row: usize, column: usize, context: &Context<'_>) -> Cell;
    /// What a row is sorted by; `None` where it cannot be sorted by this column.
    fn key(&self, row: usize, column: usize) -> Option<Key>;
    /// Whether rows can be sorted by a column.
    fn is_sortable(&self, column: usize) -> bool;
    /// What is said where there are no rows.
    fn empty(&self) -> &str;
}

impl<Row> Listing for Sheet<Row> {
    fn pane(&self) -> Pane {
        self.pane
    }

    fn columns(&self) -> usize {
        self.columns.len()
    }

    fn heading(&self, column: usize) -> Option<Heading> {
        self.columns.get(column).map(|it| it.heading)
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn id(&self, row: usize) -> Cow<'_, str> {
        self.rows.get(row).map_or(Cow::Borrowed(""), self.id)
    }

    fn role(&self, row: usize) -> Role {
        self.rows.get(row).map_or(Role::Text, self.role)
    }

    fn cell(&self, row: usize, column: usize, context: &Context<'_>) -> Cell {
        match (self.rows.get(row), self.columns.get(column)) {
            (Some(row), Some(column)) => (column.cell)(row, context),
            _ => Cell::default(),
        }
    }

    fn key(&self, row: usize, column: usize) -> Option<Key> {
        let key = self.columns.get(column)?.key?;
        self.rows.get(row).map(key)
    }

    fn is_sortable(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|it| it.key.is_some())
    }

    fn empty(&self) -> &str {
        &self.empty
    }
}
