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
use crate::view::{Order, OrderState, View};
use crate::widgets::table::{Cell, Column, Context, Key, Sheet};

/// An order, and the decimals of its item's prices.
pub(super) struct Row<'a> {
    order: &'a Order,
    decimals: Option<u8>,
}

/// The orders, newest first.
pub(super) fn sheet<'a>(screen: &Screen, view: &'a View) -> Sheet<Row<'a>> {
    let shows_all = screen.table(Pane::Orders).shows_all;
    let orders = view.orders.iter().rev().filter(|it| shows_all || it.is_open());
    let rows: Vec<Row<'a>> =
        orders.map(|order| Row { order, decimals: decimals(view, &order.item) }).collect();
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
        (Act::OrderCancel | Act::OrderAmend, Some(row)) if !row.order.is_open() => {
            let text = screen.look.fill("orders.over", &[("order", &row.order.id)]);
            screen.toasts.push(Kind::Warn, text);
            Told::Done(Vec::new())
        }
        (Act::OrderCancel, Some(row)) => {
            Told::Done(safety::gate(screen, view, format!("cancel {}", row.order.id)))
        }
        (Act::OrderAmend, Some(row)) => Told::Done(form::amend(screen, view, &row.order.id)),
        (Act::Open, Some(row)) => {
            detail::open(screen, detail::Subject::Order(row.order.id.clone()));
            Told::Done(Vec::new())
        }
        (Act::OrderCancel | Act::OrderAmend | Act::Open, None) => Told::NeedsRow,
        _ => Told::NotMine,
    }
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
            |row: &Row<'a>, context| Cell::plain(kind(row.order.kind, context)),
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
            |row: &Row<'a>, context| Cell::plain(source(&row.order.source, context)),
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
