//! Positions, marked at the last price.

use aftm_domain::{AccountId, Code, Money, Price, Quantity};
use aftm_ui::view::{Nano, Position, Quote};
use rustc_hash::FxHashSet;

use super::market::Market;
use super::rows;
use crate::wire::PositionRow;

/// Counts in one lot.
const ONE: i128 = 1_000_000_000;

type Key = (AccountId, Code);

/// What the positions of the view are made of.
#[derive(Debug, Default)]
pub(super) struct Positions {
    keys: Vec<Key>,
    known: Vec<PositionRow>,
    told: FxHashSet<Key>,
}

impl Positions {
    /// They are asked for: what is told from now on is newer than the answer.
    pub(super) fn ask(&mut self) {
        self.told.clear();
    }

    /// A position as the gateway has just told it.
    pub(super) fn tell(&mut self, positions: &mut Vec<Position>, row: &PositionRow) {
        self.told.insert((row.account, row.item));
        self.put(positions, row);
    }

    /// A position of an answer, which may be older than what was told meanwhile.
    pub(super) fn answer(&mut self, positions: &mut Vec<Position>, row: &PositionRow) {
        if !self.told.contains(&(row.account, row.item)) {
            self.put(positions, row);
        }
    }

    fn put(&mut self, positions: &mut Vec<Position>, row: &PositionRow) {
        let key = (row.account, row.item);
        let place = self.keys.binary_search(&key);
        match place {
            Ok(at) => self.known.get_mut(at).into_iter().for_each(|it| it.clone_from(row)),
            Err(at) => self.known.insert(at.min(self.known.len()), row.clone()),
        }
        rows::put(&mut self.keys, positions, key, position(row));
    }

    /// Marks every position at the last price of its item.
    pub(super) fn mark(&self, positions: &mut [Position], quotes: &[Quote], market: &Market) {
        for (row, shown) in self.known.iter().zip(positions) {
            let quote = market.place(&row.item).and_then(|it| quotes.get(it));
            let Some(last) = quote.and_then(|it| it.last) else { continue };
            shown.last = Some(last);
            shown.open_points = points(row, last);
            shown.open_profit = profit(row, last, market.multiplier(&row.item));
        }
    }
}

/// Points of open profit over all lots at a price. An average is rounded at 1e-9, so that what many
/// lots make of it is rounded further: 1e-6 is finer than any tick.
fn points(row: &PositionRow, last: Nano) -> Option<Nano> {
    let leg = |average: Option<Price>, lots: Quantity, sign: i128| match average {
        Some(average) => {
            Some((i128::from(last) - i128::from(average.raw())) * i128::from(lots.raw()) * sign)
        }
        None if lots.is_zero() => Some(0),
        None => None,
    };
    let sum = leg(row.long_average, row.long, 1)? + leg(row.short_average, row.short, -1)?;
    let fine = ONE * 1_000;
    let half = if sum < 0 { -fine / 2 } else { fine / 2 };
    i64::try_from((sum + half) / fine * 1_000).ok()
}

/// Money of open profit at a price: what the gateway counted at its price, and what the net lots
/// earned from there, so that no rounding of averages comes in.
fn profit(row: &PositionRow, last: Nano, multiplier: Option<Nano>) -> Option<i128> {
    let (known, at) = (row.open_profit?, row.last?);
    if at.raw() == last {
        return Some(known.raw());
    }
    let moved = Price::from_raw(last).checked_sub(at)?;
    let earned = Money::value(moved, row.net, Quantity::from_raw(multiplier?))?;
    known.checked_add(earned).map(Money::raw)
}

fn position(row: &PositionRow) -> Position {
    Position {
        account: row.account.as_str().to_owned(),
        item: row.item.as_str().to_owned(),
        long: row.long.raw(),
        short: row.short.raw(),
        long_average: row.long_average.map(Price::raw),
        short_average: row.short_average.map(Price::raw),
        last: row.last.map(Price::raw),
        open_points: row.last.and_then(|it| points(row, it.raw())),
        open_profit: row.open_profit.map(Money::raw),
        realized: row.realized.raw(),
        costs: row.fees.raw().saturating_add(row.tax.raw()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_without_an_end_leaves_no_odd_points() {
        let price = |text: &str| text.parse::<Price>().ok();
        for (average, last, sum) in
            [("17396.333333333", 17_367, -88), ("17366.666666667", 17_367, 1)]
        {
            let row = PositionRow {
                account: "SIM-1".parse().unwrap(),
                item: "MXFH1".parse().unwrap(),
                long: Quantity::from_raw(3_000_000_000),
                short: Quantity::ZERO,
                net: Quantity::from_raw(3_000_000_000),
                long_average: price(average),
                short_average: None,
                last: None,
                open_profit: None,
                realized: Money::from_units(0),
                fees: Money::from_units(0),
                tax: Money::from_units(0),
            };
            assert_eq!(points(&row, last * 1_000_000_000), Some(sum * 1_000_000_000));
        }
    }
}
