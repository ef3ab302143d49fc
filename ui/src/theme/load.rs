//! From files to a theme: what is inherited, what a name stands for, what is missing.

use std::collections::BTreeMap;

use ratatui::style::Style;

use super::error::{LoadError, unknown};
use super::file::{Named, Paint, Sheet, Wish, read};
use super::{Appearance, Convention, Depth, Glyph, Ink, Rgb, Role, Theme, role, shipped};

/// How many themes may inherit from one another in a row.
const GENERATIONS_MAX: usize = 8;

impl Theme {
    /// Loads a theme. `file` is its name in refusals, and names the theme where the text does not.
    /// `inherits` gives the text of another theme by its name; where it has none, the built-in
    /// theme of that name is taken, so a file may inherit the built-in theme that it replaces.
    ///
    /// Refuses what no theme may say: an unknown key, role, colour, modifier or glyph, a glyph that
    /// does not fill one cell, a theme that inherits from itself.
    pub fn parse(
        file: &str,
        text: &str,
        inherits: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Theme, LoadError> {
        let sheets = line_of_descent(file, text, inherits)?;
        let mut merged = Merged::default();
        for sheet in sheets {
            merged.add(sheet);
        }
        merged.resolve(file)
    }
}

/// The file and what it inherits, the eldest first.
fn line_of_descent(
    file: &str,
    text: &str,
    inherits: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Sheet>, LoadError> {
    let mut sheets = vec![read(file, text)?];
    let mut texts = vec![text.to_owned()];
    while let Some((name, place)) = sheets.last().and_then(|it| it.inherits.clone()) {
        let built_in = shipped::text(&name).map(str::to_owned);
        let known: Vec<String> = inherits(&name).into_iter().chain(built_in).collect();
        if known.is_empty() {
            return Err(place.refuse(unknown("theme", &name, Theme::names().iter().copied())));
        }
        let Some(text) = known.into_iter().find(|it| !texts.contains(it)) else {
            return Err(place.refuse(format!("`{name}` inherits from itself in the end")));
        };
        if sheets.len() >= GENERATIONS_MAX {
            let text = format!("more than {GENERATIONS_MAX} themes inherit from one another");
            return Err(place.refuse(text));
        }
        sheets.push(read(&name, &text)?);
        texts.push(text);
    }
    sheets.reverse();
    Ok(sheets)
}

/// What the files together say; the youngest wins.
#[derive(Default)]
struct Merged {
    name: Option<String>,
    appearance: Option<Appearance>,
    convention: Option<Convention>,
    palette: BTreeMap<String, Paint>,
    roles: BTreeMap<&'static str, Wish>,
    glyphs: BTreeMap<&'static str, String>,
}

impl Merged {
    fn add(&mut self, sheet: Sheet) {
        // What is inherited follows the convention of the heir, whose own roles are written for it.
        if let Some(convention) = sheet.convention {
            if self.convention.is_some_and(|it| it != convention) {
                self.swap();
            }
            self.convention = Some(convention);
        }
        self.name = sheet.name;
        self.appearance = sheet.appearance.or(self.appearance);
        self.palette.extend(sheet.palette);
        self.roles.extend(sheet.roles.into_iter().map(|(role, wish)| (role.name(), wish)));
        self.glyphs.extend(sheet.glyphs.into_iter().map(|(it, sign)| (it.name(), sign)));
    }

    fn swap(&mut self) {
        for (up, down) in role::SWAPPED {
            let (rising, falling) = (self.roles.remove(up.name()), self.roles.remove(down.name()));
            self.roles.extend(rising.map(|it| (down.name(), it)));
            self.roles.extend(falling.map(|it| (up.name(), it)));
        }
    }

    fn resolve(self, file: &str) -> Result<Theme, LoadError> {
        let mut inks = Box::new([Ink::default(); Role::ALL.len()]);
        for (role, ink) in Role::ALL.into_iter().zip(inks.iter_mut()) {
            if let Some(wish) = self.wish(role) {
                *ink = self.ink(wish)?;
            }
        }
        let sign = |it: Glyph| self.glyphs.get(it.name()).map_or(it.plain(), String::as_str);
        let theme = Theme {
            name: self.name.clone().unwrap_or_else(|| stem(file).to_owned()),
            appearance: self.appearance.unwrap_or_default(),
            convention: self.convention.unwrap_or_default(),
            depth: Depth::TrueColor,
            inks,
            styles: Box::new([Style::new(); Role::ALL.len()]),
            glyphs: Box::new(Glyph::ALL.map(|it| sign(it).to_owned())),
        };
        Ok(theme.at_depth(Depth::TrueColor))
    }

    /// What is said of a role, else of its prefix, else of `text`.
    fn wish(&self, role: Role) -> Option<&Wish> {
        let prefix = role.name().split('.').next().unwrap_or_default();
        let names = [role.name(), prefix, Role::Text.name()];
        names.into_iter().find_map(|it| self.roles.get(it))
    }

    fn ink(&self, wish: &Wish) -> Result<Ink, LoadError> {
        let paint = |named: &Option<Named>| named.as_ref().map(|it| self.paint(it)).transpose();
        Ok(Ink { fg: paint(&wish.fg)?, bg: paint(&wish.bg)?, modifiers: wish.modifiers })
    }

    fn paint(&self, named: &Named) -> Result<Paint, LoadError> {
        let direct = || Rgb::parse(&named.name).map(|rgb| Paint { rgb, fallback: None });
        self.palette.get(&named.name).copied().or_else(direct).ok_or_else(|| {
            let known = self.palette.keys().map(String::as_str);
            named.place.refuse(unknown("color", &named.name, known))
        })
    }
}

/// `themes/night.toml` is the theme `night`.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.strip_suffix(".toml").unwrap_or(name)
}
