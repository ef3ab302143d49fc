//! Trades: each counted once, and joined with its order.
//!
//! A trade names the exchange and the exchange's number of the order, but not the session that sent
//! it, so that its reference alone could be another session's. One that comes before the number of
//! its order is known waits for it.

use std::collections::{HashMap, HashSet};

/// An order's name at its exchange.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    /// `ExchangeID`.
    pub exchange: String,
    /// `OrderSysID` without the blanks around it.
    pub order_sys_id: String,
}

impl Number {
    /// Of the vendor's two fields; `None` where the exchange has given no number yet.
    pub fn new(exchange: &str, order_sys_id: &str) -> Option<Number> {
        let order_sys_id = order_sys_id.trim();
        (!order_sys_id.is_empty()).then(|| Number {
            exchange: exchange.trim().to_owned(),
            order_sys_id: order_sys_id.to_owned(),
        })
    }
}

/// An `OnRtnTrade`, or a row of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trade {
    /// The order.
    pub number: Number,
    /// `TradeID`.
    pub trade_id: String,
    /// `Direction`; it belongs to the trade's name, because both sides of a trade have one id.
    pub direction: u8,
    /// `OffsetFlag`.
    pub offset: u8,
    /// The price, rounded to 1e-9.
    pub price_e9: i64,
    /// From 1 up.
    pub lots: i32,
    /// `InstrumentID`.
    pub symbol: String,
    /// `HedgeFlag`.
    pub hedge: u8,
    /// When, in nanoseconds since 1970; `None` where the vendor does not say.
    pub ts_ns: Option<i64>,
}

/// The trades of a trading day.
#[derive(Debug, Default)]
pub struct Fills {
    counted: HashSet<(String, String, u8)>,
    waiting: HashMap<Number, Vec<Trade>>,
}

impl Fills {
    /// Takes a trade: back it comes where it is new and `is_known` holds of its order, to be told.
    /// A repeat is dropped, and one whose order is not known yet waits.
    pub fn take(&mut self, trade: Trade, is_known: bool) -> Option<Trade> {
        let Trade { number, trade_id, direction, .. } = &trade;
        let name = (number.exchange.clone(), trade_id.trim().to_owned(), *direction);
        if !self.counted.insert(name) {
            return None;
        }
        if is_known {
            return Some(trade);
        }
        self.waiting.entry(trade.number.clone()).or_default().push(trade);
        None
    }

    /// The trades that waited for this order, in the order in which they came.
    pub fn released(&mut self, number: &Number) -> Vec<Trade> {
        self.waiting.remove(number).unwrap_or_default()
    }

    /// The trades whose orders never came; to be asked once the venue's list of orders is complete.
    /// They are told all the same, as of an order that the host did not send.
    pub fn orphans(&mut self) -> Vec<Trade> {
        let mut trades: Vec<Trade> = self.waiting.drain().flat_map(|(_, trades)| trades).collect();
        trades.sort_by(|left, right| left.trade_id.cmp(&right.trade_id));
        trades
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(order_sys_id: &str) -> Number {
        Number::new("SHFE", order_sys_id).unwrap()
    }

    fn trade(order_sys_id: &str, trade_id: &str, direction: u8) -> Trade {
        let (number, trade_id) = (number(order_sys_id), trade_id.to_owned());
        Trade {
            number,
            trade_id,
            direction,
            offset: b'0',
            price_e9: 1,
            lots: 1,
            symbol: "rb2510".to_owned(),
            hedge: b'1',
            ts_ns: None,
        }
    }

    #[test]
    fn a_number_is_known_with_and_without_its_blanks() {
        assert_eq!(Number::new("SHFE", "     12"), Some(number("12")));
        assert_eq!(Number::new("SHFE", "    "), None);
        assert_ne!(Number::new("INE", "12"), Some(number("12")), "exchanges count apart");
    }

    #[test]
    fn a_trade_that_is_told_again_is_dropped() {
        let mut fills = Fills::default();
        assert!(fills.take(trade("1", "    77", b'0'), true).is_some());
        assert_eq!(fills.take(trade("1", "    77", b'0'), true), None);
        assert_eq!(fills.take(trade("1", "77", b'0'), true), None);
        assert!(fills.take(trade("2", "77", b'1'), true).is_some(), "the other side of it");
        let elsewhere = Number { exchange: "INE".to_owned(), ..number("1") };
        assert!(fills.take(Trade { number: elsewhere, ..trade("1", "77", b'0') }, true).is_some());
    }

    #[test]
    fn a_trade_waits_for_the_number_of_its_order() {
        let mut fills = Fills::default();
        assert_eq!(fills.take(trade("1", "a", b'0'), false), None);
        assert_eq!(fills.take(trade("1", "b", b'0'), false), None);
        assert_eq!(fills.take(trade("2", "c", b'0'), false), None);
        assert_eq!(fills.take(trade("1", "a", b'0'), false), None, "told again while it waits");
        let ids: Vec<_> = fills.released(&number("1")).into_iter().map(|it| it.trade_id).collect();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(fills.released(&number("1")), []);
        let orphans = fills.orphans();
        assert_eq!((orphans.len(), orphans[0].trade_id.as_str()), (1, "c"));
        assert_eq!(fills.orphans(), []);
    }
}
