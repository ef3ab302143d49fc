//! What a machine that restarts hands back: the orders and the money that its journal holds.

use aftm_domain::order::{Refusal, Status, Ticket};
use aftm_domain::{
    AccountId, Code, ExchangeTime, Money, OrderId, Position, Quantity, Stamp, VenueOrderId,
};

use crate::account::{Account, Totals};
use crate::exchange::{Exchange, Known};
use crate::ledger::Record;
use crate::refusal::{self, refusal};
use crate::rules;
use crate::working::Working;

/// An order of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// The trader's number of it.
    pub id: OrderId,
    /// The exchange's name for it.
    pub venue_id: VenueOrderId,
    /// What was asked for, as amended.
    pub ticket: Ticket,
    /// Lots traded so far.
    pub filled: Quantity,
    /// Its stop price has traded.
    pub is_triggered: bool,
    /// Where it stands: one that has ended is only remembered, so that its id stays taken.
    pub status: Status,
    /// When it was placed, which decides on which day it ends.
    pub placed: ExchangeTime,
}

impl Exchange {
    /// Takes an order back. Orders of one price are queued as they are handed in; a stop order that
    /// was neither triggered nor filled waits for its stop price.
    pub(crate) fn restore_order(&mut self, past: Past) -> Result<(), Refusal> {
        let Past { id, venue_id, ticket, filled, is_triggered, status, placed } = past;
        if self.ledger.records.contains_key(&id) {
            return Err(refusal(refusal::DUPLICATE, format!("order {id} is here already")));
        }
        let status = if status.is_final() { status } else { Status::New };
        let priority = self.next_priority();
        let is_waiting = ticket.kind.has_stop() && filled.is_zero() && !is_triggered;
        let order = Working { id, venue_id, ticket, filled, status, priority, is_waiting };
        let market = if order.is_working() { Some(self.home(&order)?) } else { None };
        let known = Known { status, filled, venue_id };
        let record = Record { market, answers_from: Stamp(i64::MIN), known };
        self.ledger.records.insert(id, record);
        if let Some((place, market)) = market.and_then(|it| Some((it, self.markets.get_mut(it)?))) {
            market.insert(order);
            self.see_to_end(id, place, placed);
        }
        Ok(())
    }

    /// The market that an order can rest in.
    fn home(&self, order: &Working) -> Result<usize, Refusal> {
        let Working { id, ticket, filled, .. } = order;
        self.account_of(&ticket.account)?;
        let (place, market) = self.market(&ticket.item).ok_or_else(|| {
            refusal(refusal::ITEM, format!("order {id}: {} is not traded here", ticket.item))
        })?;
        rules::check_form(&market.instrument, ticket)?;
        // An order that never rests ended when it arrived, and one that is full ended, too.
        let is_bounded = *filled >= Quantity::ZERO && *filled < ticket.quantity;
        if is_bounded && (order.is_waiting || order.rests()) {
            return Ok(place);
        }
        let text = format!("order {id} with {filled} lots filled cannot be working");
        Err(refusal(refusal::ENDED, text))
    }

    /// Takes back what an account holds of a listed item.
    pub(crate) fn restore_position(
        &mut self,
        account: &AccountId,
        item: Code,
        position: Position,
    ) -> Result<(), Refusal> {
        if self.market(&item).is_none() {
            return Err(refusal(refusal::ITEM, format!("{item} is not traded here")));
        }
        self.account_of(account)?;
        if let Some(account) = self.ledger.account_mut(account) {
            account.positions.insert(item, position);
        }
        Ok(())
    }

    /// Takes back an account's money.
    pub(crate) fn restore_totals(
        &mut self,
        account: &AccountId,
        balance: Money,
        today: Totals,
    ) -> Result<(), Refusal> {
        self.account_of(account)?;
        if let Some(account) = self.ledger.account_mut(account) {
            (account.balance, account.today) = (balance, today);
        }
        Ok(())
    }

    fn account_of(&self, id: &AccountId) -> Result<&Account, Refusal> {
        let unknown = || refusal(refusal::ACCOUNT, format!("there is no account {id}"));
        self.ledger.account(id).ok_or_else(unknown)
    }
}
