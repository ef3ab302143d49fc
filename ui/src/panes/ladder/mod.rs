//! The ladder: prices in a column that stands still, sizes and own orders beside them, and orders by
//! one key.
//!
//! The cursor is on a price, not on a row, and is nowhere once its price is out of sight: no key
//! prices an order by something that nobody sees. Orders leave through [`crate::safety`] only.

mod draw;
mod foot;
mod grid;
mod hints;
mod order;
mod plan;
mod rows;
mod state;
#[cfg(test)]
mod tests;

use crossterm::event::MouseButton;
use ratatui::layout::Rect;

pub use draw::draw;
use grid::Grid;
use order::{Asked, Desk};
pub(super) use order::{level, own};
use plan::{Columns, Plan};
pub use state::State;

use super::market::{inside, quote};
use crate::action::Action;
use crate::keys::Act;
use crate::layout::layout;
use crate::pane::Pane;
use crate::safety::{self, Level};
use crate::screen::Screen;
use crate::toasts::Kind;
use crate::view::{Nano, Quote, Side, View};

/// Moves the window where the market left it, and begins anew with another item. To be called when
/// the view, the size or the item changed.
pub fn watch(screen: &mut Screen, view: &View) {
    let rows = rows(screen, view);
    if let Some(quote) = quote(screen, view) {
        screen.ladder.follow(quote, rows);
    }
}

/// Rows of prices that are shown; 0 where the ladder is not.
fn rows(screen: &Screen, view: &View) -> u16 {
    let plan = layout(screen.area, screen);
    let area = plan.panes.iter().find(|it| it.0 == Pane::Ladder).map(|it| inside(it.1));
    area.map_or(0, |it| Plan::of(it, quote(screen, view)).prices)
}

/// Does what a key asks for. Any act but the market key's own buy and sell drops what it began;
/// whoever gives keys to other panes calls [`State::forget_market`] for those.
pub fn update(screen: &mut Screen, view: &View, act: Act) -> Vec<Action> {
    watch(screen, view);
    let at_market = screen.ladder.is_market_pending(screen.now);
    screen.ladder.forget_market();
    let rows = rows(screen, view);
    let Some(quote) = quote(screen, view) else { return Vec::new() };
    let page = i32::from(rows).max(1);
    match act {
        Act::Up => screen.ladder.step(quote, rows, 1),
        Act::Down => screen.ladder.step(quote, rows, -1),
        Act::PageUp => screen.ladder.step(quote, rows, page),
        Act::PageDown => screen.ladder.step(quote, rows, -page),
        Act::Top => point(screen, quote, rows, true),
        Act::Bottom => point(screen, quote, rows, false),
        Act::LadderCenter => screen.ladder.recenter(quote, rows),
        Act::LadderMore => screen.ladder.add_lots(1),
        Act::LadderLess => screen.ladder.add_lots(-1),
        Act::LadderMarket => {
            let now = screen.now;
            screen.ladder.await_side(now);
        }
        Act::LadderBuy => return enter(screen, view, quote, (Side::Buy, at_market)),
        Act::LadderSell => return enter(screen, view, quote, (Side::Sell, at_market)),
        Act::LadderBuyAsk => return ask(screen, view, desk(screen, view, quote).far(Side::Buy)),
        Act::LadderSellBid => return ask(screen, view, desk(screen, view, quote).far(Side::Sell)),
        Act::LadderFlatten => return ask(screen, view, desk(screen, view, quote).flatten()),
        Act::LadderReverse => return ask(screen, view, desk(screen, view, quote).reverse()),
        Act::LadderCancelHere | Act::LadderCancelSide => {
            return cancel(screen, view, quote, act == Act::LadderCancelSide);
        }
        _ => (),
    }
    Vec::new()
}

/// Takes a click. It moves the cursor; armed, it also asks for a limit order in the columns of sizes
/// and own orders, buy left and sell right, or with the right button for a stop order.
pub fn click(
    screen: &mut Screen,
    view: &View,
    area: Rect,
    (column, row): (u16, u16),
    button: MouseButton,
) -> Vec<Action> {
    watch(screen, view);
    screen.ladder.forget_market();
    let Some(quote) = quote(screen, view) else { return Vec::new() };
    let Some((side, price)) = hit(screen, quote, inside(area), (column, row)) else {
        return Vec::new();
    };
    screen.ladder.point(price);
    let is_armed = !matches!(screen.safety.level(), Level::Disarmed(_));
    let Some(side) = side.filter(|_| is_armed) else { return Vec::new() };
    let desk = desk(screen, view, quote);
    match button {
        MouseButton::Left => ask(screen, view, desk.limit(side, price)),
        MouseButton::Right => ask(screen, view, desk.stop(side, price)),
        MouseButton::Middle => Vec::new(),
    }
}

/// The price of the row at a place of the terminal, and the side of its column.
fn hit(
    screen: &Screen,
    quote: &Quote,
    inner: Rect,
    (column, row): (u16, u16),
) -> Option<(Option<Side>, Nano)> {
    let plan = Plan::of(inner, Some(quote));
    let window = screen.ladder.window(quote, plan.prices);
    let row = row.checked_sub(inner.y)?.checked_sub(plan.head)?;
    let column = column.checked_sub(inner.x).filter(|it| *it < inner.width)?;
    let price = *window.get(usize::from(row))?;
    let columns = Columns::of(inner.width, &window, quote.decimals);
    let (from, width) = columns.prices;
    let side = match column {
        _ if column < from => Some(Side::Buy),
        _ if column >= from + width => Some(Side::Sell),
        _ => None,
    };
    Some((side, price))
}

fn desk<'all>(screen: &'all Screen, view: &'all View, quote: &'all Quote) -> Desk<'all> {
    Desk { look: &screen.look, view, quote, lots: screen.ladder.lots() }
}

fn point(screen: &mut Screen, quote: &Quote, rows: u16, is_top: bool) {
    let window = screen.ladder.window(quote, rows);
    if let Some(price) = if is_top { window.first() } else { window.last() } {
        screen.ladder.point(*price);
    }
}

/// Buys or sells at the cursor, or at the market where the market key was pressed just before.
fn enter(
    screen: &mut Screen,
    view: &View,
    quote: &Quote,
    (side, at_market): (Side, bool),
) -> Vec<Action> {
    let desk = desk(screen, view, quote);
    let asked = if at_market {
        desk.market(side)
    } else {
        screen.ladder.cursor(&quote.code).map_or_else(
            || Err(screen.look.text("ladder.refuse_no_cursor").into_owned()),
            |price| desk.limit(side, price),
        )
    };
    ask(screen, view, asked)
}

fn cancel(screen: &mut Screen, view: &View, quote: &Quote, is_side: bool) -> Vec<Action> {
    let desk = desk(screen, view, quote);
    let lines = match screen.ladder.cursor(&quote.code) {
        None => Err(screen.look.text("ladder.refuse_no_cursor").into_owned()),
        Some(price) if is_side => desk.cancel_side(price),
        Some(price) => desk.cancel_at(price),
    };
    match lines {
        Ok(lines) => safety::gate_all(screen, view, lines),
        Err(text) => refuse(screen, text),
    }
}

fn ask(screen: &mut Screen, view: &View, asked: Asked) -> Vec<Action> {
    match asked {
        Ok(staged) => safety::stage(screen, view, staged),
        Err(text) => refuse(screen, text),
    }
}

fn refuse(screen: &mut Screen, text: String) -> Vec<Action> {
    screen.toasts.push(Kind::Warn, text);
    Vec::new()
}
