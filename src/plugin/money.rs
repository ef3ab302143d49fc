//! Accounts and what they hold.

use aftm_domain::{Money, Quantity};
use aftm_plugin_host::abi::{self, ABSENT};

use super::items::Items;
use super::{names, words};
use crate::wire::request::MoneyRow;
use crate::wire::venue::VenuePosition;

/// An account's money, and which of its amounts the venue neither says nor lets us derive; they are
/// shown as 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) row: MoneyRow,
    pub(super) unknown: Vec<&'static str>,
}

/// An account's money. Of balance, equity and open profit the third follows from two; with one of
/// balance and equity alone, the open profit counts as nothing. The margin is that of positions and
/// orders together, or what lies between equity and what is available; and the other way round.
///
/// # Errors
///
/// Where the account's name cannot be ours.
pub(super) fn read(told: &abi::Account) -> Result<Read, String> {
    let account = names::account(&told.account)?;
    let said = [told.balance_e4, told.equity_e4, told.unrealized_e4].map(amount);
    let [balance, equity, open_profit] = said;
    let less = |one: Option<Money>, other: Option<Money>| one?.checked_sub(other?);
    let profit = open_profit.or_else(|| less(equity, balance));
    let balance = balance.or_else(|| less(equity, profit.or(Some(Money::ZERO))));
    let equity = equity.or_else(|| balance?.checked_add(profit.unwrap_or_default()));
    let (margin, available) = (deposited(told), amount(told.available_e4));
    let bound = margin.or_else(|| less(equity, available));
    let available = available.or_else(|| less(equity, bound));
    let mut unknown = Vec::new();
    let mut known = |what: &'static str, amount: Option<Money>| {
        unknown.extend(amount.is_none().then_some(what));
        amount.unwrap_or_default()
    };
    let row = MoneyRow {
        account,
        balance: known("balance", balance),
        equity: known("equity", equity),
        margin: known("margin", bound),
        available: known("available", available),
        realized: known("realized profit", amount(told.realized_e4)),
        open_profit: known("open profit", profit),
        fees: known("fees", amount(told.fees_e4)),
        tax: known("tax", amount(told.tax_e4)),
    };
    Ok(Read { row, unknown })
}

/// Deposited for positions and for working orders. One that is not said is nothing beside the other.
fn deposited(told: &abi::Account) -> Option<Money> {
    match [told.margin_e4, told.frozen_e4].map(amount) {
        [None, None] => None,
        [margin, frozen] => margin.unwrap_or_default().checked_add(frozen.unwrap_or_default()),
    }
}

/// A count of 1e-4.
fn amount(raw: i64) -> Option<Money> {
    (raw != ABSENT).then(|| Money::from_raw(i128::from(raw) * 100_000))
}

/// What is held.
///
/// # Errors
///
/// Where account or instrument cannot be ours, or the side is none.
pub(super) fn position(told: &abi::Position, items: &Items) -> Result<VenuePosition, String> {
    let item = items.code(&told.exchange, &told.symbol).ok_or_else(|| {
        let (exchange, symbol) = (names::text(&told.exchange), names::text(&told.symbol));
        format!("its instrument {symbol:?} on {exchange:?} has no code of ours")
    })?;
    let side = words::side(told.side);
    Ok(VenuePosition {
        account: names::account(&told.account)?,
        item,
        side: side.ok_or_else(|| format!("its side {} is not known", told.side))?,
        quantity: Quantity::from_raw(told.qty_e9),
        average: names::price(told.avg_price_e9),
    })
}

#[cfg(test)]
mod tests {
    use aftm_domain::Side;
    use aftm_plugin_host::abi::{Versioned, put_name};

    use super::*;

    fn account() -> abi::Account {
        let mut told = abi::Account::blank();
        put_name(&mut told.account, "A-1").unwrap();
        told
    }

    /// Balance, equity, margin, available, open profit of the row; and what is not known.
    fn check(told: abi::Account, amounts: [i64; 5], unknown: &[&str]) {
        let read = read(&told).unwrap();
        let row = read.row;
        let got = [row.balance, row.equity, row.margin, row.available, row.open_profit];
        assert_eq!(got, amounts.map(Money::from_units), "{told:?}");
        assert_eq!(read.unknown, unknown);
    }

    #[test]
    fn amounts_that_are_not_said_follow_from_the_others() {
        let told = |balance: i64, equity: i64, available: i64| {
            let of = |units: i64| if units < 0 { ABSENT } else { units * 10_000 };
            let [balance_e4, equity_e4, available_e4] = [balance, equity, available].map(of);
            let (realized_e4, fees_e4, tax_e4) = (0, 0, 0);
            let blank = account();
            abi::Account {
                balance_e4,
                equity_e4,
                available_e4,
                realized_e4,
                fees_e4,
                tax_e4,
                ..blank
            }
        };
        check(told(100, 120, 90), [100, 120, 30, 90, 20], &[]);
        check(told(100, -1, 90), [100, 100, 10, 90, 0], &["open profit"]);
        check(told(-1, 120, 90), [120, 120, 30, 90, 0], &["open profit"]);
        let profit = abi::Account { unrealized_e4: 50_000, ..told(100, -1, -1) };
        check(profit, [100, 105, 0, 0, 5], &["margin", "available"]);
        let margin = abi::Account { margin_e4: 100_000, frozen_e4: 50_000, ..told(100, 100, -1) };
        check(margin, [100, 100, 15, 85, 0], &[]);
        let frozen = abi::Account { frozen_e4: 50_000, ..told(100, 100, 70) };
        check(frozen, [100, 100, 5, 70, 0], &[]);
    }

    #[test]
    fn an_account_that_says_nothing_is_shown_as_nothing_and_says_so() {
        let unknown = [
            "balance",
            "equity",
            "margin",
            "available",
            "realized profit",
            "open profit",
            "fees",
            "tax",
        ];
        check(account(), [0; 5], &unknown);
    }

    #[test]
    fn an_amount_has_four_places() {
        let told = abi::Account { balance_e4: -12_345, ..account() };
        assert_eq!(read(&told).unwrap().row.balance.to_string(), "-1.2345");
    }

    #[test]
    fn a_position_names_account_item_and_side() {
        let mut told = abi::Position { side: 2, qty_e9: 0, ..abi::Position::blank() };
        put_name(&mut told.account, "A-1").unwrap();
        put_name(&mut told.symbol, "DEMO").unwrap();
        let row = position(&told, &Items::default()).unwrap();
        assert_eq!(
            (row.item.as_str(), row.side, row.quantity),
            ("DEMO", Side::Sell, Quantity::ZERO)
        );
        told.side = 3;
        assert_eq!(position(&told, &Items::default()).unwrap_err(), "its side 3 is not known");
        put_name(&mut told.symbol, "A & B").unwrap();
        let why = position(&told, &Items::default()).unwrap_err();
        assert_eq!(why, r#"its instrument "A & B" on "" has no code of ours"#);
    }
}
