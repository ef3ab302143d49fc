//! Text of the vendor: GB18030 in fixed fields, NUL-terminated.

use aftm_exchange_abi::E_ARG;
use encoding_rs::GB18030;

use crate::Refusal;

/// The text in a field, up to its first NUL. Bytes that are no character, such as half of one that
/// the vendor cut, become the replacement character.
pub fn read(field: &[u8]) -> String {
    let text = field.split(|byte| *byte == 0).next().unwrap_or_default();
    GB18030.decode_without_bom_handling(text).0.into_owned()
}

/// A sentence for a field: as many whole characters as fit before the terminating NUL. A character
/// that GB18030 does not have becomes a question mark.
pub fn sentence<const N: usize>(text: &str) -> [u8; N] {
    let mut field = [0; N];
    let mut at = 0;
    for letter in text.chars().take_while(|it| *it != '\0') {
        let mut utf8 = [0; 4];
        let (bytes, _, is_lossy) = GB18030.encode(letter.encode_utf8(&mut utf8));
        let bytes: &[u8] = if is_lossy { b"?" } else { &bytes };
        // The last byte stays the NUL.
        let Some(room) = field.get_mut(at..at + bytes.len()) else { break };
        if at + bytes.len() >= N {
            break;
        }
        room.copy_from_slice(bytes);
        at += bytes.len();
    }
    field
}

/// A name for a field. It is never cut, because a name that is cut names something else.
///
/// # Errors
///
/// Where it does not fit before the terminating NUL, or is not printable ASCII: CTP compares names
/// byte by byte.
pub fn name<const N: usize>(what: &str, name: &str) -> Result<[u8; N], Refusal> {
    let max = N.saturating_sub(1);
    if let Some(odd) = name.chars().find(|it| !it.is_ascii_graphic() && *it != ' ') {
        let text = format!("the {what} {name:?} has {odd:?} in it; CTP takes ASCII letters");
        return Err(Refusal::new(E_ARG, text));
    }
    let mut field = [0; N];
    match field.get_mut(..name.len()) {
        Some(room) if name.len() <= max => room.copy_from_slice(name.as_bytes()),
        _ => {
            let text = format!("the {what} {name:?} is longer than the {max} letters that CTP has");
            return Err(Refusal::new(E_ARG, text));
        }
    }
    Ok(field)
}

/// A name that must be there.
///
/// # Errors
///
/// As [`name`], and where it is empty.
pub fn required<const N: usize>(what: &str, text: &str) -> Result<[u8; N], Refusal> {
    if text.is_empty() {
        return Err(Refusal::new(E_ARG, format!("the {what} is missing; CTP wants it")));
    }
    name(what, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNDS: &[u8] = b"CTP:\xd7\xca\xbd\xf0\xb2\xbb\xd7\xe3";

    #[test]
    fn text_of_the_vendor_is_read_up_to_its_nul() {
        let padded = [FUNDS, &[0, 0xff, 0x41]].concat();
        for field in [FUNDS, &padded] {
            assert_eq!(read(field), "CTP:资金不足");
        }
        assert_eq!(read(b""), "");
        assert_eq!(read(b"\0abc"), "");
    }

    #[test]
    fn bytes_that_are_no_character_are_replaced() {
        assert_eq!(read(b"\xd7\xca\xbd"), "资\u{fffd}", "the vendor cut a character in half");
        assert_eq!(read(b"a\xffb"), "a\u{fffd}b");
    }

    #[test]
    fn text_goes_there_and_back() {
        // Two bytes, four bytes, and one beyond the basic plane.
        for text in ["", "TXFH1", "资金不足", "ß€ｘ", "\u{2a6d6}", "é"] {
            assert_eq!(read(&sentence::<40>(text)), text);
        }
    }

    #[test]
    fn a_sentence_is_cut_between_characters() {
        assert_eq!(sentence::<5>("资金不"), *b"\xd7\xca\xbd\xf0\0");
        assert_eq!(sentence::<4>("资金"), *b"\xd7\xca\0\0", "the NUL has its place");
        assert_eq!(sentence::<4>("abcd"), *b"abc\0");
        assert_eq!(sentence::<4>("\u{2a6d6}"), [0; 4], "four bytes and no room for the NUL");
        assert_eq!(sentence::<0>("a"), [0; 0]);
        assert_eq!(sentence::<6>("ab\0cd"), *b"ab\0\0\0\0");
    }

    #[test]
    fn a_name_is_whole_or_refused() {
        assert_eq!(name::<6>("instrument", "rb001"), Ok(*b"rb001\0"));
        assert_eq!(name::<6>("instrument", ""), Ok([0; 6]));
        let said = |name: Result<[u8; 6], Refusal>| name.unwrap_err().to_string();
        let long = "the instrument \"rb2510\" is longer than the 5 letters that CTP has";
        assert_eq!(said(name("instrument", "rb2510")), long);
        let odd = "the account \"戶1\" has '戶' in it; CTP takes ASCII letters";
        assert_eq!(said(name("account", "戶1")), odd);
        assert!(name::<6>("account", "a\0b").is_err());
        assert_eq!(said(required("exchange", "")), "the exchange is missing; CTP wants it");
    }
}
