//! What a session tells, in words of ours.

use aftm_domain::order::{Refusal, Report};
use aftm_domain::{OrderId, TradeId};
use aftm_plugin_host::abi::{
    self, Account, CHANNEL_QUOTE, CHANNEL_TRADE, CONN_UP, Connection, Fill, Instrument, LOG_INFO,
    LOG_WARN, OrderUpdate, Position,
};
use aftm_plugin_host::{Market, News, Taken, What};

use super::fill::{self, As};
use super::market::{self, Newest};
use super::refusal::{self, UNREADABLE, ours};
use super::requests::Asked;
use super::state::{State, line, report};
use super::{instrument, money, names, order};
use crate::wire::VenueWord;

/// What an event is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// It was not asked for.
    News,
    /// A row of the query under way.
    Row,
    /// A row of a query that nobody waits for any more.
    Stale,
}

// What comes seldom is kept out of the way of orders and fills, so that the processor has that at hand.
impl State {
    pub(super) fn hear_all(&mut self, taken: &mut Taken, words: &mut Vec<VenueWord>) {
        if !taken.log.is_empty() {
            words.extend(taken.log.drain(..).map(|it| line(it.level, it.text)));
        }
        for news in &mut taken.news {
            self.hear(news, words);
        }
        taken.news.clear();
        if !taken.market.is_empty() {
            self.hear_market(&taken.market, words);
            taken.market.clear();
        }
        if let Some(breach) = taken.broken.take() {
            self.break_off(breach.to_string(), words);
        }
    }

    fn hear(&mut self, news: &mut News, words: &mut Vec<VenueWord>) {
        let News { req_id, is_last, ts_ns, .. } = *news;
        let told = self.what_is(req_id);
        match &mut news.what {
            What::Order(update) => self.hear_order(told, update, words),
            What::Fill(fill) => {
                let answered = if is_last { self.requests.placed(req_id) } else { None };
                self.hear_fill(told, answered, fill, ts_ns, words);
            }
            What::Answer(answer) => {
                let asked = self.requests.take(req_id);
                let answer = answer.as_ref().map(|&()| ()).map_err(|it| refusal::of(it));
                return self.answered(req_id, asked, answer, words);
            }
            What::Position(row) => self.hear_position(told, row, words),
            What::Account(row) => self.hear_account(told, row, words),
            What::Instrument(row) => self.hear_instrument(told, row, words),
            What::Connection(link) => self.hear_connection(link, words),
        }
        if is_last {
            self.answered_by_event(req_id, words);
        }
    }

    fn what_is(&self, req_id: u64) -> Told {
        if !self.requests.is_query(req_id) {
            Told::News
        } else if self.errands.is_asking(req_id) {
            Told::Row
        } else {
            Told::Stale
        }
    }

    /// An event that was the answer itself. A query's last row is not one, but means the same.
    fn answered_by_event(&mut self, req_id: u64, words: &mut Vec<VenueWord>) {
        match self.requests.take(req_id) {
            Some(Asked::Place(_) | Asked::Cancel(_) | Asked::Amend(_)) => (),
            asked => self.answered(req_id, asked, Ok(()), words),
        }
    }

    #[inline(never)]
    fn answered(
        &mut self,
        req_id: u64,
        asked: Option<Asked>,
        answer: Result<(), Refusal>,
        words: &mut Vec<VenueWord>,
    ) {
        match asked {
            None => self.strays += 1,
            Some(Asked::Login) => self.login_answered(answer, words),
            Some(Asked::Query) if self.errands.is_asking(req_id) => self.step_ended(answer, words),
            Some(Asked::Query) => (),
            Some(Asked::Logout) => {
                let refused = |it| line(LOG_WARN, format!("the venue refused the logout: {it}"));
                words.extend(answer.err().map(refused));
            }
            Some(Asked::Follow(items)) => {
                if let Err(refusal) = answer {
                    self.lose(&items, &refusal, words);
                }
            }
            // An order is answered by how it stands. Whatever this was to say, the venue knows.
            Some(Asked::Place(order)) => words.push(report(order, Report::NoReply)),
            Some(Asked::Cancel(order)) => {
                words.push(report(order, Report::CancelRejected(bare(answer))));
            }
            Some(Asked::Amend(order)) => {
                words.push(report(order, Report::ReplaceRejected(bare(answer))));
            }
        }
    }

    fn hear_order(&mut self, told: Told, update: &mut OrderUpdate, words: &mut Vec<VenueWord>) {
        // One that was not sent from here and was asked about has a number of ours.
        if update.client_order_id == 0 {
            update.client_order_id = self.met(&update.broker_order_id).map_or(0, |it| it.0);
        }
        let time = names::time(update.ts_ns, update.utc_offset_s);
        self.clock = time.map_or(self.clock, |it| it.max(self.clock));
        match told {
            Told::Stale => (),
            Told::Row => self.list_order(update, words),
            Told::News => {
                if let Err(why) = order::told(update, &self.items, words) {
                    self.lose_order(update, &why, words);
                }
            }
        }
    }

    #[inline(never)]
    fn list_order(&mut self, update: &OrderUpdate, words: &mut Vec<VenueWord>) {
        match order::row(update, &self.items) {
            Ok(row) => self.errands.order(row, words),
            Err(why) if update.client_order_id != 0 => {
                self.errands.trouble(unreadable(update, &why));
            }
            Err(why) => words.push(line(LOG_WARN, unreadable(update, &why))),
        }
    }

    #[cold]
    fn lose_order(&mut self, update: &OrderUpdate, why: &str, words: &mut Vec<VenueWord>) {
        let unreadable = unreadable(update, why);
        if update.client_order_id != 0 && update.change != abi::CHANGE_NONE {
            // What happened to it is lost, and nothing but the venue's list tells it again.
            self.break_off(format!("the plug-in told news: {unreadable}"), words);
        } else {
            words.push(line(LOG_WARN, unreadable));
        }
    }

    /// A fill that answers the request of its order says in place of an update that it was accepted.
    fn hear_fill(
        &mut self,
        told: Told,
        answered: Option<OrderId>,
        fill: &Fill,
        heard: Option<i64>,
        words: &mut Vec<VenueWord>,
    ) {
        if told == Told::Stale {
            return;
        }
        let order = order::whose(fill.client_order_id).or_else(|| self.met(&fill.broker_order_id));
        let told_as = match told {
            Told::Row => As::Row,
            _ if answered.is_some() && answered == order => As::Acceptance,
            _ => As::News,
        };
        let read = match fill::read(fill, told_as, order, &self.items, (heard, self.clock)) {
            Ok(read) => read,
            Err(why) => return self.lose_fill(told, fill, &why, words),
        };
        let row = read.row;
        self.clock = self.clock.max(row.fill.time);
        if told_as == As::Row {
            return self.errands.fill(*row, words);
        }
        if read.is_cost_unknown {
            words.push(costless(&row.fill.trade));
        }
        words.push(match row.order {
            Some(_) => VenueWord::Filled { row },
            None => VenueWord::Fill { row },
        });
    }

    #[cold]
    fn lose_fill(&mut self, told: Told, fill: &Fill, why: &str, words: &mut Vec<VenueWord>) {
        let name = names::text(&fill.fill_id);
        let why = format!("the fill {name:?} cannot be understood: {why}");
        match told {
            Told::Row => self.errands.trouble(why),
            Told::News | Told::Stale => self.break_off(why, words),
        }
    }

    #[inline(never)]
    fn hear_position(&mut self, told: Told, row: &Position, words: &mut Vec<VenueWord>) {
        match (told, money::position(row, &self.items)) {
            // What is held is what a whole list says: a row beside it would count twice.
            (Told::Stale | Told::News, _) => (),
            (Told::Row, Ok(row)) => words.push(VenueWord::Position { row }),
            (Told::Row, Err(why)) => {
                words.push(line(LOG_WARN, format!("a position is left out: {why}")));
            }
        }
    }

    #[inline(never)]
    fn hear_account(&mut self, told: Told, row: &Account, words: &mut Vec<VenueWord>) {
        let read = match money::read(row) {
            _ if told == Told::Stale => return,
            Ok(read) => read,
            Err(why) => {
                return words.push(line(LOG_WARN, format!("an account is left out: {why}")));
            }
        };
        let account = read.row.account;
        if self.link.is_logging_in && !self.link.accounts.contains(&account) {
            self.link.accounts.push(account);
        }
        // The accounts of the login name themselves; their money is asked for.
        if told == Told::News && !self.link.is_logged_in {
            return;
        }
        if !read.unknown.is_empty() && self.remarked.insert(account) {
            let unknown = read.unknown.join(", ");
            let text = format!("of {account} the venue does not say, and 0 stands for: {unknown}");
            words.push(line(LOG_INFO, text));
        }
        words.push(VenueWord::Money { row: Box::new(read.row) });
    }

    #[inline(never)]
    fn hear_instrument(&mut self, told: Told, row: &Instrument, words: &mut Vec<VenueWord>) {
        // A venue that is told of ours has none of its own.
        if told == Told::Stale || !self.knows_instruments {
            return;
        }
        let read = instrument::read(row).map_err(|why| {
            let symbol = names::text(&row.symbol);
            format!("the instrument {symbol:?} cannot be used: {why}")
        });
        match (told, read) {
            (Told::Row, read) => self.errands.instrument(row.exchange, read),
            (_, Ok(read)) => match self.items.list(&row.exchange, read.clone()) {
                Ok(()) => words.push(VenueWord::Instrument { instrument: Box::new(read) }),
                Err(refusal) => words.push(line(LOG_WARN, refusal.text)),
            },
            (_, Err(why)) => words.push(line(LOG_WARN, why)),
        }
    }

    #[inline(never)]
    fn hear_connection(&mut self, link: &Connection, words: &mut Vec<VenueWord>) {
        let is_up = link.state == CONN_UP;
        let text = reason(link);
        match link.channel {
            CHANNEL_TRADE if is_up => {
                let was_down = self.link.down.take().is_some();
                words.extend((was_down && self.link.is_logged_in).then_some(VenueWord::Up {}));
            }
            // Lost is lost, however often it is told, until it is there again.
            CHANNEL_TRADE if self.link.down.is_none() => {
                self.link.down = Some(text.clone());
                let is_news = self.link.is_logged_in;
                words.extend(is_news.then_some(VenueWord::Down { reason: text }));
            }
            CHANNEL_QUOTE if is_up => words.push(line(LOG_INFO, "market data is there")),
            CHANNEL_QUOTE => words.push(line(LOG_WARN, format!("no market data: {text}"))),
            _ => (),
        }
    }

    fn hear_market(&mut self, told: &[Market], words: &mut Vec<VenueWord>) {
        // Books first: the trade that is told with one follows it.
        for told in told {
            if let Market::Book(told) = told
                && let Some(item) = self.items.code(&told.exchange, &told.symbol)
                && self.followed.contains(&item)
            {
                let (book, time) = market::book(told);
                self.books.insert(item, Newest { book, time });
            }
        }
        for told in told {
            if let Market::Tick(told) = told
                && let Some(item) = self.items.code(&told.exchange, &told.symbol)
                && self.followed.contains(&item)
                && let Some(tick) = market::tick(told, item)
            {
                self.clock = self.clock.max(tick.time);
                let book = market::after(told, &tick, self.books.get(&item)).map(Box::new);
                let is_auction = market::is_auction(told);
                words.push(VenueWord::Market { tick, book, is_auction });
            }
        }
    }
}

#[cold]
fn costless(trade: &TradeId) -> VenueWord {
    line(LOG_WARN, format!("fee or tax of the fill {trade} is not known and counts as 0"))
}

#[cold]
fn unreadable(update: &OrderUpdate, why: &str) -> String {
    let named = match order::whose(update.client_order_id) {
        Some(order) => order.to_string(),
        None => format!("{:?}", names::text(&update.broker_order_id)),
    };
    format!("the order {named} cannot be understood: {why}")
}

/// What an answer without an order says of a cancel or a change.
fn bare(answer: Result<(), Refusal>) -> Refusal {
    answer.err().unwrap_or_else(|| {
        ours(UNREADABLE, "the plug-in answered without saying how the order stands")
    })
}

fn reason(link: &Connection) -> String {
    let (text, vendor_code) = (names::text(&link.text), names::text(&link.vendor_code));
    match (text, link.code) {
        ("", abi::OK) => "the way to the venue is lost".to_owned(),
        ("", code) => refusal::told(code, vendor_code, "").text,
        (text, code) => refusal::told(code, vendor_code, text).text,
    }
}
