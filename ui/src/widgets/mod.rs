//! What several panes draw with.

pub mod table;
