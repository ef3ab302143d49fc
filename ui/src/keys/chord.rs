//! A key or a key with modifiers, folded so that every way to say it is one.

use std::fmt;

use crokey::{KeyCombination, OneToThree};
use crossterm::event::{KeyCode, KeyModifiers};

/// One key with its modifiers. `K`, `shift-k` and `shift-K` are the same chord, as are `backtab`
/// and `shift-tab`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Chord {
    /// The kill menu's own key, which nothing can take away.
    pub const KILL: Chord = Chord { code: KeyCode::F(12), modifiers: KeyModifiers::NONE };

    /// A key as the terminal tells it; `None` for several keys at once.
    pub fn of(key: KeyCombination) -> Option<Chord> {
        let OneToThree::One(code) = key.normalized().codes else { return None };
        Some(Chord::folded(code, key.modifiers))
    }

    /// Shift is part of a character, so it is dropped where the character says it.
    fn folded(code: KeyCode, modifiers: KeyModifiers) -> Chord {
        let known =
            KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT | KeyModifiers::SUPER;
        let modifiers = modifiers & known;
        let is_shifted = modifiers.contains(KeyModifiers::SHIFT);
        let bare = modifiers - KeyModifiers::SHIFT;
        match code {
            KeyCode::Char('\r' | '\n') => Chord { code: KeyCode::Enter, modifiers },
            KeyCode::Char(' ') => Chord { code, modifiers },
            KeyCode::Char(it) if is_shifted => {
                Chord { code: KeyCode::Char(it.to_ascii_uppercase()), modifiers: bare }
            }
            KeyCode::Tab if is_shifted => Chord { code: KeyCode::BackTab, modifiers: bare },
            KeyCode::BackTab => Chord { code, modifiers: bare },
            _ => Chord { code, modifiers },
        }
    }

    /// Reads a chord like `K`, `shift-k`, `ctrl-p`, `f12`, `space` or `alt--`. `None` for anything
    /// else.
    pub fn parse(text: &str) -> Option<Chord> {
        let mut letters = text.chars();
        if let (Some(only), None) = (letters.next(), letters.next()) {
            let is_shown = !only.is_control() && !only.is_whitespace();
            return is_shown.then(|| Chord::folded(KeyCode::Char(only), KeyModifiers::NONE));
        }
        let mut key = crokey::parse(text).ok()?;
        // The reader makes everything small; a capital letter at the end means shift.
        let last = text.rsplit('-').next().unwrap_or_default();
        if last.len() == 1 && last.bytes().all(|it| it.is_ascii_uppercase()) {
            key.modifiers |= KeyModifiers::SHIFT;
        }
        Chord::of(key)
    }

    /// The digit of the menu line that it types.
    pub fn digit(self) -> Option<u8> {
        match (self.code, self.modifiers.is_empty()) {
            (KeyCode::Char(it @ '0'..='9'), true) => {
                it.to_digit(10).and_then(|it| u8::try_from(it).ok())
            }
            _ => None,
        }
    }

    /// Whether a text field takes it as a letter.
    pub fn is_letter(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && self.modifiers.is_empty()
    }

    /// Its key without modifiers.
    pub const fn code(self) -> KeyCode {
        self.code
    }

    /// Its modifiers.
    pub const fn modifiers(self) -> KeyModifiers {
        self.modifiers
    }
}

/// As hints show it; it reads back as the same chord.
impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in [
            (KeyModifiers::SUPER, "cmd-"),
            (KeyModifiers::CONTROL, "ctrl-"),
            (KeyModifiers::ALT, "alt-"),
            (KeyModifiers::SHIFT, "shift-"),
        ] {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("space"),
            KeyCode::Char(it) => write!(f, "{it}"),
            KeyCode::BackTab => f.write_str("shift-tab"),
            KeyCode::F(number) => write!(f, "F{number}"),
            other => write!(f, "{}", format!("{other:?}").to_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_say_a_key_is_one() {
        for ways in [
            vec!["K", "shift-k", "shift-K", "Shift-K"],
            vec!["backtab", "shift-tab", "shift-backtab"],
            vec!["f12", "F12"],
            vec!["ctrl-p", "Ctrl-p"],
            vec!["ctrl-K", "ctrl-shift-k"],
            vec!["space", "Space"],
            vec!["-", "hyphen", "minus"],
        ] {
            let chords: Vec<_> = ways.iter().map(|it| Chord::parse(it).unwrap()).collect();
            assert!(chords.windows(2).all(|it| it[0] == it[1]), "{ways:?} {chords:?}");
        }
        assert_ne!(Chord::parse("k"), Chord::parse("K"));
        assert_ne!(Chord::parse("ctrl-c"), Chord::parse("ctrl-C"));
    }

    #[test]
    fn a_terminal_that_tells_shift_says_the_same_as_one_that_does_not() {
        let told = |code, modifiers| Chord::of(KeyCombination::one_key(code, modifiers));
        for (code, modifiers, text) in [
            (KeyCode::Char('K'), KeyModifiers::NONE, "K"),
            (KeyCode::Char('K'), KeyModifiers::SHIFT, "K"),
            (KeyCode::Char('k'), KeyModifiers::SHIFT, "K"),
            (KeyCode::Char('?'), KeyModifiers::SHIFT, "?"),
            (KeyCode::Char('>'), KeyModifiers::NONE, ">"),
            (KeyCode::BackTab, KeyModifiers::SHIFT, "shift-tab"),
            (KeyCode::Char('\r'), KeyModifiers::NONE, "enter"),
        ] {
            assert_eq!(told(code, modifiers), Chord::parse(text), "{text}");
        }
    }

    #[test]
    fn what_is_printed_reads_back() {
        for text in [
            "K",
            "k",
            "ctrl-p",
            "alt-1",
            "F12",
            "space",
            "shift-tab",
            "esc",
            "enter",
            "pageup",
            "pagedown",
            "home",
            "-",
            "+",
            ",",
            "/",
            "?",
            "[",
            "alt--",
            "ctrl-alt-x",
            "del",
            "買",
        ] {
            let chord = Chord::parse(text).unwrap();
            assert_eq!(Chord::parse(&chord.to_string()), Some(chord), "{text} {chord}");
        }
        for text in ["", " ", "\u{7}", "ctrl-", "hyper-x", "f99", "enterr", "a-b"] {
            assert_eq!(Chord::parse(text), None, "{text}");
        }
    }
}
