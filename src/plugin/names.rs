//! Names in fields and our ids for them.
//!
//! A name of the venue's may hold what an id of ours cannot: a space, another script. Its bytes are
//! then written as `%` and two hexadecimal digits, so that the same name is always the same id and
//! the name comes back from it. Accounts and instruments are typed by people; theirs must fit as
//! they are.

use std::str::FromStr;

use aftm_domain::{
    AccountId, Code, ExchangeTime, IdError, Price, Quantity, Stamp, TradeId, VenueOrderId,
};
use aftm_plugin_host::abi::{self, ABSENT};

/// A name that our id cannot hold, in a sentence.
pub(super) type Unfit = String;

// One for all fields, as of ids.
#[inline(never)]
pub(super) fn text(field: &[u8]) -> &str {
    abi::name(field).unwrap_or_default()
}

pub(super) fn account(field: &[u8]) -> Result<AccountId, Unfit> {
    AccountId::try_from(text(field)).map_err(unfit)
}

pub(super) fn code(field: &[u8]) -> Result<Code, Unfit> {
    Code::try_from(text(field)).map_err(unfit)
}

/// The venue's name for an order, where it has one yet.
pub(super) fn venue_order(field: &[u8]) -> Result<Option<VenueOrderId>, Unfit> {
    match text(field) {
        "" => Ok(None),
        name => held(name).map(Some),
    }
}

pub(super) fn trade(field: &[u8]) -> Result<TradeId, Unfit> {
    held(text(field))
}

/// A name of the venue's as an id of ours can hold it: nearly every one as it is, but one with a
/// percent sign could be another one written.
fn held<'name, Id>(name: &'name str) -> Result<Id, Unfit>
where
    Id: TryFrom<&'name str, Error = IdError> + FromStr<Err = IdError>,
{
    match Id::try_from(name) {
        Ok(id) if !name.contains('%') => Ok(id),
        _ => written(name).parse().map_err(unfit),
    }
}

/// Puts the venue's name for an order into a field, as the venue writes it.
pub(super) fn put_venue_order(field: &mut [u8], id: Option<&VenueOrderId>) {
    let id = id.map_or("", VenueOrderId::as_str);
    if id.contains('%') {
        abi::put_text(field, &String::from_utf8_lossy(&plain(id.as_bytes())));
    } else {
        abi::put_text(field, id);
    }
}

#[cold]
#[allow(clippy::needless_pass_by_value)] // As errors are mapped.
fn unfit(err: impl ToString) -> Unfit {
    err.to_string()
}

#[cold]
fn written(name: &str) -> String {
    let mut written = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if is_plain(byte) {
            written.push(char::from(byte));
        } else {
            let digits = [byte >> 4, byte & 15].map(|it| char::from_digit(it.into(), 16));
            written.push('%');
            written.extend(digits.into_iter().flatten());
        }
    }
    written
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'%')
}

fn plain(mut written: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(written.len());
    while let Some((first, rest)) = written.split_first() {
        let digit = |at: usize| char::from(*rest.get(at)?).to_digit(16);
        let pair =
            digit(0).zip(digit(1)).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        (written, _) = match pair.filter(|_| *first == b'%') {
            Some(byte) => (rest.get(2..).unwrap_or_default(), name.push(byte)),
            None => (rest, name.push(*first)),
        };
    }
    name
}

pub(super) fn price(raw: i64) -> Option<Price> {
    (raw != ABSENT).then(|| Price::from_raw(raw))
}

pub(super) fn price_number(price: Option<Price>) -> i64 {
    price.map_or(ABSENT, Price::raw)
}

/// A quantity above zero.
pub(super) fn lots(raw: i64) -> Option<Quantity> {
    (raw > 0).then(|| Quantity::from_raw(raw))
}

pub(super) fn time(ts_ns: i64, utc_offset_s: i32) -> Option<ExchangeTime> {
    (ts_ns != ABSENT).then_some(ExchangeTime { at: Stamp(ts_ns), offset: utc_offset_s })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str) -> [u8; 72] {
        let mut field = [0; 72];
        abi::put_name(&mut field, name).unwrap();
        field
    }

    #[test]
    fn a_name_of_the_venue_s_comes_back_as_the_venue_writes_it() {
        for (name, id) in [
            ("B1", "B1"),
            ("SHFE:     123", "SHFE:%20%20%20%20%20123"),
            ("100%", "100%25"),
            ("a\"b\\c", "a%22b%5cc"),
            ("委1", "%e5%a7%941"),
        ] {
            let held = venue_order(&field(name)).unwrap().unwrap();
            assert_eq!(held.as_str(), id);
            assert_eq!(trade(&field(name)).unwrap().as_str(), id);
            let mut back = [7; 72];
            put_venue_order(&mut back, Some(&held));
            assert_eq!(back, field(name));
        }
    }

    #[test]
    fn a_name_that_is_not_there_is_none_and_one_that_is_too_long_is_an_error() {
        assert_eq!(venue_order(&field("")), Ok(None));
        let why = venue_order(&field(&"x".repeat(65))).unwrap_err();
        assert!(why.ends_with("is longer than 64 bytes"), "{why}");
        assert!(trade(&field(&" ".repeat(30))).is_err());
        assert!(code(&field("SP a1501&a1505")).unwrap_err().contains("SP a1501&a1505"));
        assert!(account(&field("帳號")).is_err());
    }

    #[test]
    fn a_percent_sign_that_stands_for_nothing_is_left_as_it_is() {
        assert_eq!(plain(b"5%"), b"5%");
        assert_eq!(plain(b"%zz%4"), b"%zz%4");
    }
}
