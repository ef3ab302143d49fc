//! Everything that can happen to the screen.

use crokey::KeyCombination;
use crossterm::event::MouseEvent;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A key.
    Key(Press),
    /// Text was pasted. It never acts as keys: only text fields take it.
    Paste(String),
    /// The mouse moved, turned or was pressed.
    Mouse(MouseEvent),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// The terminal's window got the focus, or lost it.
    Focus(bool),
    /// The view changed.
    View,
    /// Time passed.
    Time,
    /// What became of an action.
    Answer(Answer),
    /// Settings on disk changed and were read again.
    Reloaded(Box<Reloaded>),
}

/// A key as the terminal tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press {
    /// Which keys.
    pub key: KeyCombination,
    /// The terminal says that the key is being held down.
    pub is_repeat: bool,
}

/// What became of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The number of the action.
    pub id: u64,
    /// A sentence that says what was done, empty where the view shows it; or the refusal, with its
    /// code and a sentence.
    pub outcome: Result<String, Refused>,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// A stable code.
    pub code: String,
    /// A sentence.
    pub text: String,
}

/// Files that were read again.
#[derive(Clone, Debug, PartialEq)]
pub enum Reloaded {
    /// A theme, or why it cannot be used.
    Theme(Result<crate::theme::Theme, String>),
    /// The keymap, or why it cannot be used.
    Keys(Result<crate::keys::Keymap, String>),
}
