//! Text of others, fit to be shown: what acts on a terminal or turns a line around is taken out.

use std::borrow::Cow;

/// Whether a character is none that is read, but one that acts: control characters of either kind
/// (escape sequences begin with one), ends of lines, and marks that change the direction of text, with
/// which a price or a side can be made to read as another.
pub fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
                | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// The text with a blank in the place of each character that acts.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.chars().any(acts) {
        Cow::Owned(text.chars().map(|it| if acts(it) { ' ' } else { it }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The same for a text that is owned; nothing is copied where nothing acts.
pub fn make_plain(text: String) -> String {
    match plain(&text) {
        Cow::Owned(plain) => plain,
        Cow::Borrowed(_) => text,
    }
}

/// Reads text that comes from another process: only what is plain enters.
pub fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    <String as serde::Deserialize>::deserialize(deserializer).map(make_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_becomes_a_blank_and_the_rest_stays() {
        for (text, shown) in [
            ("margin", "margin"),
            ("保證金不足 \u{1f600} e\u{301}", "保證金不足 \u{1f600} e\u{301}"),
            ("a\x1b[31mb\x07", "a [31mb "),
            ("a\u{9b}31mb", "a 31mb"),
            ("buy \u{202e}lles\u{202c}", "buy  lles "),
            ("a\r\nb\tc\0\x7f", "a  b c  "),
            ("\u{2066}x\u{2069}\u{200f}\u{feff}", " x   "),
        ] {
            assert_eq!(plain(text), shown, "{text:?}");
            assert_eq!(make_plain(text.to_owned()), shown);
        }
        assert!(matches!(plain("margin"), Cow::Borrowed(_)));
    }

    #[test]
    fn nothing_that_acts_is_left_of_any_text() {
        for character in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let text = format!("a{character}b");
            assert!(!plain(&text).chars().any(acts), "{character:?}");
        }
    }
}
