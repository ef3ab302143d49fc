//! A session of a host that counts fills: what says only that an order traded may be left out there,
//! and nothing else.

use aftm_exchange_abi::{
    CAP_IOC, QUERY_ORDERS, Query, SIDE_BUY, SIDE_SELL, STATE_FILLED, TIF_IOC, Versioned,
};

use super::desk::Desk;
use super::frame::{Fault, Frame, Seen, failed, hold, skipped};
use super::{Plan, broken, errands, orders};
use crate::load::Plugin;
use crate::news::What;
use crate::session::Opening;

/// Trades in such a session, with orders numbered from there.
pub(super) fn fills(frame: &mut Frame<'_>, plugin: &Plugin, plan: &Plan, orders_from: u64) {
    frame.step("a session that counts fills", || {
        if plan.credentials.is_empty() || !plan.may_trade {
            return Err(skipped("the check may not trade"));
        }
        if plugin.is_dead() {
            return Err(skipped("a session could not be closed"));
        }
        let opening = Opening { counts_fills: true, ..plan.opening() };
        let session = plugin.open(&opening).map_err(failed)?;
        let mut desk = Desk::new(session, plan, orders_from);
        let said = trade(&mut desk);
        let closed = desk.session.close(plan.answer_wait).map_err(failed);
        let said = said?;
        closed.map(|_| said)
    });
}

fn trade(desk: &mut Desk<'_>) -> Seen {
    errands::right(desk)?;
    errands::instruments(desk)?;
    tried(orders::feed(desk))?;
    for side in [SIDE_BUY, SIDE_SELL] {
        let order = orders::market_order(desk, side)?;
        let (id, lots) = (order.client_order_id, order.qty_e9);
        let req = desk.session.send(&order);
        orders::answered(desk, req, id)?;
        desk.filled_until(id, lots)?;
        is_filled(desk, id, lots)?;
    }
    // What ends without a trade is told here as well as in any other session.
    orders::rest_and_cancel(desk)?;
    tried(orders::at_once(desk, CAP_IOC, TIF_IOC))?;
    desk.settle();
    broken::unbroken(desk)?;
    broken::adds_up(&desk.watch)?;
    Ok("fills come to what was ordered, and everything else is told".to_owned())
}

/// What the plug-in does not offer is not asked of it.
fn tried(seen: Seen) -> Seen<()> {
    match seen {
        Ok(_) | Err(Fault::Skipped(_)) => Ok(()),
        Err(failed) => Err(failed),
    }
}

/// The list says how an order stands, whatever was told of it.
fn is_filled(desk: &mut Desk<'_>, id: u64, lots: i64) -> Seen<()> {
    let query = Query { what: QUERY_ORDERS, client_order_id: id, ..Query::blank() };
    let rows = errands::rows(desk, &query)?;
    let [row] = rows.as_slice() else {
        return Err(failed(format!("the list of order {id} has {} rows", rows.len())));
    };
    let What::Order(row) = &row.what else {
        return Err(failed(format!("the list of order {id} has no order")));
    };
    let (state, filled) = (row.state, row.filled_e9);
    hold(state == STATE_FILLED && filled == lots, || {
        format!(
            "order {id} is listed in state {state} with {filled} filled, and its fills are {lots}"
        )
    })
}
