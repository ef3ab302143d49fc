//! A counter that plays the vendor's, so that the whole plug-in is tested through its C interface
//! without any library of the vendor's. It answers from within the calls, as some libraries do.
//!
//! The front is `rehearsal:NAME`: `plain`; `silent`, which never connects; `mute`, whose first
//! connection answers nothing; `days`, whose every login after the first is of the next trading day;
//! `version`, whose library is of another version. What else is to go
//! wrong is said by the remark of an order, see `exchange`.

mod exchange;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::counter::{Answer, Counter, Feed, Quoted, Said, Setting, Trading};
use crate::input::{InputAction, InputOrder};
use crate::mailbox::Mailbox;
use crate::options::{Credentials, Options};
use crate::rows::LoginRow;
use crate::session::{Limits, Question};
use crate::{Refusal, codes, errors, version};

use exchange::Exchange;

/// The counter of a front that is none; `None` where the front is one.
pub(crate) fn counter(options: &Options) -> Option<Box<dyn Counter>> {
    let name = options.front.strip_prefix("rehearsal:")?;
    let exchange = Arc::new(Mutex::new(Exchange::new()));
    Some(Box::new(Rehearsal { name: name.to_owned(), exchange, connections: 0 }))
}

struct Rehearsal {
    name: String,
    exchange: Arc<Mutex<Exchange>>,
    connections: u32,
}

fn lock(exchange: &Mutex<Exchange>) -> MutexGuard<'_, Exchange> {
    exchange.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Counter for Rehearsal {
    /// Short, for nobody wants to wait for a test; long enough for a machine with much to do.
    fn limits(&self) -> Limits {
        Limits {
            connect: Duration::from_millis(300),
            answer: Duration::from_secs(1),
            login: Duration::from_secs(3),
            pace: Duration::from_millis(20),
            storm: Duration::from_millis(200),
            backoff_min: Duration::from_millis(20),
            backoff_max: Duration::from_millis(200),
            tries_max: 10,
        }
    }

    fn trading(&mut self, setting: &Setting<'_>) -> Result<Box<dyn Trading>, Refusal> {
        let reported = if self.name == "version" { "v6.7.2_20230913" } else { "v6.7.7_rehearsal" };
        version::check(codes::API_VERSION, reported)?;
        self.connections += 1;
        let (mailbox, generation) = (Arc::clone(setting.mailbox), setting.generation);
        lock(&self.exchange).connected(&mailbox, generation);
        let is_mute = self.name == "mute" && self.connections == 1;
        if self.name != "silent" {
            mailbox.said(generation, Said::Connected);
        }
        let (exchange, has_days) = (Arc::clone(&self.exchange), self.name == "days");
        Ok(Box::new(Played { exchange, mailbox, generation, is_mute, has_days }))
    }

    fn feed(&mut self, setting: &Setting<'_>) -> Result<Box<dyn Feed>, Refusal> {
        let (mailbox, generation) = (Arc::clone(setting.mailbox), setting.generation);
        lock(&self.exchange).feeds(&mailbox, generation);
        mailbox.quoted(generation, Quoted::Connected);
        Ok(Box::new(Shown { exchange: Arc::clone(&self.exchange), mailbox, generation }))
    }
}

/// A trading connection that is played.
struct Played {
    exchange: Arc<Mutex<Exchange>>,
    mailbox: Arc<Mailbox>,
    generation: u32,
    is_mute: bool,
    has_days: bool,
}

impl Played {
    fn says(&self, said: Said) -> i32 {
        if !self.is_mute {
            self.mailbox.said(self.generation, said);
        }
        0
    }
}

/// Words of the vendor, as it writes them.
fn refused(error_id: i32, message: &[u8]) -> Answer {
    Err(errors::refusal(error_id, message))
}

impl Trading for Played {
    fn authenticate(&mut self, who: &Credentials, _request: i32) -> i32 {
        let is_right = who.auth_code.as_str() == "0000";
        let answer = if is_right {
            Ok(())
        } else {
            refused(63, b"CTP:\xbf\xcd\xbb\xa7\xb6\xcb\xc8\xcf\xd6\xa4\xca\xa7\xb0\xdc")
        };
        self.says(Said::Authenticated(answer))
    }

    fn log_in(&mut self, who: &Credentials, _request: i32) -> i32 {
        let answer = if who.password.as_str() == "demo" {
            let mut exchange = lock(&self.exchange);
            let session = exchange.logged_in();
            let is_next = self.has_days && session > 1;
            if is_next {
                exchange.next_day();
            }
            Ok(LoginRow {
                trading_day: if is_next { "20251124" } else { "20251121" }.to_owned(),
                front: 1,
                session,
                max_order_ref: "           1".to_owned(),
            })
        } else {
            let words = b"CTP:\xb2\xbb\xba\xcf\xb7\xa8\xb5\xc4\xb5\xc7\xc2\xbc";
            Err(errors::refusal(3, words))
        };
        self.says(Said::LoggedIn(answer))
    }

    fn confirm(&mut self, _who: &Credentials, _request: i32) -> i32 {
        lock(&self.exchange).is_confirmed = true;
        self.says(Said::Confirmed(Ok(())))
    }

    fn log_out(&mut self, _who: &Credentials, _request: i32) -> i32 {
        self.says(Said::LoggedOut)
    }

    fn ask(&mut self, _who: &Credentials, question: Question, request: i32) -> i32 {
        let mut rows = lock(&self.exchange).rows(question);
        let last = rows.pop();
        for row in rows {
            let row = Some(row);
            self.says(Said::Answered { request, row, answer: Ok(()), is_last: false });
        }
        self.says(Said::Answered { request, row: last, answer: Ok(()), is_last: true })
    }

    fn insert(&mut self, order: &InputOrder, request: i32) -> i32 {
        lock(&self.exchange).insert(order, request)
    }

    fn cancel(&mut self, action: &InputAction, _request: i32) -> i32 {
        lock(&self.exchange).cancel(action)
    }

    fn release(self: Box<Self>) {}
}

/// A market data connection that is played.
struct Shown {
    exchange: Arc<Mutex<Exchange>>,
    mailbox: Arc<Mailbox>,
    generation: u32,
}

impl Feed for Shown {
    fn log_in(&mut self, _who: &Credentials, _request: i32) -> i32 {
        self.mailbox.quoted(self.generation, Quoted::LoggedIn(Ok(())));
        0
    }

    fn subscribe(&mut self, symbols: &[String], is_on: bool) -> i32 {
        for symbol in symbols {
            let symbol = symbol.clone();
            self.mailbox
                .quoted(self.generation, Quoted::Subscribed { symbol, is_on, answer: Ok(()) });
        }
        lock(&self.exchange).subscribed(symbols, is_on);
        0
    }

    fn release(self: Box<Self>) {}
}
