//! Bars and trades of one item, bounded.

use std::collections::VecDeque;

use aftm_ui::view::{Bar, Moment, Nano, Trade};

/// Bars kept of an item: more than a day and a night.
pub(super) const BARS_MAX: usize = 20_000;
/// Trades kept of an item.
pub(super) const TRADES_MAX: usize = 5_000;
/// Bars that go at once when there are too many, so that a tick moves them rarely.
const BARS_GO: usize = 2_000;
/// A bar's length in nanoseconds.
const LENGTH: i64 = Bar::SECONDS * 1_000_000_000;

/// Adds a trade, and lets the oldest go.
pub(super) fn add_trade(trades: &mut VecDeque<Trade>, trade: Trade) {
    if trades.len() >= TRADES_MAX {
        trades.pop_front();
    }
    trades.push_back(trade);
}

/// Adds a trade to its bar. One that comes late is counted where it belongs, and closes nothing.
pub(super) fn add_bar(bars: &mut Vec<Bar>, time: Moment, price: Nano, quantity: Nano) {
    let start = time.div_euclid(LENGTH) * LENGTH;
    let fresh = Bar { start, open: price, high: price, low: price, close: price, volume: quantity };
    match bars.last_mut() {
        Some(last) if last.start == start => {
            grow(last, price, quantity);
            last.close = price;
        }
        Some(last) if last.start > start => {
            match bars.binary_search_by_key(&start, |it| it.start) {
                Ok(at) => bars.get_mut(at).into_iter().for_each(|it| grow(it, price, quantity)),
                Err(at) => bars.insert(at, fresh),
            }
        }
        Some(_) | None => bars.push(fresh),
    }
    if bars.len() > BARS_MAX {
        bars.drain(..BARS_GO);
    }
}

fn grow(bar: &mut Bar, price: Nano, quantity: Nano) {
    bar.high = bar.high.max(price);
    bar.low = bar.low.min(price);
    bar.volume = bar.volume.saturating_add(quantity);
}
