//! The steps from a first start to a machine that trades.

use crate::view::{ConditionState, Running, View};

/// A step of the setup, by the number that the menu line gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Log in.
    Login,
    /// Register an item.
    Item,
    /// Make a condition.
    Condition,
    /// Choose the account.
    Account,
    /// Start.
    Start,
}

impl Step {
    /// Every step, in the order in which they are done.
    pub const ALL: [Step; 5] =
        [Step::Login, Step::Item, Step::Condition, Step::Account, Step::Start];

    /// What is typed into the menu line for it.
    pub const fn number(self) -> &'static str {
        match self {
            Step::Login => "1",
            Step::Item => "3",
            Step::Condition => "4",
            Step::Account => "5",
            Step::Start => "10",
        }
    }

    /// The key of its name.
    pub const fn text_key(self) -> &'static str {
        match self {
            Step::Login => "frame.step_login",
            Step::Item => "frame.step_item",
            Step::Condition => "frame.step_condition",
            Step::Account => "frame.step_account",
            Step::Start => "frame.step_start",
        }
    }

    /// The key of the words that ask for it.
    pub const fn ask_key(self) -> &'static str {
        match self {
            Step::Login => "frame.ask_login",
            Step::Item => "frame.ask_item",
            Step::Condition => "frame.ask_condition",
            Step::Account => "frame.ask_account",
            Step::Start => "frame.ask_start",
        }
    }

    /// Whether it is done.
    pub fn is_done(self, view: &View) -> bool {
        let is_alive =
            |it: ConditionState| !matches!(it, ConditionState::Done | ConditionState::Failed);
        match self {
            Step::Login => view.machine.is_logged_in(),
            Step::Item => !view.quotes.is_empty(),
            Step::Condition => view.conditions.iter().any(|it| is_alive(it.state)),
            Step::Account => view.machine.account.is_some(),
            Step::Start => view.machine.running != Running::Stopped,
        }
    }

    /// The first that is not done.
    pub fn next(view: &View) -> Option<Step> {
        Step::ALL.into_iter().find(|it| !it.is_done(view))
    }
}
