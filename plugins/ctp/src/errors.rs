//! What the vendor's errors mean, and what may be done after them.

use aftm_exchange_abi as abi;

use crate::{Refusal, text};

/// When the same request may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Never as it is.
    No,
    /// Once the login stands again.
    AfterLogin,
    /// A query at once; an order never, because nobody knows whether it was sent.
    QueryOnly,
    /// Later, more slowly.
    Paced,
    /// Once the settlement is confirmed, which the plug-in does once.
    AfterConfirm,
    /// Once a person has acted: a password, a lock.
    AfterPerson,
}

/// An error in the words of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// One of `AFTM_OK` and `AFTM_E_…`.
    pub code: i32,
    /// When to try again.
    pub retry: Retry,
}

const fn meaning(code: i32, retry: Retry) -> Meaning {
    Meaning { code, retry }
}

/// What an `ErrorID` means, by the vendor's error.xml of 6.7.7. One that is not listed is the
/// venue's refusal.
pub const fn meaning_of(error_id: i32) -> Meaning {
    match error_id {
        0 => meaning(abi::OK, Retry::No),
        27 | 61 | 77 => meaning(abi::E_UNSUPPORTED, Retry::No),
        6 | 7 | 8 | 64 => meaning(abi::E_STATE, Retry::AfterLogin),
        21 => meaning(abi::E_NET, Retry::QueryOnly),
        40 | 90 | 116 => meaning(abi::E_BUSY, Retry::Paced),
        3 | 4 | 5 | 60 | 63 => meaning(abi::E_AUTH, Retry::No),
        22 | 24 => meaning(abi::E_DUPLICATE, Retry::No),
        16 => meaning(abi::E_INSTRUMENT, Retry::No),
        15 | 23 => meaning(abi::E_FIELD, Retry::No),
        31 => meaning(abi::E_FUNDS, Retry::No),
        30 | 37 | 50 | 51 => meaning(abi::E_POSITION, Retry::No),
        25 => meaning(abi::E_NO_ORDER, Retry::No),
        26 => meaning(abi::E_NOT_CANCELABLE, Retry::No),
        29 => meaning(abi::E_CLOSE_ONLY, Retry::No),
        9 | 53 | 54 | 62 => meaning(abi::E_PERMISSION, Retry::No),
        42 => meaning(abi::E_SETTLEMENT, Retry::AfterConfirm),
        75 | 131 | 140 | 141 => meaning(abi::E_LOCKED, Retry::AfterPerson),
        _ => meaning(abi::E_REJECTED, Retry::No),
    }
}

/// What an answer says: nothing where it carries no error, or the error 0, which both mean success.
///
/// # Errors
///
/// The venue's refusal, with its message as it is written in GB18030.
pub fn answer(error: Option<(i32, &[u8])>) -> Result<(), Refusal> {
    match error {
        None | Some((0, _)) => Ok(()),
        Some((error_id, message)) => Err(refusal(error_id, message)),
    }
}

/// The refusal that an `ErrorID` other than 0 and its message are.
pub fn refusal(error_id: i32, message: &[u8]) -> Refusal {
    let said = text::read(message);
    let said = said.trim();
    let text = if said.is_empty() {
        format!("CTP refused it with the error {error_id} and without a word")
    } else {
        format!("{said} (CTP error {error_id})")
    };
    Refusal { code: meaning_of(error_id).code, vendor_code: Some(error_id), text }
}

/// What the return of a request says: 0 is handed over, everything else was not sent.
///
/// # Errors
///
/// The connection is lost (-1), or requests come too fast (-2 and -3).
pub fn returned(code: i32) -> Result<(), Refusal> {
    let (ours, text) = match code {
        0 => return Ok(()),
        -1 => (abi::E_NET, "the front is not connected: nothing was sent".to_owned()),
        -2 => (abi::E_BUSY, "too many requests wait for their answer: nothing was sent".to_owned()),
        -3 => (abi::E_BUSY, "too many requests in one second: nothing was sent".to_owned()),
        _ => {
            (abi::E_REJECTED, format!("CTP took no request and returned {code}: nothing was sent"))
        }
    };
    Err(Refusal { code: ours, vendor_code: Some(code), text })
}

/// What the code of a returned request allows.
pub const fn retry_of_return(code: i32) -> Retry {
    match code {
        -1 => Retry::QueryOnly,
        -2 | -3 => Retry::Paced,
        _ => Retry::No,
    }
}

/// Why the front was lost, from `OnFrontDisconnected`.
pub fn front_lost(reason: i32) -> Refusal {
    let why = match reason {
        0x1001 => "reading from the network failed",
        0x1002 => "writing to the network failed",
        0x2001 => "no heartbeat came in time",
        0x2002 => "no heartbeat could be sent",
        0x2003 => "a broken message came",
        _ => "for a reason that CTP does not name",
    };
    let text = format!("the front was lost: {why} ({reason:#06x})");
    Refusal { code: abi::E_NET, vendor_code: Some(reason), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_error_has_its_code_and_its_retry() {
        let rows: &[(i32, Retry, &[i32])] = &[
            (abi::OK, Retry::No, &[0]),
            (abi::E_UNSUPPORTED, Retry::No, &[27, 61, 77]),
            (abi::E_STATE, Retry::AfterLogin, &[6, 7, 8, 64]),
            (abi::E_NET, Retry::QueryOnly, &[21]),
            (abi::E_BUSY, Retry::Paced, &[40, 90, 116]),
            (abi::E_AUTH, Retry::No, &[3, 4, 5, 60, 63]),
            (abi::E_DUPLICATE, Retry::No, &[22, 24]),
            (abi::E_INSTRUMENT, Retry::No, &[16]),
            (abi::E_FIELD, Retry::No, &[15, 23]),
            (abi::E_FUNDS, Retry::No, &[31]),
            (abi::E_POSITION, Retry::No, &[30, 37, 50, 51]),
            (abi::E_NO_ORDER, Retry::No, &[25]),
            (abi::E_NOT_CANCELABLE, Retry::No, &[26]),
            (abi::E_CLOSE_ONLY, Retry::No, &[29]),
            (abi::E_PERMISSION, Retry::No, &[9, 53, 54, 62]),
            (abi::E_SETTLEMENT, Retry::AfterConfirm, &[42]),
            (abi::E_LOCKED, Retry::AfterPerson, &[75, 131, 140, 141]),
        ];
        let listed: Vec<i32> = rows.iter().flat_map(|(_, _, ids)| ids.iter().copied()).collect();
        for (code, retry, ids) in rows {
            for id in *ids {
                assert_eq!(meaning_of(*id), meaning(*code, *retry), "{id}");
            }
        }
        for id in (-200..2000).filter(|it| !listed.contains(it)).chain([i32::MIN, i32::MAX]) {
            assert_eq!(meaning_of(id), meaning(abi::E_REJECTED, Retry::No), "{id}");
        }
    }

    #[test]
    fn an_answer_without_an_error_is_a_success() {
        assert_eq!(answer(None), Ok(()));
        assert_eq!(answer(Some((0, b"CTP:\xd5\xfd\xc8\xb7"))), Ok(()));
    }

    #[test]
    fn a_refusal_carries_the_vendors_words_and_number() {
        let refused = answer(Some((31, b"CTP:\xd7\xca\xbd\xf0\xb2\xbb\xd7\xe3\0\0"))).unwrap_err();
        assert_eq!((refused.code, refused.vendor_code), (abi::E_FUNDS, Some(31)));
        assert_eq!(refused.text, "CTP:资金不足 (CTP error 31)");
        // A local library answers every refusal with -1.
        let refused = refusal(-1, b" \0");
        assert_eq!((refused.code, refused.vendor_code), (abi::E_REJECTED, Some(-1)));
        assert_eq!(refused.text, "CTP refused it with the error -1 and without a word");
    }

    #[test]
    fn a_request_that_is_returned_was_not_sent() {
        assert_eq!(returned(0), Ok(()));
        let rows = [
            (-1, abi::E_NET, Retry::QueryOnly),
            (-2, abi::E_BUSY, Retry::Paced),
            (-3, abi::E_BUSY, Retry::Paced),
            (-4, abi::E_REJECTED, Retry::No),
            (1, abi::E_REJECTED, Retry::No),
        ];
        for (code, ours, retry) in rows {
            let refused = returned(code).unwrap_err();
            assert_eq!((refused.code, refused.vendor_code), (ours, Some(code)));
            assert!(refused.text.ends_with("nothing was sent"), "{}", refused.text);
            assert_eq!(retry_of_return(code), retry);
        }
    }

    #[test]
    fn a_lost_front_says_why() {
        for reason in [0x1001, 0x1002, 0x2001, 0x2002, 0x2003] {
            let lost = front_lost(reason);
            assert_eq!((lost.code, lost.vendor_code), (abi::E_NET, Some(reason)));
            assert!(!lost.text.contains("does not name"), "{}", lost.text);
        }
        assert_eq!(
            front_lost(0x2001).text,
            "the front was lost: no heartbeat came in time (0x2001)"
        );
        assert!(front_lost(7).text.contains("for a reason that CTP does not name (0x0007)"));
    }
}
