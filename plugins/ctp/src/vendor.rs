//! The vendor's structs, filled and read. They are plain memory: nothing here calls the vendor's
//! library, and so the tests need its headers alone.

use std::ffi::c_char;

use ctp2rs::v1alpha1::{
    CThostFtdcInputOrderActionField, CThostFtdcInputOrderField, CThostFtdcInvestorPositionField,
    CThostFtdcOrderField, CThostFtdcRspInfoField, CThostFtdcTradeField,
};

use crate::ask::Life;
use crate::course::Seen;
use crate::fills::{Number, Trade};
use crate::holding::Row;
use crate::input::{InputAction, InputOrder, SessionKey};
use crate::number::{Unusable, price_e9};
use crate::orders::{Key, Report};
use crate::{Refusal, errors, pricing, text};

/// The vendor's characters are signed on some systems and not on others.
const fn letter(byte: u8) -> c_char {
    c_char::from_ne_bytes([byte])
}

const fn byte(letter: c_char) -> u8 {
    let [byte] = letter.to_ne_bytes();
    byte
}

fn letters<const N: usize>(field: [u8; N]) -> [c_char; N] {
    field.map(letter)
}

fn read(field: &[c_char]) -> String {
    let bytes: Vec<u8> = field.iter().map(|it| byte(*it)).collect();
    text::read(&bytes)
}

/// A flag of a combination: its first character.
fn first(field: &[c_char]) -> u8 {
    field.first().map_or(0, |it| byte(*it))
}

/// The order as the vendor takes it.
pub fn input_order(order: &InputOrder) -> CThostFtdcInputOrderField {
    CThostFtdcInputOrderField {
        BrokerID: letters(order.broker_id),
        InvestorID: letters(order.investor_id),
        UserID: letters(order.user_id),
        ExchangeID: letters(order.exchange_id),
        InstrumentID: letters(order.instrument_id),
        OrderRef: letters(order.order_ref),
        Direction: letter(order.direction),
        CombOffsetFlag: letters(order.comb_offset_flag),
        CombHedgeFlag: letters(order.comb_hedge_flag),
        OrderPriceType: letter(order.order_price_type),
        LimitPrice: order.limit_price,
        VolumeTotalOriginal: order.volume_total_original,
        MinVolume: order.min_volume,
        TimeCondition: letter(order.time_condition),
        VolumeCondition: letter(order.volume_condition),
        ContingentCondition: letter(order.contingent_condition),
        StopPrice: order.stop_price,
        ForceCloseReason: letter(order.force_close_reason),
        IsAutoSuspend: order.is_auto_suspend,
        UserForceClose: order.user_force_close,
        IsSwapOrder: order.is_swap_order,
        OrderMemo: letters(order.order_memo),
        ..CThostFtdcInputOrderField::default()
    }
}

/// The cancel as the vendor takes it.
pub fn input_action(action: &InputAction) -> CThostFtdcInputOrderActionField {
    CThostFtdcInputOrderActionField {
        BrokerID: letters(action.broker_id),
        InvestorID: letters(action.investor_id),
        UserID: letters(action.user_id),
        OrderActionRef: action.order_action_ref,
        OrderRef: letters(action.order_ref),
        FrontID: action.front_id,
        SessionID: action.session_id,
        ExchangeID: letters(action.exchange_id),
        OrderSysID: letters(action.order_sys_id),
        ActionFlag: letter(action.action_flag),
        InstrumentID: letters(action.instrument_id),
        ..CThostFtdcInputOrderActionField::default()
    }
}

/// Text of an order's report, decoded, for [`report`] to borrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportText {
    exchange: String,
    order_sys_id: String,
    status: String,
}

impl ReportText {
    /// Of an `OnRtnOrder` or a row of a query.
    pub fn of(order: &CThostFtdcOrderField) -> ReportText {
        ReportText {
            exchange: read(&order.ExchangeID),
            order_sys_id: read(&order.OrderSysID),
            status: read(&order.StatusMsg),
        }
    }
}

/// An `OnRtnOrder` or a row of a query, with its text.
pub fn report<'a>(order: &CThostFtdcOrderField, text: &'a ReportText) -> Report<'a> {
    let session = SessionKey { front: order.FrontID, session: order.SessionID };
    let life = pricing::life(byte(order.TimeCondition), byte(order.VolumeCondition));
    Report {
        key: Key::new(session, &read(&order.OrderRef)),
        exchange: &text.exchange,
        order_sys_id: &text.order_sys_id,
        lots: order.VolumeTotalOriginal,
        life: life.unwrap_or(Life::Rod),
        seen: Seen {
            status: byte(order.OrderStatus),
            submit: byte(order.OrderSubmitStatus),
            traded: order.VolumeTraded,
            text: &text.status,
        },
    }
}

/// An `OnRtnTrade` or a row of a query; `None` where it has no price or names no order.
///
/// # Errors
///
/// Where the price cannot be held.
pub fn trade(trade: &CThostFtdcTradeField) -> Result<Option<Trade>, Unusable> {
    let number = Number::new(&read(&trade.ExchangeID), &read(&trade.OrderSysID));
    let (Some(number), Some(price_e9)) = (number, price_e9(trade.Price)?) else { return Ok(None) };
    Ok(Some(Trade {
        number,
        trade_id: read(&trade.TradeID),
        direction: byte(trade.Direction),
        offset: byte(trade.OffsetFlag),
        price_e9,
        lots: trade.Volume,
    }))
}

/// A row of `OnRspQryInvestorPosition`.
pub const fn position(row: &CThostFtdcInvestorPositionField) -> Row {
    Row {
        direction: byte(row.PosiDirection),
        date: byte(row.PositionDate),
        lots: row.Position,
        today: row.TodayPosition,
        long_frozen: row.LongFrozen,
        short_frozen: row.ShortFrozen,
    }
}

/// What an answer says; no information at all is a success, too.
///
/// # Errors
///
/// The venue's refusal.
pub fn answer(info: Option<&CThostFtdcRspInfoField>) -> Result<(), Refusal> {
    let Some(info) = info else { return Ok(()) };
    let message: Vec<u8> = info.ErrorMsg.iter().map(|it| byte(*it)).collect();
    errors::answer(Some((info.ErrorID, &message)))
}

/// The first character of `CombOffsetFlag`, for [`crate::offset::open_close`].
pub fn offset(order: &CThostFtdcOrderField) -> u8 {
    first(&order.CombOffsetFlag)
}

#[cfg(test)]
mod tests;
