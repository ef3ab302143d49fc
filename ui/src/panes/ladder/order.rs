//! What the order keys ask for: a command line and the sentence that says what it does.
//!
//! Nothing is sent here. A refusal is a sentence for the trader.

use super::grid::Grid;
use super::state::market;
use crate::look::Look;
use crate::panes::market::lots;
use crate::safety::Staged;
use crate::view::{Nano, Order, Position, Quote, Side, View, nano, whole};
use crate::widgets::text::exact;

/// An item, what the trader has in it, and the words for it.
#[derive(Clone, Copy)]
pub(super) struct Desk<'screen> {
    pub(super) look: &'screen Look,
    pub(super) view: &'screen View,
    pub(super) quote: &'screen Quote,
    /// Lots of an order.
    pub(super) lots: u32,
}

/// An order to stage, or why there is none.
pub(super) type Asked = Result<Staged, String>;

impl Desk<'_> {
    fn refuse<T>(&self, key: &str, values: &[(&str, &str)]) -> Result<T, String> {
        let item = ("item", self.quote.code.as_str());
        Err(self.look.fill(key, &[&[item], values].concat()))
    }

    /// The sentence of an order, with the item, and its line.
    fn staged(&self, line: String, key: &str, values: &[(&str, &str)]) -> Staged {
        let item = ("item", self.quote.code.as_str());
        let text = self.look.fill(key, &[&[item], values].concat());
        Staged { line, item: self.quote.code.clone(), text }
    }

    fn price(&self, price: Nano) -> String {
        nano(price, self.quote.decimals)
    }

    fn side(&self, side: Side) -> String {
        self.look.text(if side == Side::Buy { "ladder.buys" } else { "ladder.sells" }).into_owned()
    }

    /// The price is one that the exchange takes.
    fn allowed(&self, price: Nano) -> Result<(), String> {
        let shown = self.price(price);
        if self.quote.ticks.is_empty() {
            return self.refuse("ladder.refuse_unknown", &[]);
        }
        if let Some(limit) = self.quote.limit_up.filter(|it| price > *it) {
            let values = [("price", shown.as_str()), ("limit", &self.price(limit))];
            return self.refuse("ladder.refuse_above", &values);
        }
        if let Some(limit) = self.quote.limit_down.filter(|it| price < *it) {
            let values = [("price", shown.as_str()), ("limit", &self.price(limit))];
            return self.refuse("ladder.refuse_below", &values);
        }
        Ok(())
    }

    /// A limit order, on the grid of ticks.
    pub(super) fn limit(&self, side: Side, price: Nano) -> Asked {
        let price = Grid::of(self.quote).floor(price);
        self.allowed(price)?;
        let (code, count) = (&self.quote.code, self.lots);
        let line =
            format!("order {} {code} {count} --limit {} --tif rod", side.word(), exact(price));
        let values =
            [("side", self.side(side)), ("lots", count.to_string()), ("price", self.price(price))];
        Ok(self.staged(line, "ladder.say_limit", &refs(&values)))
    }

    /// A limit order at the other side's best price; without a book a tick beyond the last price.
    pub(super) fn far(&self, side: Side) -> Asked {
        let grid = Grid::of(self.quote);
        let price = match side {
            Side::Buy => self.quote.ask().or(self.quote.last.map(|it| grid.up(grid.floor(it)))),
            Side::Sell => self.quote.bid().or(self.quote.last.map(|it| grid.down(grid.floor(it)))),
        };
        match price {
            Some(price) => self.limit(side, price),
            None => self.refuse("ladder.refuse_no_price", &[]),
        }
    }

    /// An order at the market.
    pub(super) fn market(&self, side: Side) -> Asked {
        if self.quote.ticks.is_empty() {
            return self.refuse("ladder.refuse_unknown", &[]);
        }
        let (code, count) = (&self.quote.code, self.lots);
        let line = format!("order {} {code} {count} --tif ioc", side.word());
        let last = self.quote.last.map_or_else(|| "-".to_owned(), |it| self.price(it));
        let values = [("side", self.side(side)), ("lots", count.to_string()), ("price", last)];
        Ok(self.staged(line, "ladder.say_market", &refs(&values)))
    }

    /// A stop order. One that the market has passed already would trade at once: it is refused.
    pub(super) fn stop(&self, side: Side, price: Nano) -> Asked {
        self.allowed(price)?;
        let Some((low, high)) = market(self.quote) else {
            return self.refuse("ladder.refuse_no_price", &[]);
        };
        let last = self.quote.last.unwrap_or(low);
        let is_passed = match side {
            Side::Buy => price <= high.max(last),
            Side::Sell => price >= low.min(last),
        };
        let shown = self.price(price);
        if is_passed {
            let key = if side == Side::Buy {
                "ladder.refuse_stop_below"
            } else {
                "ladder.refuse_stop_above"
            };
            return self.refuse(key, &[("price", &shown)]);
        }
        let (code, count) = (&self.quote.code, self.lots);
        let line =
            format!("order {} {code} {count} --stop {} --tif rod", side.word(), exact(price));
        let values = [("side", self.side(side)), ("lots", count.to_string()), ("price", shown)];
        Ok(self.staged(line, "ladder.say_stop", &refs(&values)))
    }

    /// Everything in the item closed, in every account, as the machine does it: its working orders
    /// are cancelled first.
    pub(super) fn flatten(&self) -> Asked {
        let code = &self.quote.code;
        let held: Vec<_> = self.view.positions.iter().filter(|it| it.item == *code).collect();
        let parts: Vec<_> = held.iter().flat_map(|it| self.legs(it)).collect();
        let working = self.view.orders.iter().filter(|it| it.item == *code && it.works()).count();
        if parts.is_empty() && working == 0 {
            return self.refuse("ladder.refuse_flat", &[]);
        }
        let last = self.quote.last.map_or_else(|| "-".to_owned(), |it| self.price(it));
        let nothing = || self.look.text("ladder.no_position").into_owned();
        let positions = if parts.is_empty() { nothing() } else { parts.join(", ") };
        let values = [("orders", working.to_string()), ("positions", positions), ("price", last)];
        Ok(self.staged(format!("flatten {code}"), "ladder.say_flatten", &refs(&values)))
    }

    /// The sides of a position that are held, in words.
    fn legs(&self, position: &Position) -> Vec<String> {
        let leg = |key: &str, quantity: Nano, average: Option<Nano>| {
            let average = average.map_or_else(|| "-".to_owned(), |it| self.price(it));
            let values = [
                ("lots", lots(quantity)),
                ("average", average),
                ("account", position.account.clone()),
            ];
            (quantity > 0).then(|| self.look.fill(key, &refs(&values)))
        };
        let long = leg("ladder.leg_long", position.long, position.long_average);
        let short = leg("ladder.leg_short", position.short, position.short_average);
        long.into_iter().chain(short).collect()
    }

    /// The selected account's position turned round by one market order of twice its lots: what is
    /// held is closed first, the rest opens. Working orders and conditions stay as they are, which
    /// the sentence says.
    pub(super) fn reverse(&self) -> Asked {
        if self.quote.ticks.is_empty() {
            return self.refuse("ladder.refuse_unknown", &[]);
        }
        let code = &self.quote.code;
        let Some(position) = self.view.position(code).filter(|it| it.long > 0 || it.short > 0)
        else {
            return self.refuse("ladder.refuse_flat", &[]);
        };
        let (side, held, key) = match (position.long, position.short) {
            (1.., 1..) => return self.refuse("ladder.refuse_both", &[]),
            (held @ 1.., _) => (Side::Sell, held, "ladder.say_reverse_long"),
            (_, held) => (Side::Buy, held, "ladder.say_reverse_short"),
        };
        let Some(twice) = held.checked_mul(2).filter(|_| held % whole(1) == 0) else {
            return self.refuse("ladder.refuse_lots", &[("lots", &lots(held))]);
        };
        let line =
            format!("order {} {code} {} --tif ioc --open-close auto", side.word(), exact(twice));
        let last = self.quote.last.map_or_else(|| "-".to_owned(), |it| self.price(it));
        let values = [("twice", lots(twice)), ("lots", lots(held)), ("price", last)];
        let mut staged = self.staged(line, key, &refs(&values));
        staged.text.push_str(&self.stays());
        Ok(staged)
    }

    /// What a reversal leaves as it is, so that nobody is surprised by an exit of the old position.
    fn stays(&self) -> String {
        let code = &self.quote.code;
        let working = own(self.view, code).count();
        let holds = self.view.conditions.iter().filter(|it| it.item == *code && it.open > 0);
        let names = holds.map(|it| it.id.as_str()).collect::<Vec<_>>().join(", ");
        let mut text = String::new();
        if working > 0 {
            text += &self.look.fill("ladder.say_orders_stay", &[("orders", &working.to_string())]);
        }
        if !names.is_empty() {
            text += &self.look.fill("ladder.say_conditions_stay", &[("conditions", &names)]);
        }
        text
    }

    /// Cancels of own orders at a price, a line each.
    pub(super) fn cancel_at(&self, price: Nano) -> Result<Vec<String>, String> {
        let grid = Grid::of(self.quote);
        let found = own(self.view, &self.quote.code)
            .filter(|it| level(it).is_some_and(|it| grid.floor(it) == price));
        let lines = cancels(found);
        if lines.is_empty() {
            return self.refuse("ladder.refuse_none_here", &[("price", &self.price(price))]);
        }
        Ok(lines)
    }

    /// Cancels of own orders on the side of the market that a price is on: above it sells, below it
    /// buys, as the columns stand.
    pub(super) fn cancel_side(&self, price: Nano) -> Result<Vec<String>, String> {
        let Some((low, high)) = market(self.quote) else {
            return self.refuse("ladder.refuse_no_price", &[]);
        };
        let side = match (price >= high, price <= low) {
            (true, false) => Side::Sell,
            (false, true) => Side::Buy,
            _ => return self.refuse("ladder.refuse_which_side", &[]),
        };
        let lines = cancels(own(self.view, &self.quote.code).filter(|it| it.side == side));
        if lines.is_empty() {
            return self.refuse("ladder.refuse_none_side", &[("side", &self.side(side))]);
        }
        Ok(lines)
    }
}

fn refs<'text, const N: usize>(
    values: &'text [(&'text str, String); N],
) -> [(&'text str, &'text str); N] {
    std::array::from_fn(|at| values.get(at).map_or(("", ""), |it| (it.0, it.1.as_str())))
}

fn cancels<'view>(orders: impl Iterator<Item = &'view Order>) -> Vec<String> {
    orders.map(|it| format!("cancel {}", it.id)).collect()
}

/// The selected account's orders in an item that may still trade.
pub(in crate::panes) fn own<'view>(
    view: &'view View,
    code: &str,
) -> impl Iterator<Item = &'view Order> {
    let account = view.machine.account.as_deref();
    view.orders.iter().filter(move |it| {
        it.item == code && it.stands() && account.is_some_and(|account| account == it.account)
    })
}

/// The price at which an order stands: where it is triggered, or where it rests.
pub(in crate::panes) fn level(order: &Order) -> Option<Nano> {
    order.stop.or(order.price)
}
