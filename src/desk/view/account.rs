//! Who trades, with what money, and what the forms offer.

use aftm_domain::Quantity;
use aftm_ui::view::{AccountMoney, Connection, Defaults, Environment, Limit, Machine, Trading};

use super::Setup;
use crate::wire::request::{LimitRow, MoneyRow, StatusRow, TradingState};

/// What the forms offer.
pub(super) fn defaults(setup: &Setup) -> Defaults {
    let stated = &setup.defaults;
    Defaults {
        user: setup.user.clone(),
        needs_password: setup.needs_password,
        item: setup.item.clone(),
        turning: stated.turning.raw(),
        take_profit: stated.take_profit.map(aftm_domain::Price::raw),
        stop_loss: stated.stop_loss.map(aftm_domain::Price::raw),
        quantity: Quantity::raw(stated.quantity),
    }
}

/// A session with real money says so; any other is what the venue is.
pub(super) const fn environment(setup: &Setup, production: bool) -> Environment {
    if production { Environment::Live } else { setup.environment }
}

/// What may be done.
pub(super) fn trading(state: TradingState, reason: &str) -> Trading {
    match state {
        TradingState::Active => Trading::Active,
        TradingState::Reducing => Trading::Reducing(reason.to_owned()),
        TradingState::Halted => Trading::Halted(reason.to_owned()),
    }
}

/// The session as the gateway tells it.
pub(super) fn session(machine: &mut Machine, row: &StatusRow) {
    machine.user = row.user.map(|it| it.as_str().to_owned());
    machine.connection = match (row.user, row.connected, &machine.connection) {
        (None, _, _) => Connection::LoggedOut,
        (Some(_), true, _) => Connection::Connected,
        (Some(_), false, Connection::Lost(reason)) => Connection::Lost(reason.clone()),
        (Some(_), false, Connection::LoggedOut | Connection::Connected) => {
            Connection::Lost(String::new())
        }
    };
    machine.account = row.account.map(|it| it.as_str().to_owned());
    machine.trading = trading(row.trading.state, &row.trading.reason);
    machine.feed.clone_from(&row.feed);
    machine.feed_ended = row.feed_ended;
    machine.plain = row.plain;
}

/// An account's money.
pub(super) fn money(row: &MoneyRow, currency: &str) -> AccountMoney {
    AccountMoney {
        currency: currency.to_owned(),
        balance: row.balance.raw(),
        equity: row.equity.raw(),
        margin: row.margin.raw(),
        available: row.available.raw(),
        realized: row.realized.raw(),
        open_profit: row.open_profit.raw(),
        costs: row.fees.raw().saturating_add(row.tax.raw()),
    }
}

/// The limits, and how much of them is used.
pub(super) fn limits(rows: &[LimitRow]) -> Vec<Limit> {
    let limit = |it: &LimitRow| Limit {
        name: it.limit.clone(),
        scope: it.scope.clone(),
        used: it.used.clone(),
        bound: it.bound.clone(),
        permille: it.permille,
    };
    rows.iter().map(limit).collect()
}
