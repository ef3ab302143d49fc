//! Which order of ours a row of the venue's lists is of.

use aftm_domain::{OrderId, VenueOrderId};
use rustc_hash::FxHashMap;

use crate::gateway::state::{Placed, State};
use crate::gateway::venue::Stands;
use crate::wire::venue::{VenueFill, VenueOrder};
use aftm_domain::order::Status;

/// How many of the last orders are looked through for a name of the venue's: names are used again on
/// other days.
const NAMES_MAX: usize = 20_000;

/// Finds orders by our number, and by the venue's name where that is all it says.
pub(super) struct Lookup<'a> {
    state: &'a State,
    names: FxHashMap<VenueOrderId, OrderId>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(state: &'a State, stands: &Stands) -> Lookup<'a> {
        let mut lookup = Lookup { state, names: FxHashMap::default() };
        let is_unknown = |it: &VenueOrder| it.order.is_none() && lookup.order(it).is_none();
        if stands.orders.iter().any(is_unknown) {
            let last = state.orders.values().rev().take(NAMES_MAX);
            for placed in last.filter(|it| !it.is_external) {
                if let Some(name) = placed.order.venue_id {
                    lookup.names.entry(name).or_insert(placed.order.id);
                }
            }
        }
        lookup
    }

    /// The order that a row is of; none where it was not sent from here and is not known yet.
    pub(super) fn order(&self, row: &VenueOrder) -> Option<&'a Placed> {
        self.sent(row.order).or_else(|| self.named(row.venue_id?).filter(|it| is_same(it, row)))
    }

    /// The order that a fill is of.
    pub(super) fn fill(&self, row: &VenueFill) -> Option<&'a Placed> {
        self.sent(row.order).or_else(|| self.named(row.venue_id?))
    }

    /// An order by its number, unless it was denied here: then the venue's is another one.
    fn sent(&self, id: Option<OrderId>) -> Option<&'a Placed> {
        self.state.orders.get(&id?).filter(|it| it.order.status != Status::Denied)
    }

    fn named(&self, name: VenueOrderId) -> Option<&'a Placed> {
        let own = || self.state.orders.get(self.names.get(&name)?);
        self.state.external(name).or_else(own)
    }
}

/// Whether an order with the venue's name of a row may be the row's: the venue may give a name again
/// on another day.
fn is_same(placed: &Placed, row: &VenueOrder) -> bool {
    let order = &placed.order;
    let is_of = row.ticket.is_none_or(|it| {
        (it.account, it.item, it.side)
            == (order.ticket.account, order.ticket.item, order.ticket.side)
    });
    is_of && row.filled >= order.filled()
}
