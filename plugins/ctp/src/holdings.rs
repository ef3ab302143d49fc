//! Rows of accounts, positions and instruments, as the interface has them.

use std::collections::BTreeMap;

use abi::{ABSENT, Account, Instrument, NO_TIME, Position, Versioned, put_name, put_text};
use aftm_exchange_abi as abi;

use crate::clock;
use crate::codes::{hedge, position, position_date};
use crate::holding::keeps_days_apart;
use crate::number::{ONE_E9, money_e4, price_e9, quantity_e9};
use crate::rows::{AccountRow, InstrumentRow, PositionRow};

/// When an instrument stops trading on its last day; CTP does not say, and most do at three.
const LAST_SECOND: u32 = 15 * 3600;

/// `ProductClass`.
mod class {
    pub(super) const FUTURES: u8 = b'1';
    pub(super) const OPTIONS: u8 = b'2';
    pub(super) const COMBINATION: u8 = b'3';
    pub(super) const SPOT: u8 = b'4';
    pub(super) const SPOT_OPTIONS: u8 = b'6';
}

fn money(value: f64) -> i64 {
    money_e4(value).ok().flatten().unwrap_or(ABSENT)
}

/// An account under the name that its orders have.
pub(crate) fn account(row: &AccountRow, name: &str) -> Account {
    let mut told = Account {
        balance_e4: money(row.balance - row.position_profit),
        equity_e4: money(row.balance),
        available_e4: money(row.available),
        margin_e4: money(row.margin),
        frozen_e4: money(row.frozen),
        realized_e4: money(row.close_profit),
        unrealized_e4: money(row.position_profit),
        fees_e4: money(row.commission),
        tax_e4: 0,
        ..Account::blank()
    };
    let _ = put_name(&mut told.account, name);
    let currency = row.currency.trim();
    let _ = put_name(&mut told.currency, if currency.is_empty() { "CNY" } else { currency });
    told
}

/// A part in millionths, rounded up, because it is what must be deposited; 0 where there is none.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Bounded by the test before it.
fn ppm(ratio: f64) -> u32 {
    let ppm = (ratio * 1e6 - 1e-6).ceil();
    if (0.0..=4e9).contains(&ppm) { ppm as u32 } else { 0 }
}

/// An instrument.
///
/// # Errors
///
/// A sentence, where it cannot be traded by what the row says of it.
pub(crate) fn instrument(row: &InstrumentRow) -> Result<Instrument, String> {
    let odd = |what: &str| format!("the instrument {} is left out: {what}", row.symbol);
    let tick_e9 = price_e9(row.tick).ok().flatten().filter(|it| *it > 0);
    let tick_e9 = tick_e9.ok_or_else(|| odd(&format!("its tick is {:e}", row.tick)))?;
    if row.multiple <= 0 {
        return Err(odd(&format!("its multiplier is {}", row.multiple)));
    }
    let kind = match row.class {
        class::FUTURES => abi::KIND_FUTURE,
        class::OPTIONS | class::SPOT_OPTIONS => abi::KIND_OPTION,
        class::COMBINATION => abi::KIND_SPREAD,
        class::SPOT => abi::KIND_SPOT,
        _ => 0,
    };
    let margin = ppm(row.long_margin).max(ppm(row.short_margin));
    let most = |lots: i32| if lots > 0 { quantity_e9(lots) } else { ABSENT };
    let mut told = Instrument {
        kind,
        ticks_n: 1,
        tick_from_e9: first(0),
        tick_e9: first(tick_e9),
        multiplier_e9: i64::from(row.multiple) * ONE_E9,
        lot_step_e9: ONE_E9,
        limit_order_max_e9: most(row.max_limit),
        market_order_max_e9: most(row.max_market),
        margin_initial_ppm: margin,
        margin_maintenance_ppm: margin,
        last_trading_day: clock::day_number(&row.expires).unwrap_or(0),
        last_trading_second: LAST_SECOND,
        day_opens_s: NO_TIME,
        day_closes_s: NO_TIME,
        night_opens_s: NO_TIME,
        night_closes_s: NO_TIME,
        utc_offset_s: clock::OFFSET_S,
        ..Instrument::blank()
    };
    put_name(&mut told.symbol, &row.symbol).map_err(|long| odd(&long.to_string()))?;
    put_name(&mut told.exchange, &row.exchange).map_err(|long| odd(&long.to_string()))?;
    let _ = put_name(&mut told.product, &row.product);
    if (1..=12).contains(&row.month) && row.year > 0 {
        let _ = put_name(&mut told.month, &format!("{:04}-{:02}", row.year, row.month));
    }
    let _ = put_name(&mut told.currency, "CNY");
    put_text(&mut told.name, row.name.trim());
    Ok(told)
}

/// A table of one band. A spread trades below zero as well, by the same tick.
const fn first(value: i64) -> [i64; 8] {
    [value, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT]
}

/// The host's word for a `HedgeFlag`.
const fn hedge_word(code: u8) -> u8 {
    match code {
        hedge::ARBITRAGE => abi::HEDGE_ARBITRAGE,
        hedge::HEDGE => abi::HEDGE_HEDGE,
        _ => abi::HEDGE_SPECULATION,
    }
}

/// What is held, each side of an instrument once: the rows of today and of earlier days together.
pub(crate) fn positions(
    rows: &[PositionRow],
    multiple_of: impl Fn(&str) -> Option<i32>,
    account: &str,
) -> Vec<Position> {
    let mut sides: BTreeMap<(&str, &str, u8, u8), Vec<&PositionRow>> = BTreeMap::new();
    for row in rows.iter().filter(|it| it.lots.lots != 0) {
        let side = match row.lots.direction {
            position::LONG => abi::SIDE_BUY,
            position::SHORT => abi::SIDE_SELL,
            _ if row.lots.lots > 0 => abi::SIDE_BUY,
            _ => abi::SIDE_SELL,
        };
        let name = (row.exchange.as_str(), row.symbol.as_str(), side, hedge_word(row.hedge));
        sides.entry(name).or_default().push(row);
    }
    let told = sides.into_iter().map(|((exchange, symbol, side, hedge), rows)| {
        let mut told = side_of(&rows, side, multiple_of(symbol));
        (told.side, told.hedge) = (side, hedge);
        let _ = put_name(&mut told.account, account);
        let _ = put_name(&mut told.exchange, exchange);
        let _ = put_name(&mut told.symbol, symbol);
        told
    });
    told.collect()
}

fn side_of(rows: &[&PositionRow], side: u8, multiple: Option<i32>) -> Position {
    let sum = |lots: fn(&PositionRow) -> i32| {
        rows.iter().map(|row| i64::from(lots(row))).sum::<i64>().max(0) * ONE_E9
    };
    let amount = |of: fn(&PositionRow) -> f64| rows.iter().map(|row| of(row)).sum::<f64>();
    let qty_e9 = sum(|row| row.lots.lots.saturating_abs());
    let today_e9 = sum(today).min(qty_e9);
    let frozen_e9 = if side == abi::SIDE_BUY {
        sum(|row| row.lots.short_frozen)
    } else {
        sum(|row| row.lots.long_frozen)
    };
    #[allow(clippy::cast_precision_loss)] // Lots are far below 2^53.
    let lots = (qty_e9 / ONE_E9) as f64;
    let value = multiple.filter(|it| *it > 0).map(|it| amount(|row| row.open_cost) / f64::from(it));
    let average = value.and_then(|it| price_e9(it / lots).ok().flatten());
    Position {
        qty_e9,
        today_e9,
        yesterday_e9: qty_e9 - today_e9,
        frozen_e9,
        avg_price_e9: average.unwrap_or(ABSENT),
        pnl_e4: money(amount(|row| row.profit)),
        margin_e4: money(amount(|row| row.margin)),
        ..Position::blank()
    }
}

/// The lots of a row that were opened today.
fn today(row: &PositionRow) -> i32 {
    match row.lots.date {
        position_date::HISTORY => 0,
        position_date::TODAY if keeps_days_apart(&row.exchange) => row.lots.lots.saturating_abs(),
        _ => row.lots.today,
    }
}

#[cfg(test)]
mod tests {
    use abi::name;

    use super::*;
    use crate::holding::Row;

    fn held(date: u8, lots: i32, today: i32) -> PositionRow {
        PositionRow {
            symbol: "rb2510".to_owned(),
            exchange: "SHFE".to_owned(),
            hedge: b'1',
            lots: Row { direction: b'2', date, lots, today, long_frozen: 0, short_frozen: 1 },
            open_cost: 32_000.0 * f64::from(lots),
            profit: 10.5,
            margin: 100.0,
        }
    }

    #[test]
    fn the_rows_of_a_side_are_one_position() {
        let rows = [held(b'1', 2, 2), held(b'2', 3, 0), held(b'1', 0, 0)];
        let told = positions(&rows, |_| Some(10), "080001");
        assert_eq!(told.len(), 1);
        let it = &told[0];
        assert_eq!((it.side, it.hedge), (abi::SIDE_BUY, abi::HEDGE_SPECULATION));
        assert_eq!((it.qty_e9, it.today_e9, it.yesterday_e9), (5 * ONE_E9, 2 * ONE_E9, 3 * ONE_E9));
        assert_eq!((it.frozen_e9, it.avg_price_e9), (2 * ONE_E9, 3_200 * ONE_E9));
        assert_eq!((it.pnl_e4, it.margin_e4), (210_000, 2_000_000));
        assert_eq!((name(&it.account), name(&it.symbol)), (Some("080001"), Some("rb2510")));
        assert_eq!(positions(&rows, |_| None, "a")[0].avg_price_e9, ABSENT);
    }

    #[test]
    fn equity_holds_the_open_profit_and_the_balance_does_not() {
        let row = AccountRow {
            balance: 1_000_100.25,
            position_profit: 100.25,
            available: f64::MAX,
            ..AccountRow::default()
        };
        let told = account(&row, "080001");
        assert_eq!((told.balance_e4, told.equity_e4), (10_000_000_000, 10_001_002_500));
        assert_eq!((told.available_e4, name(&told.currency)), (ABSENT, Some("CNY")));
    }

    #[test]
    fn an_instrument_has_its_tick_its_multiplier_and_its_month() {
        let row = InstrumentRow {
            symbol: "rb2510".to_owned(),
            exchange: "SHFE".to_owned(),
            name: "螺纹钢2510".to_owned(),
            product: "rb".to_owned(),
            class: b'1',
            year: 2025,
            month: 10,
            max_limit: 500,
            multiple: 10,
            tick: 1.0,
            expires: "20251015".to_owned(),
            long_margin: 0.07,
            short_margin: f64::MAX,
            ..InstrumentRow::default()
        };
        let told = instrument(&row).unwrap();
        assert_eq!((told.kind, told.ticks_n), (abi::KIND_FUTURE, 1));
        assert_eq!((told.tick_e9[0], told.tick_e9[1]), (ONE_E9, ABSENT));
        assert_eq!((told.multiplier_e9, told.margin_initial_ppm), (10 * ONE_E9, 70_000));
        assert_eq!((told.limit_order_max_e9, told.market_order_max_e9), (500 * ONE_E9, ABSENT));
        assert_eq!((told.last_trading_day, name(&told.month)), (20_251_015, Some("2025-10")));
        let said = |row: InstrumentRow| instrument(&row).unwrap_err();
        let tick = said(InstrumentRow { tick: f64::MAX, ..row.clone() });
        assert!(tick.starts_with("the instrument rb2510 is left out: its tick is 1.79"), "{tick}");
        let multiple = said(InstrumentRow { multiple: 0, ..row.clone() });
        assert!(multiple.ends_with("its multiplier is 0"), "{multiple}");
        assert!(said(InstrumentRow { symbol: "x".repeat(64), ..row }).contains("longer than"));
    }
}
