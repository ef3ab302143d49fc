//! Orders: what is asked of them, and what is told of them.

use aftm_domain::order::{Kind, Refusal, Report, Status, Ticket, TimeInForce};
use aftm_domain::{Note, OpenClose, OrderId, Price, Quantity};
use aftm_plugin_host::abi;
use aftm_plugin_host::abi::{
    ABSENT, AmendRequest, CancelRequest, OK, OrderRequest, OrderUpdate, Symbol, Versioned, put_id,
};

use super::items::Items;
use super::refusal::{self, UNSUPPORTED, ours};
use super::{names, words};
use crate::wire::VenueWord;
use crate::wire::venue::{Abilities, Sent, VenueOrder};

/// A new order. Every name of ours fits its field.
pub(super) fn request(id: OrderId, ticket: &Ticket, symbol: &Symbol) -> OrderRequest {
    let mut request = OrderRequest {
        client_order_id: id.0,
        price_e9: names::price_number(ticket.price),
        stop_price_e9: names::price_number(ticket.stop_price),
        qty_e9: ticket.quantity.raw(),
        side: words::side_number(ticket.side),
        order_type: words::kind_number(ticket.kind),
        tif: words::time_in_force_number(ticket.time_in_force),
        open_close: words::open_close_number(ticket.open_close),
        day_trade: u8::from(ticket.day_trade),
        exchange: symbol.exchange,
        symbol: symbol.symbol,
        ..OrderRequest::blank()
    };
    put_id(&mut request.account, ticket.account.as_str());
    put_id(&mut request.note, ticket.note.as_str());
    request
}

/// Our number of an order, by which the venue knows it; 0 for one that was not sent from here.
const fn number(order: &Sent) -> u64 {
    if order.is_external { 0 } else { order.id.0 }
}

/// Its cancel.
pub(super) fn cancel(order: &Sent, symbol: &Symbol) -> CancelRequest {
    let mut request = CancelRequest {
        client_order_id: number(order),
        exchange: symbol.exchange,
        symbol: symbol.symbol,
        ..CancelRequest::blank()
    };
    put_id(&mut request.account, order.account.as_str());
    names::put_venue_order(&mut request.broker_order_id, order.venue_id.as_ref());
    request
}

/// Its change.
pub(super) fn amend(
    order: &Sent,
    symbol: &Symbol,
    quantity: Option<Quantity>,
    price: Option<Price>,
) -> AmendRequest {
    let mut request = AmendRequest {
        client_order_id: number(order),
        qty_e9: quantity.map_or(ABSENT, Quantity::raw),
        price_e9: names::price_number(price),
        exchange: symbol.exchange,
        symbol: symbol.symbol,
        ..AmendRequest::blank()
    };
    put_id(&mut request.account, order.account.as_str());
    names::put_venue_order(&mut request.broker_order_id, order.venue_id.as_ref());
    request
}

/// What a plug-in says it cannot do is not asked of it.
pub(super) fn beyond(can: &Abilities, ticket: &Ticket) -> Option<Refusal> {
    let kind = match ticket.kind {
        Kind::Limit => true,
        Kind::Market => can.market,
        Kind::RangeMarket => can.range_market,
        Kind::Stop | Kind::StopLimit => can.stop,
    };
    let life = match ticket.time_in_force {
        TimeInForce::Rod => true,
        TimeInForce::Ioc => can.ioc,
        TimeInForce::Fok => can.fok,
    };
    let refuse = |what: &str| Some(ours(UNSUPPORTED, format!("this venue does not take {what}")));
    match () {
        () if !kind => refuse(&format!("{} orders", ticket.kind)),
        () if !life => refuse(&format!("{} orders", ticket.time_in_force)),
        () if ticket.open_close == OpenClose::Auto && !can.auto_offset => {
            refuse("orders that do not say whether they open or close; say open or close")
        }
        () if ticket.day_trade && !can.day_trade => refuse("day trade marks"),
        () => None,
    }
}

/// Whose order it is: ours by its number, or somebody else's.
pub(super) fn whose(client_order_id: u64) -> Option<OrderId> {
    (client_order_id != 0).then_some(OrderId(client_order_id))
}

/// Tells what an update of an order says; nothing where its fills say it. What happened is known by
/// the change; an update without one, or of an order that is not ours, is compared as it stands.
///
/// # Errors
///
/// Where it cannot be understood, and then why.
pub(super) fn told(
    update: &OrderUpdate,
    items: &Items,
    words: &mut Vec<VenueWord>,
) -> Result<(), String> {
    let Some(order) = whose(update.client_order_id) else { return tell_row(update, items, words) };
    let report = match update.change {
        abi::CHANGE_ACCEPTED => match names::venue_order(&update.broker_order_id)? {
            Some(venue_id) => Report::Accepted { venue_id },
            // Without a name nothing is accepted; how it stands is told all the same.
            None => return tell_row(update, items, words),
        },
        abi::CHANGE_REJECTED => Report::Rejected(refusal(update)),
        abi::CHANGE_TRIGGERED => Report::Triggered,
        // Fills are counted by their own events, and by nothing else.
        abi::CHANGE_FILLED => return Ok(()),
        abi::CHANGE_CANCELED => Report::Canceled,
        abi::CHANGE_EXPIRED => Report::Expired,
        abi::CHANGE_REPLACED => {
            let quantity = total(update)?;
            Report::Replaced { quantity, price: names::price(update.price_e9) }
        }
        abi::CHANGE_CANCEL_REJECTED => Report::CancelRejected(refusal(update)),
        abi::CHANGE_REPLACE_REJECTED => Report::ReplaceRejected(refusal(update)),
        abi::CHANGE_NO_REPLY => Report::NoReply,
        _ => return tell_row(update, items, words),
    };
    words.push(VenueWord::Report { order, report });
    Ok(())
}

#[cold]
fn tell_row(update: &OrderUpdate, items: &Items, words: &mut Vec<VenueWord>) -> Result<(), String> {
    words.push(VenueWord::Order { row: Box::new(row(update, items)?) });
    Ok(())
}

/// How an order stands.
///
/// # Errors
///
/// Where its state, its quantity or its name cannot be understood.
pub(super) fn row(update: &OrderUpdate, items: &Items) -> Result<VenueOrder, String> {
    let status = words::status(update.state);
    let status = status.ok_or_else(|| format!("its state {} is not known", update.state))?;
    let refused = update.code != OK || status == Status::Rejected;
    Ok(VenueOrder {
        order: whose(update.client_order_id),
        venue_id: names::venue_order(&update.broker_order_id)?,
        status,
        ticket: ticket(update, items),
        quantity: total(update)?,
        price: names::price(update.price_e9),
        filled: Quantity::from_raw(update.filled_e9),
        is_triggered: update.triggered == 1,
        refusal: refused.then(|| refusal(update)),
    })
}

fn total(update: &OrderUpdate) -> Result<Quantity, String> {
    names::lots(update.qty_e9).ok_or_else(|| match update.qty_e9 {
        ABSENT => "it has no quantity".to_owned(),
        raw => format!("its quantity {} is not above 0", Quantity::from_raw(raw)),
    })
}

/// What an order is, where the update says all of it. A word that is missing is not made up.
fn ticket(update: &OrderUpdate, items: &Items) -> Option<Ticket> {
    let kind = words::kind(update.order_type)?;
    let price = names::price(update.price_e9).filter(|_| kind.has_price());
    let stop_price = names::price(update.stop_price_e9).filter(|_| kind.has_stop());
    let is_whole = price.is_some() == kind.has_price() && stop_price.is_some() == kind.has_stop();
    let ticket = Ticket {
        account: names::account(&update.account).ok()?,
        item: items.code(&update.exchange, &update.symbol)?,
        side: words::side(update.side)?,
        kind,
        price,
        stop_price,
        quantity: names::lots(update.qty_e9)?,
        time_in_force: words::time_in_force(update.tif)?,
        open_close: words::open_close(update.open_close)?,
        day_trade: update.day_trade == 1,
        note: Note::default(),
    };
    is_whole.then_some(ticket)
}

fn refusal(update: &OrderUpdate) -> Refusal {
    let (vendor_code, text) = (names::text(&update.vendor_code), names::text(&update.text));
    let code = if update.code == OK { abi::E_REJECTED } else { update.code };
    refusal::told(code, vendor_code, text)
}

#[cfg(test)]
#[path = "tests/order.rs"]
mod tests;
