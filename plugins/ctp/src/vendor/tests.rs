//! The codes against the vendor's header, and its structs there and back.

use aftm_exchange_abi::E_FUNDS;
use ctp2rs::v1alpha1 as header;

use super::*;
use crate::codes::{
    action, contingent, direction, force_close, hedge, offset as offsets, position as positions,
    position_date, price_type, status, submit, time_condition, volume_condition,
};

#[test]
fn every_code_is_the_headers() {
    let pairs = [
        (direction::BUY, header::THOST_FTDC_D_Buy),
        (direction::SELL, header::THOST_FTDC_D_Sell),
        (offsets::OPEN, header::THOST_FTDC_OF_Open),
        (offsets::CLOSE, header::THOST_FTDC_OF_Close),
        (offsets::FORCE_CLOSE, header::THOST_FTDC_OF_ForceClose),
        (offsets::CLOSE_TODAY, header::THOST_FTDC_OF_CloseToday),
        (offsets::CLOSE_YESTERDAY, header::THOST_FTDC_OF_CloseYesterday),
        (hedge::SPECULATION, header::THOST_FTDC_HF_Speculation),
        (hedge::ARBITRAGE, header::THOST_FTDC_HF_Arbitrage),
        (hedge::HEDGE, header::THOST_FTDC_HF_Hedge),
        (price_type::ANY, header::THOST_FTDC_OPT_AnyPrice),
        (price_type::LIMIT, header::THOST_FTDC_OPT_LimitPrice),
        (price_type::BEST, header::THOST_FTDC_OPT_BestPrice),
        (price_type::FIVE_LEVEL, header::THOST_FTDC_OPT_FiveLevelPrice),
        (time_condition::IOC, header::THOST_FTDC_TC_IOC),
        (time_condition::GFD, header::THOST_FTDC_TC_GFD),
        (volume_condition::ANY, header::THOST_FTDC_VC_AV),
        (volume_condition::COMPLETE, header::THOST_FTDC_VC_CV),
        (contingent::IMMEDIATELY, header::THOST_FTDC_CC_Immediately),
        (contingent::LAST_ABOVE, header::THOST_FTDC_CC_LastPriceGreaterThanStopPrice),
        (contingent::LAST_AT_OR_ABOVE, header::THOST_FTDC_CC_LastPriceGreaterEqualStopPrice),
        (contingent::LAST_BELOW, header::THOST_FTDC_CC_LastPriceLesserThanStopPrice),
        (contingent::LAST_AT_OR_BELOW, header::THOST_FTDC_CC_LastPriceLesserEqualStopPrice),
        (force_close::NONE, header::THOST_FTDC_FCC_NotForceClose),
        (action::DELETE, header::THOST_FTDC_AF_Delete),
        (action::MODIFY, header::THOST_FTDC_AF_Modify),
        (status::ALL_TRADED, header::THOST_FTDC_OST_AllTraded),
        (status::PART_QUEUEING, header::THOST_FTDC_OST_PartTradedQueueing),
        (status::PART_NOT_QUEUEING, header::THOST_FTDC_OST_PartTradedNotQueueing),
        (status::QUEUEING, header::THOST_FTDC_OST_NoTradeQueueing),
        (status::NOT_QUEUEING, header::THOST_FTDC_OST_NoTradeNotQueueing),
        (status::CANCELED, header::THOST_FTDC_OST_Canceled),
        (status::UNKNOWN, header::THOST_FTDC_OST_Unknown),
        (status::NOT_TOUCHED, header::THOST_FTDC_OST_NotTouched),
        (status::TOUCHED, header::THOST_FTDC_OST_Touched),
        (submit::INSERT_SUBMITTED, header::THOST_FTDC_OSS_InsertSubmitted),
        (submit::CANCEL_SUBMITTED, header::THOST_FTDC_OSS_CancelSubmitted),
        (submit::MODIFY_SUBMITTED, header::THOST_FTDC_OSS_ModifySubmitted),
        (submit::ACCEPTED, header::THOST_FTDC_OSS_Accepted),
        (submit::INSERT_REJECTED, header::THOST_FTDC_OSS_InsertRejected),
        (submit::CANCEL_REJECTED, header::THOST_FTDC_OSS_CancelRejected),
        (submit::MODIFY_REJECTED, header::THOST_FTDC_OSS_ModifyRejected),
        (positions::NET, header::THOST_FTDC_PD_Net),
        (positions::LONG, header::THOST_FTDC_PD_Long),
        (positions::SHORT, header::THOST_FTDC_PD_Short),
        (position_date::TODAY, header::THOST_FTDC_PSD_Today),
        (position_date::HISTORY, header::THOST_FTDC_PSD_History),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(char::from(ours), char::from(theirs));
    }
}

#[test]
fn the_structs_have_the_size_of_this_version() {
    // 6.7.0 has no remark: its order is 392 bytes long.
    assert_eq!(size_of::<CThostFtdcInputOrderField>(), 408);
}

fn field<const N: usize>(text: &str) -> [c_char; N] {
    letters(text::sentence(text))
}

#[test]
fn an_order_and_its_cancel_are_copied_field_by_field() {
    let session = SessionKey { front: 1, session: -9 };
    let order = InputOrder {
        broker_id: text::sentence("9999"),
        investor_id: text::sentence("080001"),
        user_id: text::sentence("080001x"),
        exchange_id: text::sentence("SHFE"),
        instrument_id: text::sentence("rb2510"),
        order_ref: text::sentence("12"),
        direction: b'1',
        comb_offset_flag: *b"3\0\0\0\0",
        comb_hedge_flag: *b"1\0\0\0\0",
        order_price_type: b'2',
        limit_price: 3200.0,
        volume_total_original: 2,
        min_volume: 1,
        time_condition: b'3',
        volume_condition: b'1',
        contingent_condition: b'6',
        stop_price: 3190.0,
        force_close_reason: b'0',
        is_auto_suspend: 0,
        user_force_close: 0,
        is_swap_order: 0,
        order_memo: text::sentence("止损"),
    };
    let theirs = input_order(&order);
    let names: [(&[c_char], &str); 7] = [
        (&theirs.BrokerID, "9999"),
        (&theirs.InvestorID, "080001"),
        (&theirs.UserID, "080001x"),
        (&theirs.ExchangeID, "SHFE"),
        (&theirs.InstrumentID, "rb2510"),
        (&theirs.OrderRef, "12"),
        (&theirs.OrderMemo, "止损"),
    ];
    for (field, name) in names {
        assert_eq!(read(field), name);
    }
    let flags = [
        theirs.Direction,
        theirs.CombOffsetFlag[0],
        theirs.CombHedgeFlag[0],
        theirs.OrderPriceType,
        theirs.TimeCondition,
        theirs.VolumeCondition,
        theirs.ContingentCondition,
        theirs.ForceCloseReason,
    ];
    assert_eq!(flags.map(byte), *b"13123160");
    assert_eq!((theirs.VolumeTotalOriginal, theirs.MinVolume), (2, 1));
    assert_eq!(theirs.LimitPrice.to_bits(), 3200_f64.to_bits());
    assert_eq!(theirs.StopPrice.to_bits(), 3190_f64.to_bits());
    assert_eq!((read(&theirs.GTDDate), read(&theirs.AccountID)), (String::new(), String::new()));

    let action = InputAction {
        broker_id: order.broker_id,
        investor_id: order.investor_id,
        user_id: order.user_id,
        order_action_ref: 5,
        order_ref: order.order_ref,
        front_id: session.front,
        session_id: session.session,
        exchange_id: order.exchange_id,
        order_sys_id: text::sentence("     77"),
        action_flag: b'0',
        instrument_id: order.instrument_id,
    };
    let theirs = input_action(&action);
    assert_eq!((theirs.FrontID, theirs.SessionID, theirs.OrderActionRef), (1, -9, 5));
    assert_eq!((read(&theirs.OrderSysID).as_str(), byte(theirs.ActionFlag)), ("     77", b'0'));
    assert_eq!(
        (read(&theirs.OrderRef), read(&theirs.InstrumentID)),
        ("12".into(), "rb2510".into())
    );
}

#[test]
fn a_report_and_a_trade_are_read_field_by_field() {
    let order = CThostFtdcOrderField {
        FrontID: 1,
        SessionID: -9,
        OrderRef: field("          12"),
        ExchangeID: field("SHFE"),
        OrderSysID: field("     77"),
        VolumeTotalOriginal: 3,
        VolumeTraded: 1,
        TimeCondition: letter(b'1'),
        VolumeCondition: letter(b'3'),
        OrderStatus: letter(b'1'),
        OrderSubmitStatus: letter(b'3'),
        CombOffsetFlag: field("3"),
        StatusMsg: field("部分成交"),
        ..CThostFtdcOrderField::default()
    };
    let text = ReportText::of(&order);
    let report = report(&order, &text);
    assert_eq!(report.key, Key::new(SessionKey { front: 1, session: -9 }, "12"));
    assert_eq!((report.exchange, report.order_sys_id), ("SHFE", "     77"));
    assert_eq!((report.lots, report.life), (3, Life::Fok));
    let seen = Seen { status: b'1', submit: b'3', traded: 1, text: "部分成交" };
    assert_eq!((report.seen, offset(&order)), (seen, b'3'));

    let theirs = CThostFtdcTradeField {
        ExchangeID: field("SHFE"),
        OrderSysID: field("     77"),
        TradeID: field("   9"),
        Direction: letter(b'1'),
        OffsetFlag: letter(b'4'),
        Price: 3200.5,
        Volume: 2,
        ..CThostFtdcTradeField::default()
    };
    let told = trade(&theirs).unwrap().unwrap();
    assert_eq!((told.number.order_sys_id.as_str(), told.trade_id.as_str()), ("77", "   9"));
    assert_eq!((told.direction, told.offset, told.lots), (b'1', b'4', 2));
    assert_eq!(told.price_e9, 3_200_500_000_000);
    assert_eq!(trade(&CThostFtdcTradeField { Price: f64::MAX, ..theirs }), Ok(None));
    assert!(trade(&CThostFtdcTradeField { Price: 1e12, ..theirs }).is_err());
}

#[test]
fn a_position_and_an_answer_are_read() {
    let theirs = CThostFtdcInvestorPositionField {
        PosiDirection: letter(b'2'),
        PositionDate: letter(b'1'),
        Position: 8,
        TodayPosition: 3,
        LongFrozen: 1,
        ShortFrozen: 2,
        ..CThostFtdcInvestorPositionField::default()
    };
    let row =
        Row { direction: b'2', date: b'1', lots: 8, today: 3, long_frozen: 1, short_frozen: 2 };
    assert_eq!(position(&theirs), row);
    assert_eq!(answer(None), Ok(()));
    let info = CThostFtdcRspInfoField { ErrorID: 31, ErrorMsg: field("CTP:资金不足") };
    let refused = answer(Some(&info)).unwrap_err();
    assert_eq!((refused.code, refused.text.as_str()), (E_FUNDS, "CTP:资金不足 (CTP error 31)"));
}
