//! What v1 clients are told at once: questions, cancels, and refusals under the codes that they know.

use aftm_domain::order::Status;
use aftm_domain::{AccountId, Code, Instrument, Order, OrderId, Stamp};

use crate::gateway::core::Core;
use crate::gateway::fact::Door;
use crate::gateway::keep::Ledger;
use crate::gateway::rows;
use crate::gateway::venue::{Summary, Venue};
use crate::wire::frame::FRAME_BYTES_MAX;
use crate::wire::request::Request as Ours;
use crate::wire::v1::orders::{self, Failure, Request, code};
use crate::wire::{PositionRow, Refused, Reply};

/// Orders in a reply of `get_orders`, so that it stays below the largest frame.
const ORDERS_PAGE: usize = 64;

/// A refusal of ours under a code that v1 clients know.
pub(super) fn failed(refused: &Refused) -> Vec<u8> {
    const SAME: [&str; 9] = [
        code::INVALID_ORDER,
        code::MISSING_ACCOUNT,
        code::NOT_LOGGED_IN,
        code::DUPLICATE_REQUEST,
        code::TRADING_HALTED,
        code::REDUCE_ONLY,
        code::STALE_SIGNAL,
        code::INTERNAL_ERROR,
        code::TOO_LARGE,
    ];
    let known = SAME.into_iter().find(|it| *it == refused.code);
    let known = known.unwrap_or(code::ORDER_EXECUTION_ERROR);
    orders::failed(&Failure::new(known, refused.text.clone()))
}

pub(super) fn answer<V: Venue, L: Ledger>(
    core: &mut Core<V, L>,
    request: &Request,
    feed_age_ms: Option<u64>,
    now: Stamp,
) -> Vec<u8> {
    let timestamp = now.0 / Stamp::SECOND;
    let is_connected = core.state().is_connected;
    let is_healthy = is_connected && core.state().session.is_some();
    match request {
        Request::HealthCheck => {
            orders::health(&orders::Health { is_healthy, is_connected, timestamp, feed_age_ms })
        }
        Request::GetPositions { account, item } => positions(core, *account, *item),
        Request::CancelOrder { order_serial } => {
            let order = *order_serial;
            match core.serve(&Ours::Cancel { order }, Door::V1, now) {
                Ok(_) => orders::cancel_sent(order),
                Err(refused) => failed(&refused),
            }
        }
        Request::GetOrders { account, order_serial, before } => {
            page(core, *account, *order_serial, *before)
        }
        Request::GetAccount { account } => accounts(core, *account),
        Request::GetInstruments { item } => {
            let listed = core.listing().front_months();
            let is_meant = |it: &&Instrument| item.is_none_or(|item| item == it.code);
            orders::instruments(listed.iter().filter(is_meant))
        }
        Request::Kill { flatten, reason, scope } => {
            let (flatten, reason, scope) = (*flatten, reason.clone(), *scope);
            match core.serve(&Ours::Kill { flatten, reason, scope }, Door::V1, now) {
                Ok(Reply::Killed { cancels, closings, left }) => {
                    orders::halted(cancels, closings, left)
                }
                Ok(_) => failed(&Refused::new(code::INTERNAL_ERROR, "the halt was not told")),
                Err(refused) => failed(&refused),
            }
        }
        Request::Status => {
            let in_doubt_orders = core.state().standing(Status::InDoubt).count();
            orders::status(&orders::Status {
                trading_state: rows::trading(core.state()).state.word(),
                logged_in: core.state().session.is_some(),
                exchange_connected: is_connected,
                working_orders: core.state().open.len(),
                in_doubt_orders,
                feed_age_ms,
                timestamp,
            })
        }
        Request::SendOrder { .. } => {
            orders::failed(&Failure::new(code::INTERNAL_ERROR, "an order came the wrong way"))
        }
    }
}

/// The newest orders that are meant, and where earlier ones are to be had.
fn page<V: Venue, L: Ledger>(
    core: &Core<V, L>,
    account: Option<AccountId>,
    order_serial: Option<OrderId>,
    before: Option<OrderId>,
) -> Vec<u8> {
    let (first, end) = match order_serial {
        Some(one) => (one, OrderId(one.0.saturating_add(1))),
        None => (OrderId(0), before.unwrap_or(OrderId(u64::MAX))),
    };
    let is_meant = |it: &&Order| account.is_none_or(|account| account == it.ticket.account);
    let all = core.state().orders.range(first..end).map(|(_, it)| &it.order);
    let mut newest = all.rev().filter(is_meant);
    let mut page: Vec<&Order> = newest.by_ref().take(ORDERS_PAGE).collect();
    page.reverse();
    let earlier = page.first().map(|it| it.id).filter(|_| newest.next().is_some());
    orders::orders(page, earlier)
}

/// The session's accounts, or what a client is told where there is no such account.
fn check_account<V: Venue, L: Ledger>(
    core: &Core<V, L>,
    account: AccountId,
) -> Result<(), Failure> {
    match &core.state().session {
        None => Err(Failure::new(code::NOT_LOGGED_IN, "nobody is logged in")),
        Some(session) if !session.accounts.contains(&account) => {
            let text = format!("there is no account {account}");
            Err(Failure::new(code::POSITION_QUERY_ERROR, text))
        }
        Some(_) => Ok(()),
    }
}

fn positions<V: Venue, L: Ledger>(
    core: &Core<V, L>,
    account: AccountId,
    item: Option<Code>,
) -> Vec<u8> {
    if let Err(failure) = check_account(core, account) {
        return orders::failed(&failure);
    }
    let is_meant = |row: &PositionRow| {
        let is_held = !row.long.is_zero() || !row.short.is_zero();
        row.account == account && item.is_none_or(|item| item == row.item) && is_held
    };
    let rows: Vec<orders::PositionRow> = core
        .positions()
        .filter(is_meant)
        .map(|row| orders::PositionRow {
            account: row.account,
            item_code: row.item,
            quantity: row.net,
            average_price: if row.net.is_positive() { row.long_average } else { row.short_average }
                .filter(|_| !row.net.is_zero()),
            unrealized_pnl: row.open_profit,
        })
        .collect();
    let reply = orders::positions(&rows);
    if reply.len() <= FRAME_BYTES_MAX {
        return reply;
    }
    let text = format!("{} positions are too many for one reply; name an item_code", rows.len());
    orders::failed(&Failure::new(code::POSITION_QUERY_ERROR, text))
}

fn accounts<V: Venue, L: Ledger>(core: &Core<V, L>, account: Option<AccountId>) -> Vec<u8> {
    let Some(session) = &core.state().session else {
        return orders::failed(&Failure::new(code::NOT_LOGGED_IN, "nobody is logged in"));
    };
    let wanted = session.accounts.iter().filter(|it| account.is_none_or(|one| one == **it));
    let rows: Vec<orders::AccountRow> =
        wanted.filter_map(|it| core.venue().summary(*it)).map(row).collect();
    if rows.is_empty() {
        return orders::failed(&Failure::new(code::MISSING_ACCOUNT, "there is no such account"));
    }
    orders::accounts(&rows)
}

fn row(summary: Summary) -> orders::AccountRow {
    let Summary { account, balance, equity, margin, available, .. } = summary;
    let Summary { realized, open_profit, fees, tax, .. } = summary;
    orders::AccountRow {
        account,
        balance,
        equity,
        margin,
        available,
        realized_pnl: realized,
        unrealized_pnl: open_profit,
        fees,
        tax,
    }
}
