//! How the tape is drawn.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::pane::Pane;
use crate::panes::ink::{Ink, cells};
use crate::panes::market::{Clock, aged, inside, lots, nothing, offset_s, quote};
use crate::screen::Screen;
use crate::theme::Role;
use crate::view::{Nano, Quote, Side, Trade, View, nano};
use crate::widgets::frame::pane_block;

/// Cells of a time with milliseconds.
const TIME: u16 = 12;
/// Cells of lots.
const LOTS: u16 = 5;
/// Cells of the letter that says who took, in every language.
const LETTER: u16 = 2;
/// The fewest cells that a bar of the lots is worth.
const BAR: u16 = 8;
/// Cells between columns of trades.
const APART: u16 = 2;
/// The newest trades, whose mean says what is big.
const SAMPLE: usize = 200;
/// A trade of so many times the mean is big.
const BIG: i64 = 4;

/// Draws time and sales with the border.
pub fn draw(frame: &mut Frame<'_>, area: Rect, screen: &Screen, view: &View) {
    let quote = quote(screen, view);
    let block = pane_block(screen, view, Pane::Tape, format!(" {} ", title(screen, quote)));
    frame.render_widget(block, area);
    let inner = inside(area);
    let mut ink = Ink::new(frame.buffer_mut(), inner);
    let Some(quote) = quote.filter(|it| !it.trades.is_empty()) else {
        nothing(&mut ink, screen, quote);
        return;
    };
    let columns = Columns::of(inner.width, quote);
    let page = fits(inner, quote);
    let shown = || screen.tape.trades(quote, page).take(page);
    let largest = shown().map(|it| it.quantity).max().unwrap_or(0);
    let tape = Tape { screen, view, quote, columns, largest, big: big(quote) };
    let rows = inner.height;
    let places = (0..columns.count).flat_map(|column| (0..rows).map(move |row| (column, row)));
    for ((column, row), trade) in places.zip(shown()) {
        let width = if columns.count == 1 { inner.width } else { columns.width };
        let place = Rect::new(column * (columns.width + APART), row, width, 1);
        one(&mut ink.part(place), &tape, trade);
    }
}

/// The tape of one frame.
struct Tape<'frame> {
    screen: &'frame Screen,
    view: &'frame View,
    quote: &'frame Quote,
    columns: Columns,
    /// Lots of the largest trade that is shown.
    largest: Nano,
    /// Lots from which on a trade is big.
    big: Nano,
}

fn title(screen: &Screen, quote: Option<&Quote>) -> String {
    let look = &screen.look;
    let mut title = look.text("tape.title").into_owned();
    let Some(quote) = quote else { return title };
    let mut add = |text: &str| {
        title.push(' ');
        title.push_str(text);
    };
    add(&quote.code);
    if screen.tape.least > 0 {
        add(&look.fill("tape.least", &[("lots", &screen.tape.least.to_string())]));
    }
    if screen.tape.at.is_some() {
        add(&look.fill("tape.newer", &[("count", &screen.tape.newer(quote).to_string())]));
    }
    if quote.is_stale {
        add(&look.text("ladder.stale"));
    }
    title
}

/// How many trades fit.
pub(super) fn fits(inside: Rect, quote: &Quote) -> usize {
    usize::from(Columns::of(inside.width, quote).count) * usize::from(inside.height)
}

/// Where the values of a trade stand.
#[derive(Clone, Copy, Debug)]
struct Columns {
    /// Columns of trades.
    count: u16,
    /// Cells of a time, 0 where there is no room for it.
    time: u16,
    /// Cells of a price.
    price: u16,
    /// Cells of a trade.
    width: u16,
    /// Cells left over beside a single column, for bars of the lots.
    bar: u16,
}

impl Columns {
    fn of(width: u16, quote: &Quote) -> Columns {
        let prices = [quote.high, quote.low, quote.last].into_iter().flatten();
        let price = prices.map(|it| cells(&nano(it, quote.decimals))).max().unwrap_or(6);
        let rest = price + 1 + LOTS + 1 + LETTER;
        let time = [TIME, TIME - 4, 0].into_iter().find(|it| it + 1 + rest <= width);
        let time = time.unwrap_or(0);
        let one = if time > 0 { time + 1 + rest } else { rest };
        let count = ((width + APART) / (one + APART)).max(1);
        let spare = width.saturating_sub(one + 1);
        let bar = if count == 1 && spare >= BAR { spare } else { 0 };
        Columns { count, time, price, width: one, bar }
    }
}

/// Lots from which on a trade is big: a multiple of the mean of the newest ones.
fn big(quote: &Quote) -> Nano {
    let sample = quote.trades.iter().rev().take(SAMPLE);
    let (count, sum) = sample
        .fold((0_i64, 0_i64), |(count, sum), it| (count + 1, sum.saturating_add(it.quantity)));
    (sum / count.max(1)).saturating_mul(BIG)
}

/// A trade: time, price, lots and who took, and a bar of the lots where there is room.
fn one(ink: &mut Ink<'_>, tape: &Tape<'_>, trade: &Trade) {
    let Tape { screen, quote, columns, .. } = *tape;
    let look = &screen.look;
    let (letter, role) = match trade.side {
        Some(Side::Buy) => (look.text("ladder.buy_letter"), Role::MarketUp),
        Some(Side::Sell) => (look.text("ladder.sell_letter"), Role::MarketDown),
        None => ("-".into(), Role::MarketFlat),
    };
    let mut style = aged(screen, quote.is_stale, role);
    if trade.quantity >= tape.big {
        style = style.add_modifier(look.style(Role::TextStrong).add_modifier);
    }
    let clock = Clock::new(trade.time, offset_s(tape.view));
    let time = match columns.time {
        0 => String::new(),
        TIME => clock.millis(),
        _ => clock.seconds(),
    };
    ink.put(0, 0, &time, aged(screen, quote.is_stale, Role::TextMuted));
    let price = if columns.time > 0 { columns.time + 1 } else { 0 } + columns.price;
    ink.put_before(price, 0, &nano(trade.price, quote.decimals), style);
    ink.put_before(price + 1 + LOTS, 0, &lots(trade.quantity), style);
    let end = ink.put(price + 1 + LOTS + 1, 0, &letter, style);
    let part = i128::from(trade.quantity.max(0)) * i128::from(columns.bar);
    let bar = usize::try_from(part / i128::from(tape.largest.max(1))).unwrap_or(0);
    if bar > 0 {
        ink.put(end.max(columns.width) + 1, 0, &"━".repeat(bar), style);
    }
}
