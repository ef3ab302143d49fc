//! What several panes draw with.

pub mod clear;
pub mod frame;
pub mod table;
pub mod text;

pub use clear::clear;
