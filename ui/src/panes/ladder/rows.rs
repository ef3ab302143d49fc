//! What stands in the rows beside prices and sizes: own orders, triggers, exits, the position.

use super::grid::{Grid, row_of};
use super::order::{level, own};
use crate::look::Look;
use crate::panes::market::lots;
use crate::theme::{Glyph, Role};
use crate::view::{Condition, ConditionState, Nano, Order, OrderState, Quote, Side, View};

/// A short text beside a price.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) text: String,
    pub(super) role: Role,
}

/// What stands beside the prices of a window, a row each.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    /// Own orders: left those that buy, right those that sell.
    pub(super) orders: Vec<[Option<Mark>; 2]>,
    /// Levels, left what belongs to buying, right what belongs to selling.
    pub(super) levels: Vec<[Option<Mark>; 2]>,
}

impl Marks {
    /// The marks of a row on a side: its orders, else a level that has no place elsewhere.
    pub(super) fn on(&self, row: usize, side: usize) -> Option<&Mark> {
        let own = self.orders.get(row)?.get(side)?.as_ref();
        own.or_else(|| self.levels.get(row)?.get(side)?.as_ref())
    }

    /// A level of a row that an order took the place of.
    pub(super) fn displaced(&self, row: usize, side: usize) -> Option<&Mark> {
        self.orders.get(row)?.get(side)?.as_ref()?;
        self.levels.get(row)?.get(side)?.as_ref()
    }
}

/// Everything that stands beside the prices of a window.
pub(super) fn marks(look: &Look, view: &View, quote: &Quote, window: &[Nano]) -> Marks {
    let mut marks = Marks {
        orders: vec![[None, None]; window.len()],
        levels: vec![[None, None]; window.len()],
    };
    let grid = Grid::of(quote);
    let mut groups = vec![[Group::default(); 2]; window.len()];
    for order in own(view, &quote.code) {
        let row = level(order).and_then(|it| row_of(window, it, &grid));
        if let Some(group) = row.and_then(|it| groups.get_mut(it)?.get_mut(column(order.side))) {
            group.add(order);
        }
    }
    for (place, [buys, sells]) in marks.orders.iter_mut().zip(groups) {
        *place = [buys.mark(look, Side::Buy), sells.mark(look, Side::Sell)];
    }
    for (price, side, mark) in levels(look, view, quote) {
        let row = row_of(window, price, &grid);
        if let Some([buys, sells]) = row.and_then(|it| marks.levels.get_mut(it)) {
            let (wished, other) = if side == Side::Buy { (buys, sells) } else { (sells, buys) };
            let place = if wished.is_none() { wished } else { other };
            place.get_or_insert(mark);
        }
    }
    marks
}

const fn column(side: Side) -> usize {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}

/// Own orders of one side at one price.
#[derive(Clone, Copy, Default)]
struct Group {
    left: Nano,
    count: u32,
    stops: u32,
    doubts: u32,
    waits: u32,
}

impl Group {
    fn add(&mut self, order: &Order) {
        let left = order.quantity.saturating_sub(order.filled).max(0);
        self.left = self.left.saturating_add(left);
        self.count += 1;
        self.stops += u32::from(order.stop.is_some());
        match order.state {
            OrderState::InDoubt => self.doubts += 1,
            OrderState::New => (),
            _ => self.waits += 1,
        }
    }

    /// Side and lots; a sign before it where a stop waits for the price to go there, one behind it
    /// where an answer is missing.
    fn mark(self, look: &Look, side: Side) -> Option<Mark> {
        if self.count == 0 {
            return None;
        }
        let letter =
            look.text(if side == Side::Buy { "ladder.buy_letter" } else { "ladder.sell_letter" });
        let toward = if side == Side::Buy { Glyph::Up } else { Glyph::Down };
        let before = if self.stops > 0 { look.glyph(toward) } else { "" };
        let behind = match (self.doubts, self.waits) {
            (1.., _) => "?",
            (0, 1..) => look.glyph(Glyph::Wait),
            _ => "",
        };
        let role = match (self.doubts, self.stops, side) {
            (1.., _, _) => Role::OrderUnknown,
            (0, 1.., _) => Role::OrderStop,
            (_, _, Side::Buy) => Role::OrderBuy,
            (_, _, Side::Sell) => Role::OrderSell,
        };
        let text = format!("{before}{letter}{}{behind}", lots(self.left));
        Some(Mark { text, role })
    }
}

/// Levels with the side that they trade on: position and exits first, then what may enter, then the
/// limits of the day.
fn levels(look: &Look, view: &View, quote: &Quote) -> Vec<(Nano, Side, Mark)> {
    let mut found = Vec::new();
    if let Some(position) = view.position(&quote.code) {
        let mark = |role| Mark { text: look.text("ladder.average").into_owned(), role };
        let long = position.long_average.filter(|_| position.long > 0);
        let short = position.short_average.filter(|_| position.short > 0);
        found.extend(long.map(|it| (it, Side::Buy, mark(Role::OrderOwn))));
        found.extend(short.map(|it| (it, Side::Sell, mark(Role::OrderOwn))));
    }
    let here = || view.conditions.iter().filter(|it| it.item == quote.code);
    for condition in here() {
        found.extend(exits(look, condition));
    }
    found.extend(here().filter_map(|it| trigger(look, it)));
    for (price, key, role) in [
        (quote.limit_up, "ladder.limit_up", Role::MarketLimitUp),
        (quote.limit_down, "ladder.limit_down", Role::MarketLimitDown),
    ] {
        let mark = Mark { text: look.text(key).into_owned(), role };
        found.extend(price.map(|it| (it, Side::Sell, mark)));
    }
    found
}

fn exits(look: &Look, condition: &Condition) -> Vec<(Nano, Side, Mark)> {
    let kinds = [("ladder.take_profit", Role::PnlProfit), ("ladder.stop_loss", Role::OrderStop)];
    let exits = condition.exits.iter().zip(kinds);
    let mark = |key: &str, role| Mark { text: look.text(key).into_owned(), role };
    let found = exits.filter_map(|(price, (key, role))| {
        Some(((*price)?, condition.side.other(), mark(key, role)))
    });
    found.collect()
}

/// Where a condition's trigger stands, by its name.
fn trigger(look: &Look, condition: &Condition) -> Option<(Nano, Side, Mark)> {
    let is_due = matches!(condition.state, ConditionState::Waiting | ConditionState::Armed);
    let role = if condition.is_paused { Role::TextDisabled } else { Role::OrderWorking };
    let key = if condition.is_paused { "ladder.trigger_paused" } else { "ladder.trigger" };
    let text = look.fill(key, &[("condition", &condition.id)]);
    is_due.then_some((condition.trigger_now, condition.side, Mark { text, role }))
}
