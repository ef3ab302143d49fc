//! Support and resistance conditions.

use std::borrow::Cow;

use super::Told;
use super::cells::{decimals, lots, nothing, price, side_letter};
use crate::keys::Act;
use crate::overlays::{detail, form};
use crate::pane::Pane;
use crate::safety;
use crate::screen::{Awaited, Screen};
use crate::theme::{Glyph, Role};
use crate::toasts::Kind;
use crate::view::{Condition, ConditionState, Nano, Quote, View, points};
use crate::widgets::table::{Cell, Column, Context, Key, Sheet};
use crate::widgets::text::exact;

/// A condition, and the item that it watches where that is registered.
pub(super) struct Row<'a> {
    condition: &'a Condition,
    quote: Option<&'a Quote>,
    decimals: Option<u8>,
}

impl Row<'_> {
    /// From the last price to the price at which it acts next.
    fn distance(&self) -> Option<Nano> {
        self.condition.next?.checked_sub(self.quote?.last?)
    }

    const fn is_over(&self) -> bool {
        matches!(self.condition.state, ConditionState::Done | ConditionState::Failed)
    }
}

/// The conditions in the order of their creation.
pub(super) fn sheet<'a>(screen: &Screen, view: &'a View) -> Sheet<Row<'a>> {
    let row = |condition: &'a Condition| Row {
        condition,
        quote: view.quote(&condition.item),
        decimals: decimals(view, &condition.item),
    };
    let item = view.conditions.first().map(|it| it.item.as_str());
    let is_one_item = view.conditions.iter().all(|it| Some(it.item.as_str()) == item);
    Sheet {
        pane: Pane::Conditions,
        columns: columns(is_one_item),
        rows: view.conditions.iter().map(row).collect(),
        id: |row| Cow::Borrowed(&row.condition.id),
        role: |row| if row.is_over() { Role::TextMuted } else { Role::Text },
        empty: screen.look.text("conditions.empty").into_owned(),
    }
}

/// What its own keys do.
pub(super) fn update(screen: &mut Screen, view: &View, act: Act, row: Option<&Row<'_>>) -> Told {
    if act == Act::ConditionNew {
        return Told::Done(form::condition(screen, view, None));
    }
    let is_mine = matches!(
        act,
        Act::ConditionResume
            | Act::ConditionPause
            | Act::ConditionStop
            | Act::ConditionDrop
            | Act::ConditionEdit
            | Act::ConditionUp
            | Act::ConditionDown
            | Act::Open
    );
    let (true, Some(row)) = (is_mine, row) else {
        return if is_mine { Told::NeedsRow } else { Told::NotMine };
    };
    let id = row.condition.id.as_str();
    Told::Done(match act {
        Act::ConditionResume => quietly(screen, format!("condition resume {id}")),
        Act::ConditionPause => quietly(screen, format!("condition pause {id}")),
        Act::ConditionStop if row.condition.open != 0 => {
            safety::gate(screen, view, format!("condition drop {id} --flatten"))
        }
        Act::ConditionStop | Act::ConditionDrop => {
            safety::gate(screen, view, format!("condition drop {id}"))
        }
        Act::ConditionEdit => form::condition(screen, view, Some(id)),
        Act::ConditionUp => nudge(screen, view, row, 1),
        Act::ConditionDown => nudge(screen, view, row, -1),
        _ => {
            detail::open(screen, detail::Subject::Condition(id.to_owned()));
            Vec::new()
        }
    })
}

/// Holding an entry back, and letting it go on as it was set, asks nothing.
fn quietly(screen: &mut Screen, line: String) -> Vec<crate::Action> {
    let done = screen.look.fill("table.done", &[("line", &line)]);
    vec![screen.perform(vec![line], Awaited::Toast(done))]
}

/// Moves the trigger by a tick from where it stands now, and onto the grid of ticks.
fn nudge(screen: &mut Screen, view: &View, row: &Row<'_>, ticks: i64) -> Vec<crate::Action> {
    let condition = row.condition;
    let refusal = match condition.state {
        ConditionState::Waiting | ConditionState::Armed => None,
        _ => Some("conditions.no_trigger"),
    };
    let trigger = row.quote.and_then(|it| next_tick(it, condition.trigger_now, ticks));
    match (refusal, trigger) {
        (None, Some(trigger)) => {
            let line = format!("condition edit {} --trigger {}", condition.id, exact(trigger));
            safety::gate(screen, view, line)
        }
        (refusal, _) => {
            let key = refusal.unwrap_or("conditions.no_tick");
            let values = [("id", condition.id.as_str()), ("item", condition.item.as_str())];
            let text = screen.look.fill(key, &values);
            screen.toasts.push(Kind::Warn, text);
            Vec::new()
        }
    }
}

/// The next price of the grid above or below a price; `None` where there is none.
fn next_tick(quote: &Quote, price: Nano, ticks: i64) -> Option<Nano> {
    // At the border of two bands the lower one's step leads down.
    let from = if ticks < 0 { price.checked_sub(1)? } else { price };
    let step = quote.tick_at(from).filter(|it| *it > 0)?;
    let below = from.checked_sub(from.rem_euclid(step))?;
    let next = if ticks < 0 { below } else { below.checked_add(step)? };
    (next > 0).then_some(next)
}

fn columns<'a>(is_one_item: bool) -> Vec<Column<Row<'a>>> {
    let mut columns = terms(if is_one_item { 4 } else { 8 });
    columns.extend(standing());
    columns
}

/// What was set.
fn terms<'a>(item_priority: u8) -> Vec<Column<Row<'a>>> {
    vec![
        Column::text(
            ("conditions.id", 2, 9),
            |row: &Row<'a>, _| Cell::plain(row.condition.id.clone()),
            |row| Key::text(&row.condition.id),
        ),
        Column::text(
            ("conditions.side", 2, 9),
            |row: &Row<'a>, context| side_letter(row.condition.side, context),
            |row| Key::text(row.condition.side.word()),
        ),
        Column::text(
            ("table.item", 5, item_priority),
            |row: &Row<'a>, _| Cell::plain(row.condition.item.clone()),
            |row| Key::text(&row.condition.item),
        ),
        Column::number(
            ("conditions.trigger", 6, 9),
            |row: &Row<'a>, context| trigger(row, context),
            |row| Key::number(Some(row.condition.trigger_now)),
        ),
        Column::number(
            ("conditions.turning", 4, 5),
            |row: &Row<'a>, context| {
                Cell::plain(price(Some(row.condition.turning), Some(0), context))
            },
            |row| Key::number(Some(row.condition.turning)),
        ),
        Column::number(
            ("conditions.quantity", 2, 7),
            |row: &Row<'a>, context| Cell::plain(lots(row.condition.quantity, context)),
            |row| Key::number(Some(row.condition.quantity)),
        ),
        Column::number(("conditions.exits", 5, 6), exits, |row| {
            Key::number(row.condition.take_profit)
        }),
        Column::text(
            ("table.account", 6, 2),
            |row: &Row<'a>, context| Cell::plain(account(row, context)),
            |row| Key::text(row.condition.account.as_deref().unwrap_or_default()),
        ),
    ]
}

/// How it stands.
fn standing<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        Column::number(("conditions.distance", 4, 8), distance, |row| Key::number(row.distance())),
        Column::text(("conditions.state", 5, 9), state, |row| {
            Key::Number(row.condition.state as i128)
        }),
        Column::number(
            ("conditions.open", 4, 3),
            |row: &Row<'a>, context| Cell::plain(open(row, context)),
            |row| Key::number(Some(row.condition.open)),
        ),
        Column::number(
            ("conditions.exit_prices", 13, 3),
            |row: &Row<'a>, context| Cell::plain(exit_prices(row, context)),
            |row| Key::number(row.condition.exits[0]),
        ),
        Column::text(
            ("conditions.remark", 12, 4),
            |row: &Row<'a>, _| Cell::new(row.condition.remark.clone(), Role::StatusWarn),
            |row| Key::text(&row.condition.remark),
        )
        .elastic(),
    ]
}

/// Where the trigger stands; an arrow says that it follows the price.
fn trigger(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let text = price(Some(row.condition.trigger_now), row.decimals, context);
    if !row.condition.following || context.is_saved {
        return Cell::plain(text);
    }
    Cell::plain(format!("{}{text}", context.look.glyph(Glyph::Wait)))
}

/// Points of take profit and stop loss.
fn exits(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let points = |it: Option<Nano>| price(it, Some(0), context);
    let text = format!("{}/{}", points(row.condition.take_profit), points(row.condition.stop_loss));
    Cell::plain(text)
}

/// Prices of take profit and stop loss while a position is held.
fn exit_prices(row: &Row<'_>, context: &Context<'_>) -> String {
    let [profit, loss] = row.condition.exits;
    if profit.is_none() && loss.is_none() {
        return nothing(context);
    }
    format!("{}/{}", price(profit, row.decimals, context), price(loss, row.decimals, context))
}

fn account(row: &Row<'_>, context: &Context<'_>) -> String {
    row.condition.account.clone().unwrap_or_else(|| context.text("conditions.account_in_use"))
}

fn open(row: &Row<'_>, context: &Context<'_>) -> String {
    if row.condition.open == 0 { nothing(context) } else { lots(row.condition.open, context) }
}

fn distance(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let Some(distance) = row.distance().filter(|_| !row.is_over()) else {
        return Cell::plain(nothing(context));
    };
    let is_stale = row.quote.is_some_and(|it| it.is_stale);
    let text = context.number(points(distance, row.decimals.unwrap_or(0)));
    Cell { text, role: is_stale.then_some(Role::MarketStale) }
}

/// Its state in a word; what the trader should look at has a sign.
fn state(row: &Row<'_>, context: &Context<'_>) -> Cell {
    let condition = row.condition;
    let (key, role) = match condition.state {
        ConditionState::Waiting | ConditionState::Armed if condition.is_paused => {
            ("conditions.paused", Role::StatusWarn)
        }
        ConditionState::Waiting => ("conditions.waiting", Role::Text),
        ConditionState::Armed => ("conditions.armed", Role::StatusInfo),
        ConditionState::Entered => ("conditions.entered", Role::StatusOk),
        ConditionState::Done => ("conditions.done", Role::TextMuted),
        ConditionState::Failed => ("conditions.failed", Role::StatusDanger),
    };
    let sign = if condition.remark.is_empty() || context.is_saved {
        ""
    } else {
        context.look.glyph(Glyph::Bad)
    };
    Cell::new(format!("{sign}{}", context.text(key)), role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{TickBand, parse_nano, whole};

    #[test]
    fn a_nudged_trigger_stands_on_the_grid_of_ticks() {
        let band = |from, step: &str| TickBand {
            from: whole(from),
            step: parse_nano(step).unwrap_or_default(),
        };
        let quote = Quote { ticks: vec![band(0, "0.05"), band(50, "0.1")], ..Quote::default() };
        let nudged =
            |price: &str, ticks| next_tick(&quote, parse_nano(price).unwrap(), ticks).map(exact);
        for (price, up, down) in [
            ("49.95", Some("50"), Some("49.9")),
            ("50", Some("50.1"), Some("49.95")),
            ("50.04", Some("50.1"), Some("50")),
            ("49.97", Some("50"), Some("49.95")),
            ("0.05", Some("0.1"), None),
        ] {
            assert_eq!(nudged(price, 1).as_deref(), up, "{price} up");
            assert_eq!(nudged(price, -1).as_deref(), down, "{price} down");
        }
        assert_eq!(next_tick(&Quote::default(), whole(10), 1), None, "an unknown product");
        assert_eq!(next_tick(&quote, Nano::MAX, 1), None);
    }
}
