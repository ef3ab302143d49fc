//! The default keys as a table for people who read.

use std::fmt::Write as _;

use super::{Act, Chord, Context, Keymap};

const HEAD: &str = "\
# Keys

These are the defaults, drawn from the program by `cargo run -p aftm-ui --example keys`.
`keymap.toml` in the config folder changes them, by section and name; `F12` stays with the kill menu, and a key that would do two things is refused with both names.

```toml
[global]
palette = [\"ctrl-p\", \"ctrl-k\"]
```

| Section | Name | Keys | What |
|---|---|---|---|
";

/// The default keys as a page of Markdown, in English.
pub fn markdown() -> String {
    let map = Keymap::default_map();
    let mut text = String::from(HEAD);
    for context in Context::ALL {
        for act in Act::all().filter(|it| it.context() == context) {
            let keys: Vec<_> = map.chords(act).iter().map(quoted).collect();
            let what = crate::_rust_i18n_try_translate("en", act.text_key()).unwrap_or_default();
            let place = context.word();
            // Writing to a text cannot fail.
            let _ = writeln!(text, "| {place} | {} | {} | {what} |", act.name(), keys.join(" "));
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
        assert_eq!(text.lines().count(), HEAD.lines().count() + Act::all().count());
        assert!(text.contains("| global | kill | `F12` `K` | Open the kill menu |\n"), "{text}");
        let rows = text.lines().skip(HEAD.lines().count() - 2);
        assert!(rows.into_iter().all(|it| it.starts_with('|') && it.ends_with('|')));
    }

    #[test]
    fn the_page_in_docs_is_what_the_keys_do() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/KEYS.md");
        let page = std::fs::read_to_string(file).unwrap_or_default();
        assert!(page == markdown(), "cargo run -p aftm-ui --example keys > docs/KEYS.md");
    }
}
