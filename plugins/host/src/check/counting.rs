//! A session of a host that counts fills: what says only that an order traded may be left out there,
//! and a fill may answer its order; nothing else.

use std::time::Duration;

use aftm_exchange_abi::{
    CAP_IOC, QUERY_ORDERS, Query, SIDE_BUY, SIDE_SELL, STATE_CANCELED, STATE_EXPIRED, STATE_FILLED,
    STATE_PENDING, STATE_REJECTED, STATE_WORKING, TIF_IOC, Versioned, name, text,
};

use super::desk::Desk;
use super::frame::{Fault, Frame, Seen, failed, hold, skipped};
use super::{Plan, broken, errands, orders};
use crate::load::Plugin;
use crate::news::What;
use crate::session::Opening;

/// Trades in such a session, with orders numbered from there; `None` where nobody could log in.
pub(super) fn fills(frame: &mut Frame<'_>, plugin: &Plugin, plan: &Plan, orders_from: Option<u64>) {
    frame.step("a session that counts fills", || {
        let Some(orders_from) = orders_from else { return Err(skipped("nobody was logged in")) };
        if !plan.may_trade {
            return Err(skipped("the check may not trade"));
        }
        if plugin.is_dead() {
            return Err(skipped("a session could not be closed"));
        }
        let opening = Opening { counts_fills: true, ..plan.opening() };
        let session = plugin.open(&opening).map_err(failed)?;
        let mut desk = Desk::new(session, plan, orders_from);
        let said = trade(&mut desk, orders_from);
        desk.session.close(plan.answer_wait).map_err(failed)?;
        said
    });
}

fn trade(desk: &mut Desk<'_>, orders_from: u64) -> Seen {
    errands::right(desk)?;
    errands::instruments(desk)?;
    clear_up(desk, orders_from)?;
    tried(orders::feed(desk))?;
    let bought = fill(desk, SIDE_BUY)?;
    let sold = fill(desk, SIDE_SELL)?;
    is_filled(desk, &bought)?;
    is_filled(desk, &sold)?;
    // What ends without a trade is told here as well as in any other session.
    orders::rest_and_cancel(desk)?;
    tried(orders::at_once(desk, CAP_IOC, TIF_IOC))?;
    desk.settle();
    broken::unbroken(desk)?;
    broken::adds_up(&desk.watch)?;
    Ok("fills come to what was ordered, and everything else is told".to_owned())
}

/// Cancels what the session before has left at the venue, so that nothing of the check rests there.
fn clear_up(desk: &mut Desk<'_>, orders_from: u64) -> Seen<()> {
    let ours = desk.plan.orders_from..orders_from;
    for row in errands::list(desk, QUERY_ORDERS)? {
        let What::Order(order) = row.what else { continue };
        let is_open = [STATE_PENDING, STATE_WORKING].contains(&order.state);
        if is_open && ours.contains(&order.client_order_id) {
            let asked = desk.session.cancel(&orders::cancel_request(&order));
            // One that is refused has ended meanwhile.
            if asked.is_ok() {
                desk.answered(asked)?;
            }
        }
    }
    Ok(())
}

/// What the plug-in does not offer is not asked of it.
fn tried(seen: Seen) -> Seen<()> {
    match seen {
        Ok(_) | Err(Fault::Skipped(_)) => Ok(()),
        Err(failed) => Err(failed),
    }
}

/// An order that traded, and the name that its answer has, which may have none before it is accepted.
struct Traded {
    id: u64,
    lots_e9: i64,
    broker: [u8; 72],
}

/// Buys or sells one lot, and waits for its fills.
fn fill(desk: &mut Desk<'_>, side: u8) -> Seen<Traded> {
    let order = orders::market_order(desk, side)?;
    let (id, lots_e9) = (order.client_order_id, order.qty_e9);
    let req = desk.session.send(&order);
    let heard = desk.answered(req)?;
    let (got, broker) = if let Some(What::Fill(fill)) = heard.last().map(|it| &it.what) {
        // It says in place of an update that the order was accepted.
        hold(fill.broker_order_id.first() != Some(&0), || {
            format!("a fill answers order {id} without a broker_order_id")
        })?;
        (fill.client_order_id, fill.broker_order_id)
    } else {
        let told = orders::answer_of(&heard, id)?;
        let ends = [STATE_REJECTED, STATE_CANCELED, STATE_EXPIRED];
        hold(!ends.contains(&told.state), || {
            format!("it ends in state {} without a trade: {}", told.state, text(&told.text))
        })?;
        (id, told.broker_order_id)
    };
    hold(got == id, || format!("the answer is a fill of order {got}, not {id}"))?;
    desk.filled_until(id, lots_e9)?;
    Ok(Traded { id, lots_e9, broker })
}

/// The list says how an order stands, whatever was told of it; perhaps a moment after its fills. It
/// has the name that the order was answered under, where that was one.
fn is_filled(desk: &mut Desk<'_>, &Traded { id, lots_e9, broker }: &Traded) -> Seen<()> {
    let query = Query { what: QUERY_ORDERS, client_order_id: id, ..Query::blank() };
    let moment = Duration::from_millis(20);
    let mut tries = desk.plan.answer_wait.as_millis() / moment.as_millis();
    loop {
        let rows = errands::rows(desk, &query)?;
        let [row] = rows.as_slice() else {
            return Err(failed(format!("the list of order {id} has {} rows", rows.len())));
        };
        let What::Order(row) = &row.what else {
            return Err(failed(format!("the list of order {id} has no order")));
        };
        let (state, filled) = (row.state, row.filled_e9);
        if state == STATE_FILLED && filled == lots_e9 {
            let named = |it: &[u8]| name(it).unwrap_or_default().to_owned();
            let (was, is) = (named(&broker), named(&row.broker_order_id));
            return hold(was.is_empty() || was == is, || {
                format!("order {id} was answered as {was:?} and is listed as {is:?}")
            });
        }
        hold(tries > 0, || {
            format!("order {id} is listed in state {state} with {filled} of {lots_e9} filled")
        })?;
        tries -= 1;
        desk.session.wait(moment);
    }
}
