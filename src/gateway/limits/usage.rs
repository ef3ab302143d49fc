//! How much of each limit is used, for whoever asks.

use aftm_domain::{Money, Quantity};

use super::{Limits, Purse};
use crate::wire::request::LimitRow;

/// Rows that are told at most, so that a reply stays far below the largest frame.
pub const USAGE_MAX: usize = 64;

fn row(limit: &str, scope: &str, used: i128, bound: i128, show: fn(i128) -> String) -> LimitRow {
    let share = used.max(0).saturating_mul(1_000) / bound.max(1);
    LimitRow {
        limit: limit.to_owned(),
        scope: scope.to_owned(),
        used: show(used),
        bound: show(bound),
        permille: u32::try_from(share.min(1_000_000)).unwrap_or(0),
    }
}

fn count(value: i128) -> String {
    value.to_string()
}

/// Whole units of the currency are enough to look at.
fn money(value: i128) -> String {
    Money::from_raw(value).to_whole().to_string()
}

fn lots(value: i128) -> String {
    i64::try_from(value).map_or_else(|_| value.to_string(), |it| Quantity::from_raw(it).to_string())
}

impl Limits {
    /// What is used: of everything, of each account, of each item and condition that is in use.
    pub fn usage(&self) -> Vec<LimitRow> {
        let mut rows = Vec::new();
        self.of_all(&mut rows);
        let mut accounts: Vec<_> = self.accounts.iter().collect();
        accounts.sort_by_key(|it| *it.0);
        for (account, purse) in accounts {
            self.of_account(account.as_str(), purse, &mut rows);
        }
        self.of_items(&mut rows);
        rows.truncate(USAGE_MAX);
        rows
    }

    fn of_all(&self, rows: &mut Vec<LimitRow>) {
        let (bounds, all, scope) = (self.bounds(), &self.total, "all");
        let taken = i128::from(all.rate.taken(self.at, self.venue_rate()));
        let burst = i128::from(bounds.rate_burst);
        rows.push(row(
            "max_daily_loss",
            scope,
            (-all.profit).max(0),
            bounds.max_daily_loss.raw(),
            money,
        ));
        rows.push(row(
            "max_drawdown",
            scope,
            all.best - all.profit,
            bounds.max_drawdown.raw(),
            money,
        ));
        rows.push(row("max_gross", scope, all.gross, bounds.max_gross.raw(), money));
        rows.push(row(
            "max_open_orders",
            scope,
            all.orders.into(),
            bounds.max_open_orders.into(),
            count,
        ));
        rows.push(row("venue_rate", scope, taken, burst, count));
    }

    fn of_account(&self, scope: &str, own: &Purse, rows: &mut Vec<LimitRow>) {
        let bounds = self.bounds();
        let burst = i128::from(bounds.rate_burst);
        let taken = i128::from(own.rate.taken(self.at, self.account_rate()));
        let amends = i128::from(own.amends.taken(self.at, self.amend_rate()));
        let (loss, fall) = ((-own.profit).max(0), own.best - own.profit);
        rows.push(row(
            "max_daily_loss_account",
            scope,
            loss,
            bounds.max_daily_loss_account.raw(),
            money,
        ));
        rows.push(row(
            "max_drawdown_account",
            scope,
            fall,
            bounds.max_drawdown_account.raw(),
            money,
        ));
        rows.push(row(
            "max_gross_account",
            scope,
            own.gross,
            bounds.max_gross_account.raw(),
            money,
        ));
        let orders = bounds.max_open_orders_account;
        rows.push(row("max_open_orders_account", scope, own.orders.into(), orders.into(), count));
        rows.push(row("account_rate", scope, taken, burst, count));
        rows.push(row("amend_rate", scope, amends, burst, count));
        let most = bounds.max_reject_percent;
        rows.push(row(
            "max_reject_percent",
            scope,
            own.verdicts.percent().into(),
            most.into(),
            count,
        ));
        if let Some(funds) = own.funds.filter(|_| bounds.margin_check) {
            let times = own.gross / funds.equity.max(1);
            rows.push(row("max_leverage", scope, times, bounds.max_leverage.into(), count));
        }
    }

    fn of_items(&self, rows: &mut Vec<LimitRow>) {
        let bounds = self.bounds();
        let mut books: Vec<_> = self.books.iter().filter(|it| it.1.worst != [0, 0]).collect();
        books.sort_by_key(|it| *it.0);
        for ((account, item), book) in books {
            let scope = format!("{account} {item}");
            let worst = book.worst.into_iter().max().unwrap_or(0);
            rows.push(row(
                "max_position",
                &scope,
                worst.into(),
                bounds.max_position.raw().into(),
                lots,
            ));
        }
        let mut items: Vec<_> = self.items.iter().filter(|it| it.1.worst != [0, 0]).collect();
        items.sort_by_key(|it| *it.0);
        for (code, item) in items {
            let scope = code.as_str();
            let worst = item.worst.into_iter().max().unwrap_or(0);
            let most = bounds.max_position_symbol.raw();
            rows.push(row("max_position_symbol", scope, worst.into(), most.into(), lots));
            rows.push(row(
                "max_gross_symbol",
                scope,
                item.gross,
                bounds.max_gross_symbol.raw(),
                money,
            ));
            let orders = bounds.max_open_orders_symbol;
            rows.push(row(
                "max_open_orders_symbol",
                scope,
                item.orders.into(),
                orders.into(),
                count,
            ));
        }
        let mut conditions: Vec<_> = self.strategies.iter().filter(|it| it.1.lots != 0).collect();
        conditions.sort_by_key(|it| *it.0);
        for (name, strategy) in conditions {
            let most = bounds.max_position_strategy.raw();
            rows.push(row(
                "max_position_strategy",
                name.as_str(),
                strategy.lots.into(),
                most.into(),
                lots,
            ));
        }
    }
}
