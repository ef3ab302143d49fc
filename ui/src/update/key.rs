//! A key: the kill menu first, then what lies on top, then the focused pane, then everywhere.

use crate::action::Action;
use crate::event::Press;
use crate::keys::{Act, Chord, Context};
use crate::layout::Size;
use crate::overlays::{self, kill, menu, quit};
use crate::screen::Screen;
use crate::view::View;
use crate::widgets::table;

use super::{acts, is_filtering};

pub(super) fn press(screen: &mut Screen, view: &View, press: Press) -> Vec<Action> {
    let Some(chord) = Chord::of(press.key) else { return Vec::new() };
    let act = screen.keys.lookup(screen.focus, press.key);
    if !act.is_some_and(is_side) {
        screen.ladder.forget_market();
    }
    let is_typing =
        screen.overlays.last().is_some_and(overlays::has_text_field) || is_filtering(screen);
    let global = screen.keys.global(press.key).filter(|_| !(is_typing && chord.is_letter()));
    match global {
        Some(Act::Kill) => {
            kill::open(screen);
            return Vec::new();
        }
        // Control-C leaves from everywhere; twice, it does not ask.
        Some(Act::Quit) if !chord.is_letter() => {
            let is_held = press.is_repeat || screen.safety.is_held();
            return if is_held { Vec::new() } else { quit::open(screen, view) };
        }
        _ => (),
    }
    if !screen.overlays.is_empty() {
        return overlays::update(screen, view, press);
    }
    if is_filtering(screen) {
        table::filter_key(screen, screen.focus, press);
        return Vec::new();
    }
    if let Some(digit) = chord.digit() {
        menu::open(screen, char::from(b'0' + digit));
        return Vec::new();
    }
    let Some(act) = act else { return Vec::new() };
    if press.is_repeat && !is_held_on_purpose(act) {
        return Vec::new();
    }
    // Keys of a pane that nobody sees do nothing.
    let is_seen = Size::of(screen.area) != Size::Tiny;
    if act.context() != Context::Global && !is_seen {
        return Vec::new();
    }
    acts::perform(screen, view, act)
}

/// Whether a key chooses the side of an order, and so takes what the market key began.
const fn is_side(act: Act) -> bool {
    matches!(act, Act::LadderBuy | Act::LadderSell | Act::LadderBuyAsk | Act::LadderSellBid)
}

/// Whether an act is meant again and again while its key is held down. Order keys are left to
/// `safety`, which counts presses.
fn is_held_on_purpose(act: Act) -> bool {
    matches!(act.context(), Context::Move | Context::Chart | Context::Ladder | Context::Blotter)
        || matches!(
            act,
            Act::FocusNext
                | Act::FocusPrevious
                | Act::NextItem
                | Act::PreviousItem
                | Act::ConditionUp
                | Act::ConditionDown
        )
}
