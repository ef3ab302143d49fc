//! What a trading state or a limit holds for.

use std::fmt;

use aftm_domain::{AccountId, Code, ConditionId};
use serde::{Deserialize, Serialize};

/// A part of what is traded: everything, or what belongs to one name.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Everything.
    #[default]
    Global,
    /// What is traded for an account.
    Account(AccountId),
    /// What a strategy trades: each condition is one.
    Strategy(ConditionId),
    /// What is traded of an item.
    Symbol(Code),
}

impl Scope {
    /// Whether an order of that account, item and condition belongs to it.
    pub fn covers(self, account: AccountId, item: Code, strategy: Option<ConditionId>) -> bool {
        match self {
            Scope::Global => true,
            Scope::Account(it) => it == account,
            Scope::Strategy(it) => Some(it) == strategy,
            Scope::Symbol(it) => it == item,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Global => f.pad("everything"),
            Scope::Account(account) => write!(f, "account {account}"),
            Scope::Strategy(condition) => write!(f, "condition {condition}"),
            Scope::Symbol(item) => f.pad(item.as_str()),
        }
    }
}
