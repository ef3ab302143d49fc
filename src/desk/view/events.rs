//! What the gateway and the supervisor tell.

use aftm_domain::order::Status;
use aftm_domain::{AccountId, Stamp};
use aftm_ui::view::{Connection, Severity};

use super::health::{self, Pulse};
use super::{Projection, Trips, account, alerts};
use crate::desk::supervisor::{Child, Standing};
use crate::wire::Role;
use crate::wire::event::FeedState;
use crate::wire::{Event, OrderRow, Request};

impl Projection {
    /// Something happened.
    pub fn apply(&mut self, event: &Event, now: Stamp) {
        self.has_changed = true;
        let view = &mut self.view;
        match event {
            Event::LoggedIn { user, production, accounts } => {
                view.machine.user = Some(user.as_str().to_owned());
                view.machine.environment = account::environment(&self.setup, *production);
                view.machine.connection = Connection::Connected;
                self.accounts(accounts);
                self.asks.push(Request::Accounts {});
            }
            Event::LoggedOut {} => {
                view.machine.user = None;
                view.machine.accounts.clear();
                view.machine.connection = Connection::LoggedOut;
                view.machine.environment = self.setup.environment;
                view.money = None;
            }
            Event::Connection { connected, reason } => self.connection(*connected, reason, now),
            Event::Account { account } => {
                view.machine.account = Some(account.as_str().to_owned());
                // The other account's money must not be taken for this one's.
                view.money = None;
                self.asks.want_money();
            }
            Event::Item { item, registered: true } => {
                self.market.add(&mut view.quotes, *item);
                self.want_instrument(*item);
            }
            Event::Item { item, registered: false } => self.market.remove(&mut view.quotes, item),
            Event::Condition(row) => {
                self.conditions.tell(&mut view.conditions, row);
                self.market.touch();
            }
            Event::ConditionDropped { id } => self.conditions.drop(&mut view.conditions, *id),
            Event::Order(row) => self.order(row, now),
            Event::Fill(row) => {
                self.fills.tell(&mut view.fills, row);
                self.asks.want_money();
            }
            Event::Position(row) => {
                self.positions.tell(&mut view.positions, row);
                self.market.touch();
            }
            Event::Protection(row) => self.orders.tell_protection(&mut view.orders, row, now),
            Event::Feed { feed, state, text } => self.feed(feed, *state, text, now),
            Event::Trading(row) => {
                view.machine.trading = account::trading(row.state, &row.reason);
            }
            Event::Limits { rows } => view.limits = account::limits(rows),
            Event::Alert { code, text } => {
                self.alert(alerts::severity(code), code, text.clone(), now);
            }
            // A signal shows as its condition and its order; a child by what the supervisor says.
            Event::Sync { .. } | Event::Signal(_) | Event::Settled { .. } | Event::Child { .. } => {
            }
        }
    }

    /// The children as the supervisor sees them.
    pub fn children(&mut self, children: &[Child]) {
        self.pulse.children(&mut self.view.health, children);
        self.view.machine.running = health::running(children);
    }

    /// The supervisor tells of a child.
    pub fn component(&mut self, role: Role, standing: Standing, text: &str, now: Stamp) {
        let told = match standing {
            Standing::GivenUp => Some((Severity::Error, "CHILD_GIVEN_UP")),
            Standing::Silent => Some((Severity::Warn, "CHILD_SILENT")),
            Standing::Waiting => Some((Severity::Warn, "CHILD_DIED")),
            Standing::Down | Standing::Starting | Standing::Running | Standing::Stopping => None,
        };
        if let Some((severity, code)) = told {
            self.alert(severity, code, text.to_owned(), now);
        }
        log::debug!("{role}: {}", standing.word());
    }

    /// What the system says of a process: the share of one core in tenths of a percent, and resident
    /// bytes.
    pub fn measured(&mut self, pid: u32, cpu_permille: u32, memory: u64) {
        Pulse::measured(&mut self.view.health, pid, cpu_permille, memory);
    }

    /// Frames that were drawn in the last second.
    pub fn frames(&mut self, count: u16) {
        self.view.health.frames_per_second = count;
    }

    /// How long orders took.
    pub fn round_trips(&mut self, trips: &Trips) {
        Pulse::trips(&mut self.view.health, trips);
    }

    /// Something of the screen's own that the trader must know.
    pub fn alert(&mut self, severity: Severity, code: &str, text: String, now: Stamp) {
        self.has_changed = true;
        self.alerts.add(&mut self.view.alerts, (severity, code), text, now);
    }

    pub(super) fn accounts(&mut self, accounts: &[AccountId]) {
        let shown = accounts.iter().map(|it| it.as_str().to_owned());
        self.view.machine.accounts = shown.collect();
    }

    fn connection(&mut self, connected: bool, reason: &str, now: Stamp) {
        let before = std::mem::take(&mut self.view.machine.connection);
        let was_lost = matches!(before, Connection::Lost(_));
        if connected {
            self.view.machine.connection = Connection::Connected;
            if was_lost {
                let text = "the exchange answers again".to_owned();
                self.alert(Severity::Ok, "CONNECTED", text, now);
            }
            return;
        }
        self.view.machine.connection = Connection::Lost(reason.to_owned());
        let text = format!("the exchange does not answer: {reason}");
        self.alert(Severity::Error, "DISCONNECTED", text, now);
    }

    fn feed(&mut self, feed: &str, state: FeedState, text: &str, now: Stamp) {
        let (severity, code) = match state {
            FeedState::Malformed => (Severity::Warn, "FEED_MALFORMED"),
            FeedState::Ended => {
                self.view.machine.feed_ended = true;
                (Severity::Info, "FEED_ENDED")
            }
            FeedState::Failed => (Severity::Error, "FEED_FAILED"),
        };
        self.alert(severity, code, format!("feed {feed}: {text}"), now);
    }

    fn order(&mut self, row: &OrderRow, now: Stamp) {
        let before = self.orders.get(&self.view.orders, row.order);
        let was = before.map(|it| (it.state, it.reason.clone()));
        self.orders.tell(&mut self.view.orders, row, now);
        let is_same = |(state, reason): &(_, String)| {
            let after = self.orders.get(&self.view.orders, row.order);
            after.is_some_and(|it| it.state == *state && it.reason == *reason)
        };
        if was.as_ref().is_some_and(is_same) {
            return;
        }
        let had_reason = was.is_some_and(|(_, reason)| {
            row.refusal.as_ref().is_some_and(|it| it.to_string() == reason)
        });
        let (side, item) = (row.side, row.item);
        let what = format!("order {}, {side} {} {item}", row.order, row.quantity);
        if row.status == Status::InDoubt {
            let text = format!("{what} is in doubt: the exchange has not answered");
            return self.alert(Severity::Warn, "IN_DOUBT", text, now);
        }
        let Some(refusal) = row.refusal.as_ref().filter(|_| !had_reason) else { return };
        if matches!(row.status, Status::Denied | Status::Rejected) {
            let text = format!("{what} was refused: {}", refusal.text);
            self.alert(Severity::Error, &refusal.code, text, now);
        } else {
            let text = format!("{what}: its cancel or change was refused: {}", refusal.text);
            self.alert(Severity::Warn, &refusal.code, text, now);
        }
    }
}
