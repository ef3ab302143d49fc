//! What is said: the menu, questions, news.

use crate::event::Answer;
use crate::overlays::lines::{self, Question};
use crate::overlays::{Overlay, detail, kill, menu};
use crate::screen::Screen;
use crate::toasts::{Kind, Toast};
use crate::update::step::Step;
use crate::view::View;

use super::{Plain, Told};

/// What stands before a number.
const MENU: &str = "> ";

impl Plain {
    /// Lists that were asked for, and what is told in passing. News that nobody asked for waits
    /// until the answer that is being typed is there, unless it is bad.
    pub(super) fn tell(
        &mut self,
        screen: &mut Screen,
        view: &View,
        is_asked: bool,
        told: &mut Told,
    ) {
        let is_typing = !is_asked && lines::ask(screen, view).is_some();
        for toast in screen.toasts.take() {
            let can_wait = matches!(toast.kind, Kind::Ok | Kind::Info);
            let line = sentence(screen, &toast);
            if is_typing && can_wait { &mut self.held } else { &mut told.lines }.push(line);
        }
        self.tell_kill(screen, told);
        while let Some(overlay) = screen.overlays.last() {
            match overlay {
                Overlay::Detail(it) => told.lines.extend(detail::lines(&screen.look, view, it)),
                Overlay::Form(_)
                | Overlay::Confirm(_)
                | Overlay::Preview(_)
                | Overlay::Kill(_)
                | Overlay::Quit(_) => return,
                // What is only drawn asks nothing.
                Overlay::Help(_)
                | Overlay::Palette(_)
                | Overlay::Menu(_)
                | Overlay::Instruments(_) => (),
            }
            screen.overlays.pop();
        }
    }

    fn tell_kill(&mut self, screen: &Screen, told: &mut Told) {
        let steps = kill::lines::steps(screen);
        // A run that is begun anew has fewer steps than were told of the one before.
        self.steps = if steps.len() < self.steps { 0 } else { self.steps };
        let new = steps.get(self.steps..).unwrap_or_default();
        told.lines.extend(new.iter().cloned());
        self.steps = steps.len();
    }

    /// Help and mistakes of the command language have lines of their own, which a toast has not.
    pub(super) fn usage(&mut self, screen: &mut Screen, answer: &Answer, told: &mut Told) {
        let is_command = self.commands.remove(&answer.id);
        let Err(refused) = &answer.outcome else { return };
        if self.leaving == Some(answer.id) {
            // It says what to answer, and nobody is there to do it.
            screen.toasts.take();
        } else if is_command && refused.code == "USAGE" {
            screen.toasts.take();
            let clean = |it: &str| it.chars().filter(|it| !it.is_control()).collect();
            told.lines.extend(refused.text.lines().map(clean));
        }
    }

    /// Asks what is asked now. The sentences before a question are said once.
    pub(super) fn ask(&mut self, screen: &Screen, view: &View, is_anew: bool, told: &mut Told) {
        let step = Step::next(view);
        let question = match lines::ask(screen, view) {
            _ if self.is_waiting(screen) || self.leaving.is_some() => Question::default(),
            Some(question) => question,
            None => Question::new(self.menu(screen, view, step), MENU),
        };
        if is_anew || question.prompt != self.prompt {
            told.lines.extend(question.said);
            if question.prompt == MENU {
                (self.is_whole, self.step) = (Some(view.machine.is_logged_in()), step);
            }
        }
        if question.prompt == MENU {
            told.lines.append(&mut self.held);
        }
        (self.prompt, self.is_secret) = (question.prompt, question.is_secret);
    }

    /// The menu and the next step, each where it changed or is asked for.
    fn menu(&self, screen: &Screen, view: &View, step: Option<Step>) -> Vec<String> {
        let is_listed = self.is_whole != Some(view.machine.is_logged_in());
        let mut said = if is_listed { menu::listed(&screen.look, view) } else { Vec::new() };
        let step = step.filter(|it| is_listed || self.step != Some(*it));
        said.extend(step.map(|it| {
            let what = screen.look.text(it.ask_key());
            screen.look.fill("plain.next", &[("number", it.number()), ("what", &what)])
        }));
        said
    }
}

fn sentence(screen: &Screen, toast: &Toast) -> String {
    let word = match toast.kind {
        Kind::Ok | Kind::Info => return toast.text.clone(),
        Kind::Warn => screen.look.text("toast.warn"),
        Kind::Error => screen.look.text("toast.error"),
    };
    screen.look.fill("plain.toned", &[("word", &word), ("text", &toast.text)])
}
