//! Styles by meaning.
//!
//! A theme is a file of TOML: a palette, a style for each [`Role`], a sign for each [`Glyph`]. All is
//! resolved when it is loaded, so that asking for a style is one look into an array. Colours are
//! known here and nowhere else on the screen.

mod color;
mod depth;
mod error;
mod file;
mod load;
mod role;
mod shipped;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use ratatui::style::{Color, Modifier, Style};

pub(crate) use color::sgr;
pub use color::{Rgb, rgb};
pub use depth::{Depth, Wanted};
pub use error::LoadError;
pub use role::{Glyph, Role};

use file::Paint;

/// Colours, modifiers and glyphs by meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    appearance: Appearance,
    convention: Convention,
    depth: Depth,
    inks: Box<[Ink; Role::ALL.len()]>,
    styles: Box<[Style; Role::ALL.len()]>,
    glyphs: Box<[String; Glyph::ALL.len()]>,
}

/// The ground that a theme is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Appearance {
    /// Light text on dark ground.
    Dark,
    /// Dark text on light ground.
    Light,
    /// The terminal's own colours.
    #[default]
    Any,
}

/// Which colour a rising price has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Convention {
    /// Red, or another warm colour: Taiwan, China, Japan, Korea.
    RedUp,
    /// Green, or another cool colour: elsewhere.
    #[default]
    GreenUp,
}

/// A style whose colours are still as the file has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ink {
    fg: Option<Paint>,
    bg: Option<Paint>,
    modifiers: Modifier,
}

impl Theme {
    /// The style of a meaning. It says only what the theme says: a meaning without a ground of its
    /// own leaves the ground of what it is drawn on.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// The sign of a meaning, one cell wide.
    pub fn glyph(&self, glyph: Glyph) -> &str {
        self.glyphs.get(glyph as usize).map_or(glyph.plain(), String::as_str)
    }

    /// The ground that it is made for.
    pub const fn appearance(&self) -> Appearance {
        self.appearance
    }

    /// The colour of a rising price.
    pub const fn convention(&self) -> Convention {
        self.convention
    }

    /// How many colours its styles use at most.
    pub const fn depth(&self) -> Depth {
        self.depth
    }

    /// The theme with rising prices in the colour of a convention. Only what shows where prices go
    /// changes: prices, limits, flashes and bodies of candles; never profit, sides or states.
    #[must_use]
    pub fn with_convention(mut self, convention: Convention) -> Theme {
        if self.convention != convention {
            self.convention = convention;
            for (up, down) in role::SWAPPED {
                self.inks.swap(up as usize, down as usize);
                self.styles.swap(up as usize, down as usize);
            }
        }
        self
    }

    /// The theme with the colours of up and down swapped.
    #[must_use]
    pub fn swapped(self) -> Theme {
        let other = self.convention.other();
        self.with_convention(other)
    }

    /// The theme in the colours that a terminal has. From [`Depth::None`] there is no way back: it
    /// is the theme `mono`.
    #[must_use]
    pub fn at_depth(mut self, depth: Depth) -> Theme {
        if depth == Depth::None && self.depth != Depth::None {
            return shipped::mono().with_convention(self.convention);
        }
        let mut known = HashMap::new();
        let mut color = |paint: Paint| *known.entry(paint).or_insert_with(|| paint.at_depth(depth));
        for (ink, style) in self.inks.iter().zip(self.styles.iter_mut()) {
            let mut new = Style::new().add_modifier(ink.modifiers);
            new.fg = ink.fg.map(&mut color);
            new.bg = ink.bg.map(&mut color);
            *style = new;
        }
        self.depth = depth;
        self
    }

    /// Another theme in this one's colours: as deep, and with the same colour for rising prices.
    #[must_use]
    pub fn changed_to(&self, other: Theme) -> Theme {
        other.with_convention(self.convention).at_depth(self.depth)
    }
}

impl Default for Theme {
    /// What every terminal shows: `mono`. A screen begins with [`Theme::name_for`] its language.
    fn default() -> Theme {
        Theme::built_in("mono").unwrap_or_else(shipped::plain)
    }
}

impl Paint {
    fn at_depth(self, depth: Depth) -> Color {
        match depth {
            Depth::TrueColor => self.rgb.into(),
            Depth::Ansi256 => self.rgb.nearest_256(),
            Depth::Ansi16 => self.fallback.unwrap_or_else(|| self.rgb.nearest_16()),
            Depth::None => Color::Reset,
        }
    }
}

impl Appearance {
    const ALL: [Appearance; 3] = [Appearance::Dark, Appearance::Light, Appearance::Any];

    /// Its word in a theme.
    pub const fn word(self) -> &'static str {
        match self {
            Appearance::Dark => "dark",
            Appearance::Light => "light",
            Appearance::Any => "any",
        }
    }
}

impl Convention {
    const ALL: [Convention; 2] = [Convention::RedUp, Convention::GreenUp];

    /// Its word in a theme.
    pub const fn word(self) -> &'static str {
        match self {
            Convention::RedUp => "red-up",
            Convention::GreenUp => "green-up",
        }
    }

    /// The convention of where a language is spoken, by its tag like `zh-TW`.
    pub fn of(language: &str) -> Convention {
        if language.starts_with("zh") { Convention::RedUp } else { Convention::GreenUp }
    }

    /// The other one.
    pub const fn other(self) -> Convention {
        match self {
            Convention::RedUp => Convention::GreenUp,
            Convention::GreenUp => Convention::RedUp,
        }
    }
}
