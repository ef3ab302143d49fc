//! Orders: the ones that must work, and the ones that must be refused.

use aftm_exchange_abi::{
    ABSENT, AmendRequest, CAP_AMEND, CAP_CANCEL_ALL, CAP_FEED, CAP_FOK, CAP_IOC, CAP_MARKET,
    CHANGE_ACCEPTED, CHANGE_CANCEL_REJECTED, CHANGE_REPLACED, CancelAllRequest, CancelRequest,
    E_DUPLICATE, E_INSTRUMENT, E_NO_ORDER, E_NOT_CANCELABLE, E_PRICE, E_QUANTITY, OK, OrderRequest,
    OrderUpdate, SIDE_BUY, SIDE_SELL, STATE_CANCELED, STATE_EXPIRED, STATE_FILLED, STATE_REJECTED,
    STATE_WORKING, TIF_FOK, TIF_IOC, TIF_ROD, TYPE_MARKET, Tick, Versioned, code_name, name,
    put_name, text,
};

use super::desk::Desk;
use super::frame::{Frame, Seen, failed, hold, skipped};
use super::{burst, slow, ticket};
use crate::fault::CallError;
use crate::news::{News, What};

pub(super) fn try_all(frame: &mut Frame<'_>, desk: &mut Desk<'_>) {
    if !desk.plan.may_trade {
        return frame.skip("orders", "the check may not trade");
    }
    if let Err(why) = ticket::resting(desk) {
        return frame.step("orders", || Err(why));
    }
    desk.step(frame, "a trade of the market", feed);
    desk.step(frame, "an order rests and is canceled", rest_and_cancel);
    desk.step(frame, "a canceled order is canceled again", cancel_ended);
    desk.step(frame, "an unknown order is canceled", cancel_unknown);
    desk.step(frame, "an order is sent twice", repeat);
    desk.step(frame, "a price off the tick", |desk| {
        let tick = desk.instrument.map_or(0, |it| ticket::step(&it, 0));
        hold(tick > 1, || format!("the tick is {tick}"))?;
        refused(desk, E_PRICE, |order| order.price_e9 += 1)
    });
    desk.step(frame, "a quantity of nothing", |desk| refused(desk, E_QUANTITY, |it| it.qty_e9 = 0));
    desk.step(frame, "an unknown instrument", |desk| {
        refused(desk, E_INSTRUMENT, |it| {
            it.symbol = [0; 64];
            // A short name always fits.
            let _ = put_name(&mut it.symbol, "aftm-nothing");
        })
    });
    desk.step(frame, "an unknown side", |desk| refused(desk, OK, |it| it.side = 99));
    desk.step(frame, "an unknown order type", |desk| refused(desk, OK, |it| it.order_type = 99));
    desk.step(frame, "an unknown time in force", |desk| refused(desk, OK, |it| it.tif = 99));
    desk.step(frame, "a market order", market);
    desk.step(frame, "immediate or cancel", |desk| at_once(desk, CAP_IOC, TIF_IOC));
    desk.step(frame, "fill or kill", |desk| at_once(desk, CAP_FOK, TIF_FOK));
    desk.step(frame, "an order is changed", amend);
    desk.step(frame, "all orders are canceled", cancel_all);
    desk.step(frame, "an order of another size", burst::sizes);
    desk.step(frame, "a host that is slow", slow::host);
    desk.step(frame, "a burst from four threads", burst::four_threads);
}

/// The order in an answer.
fn answer(heard: &[News]) -> Seen<OrderUpdate> {
    match heard.last().map(|it| &it.what) {
        Some(What::Order(order)) => Ok(**order),
        Some(What::Answer(Err(why))) => Err(failed(why)),
        _ => Err(failed("the answer is no ORDER event")),
    }
}

/// The same, which must be this one.
pub(super) fn answer_of(heard: &[News], id: u64) -> Seen<OrderUpdate> {
    let told = answer(heard)?;
    let got = told.client_order_id;
    hold(got == id, || format!("the answer is of order {got}, not {id}"))?;
    Ok(told)
}

/// The order in the answer to a request, which must be this one.
pub(super) fn answered(
    desk: &mut Desk<'_>,
    req: Result<u64, CallError>,
    id: u64,
) -> Seen<OrderUpdate> {
    answer_of(&desk.answered(req)?, id)
}

/// Sends an order that rests; what the venue said.
pub(super) fn rest(desk: &mut Desk<'_>) -> Seen<OrderUpdate> {
    let order = ticket::resting(desk)?;
    let id = order.client_order_id;
    let req = desk.session.send(&order);
    let told = answered(desk, req, id)?;
    let (change, state) = (told.change, told.state);
    hold(change == CHANGE_ACCEPTED && state == STATE_WORKING, || {
        let why = text(&told.text);
        format!("order {id} has change {change}, state {state} in place of accepted: {why}")
    })?;
    let broker = name(&told.broker_order_id).unwrap_or_default();
    hold(!broker.is_empty(), || format!("order {id} is accepted without a broker_order_id"))?;
    Ok(told)
}

pub(super) fn cancel_request(order: &OrderUpdate) -> CancelRequest {
    CancelRequest {
        client_order_id: order.client_order_id,
        broker_order_id: order.broker_order_id,
        account: order.account,
        exchange: order.exchange,
        symbol: order.symbol,
        ..CancelRequest::blank()
    }
}

fn cancel(desk: &mut Desk<'_>, order: &OrderUpdate) -> Seen<OrderUpdate> {
    let req = desk.session.cancel(&cancel_request(order));
    let told = answered(desk, req, order.client_order_id)?;
    let state = told.state;
    hold(state == STATE_CANCELED, || format!("the canceled order is in state {state}"))?;
    Ok(told)
}

pub(super) fn rest_and_cancel(desk: &mut Desk<'_>) -> Seen {
    let order = rest(desk)?;
    cancel(desk, &order)?;
    let broker = name(&order.broker_order_id).unwrap_or_default();
    Ok(format!("accepted as {broker}, then canceled"))
}

/// A cancel that cannot be done: refused at once, or by the venue.
fn not_canceled(desk: &mut Desk<'_>, order: &OrderUpdate) -> Seen {
    let (code, why) = match desk.session.cancel(&cancel_request(order)) {
        Err(CallError::Refused(it)) => (it.code, it.to_string()),
        other => {
            let told = answer(&desk.answered(other)?)?;
            let change = told.change;
            hold(change == CHANGE_CANCEL_REJECTED, || format!("the change is {change}"))?;
            (told.code, text(&told.text).into_owned())
        }
    };
    let is_right = [E_NO_ORDER, E_NOT_CANCELABLE].contains(&code);
    hold(is_right, || format!("it is refused with {}: {why}", code_name(code)))?;
    Ok(why)
}

fn cancel_ended(desk: &mut Desk<'_>) -> Seen {
    let order = rest(desk)?;
    cancel(desk, &order)?;
    not_canceled(desk, &order)
}

fn cancel_unknown(desk: &mut Desk<'_>) -> Seen {
    let order = ticket::resting(desk)?;
    let (account, exchange, symbol) = (order.account, order.exchange, order.symbol);
    let client_order_id = order.client_order_id;
    let names = OrderUpdate { account, exchange, symbol, ..OrderUpdate::blank() };
    not_canceled(desk, &OrderUpdate { client_order_id, ..names })
}

fn repeat(desk: &mut Desk<'_>) -> Seen {
    let first = rest(desk)?;
    let client_order_id = first.client_order_id;
    let again = OrderRequest { client_order_id, ..ticket::resting(desk)? };
    let said = match desk.session.send(&again) {
        Err(CallError::Refused(it)) if it.code == E_DUPLICATE => it.to_string(),
        Err(other) => return Err(failed(format!("it is not E_DUPLICATE: {other}"))),
        Ok(_) => return Err(failed("the same client_order_id is sent a second time")),
    };
    cancel(desk, &first)?;
    Ok(said)
}

/// Sends an order that must be refused, at once or by the venue, with a code (or any where it is OK)
/// and a sentence.
fn refused(desk: &mut Desk<'_>, code: i32, spoil: impl FnOnce(&mut OrderRequest)) -> Seen {
    let mut order = ticket::resting(desk)?;
    spoil(&mut order);
    let (got, why) = match desk.session.send(&order) {
        Err(CallError::Refused(it)) => (it.code, it.text),
        other => {
            let told = answer(&desk.answered(other)?)?;
            let state = told.state;
            hold(state == STATE_REJECTED, || format!("it is taken: state {state}"))?;
            (told.code, text(&told.text).into_owned())
        }
    };
    hold(got != OK, || "it is refused without a code".to_owned())?;
    hold(!why.is_empty(), || format!("it is refused with {} and no text", code_name(got)))?;
    let (is_right, wanted) = (code == OK || got == code, code_name(code));
    hold(is_right, || format!("it is refused with {}, not {wanted}: {why}", code_name(got)))?;
    Ok(why)
}

/// A trade that the host feeds, so that a venue that trades against the feed has a price.
pub(super) fn feed(desk: &mut Desk<'_>) -> Seen {
    let Some(it) = desk.instrument.filter(|_| desk.session.plugin().can(CAP_FEED)) else {
        return Err(skipped("it trades against no feed"));
    };
    let (exch_ts_ns, utc_offset_s) = desk.plan.now.unwrap_or((ABSENT, 0));
    let price_e9 = ticket::middle(&it)?;
    let (exchange, symbol, qty_e9) = (it.exchange, it.symbol, it.lot_step_e9);
    let when = Tick { exch_ts_ns, utc_offset_s, sequence: 1, ..Tick::blank() };
    let tick = Tick { price_e9, qty_e9, exchange, symbol, ..when };
    desk.session.feed(&tick, None).map_err(failed)?;
    Ok("a trade was shown to it".to_owned())
}

/// An order that trades one lot at once.
pub(super) fn market_order(desk: &mut Desk<'_>, side: u8) -> Seen<OrderRequest> {
    if !desk.session.plugin().can(CAP_MARKET) {
        return Err(skipped("it offers no market orders"));
    }
    // Many venues let no market order rest.
    let tif = if desk.session.plugin().can(CAP_IOC) { TIF_IOC } else { TIF_ROD };
    let (order_type, price_e9) = (TYPE_MARKET, ABSENT);
    Ok(OrderRequest { side, order_type, tif, price_e9, ..ticket::resting(desk)? })
}

/// Buys and sells one lot, so that nothing is held afterwards. A fill may come before the update that
/// counts it, even before the acceptance, or after it.
fn market(desk: &mut Desk<'_>) -> Seen {
    let mut said = Vec::new();
    for side in [SIDE_BUY, SIDE_SELL] {
        let order = market_order(desk, side)?;
        let id = order.client_order_id;
        let req = desk.session.send(&order);
        let told = answered(desk, req, id)?;
        let ends = [STATE_FILLED, STATE_EXPIRED, STATE_CANCELED, STATE_REJECTED];
        let ended = |it: &OrderUpdate| ends.contains(&it.state);
        let told = if ended(&told) { told } else { desk.order_until(id, "its end", ended)? };
        let (state, filled) = (told.state, told.filled_e9);
        desk.filled_until(id, filled.min(told.qty_e9))?;
        hold(state == STATE_FILLED, || {
            format!("it ends in state {state} with {filled} filled: {}", text(&told.text))
        })?;
        said.push(if side == SIDE_BUY { "bought" } else { "sold" });
    }
    Ok(said.join(" and "))
}

/// An order that must not rest, at a price that does not trade.
pub(super) fn at_once(desk: &mut Desk<'_>, cap: u64, tif: u8) -> Seen {
    if !desk.session.plugin().can(cap) {
        return Err(skipped("it does not offer it"));
    }
    let order = OrderRequest { tif, ..ticket::resting(desk)? };
    let id = order.client_order_id;
    let req = desk.session.send(&order);
    let told = answer(&desk.answered(req)?)?;
    let ended = |it: &OrderUpdate| [STATE_EXPIRED, STATE_CANCELED].contains(&it.state);
    let told = if ended(&told) { told } else { desk.order_until(id, "its end", ended)? };
    hold(told.filled_e9 == 0, || format!("it traded {} far from the market", told.filled_e9))?;
    Ok("it ends at once and does not rest".to_owned())
}

fn amend(desk: &mut Desk<'_>) -> Seen {
    if !desk.session.plugin().can(CAP_AMEND) {
        return Err(skipped("it does not offer it"));
    }
    let order = rest(desk)?;
    let step = desk.instrument.map_or(0, |it| it.lot_step_e9);
    let qty_e9 = order.qty_e9 + step;
    let amend = AmendRequest {
        client_order_id: order.client_order_id,
        broker_order_id: order.broker_order_id,
        account: order.account,
        exchange: order.exchange,
        symbol: order.symbol,
        qty_e9,
        ..AmendRequest::blank()
    };
    let req = desk.session.amend(&amend);
    let told = answer(&desk.answered(req)?)?;
    let (change, now) = (told.change, told.qty_e9);
    hold(change == CHANGE_REPLACED, || format!("the change is {change}: {}", text(&told.text)))?;
    hold(now == qty_e9, || format!("qty_e9 is {now}, not {qty_e9}"))?;
    let same = told.price_e9 == order.price_e9;
    hold(same, || format!("price_e9 became {} unasked", told.price_e9))?;
    cancel(desk, &told)?;
    Ok("one lot more, at the same price".to_owned())
}

fn cancel_all(desk: &mut Desk<'_>) -> Seen {
    if !desk.session.plugin().can(CAP_CANCEL_ALL) {
        return Err(skipped("it does not offer it"));
    }
    let ids = [rest(desk)?.client_order_id, rest(desk)?.client_order_id];
    let req = desk.session.cancel_all(&CancelAllRequest::blank());
    let heard = desk.answered(req)?;
    let last = heard.last().map(|it| &it.what);
    let is_done = matches!(last, Some(What::Answer(Ok(()))));
    hold(is_done, || format!("the answer is not one of success: {last:?}"))?;
    desk.watch.later.extend(heard);
    for id in ids {
        desk.order_until(id, "the cancel", |it| it.state == STATE_CANCELED)?;
    }
    Ok("both working orders are canceled".to_owned())
}
