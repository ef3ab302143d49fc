//! What the owner of the exchange may set.

use std::collections::BTreeSet;

use aftm_domain::{AccountId, Money, Stamp, UserId};
use jiff::civil::Date;

/// The settings of a simulated exchange. The default is a calm venue that is always open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Chooses which orders the rehearsals hit; the same seed chooses the same order ids.
    pub seed: u64,
    /// Ticks against the trader at which a trade fills a market order where no book is shown.
    pub slippage: u32,
    /// Nanoseconds of exchange time from an order to its answer: half of it on the way there.
    pub latency: i64,
    /// One of so many orders is rejected with the code `REHEARSAL`; 1 means each, 0 none.
    pub reject_one_in: u32,
    /// One of so many orders is answered late, although it trades in time; 1 means each, 0 none.
    pub slow_one_in: u32,
    /// How late, in nanoseconds of exchange time after the order reached the exchange.
    pub slow: i64,
    /// Nanoseconds of exchange time from a login to the loss of its connection; 0 means never.
    pub disconnect_after: i64,
    /// Nanoseconds until the connection comes back by itself.
    pub disconnect_for: i64,
    /// Whether orders are taken in trading sessions only, and ROD orders end with the day session.
    pub sessions: bool,
    /// Weekdays without trading; of effect where `sessions` is on.
    pub holidays: BTreeSet<Date>,
    /// What each account starts with.
    pub balance: Money,
    /// The currency of the balance; orders for items in another one are rejected.
    pub currency: String,
    /// The one user, who needs no password.
    pub user: UserId,
    /// The order accounts, in the order they are shown.
    pub accounts: Vec<AccountId>,
}

impl Default for Settings {
    #[allow(clippy::expect_used)] // Literals that are ids.
    fn default() -> Settings {
        let account = |text: &str| text.parse().expect("a literal is an account");
        Settings {
            seed: 1,
            slippage: 1,
            latency: 0,
            reject_one_in: 0,
            slow_one_in: 0,
            slow: 3 * Stamp::SECOND,
            disconnect_after: 0,
            disconnect_for: 5 * Stamp::SECOND,
            sessions: false,
            holidays: BTreeSet::new(),
            balance: Money::from_units(5_000_000),
            currency: "TWD".to_owned(),
            user: "demo".parse().expect("a literal is a user"),
            accounts: vec![account("SIM-1"), account("SIM-2")],
        }
    }
}
