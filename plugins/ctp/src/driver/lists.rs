//! Lists: those of a login, those the host asks for, and ours. One question is with the venue at a
//! time; who asks for what is waiting already shares the answer.

use std::collections::HashMap;

use abi::{
    E_ARG, QUERY_ACCOUNTS, QUERY_FILLS, QUERY_INSTRUMENTS, QUERY_ORDERS, QUERY_POSITIONS, Query,
    name,
};
use aftm_exchange_abi as abi;

use super::{Driver, Now, Out, What};
use crate::counter::{Answer, Row};
use crate::fills::Number;
use crate::session::{Input, Question};
use crate::told::{self, number_of};
use crate::{Refusal, holdings};

/// What somebody asked for.
#[derive(Clone, Debug)]
struct Errand {
    /// 0 where it is ours.
    request: u64,
    filter: Filter,
}

/// What of a list is wanted; empty and 0 mean everything.
#[derive(Clone, Debug, Default)]
struct Filter {
    client_order_id: u64,
    number: Option<Number>,
    exchange: String,
    symbol: String,
}

impl Filter {
    fn takes(&self, exchange: &str, symbol: &str) -> bool {
        let is = |wanted: &str, there: &str| wanted.is_empty() || wanted == there;
        is(&self.exchange, exchange.trim()) && is(&self.symbol, symbol)
    }

    fn takes_order(&self, client_order_id: u64, number: Option<&Number>) -> bool {
        if self.client_order_id != 0 {
            return self.client_order_id == client_order_id;
        }
        self.number.as_ref().is_none_or(|wanted| number == Some(wanted))
    }
}

/// What is asked and by whom.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Not asked yet.
    waiting: HashMap<u8, Vec<Errand>>,
    /// With the venue: the question, its request and its rows so far.
    asked: Option<(Question, i32, Vec<Row>)>,
    /// Who asked it.
    errands: Vec<Errand>,
}

impl Lists {
    pub(super) fn is_asked(&self, request: i32) -> bool {
        self.asked.as_ref().is_some_and(|it| it.1 == request)
    }
}

/// A question as the key of a map.
const fn key(question: Question) -> u8 {
    match question {
        Question::Instruments => 0,
        Question::Account => 1,
        Question::Positions => 2,
        Question::Orders => 3,
        Question::Trades => 4,
        Question::Market => 5,
    }
}

/// Whether a question is asked again.
const fn may_pass(refusal: &Refusal) -> bool {
    matches!(refusal.code, abi::E_BUSY | abi::E_NET)
}

fn read_name<'a>(what: &str, field: &'a [u8]) -> Result<&'a str, Refusal> {
    name(field)
        .ok_or_else(|| Refusal::new(E_ARG, format!("the {what} is not terminated or not UTF-8")))
}

impl Driver {
    /// The host asks for a list.
    pub(crate) fn query(&mut self, now: Now, query: &Query, request: u64) -> Result<(), Refusal> {
        let question = match query.what {
            QUERY_ORDERS => Question::Orders,
            QUERY_FILLS => Question::Trades,
            QUERY_POSITIONS => Question::Positions,
            QUERY_ACCOUNTS => Question::Account,
            QUERY_INSTRUMENTS => Question::Instruments,
            other => {
                let text = format!("the list {other} is not known; it is one from 1 to 5");
                return Err(Refusal::new(E_ARG, text));
            }
        };
        let broker_id = read_name("broker_order_id", &query.broker_order_id)?;
        let number = number_of(broker_id);
        let filter = Filter {
            client_order_id: query.client_order_id,
            exchange: read_name("exchange", &query.exchange)?.to_owned(),
            symbol: read_name("instrument", &query.symbol)?.to_owned(),
            number: number.clone(),
        };
        let account = read_name("account", &query.account)?;
        let is_ours = account.is_empty() || self.ready_day()?.account == account;
        let is_named = query.client_order_id != 0 || broker_id.is_empty() || number.is_some();
        self.ready_day()?;
        let errand = Errand { request, filter };
        if !is_ours || !is_named {
            // Of somebody else's account, and of an order with a name that is none, there is nothing.
            self.answer(request, Ok(()));
        } else if question == Question::Instruments {
            // They change with the trading day alone, and were listed at its first login.
            self.tell_instruments(&errand);
        } else {
            self.wants(now, question, errand);
        }
        Ok(())
    }

    fn wants(&mut self, now: Now, question: Question, errand: Errand) {
        let waiting = self.lists.waiting.entry(key(question)).or_default();
        waiting.push(errand);
        if waiting.len() == 1 {
            self.step(now, Input::Ask(question));
        }
    }

    /// A question is with the venue.
    pub(super) fn asked(&mut self, question: Question, is_hosts: bool, request: i32) {
        let is_again = self.lists.asked.as_ref().is_some_and(|it| it.0 == question);
        if is_hosts && !is_again {
            self.lists.errands = self.lists.waiting.remove(&key(question)).unwrap_or_default();
        }
        self.lists.asked = Some((question, request, Vec::new()));
        if let Some(day) = self.day.as_mut().filter(|_| question == Question::Positions) {
            day.has_traded = false;
        }
    }

    /// A question of the host gets no answer.
    pub(super) fn give_up(&mut self, question: Question, refusal: &Refusal) {
        let mut errands = self.lists.waiting.remove(&key(question)).unwrap_or_default();
        if self.lists.asked.as_ref().is_some_and(|it| it.0 == question) {
            self.lists.asked = None;
            errands.append(&mut self.lists.errands);
        }
        for errand in errands.into_iter().filter(|it| it.request != 0) {
            self.answer(errand.request, Err(refusal.clone()));
        }
    }

    /// A row of an answer, or its end.
    pub(super) fn answered(
        &mut self,
        now: Now,
        request: i32,
        row: Option<Row>,
        (answer, is_last): (Answer, bool),
    ) {
        let Some((question, at, rows)) = &mut self.lists.asked else { return };
        if *at != request {
            return;
        }
        rows.extend(row);
        if !is_last {
            return;
        }
        let answer = match answer {
            // The limits of the day are good to have, and no reason to be without a login.
            Err(refusal) if *question == Question::Market && !may_pass(&refusal) => {
                rows.clear();
                self.out.push(Out::Line(abi::LOG_WARN, format!("the day's limits: {refusal}")));
                Ok(())
            }
            other => other,
        };
        if answer.is_ok() {
            let (question, rows) = (*question, std::mem::take(rows));
            self.lists.asked = None;
            let errands = std::mem::take(&mut self.lists.errands);
            self.listed(now, question, rows, &errands);
            for errand in errands.iter().filter(|it| it.request != 0) {
                self.answer(errand.request, Ok(()));
            }
        }
        self.step(now, Input::Answered(answer));
    }

    /// A list is whole.
    fn listed(&mut self, now: Now, question: Question, rows: Vec<Row>, errands: &[Errand]) {
        let errands: Vec<_> = errands.iter().filter(|it| it.request != 0).collect();
        match question {
            Question::Instruments => {
                let of = |row| if let Row::Instrument(it) = row { Some(it) } else { None };
                let rows: Vec<_> = rows.into_iter().filter_map(of).collect();
                let odd = self.day.as_mut().map_or_else(Vec::new, |it| it.list_instruments(&rows));
                odd.into_iter().for_each(|text| self.line(abi::LOG_WARN, text));
            }
            Question::Market => {
                let of = |row| if let Row::Market(it) = row { Some(it) } else { None };
                let Some(day) = &mut self.day else { return };
                rows.into_iter().filter_map(of).for_each(|it| day.limit(&it));
            }
            Question::Account => {
                let of = |row| if let Row::Account(it) = row { Some(it) } else { None };
                let Some(day) = &mut self.day else { return };
                day.accounts = rows.into_iter().filter_map(of).collect();
                let (rows, account) = (day.accounts.clone(), day.account.clone());
                for (errand, row) in pairs(&errands, &rows) {
                    self.row(errand.request, What::Account(holdings::account(row, &account)));
                }
            }
            Question::Positions => self.listed_positions(now, rows, &errands),
            Question::Orders => self.listed_orders(now, rows, &errands),
            Question::Trades => self.listed_trades(now, rows, &errands),
        }
    }

    fn listed_positions(&mut self, now: Now, rows: Vec<Row>, errands: &[&Errand]) {
        let (is_ready, pace) = (self.is_ready(), self.limits.pace);
        let of = |row| if let Row::Position(it) = row { Some(it) } else { None };
        let Some(day) = &mut self.day else { return };
        day.positions = rows.into_iter().filter_map(of).collect();
        if day.has_traded && is_ready {
            // Nobody knows whether the trade is in it: what is reckoned stays, and it is asked again.
            day.positions_due = Some(now.mono + pace);
        } else {
            day.closable.list(&day.positions);
        }
        let multiple = |symbol: &str| day.instruments.get(symbol).map(|it| it.multiple);
        let told = holdings::positions(&day.positions, multiple, &day.account);
        for (errand, position) in pairs(errands, &told) {
            let exchange = name(&position.exchange).unwrap_or_default();
            let symbol = name(&position.symbol).unwrap_or_default();
            if errand.filter.takes(exchange, symbol) {
                self.row(errand.request, What::Position(*position));
            }
        }
    }

    fn listed_orders(&mut self, now: Now, rows: Vec<Row>, errands: &[&Errand]) {
        let mut keys = Vec::new();
        for row in rows {
            if let Row::Order(row) = row {
                keys.push(row.key());
                self.order_said(now, &row);
            }
        }
        let Some(day) = self.day.as_ref().filter(|_| !errands.is_empty()) else { return };
        let mut told = Vec::new();
        for update in day.orders.listed(&keys) {
            let Some(sheet) = day.sheet(update.client_order_id, update.number.as_ref()) else {
                continue;
            };
            for errand in errands {
                let filter = &errand.filter;
                let is_it = filter.takes_order(update.client_order_id, update.number.as_ref());
                if is_it && filter.takes(&sheet.exchange, &sheet.symbol) {
                    let row = told::order(&update, sheet, &day.account, None);
                    told.push((errand.request, row));
                }
            }
        }
        told.into_iter().for_each(|(request, row)| self.row(request, What::Order(row)));
    }

    fn listed_trades(&mut self, now: Now, rows: Vec<Row>, errands: &[&Errand]) {
        let mut told = Vec::new();
        for row in rows {
            let Row::Trade(row) = row else { continue };
            self.trade_said(now, &row);
            let Some(day) = self.day.as_ref().filter(|_| !errands.is_empty()) else { continue };
            let Ok(Some(trade)) = row.trade(now.ns) else { continue };
            let fill = day.orders.fill_of(trade);
            for errand in errands {
                let filter = &errand.filter;
                let is_it = filter.takes_order(fill.client_order_id, Some(&fill.number));
                if is_it && filter.takes(&row.exchange, &row.symbol) {
                    told.push((errand.request, told::fill(&fill, &day.account)));
                }
            }
        }
        self.orphans();
        told.into_iter().for_each(|(request, row)| self.row(request, What::Fill(row)));
    }

    fn tell_instruments(&mut self, errand: &Errand) {
        let Some(day) = &self.day else { return };
        let mut listed: Vec<_> = day.instruments.iter().collect();
        listed.sort_by(|left, right| left.0.cmp(right.0));
        let is_wanted = |(symbol, it): &(&String, &super::day::Listed)| {
            errand.filter.takes(&it.exchange, symbol)
        };
        let told: Vec<_> = listed.into_iter().filter(is_wanted).map(|(_, it)| it.told).collect();
        told.into_iter().for_each(|it| self.row(errand.request, What::Instrument(it)));
        self.answer(errand.request, Ok(()));
    }

    /// Lists the positions again, some time after a trade.
    pub(super) fn watch_positions(&mut self, now: Now) {
        let is_ready = self.is_ready();
        let Some(day) = self.day.as_mut().filter(|_| is_ready) else { return };
        if day.positions_due.is_some_and(|due| now.mono >= due) {
            day.positions_due = None;
            self.wants(now, Question::Positions, Errand { request: 0, filter: Filter::default() });
        }
    }
}

fn pairs<'a, T>(
    errands: &'a [&'a Errand],
    rows: &'a [T],
) -> impl Iterator<Item = (&'a Errand, &'a T)> {
    errands.iter().flat_map(move |errand| rows.iter().map(move |row| (*errand, row)))
}
