//! How the chart is drawn.

use std::cmp::Ordering;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::candles::candles;
use super::levels::{Level, levels};
use super::plan::Plan;
use super::scale::Scale;
use super::{Kind, shapes, times};
use crate::pane::Pane;
use crate::panes::ink::{Ink, cells};
use crate::panes::market::{Clock, inside, lots, nothing, offset_s, quote};
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::{Bar, Quote, Side, View, nano, points};
use crate::widgets::frame::pane_block;

/// What a line of the grid is made of.
const GRID: &str = "┈";
/// Columns and rows from which on levels are named.
const NAMES_FROM: (u16, u16) = (24, 6);
/// Rows that a name may move away from its price where another name stands.
const MOVES: u16 = 2;

/// Draws the chart with its border.
pub fn draw(frame: &mut Frame<'_>, area: Rect, screen: &Screen, view: &View) {
    let quote = quote(screen, view);
    let block = pane_block(screen, view, Pane::Chart, format!(" {} ", title(screen, view, quote)));
    frame.render_widget(block, area);
    let inner = inside(area);
    let mut ink = Ink::new(frame.buffer_mut(), inner);
    let Some(quote) = quote.filter(|it| !it.bars.is_empty()) else {
        nothing(&mut ink, screen, quote);
        return;
    };
    let plan = Plan::of(inner, quote);
    let until = screen.chart.until(quote);
    let span = (until, usize::from(plan.count()));
    let bars = candles(&quote.bars, screen.chart.period, offset_s(view), span);
    let levels = levels(&screen.look, view, quote);
    let near: Vec<_> = levels.iter().map(|it| it.price).chain(quote.last).collect();
    let near = if until.is_none() { near.as_slice() } else { &[] };
    let tick = quote.last.and_then(|it| quote.tick_at(it)).unwrap_or(1);
    let Some(scale) = Scale::new(&bars, near, tick, plan.plot.height) else { return };
    Sheet { screen, view, quote, plan, bars, scale, tick }.draw(&mut ink, &levels);
    if quote.is_stale {
        frame.buffer_mut().set_style(inner, screen.look.style(Role::MarketStale));
    }
}

/// Item, period and kind; when, where it is not now; that it is stale, where it is.
fn title(screen: &Screen, view: &View, quote: Option<&Quote>) -> String {
    let look = &screen.look;
    let Some(quote) = quote else { return look.text("chart.title").into_owned() };
    let kind = look.text(match screen.chart.kind {
        Kind::Candles => "chart.candles",
        Kind::Bars => "chart.bars",
        Kind::Line => "chart.line",
    });
    let mut title = format!("{} {} {kind}", quote.code, screen.chart.period.word());
    if let Some(until) = screen.chart.until(quote) {
        let clock = Clock::new(until, offset_s(view));
        let time = format!("{} {}", clock.date(), clock.minutes());
        title = format!("{title} {}", look.fill("chart.until", &[("time", &time)]));
    }
    if quote.is_stale {
        title = format!("{title} {}", look.text("ladder.stale"));
    }
    title
}

/// The chart of one frame.
struct Sheet<'frame> {
    screen: &'frame Screen,
    view: &'frame View,
    quote: &'frame Quote,
    plan: Plan,
    /// Oldest first.
    bars: Vec<Bar>,
    scale: Scale,
    tick: i64,
}

impl Sheet<'_> {
    fn style(&self, role: Role) -> Style {
        self.screen.look.style(role)
    }

    fn draw(&self, ink: &mut Ink<'_>, levels: &[Level]) {
        let Sheet { screen, plan, bars, scale, .. } = self;
        let look = &screen.look;
        self.axis(&mut ink.part(plan.axis));
        let mut plot = ink.part(plan.plot);
        self.grid(&mut plot);
        match screen.chart.kind {
            Kind::Candles => shapes::candles(&mut plot, look, plan, scale, bars),
            Kind::Bars => shapes::bars(&mut plot, look, plan, scale, bars),
            Kind::Line => shapes::line(&mut plot, look, plan, scale, bars),
        }
        self.last(&mut plot);
        self.fills(&mut plot);
        self.levels(&mut plot, levels);
        self.last_name(&mut ink.part(plan.axis));
        shapes::volume(&mut ink.part(plan.volume), look, plan, bars);
        self.volume_name(ink);
        let spans = (screen.chart.period.seconds(), offset_s(self.view));
        times::draw(&mut ink.part(plan.times), look, plan, bars, spans);
        self.legend(&mut ink.part(plan.legend));
    }

    fn axis(&self, ink: &mut Ink<'_>) {
        let end = ink.width().saturating_sub(1);
        for price in self.scale.ticks(self.tick) {
            let text = nano(price, self.quote.decimals);
            ink.put_before(end, self.scale.row(price), &text, self.style(Role::ChartAxis));
        }
    }

    fn grid(&self, ink: &mut Ink<'_>) {
        for price in self.scale.ticks(self.tick) {
            self.line(ink, self.scale.row(price), GRID, self.style(Role::ChartGrid));
        }
    }

    /// A line through what is still empty.
    fn line(&self, ink: &mut Ink<'_>, row: u16, symbol: &str, style: Style) {
        for column in 0..ink.width() {
            if matches!(ink.at(column, row), " " | GRID) {
                ink.dot(column, row, symbol, style);
            }
        }
    }

    fn last(&self, ink: &mut Ink<'_>) {
        if let Some(last) = self.quote.last.filter(|it| self.scale.side(*it) == Ordering::Equal) {
            self.line(ink, self.scale.row(last), "╌", self.style(Role::ChartLine));
        }
    }

    /// The last price on the axis, over whatever is named there.
    fn last_name(&self, ink: &mut Ink<'_>) {
        let end = ink.width().saturating_sub(1);
        let last = self.quote.last.filter(|it| self.scale.side(*it) == Ordering::Equal);
        let Some(last) = last.filter(|_| end > 0) else { return };
        let row = self.scale.row(last);
        ink.put(0, row, &" ".repeat(end.into()), Style::new());
        ink.put_before(end, row, &nano(last, self.quote.decimals), self.style(Role::BookLast));
        ink.dot(end, row, self.screen.look.glyph(Glyph::Here), self.style(Role::BookLast));
    }

    /// Own fills: buys below their candle, sells above it.
    fn fills(&self, ink: &mut Ink<'_>) {
        let account = self.view.machine.account.as_deref();
        let (period, offset_s) = (self.screen.chart.period, offset_s(self.view));
        let own = self.view.fills.iter().rev().filter(|it| {
            it.item == self.quote.code && account.is_some_and(|account| account == it.account)
        });
        let oldest = self.bars.first().map_or(i64::MAX, |it| it.start);
        for fill in own.filter(|it| it.time >= oldest) {
            let start = period.start(fill.time, offset_s);
            let at = self.bars.partition_point(|it| it.start < start);
            let Some(bar) = self.bars.get(at).filter(|it| it.start == start) else { continue };
            let back = u16::try_from(self.bars.len() - 1 - at).unwrap_or(u16::MAX);
            let column = self.plan.column(back) + self.plan.body / 2;
            let bottom = self.plan.plot.height.saturating_sub(1);
            let (row, text) = match fill.side {
                Side::Buy => ((self.scale.row(bar.low) + 1).min(bottom), "chart.bought"),
                Side::Sell => (self.scale.row(bar.high).saturating_sub(1), "chart.sold"),
            };
            let text = self.screen.look.text(text);
            ink.over(column, row, &text, self.style(Role::ChartMarker));
        }
    }

    /// Lines at levels, each with its name; beyond the scale only the name, with a sign that says
    /// where the price is.
    fn levels(&self, ink: &mut Ink<'_>, levels: &[Level]) {
        let look = &self.screen.look;
        for level in levels.iter().filter(|it| self.scale.side(it.price) == Ordering::Equal) {
            let row = self.scale.row(level.price);
            self.line(ink, row, level.line, self.style(level.role));
        }
        // In a small chart names would hide the candles.
        if ink.width() < NAMES_FROM.0 || ink.height() < NAMES_FROM.1 {
            return;
        }
        let mut taken = vec![false; usize::from(ink.height())];
        let is_beyond = |it: &&Level| self.scale.side(it.price) != Ordering::Equal;
        // Names on their own lines come before those that only say where a price is.
        let on = levels.iter().filter(|it| !is_beyond(it));
        for level in on.chain(levels.iter().filter(is_beyond)) {
            let sign = match self.scale.side(level.price) {
                Ordering::Greater => look.glyph(Glyph::Up),
                Ordering::Less => look.glyph(Glyph::Down),
                Ordering::Equal => "",
            };
            let text = format!(" {sign}{}{} ", if sign.is_empty() { "" } else { " " }, level.text);
            let Some(row) = free_row(&taken, self.scale.row(level.price)) else { continue };
            if cells(&text) > ink.width() {
                continue;
            }
            if let Some(place) = taken.get_mut(usize::from(row)) {
                *place = true;
            }
            ink.over(column(ink, row, cells(&text)), row, &text, self.style(level.role));
        }
    }

    fn volume_name(&self, ink: &mut Ink<'_>) {
        let most = self.bars.iter().map(|it| it.volume).max().unwrap_or(0);
        let Plan { axis, volume, .. } = self.plan;
        if volume.height > 0 {
            let mut part = ink.part(Rect { x: 0, width: axis.width, ..volume });
            let end = axis.width.saturating_sub(1);
            part.put_before(end, 0, &lots(most), self.style(Role::ChartAxis));
        }
    }

    /// The newest candle that is shown, in numbers, and how it went.
    fn legend(&self, ink: &mut Ink<'_>) {
        let look = &self.screen.look;
        let Some(bar) = self.bars.last() else { return };
        let change = bar.close.saturating_sub(bar.open);
        let (sign, role) = match change {
            1.. => (Glyph::Up, Role::MarketUp),
            0 => (Glyph::Flat, Role::MarketFlat),
            _ => (Glyph::Down, Role::MarketDown),
        };
        let price = |it| nano(it, self.quote.decimals);
        let parts = [
            ("chart.open", price(bar.open)),
            ("chart.high", price(bar.high)),
            ("chart.low", price(bar.low)),
            ("chart.close", price(bar.close)),
        ];
        let change = format!("{}{}", look.glyph(sign), points(change, self.quote.decimals));
        let volume = lots(bar.volume);
        let parts = parts.iter().map(|it| (look.text(it.0), it.1.as_str(), Role::Text));
        let parts = parts.chain([
            ("".into(), change.as_str(), role),
            (look.text("chart.volume"), volume.as_str(), Role::Text),
        ]);
        let mut column = 0;
        for (name, value, role) in parts {
            // A number is shown whole or not at all.
            let needed = cells(&name) + cells(value);
            if column + needed > ink.width() {
                return;
            }
            column = ink.put(column, 0, &name, self.style(Role::TextMuted));
            column = ink.put(column, 0, value, self.style(role)) + 1;
        }
    }
}

/// The nearest row to a row that no name stands in.
fn free_row(taken: &[bool], row: u16) -> Option<u16> {
    let is_free = |it: &u16| taken.get(usize::from(*it)).is_some_and(|it| !it);
    let near = (0..=MOVES).flat_map(|it| [row.checked_add(it), row.checked_sub(it)]);
    near.flatten().find(is_free)
}

/// Where a name goes in a row: where it hides no candle, on the left rather than over the newest.
fn column(ink: &Ink<'_>, row: u16, width: u16) -> u16 {
    let last = ink.width().saturating_sub(width);
    let hides = |from: &u16| {
        let symbols = (*from..from + width).map(|it| ink.at(it, row));
        symbols.filter(|it| !matches!(*it, " " | GRID | "╌" | "─")).count()
    };
    (0..=last).min_by_key(hides).unwrap_or(0)
}
