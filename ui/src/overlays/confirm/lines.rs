//! A question before something that cannot be taken back, a line at a time.

use std::borrow::Cow;

use crate::look::Look;
use crate::overlays::Overlay;
use crate::overlays::lines::{Question, Taken, choices, leave, number, yes_no};
use crate::screen::Screen;
use crate::toasts::Kind;
use crate::view::View;

use super::{Confirm, choose};

impl Confirm {
    /// More than one way to do it, and none chosen yet.
    const fn is_open_choice(&self) -> bool {
        self.choices.len() > 2 && self.focus == 0
    }
}

/// What it asks.
pub(in crate::overlays) fn ask(look: &Look, confirm: &Confirm) -> Question {
    let texts = confirm.texts.clone();
    if confirm.is_open_choice() {
        let labels = confirm.choices.iter().map(|it| Cow::from(&it.label)).collect();
        return choices(look, texts, labels);
    }
    let said = if confirm.choices.len() > 2 { Vec::new() } else { texts };
    if let Some((phrase, _)) = &confirm.phrase {
        let prompt = look.fill("plain.type", &[("phrase", phrase)]);
        return Question { is_word: true, ..Question::new(said, prompt) };
    }
    let label = confirm.choices.get(1).map_or("", |it| it.label.as_str());
    Question::yes_no(look, said, label)
}

/// Takes the answer.
pub(in crate::overlays) fn take(screen: &mut Screen, view: &View, text: &str) -> Taken {
    let look = screen.look.clone();
    let Some(Overlay::Confirm(confirm)) = screen.overlays.last_mut() else { return Ok(Vec::new()) };
    let is_meant = if confirm.is_open_choice() {
        confirm.focus = number(&look, text, confirm.choices.len().saturating_sub(1))?;
        confirm.focus > 0
    } else if let Some((phrase, field)) = &mut confirm.phrase {
        if text != phrase {
            return Err(look.fill("form.no_phrase", &[("phrase", phrase)]));
        }
        field.set(text);
        true
    } else {
        yes_no(&look, text)?
    };
    if !is_meant {
        leave(screen);
        screen.toasts.push(Kind::Info, look.text("plain.left"));
        return Ok(Vec::new());
    }
    confirm.focus = confirm.focus.max(1);
    let is_typed = confirm.phrase.as_ref().is_none_or(|(phrase, field)| field.text() == phrase);
    Ok(if is_typed { choose(screen, view) } else { Vec::new() })
}
