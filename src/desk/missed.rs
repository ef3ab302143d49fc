//! Events that did not reach the desk.
//!
//! A number that is skipped is a loss, and what was lost may have been anything: what the desk shows
//! is asked for again, and shown before what comes after the gap.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use aftm_domain::{OrderId, TradeId};
use rustc_hash::FxHashSet;
use tokio::task::spawn_local;

use super::lines;
use super::operator::Desk;
use crate::wire::event::{Numbered, Topic};
use crate::wire::{Event, FillRow, OrderRow, Refused};

/// What there was before the desk heard its first event.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// How many fills.
    pub fills: u64,
    /// Orders that could still trade.
    pub open: BTreeSet<OrderId>,
}

/// What was heard and shown, as far as it tells what was missed.
#[derive(Default)]
pub(super) struct Shown {
    /// The number of the last event of each topic; each counts from 1.
    heard: BTreeMap<Topic, u64>,
    missed: u64,
    /// Orders that were last shown as open, and the highest number of all.
    open: BTreeSet<OrderId>,
    last: OrderId,
    /// How many fills were shown.
    fills: u64,
    /// Fills that were asked for: their event, where it was not lost, is still to come.
    ahead: FxHashSet<(OrderId, Option<TradeId>)>,
    /// Events that are shown when what was missed before them is; `None` where nothing is.
    held: Option<Vec<Event>>,
    /// More was missed while the last was asked for.
    is_stale: bool,
}

impl Shown {
    pub(super) fn new(before: Before) -> Shown {
        let Before { fills, open } = before;
        let last = open.last().copied().unwrap_or_default();
        Shown { fills, open, last, ..Shown::default() }
    }

    /// How many events of a topic were skipped before this number.
    fn skipped(&mut self, topic: Topic, number: u64) -> u64 {
        let before = self.heard.insert(topic, number).unwrap_or(0);
        number.saturating_sub(before + 1)
    }

    fn order(&mut self, row: &OrderRow) {
        self.last = self.last.max(row.order);
        if row.status.is_open() {
            self.open.insert(row.order);
        } else {
            self.open.remove(&row.order);
        }
    }

    /// The first order that may have moved unseen.
    fn first_order(&self) -> OrderId {
        self.open.first().copied().unwrap_or(OrderId(self.last.0 + 1))
    }

    /// Whether a fill is shown for the first time.
    fn fill(&mut self, row: &FillRow) -> bool {
        let is_new = !self.ahead.remove(&(row.order, row.trade));
        self.fills += u64::from(is_new);
        is_new
    }

    fn fill_ahead(&mut self, row: &FillRow) {
        self.fills += 1;
        self.ahead.insert((row.order, row.trade));
    }
}

impl Desk {
    /// How many events did not reach the desk.
    pub(super) fn missed(&self) -> u64 {
        self.shown.borrow().missed
    }

    /// Shows an event, and before it what was missed.
    pub(super) fn follow(self: &Rc<Self>, Numbered { number, event }: &Numbered<Event>) {
        let lost = self.shown.borrow_mut().skipped(event.topic(), *number);
        if lost > 0 {
            self.miss(lost);
        }
        if let Some(held) = &mut self.shown.borrow_mut().held {
            held.push(event.clone());
            return;
        }
        self.show(event);
    }

    fn show(&self, event: &Event) {
        let is_news = match event {
            Event::Order(row) => {
                self.shown.borrow_mut().order(row);
                true
            }
            Event::Fill(row) => self.shown.borrow_mut().fill(row),
            _ => true,
        };
        if let Some(line) = lines::event(self.now(), event).filter(|_| is_news) {
            self.say(line);
        }
    }

    fn miss(self: &Rc<Self>, lost: u64) {
        let text = format!("{lost} events did not reach the desk; it asks for what they told");
        self.alert("EVENTS_LOST", &text);
        let mut shown = self.shown.borrow_mut();
        shown.missed += lost;
        shown.is_stale = true;
        if shown.held.is_none() {
            shown.held = Some(Vec::new());
            spawn_local(self.clone().recover());
        }
    }

    async fn recover(self: Rc<Self>) {
        while std::mem::take(&mut self.shown.borrow_mut().is_stale) {
            let held = self.shown.borrow_mut().held.replace(Vec::new()).unwrap_or_default();
            // What is asked for now is newer than every state that was told before.
            held.iter().filter(|it| !is_state(it)).for_each(|it| self.show(it));
            if let Err(refused) = self.ask_again().await {
                self.alert("EVENTS_LOST", &format!("what was missed cannot be had: {refused}"));
            }
        }
        let held = self.shown.borrow_mut().held.take().unwrap_or_default();
        held.iter().for_each(|it| self.show(it));
        self.change();
    }

    /// Asks for all that the lost events may have told, and shows it. Alerts alone are only in the
    /// audit.
    async fn ask_again(&self) -> Result<(), Refused> {
        let first = self.shown.borrow().first_order();
        for row in self.orders(true, first).await? {
            self.shown.borrow_mut().order(&row);
            self.say(lines::line(self.now(), "order", &row));
        }
        let place = self.shown.borrow().fills;
        for row in self.fills(place).await? {
            self.shown.borrow_mut().fill_ahead(&row);
            self.say(lines::fill(self.now(), &row));
        }
        for row in self.positions(None).await? {
            self.say(lines::line(self.now(), "position", &row));
        }
        for row in self.conditions().await? {
            self.say(lines::line(self.now(), "condition", &row));
        }
        let status = self.ask_status().await?;
        self.say(lines::line(self.now(), "status", &status));
        Ok(())
    }
}

/// Whether an event tells how something stands, which can be asked for at any time.
const fn is_state(event: &Event) -> bool {
    matches!(event, Event::Order(_) | Event::Fill(_) | Event::Position(_) | Event::Condition(_))
}
