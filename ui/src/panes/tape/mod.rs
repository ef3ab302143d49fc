//! Time and sales: every trade of an item, newest first.
//!
//! Scrolled back, it stays on the trade that is read: new ones do not move it.

mod draw;
#[cfg(test)]
mod tests;

pub use draw::draw;

use super::market::{inside, quote};
use crate::action::Action;
use crate::keys::Act;
use crate::layout::layout;
use crate::pane::Pane;
use crate::screen::Screen;
use crate::view::{Quote, Trade, View, whole};

/// Lots from which on trades are shown, in the order in which keys go through them.
const LEAST: [i64; 7] = [1, 2, 5, 10, 20, 50, 100];

/// What the user is looking at in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The number of the trade on top; `None` follows the newest.
    pub at: Option<u64>,
    /// Lots below which trades are left out; 0 shows all.
    pub least: i64,
}

impl State {
    fn shows(&self, trade: &Trade) -> bool {
        self.least == 0 || trade.quantity >= whole(self.least)
    }

    /// The trades that are shown, from the one on top, newest first. Where that one is gone, the
    /// oldest page stays.
    fn trades<'quote>(
        &self,
        quote: &'quote Quote,
        page: usize,
    ) -> impl Iterator<Item = &'quote Trade> {
        let count = self.at.map_or(quote.trades.len(), |at| {
            quote.trades.partition_point(|it| it.sequence <= at).max(page)
        });
        let (state, trades) = (self.clone(), quote.trades.iter().take(count).rev());
        trades.filter(move |it| state.shows(it))
    }

    /// How many trades are newer than the one on top.
    fn newer(&self, quote: &Quote) -> usize {
        let Some(at) = self.at else { return 0 };
        let after = quote.trades.partition_point(|it| it.sequence <= at);
        quote.trades.iter().skip(after).filter(|it| self.shows(it)).count()
    }
}

/// Does what a key asks for: up and down scroll, left and right choose from how many lots on trades
/// are shown.
pub fn update(screen: &mut Screen, view: &View, act: Act) -> Vec<Action> {
    let Some(quote) = quote(screen, view) else { return Vec::new() };
    let page = page(screen, quote);
    match act {
        Act::Up => screen.tape.at = later(&screen.tape, quote, 1),
        Act::PageUp => screen.tape.at = later(&screen.tape, quote, page),
        Act::Down => screen.tape.at = earlier(&screen.tape, quote, 1, page),
        Act::PageDown => screen.tape.at = earlier(&screen.tape, quote, page, page),
        Act::Top => screen.tape.at = None,
        Act::Bottom => screen.tape.at = earlier(&screen.tape, quote, usize::MAX, page),
        Act::Left => {
            let less = LEAST.into_iter().rev().find(|it| *it < screen.tape.least);
            screen.tape.least = less.filter(|it| *it > 1).unwrap_or(0);
        }
        Act::Right => {
            let more = LEAST.into_iter().find(|it| *it > screen.tape.least.max(1));
            screen.tape.least = more.unwrap_or(screen.tape.least);
        }
        _ => (),
    }
    Vec::new()
}

/// Trades that fit.
fn page(screen: &Screen, quote: &Quote) -> usize {
    let plan = layout(screen.area, screen);
    let area = plan.panes.iter().find(|it| it.0 == Pane::Tape).map(|it| inside(it.1));
    area.map_or(1, |it| draw::fits(it, quote).max(1))
}

/// The trade so many older than the one on top, but none that leaves a part of the pane empty.
fn earlier(state: &State, quote: &Quote, steps: usize, page: usize) -> Option<u64> {
    let all: Vec<_> = state.trades(quote, page).map(|it| it.sequence).collect();
    let steps = steps.min(all.len().saturating_sub(page));
    if steps == 0 { state.at } else { all.get(steps).copied() }
}

/// The trade so many newer than the one on top; beyond the newest it follows them.
fn later(state: &State, quote: &Quote, steps: usize) -> Option<u64> {
    let at = state.at?;
    let after = quote.trades.partition_point(|it| it.sequence <= at);
    let newer: Vec<_> = quote.trades.iter().skip(after).filter(|it| state.shows(it)).collect();
    if newer.len() <= steps {
        return None;
    }
    newer.get(steps.saturating_sub(1)).map(|it| it.sequence)
}
