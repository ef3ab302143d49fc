//! Positions with their profit.

use std::borrow::Cow;

use super::Told;
use super::cells::{average, decimals, lots, nothing, points_made, price, profit};
use crate::action::Action;
use crate::keys::Act;
use crate::overlays::form::{self, Prefill, Protected};
use crate::pane::Pane;
use crate::safety::{self, Staged};
use crate::screen::Screen;
use crate::theme::Role;
use crate::toasts::Kind;
use crate::view::{Nano, Order, Position, Side, View, money, signed};
use crate::widgets::table::{Cell, Column, Context, Key, Sheet};
use crate::widgets::text::exact;

/// A position, its name, and the decimals of its item's prices.
pub(super) struct Row<'a> {
    position: &'a Position,
    id: String,
    decimals: Option<u8>,
    stop: Option<Nano>,
}

/// The positions, and what was closed today.
pub(super) fn sheet<'a>(screen: &Screen, view: &'a View) -> Sheet<Row<'a>> {
    let row = |position: &'a Position| Row {
        position,
        id: format!("{} {}", position.account, position.item),
        decimals: decimals(view, &position.item),
        stop: nearest_stop(view, position),
    };
    let rows: Vec<Row<'a>> = view.positions.iter().map(row).collect();
    let has_stop = rows.iter().any(|it| it.stop.is_some());
    Sheet {
        pane: Pane::Positions,
        columns: columns(has_stop),
        rows,
        id: |row| Cow::Borrowed(&row.id),
        role: |row| if is_flat(row.position) { Role::TextMuted } else { Role::Text },
        empty: screen.look.text("positions.empty").into_owned(),
    }
}

const fn is_flat(position: &Position) -> bool {
    position.long == 0 && position.short == 0
}

/// What its own keys do.
pub(super) fn update(screen: &mut Screen, view: &View, act: Act, row: Option<&Row<'_>>) -> Told {
    let is_mine =
        matches!(act, Act::Open | Act::PositionClose | Act::PositionReverse | Act::PositionProtect);
    let (true, Some(row)) = (is_mine, row) else {
        return if is_mine { Told::NeedsRow } else { Told::NotMine };
    };
    let position = row.position;
    let is_both = position.long != 0 && position.short != 0;
    let refusal = match act {
        _ if is_flat(position) => Some("positions.flat"),
        Act::PositionClose if !is_both || is_alone(view, position) => None,
        Act::PositionProtect if !is_both => None,
        _ if is_both => Some("positions.both"),
        _ => None,
    };
    if let Some(key) = refusal {
        let values = [("item", position.item.as_str()), ("account", position.account.as_str())];
        let text = screen.look.fill(key, &values);
        screen.toasts.push(Kind::Warn, text);
        return Told::Done(Vec::new());
    }
    Told::Done(match act {
        Act::PositionClose => close(screen, view, row),
        Act::PositionReverse => reverse(screen, view, row),
        Act::PositionProtect => protect(screen, view, position),
        _ => prefill(screen, view, position),
    })
}

/// Whether it is the only one of its item. To flatten an item closes it in every account, and
/// cancels every order of it.
fn is_alone(view: &View, position: &Position) -> bool {
    let held = view.positions.iter().filter(|it| it.item == position.item && !is_flat(it));
    held.count() <= 1
}

/// Who closes it.
const fn closing(position: &Position) -> Side {
    if position.net() > 0 { Side::Sell } else { Side::Buy }
}

/// The order form, filled with what closes the position.
fn prefill(screen: &mut Screen, view: &View, position: &Position) -> Vec<Action> {
    if view.machine.account.as_deref() != Some(position.account.as_str()) {
        let values = [("account", position.account.as_str())];
        let text = screen.look.fill("positions.other_account", &values);
        screen.toasts.push(Kind::Warn, text);
        return Vec::new();
    }
    let prefill = Prefill {
        item: Some(position.item.clone()),
        side: Some(closing(position)),
        quantity: Some(position.net().saturating_abs()),
        ..Prefill::default()
    };
    form::order(screen, view, prefill)
}

/// Closes this row and nothing else.
fn close(screen: &mut Screen, view: &View, row: &Row<'_>) -> Vec<Action> {
    let position = row.position;
    if is_alone(view, position) {
        let line = format!("flatten {}", position.item);
        return stage(screen, view, row, line, "positions.close_all");
    }
    let lots = position.net().saturating_abs();
    let line = format!("{} --open-close close", market(position, lots));
    stage(screen, view, row, line, "positions.close_one")
}

/// The exits of a position: those that protect it as a whole.
fn exits<'a>(view: &'a View, position: &Position) -> Option<&'a Order> {
    view.orders.iter().rev().find(|it| {
        it.is_open()
            && (&it.account, &it.item) == (&position.account, &position.item)
            && it.protects.as_ref().is_some_and(|it| it.on.is_empty() && it.other.is_empty())
    })
}

/// Asks for the exits of the position, or how they change.
fn protect(screen: &mut Screen, view: &View, position: &Position) -> Vec<Action> {
    let own = exits(view, position).and_then(|it| it.protects.as_ref());
    let exits = own.map(|it| it.exits.clone()).unwrap_or_default();
    let (item, account) = (position.item.clone(), &position.account);
    let what = format!("{item} --account {account}");
    form::protect(screen, Protected { what, id: item.clone(), item, exits })
}

/// The nearest stop among everything that protects a row: the highest below what is long, the
/// lowest above what is short.
fn nearest_stop(view: &View, position: &Position) -> Option<Nano> {
    let own = view.orders.iter().filter(|it| {
        it.is_open()
            && it.protects.as_ref().is_some_and(|it| it.other.is_empty())
            && (&it.account, &it.item) == (&position.account, &position.item)
    });
    let stops = own.filter_map(|it| it.stop);
    if position.net() < 0 { stops.min() } else { stops.max() }
}

/// The command of a market order against the position, in the position's own account.
fn market(position: &Position, lots: Nano) -> String {
    let (side, item, account) = (closing(position).word(), &position.item, &position.account);
    format!("order {side} {item} {} --account {account}", exact(lots))
}

/// Closes it and opens as many lots on the other side.
fn reverse(screen: &mut Screen, view: &View, row: &Row<'_>) -> Vec<Action> {
    let lots = row.position.net().saturating_abs();
    let Some(twice) = lots.checked_mul(2) else { return Vec::new() };
    let line = format!("{} --open-close auto", market(row.position, twice));
    stage(screen, view, row, line, "positions.reverse")
}

/// Hands an order over with the sentence of what it does.
fn stage(screen: &mut Screen, view: &View, row: &Row<'_>, line: String, key: &str) -> Vec<Action> {
    let position = row.position;
    let side = match closing(position) {
        Side::Buy => "table.buy",
        Side::Sell => "table.sell",
    };
    let (held, after) = (held_text(position), with_sign(position.net().saturating_neg()));
    let lots = position.net().saturating_abs();
    let (lots, twice) = (exact(lots), exact(lots.saturating_mul(2)));
    let side = screen.look.text(side);
    let text = screen.look.fill(
        key,
        &[
            ("item", &position.item),
            ("account", &position.account),
            ("held", &held),
            ("after", &after),
            ("side", &side),
            ("lots", &lots),
            ("twice", &twice),
        ],
    );
    safety::stage(screen, view, Staged { line, item: position.item.clone(), text })
}

/// What is held: `+1`, or `+3/-2` of both sides.
fn held_text(position: &Position) -> String {
    if position.long != 0 && position.short != 0 {
        return format!("+{}/-{}", exact(position.long), exact(position.short));
    }
    with_sign(position.net())
}

fn with_sign(lots: Nano) -> String {
    signed(exact(lots), lots > 0)
}

fn columns<'a>(has_stop: bool) -> Vec<Column<Row<'a>>> {
    let stop = Column::number(
        ("positions.stop", 6, 6),
        |row: &Row<'a>, context: &Context<'_>| Cell::plain(price(row.stop, row.decimals, context)),
        |row| Key::number(row.stop),
    );
    let mut columns = held();
    columns.extend(has_stop.then_some(stop));
    columns.extend(made());
    columns
}

fn held<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        Column::text(
            ("table.account", 7, 6),
            |row: &Row<'a>, _| Cell::plain(row.position.account.clone()),
            |row| Key::text(&row.position.account),
        ),
        Column::text(
            ("table.item", 6, 9),
            |row: &Row<'a>, _| Cell::plain(row.position.item.clone()),
            |row| Key::text(&row.position.item),
        ),
        Column::number(
            ("positions.long", 4, 4),
            |row: &Row<'a>, context| held_lots(row.position.long, context),
            |row| Key::number(Some(row.position.long)),
        ),
        Column::number(
            ("positions.short", 5, 4),
            |row: &Row<'a>, context| held_lots(row.position.short, context),
            |row| Key::number(Some(row.position.short)),
        ),
        Column::number(("positions.net", 4, 9), net, |row| Key::number(Some(row.position.net()))),
        Column::number(("positions.average", 7, 7), averages, |row| {
            Key::number(row.position.long_average.or(row.position.short_average))
        }),
        Column::number(
            ("positions.last", 6, 7),
            |row: &Row<'a>, context| Cell::plain(price(row.position.last, row.decimals, context)),
            |row| Key::number(row.position.last),
        ),
    ]
}

fn made<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        Column::number(
            ("positions.points", 6, 8),
            |row: &Row<'a>, context| points_made(row.position.open_points, row.decimals, context),
            |row| Key::number(row.position.open_points),
        ),
        Column::number(
            ("positions.profit", 8, 8),
            |row: &Row<'a>, context| profit(row.position.open_profit, context),
            |row| Key::number(row.position.open_profit),
        ),
        Column::number(
            ("positions.realized", 8, 5),
            |row: &Row<'a>, context| profit(Some(row.position.realized), context),
            |row| Key::number(Some(row.position.realized)),
        ),
        Column::number(
            ("positions.costs", 6, 3),
            |row: &Row<'a>, context| Cell::plain(context.number(money(row.position.costs))),
            |row| Key::number(Some(row.position.costs)),
        ),
    ]
}

fn held_lots(value: Nano, context: &Context<'_>) -> Cell {
    Cell::plain(if value == 0 { nothing(context) } else { lots(value, context) })
}

/// Long less short lots, with a sign.
fn net(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let net = row.position.net();
    let role = match net {
        1.. => Role::OrderBuy,
        0 => Role::TextMuted,
        _ => Role::OrderSell,
    };
    let sign = if net > 0 { "+" } else { "" };
    Cell::new(format!("{sign}{}", lots(net, context)), role)
}

/// The average of the side that is held; of both sides both.
fn averages(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let position = row.position;
    let of = |it| average(it, row.decimals, context);
    Cell::plain(match (position.long_average, position.short_average) {
        (Some(long), Some(short)) => format!("{}/{}", of(Some(long)), of(Some(short))),
        (long, short) => of(long.or(short)),
    })
}
