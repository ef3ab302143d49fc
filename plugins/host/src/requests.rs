//! What a session can be asked for, one function for each of the table.

use aftm_exchange_abi::{
    ABSENT, AmendRequest, Book, CancelAllRequest, CancelRequest, Instrument, KeyValue,
    LOGIN_PRODUCTION, Login, OrderRequest, Query, Symbol, Tick, Versioned,
};

use crate::fault::CallError;
use crate::secret::{Credentials, Secret};
use crate::session::{Session, count};

impl Session {
    /// Connects and logs in; the number of the request. The credentials are wiped before this
    /// returns. `now` is the exchange's clock where a feed runs it, in nanoseconds since 1970, and
    /// its offset from UTC in seconds.
    ///
    /// # Errors
    ///
    /// Where it was not sent.
    #[allow(clippy::needless_pass_by_value)] // They are wiped here, and nobody logs in with them again.
    pub fn login(
        &self,
        credentials: Credentials,
        is_production: bool,
        now: Option<(i64, i32)>,
    ) -> Result<u64, CallError> {
        let lend = |(key, value): (&str, &Secret)| KeyValue::lend(key, value.shown());
        let creds: Vec<_> = credentials.pairs().map(lend).collect();
        let (now_ns, utc_offset_s) = now.unwrap_or((ABSENT, 0));
        let login = Login {
            flags: if is_production { LOGIN_PRODUCTION } else { 0 },
            now_ns,
            utc_offset_s,
            creds: creds.as_ptr(),
            creds_n: count(creds.len()),
            ..Login::blank()
        };
        let function = self.plugin().api().login;
        // SAFETY: the session is open, and the login with all it points to lives during the call.
        self.request("login", function, |call, at, req_id, err| unsafe {
            call(at, &raw const login, req_id, err)
        })
    }

    /// Logs out; orders go on working at the venue. Returns the number of the request.
    ///
    /// # Errors
    ///
    /// Where it was not sent.
    pub fn logout(&self) -> Result<u64, CallError> {
        // SAFETY: the session is open.
        self.request("logout", self.plugin().api().logout, |call, at, req_id, err| unsafe {
            call(at, req_id, err)
        })
    }

    /// Asks for ticks and books, or ends them. Returns the number of the request.
    ///
    /// # Errors
    ///
    /// Where it was not sent.
    pub fn subscribe(&self, symbols: &[Symbol], is_on: bool) -> Result<u64, CallError> {
        let (at_symbols, symbols_n) = (symbols.as_ptr(), count(symbols.len()));
        let function = self.plugin().api().subscribe;
        // SAFETY: the session is open, and the symbols live during the call.
        self.request("subscribe", function, |call, at, req_id, err| unsafe {
            call(at, at_symbols, symbols_n, u32::from(is_on), req_id, err)
        })
    }

    /// Lists orders, fills, positions, accounts or instruments. Returns the number of the request.
    ///
    /// # Errors
    ///
    /// Where it was not sent.
    pub fn query(&self, query: &Query) -> Result<u64, CallError> {
        let query = Query { struct_size: Query::blank().struct_size, ..*query };
        // SAFETY: the session is open, and the query lives during the call.
        self.request("query", self.plugin().api().query, |call, at, req_id, err| unsafe {
            call(at, &raw const query, req_id, err)
        })
    }

    /// Sends an order; the number of the request. Whoever sends it knows it by its
    /// `client_order_id` before: news of it may be there before this returns.
    ///
    /// # Errors
    ///
    /// Where it was not sent.
    pub fn send(&self, order: &OrderRequest) -> Result<u64, CallError> {
        let struct_size = OrderRequest::blank().struct_size;
        let sized;
        let order = if order.struct_size == struct_size {
            order
        } else {
            sized = OrderRequest { struct_size, ..*order };
            &sized
        };
        // SAFETY: the session is open, and the order lives during the call.
        self.request("send_order", self.plugin().api().send_order, |call, at, req_id, err| unsafe {
            call(at, order, req_id, err)
        })
    }

    /// Cancels an order. Returns the number of the request.
    ///
    /// # Errors
    ///
    /// Where it was not sent.
    pub fn cancel(&self, cancel: &CancelRequest) -> Result<u64, CallError> {
        let cancel = CancelRequest { struct_size: CancelRequest::blank().struct_size, ..*cancel };
        let function = self.plugin().api().cancel_order;
        // SAFETY: the session is open, and the request lives during the call.
        self.request("cancel_order", function, |call, at, req_id, err| unsafe {
            call(at, &raw const cancel, req_id, err)
        })
    }

    /// Changes an order in place. Returns the number of the request.
    ///
    /// # Errors
    ///
    /// Where it was not sent.
    pub fn amend(&self, amend: &AmendRequest) -> Result<u64, CallError> {
        let amend = AmendRequest { struct_size: AmendRequest::blank().struct_size, ..*amend };
        let function = self.plugin().api().amend_order;
        // SAFETY: the session is open, and the request lives during the call.
        self.request("amend_order", function, |call, at, req_id, err| unsafe {
            call(at, &raw const amend, req_id, err)
        })
    }

    /// Cancels many at one stroke. Returns the number of the request.
    ///
    /// # Errors
    ///
    /// Where it was not sent.
    pub fn cancel_all(&self, which: &CancelAllRequest) -> Result<u64, CallError> {
        let size = CancelAllRequest::blank().struct_size;
        let which = CancelAllRequest { struct_size: size, ..*which };
        let function = self.plugin().api().cancel_all;
        // SAFETY: the session is open, and the filter lives during the call.
        self.request("cancel_all", function, |call, at, req_id, err| unsafe {
            call(at, &raw const which, req_id, err)
        })
    }

    /// Tells it of an instrument that may be traded, or of its new terms.
    ///
    /// # Errors
    ///
    /// Where it refuses.
    pub fn list_instrument(&self, instrument: &Instrument) -> Result<(), CallError> {
        let size = Instrument::blank().struct_size;
        let instrument = Instrument { struct_size: size, ..*instrument };
        let function = self.plugin().api().list_instrument;
        // SAFETY: the session is open, and the instrument lives during the call.
        self.call_with_reason("list_instrument", function, None, |call, at, err| unsafe {
            call(at, &raw const instrument, err)
        })
    }

    /// Shows it a trade and the book after it.
    ///
    /// # Errors
    ///
    /// Where it refuses.
    pub fn feed(&self, tick: &Tick, book: Option<&Book>) -> Result<(), CallError> {
        let tick = Tick { struct_size: Tick::blank().struct_size, ..*tick };
        let book = book.map(|it| Book { struct_size: Book::blank().struct_size, ..*it });
        let book_at = book.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        let function = self.plugin().api().feed_tick;
        // SAFETY: the session is open, and tick and book live during the call.
        self.call("feed_tick", function, |call, at| unsafe { call(at, &raw const tick, book_at) })
    }

    /// Moves the exchange's clock without a trade.
    ///
    /// # Errors
    ///
    /// Where it refuses.
    pub fn advance(&self, now_ns: i64, utc_offset_s: i32) -> Result<(), CallError> {
        // SAFETY: the session is open.
        self.call("advance", self.plugin().api().advance, |call, at| unsafe {
            call(at, now_ns, utc_offset_s)
        })
    }

    /// When something happens without a trade, on the exchange's clock; `None`: never.
    ///
    /// # Errors
    ///
    /// Where it refuses.
    pub fn due(&self) -> Result<Option<i64>, CallError> {
        let mut due_ns = ABSENT;
        let out = &raw mut due_ns;
        // SAFETY: the session is open, and the place for the answer lives during the call.
        self.call("due", self.plugin().api().due, |call, at| unsafe { call(at, out) })?;
        Ok((due_ns != ABSENT).then_some(due_ns))
    }

    /// The feed has ended: everything under way is told before this returns.
    ///
    /// # Errors
    ///
    /// Where it refuses.
    pub fn settle(&self) -> Result<(), CallError> {
        // SAFETY: the session is open.
        self.call("settle", self.plugin().api().settle, |call, at| unsafe { call(at) })
    }
}
