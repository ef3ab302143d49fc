//! Exits: they close what their entry opened, as long as it takes, and never open anything.

use aftm_domain::order::{Status, Ticket, TimeInForce};
use aftm_domain::{Code, OpenClose, OrderId, Quantity, SignalId, SignalKind};

use super::signal::market;
use super::{Call, Case, Decision};
use crate::gateway::fact::Fact;
use crate::gateway::protect::Did;
use crate::gateway::state::Held;
use crate::wire::Outcome;

/// How many orders are sent for one exit before only the operator goes on. An exit that the market
/// or the venue leaves unfilled is sent again at the next tick.
pub const EXIT_ORDERS_MAX: u32 = 10;

impl Case<'_> {
    /// What can be done for an exit now: at most min(the entry's open lots, the account's position
    /// on that side). Entry without a fill: nothing. Entry still working: cancel it, and wait.
    pub(super) fn exit(&self, id: SignalId, held: &Held, decision: &mut Decision) -> Outcome {
        let entry = SignalId { kind: SignalKind::Entry, ..id };
        let nothing = |text: &str| Outcome::Nothing { text: text.to_owned() };
        let waits = |text: &str| Outcome::Waits { text: text.to_owned() };
        let Some(placed) = self.state.order_of(entry) else {
            return nothing("its entry was not traded");
        };
        let is_away = self.state.session.is_none() || !self.state.is_connected;
        if placed.order.status.is_open() {
            if !is_away && placed.order.status != Status::PendingCancel {
                self.cancel_one(placed.order.id, decision);
            }
            return waits("its entry is still working and must end first");
        }
        if self.state.is_working(id) {
            return waits("its order is still working");
        }
        let account = placed.order.ticket.account;
        let open = self.closable(held, account);
        if !open.is_positive() {
            return nothing("nothing that its entry opened is left to close");
        }
        if self.holds_exits(held, account) {
            return waits("trading is halted");
        }
        if is_away {
            return waits("the exchange is not connected");
        }
        let accounts = self.state.session.as_ref().map_or(&[][..], |it| &it.accounts);
        if !accounts.contains(&account) {
            // Another user's session: the position is still there, and so is its stop.
            return waits("its account is not of this session");
        }
        let free = self.free(held, account, decision);
        if !free.is_positive() {
            return waits("other orders are closing what is held");
        }
        let open = open.at_most(free);
        let whole = market(held, SignalKind::Exit, account, OpenClose::Close);
        self.make_way(&whole, decision);
        match self.send(Ticket { quantity: open, ..whole }, id, decision) {
            Ok(order) => Outcome::Ordered { order },
            Err(refused) => Outcome::Refused { code: refused.code, text: refused.text },
        }
    }

    /// Lots of a condition that an order may close: those it opened, as far as they are held.
    pub(super) fn closable(&self, held: &Held, account: aftm_domain::AccountId) -> Quantity {
        let holding = self.state.holdings.get(&(account, held.condition.terms.item));
        let side = held.condition.terms.action;
        let there = holding.map_or(Quantity::ZERO, |it| it.position.held(side));
        held.open().at_most(there)
    }

    /// Of what a condition may close, the lots that no order is closing at this moment, whether it
    /// works or is sent by the same decision. An order that rests takes nothing from an exit.
    pub(super) fn free(
        &self,
        held: &Held,
        account: aftm_domain::AccountId,
        decision: &Decision,
    ) -> Quantity {
        let terms = &held.condition.terms;
        let closes = |it: &Ticket| {
            (it.account, it.item) == (account, terms.item)
                && it.side == terms.action.opposite()
                && it.open_close == OpenClose::Close
                && it.time_in_force != TimeInForce::Rod
        };
        let working = self.state.working().filter(|it| closes(&it.order.ticket));
        let working = working.map(|it| it.order.ticket.quantity.raw() - it.order.filled().raw());
        let sent = decision.facts.iter().map(|it| match it {
            Fact::OrderReceived { ticket, .. } if closes(ticket) => ticket.quantity.raw(),
            _ => 0,
        });
        let taken = working.chain(sent).fold(0, i64::saturating_add);
        let holding = self.state.holdings.get(&(account, terms.item));
        let there = holding.map_or(0, |it| it.position.held(terms.action).raw());
        held.open().at_most(Quantity::from_raw(there.saturating_sub(taken).max(0)))
    }

    /// The next exit that can go on: one that waited, or, where a tick of its item came, one whose
    /// order ended before everything was closed.
    pub fn next_exit(&self, ticked: Option<Code>) -> Option<Decision> {
        self.state.exits.iter().find_map(|(id, sent)| self.go_on(*id, *sent, ticked))
    }

    fn go_on(&self, id: SignalId, sent: u32, ticked: Option<Code>) -> Option<Decision> {
        let (_, held) = self.state.held(id.condition)?;
        let is_due = sent == 0 || ticked == Some(held.condition.terms.item);
        let entry = SignalId { kind: SignalKind::Entry, ..id };
        if !is_due || self.state.is_working(id) || self.state.is_working(entry) {
            return None;
        }
        let mut decision = Decision::done(Vec::new());
        if sent >= EXIT_ORDERS_MAX {
            let text = format!(
                "condition {}: {sent} exit orders left {} lots open; close them by hand",
                id.condition,
                held.open()
            );
            let code = "EXIT_INCOMPLETE".to_owned();
            decision.facts.push(Fact::Alerted { code: code.clone(), text: text.clone() });
            let outcome = Outcome::Refused { code, text };
            decision.facts.push(Fact::SignalSettled { id, outcome });
            return Some(decision);
        }
        match self.exit(id, held, &mut decision) {
            outcome @ Outcome::Waits { .. } => {
                let alert = self.exit_held(id, held, &outcome)?;
                decision.facts.extend([alert, Fact::SignalSettled { id, outcome }]);
                Some(decision)
            }
            outcome => {
                decision.facts.push(Fact::SignalSettled { id, outcome });
                Some(decision)
            }
        }
    }

    /// Asks for the cancel of one open order. What rests for a protection goes back when nothing is
    /// in its way any more.
    pub(super) fn cancel_one(&self, id: OrderId, decision: &mut Decision) {
        let protections = &self.state.protections;
        let own = protections.at(id).and_then(|it| protections.get(it));
        if let Some(own) = own.filter(|it| it.resting() == Some(id)) {
            decision.facts.push(Fact::Protection { id: own.id, did: Did::Withdrawn {} });
        }
        self.cancel_for_good(id, decision);
    }

    /// Asks for the cancel of one open order that its owner does not want back.
    pub(super) fn cancel_for_good(&self, id: OrderId, decision: &mut Decision) {
        let report = aftm_domain::order::Report::CancelSent;
        decision.facts.push(Fact::OrderReported { id, report });
        decision.calls.push(Call::Cancel(id));
    }
}
