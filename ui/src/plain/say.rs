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
                Overlay::Help(_) | Overlay::Palette(_) | Overlay::Menu(_) => (),
                _ => return,
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
        if let Err(refused) = &answer.outcome
            && is_command
            && refused.code == "USAGE"
        {
            screen.toasts.take();
            let clean = |it: &str| it.chars().filter(|it| !it.is_control()).collect();
            told.lines.extend(refused.text.lines().map(clean));
        }
    }

    /// Asks what is asked now. The sentences before a question are said once.
    pub(super) fn ask(&mut self, screen: &Screen, view: &View, is_anew: bool, told: &mut Told) {
        let question = match lines::ask(screen, view) {
            _ if self.is_waiting(screen) => Question::default(),
            Some(question) => question,
            None => self.menu(screen, view),
        };
        if is_anew || question.prompt != self.prompt {
            told.lines.extend(question.said);
        }
        if question.prompt == MENU {
            told.lines.append(&mut self.held);
        }
        (self.prompt, self.is_secret) = (question.prompt, question.is_secret);
    }

    /// The menu, said when it changes and when it is asked for.
    fn menu(&mut self, screen: &Screen, view: &View) -> Question {
        let is_whole = Some(view.machine.is_logged_in());
        if is_whole == self.is_whole {
            return Question::new(Vec::new(), MENU);
        }
        self.is_whole = is_whole;
        let mut said = menu::listed(&screen.look, view);
        said.extend(Step::next(view).map(|it| {
            let what = screen.look.text(it.ask_key());
            screen.look.fill("plain.next", &[("number", it.number()), ("what", &what)])
        }));
        Question::new(said, MENU)
    }
}

fn sentence(screen: &Screen, toast: &Toast) -> String {
    let word = match toast.kind {
        Kind::Ok | Kind::Info => return toast.text.clone(),
        Kind::Warn => screen.look.text("toast.warn"),
        Kind::Error => screen.look.text("toast.error"),
    };
    format!("{word}: {}", toast.text)
}
