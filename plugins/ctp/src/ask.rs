//! An order as the host asks for it, read field by field. Nothing unknown gets further than here.

use abi::{ABSENT, E_ARG, E_PRICE, E_UNSUPPORTED, OrderRequest};
use aftm_exchange_abi as abi;

use crate::codes::{direction, hedge};
use crate::{Refusal, number};

/// Which way an order trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Buys.
    Buy,
    /// Sells.
    Sell,
}

impl Side {
    /// The vendor's `Direction`.
    pub const fn direction(self) -> u8 {
        match self {
            Side::Buy => direction::BUY,
            Side::Sell => direction::SELL,
        }
    }

    /// From the vendor's `Direction`; `None` where it is another.
    pub const fn from_direction(code: u8) -> Option<Side> {
        match code {
            direction::BUY => Some(Side::Buy),
            direction::SELL => Some(Side::Sell),
            _ => None,
        }
    }

    /// `AFTM_SIDE_…`.
    pub const fn code(self) -> u8 {
        match self {
            Side::Buy => abi::SIDE_BUY,
            Side::Sell => abi::SIDE_SELL,
        }
    }
}

/// How an order is priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// At the price or better.
    Limit,
    /// At whatever the market gives.
    Market,
    /// At the market within a protective range.
    RangeMarket,
    /// A market order once the stop price trades.
    Stop,
    /// A limit order once the stop price trades.
    StopLimit,
}

impl Kind {
    const fn has_price(self) -> bool {
        matches!(self, Kind::Limit | Kind::StopLimit)
    }

    const fn has_stop(self) -> bool {
        matches!(self, Kind::Stop | Kind::StopLimit)
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Kind::Limit => "limit",
            Kind::Market => "market",
            Kind::RangeMarket => "range market",
            Kind::Stop => "stop",
            Kind::StopLimit => "stop limit",
        }
    }
}

/// How long an order lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Until the end of the trading day.
    Rod,
    /// What does not fill at once expires.
    Ioc,
    /// All at once or nothing.
    Fok,
}

/// Whether an order opens or closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenClose {
    /// Opens.
    Open,
    /// Closes, never opens.
    Close,
    /// Closes lots opened today.
    CloseToday,
    /// Closes lots opened before.
    CloseYesterday,
    /// Closes what is held, opens with the rest.
    Auto,
}

/// An order whose every field is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The host's number of it, above 0.
    pub client_order_id: u64,
    /// Which way it trades.
    pub side: Side,
    /// How it is priced.
    pub kind: Kind,
    /// How long it lives.
    pub life: Life,
    /// Whether it opens or closes.
    pub open_close: OpenClose,
    /// The vendor's `CombHedgeFlag`.
    pub hedge: u8,
    /// The limit price; there for limit and stop limit orders alone.
    pub price_e9: Option<i64>,
    /// The stop price; there for stop and stop limit orders alone.
    pub stop_price_e9: Option<i64>,
    /// From 1 up.
    pub lots: i32,
    /// The order account, which is the vendor's `InvestorID`.
    pub account: String,
    /// The exchange, never empty.
    pub exchange: String,
    /// The instrument, never empty.
    pub symbol: String,
    /// The trader's remark.
    pub note: String,
}

impl Ask {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// Where a value is outside its list, a price is missing or not wanted, the quantity is not
    /// whole lots, the exchange or the instrument is missing, or the day trade mark is set, for
    /// which CTP has no field.
    pub fn read(request: &OrderRequest) -> Result<Ask, Refusal> {
        if request.client_order_id == 0 {
            return Err(Refusal::new(E_ARG, "the client order id is 0; it counts from 1"));
        }
        day_trade(request.day_trade)?;
        let kind = kind(request.order_type)?;
        Ok(Ask {
            client_order_id: request.client_order_id,
            side: side(request.side)?,
            kind,
            life: life(request.tif)?,
            open_close: open_close(request.open_close)?,
            hedge: hedge(request.hedge)?,
            price_e9: price("limit price", kind, kind.has_price(), request.price_e9)?,
            stop_price_e9: price("stop price", kind, kind.has_stop(), request.stop_price_e9)?,
            lots: number::lots(request.qty_e9)?,
            account: required("account", &request.account)?,
            exchange: required("exchange", &request.exchange)?,
            symbol: required("instrument", &request.symbol)?,
            note: abi::text(&request.note).into_owned(),
        })
    }
}

fn day_trade(mark: u8) -> Result<(), Refusal> {
    match mark {
        0 => Ok(()),
        1 => Err(Refusal::new(E_UNSUPPORTED, "CTP has no day trade mark; send the order without")),
        other => Err(Refusal::unknown("the day trade mark", other, "0 and 1")),
    }
}

fn side(code: u8) -> Result<Side, Refusal> {
    match code {
        abi::SIDE_BUY => Ok(Side::Buy),
        abi::SIDE_SELL => Ok(Side::Sell),
        other => Err(Refusal::unknown("the side", other, "1 (buy) and 2 (sell)")),
    }
}

fn kind(code: u8) -> Result<Kind, Refusal> {
    match code {
        abi::TYPE_LIMIT => Ok(Kind::Limit),
        abi::TYPE_MARKET => Ok(Kind::Market),
        abi::TYPE_RANGE_MARKET => Ok(Kind::RangeMarket),
        abi::TYPE_STOP => Ok(Kind::Stop),
        abi::TYPE_STOP_LIMIT => Ok(Kind::StopLimit),
        other => Err(Refusal::unknown(
            "the order type",
            other,
            "1 (limit), 2 (market), 3 (range market), 4 (stop) and 5 (stop limit)",
        )),
    }
}

fn life(code: u8) -> Result<Life, Refusal> {
    match code {
        abi::TIF_ROD => Ok(Life::Rod),
        abi::TIF_IOC => Ok(Life::Ioc),
        abi::TIF_FOK => Ok(Life::Fok),
        other => Err(Refusal::unknown("the time in force", other, "1 (ROD), 2 (IOC) and 3 (FOK)")),
    }
}

fn open_close(code: u8) -> Result<OpenClose, Refusal> {
    match code {
        abi::OC_OPEN => Ok(OpenClose::Open),
        abi::OC_CLOSE => Ok(OpenClose::Close),
        abi::OC_CLOSE_TODAY => Ok(OpenClose::CloseToday),
        abi::OC_CLOSE_YESTERDAY => Ok(OpenClose::CloseYesterday),
        abi::OC_AUTO => Ok(OpenClose::Auto),
        other => Err(Refusal::unknown(
            "open or close",
            other,
            "1 (open), 2 (close), 3 (close today), 4 (close yesterday) and 5 (auto)",
        )),
    }
}

/// Not said means speculation.
fn hedge(code: u8) -> Result<u8, Refusal> {
    match code {
        0 | abi::HEDGE_SPECULATION => Ok(hedge::SPECULATION),
        abi::HEDGE_ARBITRAGE => Ok(hedge::ARBITRAGE),
        abi::HEDGE_HEDGE => Ok(hedge::HEDGE),
        other => Err(Refusal::unknown(
            "the hedge mark",
            other,
            "1 (speculation), 2 (arbitrage) and 3 (hedge)",
        )),
    }
}

fn price(what: &str, kind: Kind, is_wanted: bool, price: i64) -> Result<Option<i64>, Refusal> {
    let word = kind.word();
    match (is_wanted, price) {
        (true, ABSENT) => {
            Err(Refusal::new(E_PRICE, format!("the {what} is missing; a {word} order has one")))
        }
        (true, price) => Ok(Some(price)),
        (false, ABSENT) => Ok(None),
        (false, price) => {
            let price = number::points(price);
            let text = format!("the {what} {price} is not wanted; a {word} order has none");
            Err(Refusal::new(E_PRICE, text))
        }
    }
}

fn required(what: &str, field: &[u8]) -> Result<String, Refusal> {
    match abi::name(field) {
        Some("") => Err(Refusal::new(E_ARG, format!("the {what} is missing; CTP wants it"))),
        Some(name) => Ok(name.to_owned()),
        None => {
            let read = abi::text(field);
            let text = format!("the {what} {read:?} is not terminated or not UTF-8");
            Err(Refusal::new(E_ARG, text))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use abi::{E_QUANTITY, Versioned, put_name};

    use super::*;

    /// A limit order to buy two lots of rb2510 at 3200.
    pub(crate) fn request() -> OrderRequest {
        let mut request = OrderRequest {
            client_order_id: 7,
            price_e9: 3_200_000_000_000,
            qty_e9: 2_000_000_000,
            side: abi::SIDE_BUY,
            order_type: abi::TYPE_LIMIT,
            tif: abi::TIF_ROD,
            open_close: abi::OC_OPEN,
            ..OrderRequest::blank()
        };
        put_name(&mut request.account, "080001").unwrap();
        put_name(&mut request.exchange, "SHFE").unwrap();
        put_name(&mut request.symbol, "rb2510").unwrap();
        request
    }

    #[track_caller]
    fn read(change: impl Fn(&mut OrderRequest)) -> Result<Ask, Refusal> {
        let mut request = request();
        change(&mut request);
        Ask::read(&request)
    }

    #[test]
    fn every_field_of_an_order_is_read() {
        let ask = read(|_| ()).unwrap();
        assert_eq!((ask.client_order_id, ask.lots, ask.hedge), (7, 2, b'1'));
        assert_eq!((ask.price_e9, ask.stop_price_e9), (Some(3_200_000_000_000), None));
        assert_eq!((&*ask.account, &*ask.exchange, &*ask.symbol), ("080001", "SHFE", "rb2510"));
        for (code, side) in [(1, Side::Buy), (2, Side::Sell)] {
            let ask = read(|it| it.side = code).unwrap();
            assert_eq!((ask.side, side.code()), (side, code));
            assert_eq!(Side::from_direction(side.direction()), Some(side));
        }
        assert_eq!((Side::Buy.direction(), Side::Sell.direction()), (b'0', b'1'));
        assert_eq!(Side::from_direction(b'2'), None);
        for (code, life) in [(1, Life::Rod), (2, Life::Ioc), (3, Life::Fok)] {
            assert_eq!(read(|it| it.tif = code).unwrap().life, life);
        }
        let all = [
            OpenClose::Open,
            OpenClose::Close,
            OpenClose::CloseToday,
            OpenClose::CloseYesterday,
            OpenClose::Auto,
        ];
        for (code, open_close) in (1..).zip(all) {
            assert_eq!(read(|it| it.open_close = code).unwrap().open_close, open_close);
        }
        for (code, flag) in [(0, b'1'), (1, b'1'), (2, b'2'), (3, b'3')] {
            assert_eq!(read(|it| it.hedge = code).unwrap().hedge, flag);
        }
    }

    #[test]
    fn a_price_is_there_exactly_where_the_type_has_one() {
        let rows = [
            (abi::TYPE_LIMIT, Kind::Limit, true, false),
            (abi::TYPE_MARKET, Kind::Market, false, false),
            (abi::TYPE_RANGE_MARKET, Kind::RangeMarket, false, false),
            (abi::TYPE_STOP, Kind::Stop, false, true),
            (abi::TYPE_STOP_LIMIT, Kind::StopLimit, true, true),
        ];
        for (code, kind, has_price, has_stop) in rows {
            for (with_price, with_stop) in
                [(false, false), (false, true), (true, false), (true, true)]
            {
                let ask = read(|it| {
                    it.order_type = code;
                    it.price_e9 = if with_price { 5 } else { ABSENT };
                    it.stop_price_e9 = if with_stop { 6 } else { ABSENT };
                });
                let fits = (with_price, with_stop) == (has_price, has_stop);
                match ask {
                    Ok(ask) => assert!(fits && ask.kind == kind, "{kind:?}"),
                    Err(refused) => assert!(!fits && refused.code == E_PRICE, "{kind:?}"),
                }
            }
        }
    }

    #[test]
    fn what_is_unknown_or_missing_is_refused_with_the_value() {
        type Change = fn(&mut OrderRequest);
        let rows: [(Change, i32, &str); 13] = [
            (|it| it.client_order_id = 0, E_ARG, "the client order id is 0; it counts from 1"),
            (|it| it.side = 3, E_ARG, "the side 3 is not known; it is one of 1 (buy) and 2 (sell)"),
            (|it| it.side = 0, E_ARG, "the side 0 is not known"),
            (|it| it.order_type = 6, E_ARG, "the order type 6 is not known"),
            (|it| it.tif = 4, E_ARG, "the time in force 4 is not known"),
            (|it| it.open_close = 6, E_ARG, "open or close 6 is not known"),
            (|it| it.hedge = 4, E_ARG, "the hedge mark 4 is not known"),
            (|it| it.day_trade = 1, E_UNSUPPORTED, "CTP has no day trade mark"),
            (|it| it.day_trade = 2, E_ARG, "the day trade mark 2 is not known"),
            (|it| it.qty_e9 = 0, E_QUANTITY, "0 lots cannot be ordered"),
            (|it| it.exchange = [0; 16], E_ARG, "the exchange is missing"),
            (|it| it.symbol = [0; 64], E_ARG, "the instrument is missing"),
            (|it| it.account = [b'a'; 40], E_ARG, "is not terminated or not UTF-8"),
        ];
        for (change, code, said) in rows {
            let refused = read(change).unwrap_err();
            assert_eq!(refused.code, code, "{refused}");
            assert!(refused.text.contains(said), "{refused}");
        }
        let refused = read(|it| it.order_type = abi::TYPE_MARKET).unwrap_err();
        let said = "the limit price 3200 is not wanted; a market order has none";
        assert_eq!(refused.text, said);
    }
}
