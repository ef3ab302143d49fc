//! What the terminal was switched to, read from the bytes themselves: a terminal shows nothing of
//! most of it.

use std::collections::BTreeMap;

use super::Terminal;

/// The cursor is shown while its mode is set, as it is from the start.
const CURSOR: u32 = 25;

impl Terminal {
    /// Everything that the program switched, in words, and is not as it was: nothing, where the
    /// terminal is given back.
    pub(crate) fn left_switched(&self) -> Vec<String> {
        let shown = self.shown.0.lock().unwrap();
        let mut left = left_switched(&shown.bytes);
        drop(shown);
        let (now, before) = self.line_editing();
        if now != before {
            left.push(format!("lines are edited otherwise: {now} instead of {before}"));
        }
        left
    }
}

/// `ESC [ ? 1049 h` switches something on, with `l` off; `ESC [ > 3 u` tells of keys, `ESC [ < 1 u`
/// takes that back.
fn left_switched(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let (mut modes, mut key_flags) = (BTreeMap::new(), 0);
    for part in text.split("\x1b[").skip(1) {
        let end = part.find(|it: char| it.is_ascii_alphabetic()).unwrap_or(part.len());
        let (head, last) = (&part[..end], part[end..].chars().next());
        match (head.chars().next(), last) {
            (Some('?'), Some('h' | 'l')) => {
                let numbers = head[1..].split(';').filter_map(|it| it.parse::<u32>().ok());
                modes.extend(numbers.map(|it| (it, last == Some('h'))));
            }
            (Some('>'), Some('u')) => key_flags += 1,
            (Some('<'), Some('u')) => key_flags -= head[1..].parse::<i32>().unwrap_or(1),
            _ => (),
        }
    }
    let is_left = |(mode, is_on): &(u32, bool)| *is_on != (*mode == CURSOR);
    let mut left: Vec<_> =
        modes.into_iter().filter(is_left).map(|it| format!("mode {it:?}")).collect();
    if key_flags != 0 {
        left.push(format!("keys are told {key_flags} times more often than taken back"));
    }
    left
}

#[test]
fn what_is_left_switched_is_found_in_the_bytes() {
    let good = "\x1b[?1049h\x1b[>3u\x1b[?25l\x1b[2J\x1b[<1u\x1b[?1049l\x1b[?25h";
    assert_eq!(left_switched(good.as_bytes()), Vec::<String>::new());
    let bad = "\x1b[?1000;1006h\x1b[?1006l\x1b[>3u\x1b[?25l";
    let left = left_switched(bad.as_bytes());
    assert_eq!(left[..2], ["mode (25, false)", "mode (1000, true)"]);
    assert!(left[2].contains("1 times"), "{left:?}");
    assert!(left_switched(b"\x1b[<1u")[0].contains("-1 times"));
}
