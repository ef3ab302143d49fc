//! Overlays as questions that are asked and answered a line at a time.
//!
//! They are the same overlays that are drawn: what is asked, what is offered and what is refused is
//! decided where the keys are, and an answer here ends in the same action.

use std::borrow::Cow;

use crate::action::Action;
use crate::look::Look;
use crate::screen::Screen;
use crate::view::View;

use super::form::lines::yes_no_of;
use super::{Overlay, confirm, form, kill, preview, quit};

/// A question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Question {
    /// What is said before it, a sentence a line.
    pub(crate) said: Vec<String>,
    /// What stands before the answer.
    pub(crate) prompt: String,
    /// What is said where the trader asks what to answer; empty where there is nothing to say.
    pub(crate) help: String,
    /// The answer must not be shown.
    pub(crate) is_secret: bool,
    /// A single letter may be an answer, and means nothing else.
    pub(crate) is_word: bool,
}

impl Question {
    pub(crate) fn new(said: Vec<String>, prompt: impl Into<String>) -> Question {
        Question { said, prompt: prompt.into(), ..Question::default() }
    }

    /// One that is answered with yes or no.
    pub(crate) fn yes_no(look: &Look, said: Vec<String>, what: &str) -> Question {
        Question {
            help: look.text("plain.help_yes_no").into_owned(),
            ..Question::new(said, look.fill("plain.yes_no", &[("what", what)]))
        }
    }
}

/// What follows from an answer, or a sentence that says why it is none.
pub(crate) type Taken = Result<Vec<Action>, String>;

/// What the overlay on top asks; `None` where it waits for something else than the trader.
pub(crate) fn ask(screen: &Screen, view: &View) -> Option<Question> {
    match screen.overlays.last()? {
        Overlay::Form(it) => form::lines::ask(screen, view, it),
        Overlay::Confirm(it) => Some(confirm::lines::ask(&screen.look, it)),
        Overlay::Preview(it) => Some(preview::lines::ask(screen, view, it)),
        Overlay::Kill(it) => Some(kill::lines::ask(&screen.look, view, it)),
        Overlay::Quit(it) => quit::lines::ask(&screen.look, view, it),
        _ => None,
    }
}

/// Gives an answer to the overlay on top.
pub(crate) fn take(screen: &mut Screen, view: &View, text: &str) -> Taken {
    match screen.overlays.last() {
        Some(Overlay::Form(_)) => form::lines::take(screen, view, text),
        Some(Overlay::Confirm(_)) => confirm::lines::take(screen, view, text),
        Some(Overlay::Preview(_)) => preview::lines::take(screen, view, text),
        Some(Overlay::Kill(_)) => kill::lines::take(screen, view, text),
        Some(Overlay::Quit(_)) => quit::lines::take(screen, view, text),
        _ => Ok(Vec::new()),
    }
}

/// Takes the overlay on top away. Nothing of it is done.
pub(crate) fn leave(screen: &mut Screen) {
    if let Some(Overlay::Form(form)) = screen.overlays.last_mut() {
        form::lines::wipe(form);
    }
    screen.overlays.pop();
}

/// Yes or no, or why it is neither.
pub(super) fn yes_no(look: &Look, text: &str) -> Result<bool, String> {
    yes_no_of(text.trim()).ok_or_else(|| look.fill("form.no_yes_no", &[("text", text.trim())]))
}

/// A number from 0 to `most`, or why it is none.
pub(super) fn number(look: &Look, text: &str, most: usize) -> Result<usize, String> {
    let number = text.trim().parse().ok().filter(|it| *it <= most);
    number.ok_or_else(|| {
        let values = [("text", text.trim()), ("most", &most.to_string())];
        look.fill("plain.no_number", &values)
    })
}

/// Choices by their numbers; the first, 0, changes nothing.
pub(super) fn choices(look: &Look, said: Vec<String>, labels: Vec<Cow<'_, str>>) -> Question {
    let most = labels.len().saturating_sub(1).to_string();
    // What changes nothing is said last, and has the number that leaves.
    let numbered = labels.into_iter().enumerate();
    let mut numbered = numbered.map(|(number, it)| format!("{number:>2} {it}"));
    let nothing = numbered.next();
    let said = said.into_iter().chain(numbered).chain(nothing).collect();
    Question::new(said, look.fill("plain.number", &[("most", &most)]))
}
