//! The default keys as a table for people who read.

use std::fmt::Write as _;

use super::{Act, Chord, Context, Keymap};

/// The default keys as a Markdown table, in English: the README holds it word for word.
pub fn markdown() -> String {
    let map = Keymap::default_map();
    let mut text = String::from("| Where | Keys | What |\n|---|---|---|\n");
    for context in Context::ALL {
        for act in Act::all().filter(|it| it.context() == context) {
            let keys: Vec<_> = map.chords(act).iter().map(quoted).collect();
            let what = crate::_rust_i18n_try_translate("en", act.text_key()).unwrap_or_default();
            let place = context.word();
            // Writing to a text cannot fail.
            let _ = writeln!(text, "| {place} | {} | {what} |", keys.join(" "));
        }
    }
    text
}

/// A pipe would end the cell.
fn quoted(chord: &Chord) -> String {
    format!("`{}`", chord.to_string().replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_act_once() {
        let text = markdown();
        assert_eq!(text.lines().count(), 2 + Act::all().count());
        assert!(text.contains("| global | `F12` `K` | Open the kill menu |\n"), "{text}");
        assert!(text.lines().all(|it| it.starts_with('|') && it.ends_with('|')));
    }
}
