//! Facts as the events that others hear.

use super::core::Core;
use super::fact::{Door, Fact};
use super::keep::Ledger;
use super::rows;
use super::venue::Venue;
use crate::wire::request::TradingState;
use crate::wire::{Event, Scope};
use aftm_domain::order::Report;
use aftm_domain::{AccountId, Code, ConditionId, OrderId, Quantity};

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Appends the events that a folded fact comes to.
    pub fn events(&self, fact: &Fact, events: &mut Vec<Event>) {
        match fact {
            Fact::Started { .. }
            | Fact::DayBegan { .. }
            | Fact::BestReached { .. }
            | Fact::NumbersTaken { .. }
            | Fact::Protected { .. }
            | Fact::Protection { .. }
            | Fact::Paired { .. }
            | Fact::Asked { .. }
            | Fact::ReplyTold { .. } => (),
            Fact::LoggedIn { user, production, accounts } => {
                let (user, production, accounts) = (*user, *production, accounts.clone());
                events.push(Event::LoggedIn { user, production, accounts });
            }
            Fact::LoggedOut {} => events.push(Event::LoggedOut {}),
            Fact::Connected {} => {
                events.push(Event::Connection { connected: true, reason: String::new() });
            }
            Fact::Disconnected { reason } => {
                events.push(Event::Connection { connected: false, reason: reason.clone() });
            }
            Fact::PositionTaken { account, item, .. } => {
                self.tell_position((*account, *item), events);
            }
            Fact::AccountUsed { account } => {
                events.push(Event::Account { account: *account });
                if !self.state.brakes.is_empty() {
                    // Another account may be held back otherwise.
                    events.push(self.trading());
                }
            }
            Fact::ItemAdded { item } => {
                events.push(Event::Item { item: *item, registered: true });
            }
            Fact::ItemDropped { item } => {
                events.push(Event::Item { item: *item, registered: false });
            }
            Fact::ConditionPut { condition, .. } => self.tell_condition(condition.terms.id, events),
            Fact::ConditionPaused { id, .. } | Fact::ConditionMoved { id, .. } => {
                self.tell_condition(*id, events);
            }
            Fact::ConditionDropped { id } => events.push(Event::ConditionDropped { id: *id }),
            Fact::Signaled { signal } => events.push(Event::Signal(*signal)),
            Fact::SignalSettled { id, outcome } => {
                events.push(Event::Settled { id: *id, outcome: outcome.clone() });
                self.tell_condition(id.condition, events);
            }
            Fact::OrderReceived { id, .. }
            | Fact::OrderDenied { id, .. }
            | Fact::OrderRevived { id } => self.tell_order(*id, events),
            Fact::OrderAdopted(adopted) => self.tell_order(adopted.id, events),
            Fact::OrderReported { id, report } => {
                self.tell_order(*id, events);
                if let Report::Filled(fill) = report {
                    self.tell_fill(*id, fill, events);
                }
            }
            Fact::Halted { reason, scope, .. } => {
                events.push(self.trading());
                let text = format!("trading is halted{}: {reason}", of(*scope));
                events.push(Event::Alert { code: "HALTED".to_owned(), text });
            }
            Fact::Reduced { reason, scope, .. } => {
                events.push(self.trading());
                let text = format!("only reducing orders are taken{}: {reason}", of(*scope));
                events.push(Event::Alert { code: "REDUCING".to_owned(), text });
            }
            Fact::Rearmed { reason, scope, to, .. } => {
                events.push(self.trading());
                let which = match to {
                    TradingState::Active => "orders are",
                    TradingState::Reducing | TradingState::Halted => "reducing orders are",
                };
                let text = format!("{which} taken again{}: {reason}", of(*scope));
                events.push(Event::Alert { code: "REARMED".to_owned(), text });
            }
            Fact::Alerted { code, text } => {
                events.push(Event::Alert { code: code.clone(), text: text.clone() });
            }
        }
    }

    fn trading(&self) -> Event {
        Event::Trading(rows::trading(&self.state))
    }

    fn tell_condition(&self, id: ConditionId, events: &mut Vec<Event>) {
        let Some((created, held)) = self.state.held(id) else { return };
        let open = self.case(Door::Gateway).open_lots(held);
        let row = rows::condition(created, held, &self.state, open);
        events.push(Event::Condition(Box::new(row)));
    }

    fn tell_order(&self, id: OrderId, events: &mut Vec<Event>) {
        if let Some(placed) = self.state.placed(id) {
            events.push(Event::Order(Box::new(rows::order(placed))));
        }
    }

    fn tell_position(&self, key: (AccountId, Code), events: &mut Vec<Event>) {
        if let Some(holding) = self.state.holdings.get(&key) {
            let last = self.last.get(&key.1).copied();
            events.push(Event::Position(Box::new(rows::position(key, holding, last))));
        }
    }

    fn tell_fill(&self, id: OrderId, fill: &aftm_domain::Fill, events: &mut Vec<Event>) {
        let Some(placed) = self.state.placed(id) else { return };
        events.push(Event::Fill(rows::fill(placed, fill)));
        let key = (placed.order.ticket.account, placed.order.ticket.item);
        self.tell_position(key, events);
        // What a condition holds is what it opened, as far as the position is there: any fill of
        // its item may change it, unless there was more than that before and after.
        let own = placed.signal.map(|it| it.condition);
        let holding = self.state.holdings.get(&key);
        let is_enough = |side, open: Quantity| {
            let held = holding.map_or(Quantity::ZERO, |it| it.position.held(side));
            held.raw().saturating_sub(fill.quantity.raw()) >= open.raw()
        };
        for held in self.state.conditions.values() {
            let (terms, open) = (&held.condition.terms, held.open());
            let is_own = own == Some(terms.id);
            let may_be_another = terms.item == key.1 && open.is_positive();
            if is_own || (may_be_another && !is_enough(terms.action, open)) {
                self.tell_condition(terms.id, events);
            }
        }
    }
}

/// A part of what is traded, behind a verb; nothing where all of it is meant.
fn of(scope: Scope) -> String {
    if scope == Scope::Global { String::new() } else { format!(" for {scope}") }
}
