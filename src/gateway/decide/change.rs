//! Cancel, amend and flatten. Nothing here is ever blocked by a limit.

use aftm_domain::order::{Kind, Report, Status, Ticket, TimeInForce};
use aftm_domain::{
    AccountId, Code, Instrument, Note, OpenClose, Order, OrderId, Price, Quantity, Side,
};

use super::{Call, Case, Decision};
use crate::gateway::fact::Fact;
use crate::gateway::limits::Candidate;
use crate::wire::{Refused, Reply};

impl Case<'_> {
    pub(super) fn open_order(&self, id: OrderId) -> Result<&aftm_domain::Order, Refused> {
        let Some(placed) = self.state.placed(id) else {
            return Err(Refused::new("UNKNOWN_ORDER", format!("there is no order {id}")));
        };
        let status = placed.order.status;
        if status.is_final() {
            let text = format!("order {id} has ended: it is {status}");
            return Err(Refused::new("ORDER_ENDED", text));
        }
        self.logged_in()?;
        Ok(&placed.order)
    }

    /// Cancels an order; one that is being canceled already is left alone.
    pub fn cancel(&self, id: OrderId) -> Decision {
        if self.state.protections.is_one(id) {
            return self.unprotect(id);
        }
        match self.open_order(id) {
            Err(refused) => refused.into(),
            Ok(order) if order.status == Status::PendingCancel => {
                Decision::reply(Reply::Unchanged {})
            }
            Ok(_) => {
                let mut decision = Decision::done(Vec::new());
                self.cancel_for_good(id, &mut decision);
                decision
            }
        }
    }

    /// Cancels every open order, of one item or of all.
    pub fn cancel_all(&self, item: Option<Code>) -> Decision {
        if let Err(refused) = self.logged_in() {
            return refused.into();
        }
        let mut decision = Decision::done(Vec::new());
        let meant = self.open_orders(item);
        meant.iter().for_each(|id| self.cancel_for_good(*id, &mut decision));
        decision.reply = Ok(Reply::Count { orders: meant.len() as u64 });
        decision
    }

    /// Open orders, of one item or of all, that are not being canceled already.
    fn open_orders(&self, item: Option<Code>) -> Vec<OrderId> {
        let is_meant = |it: &&crate::gateway::state::Placed| {
            item.is_none_or(|item| item == it.order.ticket.item)
                && it.order.status != Status::PendingCancel
        };
        self.state.working().filter(is_meant).map(|it| it.order.id).collect()
    }

    /// Changes an order's total quantity, its limit price, or both.
    pub fn amend(&self, id: OrderId, quantity: Option<Quantity>, price: Option<Price>) -> Decision {
        let order = match self.open_order(id) {
            Ok(order) => order,
            Err(refused) => return refused.into(),
        };
        if order.status != Status::New {
            let text = format!("order {id} is {} and cannot be changed now", order.status);
            return Decision::refuse("ORDER_BUSY", text);
        }
        let changed = Ticket {
            quantity: quantity.unwrap_or(order.ticket.quantity),
            price: price.or(order.ticket.price),
            ..order.ticket
        };
        if changed == order.ticket {
            return Decision::reply(Reply::Unchanged {});
        }
        if changed.quantity <= order.filled() {
            let text = format!(
                "quantity: {} is not above the {} lots of order {id} that are filled; cancel it",
                changed.quantity,
                order.filled()
            );
            return Decision::refuse("INVALID_ORDER", text);
        }
        let checked = self.check_rules(&changed).and_then(|instrument| {
            self.may_change(id, &changed)?;
            self.connected()?;
            self.check_change(id, order, &changed, instrument)
        });
        if let Err(refused) = checked {
            return refused.into();
        }
        let sent = Fact::OrderReported { id, report: Report::ReplaceSent };
        let call = Call::Amend { order: id, quantity, price };
        Decision { facts: vec![sent], calls: vec![call], reply: Ok(Reply::Done {}) }
    }

    /// The limits of an order as it would be changed. One that becomes smaller, or that can only
    /// make a position smaller, is within them.
    fn check_change(
        &self,
        id: OrderId,
        order: &Order,
        changed: &Ticket,
        instrument: &Instrument,
    ) -> Result<(), Refused> {
        let left = changed.quantity.raw().saturating_sub(order.filled().raw());
        let rest = Ticket { quantity: Quantity::from_raw(left), ..*changed };
        let instead = self.limits.print(self.state, id);
        let is_smaller =
            changed.price == order.ticket.price && changed.quantity <= order.ticket.quantity;
        let candidate = Candidate { instead, ..self.candidate(&rest, instrument, None) };
        if rest.open_close == OpenClose::Close && !is_smaller {
            return self.limits.check_close(&candidate);
        }
        if is_smaller || self.limits.reduces(&rest, instead) {
            return Ok(());
        }
        self.limits.check_amend_rate(changed)?;
        self.limits.check(&candidate)
    }

    /// Closes every position, of one item or of all: cancels what works on it, then sends market
    /// orders that can only close.
    pub fn flatten(&self, item: Option<Code>) -> Decision {
        if let Err(refused) = self.logged_in() {
            return refused.into();
        }
        let mut decision = Decision::done(Vec::new());
        self.open_orders(item).into_iter().for_each(|id| self.cancel_one(id, &mut decision));
        let held = self
            .state
            .holdings
            .iter()
            .filter(|((_, code), _)| item.is_none_or(|item| item == *code));
        let mut orders = 0;
        for ((account, code), holding) in held {
            for side in [Side::Buy, Side::Sell] {
                let quantity = holding.position.held(side);
                if quantity.is_positive() {
                    match self.close(*account, *code, side, quantity, &mut decision) {
                        Ok(sent) => orders += sent,
                        Err(refused) => decision.reply = Err(refused),
                    }
                }
            }
        }
        if decision.reply.is_ok() {
            decision.reply = Ok(Reply::Count { orders });
        }
        decision
    }

    /// Closes lots held on a side, in orders no larger than the exchange takes.
    pub(super) fn close(
        &self,
        account: AccountId,
        item: Code,
        held: Side,
        quantity: Quantity,
        decision: &mut Decision,
    ) -> Result<u64, Refused> {
        let max = self.listing.get(&item).map_or(quantity, |it| it.market_order_max);
        let (mut left, mut orders) = (quantity, 0);
        while left.is_positive() {
            let part = left.at_most(max);
            left = Quantity::from_raw(left.raw() - part.raw());
            let ticket = closing((account, item), held, part);
            let instrument = self.check(&ticket, None)?;
            self.make_way(&ticket, decision);
            let id = self.next_order(decision);
            let (multiplier, door) = (instrument.multiplier, self.door);
            let (request, signal, time) = (None, None, self.time);
            let received =
                Fact::OrderReceived { id, ticket, request, signal, multiplier, door, time };
            decision.facts.push(received);
            decision.calls.push(Call::Place(id));
            orders += 1;
        }
        Ok(orders)
    }
}

/// A market order that closes so many of the lots that are held of a side, and opens none.
pub(super) fn closing(
    (account, item): (AccountId, Code),
    held: Side,
    quantity: Quantity,
) -> Ticket {
    Ticket {
        account,
        item,
        side: held.opposite(),
        kind: Kind::Market,
        price: None,
        stop_price: None,
        quantity,
        time_in_force: TimeInForce::Ioc,
        open_close: OpenClose::Close,
        day_trade: false,
        note: Note::default(),
    }
}
