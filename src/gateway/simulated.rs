//! The simulated exchange as a venue, called directly.

use aftm_domain::order::{Refusal, Ticket};
use aftm_domain::{
    AccountId, Book, ExchangeTime, Instrument, Money, Order, OrderId, Price, Quantity, Stamp, Tick,
    UserId, VenueOrderId,
};
use aftm_sim::{Past, Sim, Totals};

use super::state::State;
use super::venue::{LoginStep, News, Summary, Venue};
use crate::wire::venue::Sent;

/// The simulated exchange, and the buffer that its news pass through.
pub struct Simulated {
    sim: Sim,
    balance: Money,
    told: Vec<aftm_sim::News>,
}

impl Simulated {
    /// The exchange itself.
    pub const fn sim(&self) -> &Sim {
        &self.sim
    }

    /// A simulated exchange with these settings.
    pub fn new(settings: aftm_sim::Settings) -> Simulated {
        Simulated { balance: settings.balance, sim: Sim::new(settings), told: Vec::new() }
    }

    fn pass_on(&mut self, news: &mut Vec<News>) {
        news.extend(self.told.drain(..).map(|it| match it {
            aftm_sim::News::Report { order, report } => News::Report { order, report },
            aftm_sim::News::Connected => News::Connected,
            aftm_sim::News::Disconnected { reason } => News::Disconnected { reason },
        }));
    }
}

impl Venue for Simulated {
    fn login(
        &mut self,
        user: &UserId,
        password: Option<&str>,
        production: bool,
        now: Option<ExchangeTime>,
        news: &mut Vec<News>,
    ) -> Result<LoginStep, Refusal> {
        if production {
            let text = "the simulated exchange moves no real money; log in without --production";
            return Err(Refusal { code: "NO_PRODUCTION".to_owned(), text: text.to_owned() });
        }
        let mut advance =
            |sim: &mut Sim| now.iter().for_each(|it| sim.advance(*it, &mut self.told));
        advance(&mut self.sim);
        let accounts = self.sim.login(user, password);
        advance(&mut self.sim);
        self.pass_on(news);
        accounts.map(LoginStep::Done)
    }

    fn logout(&mut self) {
        self.sim.logout();
    }

    fn list(&mut self, instrument: &Instrument) {
        self.sim.list(instrument.clone());
    }

    fn tick(&mut self, tick: &Tick, book: Option<&Book>, news: &mut Vec<News>) {
        self.sim.tick(tick, book, &mut self.told);
        self.pass_on(news);
    }

    fn advance(&mut self, now: ExchangeTime, news: &mut Vec<News>) {
        self.sim.advance(now, &mut self.told);
        self.pass_on(news);
    }

    fn settle(&mut self, news: &mut Vec<News>) {
        self.sim.settle(&mut self.told);
        self.pass_on(news);
    }

    fn place(&mut self, id: OrderId, ticket: &Ticket, news: &mut Vec<News>) -> Result<(), Refusal> {
        let taken = self.sim.place(id, ticket, &mut self.told);
        self.pass_on(news);
        taken
    }

    fn cancel(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal> {
        let taken = self.sim.cancel(order.id, &mut self.told);
        self.pass_on(news);
        taken
    }

    fn amend(
        &mut self,
        order: Sent,
        quantity: Option<Quantity>,
        price: Option<Price>,
        news: &mut Vec<News>,
    ) -> Result<(), Refusal> {
        let taken = self.sim.amend(order.id, quantity, price, &mut self.told);
        self.pass_on(news);
        taken
    }

    fn inquire(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal> {
        let known = self.sim.inquire(order.id, &mut self.told);
        self.pass_on(news);
        if known?.is_none() {
            news.push(News::Unknown { order: order.id });
        }
        Ok(())
    }

    fn due(&self) -> Option<Stamp> {
        self.sim.due()
    }

    fn summary(&self, account: AccountId) -> Option<Summary> {
        let summary = self.sim.summary(&account)?;
        let aftm_sim::Summary { balance, today, open_profit, equity, margin, ordered, available } =
            summary;
        let margin = margin.checked_add(ordered)?;
        let Totals { realized, fees, tax } = today;
        Some(Summary {
            account,
            balance,
            equity,
            margin,
            available,
            realized,
            open_profit,
            fees,
            tax,
        })
    }

    fn restore(&mut self, state: &State) -> Vec<OrderId> {
        for ((account, item), holding) in &state.holdings {
            // An item that is no longer listed cannot be held by this exchange; the position stays
            // visible in the journal.
            let _ = self.sim.restore_position(account, *item, holding.position.clone());
        }
        let accounts: std::collections::BTreeSet<AccountId> =
            state.holdings.keys().map(|(account, _)| *account).collect();
        for account in accounts {
            let totals = totals(state, account);
            let _ = self.sim.restore_totals(&account, self.balance, totals);
        }
        let mut lost = Vec::new();
        for placed in state.orders.values() {
            let order = &placed.order;
            let is_under_way = order.status.is_open() && !order.is_answered();
            if is_under_way || self.sim.restore_order(past(order)).is_err() {
                lost.extend(order.status.is_open().then_some(order.id));
            }
        }
        lost
    }
}

fn past(order: &Order) -> Past {
    let (id, ticket, filled, status) = (order.id, order.ticket, order.filled(), order.status);
    let is_triggered = order.is_triggered;
    // Only a session's end asks when an order was placed; the last that is known of it is its fill.
    let placed = order.fills.last().map(|it| it.time).unwrap_or_default();
    let venue_id = order.venue_id.unwrap_or(unnamed(id));
    Past { id, venue_id, ticket, filled, is_triggered, status, placed }
}

fn totals(state: &State, account: AccountId) -> Totals {
    let own = state.holdings.iter().filter(|((whose, _), _)| *whose == account);
    let add = |sum: Money, more: Money| sum.checked_add(more).unwrap_or(sum);
    own.fold(Totals::default(), |sum, (_, it)| Totals {
        realized: add(sum.realized, it.realized),
        fees: add(sum.fees, it.fees),
        tax: add(sum.tax, it.tax),
    })
}

/// A name for an order that the exchange never named, so that its number stays taken there.
fn unnamed(id: OrderId) -> VenueOrderId {
    #[allow(clippy::expect_used)] // A letter and at most sixteen digits.
    VenueOrderId::try_from(format!("SIM-{:08X}", id.0).as_str()).expect("a number is a name")
}
