//! What a halt or a reduction holds for, as it is said.

use aftm_domain::{AccountId, Code, ConditionId};
use clap::Args;

use super::words::meant;
use crate::wire;

/// A part of what is traded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    #[default]
    Everything,
    /// What is traded for an account.
    Account(AccountId),
    /// What a condition trades.
    Strategy(ConditionId),
    /// What is traded of an item.
    Symbol(Code),
}

impl Scope {
    /// As the gateway is told.
    pub const fn wire(self) -> wire::Scope {
        match self {
            Scope::Everything => wire::Scope::Global,
            Scope::Account(account) => wire::Scope::Account(account),
            Scope::Strategy(condition) => wire::Scope::Strategy(condition),
            Scope::Symbol(item) => wire::Scope::Symbol(item),
        }
    }
}

#[derive(Args)]
struct ScopeSaid {
    /// Of this account only
    #[arg(long, conflicts_with_all = ["condition", "item"])]
    account: Option<AccountId>,
    /// Of this condition only
    #[arg(long, conflicts_with = "item")]
    condition: Option<ConditionId>,
    /// Of this item only
    #[arg(long, value_name = "CODE")]
    item: Option<Code>,
}

meant!(Scope, ScopeSaid, |said| {
    Ok(match (said.account, said.condition, said.item) {
        (Some(account), ..) => Scope::Account(account),
        (_, Some(condition), _) => Scope::Strategy(condition),
        (.., Some(item)) => Scope::Symbol(item),
        (None, None, None) => Scope::Everything,
    })
});
