//! The exchange itself: what happens when a request or a trade reaches it. It knows nothing of
//! connections and delays; its reports wait in the ledger for whoever carries them.

use aftm_domain::order::{Refusal, Report, Status, Ticket};
use aftm_domain::{
    Book, Code, ExchangeTime, Instrument, Money, OrderId, Price, Quantity, Stamp, Tick,
    VenueOrderId,
};
use rustc_hash::FxHashMap;

use crate::account::Account;
use crate::happening::Happening;
use crate::hours::{self, Hours};
use crate::ledger::{Ledger, Record};
use crate::margin;
use crate::market::Market;
use crate::names::venue_id;
use crate::refusal::{self, refusal};
use crate::rehearsal::{Rehearsal, hits};
use crate::rules::{self, Weighed};
use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::working::Working;

/// How an order stands at the exchange, whether or not its reports have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// `PendingNew` while it is on its way there.
    pub status: Status,
    /// Lots traded so far.
    pub filled: Quantity,
    /// The exchange's name for it.
    pub venue_id: VenueOrderId,
}

/// What is to be changed of a working order; `None` leaves it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub(crate) quantity: Option<Quantity>,
    pub(crate) price: Option<Price>,
}

#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) settings: Settings,
    pub(crate) hours: Hours,
    pub(crate) places: FxHashMap<Code, usize>,
    pub(crate) markets: Vec<Market>,
    pub(crate) ledger: Ledger,
    pub(crate) expiries: Schedule<OrderId>,
    priorities: u64,
}

impl Exchange {
    pub(crate) fn new(settings: Settings) -> Exchange {
        let open = |id: &_| Account::new(*id, settings.balance);
        let accounts = settings.accounts.iter().map(open).collect();
        Exchange {
            hours: Hours { holidays: settings.holidays.clone() },
            places: FxHashMap::default(),
            markets: Vec::new(),
            ledger: Ledger { accounts, ..Ledger::default() },
            expiries: Schedule::new(),
            priorities: 0,
            settings,
        }
    }

    pub(crate) fn list(&mut self, instrument: Instrument) {
        let place = self.places.get(&instrument.code).copied();
        match place.and_then(|it| self.markets.get_mut(it)) {
            Some(market) => market.instrument = instrument,
            None => {
                self.places.insert(instrument.code, self.markets.len());
                self.markets.push(Market::new(instrument, self.settings.slippage));
            }
        }
    }

    pub(crate) fn market(&self, item: &Code) -> Option<(usize, &Market)> {
        let place = *self.places.get(item)?;
        Some((place, self.markets.get(place)?))
    }

    pub(crate) fn market_mut(&mut self, item: &Code) -> Option<&mut Market> {
        self.markets.get_mut(*self.places.get(item)?)
    }

    /// A trade of any item; one that is not listed is nothing to us.
    pub(crate) fn trade(&mut self, tick: &Tick, book: Option<&Book>, now: ExchangeTime) {
        let place = self.places.get(&tick.item).copied();
        if let Some(market) = place.and_then(|it| self.markets.get_mut(it)) {
            market.trade(tick, book, now, &mut self.ledger);
        }
    }

    /// Where the market of an item stands, without a trade of ours.
    pub(crate) fn show(&mut self, tick: &Tick, book: Option<&Book>) {
        let place = self.places.get(&tick.item).copied();
        if let Some(market) = place.and_then(|it| self.markets.get_mut(it)) {
            market.see(tick, book);
        }
    }

    pub(crate) fn next_priority(&mut self) -> u64 {
        self.priorities += 1;
        self.priorities
    }

    /// An order arrives. `now` is `None` before the feed gave a time.
    pub(crate) fn place(&mut self, id: OrderId, ticket: Ticket, now: Option<ExchangeTime>) {
        if self.ledger.records.contains_key(&id) {
            let text = format!("order {id} was sent before; this one is not taken");
            // It says nothing of the order that was sent before, which is the one that is kept.
            let refused = Report::Rejected(refusal(refusal::DUPLICATE, text));
            return self.ledger.told.push((id, refused));
        }
        let time = now.unwrap_or_default();
        self.ledger.see(|| Happening::Order { order: id, ticket, time });
        let admitted = self.record(id, time).and_then(|venue_id| {
            let place = self.admit(id, &ticket, now)?;
            Ok((venue_id, place))
        });
        match admitted {
            Ok((venue_id, place)) => {
                let (filled, status) = (Quantity::ZERO, Status::New);
                let (priority, is_waiting) = (self.next_priority(), ticket.kind.has_stop());
                let order = Working { id, venue_id, ticket, filled, status, priority, is_waiting };
                self.accept(order, place, time);
            }
            Err(refusal) => self.ledger.reject(id, refusal),
        }
    }

    fn record(&mut self, id: OrderId, now: ExchangeTime) -> Result<VenueOrderId, Refusal> {
        let Settings { seed, slow_one_in, slow, .. } = self.settings;
        let out = || refusal(refusal::RANGE, format!("order {id} cannot be named"));
        let venue_id = venue_id(id).ok_or_else(out)?;
        let is_slow = hits(Rehearsal::Slow, seed, id, slow_one_in);
        let answers_from = if is_slow { now.at.after(slow) } else { Stamp(i64::MIN) };
        let known = Known { status: Status::New, filled: Quantity::ZERO, venue_id };
        self.ledger.records.insert(id, Record { market: None, answers_from, known });
        Ok(venue_id)
    }

    /// Whether a new order is taken, and by which market.
    fn admit(
        &self,
        id: OrderId,
        ticket: &Ticket,
        now: Option<ExchangeTime>,
    ) -> Result<usize, Refusal> {
        if hits(Rehearsal::Reject, self.settings.seed, id, self.settings.reject_one_in) {
            return Err(refusal(refusal::REHEARSAL, "rejected because a rehearsal asks for it"));
        }
        let weighed = Weighed { ticket, left: ticket.quantity, replaces: None, tied: Money::ZERO };
        self.check(weighed, now)
    }

    fn check(&self, order: Weighed<'_>, now: Option<ExchangeTime>) -> Result<usize, Refusal> {
        let ticket = order.ticket;
        let account = self.ledger.account(&ticket.account).ok_or_else(|| {
            let text = format!("there is no account {}", ticket.account);
            refusal(refusal::ACCOUNT, text)
        })?;
        let (place, market) = self
            .market(&ticket.item)
            .ok_or_else(|| refusal(refusal::ITEM, format!("{} is not traded here", ticket.item)))?;
        let instrument = &market.instrument;
        if instrument.currency != self.settings.currency {
            let (theirs, ours) = (&instrument.currency, &self.settings.currency);
            let text = format!("{} trades in {theirs}, the accounts hold {ours}", ticket.item);
            return Err(refusal(refusal::CURRENCY, text));
        }
        let now = now.ok_or_else(|| {
            refusal(refusal::CLOSED, "the market is not open: its feed has given no time yet")
        })?;
        rules::check_time(instrument, self.settings.sessions.then_some(&self.hours), now)?;
        rules::check_form(instrument, ticket)?;
        rules::check_limits(market, ticket)?;
        let currency = &self.settings.currency;
        rules::check_account((&self.markets, market), account, order, currency)?;
        Ok(place)
    }

    fn accept(&mut self, order: Working, place: usize, now: ExchangeTime) {
        let (id, venue_id) = (order.id, order.venue_id);
        if let Some(record) = self.ledger.records.get_mut(&id) {
            record.market = Some(place);
        }
        self.ledger.tell(id, Report::Accepted { venue_id });
        self.put(order, place, now);
    }

    /// Hands an order to its market, and sees to its end if it stays there.
    fn put(&mut self, order: Working, place: usize, now: ExchangeTime) {
        let id = order.id;
        let Some(market) = self.markets.get_mut(place) else { return };
        if order.is_waiting {
            market.insert(order);
        } else {
            market.enter(order, now, &mut self.ledger);
        }
        if market.find(id).is_some() {
            self.see_to_end(id, place, now);
        }
    }

    /// An order trades through the last instant of its day or contract and ends after it.
    pub(crate) fn see_to_end(&mut self, id: OrderId, place: usize, now: ExchangeTime) {
        let Some(market) = self.markets.get(place) else { return };
        let contract = hours::contract_end(&market.instrument, now.offset);
        let day = match self.settings.sessions {
            true => self.hours.day_close(&market.instrument.sessions, now),
            false => None,
        };
        if let Some(end) = [contract, day].into_iter().flatten().min() {
            self.expiries.add(end.after(1), id);
        }
    }

    fn take(&mut self, id: OrderId) -> Option<(usize, Working)> {
        let place = self.ledger.records.get(&id)?.market?;
        Some((place, self.markets.get_mut(place)?.take(id)?))
    }

    fn find(&self, id: OrderId) -> Option<&Working> {
        self.markets.get(self.ledger.records.get(&id)?.market?)?.find(id)
    }

    /// Ends an order, if it still works.
    pub(crate) fn expire(&mut self, id: OrderId) {
        if let Some((_, mut order)) = self.take(id) {
            self.ledger.end(&mut order, Status::Expired);
        }
    }

    /// A cancel arrives.
    pub(crate) fn cancel(&mut self, id: OrderId) {
        self.ledger.see(|| Happening::Cancel { order: id });
        match self.take(id) {
            Some((_, mut order)) => self.ledger.end(&mut order, Status::Canceled),
            None => {
                let refusal = self.gone(id);
                self.ledger.tell(id, Report::CancelRejected(refusal));
            }
        }
    }

    /// A change arrives. A lower quantity keeps the order's place in the queue, a higher one puts it
    /// behind the others. With another price it enters the market anew, and trades if it meets it.
    pub(crate) fn amend(&mut self, id: OrderId, change: Change, now: Option<ExchangeTime>) {
        let Change { quantity, price } = change;
        self.ledger.see(|| Happening::Amend { order: id, quantity, price });
        let ticket = match self.amended(id, change, now) {
            Ok(ticket) => ticket,
            Err(refusal) => return self.ledger.tell(id, Report::ReplaceRejected(refusal)),
        };
        let Some((place, mut order)) = self.take(id) else { return };
        let old = std::mem::replace(&mut order.ticket, ticket);
        let (quantity, price) = (ticket.quantity, ticket.price);
        self.ledger.tell(id, Report::Replaced { quantity, price });
        if price != old.price || quantity > old.quantity {
            order.priority = self.next_priority();
        }
        if price != old.price {
            self.put(order, place, now.unwrap_or_default());
        } else if let Some(market) = self.markets.get_mut(place) {
            market.insert(order);
        }
    }

    /// The ticket as it will be.
    fn amended(
        &self,
        id: OrderId,
        change: Change,
        now: Option<ExchangeTime>,
    ) -> Result<Ticket, Refusal> {
        let order = self.find(id).ok_or_else(|| self.gone(id))?;
        let old = order.ticket;
        let quantity = change.quantity.unwrap_or(old.quantity);
        let new = Ticket { quantity, price: change.price.or(old.price), ..old };
        if new == old {
            return Err(refusal(refusal::NO_CHANGE, format!("order {id} is so already")));
        }
        if quantity <= order.filled {
            let filled = order.filled;
            let text = format!(
                "{quantity} lots are not above the {filled} that order {id} has filled; cancel it"
            );
            return Err(refusal(refusal::QUANTITY, text));
        }
        let left = Quantity::from_raw(quantity.raw().saturating_sub(order.filled.raw()));
        let weighed = Weighed { ticket: &new, left, replaces: Some(id), tied: self.tied(order) };
        self.check(weighed, now)?;
        Ok(new)
    }

    /// What a working order ties up now.
    fn tied(&self, order: &Working) -> Money {
        let ticket = &order.ticket;
        let market = self.market(&ticket.item).map(|(_, it)| it);
        let opening = market.zip(self.ledger.account(&ticket.account)).and_then(|(market, it)| {
            margin::opening(market, it, (ticket, order.left()), Some(order.id))
        });
        opening.map_or(Money::ZERO, |it| it.margin)
    }

    /// Why an order cannot be canceled or changed.
    fn gone(&self, id: OrderId) -> Refusal {
        match self.ledger.records.get(&id) {
            None => refusal(refusal::ORDER, format!("there is no order {id} here")),
            Some(record) => {
                let text = format!("order {id} has ended: it is {}", record.known.status);
                refusal(refusal::ENDED, text)
            }
        }
    }

    /// Every working order, in the order of its priority.
    pub(crate) fn working(&self) -> Vec<&Working> {
        let mut orders: Vec<&Working> = self.markets.iter().flat_map(Market::working).collect();
        orders.sort_unstable_by_key(|it| it.priority);
        orders
    }
}
