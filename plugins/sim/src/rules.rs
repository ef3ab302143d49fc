//! Which orders the exchange takes.

use aftm_domain::instrument::RuleError;
use aftm_domain::order::{Kind, Refusal, Ticket, TimeInForce};
use aftm_domain::{ExchangeTime, Instrument, Money, OpenClose, OrderId, Price, Quantity};

use crate::account::Account;
use crate::hours::{self, Hours};
use crate::margin;
use crate::market::Market;
use crate::refusal::{self, refusal};

/// What an instrument's own rules say of a ticket, in the exchange's codes.
pub(crate) fn check_form(instrument: &Instrument, ticket: &Ticket) -> Result<(), Refusal> {
    let code = |err: &RuleError| match err {
        RuleError::Price { .. } => refusal::TICK,
        RuleError::NotPositive { .. } | RuleError::Presence { .. } => refusal::PRICE,
        RuleError::Lots { .. } => refusal::QUANTITY,
        RuleError::TooLarge { .. } => refusal::TOO_LARGE,
    };
    instrument.check(ticket).map_err(|err| refusal(code(&err), err.to_string()))?;
    if ticket.kind == Kind::Market && ticket.time_in_force == TimeInForce::Rod {
        let text = "a market order must be ioc or fok; rod is for limit orders";
        return Err(refusal(refusal::TIME_IN_FORCE, text));
    }
    Ok(())
}

/// Whether the contract still trades, and, where sessions are kept, trades now.
pub(crate) fn check_time(
    instrument: &Instrument,
    hours: Option<&Hours>,
    now: ExchangeTime,
) -> Result<(), Refusal> {
    let code = instrument.code;
    if hours::contract_end(instrument, now.offset).is_none_or(|end| now.at >= end) {
        let day = instrument.last_trading_day;
        let text = format!("{code} has ended: its last trading day was {day}");
        return Err(refusal(refusal::CONTRACT, text));
    }
    match hours {
        Some(hours) if hours.trading_day(&instrument.sessions, now).is_none() => {
            let text = format!("{code} does not trade at {now}: the market is closed");
            Err(refusal(refusal::CLOSED, text))
        }
        _ => Ok(()),
    }
}

/// Whether the order's prices lie within the day's limits.
pub(crate) fn check_limits(market: &Market, ticket: &Ticket) -> Result<(), Refusal> {
    let Some((low, high)) = market.limits() else { return Ok(()) };
    let is_beyond = |price: &Price| *price < low || *price > high;
    match [ticket.price, ticket.stop_price].into_iter().flatten().find(is_beyond) {
        None => Ok(()),
        Some(price) => {
            let text = format!("{price} is beyond the price limits of today, {low} to {high}");
            Err(refusal(refusal::PRICE_LIMIT, text))
        }
    }
}

/// An order to be weighed against the account: the lots it may still trade, the order it takes the
/// place of, and what that one ties up already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighed<'a> {
    pub(crate) ticket: &'a Ticket,
    pub(crate) left: Quantity,
    pub(crate) replaces: Option<OrderId>,
    pub(crate) tied: Money,
}

/// Whether the account holds what the order closes and can pay for what it opens.
pub(crate) fn check_account(
    (markets, market): (&[Market], &Market),
    account: &Account,
    order: Weighed<'_>,
    currency: &str,
) -> Result<(), Refusal> {
    let Weighed { ticket, left, replaces, tied } = order;
    let item = ticket.item;
    if margin::price_of(market, ticket).is_none() {
        let text = format!("{item} has not traded yet: a {} order has no price", ticket.kind);
        return Err(refusal(refusal::NO_PRICE, text));
    }
    let out = || refusal(refusal::RANGE, "the amounts of this order are beyond what can be booked");
    let opening = margin::opening(market, account, (ticket, left), replaces).ok_or_else(out)?;
    let unclaimed = opening.unclaimed;
    if ticket.open_close == OpenClose::Close && left > unclaimed {
        let against = ticket.side.opposite();
        let held = account.held(&item, against);
        let text = format!(
            "{left} lots to close, but {held} {against} lots of {item} are held and {unclaimed} \
             of them are not claimed by working orders"
        );
        return Err(refusal(refusal::NOT_HELD, text));
    }
    let summary = margin::summary(markets, account).ok_or_else(out)?;
    let (needed, available) =
        (opening.margin, summary.available.checked_add(tied).ok_or_else(out)?);
    // An order that ties up no more than before is never stopped by an account that has lost.
    if needed > tied && needed > available {
        let text = format!("{needed} {currency} of margin is needed, {available} is available");
        return Err(refusal(refusal::MARGIN, text));
    }
    Ok(())
}
