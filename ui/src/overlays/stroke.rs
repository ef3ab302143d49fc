//! A key as overlays understand it: what it does in a list or a text, whatever the terminal calls
//! it.

use crokey::OneToThree;
use crossterm::event::{KeyCode, KeyModifiers};

use crate::event::Press;

/// A key by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the begin.
    Home,
    /// To the end.
    End,
    /// Takes away what is before the cursor.
    Backspace,
    /// Takes away what is behind the cursor.
    Delete,
    /// A letter with Control.
    Control(char),
    /// A character.
    Char(char),
    /// Anything else.
    Other,
}

impl From<Press> for Stroke {
    fn from(press: Press) -> Stroke {
        let OneToThree::One(code) = press.key.codes else { return Stroke::Other };
        let shift = press.key.modifiers.contains(KeyModifiers::SHIFT);
        let others = press.key.modifiers.difference(KeyModifiers::SHIFT);
        match code {
            KeyCode::Char('\r' | '\n') if others.is_empty() => Stroke::Enter,
            KeyCode::Char(it) if others.is_empty() && shift => {
                Stroke::Char(it.to_ascii_uppercase())
            }
            KeyCode::Char(it) if others.is_empty() => Stroke::Char(it),
            KeyCode::Char(it) if others == KeyModifiers::CONTROL => {
                Stroke::Control(it.to_ascii_lowercase())
            }
            _ if !others.is_empty() => Stroke::Other,
            KeyCode::Tab if shift => Stroke::BackTab,
            KeyCode::BackTab => Stroke::BackTab,
            _ if shift => Stroke::Other,
            KeyCode::Enter => Stroke::Enter,
            KeyCode::Esc => Stroke::Esc,
            KeyCode::Tab => Stroke::Tab,
            KeyCode::Up => Stroke::Up,
            KeyCode::Down => Stroke::Down,
            KeyCode::Left => Stroke::Left,
            KeyCode::Right => Stroke::Right,
            KeyCode::PageUp => Stroke::PageUp,
            KeyCode::PageDown => Stroke::PageDown,
            KeyCode::Home => Stroke::Home,
            KeyCode::End => Stroke::End,
            KeyCode::Backspace => Stroke::Backspace,
            KeyCode::Delete => Stroke::Delete,
            _ => Stroke::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crokey::KeyCombination;

    #[test]
    fn only_plain_keys_act_and_only_letters_are_shifted() {
        let press = |code, modifiers| {
            Stroke::from(Press { key: KeyCombination::one_key(code, modifiers), is_repeat: false })
        };
        for (code, modifiers, stroke) in [
            (KeyCode::Enter, KeyModifiers::NONE, Stroke::Enter),
            (KeyCode::Enter, KeyModifiers::SHIFT, Stroke::Other),
            (KeyCode::Enter, KeyModifiers::ALT, Stroke::Other),
            (KeyCode::Char('\n'), KeyModifiers::NONE, Stroke::Enter),
            (KeyCode::Char('k'), KeyModifiers::SHIFT, Stroke::Char('K')),
            (KeyCode::Char('K'), KeyModifiers::SHIFT, Stroke::Char('K')),
            (KeyCode::Char('b'), KeyModifiers::ALT, Stroke::Other),
            (KeyCode::Char('C'), KeyModifiers::CONTROL, Stroke::Control('c')),
            (KeyCode::Tab, KeyModifiers::SHIFT, Stroke::BackTab),
            (KeyCode::BackTab, KeyModifiers::SHIFT, Stroke::BackTab),
            (KeyCode::F(5), KeyModifiers::NONE, Stroke::Other),
        ] {
            assert_eq!(press(code, modifiers), stroke, "{code:?} {modifiers:?}");
        }
    }
}
