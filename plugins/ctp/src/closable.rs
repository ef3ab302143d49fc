//! What can be closed at this moment: the venue's positions, moved by each trade since they were
//! listed, less what working orders will close.

use std::collections::HashMap;

use crate::Refusal;
use crate::ask::Side;
use crate::codes::{offset, status, submit};
use crate::fills::{Number, Trade};
use crate::holding::{Holding, Lots, Row, keeps_days_apart};
use crate::orders::Key;
use crate::rows::{OrderRow, PositionRow};

/// An instrument and a `HedgeFlag`.
type Name = (String, u8);

/// What a working order will close.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Claim {
    name: Name,
    side: Side,
    offset: u8,
    lots: i32,
    /// By its trades.
    traded: i32,
    /// By its updates.
    reported: i32,
    is_over: bool,
}

impl Claim {
    /// Lots that it still claims. After its end these are the ones whose trades are on their way.
    const fn left(&self) -> i32 {
        let all = if self.is_over { self.reported } else { self.lots };
        let left = all.saturating_sub(self.traded);
        if left < 0 { 0 } else { left }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Closable {
    held: HashMap<Name, Result<Holding, Refusal>>,
    claims: HashMap<Key, Claim>,
    by_number: HashMap<Number, Key>,
}

impl Closable {
    /// The venue's list of positions, whole.
    pub(crate) fn list(&mut self, rows: &[PositionRow]) {
        let mut groups: HashMap<Name, (&str, Vec<Row>)> = HashMap::new();
        for row in rows {
            let name = (row.symbol.clone(), row.hedge);
            // What orders claim is counted here, where every order is known.
            let lots = Row { long_frozen: 0, short_frozen: 0, ..row.lots };
            groups.entry(name).or_insert_with(|| (&row.exchange, Vec::new())).1.push(lots);
        }
        let fold = |(name, (exchange, rows)): (Name, (&str, Vec<Row>))| {
            (name, Holding::fold(exchange, &rows))
        };
        self.held = groups.into_iter().map(fold).collect();
    }

    /// A leg is about to be sent.
    pub(crate) fn sending(&mut self, key: &Key, name: (&str, u8), side: Side, leg: (u8, i32)) {
        let (offset, lots) = leg;
        if offset == offset::OPEN {
            return;
        }
        let name = (name.0.to_owned(), name.1);
        let claim = Claim { name, side, offset, lots, traded: 0, reported: 0, is_over: false };
        self.claims.insert(key.clone(), claim);
    }

    /// A leg was not sent, or refused.
    pub(crate) fn refused(&mut self, key: &Key) {
        self.claims.remove(key);
    }

    /// How an order stands, by an update of it.
    pub(crate) fn report(&mut self, row: &OrderRow) {
        let (key, Some(side)) = (row.key(), Side::from_direction(row.direction)) else { return };
        if row.offset == offset::OPEN {
            return;
        }
        if row.submit == submit::INSERT_REJECTED {
            return self.refused(&key);
        }
        if let Some(number) = row.number() {
            self.by_number.entry(number).or_insert_with(|| key.clone());
        }
        let is_over = matches!(
            row.status,
            status::ALL_TRADED
                | status::CANCELED
                | status::PART_NOT_QUEUEING
                | status::NOT_QUEUEING
        );
        let claim = self.claims.entry(key).or_insert_with(|| Claim {
            name: (row.symbol.clone(), row.hedge),
            side,
            offset: row.offset,
            lots: row.lots,
            // Of an order that is seen for the first time, what it traded before is in the list.
            traded: row.traded,
            reported: row.traded,
            is_over,
        });
        claim.reported = claim.reported.max(row.traded);
        claim.is_over |= is_over;
        self.forget(&row.key());
    }

    /// An order that claims nothing any more is not kept: a day has many.
    fn forget(&mut self, key: &Key) {
        if self.claims.get(key).is_some_and(|it| it.is_over && it.left() == 0) {
            self.claims.remove(key);
        }
    }

    /// A trade that is new, after the list.
    pub(crate) fn traded(&mut self, trade: &Trade) {
        if let Some(key) = self.by_number.get(&trade.number).cloned() {
            if let Some(claim) = self.claims.get_mut(&key) {
                claim.traded = claim.traded.saturating_add(trade.lots);
            }
            self.forget(&key);
        }
        let Some(side) = Side::from_direction(trade.direction) else { return };
        let name = (trade.symbol.clone(), trade.hedge);
        let entry = self.held.entry(name).or_insert_with(|| Ok(Holding::default()));
        let Ok(holding) = entry else { return };
        if trade.offset == offset::OPEN {
            let lots = match side {
                Side::Buy => &mut holding.long,
                Side::Sell => &mut holding.short,
            };
            lots.today = lots.today.saturating_add(trade.lots);
        } else {
            let lots = match side {
                Side::Buy => &mut holding.short,
                Side::Sell => &mut holding.long,
            };
            take(lots, &trade.number.exchange, trade.offset, trade.lots);
        }
    }

    /// What an order of this side could close.
    ///
    /// # Errors
    ///
    /// Where the venue's list cannot be understood.
    pub(crate) fn free(
        &self,
        exchange: &str,
        (symbol, hedge): (&str, u8),
        side: Side,
    ) -> Result<Lots, Refusal> {
        let name = (symbol.to_owned(), hedge);
        let mut lots = match self.held.get(&name) {
            None => Lots::default(),
            Some(Ok(holding)) => holding.against(side),
            Some(Err(refusal)) => return Err(refusal.clone()),
        };
        for claim in self.claims.values().filter(|it| it.name == name && it.side == side) {
            take(&mut lots, exchange, claim.offset, claim.left());
        }
        Ok(lots)
    }
}

/// Takes closed lots away, as the exchange does: without days of their own, older ones first.
fn take(lots: &mut Lots, exchange: &str, offset: u8, count: i32) {
    let (today, yesterday) = match offset {
        offset::CLOSE_TODAY if keeps_days_apart(exchange) => (count, 0),
        _ if keeps_days_apart(exchange) => (0, count),
        _ => (count.saturating_sub(lots.yesterday).max(0), count.min(lots.yesterday)),
    };
    lots.today = lots.today.saturating_sub(today).max(0);
    lots.yesterday = lots.yesterday.saturating_sub(yesterday).max(0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::SessionKey;

    fn listed(today: i32, yesterday: i32) -> Closable {
        let row = |date, lots| PositionRow {
            symbol: "rb2510".to_owned(),
            exchange: "SHFE".to_owned(),
            hedge: b'1',
            lots: Row { direction: b'2', date, lots, today: 0, long_frozen: 0, short_frozen: 9 },
            open_cost: 0.0,
            profit: 0.0,
            margin: 0.0,
        };
        let mut closable = Closable::default();
        closable.list(&[row(b'1', today), row(b'2', yesterday)]);
        closable
    }

    fn free(closable: &Closable) -> (i32, i32) {
        let lots = closable.free("SHFE", ("rb2510", b'1'), Side::Sell).unwrap();
        (lots.today, lots.yesterday)
    }

    fn key() -> Key {
        Key::new(SessionKey { front: 1, session: 1 }, "1")
    }

    fn report(status: u8, traded: i32) -> OrderRow {
        OrderRow {
            front: 1,
            session: 1,
            order_ref: "1".to_owned(),
            exchange: "SHFE".to_owned(),
            order_sys_id: "77".to_owned(),
            symbol: "rb2510".to_owned(),
            direction: b'1',
            offset: b'3',
            hedge: b'1',
            lots: 2,
            status,
            submit: b'3',
            traded,
            ..OrderRow::default()
        }
    }

    fn trade(direction: u8, offset: u8, lots: i32) -> Trade {
        Trade {
            number: Number::new("SHFE", "77").unwrap(),
            trade_id: "1".to_owned(),
            direction,
            offset,
            price_e9: 1,
            lots,
            symbol: "rb2510".to_owned(),
            hedge: b'1',
            ts_ns: None,
        }
    }

    #[test]
    fn a_working_order_claims_what_it_will_close_until_its_trades_have() {
        let mut closable = listed(3, 2);
        assert_eq!(free(&closable), (3, 2), "what the venue calls frozen is counted by orders");
        closable.sending(&key(), ("rb2510", b'1'), Side::Sell, (b'3', 2));
        assert_eq!(free(&closable), (1, 2));
        closable.report(&report(b'1', 1));
        assert_eq!(free(&closable), (1, 2), "its trade is on its way");
        closable.traded(&trade(b'1', b'3', 1));
        assert_eq!(free(&closable), (1, 2));
        closable.report(&report(b'5', 1));
        assert_eq!(free(&closable), (2, 2), "the rest was canceled");
        closable.report(&report(b'5', 1));
        assert_eq!(free(&closable), (2, 2));
    }

    #[test]
    fn a_refused_order_claims_nothing() {
        let mut closable = listed(3, 2);
        closable.sending(&key(), ("rb2510", b'1'), Side::Sell, (b'4', 2));
        assert_eq!(free(&closable), (3, 0));
        closable.refused(&key());
        assert_eq!(free(&closable), (3, 2));
    }

    #[test]
    fn trades_move_what_is_held() {
        let mut closable = listed(0, 0);
        closable.traded(&trade(b'0', b'0', 4));
        assert_eq!(free(&closable), (4, 0));
        closable.traded(&trade(b'1', b'3', 1));
        assert_eq!(free(&closable), (3, 0));
        closable.traded(&trade(b'1', b'0', 1));
        let short = closable.free("SHFE", ("rb2510", b'1'), Side::Buy).unwrap();
        assert_eq!((short.today, free(&closable)), (1, (3, 0)), "the other side is apart");
    }

    #[test]
    fn an_order_of_another_terminal_claims_what_is_left_of_it() {
        let mut closable = listed(3, 0);
        closable.report(&report(b'1', 1));
        assert_eq!(free(&closable), (2, 0));
    }

    #[test]
    fn older_lots_go_first_where_days_are_not_kept_apart() {
        let mut lots = Lots { today: 2, yesterday: 2 };
        take(&mut lots, "DCE", b'1', 3);
        assert_eq!(lots, Lots { today: 1, yesterday: 0 });
        take(&mut lots, "DCE", b'3', 1);
        assert_eq!(lots, Lots::default());
    }
}
