//! Which orders the rehearsals hit.
//!
//! The choice hangs on the seed and the order id alone, so that a machine that crashed and came
//! back meets the same rejections as one that did not.

use aftm_domain::OrderId;

/// What a rehearsal does, which makes the choices of two rehearsals independent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rehearsal {
    Reject = 1,
    Slow = 2,
}

/// Whether this order is the one in `one_in` orders; 0 hits none, 1 each.
pub(crate) fn hits(rehearsal: Rehearsal, seed: u64, id: OrderId, one_in: u32) -> bool {
    let salt = mix(seed ^ mix(rehearsal as u64));
    one_in > 0 && mix(salt ^ id.0).is_multiple_of(u64::from(one_in))
}

/// The finalizer of SplitMix64: neighboring numbers come out unrelated.
fn mix(number: u64) -> u64 {
    let mut it = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    it ^ (it >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_four_is_about_a_quarter_and_hangs_on_the_seed() {
        let hit = |seed| (1..=4_000).filter(move |id| hits(Rehearsal::Slow, seed, OrderId(*id), 4));
        assert!((900..=1_100).contains(&hit(1).count()));
        assert!(hit(1).ne(hit(2)));
        assert!(hit(1).eq(hit(1)));
    }

    #[test]
    fn zero_hits_none_and_one_hits_each() {
        for id in (1..100).map(OrderId) {
            assert!(!hits(Rehearsal::Reject, 7, id, 0));
            assert!(hits(Rehearsal::Reject, 7, id, 1));
        }
    }
}
