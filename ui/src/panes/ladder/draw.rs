//! How the ladder is drawn.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::grid::row_of;
use super::plan::{Columns, Plan};
use super::rows::{Mark, Marks, marks};
use super::state::market;
use super::{Grid, foot, hints};
use crate::pane::Pane;
use crate::panes::ink::{Ink, cells};
use crate::panes::market::{aged, inside, lots, nothing, quote};
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::{Nano, Quote, View, nano};
use crate::widgets::frame::pane_block;

/// Draws the ladder with its border.
pub fn draw(frame: &mut Frame<'_>, area: Rect, screen: &Screen, view: &View) {
    let quote = quote(screen, view);
    let block = pane_block(screen, view, Pane::Ladder, format!(" {} ", title(screen, quote)));
    frame.render_widget(block, area);
    let inner = inside(area);
    let mut ink = Ink::new(frame.buffer_mut(), inner);
    let Some(quote) = quote.filter(|it| market(it).is_some()) else {
        nothing(&mut ink, screen, quote);
        return;
    };
    let plan = Plan::of(inner, Some(quote));
    let window = screen.ladder.window(quote, plan.prices);
    let columns = Columns::of(inner.width, &window, quote.decimals);
    let sheet = Sheet { screen, view, quote, plan, window, columns };
    sheet.head(&mut ink);
    sheet.prices(&mut ink);
    sheet.below(&mut ink);
}

fn title(screen: &Screen, quote: Option<&Quote>) -> String {
    let look = &screen.look;
    let Some(quote) = quote else { return look.text("ladder.title").into_owned() };
    let is_ours = screen.ladder.is_of(&quote.code);
    let count = if is_ours { screen.ladder.lots() } else { 1 }.to_string();
    let text = look.fill("ladder.title_of", &[("item", &quote.code), ("lots", &count)]);
    if quote.is_stale { format!("{text} {}", look.text("ladder.stale")) } else { text }
}

/// The ladder of one frame.
struct Sheet<'frame> {
    screen: &'frame Screen,
    view: &'frame View,
    quote: &'frame Quote,
    plan: Plan,
    /// Prices, highest first.
    window: Vec<Nano>,
    columns: Columns,
}

/// A row of the ladder.
struct Line {
    row: u16,
    price: Nano,
    is_cursor: bool,
    is_last: bool,
    is_outside: bool,
}

impl Sheet<'_> {
    fn style(&self, role: Role) -> Style {
        aged(self.screen, self.quote.is_stale, role)
    }

    /// Names of the columns; over the prices, where the market is when it is out of sight.
    fn head(&self, ink: &mut Ink<'_>) {
        if self.plan.head == 0 {
            return;
        }
        let look = &self.screen.look;
        let style = look.style(Role::TableHeader);
        let Columns { buys, bids, prices, asks, sells, .. } = self.columns;
        let mine = look.text("ladder.mine");
        fitting(ink, buys, 0, &mine, style, false);
        fitting(ink, bids, 0, &look.text("ladder.bid"), style, true);
        fitting(ink, asks, 0, &look.text("ladder.ask"), style, false);
        fitting(ink, sells, 0, &mine, style, true);
        let (text, style) = match self.out_of_sight() {
            Some(text) => (text, look.style(Role::BookLast)),
            None => (look.text("ladder.price").into_owned(), style),
        };
        ink.put_amid(prices, 0, &text, style);
    }

    fn out_of_sight(&self) -> Option<String> {
        let (low, high) = market(self.quote)?;
        let shown = nano(self.quote.last.unwrap_or(low), self.quote.decimals);
        let look = &self.screen.look;
        if low > *self.window.first()? {
            return Some(format!("{} {shown}", look.glyph(Glyph::Up)));
        }
        (high < *self.window.last()?).then(|| format!("{} {shown}", look.glyph(Glyph::Down)))
    }

    fn prices(&self, ink: &mut Ink<'_>) {
        let grid = Grid::of(self.quote);
        let marks = marks(&self.screen.look, self.view, self.quote, &self.window);
        let last = self.quote.last.and_then(|it| row_of(&self.window, it, &grid));
        let cursor = self.screen.ladder.cursor(&self.quote.code);
        let largest = self.largest();
        for (at, (price, row)) in self.window.iter().zip(self.plan.head..).enumerate() {
            let (price, is_last) = (*price, last == Some(at));
            let is_outside = self.quote.limit_up.is_some_and(|it| price > it)
                || self.quote.limit_down.is_some_and(|it| price < it);
            let is_cursor = cursor == Some(price);
            let line = Line { row, price, is_cursor, is_last, is_outside };
            let sizes = [self.bid_at(price), self.ask_at(price)];
            if is_cursor {
                ink.paint((0, ink.width()), row, self.style(Role::BookCursor));
            }
            self.sizes(ink, &line, sizes, largest);
            self.price(ink, &line);
            self.marks(ink, &line, (&marks, at), sizes);
        }
    }

    fn bid_at(&self, price: Nano) -> Nano {
        let book = self.quote.book.as_ref();
        book.and_then(|it| it.bids.iter().find(|it| it.0 == price)).map_or(0, |it| it.1)
    }

    fn ask_at(&self, price: Nano) -> Nano {
        let book = self.quote.book.as_ref();
        book.and_then(|it| it.asks.iter().find(|it| it.0 == price)).map_or(0, |it| it.1)
    }

    fn largest(&self) -> Nano {
        let book = self.quote.book.as_ref();
        let sides = book.map(|it| it.bids.iter().chain(&it.asks));
        sides.into_iter().flatten().map(|it| it.1).max().unwrap_or(0).max(1)
    }

    /// Sizes with bars that grow away from the prices.
    fn sizes(&self, ink: &mut Ink<'_>, line: &Line, [bid, ask]: [Nano; 2], largest: Nano) {
        let Columns { bids, asks, .. } = self.columns;
        let bar = |size: Nano, width: u16| {
            let part = i128::from(size) * i128::from(width) / i128::from(largest);
            u16::try_from(part).unwrap_or(width).clamp(1, width.max(1))
        };
        if bid > 0 {
            let width = bar(bid, bids.1);
            let from = (bids.0 + bids.1).saturating_sub(width);
            fitting(
                ink,
                bids,
                line.row,
                &format!("{} ", lots(bid)),
                self.style(Role::BookBid),
                true,
            );
            ink.paint((from, width), line.row, self.style(Role::BookBidBar));
        }
        if ask > 0 {
            let width = bar(ask, asks.1);
            fitting(
                ink,
                asks,
                line.row,
                &format!(" {}", lots(ask)),
                self.style(Role::BookAsk),
                false,
            );
            ink.paint((asks.0, width), line.row, self.style(Role::BookAskBar));
        }
    }

    /// The price: the last one in brackets, the cursor's between arrows.
    fn price(&self, ink: &mut Ink<'_>, line: &Line) {
        let look = &self.screen.look;
        let (price, row) = (line.price, line.row);
        let is_inside = [self.quote.bid(), self.quote.ask()].contains(&Some(price));
        let role = match line {
            _ if line.is_last => Role::BookLast,
            _ if line.is_outside => Role::TextDisabled,
            _ if self.quote.limit_up == Some(price) => Role::MarketLimitUp,
            _ if self.quote.limit_down == Some(price) => Role::MarketLimitDown,
            _ if is_inside => Role::BookInside,
            _ => Role::Text,
        };
        let mut style = self.style(role);
        if line.is_cursor {
            style = style.patch(look.style(Role::BookCursor));
        }
        let (from, width) = self.columns.prices;
        let end = from + width;
        let text = nano(price, self.quote.decimals);
        ink.put_before(end.saturating_sub(self.columns.signs), row, &text, style);
        let first = end.saturating_sub(self.columns.signs + cells(&text));
        if line.is_last && self.columns.signs > 0 {
            ink.dot(first.saturating_sub(1), row, "[", style);
            ink.dot(end - self.columns.signs, row, "]", style);
        }
        if line.is_cursor {
            // Where there is room for one sign only, the brackets of the last price give way.
            let cursor = look.style(Role::BookCursor);
            let edge = if self.columns.signs > 1 { (from, end - 1) } else { (from, end) };
            ink.dot(edge.0, row, look.glyph(Glyph::Here), cursor);
            if self.columns.signs > 1 {
                ink.dot(edge.1, row, look.glyph(Glyph::Back), cursor);
            }
        }
    }

    /// Own orders and levels, and the lots of the last trade where sizes leave room.
    fn marks(&self, ink: &mut Ink<'_>, line: &Line, marks: (&Marks, usize), sizes: [Nano; 2]) {
        let Columns { buys, bids, asks, sells, .. } = self.columns;
        let (marks, at) = marks;
        let [bid, ask] = sizes;
        if let Some(mark) = marks.on(at, 0) {
            fitting(ink, buys, line.row, &mark.text, self.mark_style(line, mark), false);
        }
        if let Some(mark) = marks.on(at, 1) {
            fitting(ink, sells, line.row, &mark.text, self.mark_style(line, mark), true);
        }
        if let Some(mark) = marks.displaced(at, 0).filter(|_| bid == 0) {
            fitting(ink, bids, line.row, &mark.text, self.mark_style(line, mark), false);
        }
        if let Some(mark) = marks.displaced(at, 1).filter(|_| ask == 0) {
            fitting(ink, asks, line.row, &mark.text, self.mark_style(line, mark), true);
        } else if ask == 0 && line.is_last && self.quote.last_quantity > 0 {
            let text = format!(" x{}", lots(self.quote.last_quantity));
            fitting(ink, asks, line.row, &text, self.style(Role::TextMuted), false);
        }
    }

    fn mark_style(&self, line: &Line, mark: &Mark) -> Style {
        let style = self.style(mark.role);
        let cursor = self.screen.look.style(Role::BookCursor);
        if line.is_cursor { Style { bg: cursor.bg.or(style.bg), ..style } } else { style }
    }

    /// Keys, the warning and the position.
    fn below(&self, ink: &mut Ink<'_>) {
        let look = &self.screen.look;
        let Plan { head, prices, hints, warning, foot } = self.plan;
        let mut row = head + prices;
        if hints > 0 {
            let rule = "─".repeat(ink.width().into());
            ink.put(0, row, &rule, look.style(Role::Border));
            let area = Rect::new(0, row + 1, ink.width(), hints - 1);
            hints::draw(&mut ink.part(area), self.screen);
            row += hints;
        }
        if warning > 0 {
            ink.put(0, row, &look.text("ladder.unknown"), look.style(Role::StatusWarn));
            row += warning;
        }
        if foot > 0 {
            let width = ink.width();
            foot::draw(
                &mut ink.part(Rect::new(0, row, width, 1)),
                self.screen,
                self.view,
                self.quote,
            );
        }
    }
}

/// Writes a text into a span of columns, cut to it: on its right where it is a number's place. A
/// number that does not fit shows no digits, because some of its digits would be another number.
fn fitting(
    ink: &mut Ink<'_>,
    span: (u16, u16),
    row: u16,
    text: &str,
    style: Style,
    is_right: bool,
) {
    let text = if cells(text) > span.1 { text.trim() } else { text };
    let is_number = text.chars().all(|it| it.is_ascii_digit() || it == '.');
    let hashes = "#".repeat(span.1.into());
    let text = if is_number && cells(text) > span.1 { &hashes } else { text };
    let mut part = ink.part(Rect::new(span.0, row, span.1, 1));
    if is_right {
        let width = part.width();
        part.put_before(width, 0, text, style);
    } else {
        part.put(0, 0, text, style);
    }
}
