//! What the host is told of orders, fills, holdings and money, as the interface writes it.

use aftm_domain::order::{Kind, Refusal, Ticket, TimeInForce};
use aftm_domain::{
    AccountId, Code, ExchangeTime, Fill, Money, OpenClose, Position, Price, Quantity, Side,
};
use aftm_exchange_abi as abi;
use aftm_exchange_abi::{
    ABSENT, CHANGE_NONE, OC_AUTO, OC_CLOSE, OC_OPEN, OrderRequest, OrderUpdate, SIDE_BUY,
    SIDE_SELL, STATE_PENDING, TIF_FOK, TIF_IOC, TIF_ROD, TYPE_LIMIT, TYPE_MARKET,
    TYPE_RANGE_MARKET, TYPE_STOP, TYPE_STOP_LIMIT, Versioned, put_id, put_text,
};
use aftm_sim::Summary;

use crate::fault::code;

fn side(side: Side) -> u8 {
    match side {
        Side::Buy => SIDE_BUY,
        Side::Sell => SIDE_SELL,
    }
}

fn order_type(kind: Kind) -> u8 {
    match kind {
        Kind::Market => TYPE_MARKET,
        Kind::RangeMarket => TYPE_RANGE_MARKET,
        Kind::Limit => TYPE_LIMIT,
        Kind::Stop => TYPE_STOP,
        Kind::StopLimit => TYPE_STOP_LIMIT,
    }
}

fn tif(time_in_force: TimeInForce) -> u8 {
    match time_in_force {
        TimeInForce::Rod => TIF_ROD,
        TimeInForce::Ioc => TIF_IOC,
        TimeInForce::Fok => TIF_FOK,
    }
}

fn open_close(open_close: OpenClose) -> u8 {
    match open_close {
        OpenClose::Open => OC_OPEN,
        OpenClose::Close => OC_CLOSE,
        OpenClose::Auto => OC_AUTO,
    }
}

pub(crate) fn price_e9(price: Option<Price>) -> i64 {
    price.map_or(ABSENT, Price::raw)
}

/// When something is told, on the exchange's clock.
pub(crate) fn clock(now: Option<ExchangeTime>) -> (i64, i32) {
    now.map_or((ABSENT, 0), |it| (it.at.0, it.offset))
}

/// What an update of an order says but its time and its sentences, which few orders have and which
/// take more than all the rest.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) client_order_id: u64,
    pub(crate) change: u8,
    pub(crate) state: u8,
    side: u8,
    order_type: u8,
    tif: u8,
    open_close: u8,
    day_trade: u8,
    pub(crate) triggered: u8,
    pub(crate) price_e9: i64,
    stop_price_e9: i64,
    pub(crate) qty_e9: i64,
    pub(crate) filled_e9: i64,
    pub(crate) account: [u8; 40],
    pub(crate) exchange: [u8; 16],
    pub(crate) symbol: [u8; 64],
    pub(crate) broker_order_id: [u8; 72],
}

impl Told {
    /// An order that was just sent, in the words it was sent in, traded on this exchange.
    pub(crate) const fn sent(order: &OrderRequest, exchange: [u8; 16]) -> Told {
        Told {
            client_order_id: order.client_order_id,
            change: CHANGE_NONE,
            state: STATE_PENDING,
            side: order.side,
            order_type: order.order_type,
            tif: order.tif,
            open_close: order.open_close,
            day_trade: order.day_trade,
            triggered: 0,
            price_e9: order.price_e9,
            stop_price_e9: order.stop_price_e9,
            qty_e9: order.qty_e9,
            filled_e9: 0,
            account: order.account,
            exchange,
            symbol: order.symbol,
            broker_order_id: [0; 72],
        }
    }

    /// An order of this number that nothing has happened to.
    pub(crate) fn of(id: u64, ticket: &Ticket) -> Told {
        let mut told = Told {
            client_order_id: id,
            change: CHANGE_NONE,
            state: STATE_PENDING,
            side: side(ticket.side),
            order_type: order_type(ticket.kind),
            tif: tif(ticket.time_in_force),
            open_close: open_close(ticket.open_close),
            day_trade: u8::from(ticket.day_trade),
            triggered: 0,
            price_e9: price_e9(ticket.price),
            stop_price_e9: price_e9(ticket.stop_price),
            qty_e9: ticket.quantity.raw(),
            filled_e9: 0,
            account: [0; 40],
            exchange: [0; 16],
            symbol: [0; 64],
            broker_order_id: [0; 72],
        };
        put_id(&mut told.account, ticket.account.as_str());
        put_id(&mut told.symbol, ticket.item.as_str());
        told
    }

    /// The update that says it, without a sentence.
    pub(crate) fn update(&self, (ts_ns, utc_offset_s): (i64, i32)) -> OrderUpdate {
        OrderUpdate {
            client_order_id: self.client_order_id,
            change: self.change,
            state: self.state,
            side: self.side,
            order_type: self.order_type,
            tif: self.tif,
            open_close: self.open_close,
            day_trade: self.day_trade,
            triggered: self.triggered,
            ts_ns,
            utc_offset_s,
            price_e9: self.price_e9,
            stop_price_e9: self.stop_price_e9,
            qty_e9: self.qty_e9,
            filled_e9: self.filled_e9,
            account: self.account,
            exchange: self.exchange,
            symbol: self.symbol,
            broker_order_id: self.broker_order_id,
            ..OrderUpdate::blank()
        }
    }
}

/// Says why something was refused.
#[cold]
pub(crate) fn refuse(told: &mut OrderUpdate, refusal: &Refusal) {
    told.code = code(&refusal.code);
    put_text(&mut told.vendor_code, &refusal.code);
    put_text(&mut told.text, &refusal.text);
}

/// Says in a blank struct what a fill of an order is.
pub(crate) fn fill(told: &mut abi::Fill, order: &Told, fill: &Fill) {
    told.client_order_id = order.client_order_id;
    told.price_e9 = fill.price.raw();
    told.qty_e9 = fill.quantity.raw();
    told.fee_e9 = e9(fill.fee);
    told.tax_e9 = e9(fill.tax);
    (told.ts_ns, told.utc_offset_s) = clock(Some(fill.time));
    (told.side, told.open_close) = (order.side, order.open_close);
    told.account = order.account;
    told.exchange = order.exchange;
    told.symbol = order.symbol;
    told.broker_order_id = order.broker_order_id;
    put_id(&mut told.fill_id, fill.trade.as_str());
}

/// Money of one fill; absent where it leaves the range.
fn e9(money: Money) -> i64 {
    i64::try_from(money.raw()).unwrap_or(ABSENT)
}

/// Money of an account, rounded half away from zero; absent where it leaves the range.
fn e4(money: Money) -> i64 {
    let (raw, unit) = (money.raw(), 100_000);
    let rounded = (raw.abs() + unit / 2) / unit * raw.signum();
    i64::try_from(rounded).unwrap_or(ABSENT)
}

/// An account and its money; all absent where amounts left the range of money.
pub(crate) fn account(id: &AccountId, currency: &str, summary: Option<Summary>) -> abi::Account {
    let mut told = abi::Account::blank();
    put_id(&mut told.account, id.as_str());
    put_text(&mut told.currency, currency);
    let Some(summary) = summary else { return told };
    let Summary { balance, today, open_profit, equity, margin, ordered, available } = summary;
    let balance = today.net().and_then(|it| balance.checked_add(it));
    abi::Account {
        balance_e4: balance.map_or(ABSENT, e4),
        equity_e4: e4(equity),
        available_e4: e4(available),
        margin_e4: e4(margin),
        frozen_e4: e4(ordered),
        realized_e4: e4(today.realized),
        unrealized_e4: e4(open_profit),
        fees_e4: e4(today.fees),
        tax_e4: e4(today.tax),
        ..told
    }
}

/// What is held of an item: a row for each side that has lots.
pub(crate) fn positions(
    account: &AccountId,
    item: &Code,
    exchange: [u8; 16],
    position: &Position,
) -> impl Iterator<Item = abi::Position> {
    let row = move |of: Side| {
        let held = position.held(of);
        let avg_price_e9 = price_e9(position.average(of));
        let (qty_e9, side) = (held.raw(), side(of));
        let blank = abi::Position::blank();
        let mut told = abi::Position { side, qty_e9, avg_price_e9, exchange, ..blank };
        put_id(&mut told.account, account.as_str());
        put_id(&mut told.symbol, item.as_str());
        Some(told).filter(|_| held != Quantity::ZERO)
    };
    [Side::Buy, Side::Sell].into_iter().filter_map(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_of_an_account_is_rounded_half_away_from_zero() {
        for (raw, rounded) in
            [(0, 0), (49_999, 0), (50_000, 1), (-49_999, 0), (-50_000, -1), (1_000_000_000, 10_000)]
        {
            assert_eq!(e4(Money::from_raw(raw)), rounded, "{raw}");
        }
        assert_eq!(e4(Money::from_raw(i128::MAX / 4)), ABSENT);
        assert_eq!(e9(Money::from_raw(i128::from(i64::MAX) + 1)), ABSENT);
    }
}
