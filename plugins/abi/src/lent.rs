//! Text and lists that the other side lends for one call.

use crate::layout::{Blank, Plain, Versioned};
use crate::text::put_text;
use crate::values::{KeyValue, Status, Str};

impl Str {
    /// Lends a text. The caller keeps it until the call is over.
    pub const fn lend(text: &str) -> Str {
        Str { data: text.as_ptr().cast(), size: text.len() as u64 }
    }

    /// The bytes that are lent; `None` where they are more than `max`, or have no address.
    ///
    /// # Safety
    ///
    /// The address is NULL, or `size` bytes can be read there for as long as `'call`, during which
    /// nobody writes them.
    pub unsafe fn bytes<'call>(self, max: u64) -> Option<&'call [u8]> {
        // SAFETY: the caller vouches for the bytes; a byte is aligned everywhere, and any is valid.
        unsafe { bounded(self.data.cast(), self.size, max) }
    }

    /// The text that is lent; `None` where its bytes are more than `max`, or no UTF-8.
    ///
    /// # Safety
    ///
    /// As of `bytes`.
    pub unsafe fn text<'call>(self, max: u64) -> Option<&'call str> {
        // SAFETY: the caller vouches for the bytes.
        std::str::from_utf8(unsafe { self.bytes(max) }?).ok()
    }
}

impl KeyValue {
    /// Lends a key and its value. The caller keeps both until the call is over.
    pub const fn lend(key: &str, value: &str) -> KeyValue {
        KeyValue { key: Str::lend(key), value: Str::lend(value) }
    }
}

impl Status {
    /// Why something failed: a code of ours, the venue's own (or nothing), and a sentence.
    pub fn new(code: i32, vendor_code: &str, text: &str) -> Status {
        let mut status = Status { code, ..Status::blank() };
        put_text(&mut status.vendor_code, vendor_code);
        put_text(&mut status.text, text);
        status
    }
}

/// A list that is lent; `None` where it is longer than `max`, has no address or is not aligned.
///
/// # Safety
///
/// `at` is NULL, or `count` structs can be read there for as long as `'call`, during which nobody
/// writes them.
pub unsafe fn slice<'call, T: Plain>(at: *const T, count: u64, max: u64) -> Option<&'call [T]> {
    // SAFETY: the caller vouches for the structs, and any bytes are a value of a plain one.
    unsafe { bounded(at, count, max) }
}

unsafe fn bounded<'call, T: Blank>(at: *const T, count: u64, max: u64) -> Option<&'call [T]> {
    if count == 0 {
        return Some(&[]);
    }
    let count = usize::try_from(count).ok().filter(|_| count <= max)?;
    if at.is_null() || !at.is_aligned() {
        return None;
    }
    // SAFETY: neither NULL nor out of line, and the caller vouches for `count` values of a type that
    // any bytes are a value of.
    Some(unsafe { std::slice::from_raw_parts(at, count) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{E_PRICE, text};

    #[test]
    fn what_is_lent_is_read_within_bounds() {
        let lent = [KeyValue::lend("user", "demo"), KeyValue::lend("note", "")];
        // SAFETY: the list and its texts live to the end of the test.
        unsafe {
            let read = slice(lent.as_ptr(), 2, 10).unwrap();
            let texts = |it: &KeyValue| (it.key.text(9).unwrap(), it.value.text(9).unwrap());
            assert_eq!(
                read.iter().map(texts).collect::<Vec<_>>(),
                [("user", "demo"), ("note", "")]
            );
            assert!(slice(lent.as_ptr(), 2, 1).is_none(), "more than allowed");
            assert_eq!(lent[0].value.bytes(3), None);
        }
    }

    #[test]
    fn an_address_that_cannot_be_is_refused() {
        let nowhere = Str { data: std::ptr::null(), size: 3 };
        let one = KeyValue::lend("a", "b");
        let askew = (&raw const one).cast::<u8>().wrapping_add(1).cast::<KeyValue>();
        // SAFETY: neither address is read.
        unsafe {
            assert_eq!(nowhere.bytes(9), None);
            assert_eq!(Str { size: 0, ..nowhere }.bytes(9), Some([].as_slice()));
            assert!(slice(askew, 1, 9).is_none());
            assert!(slice(askew, 0, 9).is_some_and(<[KeyValue]>::is_empty));
        }
        let bytes = [0xFF_u8];
        let odd = Str { data: bytes.as_ptr().cast(), size: 1 };
        // SAFETY: the byte lives to the end of the test.
        assert_eq!(unsafe { odd.text(9) }, None, "no UTF-8");
    }

    #[test]
    fn a_status_holds_what_fits() {
        let status = Status::new(E_PRICE, "PRICE_LIMIT", &"漲".repeat(100));
        assert_eq!(text(&status.vendor_code), "PRICE_LIMIT");
        assert_eq!(text(&status.text), "漲".repeat(79));
    }
}
