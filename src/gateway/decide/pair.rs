//! Two orders of which one cancels the other: cut down as far as the other is filled.
//!
//! Until the exchange has confirmed a cancel or a change both count, here and in every limit. Where
//! both were filled beyond what was meant, that is told, and only the operator does anything about it.

use aftm_domain::order::{Order, Report, Status};
use aftm_domain::{OrderId, Quantity, RequestId};

use super::{Call, Case, Decision};
use crate::gateway::fact::Fact;
use crate::gateway::protect::{Did, Pair};
use crate::wire::{Refused, Reply};

/// How often one of a pair is cut down or canceled before only the operator goes on.
const CUTS_MAX: u32 = 20;

impl Case<'_> {
    /// Lets each of two working orders cancel the other.
    pub fn pair(&self, request: Option<RequestId>, orders: [OrderId; 2]) -> Decision {
        if let Some(id) = request.and_then(|it| self.state.protections.requested(it)) {
            return match self.state.protections.pair(id) {
                Some(pair) if pair.orders == orders => Decision::reply(Reply::Unchanged {}),
                _ => {
                    let text = format!("the request was another protection before, {id}");
                    Decision::refuse("DUPLICATE_REQUEST", text)
                }
            };
        }
        if let Err(refused) = self.check_pair(orders) {
            return refused.into();
        }
        let decision = Decision::done(Vec::new());
        let (id, door) = (self.next_order(&decision), self.door);
        Decision { facts: vec![Fact::Paired { id, orders, request, door }], ..decision }
    }

    fn check_pair(&self, [one, other]: [OrderId; 2]) -> Result<(), Refused> {
        self.logged_in()?;
        let invalid = |text: String| Err(Refused::new("INVALID_PAIR", text));
        if one == other {
            return invalid(format!("order {one} cannot cancel itself; name two"));
        }
        let [first, second] = [self.open_order(one)?, self.open_order(other)?];
        let key = |it: &Order| (it.ticket.account, it.ticket.item);
        if key(first) != key(second) {
            return invalid(format!("{one} and {other} are not of one item in one account"));
        }
        if first.left() != second.left() {
            let (left, more) = (first.left(), second.left());
            return invalid(format!(
                "{one} has {left} lots left and {other} has {more}; both need the same"
            ));
        }
        for id in [one, other] {
            let protections = &self.state.protections;
            let own = protections.at(id).and_then(|it| protections.get(it));
            if own.is_some_and(|it| it.on != Some(id)) {
                return invalid(format!("order {id} belongs to a protection already"));
            }
            if let Some(pair) = protections.pair_of(id) {
                return invalid(format!("order {id} is of pair {pair} already"));
            }
        }
        Ok(())
    }

    /// What is to be done now for a pair.
    pub(super) fn tend_pair(&self, pair: &Pair, is_tried: bool) -> Option<Decision> {
        if pair.ended.is_some() {
            return None;
        }
        let [one, other] = pair.orders.map(|it| self.state.placed(it).map(|it| &it.order));
        let (one, other) = (one?, other?);
        let [before, before_other] = pair.filled;
        let traded = [less(one.filled(), before), less(other.filled(), before_other)];
        let [first, second] = traded;
        let sum = first.raw().saturating_add(second.raw());
        if one.status.is_final() && other.status.is_final() {
            return Some(self.end_pair(pair, sum));
        }
        // Ended without a whole fill: what is left of the other works on.
        let has_ended = |it: &Order| it.status.is_final() && it.status != Status::Filled;
        if let Some(gone) = [one, other].into_iter().find(|it| has_ended(it))
            && let Some(stays) = [one, other].into_iter().find(|it| it.id != gone.id)
            && less(stays.left(), less(pair.lots, Quantity::from_raw(sum))).is_zero()
        {
            let text = format!("{} is {}; {} works on alone", gone.id, gone.status, stays.id);
            return Some(Decision::done(vec![end(pair, text)]));
        }
        let cut = self.cut(pair, one, second, is_tried);
        cut.or_else(|| self.cut(pair, other, first, is_tried))
    }

    /// Cuts an order down by what the other of its pair was filled.
    fn cut(
        &self,
        pair: &Pair,
        order: &Order,
        traded: Quantity,
        is_tried: bool,
    ) -> Option<Decision> {
        let at = pair.orders.iter().position(|it| *it == order.id)?;
        let before = *pair.filled.get(at)?;
        // The whole quantity that it may still have.
        let most = before.raw().saturating_add(less(pair.lots, traded).raw());
        if order.ticket.quantity.raw() <= most || pair.is_held {
            return None;
        }
        let is_free = matches!(order.status, Status::New | Status::InDoubt | Status::PendingNew);
        if !is_free || !self.state.is_connected || self.state.session.is_none() {
            return None;
        }
        // A cancel that was refused is asked for again at the next trade, not at once.
        if pair.is_canceling && order.refusal.is_some() && !is_tried {
            return None;
        }
        if pair.cuts >= CUTS_MAX {
            let text = format!(
                "order {} could not be cut down to what is left of pair {}; cancel it by hand",
                order.id, pair.id
            );
            let told = Fact::Alerted { code: "PAIR_STUCK".to_owned(), text };
            let held = Fact::Protection { id: pair.id, did: Did::Held {} };
            return Some(Decision::done(vec![held, told]));
        }
        let is_amended = most > order.filled().raw()
            && order.status == Status::New
            && order.refusal.is_none()
            && !order.is_kept;
        let cut = Fact::Protection { id: pair.id, did: Did::Cut { whole: !is_amended } };
        let mut decision = Decision::done(vec![cut]);
        if is_amended {
            let quantity = Some(Quantity::from_raw(most));
            let sent = Fact::OrderReported { id: order.id, report: Report::ReplaceSent };
            decision.facts.push(sent);
            decision.calls.push(Call::Amend { order: order.id, quantity, price: None });
        } else {
            // A change that was refused, or one that would leave nothing: it goes as a whole.
            self.cancel_one(order.id, &mut decision);
        }
        Some(decision)
    }

    fn end_pair(&self, pair: &Pair, sum: i64) -> Decision {
        let [one, other] = pair.orders;
        let beyond = Quantity::from_raw(sum.saturating_sub(pair.lots.raw()));
        if !beyond.is_positive() {
            return Decision::done(vec![end(pair, "both orders have ended".to_owned())]);
        }
        let text = format!(
            "orders {one} and {other} of pair {} were both filled, {beyond} lots more than meant; \
             look at the position and close what is too much by hand",
            pair.id
        );
        let told = Fact::Alerted { code: "PAIR_BOTH_FILLED".to_owned(), text };
        Decision::done(vec![told, end(pair, format!("{beyond} lots too many were filled"))])
    }
}

fn end(pair: &Pair, text: String) -> Fact {
    Fact::Protection { id: pair.id, did: Did::Ended { text } }
}

fn less(one: Quantity, other: Quantity) -> Quantity {
    Quantity::from_raw(one.raw().saturating_sub(other.raw()).max(0))
}
