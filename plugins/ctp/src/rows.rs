//! What the vendor's structs say, as plain values: copied on the vendor's thread, read on ours.

use crate::fills::{Number, Trade};
use crate::holding;
use crate::input::SessionKey;
use crate::number::{Unusable, price_e9};
use crate::orders::{Key, Report};
use crate::{clock, course, pricing};

/// `OnRspUserLogin`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LoginRow {
    /// `TradingDay`: `20251121`.
    pub(crate) trading_day: String,
    /// `FrontID`.
    pub(crate) front: i32,
    /// `SessionID`.
    pub(crate) session: i32,
    /// `MaxOrderRef` as the vendor wrote it.
    pub(crate) max_order_ref: String,
}

impl LoginRow {
    pub(crate) const fn key(&self) -> SessionKey {
        SessionKey { front: self.front, session: self.session }
    }
}

/// An `OnRtnOrder`, or a row of a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct OrderRow {
    /// `InvestorID`.
    pub(crate) investor: String,
    pub(crate) front: i32,
    pub(crate) session: i32,
    pub(crate) order_ref: String,
    pub(crate) exchange: String,
    /// Blanks and all, as the exchange wrote it.
    pub(crate) order_sys_id: String,
    pub(crate) symbol: String,
    pub(crate) direction: u8,
    pub(crate) offset: u8,
    pub(crate) hedge: u8,
    pub(crate) price_type: u8,
    pub(crate) limit_price: f64,
    pub(crate) stop_price: f64,
    pub(crate) contingent: u8,
    pub(crate) lots: i32,
    pub(crate) time_condition: u8,
    pub(crate) volume_condition: u8,
    pub(crate) status: u8,
    pub(crate) submit: u8,
    pub(crate) traded: i32,
    /// `StatusMsg`, decoded.
    pub(crate) text: String,
    /// `InsertDate`: `20251121`.
    pub(crate) date: String,
    /// The newest of `CancelTime`, `UpdateTime` and `InsertTime` that is there: `21:00:03`.
    pub(crate) time: String,
}

impl OrderRow {
    pub(crate) fn key(&self) -> Key {
        Key::new(SessionKey { front: self.front, session: self.session }, &self.order_ref)
    }

    pub(crate) fn number(&self) -> Option<Number> {
        Number::new(&self.exchange, &self.order_sys_id)
    }

    pub(crate) fn report(&self) -> Report<'_> {
        let life = pricing::life(self.time_condition, self.volume_condition);
        Report {
            key: self.key(),
            exchange: &self.exchange,
            order_sys_id: &self.order_sys_id,
            lots: self.lots,
            life: life.unwrap_or(crate::ask::Life::Rod),
            seen: course::Seen {
                status: self.status,
                submit: self.submit,
                traded: self.traded,
                text: &self.text,
            },
        }
    }

    /// When, in nanoseconds since 1970.
    pub(crate) fn ts_ns(&self, now_ns: i64) -> Option<i64> {
        clock::exchange_time(&self.date, &self.time, 0, now_ns)
    }
}

/// An `OnRtnTrade`, or a row of a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TradeRow {
    /// `InvestorID`.
    pub(crate) investor: String,
    pub(crate) exchange: String,
    pub(crate) order_sys_id: String,
    pub(crate) trade_id: String,
    pub(crate) symbol: String,
    pub(crate) direction: u8,
    pub(crate) offset: u8,
    pub(crate) hedge: u8,
    pub(crate) price: f64,
    pub(crate) lots: i32,
    /// `TradeDate`.
    pub(crate) date: String,
    /// `TradeTime`.
    pub(crate) time: String,
}

impl TradeRow {
    /// The trade; `None` where it has no price or names no order.
    ///
    /// # Errors
    ///
    /// Where the price cannot be held.
    pub(crate) fn trade(&self, now_ns: i64) -> Result<Option<Trade>, Unusable> {
        let number = Number::new(&self.exchange, &self.order_sys_id);
        let (Some(number), Some(price_e9)) = (number, price_e9(self.price)?) else {
            return Ok(None);
        };
        Ok(Some(Trade {
            number,
            trade_id: self.trade_id.trim().to_owned(),
            direction: self.direction,
            offset: self.offset,
            price_e9,
            lots: self.lots,
            symbol: self.symbol.clone(),
            hedge: self.hedge,
            ts_ns: clock::exchange_time(&self.date, &self.time, 0, now_ns),
        }))
    }
}

/// A row of `OnRspQryInvestorPosition`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PositionRow {
    pub(crate) symbol: String,
    pub(crate) exchange: String,
    pub(crate) hedge: u8,
    pub(crate) lots: holding::Row,
    /// `OpenCost`: price, lots and multiplier together.
    pub(crate) open_cost: f64,
    pub(crate) profit: f64,
    pub(crate) margin: f64,
}

/// A row of `OnRspQryTradingAccount`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AccountRow {
    /// `Balance`: with open profit.
    pub(crate) balance: f64,
    pub(crate) available: f64,
    pub(crate) margin: f64,
    /// `FrozenMargin`, `FrozenCash` and `FrozenCommission` together.
    pub(crate) frozen: f64,
    pub(crate) close_profit: f64,
    pub(crate) position_profit: f64,
    pub(crate) commission: f64,
    pub(crate) currency: String,
}

/// A row of `OnRspQryInstrument`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct InstrumentRow {
    pub(crate) symbol: String,
    pub(crate) exchange: String,
    pub(crate) name: String,
    pub(crate) product: String,
    /// `ProductClass`.
    pub(crate) class: u8,
    pub(crate) year: i32,
    pub(crate) month: i32,
    pub(crate) max_market: i32,
    pub(crate) max_limit: i32,
    pub(crate) multiple: i32,
    pub(crate) tick: f64,
    /// `ExpireDate`: `20251015`.
    pub(crate) expires: String,
    pub(crate) long_margin: f64,
    pub(crate) short_margin: f64,
}

/// A price and its lots.
pub(crate) type Level = (f64, i32);

/// `OnRtnDepthMarketData`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Depth {
    pub(crate) symbol: String,
    /// Empty on most fronts.
    pub(crate) exchange: String,
    /// `ActionDay`, or `TradingDay` where there is none.
    pub(crate) date: String,
    pub(crate) time: String,
    pub(crate) millisecond: i32,
    pub(crate) last: f64,
    pub(crate) open: f64,
    pub(crate) high: f64,
    pub(crate) low: f64,
    pub(crate) prev_settle: f64,
    pub(crate) upper: f64,
    pub(crate) lower: f64,
    /// The day's lots so far.
    pub(crate) volume: i32,
    pub(crate) open_interest: f64,
    pub(crate) bids: [Level; 5],
    pub(crate) asks: [Level; 5],
}
