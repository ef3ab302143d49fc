//! What is held of an instrument, folded from the vendor's rows of positions.

use aftm_exchange_abi::E_REJECTED;

use crate::Refusal;
use crate::ask::Side;
use crate::codes::{position, position_date};

/// Whether an exchange keeps today's lots apart from those of earlier days, so that each kind is
/// closed by an offset of its own.
pub fn keeps_days_apart(exchange: &str) -> bool {
    matches!(exchange, "SHFE" | "INE")
}

/// A row of `OnRspQryInvestorPosition`, of one instrument and one hedge flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// `PosiDirection`.
    pub direction: u8,
    /// `PositionDate`.
    pub date: u8,
    /// `Position`: all lots of the row.
    pub lots: i32,
    /// `TodayPosition`: those of them that were opened today.
    pub today: i32,
    /// `LongFrozen`: claimed by working orders that buy.
    pub long_frozen: i32,
    /// `ShortFrozen`: claimed by working orders that sell.
    pub short_frozen: i32,
}

/// Lots of one side, today's and older ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lots {
    /// Opened today.
    pub today: i32,
    /// Opened before.
    pub yesterday: i32,
}

impl Lots {
    /// All of them.
    pub const fn all(self) -> i32 {
        self.today.saturating_add(self.yesterday)
    }
}

/// What can be closed of an instrument: held and not claimed by a working order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Bought and held.
    pub long: Lots,
    /// Sold and held.
    pub short: Lots,
}

impl Holding {
    /// Folds the rows of one instrument and one hedge flag.
    ///
    /// # Errors
    ///
    /// Where a row is of a direction or a date that is not known, or counts below zero: a position
    /// that is not understood must not decide what an order closes.
    pub fn fold(exchange: &str, rows: &[Row]) -> Result<Holding, Refusal> {
        let mut holding = Holding::default();
        for row in rows {
            let (lots, frozen) = match row.direction {
                position::LONG => (&mut holding.long, row.short_frozen),
                position::SHORT => (&mut holding.short, row.long_frozen),
                // One number for both sides says nothing of either.
                position::NET if row.lots == 0 => continue,
                other => return Err(odd("direction", other)),
            };
            let free = free(exchange, row, frozen)?;
            lots.today = lots.today.saturating_add(free.today);
            lots.yesterday = lots.yesterday.saturating_add(free.yesterday);
        }
        Ok(holding)
    }

    /// What an order of this side could close.
    pub const fn against(&self, side: Side) -> Lots {
        match side {
            Side::Buy => self.short,
            Side::Sell => self.long,
        }
    }
}

/// The lots of a row that no working order claims. Where days are not kept apart, the exchange
/// closes the older lots first, and so those are the claimed ones.
fn free(exchange: &str, row: &Row, frozen: i32) -> Result<Lots, Refusal> {
    let total = match row.date {
        position_date::TODAY if keeps_days_apart(exchange) => {
            Lots { today: row.lots, yesterday: 0 }
        }
        position_date::HISTORY => Lots { today: 0, yesterday: row.lots },
        position_date::TODAY => {
            Lots { today: row.today, yesterday: row.lots.saturating_sub(row.today) }
        }
        other => return Err(odd("date", other)),
    };
    if let Some(below) = [total.today, total.yesterday, frozen].into_iter().find(|it| *it < 0) {
        let text = format!("CTP reports a position of {below} lots, which cannot be read");
        return Err(Refusal::new(E_REJECTED, text));
    }
    let claimed = frozen.min(total.yesterday);
    let rest = frozen.saturating_sub(claimed).min(total.today);
    Ok(Lots { today: total.today - rest, yesterday: total.yesterday - claimed })
}

fn odd(what: &str, code: u8) -> Refusal {
    let shown = char::from(code).escape_default();
    let text = format!("CTP reports a position of the {what} '{shown}', which is not known");
    Refusal::new(E_REJECTED, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(direction: u8, date: u8, lots: i32, today: i32) -> Row {
        Row { direction, date, lots, today, long_frozen: 0, short_frozen: 0 }
    }

    fn held(today: i32, yesterday: i32) -> Lots {
        Lots { today, yesterday }
    }

    #[test]
    fn exchanges_that_keep_days_apart_report_a_row_for_each() {
        let rows = [row(b'2', b'1', 3, 3), row(b'2', b'2', 5, 0), row(b'3', b'1', 1, 1)];
        for exchange in ["SHFE", "INE"] {
            let holding = Holding::fold(exchange, &rows).unwrap();
            assert_eq!(holding, Holding { long: held(3, 5), short: held(1, 0) });
            assert_eq!(holding.against(Side::Sell), held(3, 5), "selling closes long lots");
            assert_eq!(holding.against(Side::Buy), held(1, 0));
        }
    }

    #[test]
    fn other_exchanges_report_one_row_with_todays_lots_in_it() {
        let rows = [row(b'2', b'1', 8, 3), row(b'3', b'1', 2, 2)];
        for exchange in ["DCE", "CZCE", "CFFEX", "GFEX"] {
            let holding = Holding::fold(exchange, &rows).unwrap();
            assert_eq!(holding, Holding { long: held(3, 5), short: held(2, 0) });
        }
    }

    #[test]
    fn lots_that_a_working_order_claims_cannot_be_closed_again() {
        let long = Row { short_frozen: 6, long_frozen: 9, ..row(b'2', b'1', 8, 3) };
        let short = Row { short_frozen: 9, long_frozen: 1, ..row(b'3', b'1', 2, 2) };
        let holding = Holding::fold("DCE", &[long, short]).unwrap();
        assert_eq!(holding, Holding { long: held(2, 0), short: held(1, 0) });
        let apart = Row { short_frozen: 2, ..row(b'2', b'2', 5, 0) };
        assert_eq!(Holding::fold("SHFE", &[apart]).unwrap().long, held(0, 3));
        let more = Row { short_frozen: 50, ..row(b'2', b'2', 5, 0) };
        assert_eq!(Holding::fold("SHFE", &[more]).unwrap().long, held(0, 0));
    }

    #[test]
    fn a_row_that_is_not_understood_decides_nothing() {
        assert!(Holding::fold("SHFE", &[row(b'1', b'1', 0, 0)]).is_ok(), "an empty net row");
        for odd in [
            row(b'1', b'1', 1, 1),
            row(b'9', b'1', 1, 1),
            row(0, b'1', 1, 1),
            row(b'2', b'3', 1, 1),
            row(b'2', b'1', -1, 0),
        ] {
            assert!(Holding::fold("SHFE", &[odd]).is_err(), "{odd:?}");
        }
        let refused = Holding::fold("DCE", &[row(b'2', b'1', 1, 2)]).unwrap_err();
        assert_eq!(refused.text, "CTP reports a position of -1 lots, which cannot be read");
        let refused = Holding::fold("DCE", &[row(b'2', 0, 1, 1)]).unwrap_err();
        assert!(refused.text.contains(r"the date '\u{0}'"), "{refused}");
    }
}
