//! The shapes of candles, bars and lines, in half rows.

use super::plan::Plan;
use super::scale::Scale;
use crate::look::Look;
use crate::panes::ink::Ink;
use crate::theme::Role;
use crate::view::Bar;

/// Draws candles. Bodies are full blocks; where the theme has one color for both directions, those
/// that rise are slim, because the shape has to say it then.
pub(super) fn candles(ink: &mut Ink<'_>, look: &Look, plan: &Plan, scale: &Scale, all: &[Bar]) {
    let (up, down) = (look.style(Role::ChartBodyUp), look.style(Role::ChartBodyDown));
    let wick = look.style(Role::ChartWick);
    let is_plain = up.fg == down.fg;
    for (back, bar) in (0..).zip(all.iter().rev()) {
        let rises = bar.close >= bar.open;
        let style = if rises { up } else { down };
        let blocks = if rises && is_plain { ["┃", "╹", "╻"] } else { ["█", "▀", "▄"] };
        let span = [bar.high, bar.low].map(|it| scale.half(it));
        let body = [bar.open.max(bar.close), bar.open.min(bar.close)].map(|it| scale.half(it));
        let column = plan.column(back);
        for row in span[0] / 2..=span[1] / 2 {
            if let Some(symbol) = half(row, body, blocks) {
                for column in column..column + plan.body {
                    ink.dot(column, row, symbol, style);
                }
            } else if let Some(symbol) = half(row, span, ["│", "╵", "╷"]) {
                ink.dot(column + plan.body / 2, row, symbol, wick);
            }
        }
    }
}

/// The symbol of a row that a span of halves covers whole, in its upper or in its lower half.
fn half(
    row: u16,
    [top, bottom]: [u16; 2],
    [whole, upper, lower]: [&'static str; 3],
) -> Option<&'static str> {
    let covers = |it: u16| (top..=bottom).contains(&it);
    match (covers(row * 2), covers(row * 2 + 1)) {
        (true, true) => Some(whole),
        (true, false) => Some(upper),
        (false, true) => Some(lower),
        (false, false) => None,
    }
}

/// Draws a line from low to high for each candle, with open and close standing out.
pub(super) fn bars(ink: &mut Ink<'_>, look: &Look, plan: &Plan, scale: &Scale, all: &[Bar]) {
    for (back, bar) in (0..).zip(all.iter().rev()) {
        let rises = bar.close >= bar.open;
        let style = look.style(if rises { Role::ChartBodyUp } else { Role::ChartBodyDown });
        let column = plan.column(back) + plan.body / 2;
        let (open, close) = (scale.row(bar.open), scale.row(bar.close));
        for row in scale.row(bar.high)..=scale.row(bar.low) {
            let symbol = match (row == open, row == close) {
                (true, true) => "┼",
                (true, false) => "┤",
                (false, true) => "├",
                (false, false) => "│",
            };
            ink.dot(column, row, symbol, style);
        }
    }
}

/// Draws a line through the closes.
pub(super) fn line(ink: &mut Ink<'_>, look: &Look, plan: &Plan, scale: &Scale, all: &[Bar]) {
    let style = look.style(Role::ChartLine);
    let rows: Vec<_> = all.iter().rev().map(|it| scale.row(it.close)).collect();
    for (back, row) in (0..).zip(&rows) {
        let (column, row) = (plan.column(back), *row);
        let next = if back == 0 { column + plan.body } else { plan.column(back - 1) };
        for column in column..next {
            ink.dot(column, row, "─", style);
        }
        let Some(before) = rows.get(usize::from(back) + 1).copied() else { continue };
        let (from, to) = match before.cmp(&row) {
            std::cmp::Ordering::Equal => continue,
            std::cmp::Ordering::Greater => ("╯", "╭"),
            std::cmp::Ordering::Less => ("╮", "╰"),
        };
        for between in before.min(row)..before.max(row) {
            ink.dot(column, between, "│", style);
        }
        ink.dot(column, before, from, style);
        ink.dot(column, row, to, style);
    }
}

/// Draws lots as columns that stand on the lowest row.
pub(super) fn volume(ink: &mut Ink<'_>, look: &Look, plan: &Plan, all: &[Bar]) {
    const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let style = look.style(Role::ChartVolume);
    let most = all.iter().map(|it| it.volume).max().unwrap_or(0).max(1);
    let rows = plan.volume.height;
    for (back, bar) in (0..).zip(all.iter().rev()) {
        let eighths = i128::from(bar.volume.max(0)) * i128::from(rows) * 8 / i128::from(most);
        // Lots that were traded are never shown as none.
        let mut left = usize::try_from(eighths).unwrap_or(0).max(usize::from(bar.volume > 0));
        for row in (0..rows).rev() {
            let part = left.min(8);
            left -= part;
            for column in plan.column(back)..plan.column(back) + plan.body {
                let symbol = EIGHTHS.get(part).copied().unwrap_or(" ");
                ink.dot(column, row, symbol, style);
            }
        }
    }
}
