//! How an order is priced and how long it lives, in the vendor's terms. What an exchange does not
//! take is done by what it does take, and that is told.

use aftm_exchange_abi::{E_PRICE, E_UNSUPPORTED};

use crate::Refusal;
use crate::ask::{Ask, Kind, Life, Side};
use crate::codes::{contingent, price_type, time_condition, volume_condition};
use crate::number::{on_tick, points};

/// How a range market order is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// At the best price of the other side.
    Best,
    /// At its five best prices.
    FiveLevel,
    /// As a limit order.
    Emulated,
}

/// What an exchange, or a library that plays one, takes natively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Support {
    /// Orders at any price.
    pub market: bool,
    /// Range market orders.
    pub range: Range,
    /// It ends the rest of an IOC order by itself; where it does not, the rest stays in the queue
    /// until the plug-in cancels it.
    pub ends_ioc: bool,
}

impl Support {
    /// Of a local library that matches inside the process: limit orders, and nothing ends an IOC.
    pub const LOCAL: Support = Support { market: false, range: Range::Emulated, ends_ioc: false };

    /// Of an exchange by what is commonly known of it; one that is not listed takes limit orders
    /// alone. Nothing but a real front proves it, so it can be set by hand.
    pub fn of(exchange: &str) -> Support {
        let (market, range) = match exchange {
            "CFFEX" => (true, Range::FiveLevel),
            "DCE" | "CZCE" | "GFEX" => (true, Range::Emulated),
            _ => (false, Range::Emulated),
        };
        Support { market, range, ends_ioc: true }
    }
}

/// The market as far as an order without a price needs it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Market {
    /// The tick, above 0.
    pub tick_e9: i64,
    /// The best price to sell at.
    pub best_bid_e9: Option<i64>,
    /// The best price to buy at.
    pub best_ask_e9: Option<i64>,
    /// The lowest price of the day.
    pub lower_e9: Option<i64>,
    /// The highest price of the day.
    pub upper_e9: Option<i64>,
    /// How many ticks beyond the best price, or beyond the stop price, an emulated order goes; from
    /// 0 up.
    pub reach_ticks: u16,
}

/// The vendor's fields for price and life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pricing {
    /// `OrderPriceType`.
    pub price_type: u8,
    /// `LimitPrice`; 0 for an order at any price.
    pub limit_price_e9: i64,
    /// `TimeCondition`.
    pub time: u8,
    /// `VolumeCondition`.
    pub volume: u8,
    /// `ContingentCondition`.
    pub contingent: u8,
    /// `StopPrice`; 0 for an order without one.
    pub stop_price_e9: i64,
    /// The limit price is ours, in place of an order type that the exchange does not take.
    pub is_emulated: bool,
    /// The plug-in cancels what is left as soon as the order is in the queue.
    pub cancel_when_queueing: bool,
}

/// Prices an order.
///
/// # Errors
///
/// Where a price is off the tick; where a market order is to rest; where a price has to be found
/// and the other side of the market is empty.
pub fn pricing(ask: &Ask, support: Support, market: &Market) -> Result<Pricing, Refusal> {
    match ask.kind {
        Kind::Limit => {
            let price = on_tick(ask.price_e9.unwrap_or_default(), market.tick_e9)?;
            Ok(limit(ask, support, price))
        }
        Kind::Market if ask.life == Life::Rod => Err(Refusal::new(
            E_UNSUPPORTED,
            "a market order must be IOC or FOK; ROD is for orders with a price",
        )),
        Kind::Market if support.market => Ok(native(ask, support, price_type::ANY)),
        Kind::RangeMarket if ask.life == Life::Ioc => match support.range {
            Range::Best => Ok(native(ask, support, price_type::BEST)),
            Range::FiveLevel => Ok(native(ask, support, price_type::FIVE_LEVEL)),
            Range::Emulated => emulated(ask, support, market),
        },
        Kind::Market | Kind::RangeMarket => emulated(ask, support, market),
        Kind::Stop | Kind::StopLimit => stop(ask, support, market),
    }
}

/// An order type that the exchange prices itself.
fn native(ask: &Ask, support: Support, price_type: u8) -> Pricing {
    Pricing { price_type, ..limit(ask, support, 0) }
}

/// A limit order at the best price of the other side and some ticks beyond it, within the day's
/// limits.
fn emulated(ask: &Ask, support: Support, market: &Market) -> Result<Pricing, Refusal> {
    let best = match ask.side {
        Side::Buy => market.best_ask_e9,
        Side::Sell => market.best_bid_e9,
    };
    let Some(best) = best else {
        let (word, symbol) = (ask.kind.word(), &ask.symbol);
        let does = match ask.side {
            Side::Buy => "sells",
            Side::Sell => "buys",
        };
        let text = format!(
            "nobody {does} {symbol}, so that a {word} order has no price; send a limit order"
        );
        return Err(Refusal::new(E_PRICE, text));
    };
    let price = reached(ask.side, on_tick(best, market.tick_e9)?, market)?;
    Ok(Pricing { is_emulated: true, ..limit(ask, support, price) })
}

/// A price some ticks further against the trader, within the day's limits as far as they are known.
fn reached(side: Side, from: i64, market: &Market) -> Result<i64, Refusal> {
    let reach = market.tick_e9.checked_mul(i64::from(market.reach_ticks));
    let price = reach.and_then(|reach| match side {
        Side::Buy => from.checked_add(reach),
        Side::Sell => from.checked_sub(reach),
    });
    let Some(price) = price else {
        let text = format!("{} and {} ticks is beyond any price", points(from), market.reach_ticks);
        return Err(Refusal::new(E_PRICE, text));
    };
    let above = market.lower_e9.map_or(price, |lower| price.max(lower));
    Ok(market.upper_e9.map_or(above, |upper| above.min(upper)))
}

/// An order that waits until the last price is at the stop price or beyond. One without a limit of
/// its own goes some ticks beyond the stop price where the exchange takes no market orders, because
/// nobody knows the market that it will meet; where it takes them it must not rest.
fn stop(ask: &Ask, support: Support, market: &Market) -> Result<Pricing, Refusal> {
    let stop = on_tick(ask.stop_price_e9.unwrap_or_default(), market.tick_e9)?;
    let order = match ask.price_e9 {
        Some(price) => limit(ask, support, on_tick(price, market.tick_e9)?),
        None if support.market && ask.life != Life::Rod => native(ask, support, price_type::ANY),
        None => {
            let price = reached(ask.side, stop, market)?;
            Pricing { is_emulated: true, ..limit(ask, support, price) }
        }
    };
    let contingent = match ask.side {
        Side::Buy => contingent::LAST_AT_OR_ABOVE,
        Side::Sell => contingent::LAST_AT_OR_BELOW,
    };
    Ok(Pricing { contingent, stop_price_e9: stop, ..order })
}

fn limit(ask: &Ask, support: Support, limit_price_e9: i64) -> Pricing {
    let (time, volume) = match ask.life {
        Life::Rod => (time_condition::GFD, volume_condition::ANY),
        Life::Ioc => (time_condition::IOC, volume_condition::ANY),
        Life::Fok => (time_condition::IOC, volume_condition::COMPLETE),
    };
    Pricing {
        price_type: price_type::LIMIT,
        limit_price_e9,
        time,
        volume,
        contingent: contingent::IMMEDIATELY,
        stop_price_e9: 0,
        is_emulated: false,
        cancel_when_queueing: ask.life == Life::Ioc && !support.ends_ioc,
    }
}

/// How long an order lives that the vendor reports; `None` where its fields say something else.
pub const fn life(time: u8, volume: u8) -> Option<Life> {
    match (time, volume) {
        (time_condition::GFD, volume_condition::ANY) => Some(Life::Rod),
        (time_condition::IOC, volume_condition::ANY) => Some(Life::Ioc),
        (time_condition::IOC, volume_condition::COMPLETE) => Some(Life::Fok),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::tests::request;

    const NATIVE: Support = Support { market: true, range: Range::FiveLevel, ends_ioc: true };
    const LIMITS_ONLY: Support = Support { market: false, range: Range::Emulated, ends_ioc: true };

    fn ask(kind: Kind, side: Side, life: Life) -> Ask {
        let plain = Ask::read(&request()).unwrap();
        let price_e9 = matches!(kind, Kind::Limit | Kind::StopLimit).then_some(3_200 * E9);
        let stop_price_e9 = matches!(kind, Kind::Stop | Kind::StopLimit).then_some(3_190 * E9);
        Ask { kind, side, life, price_e9, stop_price_e9, ..plain }
    }

    const E9: i64 = 1_000_000_000;

    fn market() -> Market {
        Market {
            tick_e9: E9,
            best_bid_e9: Some(3_199 * E9),
            best_ask_e9: Some(3_201 * E9),
            lower_e9: Some(3_000 * E9),
            upper_e9: Some(3_400 * E9),
            reach_ticks: 5,
        }
    }

    /// Price type, limit price, time and volume condition, and whether the price is ours.
    type Fields = (char, i64, char, char, bool);

    #[track_caller]
    fn check(ask: &Ask, support: Support, want: Option<Fields>) {
        let got = pricing(ask, support, &market()).ok().map(|it| {
            let price = it.limit_price_e9 / E9;
            let chars = [it.price_type, it.time, it.volume].map(char::from);
            (chars[0], price, chars[1], chars[2], it.is_emulated)
        });
        assert_eq!(got, want, "{:?} {:?} {:?}", ask.kind, ask.side, ask.life);
    }

    #[test]
    fn every_type_and_life_has_its_fields() {
        use {Kind::*, Life::*};
        let buys: [(Kind, Life, Support, Option<Fields>); 17] = [
            (Limit, Rod, NATIVE, Some(('2', 3_200, '3', '1', false))),
            (Limit, Ioc, NATIVE, Some(('2', 3_200, '1', '1', false))),
            (Limit, Fok, NATIVE, Some(('2', 3_200, '1', '3', false))),
            (Market, Rod, NATIVE, None),
            (Market, Ioc, NATIVE, Some(('1', 0, '1', '1', false))),
            (Market, Fok, NATIVE, Some(('1', 0, '1', '3', false))),
            (Market, Rod, LIMITS_ONLY, None),
            (Market, Ioc, LIMITS_ONLY, Some(('2', 3_206, '1', '1', true))),
            (Market, Fok, LIMITS_ONLY, Some(('2', 3_206, '1', '3', true))),
            (RangeMarket, Ioc, NATIVE, Some(('G', 0, '1', '1', false))),
            (
                RangeMarket,
                Ioc,
                Support { range: Range::Best, ..NATIVE },
                Some(('3', 0, '1', '1', false)),
            ),
            (RangeMarket, Fok, NATIVE, Some(('2', 3_206, '1', '3', true))),
            (RangeMarket, Rod, NATIVE, Some(('2', 3_206, '3', '1', true))),
            (RangeMarket, Ioc, LIMITS_ONLY, Some(('2', 3_206, '1', '1', true))),
            (RangeMarket, Rod, LIMITS_ONLY, Some(('2', 3_206, '3', '1', true))),
            (Stop, Ioc, NATIVE, Some(('1', 0, '1', '1', false))),
            (Stop, Rod, NATIVE, Some(('2', 3_195, '3', '1', true))),
        ];
        for (kind, life, support, want) in buys {
            check(&ask(kind, Side::Buy, life), support, want);
        }
        let sell = ask(Market, Side::Sell, Ioc);
        check(&sell, LIMITS_ONLY, Some(('2', 3_194, '1', '1', true)));
    }

    #[test]
    fn a_local_library_takes_limit_orders_and_leaves_ioc_in_the_queue() {
        let cancels = |life| {
            let pricing = pricing(&ask(Kind::Limit, Side::Buy, life), Support::LOCAL, &market());
            pricing.unwrap().cancel_when_queueing
        };
        assert!(cancels(Life::Ioc), "the plug-in ends it");
        assert!(!cancels(Life::Rod) && !cancels(Life::Fok));
        let market_order = ask(Kind::Market, Side::Buy, Life::Ioc);
        check(&market_order, Support::LOCAL, Some(('2', 3_206, '1', '1', true)));
        let native = pricing(&ask(Kind::Limit, Side::Buy, Life::Ioc), NATIVE, &market()).unwrap();
        assert!(!native.cancel_when_queueing, "the exchange ends it");
    }

    #[test]
    fn a_stop_waits_for_the_last_price_on_its_side() {
        for (side, condition, beyond) in [(Side::Buy, b'6', 3_195), (Side::Sell, b'8', 3_185)] {
            for kind in [Kind::Stop, Kind::StopLimit] {
                let pricing = pricing(&ask(kind, side, Life::Rod), LIMITS_ONLY, &market()).unwrap();
                assert_eq!((pricing.contingent, pricing.stop_price_e9), (condition, 3_190 * E9));
                let price = if kind == Kind::Stop { beyond } else { 3_200 };
                assert_eq!(pricing.limit_price_e9, price * E9, "{kind:?} {side:?}");
                assert_eq!(pricing.is_emulated, kind == Kind::Stop);
            }
        }
        let plain = pricing(&ask(Kind::Limit, Side::Buy, Life::Rod), NATIVE, &market()).unwrap();
        assert_eq!((plain.contingent, plain.stop_price_e9), (b'1', 0));
    }

    #[test]
    fn an_emulated_price_stays_within_the_day() {
        let priced = |side, change: fn(&mut Market)| {
            let mut market = market();
            change(&mut market);
            let pricing = pricing(&ask(Kind::Market, side, Life::Ioc), LIMITS_ONLY, &market);
            pricing.map(|it| it.limit_price_e9 / E9)
        };
        assert_eq!(priced(Side::Buy, |it| it.upper_e9 = Some(3_203 * E9)), Ok(3_203));
        assert_eq!(priced(Side::Sell, |it| it.lower_e9 = Some(3_198 * E9)), Ok(3_198));
        assert_eq!(priced(Side::Buy, |it| it.upper_e9 = None), Ok(3_206));
        assert_eq!(priced(Side::Buy, |it| it.reach_ticks = 0), Ok(3_201));
        let empty = priced(Side::Buy, |it| it.best_ask_e9 = None).unwrap_err();
        assert_eq!(empty.code, E_PRICE);
        assert_eq!(
            empty.text,
            "nobody sells rb2510, so that a market order has no price; send a limit order"
        );
        assert!(priced(Side::Sell, |it| it.best_bid_e9 = None).is_err());
        let beyond = priced(Side::Buy, |it| {
            (it.tick_e9, it.best_ask_e9) = (i64::MAX / 2, Some(i64::MAX / 2));
        });
        assert!(beyond.unwrap_err().text.ends_with("is beyond any price"));
    }

    #[test]
    fn a_price_off_the_tick_never_reaches_the_vendor() {
        let off = |kind, price, stop| {
            let ask =
                Ask { price_e9: price, stop_price_e9: stop, ..ask(kind, Side::Buy, Life::Rod) };
            pricing(&ask, NATIVE, &market()).unwrap_err().code
        };
        assert_eq!(off(Kind::Limit, Some(3_200_500_000_000), None), E_PRICE);
        assert_eq!(off(Kind::StopLimit, Some(3_200_500_000_000), Some(3_190 * E9)), E_PRICE);
        assert_eq!(off(Kind::Stop, None, Some(3_190_500_000_000)), E_PRICE);
    }

    #[test]
    fn an_exchange_that_is_not_known_takes_limit_orders_alone() {
        for exchange in ["SHFE", "INE", "", "NEW"] {
            assert_eq!(Support::of(exchange), LIMITS_ONLY, "{exchange}");
        }
        assert_eq!(Support::of("CFFEX"), NATIVE);
        for exchange in ["DCE", "CZCE", "GFEX"] {
            let support = Support::of(exchange);
            assert!(support.market && support.range == Range::Emulated, "{exchange}");
        }
    }

    #[test]
    fn the_life_of_a_reported_order_is_read_back() {
        for life_of in [Life::Rod, Life::Ioc, Life::Fok] {
            let sent = pricing(&ask(Kind::Limit, Side::Buy, life_of), NATIVE, &market()).unwrap();
            assert_eq!(life(sent.time, sent.volume), Some(life_of));
        }
        assert_eq!(life(b'5', b'1'), None);
        assert_eq!(life(b'3', b'3'), None);
    }
}
