//! The callbacks of a trading connection: each copies what it is shown, leaves it in the mailbox, and
//! returns.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ctp2rs::v1alpha1::{
    CThostFtdcDepthMarketDataField, CThostFtdcInputOrderActionField, CThostFtdcInputOrderField,
    CThostFtdcInstrumentField, CThostFtdcInvestorPositionField, CThostFtdcOrderActionField,
    CThostFtdcOrderField, CThostFtdcRspAuthenticateField, CThostFtdcRspInfoField,
    CThostFtdcRspUserLoginField, CThostFtdcSettlementInfoConfirmField, CThostFtdcTradeField,
    CThostFtdcTradingAccountField, CThostFtdcUserLogoutField, TraderSpi,
};

use super::{answer, byte, read, rows};
use crate::Refusal;
use crate::counter::{Named, Row, Said};
use crate::input::SessionKey;
use crate::mailbox::Mailbox;

/// What the vendor's error says, which may be missing.
type RspInfo<'a> = Option<&'a CThostFtdcRspInfoField>;

/// Where the vendor calls back.
pub(super) struct Ear {
    mailbox: Arc<Mailbox>,
    generation: u32,
}

impl Ear {
    pub(super) const fn new(mailbox: Arc<Mailbox>, generation: u32) -> Ear {
        Ear { mailbox, generation }
    }

    /// Says what a callback makes of its arguments, if anything. A panic would end the process.
    fn hear(&self, make: impl FnOnce() -> Option<Said>) {
        let said = catch_unwind(AssertUnwindSafe(make)).ok().flatten();
        if let Some(said) = said {
            self.mailbox.said(self.generation, said);
        }
    }

    fn row<T>(
        &self,
        row: Option<&T>,
        make: impl FnOnce(&T) -> Row,
        (info, request, is_last): (RspInfo<'_>, i32, bool),
    ) {
        self.hear(|| {
            Some(Said::Answered { request, row: row.map(make), answer: answer(info), is_last })
        });
    }
}

fn inserted(order: &CThostFtdcInputOrderField) -> Named {
    Named {
        session: None,
        order_ref: read(&order.OrderRef),
        exchange: read(&order.ExchangeID),
        order_sys_id: String::new(),
        action_ref: 0,
        symbol: read(&order.InstrumentID),
        direction: byte(order.Direction),
    }
}

/// Whose order a cancel names: by its reference within a session, or by the exchange's number.
fn session_of(front: i32, session: i32, order_ref: &str) -> Option<SessionKey> {
    (!order_ref.trim().is_empty()).then_some(SessionKey { front, session })
}

/// The refusal of an answer that carries one.
fn refused(info: RspInfo<'_>) -> Option<Refusal> {
    answer(info).err()
}

impl TraderSpi for Ear {
    fn on_front_connected(&mut self) {
        self.hear(|| Some(Said::Connected));
    }

    fn on_front_disconnected(&mut self, reason: i32) {
        self.hear(|| Some(Said::Lost(reason)));
    }

    fn on_rsp_authenticate(
        &mut self,
        _: Option<&CThostFtdcRspAuthenticateField>,
        info: RspInfo<'_>,
        _: i32,
        _: bool,
    ) {
        self.hear(|| Some(Said::Authenticated(answer(info))));
    }

    fn on_rsp_user_login(
        &mut self,
        row: Option<&CThostFtdcRspUserLoginField>,
        info: RspInfo<'_>,
        _: i32,
        _: bool,
    ) {
        self.hear(|| {
            let row = row.map(rows::login).unwrap_or_default();
            Some(Said::LoggedIn(answer(info).map(|()| row)))
        });
    }

    fn on_rsp_user_logout(
        &mut self,
        _: Option<&CThostFtdcUserLogoutField>,
        _: RspInfo<'_>,
        _: i32,
        _: bool,
    ) {
        self.hear(|| Some(Said::LoggedOut));
    }

    fn on_rsp_settlement_info_confirm(
        &mut self,
        _: Option<&CThostFtdcSettlementInfoConfirmField>,
        info: RspInfo<'_>,
        _: i32,
        _: bool,
    ) {
        self.hear(|| Some(Said::Confirmed(answer(info))));
    }

    fn on_rsp_qry_instrument(
        &mut self,
        row: Option<&CThostFtdcInstrumentField>,
        info: RspInfo<'_>,
        request: i32,
        is_last: bool,
    ) {
        let make = |it: &CThostFtdcInstrumentField| Row::Instrument(rows::instrument(it));
        self.row(row, make, (info, request, is_last));
    }

    fn on_rsp_qry_depth_market_data(
        &mut self,
        row: Option<&CThostFtdcDepthMarketDataField>,
        info: RspInfo<'_>,
        request: i32,
        is_last: bool,
    ) {
        let make = |it: &CThostFtdcDepthMarketDataField| Row::Market(Box::new(rows::depth(it)));
        self.row(row, make, (info, request, is_last));
    }

    fn on_rsp_qry_trading_account(
        &mut self,
        row: Option<&CThostFtdcTradingAccountField>,
        info: RspInfo<'_>,
        request: i32,
        is_last: bool,
    ) {
        let make = |it: &CThostFtdcTradingAccountField| Row::Account(rows::account(it));
        self.row(row, make, (info, request, is_last));
    }

    fn on_rsp_qry_investor_position(
        &mut self,
        row: Option<&CThostFtdcInvestorPositionField>,
        info: RspInfo<'_>,
        request: i32,
        is_last: bool,
    ) {
        let make = |it: &CThostFtdcInvestorPositionField| Row::Position(rows::position(it));
        self.row(row, make, (info, request, is_last));
    }

    fn on_rsp_qry_order(
        &mut self,
        row: Option<&CThostFtdcOrderField>,
        info: RspInfo<'_>,
        request: i32,
        is_last: bool,
    ) {
        let make = |it: &CThostFtdcOrderField| Row::Order(Box::new(rows::order(it)));
        self.row(row, make, (info, request, is_last));
    }

    fn on_rsp_qry_trade(
        &mut self,
        row: Option<&CThostFtdcTradeField>,
        info: RspInfo<'_>,
        request: i32,
        is_last: bool,
    ) {
        let make = |it: &CThostFtdcTradeField| Row::Trade(rows::trade(it));
        self.row(row, make, (info, request, is_last));
    }

    fn on_rsp_error(&mut self, info: RspInfo<'_>, request: i32, _: bool) {
        self.hear(|| refused(info).map(|refusal| Said::Failed { request, refusal }));
    }

    fn on_rtn_order(&mut self, order: Option<&CThostFtdcOrderField>) {
        self.hear(|| order.map(|it| Said::Order(Box::new(rows::order(it)))));
    }

    fn on_rtn_trade(&mut self, trade: Option<&CThostFtdcTradeField>) {
        self.hear(|| trade.map(|it| Said::Trade(rows::trade(it))));
    }

    fn on_rsp_order_insert(
        &mut self,
        order: Option<&CThostFtdcInputOrderField>,
        info: RspInfo<'_>,
        _: i32,
        _: bool,
    ) {
        self.hear(|| Some(Said::OrderRefused(inserted(order?), refused(info)?)));
    }

    fn on_err_rtn_order_insert(
        &mut self,
        order: Option<&CThostFtdcInputOrderField>,
        info: RspInfo<'_>,
    ) {
        self.hear(|| Some(Said::OrderRefused(inserted(order?), refused(info)?)));
    }

    fn on_rsp_order_action(
        &mut self,
        action: Option<&CThostFtdcInputOrderActionField>,
        info: RspInfo<'_>,
        _: i32,
        _: bool,
    ) {
        self.hear(|| {
            let (action, refusal) = (action?, refused(info)?);
            let order_ref = read(&action.OrderRef);
            let named = Named {
                session: session_of(action.FrontID, action.SessionID, &order_ref),
                order_ref,
                exchange: read(&action.ExchangeID),
                order_sys_id: read(&action.OrderSysID),
                action_ref: action.OrderActionRef,
                symbol: String::new(),
                direction: 0,
            };
            Some(Said::CancelRefused(named, refusal))
        });
    }

    fn on_err_rtn_order_action(
        &mut self,
        action: Option<&CThostFtdcOrderActionField>,
        info: RspInfo<'_>,
    ) {
        self.hear(|| {
            let (action, refusal) = (action?, refused(info)?);
            let order_ref = read(&action.OrderRef);
            let named = Named {
                session: session_of(action.FrontID, action.SessionID, &order_ref),
                order_ref,
                exchange: read(&action.ExchangeID),
                order_sys_id: read(&action.OrderSysID),
                action_ref: action.OrderActionRef,
                symbol: String::new(),
                direction: 0,
            };
            Some(Said::CancelRefused(named, refusal))
        });
    }
}
