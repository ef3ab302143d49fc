//! Conditions: where they stand and what they wait for.

use aftm_domain::condition::{Condition as Known, State};
use aftm_domain::{ConditionId, Price};
use aftm_ui::view::{Condition, ConditionState, Nano, Quote};
use rustc_hash::FxHashSet;

use super::orders::side;
use super::rows;
use crate::wire::Outcome;
use crate::wire::request::ConditionRow;

/// The places of the conditions in the order of creation.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    keys: Vec<u64>,
    told: FxHashSet<ConditionId>,
    /// Those of the answers so far, while they are asked for.
    answered: FxHashSet<u64>,
}

impl Conditions {
    /// They are asked for: what is told from now on is newer than the answer.
    pub(super) fn ask(&mut self) {
        self.told.clear();
        self.answered.clear();
    }

    /// A condition as the gateway has just told it. Under another place it is another one, and the
    /// one that had its name is gone.
    pub(super) fn tell(&mut self, conditions: &mut Vec<Condition>, row: &ConditionRow) {
        let id = row.condition.terms.id;
        self.told.insert(id);
        self.put(conditions, row);
    }

    /// A condition is gone.
    pub(super) fn drop(&mut self, conditions: &mut Vec<Condition>, id: ConditionId) {
        self.told.insert(id);
        rows::retain(&mut self.keys, conditions, |_, it| it.id != id.as_str());
    }

    /// Conditions of an answer, which may be older than what was told meanwhile. With the last of
    /// them, those that nobody told of any more are gone.
    pub(super) fn answer(
        &mut self,
        conditions: &mut Vec<Condition>,
        rows: &[ConditionRow],
        is_last: bool,
    ) {
        for row in rows {
            self.answered.insert(row.created);
            if !self.told.contains(&row.condition.terms.id) {
                self.put(conditions, row);
            }
        }
        if is_last {
            let (told, answered) = (&self.told, &self.answered);
            let is_told = |id: &str| told.iter().any(|it| it.as_str() == id);
            rows::retain(&mut self.keys, conditions, |created, it| {
                answered.contains(created) || is_told(&it.id)
            });
        }
    }

    fn put(&mut self, conditions: &mut Vec<Condition>, row: &ConditionRow) {
        let shown = condition(row);
        let is_other = |created: &u64, it: &Condition| *created != row.created && it.id == shown.id;
        if self.keys.iter().zip(conditions.iter()).any(|(created, it)| is_other(created, it)) {
            rows::retain(&mut self.keys, conditions, |created, it| !is_other(created, it));
        }
        rows::put(&mut self.keys, conditions, row.created, shown);
    }

    /// Those that hold a position act next at the exit that is nearer to the last price.
    pub(super) fn mark(&self, conditions: &mut [Condition], quotes: &[Quote]) {
        for it in conditions.iter_mut().filter(|it| it.state == ConditionState::Entered) {
            let last = quotes.iter().find(|quote| quote.code == it.item).and_then(|it| it.last);
            it.next = nearer(it.exits, last);
        }
    }
}

fn nearer(exits: [Option<Nano>; 2], last: Option<Nano>) -> Option<Nano> {
    match (exits, last) {
        ([Some(profit), Some(loss)], Some(last)) => {
            let is_profit = profit.abs_diff(last) < loss.abs_diff(last);
            Some(if is_profit { profit } else { loss })
        }
        ([profit, loss], _) => loss.or(profit),
    }
}

pub(super) const fn state(state: State, is_refused: bool) -> ConditionState {
    match state {
        State::Waiting => ConditionState::Waiting,
        State::Armed => ConditionState::Armed,
        State::Entered | State::Done if is_refused => ConditionState::Failed,
        State::Entered => ConditionState::Entered,
        State::Done => ConditionState::Done,
    }
}

/// What came of a signal, where the trader should know it.
fn remark(outcome: Option<&Outcome>) -> Option<&str> {
    match outcome? {
        Outcome::Ordered { .. } => None,
        Outcome::Refused { text, .. } | Outcome::Nothing { text } | Outcome::Waits { text } => {
            Some(text)
        }
    }
}

fn condition(row: &ConditionRow) -> Condition {
    let Known { terms, progress, is_paused } = &row.condition;
    let levels = row.condition.levels();
    let is_refused = match &row.entry {
        Some(Outcome::Refused { .. }) => true,
        Some(Outcome::Ordered { .. } | Outcome::Nothing { .. } | Outcome::Waits { .. }) | None => {
            false
        }
    };
    let state = state(progress.state, is_refused);
    let raw = |it: Option<Price>| it.map(Price::raw);
    let exits = match state {
        ConditionState::Entered => [raw(levels.take_profit), raw(levels.stop_loss)],
        ConditionState::Waiting
        | ConditionState::Armed
        | ConditionState::Done
        | ConditionState::Failed => [None, None],
    };
    let next = match state {
        ConditionState::Waiting => Some(progress.trigger.raw()),
        ConditionState::Armed => Some(levels.order.raw()),
        ConditionState::Entered => nearer(exits, None),
        ConditionState::Done | ConditionState::Failed => None,
    };
    let said = remark(row.exit.as_ref()).or(remark(row.entry.as_ref()));
    Condition {
        id: terms.id.as_str().to_owned(),
        item: terms.item.as_str().to_owned(),
        side: side(terms.action),
        trigger: terms.trigger.raw(),
        trigger_now: progress.trigger.raw(),
        turning: terms.turning.raw(),
        quantity: terms.quantity.raw(),
        take_profit: raw(terms.take_profit),
        stop_loss: raw(terms.stop_loss),
        following: terms.following,
        account: terms.account.map(|it| it.as_str().to_owned()),
        state,
        is_paused: *is_paused,
        next,
        exits,
        open: row.open.raw(),
        remark: said.unwrap_or_default().to_owned(),
    }
}
