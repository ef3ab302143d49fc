//! Fills.

use std::borrow::Cow;

use super::Told;
use super::cells::{decimals, lots, price, side, source, venue_time, venue_time_width};
use crate::keys::Act;
use crate::overlays::detail;
use crate::pane::Pane;
use crate::screen::Screen;
use crate::theme::Role;
use crate::view::{Fill, Money, View, money};
use crate::widgets::table::{Cell, Column, Context, Key, Sheet};

/// A fill, and the decimals of its item's prices.
pub(super) struct Row<'a> {
    fill: &'a Fill,
    decimals: Option<u8>,
}

/// The fills, newest first. A fill is named by its order.
pub(super) fn sheet<'a>(screen: &Screen, view: &'a View) -> Sheet<Row<'a>> {
    let fills = view.fills.iter().rev();
    Sheet {
        pane: Pane::Fills,
        columns: columns(venue_time_width(view, view.fills.iter().map(|it| it.time))),
        rows: fills.map(|fill| Row { fill, decimals: decimals(view, &fill.item) }).collect(),
        id: |row| Cow::Borrowed(&row.fill.order),
        role: |_| Role::Text,
        empty: screen.look.text("fills.empty").into_owned(),
    }
}

/// What its own keys do.
pub(super) fn update(screen: &mut Screen, _: &View, act: Act, row: Option<&Row<'_>>) -> Told {
    match (act, row) {
        (Act::Open, Some(row)) => {
            detail::open(screen, detail::Subject::Order(row.fill.order.clone()));
            Told::Done(Vec::new())
        }
        (Act::Open, None) => Told::NeedsRow,
        _ => Told::NotMine,
    }
}

fn columns<'a>(time_cells: u16) -> Vec<Column<Row<'a>>> {
    let mut columns = trade(time_cells);
    columns.extend(costs());
    columns
}

fn trade<'a>(time_cells: u16) -> Vec<Column<Row<'a>>> {
    vec![
        Column::text(
            ("table.time", time_cells, 7),
            |row: &Row<'a>, context| Cell::plain(venue_time(row.fill.time, context)),
            |row| Key::number(Some(row.fill.time)),
        ),
        Column::text(
            ("fills.order", 5, 8),
            |row: &Row<'a>, _| Cell::plain(row.fill.order.clone()),
            |row| Key::text(&row.fill.order),
        ),
        Column::text(
            ("table.item", 6, 9),
            |row: &Row<'a>, _| Cell::plain(row.fill.item.clone()),
            |row| Key::text(&row.fill.item),
        ),
        Column::text(
            ("table.side", 4, 9),
            |row: &Row<'a>, context| side(row.fill.side, context),
            |row| Key::text(row.fill.side.word()),
        ),
        Column::number(
            ("table.quantity", 3, 9),
            |row: &Row<'a>, context| Cell::plain(lots(row.fill.quantity, context)),
            |row| Key::number(Some(row.fill.quantity)),
        ),
        Column::number(
            ("table.price", 7, 9),
            |row: &Row<'a>, context| {
                let price = price(Some(row.fill.price), row.decimals, context);
                Cell::new(price, Role::TextStrong)
            },
            |row| Key::number(Some(row.fill.price)),
        ),
    ]
}

fn costs<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        Column::number(
            ("fills.fee", 5, 4),
            |row: &Row<'a>, context| amount(row.fill.fee, context),
            |row| Key::number(Some(row.fill.fee)),
        ),
        Column::number(
            ("fills.tax", 5, 4),
            |row: &Row<'a>, context| amount(row.fill.tax, context),
            |row| Key::number(Some(row.fill.tax)),
        ),
        Column::text(
            ("table.account", 8, 5),
            |row: &Row<'a>, _| Cell::plain(row.fill.account.clone()),
            |row| Key::text(&row.fill.account),
        ),
        Column::text(
            ("table.source", 8, 6),
            |row: &Row<'a>, context| Cell::plain(source(&row.fill.source, context)),
            |row| Key::text(&row.fill.source),
        )
        .elastic(),
    ]
}

fn amount(value: Money, context: &Context<'_>) -> Cell {
    Cell::plain(context.number(money(value)))
}
