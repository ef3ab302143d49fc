//! A market data connection of the vendor's library.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr};

use ctp2rs::v1alpha1::{
    CThostFtdcDepthMarketDataField, CThostFtdcMdApi, CThostFtdcReqUserLoginField,
    CThostFtdcRspInfoField, CThostFtdcRspUserLoginField, CThostFtdcSpecificInstrumentField, MdApi,
    MdSpi,
};
use zeroize::Zeroize;

use super::{answer, field, read, rows};
use crate::counter::{Feed, Quoted, Setting};
use crate::mailbox::Mailbox;
use crate::options::Credentials;

/// See the module; never freed, as [`super::trader::LiveTrader`].
pub(super) struct LiveFeed {
    api: ManuallyDrop<MdApi>,
    broker: String,
    product: String,
}

impl LiveFeed {
    /// Lets a connection that was just made connect.
    pub(super) fn start(at: *mut CThostFtdcMdApi, front: &str, setting: &Setting<'_>) -> LiveFeed {
        let api = ManuallyDrop::new(MdApi {
            api_ptr: at,
            spi_ptr: AtomicPtr::new(null_mut()),
            dynlib: None,
            released: AtomicBool::new(false),
        });
        let ear = Ear { mailbox: Arc::clone(setting.mailbox), generation: setting.generation };
        api.register_spi(Box::into_raw(Box::new(ear)));
        api.register_front(front);
        api.init();
        let (broker, product) = (setting.options.broker.clone(), setting.options.product.clone());
        LiveFeed { api, broker, product }
    }
}

impl Feed for LiveFeed {
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

    fn subscribe(&mut self, symbols: &[String], is_on: bool) -> i32 {
        if is_on {
            self.api.subscribe_market_data(symbols)
        } else {
            self.api.unsubscribe_market_data(symbols)
        }
    }

    fn release(self: Box<Self>) {
        self.api.release();
    }
}

/// Where the vendor calls back.
struct Ear {
    mailbox: Arc<Mailbox>,
    generation: u32,
}

impl Ear {
    /// As of a trading connection's.
    fn hear(&self, make: impl FnOnce() -> Option<Quoted>) {
        let quoted = catch_unwind(AssertUnwindSafe(make)).ok().flatten();
        if let Some(quoted) = quoted {
            self.mailbox.quoted(self.generation, quoted);
        }
    }

    fn subscribed(
        &self,
        row: Option<&CThostFtdcSpecificInstrumentField>,
        info: Option<&CThostFtdcRspInfoField>,
        is_on: bool,
    ) {
        self.hear(|| {
            let symbol = read(&row?.InstrumentID);
            Some(Quoted::Subscribed { symbol, is_on, answer: answer(info) })
        });
    }
}

impl MdSpi for Ear {
    fn on_front_connected(&mut self) {
        self.hear(|| Some(Quoted::Connected));
    }

    fn on_front_disconnected(&mut self, reason: i32) {
        self.hear(|| Some(Quoted::Lost(reason)));
    }

    fn on_rsp_user_login(
        &mut self,
        _: Option<&CThostFtdcRspUserLoginField>,
        info: Option<&CThostFtdcRspInfoField>,
        _: i32,
        _: bool,
    ) {
        self.hear(|| Some(Quoted::LoggedIn(answer(info))));
    }

    fn on_rsp_sub_market_data(
        &mut self,
        row: Option<&CThostFtdcSpecificInstrumentField>,
        info: Option<&CThostFtdcRspInfoField>,
        _: i32,
        _: bool,
    ) {
        self.subscribed(row, info, true);
    }

    fn on_rsp_unsub_market_data(
        &mut self,
        row: Option<&CThostFtdcSpecificInstrumentField>,
        info: Option<&CThostFtdcRspInfoField>,
        _: i32,
        _: bool,
    ) {
        self.subscribed(row, info, false);
    }

    fn on_rtn_depth_market_data(&mut self, row: Option<&CThostFtdcDepthMarketDataField>) {
        self.hear(|| row.map(|it| Quoted::Depth(Box::new(rows::depth(it)))));
    }
}
