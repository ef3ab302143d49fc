//! Reading `keymap.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Act, Chord, Context, Keymap};

/// Everything that is wrong in a keymap, with its line from 1; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeymapError(pub Vec<(usize, String)>);

impl fmt::Display for KeymapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> =
            self.0.iter().map(|(line, text)| format!("line {line}: {text}")).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for KeymapError {}

/// What was read so far, and what is wrong with it.
struct Reading<'a> {
    text: &'a str,
    chords: BTreeMap<Act, Vec<Chord>>,
    /// Where the acts are that the file names.
    lines: BTreeMap<Act, usize>,
    problems: Vec<(usize, String)>,
}

pub(super) fn parse(text: &str) -> Result<Keymap, KeymapError> {
    let mut reading = Reading {
        text,
        chords: Keymap::default_map().chords,
        lines: BTreeMap::new(),
        problems: Vec::new(),
    };
    match DeTable::parse(text) {
        Ok(table) => {
            for (name, section) in table.get_ref() {
                reading.section(name.get_ref(), name.span(), section);
            }
        }
        Err(err) => {
            let at = err.span().unwrap_or_default();
            reading.problem(at, format!("it is not TOML: {}", err.message()));
        }
    }
    reading.finish()
}

impl Reading<'_> {
    fn problem(&mut self, at: Range<usize>, text: String) {
        self.problems.push((self.line(&at), text));
    }

    fn line(&self, at: &Range<usize>) -> usize {
        let before = self.text.bytes().take(at.start);
        before.filter(|it| *it == b'\n').count() + 1
    }

    fn section(&mut self, name: &str, at: Range<usize>, section: &Spanned<DeValue<'_>>) {
        let Some(context) = Context::ALL.into_iter().find(|it| it.word() == name) else {
            let known = Context::ALL.map(Context::word);
            return self.problem(at, unknown("section", name, known));
        };
        let DeValue::Table(acts) = section.get_ref() else {
            return self.problem(at, format!("`{name}` is a section: write [{name}]"));
        };
        for (act, keys) in acts {
            self.act(context, act.get_ref(), act.span(), keys);
        }
    }

    fn act(&mut self, context: Context, name: &str, at: Range<usize>, keys: &Spanned<DeValue<'_>>) {
        let Some(act) = Act::all().find(|it| it.name() == name) else {
            return self.problem(at, unknown("act", name, Act::all().map(Act::name)));
        };
        let home = act.context();
        if home != context {
            let (home, here) = (home.word(), context.word());
            return self.problem(at, format!("`{name}` belongs into [{home}], not [{here}]"));
        }
        self.lines.insert(act, self.line(&at));
        let chords = match keys.get_ref() {
            DeValue::String(text) => self.chord(act, text, keys.span()).into_iter().collect(),
            DeValue::Array(all) => {
                all.iter().filter_map(|it| self.element(act, it)).collect::<Vec<_>>()
            }
            _ => {
                let example = "write a key like \"ctrl-p\", or a list of keys";
                return self.problem(keys.span(), format!("`{name}` has no keys: {example}"));
            }
        };
        self.chords.insert(act, chords);
    }

    fn element(&mut self, act: Act, key: &Spanned<DeValue<'_>>) -> Option<Chord> {
        if let DeValue::String(text) = key.get_ref() {
            return self.chord(act, text, key.span());
        }
        let text = format!("`{}` has a key that is no text: write it in quotes", act.name());
        self.problem(key.span(), text);
        None
    }

    fn chord(&mut self, act: Act, text: &str, at: Range<usize>) -> Option<Chord> {
        let Some(chord) = Chord::parse(text) else {
            self.problem(at, unknown("key", text, KEYS));
            return None;
        };
        if chord.digit().is_some() {
            let name = act.name();
            self.problem(at, format!("`{text}` cannot mean `{name}`: digits open the menu"));
            return None;
        }
        if chord == Chord::KILL && act != Act::Kill {
            self.problem(at, format!("F12 cannot mean `{}`: it is the kill menu's", act.name()));
            return None;
        }
        Some(chord)
    }

    fn finish(mut self) -> Result<Keymap, KeymapError> {
        let keymap = Keymap::of(std::mem::take(&mut self.chords));
        for (one, other, key) in keymap.conflicts() {
            let lines = [one, other].map(|it| self.lines.get(&it).copied());
            let line = lines.into_iter().flatten().max().unwrap_or(1);
            let [one, other] =
                [one, other].map(|it| format!("`{}` of [{}]", it.name(), it.context().word()));
            self.problems.push((line, format!("`{key}` would mean both {one} and {other}")));
        }
        self.problems.sort();
        if self.problems.is_empty() { Ok(keymap) } else { Err(KeymapError(self.problems)) }
    }
}

/// Names that a mistyped key may have meant.
const KEYS: [&str; 28] = [
    "esc",
    "enter",
    "left",
    "right",
    "up",
    "down",
    "home",
    "end",
    "pageup",
    "pagedown",
    "tab",
    "shift-tab",
    "backtab",
    "backspace",
    "delete",
    "insert",
    "space",
    "hyphen",
    "f1",
    "f2",
    "f5",
    "f9",
    "f10",
    "f11",
    "f12",
    "ctrl-p",
    "alt-p",
    "shift-p",
];

/// A sentence on a name that is not known.
fn unknown(what: &str, name: &str, known: impl IntoIterator<Item = &'static str>) -> String {
    let near = known
        .into_iter()
        .map(|it| (strsim::damerau_levenshtein(it, name), it))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, it)| *distance <= 1 + it.chars().count() / 3);
    let Some((_, near)) = near else { return format!("there is no {what} `{name}`") };
    format!("there is no {what} `{name}`; did you mean `{near}`?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, expected: &[(usize, &str)]) {
        let KeymapError(found) = Keymap::parse(text).unwrap_err();
        let found: Vec<_> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_key_can_be_moved_and_taken_away() {
        let text = "# Mine.\n[global]\npalette = \"ctrl-k\"\narm = [\"a\", \"f5\"]\nquit = []\n";
        let map = Keymap::parse(text).unwrap();
        assert_eq!(map.all(Act::Palette), "ctrl-k");
        assert_eq!(map.all(Act::Arm), "a F5");
        assert_eq!(map.all(Act::Quit), "");
        assert_eq!(map.all(Act::Help), "F1 ?", "what is not named keeps its keys");
        assert_eq!(Keymap::parse("").unwrap(), Keymap::default_map());
    }

    #[test]
    fn everything_wrong_is_said_with_its_line() {
        refused(
            "[globl]\nkill = []\n\n[global]\npalete = \":\"\nzoom = \"entre\"\nc = 1\nhelp = 3\n",
            &[
                (1, "there is no section `globl`; did you mean `global`?"),
                (5, "there is no act `palete`; did you mean `palette`?"),
                (6, "there is no key `entre`; did you mean `enter`?"),
                (7, "there is no act `c`"),
                (8, "`help` has no keys: write a key like \"ctrl-p\", or a list of keys"),
            ],
        );
        refused(
            "[ladder]\nkill = \"x\"\nladder_buy = [1]\n",
            &[
                (2, "`kill` belongs into [global], not [ladder]"),
                (3, "`ladder_buy` has a key that is no text: write it in quotes"),
            ],
        );
        refused("global = 1\n", &[(1, "`global` is a section: write [global]")]);
        let KeymapError(found) = Keymap::parse("[global]\nkill = [\"f1\n").unwrap_err();
        assert!(found[0].1.starts_with("it is not TOML: "), "{found:?}");
        assert_eq!(found[0].0, 2);
    }

    #[test]
    fn a_key_that_would_mean_two_things_is_refused_with_both_names() {
        refused(
            "[ladder]\nladder_buy = \"a\"\n",
            &[(2, "`a` would mean both `arm` of [global] and `ladder_buy` of [ladder]")],
        );
        refused(
            "[orders]\norder_cancel = \"j\"\n",
            &[(2, "`j` would mean both `down` of [move] and `order_cancel` of [orders]")],
        );
        let apart = Keymap::parse("[orders]\norder_cancel = \"f\"\n");
        assert!(apart.is_ok(), "orders and positions are never active together");
    }

    #[test]
    fn digits_and_f12_are_taken() {
        refused(
            "[global]\nzoom = \"f12\"\narm = [\"7\"]\n",
            &[
                (2, "F12 cannot mean `zoom`: it is the kill menu's"),
                (3, "`7` cannot mean `arm`: digits open the menu"),
            ],
        );
    }
}
