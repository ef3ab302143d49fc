//! Styles by meaning.

mod role;

use ratatui::style::Style;

pub use role::{Glyph, Role};

/// Colours, modifiers and glyphs by meaning.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Theme {
    /// Its name.
    pub name: String,
}

impl Theme {
    /// The style of a meaning.
    pub fn style(&self, _role: Role) -> Style {
        Style::new()
    }

    /// The sign of a meaning.
    pub fn glyph(&self, glyph: Glyph) -> &str {
        glyph.plain()
    }
}
