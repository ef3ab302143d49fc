//! Conditions: registered, changed, held back, dropped.

use aftm_domain::condition::{Condition, State as Standing, Terms};
use aftm_domain::order::Status;
use aftm_domain::{ConditionId, Order, Price, SignalId, SignalKind};

use super::{Case, Decision};
use crate::gateway::fact::Fact;
use crate::gateway::state::Held;
use crate::wire::request::Leave;
use crate::wire::{Outcome, Refused, Reply, Signal};

impl Case<'_> {
    /// Registers a condition. The same condition again changes nothing; one that is done may begin
    /// another life under its name.
    pub fn add_condition(&self, terms: &Terms) -> Decision {
        let id = terms.id;
        if let Some((_, held)) = self.state.held(id) {
            let is_done = held.condition.progress.state == Standing::Done;
            if !is_done && held.condition.terms == *terms {
                return Decision::reply(Reply::Unchanged {});
            }
            if !is_done || self.is_trading(held) {
                let text = format!(
                    "condition {id} is there already and {}; edit or drop it",
                    held.condition.progress.state
                );
                return Decision::refuse("CONDITION_EXISTS", text);
            }
        }
        if let Err(refused) = self.check_terms(terms) {
            return refused.into();
        }
        let condition = Condition::new(*terms, self.state.next_life(id), self.published);
        let created = self.state.next_created();
        Decision::done(vec![Fact::ConditionPut { created, condition }])
    }

    /// Changes a condition. Before its entry it begins a new life with the new terms; after its
    /// entry only the points of its exit can change.
    pub fn edit_condition(&self, terms: &Terms) -> Decision {
        let id = terms.id;
        let Some((created, held)) = self.state.held(id) else { return unknown(id) };
        if held.condition.terms == *terms {
            return Decision::reply(Reply::Unchanged {});
        }
        if let Err(refused) = self.check_terms(terms) {
            return refused.into();
        }
        let before = held.condition;
        // The order may be ahead of the report that the condition has entered.
        if before.progress.state == Standing::Entered || self.is_trading(held) {
            let (take_profit, stop_loss) = (terms.take_profit, terms.stop_loss);
            if (Terms { take_profit, stop_loss, ..before.terms }) != *terms {
                let text = format!(
                    "condition {id} has entered: only its take profit and stop loss can change"
                );
                return Decision::refuse("CONDITION_ENTERED", text);
            }
            let condition = Condition { terms: *terms, ..before };
            return Decision::done(vec![Fact::ConditionPut { created, condition }]);
        }
        let fresh = Condition::new(*terms, self.state.next_life(id), self.published);
        let condition = Condition { is_paused: before.is_paused, ..fresh };
        let created = self.state.next_created();
        Decision::done(vec![Fact::ConditionPut { created, condition }])
    }

    /// Holds a condition's entry back, or lets it go on.
    pub fn pause_condition(&self, id: ConditionId, is_paused: bool) -> Decision {
        match self.state.held(id) {
            None => unknown(id),
            Some((_, held)) if held.condition.is_paused == is_paused => {
                Decision::reply(Reply::Unchanged {})
            }
            Some(_) => Decision::done(vec![Fact::ConditionPaused { id, is_paused }]),
        }
    }

    /// Removes a condition. A position that it opened is closed or left only when that is said.
    pub fn drop_condition(&self, id: ConditionId, position: Leave) -> Decision {
        let Some((_, held)) = self.state.held(id) else { return unknown(id) };
        let mut decision = Decision::done(Vec::new());
        let open = self.open_lots(held);
        if position == Leave::Refuse && self.is_trading(held) {
            let text = format!(
                "condition {id} holds {open} lots of {}; say --flatten or --abandon",
                held.condition.terms.item
            );
            return Decision::refuse("POSITION_OPEN", text);
        }
        let entry = self.working_of(held, SignalKind::Entry);
        if let Some(order) = entry.filter(|it| it.status != Status::PendingCancel) {
            self.cancel_one(order.id, &mut decision);
        }
        let exit = self.working_of(held, SignalKind::Exit);
        if let Some(order) = entry.or(exit).filter(|_| position == Leave::Flatten) {
            // What it still trades would belong to nobody, or be closed twice.
            let (order, status) = (order.id, order.status);
            let text = format!(
                "order {order} of condition {id} is still {status}; drop it again when it has ended"
            );
            decision.reply = Err(Refused::new("ORDER_WORKING", text));
            return decision;
        }
        if position == Leave::Flatten && open.is_positive() {
            let (account, terms) = (self.account_of(held), &held.condition.terms);
            let free = account.map(|account| self.free(held, account, &decision));
            if free.is_some_and(|it| it < open) {
                let text = format!(
                    "other closing orders work on {}; drop condition {id} again when they ended",
                    terms.item
                );
                return Decision::refuse("ORDER_WORKING", text);
            }
            let closed = account.map_or(Ok(0), |account| {
                self.close(account, terms.item, terms.action, open, &mut decision)
            });
            if let Err(refused) = closed {
                return refused.into();
            }
        }
        decision.facts.push(Fact::ConditionDropped { id });
        decision
    }

    /// Closes what conditions opened and have not closed, as if each had given its exit: what is
    /// closed counts as closed by it, and what stays open is tried again. Entries that still work
    /// are canceled, and what they filled is closed when they have ended.
    pub fn close_conditions(&self) -> Decision {
        let mut decision = Decision::done(Vec::new());
        let mut orders = 0;
        let trading = self.state.conditions.iter().filter(|(_, held)| self.is_trading(held));
        for (created, held) in trading {
            if let Err(refused) = self.logged_in().and_then(|()| self.connected()) {
                return refused.into();
            }
            orders += self.close_held(*created, held, &mut decision);
        }
        if decision.reply.is_ok() {
            decision.reply = Ok(Reply::Count { orders });
        }
        decision
    }

    /// Closes what one condition opened, as if it had given its exit; how many orders that came to.
    pub(super) fn close_held(&self, created: u64, held: &Held, decision: &mut Decision) -> u64 {
        let signal = self.exit_by_hand(created, held);
        if !self.state.signals.contains_key(&signal.id) {
            decision.facts.push(Fact::Signaled { signal });
        }
        let outcome = self.exit(signal.id, held, decision);
        let orders = u64::from(matches!(outcome, Outcome::Ordered { .. }));
        if let Outcome::Refused { code, text } = &outcome {
            decision.reply = Err(Refused::new(code, text.clone()));
        }
        let is_news = self.state.outcome(signal.id) != Some(&outcome);
        // One that works already keeps the order that works for it.
        if is_news && self.working_of(held, SignalKind::Exit).is_none() {
            decision.facts.push(Fact::SignalSettled { id: signal.id, outcome });
        }
        orders
    }

    /// The exit that a condition would give now, without a reason of its own.
    fn exit_by_hand(&self, created: u64, held: &Held) -> Signal {
        let Condition { terms, progress, .. } = &held.condition;
        Signal {
            id: held.condition.signal(SignalKind::Exit),
            created,
            item: terms.item,
            account: terms.account,
            side: held.condition.side(SignalKind::Exit),
            quantity: terms.quantity,
            price: self.last.get(&terms.item).copied().unwrap_or(progress.trigger),
            trigger: progress.trigger,
            tick: self.published,
            time: self.time.unwrap_or_default(),
            reason: None,
        }
    }

    /// The order that a condition's entry or exit last became, while it may still trade.
    fn working_of(&self, held: &Held, kind: SignalKind) -> Option<&Order> {
        let placed = self.state.order_of(held.condition.signal(kind))?;
        Some(&placed.order).filter(|it| it.status.is_open())
    }

    /// A condition that holds lots, or has an order or an exit under way: nothing else may begin
    /// under its name.
    fn is_trading(&self, held: &Held) -> bool {
        self.working_of(held, SignalKind::Entry).is_some()
            || self.working_of(held, SignalKind::Exit).is_some()
            || self.state.exits.contains_key(&held.condition.signal(SignalKind::Exit))
            || self.open_lots(held).is_positive()
    }

    pub(super) fn account_of(&self, held: &Held) -> Option<aftm_domain::AccountId> {
        let entry: SignalId = held.condition.signal(SignalKind::Entry);
        self.state.order_of(entry).map(|it| it.order.ticket.account)
    }

    /// Lots that a condition opened and that are still held.
    pub fn open_lots(&self, held: &Held) -> aftm_domain::Quantity {
        self.account_of(held)
            .map_or(aftm_domain::Quantity::ZERO, |account| self.closable(held, account))
    }

    fn check_terms(&self, terms: &Terms) -> Result<(), Refused> {
        let invalid = |text: String| Refused::new("INVALID_CONDITION", text);
        terms.check().map_err(|error| invalid(format!("condition {}: {error}", terms.id)))?;
        if let Some(account) = terms.account
            && let Some(session) = &self.state.session
            && !session.accounts.contains(&account)
        {
            let text = format!("condition {}: there is no account {account}", terms.id);
            return Err(Refused::new("UNKNOWN_ACCOUNT", text));
        }
        // A product that nobody knows has no rules to keep; its orders are refused later.
        let Ok(instrument) = self.listing.get(&terms.item) else { return Ok(()) };
        let id = terms.id;
        let step = instrument.ticks.step(terms.trigger);
        if !instrument.ticks.has(terms.trigger) {
            let text = format!(
                "condition {id}: trigger {} is not a multiple of the tick of {}, {step}",
                terms.trigger, terms.item
            );
            return Err(invalid(text));
        }
        let finest = instrument.ticks.finest();
        let points = [
            ("turning", Some(terms.turning)),
            ("take_profit", terms.take_profit),
            ("stop_loss", terms.stop_loss),
        ];
        let is_off = |it: &(&str, Option<Price>)| it.1.is_some_and(|it| !it.is_on(finest));
        if let Some((field, Some(value))) = points.into_iter().find(is_off) {
            let text = format!(
                "condition {id}: {field} {value} is not a multiple of the tick of {}, {finest}",
                terms.item
            );
            return Err(invalid(text));
        }
        if !terms.quantity.is_on(instrument.lot_step)
            || terms.quantity > instrument.market_order_max
        {
            let text = format!(
                "condition {id}: quantity {} is not a multiple of {} up to {}",
                terms.quantity, instrument.lot_step, instrument.market_order_max
            );
            return Err(invalid(text));
        }
        Ok(())
    }
}

fn unknown(id: ConditionId) -> Decision {
    Decision::refuse("UNKNOWN_CONDITION", format!("there is no condition {id}"))
}
