//! A TOML text as its author wrote it: every value with its line, nothing converted yet.
//!
//! Owns the way from text to named entries for settings and condition files, so that both can list
//! all of their errors at once. Refuses nothing but broken syntax.

use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What kind of value was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Quoted text.
    Text,
    /// A whole number.
    Integer,
    /// A number with a point or an exponent, `nan` or `inf`.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A word without quotes, from a variable, a flag or a TOML date: it is what the key wants.
    Bare,
    /// A list, or a table where a value belongs.
    Group,
}

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Its text; a number without its underscores, never rounded.
    pub text: String,
    /// How it was written.
    pub shape: Shape,
}

impl Value {
    /// A word from a variable or a flag.
    pub fn bare(text: impl Into<String>) -> Value {
        Value { text: text.into(), shape: Shape::Bare }
    }
}

impl fmt::Display for Value {
    /// As TOML, where it has a TOML form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shape {
            Shape::Text => write!(f, "{}", toml::Value::String(self.text.clone())),
            _ => f.write_str(&self.text),
        }
    }
}

/// A name in a table, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The line it stands on, from 1.
    pub line: usize,
    /// What it names.
    pub node: Node,
}

/// What a key can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A value.
    Value(Value),
    /// A table, `[name]`.
    Table(Vec<Entry>),
    /// A list of tables, `[[name]]`, each with its line.
    Tables(Vec<(usize, Vec<Entry>)>),
}

impl Node {
    /// As a value, also where it is a table: then it is one of the wrong shape.
    pub fn as_value(&self) -> Value {
        let group = |text: &str| Value { text: text.to_owned(), shape: Shape::Group };
        match self {
            Node::Value(value) => value.clone(),
            Node::Table(_) => group("a table"),
            Node::Tables(_) => group("a list of tables"),
        }
    }
}

/// A place where the text is not TOML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

/// Reads a TOML text in the order it was written, or lists every place that is not TOML.
pub fn parse(text: &str) -> Result<Vec<Entry>, Vec<SyntaxError>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(entries(text, table.get_ref()));
    }
    let line = |error: &toml::de::Error| error.span().map_or(1, |it| line_at(text, it.start));
    let message = |error: &toml::de::Error| error.message().replace('\n', ", ");
    Err(errors.iter().map(|it| SyntaxError { line: line(it), message: message(it) }).collect())
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|it| *it == b'\n').count() + 1
}

fn entries(text: &str, table: &DeTable<'_>) -> Vec<Entry> {
    let mut spoken: Vec<_> = table.iter().collect();
    spoken.sort_by_key(|(key, _)| key.span().start);
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let key: &Spanned<std::borrow::Cow<'_, str>> = key;
        let line = line_at(text, key.span().start);
        Entry { key: key.get_ref().to_string(), line, node: node(text, value) }
    };
    spoken.into_iter().map(entry).collect()
}

fn node(text: &str, value: &Spanned<DeValue<'_>>) -> Node {
    let written = |text: String, shape| Node::Value(Value { text, shape });
    match value.get_ref() {
        DeValue::String(it) => written(it.to_string(), Shape::Text),
        DeValue::Integer(it) => written(integer(it.as_str(), it.radix()), Shape::Integer),
        DeValue::Float(it) => written(it.as_str().to_owned(), Shape::Float),
        DeValue::Boolean(it) => written(it.to_string(), Shape::Boolean),
        DeValue::Datetime(it) => written(it.to_string(), Shape::Bare),
        DeValue::Table(it) => Node::Table(entries(text, it)),
        DeValue::Array(it) => {
            let table = |item: &Spanned<DeValue<'_>>| match item.get_ref() {
                DeValue::Table(table) => {
                    Some((line_at(text, item.span().start), entries(text, table)))
                }
                _ => None,
            };
            let tables: Option<Vec<_>> = it.iter().map(table).collect();
            match tables.filter(|it| !it.is_empty()) {
                Some(tables) => Node::Tables(tables),
                None => written("a list".to_owned(), Shape::Group),
            }
        }
    }
}

/// Decimal text; what does not fit stays as written, and is refused where it is read.
fn integer(text: &str, radix: u32) -> String {
    i128::from_str_radix(text, radix).map_or_else(|_| text.to_owned(), |it| it.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_line_and_their_exact_text() {
        let text = "a = 0x10\n[t]\nb = 17_300.50 # points\nc = 'x'\nd = [1]\ne = 2021-07-26\n";
        let parsed = parse(text).unwrap();
        let Node::Table(table) = &parsed[1].node else { panic!("{parsed:?}") };
        let seen: Vec<_> = parsed[..1]
            .iter()
            .chain(table)
            .map(|it| (it.line, it.node.as_value().text, it.node.as_value().shape))
            .collect();
        let expected = [
            (1, "16", Shape::Integer),
            (3, "17300.50", Shape::Float),
            (4, "x", Shape::Text),
            (5, "a list", Shape::Group),
            (6, "2021-07-26", Shape::Bare),
        ];
        assert_eq!(seen, expected.map(|(line, text, shape)| (line, text.to_owned(), shape)));
    }

    #[test]
    fn a_list_of_tables_knows_where_each_begins() {
        let parsed = parse("[[condition]]\nid = 'a'\n\n[[condition]]\nid = 'b'\n").unwrap();
        let Node::Tables(tables) = &parsed[0].node else { panic!("{parsed:?}") };
        assert_eq!(tables.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 4]);
    }

    #[test]
    fn every_broken_line_is_named() {
        let errors = parse("a = 1\nb = = 2\nc = 3\nd = \"open\n").unwrap_err();
        let lines: Vec<_> = errors.iter().map(|it| it.line).collect();
        assert!(lines.contains(&2) && lines.contains(&4), "{errors:?}");
        assert!(parse("a = 1\na = 2\n").is_err());
    }
}
