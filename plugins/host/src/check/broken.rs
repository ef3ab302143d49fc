//! Rules that hold for everything that is told, watched from the first event to the last.

use std::collections::{HashMap, HashSet};

use aftm_exchange_abi::{
    ABSENT, CHANNEL_QUOTE, CONN_UP, Fill, OrderUpdate, STATE_CANCELED, STATE_EXPIRED, STATE_FILLED,
    STATE_REJECTED, name, text,
};

use super::desk::Desk;
use super::frame::{Frame, Seen, failed, hold};
use crate::news::{Counts, News, Taken, What};

/// What is known of an order from what was told.
#[derive(Default)]
struct Known {
    filled_e9: i64,
    broker_order_id: String,
    fills: HashSet<String>,
    fills_e9: i64,
    ended: Option<u8>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Watch {
    orders: HashMap<u64, Known>,
    /// Requests that list what was told before, so that their rows are no news.
    pub(super) lists: HashSet<u64>,
    /// Told behind an answer that somebody waited for.
    pub(super) later: Vec<News>,
    /// A text that must not be repeated.
    pub(super) secret: Option<String>,
    faults: Vec<String>,
    /// How often the connection for orders came up.
    logins: u32,
    newest_ns: i64,
    counts: Counts,
    events: u64,
}

impl Watch {
    pub(super) fn look(&mut self, news: &[News], taken: &Taken) {
        self.counts = taken.counts;
        for line in &taken.log {
            self.look_for_secret("a line of the log", &line.text);
            self.look_for_repair("a line of the log", &line.text);
        }
        for it in news {
            self.events += 1;
            let ts_ns = it.ts_ns.unwrap_or(self.newest_ns);
            if ts_ns < self.newest_ns {
                self.fault(format!("event {} has an earlier ts_ns than one before", it.seq));
            }
            self.newest_ns = ts_ns;
            self.look_at(it);
        }
    }

    fn look_at(&mut self, news: &News) {
        let is_row = self.lists.contains(&news.req_id);
        match &news.what {
            What::Order(order) => {
                self.look_for_repair("the text of an order", &text(&order.text));
                if !is_row {
                    self.order(order);
                }
            }
            What::Fill(fill) if !is_row => self.fill(fill),
            What::Answer(Err(refusal)) => {
                self.look_for_secret("an answer", &refusal.text);
                self.look_for_repair("the text of an answer", &refusal.text);
            }
            What::Connection(it) => {
                self.logins += u32::from(it.state == CONN_UP && it.channel != CHANNEL_QUOTE);
                self.look_for_secret("a connection's text", &text(&it.text));
                self.look_for_repair("a connection's text", &text(&it.text));
            }
            _ => (),
        }
    }

    /// Lots of an order that were told as fills.
    pub(super) fn fills_e9(&self, id: u64) -> i64 {
        self.orders.get(&id).map_or(0, |it| it.fills_e9)
    }

    /// A login that counts for nothing: nothing happened before it that could be replayed.
    pub(super) fn forget_login(&mut self) {
        self.logins = 0;
    }

    fn order(&mut self, order: &OrderUpdate) {
        let (id, filled, lots) = (order.client_order_id, order.filled_e9, order.qty_e9);
        let known = self.orders.entry(id).or_default();
        let mut faults = Vec::new();
        if lots != ABSENT && lots > 0 && filled > lots {
            faults.push(format!("order {id} has filled_e9 {filled} above qty_e9 {lots}"));
        }
        if filled < known.filled_e9 {
            faults.push(format!("order {id} had {} filled, now {filled}", known.filled_e9));
        }
        if order.state == STATE_FILLED && filled != lots {
            faults.push(format!("order {id} is filled with {filled} of {lots}"));
        }
        let broker = name(&order.broker_order_id).unwrap_or_default();
        if !known.broker_order_id.is_empty() && known.broker_order_id != broker {
            faults.push(format!("order {id} was {} and is {broker:?}", known.broker_order_id));
        }
        if order.code != 0 && text(&order.text).is_empty() {
            faults.push(format!("order {id} is refused with {} and no text", order.code));
        }
        let ended = [STATE_FILLED, STATE_CANCELED, STATE_REJECTED, STATE_EXPIRED];
        if known.ended.is_some_and(|it| it != order.state) {
            faults.push(format!("order {id} had ended and is in state {}", order.state));
        }
        known.ended = known.ended.or(Some(order.state).filter(|it| ended.contains(it)));
        known.filled_e9 = filled;
        broker.clone_into(&mut known.broker_order_id);
        faults.into_iter().for_each(|it| self.fault(it));
    }

    fn fill(&mut self, fill: &Fill) {
        let id = fill.client_order_id;
        let known = self.orders.entry(id).or_default();
        let fill_id = name(&fill.fill_id).unwrap_or_default();
        if known.fills.insert(fill_id.to_owned()) {
            known.fills_e9 = known.fills_e9.saturating_add(fill.qty_e9);
        } else if self.logins < 2 {
            // A venue may replay the day after the connection came back.
            self.fault(format!("the fill {fill_id} of order {id} is told twice"));
        }
    }

    fn look_for_secret(&mut self, place: &str, text: &str) {
        if self.secret.as_deref().is_some_and(|it| text.contains(it)) {
            self.fault(format!("{place} repeats the password"));
        }
    }

    fn look_for_repair(&mut self, place: &str, text: &str) {
        if text.contains(char::REPLACEMENT_CHARACTER) {
            self.fault(format!("{place} is no UTF-8: {text:?}"));
        }
    }

    fn fault(&mut self, what: String) {
        if self.faults.len() < 100 {
            self.faults.push(what);
        }
    }
}

/// What was watched all along.
pub(super) fn rules(frame: &mut Frame<'_>, desk: &mut Desk<'_>) {
    desk.settle();
    frame.step("events are told once and in order", || unbroken(desk));
    frame.step("every request is answered once", || {
        let stray = desk.watch.counts.stray_answers;
        hold(stray == 0, || format!("{stray} answers came to requests that had theirs"))?;
        Ok("no answer came twice".to_owned())
    });
    frame.step("everything can be read", || {
        let unreadable = desk.watch.counts.unreadable;
        hold(unreadable == 0, || {
            let first = desk.taken.log.iter().find(|it| it.text.contains("cannot be read"));
            let first = first.map(|it| it.text.clone()).unwrap_or_default();
            format!("{unreadable} could not be read {first}").trim().to_owned()
        })?;
        Ok("names are whole, texts are UTF-8".to_owned())
    });
    frame.step("what is told adds up", || adds_up(&desk.watch));
    frame.step("fills and orders agree", || agree(&desk.watch));
}

pub(super) fn unbroken(desk: &Desk<'_>) -> Seen {
    match &desk.taken.broken {
        Some(breach) => Err(failed(breach)),
        None => Ok("no event is missing, none came twice".to_owned()),
    }
}

pub(super) fn adds_up(watch: &Watch) -> Seen {
    match watch.faults.split_first() {
        None => Ok(format!("{} events, {} orders", watch.events, watch.orders.len())),
        Some((first, [])) => Err(failed(first)),
        Some((first, rest)) => Err(failed(format!("{first}; and {} more", rest.len()))),
    }
}

fn agree(watch: &Watch) -> Seen {
    for (id, known) in &watch.orders {
        let (fills, filled) = (known.fills_e9, known.filled_e9);
        hold(fills == filled, || {
            format!("the fills of order {id} are {fills} in all, but its filled_e9 is {filled}")
        })?;
    }
    Ok("filled is the sum of the fills".to_owned())
}
