//! A text of one line with a cursor.
//!
//! It takes printable characters only, at most [`Field::CHARACTERS_MAX`] of them. A secret one is
//! shown as stars and overwritten when it is emptied.

use unicode_segmentation::GraphemeCursor;
use unicode_width::UnicodeWidthStr as _;

use crate::overlays::stroke::Stroke;

/// A text of one line with a cursor.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Field {
    text: String,
    /// Bytes before the cursor; always between two graphemes.
    cursor: usize,
    is_secret: bool,
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_secret { "***" } else { &self.text })
    }
}

impl Field {
    /// The longest text, in characters.
    pub const CHARACTERS_MAX: usize = 200;

    /// A field with a text, the cursor behind it.
    pub fn new(text: impl Into<String>) -> Field {
        let text = text.into();
        Field { cursor: text.len(), text, is_secret: false }
    }

    /// An empty field whose text is never shown. Its room is taken at once, so that growing leaves
    /// no copies behind.
    pub fn secret() -> Field {
        let text = String::with_capacity(Field::CHARACTERS_MAX * 4);
        Field { text, cursor: 0, is_secret: true }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Replaces the text; the cursor goes behind it.
    pub fn set(&mut self, text: impl Into<String>) {
        self.wipe();
        self.text = text.into();
        self.cursor = self.text.len();
    }

    /// Takes the text away and leaves nothing of it here.
    pub fn take(&mut self) -> String {
        self.cursor = 0;
        let fresh = if self.is_secret { Field::secret().text } else { String::new() };
        std::mem::replace(&mut self.text, fresh)
    }

    /// Empties it, overwriting what was there.
    pub fn wipe(&mut self) {
        let mut bytes = self.take().into_bytes();
        bytes.fill(0);
        // Keeps the overwriting from being left out because nobody reads the bytes again.
        std::hint::black_box(&bytes);
    }

    /// Puts a text in at the cursor, without its control characters and only as far as it fits.
    pub fn insert(&mut self, text: &str) {
        let room = Field::CHARACTERS_MAX.saturating_sub(self.text.chars().count());
        let fits: String = text.chars().filter(|it| !it.is_control()).take(room).collect();
        self.text.insert_str(self.cursor, &fits);
        self.cursor += fits.len();
        self.settle();
    }

    /// Takes a key. False where it means nothing to a text.
    pub fn stroke(&mut self, stroke: Stroke) -> bool {
        match stroke {
            Stroke::Char(it) => self.insert(it.encode_utf8(&mut [0; 4])),
            Stroke::Left => self.cursor = self.before(),
            Stroke::Right => self.cursor = self.after(),
            Stroke::Home | Stroke::Control('a') => self.cursor = 0,
            Stroke::End | Stroke::Control('e') => self.cursor = self.text.len(),
            Stroke::Backspace | Stroke::Control('h') => self.cut(self.before(), self.cursor),
            Stroke::Delete | Stroke::Control('d') => self.cut(self.cursor, self.after()),
            Stroke::Control('u') => self.cut(0, self.cursor),
            Stroke::Control('k') => self.cut(self.cursor, self.text.len()),
            Stroke::Control('w') => self.cut(self.word(), self.cursor),
            _ => return false,
        }
        true
    }

    /// What is shown, and the cells before the cursor in it.
    pub fn shown(&self) -> (String, usize) {
        let (before, _) = self.text.split_at_checked(self.cursor).unwrap_or((&self.text, ""));
        if self.is_secret {
            return ("*".repeat(self.text.chars().count()), before.chars().count());
        }
        (self.text.clone(), before.width())
    }

    fn cut(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.cursor = from;
        self.settle();
    }

    /// A mark that joined its neighbor may have moved the border of graphemes under the cursor.
    fn settle(&mut self) {
        let mut grapheme = GraphemeCursor::new(self.cursor, self.text.len(), true);
        if !matches!(grapheme.is_boundary(&self.text, 0), Ok(true)) {
            self.cursor = self.after();
        }
    }

    fn before(&self) -> usize {
        let mut grapheme = GraphemeCursor::new(self.cursor, self.text.len(), true);
        grapheme.prev_boundary(&self.text, 0).ok().flatten().unwrap_or(0)
    }

    fn after(&self) -> usize {
        let mut grapheme = GraphemeCursor::new(self.cursor, self.text.len(), true);
        grapheme.next_boundary(&self.text, 0).ok().flatten().unwrap_or(self.text.len())
    }

    fn word(&self) -> usize {
        let before = self.text.get(..self.cursor).unwrap_or("").trim_end();
        before.rfind(' ').map_or(0, |it| it + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(strokes: &[Stroke]) -> Field {
        let mut field = Field::default();
        for stroke in strokes {
            field.stroke(*stroke);
        }
        field
    }

    #[test]
    fn keys_edit_by_what_is_seen_as_a_letter() {
        let mut field = Field::new("買1口e\u{301}");
        for (stroke, text, cells) in [
            (Stroke::Backspace, "買1口", 5),
            (Stroke::Left, "買1口", 3),
            (Stroke::Backspace, "買口", 2),
            (Stroke::Delete, "買", 2),
            (Stroke::Home, "買", 0),
            (Stroke::Char('x'), "x買", 1),
            (Stroke::End, "x買", 3),
            (Stroke::Control('u'), "", 0),
        ] {
            assert!(field.stroke(stroke));
            assert_eq!(field.shown(), (text.to_owned(), cells), "{stroke:?}");
        }
        assert!(!field.stroke(Stroke::Tab));
    }

    #[test]
    fn control_characters_never_get_in_and_there_is_an_end() {
        let mut field = typed(&[Stroke::Char('\u{7}'), Stroke::Char('a')]);
        field.insert("b\nc\r\u{1b}[31m");
        assert_eq!(field.text(), "abc[31m");
        field.insert(&"x".repeat(500));
        assert_eq!(field.text().chars().count(), Field::CHARACTERS_MAX);
    }

    #[test]
    fn a_secret_is_never_shown() {
        let mut field = Field::secret();
        field.insert("geheim 密");
        assert_eq!(field.shown(), ("*".repeat(8), 8));
        assert_eq!(format!("{field:?}"), "***");
        field.wipe();
        assert!(field.is_empty());
    }

    #[test]
    fn no_order_of_keys_panics() {
        let strokes = [
            Stroke::Char('字'),
            Stroke::Char('\u{301}'),
            Stroke::Char('\u{200d}'),
            Stroke::Char('👩'),
            Stroke::Left,
            Stroke::Right,
            Stroke::Backspace,
            Stroke::Delete,
            Stroke::Control('w'),
            Stroke::Control('k'),
            Stroke::Char(' '),
        ];
        let mut state = 7_usize;
        let mut field = Field::default();
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            field.stroke(strokes[(state >> 33) % strokes.len()]);
            assert!(field.text().is_char_boundary(field.cursor));
        }
    }
}
