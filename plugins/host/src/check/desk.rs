//! A session under test, and everything that it has told so far.

use std::time::Duration;

use aftm_exchange_abi::{Account, CAP_FEED, Instrument, OrderUpdate, text};

use super::Plan;
use super::broken::Watch;
use super::frame::{Frame, Seen, failed, skipped};
use crate::fault::CallError;
use crate::news::{News, Taken, What};
use crate::session::Session;

/// How many events are looked at while one is waited for. A plug-in that tells more than that
/// without telling what was asked for is not waited for any longer.
const HEARD_MAX: usize = 1_000_000;

/// How often a venue's clock is moved while something is waited for.
const MOVES_MAX: u32 = 10_000;

pub(super) struct Desk<'plan> {
    pub(super) plan: &'plan Plan,
    pub(super) session: Session,
    pub(super) is_logged_in: bool,
    pub(super) accounts: Vec<Account>,
    pub(super) instrument: Option<Instrument>,
    pub(super) watch: Watch,
    pub(super) taken: Taken,
    orders: u64,
}

impl<'plan> Desk<'plan> {
    /// Whose next order has this number.
    pub(super) fn new(session: Session, plan: &'plan Plan, orders_from: u64) -> Desk<'plan> {
        Desk {
            plan,
            session,
            is_logged_in: false,
            accounts: Vec::new(),
            instrument: None,
            watch: Watch::default(),
            taken: Taken::default(),
            orders: orders_from,
        }
    }

    /// Tries a rule, as long as the session can be asked for anything.
    pub(super) fn step(
        &mut self,
        frame: &mut Frame<'_>,
        name: &str,
        act: impl FnOnce(&mut Desk<'plan>) -> Seen,
    ) {
        frame.step(name, || match self.session.broken() {
            Some(_) => Err(skipped("the session broke before")),
            None => act(self),
        });
    }

    /// Where the clock of a venue begins that has no other than the feed's.
    pub(super) fn now(&self) -> Option<(i64, i32)> {
        self.plan.now.filter(|_| self.session.plugin().can(CAP_FEED))
    }

    /// A number for the next order.
    pub(super) fn next_order(&mut self) -> u64 {
        let next = self.orders;
        self.orders += 1;
        next
    }

    /// Takes what was told, watches it, and hands it on.
    pub(super) fn take(&mut self) -> Vec<News> {
        let mut taken = std::mem::take(&mut self.taken);
        self.session.take(&mut taken);
        let news: Vec<_> = taken.news.drain(..).collect();
        self.watch.look(&news, &taken);
        let accounts = news.iter().filter_map(|it| match &it.what {
            What::Account(account) => Some(**account),
            _ => None,
        });
        for account in accounts {
            self.accounts.retain(|it| it.account != account.account);
            self.accounts.push(account);
        }
        self.taken = taken;
        news
    }

    /// Everything that is told until something is, at most as long as an answer may take between
    /// two events. What was waited for is in it.
    pub(super) fn until(&mut self, what: &str, is_it: impl Fn(&News) -> bool) -> Seen<Vec<News>> {
        let (mut heard, mut moves) = (Vec::new(), 0);
        loop {
            let news = self.take();
            let is_there = news.iter().any(&is_it);
            let is_silent = news.is_empty();
            heard.extend(news);
            if is_there {
                return Ok(heard);
            }
            if let Some(breach) = &self.taken.broken {
                return Err(failed(breach));
            }
            if heard.len() > HEARD_MAX {
                return Err(failed(format!("{HEARD_MAX} events came, and {what} did not")));
            }
            if !is_silent || self.let_time_pass(&mut moves) {
                continue;
            }
            let wait = self.plan.answer_wait;
            if !self.session.wait(wait) {
                return Err(failed(format!("{what} did not come within {wait:?}")));
            }
        }
    }

    /// Moves the clock of a venue that has no other to where something happens; whether it did.
    fn let_time_pass(&self, moves: &mut u32) -> bool {
        *moves += 1;
        let offset_s = self.plan.now.map_or(0, |(_, offset_s)| offset_s);
        match self.session.due() {
            Ok(Some(due_ns)) if *moves < MOVES_MAX => {
                self.session.advance(due_ns, offset_s).is_ok()
            }
            _ => false,
        }
    }

    /// What is told until a request is answered, the answer last.
    pub(super) fn answered(&mut self, req: Result<u64, CallError>) -> Seen<Vec<News>> {
        let req_id = req.map_err(failed)?;
        let mut heard = self.until("the answer", |it| it.is_last && it.req_id == req_id)?;
        // What followed it belongs to something else.
        let end = heard.iter().position(|it| it.is_last && it.req_id == req_id);
        let later = heard.split_off(end.map_or(heard.len(), |it| it + 1));
        self.watch.later.extend(later);
        Ok(heard)
    }

    /// What is told of an order until `is_it` holds, beginning with what came behind an answer.
    pub(super) fn order_until(
        &mut self,
        id: u64,
        what: &str,
        is_it: impl Fn(&OrderUpdate) -> bool,
    ) -> Seen<OrderUpdate> {
        let found = |it: &News| match &it.what {
            What::Order(order) if order.client_order_id == id && is_it(order) => Some(**order),
            _ => None,
        };
        if let Some(order) = self.watch.later.iter().find_map(&found) {
            return Ok(order);
        }
        let heard = self.until(what, |it| found(it).is_some())?;
        let order = heard.iter().find_map(&found);
        self.watch.later.extend(heard);
        order.ok_or_else(|| failed(format!("{what} did not come")))
    }

    /// Waits until the fills of an order come to so many lots, whenever they were told.
    pub(super) fn filled_until(&mut self, id: u64, lots_e9: i64) -> Seen<()> {
        while self.watch.fills_e9(id) < lots_e9 {
            let is_fill =
                |it: &News| matches!(&it.what, What::Fill(it) if it.client_order_id == id);
            let heard = self.until("the fill of an order that is filled", is_fill)?;
            self.watch.later.extend(heard);
        }
        Ok(())
    }

    /// What is told until nothing is for a moment.
    pub(super) fn settle(&mut self) -> Vec<News> {
        let mut heard = std::mem::take(&mut self.watch.later);
        loop {
            heard.extend(self.take());
            if heard.len() > HEARD_MAX || !self.session.wait(Duration::from_millis(20)) {
                return heard;
            }
            if self.taken.broken.is_some() {
                return heard;
            }
        }
    }
}

/// The refusal of a request, where it is one.
pub(super) fn refusal(heard: &[News]) -> Option<String> {
    match &heard.last()?.what {
        What::Answer(Err(refusal)) => Some(refusal.to_string()),
        What::Order(order) if order.code != 0 => Some(text(&order.text).into_owned()),
        _ => None,
    }
}
