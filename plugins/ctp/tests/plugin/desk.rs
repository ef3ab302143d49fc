//! A trader at the plug-in: a session, and everything that it has told.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use aftm_plugin_host::abi::{
    ABSENT, CancelRequest, OC_OPEN, OrderRequest, OrderUpdate, Query, SIDE_BUY, TIF_ROD,
    TYPE_LIMIT, Versioned, name, put_name, put_text, text,
};
use aftm_plugin_host::{
    CallError, Credentials, Line, Market, News, Opening, Plugin, Secret, Session, Taken, What,
};
use tempfile::TempDir;

/// A deadline for what comes by itself.
const WAIT: Duration = Duration::from_secs(60);

pub(crate) const ONE: i64 = 1_000_000_000;

/// The plug-in, which cargo builds beside this program.
pub(crate) fn library() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    program.with_file_name(format!("{prefix}aftm_ctp{suffix}"))
}

pub(crate) fn demo() -> Credentials {
    with_password("demo")
}

pub(crate) fn with_password(password: &str) -> Credentials {
    let secret = |it: &str| Secret::new(it.to_owned());
    Credentials::new().with("user", secret("demo")).with("password", secret(password))
}

pub(crate) struct Desk {
    pub(crate) session: Session,
    pub(crate) news: Vec<News>,
    pub(crate) market: Vec<Market>,
    pub(crate) log: Vec<Line>,
    taken: Taken,
}

impl Desk {
    /// A session at a front that is played, with further options.
    pub(crate) fn open(folder: &TempDir, front: &str, more: &[(&str, &str)]) -> Desk {
        Desk::try_open(folder, front, more).unwrap()
    }

    pub(crate) fn try_open(
        folder: &TempDir,
        front: &str,
        more: &[(&str, &str)],
    ) -> Result<Desk, aftm_plugin_host::OpenError> {
        let own = [
            ("front", front),
            ("quote_front", "rehearsal:plain"),
            ("broker", "9999"),
            ("environment", "simulated"),
        ];
        Desk::with(folder, &[&own, more].concat())
    }

    /// A session with these options and no others.
    pub(crate) fn with(
        folder: &TempDir,
        options: &[(&str, &str)],
    ) -> Result<Desk, aftm_plugin_host::OpenError> {
        let plugin = Plugin::load(&library()).unwrap();
        let mut opening = Opening::new(folder.path().to_owned());
        let pairs = options.iter().map(|(key, value)| ((*key).into(), (*value).into()));
        opening.options = pairs.collect();
        let session = plugin.open(&opening)?;
        let (news, market, log, taken) = (Vec::new(), Vec::new(), Vec::new(), Taken::default());
        Ok(Desk { session, news, market, log, taken })
    }

    /// Logged in at a front without faults.
    pub(crate) fn ready(folder: &TempDir) -> Desk {
        Desk::ready_with(folder, "rehearsal:plain", &[])
    }

    pub(crate) fn ready_with(folder: &TempDir, front: &str, more: &[(&str, &str)]) -> Desk {
        let mut desk = Desk::open(folder, front, more);
        let request = desk.session.login(demo(), false, None).unwrap();
        desk.answered(request).unwrap();
        desk
    }

    fn take(&mut self) {
        self.session.take(&mut self.taken);
        assert_eq!(self.taken.broken, None, "{:?}", self.news);
        self.news.append(&mut self.taken.news);
        self.market.append(&mut self.taken.market);
        self.log.append(&mut self.taken.log);
    }

    /// Waits until something holds of what was told.
    #[track_caller]
    pub(crate) fn until<T>(&mut self, what: &str, holds: impl Fn(&Desk) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            self.take();
            if let Some(found) = holds(self) {
                return found;
            }
            let left = WAIT.saturating_sub(begun.elapsed());
            assert!(!left.is_zero(), "{what} never came: {:#?} {:?}", self.news, self.log);
            self.session.wait(left.min(Duration::from_secs(1)));
        }
    }

    /// The answer to a request.
    #[track_caller]
    pub(crate) fn answered(&mut self, request: u64) -> Result<(), aftm_plugin_host::Refusal> {
        self.until("the answer", |desk| {
            let news = desk.news.iter().find(|it| it.is_last && it.req_id == request)?;
            match &news.what {
                What::Answer(answer) => Some(answer.clone().map_err(|it| *it)),
                _ => None,
            }
        })
    }

    /// The answer to an order's request.
    #[track_caller]
    pub(crate) fn told(&mut self, request: u64) -> OrderUpdate {
        self.until("the order's answer", |desk| {
            let news = desk.news.iter().find(|it| it.is_last && it.req_id == request)?;
            match &news.what {
                What::Order(order) => Some(**order),
                _ => None,
            }
        })
    }

    /// Sends an order and waits for its answer.
    #[track_caller]
    pub(crate) fn sent(&mut self, order: &OrderRequest) -> OrderUpdate {
        let request = self.session.send(order).unwrap();
        self.told(request)
    }

    /// Waits until an order is told with a change.
    #[track_caller]
    pub(crate) fn changed(&mut self, client_order_id: u64, change: u8) -> OrderUpdate {
        self.until("the change", |desk| {
            desk.orders(client_order_id).into_iter().rev().find(|it| it.change == change)
        })
    }

    /// The rows of a list.
    #[track_caller]
    pub(crate) fn list(&mut self, query: &Query) -> Vec<What> {
        let request = self.session.query(query).unwrap();
        self.answered(request).unwrap();
        let rows = self.news.iter().filter(|it| it.req_id == request && !it.is_last);
        rows.map(|it| it.what.clone()).collect()
    }

    /// Everything told of an order, but for rows of lists.
    pub(crate) fn orders(&self, client_order_id: u64) -> Vec<OrderUpdate> {
        let of = |news: &News| match &news.what {
            What::Order(it) if it.client_order_id == client_order_id && it.change != 0 => {
                Some(**it)
            }
            _ => None,
        };
        self.news.iter().filter_map(of).collect()
    }

    pub(crate) fn changes(&self, client_order_id: u64) -> Vec<u8> {
        self.orders(client_order_id).iter().map(|it| it.change).collect()
    }

    /// The names and lots of fills that were told as news.
    pub(crate) fn fills(&self, client_order_id: u64) -> Vec<(String, i64)> {
        let of = |news: &News| match &news.what {
            What::Fill(it) if it.client_order_id == client_order_id && news.req_id == 0 => {
                Some((name(&it.fill_id).unwrap().to_owned(), it.qty_e9 / ONE))
            }
            _ => None,
        };
        self.news.iter().filter_map(of).collect()
    }

    /// What was told of a channel: states, codes and sentences.
    pub(crate) fn connections(&self, channel: u8) -> Vec<(u8, i32, String)> {
        let of = |news: &News| match &news.what {
            What::Connection(it) if it.channel == channel => {
                Some((it.state, it.code, text(&it.text).into_owned()))
            }
            _ => None,
        };
        self.news.iter().filter_map(of).collect()
    }

    pub(crate) fn close(self) {
        let closed = self.session.close(Duration::from_secs(20)).unwrap();
        assert_eq!(closed.late_calls(), 0);
    }
}

/// A limit order to buy two lots of the first instrument, far from the market.
pub(crate) fn order(client_order_id: u64, note: &str) -> OrderRequest {
    let mut order = OrderRequest {
        client_order_id,
        price_e9: 3_100 * ONE,
        stop_price_e9: ABSENT,
        qty_e9: 2 * ONE,
        side: SIDE_BUY,
        order_type: TYPE_LIMIT,
        tif: TIF_ROD,
        open_close: OC_OPEN,
        ..OrderRequest::blank()
    };
    put_name(&mut order.account, "demo").unwrap();
    put_name(&mut order.exchange, "SHFE").unwrap();
    put_name(&mut order.symbol, "rb2510").unwrap();
    put_text(&mut order.note, note);
    order
}

/// One that trades at once.
pub(crate) fn trading(client_order_id: u64, note: &str) -> OrderRequest {
    OrderRequest { price_e9: 3_200 * ONE, ..order(client_order_id, note) }
}

pub(crate) fn cancel(client_order_id: u64) -> CancelRequest {
    CancelRequest { client_order_id, ..CancelRequest::blank() }
}

/// The code and the sentence of a call that was refused.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(call: Result<T, CallError>) -> (i32, String) {
    match call {
        Err(CallError::Refused(it)) => (it.code, it.text),
        other => panic!("it is not refused: {other:?}"),
    }
}
