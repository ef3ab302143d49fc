//! Logging in and out, and what the session asks for meanwhile.

use std::collections::VecDeque;
use std::time::Duration;

use abi::{CHANNEL_TRADE, E_NET, E_STATE, LOG_ERROR};
use aftm_exchange_abi as abi;

use super::day::Day;
use super::{Driver, Now, What};
use crate::counter::{Setting, Trading};
use crate::options::Credentials;
use crate::session::{Action, Input, Session};
use crate::told::{Standing, connection};
use crate::{Refusal, errors, holdings};

/// A trading connection.
pub(super) struct Link {
    /// `None` where it could not be set up again.
    pub(super) trading: Option<Box<dyn Trading>>,
    pub(super) generation: u32,
    pub(super) session: Session,
    authenticates: bool,
    /// When it is set up again, where there is none.
    again_at: Duration,
    /// The request of the last step of the login, for errors that name it alone.
    step: (i32, Step),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    None,
    Authenticate,
    LogIn,
    Confirm,
    LogOut,
}

fn state(text: &str) -> Refusal {
    Refusal::new(E_STATE, text)
}

impl Driver {
    /// The host logs in.
    pub(crate) fn log_in(
        &mut self,
        now: Now,
        pairs: &[(&str, &str)],
        is_production: bool,
        request: u64,
    ) -> Result<(), Refusal> {
        if self.is_ready() {
            return Err(state("somebody is logged in already; log out first"));
        }
        if self.login.is_some() || self.logout.is_some() {
            return Err(state("a login or a logout is under way; wait for its answer"));
        }
        self.options.allow(is_production)?;
        let who = Credentials::read(pairs, &self.options)?;
        self.take_day(now, &who)?;
        let authenticates = who.authenticates();
        let is_there = |it: &Link| it.trading.is_some() && it.authenticates == authenticates;
        if !self.link.as_ref().is_some_and(is_there) {
            self.connect(now, authenticates)?;
        }
        self.who = Some(who);
        self.login = Some(request);
        self.step(now, Input::Login);
        self.start_feed(now);
        Ok(())
    }

    /// The day of who logs in; that of somebody else is over.
    fn take_day(&mut self, now: Now, who: &Credentials) -> Result<(), Refusal> {
        let (broker, user, account) = (&self.options.broker, &who.user, &who.investor);
        if !self.day.as_ref().is_some_and(|it| it.is_of(broker, user, account)) {
            let day = Day::open(&self.folder, broker, user, account)?;
            // Whoever waits for an answer of the day before gets none.
            self.silence(now, Duration::ZERO);
            self.day = Some(day);
            if let Some(trading) = self.link.take().and_then(|it| it.trading) {
                self.release(move || trading.release());
            }
        }
        Ok(())
    }

    /// Sets a connection up, in place of the one before.
    fn connect(&mut self, now: Now, authenticates: bool) -> Result<(), Refusal> {
        if let Some(trading) = self.link.take().and_then(|it| it.trading) {
            self.release(move || trading.release());
        }
        let trading = self.set_up()?;
        self.link = Some(Link {
            trading: Some(trading),
            generation: self.generation,
            session: Session::new(self.limits, authenticates, now.mono),
            authenticates,
            again_at: Duration::ZERO,
            step: (0, Step::None),
        });
        Ok(())
    }

    fn set_up(&mut self) -> Result<Box<dyn Trading>, Refusal> {
        let Some(day) = &self.day else { return Err(state("nobody has logged in")) };
        self.generation += 1;
        let setting = Setting {
            options: &self.options,
            flow: &day.flow,
            mailbox: &self.mailbox,
            generation: self.generation,
        };
        self.counter.trading(&setting)
    }

    /// Sets the connection of a session up again, now or later.
    fn renew(&mut self, now: Now) {
        let old = self.link.as_mut().and_then(|it| it.trading.take());
        if let Some(trading) = old {
            self.release(move || trading.release());
        }
        let trading = self.set_up();
        let (generation, pause) = (self.generation, self.limits.backoff_max);
        if let Err(refusal) = &trading {
            self.line(LOG_ERROR, format!("the connection cannot be set up again: {refusal}"));
        }
        if let Some(link) = &mut self.link {
            link.generation = generation;
            link.again_at = now.mono + pause;
            link.trading = trading.ok();
        }
    }

    /// Tries again to set up what could not be.
    pub(super) fn reconnect(&mut self, now: Now) {
        let is_due =
            self.link.as_ref().is_some_and(|it| it.trading.is_none() && now.mono >= it.again_at);
        if is_due {
            self.renew(now);
        }
    }

    /// The host logs out.
    pub(crate) fn log_out(&mut self, now: Now, request: u64) -> Result<(), Refusal> {
        if self.who.is_none() || self.link.is_none() {
            return Err(state("nobody is logged in"));
        }
        if self.logout.is_some() {
            return Err(state("a logout is under way; wait for its answer"));
        }
        self.logout = Some((request, now.mono));
        if let Some(link) = &mut self.link {
            link.step = (0, Step::None);
        }
        self.step(now, Input::Logout);
        let is_sent = self.link.as_ref().is_some_and(|it| it.step.1 == Step::LogOut);
        if !is_sent {
            self.logged_out();
        }
        Ok(())
    }

    /// The login has ended: nothing is left of it but the day's orders.
    pub(super) fn logged_out(&mut self) {
        let Some((request, _)) = self.logout.take() else { return };
        self.who = None;
        if let Some(trading) = self.link.take().and_then(|it| it.trading) {
            self.release(move || trading.release());
        }
        let text = "the host logged out";
        self.stop_feed(&state(text));
        self.tell(&Standing {
            channel: CHANNEL_TRADE,
            state: abi::CONN_DOWN,
            attempt: 0,
            trading_day: 0,
            refusal: Some(Refusal::new(abi::OK, text)),
        });
        self.answer(request, Ok(()));
    }

    pub(super) fn watch_logout(&mut self, now: Now) {
        let limit = self.limits.answer;
        if self.logout.is_some_and(|(_, since)| now.mono.saturating_sub(since) >= limit) {
            self.logged_out();
        }
    }

    /// Something happened to the session: does what it asks for, and what comes of that.
    pub(super) fn step(&mut self, now: Now, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Some(link) = &mut self.link else { return };
            for action in link.session.apply(now.mono, input) {
                inputs.extend(self.act(now, action));
            }
        }
    }

    fn act(&mut self, now: Now, action: Action) -> Option<Input> {
        match action {
            Action::Authenticate => {
                let sent = self.request(Step::Authenticate, |to, who, id| to.authenticate(who, id));
                sent.err().map(|it| Input::Authenticated(Err(it)))
            }
            Action::Login => {
                let sent = self.request(Step::LogIn, |to, who, id| to.log_in(who, id));
                sent.err().map(|it| Input::LoggedIn(Err(it)))
            }
            Action::Confirm => {
                let sent = self.request(Step::Confirm, |to, who, id| to.confirm(who, id));
                sent.err().map(|it| Input::Confirmed(Err(it)))
            }
            Action::Logout => {
                let sent = self.request(Step::LogOut, |to, who, id| to.log_out(who, id));
                // One that is not sent is over as well.
                if let (Err(_), Some(link)) = (sent, &mut self.link) {
                    link.step = (0, Step::None);
                }
                None
            }
            Action::Ask(question) => {
                let is_hosts = self.is_ready();
                let sent = self.request(Step::None, |to, who, id| to.ask(who, question, id));
                self.asked(question, is_hosts, self.request);
                sent.err().map(|it| Input::Answered(Err(it)))
            }
            Action::GiveUp(question, refusal) => {
                self.give_up(question, &refusal);
                None
            }
            Action::Renew => {
                self.renew(now);
                None
            }
            Action::Tell { state, attempt, refusal } => {
                self.standing(now, state, attempt, refusal);
                None
            }
            Action::AnswerLogin(answer) => {
                self.answer_login(answer);
                None
            }
        }
    }

    /// A request of the vendor's; an error where nothing was sent.
    fn request(
        &mut self,
        step: Step,
        send: impl FnOnce(&mut dyn Trading, &Credentials, i32) -> i32,
    ) -> Result<(), Refusal> {
        let request = self.next_request();
        let (Some(link), Some(who)) = (&mut self.link, &self.who) else {
            return Err(state("nobody is logged in"));
        };
        if step != Step::None {
            link.step = (request, step);
        }
        let Some(trading) = &mut link.trading else {
            return Err(Refusal::new(E_NET, "there is no connection: nothing was sent"));
        };
        errors::returned(send(trading.as_mut(), who, request))
    }

    /// An error that names a request alone.
    pub(super) fn failed(&mut self, now: Now, request: i32, refusal: Refusal) {
        let step = self.link.as_ref().map(|it| it.step).filter(|it| it.0 == request);
        match step.map(|it| it.1) {
            Some(Step::Authenticate) => self.step(now, Input::Authenticated(Err(refusal))),
            Some(Step::LogIn) => self.step(now, Input::LoggedIn(Err(refusal))),
            Some(Step::Confirm) => self.step(now, Input::Confirmed(Err(refusal))),
            Some(Step::LogOut) => self.logged_out(),
            _ if self.lists.is_asked(request) => {
                self.answered(now, request, None, (Err(refusal), true));
            }
            _ => self.line(abi::LOG_WARN, format!("request {request}: {refusal}")),
        }
    }

    fn standing(&mut self, now: Now, state: u8, attempt: u32, refusal: Option<Refusal>) {
        let trading_day = self.day.as_ref().map_or(0, |it| it.trading_day);
        self.tell(&Standing { channel: CHANNEL_TRADE, state, attempt, trading_day, refusal });
        if state == abi::CONN_UP
            && let Some(day) = &mut self.day
        {
            // What traded while the lists of the login were on their way is in none of them.
            day.positions_due = Some(now.mono);
        }
    }

    pub(super) fn tell(&mut self, standing: &Standing) {
        self.event(What::Connection(connection(standing)));
    }

    fn answer_login(&mut self, answer: Result<(), Refusal>) {
        let Some(request) = self.login.take() else { return };
        if answer.is_ok() {
            let rows = self.day.iter().flat_map(|day| {
                day.accounts.iter().map(|row| holdings::account(row, &day.account))
            });
            let rows: Vec<_> = rows.collect();
            rows.into_iter().for_each(|it| self.row(request, What::Account(it)));
        } else {
            self.who = None;
            self.stop_feed(&state("the login was refused"));
        }
        self.answer(request, answer);
    }
}
