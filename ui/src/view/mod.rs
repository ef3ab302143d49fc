//! What is true: plain values, ready to be shown, that somebody else keeps up to date.
//!
//! Prices and quantities count 1e-9 ([`Nano`]), money counts 1e-9 of a currency unit ([`Money`]),
//! moments are nanoseconds since 1970 in UTC ([`Moment`]). Nothing here can be sent to an exchange.

#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
mod health;
mod market;
mod number;
mod trading;

pub use health::{Alert, Health, Limit, Process, Severity, Socket};
pub use market::{Bar, Depth, Instrument, Quote, TickBand, Trade};
pub use number::{Moment, Money, Nano, money, nano, parse_nano, points, signed, whole};
pub use trading::{
    AccountMoney, Condition, ConditionState, Fill, Order, OrderKind, OrderState, Position,
    ProtectState, Protects, Side,
};

/// Everything that the screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Our clock when the view was made.
    pub now: Moment,
    /// All orders and fills of before were read: what appears from now on is new.
    pub is_whole: bool,
    /// What to add to UTC for the clock that the trader reads, in seconds.
    pub offset_s: i32,
    /// The machine and its session.
    pub machine: Machine,
    /// The registered items, in the order of registration.
    pub quotes: Vec<Quote>,
    /// Conditions in the order of their creation.
    pub conditions: Vec<Condition>,
    /// Orders, oldest first.
    pub orders: Vec<Order>,
    /// Fills, oldest first.
    pub fills: Vec<Fill>,
    /// How many fills came before the first of these, and are not kept.
    pub fills_gone: usize,
    /// Positions, one a row of account and item.
    pub positions: Vec<Position>,
    /// The selected account's money, where the venue tells it.
    pub money: Option<AccountMoney>,
    /// Processes, sockets and speeds.
    pub health: Health,
    /// Limits and how much of them is used.
    pub limits: Vec<Limit>,
    /// What the trader must know, oldest first.
    pub alerts: Vec<Alert>,
    /// What the venue offers, as far as it was listed.
    pub instruments: Vec<Instrument>,
}

impl View {
    /// The quote of an item.
    pub fn quote(&self, code: &str) -> Option<&Quote> {
        self.quotes.iter().find(|it| it.code == code)
    }

    /// An order by its number as text, like `A12`.
    pub fn order(&self, id: &str) -> Option<&Order> {
        self.orders.iter().find(|it| it.id == id)
    }

    /// A condition by its name.
    pub fn condition(&self, id: &str) -> Option<&Condition> {
        self.conditions.iter().find(|it| it.id == id)
    }

    /// The selected account's position in an item.
    pub fn position(&self, code: &str) -> Option<&Position> {
        let account = self.machine.account.as_deref()?;
        self.positions.iter().find(|it| it.item == code && it.account == account)
    }

    /// Whether an order of this item would rest on a price that is true now: somebody is logged in,
    /// the venue answers, and the last tick is young.
    pub fn is_fresh(&self, code: &str) -> bool {
        self.machine.connection == Connection::Connected
            && self.quote(code).is_some_and(|it| it.last.is_some() && !it.is_stale)
    }
}

/// The machine and its session at the venue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    /// What kind of money moves.
    pub environment: Environment,
    /// The venue's name.
    pub venue: String,
    /// Who is logged in.
    pub user: Option<String>,
    /// Whether the venue answers.
    pub connection: Connection,
    /// The selected account.
    pub account: Option<String>,
    /// All accounts of the session.
    pub accounts: Vec<String>,
    /// How far the machine is started.
    pub running: Running,
    /// What may be done.
    pub trading: Trading,
    /// The feed's name.
    pub feed: String,
    /// Whether the feed came to its end.
    pub feed_ended: bool,
    /// Since when no tick has come, in milliseconds, once one is overdue.
    pub feed_silent_ms: Option<u64>,
    /// The exchange's time, its offset in seconds.
    pub exchange_time: Option<(Moment, i32)>,
    /// The session of the exchange that is on, as text like `day 08:45-13:45`.
    pub session: String,
    /// What the forms offer.
    pub defaults: Defaults,
    /// Whether any program of this computer may trade over the v1 ports.
    pub plain: bool,
}

impl Machine {
    /// The feed's name without the folders of its file, for lines that are short.
    pub fn feed_name(&self) -> &str {
        self.feed.rsplit('/').next().unwrap_or_default()
    }

    /// Whether somebody is logged in.
    pub const fn is_logged_in(&self) -> bool {
        self.user.is_some()
    }
}

/// What kind of money moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Environment {
    /// The embedded simulator's.
    #[default]
    Paper,
    /// A venue's test system.
    Simulation,
    /// Real money.
    Live,
}

/// Whether the venue answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Nobody is logged in.
    #[default]
    LoggedOut,
    /// It does.
    Connected,
    /// It does not, and why.
    Lost(String),
}

/// How far the machine is started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Running {
    /// Strategy and executor do not run.
    #[default]
    Stopped,
    /// They are being started.
    Starting,
    /// Both run.
    Running,
    /// They are being stopped.
    Stopping,
    /// They should run, and one of them does not.
    Broken,
}

/// What may be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trading {
    /// Everything.
    #[default]
    Active,
    /// Cancels and closing orders.
    Reducing(String),
    /// Cancels; the reason.
    Halted(String),
}

/// What the forms offer where the trader says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Who logs in.
    pub user: String,
    /// Whether that user logs in without a password.
    pub needs_password: bool,
    /// An item to register.
    pub item: String,
    /// Points that the price turns back before an entry.
    pub turning: Nano,
    /// Points of profit at which a condition leaves.
    pub take_profit: Option<Nano>,
    /// Points of loss at which a condition leaves.
    pub stop_loss: Option<Nano>,
    /// Lots.
    pub quantity: Nano,
}
