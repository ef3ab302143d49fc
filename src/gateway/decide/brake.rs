//! The trading states: which orders and changes pass while something is held back.
//!
//! In Reducing an order passes that can only make a position smaller, whatever else works; in Halted
//! only the operator closes, by orders that can do nothing else. Cancels always pass.

use aftm_domain::order::Ticket;
use aftm_domain::{AccountId, ConditionId, OpenClose, OrderId, Quantity};

use super::Case;
use crate::gateway::brakes::Brake;
use crate::gateway::fact::{Door, Fact};
use crate::gateway::state::Held;
use crate::wire::request::TradingState;
use crate::wire::{Outcome, Refused, Scope};
use aftm_domain::SignalId;

impl Case<'_> {
    fn brake(&self, ticket: &Ticket, strategy: Option<ConditionId>) -> Option<(Scope, &Brake)> {
        self.state.brakes.on(ticket.account, ticket.item, strategy)
    }

    /// Whether a halt lets an order of this door pass.
    pub(super) fn armed(
        &self,
        ticket: &Ticket,
        strategy: Option<ConditionId>,
    ) -> Result<(), Refused> {
        let by_operator = matches!(self.door, Door::Desk | Door::Gateway);
        let closes = by_operator && ticket.open_close == OpenClose::Close;
        if self.is_latched && !closes {
            let text = "trading is halted: the latch was tripped a moment ago";
            return Err(Refused::new("TRADING_HALTED", text));
        }
        let brake = self.brake(ticket, strategy);
        let halt = brake.filter(|(_, it)| it.state == TradingState::Halted && !closes);
        let Some((scope, halt)) = halt else { return Ok(()) };
        let text = format!(
            "trading is halted for {scope} ({}): only cancels pass, and closing orders by hand \
             that say --open-close close; rearm with a reason ends it",
            halt.reason
        );
        Err(Refused::new("TRADING_HALTED", text))
    }

    /// While something is held back, an order may close what is held and nobody closes yet, no more:
    /// then no position grows or changes its side, whatever of what works is filled, and when.
    /// `instead` is a working order whose place it takes.
    pub(super) fn within_held(
        &self,
        ticket: &Ticket,
        strategy: Option<ConditionId>,
        instead: Option<OrderId>,
    ) -> Result<(), Refused> {
        let brake = self.brake(ticket, strategy);
        if brake.is_none() && !(self.is_strategy_silent && strategy.is_some()) {
            return Ok(());
        }
        let free = self.free_to_close(ticket, instead);
        let is_opening = ticket.open_close == OpenClose::Open;
        if !is_opening && ticket.quantity <= free {
            return Ok(());
        }
        let Some((scope, brake)) = brake else {
            let text = "the strategy has missed its beats: its conditions enter nothing until it is \
                        heard again";
            return Err(Refused::new("STRATEGY_SILENT", text));
        };
        let (code, word) = match brake.state {
            TradingState::Halted => ("TRADING_HALTED", "trading is halted"),
            _ => ("REDUCE_ONLY", "only reducing orders are taken"),
        };
        let text = format!(
            "{word} for {scope} ({}): {free} lots of {} can be closed by a {} order in account {}, \
             not {}{}",
            brake.reason,
            ticket.item,
            ticket.side,
            ticket.account,
            ticket.quantity,
            if is_opening { " that open" } else { "" }
        );
        Err(Refused::new(code, text))
    }

    /// Lots that an order may close: what is held, less what others that work may close of it.
    fn free_to_close(&self, ticket: &Ticket, instead: Option<OrderId>) -> Quantity {
        let key = (ticket.account, ticket.item);
        let working = self.state.working().filter(|it| {
            let other = &it.order.ticket;
            (other.account, other.item) == key
                && other.side == ticket.side
                && Some(it.order.id) != instead
                // What rests for a protection makes way.
                && !self.state.protections.is_leg(it.order.id)
        });
        let taken = working.map(|it| it.order.left().raw()).fold(0, i64::saturating_add);
        let holding = self.state.holdings.get(&key);
        let held = holding.map_or(0, |it| it.position.held(ticket.side.opposite()).raw());
        Quantity::from_raw(held.saturating_sub(taken).max(0))
    }

    /// While something is held back, a change may make an order smaller, or move one that can only
    /// close.
    pub(super) fn may_change(&self, id: OrderId, changed: &Ticket) -> Result<(), Refused> {
        let Some(placed) = self.state.placed(id) else { return Ok(()) };
        let strategy = placed.signal.map(|it| it.condition);
        let state = self.brake(changed, strategy).map(|(_, it)| it.state);
        if state.is_none() && !self.is_latched {
            return Ok(());
        }
        let order = &placed.order;
        let is_smaller = changed.quantity <= order.ticket.quantity;
        let is_moved = changed.price != order.ticket.price;
        let is_halted = self.is_latched || state == Some(TradingState::Halted);
        let rest = Ticket {
            quantity: Quantity::from_raw(changed.quantity.raw() - order.filled().raw()),
            ..*changed
        };
        let only_closes = if is_halted {
            order.ticket.open_close == OpenClose::Close
        } else {
            self.within_held(&rest, strategy, Some(id)).is_ok()
        };
        if is_smaller && (!is_moved || only_closes) {
            return Ok(());
        }
        let (code, word) = if is_halted {
            ("TRADING_HALTED", "trading is halted")
        } else {
            ("REDUCE_ONLY", "only reducing orders are taken")
        };
        let text =
            format!("{word}: order {id} can be made smaller or canceled, not changed otherwise");
        Err(Refused::new(code, text))
    }

    /// Whether an exit of a condition waits for the end of a halt. The operator's own closing does
    /// not, and in Reducing none does.
    pub(super) fn holds_exits(&self, held: &Held, account: AccountId) -> bool {
        let terms = &held.condition.terms;
        let state = self.state.brakes.state_on(account, terms.item, Some(terms.id));
        (state == TradingState::Halted || self.is_latched) && self.door != Door::Desk
    }

    /// What the trader is told of an exit that is held, where it was not told yet.
    pub(super) fn exit_held(&self, id: SignalId, held: &Held, outcome: &Outcome) -> Option<Fact> {
        let account = self.account_of(held)?;
        let is_new = self.state.outcome(id) != Some(outcome);
        let is_held = self.holds_exits(held, account) && matches!(outcome, Outcome::Waits { .. });
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
}
