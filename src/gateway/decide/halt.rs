//! The halt: which orders still pass, what is canceled, what is closed.
//!
//! While trading is halted nothing may open. Only the operator closes, by orders that can do nothing
//! else; an exit of a condition is held until trading is armed again.

use aftm_domain::order::{Status, Ticket};
use aftm_domain::{AccountId, Code, OpenClose, Order, Quantity, Side, SignalId};

use super::{Case, Decision};
use crate::gateway::fact::{Door, Fact};
use crate::gateway::state::{Held, Holding, Placed};
use crate::wire::{Outcome, Refused};

/// The longest reason that is kept, in characters.
const REASON_MAX: usize = 200;

/// A reason in one line without control characters, as long as it may be.
pub fn tidy(reason: &str) -> String {
    let spaced = reason.split(|it: char| it.is_whitespace() || aftm_domain::text::acts(it));
    let words: Vec<&str> = spaced.filter(|it| !it.is_empty()).collect();
    words.join(" ").chars().take(REASON_MAX).collect()
}

impl Case<'_> {
    /// Whether the trading state lets an order of this door pass.
    pub(super) fn armed(&self, ticket: &Ticket) -> Result<(), Refused> {
        let Some(halt) = &self.state.halt else { return Ok(()) };
        let by_operator = matches!(self.door, Door::Desk | Door::Gateway);
        if by_operator && ticket.open_close == OpenClose::Close {
            return Ok(());
        }
        let text = format!(
            "trading is halted ({}): only cancels pass, and closing orders by hand that say \
             --open-close close; rearm with a reason ends it",
            halt.reason
        );
        Err(Refused::new("TRADING_HALTED", text))
    }

    /// While trading is halted, an order by hand may close what is held and nobody closes yet, no
    /// more: whatever the exchange does with the rest, it never becomes a position.
    pub(super) fn within_held(&self, ticket: &Ticket) -> Result<(), Refused> {
        if self.state.halt.is_none() {
            return Ok(());
        }
        let closes = |it: &&Placed| {
            let other = &it.order.ticket;
            (other.account, other.item, other.side) == (ticket.account, ticket.item, ticket.side)
        };
        let working = self.state.working().filter(closes).map(|it| it.order.left().raw());
        let taken = working.fold(0, i64::saturating_add);
        let holding = self.state.holdings.get(&(ticket.account, ticket.item));
        let held = holding.map_or(0, |it| it.position.held(ticket.side.opposite()).raw());
        let free = Quantity::from_raw(held.saturating_sub(taken).max(0));
        if ticket.quantity <= free {
            return Ok(());
        }
        let text = format!(
            "trading is halted: {} lots of {} can be closed in account {}, not {}",
            free, ticket.item, ticket.account, ticket.quantity
        );
        Err(Refused::new("TRADING_HALTED", text))
    }

    /// While trading is halted, a change may make an order smaller, or move one that only closes.
    pub(super) fn may_change(&self, order: &Order, changed: &Ticket) -> Result<(), Refused> {
        if self.state.halt.is_none() {
            return Ok(());
        }
        let is_smaller = changed.quantity <= order.ticket.quantity;
        let is_moved = changed.price != order.ticket.price;
        if is_smaller && (!is_moved || order.ticket.open_close == OpenClose::Close) {
            return Ok(());
        }
        let text = format!(
            "trading is halted: order {} can be made smaller or canceled, not changed otherwise",
            order.id
        );
        Err(Refused::new("TRADING_HALTED", text))
    }

    /// Whether an exit of a condition waits for the end of a halt. The operator's own closing does
    /// not.
    pub(super) fn holds_exits(&self) -> bool {
        self.state.halt.is_some() && self.door != Door::Desk
    }

    /// What the trader is told of an exit that is held, where it was not told yet.
    pub(super) fn exit_held(&self, id: SignalId, held: &Held, outcome: &Outcome) -> Option<Fact> {
        let is_new = self.state.outcome(id) != Some(outcome);
        let is_held = self.holds_exits() && matches!(outcome, Outcome::Waits { .. });
        let item = held.condition.terms.item;
        let open = self.open_lots(held);
        (is_new && is_held && open.is_positive()).then(|| Fact::Alerted {
            code: "EXIT_HELD".to_owned(),
            text: format!(
                "condition {}: its exit of {open} lots of {item} is held because trading is \
                 halted; close them by hand, or rearm",
                id.condition
            ),
        })
    }

    /// What a kill asks of the exchange at first: the cancel of every order that works, and then,
    /// with `flatten`, orders that close every position and can do nothing else.
    pub fn kill(&self, flatten: bool) -> (Decision, u64, u64) {
        let mut decision = Decision::done(Vec::new());
        let cancels = self.cancel_each(None, &mut decision);
        let is_here = self.state.session.is_some() && self.state.is_connected;
        let closings =
            if flatten && is_here { self.close_all(|_, _| true, &mut decision) } else { 0 };
        (decision, cancels, closings)
    }

    /// What a halt asks again: the cancel of what works on, but for what the operator closes with,
    /// and with `flatten` the close of what is still held where nothing works any more.
    pub fn sweep(&self, flatten: bool) -> Decision {
        let mut decision = Decision::done(Vec::new());
        let is_meant = |it: &&Placed| {
            it.order.status != Status::PendingCancel
                && it.order.ticket.open_close != OpenClose::Close
        };
        let meant: Vec<_> = self.state.working().filter(is_meant).map(|it| it.order.id).collect();
        meant.iter().for_each(|id| self.cancel_one(*id, &mut decision));
        if flatten {
            let is_quiet = |account: AccountId, item: Code| {
                let works = |it: &Placed| {
                    (it.order.ticket.account, it.order.ticket.item) == (account, item)
                };
                !self.state.working().any(works)
            };
            self.close_all(is_quiet, &mut decision);
        }
        decision
    }

    /// Nothing works at the exchange, and with `flatten` nothing is held.
    pub fn is_cleared(&self, flatten: bool) -> bool {
        let is_flat = |it: &Holding| {
            it.position.held(Side::Buy).is_zero() && it.position.held(Side::Sell).is_zero()
        };
        self.state.open.is_empty() && (!flatten || self.state.holdings.values().all(is_flat))
    }

    fn close_all(
        &self,
        is_meant: impl Fn(AccountId, Code) -> bool,
        decision: &mut Decision,
    ) -> u64 {
        let mut closings = 0;
        for ((account, item), holding) in &self.state.holdings {
            for side in [Side::Buy, Side::Sell] {
                let held = holding.position.held(side);
                if !held.is_positive() || !is_meant(*account, *item) {
                    continue;
                }
                // One that cannot be closed here is told when the halt is found incomplete.
                closings += self.close(*account, *item, side, held, decision).unwrap_or(0);
            }
        }
        closings
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
