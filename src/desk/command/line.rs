//! Writing a command as a line.

use std::fmt::Display;

use super::scope::Scope;
use super::words::Leaving;

/// A line in the making: the command's name, then positional words, then options.
pub(super) struct Line {
    name: &'static str,
    words: Vec<String>,
    options: Vec<String>,
}

impl Line {
    pub(super) fn new(name: &'static str) -> Line {
        Line { name, words: Vec::new(), options: Vec::new() }
    }

    pub(super) fn word(mut self, word: impl Display) -> Line {
        self.words.push(word.to_string());
        self
    }

    pub(super) fn words<T: Display>(self, words: impl IntoIterator<Item = T>) -> Line {
        words.into_iter().fold(self, Line::word)
    }

    pub(super) fn flag(mut self, name: &str, is_set: bool) -> Line {
        self.options.extend(is_set.then(|| format!("--{name}")));
        self
    }

    pub(super) fn option(mut self, name: &str, value: Option<impl Display>) -> Line {
        if let Some(value) = value {
            let value = value.to_string();
            // A value that looks like a flag is tied to its own.
            let tie = if value.starts_with('-') { '=' } else { ' ' };
            self.options.push(format!("--{name}{tie}{}", shell_words::quote(&value)));
        }
        self
    }

    pub(super) fn leaving(self, leaving: Leaving) -> Line {
        self.flag("flatten", leaving == Leaving::Flatten)
            .flag("abandon", leaving == Leaving::Abandon)
    }

    pub(super) fn scope(self, scope: Scope) -> Line {
        match scope {
            Scope::Everything => self,
            Scope::Account(account) => self.option("account", Some(account)),
            Scope::Strategy(condition) => self.option("condition", Some(condition)),
            Scope::Symbol(item) => self.option("item", Some(item)),
        }
    }

    pub(super) fn finish(self) -> String {
        let quoted = self.words.iter().map(|it| shell_words::quote(it).into_owned());
        let mut parts = vec![self.name.to_owned()];
        if self.words.iter().any(|it| it.starts_with('-')) {
            parts.extend(self.options);
            parts.push("--".to_owned());
            parts.extend(quoted);
        } else {
            parts.extend(quoted);
            parts.extend(self.options);
        }
        parts.join(" ")
    }
}
