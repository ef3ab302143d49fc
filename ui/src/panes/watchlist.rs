//! Registered items and their prices.

use std::borrow::Cow;

use super::Told;
use super::cells::{NOTHING, direction, lots, nothing, price};
use crate::keys::Act;
use crate::overlays::form;
use crate::pane::Pane;
use crate::safety;
use crate::screen::Screen;
use crate::theme::Role;
use crate::view::{Nano, Quote, View, nano, points, whole};
use crate::widgets::table::{Cell, Column, Context, Key, Sheet};

/// A row: an item.
type Row<'a> = &'a Quote;

/// The items in the order of their registration.
pub(super) fn sheet<'a>(screen: &Screen, view: &'a View) -> Sheet<Row<'a>> {
    Sheet {
        pane: Pane::Watchlist,
        columns: columns(),
        rows: view.quotes.iter().collect(),
        id: |row| Cow::Borrowed(&row.code),
        role: |row| if row.is_stale { Role::MarketStale } else { Role::Text },
        empty: screen.look.text("watchlist.empty").into_owned(),
    }
}

/// What its own keys do.
pub(super) fn update(screen: &mut Screen, view: &View, act: Act, row: Option<&Row<'_>>) -> Told {
    match (act, row) {
        (Act::ItemAdd, _) => Told::Done(form::item(screen, view)),
        (Act::ItemDrop, Some(row)) => {
            Told::Done(safety::gate(screen, view, format!("item drop {}", row.code)))
        }
        (Act::Open, Some(row)) => {
            screen.item = Some(row.code.clone());
            Told::Done(Vec::new())
        }
        (Act::ItemDrop | Act::Open, None) => Told::NeedsRow,
        _ => Told::NotMine,
    }
}

fn columns<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        Column::text(
            ("watchlist.code", 5, 9),
            |row, _| Cell { text: row.code.clone(), role: dimmed(row, Role::TextStrong) },
            |row| Key::text(&row.code),
        ),
        Column::text(("watchlist.name", 12, 4), name, |row| Key::text(&row.name)),
        Column::number(("watchlist.last", 6, 9), last, |row| Key::number(row.last)),
        Column::number(("watchlist.change", 5, 8), change, |row| Key::number(row.change())),
        Column::number(("watchlist.percent", 5, 7), percent, |row| Key::number(hundredths(row))),
        Column::number(("watchlist.volume", 5, 6), volume, |row| Key::number(Some(row.volume))),
        Column::number(
            ("watchlist.bid", 6, 5),
            |row, context| side_of_book(row, row.bid(), Role::BookBid, context),
            |row| Key::number(row.bid()),
        ),
        Column::number(
            ("watchlist.ask", 6, 5),
            |row, context| side_of_book(row, row.ask(), Role::BookAsk, context),
            |row| Key::number(row.ask()),
        ),
        Column::number(
            ("watchlist.high", 7, 2),
            |row, context| of_day(row, row.high, context),
            |row| Key::number(row.high),
        ),
        Column::number(
            ("watchlist.low", 7, 2),
            |row, context| of_day(row, row.low, context),
            |row| Key::number(row.low),
        ),
        Column::number(
            ("watchlist.reference", 7, 1),
            |row, context| of_day(row, row.reference, context),
            |row| Key::number(row.reference),
        ),
    ]
}

/// What is too old to trade on loses its meaning to that.
const fn dimmed(row: &Quote, role: Role) -> Option<Role> {
    if row.is_stale { None } else { Some(role) }
}

fn name(row: &Row<'_>, context: &Context<'_>) -> Cell {
    if row.ticks.is_empty() {
        return Cell::new(context.text("watchlist.unknown"), Role::StatusWarn);
    }
    Cell::plain(row.name.clone())
}

/// Whether the last price is at one of the day's limits.
fn limit(row: &Quote) -> Option<Role> {
    let last = row.last?;
    match (row.limit_up, row.limit_down) {
        (Some(up), _) if last >= up => Some(Role::MarketLimitUp),
        (_, Some(down)) if last <= down => Some(Role::MarketLimitDown),
        _ => None,
    }
}

fn last(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let role = limit(row).unwrap_or(direction(row.change().unwrap_or(0)).1);
    Cell { text: price(row.last, Some(row.decimals), context), role: dimmed(row, role) }
}

fn change(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let Some(change) = row.change() else { return Cell::plain(nothing(context)) };
    let text = context.number(points(change, row.decimals));
    Cell { text, role: dimmed(row, direction(change).1) }
}

/// The change in hundredths of a percent of the reference.
fn hundredths(row: &Quote) -> Option<i64> {
    let (change, reference) = (i128::from(row.change()?), i128::from(row.reference?));
    i64::try_from((change * 10_000).checked_div(reference)?).ok()
}

/// The change in percent; in words where that is not the point: too old, or at the limit.
fn percent(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let change = row.change().unwrap_or(0);
    let (glyph, role) = direction(change);
    if row.is_stale && !context.is_saved {
        return Cell::plain(context.text("watchlist.stale"));
    }
    if let Some(role) = limit(row).filter(|_| !context.is_saved) {
        let text = format!("{}{}", context.look.glyph(glyph), context.text("watchlist.limit"));
        return Cell::new(text, role);
    }
    let Some(value) = hundredths(row) else { return Cell::plain(nothing(context)) };
    let value = value.saturating_mul(whole(1) / 100);
    if context.is_saved {
        return Cell::plain(nano(value, 2));
    }
    let value = nano(value.saturating_abs(), 2);
    // A flat sign is too much like a minus.
    let sign = if change == 0 { "" } else { context.look.glyph(glyph) };
    Cell::new(format!("{sign}{value}"), role)
}

/// Lots, in thousands or millions where there are many.
fn volume(row: &Row<'_>, context: &Context<'_>) -> Cell {
    Cell::plain(if context.is_saved { lots(row.volume, context) } else { many(row.volume) })
}

/// At most three digits that matter: `9,999`, `88.1k`, `132k`, `1.2m`.
fn many(value: Nano) -> String {
    match value / whole(1) {
        ..0 => NOTHING.to_owned(),
        0..10_000 => nano(value, 0),
        10_000..100_000 => format!("{}k", nano(value / 1_000, 1)),
        100_000..1_000_000 => format!("{}k", nano(value / 1_000, 0)),
        1_000_000..10_000_000 => format!("{}m", nano(value / 1_000_000, 1)),
        10_000_000.. => format!("{}m", nano(value / 1_000_000, 0)),
    }
}

fn side_of_book(row: &Quote, value: Option<Nano>, role: Role, context: &Context<'_>) -> Cell {
    Cell { text: price(value, Some(row.decimals), context), role: dimmed(row, role) }
}

fn of_day(row: &Quote, value: Option<Nano>, context: &Context<'_>) -> Cell {
    Cell::plain(price(value, Some(row.decimals), context))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lots_take_few_cells() {
        let cases = [
            (0, "0"),
            (9_999, "9,999"),
            (88_123, "88.1k"),
            (132_410, "132k"),
            (1_234_567, "1.2m"),
            (98_765_432, "99m"),
        ];
        for (lots, text) in cases {
            assert_eq!(many(whole(lots)), text);
        }
    }
}
