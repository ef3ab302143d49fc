//! What is held back from trading: everything, an account, a condition or an item.
//!
//! Owns the trading states. The most restrictive one that covers an order counts, and none is made
//! milder but by being released.

use std::collections::BTreeMap;

use aftm_domain::{AccountId, Code, ConditionId, UserId};

use crate::wire::Scope;
use crate::wire::request::TradingState;

/// How far a part of what is traded is held back, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brake {
    /// Reducing or Halted.
    pub state: TradingState,
    /// Why; every time it is asked for adds a reason.
    pub reason: String,
    /// Whether every position is to be closed; only in a halt.
    pub flatten: bool,
    /// Who was logged in when it was halted; only in a halt.
    pub by: Option<UserId>,
}

/// The longest text of reasons, in bytes: later ones are in the journal.
const REASONS_MAX: usize = 1_000;

impl Brake {
    fn add(&mut self, reason: &str) {
        let is_known = self.reason.split("; ").any(|it| it == reason);
        if !is_known && self.reason.len() + reason.len() < REASONS_MAX {
            self.reason.push_str("; ");
            self.reason.push_str(reason);
        }
    }
}

/// Everything that is held back. What does not stand here trades freely.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brakes(BTreeMap<Scope, Brake>);

impl Brakes {
    /// Nothing is held back.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every part that is held back.
    pub fn iter(&self) -> impl Iterator<Item = (Scope, &Brake)> {
        self.0.iter().map(|(scope, brake)| (*scope, brake))
    }

    /// How a part is held back.
    pub fn get(&self, scope: Scope) -> Option<&Brake> {
        self.0.get(&scope)
    }

    /// Parts that are halted.
    pub fn halted(&self) -> impl Iterator<Item = (Scope, &Brake)> {
        self.iter().filter(|(_, it)| it.state == TradingState::Halted)
    }

    /// The state of a part by itself.
    pub fn state(&self, scope: Scope) -> TradingState {
        self.get(scope).map_or(TradingState::Active, |it| it.state)
    }

    /// The strongest brake on an order of that account, item and condition.
    pub fn on(
        &self,
        account: AccountId,
        item: Code,
        strategy: Option<ConditionId>,
    ) -> Option<(Scope, &Brake)> {
        if self.0.is_empty() {
            return None;
        }
        let scopes = [Scope::Global, Scope::Account(account), Scope::Symbol(item)];
        let own = strategy.map(Scope::Strategy);
        let set = scopes.into_iter().chain(own).filter_map(|it| Some((it, self.0.get(&it)?)));
        set.reduce(|one, other| if other.1.state > one.1.state { other } else { one })
    }

    /// The state of an order of that account, item and condition.
    pub fn state_on(
        &self,
        account: AccountId,
        item: Code,
        strategy: Option<ConditionId>,
    ) -> TradingState {
        self.on(account, item, strategy).map_or(TradingState::Active, |(_, it)| it.state)
    }

    pub(super) fn halt(&mut self, scope: Scope, reason: &str, flatten: bool, by: Option<UserId>) {
        let brake = self.brake(scope, reason);
        brake.flatten |= flatten;
        brake.by = brake.by.or(by);
        brake.state = TradingState::Halted;
    }

    /// A halt stays one.
    pub(super) fn reduce(&mut self, scope: Scope, reason: &str) {
        self.brake(scope, reason);
    }

    fn brake(&mut self, scope: Scope, reason: &str) -> &mut Brake {
        let (state, flatten, by) = (TradingState::Reducing, false, None);
        let fresh = || Brake { state, reason: reason.to_owned(), flatten, by };
        let brake = self.0.entry(scope).or_insert_with(fresh);
        brake.add(reason);
        brake
    }

    pub(super) fn release(&mut self, scope: Scope, to: TradingState, reason: &str) {
        self.0.remove(&scope);
        if to != TradingState::Active {
            let (state, reason) = (to, reason.to_owned());
            self.0.insert(scope, Brake { state, reason, flatten: false, by: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_brake_that_covers_an_order_counts() {
        let (account, other): (AccountId, AccountId) =
            ("SIM-1".parse().unwrap(), "SIM-2".parse().unwrap());
        let item = "TXFH1".parse().unwrap();
        let name: ConditionId = "a".parse().unwrap();
        let mut brakes = Brakes::default();
        assert_eq!(brakes.state_on(account, item, None), TradingState::Active);
        brakes.reduce(Scope::Global, "one");
        brakes.halt(Scope::Account(account), "two", false, None);
        brakes.halt(Scope::Strategy(name), "three", true, None);
        assert_eq!(brakes.on(account, item, None).unwrap().1.reason, "two");
        assert_eq!(brakes.state_on(other, item, None), TradingState::Reducing);
        assert_eq!(brakes.state_on(other, item, Some(name)), TradingState::Halted);
        // A halt stays one however often something milder is asked for.
        brakes.reduce(Scope::Account(account), "four");
        assert_eq!(brakes.get(Scope::Account(account)).unwrap().reason, "two; four");
        assert_eq!(brakes.state(Scope::Account(account)), TradingState::Halted);
        brakes.release(Scope::Account(account), TradingState::Reducing, "five");
        assert_eq!(brakes.state_on(account, item, None), TradingState::Reducing);
        brakes.release(Scope::Account(account), TradingState::Active, "six");
        brakes.release(Scope::Global, TradingState::Active, "six");
        assert_eq!(brakes.state_on(account, item, None), TradingState::Active);
        assert_eq!(brakes.halted().count(), 1);
    }
}
