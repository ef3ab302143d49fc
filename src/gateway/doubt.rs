//! What was left open while the exchange could not be reached, or did not answer.
//!
//! An order in doubt is asked for until the exchange says how it stands, and a cancel is sent again
//! when the connection is back. No order ever is.

use std::collections::{BTreeMap, BTreeSet};

use aftm_domain::order::Status;
use aftm_domain::{Order, OrderId, Stamp};

use super::core::Core;
use super::decide::Call;
use super::keep::Ledger;
use super::venue::Venue;

/// How long after a question it is asked again, on our clock.
pub(super) const ASK_AGAIN: i64 = 2 * Stamp::SECOND;
/// How many orders are asked for at once, and the pause before the next.
const ROUND_MAX: usize = 16;
const ROUND_EVERY: i64 = 100 * Stamp::MILLISECOND;

/// Orders whose fate only the exchange knows, and when each is asked for next.
#[derive(Default)]
pub(super) struct Doubts {
    due: BTreeMap<OrderId, Stamp>,
    /// Orders that the exchange said once it never had.
    denied: BTreeSet<OrderId>,
    round: Stamp,
}

impl Doubts {
    /// From now on the order is asked for.
    pub(super) fn add(&mut self, id: OrderId, now: Stamp) {
        self.due.insert(id, now);
    }

    /// From now on the order is asked for, unless it is to be asked for later.
    fn keep(&mut self, id: OrderId, now: Stamp) {
        self.due.entry(id).or_insert(now);
    }

    /// The exchange says that it never had the order; whether that is the first time, so that it is
    /// asked once more.
    pub(super) fn deny(&mut self, id: OrderId, now: Stamp) -> bool {
        let is_first = self.denied.insert(id);
        if is_first {
            self.add(id, now.after(ASK_AGAIN));
        } else {
            self.denied.remove(&id);
        }
        is_first
    }

    /// When the next question is due.
    fn next(&self) -> Option<Stamp> {
        self.due.values().min().map(|due| (*due).max(self.round))
    }

    /// Those to be asked for now.
    fn take(&mut self, now: Stamp) -> Vec<OrderId> {
        if now < self.round {
            return Vec::new();
        }
        let due = self.due.iter_mut().filter(|(_, due)| **due <= now).take(ROUND_MAX);
        let asked: Vec<OrderId> = due
            .map(|(id, due)| {
                *due = now.after(ASK_AGAIN);
                *id
            })
            .collect();
        if !asked.is_empty() {
            self.round = now.after(ROUND_EVERY);
        }
        asked
    }
}

/// Whether the exchange may have the order and has not said so.
pub(super) fn is_doubtful(order: &Order) -> bool {
    order.status.is_open() && !order.is_answered()
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Asks for the orders in doubt that it is time to ask for.
    pub fn inquire(&mut self, now: Stamp) {
        if self.doubts.due.is_empty() {
            return;
        }
        self.drop_answered();
        if !self.state.is_connected {
            return;
        }
        for id in self.doubts.take(now) {
            let Some(sent) = self.sent(id) else { continue };
            // Where it cannot be asked it is asked again: only an answer ends the doubt.
            let _ = self.venue.inquire(sent, &mut self.news);
        }
        self.settle_news(now);
        self.drop_answered();
    }

    fn drop_answered(&mut self) {
        let orders = &self.state.orders;
        let is_open = |id: &OrderId| orders.get(id).is_some_and(|it| is_doubtful(&it.order));
        self.doubts.due.retain(|id, _| is_open(id));
        self.doubts.denied.retain(is_open);
    }

    /// When the next order in doubt is asked for, where anybody can be asked.
    pub(super) fn next_inquiry(&self) -> Option<Stamp> {
        self.doubts.next().filter(|_| self.state.is_connected)
    }

    /// The exchange answers again: cancels that did not reach it, or may not have, are sent, and
    /// it is asked for every order that it has not answered.
    pub(super) fn resume(&mut self, now: Stamp) {
        let canceling = self.state.standing(Status::PendingCancel).map(|it| it.order.id);
        for id in canceling.collect::<Vec<_>>() {
            self.call(Call::Cancel(id), now);
        }
        self.settle_news(now);
        let doubtful = self.state.working().filter(|it| is_doubtful(&it.order));
        doubtful.for_each(|it| self.doubts.keep(it.order.id, now));
        self.inquire(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_orders_in_doubt_are_asked_for_in_rounds_and_again_only_after_a_while() {
        let mut doubts = Doubts::default();
        let at = |milliseconds| Stamp(milliseconds * Stamp::MILLISECOND);
        (1..=40).for_each(|id| doubts.add(OrderId(id), at(0)));
        let counts = [0, 50, 100, 200, 300, 1_999, 2_000].map(|it| doubts.take(at(it)).len());
        assert_eq!(counts, [16, 0, 16, 8, 0, 0, 16]);
        assert_eq!(doubts.next(), Some(at(2_100)));
        assert_eq!(Doubts::default().next(), None);
    }
}
