//! What the lines of a ledger add up to: orders, fills, positions and money of a trading day.

use std::collections::BTreeMap;

use aftm_domain::order::{Refusal, Report, Status, Ticket};
use aftm_domain::{
    AccountId, Code, ExchangeTime, Fill, Instrument, Money, OpenClose, Order, OrderId, Position,
    Quantity, Side,
};

use super::{Begun, Entry, Held, Seen, VERSION};
use crate::account::Totals;
use crate::names::venue_id;
use crate::refusal::{self, refusal};
use crate::restore::Past;
use crate::sim::Sim;

/// An order of the day, with its fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The order, as it stands at the exchange.
    pub order: Order,
    /// When it arrived.
    pub time: ExchangeTime,
    /// Its place in the queue of its price: the lower one trades first.
    place: usize,
}

/// An account's money and positions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// At the start of the day.
    pub balance: Money,
    /// What the day has brought.
    pub today: Totals,
    /// What is held, by item.
    pub positions: BTreeMap<Code, Position>,
}

/// A trading day, as the exchange saw it.
#[derive(Clone, Debug)]
pub struct Day {
    /// No order of an earlier day has a higher number.
    pub used: u64,
    /// The items that were ordered, by the terms in force.
    pub instruments: BTreeMap<Code, Instrument>,
    /// The accounts.
    pub accounts: BTreeMap<AccountId, Books>,
    /// The newest time of a line.
    pub time: Option<ExchangeTime>,
    /// The last tick that something came of.
    pub seen: Option<Seen>,
    orders: Vec<Kept>,
    numbers: BTreeMap<OrderId, usize>,
    places: usize,
}

impl Day {
    /// A day as its first line says.
    ///
    /// # Errors
    ///
    /// Where that makes no sense, and then why.
    pub fn begin(begun: Begun) -> Result<Day, String> {
        let Begun { version, time, used, accounts, held } = begun;
        if version != VERSION {
            return Err(format!("it is of version {version}, and this program reads {VERSION}"));
        }
        let books = |(account, balance)| (account, Books { balance, ..Books::default() });
        let mut day = Day {
            used,
            instruments: BTreeMap::new(),
            accounts: accounts.into_iter().map(books).collect(),
            time,
            seen: None,
            orders: Vec::new(),
            numbers: BTreeMap::new(),
            places: 0,
        };
        held.iter().try_for_each(|it| day.hold(it))?;
        Ok(day)
    }

    fn hold(&mut self, held: &Held) -> Result<(), String> {
        let Held { account, item, side, price, quantity } = *held;
        let unknown = || format!("lots of {item} are held by {account}, which is no account");
        let books = self.accounts.get_mut(&account).ok_or_else(unknown)?;
        let position = books.positions.entry(item).or_default();
        // Lots that open earn nothing, so that no multiplier is needed.
        let one = Quantity::ONE;
        if !quantity.is_positive() {
            return Err(format!("{quantity} lots of {item} are held by {account}"));
        }
        position
            .book(side, OpenClose::Open, quantity, price, one)
            .map_err(|err| err.to_string())?;
        Ok(())
    }

    /// The orders, in the order in which they arrived.
    pub fn orders(&self) -> &[Kept] {
        &self.orders
    }

    /// An order, by the trader's number of it.
    pub fn order(&self, id: OrderId) -> Option<&Kept> {
        self.orders.get(*self.numbers.get(&id)?)
    }

    /// Every fill with its order, order by order.
    pub fn fills(&self) -> impl Iterator<Item = (&Order, &Fill)> {
        self.orders.iter().flat_map(|it| it.order.fills.iter().map(|fill| (&it.order, fill)))
    }

    /// Adds a line.
    ///
    /// # Errors
    ///
    /// Where it does not follow from those before it, and then why.
    pub fn add(&mut self, entry: Entry) -> Result<(), String> {
        match entry {
            Entry::Begun(_) => Err("a day begins a second time".to_owned()),
            Entry::Listed(terms) => {
                let instrument = terms.instrument()?;
                self.instruments.insert(instrument.code, instrument);
                Ok(())
            }
            Entry::Tick(seen) => {
                self.seen = Some(seen);
                Ok(())
            }
            Entry::Order { id, time, ticket } => {
                if self.numbers.contains_key(&id) {
                    return Err(format!("order {id} arrives a second time"));
                }
                self.see(time);
                self.numbers.insert(id, self.orders.len());
                self.places += 1;
                let (order, place) = (Order::sent(id, ticket), self.places);
                self.orders.push(Kept { order, time, place });
                Ok(())
            }
            // What came of them is a line of its own.
            Entry::Cancel { .. } | Entry::Amend { .. } => Ok(()),
            Entry::Report { id, report } => self.report(id, &report),
        }
    }

    fn see(&mut self, time: ExchangeTime) {
        // An order that came before the feed gave a time bears the beginning of time.
        if time != ExchangeTime::default() {
            self.time = Some(self.time.map_or(time, |it| it.max(time)));
        }
    }

    fn report(&mut self, id: OrderId, report: &Report) -> Result<(), String> {
        if matches!(report, Report::CancelRejected(_) | Report::ReplaceRejected(_)) {
            return Ok(()); // The order, if there is one, stands as it did.
        }
        let at = self.numbers.get(&id).copied();
        let kept = at.and_then(|it| self.orders.get_mut(it));
        let kept = kept.ok_or_else(|| format!("order {id} never arrived"))?;
        let old = kept.order.ticket;
        if matches!(report, Report::Replaced { .. }) {
            kept.order.apply(&Report::ReplaceSent).map_err(|err| err.to_string())?;
        }
        kept.order.apply(report).map_err(|err| err.to_string())?;
        let new = kept.order.ticket;
        if new.price != old.price || new.quantity > old.quantity {
            self.places += 1;
            kept.place = self.places;
        }
        match report {
            Report::Filled(fill) => self.book(&new.account, &new, fill),
            _ => Ok(()),
        }
    }

    fn book(&mut self, account: &AccountId, ticket: &Ticket, fill: &Fill) -> Result<(), String> {
        self.see(fill.time);
        let (item, side, open_close) = (ticket.item, ticket.side, ticket.open_close);
        let unlisted = || format!("{item} trades and was never listed");
        let multiplier = self.instruments.get(&item).ok_or_else(unlisted)?.multiplier;
        let unknown = || format!("there is no account {account}");
        let books = self.accounts.get_mut(account).ok_or_else(unknown)?;
        let position = books.positions.entry(item).or_default();
        let (quantity, price) = (fill.quantity, fill.price);
        let booked = position.book(side, open_close, quantity, price, multiplier);
        let booked = booked.map_err(|err| err.to_string())?;
        let Totals { realized, fees, tax } = books.today;
        let out = || format!("the money of {account} is out of range");
        books.today = Totals {
            realized: realized.checked_add(booked.profit).ok_or_else(out)?,
            fees: fees.checked_add(fill.fee).ok_or_else(out)?,
            tax: tax.checked_add(fill.tax).ok_or_else(out)?,
        };
        Ok(())
    }

    /// Gives an exchange back what it knew. It lists nothing and knows no order yet. Orders that
    /// were being handled when the exchange ended, and those that it cannot have as they are, end
    /// now; the lines that say so are returned, to be added to the day and to its file.
    ///
    /// # Errors
    ///
    /// Where the exchange's settings do not fit: an account is gone, or an item is not listed.
    pub fn restore(&self, sim: &mut Sim) -> Result<Vec<Entry>, Refusal> {
        for instrument in self.instruments.values() {
            sim.list(instrument.clone());
        }
        for (account, books) in &self.accounts {
            sim.restore_totals(account, books.balance, books.today)?;
            for (item, position) in books.positions.iter().filter(|(_, it)| !it.is_flat()) {
                sim.restore_position(account, *item, position.clone())?;
            }
        }
        let mut kept: Vec<&Kept> = self.orders.iter().collect();
        kept.sort_unstable_by_key(|it| it.place);
        let mut ended = Vec::new();
        for kept in kept {
            let past = kept.past()?;
            let is_there = kept.order.is_answered() || past.status.is_final();
            if !is_there || sim.restore_order(past).is_err() {
                let (status, entry) = kept.end();
                sim.restore_order(Past { status, ..past })?;
                ended.push(entry);
            }
        }
        Ok(ended)
    }

    /// The lines that end every open order, because its day is over.
    pub fn ends(&self) -> Vec<Entry> {
        let open = self.orders.iter().filter(|it| it.order.status.is_open());
        open.map(|it| it.end().1).collect()
    }

    /// What the next trading day begins with: the balance takes in what this one brought, lots are
    /// carried over, and orders are not, because none outlives its day.
    pub fn next(&self, time: ExchangeTime) -> Begun {
        let balance = |books: &Books| {
            let net = books.today.net().and_then(|it| books.balance.checked_add(it));
            net.unwrap_or(books.balance)
        };
        let mut held = Vec::new();
        for (account, books) in &self.accounts {
            for (item, position) in &books.positions {
                for side in [Side::Buy, Side::Sell] {
                    let lots = position.lots(side).copied();
                    held.extend(lots.map(|lot| Held {
                        account: *account,
                        item: *item,
                        side,
                        price: lot.price,
                        quantity: lot.quantity,
                    }));
                }
            }
        }
        let highest = self.numbers.last_key_value().map_or(0, |(id, _)| id.0);
        let accounts = self.accounts.iter().map(|(id, it)| (*id, balance(it))).collect();
        let (version, time, used) = (VERSION, Some(time), self.used.max(highest));
        Begun { version, time, used, accounts, held }
    }
}

impl Kept {
    /// The order as an exchange takes it back.
    fn past(&self) -> Result<Past, Refusal> {
        let Order { id, ticket, status, is_triggered, .. } = self.order;
        let venue_id = self.order.venue_id.or_else(|| venue_id(id));
        let unnamed = || refusal(refusal::RANGE, format!("order {id} cannot be named"));
        let (filled, placed) = (self.order.filled(), self.time);
        let venue_id = venue_id.ok_or_else(unnamed)?;
        Ok(Past { id, venue_id, ticket, filled, is_triggered, status, placed })
    }

    /// How an order ends that cannot go on, and the line that says so: one that was never answered
    /// was never taken.
    fn end(&self) -> (Status, Entry) {
        let id = self.order.id;
        if self.order.is_answered() {
            return (Status::Expired, Entry::Report { id, report: Report::Expired });
        }
        let text = format!("the exchange stopped before it took order {id}");
        let report = Report::Rejected(refusal(refusal::STOPPED, text));
        (Status::Rejected, Entry::Report { id, report })
    }
}
