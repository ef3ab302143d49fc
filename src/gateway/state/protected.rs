//! What is protected, as a fact changes it.

use aftm_domain::{AccountId, Code, Order, OrderId, Price, Quantity, Side};

use super::{State, look_up};
use crate::gateway::fact::Fact;
use crate::gateway::protect::{Booked, Pair, Protection};

/// Both sides of a position.
const SIDES: [Side; 2] = [Side::Buy, Side::Sell];

impl State {
    /// Lots held by an account of one side of an item.
    pub fn lots(&self, key: (AccountId, Code), side: Side) -> Quantity {
        self.holdings.get(&key).map_or(Quantity::ZERO, |it| it.position.held(side))
    }

    pub(super) fn sides(&self, key: (AccountId, Code)) -> [Quantity; 2] {
        SIDES.map(|side| self.lots(key, side))
    }

    /// A fill was booked: what it opened and closed is protected or no longer.
    pub(super) fn follow_fill(&mut self, id: OrderId, lots: Quantity, before: [Quantity; 2]) {
        if self.protections.is_idle() {
            return;
        }
        let Some(placed) = look_up(&self.orders, id) else { return };
        let key = (placed.order.ticket.account, placed.order.ticket.item);
        let [bought, sold] = before;
        let booked = [(Side::Buy, bought), (Side::Sell, sold)];
        let booked =
            booked.map(|(side, before)| Booked { side, before, after: self.lots(key, side) });
        self.protections.filled(&placed.order, lots, booked);
    }

    pub(super) fn protect(&mut self, fact: &Fact) {
        match fact {
            Fact::Protected { id, on, account, item, side, terms, step, request, .. } => {
                self.last_order = self.last_order.max(id.0);
                let protection = Protection {
                    id: *id,
                    on: *on,
                    account: *account,
                    item: *item,
                    side: *side,
                    terms: *terms,
                    asked: *terms,
                    step: *step,
                    left: Quantity::ZERO,
                    levels: None,
                    fired: None,
                    leg: None,
                    sent: 0,
                    is_kept: false,
                    is_held: false,
                    ended: None,
                };
                let order = on.and_then(|it| self.orders.get(&it)).map(|it| &it.order);
                let held =
                    (self.lots((*account, *item), *side), self.average(protection.key(), *side));
                self.protections.put(protection, *request, order, held);
            }
            Fact::Protection { id, did } => self.protections.did(*id, did),
            Fact::Paired { id, orders, request, .. } => {
                self.last_order = self.last_order.max(id.0);
                let [one, other] = orders.map(|it| self.orders.get(&it).map(|it| &it.order));
                let filled = [one, other].map(|it| it.map_or(Quantity::ZERO, Order::filled));
                let left = [one, other].map(|it| it.map_or(Quantity::ZERO, Order::left));
                let lots = left.into_iter().max().unwrap_or(Quantity::ZERO);
                let (id, orders, cuts) = (*id, *orders, 0);
                let (is_canceling, is_held, ended) = (false, false, None);
                let pair = Pair { id, orders, filled, lots, cuts, is_canceling, is_held, ended };
                self.protections.join(pair, *request);
            }
            _ => (),
        }
    }

    fn average(&self, key: (AccountId, Code), side: Side) -> Option<Price> {
        self.holdings.get(&key).and_then(|it| it.position.average(side))
    }
}
