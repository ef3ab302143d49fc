//! The hash chain: each record vouches for all before it.

use std::fmt;

use sha2::{Digest, Sha256};

use super::Record;

/// The chain's value after a record: SHA-256 over the value before it and everything that the
/// record says. Shown in hexadecimal.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Chain([u8; 32]);

impl Chain {
    /// The value before the first record.
    pub const START: Chain = Chain([0; 32]);

    /// The value after `record`. The kind's length is hashed too, so that no text can move between
    /// kind and body unseen.
    #[must_use]
    pub fn next(self, record: Record<'_>) -> Chain {
        let Record { sequence, at, kind, body } = record;
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(sequence.to_be_bytes());
        hash.update(at.0.to_be_bytes());
        hash.update((kind.len() as u64).to_be_bytes());
        hash.update(kind);
        hash.update(body);
        Chain(hash.finalize().into())
    }

    /// As it is stored; `None` where it is not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Chain> {
        bytes.try_into().ok().map(Chain)
    }

    /// The 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use aftm_domain::Stamp;

    use super::*;

    const RECORD: Record<'_> = Record { sequence: 1, at: Stamp(2), kind: "order", body: "{}" };

    /// The chain is a format on disk: another value would break every journal there is.
    #[test]
    fn the_chain_of_a_record_never_changes() {
        assert_eq!(
            Chain::START.next(RECORD).to_string(),
            "54ae0e5f4870e574d1e99d2526f1d06fac6519f1d9f19aedbe7e6819411cd8ff"
        );
    }

    #[test]
    fn everything_that_a_record_says_is_in_the_chain() {
        let whole = Chain::START.next(RECORD);
        for other in [
            Record { sequence: 2, ..RECORD },
            Record { at: Stamp(3), ..RECORD },
            Record { kind: "fill", ..RECORD },
            Record { body: "{ }", ..RECORD },
            Record { kind: "order{", body: "}", ..RECORD },
        ] {
            assert_ne!(Chain::START.next(other), whole, "{other:?}");
        }
        assert_ne!(whole.next(RECORD), whole);
    }
}
