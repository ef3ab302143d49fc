//! The halt and the reduction: what is canceled, what is closed, and what is left to do.

use aftm_domain::order::Status;
use aftm_domain::{AccountId, Code, ConditionId, OpenClose, OrderId, Side, SignalKind};
use rustc_hash::FxHashMap;

use super::{Case, Decision};
use crate::gateway::brakes::Brake;
use crate::gateway::state::{Holding, Placed};
use crate::wire::Scope;
use crate::wire::request::TradingState;

/// The longest reason that is kept, in characters.
const REASON_MAX: usize = 200;

/// A reason in one line without control characters, as long as it may be.
pub fn tidy(reason: &str) -> String {
    let spaced = reason.split(|it: char| it.is_whitespace() || aftm_domain::text::acts(it));
    let words: Vec<&str> = spaced.filter(|it| !it.is_empty()).collect();
    words.join(" ").chars().take(REASON_MAX).collect()
}

fn covers(scope: Scope, placed: &Placed) -> bool {
    let ticket = &placed.order.ticket;
    scope.covers(ticket.account, ticket.item, placed.signal.map(|it| it.condition))
}

impl Case<'_> {
    fn brake_on(&self, placed: &Placed) -> Option<&Brake> {
        let ticket = &placed.order.ticket;
        let strategy = placed.signal.map(|it| it.condition);
        self.state.brakes.on(ticket.account, ticket.item, strategy).map(|(_, it)| it)
    }

    /// What a kill asks of the exchange at first: the cancel of every order of the scope that works,
    /// and then, with `flatten`, orders that close every position and can do nothing else.
    pub fn kill(&self, scope: Scope, flatten: bool) -> (Decision, u64, u64) {
        let mut decision = Decision::done(Vec::new());
        let is_meant = |it: &&Placed| covers(scope, it) && it.order.status != Status::PendingCancel;
        let meant: Vec<_> = self.state.working().filter(is_meant).map(|it| it.order.id).collect();
        meant.iter().for_each(|id| self.cancel_one(*id, &mut decision));
        let is_here = self.state.session.is_some() && self.state.is_connected;
        let closings =
            if flatten && is_here { self.close_all(scope, |_, _| true, &mut decision) } else { 0 };
        (decision, meant.len() as u64, closings)
    }

    /// What the brakes ask again. A halt: the cancel of what works on, but for what the operator
    /// closes with, and with `flatten` the close of what is still held where nothing works any more,
    /// where what is held is known. A reduction: the cancel of what could make a position larger.
    pub fn sweep(&self, may_close: bool) -> Decision {
        let mut decision = Decision::done(Vec::new());
        let is_halted = |it: &&Placed| {
            it.order.ticket.open_close != OpenClose::Close
                && self.brake_on(it).is_some_and(|it| it.state == TradingState::Halted)
        };
        let halted = self.state.working().filter(is_halted).map(|it| it.order.id);
        let meant: Vec<OrderId> = halted.chain(self.growing()).collect();
        for id in meant {
            let status = self.state.placed(id).map(|it| it.order.status);
            if status != Some(Status::PendingCancel) {
                self.cancel_one(id, &mut decision);
            }
        }
        for (scope, brake) in self.state.brakes.halted() {
            if brake.flatten && may_close {
                self.close_all(scope, |it, item| !self.works(it, item), &mut decision);
            }
        }
        decision
    }

    fn works(&self, account: AccountId, item: Code) -> bool {
        let is_of =
            |it: &Placed| (it.order.ticket.account, it.order.ticket.item) == (account, item);
        self.state.working().any(is_of)
    }

    /// The cancel of what works and could open a position, of those that are meant.
    pub fn abandon(&self, is_meant: impl Fn(&Placed) -> bool) -> Decision {
        let mut decision = Decision::done(Vec::new());
        let may_open = |it: &&Placed| {
            let is_exit = it.signal.is_some_and(|it| it.kind == SignalKind::Exit);
            it.order.ticket.open_close != OpenClose::Close
                && !is_exit
                && it.order.status != Status::PendingCancel
        };
        let meant = self.state.working().filter(|it| may_open(it) && is_meant(it));
        let meant: Vec<OrderId> = meant.map(|it| it.order.id).collect();
        meant.iter().for_each(|id| self.cancel_one(*id, &mut decision));
        decision
    }

    /// Orders that a reduction does not let work: those that open, and the newest of those that
    /// together could close more than is held.
    pub(super) fn growing(&self) -> Vec<OrderId> {
        let mut taken: FxHashMap<(AccountId, Code, Side), i64> = FxHashMap::default();
        let mut growing = Vec::new();
        for placed in self.state.working() {
            let ticket = &placed.order.ticket;
            let is_reduced =
                self.brake_on(placed).is_some_and(|it| it.state == TradingState::Reducing);
            let sum = taken.entry((ticket.account, ticket.item, ticket.side)).or_default();
            let holding = self.state.holdings.get(&(ticket.account, ticket.item));
            let held = holding.map_or(0, |it| it.position.held(ticket.side.opposite()).raw());
            let after = sum.saturating_add(placed.order.left().raw());
            let grows = match ticket.open_close {
                OpenClose::Open => true,
                OpenClose::Auto => after > held,
                OpenClose::Close => false,
            };
            if is_reduced && grows {
                growing.push(placed.order.id);
            } else if ticket.open_close != OpenClose::Open {
                *sum = after;
            }
        }
        growing
    }

    /// Orders of a scope that still work, and positions that are still held, in words, at most so
    /// many.
    pub fn left(&self, scope: Scope, flatten: bool, most: usize) -> Vec<String> {
        let orders = self.state.working().filter(|it| covers(scope, it));
        let orders = orders.map(|it| format!("order {} is {}", it.order.id, it.order.status));
        let held = self.held_in(scope).filter(|_| flatten);
        let held = held.map(|(account, item, side, lots)| {
            let side = if side == Side::Buy { "long" } else { "short" };
            format!("{lots} {item} {side} in {account}")
        });
        orders.chain(held).take(most).collect()
    }

    /// Nothing of a scope works at the exchange, and with `flatten` nothing is held.
    pub fn is_cleared(&self, scope: Scope, flatten: bool) -> bool {
        !self.state.working().any(|it| covers(scope, it))
            && (!flatten || self.held_in(scope).next().is_none())
    }

    /// An order works still in a part that is halted and closed.
    pub fn is_closing_under_way(&self) -> bool {
        let mut halted = self.state.brakes.halted().filter(|(_, it)| it.flatten);
        halted.any(|(scope, _)| self.state.working().any(|it| covers(scope, it)))
    }

    /// Every halt has done what it was told, and nothing works that a reduction does not let work.
    pub fn is_settled(&self) -> bool {
        let mut halted = self.state.brakes.halted();
        halted.all(|(scope, it)| self.is_cleared(scope, it.flatten)) && self.growing().is_empty()
    }

    /// Lots that are held on either side in a scope: of a condition, those that it opened.
    fn held_in(
        &self,
        scope: Scope,
    ) -> impl Iterator<Item = (AccountId, Code, Side, aftm_domain::Quantity)> {
        let strategy = match scope {
            Scope::Strategy(name) => self.state.held(name).map(|(_, held)| held),
            _ => None,
        };
        let own = strategy.and_then(|held| {
            let terms = &held.condition.terms;
            Some((self.account_of(held)?, terms.item, terms.action, self.open_lots(held)))
        });
        let sides = |((account, item), holding): (&(AccountId, Code), &Holding)| {
            let held = [Side::Buy, Side::Sell].map(|it| (it, holding.position.held(it)));
            let (account, item) = (*account, *item);
            held.into_iter().map(move |(side, lots)| (account, item, side, lots))
        };
        let all = self.state.holdings.iter().flat_map(sides);
        let all = all.filter(move |(account, item, ..)| scope.covers(*account, *item, None));
        all.chain(own).filter(|it| it.3.is_positive())
    }

    fn close_all(
        &self,
        scope: Scope,
        is_meant: impl Fn(AccountId, Code) -> bool,
        decision: &mut Decision,
    ) -> u64 {
        if let Scope::Strategy(name) = scope {
            return self.close_strategy(name, is_meant, decision);
        }
        let mut closings = 0;
        let held: Vec<_> = self.held_in(scope).collect();
        for (account, item, side, lots) in held {
            if is_meant(account, item) {
                // One that cannot be closed here is told when the halt is found incomplete.
                closings += self.close(account, item, side, lots, decision).unwrap_or(0);
            }
        }
        closings
    }

    /// Closes what a condition opened as its exit would, so that it counts as closed by it.
    fn close_strategy(
        &self,
        name: ConditionId,
        is_meant: impl Fn(AccountId, Code) -> bool,
        decision: &mut Decision,
    ) -> u64 {
        let Some((created, held)) = self.state.held(name) else { return 0 };
        let item = held.condition.terms.item;
        if !self.account_of(held).is_some_and(|account| is_meant(account, item)) {
            return 0;
        }
        let by_hand = Case { door: crate::gateway::fact::Door::Desk, ..*self };
        by_hand.close_held(created, held, decision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_short_line() {
        assert_eq!(tidy(" a\tfat\r\n finger\u{1b}[2J "), "a fat finger [2J");
        assert_eq!(tidy("\n \u{7}"), "");
        assert_eq!(tidy(&"損".repeat(500)).chars().count(), REASON_MAX);
    }
}
