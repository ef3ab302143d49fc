//! The venue: one exchange session, owned by the gateway alone.

use aftm_domain::instrument::Instrument;
use aftm_domain::order::{Refusal, Report, Ticket};
use aftm_domain::{
    AccountId, Book, ExchangeTime, Money, OrderId, Price, Quantity, Stamp, Tick, UserId,
};

use super::state::State;

/// What the venue tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Something happened to an order.
    Report {
        /// Which one.
        order: OrderId,
        /// What.
        report: Report,
    },
    /// The venue was asked for an order and has never heard of it.
    Unknown {
        /// Which one.
        order: OrderId,
    },
    /// The venue answers again.
    Connected,
    /// The venue no longer answers.
    Disconnected {
        /// Why.
        reason: String,
    },
}

/// An account's money, in the currency of its instruments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Whose.
    pub account: AccountId,
    /// Money without open profit.
    pub balance: Money,
    /// Money with open profit.
    pub equity: Money,
    /// Deposited for positions and working orders.
    pub margin: Money,
    /// Left for new orders.
    pub available: Money,
    /// The day's profit of closed lots, before fees and tax.
    pub realized: Money,
    /// Profit of open lots.
    pub open_profit: Money,
    /// The day's fees.
    pub fees: Money,
    /// The day's tax.
    pub tax: Money,
}

/// One exchange session. Never blocks and never calls back: what happens is appended to `news`.
pub trait Venue {
    /// Begins a session; the accounts that may trade. `now` is `None` before the feed gave a time.
    fn login(
        &mut self,
        user: &UserId,
        password: Option<&str>,
        production: bool,
        now: Option<ExchangeTime>,
        news: &mut Vec<News>,
    ) -> Result<Vec<AccountId>, Refusal>;
    /// Ends the session.
    fn logout(&mut self);
    /// Tells it of an instrument that may be traded.
    fn list(&mut self, instrument: &Instrument);
    /// A trade of the market: the venue's clock is there now.
    fn tick(&mut self, tick: &Tick, book: Option<&Book>, news: &mut Vec<News>);
    /// The venue's clock moves without a trade.
    fn advance(&mut self, now: ExchangeTime, news: &mut Vec<News>);
    /// No more time will pass: everything under way is answered.
    fn settle(&mut self, news: &mut Vec<News>);
    /// `Ok` means that the venue took the order; acceptance is news.
    fn place(&mut self, id: OrderId, ticket: &Ticket, news: &mut Vec<News>) -> Result<(), Refusal>;
    /// `Ok` means that the venue took the cancel.
    fn cancel(&mut self, id: OrderId, news: &mut Vec<News>) -> Result<(), Refusal>;
    /// `Ok` means that the venue took the change. `quantity` is the new total.
    fn amend(
        &mut self,
        id: OrderId,
        quantity: Option<Quantity>,
        price: Option<Price>,
        news: &mut Vec<News>,
    ) -> Result<(), Refusal>;
    /// Asks how an order stands that was sent and not answered. What the venue knows of it is news:
    /// its reports, or that it is unknown; nothing while it is still on its way. Sends no order.
    fn inquire(&mut self, id: OrderId, news: &mut Vec<News>) -> Result<(), Refusal>;
    /// When the venue has something to tell that needs no trade, on its own clock.
    fn due(&self) -> Option<Stamp>;
    /// An account's money; `None` for an account that is not there.
    fn summary(&self, account: AccountId) -> Option<Summary>;
    /// A venue inside this process forgets with it: it is handed what the journal holds. Returns the
    /// open orders that it does not have all the same, because they were still on their way.
    fn restore(&mut self, state: &State) -> Vec<OrderId>;
}
