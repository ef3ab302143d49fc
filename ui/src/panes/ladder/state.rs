//! Where the ladder stands: its window, its cursor, its lots.

use super::grid::{Grid, row_of};
use crate::view::{Moment, Nano, Quote};

/// Rows by which the market may leave the window before the window follows it.
const LEAVES_BY: i32 = 3;
/// How long the market key waits for its buy or sell, in nanoseconds.
const MARKET_WAITS: Moment = 3_000_000_000;
/// Lots at most, far beyond what an exchange takes.
const LOTS_MAX: u32 = 9_999;

/// What the user is looking at in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The item that everything here is of.
    item: Option<String>,
    /// The price in the middle of the window.
    center: Option<Nano>,
    /// The price that the cursor is on. It stays on its price when the window moves.
    cursor: Option<Nano>,
    /// The trader scrolled the market out of the window, which stays until he comes back.
    is_held: bool,
    /// Lots of the next order, at least one.
    lots: u32,
    /// When the market key was pressed, whose buy or sell is awaited.
    market_since: Option<Moment>,
}

impl Default for State {
    fn default() -> State {
        State {
            item: None,
            center: None,
            cursor: None,
            is_held: false,
            lots: 1,
            market_since: None,
        }
    }
}

impl State {
    /// Lots of the next order.
    pub const fn lots(&self) -> u32 {
        self.lots
    }

    /// The price that the cursor is on, where it is on this item.
    pub fn cursor(&self, item: &str) -> Option<Nano> {
        self.cursor.filter(|_| self.is_of(item))
    }

    /// Whether the next buy or sell key sends a market order.
    pub fn is_market_pending(&self, now: Moment) -> bool {
        self.market_since.is_some_and(|it| (it..=it.saturating_add(MARKET_WAITS)).contains(&now))
    }

    /// Any key but buy and sell drops what the market key began.
    pub const fn forget_market(&mut self) {
        self.market_since = None;
    }

    pub(super) const fn await_side(&mut self, now: Moment) {
        self.market_since = Some(now);
    }

    pub(super) fn add_lots(&mut self, change: i32) {
        self.lots = self.lots.saturating_add_signed(change).clamp(1, LOTS_MAX);
    }

    /// Whether it is of this item.
    pub(super) fn is_of(&self, item: &str) -> bool {
        self.item.as_deref() == Some(item)
    }

    /// The window as it is drawn now, highest price first; empty before the first price.
    pub(super) fn window(&self, quote: &Quote, rows: u16) -> Vec<Nano> {
        let center = self.center_now(quote, rows);
        center.map_or_else(Vec::new, |it| Grid::of(quote).window(it, rows))
    }

    /// Follows the item and its market. What is not in the window any more is not pointed at either:
    /// a cursor that nobody sees must not price an order.
    pub(super) fn follow(&mut self, quote: &Quote, rows: u16) {
        if !self.is_of(&quote.code) {
            *self = State { item: Some(quote.code.clone()), ..State::default() };
        }
        let is_new = self.center.is_none();
        self.center = self.center_now(quote, rows);
        let window = self.window(quote, rows);
        let grid = Grid::of(quote);
        let shows = |price| row_of(&window, price, &grid).is_some();
        if is_new {
            self.cursor = self.center;
        }
        // A pane that is not shown keeps its cursor until it is.
        if rows > 0 {
            self.cursor = self.cursor.filter(|it| shows(*it));
            self.is_held &= !market(quote).is_some_and(|(low, high)| shows(low) && shows(high));
        }
    }

    /// The market in the middle again. A cursor that would not be seen goes there, too.
    pub(super) fn recenter(&mut self, quote: &Quote, rows: u16) {
        (self.is_held, self.center) = (false, middle(quote));
        let (window, grid) = (self.window(quote, rows), Grid::of(quote));
        let shown = self.cursor.filter(|it| row_of(&window, *it, &grid).is_some());
        self.cursor = shown.or(self.center);
    }

    /// Moves the cursor by rows, up where positive, and the window with it.
    pub(super) fn step(&mut self, quote: &Quote, rows: u16, steps: i32) {
        let grid = Grid::of(quote);
        let Some(center) = self.center.map(|it| grid.floor(it)) else { return };
        let cursor = match self.cursor {
            Some(cursor) => grid.moved(cursor, steps),
            None => center,
        };
        self.cursor = Some(cursor);
        let window = grid.window(center, rows);
        let (Some(top), Some(bottom)) = (window.first(), window.last()) else { return };
        let beyond = if cursor > *top {
            distance(&grid, *top, cursor)
        } else if cursor < *bottom {
            -distance(&grid, cursor, *bottom)
        } else {
            return;
        };
        self.center = Some(grid.moved(center, beyond));
        self.is_held = true;
    }

    /// Puts the cursor on a price.
    pub(super) const fn point(&mut self, price: Nano) {
        self.cursor = Some(price);
    }

    /// The center, moved to the market where that left the window.
    fn center_now(&self, quote: &Quote, rows: u16) -> Option<Nano> {
        let Some(center) = self.center.filter(|_| self.is_of(&quote.code)) else {
            return middle(quote);
        };
        let grid = Grid::of(quote);
        let window = grid.window(center, rows);
        let (Some((low, high)), Some(top), Some(bottom), false) =
            (market(quote), window.first(), window.last(), self.is_held)
        else {
            return Some(center);
        };
        let has_left =
            high >= grid.moved(*top, LEAVES_BY) || low <= grid.moved(*bottom, -LEAVES_BY);
        if has_left { middle(quote) } else { Some(center) }
    }
}

/// Rows from one price up to another. Bounded: no trader scrolls further at once.
fn distance(grid: &Grid<'_>, from: Nano, to: Nano) -> i32 {
    (0..10_000)
        .try_fold(from, |it, rows| if it < to { Ok(grid.up(it)) } else { Err(rows) })
        .err()
        .unwrap_or(0)
}

/// The lowest and the highest price of the inside market: best bid and ask, else the last price.
pub(super) fn market(quote: &Quote) -> Option<(Nano, Nano)> {
    let low = quote.bid().or(quote.ask()).or(quote.last)?;
    let high = quote.ask().or(quote.bid()).or(quote.last)?;
    Some((low.min(high), high.max(low)))
}

/// The price to center on: the last one while it is within the inside market, else the bid.
fn middle(quote: &Quote) -> Option<Nano> {
    let (low, high) = market(quote)?;
    let price = quote.last.filter(|it| (low..=high).contains(it)).unwrap_or(low);
    Some(Grid::of(quote).floor(price))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Depth, TickBand, whole};

    fn quote(last: i64) -> Quote {
        let book =
            Depth { bids: vec![(whole(last - 1), whole(5))], asks: vec![(whole(last), whole(5))] };
        Quote {
            code: "TXFH1".into(),
            ticks: vec![TickBand { from: 0, step: whole(1) }],
            last: Some(whole(last)),
            book: Some(book),
            ..Quote::default()
        }
    }

    fn top(state: &State, quote: &Quote) -> Option<Nano> {
        state.window(quote, 11).first().map(|it| it / whole(1))
    }

    #[test]
    fn the_window_stands_still_until_the_market_is_three_rows_outside() {
        let mut state = State::default();
        state.follow(&quote(100), 11);
        for (last, row) in [(103, 105), (105, 105), (107, 105), (108, 113), (105, 113), (107, 113)]
        {
            state.follow(&quote(last), 11);
            assert_eq!(top(&state, &quote(last)), Some(row), "{last}");
        }
    }

    #[test]
    fn the_cursor_stays_on_its_price_and_is_nowhere_when_its_price_is_out_of_sight() {
        let mut state = State::default();
        state.follow(&quote(100), 11);
        state.step(&quote(100), 11, -2);
        state.follow(&quote(103), 11);
        assert_eq!(state.cursor("TXFH1"), Some(whole(98)));
        state.follow(&quote(140), 11);
        assert_eq!(state.cursor("TXFH1"), None);
        assert_eq!(state.cursor("MXFH1"), None);
        state.step(&quote(140), 11, 1);
        assert_eq!(state.cursor("TXFH1"), Some(whole(140)), "the first step only shows it");
    }

    #[test]
    fn a_window_that_the_trader_scrolled_away_stays_until_he_comes_back() {
        let mut state = State::default();
        state.follow(&quote(100), 11);
        state.step(&quote(100), 11, 30);
        state.follow(&quote(100), 11);
        assert_eq!(top(&state, &quote(100)), Some(130));
        assert_eq!(state.cursor("TXFH1"), Some(whole(130)));
        state.follow(&quote(128), 11);
        state.follow(&quote(136), 11);
        assert_eq!(top(&state, &quote(136)), Some(141), "back in the window, it follows again");
        state.step(&quote(136), 11, -40);
        state.recenter(&quote(136), 11);
        assert_eq!(top(&state, &quote(136)), Some(141));
        assert_eq!(state.cursor("TXFH1"), Some(whole(136)));
    }

    #[test]
    fn another_item_begins_anew() {
        let mut state = State::default();
        state.follow(&quote(100), 11);
        state.add_lots(4);
        state.await_side(7);
        state.follow(&Quote { code: "MXFH1".into(), ..quote(100) }, 11);
        assert_eq!((state.lots(), state.is_market_pending(7)), (1, false));
    }

    #[test]
    fn there_is_at_least_one_lot() {
        let mut state = State::default();
        state.add_lots(-1);
        assert_eq!(state.lots(), 1);
        state.add_lots(i32::MAX);
        assert_eq!(state.lots(), LOTS_MAX);
    }

    #[test]
    fn the_market_key_waits_three_seconds() {
        let mut state = State::default();
        state.await_side(5);
        assert!(state.is_market_pending(5) && state.is_market_pending(5 + MARKET_WAITS));
        assert!(!state.is_market_pending(6 + MARKET_WAITS) && !state.is_market_pending(4));
    }

    #[test]
    fn without_a_book_it_stands_on_the_last_price_and_without_a_price_nowhere() {
        let mut state = State::default();
        let trades_only = Quote { book: None, ..quote(100) };
        state.follow(&Quote { last: None, ..trades_only.clone() }, 11);
        assert_eq!((state.cursor("TXFH1"), state.center), (None, None));
        state.follow(&trades_only, 11);
        assert_eq!(top(&state, &trades_only), Some(105));
    }
}
