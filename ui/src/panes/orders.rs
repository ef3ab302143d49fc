//! Orders: those that work, and on demand those that are over.

use std::borrow::Cow;

use super::Told;
use super::cells::{
    average, decimals, kind, lots, nothing, price, side, source, venue_time, venue_time_width,
};
use crate::keys::Act;
use crate::overlays::{detail, form};
use crate::pane::Pane;
use crate::safety;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::toasts::Kind;
use crate::view::{Nano, Order, OrderState, ProtectState, Protects, View};
use crate::widgets::table::{Cell, Column, Context, Key, Sheet};

/// An order, and the decimals of its item's prices.
pub(super) struct Row<'a> {
    order: &'a Order,
    decimals: Option<u8>,
    /// Of a protection: points from the last price to its nearest exit.
    away: Option<Nano>,
}

/// The orders, newest first.
pub(super) fn sheet<'a>(screen: &Screen, view: &'a View) -> Sheet<Row<'a>> {
    let shows_all = screen.table(Pane::Orders).shows_all;
    let orders = view.orders.iter().rev().filter(|it| shows_all || it.is_open());
    let rows = orders.map(|order| Row {
        order,
        decimals: decimals(view, &order.item),
        away: away(view, order),
    });
    let rows: Vec<Row<'a>> = rows.collect();
    let wanted = Wanted {
        time: venue_time_width(view, rows.iter().map(|it| it.order.time)),
        stop: rows.iter().any(|it| it.order.stop.is_some()),
    };
    let empty = if shows_all { "orders.empty" } else { "orders.empty_working" };
    Sheet {
        pane: Pane::Orders,
        columns: columns(&wanted),
        rows,
        id: |row| Cow::Borrowed(&row.order.id),
        role,
        empty: screen.look.text(empty).into_owned(),
    }
}

/// What its own keys do.
pub(super) fn update(screen: &mut Screen, view: &View, act: Act, row: Option<&Row<'_>>) -> Told {
    match (act, row) {
        (Act::OrdersAll, _) => {
            let table = screen.table_mut(Pane::Orders);
            table.shows_all = !table.shows_all;
            Told::Done(Vec::new())
        }
        (Act::OrdersCancelAll, _) => {
            Told::Done(safety::gate(screen, view, "cancel --all".to_owned()))
        }
        (Act::OrderCancel | Act::OrderAmend | Act::OrderProtect, Some(row))
            if !row.order.is_open() =>
        {
            let text = screen.look.fill("orders.over", &[("order", &row.order.id)]);
            screen.toasts.push(Kind::Warn, text);
            Told::Done(Vec::new())
        }
        (Act::OrderCancel, Some(row)) => {
            Told::Done(safety::gate(screen, view, format!("cancel {}", row.order.id)))
        }
        (Act::OrderProtect, Some(row)) => protect(screen, row.order),
        (Act::OrderAmend, Some(row)) if row.order.protects.is_some() => protect(screen, row.order),
        (Act::OrderAmend, Some(row)) => Told::Done(form::amend(screen, view, &row.order.id)),
        (Act::Open, Some(row)) => {
            detail::open(screen, detail::Subject::Order(row.order.id.clone()));
            Told::Done(Vec::new())
        }
        (Act::OrderCancel | Act::OrderAmend | Act::OrderProtect | Act::Open, None) => {
            Told::NeedsRow
        }
        _ => Told::NotMine,
    }
}

/// Asks for the exits of an order, or how those of a protection change.
fn protect(screen: &mut Screen, order: &Order) -> Told {
    if order.protects.as_ref().is_some_and(|it| !it.other.is_empty()) {
        let text = screen.look.fill("orders.no_exits", &[("order", &order.id)]);
        screen.toasts.push(Kind::Warn, text);
        return Told::Done(Vec::new());
    }
    let exits = order.protects.as_ref().map(|it| it.exits.clone()).unwrap_or_default();
    let (what, id, item) = (order.id.clone(), order.id.clone(), order.item.clone());
    Told::Done(form::protect(screen, form::Protected { what, id, item, exits }))
}

/// Points from the last price to the nearest exit of a protection.
fn away(view: &View, order: &Order) -> Option<Nano> {
    order.protects.as_ref()?;
    let last = view.quote(&order.item)?.last?;
    let far = |it: Nano| it.abs_diff(last);
    let nearest = [order.stop, order.price].into_iter().flatten().map(far).min()?;
    Nano::try_from(nearest).ok()
}

/// What is over is dimmed.
fn role(row: &Row<'_>) -> Role {
    if row.order.is_open() { Role::Text } else { Role::TextMuted }
}

/// What the columns depend on.
struct Wanted {
    time: u16,
    stop: bool,
}

fn columns<'a>(wanted: &Wanted) -> Vec<Column<Row<'a>>> {
    let mut columns = whose(wanted);
    columns.extend(prices(wanted));
    columns.extend(standing());
    columns
}

fn whose<'a>(wanted: &Wanted) -> Vec<Column<Row<'a>>> {
    vec![
        Column::text(
            ("table.time", wanted.time, 6),
            |row: &Row<'a>, context| Cell::plain(venue_time(row.order.time, context)),
            |row| Key::number(Some(row.order.time)),
        ),
        Column::text(
            ("orders.id", 5, 9),
            |row: &Row<'a>, _| Cell::plain(row.order.id.clone()),
            number,
        ),
        Column::text(
            ("table.item", 6, 9),
            |row: &Row<'a>, _| Cell::plain(row.order.item.clone()),
            |row| Key::text(&row.order.item),
        ),
        Column::text(
            ("table.side", 4, 9),
            |row: &Row<'a>, context| side(row.order.side, context),
            |row| Key::text(row.order.side.word()),
        ),
        Column::text(
            ("orders.open_close", 5, 3),
            |row: &Row<'a>, context| Cell::plain(open_close(row, context)),
            |row| Key::text(&row.order.open_close),
        ),
        Column::text(
            ("orders.kind", 4, 6),
            |row: &Row<'a>, context| Cell::plain(kind_of(row.order, context)),
            |row| Key::Number(row.order.kind as i128),
        ),
    ]
}

fn prices<'a>(wanted: &Wanted) -> Vec<Column<Row<'a>>> {
    let stop = Column::number(
        ("orders.stop", 6, 7),
        |row: &Row<'a>, context| Cell::plain(price(row.order.stop, row.decimals, context)),
        |row| Key::number(row.order.stop),
    );
    let mut columns = vec![Column::number(
        ("table.price", 6, 8),
        |row: &Row<'a>, context| Cell::plain(price(row.order.price, row.decimals, context)),
        |row| Key::number(row.order.price),
    )];
    columns.extend(wanted.stop.then_some(stop));
    columns.extend([
        Column::number(
            ("table.quantity", 3, 8),
            |row: &Row<'a>, context| Cell::plain(lots(row.order.quantity, context)),
            |row| Key::number(Some(row.order.quantity)),
        ),
        Column::number(
            ("orders.filled", 4, 7),
            |row: &Row<'a>, context| Cell::plain(lots(row.order.filled, context)),
            |row| Key::number(Some(row.order.filled)),
        ),
        Column::number(
            ("orders.average", 7, 2),
            |row: &Row<'a>, context| Cell::plain(average(row.order.average, row.decimals, context)),
            |row| Key::number(row.order.average),
        ),
    ]);
    columns
}

fn standing<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        Column::text(
            ("orders.time_in_force", 4, 2),
            |row: &Row<'a>, _| Cell::plain(row.order.time_in_force.to_uppercase()),
            |row| Key::text(&row.order.time_in_force),
        ),
        Column::text(
            ("table.account", 6, 1),
            |row: &Row<'a>, _| Cell::plain(row.order.account.clone()),
            |row| Key::text(&row.order.account),
        ),
        Column::text(
            ("table.source", 6, 5),
            |row: &Row<'a>, context| Cell::plain(attached(row.order, context)),
            |row| Key::text(&row.order.source),
        ),
        Column::text(("orders.state", 22, 9), state, |row| Key::Number(row.order.state as i128))
            .elastic(),
    ]
}

/// Orders count up: `A9` comes before `A10`.
fn number(row: &Row<'_>) -> Key {
    let digits: String = row.order.id.chars().filter(char::is_ascii_digit).collect();
    digits.parse::<u64>().map_or_else(|_| Key::text(&row.order.id), |it| Key::Number(it.into()))
}

fn open_close(row: &Row<'_>, context: &Context<'_>) -> String {
    match row.order.open_close.as_str() {
        "auto" => context.text("table.auto"),
        "open" => context.text("table.open"),
        "close" => context.text("table.close"),
        "" => nothing(context),
        other => other.to_owned(),
    }
}

/// Its state in words, with the reason where something was refused.
fn state(row: &Row<'_>, context: &Context<'_>) -> Cell {
    if let Some(protects) = &row.order.protects {
        return protect_state(row, protects, context);
    }
    let (key, role) = state_words(row.order.state);
    let mut text = context.text(key);
    if row.order.state == OrderState::InDoubt && !context.is_saved {
        text = format!("{} {text}", context.look.glyph(Glyph::Bad));
    }
    if !row.order.reason.is_empty() {
        text = format!("{text}: {}", row.order.reason);
    }
    Cell::new(text, role)
}

fn kind_of(order: &Order, context: &Context<'_>) -> String {
    match &order.protects {
        Some(it) if !it.other.is_empty() => context.text("orders.kind_oco"),
        Some(_) => context.text("orders.kind_protect"),
        None => kind(order.kind, context),
    }
}

/// What a protection is attached to, or the condition of an order.
fn attached(order: &Order, context: &Context<'_>) -> String {
    match &order.protects {
        Some(it) if it.on.is_empty() => context.text("orders.on_position"),
        Some(it) if it.other.is_empty() => it.on.clone(),
        Some(it) => format!("{} {}", it.on, it.other),
        None => source(&order.source, context),
    }
}

/// Where a protection stands, how far the market is from its nearest exit, and who keeps it.
fn protect_state(row: &Row<'_>, protects: &Protects, context: &Context<'_>) -> Cell {
    let (key, role) = protect_words(protects.state);
    let mut text = context.text(key);
    if !protects.on.is_empty() && protects.other.is_empty() {
        text = format!("{}: {text}", protects.on);
    }
    if let Some(away) = row.away.filter(|_| protects.state == ProtectState::Armed) {
        let points = price(Some(away), row.decimals, context);
        text = format!("{text} {}", context.look.fill("orders.away", &[("points", &points)]));
    }
    if !protects.leg.is_empty() {
        text = format!("{text} {}", context.look.fill("orders.leg", &[("order", &protects.leg)]));
    }
    if !row.order.reason.is_empty() {
        text = format!("{text}: {}", row.order.reason);
    }
    Cell::new(text, role)
}

/// The words of a protection's state, and its meaning.
pub const fn protect_words(state: ProtectState) -> (&'static str, Role) {
    match state {
        ProtectState::Waiting => ("orders.protect_waiting", Role::OrderWorking),
        ProtectState::Armed => ("orders.protect_armed", Role::OrderStop),
        ProtectState::Triggered => ("orders.protect_triggered", Role::StatusWarn),
        ProtectState::Held => ("orders.protect_held", Role::StatusDanger),
        ProtectState::Done => ("orders.protect_done", Role::OrderCancelled),
    }
}

/// The words of a state, and its meaning.
pub const fn state_words(state: OrderState) -> (&'static str, Role) {
    match state {
        OrderState::Received => ("orders.received", Role::OrderWorking),
        OrderState::Denied => ("orders.denied", Role::OrderRejected),
        OrderState::PendingNew => ("orders.pending_new", Role::OrderWorking),
        OrderState::New => ("orders.new", Role::OrderWorking),
        OrderState::Filled => ("orders.filled_state", Role::OrderFilled),
        OrderState::Canceled => ("orders.canceled", Role::OrderCancelled),
        OrderState::Rejected => ("orders.rejected", Role::OrderRejected),
        OrderState::Expired => ("orders.expired", Role::OrderCancelled),
        OrderState::PendingCancel => ("orders.pending_cancel", Role::OrderWorking),
        OrderState::PendingReplace => ("orders.pending_replace", Role::OrderWorking),
        OrderState::InDoubt => ("orders.in_doubt", Role::OrderUnknown),
    }
}
