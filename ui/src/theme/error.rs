//! Why a theme cannot be used.

use thiserror::Error;

/// Why a theme cannot be used: the place, and a sentence that says what may stand there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}:{line}: {text}")]
pub struct LoadError {
    /// The file, as the caller named it, or the name of a theme that it inherits.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

/// `unknown role `market.upp`; did you mean `market.up`?`: a name that is none, with the nearest of
/// those that are.
pub(super) fn unknown<'name>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'name str>,
) -> String {
    let likeness = |it: &&str| strsim::jaro_winkler(it, name);
    let nearest = known.into_iter().max_by(|one, two| likeness(one).total_cmp(&likeness(two)));
    match nearest {
        Some(nearest) => format!("unknown {what} `{name}`; the nearest is `{nearest}`"),
        None => format!("unknown {what} `{name}`; there is none"),
    }
}
