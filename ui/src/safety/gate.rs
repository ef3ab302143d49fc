//! Commands that ask first.

mod plan;

use crate::action::Action;
use crate::overlays::confirm::{self, Choice, Confirm, Then};
use crate::overlays::{form, quit};
use crate::screen::{Awaited, Screen};
use crate::toasts::Kind;
use crate::view::View;

use super::level::{Why, disarmed};
use super::stage::{Staged, stage};
use plan::{Ask, Plan};
pub(crate) use plan::{is_held, net, position};

/// Carries a command out, after asking where it trades or takes something away. Orders take the
/// way of the order keys; a login asks in its form.
pub fn gate(screen: &mut Screen, view: &View, line: String) -> Vec<Action> {
    gate_all(screen, view, vec![line])
}

/// Carries commands out in their order, after asking once where one of them trades or takes
/// something away.
pub fn gate_all(screen: &mut Screen, view: &View, lines: Vec<String>) -> Vec<Action> {
    let mut plans = Vec::new();
    for line in &lines {
        match plan::plan(screen, view, line) {
            Ok(plan) => plans.push(plan),
            Err(text) => {
                screen.toasts.push(Kind::Warn, text);
                return Vec::new();
            }
        }
    }
    if let [_] = lines.as_slice()
        && let Some(plan) = plans.pop()
    {
        return one(screen, view, plan, lines);
    }
    several(screen, plans, lines)
}

fn one(screen: &mut Screen, view: &View, plan: Plan, lines: Vec<String>) -> Vec<Action> {
    match plan {
        Plan::Nothing => Vec::new(),
        Plan::Pass => perform(screen, lines),
        Plan::Kill => {
            disarmed(screen, Why::Killed);
            perform(screen, lines)
        }
        Plan::Order { item } => {
            let line = lines.into_iter().next().unwrap_or_default();
            let text = line.clone();
            stage(screen, view, Staged { line, item, text })
        }
        Plan::Login { user, production } => form::login_as(screen, view, &user, production),
        Plan::Quit => quit::open(screen, view),
        Plan::Ask(ask) => question(screen, ask, lines),
    }
}

/// Several at once: those that ask for nothing pass, everything else is asked for in one question.
fn several(screen: &mut Screen, plans: Vec<Plan>, lines: Vec<String>) -> Vec<Action> {
    let is_cancel = |line: &String| plan::is_cancel_of_one(line);
    if lines.is_empty() {
        return Vec::new();
    }
    if lines.iter().all(is_cancel) {
        let count = lines.len().to_string();
        let text = screen.look.fill("confirm.cancel_count", &[("count", &count)]);
        return question(screen, Ask { texts: vec![text], ..Ask::default() }, lines);
    }
    if plans.iter().all(|it| matches!(it, Plan::Pass | Plan::Nothing)) {
        return perform(screen, lines);
    }
    let mut all = Ask::default();
    for (plan, line) in plans.into_iter().zip(&lines) {
        match plan {
            Plan::Ask(ask) => {
                all.texts.extend(ask.texts);
                all.phrase = all.phrase.or(ask.phrase);
            }
            _ => all.texts.push(line.clone()),
        }
    }
    question(screen, all, lines)
}

fn question(screen: &mut Screen, ask: Ask, lines: Vec<String>) -> Vec<Action> {
    let look = &screen.look;
    let mut choices = vec![Choice::new(look.text("confirm.cancel"), Then::Nothing)];
    if ask.choices.is_empty() {
        choices.push(Choice::new(look.text("confirm.do_it"), Then::Perform(lines)));
    } else {
        choices.extend(
            ask.choices
                .into_iter()
                .map(|(label, line)| Choice::new(label, Then::Perform(vec![line]))),
        );
    }
    let confirm = Confirm::new(ask.texts, choices, ask.phrase, screen.now);
    confirm::open(screen, confirm);
    Vec::new()
}

/// Carries lines out and tells in a toast what became of them.
pub(crate) fn perform(screen: &mut Screen, lines: Vec<String>) -> Vec<Action> {
    let text = screen.look.fill("safety.done", &[("line", &lines.join("; "))]);
    vec![screen.perform(lines, Awaited::Toast(text))]
}

/// Whether carrying a line out sends an order, or may: what is not known counts as one that does.
/// What only lets the machine trade later, like `start`, does not.
pub fn trades(line: &str) -> bool {
    plan::trades(line)
}
