//! Orders that the venue lists and this journal did not send become orders of ours: shown, counted
//! by the limits, and canceled with the others.

use std::collections::{BTreeMap, BTreeSet};

use aftm_domain::order::{Report, Status, Ticket};
use aftm_domain::{AccountId, Code, Fill, OpenClose, OrderId, Quantity, Side, Stamp};

use super::NUMBERS_MAX;
use super::lookup::Lookup;
use super::positions::held_there;
use crate::gateway::core::Core;
use crate::gateway::fact::{Adopted, Fact};
use crate::gateway::keep::Ledger;
use crate::gateway::venue::{Stands, Venue};
use crate::wire::venue::{VenueFill, VenueOrder};

/// An order that was not sent from here, and what traded of it.
struct Stranger<'a> {
    row: &'a VenueOrder,
    ticket: Ticket,
    fills: Vec<Fill>,
}

impl Stranger<'_> {
    const fn key(&self) -> (AccountId, Code) {
        (self.ticket.account, self.ticket.item)
    }
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Whether the venue lists an order at work that is to be taken over.
    pub(super) fn has_strangers(&self, stands: &Stands) -> bool {
        self.strangers(stands).0.iter().any(|it| it.row.status.is_open())
    }

    /// Takes them over; each as a sentence. What traded of them before is booked where it makes what
    /// is held here what the venue lists, and else it is in there already.
    pub(super) fn adopt(&mut self, stands: &Stands, now: Stamp) -> Vec<String> {
        let (strangers, mut told) = self.strangers(stands);
        told.retain(|it| self.remarked.insert(it.clone()));
        let keys: BTreeSet<(AccountId, Code)> = strangers.iter().map(Stranger::key).collect();
        let is_news = |key: &(AccountId, Code)| self.explain(*key, &strangers, stands);
        let news: BTreeSet<(AccountId, Code)> = keys.into_iter().filter(is_news).collect();
        for stranger in &strangers {
            let is_news = news.contains(&stranger.key());
            if stranger.row.status.is_open() || (is_news && !stranger.fills.is_empty()) {
                told.push(self.adopt_one(stranger, is_news, now));
            }
        }
        told
    }

    /// The orders that can be taken over, and those at work that cannot, in words.
    fn strangers<'a>(&self, stands: &'a Stands) -> (Vec<Stranger<'a>>, Vec<String>) {
        let lookup = Lookup::new(&self.state, stands);
        let (mut strangers, mut told) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for row in stands.orders.iter().filter(|it| lookup.order(it).is_none()) {
            let is_named = row.venue_id.is_some() || self.own_number(row).is_some();
            match row.ticket {
                Some(ticket) if is_named && stands.accounts.contains(&ticket.account) => {
                    if seen.insert((row.order, row.venue_id)) {
                        strangers.push(Stranger { row, ticket, fills: fills_of(row, stands) });
                    }
                }
                _ if row.status.is_open() => told.push(foreign(row)),
                _ => (),
            }
        }
        (strangers, told)
    }

    /// The number that the venue has for it, where it is one of ours that this journal lost.
    fn own_number(&self, row: &VenueOrder) -> Option<OrderId> {
        let most = self.state.next_order().0.saturating_add(NUMBERS_MAX);
        let is_free =
            |it: &OrderId| (1..=most).contains(&it.0) && !self.state.orders.contains_key(it);
        row.order.filter(is_free)
    }

    /// Whether what traded of the strangers makes what is held here what the venue lists.
    fn explain(&self, key: (AccountId, Code), strangers: &[Stranger<'_>], stands: &Stands) -> bool {
        let theirs = held_there(stands);
        let there = |side| theirs.get(&(key.0, key.1, side)).map_or(Quantity::ZERO, |it| it.0);
        let holding = self.state.holdings.get(&key);
        let mut position = holding.map(|it| it.position.clone()).unwrap_or_default();
        let own = strangers.iter().filter(|it| it.key() == key);
        let traded = own.flat_map(|it| it.fills.iter().map(|fill| (it.ticket, *fill)));
        let mut traded: Vec<(Ticket, Fill)> = traded.collect();
        traded.sort_by_key(|(_, fill)| fill.time);
        for (ticket, fill) in traded {
            let mut book = |open_close| {
                let (quantity, price) = (fill.quantity, fill.price);
                position.book(ticket.side, open_close, quantity, price, Quantity::ONE).is_ok()
            };
            if !book(ticket.open_close) && !book(OpenClose::Auto) {
                return false;
            }
        }
        let is_there = |side| position.held(side) == there(side);
        is_there(Side::Buy) && is_there(Side::Sell)
    }

    fn adopt_one(&mut self, stranger: &Stranger<'_>, is_news: bool, now: Stamp) -> String {
        let Stranger { row, ticket, fills } = stranger;
        let own = self.own_number(row);
        let id = own.unwrap_or_else(|| self.state.next_order());
        let traded = fills.iter().map(|it| it.quantity.raw()).fold(0, i64::saturating_add);
        // What traded was asked for, whatever the venue says.
        let quantity = row.quantity.max(Quantity::from_raw(traded));
        let (known, news) = if is_news { (&[][..], &fills[..]) } else { (&fills[..], &[][..]) };
        let adopted = Adopted {
            id,
            ticket: Ticket { quantity, ..*ticket },
            venue_id: row.venue_id,
            is_triggered: row.is_triggered,
            is_external: own.is_none(),
            multiplier: self.multiplier(ticket.item),
            fills: known.to_vec(),
            time: self.time,
        };
        let mut facts = vec![Fact::OrderAdopted(Box::new(adopted))];
        let filled = news.iter().map(|it| Report::Filled(*it));
        let ended = match row.status {
            Status::Canceled => Some(Report::Canceled),
            _ if row.status.is_final() && traded < quantity.raw() => Some(Report::Expired),
            _ => None,
        };
        let reports = filled.chain(ended).map(|report| Fact::OrderReported { id, report });
        facts.extend(reports);
        self.settle(now, facts);
        let name = row.venue_id.map_or_else(|| id.to_string(), |it| it.to_string());
        let works = if row.status.is_open() { "works" } else { "traded" };
        format!(
            "order {name} {works} at the exchange and was not sent from here: {} {} {} for {}; it \
             is order {id} here from now on",
            ticket.side, ticket.quantity, ticket.item, ticket.account
        )
    }
}

fn fills_of(row: &VenueOrder, stands: &Stands) -> Vec<Fill> {
    let is_of = |it: &&VenueFill| match (row.order, it.order) {
        (Some(one), Some(other)) => one == other,
        _ => row.venue_id.is_some() && row.venue_id == it.venue_id,
    };
    // The same trade twice is one.
    let fills: BTreeMap<_, Fill> =
        stands.fills.iter().filter(is_of).map(|it| (it.fill.trade, it.fill)).collect();
    let mut fills: Vec<Fill> = fills.into_values().collect();
    fills.sort_by_key(|it| it.time);
    fills
}

/// An order that cannot be taken over: the venue does not say what it is, or how to name it.
fn foreign(row: &VenueOrder) -> String {
    let name = row.venue_id.map_or_else(|| "without a name".to_owned(), |it| it.to_string());
    let what = row.ticket.map_or_else(
        || ", and the exchange does not say what it is".to_owned(),
        |it| format!(": {} {} {} for {}", it.side, it.quantity, it.item, it.account),
    );
    format!(
        "order {name} works at the exchange and was not sent from here{what}; it counts in no \
         limit, and only the exchange can cancel it"
    )
}
