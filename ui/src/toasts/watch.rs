//! What is new in the view, told once.

use std::collections::BTreeSet;

use crate::action::Action;
use crate::look::Look;
use crate::screen::Screen;
use crate::view::{Alert, Fill, Order, OrderState, Side, View, nano};
use crate::widgets::text::exact;

use super::Kind;

/// More than so many at once are told as a number.
const SINGLE_MAX: usize = 3;

/// What of the view was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Whether a view was seen at all: what is in the first is history.
    is_begun: bool,
    alert: u64,
    fills: usize,
    /// Orders and the trouble with them that was told: doubt that ends in a refusal is told again.
    troubled: BTreeSet<String>,
}

/// Tells what is new in the view: alerts, refused orders, fills. Fills and faults ring.
pub fn watch(screen: &mut Screen, view: &View) -> Vec<Action> {
    if !screen.toasts.seen.is_begun {
        if view.is_whole {
            begin(&mut screen.toasts.seen, view);
        }
        return Vec::new();
    }
    let mut rings = Vec::new();
    alerts(screen, view, &mut rings);
    orders(screen, view, &mut rings);
    fills(screen, view, &mut rings);
    rings.into_iter().map(Action::Notify).collect()
}

fn begin(seen: &mut Seen, view: &View) {
    seen.is_begun = true;
    seen.alert = view.alerts.iter().map(|it| it.number).max().unwrap_or(0);
    seen.fills = view.fills_gone + view.fills.len();
    seen.troubled = view.orders.iter().filter(|it| is_trouble(it)).map(trouble_of).collect();
}

fn alerts(screen: &mut Screen, view: &View, rings: &mut Vec<String>) {
    let last = screen.toasts.seen.alert;
    for alert in view.alerts.iter().filter(|it| it.number > last) {
        screen.toasts.seen.alert = screen.toasts.seen.alert.max(alert.number);
        // The order itself tells more, and rings.
        if view.orders.iter().any(|it| is_trouble(it) && is_about(alert, it)) {
            continue;
        }
        screen.toasts.push_news(alert.severity, alert.text.clone());
        if alert.severity >= Kind::Error {
            rings.push(alert.text.clone());
        }
    }
}

fn is_trouble(order: &Order) -> bool {
    matches!(order.state, OrderState::Denied | OrderState::Rejected | OrderState::InDoubt)
}

/// Whether an alert says of an order that it was refused.
fn is_about(alert: &Alert, order: &Order) -> bool {
    let of_code = format!(" ({})", alert.code);
    let reason = order.reason.strip_suffix(&of_code).filter(|it| !it.is_empty());
    reason.is_some_and(|it| alert.text.ends_with(it))
        && alert.text.split([' ', ',']).any(|it| it == order.id)
}

fn trouble_of(order: &Order) -> String {
    format!("{} {:?}", order.id, order.state)
}

fn orders(screen: &mut Screen, view: &View, rings: &mut Vec<String>) {
    for order in view.orders.iter().filter(|it| is_trouble(it)) {
        if screen.toasts.seen.troubled.insert(trouble_of(order)) {
            let text = trouble(&screen.look, view, order);
            screen.toasts.forget_answer(&order.reason);
            screen.toasts.push_news(Kind::Error, text.clone());
            rings.push(text);
        }
    }
}

fn trouble(look: &Look, view: &View, order: &Order) -> String {
    let key = match order.state {
        OrderState::InDoubt => "toast.in_doubt",
        _ => "toast.rejected",
    };
    let what = deal(look, view, (order.side, order.quantity, &order.item, order.price));
    look.fill(key, &[("order", &order.id), ("what", &what), ("reason", &order.reason)])
}

fn fills(screen: &mut Screen, view: &View, rings: &mut Vec<String>) {
    let count = view.fills_gone + view.fills.len();
    let seen = std::mem::replace(&mut screen.toasts.seen.fills, count);
    let new = view.fills.get(seen.saturating_sub(view.fills_gone)..).unwrap_or_default();
    if new.len() > SINGLE_MAX && !screen.is_plain {
        let count = new.len().to_string();
        let text = screen.look.fill("toast.fills", &[("count", &count)]);
        screen.toasts.push_news(Kind::Ok, text.clone());
        rings.push(text);
        return;
    }
    for fill in new {
        let text = filled(&screen.look, view, fill);
        screen.toasts.push_news(Kind::Ok, text.clone());
        rings.push(text);
    }
}

fn filled(look: &Look, view: &View, fill: &Fill) -> String {
    let what = deal(look, view, (fill.side, fill.quantity, &fill.item, Some(fill.price)));
    look.fill("toast.filled", &[("order", &fill.order), ("what", &what)])
}

/// Like `buy 1 TXFH1 at 17,300`.
fn deal(
    look: &Look,
    view: &View,
    (side, lots, item, price): (Side, i64, &str, Option<i64>),
) -> String {
    let side = look.text(if side == Side::Buy { "toast.buy" } else { "toast.sell" });
    let decimals = view.quote(item).map_or(0, |it| it.decimals);
    let lots = exact(lots);
    match price {
        Some(price) => {
            let price = nano(price, decimals);
            let values = [("side", &*side), ("lots", &lots), ("item", item), ("price", &price)];
            look.fill("toast.deal", &values)
        }
        None => look.fill("toast.deal_market", &[("side", &side), ("lots", &lots), ("item", item)]),
    }
}
