//! What a frame of 200x60 costs while everything moves, beside the same cells ready-made.

#![allow(clippy::disallowed_methods, clippy::print_stdout)] // It measures time, and says so.

use std::cell::RefCell;
use std::hint::black_box;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use aftm_ui::event::{Event, Press};
use aftm_ui::keys::Keymap;
use aftm_ui::layout::layout;
use aftm_ui::look::{Language, Look};
use aftm_ui::theme::Theme;
use aftm_ui::view::{Bar, OrderState, Quote, Trade, View, fixture};
use aftm_ui::{Screen, draw, update};
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const SIZE: Rect = Rect::new(0, 0, 200, 60);
/// Frames that are measured, and those before them that are not.
const FRAMES: usize = 2_000;
const WARM: usize = 100;
/// What the view holds: as much as the machine keeps of each.
const ITEMS: usize = 20;
const ORDERS: usize = 200;
const TRADES: usize = 5_000;
const BARS: usize = 20_000;
/// Ticks of an item between two frames, at 2,000 a second over all and 20 frames a second.
const TICKS: usize = 5;
const SECOND: i64 = 1_000_000_000;
/// What a frame may cost.
const BAR: Duration = Duration::from_millis(2);

fn main() -> Outcome<()> {
    let mut view = busy();
    let mut screen = screen(&view)?;
    let (mut told, mut placed, mut built, mut sent) = <(Took, Took, Took, Took)>::default();
    let (mut whole, mut ready, mut empty, mut bytes) = <(Took, Took, Took, usize)>::default();
    let paper = Paper::default();
    let [mut ours, mut copied, mut nothing] =
        [terminal(&paper)?, terminal(&paper)?, terminal(&paper)?];
    for number in 0..WARM + FRAMES {
        trade(&mut view, number);
        let start = Instant::now();
        update(&mut screen, &view, view.now, Event::View);
        told.add(start.elapsed());

        let start = Instant::now();
        black_box(layout(SIZE, black_box(&screen)));
        placed.add(start.elapsed());

        let mut inside = Duration::ZERO;
        let mut cells = Buffer::default();
        let start = Instant::now();
        let frame = ours.draw(|frame| {
            let start = Instant::now();
            draw(frame, &screen, &view);
            inside = start.elapsed();
        })?;
        let all = start.elapsed();
        cells.clone_from(frame.buffer);
        whole.add(all);
        built.add(inside);
        sent.add(all.saturating_sub(inside));
        bytes += paper.take();

        let start = Instant::now();
        copied.draw(|frame| frame.buffer_mut().clone_from(&cells))?;
        ready.add(start.elapsed());
        paper.take();

        let start = Instant::now();
        nothing.draw(|_| ())?;
        empty.add(start.elapsed());
        paper.take();
    }
    println!("a frame of {}x{}: {ITEMS} items, {ORDERS} orders", SIZE.width, SIZE.height);
    let tell = |name: &str, took: &mut Took| println!("{name:<38} {}", took.text());
    tell("the whole frame", &mut whole);
    tell("  layout and widgets", &mut built);
    tell("    of it the layout", &mut placed);
    tell("  differences and bytes", &mut sent);
    tell("floor: the same cells ready-made", &mut ready);
    tell("floor: empty cells", &mut empty);
    tell("news told to the screen, once a frame", &mut told);
    println!("{} bytes a frame", bytes / (WARM + FRAMES));
    let worst = whole.at(990);
    println!("p99 {worst:?}, at most {BAR:?}: {}", if worst < BAR { "met" } else { "MISSED" });
    Ok(())
}

/// Durations.
#[derive(Default)]
struct Took(Vec<Duration>);

impl Took {
    fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// The value below which this part of those after the warm ones lies.
    fn at(&mut self, permille: usize) -> Duration {
        let mut sorted = self.0.get(WARM..).unwrap_or_default().to_vec();
        sorted.sort_unstable();
        sorted.get(sorted.len() * permille / 1_000).copied().unwrap_or_default()
    }

    fn text(&mut self) -> String {
        let [middle, worst] = [500, 990].map(|it| self.at(it).as_secs_f64() * 1e6);
        format!("p50 {middle:>7.1} us  p99 {worst:>7.1} us")
    }
}

/// What a frame writes.
#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Paper {
    /// How many bytes were written; they are not kept.
    fn take(&self) -> usize {
        let mut bytes = self.0.borrow_mut();
        let count = bytes.len();
        bytes.clear();
        count
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn terminal(paper: &Paper) -> io::Result<Terminal<CrosstermBackend<Paper>>> {
    let options = TerminalOptions { viewport: Viewport::Fixed(SIZE) };
    Terminal::with_options(CrosstermBackend::new(paper.clone()), options)
}

fn screen(view: &View) -> Outcome<Screen> {
    let theme = Theme::built_in("classic-dark").ok_or("the theme is not shipped")?;
    let look = Look { theme, language: Language::English };
    let mut screen = Screen::new(look, Keymap::default(), (SIZE.width, SIZE.height));
    update(&mut screen, view, view.now, Event::View);
    let mut now = view.now;
    // The first item on ladder, chart and tape, and the blotter's orders, all of them, focused.
    for name in ["enter", "alt-7", "v"] {
        now += SECOND;
        let key = crokey::parse(name)?;
        update(&mut screen, view, now, Event::Key(Press { key, is_repeat: false }));
    }
    Ok(screen)
}

/// The made-up moment, with as much of everything as the machine keeps.
fn busy() -> View {
    let mut view = fixture::view();
    let made = std::mem::take(&mut view.quotes);
    view.quotes = made.iter().cycle().take(ITEMS).cloned().enumerate().map(fill).collect();
    let orders = std::mem::take(&mut view.orders);
    view.orders = orders.iter().cycle().take(ORDERS).cloned().collect();
    for (number, order) in view.orders.iter_mut().enumerate() {
        order.id = format!("B{number}");
        // Whatever works is on the ladder and in the blotter.
        if number % 2 == 0 {
            order.state = OrderState::New;
        }
    }
    view
}

/// An item of a long day.
fn fill((number, mut quote): (usize, Quote)) -> Quote {
    if number >= 4 {
        quote.code = format!("{}{number}", quote.code.get(..3).unwrap_or_default());
    }
    let newest = quote.bars.last().copied().unwrap_or_default();
    let short = quote.bars.clone();
    let back = |(back, bar): (i64, &Bar)| Bar {
        start: newest.start - back * Bar::SECONDS * SECOND,
        ..*bar
    };
    quote.bars = (0_i64..).zip(short.iter().rev().cycle()).take(BARS).map(back).collect();
    quote.bars.reverse();
    let trades = quote.trades.clone();
    let back = |(back, trade): (u64, &Trade)| Trade { sequence: 40_000 - back, ..*trade };
    quote.trades = (0..).zip(trades.iter().rev().cycle()).take(TRADES).map(back).collect();
    quote.trades.make_contiguous().reverse();
    quote
}

/// Some ticks of every item: the price goes up and down, the book goes with it.
fn trade(view: &mut View, number: usize) {
    view.now += SECOND / 20;
    for (at, quote) in view.quotes.iter_mut().enumerate() {
        let step = quote.ticks.first().map_or(SECOND, |it| it.step);
        let moved = if (number + at) % 7 < 4 { step } else { -step };
        let Some(last) = quote.last.map(|it| it + moved) else { continue };
        quote.last = Some(last);
        quote.ticked = Some(view.now);
        quote.bars.last_mut().into_iter().for_each(|it| it.close = last);
        if let Some(book) = &mut quote.book {
            for (price, lots) in book.bids.iter_mut().chain(&mut book.asks) {
                *price += moved;
                *lots = (*lots + 7 * SECOND) % (90 * SECOND) + SECOND;
            }
        }
        for _ in 0..TICKS {
            let newest = quote.trades.back().copied().unwrap_or_default();
            let (sequence, time) = (newest.sequence + 1, view.now);
            quote.trades.pop_front();
            quote.trades.push_back(Trade { sequence, time, price: last, ..newest });
            quote.volume += newest.quantity;
        }
    }
}
