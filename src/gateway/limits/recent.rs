//! Orders of a moment ago, so that one that comes twice and one that comes again and again are seen.
//!
//! A table of fixed size: what was forgotten longest ago makes room. It costs the same however many
//! orders there were.

use std::hash::{Hash as _, Hasher as _};

use aftm_domain::order::Ticket;
use aftm_domain::{ConditionId, Stamp};
use rustc_hash::FxHasher;

/// Places of the table, a power of two.
const PLACES: usize = 1_024;
/// Places that are looked at for one order.
const NEAR: usize = 8;

/// The same order, and when it came.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    key: u64,
    last: Stamp,
    since: Stamp,
    count: u32,
}

/// Orders of a moment ago.
#[derive(Debug)]
pub(super) struct Recent(Vec<Seen>);

impl Default for Recent {
    fn default() -> Recent {
        Recent(vec![Seen::default(); PLACES])
    }
}

fn key(ticket: &Ticket, strategy: Option<ConditionId>) -> u64 {
    let mut hasher = FxHasher::default();
    (ticket.account, ticket.item, ticket.side == aftm_domain::Side::Buy).hash(&mut hasher);
    (ticket.kind, ticket.price, ticket.stop_price, ticket.quantity).hash(&mut hasher);
    (ticket.time_in_force, ticket.open_close.word(), strategy).hash(&mut hasher);
    hasher.finish() | 1
}

impl Recent {
    fn near(&self, key: u64) -> impl Iterator<Item = usize> + use<> {
        // The upper half of this hash is the better one.
        #[allow(clippy::cast_possible_truncation)] // Of a place, only the lowest bits count.
        let start = (key >> 40) as usize;
        (0..NEAR).map(move |it| (start + it) % PLACES)
    }

    fn find(&self, key: u64) -> Option<&Seen> {
        self.near(key).filter_map(|at| self.0.get(at)).find(|it| it.key == key)
    }

    /// How long ago the same order came, in nanoseconds.
    pub(super) fn age(
        &self,
        ticket: &Ticket,
        strategy: Option<ConditionId>,
        at: Stamp,
    ) -> Option<i64> {
        self.find(key(ticket, strategy)).map(|it| at.since(it.last))
    }

    /// How often the same order came in the window that began with its first.
    pub(super) fn count(
        &self,
        ticket: &Ticket,
        strategy: Option<ConditionId>,
        at: Stamp,
        window: i64,
    ) -> u32 {
        let seen = self.find(key(ticket, strategy)).filter(|it| at.since(it.since) < window);
        seen.map_or(0, |it| it.count)
    }

    /// The order comes.
    pub(super) fn add(
        &mut self,
        ticket: &Ticket,
        strategy: Option<ConditionId>,
        at: Stamp,
        window: i64,
    ) {
        let key = key(ticket, strategy);
        let order = |place: &usize| {
            let seen = self.0.get(*place);
            seen.map_or((true, Stamp(i64::MAX)), |it| (it.key != key, it.last))
        };
        let Some(place) = self.near(key).min_by_key(order) else { return };
        let Some(seen) = self.0.get_mut(place) else { return };
        if seen.key != key || at.since(seen.since) >= window {
            *seen = Seen { key, last: at, since: at, count: 0 };
        }
        seen.last = at;
        seen.count = seen.count.saturating_add(1);
    }
}

/// What became of an account's last orders at the venue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdicts {
    rejected: u128,
    count: u32,
}

/// Orders that are remembered.
const KEPT: u32 = 100;

impl Verdicts {
    /// One more was answered.
    pub(super) fn add(&mut self, is_rejected: bool) {
        let kept = (1_u128 << KEPT) - 1;
        self.rejected = ((self.rejected << 1) | u128::from(is_rejected)) & kept;
        self.count = (self.count + 1).min(KEPT);
    }

    /// How many are remembered.
    pub(super) const fn count(self) -> u32 {
        self.count
    }

    /// Percent of them that were rejected, rounded down.
    pub(super) fn percent(self) -> u32 {
        (self.rejected.count_ones() * 100).checked_div(self.count).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftm_domain::Quantity;
    use aftm_domain::order::{Kind, TimeInForce};

    fn ticket(lots: i64) -> Ticket {
        Ticket {
            account: "SIM-1".parse().unwrap(),
            item: "TXFH1".parse().unwrap(),
            side: aftm_domain::Side::Buy,
            kind: Kind::Market,
            price: None,
            stop_price: None,
            quantity: Quantity::from_units(lots).unwrap(),
            time_in_force: TimeInForce::Ioc,
            open_close: aftm_domain::OpenClose::Auto,
            day_trade: false,
            note: aftm_domain::Note::default(),
        }
    }

    #[test]
    fn the_same_order_is_seen_among_many_others() {
        let mut recent = Recent::default();
        let window = 60 * Stamp::SECOND;
        let at = |second: i64| Stamp(second * Stamp::SECOND);
        for round in 1..=5 {
            assert_eq!(
                recent.count(&ticket(1), None, at(round), window),
                u32::try_from(round).unwrap() - 1
            );
            recent.add(&ticket(1), None, at(round), window);
            (2..20).for_each(|lots| recent.add(&ticket(lots), None, at(round), window));
        }
        assert_eq!(recent.age(&ticket(1), None, at(7)), Some(2 * Stamp::SECOND));
        assert_eq!(recent.count(&ticket(1), Some("a".parse().unwrap()), at(7), window), 0);
        assert_eq!(recent.count(&ticket(1), None, at(61), window), 0, "the window is over");
        (100..20_000).for_each(|lots| recent.add(&ticket(lots), None, at(8), window));
        assert!(recent.age(&ticket(19_999), None, at(8)).is_some());
    }

    #[test]
    fn the_last_hundred_verdicts_count() {
        let mut verdicts = Verdicts::default();
        assert_eq!(verdicts.percent(), 0);
        (0..50).for_each(|_| verdicts.add(true));
        assert_eq!((verdicts.count(), verdicts.percent()), (50, 100));
        (0..50).for_each(|_| verdicts.add(false));
        assert_eq!((verdicts.count(), verdicts.percent()), (100, 50));
        (0..75).for_each(|_| verdicts.add(false));
        assert_eq!(verdicts.percent(), 0);
    }
}
