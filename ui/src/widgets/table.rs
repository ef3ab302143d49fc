//! Tables that sort, filter and are saved.

/// Cursor, order and filter of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {}
