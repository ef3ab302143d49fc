//! What the screen shows, kept true from what the gateway tells and answers.
//!
//! Owns the one [`View`]. What it needs to know and was not told it asks for: whoever runs it sends
//! [`Projection::asks`] and hands the answers to [`Projection::answer`]. Refuses clocks and sockets:
//! the caller says what time it is. Bounded: bars, trades, orders, fills and alerts of long ago go.

mod account;
mod alerts;
mod asks;
mod bars;
mod conditions;
mod events;
mod health;
mod market;
mod orders;
mod positions;
mod rows;
mod trips;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;

use aftm_domain::{Calendar, Stamp, Tick};
use aftm_ui::View;
use aftm_ui::view::{Connection, Environment};

use self::alerts::Alerts;
use self::asks::Asks;
use self::conditions::Conditions;
use self::health::Pulse;
use self::market::Market;
use self::orders::{Fills, Orders};
use self::positions::Positions;
use super::Defaults;
use crate::wire::event::BookRow;

pub use self::trips::Trips;

/// What the projection cannot be told by the gateway.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What kind of money moves in a session that is not at the production venue.
    pub environment: Environment,
    /// The venue's name.
    pub venue: String,
    /// The user that the login form offers.
    pub user: String,
    /// Whether that user needs a password.
    pub needs_password: bool,
    /// The item that the forms offer.
    pub item: String,
    /// What a condition has where its author does not say.
    pub defaults: Defaults,
    /// The exchange's business days.
    pub calendar: Calendar,
    /// What to add to UTC for the clock that the trader reads, in seconds.
    pub offset_s: i32,
    /// After how long without news of it an item is stale, in nanoseconds.
    pub stale: i64,
    /// This process.
    pub pid: u32,
}

/// The view, and what is needed to keep it true.
#[derive(Debug)]
pub struct Projection {
    view: View,
    setup: Setup,
    market: Market,
    orders: Orders,
    fills: Fills,
    positions: Positions,
    conditions: Conditions,
    alerts: Alerts,
    asks: Asks,
    pulse: Pulse,
    has_changed: bool,
}

impl Projection {
    /// Nothing is known yet; the first [`Projection::asks`] ask for everything.
    pub fn new(setup: Setup) -> Projection {
        let mut view = View { offset_s: setup.offset_s, ..View::default() };
        view.machine.environment = setup.environment;
        view.machine.venue.clone_from(&setup.venue);
        view.machine.defaults = account::defaults(&setup);
        Projection {
            market: Market::new(setup.calendar.clone(), setup.stale),
            pulse: Pulse::new(setup.pid),
            view,
            setup,
            orders: Orders::default(),
            fills: Fills::default(),
            positions: Positions::default(),
            conditions: Conditions::default(),
            alerts: Alerts::default(),
            asks: Asks::default(),
            has_changed: true,
        }
    }

    /// A trade of the market.
    pub fn tick(&mut self, tick: &Tick, now: Stamp) {
        self.has_changed = true;
        self.pulse.tick(now);
        self.market.tick(&mut self.view.quotes, tick, now);
        self.view.machine.exchange_time = Some((tick.time.at.0, tick.time.offset));
    }

    /// The book of an item as it stands now.
    pub fn book(&mut self, row: &BookRow, now: Stamp) {
        self.has_changed = true;
        self.market.book(&mut self.view.quotes, row, now);
    }

    /// Whether anything but ages changed since this was asked before.
    pub const fn take_changed(&mut self) -> bool {
        std::mem::replace(&mut self.has_changed, false)
    }

    /// What is true now: ages, staleness and open profit are those of this moment.
    pub fn view(&mut self, now: Stamp) -> &View {
        let view = &mut self.view;
        view.now = now.0;
        view.fills_gone = self.fills.told() - view.fills.len();
        let is_due = view.machine.connection != Connection::LoggedOut || !view.quotes.is_empty();
        let is_overdue = self.market.refresh(&mut view.quotes, view.machine.feed_ended, now);
        let silent = self.market.silence_ms(now).filter(|_| is_overdue && is_due);
        let may_tick = self.asks.is_feed_open() && !view.machine.feed_ended;
        view.machine.feed_silent_ms = silent.filter(|_| may_tick);
        self.market.session(&mut view.machine.session, view.machine.exchange_time);
        if self.market.take_moved() {
            self.positions.mark(&mut view.positions, &view.quotes, &self.market);
            self.conditions.mark(&mut view.conditions, &view.quotes);
        }
        self.pulse.refresh(&mut view.health, self.market.silence_ms(now), now);
        view
    }
}
