//! The one path of an order: who, idempotency, validation, trading state and limits, facts.

use aftm_domain::instrument::Instrument;
use aftm_domain::order::{Refusal, Ticket};
use aftm_domain::{ConditionId, OpenClose, Quantity, SignalId};

use super::{Call, Case, Decision};
use crate::gateway::fact::{Door, Fact};
use crate::gateway::limits::Candidate;
use crate::gateway::rows;
use crate::gateway::state::{Placed, State};
use crate::wire::{Intent, Refused, Reply};

impl Case<'_> {
    /// Places an order.
    pub fn place(&self, intent: &Intent) -> Decision {
        // Idempotency comes first: a known request gets its recorded outcome, whatever holds now. One
        // that names no account stays with that of its first time, whichever is selected since.
        let known = |account| self.state.requested(account, intent.request?);
        let first = if intent.account.is_none() { known(None) } else { None };
        let account = intent.account.or(first.map(|it| it.asked.account));
        let account = match self.account(account) {
            Ok(account) => account,
            Err(refused) => return refused.into(),
        };
        let ticket = ticket(intent, account);
        if let (Some(known), Some(request)) = (first.or(known(Some(account))), intent.request) {
            return repeat(known, &ticket, request.as_str());
        }
        let id = self.state.next_order();
        let (request, signal, door, time) = (intent.request, None, self.door, self.time);
        let checked = self.check(&ticket, None).and_then(|it| {
            self.within_held(&ticket, None, None)?;
            if ticket.open_close == OpenClose::Close {
                self.limits.check_close(&self.candidate(&ticket, it, None))?;
            }
            self.check_age(intent, &ticket)?;
            Ok(it)
        });
        match checked {
            Ok(instrument) => {
                let multiplier = instrument.multiplier;
                let received =
                    Fact::OrderReceived { id, ticket, request, signal, multiplier, door, time };
                let row = Box::new(rows::order(&Placed {
                    order: aftm_domain::Order::sent(id, ticket),
                    asked: ticket,
                    request,
                    signal,
                    multiplier,
                    time,
                    fills_before: 0,
                    is_told: false,
                    is_external: false,
                }));
                let reply = Ok(Reply::Placed { row, repeated: false });
                // An order is one call and one fact, behind that of who asked; room for more is dear.
                let mut decision =
                    Decision { facts: Vec::with_capacity(2), calls: Vec::with_capacity(1), reply };
                self.make_way(&ticket, &mut decision);
                decision.facts.push(received);
                decision.calls.push(Call::Place(id));
                decision
            }
            Err(refused) => {
                let refusal = Refusal { code: refused.code.clone(), text: refused.text.clone() };
                let denied = Fact::OrderDenied { id, ticket, request, signal, refusal, door, time };
                Decision { facts: vec![denied], calls: Vec::new(), reply: Err(refused) }
            }
        }
    }

    /// Everything that must hold before an order is sent. Reducing and closing orders take the same
    /// way; a bound that must never stop them says so itself.
    pub(super) fn check(
        &self,
        ticket: &Ticket,
        strategy: Option<ConditionId>,
    ) -> Result<&Instrument, Refused> {
        let instrument = self.check_who(ticket)?;
        self.armed(ticket, strategy)?;
        let is_free = self.limits.reduces(ticket, None);
        if !is_free {
            self.limits.check_rate(ticket, strategy)?;
        }
        obey(instrument, ticket)?;
        if !is_free {
            self.within_held(ticket, strategy, None)?;
        }
        self.connected()?;
        if !is_free {
            self.limits.check(&self.candidate(ticket, instrument, strategy))?;
        }
        Ok(instrument)
    }

    pub(super) fn candidate<'a>(
        &'a self,
        ticket: &'a Ticket,
        instrument: &'a Instrument,
        strategy: Option<ConditionId>,
    ) -> Candidate<'a> {
        Candidate {
            ticket,
            instrument,
            strategy,
            by_program: matches!(self.door, Door::Executor | Door::V1),
            time: self.time,
            calendar: self.listing.calendar(),
            instead: None,
        }
    }

    /// Who asks, for what account, and the rules of the instrument.
    pub(super) fn check_rules(&self, ticket: &Ticket) -> Result<&Instrument, Refused> {
        let instrument = self.check_who(ticket)?;
        obey(instrument, ticket)?;
        Ok(instrument)
    }

    /// Who asks, for what account and item.
    fn check_who(&self, ticket: &Ticket) -> Result<&Instrument, Refused> {
        self.logged_in()?;
        let accounts = self.state.session.as_ref().map_or(&[][..], |it| &it.accounts);
        if !accounts.contains(&ticket.account) {
            let text = format!("account: there is no account {}", ticket.account);
            return Err(Refused::new("INVALID_ORDER", text));
        }
        let instrument = self
            .listing
            .get(&ticket.item)
            .map_err(|reason| Refused::new("INVALID_ORDER", format!("item_code: {reason}")))?;
        Ok(instrument)
    }

    /// A v1 signal does not say whether it enters or leaves: one that would open a position is an
    /// entry, and an old entry is refused.
    fn check_age(&self, intent: &Intent, ticket: &Ticket) -> Result<(), Refused> {
        let Some(time) = intent.signal_time.filter(|time| self.is_stale(*time)) else {
            return Ok(());
        };
        if opens(self.state, ticket).is_positive() {
            let text = format!("the signal is of a tick at {time}, which is too old to open on");
            return Err(Refused::new("STALE_SIGNAL", text));
        }
        Ok(())
    }

    /// The number of the next order of a decision: several of one decision follow each other, so
    /// that none ever takes another's place at the venue.
    pub(super) fn next_order(&self, decision: &Decision) -> aftm_domain::OrderId {
        let is_order = |it: &&Fact| {
            matches!(
                it,
                Fact::OrderReceived { .. } | Fact::OrderDenied { .. } | Fact::Protected { .. }
            )
        };
        let taken = decision.facts.iter().filter(is_order).count() as u64;
        aftm_domain::OrderId(self.state.next_order().0 + taken)
    }

    /// The facts and the call that send an order of a signal, or deny it. Returns the refusal.
    pub(super) fn send(
        &self,
        ticket: Ticket,
        signal: SignalId,
        decision: &mut Decision,
    ) -> Result<aftm_domain::OrderId, Refused> {
        let id = self.next_order(decision);
        let (request, signal) = (Some(signal.request()), Some(signal));
        let (door, time) = (self.door, self.time);
        let strategy = signal.map(|it| it.condition);
        match self.check(&ticket, strategy) {
            Ok(instrument) => {
                let multiplier = instrument.multiplier;
                decision.facts.push(Fact::OrderReceived {
                    id,
                    ticket,
                    request,
                    signal,
                    multiplier,
                    door,
                    time,
                });
                decision.calls.push(Call::Place(id));
                Ok(id)
            }
            Err(refused) => {
                let refusal = Refusal { code: refused.code.clone(), text: refused.text.clone() };
                let denied = Fact::OrderDenied { id, ticket, request, signal, refusal, door, time };
                decision.facts.push(denied);
                Err(refused)
            }
        }
    }
}

/// The rules of the instrument.
fn obey(instrument: &Instrument, ticket: &Ticket) -> Result<(), Refused> {
    instrument.check(ticket).map_err(|reason| Refused::new("INVALID_ORDER", reason.to_string()))
}

/// How many lots of an order would open a position.
fn opens(state: &State, ticket: &Ticket) -> Quantity {
    let holding = state.holdings.get(&(ticket.account, ticket.item));
    holding.map_or(ticket.quantity, |it| {
        it.position.split(ticket.side, ticket.open_close, ticket.quantity).1
    })
}

fn ticket(intent: &Intent, account: aftm_domain::AccountId) -> Ticket {
    Ticket {
        account,
        item: intent.item,
        side: intent.side,
        kind: intent.kind,
        price: intent.price,
        stop_price: intent.stop_price,
        quantity: intent.quantity,
        time_in_force: intent.time_in_force,
        open_close: intent.open_close,
        day_trade: intent.day_trade,
        note: intent.note,
    }
}

fn repeat(known: &Placed, ticket: &Ticket, request: &str) -> Decision {
    if known.asked != *ticket {
        let text = format!("request {request} was another order before, {}", known.order.id);
        return Decision::refuse("DUPLICATE_REQUEST", text);
    }
    match &known.order.refusal {
        Some(refusal) if known.order.status == aftm_domain::order::Status::Denied => {
            Decision::refuse(&refusal.code, refusal.text.clone())
        }
        _ => {
            let row = Box::new(rows::order(known));
            Decision::reply(Reply::Placed { row, repeated: true })
        }
    }
}
