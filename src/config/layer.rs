//! Settings as one source states them.

use std::collections::BTreeMap;
use std::path::Path;

use super::known::Known;
use super::plugins;
use super::problem::{Origin, Problem};
use crate::document::{self, Entry, Node, Value};

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// As written.
    pub value: Value,
    /// Where.
    pub origin: Origin,
}

/// What one source states, or what several state together: each key at most once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer(BTreeMap<String, Stated>);

impl Layer {
    /// What is stated of a key.
    pub fn get(&self, key: &str) -> Option<&Stated> {
        self.0.get(key)
    }

    /// How many keys something else than the built-in layer states.
    pub fn changed(&self) -> usize {
        self.0.values().filter(|it| it.origin != Origin::BuiltIn).count()
    }

    /// Every key that is stated, in the order of the alphabet.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// This layer over a weaker one.
    #[must_use]
    pub fn over(self, under: &Layer) -> Layer {
        let mut merged = under.0.clone();
        merged.extend(self.0);
        Layer(merged)
    }

    pub(crate) fn state(&mut self, key: &str, value: Value, origin: Origin) {
        self.0.insert(key.to_owned(), Stated { value, origin });
    }
}

/// The entries of a settings file as `section.key`, line and value.
pub(crate) fn flat(entries: &[Entry]) -> Vec<(String, usize, Value)> {
    let leaf = |key: String, entry: &Entry| (key, entry.line, entry.node.as_value());
    let section = |entry: &Entry| match &entry.node {
        Node::Table(inner) if entry.key == plugins::SECTION && !inner.is_empty() => {
            inner.iter().flat_map(plugins::flat).collect()
        }
        Node::Table(inner) if !inner.is_empty() => {
            inner.iter().map(|it| leaf(format!("{}.{}", entry.key, it.key), it)).collect()
        }
        _ => vec![leaf(entry.key.clone(), entry)],
    };
    entries.iter().flat_map(section).collect()
}

/// What a settings file states.
pub(crate) fn from_toml(
    text: &str,
    path: &Path,
    known: &Known,
    problems: &mut Vec<Problem>,
) -> Layer {
    let at = |line| Origin::File { path: path.to_owned(), line };
    let mut layer = Layer::default();
    let entries = document::parse(text).unwrap_or_else(|errors| {
        problems.extend(errors.into_iter().map(|it| Problem::new(at(it.line), it.message)));
        Vec::new()
    });
    for (key, line, value) in flat(&entries) {
        if known.has(&key) {
            layer.state(&key, value, at(line));
        } else if !(known.has_section(&key) && value.text == "a table") {
            // A section without keys states nothing.
            problems.push(Problem::new(at(line), known.unknown(&key)));
        }
    }
    layer
}

/// What flags state; of `--set` for one key the last counts, and a flag of its own over it.
pub(crate) fn from_flags(
    sets: &[String],
    flags: &[(&'static str, &'static str, String)],
    known: &Known,
    problems: &mut Vec<Problem>,
) -> Layer {
    let mut layer = Layer::default();
    for set in sets {
        let origin = Origin::Flag("--set".to_owned());
        let Some((key, value)) = set.split_once('=') else {
            let reason = format!("{set:?} is not of the form section.key=value");
            problems.push(Problem::new(origin, reason));
            continue;
        };
        let key = key.trim();
        if known.has(key) {
            layer.state(key, Value::bare(value.trim()), origin);
        } else {
            problems.push(Problem::new(origin, known.unknown(key)));
        }
    }
    for (flag, key, value) in flags {
        layer.state(key, Value::bare(value), Origin::Flag((*flag).to_owned()));
    }
    layer
}
