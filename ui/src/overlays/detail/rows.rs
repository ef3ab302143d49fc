//! The fields of what is shown whole.

use crate::look::Look;
use crate::panes::market::venue_clock;
use crate::panes::orders::protect_words;
use crate::safety::gate::net;
use crate::theme::Role;
use crate::view::{
    Condition, ConditionState, Instrument, Nano, Order, OrderKind, OrderState, Position, Protects,
    Side, View, money, nano, points, signed,
};
use crate::widgets::text::{exact, when};

use super::{Row, Subject};

/// What stands for nothing.
const NONE: &str = "-";

/// The rows of a subject; `None` where it is no longer there.
pub(super) fn of(look: &Look, view: &View, subject: &Subject) -> Option<Vec<Row>> {
    let at = At { look, view };
    match subject {
        Subject::Order(id) => view.order(id).map(|it| at.order(it)),
        Subject::Condition(id) => view.condition(id).map(|it| at.condition(it)),
        Subject::Position { account, item } => {
            let mut all = view.positions.iter();
            all.find(|it| it.account == *account && it.item == *item).map(|it| at.position(it))
        }
        Subject::Futures(code) => {
            let found = view.instruments.iter().filter(|it| it.code.starts_with(code.as_str()));
            Some(found.map(|it| at.instrument(it)).collect()).filter(|it: &Vec<Row>| !it.is_empty())
        }
        Subject::Positions(item) => {
            let is_meant = |it: &&Position| item.is_empty() || it.item == *item;
            let rows: Vec<Row> =
                view.positions.iter().filter(is_meant).map(|it| at.held(it)).collect();
            Some(rows).filter(|it| !it.is_empty())
        }
    }
}

pub(super) fn title(look: &Look, subject: &Subject) -> String {
    match subject {
        Subject::Order(id) => look.fill("confirm.order_title", &[("id", id)]),
        Subject::Condition(id) => look.fill("confirm.condition_title", &[("id", id)]),
        Subject::Position { account, item } => {
            look.fill("confirm.position_title", &[("account", account), ("item", item)])
        }
        Subject::Futures(_) => look.text("confirm.futures_title").into_owned(),
        Subject::Positions(_) => look.text("confirm.positions_title").into_owned(),
    }
}

/// Where words and decimals come from.
struct At<'a> {
    look: &'a Look,
    view: &'a View,
}

impl At<'_> {
    fn row(&self, key: &str, value: impl Into<String>) -> Row {
        (self.look.text(key).into_owned(), value.into(), Role::FormValue)
    }

    fn price(&self, item: &str, price: Option<Nano>) -> String {
        let decimals = self.view.quote(item).map_or(0, |it| it.decimals);
        price.map_or_else(|| NONE.to_owned(), |it| nano(it, decimals))
    }

    fn side(&self, side: Side) -> (String, Role) {
        match side {
            Side::Buy => (self.look.text("form.buy").into_owned(), Role::OrderBuy),
            Side::Sell => (self.look.text("form.sell").into_owned(), Role::OrderSell),
        }
    }

    fn side_row(&self, side: Side) -> Row {
        let (text, role) = self.side(side);
        (self.label("form.row_side"), text, role)
    }

    fn order(&self, it: &Order) -> Vec<Row> {
        let (now, offset_s) = venue_clock(self.view);
        let time = when(it.time, now, offset_s);
        let (state, role) = match &it.protects {
            Some(protects) => protect_words(protects.state),
            None => order_state(it.state),
        };
        let mut rows = vec![
            self.row("form.item", it.item.clone()),
            self.side_row(it.side),
            self.row("form.kind", self.look.text(kind(it))),
            self.row("form.price", self.price(&it.item, it.price)),
            self.row("form.stop_price", self.price(&it.item, it.stop)),
            self.row("form.quantity", exact(it.quantity)),
            self.row("form.filled", exact(it.filled)),
            self.row("form.average", self.price(&it.item, it.average)),
            (self.label("form.state"), self.look.text(state).into_owned(), role),
        ];
        if !it.reason.is_empty() {
            rows.push((self.label("form.reason"), it.reason.clone(), Role::OrderRejected));
        }
        if let Some(protects) = &it.protects {
            rows.extend(self.protection(protects));
        }
        let is_on = |by: &&Order| {
            by.protects.as_ref().is_some_and(|on| on.on == it.id || on.other == it.id)
        };
        let by: Vec<&str> =
            self.view.orders.iter().filter(is_on).map(|by| by.id.as_str()).collect();
        if !by.is_empty() {
            rows.push(self.row("form.protected_by", by.join(" ")));
        }
        let source = match it.source.as_str() {
            "" => self.label("form.by_hand"),
            "external" => self.label("table.external"),
            condition => condition.to_owned(),
        };
        rows.extend([
            self.row("form.tif", it.time_in_force.to_uppercase()),
            self.row("form.open_close", it.open_close.clone()),
            self.row("form.account", it.account.clone()),
            self.row("form.source", source),
            self.row("form.time", time),
            self.row("form.venue_id", it.venue_id.clone().unwrap_or_else(|| NONE.to_owned())),
        ]);
        rows
    }

    /// What it is attached to, what closes it, and the order that works for it.
    fn protection(&self, it: &Protects) -> Vec<Row> {
        let on = match (it.on.as_str(), it.other.as_str()) {
            ("", _) => self.label("form.on_position"),
            (on, "") => on.to_owned(),
            (on, other) => format!("{on} {other}"),
        };
        let mut rows = vec![self.row("form.protects", on)];
        let labels = ["form.take_profit", "form.stop_loss", "form.trail", "form.breakeven"];
        let said = labels.into_iter().zip(&it.exits).filter(|(_, points)| !points.is_empty());
        rows.extend(said.map(|(label, points)| self.row(label, points.clone())));
        if !it.leg.is_empty() {
            rows.push(self.row("form.leg", it.leg.clone()));
        }
        rows
    }

    fn label(&self, key: &str) -> String {
        self.look.text(key).into_owned()
    }

    fn condition(&self, it: &Condition) -> Vec<Row> {
        let yes_no = |is: bool| self.label(if is { "form.yes" } else { "form.no" });
        let some = |value: Option<Nano>| value.map_or_else(|| NONE.to_owned(), exact);
        let [take, stop] = it.exits;
        let mut rows = vec![
            self.row("form.item", it.item.clone()),
            self.side_row(it.side),
            self.row("form.trigger", self.price(&it.item, Some(it.trigger))),
            self.row("form.trigger_now", self.price(&it.item, Some(it.trigger_now))),
            self.row("form.turning", exact(it.turning)),
            self.row("form.quantity", exact(it.quantity)),
            self.row("form.take_profit", some(it.take_profit)),
            self.row("form.stop_loss", some(it.stop_loss)),
            self.row("form.row_following", yes_no(it.following)),
            self.row("form.account", it.account.clone().unwrap_or_else(|| NONE.to_owned())),
            self.row("form.state", self.look.text(condition_state(it.state))),
            self.row("form.paused", yes_no(it.is_paused)),
            self.row("form.next", self.price(&it.item, it.next)),
            self.row("form.exit_profit", self.price(&it.item, take)),
            self.row("form.exit_loss", self.price(&it.item, stop)),
            self.row("form.open", exact(it.open)),
        ];
        if !it.remark.is_empty() {
            rows.push((self.label("form.remark"), it.remark.clone(), Role::StatusWarn));
        }
        rows
    }

    fn position(&self, it: &Position) -> Vec<Row> {
        let profit = it.open_profit.unwrap_or(0);
        let role = match profit {
            1.. => Role::PnlProfit,
            0 => Role::PnlZero,
            _ => Role::PnlLoss,
        };
        let open = it.open_profit.map_or_else(|| NONE.into(), |it| signed(money(it), it > 0));
        vec![
            self.row("form.account", it.account.clone()),
            self.row("form.item", it.item.clone()),
            self.row("form.net", net(it)),
            self.row("form.long", exact(it.long)),
            self.row("form.long_average", self.price(&it.item, it.long_average)),
            self.row("form.short", exact(it.short)),
            self.row("form.short_average", self.price(&it.item, it.short_average)),
            self.row("form.last", self.price(&it.item, it.last)),
            self.row(
                "form.open_points",
                it.open_points.map_or_else(|| NONE.into(), |it| points(it, 1)),
            ),
            (self.label("form.open_profit"), open, role),
            self.row("form.realized", signed(money(it.realized), it.realized > 0)),
            self.row("form.costs", money(it.costs)),
        ]
    }

    fn held(&self, it: &Position) -> Row {
        let profit = it.open_profit.map_or_else(|| NONE.into(), |it| signed(money(it), it > 0));
        let average = if it.net() < 0 { it.short_average } else { it.long_average };
        let text =
            format!("{}  @ {}  {profit}  {}", net(it), self.price(&it.item, average), it.account);
        (it.item.clone(), text, Role::FormValue)
    }

    fn instrument(&self, it: &Instrument) -> Row {
        let margin = it.margin.map_or_else(|| NONE.into(), money);
        let values = [
            ("name", it.name.clone()),
            ("month", it.month.clone()),
            ("tick", exact(it.tick)),
            ("margin", margin),
            ("day", it.last_day.clone()),
        ];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        (it.code.clone(), self.look.fill("confirm.instrument", &values), Role::FormValue)
    }
}

fn kind(order: &Order) -> &'static str {
    if let Some(protects) = &order.protects {
        let is_pair = !protects.other.is_empty();
        return if is_pair { "orders.kind_oco" } else { "orders.kind_protect" };
    }
    match order.kind {
        OrderKind::Market => "form.kind_market",
        OrderKind::Range => "form.kind_range",
        OrderKind::Limit => "form.kind_limit",
        OrderKind::Stop => "form.kind_stop",
        OrderKind::StopLimit => "form.kind_stop_limit",
    }
}

const fn order_state(state: OrderState) -> (&'static str, Role) {
    match state {
        OrderState::Received => ("form.order_received", Role::OrderWorking),
        OrderState::Denied => ("form.order_denied", Role::OrderRejected),
        OrderState::PendingNew => ("form.order_pending_new", Role::OrderWorking),
        OrderState::New => ("form.order_new", Role::OrderWorking),
        OrderState::Filled => ("form.order_filled", Role::OrderFilled),
        OrderState::Canceled => ("form.order_canceled", Role::OrderCancelled),
        OrderState::Rejected => ("form.order_rejected", Role::OrderRejected),
        OrderState::Expired => ("form.order_expired", Role::OrderCancelled),
        OrderState::PendingCancel => ("form.order_pending_cancel", Role::OrderWorking),
        OrderState::PendingReplace => ("form.order_pending_replace", Role::OrderWorking),
        OrderState::InDoubt => ("form.order_in_doubt", Role::OrderUnknown),
    }
}

const fn condition_state(state: ConditionState) -> &'static str {
    match state {
        ConditionState::Waiting => "form.condition_waiting",
        ConditionState::Armed => "form.condition_armed",
        ConditionState::Entered => "form.condition_entered",
        ConditionState::Done => "form.condition_done",
        ConditionState::Failed => "form.condition_failed",
    }
}
