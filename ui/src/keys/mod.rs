//! What keys do: the acts, their default keys, and the trader's own from `keymap.toml`.

mod act;
mod chord;
mod listing;
mod markdown;
mod parse;

use std::collections::{BTreeMap, HashMap};

use crokey::KeyCombination;

use crate::pane::Pane;

pub use act::{Act, Context};
pub use chord::Chord;
pub use listing::listing;
pub use markdown::markdown;
pub use parse::KeymapError;

/// What keys do, by context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    chords: BTreeMap<Act, Vec<Chord>>,
    acts: HashMap<(Context, Chord), Act>,
}

impl Default for Keymap {
    fn default() -> Keymap {
        Keymap::default_map()
    }
}

impl Keymap {
    /// The default keys.
    pub fn default_map() -> Keymap {
        let chords = |text: &str| text.split_whitespace().filter_map(Chord::parse).collect();
        Keymap::of(act::ACTS.iter().map(|it| (it.0, chords(it.3))).collect())
    }

    /// Reads `keymap.toml`: a section for each context, in it the keys of acts. What it does not
    /// name keeps its default keys.
    ///
    /// # Errors
    /// Everything that is wrong, each with its line: no TOML, an unknown section, act or key (with
    /// the nearest known one), F12 for anything but the kill menu, a digit, and keys that would
    /// mean two things where both are active.
    pub fn parse(text: &str) -> Result<Keymap, KeymapError> {
        parse::parse(text)
    }

    fn of(mut chords: BTreeMap<Act, Vec<Chord>>) -> Keymap {
        let kill = chords.entry(Act::Kill).or_default();
        if !kill.contains(&Chord::KILL) {
            kill.insert(0, Chord::KILL);
        }
        let pairs = chords.iter().flat_map(|(act, keys)| keys.iter().map(|key| (*act, *key)));
        let acts = pairs.map(|(act, key)| ((act.context(), key), act)).collect();
        Keymap { chords, acts }
    }

    /// What a key does in a pane: the pane's own contexts come first, then the global one.
    pub fn lookup(&self, pane: Pane, key: KeyCombination) -> Option<Act> {
        let chord = Chord::of(key)?;
        let contexts = Context::of(pane).iter().copied().chain([Context::Global]);
        contexts.filter_map(|it| self.acts.get(&(it, chord)).copied()).next()
    }

    /// What a key does everywhere.
    pub fn global(&self, key: KeyCombination) -> Option<Act> {
        self.acts.get(&(Context::Global, Chord::of(key)?)).copied()
    }

    /// The keys of an act, the one to show first.
    pub fn chords(&self, act: Act) -> &[Chord] {
        self.chords.get(&act).map_or(&[], Vec::as_slice)
    }

    /// The first key of an act as hints show it, empty where it has none.
    pub fn hint(&self, act: Act) -> String {
        self.chords(act).first().map(Chord::to_string).unwrap_or_default()
    }

    /// All keys of an act, parted by spaces.
    pub fn all(&self, act: Act) -> String {
        self.chords(act).iter().map(Chord::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Pairs of acts that a key would mean at once in some pane, with the key.
    fn conflicts(&self) -> Vec<(Act, Act, Chord)> {
        let mut found = Vec::new();
        let pairs: Vec<_> =
            self.chords.iter().flat_map(|(act, it)| it.iter().map(|key| (*act, *key))).collect();
        for (at, (one, key)) in pairs.iter().enumerate() {
            for (other, same) in pairs.iter().skip(at + 1) {
                if key == same && one != other && meet(one.context(), other.context()) {
                    found.push((*one, *other, *key));
                }
            }
        }
        found
    }
}

/// Whether two contexts are active together in some pane.
fn meet(one: Context, other: Context) -> bool {
    let is_in = |context, pane| context == Context::Global || Context::of(pane).contains(&context);
    Pane::ALL.iter().any(|pane| is_in(one, *pane) && is_in(other, *pane))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> KeyCombination {
        let chord = Chord::parse(text).unwrap();
        KeyCombination::one_key(chord.code(), chord.modifiers())
    }

    #[test]
    fn no_default_key_means_two_things() {
        let map = Keymap::default_map();
        assert_eq!(map.conflicts(), []);
        for act in Act::all() {
            assert!(!map.chords(act).is_empty(), "{act:?} has no key");
        }
    }

    #[test]
    fn every_act_has_its_texts_in_every_language() {
        for act in Act::all() {
            for language in crate::look::Language::ALL {
                let text = crate::_rust_i18n_try_translate(language.tag(), act.text_key());
                assert!(text.is_some_and(|it| !it.is_empty()), "{act:?} {language:?}");
            }
        }
    }

    #[test]
    fn the_default_keys_can_all_be_read() {
        for (act, _, _, keys) in act::ACTS {
            for text in keys.split_whitespace() {
                assert!(Chord::parse(text).is_some(), "{act:?} {text}");
            }
        }
    }

    #[test]
    fn a_pane_goes_before_everything_else() {
        let map = Keymap::default_map();
        let cases = [
            (Pane::Orders, "c", Some(Act::OrderCancel)),
            (Pane::Ladder, "c", Some(Act::LadderCancelHere)),
            (Pane::Chart, "c", Some(Act::ChartType)),
            (Pane::Fills, "c", None),
            (Pane::Conditions, "p", Some(Act::ConditionPause)),
            (Pane::Conditions, "]", Some(Act::ConditionUp)),
            (Pane::Orders, "]", Some(Act::PageNext)),
            (Pane::Orders, "j", Some(Act::Down)),
            (Pane::Orders, "enter", Some(Act::Open)),
            (Pane::Ladder, "enter", None),
            (Pane::Ladder, "K", Some(Act::Kill)),
            (Pane::Log, "f12", Some(Act::Kill)),
            (Pane::Ladder, "b", Some(Act::LadderBuy)),
            (Pane::Ladder, "B", Some(Act::LadderBuyAsk)),
            (Pane::Watchlist, "b", None),
            (Pane::Watchlist, "shift-tab", Some(Act::FocusPrevious)),
        ];
        for (pane, text, act) in cases {
            assert_eq!(map.lookup(pane, key(text)), act, "{pane:?} {text}");
        }
    }

    #[test]
    fn f12_is_always_kill() {
        let kill = Keymap::parse("[global]\nkill = [\"f11\"]\n").unwrap();
        for text in ["f12", "f11"] {
            assert_eq!(kill.lookup(Pane::Ladder, key(text)), Some(Act::Kill));
        }
        assert_eq!(kill.lookup(Pane::Ladder, key("K")), None);
        assert_eq!(kill.hint(Act::Kill), "F12");
    }
}
