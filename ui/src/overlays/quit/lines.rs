//! The question before leaving, a line at a time.

use crate::look::Look;
use crate::overlays::Overlay;
use crate::overlays::lines::{Question, Taken, choices as numbered, leave as drop, number, yes_no};
use crate::screen::Screen;
use crate::view::View;

use super::{Choice, Quit, choices, leave, said};

/// What it asks; `None` while everything stops.
pub(in crate::overlays) fn ask(look: &Look, view: &View, quit: &Quit) -> Option<Question> {
    if quit.is_leaving {
        return None;
    }
    let texts = said(look, quit, view).into_iter().map(|it| it.0).collect();
    let offered = choices(quit, view);
    Some(match offered.as_slice() {
        [_, only] => Question::yes_no(look, texts, &look.text(only.key())),
        all => numbered(look, texts, all.iter().map(|it| look.text(it.key())).collect()),
    })
}

/// Takes the answer.
pub(in crate::overlays) fn take(screen: &mut Screen, view: &View, text: &str) -> Taken {
    let Some(Overlay::Quit(quit)) = screen.overlays.last() else { return Ok(Vec::new()) };
    let offered = choices(quit, view);
    let place = match offered.as_slice() {
        [_, _] => usize::from(yes_no(&screen.look, text)?),
        all => number(&screen.look, text, all.len().saturating_sub(1))?,
    };
    match offered.get(place).copied().and_then(Choice::line) {
        Some(line) => Ok(leave(screen, line)),
        None => {
            drop(screen);
            Ok(Vec::new())
        }
    }
}

/// Leaves without a question where there is nothing to ask about.
pub(crate) fn leave_at_once(screen: &mut Screen, view: &View) -> Vec<crate::Action> {
    match screen.overlays.last() {
        Some(Overlay::Quit(quit)) if !quit.is_leaving && is_idle(quit, view) => {
            leave(screen, "quit")
        }
        _ => Vec::new(),
    }
}

fn is_idle(quit: &Quit, view: &View) -> bool {
    let has_children =
        view.health.processes.iter().any(|it| it.name != "gateway" && it.pid.is_some());
    let is_working = view.orders.iter().any(crate::view::Order::is_open);
    let is_held = view.positions.iter().any(|it| it.net() != 0);
    let is_watching = view.conditions.iter().any(|it| it.open != 0);
    quit.refusal.is_none() && !(has_children || is_working || is_held || is_watching)
}

/// What nobody watches once the program is gone, a sentence each.
pub(crate) fn left_behind(look: &Look, view: &View) -> Vec<String> {
    let quit = Quit::default();
    if is_idle(&quit, view) {
        return Vec::new();
    }
    let held = view.conditions.iter().filter(|it| it.open != 0);
    let held = held.map(|it| {
        let lots = crate::view::nano(it.open, 0);
        look.fill("quit.holds", &[("id", &it.id), ("lots", &lots), ("item", &it.item)])
    });
    held.collect()
}
