//! What is held by the venue's lists, against what is held here.

use std::collections::{BTreeMap, BTreeSet};

use aftm_domain::{AccountId, Code, Price, Quantity, Side, Stamp};

use crate::gateway::core::Core;
use crate::gateway::fact::Fact;
use crate::gateway::keep::Ledger;
use crate::gateway::venue::{Stands, Venue};

/// One side of what an account holds of an item.
pub(super) type Leg = (AccountId, Code, Side);

/// A leg that the venue lists otherwise than it is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Differing {
    leg: Leg,
    there: Quantity,
    here: Quantity,
    average: Option<Price>,
}

/// Lots of every leg that the venue lists, and their average price where it says it.
pub(super) fn held_there(stands: &Stands) -> BTreeMap<Leg, (Quantity, Option<Price>)> {
    let mut theirs: BTreeMap<Leg, (Quantity, Option<Price>)> = BTreeMap::new();
    for row in &stands.positions {
        let (held, average) = theirs.entry((row.account, row.item, row.side)).or_default();
        *average = weighed((*held, *average), (row.quantity, row.average));
        *held = held.checked_add(row.quantity).unwrap_or(*held);
    }
    theirs
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Legs that differ, but for those of orders that moved while the lists were made.
    pub(super) fn differing(&self, stands: &Stands) -> Vec<Differing> {
        let theirs = held_there(stands);
        let mut legs: BTreeSet<Leg> = theirs.keys().copied().collect();
        for (account, item) in self.state.holdings.keys() {
            legs.extend([Side::Buy, Side::Sell].map(|side| (*account, *item, side)));
        }
        let moved = self.moved(stands);
        let is_said = |(account, item, _): &Leg| {
            stands.accounts.contains(account) && !moved.contains(&(*account, *item))
        };
        let compare = |leg: Leg| {
            let (account, item, side) = leg;
            let (there, average) = theirs.get(&leg).copied().unwrap_or((Quantity::ZERO, None));
            let holding = self.state.holdings.get(&(account, item));
            let here = holding.map_or(Quantity::ZERO, |it| it.position.held(side));
            (here != there).then_some(Differing { leg, there, here, average })
        };
        legs.into_iter().filter(is_said).filter_map(compare).collect()
    }

    /// Positions that differ are taken over; each as a sentence, and by how many lots all of them do.
    pub(super) fn even_out(&mut self, stands: &Stands, now: Stamp) -> (Vec<String>, Quantity) {
        let (mut told, mut lots) = (Vec::new(), 0_i64);
        for Differing { leg: (account, item, side), there, here, average } in self.differing(stands)
        {
            let holding = self.state.holdings.get(&(account, item));
            let known = holding.and_then(|it| it.position.average(side));
            let last = self.last.get(&item).copied();
            let price = average.or(known).or(last).unwrap_or(Price::ZERO);
            lots = lots.saturating_add(there.raw().saturating_sub(here.raw()).saturating_abs());
            let leg = if side == Side::Buy { "long" } else { "short" };
            told.push(format!(
                "account {account} holds {there} {item} {leg} at the exchange, {here} by this \
                 journal: the exchange's word counts"
            ));
            let multiplier = self.multiplier(item);
            let quantity = there;
            let taken = Fact::PositionTaken { account, item, side, quantity, price, multiplier };
            self.settle(now, vec![taken]);
        }
        (told, Quantity::from_raw(lots))
    }

    /// What the lists may have as it was before orders moved that are not in them so.
    fn moved(&self, stands: &Stands) -> BTreeSet<(AccountId, Code)> {
        let orders = stands.moved.iter().filter_map(|id| self.state.orders.get(id));
        orders.map(|it| (it.order.ticket.account, it.order.ticket.item)).collect()
    }

    pub(super) fn multiplier(&mut self, item: Code) -> Quantity {
        self.learn(item);
        self.listing.get(&item).map_or(Quantity::ONE, |it| it.multiplier)
    }
}

/// The average price of two parts of a leg; a venue may list today's and yesterday's lots apart.
fn weighed(
    (held, average): (Quantity, Option<Price>),
    (more, price): (Quantity, Option<Price>),
) -> Option<Price> {
    if held.is_zero() || more.is_zero() {
        return if held.is_zero() { price } else { average };
    }
    let weigh = |it: Price, lots: Quantity| i128::from(it.raw()) * i128::from(lots.raw());
    let sum = weigh(average?, held) + weigh(price?, more);
    let lots = i128::from(held.raw()) + i128::from(more.raw());
    i64::try_from(sum.div_euclid(lots)).ok().map(Price::from_raw)
}
