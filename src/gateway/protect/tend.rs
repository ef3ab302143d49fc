//! The core's side of protections: what a trade reaches, and what is done for each that changed.

use aftm_domain::order::Report;
use aftm_domain::protection::Reaction;
use aftm_domain::{Code, OpenClose, OrderId, Stamp, Tick};

use super::kept::Did;
use crate::gateway::core::Core;
use crate::gateway::decide::Call;
use crate::gateway::fact::{Door, Fact};
use crate::gateway::keep::Ledger;
use crate::gateway::rows;
use crate::gateway::venue::Venue;
use crate::wire::Event;

/// Each step sends an order or ends something, so looking ends; the bound is a seat belt.
const STEPS_MAX: usize = 10_000;

impl<V: Venue, L: Ledger> Core<V, L> {
    /// A trade reached what somebody watches for: stops move, and exits and kept orders go out.
    pub(in crate::gateway) fn reach(&mut self, tick: &Tick, now: Stamp) {
        let (mut facts, mut released) = (Vec::new(), Vec::new());
        let can_send = self.state.session.is_some() && self.state.is_connected;
        for id in self.lookout.hits(tick.item, tick.price) {
            if self.state.protections.pair(id).is_some() {
                self.lookout.try_again(id);
                continue;
            }
            let Some(protection) = self.state.protections.get(id) else {
                // One that we keep waits on where nobody would take it.
                released.extend(can_send.then_some(id));
                continue;
            };
            if protection.fired.is_some() {
                self.lookout.try_again(id);
                continue;
            }
            let held = self.state.lots(protection.key(), protection.side);
            let cover = self.state.protections.cover(protection, held);
            let Some(levels) = protection.levels.filter(|_| cover.is_positive()) else { continue };
            let did = match levels.tick(&protection.terms, protection.side, tick.price) {
                Reaction::None => continue,
                Reaction::Moves(levels) => Did::Moved { levels },
                Reaction::Fires(cause) => Did::Triggered { cause, price: tick.price },
            };
            facts.push(Fact::Protection { id, did });
        }
        self.settle(now, facts);
        released.into_iter().for_each(|id| self.release(id, now));
        self.tend(now);
    }

    /// An order that we kept is sent as what its stop turns it into.
    fn release(&mut self, id: OrderId, now: Stamp) {
        let Some(open_close) = self.state.placed(id).map(|it| it.order.ticket.open_close) else {
            return;
        };
        let released = vec![Fact::OrderReported { id, report: Report::Released }];
        if open_close == OpenClose::Close {
            self.settle(now, released);
        } else if self.commit(now, released).is_err() {
            // Nothing that may open goes out unwritten; the next trade there asks again.
            return;
        }
        let Some(ticket) = self.state.placed(id).map(|it| it.order.sendable()) else { return };
        let refused = self.case(Door::Gateway).may_release(id, &ticket).err();
        match refused {
            Some(refusal) => {
                let report = Report::Rejected(refusal);
                self.settle(now, vec![Fact::OrderReported { id, report }]);
            }
            None => {
                self.call(Call::Place(id), now);
                self.settle_news(now);
            }
        }
    }

    /// Does what follows for every protection and pair that changed.
    pub(in crate::gateway) fn tend(&mut self, now: Stamp) {
        if self.lookout.is_clean() {
            return;
        }
        for _ in 0..STEPS_MAX {
            let Some((id, is_tried)) = self.lookout.next() else { return };
            if let Some(decision) = self.case(Door::Gateway).tend(id, is_tried) {
                // What the exchange refuses is seen when the fact of it is looked at.
                let _ = self.perform(decision, now);
            }
        }
    }

    /// Tells every protection that is other than it was told last.
    pub(in crate::gateway) fn tell_protections(&mut self, told: &mut Vec<Event>) {
        for id in self.lookout.take_untold() {
            let Some(row) = rows::protection(&self.state, id) else { continue };
            if self.lookout.is_news(&row) {
                told.push(Event::Protection(Box::new(row)));
            }
        }
    }

    /// Whether anything watches an item.
    pub fn watches(&self, item: Code, price: aftm_domain::Price) -> bool {
        !self.lookout.is_idle_at(item, price)
    }
}
