//! How facts change what is protected. Nothing here refuses anything.

use aftm_domain::protection::{Levels, Terms};
use aftm_domain::{AccountId, Code, Order, OrderId, Price, Quantity, RequestId, Side};

use super::kept::{Did, Leg, Pair, Protection, Protections};

/// What a fill did to one side of a position.
#[derive(Clone, Copy, Debug)]
pub(in crate::gateway) struct Booked {
    pub(in crate::gateway) side: Side,
    pub(in crate::gateway) before: Quantity,
    pub(in crate::gateway) after: Quantity,
}

impl Protections {
    /// A protection begins; `order` is the one that it is attached to, `held` what the account holds
    /// of its side, at an average price.
    pub(in crate::gateway) fn put(
        &mut self,
        protection: Protection,
        request: Option<RequestId>,
        order: Option<&Order>,
        (held, average): (Quantity, Option<Price>),
    ) {
        let mut protection = protection;
        let (id, key, side) = (protection.id, protection.key(), protection.side);
        if let Some(order) = order {
            self.orders.insert(order.id, id);
            let free = held.raw().saturating_sub(self.covered(key, side).raw()).max(0);
            protection.left = order.filled().at_most(Quantity::from_raw(free));
            if protection.left.is_positive() {
                protection.arm(order.average());
            }
        } else {
            protection.arm(average);
        }
        self.requests.extend(request.map(|it| (it, id)));
        self.live.insert(id);
        self.keys.entry(key).or_default().push(id);
        self.all.insert(id, protection);
    }

    /// Two orders are paired.
    pub(in crate::gateway) fn join(&mut self, pair: Pair, request: Option<RequestId>) {
        self.paired.extend(pair.orders.map(|it| (it, pair.id)));
        self.requests.extend(request.map(|it| (it, pair.id)));
        self.live.insert(pair.id);
        self.pairs.insert(pair.id, pair);
    }

    /// One of them did something.
    pub(in crate::gateway) fn did(&mut self, id: OrderId, did: &Did) {
        if let Did::Ended { .. } = did {
            self.live.remove(&id);
            if let Some(key) = self.all.get(&id).map(Protection::key)
                && let Some(own) = self.keys.get_mut(&key)
            {
                own.retain(|it| *it != id);
                if own.is_empty() {
                    self.keys.remove(&key);
                }
            }
        }
        if let Did::Sent { order, rests } = did {
            self.orders.insert(*order, id);
            if *rests {
                self.legs.insert(*order);
            }
        }
        if let Some(protection) = self.all.get_mut(&id) {
            protection.did(did);
        }
        if let Some(pair) = self.pairs.get_mut(&id) {
            match did {
                Did::Cut { whole } => {
                    pair.cuts = pair.cuts.saturating_add(1);
                    pair.is_canceling = *whole;
                }
                Did::Held {} => pair.is_held = true,
                Did::Ended { text } => pair.ended = Some(text.clone()),
                _ => (),
            }
        }
    }

    /// An order was filled: what it opened is protected from now on where it is to be, what it closed
    /// no longer is. Of what is closed by others the oldest protection loses its lots first, as
    /// positions are closed.
    pub(in crate::gateway) fn filled(
        &mut self,
        order: &Order,
        lots: Quantity,
        booked: [Booked; 2],
    ) {
        if self.live.is_empty() {
            return;
        }
        let key = (order.ticket.account, order.ticket.item);
        if let Some(id) = self.at(order.id)
            && let Some(protection) = self.all.get_mut(&id)
        {
            if protection.on == Some(order.id) {
                let own = booked.iter().find(|it| it.side == protection.side);
                let opened = own.map_or(0, |it| it.after.raw().saturating_sub(it.before.raw()));
                let left = protection.left.raw().saturating_add(opened.max(0));
                protection.left = Quantity::from_raw(left);
                if protection.left.is_positive() {
                    protection.arm(order.average());
                }
            } else if protection.on.is_some() {
                let left = protection.left.raw().saturating_sub(lots.raw());
                protection.left = Quantity::from_raw(left.max(0));
            }
        }
        booked.into_iter().for_each(|it| self.shrink(key, it.side, it.after));
    }

    /// So many lots are held of a side: no more of them are protected.
    pub(in crate::gateway) fn shrink(
        &mut self,
        key: (AccountId, Code),
        side: Side,
        held: Quantity,
    ) {
        let mut excess = self.covered(key, side).raw().saturating_sub(held.raw());
        for id in self.keys.get(&key).cloned().unwrap_or_default() {
            if excess <= 0 {
                return;
            }
            let Some(own) = self.all.get_mut(&id) else { continue };
            if own.on.is_some() && own.side == side {
                let less = own.left.raw().min(excess);
                own.left = Quantity::from_raw(own.left.raw() - less);
                excess -= less;
            }
        }
    }
}

impl Protection {
    /// Points are counted from a price from now on, the nearest that lies on the tick.
    fn arm(&mut self, average: Option<Price>) {
        let Some(average) = average else { return };
        let step = self.step.raw().max(1);
        let base = average.raw().saturating_add(step / 2).div_euclid(step).saturating_mul(step);
        let base = Price::from_raw(base);
        self.levels = Some(match self.levels {
            Some(levels) if levels.base == base => levels,
            Some(levels) => levels.rebased(&self.terms, self.side, base),
            None => Levels::of(&self.terms, self.side, base),
        });
    }

    fn did(&mut self, did: &Did) {
        match did {
            Did::Changed { terms } => {
                // A stop that follows the price is never put back by what else is changed.
                let stays = |it: &Terms| (it.stop_loss, it.trail, it.breakeven);
                let follows = terms.trail.is_some() && terms.trail == self.terms.trail;
                let is_stop_same = stays(terms) == stays(&self.terms);
                let side = self.side;
                self.levels = self.levels.map(|it| {
                    let fresh = Levels::of(terms, side, it.base);
                    match (is_stop_same, follows) {
                        (true, _) => Levels { take_profit: fresh.take_profit, ..it },
                        (false, true) => it.rebased(terms, side, it.base),
                        (false, false) => fresh,
                    }
                });
                self.terms = *terms;
                self.is_kept = false;
            }
            Did::Moved { levels } => self.levels = Some(*levels),
            Did::Triggered { cause, .. } => self.fired = Some(*cause),
            Did::Sent { order, rests } => {
                self.leg = Some(Leg { order: *order, rests: *rests, is_withdrawn: false });
                self.is_held = false;
                if !rests {
                    self.sent = self.sent.saturating_add(1);
                }
            }
            Did::Withdrawn {} => {
                self.leg = self.leg.map(|it| Leg { is_withdrawn: true, ..it });
            }
            Did::Kept {} => self.is_kept = true,
            Did::Held {} => self.is_held = true,
            Did::Cut { .. } => (),
            Did::Ended { text } => self.ended = Some(text.clone()),
        }
    }
}
