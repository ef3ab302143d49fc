//! A theme's file as it is written: names and numbers checked, nothing inherited yet.

use std::borrow::Cow;
use std::ops::Range;

use ratatui::style::{Color, Modifier};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unicode_width::UnicodeWidthStr;

use super::color::{self, Rgb};
use super::error::{LoadError, unknown};
use super::{Appearance, Convention, Glyph, Role};

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: Option<String>,
    pub(super) inherits: Option<(String, Place)>,
    pub(super) appearance: Option<Appearance>,
    pub(super) convention: Option<Convention>,
    pub(super) palette: Vec<(String, Paint)>,
    pub(super) roles: Vec<(Role, Wish)>,
    pub(super) glyphs: Vec<(Glyph, String)>,
}

/// A colour, and the one of sixteen that stands for it where there are no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Paint {
    pub(super) rgb: Rgb,
    pub(super) fallback: Option<Color>,
}

/// How a role is to look; its colours still by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    pub(super) fg: Option<Named>,
    pub(super) bg: Option<Named>,
    pub(super) modifiers: Modifier,
}

/// A colour by its name in a palette or as `#rrggbb`, and where that was written.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) place: Place,
}

/// A line of a file.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: usize,
}

impl Place {
    pub(super) fn refuse(&self, text: String) -> LoadError {
        LoadError { file: self.file.clone(), line: self.line, text }
    }
}

/// The modifiers, and their names in a theme.
const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
    ("crossed-out", Modifier::CROSSED_OUT),
];

/// The keys of a file.
const KEYS: [&str; 7] =
    ["name", "inherits", "appearance", "convention", "palette", "roles", "glyphs"];

type Outcome<T> = Result<T, LoadError>;

/// A key and a value as they stand in a file.
type Key<'text> = Spanned<Cow<'text, str>>;
type Value<'text> = Spanned<DeValue<'text>>;

/// Reads a file's text.
pub(super) fn read(file: &str, text: &str) -> Outcome<Sheet> {
    Reader { file, text }.sheet()
}

/// A file that is being read; it knows the line of everything.
struct Reader<'text> {
    file: &'text str,
    text: &'text str,
}

impl Reader<'_> {
    fn sheet(&self) -> Outcome<Sheet> {
        let table = DeTable::parse(self.text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            self.place(&span).refuse(error.message().to_owned())
        })?;
        let mut sheet = Sheet::default();
        for (key, value) in table.get_ref() {
            match key.get_ref().as_ref() {
                "name" => sheet.name = Some(self.name(value)?),
                "inherits" => {
                    let name = self.word("inherits", value)?;
                    sheet.inherits = Some((name.to_owned(), self.place(&value.span())));
                }
                "appearance" => {
                    sheet.appearance = Some(self.choice(
                        "appearance",
                        value,
                        &Appearance::ALL,
                        Appearance::word,
                    )?);
                }
                "convention" => {
                    sheet.convention = Some(self.choice(
                        "convention",
                        value,
                        &Convention::ALL,
                        Convention::word,
                    )?);
                }
                "palette" => sheet.palette = self.entries("palette", value, Self::paint)?,
                "roles" => sheet.roles = self.entries("roles", value, Self::role)?,
                "glyphs" => sheet.glyphs = self.entries("glyphs", value, Self::glyph)?,
                other => return Err(self.refuse(&key.span(), unknown("key", other, KEYS))),
            }
        }
        Ok(sheet)
    }

    fn name(&self, value: &Value<'_>) -> Outcome<String> {
        let name = self.word("name", value)?;
        let is_fine = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
        if name.is_empty() || !name.chars().all(is_fine) {
            let text = format!("a name is letters, digits, `-` and `_`, not `{name}`");
            return Err(self.refuse(&value.span(), text));
        }
        Ok(name.to_owned())
    }

    fn choice<T: Copy>(
        &self,
        what: &str,
        value: &Value<'_>,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Outcome<T> {
        let text = self.word(what, value)?;
        let found = all.iter().copied().find(|it| word(*it) == text);
        found.ok_or_else(|| {
            let known = all.iter().map(|it| word(*it));
            self.refuse(&value.span(), unknown(what, text, known))
        })
    }

    /// The entries of a table, each read by `read`.
    fn entries<T>(
        &self,
        what: &str,
        value: &Value<'_>,
        read: fn(&Self, &Key<'_>, &Value<'_>) -> Outcome<T>,
    ) -> Outcome<Vec<T>> {
        let Some(table) = value.get_ref().as_table() else {
            return Err(self.refuse(&value.span(), format!("{what} is a table, like [{what}]")));
        };
        table.iter().map(|(key, value)| read(self, key, value)).collect()
    }

    /// `red = "#e05f65"` or `red = { color = "#e05f65", fallback16 = "light-red" }`.
    fn paint(&self, key: &Key<'_>, value: &Value<'_>) -> Outcome<(String, Paint)> {
        let name = key.get_ref().clone().into_owned();
        let Some(table) = value.get_ref().as_table() else {
            return Ok((name, Paint { rgb: self.rgb(value)?, fallback: None }));
        };
        let (mut rgb, mut fallback) = (None, None);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "color" => rgb = Some(self.rgb(value)?),
                "fallback16" => {
                    let word = self.word("fallback16", value)?;
                    let text = || unknown("one of the sixteen colors", word, color::names());
                    let named = color::named(word);
                    fallback = Some(named.ok_or_else(|| self.refuse(&value.span(), text()))?);
                }
                other => {
                    let text = unknown("key of a color", other, ["color", "fallback16"]);
                    return Err(self.refuse(&key.span(), text));
                }
            }
        }
        let missing = || self.refuse(&value.span(), format!("`{name}` has no `color`"));
        Ok((name.clone(), Paint { rgb: rgb.ok_or_else(missing)?, fallback }))
    }

    fn rgb(&self, value: &Value<'_>) -> Outcome<Rgb> {
        let text = self.word("a color", value)?;
        let refuse =
            || self.refuse(&value.span(), format!("a color is written #rrggbb, not `{text}`"));
        Rgb::parse(text).ok_or_else(refuse)
    }

    /// `"market.up" = "red"` or `"market.up" = { fg = "red", modifiers = ["bold"] }`.
    fn role(&self, key: &Key<'_>, value: &Value<'_>) -> Outcome<(Role, Wish)> {
        let name = key.get_ref().as_ref();
        let Some(role) = Role::from_name(name) else {
            let text = unknown("role", name, Role::ALL.iter().map(|it| it.name()));
            // An unquoted dotted key is a table of tables, which looks right and is none.
            let hint = if value.get_ref().is_table() && !name.contains('.') {
                "; a role's name stands in quotes, like \"market.up\""
            } else {
                ""
            };
            return Err(self.refuse(&key.span(), format!("{text}{hint}")));
        };
        let mut wish = Wish::default();
        let Some(table) = value.get_ref().as_table() else {
            wish.fg = Some(self.named(value)?);
            return Ok((role, wish));
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "fg" => wish.fg = Some(self.named(value)?),
                "bg" => wish.bg = Some(self.named(value)?),
                "modifiers" => wish.modifiers = self.modifiers(value)?,
                other => {
                    let text = unknown("key of a role", other, ["fg", "bg", "modifiers"]);
                    return Err(self.refuse(&key.span(), text));
                }
            }
        }
        Ok((role, wish))
    }

    fn named(&self, value: &Value<'_>) -> Outcome<Named> {
        let name = self.word("a color", value)?.to_owned();
        Ok(Named { name, place: self.place(&value.span()) })
    }

    fn modifiers(&self, value: &Value<'_>) -> Outcome<Modifier> {
        let Some(list) = value.get_ref().as_array() else {
            let text = "modifiers are a list, like [\"bold\"]".to_owned();
            return Err(self.refuse(&value.span(), text));
        };
        list.iter().try_fold(Modifier::empty(), |found, value| {
            let word = self.word("a modifier", value)?;
            let names = MODIFIERS.map(|(name, _)| name);
            let modifier = MODIFIERS.iter().find(|(name, _)| *name == word);
            let refuse = || self.refuse(&value.span(), unknown("modifier", word, names));
            modifier.map(|(_, modifier)| found | *modifier).ok_or_else(refuse)
        })
    }

    fn glyph(&self, key: &Key<'_>, value: &Value<'_>) -> Outcome<(Glyph, String)> {
        let name = key.get_ref().as_ref();
        let Some(glyph) = Glyph::ALL.into_iter().find(|it| it.name() == name) else {
            let text = unknown("glyph", name, Glyph::ALL.iter().map(|it| it.name()));
            return Err(self.refuse(&key.span(), text));
        };
        let sign = self.word("a glyph", value)?;
        if sign.width() != 1 || sign.chars().any(char::is_whitespace) {
            let cells = sign.width();
            let text = format!("a glyph fills one cell; `{sign}` for `{name}` fills {cells}");
            return Err(self.refuse(&value.span(), text));
        }
        Ok((glyph, sign.to_owned()))
    }

    fn word<'value>(&self, what: &str, value: &'value Value<'_>) -> Outcome<&'value str> {
        let refuse = || self.refuse(&value.span(), format!("{what} is a text in quotes"));
        value.get_ref().as_str().ok_or_else(refuse)
    }

    fn refuse(&self, span: &Range<usize>, text: String) -> LoadError {
        self.place(span).refuse(text)
    }

    fn place(&self, span: &Range<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Place { file: self.file.to_owned(), line }
    }
}
