//! Protections as they are asked for: with an order, for an order, for a position, and dropped.

use aftm_domain::order::{Status, Ticket};
use aftm_domain::protection::Terms;
use aftm_domain::{AccountId, Code, OpenClose, OrderId, RequestId, Side};

use super::{Case, Decision};
use crate::gateway::fact::Fact;
use crate::gateway::protect::{Did, Protection};
use crate::gateway::rows;
use crate::gateway::state::Placed;
use crate::wire::{Intent, Refused, Reply, Target};

/// What a protection is attached to.
struct Anchor {
    on: Option<OrderId>,
    account: AccountId,
    item: Code,
    side: Side,
}

impl Case<'_> {
    /// Places an order, and protects what it opens. Both are kept at one stroke, or neither.
    pub fn bracket(&self, intent: &Intent, terms: &Terms) -> Decision {
        if let Some(known) = intent.request.and_then(|it| self.known_order(intent, it)) {
            return self.repeat_bracket(intent, known, terms);
        }
        if intent.open_close == OpenClose::Close {
            return refuse("an order that only closes opens nothing to protect");
        }
        if let Err(refused) = self.check_protection(intent.item, intent.side, terms) {
            return refused.into();
        }
        let mut decision = self.place(intent);
        let received = decision.facts.iter().find_map(|it| match it {
            Fact::OrderReceived { id, ticket, .. } => Some((*id, *ticket)),
            _ => None,
        });
        let Some((id, ticket)) = received else { return decision };
        let Ticket { account, item, side, .. } = ticket;
        let anchor = Anchor { on: Some(id), account, item, side };
        let begun = self.begin_protection(&anchor, terms, None, &decision);
        decision.facts.push(begun);
        decision
    }

    fn known_order(&self, intent: &Intent, request: RequestId) -> Option<&Placed> {
        let account = intent.account.or(self.state.account);
        self.state.requested(intent.account, request).or(self.state.requested(account, request))
    }

    fn repeat_bracket(&self, intent: &Intent, known: &Placed, terms: &Terms) -> Decision {
        let first = self.state.protections.first_on(known.order.id);
        let is_denied = known.order.status == Status::Denied;
        if !is_denied && first.is_none_or(|it| it.asked != *terms) {
            let text = format!("request {} was protected otherwise before", known.order.id);
            return Decision::refuse("DUPLICATE_REQUEST", text);
        }
        self.place(intent)
    }

    /// Protects an order or a position, or gives a protection other terms.
    pub fn protect(&self, request: Option<RequestId>, target: &Target, terms: &Terms) -> Decision {
        if let Some(id) = request.and_then(|it| self.state.protections.requested(it)) {
            return self.repeat_protect(id, target, terms);
        }
        let anchor = match self.anchor(target) {
            Ok(anchor) => anchor,
            Err(refused) => return refused.into(),
        };
        if let Err(refused) = self.check_protection(anchor.item, anchor.side, terms) {
            return refused.into();
        }
        let key = (anchor.account, anchor.item);
        let mut own = self.state.protections.of(key);
        if let Some(own) = own.find(|it| it.on == anchor.on && it.side == anchor.side) {
            return self.change_protection(own, terms);
        }
        let decision = Decision::done(Vec::new());
        let begun = self.begin_protection(&anchor, terms, request, &decision);
        Decision { facts: vec![begun], ..decision }
    }

    fn repeat_protect(&self, id: OrderId, target: &Target, terms: &Terms) -> Decision {
        let own = self.state.protections.get(id);
        let is_same = own.is_some_and(|own| {
            own.asked == *terms
                && match target {
                    Target::Order { order } => own.on == Some(*order),
                    Target::Position { account, item, .. } => {
                        own.on.is_none()
                            && own.item == *item
                            && account.is_none_or(|it| it == own.account)
                    }
                }
        });
        match rows::protection(self.state, id).filter(|_| is_same) {
            Some(row) => Decision::reply(Reply::Protected { row: Box::new(row) }),
            None => {
                let text = format!("the request was another protection before, {id}");
                Decision::refuse("DUPLICATE_REQUEST", text)
            }
        }
    }

    fn change_protection(&self, own: &Protection, terms: &Terms) -> Decision {
        if own.terms == *terms {
            return Decision::reply(Reply::Unchanged {});
        }
        if let Some(cause) = own.fired {
            let text = format!(
                "protection {} has reached its {} and closes; drop it to stop that",
                own.id,
                cause.word().replace('_', " ")
            );
            return Decision::refuse("PROTECTION_TRIGGERED", text);
        }
        let did = Did::Changed { terms: *terms };
        Decision::done(vec![Fact::Protection { id: own.id, did }])
    }

    fn begin_protection(
        &self,
        anchor: &Anchor,
        terms: &Terms,
        request: Option<RequestId>,
        decision: &Decision,
    ) -> Fact {
        let Anchor { on, account, item, side } = *anchor;
        let step = self.listing.get(&item).map(|it| it.ticks.finest()).unwrap_or_default();
        let (id, terms, door) = (self.next_order(decision), *terms, self.door);
        Fact::Protected { id, on, account, item, side, terms, step, request, door }
    }

    fn check_protection(&self, item: Code, side: Side, terms: &Terms) -> Result<(), Refused> {
        self.logged_in()?;
        let instrument = self.listing.get(&item);
        let instrument = instrument
            .map_err(|reason| Refused::new("INVALID_PROTECTION", format!("item_code: {reason}")))?;
        let checked = terms.check(side, instrument.ticks.finest());
        checked.map_err(|error| Refused::new("INVALID_PROTECTION", error.to_string()))
    }

    fn anchor(&self, target: &Target) -> Result<Anchor, Refused> {
        self.logged_in()?;
        let (account, item, side) = match target {
            Target::Order { order } => return self.anchor_order(*order),
            Target::Position { account, item, side } => (*account, *item, *side),
        };
        let account = self.account(account)?;
        let held = |side: &Side| self.state.lots((account, item), *side).is_positive();
        let sides: Vec<Side> = [Side::Buy, Side::Sell].into_iter().filter(held).collect();
        let side = match (side, sides.as_slice()) {
            (Some(side), _) if held(&side) => side,
            (None, [side]) => *side,
            (None, [_, _]) => {
                let text =
                    format!("{item} is held long and short; say --side buy for what is long");
                return Err(Refused::new("INVALID_PROTECTION", text));
            }
            _ => {
                let text = format!("account {account} holds no such {item}; nothing to protect");
                return Err(Refused::new("NOTHING_HELD", text));
            }
        };
        Ok(Anchor { on: None, account, item, side })
    }

    fn anchor_order(&self, id: OrderId) -> Result<Anchor, Refused> {
        if let Some(own) = self.state.protections.get(id) {
            // A protection is named by its own number, too.
            let Protection { on, account, item, side, .. } = *own;
            if self.state.protections.is_live(id) {
                return Ok(Anchor { on, account, item, side });
            }
        }
        let Some(placed) = self.state.placed(id) else {
            return Err(Refused::new("UNKNOWN_ORDER", format!("there is no order {id}")));
        };
        let Ticket { account, item, side, open_close, .. } = placed.order.ticket;
        let (status, filled) = (placed.order.status, placed.order.filled());
        if status.is_final() && filled.is_zero() {
            let text = format!("order {id} has ended without a fill: it is {status}");
            return Err(Refused::new("ORDER_ENDED", text));
        }
        if open_close == OpenClose::Close
            || self.state.protections.at(id).is_some_and(|it| {
                self.state.protections.get(it).is_some_and(|it| it.on != Some(id))
            })
        {
            let text = format!("order {id} only closes, and opens nothing to protect");
            return Err(Refused::new("INVALID_PROTECTION", text));
        }
        if placed.signal.is_some() {
            let text = format!(
                "order {id} is of a condition, which has exits of its own; protect {item} instead"
            );
            return Err(Refused::new("INVALID_PROTECTION", text));
        }
        if status.is_final() && self.state.lots((account, item), side).is_zero() {
            let text = format!("nothing that order {id} opened is held any more");
            return Err(Refused::new("NOTHING_HELD", text));
        }
        Ok(Anchor { on: Some(id), account, item, side })
    }

    /// No longer protects, or no longer lets one order of a pair cancel the other. What rests for it
    /// at the exchange is canceled; an order that closes at this moment ends by itself.
    pub fn unprotect(&self, id: OrderId) -> Decision {
        if !self.state.protections.is_one(id) {
            let text = format!("there is no protection {id}");
            return Decision::refuse("UNKNOWN_PROTECTION", text);
        }
        if !self.state.protections.is_live(id) {
            return Decision::reply(Reply::Unchanged {});
        }
        let mut decision = Decision::done(Vec::new());
        let own = self.state.protections.get(id);
        let leg = own.and_then(Protection::resting).and_then(|it| self.state.placed(it));
        let leg = leg.map(|it| &it.order).filter(|it| it.status.is_open());
        if let Some(leg) = leg.filter(|it| it.status != Status::PendingCancel) {
            self.cancel_for_good(leg.id, &mut decision);
        }
        let did = Did::Ended { text: "dropped".to_owned() };
        decision.facts.push(Fact::Protection { id, did });
        decision
    }
}

fn refuse(text: &str) -> Decision {
    Decision::refuse("INVALID_PROTECTION", text)
}
