//! What both sides say, in the same words: the exchange called directly, and the loaded one.

use aftm_domain::order::{Refusal, Report, Status};
use aftm_domain::{AccountId, ExchangeTime, Fill, Position, Price, Side};
use aftm_plugin_host::abi::{self, *};
use aftm_plugin_host::{CallError, News as Heard, What};
use aftm_sim::{Known, News, Sim};

/// What the exchange told directly.
pub(crate) fn said(news: &News) -> String {
    match news {
        News::Connected => "connected".to_owned(),
        News::Disconnected { reason } => format!("disconnected: {reason}"),
        News::Report { order, report } => format!("{} {}", order.0, said_of(report)),
    }
}

fn said_of(report: &Report) -> String {
    let word = report.word();
    match report {
        Report::Accepted { venue_id } => format!("{word} as {venue_id}"),
        Report::Rejected(it) | Report::CancelRejected(it) | Report::ReplaceRejected(it) => {
            format!("{word} {}: {}", it.code, it.text)
        }
        Report::Filled(fill) => {
            let Fill { trade, price, quantity, fee, tax, time } = fill;
            let fees = (fee.raw(), tax.raw());
            format!("{word} {trade} {} {} {fees:?} {time}", price.raw(), quantity.raw())
        }
        Report::Replaced { quantity, price } => {
            format!("{word} {} {}", quantity.raw(), price.map_or(ABSENT, Price::raw))
        }
        _ => word.to_owned(),
    }
}

/// What the loaded exchange told; nothing for what says nothing that another event does not say.
pub(crate) fn heard(news: &Heard) -> Vec<String> {
    let word = match &news.what {
        What::Order(it) => heard_of(it).map(|word| format!("{} {word}", it.client_order_id)),
        What::Fill(it) => {
            let (order, filled) = (it.client_order_id, heard_fill(it));
            let broker = name(&it.broker_order_id).unwrap();
            let accepted = news.is_last.then(|| format!("{order} accepted as {broker}"));
            return accepted.into_iter().chain([format!("{order} {filled}")]).collect();
        }
        What::Connection(it) if it.state == CONN_UP => Some("connected".to_owned()),
        What::Connection(it) => Some(format!("disconnected: {}", text(&it.text))),
        What::Answer(Ok(())) => None,
        other => panic!("{other:?}"),
    };
    word.into_iter().collect()
}

fn heard_of(order: &OrderUpdate) -> Option<String> {
    let why = || format!("{}: {}", text(&order.vendor_code), text(&order.text));
    Some(match order.change {
        CHANGE_ACCEPTED => format!("accepted as {}", name(&order.broker_order_id).unwrap()),
        CHANGE_REJECTED => format!("rejected {}", why()),
        CHANGE_TRIGGERED => "triggered".to_owned(),
        CHANGE_FILLED => return None,
        CHANGE_CANCELED => "canceled".to_owned(),
        CHANGE_EXPIRED => "expired".to_owned(),
        CHANGE_REPLACED => format!("replaced {} {}", order.qty_e9, order.price_e9),
        CHANGE_CANCEL_REJECTED => format!("cancel_rejected {}", why()),
        CHANGE_REPLACE_REJECTED => format!("replace_rejected {}", why()),
        other => panic!("change {other}"),
    })
}

fn heard_fill(fill: &abi::Fill) -> String {
    let at = aftm_domain::Stamp(fill.ts_ns);
    let time = ExchangeTime { at, offset: fill.utc_offset_s };
    let fees = (i128::from(fill.fee_e9), i128::from(fill.tax_e9));
    let trade = name(&fill.fill_id).unwrap();
    format!("filled {trade} {} {} {fees:?} {time}", fill.price_e9, fill.qty_e9)
}

pub(crate) fn refused(refusal: &Refusal) -> String {
    format!("refused {}: {}", refusal.code, refusal.text)
}

pub(crate) fn refused_call(err: &CallError) -> String {
    match err {
        CallError::Refused(it) => format!("refused {}: {}", it.vendor_code, it.text),
        other => panic!("{other}"),
    }
}

/// How an order stands, in short.
pub(crate) fn known(known: Option<Known>) -> String {
    let Some(Known { status, filled, .. }) = known else { return "unknown".to_owned() };
    let state = match status {
        Status::PendingNew => STATE_PENDING,
        Status::New => STATE_WORKING,
        Status::Filled => STATE_FILLED,
        Status::Canceled => STATE_CANCELED,
        Status::Rejected => STATE_REJECTED,
        Status::Expired => STATE_EXPIRED,
        other => panic!("{other}"),
    };
    format!("state {state} with {} filled", filled.raw())
}

/// An account's money and what it holds.
pub(crate) fn books(sim: &Sim, id: &AccountId) -> Vec<String> {
    let it = sim.summary(id).unwrap();
    let e4 = |money: aftm_domain::Money| money.raw() / 100_000;
    let balance = it.balance.checked_add(it.today.net().unwrap()).unwrap();
    let amounts = [balance, it.equity, it.available, it.margin, it.ordered, it.today.realized];
    let mut said = vec![format!("{id} {:?}", amounts.map(e4))];
    for (item, position) in sim.positions(id) {
        let side = |it: Side| (position.held(it), Position::average(position, it));
        for (held, average) in [side(Side::Buy), side(Side::Sell)] {
            if let Some(average) = average {
                said.push(format!("{id} {item} {} at {}", held.raw(), average.raw()));
            }
        }
    }
    said
}

pub(crate) fn heard_books(account: &Heard, positions: &[Heard]) -> Vec<String> {
    let What::Account(it) = &account.what else { panic!("{account:?}") };
    let id = name(&it.account).unwrap();
    let amounts =
        [it.balance_e4, it.equity_e4, it.available_e4, it.margin_e4, it.frozen_e4, it.realized_e4];
    let mut said = vec![format!("{id} {amounts:?}")];
    for row in positions {
        let What::Position(row) = &row.what else { panic!("{row:?}") };
        let (account, item) = (name(&row.account).unwrap(), name(&row.symbol).unwrap());
        said.push(format!("{account} {item} {} at {}", row.qty_e9, row.avg_price_e9));
    }
    said
}
