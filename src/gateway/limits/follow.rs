//! Keeping what is used up to date: a fact changes it as it changes the state.

use aftm_domain::order::{Report, Ticket};
use aftm_domain::{AccountId, Code, ConditionId, OrderId, Quantity};

use jiff::civil::Date;

use super::book::{Print, at};
use super::{Limits, Sets};
use crate::gateway::fact::Fact;
use crate::gateway::state::State;
use crate::wire::Scope;
use crate::wire::request::TradingState;

fn order_of(fact: &Fact) -> Option<OrderId> {
    match fact {
        Fact::OrderReceived { id, .. }
        | Fact::OrderRevived { id }
        | Fact::OrderReported { id, .. } => Some(*id),
        Fact::OrderAdopted(adopted) => Some(adopted.id),
        _ => None,
    }
}

impl Limits {
    /// What is used in a state, counted from nothing. Rates, repeats and money that the venue told
    /// are of the moment, and begin anew.
    pub fn of(state: &State, sets: Sets) -> Limits {
        let mut limits = Limits::new(sets);
        limits.is_production = state.session.as_ref().is_some_and(|it| it.production);
        for key in state.holdings.keys() {
            limits.hold(state, *key);
        }
        for placed in state.working() {
            limits.work(None, limits.print(state, placed.order.id));
        }
        let names: Vec<ConditionId> =
            state.conditions.values().map(|it| it.condition.terms.id).collect();
        names.into_iter().for_each(|it| limits.follow_strategy(state, it));
        limits.day = state.days.values().max().copied();
        limits.forget_best();
        for (account, best) in &state.bests {
            let purse = match account {
                Some(account) => limits.accounts.entry(*account).or_default(),
                None => &mut limits.total,
            };
            purse.best = purse.best.max(best.raw());
            purse.kept = purse.best;
        }
        limits
    }

    /// What the order of a fact adds before the fact is folded.
    pub(in crate::gateway) fn before(&self, state: &State, fact: &Fact) -> Option<Print> {
        self.print(state, order_of(fact)?)
    }

    /// What an order that works adds.
    pub(in crate::gateway) fn print(&self, state: &State, id: OrderId) -> Option<Print> {
        let asked = self.amending.get(&id).copied();
        let print = Print::of(state.placed(id)?, asked)?;
        Some(Print { is_leg: state.protections.is_leg(id), ..print })
    }

    /// A change of an order is asked for: until the venue has answered, the larger quantity counts.
    pub(in crate::gateway) fn amend(
        &mut self,
        state: &State,
        id: OrderId,
        quantity: Option<Quantity>,
    ) {
        let Some(placed) = state.placed(id) else { return };
        let rate = self.amend_rate();
        let at = self.at;
        let purse = self.accounts.entry(placed.order.ticket.account).or_default();
        purse.amends.take(at, rate);
        let Some(quantity) = quantity else { return };
        let before = self.print(state, id);
        self.amending.insert(id, quantity);
        let after = self.print(state, id);
        self.work(before, after);
        if let Some(signal) = placed.signal {
            self.follow_strategy(state, signal.condition);
        }
    }

    /// A fact was folded; `before` is what its order added until then.
    pub(in crate::gateway) fn follow(&mut self, state: &State, fact: &Fact, before: Option<Print>) {
        match fact {
            Fact::LoggedIn { production, .. } => self.is_production = *production,
            Fact::OrderReceived { id, ticket, signal, .. } => {
                let strategy = signal.map(|it| it.condition);
                self.count(ticket, strategy);
                self.moved(state, *id, before);
            }
            Fact::OrderRevived { id } => self.moved(state, *id, before),
            Fact::OrderAdopted(adopted) => self.moved(state, adopted.id, before),
            Fact::OrderReported { id, report } => {
                let is_settled =
                    matches!(report, Report::Replaced { .. } | Report::ReplaceRejected(_));
                let is_over = state.orders.get(id).is_none_or(|it| it.order.status.is_final());
                if (is_settled || is_over) && !self.amending.is_empty() {
                    self.amending.remove(id);
                }
                self.moved(state, *id, before);
                self.judge_report(state, *id, report);
            }
            Fact::OrderDenied { ticket, signal, refusal, .. } => {
                self.denied(ticket, signal.map(|it| it.condition), &refusal.code);
            }
            Fact::PositionTaken { account, item, .. } => self.hold(state, (*account, *item)),
            Fact::DayBegan { day, .. } => self.begin_day(state, *day),
            Fact::ConditionPut { condition, .. } => {
                self.follow_strategy(state, condition.terms.id);
            }
            Fact::ConditionDropped { id } => {
                self.strategies.remove(id);
            }
            _ => (),
        }
    }

    /// An order that could open takes its share of the rates, and is remembered.
    fn count(&mut self, ticket: &Ticket, strategy: Option<ConditionId>) {
        if self.reduces(ticket, None) {
            return;
        }
        let (at, window) = (self.at, self.bounds().repeat_window);
        let (own, all, condition) = (self.account_rate(), self.venue_rate(), self.strategy_rate());
        self.accounts.entry(ticket.account).or_default().rate.take(at, own);
        self.total.rate.take(at, all);
        if let Some(name) = strategy {
            self.strategies.entry(name).or_default().rate.take(at, condition);
        }
        self.recent.add(ticket, strategy, at, window);
    }

    /// What the margin of an order that is sent takes of the account's money, until the venue says
    /// anew how much there is.
    pub(in crate::gateway) fn reserve(&mut self, candidate: &super::Candidate<'_>) {
        if !self.bounds().margin_check || self.reduces(candidate.ticket, None) {
            return;
        }
        let quote = self.items.get(&candidate.ticket.item).and_then(|it| it.quote);
        let margin = self.margin(candidate, quote).unwrap_or(0);
        let purse = self.accounts.get_mut(&candidate.ticket.account);
        if let Some(funds) = purse.and_then(|it| it.funds.as_mut()) {
            funds.reserved += margin;
        }
    }

    fn moved(&mut self, state: &State, id: OrderId, before: Option<Print>) {
        let after = self.print(state, id);
        self.work(before, after);
        let Some(placed) = state.placed(id) else { return };
        if let Some(signal) = placed.signal {
            self.follow_strategy(state, signal.condition);
        }
    }

    /// An order adds something else than before.
    fn work(&mut self, before: Option<Print>, after: Option<Print>) {
        if before == after {
            return;
        }
        for (print, is_there) in [(before, false), (after, true)] {
            let Some(print) = print else { continue };
            self.change(print.key(), |book| book.work(&print, is_there));
            let item = self.items.entry(print.item).or_default();
            let Some(own) = item.own.get_mut(at(print.side)) else { continue };
            let Some(price) = print.price else { continue };
            let count = own.entry(price).or_insert(0);
            *count = count.saturating_add_signed(if is_there { 1 } else { -1 });
            if *count == 0 {
                own.remove(&price);
            }
        }
    }

    fn hold(&mut self, state: &State, key: (AccountId, Code)) {
        if let Some(holding) = state.holdings.get(&key) {
            self.change(key, |book| book.hold(holding));
        }
    }

    fn judge_report(&mut self, state: &State, id: OrderId, report: &Report) {
        let Some(placed) = state.placed(id) else { return };
        let (account, item) = (placed.order.ticket.account, placed.order.ticket.item);
        match report {
            Report::Filled(_) => {
                self.hold(state, (account, item));
                self.judge_loss(account);
            }
            Report::Accepted { .. } => {
                self.accounts.entry(account).or_default().verdicts.add(false);
            }
            Report::Rejected(_) => {
                let (most, least) =
                    (self.bounds().max_reject_percent, self.bounds().reject_orders_min);
                let verdicts = &mut self.accounts.entry(account).or_default().verdicts;
                verdicts.add(true);
                let (count, percent) = (verdicts.count(), verdicts.percent());
                if count >= least && percent > most {
                    let limit = ("max_reject_percent", percent, most);
                    self.want(Scope::Account(account), TradingState::Reducing, limit);
                }
            }
            _ => (),
        }
    }

    /// An order was denied: who does not stop is stopped.
    fn denied(&mut self, ticket: &Ticket, strategy: Option<ConditionId>, code: &str) {
        let scope = strategy.map_or(Scope::Account(ticket.account), Scope::Strategy);
        let bounds = *self.bounds();
        match code {
            "RISK_VENUE_RATE" | "RISK_ACCOUNT_RATE" | "RISK_STRATEGY_RATE" => {
                let at = self.at;
                let minute = match strategy {
                    Some(name) => &mut self.strategies.entry(name).or_default().breaches,
                    None => &mut self.accounts.entry(ticket.account).or_default().breaches,
                };
                let count = minute.add(at);
                if count > bounds.max_rate_breaches {
                    let limit = ("max_rate_breaches", count, bounds.max_rate_breaches);
                    self.want(scope, TradingState::Reducing, limit);
                }
            }
            "RISK_MAX_REPEAT" => {
                let state = match strategy {
                    Some(_) => TradingState::Halted,
                    None => TradingState::Reducing,
                };
                let limit = ("max_repeat", bounds.max_repeat + 1, bounds.max_repeat);
                self.want(scope, state, limit);
            }
            _ => (),
        }
    }

    /// A trading day began: what was earned before is no longer of it.
    fn begin_day(&mut self, state: &State, day: Date) {
        for key in state.holdings.keys() {
            self.hold(state, *key);
        }
        // An item that is traded for the first time begins a day that has begun already.
        if self.day.is_some_and(|it| it >= day) {
            return;
        }
        self.day = Some(day);
        self.forget_best();
    }

    fn forget_best(&mut self) {
        for purse in self.accounts.values_mut().chain([&mut self.total]) {
            purse.best = purse.profit.max(0);
            purse.kept = purse.best;
        }
    }

    /// Lots that a condition holds, and could hold by its entry.
    fn follow_strategy(&mut self, state: &State, name: ConditionId) {
        let Some((_, held)) = state.held(name) else { return };
        let entry = held.condition.signal(aftm_domain::SignalKind::Entry);
        let placed = state.order_of(entry).or_else(|| {
            // The order is there before the signal has its outcome.
            state
                .open
                .last()
                .and_then(|it| state.orders.get(it))
                .filter(|it| it.signal == Some(entry))
        });
        let asked = placed.and_then(|it| self.amending.get(&it.order.id).copied());
        let left = placed.and_then(|it| Print::of(it, asked)).map_or(0, |it| it.left);
        let lots = held.open().raw().saturating_add(left);
        self.strategies.entry(name).or_default().lots = lots;
    }

    /// What is used of everything that facts alone decide, to be compared: no rate and no price.
    pub fn fingerprint(&self) -> Vec<String> {
        let book = |(key, it): (&(AccountId, Code), &super::Book)| {
            (it.orders > 0 || it.worst != [0, 0])
                .then(|| format!("{key:?} {:?} {} {} {}", it.worst, it.orders, it.gross, it.profit))
        };
        let item = |(code, it): (&Code, &super::Item)| {
            let own = &it.own;
            (it.orders > 0).then(|| format!("{code} {:?} {} {own:?}", it.worst, it.orders))
        };
        let strategy = |(name, it): (&ConditionId, &super::Strategy)| {
            (it.lots != 0).then(|| format!("{name} {}", it.lots))
        };
        let total = format!("{} {} {}", self.total.orders, self.total.gross, self.total.profit);
        let books = self.books.iter().filter_map(book);
        let items = self.items.iter().filter_map(item);
        let strategies = self.strategies.iter().filter_map(strategy);
        let mut lines: Vec<String> = books.chain(items).chain(strategies).chain([total]).collect();
        lines.sort();
        lines
    }
}
