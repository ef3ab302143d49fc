//! Prices at which something will happen or has happened: position, exits, orders, triggers.

use crate::look::Look;
use crate::panes::ladder;
use crate::panes::market::lots;
use crate::theme::{Glyph, Role};
use crate::view::{
    ConditionState, Nano, Order, Position, Quote, Side, View, money, nano, points, signed,
};

/// A price with what it means.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Level {
    pub(super) price: Nano,
    pub(super) text: String,
    pub(super) role: Role,
    /// The line through the chart.
    pub(super) line: &'static str,
}

/// The levels of an item, the most important first.
pub(super) fn levels(look: &Look, view: &View, quote: &Quote) -> Vec<Level> {
    let mut found = Vec::new();
    if let Some(position) = view.position(&quote.code) {
        found.extend(average(look, quote, position));
    }
    let here = || view.conditions.iter().filter(|it| it.item == quote.code);
    let level = |price: Nano, key: &str, name: &str, role| {
        let values = [("condition", name), ("price", &nano(price, quote.decimals))];
        Level { price, text: look.fill(key, &values), role, line: "╌" }
    };
    for condition in here() {
        let [profit, loss] = condition.exits;
        let name = condition.id.as_str();
        found.extend(loss.map(|it| level(it, "chart.stop_loss", name, Role::OrderStop)));
        found.extend(profit.map(|it| level(it, "chart.take_profit", name, Role::PnlProfit)));
    }
    found.extend(ladder::own(view, &quote.code).filter_map(|it| order(look, quote, it)));
    for condition in here() {
        if matches!(condition.state, ConditionState::Waiting | ConditionState::Armed) {
            let (key, role) = if condition.is_paused {
                ("chart.trigger_paused", Role::TextDisabled)
            } else {
                ("chart.trigger", Role::OrderWorking)
            };
            found.push(level(condition.trigger_now, key, &condition.id, role));
        }
    }
    found
}

fn average(look: &Look, quote: &Quote, position: &Position) -> Vec<Level> {
    let role = match position.open_profit.unwrap_or(0) {
        1.. => Role::PnlProfit,
        0 => Role::PnlZero,
        _ => Role::PnlLoss,
    };
    let gained = position.open_points.zip(position.open_profit).map(|(gained, profit)| {
        let profit = signed(money(profit), profit > 0);
        format!(" ({} = {profit})", points(gained, quote.decimals))
    });
    let legs = [
        (position.long, position.long_average, Side::Buy),
        (position.short, position.short_average, Side::Sell),
    ];
    let legs = legs.into_iter().filter(|it| it.0 > 0).filter_map(|it| Some((it.0, it.1?, it.2)));
    let level = |(quantity, price, side)| {
        let held = format!("{}{}", if side == Side::Buy { "+" } else { "-" }, lots(quantity));
        let values = [("lots", held.as_str()), ("price", &nano(price, quote.decimals))];
        let text = look.fill("chart.average", &values) + gained.as_deref().unwrap_or_default();
        Level { price, text, role, line: "─" }
    };
    legs.map(level).collect()
}

fn order(look: &Look, quote: &Quote, order: &Order) -> Option<Level> {
    let price = ladder::level(order)?;
    let left = lots(order.quantity.saturating_sub(order.filled).max(0));
    let (key, sign, role) = match order.side {
        Side::Buy => ("ladder.buy_letter", Glyph::Up, Role::OrderBuy),
        Side::Sell => ("ladder.sell_letter", Glyph::Down, Role::OrderSell),
    };
    let is_stop = order.stop.is_some();
    let sign = if is_stop { look.glyph(sign) } else { "" };
    let role = if is_stop { Role::OrderStop } else { role };
    let text = format!("{sign}{}{left} {}", look.text(key), nano(price, quote.decimals));
    Some(Level { price, text, role, line: "╌" })
}
