//! Orders that the venue has and this journal did not send, or had given up, as orders of ours.

use aftm_domain::order::Status;
use aftm_domain::{Order, OrderId, VenueOrderId};

use super::{Placed, State};
use crate::gateway::fact::Adopted;

impl State {
    /// The order that was taken over under a name of the venue's, the last one that was.
    pub fn external(&self, name: VenueOrderId) -> Option<&Placed> {
        self.orders.get(self.externals.get(&name)?)
    }

    pub(super) fn adopt(&mut self, adopted: &Adopted) {
        let Adopted { id, ticket, venue_id, is_triggered, is_external, .. } = *adopted;
        let order = Order {
            status: Status::New,
            venue_id,
            is_triggered,
            fills: adopted.fills.clone(),
            ..Order::sent(id, ticket)
        };
        self.last_order = self.last_order.max(id.0);
        self.open.insert(id);
        if let Some(name) = venue_id.filter(|_| is_external) {
            self.externals.insert(name, id);
        }
        let placed = Placed {
            order,
            asked: ticket,
            request: None,
            signal: None,
            multiplier: adopted.multiplier,
            time: adopted.time,
            fills_before: self.fills.len(),
            is_told: false,
            is_external,
        };
        self.orders.insert(id, placed);
    }

    /// An order works on at the venue that was taken for ended.
    pub(super) fn revive(&mut self, id: OrderId) {
        match self.orders.get_mut(&id) {
            Some(placed) if placed.order.left().is_positive() => {
                placed.order.status = Status::New;
                self.open.insert(id);
            }
            _ => self.misfits += 1,
        }
    }
}
