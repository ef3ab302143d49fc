//! The vendor's structs as rows of ours.

use ctp2rs::v1alpha1::{
    CThostFtdcDepthMarketDataField, CThostFtdcInstrumentField, CThostFtdcInvestorPositionField,
    CThostFtdcOrderField, CThostFtdcRspUserLoginField, CThostFtdcTradeField,
    CThostFtdcTradingAccountField,
};

use super::{byte, first, read};
use crate::holding;
use crate::rows::{AccountRow, Depth, InstrumentRow, LoginRow, OrderRow, PositionRow, TradeRow};

pub(super) fn login(row: &CThostFtdcRspUserLoginField) -> LoginRow {
    LoginRow {
        trading_day: read(&row.TradingDay),
        front: row.FrontID,
        session: row.SessionID,
        max_order_ref: read(&row.MaxOrderRef),
    }
}

pub(super) fn order(row: &CThostFtdcOrderField) -> OrderRow {
    let times = [read(&row.CancelTime), read(&row.UpdateTime), read(&row.InsertTime)];
    OrderRow {
        investor: read(&row.InvestorID),
        front: row.FrontID,
        session: row.SessionID,
        order_ref: read(&row.OrderRef),
        exchange: read(&row.ExchangeID),
        order_sys_id: read(&row.OrderSysID),
        symbol: read(&row.InstrumentID),
        direction: byte(row.Direction),
        offset: first(&row.CombOffsetFlag),
        hedge: first(&row.CombHedgeFlag),
        price_type: byte(row.OrderPriceType),
        limit_price: row.LimitPrice,
        stop_price: row.StopPrice,
        contingent: byte(row.ContingentCondition),
        lots: row.VolumeTotalOriginal,
        time_condition: byte(row.TimeCondition),
        volume_condition: byte(row.VolumeCondition),
        status: byte(row.OrderStatus),
        submit: byte(row.OrderSubmitStatus),
        traded: row.VolumeTraded,
        text: read(&row.StatusMsg),
        date: read(&row.InsertDate),
        time: times.into_iter().find(|it| !it.is_empty()).unwrap_or_default(),
    }
}

pub(super) fn trade(row: &CThostFtdcTradeField) -> TradeRow {
    TradeRow {
        investor: read(&row.InvestorID),
        exchange: read(&row.ExchangeID),
        order_sys_id: read(&row.OrderSysID),
        trade_id: read(&row.TradeID),
        symbol: read(&row.InstrumentID),
        direction: byte(row.Direction),
        offset: byte(row.OffsetFlag),
        hedge: byte(row.HedgeFlag),
        price: row.Price,
        lots: row.Volume,
        date: read(&row.TradeDate),
        time: read(&row.TradeTime),
    }
}

pub(super) fn position(row: &CThostFtdcInvestorPositionField) -> PositionRow {
    PositionRow {
        symbol: read(&row.InstrumentID),
        exchange: read(&row.ExchangeID),
        hedge: byte(row.HedgeFlag),
        lots: holding::Row {
            direction: byte(row.PosiDirection),
            date: byte(row.PositionDate),
            lots: row.Position,
            today: row.TodayPosition,
            long_frozen: row.LongFrozen,
            short_frozen: row.ShortFrozen,
        },
        open_cost: row.OpenCost,
        profit: row.PositionProfit,
        margin: row.UseMargin,
    }
}

pub(super) fn account(row: &CThostFtdcTradingAccountField) -> AccountRow {
    AccountRow {
        balance: row.Balance,
        available: row.Available,
        margin: row.CurrMargin,
        frozen: row.FrozenMargin + row.FrozenCash + row.FrozenCommission,
        close_profit: row.CloseProfit,
        position_profit: row.PositionProfit,
        commission: row.Commission,
        currency: read(&row.CurrencyID),
    }
}

pub(super) fn instrument(row: &CThostFtdcInstrumentField) -> InstrumentRow {
    InstrumentRow {
        symbol: read(&row.InstrumentID),
        exchange: read(&row.ExchangeID),
        name: read(&row.InstrumentName),
        product: read(&row.ProductID),
        class: byte(row.ProductClass),
        year: row.DeliveryYear,
        month: row.DeliveryMonth,
        max_market: row.MaxMarketOrderVolume,
        max_limit: row.MaxLimitOrderVolume,
        multiple: row.VolumeMultiple,
        tick: row.PriceTick,
        expires: read(&row.ExpireDate),
        long_margin: row.LongMarginRatio,
        short_margin: row.ShortMarginRatio,
    }
}

pub(super) fn depth(row: &CThostFtdcDepthMarketDataField) -> Depth {
    let days = [read(&row.ActionDay), read(&row.TradingDay)];
    Depth {
        symbol: read(&row.InstrumentID),
        exchange: read(&row.ExchangeID),
        date: days.into_iter().find(|it| !it.is_empty()).unwrap_or_default(),
        time: read(&row.UpdateTime),
        millisecond: row.UpdateMillisec,
        last: row.LastPrice,
        open: row.OpenPrice,
        high: row.HighestPrice,
        low: row.LowestPrice,
        prev_settle: row.PreSettlementPrice,
        upper: row.UpperLimitPrice,
        lower: row.LowerLimitPrice,
        volume: row.Volume,
        open_interest: row.OpenInterest,
        bids: [
            (row.BidPrice1, row.BidVolume1),
            (row.BidPrice2, row.BidVolume2),
            (row.BidPrice3, row.BidVolume3),
            (row.BidPrice4, row.BidVolume4),
            (row.BidPrice5, row.BidVolume5),
        ],
        asks: [
            (row.AskPrice1, row.AskVolume1),
            (row.AskPrice2, row.AskVolume2),
            (row.AskPrice3, row.AskVolume3),
            (row.AskPrice4, row.AskVolume4),
            (row.AskPrice5, row.AskVolume5),
        ],
    }
}
