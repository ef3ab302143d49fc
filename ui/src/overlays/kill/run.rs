//! What the kill menu was told to do, step by step.

use std::collections::VecDeque;

use crate::action::Action;
use crate::event::Answer;
use crate::look::Look;
use crate::safety::gate::is_held;
use crate::screen::{Awaited, Screen};
use crate::toasts::Kind;
use crate::view::{Connection, Moment, Trading, View};

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
    /// It was refused, and something else is done in its place.
    Replaced(String),
}

impl Run {
    /// Whether something is still to come.
    pub(super) fn is_busy(&self) -> bool {
        !self.waves.is_empty() || self.steps.iter().any(|it| it.outcome == Outcome::Waits)
    }

    /// Whether everything was done: of every line, the last time it was sent counts.
    pub(super) fn is_done(&self) -> bool {
        let is_last = |at: usize, it: &Step| {
            !self.steps.iter().skip(at + 1).any(|later| later.line == it.line)
        };
        let is_well = |it: &Step| matches!(it.outcome, Outcome::Done | Outcome::Replaced(_));
        let mut all = self.steps.iter().enumerate();
        !self.is_busy() && all.all(|(at, it)| is_well(it) || !is_last(at, it))
    }

    /// The orders that still work and the positions that are still held, where the machine was told
    /// to end them: what it takes note of it does once the exchange answers.
    pub(super) fn left(&self, view: &View) -> Option<(usize, usize)> {
        if !matches!(view.machine.trading, Trading::Halted(_)) {
            return None;
        }
        let was_told = |what: &str| self.steps.iter().any(|it| it.line.starts_with(what));
        let orders = view.orders.iter().filter(|it| was_told("kill") && it.works()).count();
        let closes = was_told("kill --flatten");
        let held = view.positions.iter().filter(|it| closes && is_held(it)).count();
        (orders + held > 0).then_some((orders, held))
    }

    /// Whether the gateway has no switch, so that nothing keeps others from sending orders.
    pub(super) fn has_no_switch(&self) -> bool {
        let is_it =
            |it: &Step| it.line.starts_with("kill") && matches!(it.outcome, Outcome::Replaced(_));
        self.steps.iter().any(is_it)
    }
}

/// Begins a level. A run that is under way is forgotten: what it sent was sent.
pub(super) fn begin(screen: &mut Screen, choice: Choice) -> Vec<Action> {
    let reduce: &[&str] = &["reduce --reason \"kill menu\""];
    let halt: &[&str] = &["kill --reason \"kill menu\""];
    let flatten: &[&str] = &["kill --flatten --reason \"kill menu\""];
    // Without a switch in the gateway: whoever sends orders by itself goes first, and at the same
    // time every order is cancelled; once more afterwards, for what was sent meanwhile.
    let quiet: &[&str] = &["stop --abandon", "cancel --all"];
    let (waves, instead): (Vec<&[&str]>, Vec<&[&str]>) = match choice {
        Choice::Reduce => (vec![reduce], Vec::new()),
        Choice::Halt => (vec![halt], vec![quiet, &["cancel --all"]]),
        Choice::Flatten => (vec![flatten], vec![quiet, &["cancel --all"], &["flatten"]]),
        Choice::Stop => (vec![flatten, &["stop"]], vec![quiet, &["cancel --all"], &["flatten"]]),
        Choice::Rearm => return Vec::new(),
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

pub(super) fn answered(screen: &mut Screen, view: &View, answer: &Answer) -> Vec<Action> {
    let now = screen.now;
    let Some(run) = &mut screen.safety.kill else { return Vec::new() };
    let Some(step) = run.steps.iter_mut().find(|it| it.id == answer.id) else { return Vec::new() };
    step.took_ms = now.saturating_sub(step.sent) / 1_000_000;
    let instead = match &answer.outcome {
        Ok(_) => {
            step.outcome = Outcome::Done;
            None
        }
        Err(refused) => {
            let instead = instead(&step.line, &refused.code, &mut run.instead);
            let text = refused.text.clone();
            let is_replaced = instead.is_some();
            step.outcome =
                if is_replaced { Outcome::Replaced(text) } else { Outcome::Refused(text) };
            instead
        }
    };
    run.waves = instead.unwrap_or_else(|| std::mem::take(&mut run.waves));
    let actions = next(screen);
    if actions.is_empty() {
        tell(screen, view);
    }
    actions
}

/// What is done where a step was refused, in place of what was to follow.
fn instead(
    line: &str,
    code: &str,
    without_switch: &mut VecDeque<Vec<&'static str>>,
) -> Option<VecDeque<Vec<&'static str>>> {
    if line.starts_with("kill") && code == NO_SWITCH {
        return Some(std::mem::take(without_switch));
    }
    // A position is still being closed: nothing that the children would do may come between.
    (line == "stop").then(|| VecDeque::from([vec!["stop --abandon"]]))
}

/// What was told to an exchange that does not answer is still to come.
fn tell(screen: &mut Screen, view: &View) {
    let Some(run) = screen.safety.kill.as_ref().filter(|it| !it.is_busy()) else { return };
    let refused = run.steps.iter().rev().find_map(|it| match &it.outcome {
        Outcome::Refused(text) => Some(text.clone()),
        _ => None,
    });
    let is_away = view.machine.connection != Connection::Connected;
    let left = run.left(view).filter(|_| is_away && run.is_done());
    if let Some(left) = left {
        let text = left_text(&screen.look, left);
        screen.toasts.push_news(Kind::Error, text);
        return;
    }
    let (kind, text) = match (run.is_done(), run.has_no_switch()) {
        (true, false) => (Kind::Ok, screen.look.text("kill.complete").into_owned()),
        (true, true) => (Kind::Warn, screen.look.text("kill.without_switch").into_owned()),
        (false, _) => {
            let why = refused.unwrap_or_else(|| screen.look.text("kill.silent").into_owned());
            (Kind::Error, screen.look.fill("kill.incomplete", &[("why", &why)]))
        }
    };
    screen.toasts.push_news(kind, text);
}

/// What is left, in words.
pub(super) fn left_text(look: &Look, (orders, held): (usize, usize)) -> String {
    let (orders, held) = (orders.to_string(), held.to_string());
    look.fill("kill.left", &[("orders", &orders), ("positions", &held)])
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
