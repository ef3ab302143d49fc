//! Names for requests that have none, so that the journal knows them again.
//!
//! A request without an id is named by its bytes and by how often they were a new order before. A
//! machine that was killed between an order and its reply finds the order by that name when the same
//! bytes come again, and does not send them twice.

use aftm_domain::order::Status;
use aftm_domain::{AccountId, RequestId};
use sha2::{Digest as _, Sha256};

use crate::gateway::state::{Placed, State};

/// The most orders of the same bytes that are told apart.
const REPEATS_MAX: u32 = 1 << 24;

/// What a request without an id was before, and what it is called if it is a new order.
pub(super) struct Unnamed<'a> {
    /// The last order of these bytes.
    pub(super) before: Option<&'a Placed>,
    /// The name of the next; `None` where there were too many.
    pub(super) next: Option<RequestId>,
}

/// Looks the bytes of a request up.
pub(super) fn look_up<'a>(state: &'a State, account: AccountId, frame: &[u8]) -> Unnamed<'a> {
    let digest: [u8; 32] = Sha256::digest(frame).into();
    let [first, second, ..] = digest.as_chunks::<8>().0 else {
        return Unnamed { before: None, next: None };
    };
    let key =
        u128::from(u64::from_be_bytes(*first)) << 64 | u128::from(u64::from_be_bytes(*second));
    let name = |count: u32| format!("v1:{key:032x}:{count}").parse::<RequestId>().ok();
    let placed = |count| state.requested(Some(account), name(count)?);
    // They are counted without a gap: the first that is free is found by doubling, then by halving.
    let mut high = 1;
    while high < REPEATS_MAX && placed(high - 1).is_some() {
        high *= 2;
    }
    let mut low = 0;
    let mut top = high;
    while low < top {
        let middle = low + (top - low) / 2;
        if placed(middle).is_some() { low = middle + 1 } else { top = middle }
    }
    let before = low.checked_sub(1).and_then(placed);
    Unnamed { before, next: name(low).filter(|_| low < REPEATS_MAX) }
}

/// Whether a machine before this one took the order and may not have told its client.
pub(super) fn is_untold(placed: &Placed) -> bool {
    !placed.is_told && placed.order.status != Status::Denied
}
