//! An order that waits for a yes, a line at a time.

use crate::overlays::Overlay;
use crate::overlays::lines::{Question, Taken, leave, yes_no};
use crate::safety::level::proof;
use crate::safety::stage::effect;
use crate::screen::Screen;
use crate::toasts::Kind;
use crate::view::{Environment, View};

use super::{Preview, enter, tell};

/// What is typed where real money moves.
fn phrase(view: &View) -> Option<String> {
    let machine = &view.machine;
    let is_live = machine.environment == Environment::Live;
    is_live.then(|| proof(machine.account.as_deref().unwrap_or("live")))
}

/// What it asks.
pub(in crate::overlays) fn ask(screen: &Screen, view: &View, preview: &Preview) -> Question {
    let look = &screen.look;
    let mut said = vec![preview.staged.text.clone()];
    said.extend(effect(screen, view, &preview.staged.line));
    match phrase(view) {
        Some(phrase) => Question {
            is_word: true,
            ..Question::new(said, look.fill("plain.type", &[("phrase", &phrase)]))
        },
        None => Question::yes_no(look, said, &look.text("form.button_order")),
    }
}

/// Takes the answer.
pub(in crate::overlays) fn take(screen: &mut Screen, view: &View, text: &str) -> Taken {
    let is_meant = match phrase(view) {
        Some(phrase) if text == phrase => true,
        Some(phrase) => return Err(screen.look.fill("form.no_phrase", &[("phrase", &phrase)])),
        None => yes_no(&screen.look, text)?,
    };
    let Some(Overlay::Preview(preview)) = screen.overlays.last() else { return Ok(Vec::new()) };
    let (staged, awaited) = (preview.staged.clone(), preview.awaited.clone());
    leave(screen);
    if is_meant {
        return Ok(enter(screen, view, staged, awaited));
    }
    tell(screen, Kind::Info, "safety.dropped");
    Ok(Vec::new())
}
