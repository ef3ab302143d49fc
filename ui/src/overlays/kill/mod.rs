//! The kill menu: at every size, in every mode, armed or not.
//!
//! What it was told to do goes on when it is closed, and does not wait for ever for an answer.

mod draw;
pub(crate) mod lines;
mod run;

use crate::action::Action;
use crate::event::{Answer, Press};
use crate::safety::level::{Why, disarmed};
use crate::screen::Screen;
use crate::view::{Moment, Trading, View};
use crate::widgets::field::Field;

use super::Overlay;
use super::stroke::Stroke;

pub use draw::draw;
pub(crate) use run::Run;

/// The key that opened the menu chooses [`Choice::Flatten`] when it comes again within this time,
/// in nanoseconds.
const TWICE: Moment = 1_500_000_000;

/// The menu.
#[derive(Clone, Debug, PartialEq)]
pub struct Kill {
    choice: Option<Choice>,
    opened: Moment,
    /// Why trading goes on, while that is typed.
    reason: Option<Field>,
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Only orders that make a position smaller are taken, and what works and could do otherwise is
    /// cancelled.
    Reduce,
    /// Nothing is sent any more, and every order is cancelled.
    Halt,
    /// The same, and every position is closed.
    Flatten,
    /// The same, and the children are stopped.
    Stop,
    /// Trading goes on after a halt.
    Rearm,
}

impl Choice {
    const ALL: [Choice; 5] =
        [Choice::Reduce, Choice::Halt, Choice::Flatten, Choice::Stop, Choice::Rearm];

    const fn digit(self) -> char {
        match self {
            Choice::Reduce => '1',
            Choice::Halt => '2',
            Choice::Flatten => '3',
            Choice::Stop => '4',
            Choice::Rearm => '5',
        }
    }

    fn is_offered(self, view: &View) -> bool {
        match self {
            Choice::Reduce => view.machine.trading == Trading::Active,
            Choice::Halt | Choice::Flatten | Choice::Stop => true,
            Choice::Rearm => view.machine.trading != Trading::Active,
        }
    }
}

impl Kill {
    /// Whether letters go into a text.
    pub const fn has_text_field(&self) -> bool {
        self.reason.is_some()
    }

    /// Puts a text into the reason.
    pub fn paste(&mut self, text: &str) {
        if let Some(reason) = &mut self.reason {
            reason.insert(text);
        }
    }
}

/// Opens it over everything, or chooses the third level where it has just been opened.
pub fn open(screen: &mut Screen) {
    let now = screen.now;
    super::preview::drop_all(screen);
    let place = screen.overlays.iter().position(|it| matches!(it, Overlay::Kill(_)));
    let mut kill = match place.map(|it| screen.overlays.remove(it)) {
        Some(Overlay::Kill(kill)) => kill,
        _ => Box::new(Kill { choice: None, opened: now, reason: None }),
    };
    if place.is_some() && screen.kills_twice {
        twice(&mut kill, now);
    }
    screen.overlays.push(Overlay::Kill(kill));
}

fn twice(kill: &mut Kill, now: Moment) {
    if now.saturating_sub(kill.opened) <= TWICE && kill.reason.is_none() {
        kill.choice = Some(Choice::Flatten);
    }
}

/// Takes a key.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let (now, kills_twice) = (screen.now, screen.kills_twice);
    let Some(Overlay::Kill(kill)) = screen.overlays.last_mut() else { return Vec::new() };
    let is_enter_meant = !key.is_repeat && !super::is_swallowed(kill.opened, now);
    if let Some(reason) = &mut kill.reason {
        return match Stroke::from(key) {
            Stroke::Esc => {
                kill.reason = None;
                Vec::new()
            }
            Stroke::Enter if is_enter_meant => rearm(screen),
            stroke => {
                reason.stroke(stroke);
                Vec::new()
            }
        };
    }
    match Stroke::from(key) {
        Stroke::Esc => {
            screen.overlays.pop();
        }
        Stroke::Char('K') if !key.is_repeat && kills_twice => twice(kill, now),
        Stroke::Char(digit @ '1'..='5') => {
            kill.choice = Choice::ALL.into_iter().find(|it| it.digit() == digit);
        }
        Stroke::Up | Stroke::Char('k') | Stroke::BackTab => step(kill, 4),
        Stroke::Down | Stroke::Char('j') | Stroke::Tab => step(kill, 1),
        Stroke::Enter if is_enter_meant => return commit(screen, view),
        _ => (),
    }
    Vec::new()
}

fn step(kill: &mut Kill, by: usize) {
    let place = kill.choice.and_then(|it| Choice::ALL.into_iter().position(|other| other == it));
    let next = place.map_or(1, |it| (it + by) % Choice::ALL.len());
    kill.choice = Choice::ALL.get(next).copied();
}

fn commit(screen: &mut Screen, view: &View) -> Vec<Action> {
    let Some(Overlay::Kill(kill)) = screen.overlays.last_mut() else { return Vec::new() };
    match kill.choice.filter(|it| it.is_offered(view)) {
        None => Vec::new(),
        Some(Choice::Rearm) => {
            kill.reason = Some(Field::default());
            Vec::new()
        }
        Some(choice) => {
            kill.choice = None;
            if choice != Choice::Reduce {
                disarmed(screen, Why::Killed);
            }
            run::begin(screen, choice)
        }
    }
}

fn rearm(screen: &mut Screen) -> Vec<Action> {
    let Some(Overlay::Kill(kill)) = screen.overlays.last_mut() else { return Vec::new() };
    let Some(reason) = kill.reason.take_if(|it| !it.text().trim().is_empty()) else {
        return Vec::new();
    };
    kill.choice = None;
    let reason = shell_words::quote(reason.text().trim()).into_owned();
    run::line(screen, format!("rearm --reason={reason}"))
}

/// Goes on with what the menu was told to do.
pub fn answered(screen: &mut Screen, view: &View, answer: &Answer) -> Vec<Action> {
    run::answered(screen, view, answer)
}

/// Goes on without an answer that does not come.
pub(super) fn tick(screen: &mut Screen, now: Moment) -> Vec<Action> {
    run::tick(screen, now)
}

#[cfg(test)]
mod tests;
