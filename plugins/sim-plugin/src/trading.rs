//! Orders, their cancels and changes, and lists.

use aftm_domain::OrderId;
use aftm_domain::order::Refusal;
use aftm_exchange_abi::{
    AmendRequest, CHANGE_CANCEL_REJECTED, CHANGE_NO_REPLY, CHANGE_NONE, CHANGE_REPLACE_REJECTED,
    CancelAllRequest, CancelRequest, E_ARG, E_DUPLICATE, E_INSTRUMENT, E_NO_ORDER, E_TIMEOUT,
    EVENT_ACCOUNT, EVENT_FILL, EVENT_INSTRUMENT, EVENT_ORDER, EVENT_POSITION, Fill, OrderRequest,
    OrderUpdate, QUERY_ACCOUNTS, QUERY_FILLS, QUERY_INSTRUMENTS, QUERY_ORDERS, QUERY_POSITIONS,
    Query, Versioned, name,
};
use aftm_sim::refusal;

use crate::fault::{Done, Fault};
use crate::ffi::Req;
use crate::orders::{Asked, Standing, Subject};
use crate::requests::{Filter, Named, price, quantity, ticket, who_and_what};
use crate::rows;
use crate::seat::Seat;

impl Seat {
    pub(crate) fn send(&mut self, order: &OrderRequest, req_id: u64) -> Done {
        self.check_login(req_id)?;
        self.check_connection()?;
        let id = order.client_order_id;
        if id == 0 {
            return Err(Fault::new(E_ARG, "client_order_id is 0; it must be above 0"));
        }
        if self.orders.is_used(id) {
            let number = OrderId(id);
            let text = format!("order {number} was sent before; this one is not taken");
            let vendor_code = refusal::DUPLICATE.to_owned();
            return Err(Fault { code: E_DUPLICATE, vendor_code, text });
        }
        let subject = match self.orders.subject_as_before(order) {
            Some(subject) => subject,
            None => self.subject(order)?,
        };
        let asked = ticket(order, &subject);
        let ticket = asked.as_ref().map_err(Fault::clone)?;
        // It is entered first, because news of it may come before the exchange's call returns.
        self.orders.enter(order, subject.exchange, req_id);
        if let Err(refusal) = self.sim.place(OrderId(id), ticket, &mut self.news) {
            self.orders.forget_last();
            return Err(refusal.into());
        }
        self.tell_news();
        Ok(())
    }

    /// Whose and of what an order is. Its item must be traded on the exchange that it names, where it
    /// names one. What is listed is at hand for the next order.
    // Not cold: where several items trade, each asks for another.
    #[inline(never)]
    fn subject(&mut self, order: &OrderRequest) -> Done<Subject> {
        let (account, item) = who_and_what(order)?;
        let exchange = self.items.get(&item).map(|it| it.told.exchange);
        if order.exchange != [0; 16] && exchange.is_some_and(|it| it != order.exchange) {
            let text = format!("{item} is not traded on the exchange that is named");
            return Err(Fault::new(E_INSTRUMENT, text));
        }
        let subject = Subject { account, item, exchange: exchange.unwrap_or_default() };
        if exchange.is_some() {
            self.orders.keep_subject(order, subject);
        }
        Ok(subject)
    }

    /// The order that a cancel or a change names.
    fn find(&self, named: &Named<'_>) -> Done<u64> {
        let found = self.orders.named(named.client_order_id, named.broker_order_id);
        let found = found.ok_or_else(|| {
            let text = match named.client_order_id {
                0 => format!("there is no order {:?} here", named.broker_order_id),
                id => format!("there is no order {} here", OrderId(id)),
            };
            Fault { code: E_NO_ORDER, vendor_code: refusal::ORDER.to_owned(), text }
        })?;
        named.check(&found.told)?;
        Ok(found.id())
    }

    pub(crate) fn cancel(&mut self, cancel: &CancelRequest, req_id: u64) -> Done {
        self.check_login(req_id)?;
        self.check_connection()?;
        let CancelRequest { client_order_id, broker_order_id, account, symbol, .. } = cancel;
        let id = self.find(&Named::new(*client_order_id, broker_order_id, account, symbol)?)?;
        self.ask_cancel(id, Asked::One(req_id))?;
        self.tell_news();
        Ok(())
    }

    fn ask_cancel(&mut self, id: u64, asked: Asked) -> Done {
        let Some(order) = self.orders.get_mut(id) else { return Ok(()) };
        order.ask_cancel(asked);
        let sent = self.sim.cancel(OrderId(id), &mut self.news);
        if sent.is_err() {
            order.unask_cancel();
        }
        Ok(sent?)
    }

    pub(crate) fn amend(&mut self, amend: &AmendRequest, req_id: u64) -> Done {
        self.check_login(req_id)?;
        self.check_connection()?;
        let AmendRequest { client_order_id, broker_order_id, account, symbol, .. } = amend;
        let id = self.find(&Named::new(*client_order_id, broker_order_id, account, symbol)?)?;
        let Some(order) = self.orders.get_mut(id) else { return Ok(()) };
        order.ask_amend(req_id);
        let (quantity, price) = (quantity(amend.qty_e9), price(amend.price_e9));
        let sent = self.sim.amend(OrderId(id), quantity, price, &mut self.news);
        if sent.is_err() {
            order.unask_amend();
        }
        sent?;
        self.tell_news();
        Ok(())
    }

    /// A cancel for every order that works or is on its way; the answer when all have theirs.
    pub(crate) fn cancel_all(&mut self, which: &CancelAllRequest, req_id: u64) -> Done {
        self.check_login(req_id)?;
        self.check_connection()?;
        let filter = Filter::of_cancel_all(which)?;
        let chosen = |it: &&Standing| it.is_open() && filter.has(it);
        let ids: Vec<u64> = self.orders.iter().filter(chosen).map(Standing::id).collect();
        if ids.is_empty() {
            self.host.answer(req_id, Ok(()));
            return Ok(());
        }
        self.orders.expect(req_id, ids.len());
        for id in ids {
            // A rehearsal may cut the connection in between; then this one is done, too.
            let is_lost = self.ask_cancel(id, Asked::All(req_id)).is_err();
            if is_lost && self.orders.is_last_part(req_id) {
                self.host.answer(req_id, Ok(()));
            }
        }
        self.tell_news();
        Ok(())
    }

    pub(crate) fn query(&mut self, query: &Query, req_id: u64) -> Done {
        self.check_login(req_id)?;
        let filter = Filter::of_query(query)?;
        match query.what {
            QUERY_INSTRUMENTS => self.list_instruments(&filter, req_id),
            QUERY_ORDERS | QUERY_FILLS => {
                self.check_connection()?;
                self.list_orders(&filter, query.what == QUERY_FILLS, req_id)?;
            }
            QUERY_POSITIONS => {
                self.check_connection()?;
                self.list_positions(&filter, req_id);
            }
            QUERY_ACCOUNTS => {
                self.check_connection()?;
                self.list_accounts(&filter, req_id);
            }
            other => {
                let text = format!("the list {other} is unknown; there are 1 to 5");
                return Err(Fault::new(E_ARG, text));
            }
        }
        self.host.answer(req_id, Ok(()));
        Ok(())
    }

    /// The orders that a filter names. What the exchange has to tell of them is told first, so that
    /// the list and the news agree.
    fn list_orders(&mut self, filter: &Filter<'_>, are_fills: bool, req_id: u64) -> Done {
        let ids: Vec<u64> = match filter.client_order_id {
            0 => self.orders.iter().filter(|it| filter.has(it)).map(Standing::id).collect(),
            id => {
                let named = self.orders.get(id).filter(|it| filter.has(it));
                named.map(Standing::id).into_iter().collect()
            }
        };
        for id in &ids {
            self.sim.inquire(OrderId(*id), &mut self.news)?;
        }
        self.tell_news();
        let now = rows::clock(self.sim.clock());
        for order in ids.iter().filter_map(|it| self.orders.get(*it)) {
            if are_fills {
                for fill in order.fills.iter() {
                    let mut told = Fill::blank();
                    rows::fill(&mut told, &order.told, fill);
                    self.host.tell(EVENT_FILL, Req::Row(req_id), &told);
                }
                continue;
            }
            let told = OrderUpdate { change: CHANGE_NONE, ..order.update(now) };
            self.host.tell(EVENT_ORDER, Req::Row(req_id), &told);
        }
        Ok(())
    }

    fn list_positions(&mut self, filter: &Filter<'_>, req_id: u64) {
        for account in self.sim.accounts().iter().filter(|it| filter.has_account(it.as_str())) {
            for (item, position) in self.sim.positions(account) {
                let exchange = self.exchange_of(item);
                if filter.has_item(name(&exchange).unwrap_or_default(), item.as_str()) {
                    for told in rows::positions(account, item, exchange, position) {
                        self.host.tell(EVENT_POSITION, Req::Row(req_id), &told);
                    }
                }
            }
        }
    }

    fn list_accounts(&mut self, filter: &Filter<'_>, req_id: u64) {
        let currency = &self.sim.settings().currency;
        for account in self.sim.accounts().iter().filter(|it| filter.has_account(it.as_str())) {
            let told = rows::account(account, currency, self.sim.summary(account));
            self.host.tell(EVENT_ACCOUNT, Req::Row(req_id), &told);
        }
    }

    fn list_instruments(&mut self, filter: &Filter<'_>, req_id: u64) {
        for item in self.items.iter() {
            let exchange = name(&item.told.exchange).unwrap_or_default();
            if filter.has_item(exchange, item.instrument.code.as_str()) {
                self.host.tell(EVENT_INSTRUMENT, Req::Row(req_id), &item.told);
            }
        }
    }

    /// Answers whatever waits: nobody knows what became of it.
    pub(crate) fn give_up(&mut self, why: &str) {
        let (now, mut told) = (rows::clock(self.sim.clock()), Vec::new());
        for order in self.orders.iter_mut() {
            let (id, (placed, cancels, amends)) = (order.id(), order.give_up());
            told.extend(placed.map(|it| (id, CHANGE_NO_REPLY, it)));
            told.extend(amends.into_iter().map(|it| (id, CHANGE_REPLACE_REJECTED, it)));
            told.extend(cancels.into_iter().filter_map(|it| match it {
                Asked::One(it) => Some((id, CHANGE_CANCEL_REJECTED, it)),
                Asked::All(_) => None,
            }));
        }
        let refusal = Refusal { code: String::new(), text: why.to_owned() };
        for (id, change, req_id) in told {
            if let Some(order) = self.orders.get(id) {
                let mut told = OrderUpdate { change, ..order.update(now) };
                rows::refuse(&mut told, &refusal);
                told.code = E_TIMEOUT;
                self.host.tell(EVENT_ORDER, Req::Last(req_id), &told);
            }
        }
        let fault = Fault::new(E_TIMEOUT, why);
        for req_id in self.orders.give_up_parts() {
            self.host.answer(req_id, Err(&fault));
        }
    }
}
