//! The kill menu, a line at a time.

use crate::look::Look;
use crate::overlays::Overlay;
use crate::overlays::lines::{Question, Taken, leave, number};
use crate::screen::Screen;
use crate::view::View;

use super::draw::{offered, state, step};
use super::run::Outcome;
use super::{Choice, Kill, commit, rearm};

/// What it asks.
pub(in crate::overlays) fn ask(look: &Look, view: &View, kill: &Kill) -> Question {
    if kill.reason.is_some() {
        let label = look.text("kill.reason");
        return Question { is_word: true, ..Question::new(Vec::new(), format!("{label} ")) };
    }
    let mut said = vec![state(look, view, u16::MAX).to_string()];
    for choice in Choice::ALL.into_iter().filter(|it| it.is_offered(view)) {
        let lines = offered(look, view, choice, false, u16::MAX);
        said.extend(lines.iter().map(|it| it.to_string().trim().to_owned()));
    }
    Question::new(said, look.text("plain.kill"))
}

/// Takes the answer. What it leads to is told step by step.
pub(in crate::overlays) fn take(screen: &mut Screen, view: &View, text: &str) -> Taken {
    let look = screen.look.clone();
    let Some(Overlay::Kill(kill)) = screen.overlays.last_mut() else { return Ok(Vec::new()) };
    if let Some(reason) = &mut kill.reason {
        if text.trim().is_empty() {
            return Err(look.text("form.wants").into_owned());
        }
        reason.set(text.trim());
        let actions = rearm(screen);
        leave(screen);
        return Ok(actions);
    }
    let digit = number(&look, text, Choice::ALL.len())?;
    let meant = |it: &Choice| it.digit().to_digit(10).is_some_and(|it| it as usize == digit);
    let choice = Choice::ALL.into_iter().find(meant).filter(|it| it.is_offered(view));
    let Some(choice) = choice else {
        return Err(look.fill("plain.not_offered", &[("text", text.trim())]));
    };
    kill.choice = Some(choice);
    let actions = commit(screen, view);
    if choice != Choice::Rearm {
        leave(screen);
    }
    Ok(actions)
}

/// Whether something that it was told to do is still to come.
pub(crate) fn is_busy(screen: &Screen) -> bool {
    screen.safety.kill.as_ref().is_some_and(super::run::Run::is_busy)
}

/// The steps that have come to an end, a sentence each.
pub(crate) fn steps(screen: &Screen) -> Vec<String> {
    let steps = screen.safety.kill.iter().flat_map(|it| &it.steps);
    let ended = steps.take_while(|it| it.outcome != Outcome::Waits);
    let lines = ended.flat_map(|it| step(&screen.look, it, u16::MAX));
    lines.map(|it| it.to_string()).collect()
}
