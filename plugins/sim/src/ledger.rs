//! What was traded and how each order stands: the accounts, the record of every order, and the
//! reports that follow from them.

use aftm_domain::order::{Refusal, Report, Status};
use aftm_domain::{
    AccountId, ExchangeTime, Fill, Instrument, OpenClose, OrderId, Price, Quantity, Stamp,
};
use rustc_hash::FxHashMap;

use crate::account::Account;
use crate::exchange::Known;
use crate::happening::Happening;
use crate::names::trade_id;
use crate::working::Working;

/// An order that has arrived, working or ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// Its item's place among the markets; `None` where it was refused.
    pub(crate) market: Option<usize>,
    /// Before this no answer about it leaves.
    pub(crate) answers_from: Stamp,
    pub(crate) known: Known,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) accounts: Vec<Account>,
    pub(crate) records: FxHashMap<OrderId, Record>,
    /// Reports on their way to the trader, oldest first.
    pub(crate) told: Vec<(OrderId, Report)>,
    /// What happened, oldest first; `None` where nobody keeps it.
    pub(crate) happened: Option<Vec<Happening>>,
}

impl Ledger {
    pub(crate) fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.iter().find(|it| it.id == *id)
    }

    pub(crate) fn account_mut(&mut self, id: &AccountId) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|it| it.id == *id)
    }

    pub(crate) fn tell(&mut self, id: OrderId, report: Report) {
        if let Some(happened) = &mut self.happened {
            happened.push(Happening::Report { order: id, report: report.clone() });
        }
        self.told.push((id, report));
    }

    /// Takes down what the exchange saw, where somebody keeps it.
    pub(crate) fn see(&mut self, happening: impl FnOnce() -> Happening) {
        if let Some(happened) = &mut self.happened {
            happened.push(happening());
        }
    }

    /// Writes down where an order stands now.
    pub(crate) fn note(&mut self, order: &Working) {
        if let Some(record) = self.records.get_mut(&order.id) {
            record.known.status = order.status;
            record.known.filled = order.filled;
        }
    }

    /// Refuses an order on arrival.
    pub(crate) fn reject(&mut self, id: OrderId, refusal: Refusal) {
        if let Some(record) = self.records.get_mut(&id) {
            record.known.status = Status::Rejected;
        }
        self.tell(id, Report::Rejected(refusal));
    }

    /// How many of its lots an order can trade: one that closes, no more than are held. Another
    /// order may have closed them while this one waited.
    pub(crate) fn tradable(&self, order: &Working) -> Quantity {
        if order.ticket.open_close != OpenClose::Close {
            return order.left();
        }
        let (item, against) = (&order.ticket.item, order.ticket.side.opposite());
        let account = self.account(&order.ticket.account);
        order.left().at_most(account.map_or(Quantity::ZERO, |it| it.held(item, against)))
    }

    /// Trades lots of an order at a price and returns how many. An order that cannot trade further,
    /// because the lots it was to close are gone, expires.
    pub(crate) fn fill(
        &mut self,
        instrument: &Instrument,
        order: &mut Working,
        (price, quantity): (Price, Quantity),
        time: ExchangeTime,
    ) -> Quantity {
        let quantity = quantity.at_most(self.tradable(order));
        let ticket = order.ticket;
        let filled = order.filled.checked_add(quantity).filter(|_| quantity.is_positive());
        let trade = filled.and_then(|filled| trade_id(order.id, filled));
        let cost = trade.and_then(|_| {
            self.account_mut(&ticket.account)?.book(instrument, &ticket, price, quantity)
        });
        let (Some(filled), Some(trade), Some(cost)) = (filled, trade, cost) else {
            self.end(order, Status::Expired);
            return Quantity::ZERO;
        };
        order.filled = filled;
        let fill = Fill { trade, price, quantity, fee: cost.fee, tax: cost.tax, time };
        self.tell(order.id, Report::Filled(fill));
        if order.left().is_zero() {
            order.status = Status::Filled;
        } else if self.tradable(order).is_zero() {
            self.end(order, Status::Expired);
        }
        self.note(order);
        quantity
    }

    /// Ends an order that was canceled or expired.
    pub(crate) fn end(&mut self, order: &mut Working, status: Status) {
        order.status = status;
        self.note(order);
        let report = if status == Status::Canceled { Report::Canceled } else { Report::Expired };
        self.tell(order.id, report);
    }
}
