//! Names for requests that have none, so that the journal knows them again.
//!
//! A request without an id is named by its bytes and by how often they were a new order before. A
//! machine that was killed between an order and its reply finds the order by that name when the same
//! bytes come again, and does not send them twice.

use aftm_domain::order::Status;
use aftm_domain::{AccountId, RequestId};
use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

use crate::gateway::state::{Placed, State};

/// The most orders of the same bytes that are told apart.
const REPEATS_MAX: u32 = 1 << 24;
/// The most different requests of which it is remembered where to begin: a few megabytes.
const HINTS_MAX: usize = 1 << 16;

/// What a request without an id was before, and what it is called if it is a new order.
pub(super) struct Unnamed<'a> {
    /// The last order of these bytes.
    pub(super) before: Option<&'a Placed>,
    /// The name of the next; `None` where there were too many.
    pub(super) next: Option<RequestId>,
}

/// How often the same bytes were a new order, where that was looked up before: a place to begin at.
#[derive(Default)]
pub(super) struct Repeats(FxHashMap<u128, u32>);

impl Repeats {
    /// Looks the bytes of a request up.
    pub(super) fn look_up<'a>(
        &mut self,
        state: &'a State,
        account: AccountId,
        frame: &[u8],
    ) -> Unnamed<'a> {
        let digest: [u8; 32] = Sha256::digest(frame).into();
        let [first, second, ..] = digest.as_chunks::<8>().0 else {
            return Unnamed { before: None, next: None };
        };
        let key =
            u128::from(u64::from_be_bytes(*first)) << 64 | u128::from(u64::from_be_bytes(*second));
        let name = |count: u32| format!("v1:{key:032x}:{count}").parse::<RequestId>().ok();
        let placed = |count| state.requested(Some(account), name(count)?);
        let hint = self.0.get(&key).copied().filter(|it| *it <= REPEATS_MAX).unwrap_or(0);
        let known = hint.checked_sub(1).and_then(placed);
        // They are counted without a gap: the first that is free is found by steps that double, from
        // where it was found last, and then by halving. All below `low` are taken, `top` is free.
        let mut low = if known.is_some() { hint } else { 0 };
        let mut step = 1;
        while low < REPEATS_MAX && placed(low + step - 1).is_some() {
            low += step;
            step *= 2;
        }
        let mut top = low + step - 1;
        while low < top {
            let middle = low + (top - low) / 2;
            if placed(middle).is_some() { low = middle + 1 } else { top = middle }
        }
        if self.0.len() >= HINTS_MAX {
            self.0.clear();
        }
        self.0.insert(key, low);
        let before = if low == hint { known } else { low.checked_sub(1).and_then(placed) };
        Unnamed { before, next: name(low).filter(|_| low < REPEATS_MAX) }
    }
}

/// Whether a machine before this one took the order and may not have told its client.
pub(super) fn is_untold(placed: &Placed) -> bool {
    !placed.is_told && placed.order.status != Status::Denied
}
