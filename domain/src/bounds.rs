//! How far trading may go: the bounds of one environment.

use crate::{Money, Quantity, Stamp};

/// Bounds on what is traded. A value at the bound passes; the settings say in which units each is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Orders a second, over everything.
    pub venue_rate: u32,
    /// Orders a second of an account.
    pub account_rate: u32,
    /// Orders a second of a condition.
    pub strategy_rate: u32,
    /// Changes a second of an account.
    pub amend_rate: u32,
    /// Orders or changes that may come at once.
    pub rate_burst: u32,
    /// Refusals for the rate a minute, before only reducing orders are taken.
    pub max_rate_breaches: u32,
    /// Lots of an order.
    pub max_qty: Quantity,
    /// What an order is worth.
    pub max_notional: Money,
    /// How far a limit price may be from the reference, in hundredths of a percent.
    pub max_dev_bps: u32,
    /// How old the last trade of an item may be for an order to open on it, in nanoseconds.
    pub max_quote_age: i64,
    /// Whether orders that open are refused outside the hours of their item.
    pub session_hours: bool,
    /// Whether the account's money must cover the margin of what opens.
    pub margin_check: bool,
    /// Lots long or short of one item in one account.
    pub max_position: Quantity,
    /// Lots long or short of one item, over all accounts.
    pub max_position_symbol: Quantity,
    /// Lots of one condition.
    pub max_position_strategy: Quantity,
    /// Worth of all lots of one item.
    pub max_gross_symbol: Money,
    /// Worth of all lots of one account.
    pub max_gross_account: Money,
    /// Worth of all lots.
    pub max_gross: Money,
    /// Worth of an account's lots as a multiple of its equity.
    pub max_leverage: u32,
    /// Orders that work on one item.
    pub max_open_orders_symbol: u32,
    /// Orders that work of one account.
    pub max_open_orders_account: u32,
    /// Orders that work.
    pub max_open_orders: u32,
    /// The day's loss of an account.
    pub max_daily_loss_account: Money,
    /// The day's loss of all accounts.
    pub max_daily_loss: Money,
    /// The fall from the day's best of an account.
    pub max_drawdown_account: Money,
    /// The fall from the day's best of all accounts.
    pub max_drawdown: Money,
    /// Percent of the bounds of loss at which trading is halted.
    pub loss_halt_percent: u32,
    /// How often a program may order the same within the window.
    pub max_repeat: u32,
    /// That window, in nanoseconds.
    pub repeat_window: i64,
    /// An order equal to one of so short a time ago is refused, in nanoseconds; 0 refuses none.
    pub dup_window: i64,
    /// Percent of an account's last orders that the venue may reject.
    pub max_reject_percent: u32,
    /// Orders after which the rejects are judged.
    pub reject_orders_min: u32,
    /// Whether an order may meet an order of one's own.
    pub self_trade: bool,
}

const MILLISECOND: i64 = Stamp::MILLISECOND;

const fn lots(count: i64) -> Quantity {
    Quantity::from_raw(count * Quantity::ONE.raw())
}

const fn money(units: i64) -> Money {
    Money::from_units(units)
}

impl Bounds {
    /// For money that is not real: nothing that somebody does on purpose meets them.
    pub const fn wide() -> Bounds {
        Bounds {
            venue_rate: 20_000,
            account_rate: 10_000,
            strategy_rate: 1_000,
            amend_rate: 10_000,
            rate_burst: 2_000,
            max_rate_breaches: 100_000,
            max_qty: lots(1000),
            max_notional: money(100_000_000_000),
            max_dev_bps: 5_000,
            max_quote_age: 604_800_000 * MILLISECOND,
            session_hours: false,
            margin_check: false,
            max_position: lots(10000),
            max_position_symbol: lots(20000),
            max_position_strategy: lots(1000),
            max_gross_symbol: money(1_000_000_000_000),
            max_gross_account: money(1_000_000_000_000),
            max_gross: money(10_000_000_000_000),
            max_leverage: 1_000_000,
            max_open_orders_symbol: 10_000,
            max_open_orders_account: 20_000,
            max_open_orders: 50_000,
            max_daily_loss_account: money(1_000_000_000_000),
            max_daily_loss: money(1_000_000_000_000),
            max_drawdown_account: money(1_000_000_000_000),
            max_drawdown: money(1_000_000_000_000),
            loss_halt_percent: 150,
            max_repeat: 100_000,
            repeat_window: 60_000 * MILLISECOND,
            dup_window: 0,
            max_reject_percent: 100,
            reject_orders_min: 100,
            self_trade: true,
        }
    }

    /// For real money, until its owner has said more.
    pub const fn strict() -> Bounds {
        Bounds {
            venue_rate: 10,
            account_rate: 5,
            strategy_rate: 2,
            amend_rate: 5,
            rate_burst: 10,
            max_rate_breaches: 20,
            max_qty: lots(5),
            max_notional: money(20_000_000),
            max_dev_bps: 100,
            max_quote_age: 3_000 * MILLISECOND,
            session_hours: true,
            margin_check: true,
            max_position: lots(10),
            max_position_symbol: lots(20),
            max_position_strategy: lots(5),
            max_gross_symbol: money(40_000_000),
            max_gross_account: money(40_000_000),
            max_gross: money(80_000_000),
            max_leverage: 20,
            max_open_orders_symbol: 20,
            max_open_orders_account: 40,
            max_open_orders: 80,
            max_daily_loss_account: money(50_000),
            max_daily_loss: money(100_000),
            max_drawdown_account: money(50_000),
            max_drawdown: money(100_000),
            loss_halt_percent: 150,
            max_repeat: 5,
            repeat_window: 60_000 * MILLISECOND,
            dup_window: 500 * MILLISECOND,
            max_reject_percent: 30,
            reject_orders_min: 10,
            self_trade: false,
        }
    }
}
