//! What is told of orders, fills and the connection, as the interface has it.

use abi::{ABSENT, Connection, Fill, OrderUpdate, Versioned, put_name, put_text};
use aftm_exchange_abi as abi;

use crate::ask::{Ask, Kind, Life, OpenClose, Side};
use crate::codes::{contingent, price_type};
use crate::fills::Number;
use crate::number::{price_e9, quantity_e9};
use crate::orders::{self, Update};
use crate::rows::OrderRow;
use crate::{Refusal, clock, offset, pricing};

/// What does not change of an order, to make each update whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) side: u8,
    pub(crate) order_type: u8,
    pub(crate) tif: u8,
    pub(crate) open_close: u8,
    pub(crate) price_e9: i64,
    pub(crate) stop_price_e9: i64,
    pub(crate) exchange: String,
    pub(crate) symbol: String,
}

impl Sheet {
    /// Of an order in the host's words.
    pub(crate) fn of_ask(ask: &Ask) -> Sheet {
        Sheet {
            side: ask.side.code(),
            order_type: match ask.kind {
                Kind::Limit => abi::TYPE_LIMIT,
                Kind::Market => abi::TYPE_MARKET,
                Kind::RangeMarket => abi::TYPE_RANGE_MARKET,
                Kind::Stop => abi::TYPE_STOP,
                Kind::StopLimit => abi::TYPE_STOP_LIMIT,
            },
            tif: tif(ask.life),
            open_close: match ask.open_close {
                OpenClose::Open => abi::OC_OPEN,
                OpenClose::Close => abi::OC_CLOSE,
                OpenClose::CloseToday => abi::OC_CLOSE_TODAY,
                OpenClose::CloseYesterday => abi::OC_CLOSE_YESTERDAY,
                OpenClose::Auto => abi::OC_AUTO,
            },
            price_e9: ask.price_e9.unwrap_or(ABSENT),
            stop_price_e9: ask.stop_price_e9.unwrap_or(ABSENT),
            exchange: ask.exchange.clone(),
            symbol: ask.symbol.clone(),
        }
    }

    /// Of an order in the venue's words: one of another terminal, or of before a restart.
    pub(crate) fn of_row(row: &OrderRow) -> Sheet {
        let is_stop = !matches!(row.contingent, contingent::IMMEDIATELY | 0);
        let order_type = match (is_stop, row.price_type) {
            (false, price_type::LIMIT) => abi::TYPE_LIMIT,
            (false, price_type::ANY) => abi::TYPE_MARKET,
            (false, price_type::BEST | price_type::FIVE_LEVEL) => abi::TYPE_RANGE_MARKET,
            (true, price_type::LIMIT) => abi::TYPE_STOP_LIMIT,
            (true, price_type::ANY) => abi::TYPE_STOP,
            _ => 0,
        };
        let price = |is_there, value| price_e9(value).ok().flatten().filter(|_| is_there);
        let is_priced = row.price_type == price_type::LIMIT;
        Sheet {
            side: Side::from_direction(row.direction).map_or(0, Side::code),
            order_type,
            tif: pricing::life(row.time_condition, row.volume_condition).map_or(0, tif),
            open_close: offset::open_close(row.offset),
            price_e9: price(is_priced, row.limit_price).unwrap_or(ABSENT),
            stop_price_e9: price(is_stop, row.stop_price).unwrap_or(ABSENT),
            exchange: row.exchange.trim().to_owned(),
            symbol: row.symbol.clone(),
        }
    }
}

const fn tif(life: Life) -> u8 {
    match life {
        Life::Rod => abi::TIF_ROD,
        Life::Ioc => abi::TIF_IOC,
        Life::Fok => abi::TIF_FOK,
    }
}

/// The name of an order for the host: exchanges count apart, so that the exchange belongs to it.
pub(crate) fn broker_id(number: &Number) -> String {
    format!("{}:{}", number.exchange, number.order_sys_id)
}

/// The order that a name of ours means; `None` where it is none.
pub(crate) fn number_of(broker_id: &str) -> Option<Number> {
    let (exchange, order_sys_id) = broker_id.split_once(':')?;
    Number::new(exchange, order_sys_id)
}

/// Puts a name; one that does not fit leaves the field empty, which says that it is not known.
fn put(field: &mut [u8], name: &str) {
    let _ = put_name(field, name);
}

/// An update, whole.
pub(crate) fn order(
    update: &Update,
    sheet: &Sheet,
    account: &str,
    ts_ns: Option<i64>,
) -> OrderUpdate {
    let mut told = OrderUpdate {
        client_order_id: update.client_order_id,
        change: update.change,
        state: update.state,
        side: sheet.side,
        order_type: sheet.order_type,
        tif: sheet.tif,
        open_close: sheet.open_close,
        triggered: u8::from(update.is_triggered),
        ts_ns: ts_ns.unwrap_or(ABSENT),
        utc_offset_s: clock::OFFSET_S,
        price_e9: sheet.price_e9,
        stop_price_e9: sheet.stop_price_e9,
        qty_e9: quantity_e9(update.lots),
        filled_e9: quantity_e9(update.filled.clamp(0, update.lots.max(0))),
        ..OrderUpdate::blank()
    };
    put(&mut told.account, account);
    put(&mut told.exchange, &sheet.exchange);
    put(&mut told.symbol, &sheet.symbol);
    if let Some(number) = &update.number {
        put(&mut told.broker_order_id, &broker_id(number));
    }
    if let Some(refusal) = &update.refusal {
        let status = refusal.status();
        (told.code, told.vendor_code, told.text) = (status.code, status.vendor_code, status.text);
    }
    told
}

/// A fill; CTP does not say what it costs.
pub(crate) fn fill(fill: &orders::Fill, account: &str) -> Fill {
    let trade = &fill.trade;
    let mut told = Fill {
        client_order_id: fill.client_order_id,
        price_e9: trade.price_e9,
        qty_e9: quantity_e9(trade.lots),
        ts_ns: trade.ts_ns.unwrap_or(ABSENT),
        utc_offset_s: clock::OFFSET_S,
        side: Side::from_direction(trade.direction).map_or(0, Side::code),
        open_close: offset::open_close(trade.offset),
        ..Fill::blank()
    };
    put(&mut told.account, account);
    put(&mut told.exchange, &trade.number.exchange);
    put(&mut told.symbol, &trade.symbol);
    put(&mut told.broker_order_id, &broker_id(&fill.number));
    put(&mut told.fill_id, trade.trade_id.trim());
    told
}

/// How a connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// `AFTM_CHANNEL_…`.
    pub(crate) channel: u8,
    /// `AFTM_CONN_…`.
    pub(crate) state: u8,
    pub(crate) attempt: u32,
    /// As yyyymmdd; 0 where it is not known.
    pub(crate) trading_day: u32,
    pub(crate) refusal: Option<Refusal>,
}

pub(crate) fn connection(standing: &Standing) -> Connection {
    let is_up = standing.state == abi::CONN_UP;
    let mut told = Connection {
        channel: standing.channel,
        state: standing.state,
        attempt: if is_up { 0 } else { standing.attempt.max(1) },
        trading_day: standing.trading_day,
        ..Connection::blank()
    };
    match &standing.refusal {
        Some(refusal) => {
            let status = refusal.status();
            (told.code, told.vendor_code, told.text) =
                (status.code, status.vendor_code, status.text);
        }
        None if is_up => put_text(&mut told.text, "logged in"),
        None => put_text(&mut told.text, "not connected"),
    }
    told
}

#[cfg(test)]
mod tests {
    use abi::{name, text};

    use super::*;
    use crate::ask::tests::request;
    use crate::fills::Trade;

    fn row() -> OrderRow {
        OrderRow {
            exchange: "SHFE".to_owned(),
            symbol: "rb2510".to_owned(),
            direction: b'1',
            offset: b'3',
            price_type: b'2',
            limit_price: 3200.0,
            contingent: b'1',
            time_condition: b'1',
            volume_condition: b'3',
            ..OrderRow::default()
        }
    }

    #[test]
    fn an_update_is_whole_in_the_hosts_words() {
        let number = Number::new("SHFE", "    77");
        let refusal =
            Refusal { code: abi::E_FUNDS, vendor_code: Some(31), text: "资金不足".to_owned() };
        let update = Update {
            client_order_id: 7,
            change: abi::CHANGE_REJECTED,
            state: abi::STATE_REJECTED,
            lots: 2,
            filled: 1,
            is_triggered: true,
            number,
            refusal: Some(refusal),
        };
        let sheet = Sheet::of_ask(&Ask::read(&request()).unwrap());
        let told = order(&update, &sheet, "080001", Some(5));
        assert_eq!((told.client_order_id, told.change, told.state), (7, 2, 5));
        assert_eq!((told.side, told.order_type, told.tif, told.open_close), (1, 1, 1, 1));
        assert_eq!((told.qty_e9, told.filled_e9, told.ts_ns), (2_000_000_000, 1_000_000_000, 5));
        assert_eq!((told.price_e9, told.stop_price_e9), (3_200_000_000_000, ABSENT));
        assert_eq!(name(&told.broker_order_id), Some("SHFE:77"));
        assert_eq!((told.code, text(&told.vendor_code)), (abi::E_FUNDS, "31".into()));
        assert_eq!(text(&told.text), "资金不足");
        assert_eq!(number_of("SHFE:77"), update.number);
        assert_eq!((number_of("77"), number_of("SHFE:")), (None, None));
    }

    #[test]
    fn an_order_of_another_terminal_is_read_from_its_row() {
        let sheet = Sheet::of_row(&row());
        assert_eq!((sheet.side, sheet.order_type, sheet.tif, sheet.open_close), (2, 1, 3, 3));
        let kind = |price_type, contingent| {
            let sheet = Sheet::of_row(&OrderRow { price_type, contingent, ..row() });
            (sheet.order_type, sheet.price_e9 != ABSENT, sheet.stop_price_e9 != ABSENT)
        };
        assert_eq!(kind(b'1', b'1'), (abi::TYPE_MARKET, false, false));
        assert_eq!(kind(b'G', b'1'), (abi::TYPE_RANGE_MARKET, false, false));
        assert_eq!(kind(b'2', b'6'), (abi::TYPE_STOP_LIMIT, true, true));
        assert_eq!(kind(b'1', b'8'), (abi::TYPE_STOP, false, true));
        assert_eq!(kind(b'?', b'1').0, 0, "never the nearest known");
    }

    #[test]
    fn a_fill_names_its_order_and_itself() {
        let number = Number::new("SHFE", "77").unwrap();
        let trade = Trade {
            number: number.clone(),
            trade_id: "    9".to_owned(),
            direction: b'1',
            offset: b'4',
            price_e9: 5,
            lots: 3,
            symbol: "rb2510".to_owned(),
            hedge: b'1',
            ts_ns: None,
        };
        let told = fill(&orders::Fill { client_order_id: 7, number, trade }, "080001");
        assert_eq!((told.side, told.open_close, told.qty_e9), (2, 4, 3_000_000_000));
        assert_eq!((name(&told.fill_id), name(&told.account)), (Some("9"), Some("080001")));
        assert_eq!((told.ts_ns, told.fee_e9), (ABSENT, ABSENT));
    }
}
