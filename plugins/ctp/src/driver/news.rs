//! What the trading front says, and what the host hears of it.

use std::time::Duration;

use abi::{E_SETTLEMENT, E_TIMEOUT, LOG_WARN};
use aftm_exchange_abi as abi;

use super::day::{Day, Name, name_of};
use super::{Driver, Now, What};
use crate::ask::Side;
use crate::counter::{Named, Said};
use crate::fills::Number;
use crate::orders::{Fill, Key, Update};
use crate::rows::{LoginRow, OrderRow, TradeRow};
use crate::session::Input;
use crate::told::{self, Sheet};
use crate::{Refusal, clock};

/// How long after a trade the positions are listed again.
const SETTLING: Duration = Duration::from_secs(2);

impl Driver {
    pub(super) fn said(&mut self, now: Now, said: Said) {
        match said {
            Said::Connected => self.step(now, Input::Connected),
            Said::Lost(reason) => {
                self.step(now, Input::Lost(reason));
                // Where a logout was under way, this is its end.
                self.logged_out();
            }
            Said::Authenticated(answer) => self.step(now, Input::Authenticated(answer)),
            Said::LoggedIn(answer) => {
                let answer = answer.and_then(|row| self.day_of(now, &row));
                self.step(now, Input::LoggedIn(answer));
            }
            Said::Confirmed(answer) => self.step(now, Input::Confirmed(answer)),
            Said::LoggedOut => self.logged_out(),
            Said::Answered { request, row, answer, is_last } => {
                self.answered(now, request, row, (answer, is_last));
            }
            Said::Order(row) => self.order_said(now, &row),
            Said::Trade(row) => self.trade_said(now, &row),
            Said::OrderRefused(named, refusal) => self.order_refused(now, &named, refusal),
            Said::CancelRefused(named, refusal) => self.cancel_refused(&named, &refusal),
            Said::Failed { request, refusal } => self.failed(now, request, refusal),
        }
    }

    fn day_of(&mut self, now: Now, row: &LoginRow) -> Result<u32, Refusal> {
        let is_another = |day: &Day| clock::day_number(&row.trading_day) != Some(day.trading_day);
        if self.day.as_ref().is_some_and(is_another) {
            // What waits from the day before is never answered.
            self.silence(now, Duration::ZERO);
        }
        let Some(day) = &mut self.day else {
            return Err(Refusal::new(abi::E_STATE, "nobody has logged in"));
        };
        day.logged_in(row)
    }

    /// An order stands so.
    pub(super) fn order_said(&mut self, now: Now, row: &OrderRow) {
        let Some(day) = self.day.as_mut().filter(|it| it.is_ours(&row.investor)) else { return };
        day.closable.report(row);
        let client = day.orders.client_of(&row.key()).unwrap_or(0);
        if let Some(name) = name_of(client, row.number().as_ref()) {
            day.sheets.entry(name).or_insert_with(|| Sheet::of_row(row));
        }
        let news = match day.orders.report(&row.report()) {
            Ok(news) => news,
            Err(unknown) => {
                let text = format!("the order {}: {unknown}", row.order_ref.trim());
                return self.line(LOG_WARN, text);
            }
        };
        self.tell_updates(news.updates, row.ts_ns(now.ns));
        news.fills.into_iter().for_each(|it| self.tell_fill(now, &it));
        self.end_queued(row);
    }

    /// Something traded.
    pub(super) fn trade_said(&mut self, now: Now, row: &TradeRow) {
        let trade = match row.trade(now.ns) {
            Ok(Some(trade)) => trade,
            Ok(None) => {
                return self.line(
                    LOG_WARN,
                    format!("the trade {:?} has no price or no order", row.trade_id),
                );
            }
            Err(unusable) => {
                return self.line(LOG_WARN, format!("the trade {:?}: {unusable}", row.trade_id));
            }
        };
        let Some(day) = self.day.as_mut().filter(|it| it.is_ours(&row.investor)) else { return };
        if let Some(fill) = day.orders.trade(trade) {
            self.tell_fill(now, &fill);
        }
    }

    /// Trades whose orders the venue has not listed.
    pub(super) fn orphans(&mut self) {
        let Some(day) = &mut self.day else { return };
        let account = day.account.clone();
        let fills = day.orders.orphans();
        fills.iter().for_each(|it| self.event(What::Fill(told::fill(it, &account))));
    }

    fn tell_fill(&mut self, now: Now, fill: &Fill) {
        let is_ready = self.is_ready();
        let Some(day) = &mut self.day else { return };
        day.has_traded = true;
        if is_ready {
            // Before that, the list of positions has it.
            day.closable.traded(&fill.trade);
            day.positions_due = Some(now.mono + SETTLING);
        }
        let told = told::fill(fill, &day.account);
        self.event(What::Fill(told));
    }

    /// The order was refused, by one of the ways in which the vendor tells it.
    fn order_refused(&mut self, now: Now, named: &Named, refusal: Refusal) {
        let Some(day) = &mut self.day else { return };
        let key = Key::new(named.session.unwrap_or(day.session), &named.order_ref);
        // The vendor names no session here, and tells refusals of a user's other sessions as well,
        // whose references may be the same. One that is accepted is refused by an update, if at all.
        let client = day.orders.client_of(&key).filter(|client| *client != 0);
        let sheet = client.and_then(|client| day.sheets.get(&Name::Client(client)));
        let side = Side::from_direction(named.direction).map_or(0, Side::code);
        let is_it = sheet.is_some_and(|it| it.symbol == named.symbol && it.side == side);
        if !is_it || !day.orders.is_awaited(&key) {
            return;
        }
        let is_unconfirmed = refusal.code == E_SETTLEMENT;
        day.closable.refused(&key);
        let updates = day.orders.refused(&key, refusal);
        self.tell_updates(updates, None);
        if is_unconfirmed {
            self.step(now, Input::SettlementWanted);
        }
    }

    fn cancel_refused(&mut self, named: &Named, refusal: &Refusal) {
        let Some(day) = &mut self.day else { return };
        let by_number = Number::new(&named.exchange, &named.order_sys_id);
        let key = Key::new(named.session.unwrap_or(day.session), &named.order_ref);
        let is_ours = |keys: &[Key]| keys.contains(&key);
        // One that names the order by its number alone is known by the reference of the cancel.
        let pending = day.cancels.iter().find(|(name, it)| {
            it.action == named.action_ref
                && (is_ours(&it.keys) || named.order_ref.trim().is_empty())
                && match (name, &by_number) {
                    (Name::Number(name), Some(number)) => name == number,
                    _ => true,
                }
        });
        let keys = pending.map_or_else(|| vec![key.clone()], |(_, it)| it.keys.clone());
        let keys = if is_ours(&keys) { vec![key] } else { keys };
        let mut updates = Vec::new();
        for key in keys {
            updates.extend(day.orders.cancel_refused(&key, named.action_ref, refusal.clone()));
        }
        self.tell_updates(updates, None);
    }

    /// Tells what happened to orders; what answers a request carries its number.
    pub(super) fn tell_updates(&mut self, updates: Vec<Update>, ts_ns: Option<i64>) {
        for update in updates {
            let Some(day) = &mut self.day else { return };
            let number = update.number.clone();
            // An order of another terminal that has no number yet cannot be named to the host.
            let Some(name) = name_of(update.client_order_id, number.as_ref()) else { continue };
            let Some(sheet) = day.sheets.get(&name) else { continue };
            let told = told::order(&update, sheet, &day.account, ts_ns);
            let request = answered(day, &name, &update);
            let (request, is_last) = (request.unwrap_or(0), request.is_some());
            self.out.push(super::Out::Event { request, is_last, what: What::Order(told) });
        }
    }

    /// Tells of orders and cancels that nobody has answered for as long as `limit`.
    pub(super) fn silence(&mut self, now: Now, limit: Duration) {
        let Some(day) = &mut self.day else { return };
        let silent = day.orders.overdue(now.mono, limit);
        let is_over = |since: Duration| now.mono.saturating_sub(since) >= limit;
        let over = day.cancels.values().filter(|it| is_over(it.since));
        let over: Vec<_> = over.map(|it| (it.action, it.keys.clone())).collect();
        let refusal = Refusal::new(
            E_TIMEOUT,
            "the venue did not answer the cancel in time; the order may be canceled all the same",
        );
        let mut updates = silent;
        for (action, keys) in over {
            for key in keys {
                updates.extend(day.orders.cancel_refused(&key, action, refusal.clone()));
            }
        }
        self.tell_updates(updates, None);
    }
}

/// The request that an update answers, which nothing answers after it.
fn answered(day: &mut Day, name: &Name, update: &Update) -> Option<u64> {
    let is_cancel = matches!(
        update.change,
        abi::CHANGE_CANCELED | abi::CHANGE_CANCEL_REJECTED | abi::CHANGE_EXPIRED
    );
    if is_cancel && let Some(pending) = day.cancels.remove(name) {
        return Some(pending.request);
    }
    let is_sent =
        matches!(update.change, abi::CHANGE_ACCEPTED | abi::CHANGE_REJECTED | abi::CHANGE_NO_REPLY);
    if is_sent { day.sends.remove(&update.client_order_id) } else { None }
}
