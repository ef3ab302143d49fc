//! Why something is not done, as the interface tells it.

use aftm_exchange_abi::{E_ARG, Status, Versioned, put_text};

/// A refusal: by a rule of this plug-in, or by the venue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    /// One of `AFTM_E_…`.
    pub code: i32,
    /// The venue's own number; `None` where the venue was not asked.
    pub vendor_code: Option<i32>,
    /// A sentence for the trader, with the value that was wrong; never empty.
    pub text: String,
}

impl Refusal {
    /// A refusal by a rule of this plug-in: nothing was sent.
    pub fn new(code: i32, text: impl Into<String>) -> Refusal {
        Refusal { code, vendor_code: None, text: text.into() }
    }

    /// A value outside its list.
    pub(crate) fn unknown(field: &str, value: u8, known: &str) -> Refusal {
        Refusal::new(E_ARG, format!("{field} {value} is not known; it is one of {known}"))
    }

    /// As the interface carries it: the sentence is cut between characters where it is too long.
    pub fn status(&self) -> Status {
        let mut status = Status { code: self.code, ..Status::blank() };
        if let Some(number) = self.vendor_code {
            put_text(&mut status.vendor_code, &number.to_string());
        }
        put_text(&mut status.text, &self.text);
        status
    }
}

#[cfg(test)]
mod tests {
    use aftm_exchange_abi::{E_FUNDS, text};

    use super::*;

    #[test]
    fn a_refusal_is_carried_with_its_number_and_cut_between_characters() {
        let sentence = "资金不足".repeat(40);
        let refusal = Refusal { code: E_FUNDS, vendor_code: Some(31), text: sentence.clone() };
        let status = refusal.status();
        assert_eq!((status.code, text(&status.vendor_code)), (E_FUNDS, "31".into()));
        let carried = text(&status.text);
        assert_eq!(carried.len(), 237, "79 whole characters fit below 240 bytes");
        assert!(sentence.starts_with(&*carried));
    }
}
