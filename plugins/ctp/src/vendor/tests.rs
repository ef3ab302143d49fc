//! The codes against the vendor's header, and its structs there and back.

use aftm_exchange_abi::E_FUNDS;
use ctp2rs::v1alpha1 as header;
use ctp2rs::v1alpha1::{
    CThostFtdcDepthMarketDataField, CThostFtdcInstrumentField, CThostFtdcInvestorPositionField,
    CThostFtdcOrderField, CThostFtdcTradeField, CThostFtdcTradingAccountField,
};

use super::*;
use crate::ask::Life;
use crate::codes::{
    action, contingent, direction, force_close, hedge, offset as offsets, position as positions,
    position_date, price_type, status, submit, time_condition, volume_condition,
};
use crate::course::Seen;
use crate::holding::Row;
use crate::input::SessionKey;
use crate::orders::Key;

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
fn an_order_and_a_trade_are_read_field_by_field() {
    let order = CThostFtdcOrderField {
        FrontID: 1,
        SessionID: -9,
        OrderRef: field("          12"),
        ExchangeID: field("SHFE"),
        OrderSysID: field("     77"),
        InstrumentID: field("rb2510"),
        Direction: letter(b'1'),
        CombOffsetFlag: field("3"),
        CombHedgeFlag: field("1"),
        OrderPriceType: letter(b'2'),
        LimitPrice: 3200.5,
        ContingentCondition: letter(b'1'),
        VolumeTotalOriginal: 3,
        VolumeTraded: 1,
        TimeCondition: letter(b'1'),
        VolumeCondition: letter(b'3'),
        OrderStatus: letter(b'1'),
        OrderSubmitStatus: letter(b'3'),
        StatusMsg: field("部分成交"),
        InsertDate: field("20251121"),
        InsertTime: field("09:00:00"),
        UpdateTime: field("09:00:01"),
        ..CThostFtdcOrderField::default()
    };
    let row = rows::order(&order);
    assert_eq!(row.key(), Key::new(SessionKey { front: 1, session: -9 }, "12"));
    let report = row.report();
    assert_eq!((report.exchange, report.order_sys_id), ("SHFE", "     77"));
    assert_eq!((report.lots, report.life), (3, Life::Fok));
    let seen = Seen { status: b'1', submit: b'3', traded: 1, text: "部分成交" };
    assert_eq!(report.seen, seen);
    assert_eq!(
        (row.symbol.as_str(), row.direction, row.offset, row.hedge),
        ("rb2510", b'1', b'3', b'1')
    );
    assert_eq!((row.price_type, row.contingent), (b'2', b'1'));
    assert_eq!((row.date.as_str(), row.time.as_str()), ("20251121", "09:00:01"));
    let canceled = CThostFtdcOrderField { CancelTime: field("09:00:02"), ..order };
    assert_eq!(rows::order(&canceled).time, "09:00:02");
    let fresh = CThostFtdcOrderField { UpdateTime: field(""), ..order };
    assert_eq!(rows::order(&fresh).time, "09:00:00");

    let theirs = CThostFtdcTradeField {
        ExchangeID: field("SHFE"),
        OrderSysID: field("     77"),
        TradeID: field("   9"),
        InstrumentID: field("rb2510"),
        Direction: letter(b'1'),
        OffsetFlag: letter(b'4'),
        HedgeFlag: letter(b'1'),
        Price: 3200.5,
        Volume: 2,
        TradeDate: field("20251121"),
        TradeTime: field("09:00:01"),
        ..CThostFtdcTradeField::default()
    };
    let told = rows::trade(&theirs).trade(i64::MAX).unwrap().unwrap();
    assert_eq!((told.number.order_sys_id.as_str(), told.trade_id.as_str()), ("77", "9"));
    assert_eq!((told.direction, told.offset, told.hedge, told.lots), (b'1', b'4', b'1', 2));
    assert_eq!((told.price_e9, told.symbol.as_str()), (3_200_500_000_000, "rb2510"));
    assert_eq!(told.ts_ns, Some(1_763_686_801_000_000_000));
    let priced = |price| rows::trade(&CThostFtdcTradeField { Price: price, ..theirs }).trade(0);
    assert_eq!(priced(f64::MAX), Ok(None));
    assert!(priced(1e12).is_err());
}

#[test]
fn positions_accounts_and_instruments_are_read() {
    let theirs = CThostFtdcInvestorPositionField {
        InstrumentID: field("rb2510"),
        ExchangeID: field("SHFE"),
        HedgeFlag: letter(b'1'),
        PosiDirection: letter(b'2'),
        PositionDate: letter(b'1'),
        Position: 8,
        TodayPosition: 3,
        LongFrozen: 1,
        ShortFrozen: 2,
        OpenCost: 1.0,
        PositionProfit: 2.0,
        UseMargin: 3.0,
        ..CThostFtdcInvestorPositionField::default()
    };
    let row = rows::position(&theirs);
    let lots =
        Row { direction: b'2', date: b'1', lots: 8, today: 3, long_frozen: 1, short_frozen: 2 };
    assert_eq!((row.lots, row.symbol.as_str(), row.exchange.as_str()), (lots, "rb2510", "SHFE"));
    assert_eq!(
        [row.open_cost, row.profit, row.margin].map(f64::to_bits),
        [1.0, 2.0, 3.0].map(f64::to_bits)
    );
    let account = rows::account(&CThostFtdcTradingAccountField {
        Balance: 5.0,
        FrozenMargin: 1.0,
        FrozenCash: 2.0,
        FrozenCommission: 3.0,
        CurrencyID: field("CNY"),
        ..CThostFtdcTradingAccountField::default()
    });
    assert_eq!(
        (account.balance.to_bits(), account.frozen.to_bits()),
        (5_f64.to_bits(), 6_f64.to_bits())
    );
    assert_eq!(account.currency, "CNY");
    let instrument = rows::instrument(&CThostFtdcInstrumentField {
        InstrumentID: field("rb2510"),
        ExchangeID: field("SHFE"),
        ProductID: field("rb"),
        InstrumentName: field("螺纹钢"),
        ProductClass: letter(b'1'),
        VolumeMultiple: 10,
        PriceTick: 1.0,
        DeliveryYear: 2025,
        DeliveryMonth: 10,
        ExpireDate: field("20251015"),
        ..CThostFtdcInstrumentField::default()
    });
    assert_eq!((instrument.name.as_str(), instrument.multiple), ("螺纹钢", 10));
    assert_eq!((instrument.year, instrument.month, instrument.class), (2025, 10, b'1'));
}

#[test]
fn a_snapshot_is_read_level_by_level() {
    let theirs = CThostFtdcDepthMarketDataField {
        InstrumentID: field("rb2510"),
        TradingDay: field("20251124"),
        ActionDay: field("20251121"),
        UpdateTime: field("21:00:00"),
        UpdateMillisec: 500,
        LastPrice: 3200.0,
        Volume: 7,
        BidPrice1: 1.0,
        BidVolume1: 11,
        BidPrice5: 5.0,
        BidVolume5: 15,
        AskPrice3: 3.0,
        AskVolume3: 23,
        ..CThostFtdcDepthMarketDataField::default()
    };
    let depth = rows::depth(&theirs);
    assert_eq!(
        (depth.date.as_str(), depth.time.as_str(), depth.millisecond),
        ("20251121", "21:00:00", 500)
    );
    assert_eq!((depth.bids[0].1, depth.bids[4].1, depth.asks[2].1, depth.volume), (11, 15, 23, 7));
    let no_day = CThostFtdcDepthMarketDataField { ActionDay: field(""), ..theirs };
    assert_eq!(rows::depth(&no_day).date, "20251124");
}

#[test]
fn an_answer_is_read() {
    assert_eq!(answer(None), Ok(()));
    let info = CThostFtdcRspInfoField { ErrorID: 31, ErrorMsg: field("CTP:资金不足") };
    let refused = answer(Some(&info)).unwrap_err();
    assert_eq!((refused.code, refused.text.as_str()), (E_FUNDS, "CTP:资金不足 (CTP error 31)"));
}
