//! The themes that come with the program.

use ratatui::style::Style;

use super::{Appearance, Convention, Depth, Glyph, Ink, Role, Theme};

/// The shipped themes with their texts, in the order in which the key goes round.
pub(super) const SHIPPED: [(&str, &str); 5] = [
    ("taifex-dark", include_str!("../../../themes/taifex-dark.toml")),
    ("classic-dark", include_str!("../../../themes/classic-dark.toml")),
    ("daylight", include_str!("../../../themes/daylight.toml")),
    ("deuter", include_str!("../../../themes/deuter.toml")),
    ("mono", include_str!("../../../themes/mono.toml")),
];

/// The names of [`SHIPPED`].
const NAMES: [&str; 5] = ["taifex-dark", "classic-dark", "daylight", "deuter", "mono"];

/// The text of a shipped theme.
pub(super) fn text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(it, _)| *it == name).map(|(_, text)| *text)
}

/// The theme without colours.
pub(super) fn mono() -> Theme {
    let mono = Theme::built_in("mono").unwrap_or_else(plain);
    Theme { depth: Depth::None, ..mono }
}

/// A theme that says nothing.
pub(super) fn plain() -> Theme {
    Theme {
        name: "plain".to_owned(),
        appearance: Appearance::Any,
        convention: Convention::default(),
        depth: Depth::None,
        inks: Box::new([Ink::default(); Role::ALL.len()]),
        styles: Box::new([Style::new(); Role::ALL.len()]),
        glyphs: Box::new(Glyph::ALL.map(|it| it.plain().to_owned())),
    }
}

impl Theme {
    /// A shipped theme in all its colours.
    pub fn built_in(name: &str) -> Option<Theme> {
        // That the shipped files load is tested.
        text(name).and_then(|text| Theme::parse(name, text, &|_| None).ok())
    }

    /// The names of the shipped themes, in the order in which the key goes round.
    pub const fn names() -> &'static [&'static str] {
        &NAMES
    }

    /// The name of the theme to begin with in a language, by its tag like `zh-TW`.
    pub fn name_for(language: &str) -> &'static str {
        if language.starts_with("zh") { "taifex-dark" } else { "classic-dark" }
    }

    /// The shipped theme after this one, in the same colours; the first after one that is not
    /// shipped.
    #[must_use]
    pub fn next(&self) -> Theme {
        let at = NAMES.iter().position(|it| *it == self.name).map_or(0, |it| it + 1);
        let name = NAMES.iter().cycle().nth(at).copied().unwrap_or("mono");
        Theme::built_in(name).map_or_else(|| self.clone(), |it| self.changed_to(it))
    }
}
