//! A session: the exchange, what it remembers, and the host that is told.

use std::path::Path;

use aftm_domain::order::Report;
use aftm_domain::{Code, ExchangeTime, Instrument, Price, Stamp};
use aftm_exchange_abi as abi;
use aftm_exchange_abi::{
    CAP_AMEND, CAP_AUTO_OFFSET, CAP_CANCEL_ALL, CAP_DAY_TRADE, CAP_FEED, CAP_FOK, CAP_IOC,
    CAP_MARKET, CAP_MULTI_SESSION, CAP_RANGE_MARKET, CAP_STOP, CHANGE_FILLED, CHANNEL_TRADE,
    CONN_DOWN, CONN_UP, Connection, E_AUTH, E_INTERNAL, E_NET, E_PERMISSION, E_STATE,
    EVENT_ACCOUNT, EVENT_CONN, EVENT_FILL, EVENT_ORDER, LOG_ERROR, LOG_INFO, LOG_WARN,
    LOGIN_PRODUCTION, OK, TICK_AGAIN, Versioned, put_text,
};
use aftm_sim::ledger_file::{Entry, Seen};
use aftm_sim::{Happening, News, Sim, refusal};

use crate::fault::{Done, Fault};
use crate::ffi::{Host, Req};
use crate::items::{Item, Items};
use crate::listing::instrument;
use crate::market::{book, tick, time};
use crate::memory::Memory;
use crate::options::Options;
use crate::orders::{Orders, Standing};
use crate::requests::check_req;
use crate::{rotation, rows};

/// Who this plug-in is.
pub(crate) fn identity() -> abi::Info {
    let caps = CAP_MARKET | CAP_RANGE_MARKET | CAP_STOP | CAP_IOC | CAP_FOK | CAP_AMEND;
    let caps = caps | CAP_CANCEL_ALL | CAP_AUTO_OFFSET | CAP_DAY_TRADE | CAP_FEED;
    let mut info = abi::Info { caps: caps | CAP_MULTI_SESSION, ..abi::Info::blank() };
    put_text(&mut info.name, "sim");
    put_text(&mut info.version, env!("CARGO_PKG_VERSION"));
    put_text(&mut info.venue, "the simulated exchange of aftm");
    info
}

/// Who logs in, and when. The password is no part of it: the exchange asks for none.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) user: Option<String>,
    pub(crate) flags: u32,
    pub(crate) now_ns: i64,
    pub(crate) utc_offset_s: i32,
}

/// Whether the exchange was given what the ledger remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recalled {
    No,
    /// Somebody logged in before the feed gave a time, so that the day may turn out to be over.
    BeforeTime,
    Yes,
}

fn list(sim: &mut Sim, told: &abi::Instrument, instrument: &Instrument) -> Done {
    sim.list(instrument.clone());
    if told.reference_e9 != abi::ABSENT {
        sim.refer(&instrument.code, Price::from_raw(told.reference_e9))?;
    }
    Ok(())
}

/// See the module.
pub(crate) struct Seat {
    pub(crate) host: Host,
    pub(crate) sim: Sim,
    pub(crate) orders: Orders,
    pub(crate) items: Items,
    /// What the exchange has to tell, until it is told.
    pub(crate) news: Vec<News>,
    memory: Option<Memory>,
    /// What is to be written down, until it is.
    happened: Vec<Happening>,
    recalled: Recalled,
    /// The last tick that something came of before this session.
    seen: Option<Seen>,
    /// The last tick, until something that came of it is written down.
    tick: Option<Seen>,
    is_logged_in: bool,
    counts_fills: bool,
    /// Why the session can do nothing any more.
    failed: Option<String>,
}

impl Seat {
    pub(crate) fn open(host: Host, folder: &Path, options: Options) -> Done<Seat> {
        let Options { settings, has_ledger, counts_fills } = options;
        let memory = if has_ledger { Some(Memory::open(folder)?) } else { None };
        let mut sim = Sim::new(settings);
        match &memory {
            Some(memory) => {
                sim.keep_happenings();
                let path = memory.path();
                host.log(LOG_INFO, &format!("everything is kept in {}", path.display()));
                if memory.torn > 0 {
                    let text = format!("{} bytes of a torn last line were left out", memory.torn);
                    host.log(LOG_WARN, &text);
                }
            }
            None => host.log(LOG_INFO, "nothing is remembered once the session is closed"),
        }
        Ok(Seat {
            host,
            sim,
            orders: Orders::default(),
            items: Items::default(),
            news: Vec::new(),
            memory,
            happened: Vec::new(),
            recalled: Recalled::No,
            seen: None,
            tick: None,
            is_logged_in: false,
            counts_fills,
            failed: None,
        })
    }

    /// A session that failed can only be closed.
    fn check(&self) -> Done {
        match &self.failed {
            None => Ok(()),
            Some(why) => Err(Fault::new(E_INTERNAL, format!("{why}; close the session"))),
        }
    }

    /// What needs a login, and a request that is answered.
    pub(crate) fn check_login(&self, req_id: u64) -> Done {
        self.check()?;
        check_req(req_id)?;
        if self.is_logged_in {
            return Ok(());
        }
        Err(Fault::new(E_STATE, "nobody is logged in; log in first"))
    }

    /// What is sent to the exchange needs its connection, too.
    pub(crate) fn check_connection(&self) -> Done {
        if self.sim.is_connected() {
            return Ok(());
        }
        let vendor_code = refusal::CONNECTION.to_owned();
        let text = "the connection to the exchange is lost; nothing was sent".to_owned();
        Err(Fault { code: E_NET, vendor_code, text })
    }

    /// Gives the exchange what the ledger remembers, before anything else happens.
    fn recall(&mut self, now: Option<ExchangeTime>) -> Done {
        if self.recalled == Recalled::Yes || (self.recalled != Recalled::No && now.is_none()) {
            return Ok(());
        }
        let recalled = match self.recalled {
            Recalled::No => self.recall_first(now),
            _ => self.recall_again(now),
        };
        let after = if now.is_some() { Recalled::Yes } else { Recalled::BeforeTime };
        self.recalled = after;
        recalled.inspect_err(|fault| self.fail(&fault.text))
    }

    fn recall_first(&mut self, now: Option<ExchangeTime>) -> Done {
        let Some(memory) = &mut self.memory else { return Ok(()) };
        self.seen = memory.day.as_ref().and_then(|it| it.seen);
        self.orders = rotation::recall(memory, &mut self.sim, now)?;
        self.relist()
    }

    /// The first time of the feed, after a login without one. Where it lies in a later trading day,
    /// the exchange begins that day anew, and orders of the old one have ended.
    fn recall_again(&mut self, now: Option<ExchangeTime>) -> Done {
        let Some(memory) = &mut self.memory else { return Ok(()) };
        memory.read_again()?;
        if !rotation::is_over(memory, &self.sim, now) {
            return Ok(());
        }
        self.sim.settle(&mut self.news);
        self.tell_news();
        self.check()?;
        let settings = self.sim.settings().clone();
        let user = settings.user;
        self.sim = Sim::new(settings);
        self.sim.keep_happenings();
        let open = self.orders.iter().filter(|it| it.is_open()).map(Standing::id);
        for id in open.collect::<Vec<_>>() {
            self.tell_report(id, &Report::Expired, false);
        }
        let Some(memory) = &mut self.memory else { return Ok(()) };
        memory.read_again()?;
        self.orders = rotation::recall(memory, &mut self.sim, now)?;
        self.relist()?;
        if self.is_logged_in {
            self.sim.login(&user, None)?;
        }
        Ok(())
    }

    /// The terms that the host told of count, not those that the ledger remembers.
    fn relist(&mut self) -> Done {
        for Item { told, instrument } in self.items.iter() {
            list(&mut self.sim, told, instrument)?;
            if let Some(memory) = self.memory.as_mut().filter(|it| it.has_terms(&instrument.code)) {
                memory.list(instrument)?;
            }
        }
        let listed = |symbol: &str| self.items.get(&symbol.parse().ok()?);
        self.orders.list(|symbol| listed(symbol).map(|it: &Item| it.told.exchange));
        Ok(())
    }

    pub(crate) fn login(&mut self, who: &Who, req_id: u64) -> Done {
        self.check()?;
        check_req(req_id)?;
        if self.is_logged_in {
            return Err(Fault::new(E_STATE, "somebody is logged in; log out first"));
        }
        if who.flags & LOGIN_PRODUCTION != 0 {
            let text = "the simulated exchange moves no real money; log in without --production";
            return Err(Fault::new(E_PERMISSION, text));
        }
        let now = match who.now_ns {
            abi::ABSENT => None,
            now_ns => Some(time(now_ns, who.utc_offset_s)?),
        };
        self.recall(now)?;
        let user = who.user.as_deref().unwrap_or_default();
        let user = user.parse().map_err(|err| Fault::new(E_AUTH, format!("the user: {err}")));
        now.into_iter().for_each(|it| self.sim.advance(it, &mut self.news));
        match user.and_then(|user| Ok(self.sim.login(&user, None)?)) {
            Ok(_) => {
                self.is_logged_in = true;
                self.tell_connection(CONN_UP, OK, "logged in");
                self.tell_accounts(req_id);
                self.host.answer(req_id, Ok(()));
            }
            Err(fault) => self.host.answer(req_id, Err(&fault)),
        }
        now.into_iter().for_each(|it| self.sim.advance(it, &mut self.news));
        self.tell_news();
        Ok(())
    }

    pub(crate) fn logout(&mut self, req_id: u64) -> Done {
        self.check_login(req_id)?;
        self.sim.logout();
        self.is_logged_in = false;
        self.tell_connection(CONN_DOWN, OK, "logged out");
        self.host.answer(req_id, Ok(()));
        Ok(())
    }

    pub(crate) fn list(&mut self, told: &abi::Instrument) -> Done {
        self.check()?;
        let instrument = instrument(told, self.sim.settings().sessions)?;
        let code = instrument.code;
        // Before the day is known to go on, its file is not written to.
        let has_begun = self.recalled != Recalled::No;
        if let Some(memory) = self.memory.as_mut().filter(|it| has_begun && it.has_terms(&code)) {
            let written = memory.list(&instrument);
            written.inspect_err(|fault| self.fail(&fault.text))?;
        }
        list(&mut self.sim, told, &instrument)?;
        if self.exchange_of(&code) != told.exchange {
            let is_it = |symbol: &str| symbol == code.as_str();
            self.orders.list(|symbol| is_it(symbol).then_some(told.exchange));
        }
        self.items.list(Item { told: *told, instrument });
        Ok(())
    }

    pub(crate) fn feed(&mut self, told: &abi::Tick, after: Option<&abi::Book>) -> Done {
        self.check()?;
        let (tick, book) = (tick(told)?, after.map(book));
        self.recall(Some(tick.time))?;
        let seen = Seen { sequence: tick.sequence, received: tick.received };
        // A tick that was on its way when this exchange was killed may have been traded before.
        let was_traded = self.seen.is_some_and(|it| {
            it.sequence >= seen.sequence && it.received >= seen.received && seen.sequence > 0
        });
        if told.flags & TICK_AGAIN != 0 || was_traded {
            self.sim.show(&tick, book.as_ref());
            return Ok(());
        }
        self.tick = Some(seen);
        self.sim.tick(&tick, book.as_ref(), &mut self.news);
        self.tell_news();
        Ok(())
    }

    pub(crate) fn advance(&mut self, now_ns: i64, utc_offset_s: i32) -> Done {
        self.check()?;
        let now = time(now_ns, utc_offset_s)?;
        self.recall(Some(now))?;
        self.sim.advance(now, &mut self.news);
        self.tell_news();
        Ok(())
    }

    /// When something happens by itself. Before the feed gave a time nothing does.
    pub(crate) fn due(&self) -> Option<i64> {
        self.sim.due().map(|Stamp(at)| at).filter(|_| self.failed.is_none())
    }

    pub(crate) fn settle(&mut self) -> Done {
        self.check()?;
        self.sim.settle(&mut self.news);
        self.tell_news();
        Ok(())
    }

    /// Writes down what happened, and then tells it.
    pub(crate) fn tell_news(&mut self) {
        if let Err(fault) = self.keep() {
            return self.fail(&fault.text);
        }
        let mut news = std::mem::take(&mut self.news);
        let mut rest = news.as_slice();
        while let [it, after @ ..] = rest {
            rest = after;
            match it {
                News::Report { order, report } => {
                    let is_filled_next = matches!(
                        after,
                        [News::Report { order: next, report: Report::Filled(_) }, ..]
                            if next == order
                    );
                    self.tell_report(order.0, report, self.counts_fills && is_filled_next);
                }
                News::Connected => self.tell_connection(CONN_UP, OK, "the connection is back"),
                News::Disconnected { reason } => self.tell_connection(CONN_DOWN, E_NET, reason),
            }
        }
        news.clear();
        self.news = news;
    }

    fn keep(&mut self) -> Done {
        let Some(memory) = &mut self.memory else { return Ok(()) };
        self.sim.happened(&mut self.happened);
        if self.happened.is_empty() {
            return Ok(());
        }
        let mut lines = self.tick.take().map_or_else(String::new, |it| Entry::Tick(it).line());
        for happening in self.happened.drain(..) {
            if let Happening::Order { ticket, .. } = &happening
                && let Some(item) = self.items.get(&ticket.item)
            {
                lines.extend(memory.listing(&item.instrument));
            }
            lines.push_str(&Entry::from(&happening).line());
        }
        memory.append(&lines)
    }

    pub(crate) fn exchange_of(&self, item: &Code) -> [u8; 16] {
        self.items.get(item).map_or([0; 16], |it| it.told.exchange)
    }

    /// Tells what happened to an order; of its acceptance nothing where its next fill says it.
    fn tell_report(&mut self, id: u64, report: &Report, is_told_by_fill: bool) {
        let now = rows::clock(self.sim.clock());
        let Some(order) = self.orders.get_mut(id) else { return };
        let Some(turn) = order.turn(report, is_told_by_fill) else { return };
        let req = Req::last(turn.req);
        if let Some(fill) = order.fills.last().filter(|_| order.told.change == CHANGE_FILLED) {
            let mut told = abi::Fill::blank();
            rows::fill(&mut told, &order.told, fill);
            self.host.tell(EVENT_FILL, req, &told);
            if self.counts_fills {
                return;
            }
        }
        if !turn.is_silent {
            let mut told = order.update(now);
            if let Some(refusal) = turn.refusal {
                rows::refuse(&mut told, refusal);
            }
            self.host.tell(EVENT_ORDER, req, &told);
        }
        if let Some(req_id) = turn.part_of.filter(|it| self.orders.is_last_part(*it)) {
            self.host.answer(req_id, Ok(()));
        }
    }

    fn tell_connection(&mut self, state: u8, code: i32, text: &str) {
        let blank = Connection::blank();
        let mut told = Connection { channel: CHANNEL_TRADE, state, code, ..blank };
        put_text(&mut told.text, text);
        self.host.tell(EVENT_CONN, Req::None, &told);
    }

    fn tell_accounts(&mut self, req_id: u64) {
        let currency = &self.sim.settings().currency;
        for id in self.sim.accounts() {
            let told = rows::account(id, currency, self.sim.summary(id));
            self.host.tell(EVENT_ACCOUNT, Req::Row(req_id), &told);
        }
    }

    /// The session cannot go on: whatever waits for an answer is told that nobody knows, because
    /// what was not written down did not happen once another session reads the file.
    fn fail(&mut self, why: &str) {
        self.news.clear();
        self.happened.clear();
        self.host.log(LOG_ERROR, why);
        self.give_up(why);
        self.tell_connection(CONN_DOWN, E_INTERNAL, why);
        self.failed = Some(why.to_owned());
    }

    /// From now on the ledger cannot be written.
    #[cfg(test)]
    pub(crate) fn spoil_the_ledger(&mut self) {
        self.memory.iter_mut().for_each(Memory::spoil);
    }
}
