//! The last row of the ladder: what is held and what it earns.

use crate::Look;
use crate::keys::Act;
use crate::panes::ink::{Ink, cells};
use crate::panes::market::lots;
use crate::screen::Screen;
use crate::theme::Role;
use crate::view::{Position, Quote, View, money, nano, points, signed};

/// Draws the position; or, in its place, what the market key waits for.
pub(super) fn draw(ink: &mut Ink<'_>, screen: &Screen, view: &View, quote: &Quote) {
    let look = &screen.look;
    let state = &screen.ladder;
    if state.is_of(&quote.code) && state.is_market_pending(screen.now) {
        let (buy, sell) = (screen.keys.hint(Act::LadderBuy), screen.keys.hint(Act::LadderSell));
        let count = state.lots().to_string();
        let values = [("lots", count.as_str()), ("buy", &buy), ("sell", &sell)];
        ink.put(0, 0, &look.fill("ladder.market_pending", &values), look.style(Role::StatusWarn));
        return;
    }
    match view.position(&quote.code).filter(|it| it.long > 0 || it.short > 0) {
        Some(position) => {
            let mut column = 1;
            for (text, role) in fitting(parts(look, quote, position), ink.width()) {
                column = ink.put(column, 0, &text, look.style(role)) + 1;
            }
        }
        None => {
            ink.put(1, 0, &look.text("ladder.flat"), look.style(Role::TextMuted));
        }
    }
}

/// A text, and how early it gives way where there is no room: 0 never does.
type Part = (String, Role, u8);

/// Lots, average, points, money.
fn parts(look: &Look, quote: &Quote, position: &Position) -> Vec<Part> {
    let (long, short) = (position.long > 0, position.short > 0);
    let held = match (long, short) {
        (true, true) => format!("+{} -{}", lots(position.long), lots(position.short)),
        _ => signed(lots(position.net()), long),
    };
    let average = if long { position.long_average } else { position.short_average };
    let average = average.filter(|_| long != short);
    let role = match position.open_profit.unwrap_or(0) {
        1.. => Role::PnlProfit,
        0 => Role::PnlZero,
        _ => Role::PnlLoss,
    };
    let mut parts =
        vec![(look.fill("ladder.foot_position", &[("lots", &held)]), Role::TextStrong, 0)];
    if let Some(average) = average.map(|it| nano(it, quote.decimals)) {
        parts.push((look.fill("ladder.foot_average", &[("average", &average)]), Role::Text, 2));
    }
    if let Some(gained) = position.open_points {
        parts.push((points(gained, quote.decimals), role, 3));
    }
    if let Some(profit) = position.open_profit {
        let profit = signed(money(profit), profit > 0);
        parts.push((look.fill("ladder.foot_profit", &[("money", &profit)]), role, 1));
    }
    parts
}

/// The parts that fit: what can be read elsewhere gives way first.
fn fitting(mut parts: Vec<Part>, width: u16) -> impl Iterator<Item = (String, Role)> {
    for rank in [3, 2, 1] {
        let needed: u16 = parts.iter().map(|it| cells(&it.0).saturating_add(1)).sum();
        if needed > width {
            parts.retain(|it| it.2 != rank);
        }
    }
    parts.into_iter().map(|it| (it.0, it.1))
}
