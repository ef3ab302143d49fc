//! The vendor's library: its structs filled and read, its calls made and its callbacks taken.
//!
//! Here and in `rows` there is plain memory and nothing calls the library, so that these tests need
//! its headers alone.

mod library;
mod market;
mod rows;
mod spi;
mod trader;

use std::ffi::c_char;

use ctp2rs::v1alpha1::{
    CThostFtdcInputOrderActionField, CThostFtdcInputOrderField, CThostFtdcRspInfoField,
};

use crate::input::{InputAction, InputOrder};
use crate::{Refusal, errors, text};

pub(crate) use library::counter;

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

/// The text of a field for the vendor; what does not fit was refused before.
fn field<const N: usize>(text: &str) -> [c_char; N] {
    letters(text::sentence(text))
}

/// A flag of a combination: its first character.
fn first(field: &[c_char]) -> u8 {
    field.first().map_or(0, |it| byte(*it))
}

/// The order as the vendor takes it.
pub(crate) fn input_order(order: &InputOrder) -> CThostFtdcInputOrderField {
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
pub(crate) fn input_action(action: &InputAction) -> CThostFtdcInputOrderActionField {
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

/// What an answer says; no information at all is a success, too.
///
/// # Errors
///
/// The venue's refusal.
pub(crate) fn answer(info: Option<&CThostFtdcRspInfoField>) -> Result<(), Refusal> {
    let Some(info) = info else { return Ok(()) };
    let message: Vec<u8> = info.ErrorMsg.iter().map(|it| byte(*it)).collect();
    errors::answer(Some((info.ErrorID, &message)))
}

#[cfg(test)]
mod tests;
