//! Keys as text (Z85, ZeroMQ RFC 32): four bytes are five characters. The library's own decoder takes
//! any text and leaves a copy of it in memory, which is no way to treat a secret.

use zeroize::Zeroizing;

use super::keys::KEY_BYTES;

/// Characters of a key.
const CHARACTERS: usize = KEY_BYTES / 4 * 5;

const ALPHABET: &[u8; 85] =
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// A key as text.
pub(super) fn encode(key: &[u8; KEY_BYTES]) -> String {
    let mut text = String::with_capacity(CHARACTERS);
    let (groups, _) = key.as_chunks::<4>();
    for group in groups {
        let number = u32::from_be_bytes(*group);
        for power in [52_200_625, 614_125, 7_225, 85, 1] {
            let digit = usize::try_from(number / power % 85).unwrap_or_default();
            text.extend(ALPHABET.get(digit).map(|it| char::from(*it)));
        }
    }
    text
}

/// The key of a text; `None` where it is none.
pub(super) fn decode(text: &str) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
    if text.len() != CHARACTERS {
        return None;
    }
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    let (groups, _) = text.as_bytes().as_chunks::<5>();
    for (bytes, group) in key.as_chunks_mut::<4>().0.iter_mut().zip(groups) {
        let number = group.iter().try_fold(0_u32, |number, character| {
            let digit = ALPHABET.iter().position(|it| it == character)?;
            number.checked_mul(85)?.checked_add(u32::try_from(digit).ok()?)
        })?;
        *bytes = number.to_be_bytes();
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_that_of_the_library() {
        for _ in 0..200 {
            let key = zmq::CurveKeyPair::new().unwrap().public_key;
            let text = encode(&key);
            assert_eq!(text, zmq::z85_encode(&key).unwrap());
            assert_eq!(decode(&text).as_deref(), Some(&key));
        }
        assert_eq!(encode(&[0xff; 32]), "%nSc0".repeat(8));
    }

    #[test]
    fn a_group_that_is_too_large_is_no_key() {
        assert_eq!(decode(&"%nSc1".repeat(8)), None);
        assert_eq!(decode(&"#####".repeat(8)), None);
    }
}
