//! What several panes draw with.

pub mod clear;
pub mod field;
pub mod frame;
pub mod popup;
pub mod table;
pub mod text;

pub use clear::clear;
