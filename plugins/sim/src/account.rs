//! An order account: its positions and its money.

use std::collections::BTreeMap;

use aftm_domain::order::Ticket;
use aftm_domain::{AccountId, Code, Instrument, Money, Position, Price, Quantity, Side};

/// What a trading day has brought so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Profit of closed lots, before fees and tax.
    pub realized: Money,
    /// Fees paid.
    pub fees: Money,
    /// Tax paid.
    pub tax: Money,
}

impl Totals {
    /// What is left of it: realized less fees and tax; `None` out of range.
    pub fn net(&self) -> Option<Money> {
        self.realized.checked_sub(self.fees)?.checked_sub(self.tax)
    }
}

/// An account's money. `equity` is `balance + realized − fees − tax + open_profit`, and `available`
/// is `equity − margin − ordered`; both are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// At the start of the trading day.
    pub balance: Money,
    /// What the day has brought.
    pub today: Totals,
    /// Profit of the open lots at the last trade; lots of an item without a trade count as even.
    pub open_profit: Money,
    /// What the account is worth.
    pub equity: Money,
    /// Margin of the open lots. Long and short lots of one item both need theirs.
    pub margin: Money,
    /// Margin of what the working orders may open.
    pub ordered: Money,
    /// What new positions may be opened with; below zero after losses.
    pub available: Money,
}

#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) balance: Money,
    pub(crate) today: Totals,
    pub(crate) positions: BTreeMap<Code, Position>,
}

/// What a fill costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) fee: Money,
    pub(crate) tax: Money,
}

impl Account {
    pub(crate) fn new(id: AccountId, balance: Money) -> Account {
        Account { id, balance, today: Totals::default(), positions: BTreeMap::new() }
    }

    /// How many lots of an item are held: long for buy, short for sell.
    pub(crate) fn held(&self, item: &Code, side: Side) -> Quantity {
        self.positions.get(item).map_or(Quantity::ZERO, |it| it.held(side))
    }

    /// Books a fill; `None`, and nothing has changed, where an amount leaves the range of money or
    /// the lots to close are not held.
    pub(crate) fn book(
        &mut self,
        instrument: &Instrument,
        ticket: &Ticket,
        price: Price,
        quantity: Quantity,
    ) -> Option<Cost> {
        let fee = instrument.fee.times(quantity)?;
        let tax = instrument.tax(price, quantity)?;
        let (side, open_close) = (ticket.side, ticket.open_close);
        // First everything that can fail, so that nothing has changed then.
        let nothing = Position::default();
        let held = self.positions.get(&ticket.item).unwrap_or(&nothing);
        let booked = held.weigh(side, open_close, quantity, price, instrument.multiplier).ok()?;
        self.today = Totals {
            realized: self.today.realized.checked_add(booked.profit)?,
            fees: self.today.fees.checked_add(fee)?,
            tax: self.today.tax.checked_add(tax)?,
        };
        self.positions.entry(ticket.item).or_default().enter(side, price, booked);
        Some(Cost { fee, tax })
    }

    /// Turns what the day has brought into balance; out of range, the day goes on.
    pub(crate) fn close_day(&mut self) {
        if let Some(balance) = self.today.net().and_then(|it| self.balance.checked_add(it)) {
            (self.balance, self.today) = (balance, Totals::default());
        }
    }
}

#[cfg(test)]
mod tests {
    use aftm_domain::OpenClose;

    use super::*;
    use crate::tests::{future, market, points};

    #[test]
    fn a_fill_that_cannot_be_booked_changes_nothing() {
        let (instrument, account) = (future("TXFH1"), "SIM-1".parse().unwrap());
        let mut account = Account::new(account, Money::ZERO);
        let close = Ticket { open_close: OpenClose::Close, ..market(Side::Sell, 1) };
        let book = |account: &mut Account, ticket: &Ticket, price| {
            account.book(&instrument, ticket, points(price), ticket.quantity)
        };
        assert_eq!(book(&mut account, &close, 17_000), None, "nothing is held");
        assert!(account.positions.is_empty());
        book(&mut account, &market(Side::Buy, 2), 17_000).unwrap();
        let full = Money::from_raw(i128::MAX);
        let held = account.positions.clone();
        for today in [
            Totals { realized: full, ..account.today },
            Totals { fees: full, ..account.today },
            Totals { tax: full, ..account.today },
        ] {
            account.today = today;
            assert_eq!(book(&mut account, &close, 17_100), None);
            assert_eq!((account.today, &account.positions), (today, &held));
            account.today = Totals::default();
        }
        book(&mut account, &close, 17_100).unwrap();
        assert_eq!(account.today.realized, Money::from_units(20_000));
        assert_eq!(account.held(&close.item, Side::Buy), Quantity::ONE);
    }
}
