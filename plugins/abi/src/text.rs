//! Text in fields: NUL-terminated, sentences cut between characters, names never cut.

use std::borrow::Cow;

/// A name that does not fit its field; cut, it would name something else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is longer than the {max} bytes that fit, or has a NUL in it")]
pub struct TooLong {
    /// What was to be put there.
    pub text: String,
    /// How many bytes fit.
    pub max: usize,
}

/// Puts a sentence into a field: as many whole characters as fit before the last byte, up to a NUL
/// in it, and zeros after them.
pub fn put_text(field: &mut [u8], text: &str) {
    let end = text.bytes().position(|byte| byte == 0).unwrap_or(text.len());
    let kept = text.floor_char_boundary(end.min(field.len().saturating_sub(1)));
    let (filled, rest) = field.split_at_mut(kept.min(field.len()));
    filled.copy_from_slice(text.as_bytes().get(..filled.len()).unwrap_or_default());
    rest.fill(0);
}

/// Puts a name into a field.
///
/// # Errors
///
/// Where it does not fit whole; then the field is empty.
pub fn put_name(field: &mut [u8], name: &str) -> Result<(), TooLong> {
    let max = field.len().saturating_sub(1);
    if name.len() > max || name.contains('\0') {
        field.fill(0);
        return Err(TooLong { text: name.to_owned(), max });
    }
    put_text(field, name);
    Ok(())
}

/// Puts a name that has no NUL in it into a blank field. One that does not fit leaves it blank.
pub fn put_id(field: &mut [u8], id: &str) {
    if let Some((room, [_, ..])) = field.split_at_mut_checked(id.len()) {
        room.copy_from_slice(id.as_bytes());
    }
}

/// The sentence in a field: up to the first NUL, or all of it where there is none. Bytes that are no
/// UTF-8 become the replacement character.
pub fn text(field: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(field.split(|byte| *byte == 0).next().unwrap_or_default())
}

/// The name in a field, which may be empty; `None` where it is not terminated or no UTF-8, because
/// a name that is guessed at would name something else.
pub fn name(field: &[u8]) -> Option<&str> {
    // Nearly every name is ASCII: one look finds its end and that it is one.
    let end = field.iter().position(|byte| matches!(byte, 0 | 128..))?;
    let (start, rest) = field.split_at_checked(end)?;
    if rest.first() == Some(&0) {
        // SAFETY: no byte of it is above 127, and ASCII is UTF-8.
        return Some(unsafe { std::str::from_utf8_unchecked(start) });
    }
    foreign_name(field)
}

#[cold]
fn foreign_name(field: &[u8]) -> Option<&str> {
    let end = field.iter().position(|byte| *byte == 0)?;
    std::str::from_utf8(field.get(..end)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put<const N: usize>(sentence: &str) -> [u8; N] {
        let mut field = [7; N];
        put_text(&mut field, sentence);
        field
    }

    #[test]
    fn a_sentence_is_cut_between_characters() {
        assert_eq!(put::<8>("TXFH1"), *b"TXFH1\0\0\0");
        assert_eq!(put::<6>("TXFH1"), *b"TXFH1\0");
        assert_eq!(put::<5>("TXFH1"), *b"TXFH\0");
        assert_eq!(text(&put::<6>("台積電")), "台");
        assert_eq!(text(&put::<7>("台積電")), "台積");
        assert_eq!(put::<6>("ab\0cd"), *b"ab\0\0\0\0");
        assert_eq!(put::<1>("a"), [0]);
        assert_eq!(put::<0>("a"), [0_u8; 0]);
    }

    #[test]
    fn every_length_of_a_field_holds_a_start_of_the_sentence() {
        let sentence = "價格 17,305½ 超過 漲停 🚫 limit";
        for size in 1..64 {
            let mut field = vec![7; size];
            put_text(&mut field, sentence);
            let kept = text(&field).into_owned();
            assert!(sentence.starts_with(&kept), "{size}: {kept}");
            assert!(kept.len() + 4 >= (size - 1).min(sentence.len()), "{size}: {kept}");
            assert_eq!(name(&field), Some(kept.as_str()));
        }
    }

    #[test]
    fn a_name_that_does_not_fit_is_refused() {
        let mut field = [7; 6];
        assert_eq!(put_name(&mut field, "TXFH1"), Ok(()));
        assert_eq!(name(&field), Some("TXFH1"));
        let refused = put_name(&mut field, "TXFH12").unwrap_err();
        assert_eq!(
            refused.to_string(),
            r#""TXFH12" is longer than the 5 bytes that fit, or has a NUL in it"#
        );
        assert_eq!(field, [0; 6]);
        assert!(put_name(&mut field, "a\0b").is_err());
    }

    #[test]
    fn an_id_fits_with_a_zero_after_it_or_is_left_out() {
        let mut field = [0; 6];
        put_id(&mut field, "TXFH12");
        assert_eq!(field, [0; 6]);
        put_id(&mut field, "TXFH1");
        assert_eq!(field, *b"TXFH1\0");
        put_id(&mut [], "");
    }

    #[test]
    fn foreign_bytes_are_readable_as_a_sentence_and_never_as_a_name() {
        assert_eq!(text(b"full"), "full");
        assert_eq!(name(b"full"), None);
        assert_eq!(text(b"ab\xFFc\0d"), "ab\u{FFFD}c");
        assert_eq!(name(b"ab\xFFc\0d"), None);
        assert_eq!(name("台\0\u{ff}".as_bytes()), Some("台"));
        assert_eq!(name("台".as_bytes()), None);
        assert_eq!(name(b"\0\xFF"), Some(""));
        assert_eq!((text(b""), name(b"")), (Cow::Borrowed(""), None));
    }
}
