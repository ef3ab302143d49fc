//! What the kill menu was told to do, step by step.

use std::collections::VecDeque;

use crate::action::Action;
use crate::event::Answer;
use crate::screen::{Awaited, Screen};
use crate::toasts::Kind;
use crate::view::Moment;

use super::Choice;

/// A step without an answer holds the next one up no longer than this, in nanoseconds.
const PATIENCE: Moment = 5_000_000_000;

/// The code of a gateway that has no kill switch.
const NO_SWITCH: &str = "UNKNOWN_OPERATION";

/// What the menu was told to do and how far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    /// What was sent, oldest first.
    pub(super) steps: Vec<Step>,
    /// What comes next: lines that are sent at once, one after the other.
    waves: VecDeque<Vec<&'static str>>,
    /// What follows where the gateway has no kill switch.
    instead: VecDeque<Vec<&'static str>>,
}

/// A line on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) line: String,
    id: u64,
    sent: Moment,
    pub(super) outcome: Outcome,
    /// How long the answer took, in milliseconds.
    pub(super) took_ms: i64,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The answer is awaited.
    Waits,
    /// The answer is late, and the next step did not wait for it.
    Silent,
    /// It was done.
    Done,
    /// It was refused, and why.
    Refused(String),
}

impl Run {
    /// Whether something is still to come.
    pub(super) fn is_busy(&self) -> bool {
        !self.waves.is_empty() || self.steps.iter().any(|it| it.outcome == Outcome::Waits)
    }

    /// Whether everything was done.
    pub(super) fn is_done(&self) -> bool {
        !self.is_busy() && self.steps.last().is_some_and(|it| it.outcome == Outcome::Done)
    }
}

/// Begins a level. A run that is under way is forgotten: what it sent was sent.
pub(super) fn begin(screen: &mut Screen, choice: Choice) -> Vec<Action> {
    let halt: &[&str] = &["kill --reason \"kill menu\""];
    let flatten: &[&str] = &["kill --flatten --reason \"kill menu\""];
    // Without a switch in the gateway: whoever sends orders by itself goes first, and at the same
    // time every order is cancelled; once more afterwards, for what was sent meanwhile.
    let quiet: &[&str] = &["stop --abandon", "cancel --all"];
    let (waves, instead): (Vec<&[&str]>, Vec<&[&str]>) = match choice {
        Choice::Halt => (vec![halt], vec![quiet, &["cancel --all"]]),
        Choice::Flatten => (vec![flatten], vec![quiet, &["cancel --all"], &["flatten"]]),
        Choice::Stop => (vec![flatten, &["stop"]], vec![quiet, &["cancel --all"], &["flatten"]]),
        Choice::Reduce | Choice::Rearm => return Vec::new(),
    };
    let owned = |it: Vec<&[&'static str]>| it.into_iter().map(<[&str]>::to_vec).collect();
    screen.safety.kill =
        Some(Run { steps: Vec::new(), waves: owned(waves), instead: owned(instead) });
    next(screen)
}

/// A single line with its progress in the menu.
pub(super) fn line(screen: &mut Screen, line: String) -> Vec<Action> {
    screen.safety.kill = Some(Run::default());
    vec![send(screen, line)]
}

fn send(screen: &mut Screen, line: String) -> Action {
    let id = screen.number(Awaited::Kill);
    let step =
        Step { line: line.clone(), id, sent: screen.now, outcome: Outcome::Waits, took_ms: 0 };
    screen.safety.kill.get_or_insert_default().steps.push(step);
    Action::Perform { id, lines: vec![line], password: None }
}

/// Sends what comes next where nothing is waited for.
fn next(screen: &mut Screen) -> Vec<Action> {
    let Some(run) = &mut screen.safety.kill else { return Vec::new() };
    if run.steps.iter().any(|it| it.outcome == Outcome::Waits) {
        return Vec::new();
    }
    let lines = run.waves.pop_front().unwrap_or_default();
    lines.into_iter().map(|it| send(screen, it.to_owned())).collect()
}

pub(super) fn answered(screen: &mut Screen, answer: &Answer) -> Vec<Action> {
    let now = screen.now;
    let Some(run) = &mut screen.safety.kill else { return Vec::new() };
    let Some(step) = run.steps.iter_mut().find(|it| it.id == answer.id) else { return Vec::new() };
    step.took_ms = now.saturating_sub(step.sent) / 1_000_000;
    match &answer.outcome {
        Ok(_) => step.outcome = Outcome::Done,
        Err(refused) => {
            step.outcome = Outcome::Refused(refused.text.clone());
            let line = step.line.clone();
            instead(run, &line, &refused.code);
        }
    }
    let actions = next(screen);
    if actions.is_empty() {
        tell(screen);
    }
    actions
}

/// What is done where a step was refused: the next best, never nothing.
fn instead(run: &mut Run, line: &str, code: &str) {
    if line.starts_with("kill") && code == NO_SWITCH {
        run.waves = std::mem::take(&mut run.instead);
    } else if line == "stop" {
        // A position is still being closed: nothing that the children would do may come between.
        run.waves.push_front(vec!["stop --abandon"]);
    }
}

fn tell(screen: &mut Screen) {
    let Some(run) = screen.safety.kill.as_ref().filter(|it| !it.is_busy()) else { return };
    let refused = run.steps.iter().rev().find_map(|it| match &it.outcome {
        Outcome::Refused(text) => Some(text.clone()),
        _ => None,
    });
    match refused.filter(|_| !run.is_done()) {
        Some(text) => {
            let text = screen.look.fill("kill.incomplete", &[("why", &text)]);
            screen.toasts.push(Kind::Error, text);
        }
        None => {
            let text = screen.look.text("kill.complete");
            screen.toasts.push(Kind::Ok, text);
        }
    }
}

pub(super) fn tick(screen: &mut Screen, now: Moment) -> Vec<Action> {
    let Some(run) = &mut screen.safety.kill else { return Vec::new() };
    let is_late =
        |it: &Step| it.outcome == Outcome::Waits && now.saturating_sub(it.sent) > PATIENCE;
    if !run.steps.iter().any(is_late) {
        return Vec::new();
    }
    for step in run.steps.iter_mut().filter(|it| is_late(it)) {
        step.outcome = Outcome::Silent;
        // Whether there is a switch is not known; what comes instead is right in both cases.
        if step.line.starts_with("kill") && !run.instead.is_empty() {
            run.waves = std::mem::take(&mut run.instead);
        }
    }
    next(screen)
}
