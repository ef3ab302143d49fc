//! Accounts and items. Logging in asks the venue first, so it is the core's own step.

use aftm_domain::{AccountId, Code};

use super::{Case, Decision};
use crate::gateway::fact::Fact;
use crate::wire::Reply;

impl Case<'_> {
    /// The accounts of the session.
    pub fn accounts(&self) -> Decision {
        let Some(session) = &self.state.session else {
            return Decision::refuse("NOT_LOGGED_IN", "nobody is logged in; log in first");
        };
        let (accounts, selected) = (session.accounts.clone(), self.state.account);
        Decision::reply(Reply::Accounts { accounts, selected })
    }

    /// Selects an account.
    pub fn use_account(&self, account: AccountId) -> Decision {
        let Some(session) = &self.state.session else {
            return Decision::refuse("NOT_LOGGED_IN", "nobody is logged in; log in first");
        };
        if !session.accounts.contains(&account) {
            let known: Vec<&str> = session.accounts.iter().map(AccountId::as_str).collect();
            let text = format!("there is no account {account}; yours are {}", known.join(", "));
            return Decision::refuse("UNKNOWN_ACCOUNT", text);
        }
        if self.state.account == Some(account) {
            return Decision::reply(Reply::Unchanged {});
        }
        Decision::done(vec![Fact::AccountUsed { account }])
    }

    /// Registers an item. A product that nobody knows is followed, too; only its orders are refused.
    pub fn add_item(&self, item: Code) -> Decision {
        if self.state.items.contains(&item) {
            return Decision::reply(Reply::Unchanged {});
        }
        if self.listing.is_expired(&item) {
            let text = match self.listing.get(&item) {
                Ok(_) => format!("{item} is no longer traded"),
                Err(reason) => reason.to_owned(),
            };
            return Decision::refuse("UNKNOWN_ITEM", text);
        }
        Decision::done(vec![Fact::ItemAdded { item }])
    }

    /// No longer follows an item that no condition needs.
    pub fn drop_item(&self, item: Code) -> Decision {
        if !self.state.items.contains(&item) {
            return Decision::refuse("UNKNOWN_ITEM", format!("{item} is not registered"));
        }
        let needs = |it: &&crate::gateway::state::Held| {
            it.condition.terms.item == item
                && it.condition.progress.state != aftm_domain::condition::State::Done
        };
        if let Some(held) = self.state.conditions.values().find(needs) {
            let id = held.condition.terms.id;
            let text = format!("condition {id} still needs {item}; drop the condition first");
            return Decision::refuse("ITEM_IN_USE", text);
        }
        Decision::done(vec![Fact::ItemDropped { item }])
    }
}
