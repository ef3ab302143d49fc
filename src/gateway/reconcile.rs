//! What the venue's own lists say against what is known here.
//!
//! The venue's word on orders and trades is final: what it has and the journal has not is taken
//! over, and told. What the journal has and the venue has not is in doubt until it says so again,
//! or has ended there. Nothing is sent.

use std::collections::{BTreeMap, BTreeSet};

use aftm_domain::order::{Refusal, Report, Status};
use aftm_domain::{AccountId, Code, Order, OrderId, Price, Quantity, Side, Stamp};

use super::core::Core;
use super::doubt::{ASK_AGAIN, is_doubtful};
use super::fact::Fact;
use super::keep::Ledger;
use super::state::Placed;
use super::venue::{Stands, Venue};
use crate::wire::venue::VenueOrder;

/// The most differences that are told one by one.
const TOLD_MAX: usize = 50;

/// How far a number of ours may lie beyond the last that is known; what is farther is not ours.
const NUMBERS_MAX: u64 = 1_000_000;

/// One side of what an account holds of an item.
type Leg = (AccountId, Code, Side);

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Takes over how everything stands at the venue.
    pub(super) fn reconcile(&mut self, stands: &Stands, now: Stamp) {
        let (mut facts, mut told) = (self.taken_numbers(stands), Vec::new());
        for row in &stands.orders {
            let Some(placed) = row.order.and_then(|id| self.was_sent(id)) else { continue };
            if stands.moved.contains(&placed.order.id) {
                continue;
            }
            if let Some(report) = changed(&placed.order, row) {
                // Before the fills: they may be more than was asked for at first.
                facts.push(Fact::OrderReported { id: placed.order.id, report });
            }
        }
        for row in &stands.fills {
            let Some(placed) = row.order.and_then(|id| self.was_sent(id)) else { continue };
            let id = placed.order.id;
            if placed.order.fills.iter().all(|it| it.trade != row.fill.trade) {
                told.push(format!("fill {} of order {id} was missing here", row.fill.trade));
                facts.push(Fact::OrderReported { id, report: Report::Filled(row.fill) });
            }
        }
        let mut listed = BTreeMap::new();
        for row in &stands.orders {
            match row.order.and_then(|id| self.was_sent(id)) {
                Some(placed) => {
                    let id = placed.order.id;
                    if placed.order.status.is_final() && row.status.is_open() {
                        told.push(format!(
                            "order {id} works at the exchange and is {} by this journal: cancel it \
                             there",
                            placed.order.status
                        ));
                    }
                    listed.insert(id, row);
                }
                None if row.status.is_open() => told.push(foreign(row)),
                None => (),
            }
        }
        for (id, row) in &listed {
            if stands.moved.contains(id) {
                continue;
            }
            let Some(placed) = self.state.orders.get(id) else { continue };
            let before = facts.len();
            facts.extend(
                catch_up(&placed.order, row).map(|it| Fact::OrderReported { id: *id, report: it }),
            );
            if facts.len() > before && placed.order.is_answered() {
                told.push(format!("order {id} is {} at the exchange", row.status));
            }
        }
        facts.extend(self.missing(stands, &listed, now));
        self.settle(now, facts);
        told.extend(self.even_out(stands, now));
        self.tell_differences(told, now);
    }

    /// An order by its number, unless it was denied here: then the venue's is another one.
    fn was_sent(&self, id: OrderId) -> Option<&Placed> {
        self.state.orders.get(&id).filter(|it| it.order.status != Status::Denied)
    }

    /// Where the venue has orders of ours that the journal lost, with a disk that was full, their
    /// numbers are not given again.
    fn taken_numbers(&self, stands: &Stands) -> Vec<Fact> {
        let last = self.state.next_order().0.saturating_sub(1);
        let is_ours = |it: &u64| (last + 1..=last.saturating_add(NUMBERS_MAX)).contains(it);
        let listed = stands.orders.iter().filter_map(|it| it.order);
        let highest = listed.map(|it| it.0).filter(is_ours).max();
        highest.map(|it| Fact::NumbersTaken { through: OrderId(it) }).into_iter().collect()
    }

    /// Open orders that the venue does not list. One that it never answered may still be on its
    /// way: it is asked for again before it counts as never sent.
    fn missing(
        &mut self,
        stands: &Stands,
        listed: &BTreeMap<OrderId, &VenueOrder>,
        now: Stamp,
    ) -> Vec<Fact> {
        let is_missing = |it: &OrderId| !listed.contains_key(it) && !stands.moved.contains(it);
        let open: Vec<OrderId> = self.state.open.iter().copied().filter(is_missing).collect();
        let mut facts = Vec::new();
        for id in open {
            let Some(placed) = self.state.orders.get(&id) else { continue };
            // One that we keep was never there.
            if placed.order.is_kept || !stands.accounts.contains(&placed.order.ticket.account) {
                continue;
            }
            if is_doubtful(&placed.order) {
                if stands.is_live {
                    continue; // It was sent just now, or is asked for already.
                }
                if placed.order.status == Status::PendingNew {
                    facts.push(Fact::OrderReported { id, report: Report::NoReply });
                }
                self.unanswered.retain(|it| it.0 != id);
                self.doubts.add(id, now.after(ASK_AGAIN));
            } else {
                let text = format!("the exchange no longer lists order {id}: it has ended there");
                facts.push(Fact::OrderReported { id, report: Report::Expired });
                facts.push(Fact::Alerted { code: "RECONCILED".to_owned(), text });
            }
        }
        facts
    }

    /// Positions that differ are taken over; each as a sentence.
    fn even_out(&mut self, stands: &Stands, now: Stamp) -> Vec<String> {
        let mut theirs: BTreeMap<Leg, (Quantity, Option<Price>)> = BTreeMap::new();
        for row in &stands.positions {
            let (held, average) = theirs.entry((row.account, row.item, row.side)).or_default();
            *average = weighed((*held, *average), (row.quantity, row.average));
            *held = held.checked_add(row.quantity).unwrap_or(*held);
        }
        let mut legs: BTreeSet<Leg> = theirs.keys().copied().collect();
        for (account, item) in self.state.holdings.keys() {
            legs.extend([Side::Buy, Side::Sell].map(|side| (*account, *item, side)));
        }
        let moved = self.moved(stands);
        let is_said =
            |account, item| stands.accounts.contains(&account) && !moved.contains(&(account, item));
        let mut told = Vec::new();
        for (account, item, side) in legs {
            if !is_said(account, item) {
                continue;
            }
            let (there, average) =
                theirs.get(&(account, item, side)).copied().unwrap_or((Quantity::ZERO, None));
            let holding = self.state.holdings.get(&(account, item));
            let here = holding.map_or(Quantity::ZERO, |it| it.position.held(side));
            if here == there {
                continue;
            }
            let known = holding.and_then(|it| it.position.average(side));
            let last = self.last.get(&item).copied();
            let price = average.or(known).or(last).unwrap_or(Price::ZERO);
            let leg = if side == Side::Buy { "long" } else { "short" };
            told.push(format!(
                "account {account} holds {there} {item} {leg} at the exchange, {here} by this \
                 journal: the exchange's word counts"
            ));
            let multiplier = self.multiplier(item);
            let quantity = there;
            let taken = Fact::PositionTaken { account, item, side, quantity, price, multiplier };
            self.settle(now, vec![taken]);
        }
        told
    }

    /// What the lists may have as it was before orders moved that are not in them so.
    fn moved(&self, stands: &Stands) -> BTreeSet<(AccountId, Code)> {
        let orders = stands.moved.iter().filter_map(|id| self.state.orders.get(id));
        orders.map(|it| (it.order.ticket.account, it.order.ticket.item)).collect()
    }

    fn multiplier(&mut self, item: Code) -> Quantity {
        self.learn(item);
        self.listing.get(&item).map_or(Quantity::ONE, |it| it.multiplier)
    }

    fn tell_differences(&mut self, told: Vec<String>, now: Stamp) {
        let more = told.len().saturating_sub(TOLD_MAX);
        let mut texts: Vec<String> = told.into_iter().take(TOLD_MAX).collect();
        if more > 0 {
            texts.push(format!("and {more} more differences; compare with the exchange"));
        }
        let alert = |text| Fact::Alerted { code: "RECONCILED".to_owned(), text };
        self.settle(now, texts.into_iter().map(alert).collect());
    }
}

/// The average price of two parts of a leg; a venue may list today's and yesterday's lots apart.
fn weighed(
    (held, average): (Quantity, Option<Price>),
    (more, price): (Quantity, Option<Price>),
) -> Option<Price> {
    if held.is_zero() || more.is_zero() {
        return if held.is_zero() { price } else { average };
    }
    let weigh = |it: Price, lots: Quantity| i128::from(it.raw()) * i128::from(lots.raw());
    let sum = weigh(average?, held) + weigh(price?, more);
    let lots = i128::from(held.raw()) + i128::from(more.raw());
    i64::try_from(sum.div_euclid(lots)).ok().map(Price::from_raw)
}

fn foreign(row: &VenueOrder) -> String {
    let name = row.venue_id.map_or_else(|| "without a name".to_owned(), |it| it.to_string());
    let what = row.ticket.map_or_else(String::new, |it| {
        format!(": {} {} {} for {}", it.side, it.quantity, it.item, it.account)
    });
    format!("order {name} works at the exchange and was not sent from here{what}")
}

/// A change that the venue made and nobody heard of. What an order that has ended once was is of
/// interest only where more was traded than is known to have been asked for.
fn changed(order: &Order, row: &VenueOrder) -> Option<Report> {
    let may_change = [Status::New, Status::PendingReplace, Status::PendingCancel];
    let is_told = row.status == Status::New
        || order.status == Status::PendingReplace
        || row.filled > order.ticket.quantity;
    // Where the venue does not say what is in force, nothing is known to have changed.
    let is_said = row.quantity.is_positive() && row.price.is_some() == order.ticket.price.is_some();
    let is_other = row.quantity != order.ticket.quantity || row.price != order.ticket.price;
    let is_changed = is_said && is_other && is_told && may_change.contains(&order.status);
    is_changed.then_some(Report::Replaced { quantity: row.quantity, price: row.price })
}

/// The reports that lead from how an order stands here to how it stands there.
fn catch_up(order: &Order, row: &VenueOrder) -> impl Iterator<Item = Report> {
    let named = row.venue_id.filter(|_| order.venue_id.is_none());
    let accepted = named.map(|venue_id| Report::Accepted { venue_id });
    let is_ahead = order.status.is_final();
    let triggered = row.is_triggered && !order.is_triggered && order.ticket.kind.has_stop();
    let is_unchanged = order.status == Status::PendingReplace
        && row.status == Status::New
        && changed(order, row).is_none();
    let kept = is_unchanged.then(|| {
        let text = "the exchange has the order as it was before the change".to_owned();
        Report::ReplaceRejected(Refusal { code: "NOT_CHANGED".to_owned(), text })
    });
    let ended = match row.status {
        _ if is_ahead => None,
        Status::Canceled => Some(Report::Canceled),
        Status::Expired => Some(Report::Expired),
        Status::Rejected if !order.is_answered() => {
            let unsaid = || Refusal {
                code: "REJECTED".to_owned(),
                text: "the exchange refused the order and does not say why".to_owned(),
            };
            Some(Report::Rejected(row.refusal.clone().unwrap_or_else(unsaid)))
        }
        _ => None,
    };
    let is_rejected = matches!(ended, Some(Report::Rejected(_)));
    accepted
        .filter(|_| !is_rejected)
        .into_iter()
        .chain(triggered.then_some(Report::Triggered))
        .chain(kept)
        .chain(ended)
}
