//! Signals of our strategy: acted on once, entries only while fresh.

use aftm_domain::condition::Condition;
use aftm_domain::order::{Kind, Ticket, TimeInForce};
use aftm_domain::{AccountId, Note, OpenClose, SignalKind};

use super::{Case, Decision, taken};
use crate::gateway::fact::Fact;
use crate::gateway::state::{Held, is_behind};
use crate::wire::request::Moved;
use crate::wire::{Outcome, Signal};

impl Case<'_> {
    /// Acts on a signal. Its order is made of the condition that the gateway holds, never of what a
    /// message says; a signal with an outcome gets that outcome again.
    pub fn act(&self, signal: &Signal) -> Decision {
        if let Some(outcome) = self.state.outcome(signal.id) {
            return Decision { reply: taken(outcome.clone()), ..Decision::done(Vec::new()) };
        }
        let id = signal.id;
        let held = self.state.held(id.condition).map(|(_, held)| held);
        let Some(held) = held.filter(|it| it.condition.progress.generation == id.generation) else {
            let text = format!("condition {} is no longer what gave signal {id}", id.condition);
            let outcome = Outcome::Refused { code: "UNKNOWN_CONDITION".to_owned(), text };
            return Decision { reply: taken(outcome), ..Decision::done(Vec::new()) };
        };
        let mut decision = Decision::done(Vec::new());
        // A signal that was reported is what was reported, however old this message of it is.
        let reported = self.state.signals.get(&id).map(|it| &it.signal);
        if reported.is_none() {
            decision.facts.push(Fact::Signaled { signal: *signal });
        }
        let signal = reported.unwrap_or(signal);
        let outcome = match id.kind {
            SignalKind::Entry => self.enter(signal, held, &mut decision),
            SignalKind::Exit => self.exit(id, held, &mut decision),
        };
        decision.facts.extend(self.exit_held(id, held, &outcome));
        decision.facts.push(Fact::SignalSettled { id, outcome: outcome.clone() });
        if matches!(&outcome, Outcome::Refused { code, .. } if code == "PAUSED") {
            decision.facts.push(self.begin_anew(held));
        }
        decision.reply = taken(outcome);
        decision
    }

    fn enter(&self, signal: &Signal, held: &Held, decision: &mut Decision) -> Outcome {
        let refused = |code: &str, text: String| Outcome::Refused { code: code.to_owned(), text };
        // A number of zero is of a machine that has ended: whatever its price was, it is history.
        if signal.tick == 0 || self.is_stale(signal.time) {
            let text = format!("the signal is of a tick at {}, too old to enter on", signal.time);
            return refused("STALE_SIGNAL", text);
        }
        // An entry that was lost on its way and comes after its exit would never be closed. That the
        // exit was reported means nothing: a report runs ahead of the orders.
        let exit = held.condition.signal(SignalKind::Exit);
        if self.state.outcome(exit).is_some() {
            return refused("OVERTAKEN", format!("exit {exit} was acted on before the entry came"));
        }
        if held.condition.is_paused {
            return refused("PAUSED", format!("condition {} is paused", signal.id.condition));
        }
        let account = match self.account(held.condition.terms.account) {
            Ok(account) => account,
            Err(missing) => return refused(&missing.code, missing.text),
        };
        let ticket = market(held, signal.id.kind, account, OpenClose::Auto);
        match self.send(ticket, signal.id, decision) {
            Ok(order) => Outcome::Ordered { order },
            Err(denied) => refused(&denied.code, denied.text),
        }
    }

    /// An entry that crossed the pause would spend its condition on nothing: the condition begins
    /// another life, still paused, and waits for its trigger when it is resumed.
    fn begin_anew(&self, held: &Held) -> Fact {
        let terms = held.condition.terms;
        let fresh = Condition::new(terms, self.state.next_life(terms.id), self.published);
        let condition = Condition { is_paused: true, ..fresh };
        Fact::ConditionPut { created: self.state.next_created(), condition }
    }

    /// What the strategy reports: conditions that moved and signals that were given.
    pub fn report(&self, moved: &[Moved], signals: &[Signal]) -> Decision {
        let current = |id, generation| {
            let held = self.state.held(id).map(|(_, held)| held.condition.progress);
            held.filter(|it| it.generation == generation)
        };
        let moves = moved.iter().filter(|it| {
            // A report that was overtaken by its orders does not lead back.
            current(it.id, it.progress.generation).is_some_and(|before| {
                before != it.progress && !is_behind(it.progress.state, before.state)
            })
        });
        let given = signals.iter().filter(|it| {
            current(it.id.condition, it.id.generation).is_some()
                && !self.state.signals.contains_key(&it.id)
        });
        // The signal comes before the state that it left behind, as it happened.
        let given = given.map(|it| Fact::Signaled { signal: *it });
        let moves = moves.map(|it| Fact::ConditionMoved { id: it.id, progress: it.progress });
        Decision::done(given.chain(moves).collect())
    }
}

/// A condition's market order for its whole quantity.
pub(super) fn market(
    held: &Held,
    kind: SignalKind,
    account: AccountId,
    open_close: OpenClose,
) -> Ticket {
    Ticket {
        account,
        item: held.condition.terms.item,
        side: held.condition.side(kind),
        kind: Kind::Market,
        price: None,
        stop_price: None,
        quantity: held.condition.terms.quantity,
        time_in_force: TimeInForce::Ioc,
        open_close,
        day_trade: false,
        note: Note::default(),
    }
}
