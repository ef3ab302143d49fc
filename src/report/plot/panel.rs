//! One currency's curve: grid, drawdown, equity, fills.

use std::fmt::Write;

use aftm_domain::{ExchangeTime, Money, Side, SignalKind};

use super::axis::{Amounts, Times};
use super::{PANEL, Svg, WIDTH, escape};
use crate::report::text::{amount, clock};
use crate::report::{Execution, Point, Report, Summary};

const LEFT: f64 = 112.0;
const RIGHT: f64 = 40.0;
const TOP: f64 = 36.0;
const BOTTOM: f64 = 64.0;

/// Into how many columns the curve is thinned out; each keeps its first, lowest, highest and last
/// point, so that no extreme is lost.
const COLUMNS: usize = 250;
/// How many fills are marked; of more, each so many-th.
const FILLS_MAX: usize = 500;
/// How many fills have room for large marks.
const FILLS_LARGE_MAX: usize = 100;

pub(super) fn draw(svg: &mut Svg, summary: &Summary, report: &Report, top: f64) {
    let points = &summary.equity.points;
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let (from, to) = (report.from.unwrap_or(first.time), report.to.unwrap_or(last.time));
    let times = Times::over(from.min(first.time), to.max(last.time), LEFT, WIDTH - LEFT - RIGHT);
    let height = PANEL - TOP - BOTTOM;
    let amounts = Amounts::over(points.iter().map(|it| it.equity), top + TOP, height);
    let panel = Panel { times, amounts, end: to.max(last.time), base: top + TOP + height };
    let net = escape(&format!("{} net {}", summary.currency, amount(summary.results.net)));
    let y = top + TOP - 14.0;
    svg.line(format_args!(r#"<text class="currency" x="{LEFT}" y="{y:.1}">{net}</text>"#));
    legend(svg, y);
    panel.grid(svg);
    let kept = thin(points);
    panel.curve(svg, &kept);
    panel.fills(svg, &summary.executions, points);
}

fn legend(svg: &mut Svg, y: f64) {
    let x = WIDTH - RIGHT;
    svg.line(format_args!(
        r#"<text x="{x}" y="{y:.1}" text-anchor="end"><tspan class="buy">▲</tspan> buy  <tspan class="sell">▼</tspan> sell to enter  ·  <tspan class="buy">●</tspan> <tspan class="sell">●</tspan> to exit  ·  <tspan class="hand">■</tspan> by hand  ·  <tspan class="shade">■</tspan> below the peak</text>"#
    ));
}

/// At most four points a column, in order, first and last among them.
fn thin(points: &[Point]) -> Vec<Point> {
    if points.len() <= COLUMNS * 4 {
        return points.to_vec();
    }
    let mut kept = Vec::with_capacity(COLUMNS * 4);
    for column in points.chunks(points.len().div_ceil(COLUMNS)) {
        let last = column.len().saturating_sub(1);
        let equity = |at: &usize| column.get(*at).map(|it| it.equity);
        let lowest = (0..column.len()).min_by_key(equity).unwrap_or(0);
        let highest = (0..column.len()).max_by_key(equity).unwrap_or(0);
        let mut places = [0, lowest, highest, last];
        places.sort_unstable();
        let mut before = None;
        for place in places {
            if before.replace(place) != Some(place) {
                kept.extend(column.get(place));
            }
        }
    }
    kept
}

struct Panel {
    times: Times,
    amounts: Amounts,
    /// Where the curve ends.
    end: ExchangeTime,
    /// The height of the time axis.
    base: f64,
}

impl Panel {
    fn grid(&self, svg: &mut Svg) {
        let (right, label) = (WIDTH - RIGHT, LEFT - 10.0);
        for tick in self.amounts.ticks() {
            let y = self.amounts.place(tick);
            let class = if tick == Money::ZERO { "zero" } else { "grid" };
            svg.line(format_args!(
                r#"<line class="{class}" x1="{LEFT}" y1="{y:.1}" x2="{right}" y2="{y:.1}"/>"#
            ));
            let text = amount(tick);
            let y = y + 4.5;
            svg.line(format_args!(
                r#"<text x="{label}" y="{y:.1}" text-anchor="end">{text}</text>"#
            ));
        }
        let ticks = self.times.ticks();
        let is_calendar = ticks.iter().all(|(_, is_midnight)| *is_midnight);
        let mut day = None;
        for (time, is_midnight) in ticks {
            let x = self.times.place(time);
            self.tick(svg, x, is_midnight);
            let (civil, before) = (time.civil(), day.replace(time.civil().date()));
            let mut labels = Vec::new();
            if !is_calendar {
                let form = if civil.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
                labels.push(civil.strftime(form).to_string());
            }
            if before != day {
                labels.push(civil.date().to_string());
            }
            let mut y = self.base + 20.0;
            for label in labels {
                svg.line(format_args!(
                    r#"<text x="{x:.1}" y="{y:.1}" text-anchor="middle">{label}</text>"#
                ));
                y += 18.0;
            }
        }
    }

    fn tick(&self, svg: &mut Svg, x: f64, is_midnight: bool) {
        let (base, mark) = (self.base, self.base + 6.0);
        if is_midnight {
            let top = base - (PANEL - TOP - BOTTOM);
            svg.line(format_args!(
                r#"<line class="day" x1="{x:.1}" y1="{top:.1}" x2="{x:.1}" y2="{base:.1}"/>"#
            ));
        }
        svg.line(format_args!(
            r#"<line class="zero" x1="{x:.1}" y1="{base:.1}" x2="{x:.1}" y2="{mark:.1}"/>"#
        ));
    }

    /// The steps of the equity, and the room between them and the peak before.
    fn curve(&self, svg: &mut Svg, points: &[Point]) {
        let end = self.times.place(self.end);
        let equity = self.steps(points, end, |it| it.equity);
        let peak = self.steps(points, end, |it| it.peak);
        let mut fall = path(peak.iter());
        for (x, y) in equity.iter().rev() {
            let _ = write!(fall, "L{x:.1} {y:.1}");
        }
        svg.line(format_args!(r#"<path class="fall" d="{fall}Z"/>"#));
        let line = path(equity.iter());
        svg.line(format_args!(r#"<path class="equity" d="{line}"/>"#));
    }

    /// The corners of a line that keeps its height until the next point.
    fn steps(&self, points: &[Point], end: f64, value: fn(&Point) -> Money) -> Vec<(f64, f64)> {
        let mut corners = Vec::with_capacity(points.len() * 2 + 1);
        let mut height = None;
        for point in points {
            let (x, y) = (self.times.place(point.time), self.amounts.place(value(point)));
            corners.extend(height.map(|before| (x, before)));
            corners.push((x, y));
            height = Some(y);
        }
        corners.extend(height.map(|it| (end, it)));
        corners
    }

    /// The fills, each where it left the equity.
    fn fills(&self, svg: &mut Svg, executions: &[Execution], points: &[Point]) {
        // Odd, because an even one would take entries alone where entry and exit alternate.
        let stride = executions.len().div_ceil(FILLS_MAX) | 1;
        let size = if executions.len() > FILLS_LARGE_MAX { 0.5 } else { 1.0 };
        // The first point is the start.
        for (execution, point) in executions.iter().zip(points.iter().skip(1)).step_by(stride) {
            let (x, y) = (self.times.place(point.time), self.amounts.place(point.equity));
            let title = escape(&tooltip(execution, point));
            let (class, shape) = shape(execution);
            svg.line(format_args!(
                r#"<path class="fill {class}" transform="translate({x:.1} {y:.1}) scale({size})" d="{shape}"><title>{title}</title></path>"#
            ));
        }
        if stride > 1 {
            let y = self.base + 56.0;
            svg.line(format_args!(
                r#"<text x="{LEFT}" y="{y:.1}">one fill in {stride} is marked</text>"#
            ));
        }
    }
}

/// A fill's class, which is its colour, and its shape around the origin.
fn shape(execution: &Execution) -> (&'static str, &'static str) {
    let side = execution.side.word();
    match (execution.kind, execution.side) {
        (Some(SignalKind::Exit), _) => (side, "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z"),
        (Some(SignalKind::Entry), Side::Buy) => (side, "M-6 5L0 -6L6 5z"),
        (Some(SignalKind::Entry), Side::Sell) => (side, "M-6 -5L0 6L6 -5z"),
        (None, _) => ("hand", "M-5 -5h10v10h-10z"),
    }
}

fn path<'a>(corners: impl Iterator<Item = &'a (f64, f64)>) -> String {
    let mut line = String::new();
    for (at, (x, y)) in corners.enumerate() {
        let command = if at == 0 { 'M' } else { 'L' };
        let _ = write!(line, "{command}{x:.1} {y:.1}");
    }
    line
}

/// `a entry: buy 1 TXFH1 at 17306 (A12), 2021-07-26 10:49:08, equity -94`.
fn tooltip(execution: &Execution, point: &Point) -> String {
    let Execution { order, side, quantity, item, price, .. } = execution;
    let who = match (execution.condition, execution.kind) {
        (Some(condition), Some(kind)) => format!("{condition} {kind}"),
        (Some(condition), None) => condition.to_string(),
        (None, _) => "by hand".to_owned(),
    };
    let (time, equity) = (clock(execution.time), amount(point.equity));
    format!("{who}: {side} {quantity} {item} at {price} ({order}), {time}, equity {equity}")
}
