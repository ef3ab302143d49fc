//! The market data connection: a function of what happened and when, as the session is for orders.
//!
//! What was asked for is asked for again after every reconnect. A front that says nothing is told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aftm_exchange_abi as abi;

use crate::Refusal;
use crate::counter::{Answer, Quoted};
use crate::session::Limits;
use crate::storm::Storm;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Connecting {
        since: Duration,
    },
    LoggingIn {
        since: Duration,
    },
    /// A login that was refused is tried again later.
    Pausing {
        until: Duration,
    },
    Up,
}

/// A request of the host, until every instrument of it is answered.
#[derive(Debug)]
struct Waiting {
    request: u64,
    is_on: bool,
    symbols: BTreeSet<String>,
    since: Duration,
    refusal: Option<Refusal>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Do {
    LogIn,
    Subscribe(Vec<String>, bool),
    /// Releases the connection and sets up another.
    Renew,
    Tell {
        state: u8,
        attempt: u32,
        refusal: Option<Refusal>,
    },
    Answer(u64, Answer),
}

/// The connection.
#[derive(Debug)]
pub(crate) struct Quotes {
    limits: Limits,
    phase: Phase,
    storm: Storm,
    failures: u32,
    /// What is asked for, each with its exchange.
    wanted: BTreeMap<String, String>,
    waiting: Vec<Waiting>,
}

impl Quotes {
    pub(crate) fn new(limits: Limits, now: Duration) -> Quotes {
        Quotes {
            limits,
            phase: Phase::Connecting { since: now },
            storm: Storm::new(limits.storm),
            failures: 0,
            wanted: BTreeMap::new(),
            waiting: Vec::new(),
        }
    }

    /// The exchange of an instrument that is asked for.
    pub(crate) fn exchange_of(&self, symbol: &str) -> Option<&str> {
        self.wanted.get(symbol).map(String::as_str)
    }

    /// The host asks for instruments, or no longer: pairs of instrument and exchange.
    pub(crate) fn ask(
        &mut self,
        now: Duration,
        request: u64,
        is_on: bool,
        symbols: Vec<(String, String)>,
    ) -> Vec<Do> {
        let names: BTreeSet<_> = symbols.iter().map(|(symbol, _)| symbol.clone()).collect();
        for (symbol, exchange) in symbols {
            if is_on {
                self.wanted.insert(symbol, exchange);
            } else {
                self.wanted.remove(&symbol);
            }
        }
        if names.is_empty() || (!is_on && self.phase != Phase::Up) {
            return vec![Do::Answer(request, Ok(()))];
        }
        let symbols = names.iter().cloned().collect();
        self.waiting.push(Waiting { request, is_on, symbols: names, since: now, refusal: None });
        // Where it is not up, everything that is wanted is asked for once it is.
        if self.phase == Phase::Up { vec![Do::Subscribe(symbols, is_on)] } else { Vec::new() }
    }

    /// Applies what the front said. Market data itself is none of this machine's business.
    pub(crate) fn apply(&mut self, now: Duration, quoted: Quoted) -> Vec<Do> {
        match quoted {
            Quoted::Connected => self.connected(now),
            Quoted::Lost(reason) => self.lost(now, reason),
            Quoted::LoggedIn(answer) => self.logged_in(now, answer),
            Quoted::Subscribed { symbol, is_on, answer } => {
                self.subscribed(&symbol, is_on, &answer)
            }
            Quoted::Depth(_) => Vec::new(),
        }
    }

    fn connected(&mut self, now: Duration) -> Vec<Do> {
        if !matches!(self.phase, Phase::Connecting { .. }) {
            return Vec::new();
        }
        self.phase = Phase::LoggingIn { since: now };
        vec![Do::LogIn]
    }

    fn lost(&mut self, now: Duration, reason: i32) -> Vec<Do> {
        self.failures = self.failures.saturating_add(1);
        self.phase = Phase::Connecting { since: now };
        let told = self.storm.lost(now, reason);
        told.map(|refusal| self.tell(abi::CONN_DOWN, Some(refusal))).into_iter().collect()
    }

    fn logged_in(&mut self, now: Duration, answer: Answer) -> Vec<Do> {
        if !matches!(self.phase, Phase::LoggingIn { .. }) {
            return Vec::new();
        }
        if let Err(refusal) = answer {
            self.failures = self.failures.saturating_add(1);
            self.phase = Phase::Pausing { until: now + self.limits.backoff_max };
            return vec![self.tell(abi::CONN_DOWN, Some(refusal))];
        }
        (self.phase, self.failures) = (Phase::Up, 0);
        self.storm.over();
        let wanted: Vec<_> = self.wanted.keys().cloned().collect();
        let mut todo = vec![self.tell(abi::CONN_UP, None)];
        if !wanted.is_empty() {
            todo.push(Do::Subscribe(wanted, true));
        }
        todo
    }

    fn subscribed(&mut self, symbol: &str, is_on: bool, answer: &Answer) -> Vec<Do> {
        for waiting in self.waiting.iter_mut().filter(|it| it.is_on == is_on) {
            if waiting.symbols.remove(symbol)
                && let Err(refusal) = answer
            {
                waiting.refusal.get_or_insert_with(|| refusal.clone());
            }
        }
        self.answered()
    }

    fn answered(&mut self) -> Vec<Do> {
        let (done, waiting) =
            std::mem::take(&mut self.waiting).into_iter().partition(|it| it.symbols.is_empty());
        self.waiting = waiting;
        let done: Vec<Waiting> = done;
        done.into_iter().map(|it| Do::Answer(it.request, it.refusal.map_or(Ok(()), Err))).collect()
    }

    /// What the request for instruments returned, where that is no success.
    pub(crate) fn not_sent(
        &mut self,
        symbols: &[String],
        is_on: bool,
        refusal: &Refusal,
    ) -> Vec<Do> {
        let each = symbols.iter().map(|it| self.subscribed(it, is_on, &Err(refusal.clone())));
        let todo: Vec<Vec<Do>> = each.collect();
        todo.into_iter().flatten().collect()
    }

    /// Time has passed.
    pub(crate) fn clock(&mut self, now: Duration) -> Vec<Do> {
        let mut todo = self.overdue(now);
        if let Some(refusal) = self.storm.due(now) {
            todo.push(self.tell(abi::CONN_DOWN, Some(refusal)));
        }
        let is_over = |since: Duration, limit: Duration| now.saturating_sub(since) >= limit;
        match self.phase {
            Phase::Connecting { since } if is_over(since, self.limits.connect) => {
                self.failures = self.failures.saturating_add(1);
                self.phase = Phase::Connecting { since: now };
                let seconds = self.limits.connect.as_secs();
                let text = format!(
                    "the market data front has not answered for {seconds} s; check quote_front and \
                     the network"
                );
                let refusal = Refusal::new(abi::E_NET, text);
                todo.push(self.tell(abi::CONN_CONNECTING, Some(refusal)));
            }
            Phase::LoggingIn { since } if is_over(since, self.limits.answer) => {
                self.failures = self.failures.saturating_add(1);
                self.phase = Phase::Connecting { since: now };
                let text = "the market data front has not answered the login";
                let refusal = Refusal::new(abi::E_TIMEOUT, text);
                todo.push(Do::Renew);
                todo.push(self.tell(abi::CONN_DOWN, Some(refusal)));
            }
            Phase::Pausing { until } if now >= until => {
                self.phase = Phase::LoggingIn { since: now };
                todo.push(Do::LogIn);
            }
            _ => (),
        }
        todo
    }

    /// Requests that wait for too long: whoever asked is told, and what was asked for stays so.
    fn overdue(&mut self, now: Duration) -> Vec<Do> {
        for waiting in &mut self.waiting {
            if now.saturating_sub(waiting.since) >= self.limits.answer {
                waiting.symbols.clear();
                waiting.refusal = Some(Refusal::new(
                    abi::E_TIMEOUT,
                    "the market data front has not answered; the instruments are asked for again \
                     when it is back",
                ));
            }
        }
        self.answered()
    }

    /// Nobody wants market data any more: whoever waits is told.
    pub(crate) fn stop(&mut self, refusal: &Refusal) -> Vec<Do> {
        for waiting in &mut self.waiting {
            waiting.symbols.clear();
            waiting.refusal = Some(refusal.clone());
        }
        self.answered()
    }

    fn tell(&self, state: u8, refusal: Option<Refusal>) -> Do {
        Do::Tell { state, attempt: self.failures, refusal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn up() -> Quotes {
        let mut quotes = Quotes::new(Limits::default(), s(0));
        assert_eq!(quotes.apply(s(0), Quoted::Connected), [Do::LogIn]);
        let told = quotes.apply(s(0), Quoted::LoggedIn(Ok(())));
        assert_eq!(told, [Do::Tell { state: abi::CONN_UP, attempt: 0, refusal: None }]);
        quotes
    }

    fn names(symbols: &[&str]) -> Vec<(String, String)> {
        symbols.iter().map(|it| ((*it).to_owned(), "SHFE".to_owned())).collect()
    }

    fn on(symbol: &str) -> Quoted {
        Quoted::Subscribed { symbol: symbol.to_owned(), is_on: true, answer: Ok(()) }
    }

    fn subscribe(symbols: &[&str]) -> Do {
        Do::Subscribe(symbols.iter().map(|it| (*it).to_owned()).collect(), true)
    }

    #[test]
    fn a_request_is_answered_once_every_instrument_is() {
        let mut quotes = up();
        assert_eq!(quotes.ask(s(1), 7, true, names(&["a", "b"])), [subscribe(&["a", "b"])]);
        assert_eq!(quotes.apply(s(1), on("b")), []);
        assert_eq!(quotes.apply(s(1), on("a")), [Do::Answer(7, Ok(()))]);
        assert_eq!(quotes.apply(s(1), on("a")), []);
        assert_eq!(quotes.exchange_of("a"), Some("SHFE"));
        assert_eq!(quotes.ask(s(1), 8, true, vec![]), [Do::Answer(8, Ok(()))]);
    }

    #[test]
    fn what_is_wanted_is_asked_for_again_after_a_reconnect() {
        let mut quotes = up();
        quotes.ask(s(1), 7, true, names(&["a", "b"]));
        quotes.ask(s(1), 8, false, names(&["b"]));
        quotes.apply(s(2), Quoted::Lost(0x1001));
        assert_eq!(quotes.ask(s(2), 9, true, names(&["c"])), []);
        assert_eq!(quotes.ask(s(2), 10, false, names(&["d"])), [Do::Answer(10, Ok(()))]);
        quotes.apply(s(3), Quoted::Connected);
        let todo = quotes.apply(s(3), Quoted::LoggedIn(Ok(())));
        assert_eq!(todo[1..], [subscribe(&["a", "c"])]);
        assert_eq!(quotes.apply(s(3), on("c")), [Do::Answer(9, Ok(()))]);
    }

    #[test]
    fn a_silent_front_is_told_and_nobody_waits_for_ever() {
        let mut quotes = Quotes::new(Limits::default(), s(0));
        assert_eq!(quotes.ask(s(0), 7, true, names(&["a"])), []);
        let todo = quotes.clock(s(12));
        let Do::Answer(7, Err(refusal)) = &todo[0] else { panic!("{todo:?}") };
        assert_eq!(refusal.code, abi::E_TIMEOUT);
        let Do::Tell { state: abi::CONN_CONNECTING, refusal: Some(refusal), .. } = &todo[1] else {
            panic!("{todo:?}")
        };
        assert!(refusal.text.starts_with("the market data front has not answered for 12 s"));
        quotes.apply(s(13), Quoted::Connected);
        assert_eq!(quotes.clock(s(23))[0], Do::Renew, "it takes the login and answers nothing");
    }

    #[test]
    fn a_login_that_is_refused_is_tried_again_after_a_pause() {
        let mut quotes = Quotes::new(Limits::default(), s(0));
        quotes.apply(s(0), Quoted::Connected);
        let refusal = Refusal::new(abi::E_AUTH, "no");
        let told = quotes.apply(s(0), Quoted::LoggedIn(Err(refusal.clone())));
        assert_eq!(
            told,
            [Do::Tell { state: abi::CONN_DOWN, attempt: 1, refusal: Some(refusal.clone()) }]
        );
        assert_eq!(quotes.clock(s(29)), []);
        assert_eq!(quotes.clock(s(30)), [Do::LogIn]);
        quotes.ask(s(31), 3, true, names(&["a"]));
        assert_eq!(quotes.stop(&refusal), [Do::Answer(3, Err(refusal))]);
    }

    #[test]
    fn a_storm_is_told_once_a_second() {
        let mut quotes = up();
        let lost = |at: u64| quotes.apply(Duration::from_millis(at), Quoted::Lost(0x1001)).len();
        assert_eq!((0..1000).map(lost).sum::<usize>(), 1);
    }
}
