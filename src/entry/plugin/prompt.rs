//! A password, asked of a person at the terminal.

use std::io::{Write as _, stderr};

use anyhow::{Context as _, Result};
use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use crate::wire::venue::Hidden;

/// More characters than any password has.
const CHARACTERS_MAX: usize = 256;

/// The terminal gives every key at once and shows none of them, until this goes.
struct Raw;

impl Drop for Raw {
    fn drop(&mut self) {
        // There is nobody to tell where the terminal is gone.
        let _ = disable_raw_mode();
        let _ = writeln!(stderr());
    }
}

/// Asks, and shows nothing of what is typed; `None` where the person went away.
pub(super) fn ask(question: &str) -> Result<Option<Hidden>> {
    // Hidden before it is asked for: who types at once is not shown either.
    enable_raw_mode().context("the terminal cannot hide a password")?;
    let _raw = Raw;
    let mut out = stderr();
    write!(out, "{question}").and_then(|()| out.flush())?;
    let mut typed = Hidden(String::new());
    loop {
        let Event::Key(key) = read()? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        if press(&mut typed, key.code, key.modifiers.contains(KeyModifiers::CONTROL)) {
            continue;
        }
        let is_entered = matches!(key.code, KeyCode::Enter | KeyCode::Char('j'));
        return Ok((is_entered && !typed.0.is_empty()).then_some(typed));
    }
}

/// Takes a key; whether more may follow.
fn press(typed: &mut Hidden, key: KeyCode, is_control: bool) -> bool {
    match key {
        KeyCode::Enter => typed.0.is_empty(),
        // A line feed, as a paste or a line that was typed ahead has it.
        KeyCode::Char('j') if is_control => typed.0.is_empty(),
        KeyCode::Esc => false,
        KeyCode::Char('c' | 'd') if is_control => false,
        KeyCode::Char('u') if is_control => {
            typed.0.clear();
            true
        }
        KeyCode::Char(letter) if !is_control && typed.0.chars().count() < CHARACTERS_MAX => {
            typed.0.push(letter);
            true
        }
        KeyCode::Backspace => {
            typed.0.pop();
            true
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_make_a_password_and_some_end_it() {
        let mut typed = Hidden(String::new());
        assert!(press(&mut typed, KeyCode::Enter, false), "an empty one is asked for again");
        for letter in "xab3".chars() {
            assert!(press(&mut typed, KeyCode::Char(letter), false));
        }
        assert!(press(&mut typed, KeyCode::Backspace, false));
        assert_eq!(typed.0, "xab");
        assert!(press(&mut typed, KeyCode::Char('u'), true));
        assert!(press(&mut typed, KeyCode::Char('密'), false));
        assert!(!press(&mut typed, KeyCode::Enter, false));
        assert_eq!(typed.0, "密");
        assert!(!press(&mut typed, KeyCode::Char('c'), true));
        assert!(!press(&mut typed, KeyCode::Esc, false));
        for _ in 0..2 * CHARACTERS_MAX {
            assert!(press(&mut typed, KeyCode::Char('x'), false));
        }
        assert_eq!(typed.0.chars().count(), CHARACTERS_MAX);
    }
}
