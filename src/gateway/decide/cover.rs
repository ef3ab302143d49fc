//! What is done for a protection: what rests at the exchange for it, and how it closes.
//!
//! Everything follows from how things stand, so it is the same after a restart. At most one order
//! works for a protection at any time, and all of them can only close: together they never close
//! more than is held, and what one exit has not given free the other waits for.

use aftm_domain::order::{Kind, Order, Refusal, Status, Ticket, TimeInForce};
use aftm_domain::protection::Cause;
use aftm_domain::{AccountId, Code, OpenClose, OrderId, Price, Quantity, Side};

use super::change::closing;
use super::{Call, Case, Decision, EXIT_ORDERS_MAX};
use crate::gateway::fact::Fact;
use crate::gateway::protect::{Did, Protection};
use crate::gateway::state::Placed;
use crate::wire::request::TradingState;

/// What is to rest at the exchange for a protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rest {
    kind: Kind,
    price: Price,
    lots: Quantity,
}

impl Case<'_> {
    /// What is to be done now for a protection or a pair; `is_tried` where a tick asks for another
    /// try of what did not come through.
    pub fn tend(&self, id: OrderId, is_tried: bool) -> Option<Decision> {
        if let Some(pair) = self.state.protections.pair(id) {
            return self.tend_pair(pair, is_tried);
        }
        let own = self.state.protections.get(id).filter(|it| it.ended.is_none())?;
        let held = self.state.lots(own.key(), own.side);
        let cover = self.state.protections.cover(own, held);
        let leg = self.leg(own).filter(|it| it.status.is_open());
        if !cover.is_positive() {
            return match leg {
                Some(leg) => self.withdraw(leg, is_tried),
                None => self.is_over(own).then(|| self.ended(own)),
            };
        }
        let accounts = self.state.session.as_ref().map_or(&[][..], |it| &it.accounts);
        if !self.state.is_connected || !accounts.contains(&own.account) {
            return None;
        }
        match own.fired {
            Some(cause) => self.close_out(own, (cause, is_tried), cover, leg),
            None => self.keep_resting(own, cover, leg),
        }
    }

    fn leg(&self, own: &Protection) -> Option<&Order> {
        own.leg.and_then(|it| self.state.placed(it.order)).map(|it| &it.order)
    }

    /// It is over, and why.
    fn ended(&self, own: &Protection) -> Decision {
        let rested = self.leg(own).filter(|it| it.status == Status::Filled);
        let rested = rested.map(|it| match it.ticket.kind {
            Kind::Limit => Cause::TakeProfit,
            _ => own.levels.and_then(|it| it.moved).unwrap_or(Cause::StopLoss),
        });
        let text = match (own.fired.or(rested), own.levels) {
            (Some(cause), _) => format!("closed by its {}", cause.word().replace('_', " ")),
            (None, Some(_)) => "nothing is left to protect".to_owned(),
            (None, None) => "its order ended without a fill".to_owned(),
        };
        Decision::done(vec![Fact::Protection { id: own.id, did: Did::Ended { text } }])
    }

    /// Nothing will be filled any more that it could protect.
    fn is_over(&self, own: &Protection) -> bool {
        let order = own.on.and_then(|it| self.state.placed(it));
        order.is_none_or(|it| it.order.status.is_final())
    }

    /// Asks for the end of a leg, once; again after a refusal only where a tick asks for it.
    fn withdraw(&self, leg: &Order, is_tried: bool) -> Option<Decision> {
        let is_refused = leg.refusal.is_some() && !is_tried;
        if leg.status == Status::PendingCancel || is_refused {
            return None;
        }
        let mut decision = Decision::done(Vec::new());
        self.cancel_one(leg.id, &mut decision);
        Some(decision)
    }

    /// Sees to it that the right order rests at the exchange, where it takes such orders.
    fn keep_resting(
        &self,
        own: &Protection,
        cover: Quantity,
        leg: Option<&Order>,
    ) -> Option<Decision> {
        let wanted = self.rest(own, cover, leg);
        if let Some(leg) = leg {
            let is_right = wanted.is_some_and(|it| is_same(&it, leg));
            return if is_right || leg.status != Status::New {
                None
            } else {
                self.withdraw(leg, false)
            };
        }
        let wanted = wanted?;
        let last = self.leg(own).filter(|_| own.leg.is_some_and(|it| it.rests && !it.is_withdrawn));
        if let Some(last) = last.filter(|it| is_same(&wanted, it)) {
            return Some(self.kept(own, last));
        }
        let (kind, lots) = (wanted.kind, wanted.lots);
        let (price, stop_price) = match kind {
            Kind::Limit => (Some(wanted.price), None),
            _ => (None, Some(wanted.price)),
        };
        let ticket = Ticket {
            kind,
            price,
            stop_price,
            time_in_force: TimeInForce::Rod,
            ..closing((own.account, own.item), own.side, lots)
        };
        let mut decision = Decision::done(Vec::new());
        self.send_for(own, ticket, true, &mut decision);
        Some(decision)
    }

    /// The exchange, or somebody there, ended what rested: from now on only the gateway watches.
    fn kept(&self, own: &Protection, last: &Order) -> Decision {
        let why = last.refusal.as_ref().map_or_else(String::new, |it| format!(" ({it})"));
        let text = format!(
            "order {} that rested for protection {} is {}{why}; the gateway watches from now on",
            last.id, own.id, last.status
        );
        let told = Fact::Alerted { code: "PROTECTION_KEPT".to_owned(), text };
        Decision::done(vec![Fact::Protection { id: own.id, did: Did::Kept {} }, told])
    }

    /// What should rest: the stop, where the exchange takes stops and it does not follow the price;
    /// without a stop, the take profit. Nothing while trading is halted.
    fn rest(&self, own: &Protection, cover: Quantity, leg: Option<&Order>) -> Option<Rest> {
        let levels = own.levels?;
        let (kind, price) = match (levels.stop, levels.take_profit) {
            (Some(stop), _) if self.takes_stops && own.terms.trail.is_none() => (Kind::Stop, stop),
            (None, Some(price)) => (Kind::Limit, price),
            _ => return None,
        };
        if own.is_kept || self.is_halted(own.account, own.item) {
            return None;
        }
        let instrument = self.listing.get(&own.item).ok()?;
        let max = if kind == Kind::Limit {
            instrument.limit_order_max
        } else {
            instrument.market_order_max
        };
        let own_leg = leg.map(|it| it.id);
        let lots = cover.at_most(self.unclaimed(own.key(), own.side, own_leg));
        let is_lawful = price.is_positive() && instrument.ticks.has(price) && lots <= max;
        (is_lawful && lots.is_positive()).then_some(Rest { kind, price, lots })
    }

    /// Closes what is protected at the market, as often as it takes.
    fn close_out(
        &self,
        own: &Protection,
        (cause, is_tried): (Cause, bool),
        cover: Quantity,
        leg: Option<&Order>,
    ) -> Option<Decision> {
        let mut decision = Decision::done(Vec::new());
        let entry = own.on.and_then(|it| self.state.placed(it)).map(|it| &it.order);
        if let Some(entry) = entry.filter(|it| it.status.is_open() && may_ask(it, is_tried)) {
            self.cancel_one(entry.id, &mut decision);
        }
        if let Some(leg) = leg {
            // Until it has ended it may still be filled: nothing else is sent beside it.
            let rests = own.leg.is_some_and(|it| it.rests);
            let withdrawn = self.withdraw(leg, is_tried).filter(|_| rests);
            withdrawn.into_iter().for_each(|it| join(&mut decision, it));
            return some(decision);
        }
        if self.is_halted(own.account, own.item) {
            if !own.is_held {
                decision.facts.push(Fact::Protection { id: own.id, did: Did::Held {} });
                decision.facts.push(held_alert(own, cause, cover));
            }
            return some(decision);
        }
        if own.sent > 0 && !is_tried {
            return some(decision);
        }
        if own.sent >= EXIT_ORDERS_MAX {
            let text = format!(
                "protection {}: {} orders left {cover} lots of {} open; close them by hand",
                own.id, own.sent, own.item
            );
            let text_short = format!("{cover} lots could not be closed");
            decision.facts.push(Fact::Alerted { code: "PROTECTION_INCOMPLETE".to_owned(), text });
            let did = Did::Ended { text: text_short };
            decision.facts.push(Fact::Protection { id: own.id, did });
            return Some(decision);
        }
        if self.clear_the_way(own, cover, is_tried, &mut decision) {
            return some(decision);
        }
        let free = self.unclaimed(own.key(), own.side, None);
        let max = self.listing.get(&own.item).map_or(cover, |it| it.market_order_max);
        let lots = cover.at_most(free).at_most(max);
        if lots.is_positive() {
            let ticket = closing((own.account, own.item), own.side, lots);
            self.send_for(own, ticket, false, &mut decision);
        }
        some(decision)
    }

    /// Resting orders that would close the same lots make way; true while one still may be filled.
    fn clear_the_way(
        &self,
        own: &Protection,
        cover: Quantity,
        is_tried: bool,
        decision: &mut Decision,
    ) -> bool {
        // What rests for a live protection gives way by itself; one that is over has nobody else.
        let protections = &self.state.protections;
        let is_other = |it: &Placed| {
            let owner = protections.at(it.order.id).filter(|id| protections.is_live(*id));
            owner.and_then(|id| protections.get(id)?.resting()) != Some(it.order.id)
        };
        let rests = |it: &&Placed| {
            closes(&it.order.ticket, own.key(), own.side)
                && it.order.ticket.time_in_force == TimeInForce::Rod
                && is_other(it)
        };
        if self.unclaimed(own.key(), own.side, None) >= cover {
            return false;
        }
        let mut is_blocked = false;
        for placed in self.state.working().filter(rests) {
            is_blocked = true;
            if may_ask(&placed.order, is_tried) {
                self.cancel_one(placed.order.id, decision);
            }
        }
        is_blocked
    }

    /// Lots of one side that no working order closes, but for one.
    fn unclaimed(&self, key: (AccountId, Code), side: Side, own: Option<OrderId>) -> Quantity {
        let others = self
            .state
            .working()
            .filter(|it| Some(it.order.id) != own && closes(&it.order.ticket, key, side));
        let taken = others.map(|it| it.order.left().raw()).fold(0, i64::saturating_add);
        Quantity::from_raw(self.state.lots(key, side).raw().saturating_sub(taken).max(0))
    }

    fn is_halted(&self, account: AccountId, item: Code) -> bool {
        self.is_latched || self.state.brakes.state_on(account, item, None) == TradingState::Halted
    }

    /// The facts and the call that send an order of a protection, or that deny it.
    fn send_for(&self, own: &Protection, ticket: Ticket, rests: bool, decision: &mut Decision) {
        let order = self.next_order(decision);
        // Before the order itself, so that whoever counts it knows what it is for.
        let did = Did::Sent { order, rests };
        decision.facts.push(Fact::Protection { id: own.id, did });
        let (id, request, signal, door, time) = (order, None, None, self.door, self.time);
        match self.check(&ticket, None) {
            Ok(instrument) => {
                let multiplier = instrument.multiplier;
                let received =
                    Fact::OrderReceived { id, ticket, request, signal, multiplier, door, time };
                decision.facts.push(received);
                decision.calls.push(Call::Place(order));
            }
            Err(refused) => {
                let refusal = Refusal { code: refused.code, text: refused.text };
                let denied = Fact::OrderDenied { id, ticket, request, signal, refusal, door, time };
                decision.facts.push(denied);
            }
        }
    }

    /// What rests for protections makes way for an order that closes the same lots.
    pub(super) fn make_way(&self, ticket: &Ticket, decision: &mut Decision) {
        if self.state.protections.is_idle() || ticket.open_close == OpenClose::Open {
            return;
        }
        let key = (ticket.account, ticket.item);
        for own in self.state.protections.of(key) {
            let leg = own.resting().and_then(|it| self.state.placed(it)).map(|it| &it.order);
            let leg = leg.filter(|it| it.ticket.side == ticket.side && it.status.is_open());
            let is_asked = |id: OrderId| decision.calls.contains(&Call::Cancel(id));
            if let Some(leg) = leg.filter(|it| may_ask(it, true) && !is_asked(it.id)) {
                self.cancel_one(leg.id, decision);
            }
        }
    }

    /// Whether an order that we kept may be sent now.
    pub fn may_release(&self, id: OrderId, ticket: &Ticket) -> Result<(), Refusal> {
        let refusal = |it: crate::wire::Refused| Refusal { code: it.code, text: it.text };
        let may = self.armed(ticket, None).and_then(|()| self.within_held(ticket, None, Some(id)));
        may.map_err(refusal)
    }
}

fn is_same(wanted: &Rest, order: &Order) -> bool {
    let ticket = &order.ticket;
    let price = if wanted.kind == Kind::Limit { ticket.price } else { ticket.stop_price };
    (ticket.kind, price, order.left()) == (wanted.kind, Some(wanted.price), wanted.lots)
}

/// Whether the cancel of an order is to be asked for: not while one is under way, and after a
/// refusal only where a tick asks for it.
fn may_ask(order: &Order, is_tried: bool) -> bool {
    order.status != Status::PendingCancel && (is_tried || order.refusal.is_none())
}

/// Whether an order would close lots of a side.
fn closes(ticket: &Ticket, key: (AccountId, Code), held: Side) -> bool {
    (ticket.account, ticket.item) == key
        && ticket.side == held.opposite()
        && ticket.open_close != OpenClose::Open
}

fn join(decision: &mut Decision, other: Decision) {
    decision.facts.extend(other.facts);
    decision.calls.extend(other.calls);
}

fn some(decision: Decision) -> Option<Decision> {
    (!decision.facts.is_empty() || !decision.calls.is_empty()).then_some(decision)
}

fn held_alert(own: &Protection, cause: Cause, cover: Quantity) -> Fact {
    let text = format!(
        "protection {}: its {} of {cover} lots of {} is held because trading is halted; close them \
         by hand, or rearm",
        own.id,
        cause.word().replace('_', " "),
        own.item
    );
    Fact::Alerted { code: "PROTECTION_HELD".to_owned(), text }
}
