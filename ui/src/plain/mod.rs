//! The numbered menu as lines, for terminals that draw nothing, screen readers and scripts.
//!
//! It owns the order of questions and answers, and nothing else: what is asked, offered and refused
//! is what the forms and questions of the screen ask, offer and refuse, and what is told is what the
//! screen tells. Nothing that it says holds a control character.

mod say;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};

use crate::action::Action;
use crate::event::{Answer, Event};
use crate::overlays::lines::{self, Question};
use crate::overlays::{Overlay, kill, menu, quit};
use crate::safety;
use crate::screen::{Awaited, Screen};
use crate::update::step::Step;
use crate::view::{Moment, View};
use crate::widgets::field::Field;

/// The longest line that is taken, in characters.
pub const CHARACTERS_MAX: usize = 4_096;

/// A conversation in lines.
#[derive(Debug, Default)]
pub struct Plain {
    /// Somebody types, and sees each question before it is answered.
    is_typed: bool,
    /// Lines that came before they were asked for.
    queue: VecDeque<String>,
    /// What stands before the answer; empty while something else is waited for.
    prompt: String,
    is_secret: bool,
    /// News that waits for the end of an answer.
    held: Vec<String>,
    /// Actions that were asked for as commands: what they show is shown.
    commands: BTreeSet<u64>,
    /// Steps of the kill menu that were told.
    steps: usize,
    /// The kill menu was asked for before the lines that wait.
    has_jumped: bool,
    /// Whether the menu that was shown is that of somebody who is logged in.
    is_whole: Option<bool>,
    /// The next step that was told.
    step: Option<Step>,
    is_ended: bool,
    /// The last line had no end.
    is_cut: bool,
    /// The action that leaves at the end of the input.
    leaving: Option<u64>,
    end: End,
}

/// How the input ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// At the menu, or not at all.
    #[default]
    Clean,
    /// Inside a question, of which nothing was done.
    Inside,
    /// While conditions held positions, which nothing watches any more.
    Held,
}

/// What is to be said, and what is to be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Lines without line feeds.
    pub lines: Vec<String>,
    /// What is wanted done.
    pub actions: Vec<Action>,
}

impl Plain {
    /// A conversation; `is_typed` where somebody types at a terminal.
    pub fn new(is_typed: bool) -> Plain {
        Plain { is_typed, ..Plain::default() }
    }

    /// What stands before the next answer, without a line feed; empty while none is taken.
    pub fn prompt(&self) -> &str {
        &self.prompt
    }

    /// Whether the next answer must not be shown while it is typed.
    pub const fn is_secret(&self) -> bool {
        self.is_secret
    }

    /// Whether what an action shows is to be told, too.
    pub fn shows(&self, id: u64) -> bool {
        self.commands.contains(&id)
    }

    /// How the input ended.
    pub const fn how_it_ended(&self) -> End {
        self.end
    }

    /// Lines that wait for their question.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// What comes first.
    pub fn begin(&mut self, screen: &mut Screen, view: &View) -> Told {
        screen.is_plain = true;
        let mut told = Told::default();
        told.lines.push(screen.look.text("plain.hello").into_owned());
        self.go_on(screen, view, true, &mut told);
        told
    }

    /// Takes a line, without its line feed. One that comes while something is waited for is taken
    /// when that has come.
    pub fn line(&mut self, screen: &mut Screen, view: &View, now: Moment, text: String) -> Told {
        let mut told = self.update(screen, view, now, Event::Time);
        let is_kill = self.is_typed && matches!(text.trim(), "k" | "K");
        if self.is_waiting(screen) && !is_kill {
            self.queue.push_back(text);
            return told;
        }
        self.has_jumped |= self.is_waiting(screen) || !self.queue.is_empty();
        let is_anew = self.take(screen, view, text, &mut told);
        self.go_on(screen, view, is_anew, &mut told);
        told
    }

    /// The input is over: what was said is done, then everything stops in order. Where the last line
    /// was cut off before its end, it is not taken: nobody knows what it would have been.
    pub fn end(&mut self, screen: &mut Screen, view: &View, now: Moment, is_cut: bool) -> Told {
        let mut told = self.update(screen, view, now, Event::Time);
        (self.is_ended, self.is_cut) = (true, is_cut);
        self.go_on(screen, view, false, &mut told);
        told
    }

    /// Something happened.
    pub fn told(&mut self, screen: &mut Screen, view: &View, now: Moment, event: Event) -> Told {
        let mut told = self.update(screen, view, now, event);
        self.go_on(screen, view, false, &mut told);
        told
    }

    /// Whoever is asked is interrupted: nothing more is asked, and what nobody watches then is told.
    pub fn interrupt(&mut self, screen: &Screen, view: &View) -> Told {
        (self.prompt, self.is_secret) = (String::new(), false);
        let mut lines = std::mem::take(&mut self.held);
        lines.push(screen.look.text("plain.interrupted").into_owned());
        lines.extend(quit::lines::left_behind(&screen.look, view));
        Told { lines, actions: Vec::new() }
    }

    fn update(&mut self, screen: &mut Screen, view: &View, now: Moment, event: Event) -> Told {
        let mut told = Told::default();
        let answer = match &event {
            Event::Answer(answer) => Some(answer.clone()),
            _ => None,
        };
        self.act(crate::update(screen, view, now, event), &mut told);
        if let Some(answer) = &answer {
            self.usage(screen, answer, &mut told);
        }
        self.tell(screen, view, answer.is_some(), &mut told);
        if let Some(answer) = answer {
            self.after_leaving(screen, view, &answer, &mut told);
        }
        told
    }

    /// Only what is asked of the machine is done: there is no screen to copy, draw or ring.
    fn act(&mut self, actions: Vec<Action>, told: &mut Told) {
        let is_meant = |it: &Action| matches!(it, Action::Perform { .. } | Action::Leave);
        told.actions.extend(actions.into_iter().filter(is_meant));
    }

    /// Takes the answer to what is asked, or what the menu means. False where the same is asked
    /// again.
    fn take(&mut self, screen: &mut Screen, view: &View, text: String, told: &mut Told) -> bool {
        told.lines.append(&mut self.held);
        let question = lines::ask(screen, view);
        if let Some(why) = unreadable(screen, &text, question.is_some()) {
            told.lines.push(why);
            return false;
        }
        let Some(question) = question else { return self.choose(screen, view, &text, told) };
        let is_killing = matches!(screen.overlays.last(), Some(Overlay::Kill(_)));
        match text.trim() {
            _ if question.is_secret => (),
            line if line.starts_with(':') => return self.command(screen, view, line, told),
            "-" => {
                lines::leave(screen);
                told.lines.push(screen.look.text("plain.left").into_owned());
                return true;
            }
            "?" => {
                let Question { said, help, .. } = question;
                let is_helped = !help.is_empty();
                told.lines.extend(if is_helped { vec![help] } else { said });
                return false;
            }
            "k" | "K" if !question.is_word && !is_killing => {
                kill::open(screen);
                return true;
            }
            _ => (),
        }
        let taken = lines::take(screen, view, &text);
        if question.is_secret {
            wipe(text);
        }
        match taken {
            Ok(actions) => {
                self.act(actions, told);
                true
            }
            Err(why) => {
                told.lines.push(why);
                false
            }
        }
    }

    /// A line at the menu.
    fn choose(&mut self, screen: &mut Screen, view: &View, text: &str, told: &mut Told) -> bool {
        match text.trim() {
            "" | "?" => self.is_whole = None,
            line if line.starts_with(':') => return self.command(screen, view, line, told),
            "k" | "K" => kill::open(screen),
            number => {
                let actions = menu::commit(screen, view, number);
                self.act(actions, told);
                self.act(quit::lines::leave_at_once(screen, view), told);
            }
        }
        true
    }

    fn command(&mut self, screen: &mut Screen, view: &View, line: &str, told: &mut Told) -> bool {
        let line = line.trim_start_matches(':').trim();
        let actions = safety::gate(screen, view, line.to_owned());
        for action in &actions {
            if let Action::Perform { id, .. } = action {
                self.commands.insert(*id);
            }
        }
        self.act(actions, told);
        self.act(quit::lines::leave_at_once(screen, view), told);
        true
    }

    /// Whether an answer of the machine comes before the next line.
    fn is_waiting(&self, screen: &Screen) -> bool {
        if matches!(screen.overlays.last(), Some(Overlay::Kill(_))) {
            return false;
        }
        let is_meant = |it: &Awaited| *it != Awaited::Kill;
        screen.awaited.values().any(is_meant) || kill::lines::is_busy(screen)
    }

    /// Goes on as far as it can without a new line.
    fn go_on(&mut self, screen: &mut Screen, view: &View, is_anew: bool, told: &mut Told) {
        let mut is_anew = is_anew;
        loop {
            self.tell(screen, view, true, told);
            self.ask(screen, view, is_anew, told);
            let is_killing = matches!(screen.overlays.last(), Some(Overlay::Kill(_)));
            self.has_jumped &= is_killing;
            if self.is_waiting(screen) || self.has_jumped {
                return;
            }
            let Some(text) = self.queue.pop_front() else {
                if !self.is_ended || self.leaving.is_some() {
                    return;
                }
                self.leave(screen, told);
                continue;
            };
            told.lines.push(self.prompt.trim_end().to_owned());
            is_anew = self.take(screen, view, text, told);
        }
    }

    /// The input is over and everything that it said is done.
    fn leave(&mut self, screen: &mut Screen, told: &mut Told) {
        if self.is_cut {
            self.end = End::Inside;
            told.lines.push(screen.look.text("plain.ended_cut").into_owned());
        }
        let is_inside = |it: &Overlay| !matches!(it, Overlay::Quit(_) | Overlay::Kill(_));
        if screen.overlays.iter().any(is_inside) {
            self.end = End::Inside;
            told.lines.push(screen.look.text("plain.ended_inside").into_owned());
        }
        while !screen.overlays.is_empty() {
            lines::leave(screen);
        }
        told.lines.push(screen.look.text("plain.ended").into_owned());
        self.leaving = Some(screen.next_id);
        told.actions.push(screen.perform(vec!["quit".to_owned()], Awaited::Quit));
    }

    /// Nobody is there to answer what becomes of positions: it is told, and the program ends.
    fn after_leaving(&mut self, screen: &Screen, view: &View, answer: &Answer, told: &mut Told) {
        if let Err(refused) = &answer.outcome
            && self.leaving == Some(answer.id)
        {
            self.end = End::Held;
            let held = quit::lines::left_behind(&screen.look, view);
            let why = held.is_empty().then(|| refused.text.clone());
            told.lines.extend(held.into_iter().chain(why));
            told.actions.push(Action::Leave);
        }
    }
}

/// Why a line cannot be taken, whatever is asked.
fn unreadable(screen: &Screen, text: &str, is_answer: bool) -> Option<String> {
    let is_odd = |it: char| it.is_control() || it == char::REPLACEMENT_CHARACTER;
    if text.chars().any(is_odd) {
        return Some(screen.look.text("plain.control").into_owned());
    }
    let is_command = text.trim_start().starts_with(':');
    let most = if is_answer && !is_command { Field::CHARACTERS_MAX } else { CHARACTERS_MAX };
    let is_long = text.chars().count() > most;
    is_long.then(|| screen.look.fill("plain.too_long", &[("most", &most.to_string())]))
}

/// Leaves nothing of a text behind.
fn wipe(text: String) {
    let mut bytes = text.into_bytes();
    bytes.fill(0);
    std::hint::black_box(&bytes);
}
