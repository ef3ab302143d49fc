//! What the venue's own lists say against what is known here.
//!
//! The venue's word on orders and trades is final: what it has and the journal has not is taken
//! over, and told. What the journal has and the venue has not is in doubt until it says so again,
//! or has ended there. Nothing is sent.

mod adopt;
mod lookup;
mod positions;

use std::collections::BTreeMap;

use aftm_domain::order::{Refusal, Report, Status};
use aftm_domain::{Order, OrderId, Stamp};

use self::lookup::Lookup;
use super::core::Core;
use super::doubt::{ASK_AGAIN, is_doubtful};
use super::fact::Fact;
use super::keep::Ledger;
use super::session::mismatch;
use super::venue::{Stands, Venue};
use crate::wire::venue::VenueOrder;

/// The most differences that are told one by one.
const TOLD_MAX: usize = 50;

/// How far a number of ours may lie beyond the last that is known; what is farther is not ours.
const NUMBERS_MAX: u64 = 1_000_000;

/// What the lists say of the orders that are known here.
#[derive(Default)]
struct Compared {
    /// What is taken over.
    facts: Vec<Fact>,
    /// Each difference as a sentence.
    told: Vec<String>,
    /// What nobody here can change, told once.
    told_once: Vec<String>,
    /// Orders that may still be on their way there: they are asked for.
    silent: Vec<OrderId>,
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Takes over how everything stands at the venue.
    pub(super) fn reconcile(&mut self, stands: &Stands, now: Stamp) {
        let mut facts = self.taken_numbers(stands);
        let Compared { facts: found, mut told, told_once, silent } = self.compare(stands);
        facts.extend(found);
        told.extend(told_once.into_iter().filter(|it| self.remarked.insert(it.clone())));
        for id in silent {
            self.unanswered.retain(|it| it.0 != id);
            self.doubts.add(id, now.after(ASK_AGAIN));
        }
        self.settle(now, facts);
        told.extend(self.adopt(stands, now));
        // Those of the first login may be of another day.
        let was_known = self.state.session.is_some();
        let (evened, lots) = self.even_out(stands, now);
        told.extend(evened);
        self.tell_differences(told, now);
        if was_known {
            self.judge_mismatch(lots, now);
        }
    }

    /// Whether anything is to be taken over, or to be told.
    pub(super) fn differs(&self, stands: &Stands) -> bool {
        let Compared { facts, told, silent, .. } = self.compare(stands);
        let is_same = facts.is_empty() && told.is_empty() && silent.is_empty();
        !is_same || self.has_strangers(stands) || !self.differing(stands).is_empty()
    }

    fn compare(&self, stands: &Stands) -> Compared {
        let lookup = Lookup::new(&self.state, stands);
        let mut listed: BTreeMap<OrderId, &VenueOrder> = BTreeMap::new();
        let rows = stands.orders.iter();
        listed.extend(rows.filter_map(|row| Some((lookup.order(row)?.order.id, row))));
        let mut compared = Compared::default();
        for (id, row) in listed.iter().filter(|(id, _)| !stands.moved.contains(id)) {
            let placed = self.state.orders.get(id);
            if let Some(report) = placed.and_then(|it| changed(&it.order, row)) {
                // Before the fills: they may be more than was asked for at first.
                compared.facts.push(Fact::OrderReported { id: *id, report });
            }
        }
        for row in &stands.fills {
            let Some(placed) = lookup.fill(row) else { continue };
            let id = placed.order.id;
            if row.deal.differs(&placed.order.ticket) {
                let told = mismatch(id, &row.fill, &row.deal, &placed.order.ticket);
                compared.told_once.push(told);
                continue;
            }
            if placed.order.fills.iter().all(|it| it.trade != row.fill.trade) {
                compared
                    .told
                    .push(format!("fill {} of order {id} was missing here", row.fill.trade));
                compared.facts.push(Fact::OrderReported { id, report: Report::Filled(row.fill) });
            }
        }
        for (id, row) in listed.iter().filter(|(id, _)| !stands.moved.contains(id)) {
            if let Some(placed) = self.state.orders.get(id) {
                compared.stands(&placed.order, row);
            }
        }
        self.missing(stands, &listed, &mut compared);
        compared
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
        &self,
        stands: &Stands,
        listed: &BTreeMap<OrderId, &VenueOrder>,
        compared: &mut Compared,
    ) {
        let is_missing = |it: &&OrderId| !listed.contains_key(it) && !stands.moved.contains(it);
        for id in self.state.open.iter().filter(is_missing).copied() {
            let Some(placed) = self.state.placed(id) else { continue };
            // One that we keep was never there.
            if placed.order.is_kept || !stands.accounts.contains(&placed.order.ticket.account) {
                continue;
            }
            if is_doubtful(&placed.order) {
                if stands.is_live {
                    continue; // It was sent just now, or is asked for already.
                }
                if placed.order.status == Status::PendingNew {
                    compared.facts.push(Fact::OrderReported { id, report: Report::NoReply });
                }
                compared.silent.push(id);
            } else {
                let text = format!("the exchange no longer lists order {id}: it has ended there");
                compared.facts.push(Fact::OrderReported { id, report: Report::Expired });
                compared.facts.push(Fact::Alerted { code: "RECONCILED".to_owned(), text });
            }
        }
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

impl Compared {
    /// How a known order stands at the venue.
    fn stands(&mut self, order: &Order, row: &VenueOrder) {
        let id = order.id;
        if order.status.is_final() && row.status.is_open() {
            let status = order.status;
            if order.left().is_positive() {
                self.facts.push(Fact::OrderRevived { id });
                self.told.push(format!(
                    "order {id} works at the exchange and was {status} by this journal: it works \
                     here, too, from now on"
                ));
            } else {
                self.told_once.push(format!(
                    "order {id} works at the exchange and is {status} by this journal: cancel it \
                     there"
                ));
            }
        }
        let before = self.facts.len();
        self.facts.extend(catch_up(order, row).map(|report| Fact::OrderReported { id, report }));
        if self.facts.len() > before && order.is_answered() {
            self.told.push(format!("order {id} is {} at the exchange", row.status));
        }
    }
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
