//! Round trips: which lots were closed by which fill, and what that earned.

use std::collections::BTreeMap;

use aftm_domain::{
    AccountId, Code, ConditionId, ExchangeTime, Money, OpenClose, OrderId, Price, Quantity, Side,
};
use serde::Serialize;

use super::{Execution, Inputs, Mark, ReportError, Terms, or_empty};

/// One end of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Leg {
    /// The order that was filled.
    pub order: OrderId,
    /// At which price.
    pub price: Price,
    /// When, on the exchange's clock.
    pub time: ExchangeTime,
}

impl Leg {
    fn of(execution: &Execution) -> Leg {
        Leg { order: execution.order, price: execution.price, time: execution.time }
    }
}

/// Lots that were opened by one fill and closed by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Trade {
    /// In which account.
    pub account: AccountId,
    /// What was traded.
    pub item: Code,
    /// The condition that opened it; `None` (empty text) where it was opened by hand.
    #[serde(serialize_with = "or_empty")]
    pub condition: Option<ConditionId>,
    /// Buy for long, sell for short.
    pub side: Side,
    /// How many lots.
    pub quantity: Quantity,
    /// How it began.
    pub entry: Leg,
    /// How it ended.
    pub exit: Leg,
    /// Before fees and tax.
    pub profit: Money,
    /// Both sides' fees for these lots.
    pub fee: Money,
    /// Both sides' tax for these lots.
    pub tax: Money,
    /// After fees and tax.
    pub net: Money,
}

/// Lots that are open at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Open {
    /// In which account.
    pub account: AccountId,
    /// What is held.
    pub item: Code,
    /// The condition that opened it; `None` (empty text) where it was opened by hand.
    #[serde(serialize_with = "or_empty")]
    pub condition: Option<ConditionId>,
    /// Buy for long, sell for short.
    pub side: Side,
    /// How many lots.
    pub quantity: Quantity,
    /// How it began.
    pub entry: Leg,
    /// The item's last price, where there is one.
    pub mark: Option<Mark>,
    /// What closing at the mark would earn before fees and tax; `None` without a mark.
    pub profit: Option<Money>,
    /// The opening fee for these lots.
    pub fee: Money,
    /// The opening tax for these lots.
    pub tax: Money,
}

/// All fills as trades and what is left.
///
/// What a fill closes is what the exchange closes: the account's lots on the other side of the item,
/// as its open or close says. Of these it takes those of its own condition first, then the others,
/// each oldest first; so a condition's trades are its own, and what is open is what the account
/// holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trades {
    /// In the order in which they ended.
    pub closed: Vec<Trade>,
    /// By account and item, oldest first.
    pub open: Vec<Open>,
    /// How much each execution moved the profit after fees and tax.
    pub steps: Vec<Money>,
}

impl Trades {
    /// Matches every execution.
    pub fn new(inputs: &Inputs<'_>) -> Result<Trades, ReportError> {
        let mut trades = Trades::default();
        let mut held = BTreeMap::<(AccountId, Code), Vec<Lot>>::new();
        let mut before: Option<ExchangeTime> = None;
        for execution in inputs.executions {
            let &Execution { order, item, time, quantity, .. } = execution;
            if let Some(after) = before.filter(|it| *it > time) {
                return Err(ReportError::OutOfOrder { order, time, after });
            }
            before = Some(time);
            if !quantity.is_positive() {
                return Err(ReportError::NoLots { order, quantity });
            }
            let terms = inputs.terms.get(&item).ok_or(ReportError::UnknownItem { order, item })?;
            let lots = held.entry((execution.account, item)).or_default();
            trades.book(execution, terms, lots)?;
        }
        for ((account, item), lots) in held {
            let Some(terms) = inputs.terms.get(&item) else { continue };
            let mark = inputs.marks.get(&item).copied();
            for lot in lots {
                trades.open.push(lot.left(account, item, mark, terms)?);
            }
        }
        Ok(trades)
    }

    fn book(
        &mut self,
        execution: &Execution,
        terms: &Terms,
        lots: &mut Vec<Lot>,
    ) -> Result<(), ReportError> {
        let item = execution.item;
        let out_of_range = || ReportError::OutOfRange { item };
        let mut purse = Purse::of(execution);
        let mut step = Money::ZERO
            .checked_sub(execution.fee)
            .and_then(|it| it.checked_sub(execution.tax))
            .ok_or_else(out_of_range)?;
        let mut rest = closing(execution, lots)?;
        while rest.is_positive() {
            let Some(at) = next(execution, lots) else { break };
            let Some(lot) = lots.get_mut(at) else { break };
            let quantity = rest.at_most(lot.purse.quantity);
            let trade =
                lot.close(execution, &mut purse, quantity, terms).ok_or_else(out_of_range)?;
            if lot.purse.quantity.is_zero() {
                lots.remove(at);
            }
            step = step.checked_add(trade.profit).ok_or_else(out_of_range)?;
            rest = Quantity::from_raw(rest.raw() - quantity.raw());
            self.closed.push(trade);
        }
        if purse.quantity.is_positive() {
            let Execution { condition, side, .. } = *execution;
            lots.push(Lot { condition, side, entry: Leg::of(execution), purse });
        }
        self.steps.push(step);
        Ok(())
    }
}

/// How many lots a fill closes.
fn closing(execution: &Execution, lots: &[Lot]) -> Result<Quantity, ReportError> {
    let against = lots.iter().filter(|it| it.side != execution.side);
    let held = Quantity::from_raw(against.map(|it| it.purse.quantity.raw()).sum());
    let &Execution { order, item, account, quantity, .. } = execution;
    match execution.open_close {
        OpenClose::Open => Ok(Quantity::ZERO),
        OpenClose::Auto => Ok(quantity.at_most(held)),
        OpenClose::Close if quantity > held => {
            Err(ReportError::NotHeld { order, item, account, asked: quantity, held })
        }
        OpenClose::Close => Ok(quantity),
    }
}

/// The place of the lot that a fill closes next.
fn next(execution: &Execution, lots: &[Lot]) -> Option<usize> {
    let is_against = |lot: &Lot| lot.side != execution.side;
    let is_own = |lot: &Lot| is_against(lot) && lot.condition == execution.condition;
    lots.iter().position(is_own).or_else(|| lots.iter().position(is_against))
}

/// Lots with the costs that they carry.
#[derive(Clone, Copy)]
struct Purse {
    quantity: Quantity,
    fee: Money,
    tax: Money,
}

impl Purse {
    fn of(execution: &Execution) -> Purse {
        Purse { quantity: execution.quantity, fee: execution.fee, tax: execution.tax }
    }

    /// Takes lots out with their part of the costs. The last lots take what is left, so that no
    /// count of 1e-9 is lost by rounding.
    fn take(&mut self, quantity: Quantity) -> Option<Purse> {
        let part = |money: Money| {
            let product = money.raw().checked_mul(i128::from(quantity.raw()))?;
            product.checked_div(i128::from(self.quantity.raw())).map(Money::from_raw)
        };
        let taken = Purse { quantity, fee: part(self.fee)?, tax: part(self.tax)? };
        self.quantity = self.quantity.checked_sub(quantity)?;
        self.fee = self.fee.checked_sub(taken.fee)?;
        self.tax = self.tax.checked_sub(taken.tax)?;
        Some(taken)
    }
}

struct Lot {
    condition: Option<ConditionId>,
    side: Side,
    entry: Leg,
    purse: Purse,
}

impl Lot {
    fn profit(&self, price: Price, quantity: Quantity, terms: &Terms) -> Option<Money> {
        let points = match self.side {
            Side::Buy => price.checked_sub(self.entry.price)?,
            Side::Sell => self.entry.price.checked_sub(price)?,
        };
        Money::value(points, quantity, terms.multiplier)
    }

    /// Closes some of the lots; `None` where an amount is out of range.
    fn close(
        &mut self,
        execution: &Execution,
        purse: &mut Purse,
        quantity: Quantity,
        terms: &Terms,
    ) -> Option<Trade> {
        let (opened, closed) = (self.purse.take(quantity)?, purse.take(quantity)?);
        let profit = self.profit(execution.price, quantity, terms)?;
        let fee = opened.fee.checked_add(closed.fee)?;
        let tax = opened.tax.checked_add(closed.tax)?;
        Some(Trade {
            account: execution.account,
            item: execution.item,
            condition: self.condition,
            side: self.side,
            quantity,
            entry: self.entry,
            exit: Leg::of(execution),
            profit,
            fee,
            tax,
            net: profit.checked_sub(fee)?.checked_sub(tax)?,
        })
    }

    fn left(
        self,
        account: AccountId,
        item: Code,
        mark: Option<Mark>,
        terms: &Terms,
    ) -> Result<Open, ReportError> {
        let Purse { quantity, fee, tax } = self.purse;
        let at = |mark: Mark| {
            self.profit(mark.price, quantity, terms).ok_or(ReportError::OutOfRange { item })
        };
        let profit = mark.map(at).transpose()?;
        let Lot { condition, side, entry, .. } = self;
        Ok(Open { account, item, condition, side, quantity, entry, mark, profit, fee, tax })
    }
}
