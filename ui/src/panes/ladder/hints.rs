//! The keys of the ladder, named below it.

use crate::keys::Act;
use crate::panes::ink::{Ink, cells};
use crate::screen::Screen;
use crate::theme::Role;

/// Acts that share a hint, with its text. In the order in which they are named.
const HINTS: [(&[Act], &str); 11] = [
    (&[Act::LadderBuy], "ladder.hint_buy"),
    (&[Act::LadderSell], "ladder.hint_sell"),
    (&[Act::LadderCenter], "ladder.hint_center"),
    (&[Act::LadderBuyAsk], "ladder.hint_buy_ask"),
    (&[Act::LadderSellBid], "ladder.hint_sell_bid"),
    (&[Act::LadderMarket], "ladder.hint_market"),
    (&[Act::LadderCancelHere], "ladder.hint_cancel"),
    (&[Act::LadderCancelSide], "ladder.hint_cancel_side"),
    (&[Act::LadderFlatten], "ladder.hint_flatten"),
    (&[Act::LadderReverse], "ladder.hint_reverse"),
    (&[Act::LadderMore, Act::LadderLess], "ladder.hint_lots"),
];

/// Names as many keys as fit, line by line.
pub(super) fn draw(ink: &mut Ink<'_>, screen: &Screen) {
    let look = &screen.look;
    let (mut column, mut row) = (0, 0);
    for (acts, text) in HINTS {
        let keys: Vec<_> = acts.iter().map(|it| screen.keys.hint(*it)).collect();
        let (keys, text) = (keys.join("/"), look.text(text));
        if keys.trim_matches('/').is_empty() {
            continue;
        }
        let width = cells(&keys) + 1 + cells(&text);
        if column > 0 && column + width > ink.width() {
            (column, row) = (0, row + 1);
        }
        let next = ink.put(column, row, &keys, look.style(Role::KeyHint)) + 1;
        column = ink.put(next, row, &text, look.style(Role::KeyLabel)) + 2;
    }
}
