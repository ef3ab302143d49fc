//! Why something was refused: a stable word for machines, the venue's sentence for people.

use aftm_domain::order::Refusal;
use aftm_plugin_host::{self as host, CallError, abi};

/// The word of one of the interface's codes. Words that other venues of ours use mean the same here.
pub(super) const fn word(code: i32) -> &'static str {
    match code {
        abi::E_ARG => "ARGUMENT",
        abi::E_ABI => "ABI",
        abi::E_STATE => "STATE",
        abi::E_UNSUPPORTED => UNSUPPORTED,
        abi::E_WRONG_THREAD => "WRONG_THREAD",
        abi::E_CLOSED => "SESSION_CLOSED",
        abi::E_NET => "NOT_CONNECTED",
        abi::E_BUSY => "BUSY",
        abi::E_TIMEOUT => "TIMEOUT",
        abi::E_REJECTED => "REJECTED",
        abi::E_AUTH => "LOGIN",
        abi::E_DUPLICATE => "DUPLICATE",
        abi::E_INSTRUMENT => UNKNOWN_ITEM,
        abi::E_FIELD => "FIELD",
        abi::E_FUNDS => "FUNDS",
        abi::E_POSITION => "POSITION",
        abi::E_NO_ORDER => "UNKNOWN_ORDER",
        abi::E_NOT_CANCELABLE => "ORDER_ENDED",
        abi::E_CLOSE_ONLY => "CLOSE_ONLY",
        abi::E_PERMISSION => "PERMISSION",
        abi::E_SETTLEMENT => "SETTLEMENT",
        abi::E_LOCKED => "LOCKED",
        abi::E_PRICE => "PRICE",
        abi::E_QUANTITY => "QUANTITY",
        abi::E_MARKET_CLOSED => "MARKET_CLOSED",
        abi::E_INTERNAL => "PLUGIN_FAULT",
        _ => "OTHER",
    }
}

pub(super) const UNKNOWN_ITEM: &str = "UNKNOWN_ITEM";
pub(super) const AMBIGUOUS_ITEM: &str = "AMBIGUOUS_ITEM";
pub(super) const UNSUPPORTED: &str = "UNSUPPORTED";
pub(super) const UNREADABLE: &str = "UNREADABLE";
pub(super) const NO_ACCOUNT: &str = "NO_ACCOUNT";
pub(super) const BROKEN: &str = "PLUGIN_BROKEN";
/// Nothing was sent, because the plug-in is still busy with another call.
const HANGS: &str = "PLUGIN_HANGS";

/// A refusal of our own.
#[cold]
pub(super) fn ours(code: &str, text: impl Into<String>) -> Refusal {
    Refusal { code: code.to_owned(), text: text.into() }
}

/// What a plug-in or its venue says, with the venue's own code at the end of the sentence.
pub(super) fn told(code: i32, vendor_code: &str, text: &str) -> Refusal {
    let text = if text.is_empty() { abi::word(code) } else { text };
    let text = match vendor_code {
        "" => text.to_owned(),
        vendor => format!("{text} (venue's code {vendor})"),
    };
    Refusal { code: word(code).to_owned(), text }
}

/// A status or an answer.
pub(super) fn of(refusal: &host::Refusal) -> Refusal {
    told(refusal.code, &refusal.vendor_code, &refusal.text)
}

/// A call that was not made or not taken.
#[cold]
pub(super) fn of_call(error: &CallError) -> Refusal {
    match error {
        CallError::Refused(refusal) => of(refusal),
        CallError::NotOffered(_) => ours(UNSUPPORTED, error.to_string()),
        CallError::Occupied { .. } => ours(HANGS, error.to_string()),
        CallError::Broken(_) => ours(BROKEN, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use aftm_plugin_host::Breach;

    use super::*;

    #[test]
    fn every_code_has_a_word_of_its_own() {
        let codes = abi::numbers().filter(|it| it.name.starts_with("AFTM_E_"));
        let codes: Vec<i32> = codes.map(|it| i32::try_from(it.value).unwrap()).collect();
        let words: std::collections::BTreeSet<_> = codes.iter().map(|it| word(*it)).collect();
        assert!(codes.len() > 25);
        assert_eq!(words.len(), codes.len(), "{words:?}");
        assert!(!words.contains("OTHER"));
        assert_eq!(word(-1234), "OTHER");
    }

    #[test]
    fn the_venue_s_code_and_sentence_are_kept() {
        let refusal = told(abi::E_FUNDS, "31", "margin 184000 is needed");
        assert_eq!(refusal.to_string(), "margin 184000 is needed (venue's code 31) (FUNDS)");
        assert_eq!(told(abi::E_PRICE, "", "").to_string(), "the price is not acceptable (PRICE)");
    }

    #[test]
    fn a_call_that_was_not_made_says_why() {
        let broken = of_call(&CallError::Broken(Breach::Flood { max: 3 }));
        assert_eq!(broken.code, BROKEN);
        assert_eq!(broken.text, "the plug-in told more than 3 events that nobody had taken");
        let hangs = CallError::Occupied {
            call: "login",
            under_way: "query",
            waited: std::time::Duration::ZERO,
        };
        assert_eq!(of_call(&hangs).code, "PLUGIN_HANGS");
        assert_eq!(of_call(&CallError::NotOffered("amend")).code, UNSUPPORTED);
    }
}
