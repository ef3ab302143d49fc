//! The settings in force as a settings file.

use std::fmt::Write as _;

use super::{BUILT_IN, Resolved, plugins};
use crate::document::{self, Entry, Node, Shape, Value};

impl Resolved {
    /// A settings file that states every value in force, in the order of the built-in file; each
    /// with its origin as a comment where that is asked for.
    pub fn show(&self, with_origins: bool) -> String {
        let mut text = String::new();
        for section in document::parse(BUILT_IN).unwrap_or_default() {
            let Node::Table(keys) = section.node else { continue };
            let gap = if text.is_empty() { "" } else { "\n" };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{gap}[{}]", section.key);
            for key in keys {
                self.show_key(&section.key, &key, with_origins, &mut text);
            }
        }
        for name in plugins::names(&self.stated) {
            let _ = writeln!(text, "\n[{}.{name}]", plugins::SECTION);
            let mut keys = plugins::keys_of(&self.stated, name);
            keys.sort_by_key(|(below, _)| *below != "path");
            for (below, key) in keys {
                // Everything that is stated of a plug-in is text.
                let like = Value { text: String::new(), shape: Shape::Text };
                self.show_value(key, below, &Node::Value(like), with_origins, &mut text);
            }
        }
        text
    }

    fn show_key(&self, section: &str, key: &Entry, with_origins: bool, text: &mut String) {
        let whole = format!("{section}.{}", key.key);
        self.show_value(&whole, &key.key, &key.node, with_origins, text);
    }

    /// Shows the value of a key under a shorter name, quoted like another.
    fn show_value(
        &self,
        key: &str,
        name: &str,
        like: &Node,
        with_origins: bool,
        text: &mut String,
    ) {
        let Some(stated) = self.stated.get(key) else { return };
        let assignment = format!("{name} = {}", quoted(&stated.value, like));
        let _ = if with_origins {
            writeln!(text, "{assignment:<40} # {}", stated.origin)
        } else {
            writeln!(text, "{assignment}")
        };
    }
}

/// A word from a variable or a flag has no quotes; it gets them where the built-in value has some.
fn quoted(value: &Value, built_in: &Node) -> Value {
    let shape = match value.shape {
        Shape::Bare => built_in.as_value().shape,
        shape => shape,
    };
    Value { text: value.text.clone(), shape }
}
