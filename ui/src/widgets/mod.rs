//! What several panes draw with.

pub mod clear;
pub mod table;

pub use clear::clear;
