//! The bounds on trading, of which the settings have two sets: with real money and without.

use aftm_domain::{Bounds, Money, Quantity, Stamp};

use super::reader::Reader;

/// Reads a section of bounds.
pub(super) fn read(reader: &mut Reader<'_>, section: &str) -> Option<Bounds> {
    let mut at = Place { reader, section };
    // Every key is read before the first `?`, so that all of their problems are found.
    let venue_rate = at.count("venue_rate", 1..=1000000);
    let account_rate = at.count("account_rate", 1..=1000000);
    let strategy_rate = at.count("strategy_rate", 1..=1000000);
    let amend_rate = at.count("amend_rate", 1..=1000000);
    let rate_burst = at.count("rate_burst", 1..=1000000);
    let max_rate_breaches = at.count("max_rate_breaches", 1..=1000000);
    let max_qty = at.lots("max_qty");
    let max_notional = at.money("max_notional");
    let max_dev_bps = at.count("max_dev_bps", 1..=1000000);
    let max_quote_age = at.milliseconds("max_quote_age_ms", 1..=604800000);
    let session_hours = at.boolean("session_hours");
    let margin_check = at.boolean("margin_check");
    let max_position = at.lots("max_position");
    let max_position_symbol = at.lots("max_position_symbol");
    let max_position_strategy = at.lots("max_position_strategy");
    let max_gross_symbol = at.money("max_gross_symbol");
    let max_gross_account = at.money("max_gross_account");
    let max_gross = at.money("max_gross");
    let max_leverage = at.count("max_leverage", 1..=1000000);
    let max_open_orders_symbol = at.count("max_open_orders_symbol", 1..=1000000);
    let max_open_orders_account = at.count("max_open_orders_account", 1..=1000000);
    let max_open_orders = at.count("max_open_orders", 1..=1000000);
    let max_daily_loss_account = at.money("max_daily_loss_account");
    let max_daily_loss = at.money("max_daily_loss");
    let max_drawdown_account = at.money("max_drawdown_account");
    let max_drawdown = at.money("max_drawdown");
    let loss_halt_percent = at.count("loss_halt_percent", 100..=1000000);
    let max_repeat = at.count("max_repeat", 1..=1000000);
    let repeat_window = at.milliseconds("repeat_window_ms", 1..=86400000);
    let dup_window = at.milliseconds("dup_window_ms", 0..=86400000);
    let max_reject_percent = at.count("max_reject_percent", 1..=100);
    let reject_orders_min = at.count("reject_orders_min", 1..=100);
    let self_trade = at.boolean("self_trade");
    Some(Bounds {
        venue_rate: venue_rate?,
        account_rate: account_rate?,
        strategy_rate: strategy_rate?,
        amend_rate: amend_rate?,
        rate_burst: rate_burst?,
        max_rate_breaches: max_rate_breaches?,
        max_qty: max_qty?,
        max_notional: max_notional?,
        max_dev_bps: max_dev_bps?,
        max_quote_age: max_quote_age?,
        session_hours: session_hours?,
        margin_check: margin_check?,
        max_position: max_position?,
        max_position_symbol: max_position_symbol?,
        max_position_strategy: max_position_strategy?,
        max_gross_symbol: max_gross_symbol?,
        max_gross_account: max_gross_account?,
        max_gross: max_gross?,
        max_leverage: max_leverage?,
        max_open_orders_symbol: max_open_orders_symbol?,
        max_open_orders_account: max_open_orders_account?,
        max_open_orders: max_open_orders?,
        max_daily_loss_account: max_daily_loss_account?,
        max_daily_loss: max_daily_loss?,
        max_drawdown_account: max_drawdown_account?,
        max_drawdown: max_drawdown?,
        loss_halt_percent: loss_halt_percent?,
        max_repeat: max_repeat?,
        repeat_window: repeat_window?,
        dup_window: dup_window?,
        max_reject_percent: max_reject_percent?,
        reject_orders_min: reject_orders_min?,
        self_trade: self_trade?,
    })
}

struct Place<'a, 'b> {
    reader: &'a mut Reader<'b>,
    section: &'a str,
}

impl Place<'_, '_> {
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.section)
    }

    fn count(&mut self, name: &str, range: std::ops::RangeInclusive<i64>) -> Option<u32> {
        let key = self.key(name);
        self.reader.integer(&key, range)
    }

    fn milliseconds(&mut self, name: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let key = self.key(name);
        let count: i64 = self.reader.integer(&key, range)?;
        Some(count * Stamp::MILLISECOND)
    }

    fn boolean(&mut self, name: &str) -> Option<bool> {
        let key = self.key(name);
        self.reader.boolean(&key)
    }

    fn lots(&mut self, name: &str) -> Option<Quantity> {
        let key = self.key(name);
        let is_positive = |it: &Quantity| it.is_positive();
        self.reader.decimal(&key, "a number of lots above 0", str::parse, is_positive)
    }

    fn money(&mut self, name: &str) -> Option<Money> {
        let key = self.key(name);
        let most = Money::from_units(1_000_000_000_000_000);
        let is_within = |it: &Money| *it > Money::ZERO && *it <= most;
        let expected = "an amount above 0 and up to 1000000000000000";
        self.reader.decimal(&key, expected, str::parse, is_within)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Inputs, resolve};
    use super::*;

    #[test]
    fn the_bounds_of_the_built_in_file_are_those_of_the_program() {
        let settings = resolve(&Inputs::default()).unwrap().settings;
        assert_eq!(settings.limits, Bounds::wide());
        assert_eq!(settings.limits_production, Bounds::strict());
    }
}
