//! What positions and working orders tie up.
//!
//! A working order ties up the margin of the lots it would open if the account's earlier orders on
//! the same side closed theirs first. A day trade needs the full margin, too.

use aftm_domain::order::Ticket;
use aftm_domain::{Money, OpenClose, OrderId, Price, Quantity, Side};

use crate::account::{Account, Summary};
use crate::market::Market;

/// What an order would open: behind the account's other working orders, and at which margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opening {
    pub(crate) margin: Money,
    /// Lots to close that no working close order has claimed.
    pub(crate) unclaimed: Quantity,
}

/// What a ticket would tie up, as if it arrived now and `except` were not there; `None` out of
/// range, or where there is no price to measure it by.
pub(crate) fn opening(
    market: &Market,
    account: &Account,
    (ticket, left): (&Ticket, Quantity),
    except: Option<OrderId>,
) -> Option<Opening> {
    let against = account.held(&ticket.item, ticket.side.opposite());
    let (mut free, mut unclaimed) = (against, against);
    for order in market.working_of(&account.id, ticket.side) {
        if Some(order.id) == except {
            continue;
        }
        opens(order.ticket.open_close, order.left(), &mut free);
        if order.ticket.open_close == OpenClose::Close {
            unclaimed = less(unclaimed, order.left());
        }
    }
    let lots = opens(ticket.open_close, left, &mut free);
    let margin = if lots.is_zero() { Money::ZERO } else { margin_of(market, ticket, lots)? };
    Some(Opening { margin, unclaimed })
}

/// The account's money; `None` where an amount leaves the range of money.
pub(crate) fn summary(markets: &[Market], account: &Account) -> Option<Summary> {
    let (mut open_profit, mut margin, mut ordered) = (Money::ZERO, Money::ZERO, Money::ZERO);
    for market in markets {
        if let Some(position) = account.positions.get(&market.instrument.code) {
            if let Some(last) = market.last {
                let profit = position.profit_at(last, market.instrument.multiplier)?;
                open_profit = open_profit.checked_add(profit)?;
            }
            for lot in [Side::Buy, Side::Sell].into_iter().flat_map(|it| position.lots(it)) {
                let mark = market.last.unwrap_or(lot.price);
                let lot = market.instrument.initial_margin(mark)?.times(lot.quantity)?;
                margin = margin.checked_add(lot)?;
            }
        }
        ordered = ordered.checked_add(ordered_in(market, account)?)?;
    }
    let equity = account.balance.checked_add(account.today.net()?)?.checked_add(open_profit)?;
    let available = equity.checked_sub(margin)?.checked_sub(ordered)?;
    let (balance, today) = (account.balance, account.today);
    Some(Summary { balance, today, open_profit, equity, margin, ordered, available })
}

fn ordered_in(market: &Market, account: &Account) -> Option<Money> {
    let mut sum = Money::ZERO;
    for side in [Side::Buy, Side::Sell] {
        let mut free = account.held(&market.instrument.code, side.opposite());
        for order in market.working_of(&account.id, side) {
            let lots = opens(order.ticket.open_close, order.left(), &mut free);
            if lots.is_positive() {
                sum = sum.checked_add(margin_of(market, &order.ticket, lots)?)?;
            }
        }
    }
    Some(sum)
}

/// How many of `left` lots open a position; those that close use up `free` ones.
fn opens(open_close: OpenClose, left: Quantity, free: &mut Quantity) -> Quantity {
    if open_close == OpenClose::Open {
        return left;
    }
    let closes = left.at_most(*free);
    *free = less(*free, closes);
    if open_close == OpenClose::Close { Quantity::ZERO } else { less(left, closes) }
}

fn margin_of(market: &Market, ticket: &Ticket, lots: Quantity) -> Option<Money> {
    let price = price_of(market, ticket)?;
    market.instrument.initial_margin(price)?.times(lots)
}

/// The price that an order's margin is measured by.
pub(crate) fn price_of(market: &Market, ticket: &Ticket) -> Option<Price> {
    ticket.price.or(ticket.stop_price).or_else(|| market.touch(ticket.side)).or(market.last)
}

/// The difference, and nothing below nothing.
fn less(one: Quantity, other: Quantity) -> Quantity {
    Quantity::from_raw(one.raw().saturating_sub(other.raw()).max(0))
}
