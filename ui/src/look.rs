//! How it looks: theme and language.

use std::borrow::Cow;

use ratatui::style::Style;

use crate::theme::{Glyph, Role, Theme};

/// A theme and a language, asked by every pane.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Colours, modifiers and glyphs by meaning.
    pub theme: Theme,
    /// The language of texts.
    pub language: Language,
}

/// A language of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// 繁體中文.
    TraditionalChinese,
    /// 简体中文.
    SimplifiedChinese,
}

impl Language {
    /// Every language, in the order in which the key goes round.
    pub const ALL: [Language; 3] =
        [Language::English, Language::TraditionalChinese, Language::SimplifiedChinese];

    /// Its tag, as files and settings name it.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::TraditionalChinese => "zh-TW",
            Language::SimplifiedChinese => "zh-CN",
        }
    }

    /// The next one.
    pub const fn next(self) -> Language {
        match self {
            Language::English => Language::TraditionalChinese,
            Language::TraditionalChinese => Language::SimplifiedChinese,
            Language::SimplifiedChinese => Language::English,
        }
    }
}

impl Look {
    /// The style of a meaning.
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// The sign of a meaning, so that colour is never the only one.
    pub fn glyph(&self, glyph: Glyph) -> &str {
        self.theme.glyph(glyph)
    }

    /// A text by its key, like `orders.title`. An unknown key is shown as it is, which a test over
    /// all sources finds.
    pub fn text(&self, key: &str) -> Cow<'static, str> {
        crate::_rust_i18n_try_translate(self.language.tag(), key)
            .map_or_else(|| Cow::Owned(key.to_owned()), |it| Cow::Owned(it.into_owned()))
    }

    /// A text with values for its names: `%{order}` becomes the value of `order`.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut text = self.text(key).into_owned();
        for (name, value) in values {
            text = text.replace(&format!("%{{{name}}}"), value);
        }
        text
    }
}

#[cfg(test)]
mod tests;
