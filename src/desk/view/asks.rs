//! What the projection asks the gateway: everything at first and after a gap, then how it is, once a
//! second.

use std::collections::VecDeque;

use aftm_domain::{Code, Stamp};

use super::Projection;
use super::account;
use crate::wire::request::StatusRow;
use crate::wire::{Refused, Reply, Request};

/// How often the gateway is asked how it is.
const STATUS_EVERY: i64 = Stamp::SECOND;
/// How often the selected account's money is asked for, at most.
const MONEY_EVERY: i64 = 250 * Stamp::MILLISECOND;
/// Ended orders and fills of earlier that are asked for.
const EARLIER: u64 = 2_000;

/// What is to be asked, and what is known of the feed.
#[derive(Debug, Default)]
pub(super) struct Asks {
    due: VecDeque<Request>,
    /// Everything was asked for since the last gap.
    is_begun: bool,
    status_at: Option<Stamp>,
    money_at: Option<Stamp>,
    /// Something changed the money since it was asked for.
    is_money_due: bool,
    is_feed_open: bool,
}

impl Asks {
    /// Whether ticks may come.
    pub(super) const fn is_feed_open(&self) -> bool {
        self.is_feed_open
    }

    /// The selected account's money is another one, or may be.
    pub(super) const fn want_money(&mut self) {
        self.is_money_due = true;
    }

    /// Asks for one thing more, unless it is about to be.
    pub(super) fn push(&mut self, request: Request) {
        if !self.due.contains(&request) {
            self.due.push_back(request);
        }
    }
}

impl Projection {
    /// What is to be asked of the gateway now; each answer comes back through
    /// [`Projection::answer`].
    pub fn asks(&mut self, now: Stamp) -> Vec<Request> {
        let is_due = self.asks.status_at.is_none_or(|it| now.since(it) >= STATUS_EVERY);
        if is_due {
            self.asks.status_at = Some(now);
            self.asks.push(Request::Status {});
            self.asks.want_money();
        }
        let has_money = self.view.machine.account.is_some() && self.view.machine.is_logged_in();
        let is_early = self.asks.money_at.is_some_and(|it| now.since(it) < MONEY_EVERY);
        if self.asks.is_money_due && has_money && !is_early {
            (self.asks.is_money_due, self.asks.money_at) = (false, Some(now));
            self.asks.push(Request::Money {});
        }
        self.asks.due.drain(..).collect()
    }

    /// Something was missed: everything is asked for again.
    pub fn heal(&mut self) {
        self.asks.is_begun = false;
        self.asks.status_at = None;
    }

    /// So many numbers of events were missed, over all topics.
    pub fn gaps(&mut self, count: u64) {
        self.view.health.gaps = count;
    }

    /// An answer to what was asked. A refusal ends the question; what it was of stays as it is.
    pub fn answer(&mut self, request: &Request, reply: &Result<Reply, Refused>, now: Stamp) {
        self.has_changed = true;
        match reply {
            Ok(reply) => self.take(request, reply, now),
            Err(_) if matches!(request, Request::Fills { .. }) => {
                self.fills.finish(&mut self.view.fills);
            }
            Err(_) => (),
        }
        let reads_on = |it: &Request| matches!(it, Request::Orders { .. } | Request::Fills { .. });
        if self.asks.is_begun && !self.fills.is_asked() && !self.asks.due.iter().any(reads_on) {
            self.view.is_whole = true;
        }
    }

    fn take(&mut self, request: &Request, reply: &Reply, now: Stamp) {
        let view = &mut self.view;
        match reply {
            Reply::Status(row) => self.status(row, now),
            Reply::Accounts { accounts, selected } => {
                self.accounts(accounts);
                self.view.machine.account = selected.map(|it| it.as_str().to_owned());
            }
            Reply::Items { items } => {
                self.market.set(&mut view.quotes, items);
                items.iter().for_each(|it| self.want_instrument(*it));
            }
            Reply::Instruments { rows, next } => {
                for row in rows {
                    self.market.list(&mut view.quotes, &mut view.instruments, row.clone());
                }
                self.market.touch();
                if let (Request::Instruments { code: None, .. }, Some(from)) = (request, next) {
                    self.asks.push(Request::Instruments { code: None, from: *from });
                }
            }
            Reply::Conditions { rows, next } => {
                self.conditions.answer(&mut view.conditions, rows, next.is_none());
                self.market.touch();
                next.iter().for_each(|from| self.asks.push(Request::Conditions { from: *from }));
            }
            Reply::Positions { rows, next } => {
                rows.iter().for_each(|it| self.positions.answer(&mut view.positions, it));
                self.market.touch();
                let from = next.map(|next| Request::Positions { item: None, from: Some(next) });
                from.into_iter().for_each(|it| self.asks.push(it));
            }
            Reply::Orders { rows, next } => {
                rows.iter().for_each(|it| self.orders.answer(&mut view.orders, it, now));
                if let (Request::Orders { all, .. }, Some(from)) = (request, next) {
                    self.asks.push(Request::Orders { all: *all, from: *from });
                }
            }
            Reply::Fills { rows, next } => {
                self.fills.answer(&mut view.fills, rows, next.is_none());
                next.iter().for_each(|from| self.asks.push(Request::Fills { from: *from }));
            }
            Reply::Money(row) => {
                let currency = view.quotes.iter().find(|it| !it.currency.is_empty());
                let currency = currency.map(|it| it.currency.as_str()).unwrap_or_default();
                view.money = Some(account::money(row, currency));
            }
            Reply::Placed { row, .. } => self.orders.answer(&mut view.orders, row, now),
            Reply::Protections { rows, next } => {
                let orders = &mut view.orders;
                rows.iter().for_each(|it| self.orders.answer_protection(orders, it, now, false));
                let from = next.map(|from| Request::Protections { all: false, from });
                from.into_iter().for_each(|it| self.asks.push(it));
            }
            Reply::Protected { .. } => (),
            Reply::Done {}
            | Reply::Unchanged {}
            | Reply::Welcome { .. }
            | Reply::Taken { .. }
            | Reply::Known { .. }
            | Reply::Count { .. }
            | Reply::Killed { .. }
            | Reply::Snapshot { .. }
            | Reply::Ticks { .. } => (),
        }
    }

    fn status(&mut self, row: &StatusRow, now: Stamp) {
        let machine = &mut self.view.machine;
        account::session(machine, row);
        machine.environment = account::environment(&self.setup, row.production);
        self.view.limits = account::limits(&row.limits);
        let machine = &mut self.view.machine;
        if machine.exchange_time.is_none() {
            let time = row.exchange_time.as_deref().and_then(|it| it.parse().ok());
            let time = time.map(|it: aftm_domain::ExchangeTime| (it.at.0, it.offset));
            machine.exchange_time = time;
        }
        if row.user.is_none() {
            self.view.money = None;
            self.view.machine.accounts.clear();
        }
        self.asks.is_feed_open = row.feed_open;
        self.pulse.status(&mut self.view.health, row, now);
        if !self.asks.is_begun {
            self.asks.is_begun = true;
            self.begin(row);
        }
    }

    /// Asks for everything, once the gateway has said how much there is.
    fn begin(&mut self, row: &StatusRow) {
        self.orders.ask();
        self.fills.ask();
        self.positions.ask();
        self.conditions.ask();
        let from = row.last_order.saturating_sub(EARLIER).max(1);
        self.asks.push(Request::Items {});
        self.asks.push(Request::Conditions { from: 0 });
        self.asks.push(Request::Positions { item: None, from: None });
        self.asks.push(Request::Orders { all: true, from });
        if from > 1 {
            self.asks.push(Request::Orders { all: false, from: 1 });
        }
        self.asks.push(Request::Protections { all: false, from: 1 });
        self.asks.push(Request::Fills { from: row.fills.saturating_sub(EARLIER) });
        if row.user.is_some() {
            self.asks.push(Request::Accounts {});
        }
        if self.view.instruments.is_empty() {
            self.asks.push(Request::Instruments { code: None, from: 0 });
        }
    }

    /// Asks for an instrument that was not listed yet.
    pub(super) fn want_instrument(&mut self, item: Code) {
        if !self.market.is_listed(&item) {
            let code = Some(item.as_str().to_owned());
            self.asks.push(Request::Instruments { code, from: 0 });
        }
    }
}
