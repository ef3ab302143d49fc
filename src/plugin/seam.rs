//! The calls of a session that the driver makes, so that a made-up session can stand in for one.

use aftm_plugin_host::abi::{
    AmendRequest, Book, CancelRequest, Instrument, OrderRequest, Query, Symbol, Tick,
};
use aftm_plugin_host::{CallError, Credentials, Session, Taken};

/// A session, as [`Session`] describes it.
pub(super) trait Seam {
    fn login(
        &self,
        credentials: Credentials,
        production: bool,
        now: Option<(i64, i32)>,
    ) -> Result<u64, CallError>;
    fn logout(&self) -> Result<u64, CallError>;
    fn subscribe(&self, symbols: &[Symbol], is_on: bool) -> Result<u64, CallError>;
    fn query(&self, query: &Query) -> Result<u64, CallError>;
    fn send(&self, order: &OrderRequest) -> Result<u64, CallError>;
    fn cancel(&self, cancel: &CancelRequest) -> Result<u64, CallError>;
    fn amend(&self, amend: &AmendRequest) -> Result<u64, CallError>;
    fn list(&self, instrument: &Instrument) -> Result<(), CallError>;
    fn feed(&self, tick: &Tick, book: Option<&Book>) -> Result<(), CallError>;
    fn advance(&self, now: (i64, i32)) -> Result<(), CallError>;
    fn due(&self) -> Result<Option<i64>, CallError>;
    fn settle(&self) -> Result<(), CallError>;
    fn take(&self, into: &mut Taken);
}

impl Seam for Session {
    fn login(
        &self,
        credentials: Credentials,
        production: bool,
        now: Option<(i64, i32)>,
    ) -> Result<u64, CallError> {
        Session::login(self, credentials, production, now)
    }

    fn logout(&self) -> Result<u64, CallError> {
        Session::logout(self)
    }

    fn subscribe(&self, symbols: &[Symbol], is_on: bool) -> Result<u64, CallError> {
        Session::subscribe(self, symbols, is_on)
    }

    fn query(&self, query: &Query) -> Result<u64, CallError> {
        Session::query(self, query)
    }

    fn send(&self, order: &OrderRequest) -> Result<u64, CallError> {
        Session::send(self, order)
    }

    fn cancel(&self, cancel: &CancelRequest) -> Result<u64, CallError> {
        Session::cancel(self, cancel)
    }

    fn amend(&self, amend: &AmendRequest) -> Result<u64, CallError> {
        Session::amend(self, amend)
    }

    fn list(&self, instrument: &Instrument) -> Result<(), CallError> {
        Session::list_instrument(self, instrument)
    }

    fn feed(&self, tick: &Tick, book: Option<&Book>) -> Result<(), CallError> {
        Session::feed(self, tick, book)
    }

    fn advance(&self, (now_ns, utc_offset_s): (i64, i32)) -> Result<(), CallError> {
        Session::advance(self, now_ns, utc_offset_s)
    }

    fn due(&self) -> Result<Option<i64>, CallError> {
        Session::due(self)
    }

    fn settle(&self) -> Result<(), CallError> {
        Session::settle(self)
    }

    fn take(&self, into: &mut Taken) {
        Session::take(self, into);
    }
}
