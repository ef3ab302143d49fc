//! A trading connection of the vendor's library.

use std::mem::ManuallyDrop;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr};

use ctp2rs::v1alpha1::{
    CThostFtdcQryDepthMarketDataField, CThostFtdcQryInstrumentField,
    CThostFtdcQryInvestorPositionField, CThostFtdcQryOrderField, CThostFtdcQryTradeField,
    CThostFtdcQryTradingAccountField, CThostFtdcReqAuthenticateField, CThostFtdcReqUserLoginField,
    CThostFtdcSettlementInfoConfirmField, CThostFtdcTraderApi, CThostFtdcUserLogoutField,
    THOST_TE_RESUME_TYPE, TraderApi,
};
use zeroize::Zeroize;

use super::spi::Ear;
use super::{field, input_action, input_order};
use crate::counter::{Setting, Trading};
use crate::input::{InputAction, InputOrder};
use crate::options::Credentials;
use crate::session::{Question, Setup, setup};
use crate::{Refusal, codes};

/// See the module. Neither the wrapper nor the callbacks are ever freed: a thread of the vendor that
/// is late finds them, and a mailbox that nobody reads.
pub(super) struct LiveTrader {
    api: ManuallyDrop<TraderApi>,
    broker: String,
    product: String,
}

impl LiveTrader {
    /// Lets a connection that was just made connect.
    pub(super) fn start(
        at: *mut CThostFtdcTraderApi,
        setting: &Setting<'_>,
    ) -> Result<LiveTrader, Refusal> {
        let api = ManuallyDrop::new(TraderApi {
            api_ptr: at,
            spi_ptr: AtomicPtr::new(null_mut()),
            dynlib: None,
            released: AtomicBool::new(false),
        });
        // The library's own version was looked at when it was loaded.
        for step in setup(setting.flow.is_dir(), codes::API_VERSION, codes::API_VERSION)? {
            match step {
                Setup::Create => (),
                Setup::RegisterSpi => {
                    let ear = Ear::new(Arc::clone(setting.mailbox), setting.generation);
                    api.register_spi(Box::into_raw(Box::new(ear)));
                }
                Setup::SubscribePrivate => {
                    api.subscribe_private_topic(THOST_TE_RESUME_TYPE::THOST_TERT_RESTART);
                }
                Setup::SubscribePublic => {
                    api.subscribe_public_topic(THOST_TE_RESUME_TYPE::THOST_TERT_QUICK);
                }
                Setup::RegisterFront => api.register_front(&setting.options.front),
                Setup::Init => api.init(),
            }
        }
        let (broker, product) = (setting.options.broker.clone(), setting.options.product.clone());
        Ok(LiveTrader { api, broker, product })
    }
}

impl Trading for LiveTrader {
    fn authenticate(&mut self, who: &Credentials, request: i32) -> i32 {
        let mut asked = CThostFtdcReqAuthenticateField {
            BrokerID: field(&self.broker),
            UserID: field(&who.user),
            UserProductInfo: field(&self.product),
            AuthCode: field(&who.auth_code),
            AppID: field(&who.app_id),
        };
        let code = self.api.req_authenticate(&mut asked, request);
        asked.AuthCode.zeroize();
        code
    }

    fn log_in(&mut self, who: &Credentials, request: i32) -> i32 {
        let mut asked = CThostFtdcReqUserLoginField {
            BrokerID: field(&self.broker),
            UserID: field(&who.user),
            Password: field(&who.password),
            UserProductInfo: field(&self.product),
            ..CThostFtdcReqUserLoginField::default()
        };
        let code = self.api.req_user_login(&mut asked, request);
        asked.Password.zeroize();
        code
    }

    fn confirm(&mut self, who: &Credentials, request: i32) -> i32 {
        let mut asked = CThostFtdcSettlementInfoConfirmField {
            BrokerID: field(&self.broker),
            InvestorID: field(&who.investor),
            ..CThostFtdcSettlementInfoConfirmField::default()
        };
        self.api.req_settlement_info_confirm(&mut asked, request)
    }

    fn log_out(&mut self, who: &Credentials, request: i32) -> i32 {
        let mut asked =
            CThostFtdcUserLogoutField { BrokerID: field(&self.broker), UserID: field(&who.user) };
        self.api.req_user_logout(&mut asked, request)
    }

    fn ask(&mut self, who: &Credentials, question: Question, request: i32) -> i32 {
        let (broker, investor) = (field(&self.broker), field(&who.investor));
        match question {
            Question::Instruments => {
                let mut all = CThostFtdcQryInstrumentField::default();
                self.api.req_qry_instrument(&mut all, request)
            }
            Question::Market => {
                let mut all = CThostFtdcQryDepthMarketDataField::default();
                self.api.req_qry_depth_market_data(&mut all, request)
            }
            Question::Account => {
                let mut asked = CThostFtdcQryTradingAccountField {
                    BrokerID: broker,
                    InvestorID: investor,
                    ..CThostFtdcQryTradingAccountField::default()
                };
                self.api.req_qry_trading_account(&mut asked, request)
            }
            Question::Positions => {
                let mut asked = CThostFtdcQryInvestorPositionField {
                    BrokerID: broker,
                    InvestorID: investor,
                    ..CThostFtdcQryInvestorPositionField::default()
                };
                self.api.req_qry_investor_position(&mut asked, request)
            }
            Question::Orders => {
                let mut asked = CThostFtdcQryOrderField {
                    BrokerID: broker,
                    InvestorID: investor,
                    ..CThostFtdcQryOrderField::default()
                };
                self.api.req_qry_order(&mut asked, request)
            }
            Question::Trades => {
                let mut asked = CThostFtdcQryTradeField {
                    BrokerID: broker,
                    InvestorID: investor,
                    ..CThostFtdcQryTradeField::default()
                };
                self.api.req_qry_trade(&mut asked, request)
            }
        }
    }

    fn insert(&mut self, order: &InputOrder, request: i32) -> i32 {
        self.api.req_order_insert(&mut input_order(order), request)
    }

    fn cancel(&mut self, action: &InputAction, request: i32) -> i32 {
        self.api.req_order_action(&mut input_action(action), request)
    }

    fn release(self: Box<Self>) {
        self.api.release();
    }
}
