//! The session's one transition.

use std::collections::VecDeque;
use std::time::Duration;

use aftm_exchange_abi as abi;

use super::{Action, Input, Limits, Question};
use crate::Refusal;
use crate::errors;
use crate::storm::Storm;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Connecting { since: Duration },
    Connected { not_before: Duration },
    Authenticating { since: Duration },
    LoggingIn { since: Duration },
    Confirming { since: Duration },
    Asking,
    Ready,
}

/// The question that the venue has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    question: Question,
    since: Duration,
    is_hosts: bool,
}

/// A session.
#[derive(Debug)]
pub struct Session {
    limits: Limits,
    phase: Phase,
    storm: Storm,
    authenticates: bool,
    is_wanted: bool,
    login_until: Option<Duration>,
    /// Attempts in a row that did not end in ready.
    failures: u32,
    /// Of the instruments that are known.
    trading_day: Option<u32>,
    new_day: u32,
    has_confirmed_again: bool,
    /// What is to be asked before the session is ready.
    first: VecDeque<Question>,
    /// What the host has asked since.
    hosts: VecDeque<Question>,
    asked: Option<Asked>,
    tries: u32,
    next_question: Duration,
}

impl Session {
    /// After `Init`: the vendor connects. `authenticates` where the broker wants the program to.
    pub fn new(limits: Limits, authenticates: bool, now: Duration) -> Session {
        Session {
            limits,
            phase: Phase::Connecting { since: now },
            storm: Storm::new(limits.storm),
            authenticates,
            is_wanted: false,
            login_until: None,
            failures: 0,
            trading_day: None,
            new_day: 0,
            has_confirmed_again: false,
            first: VecDeque::new(),
            hosts: VecDeque::new(),
            asked: None,
            tries: 0,
            next_question: now,
        }
    }

    /// Whether orders can be sent.
    pub fn is_ready(&self) -> bool {
        self.phase == Phase::Ready
    }

    /// Applies what happened. An answer to what is no longer awaited changes nothing.
    pub fn apply(&mut self, now: Duration, input: Input) -> Vec<Action> {
        let mut actions = Vec::new();
        match input {
            Input::Login => self.login(now, &mut actions),
            Input::Logout => self.logout(&mut actions),
            Input::Connected => self.connected(now),
            Input::Lost(reason) => self.lost(now, reason, &mut actions),
            Input::Authenticated(answer) => self.authenticated(now, answer, &mut actions),
            Input::LoggedIn(answer) => self.logged_in(now, answer, &mut actions),
            Input::Confirmed(answer) => self.confirmed(now, answer, &mut actions),
            Input::Answered(answer) => self.answered(now, answer, &mut actions),
            Input::Ask(question) if self.is_ready() => self.hosts.push_back(question),
            Input::Ask(question) => {
                let text = "the session is not ready; log in, or wait for the connection";
                actions.push(Action::GiveUp(question, Refusal::new(abi::E_STATE, text)));
            }
            Input::SettlementWanted => self.confirm_again(&mut actions),
            Input::Clock => self.watch(now, &mut actions),
        }
        self.go_on(now, &mut actions);
        actions
    }

    fn login(&mut self, now: Duration, actions: &mut Vec<Action>) {
        if self.is_ready() {
            actions.push(Action::AnswerLogin(Ok(())));
            return;
        }
        self.is_wanted = true;
        self.login_until = Some(now + self.limits.login);
    }

    fn logout(&mut self, actions: &mut Vec<Action>) {
        let ended = Refusal::new(abi::E_STATE, "the login has ended: the host logged out");
        self.stop(&ended, actions);
    }

    /// Nothing goes on by itself, a login that stands is ended, and nothing that the host asked for
    /// is left without an answer.
    fn stop(&mut self, refusal: &Refusal, actions: &mut Vec<Action>) {
        self.is_wanted = false;
        if self.login_until.take().is_some() {
            actions.push(Action::AnswerLogin(Err(refusal.clone())));
        }
        self.give_up(refusal, actions);
        if matches!(self.phase, Phase::Confirming { .. } | Phase::Asking | Phase::Ready) {
            self.leave(actions);
        }
    }

    fn leave(&mut self, actions: &mut Vec<Action>) {
        self.request(Phase::Connected { not_before: Duration::ZERO }, Action::Logout, actions);
    }

    fn give_up(&mut self, refusal: &Refusal, actions: &mut Vec<Action>) {
        self.first.clear();
        self.tries = 0;
        let asked = self.asked.take().filter(|it| it.is_hosts).map(|it| it.question);
        let questions = asked.into_iter().chain(self.hosts.drain(..));
        actions.extend(questions.map(|it| Action::GiveUp(it, refusal.clone())));
    }

    fn connected(&mut self, now: Duration) {
        if matches!(self.phase, Phase::Connecting { .. }) {
            self.phase = Phase::Connected { not_before: now + self.backoff() };
        }
    }

    /// The first attempt after a loss goes at once; the next ones ever later.
    fn backoff(&self) -> Duration {
        let Some(doublings) = self.failures.checked_sub(2) else { return Duration::ZERO };
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        self.limits.backoff_min.saturating_mul(factor).min(self.limits.backoff_max)
    }

    fn lost(&mut self, now: Duration, reason: i32, actions: &mut Vec<Action>) {
        let told = self.storm.lost(now, reason);
        self.fail(now, &errors::front_lost(reason), actions);
        actions.extend(told.map(|refusal| self.tell(abi::CONN_DOWN, Some(refusal))));
    }

    /// The attempt, or the session, is over; the vendor connects again.
    fn fail(&mut self, now: Duration, refusal: &Refusal, actions: &mut Vec<Action>) {
        self.failures = self.failures.saturating_add(1);
        self.phase = Phase::Connecting { since: now };
        self.give_up(refusal, actions);
    }

    fn tell(&self, state: u8, refusal: Option<Refusal>) -> Action {
        Action::Tell { state, attempt: self.failures, refusal }
    }

    fn authenticated(
        &mut self,
        now: Duration,
        answer: Result<(), Refusal>,
        actions: &mut Vec<Action>,
    ) {
        if !matches!(self.phase, Phase::Authenticating { .. }) {
            return;
        }
        match answer {
            Ok(()) if !self.is_wanted => self.phase = Phase::Connected { not_before: now },
            Ok(()) => self.request(Phase::LoggingIn { since: now }, Action::Login, actions),
            Err(refusal) => self.refused(now, refusal, actions),
        }
    }

    fn request(&mut self, phase: Phase, action: Action, actions: &mut Vec<Action>) {
        self.phase = phase;
        actions.push(action);
    }

    fn logged_in(
        &mut self,
        now: Duration,
        answer: Result<u32, Refusal>,
        actions: &mut Vec<Action>,
    ) {
        if !matches!(self.phase, Phase::LoggingIn { .. }) {
            return;
        }
        match answer {
            // It came after the host had given up, and nobody would end it.
            Ok(_) if !self.is_wanted => self.leave(actions),
            Ok(trading_day) => {
                (self.new_day, self.has_confirmed_again) = (trading_day, false);
                self.request(Phase::Confirming { since: now }, Action::Confirm, actions);
            }
            Err(refusal) => self.refused(now, refusal, actions),
        }
    }

    fn confirmed(&mut self, now: Duration, answer: Result<(), Refusal>, actions: &mut Vec<Action>) {
        if !matches!(self.phase, Phase::Confirming { .. }) {
            return;
        }
        match answer {
            Ok(()) => {
                self.phase = Phase::Asking;
                // Instruments are many, and they and their limits change with the trading day alone.
                let known = self.trading_day == Some(self.new_day);
                let instruments = (!known).then_some([Question::Instruments, Question::Market]);
                let rest =
                    [Question::Account, Question::Positions, Question::Orders, Question::Trades];
                self.first = instruments.into_iter().flatten().chain(rest).collect();
            }
            Err(refusal) => self.refused(now, refusal, actions),
        }
    }

    /// A step was refused. What a pause may heal is tried again after one; for everything else a
    /// person is needed, for a login that is repeated blindly gets locked. Where the login stands
    /// already, another one on top of it would be refused, too, and so all begins anew.
    fn refused(&mut self, now: Duration, refusal: Refusal, actions: &mut Vec<Action>) {
        let is_in = matches!(self.phase, Phase::Confirming { .. } | Phase::Asking);
        self.fail(now, &refusal, actions);
        if is_in {
            actions.push(Action::Renew);
        } else {
            self.phase = Phase::Connected { not_before: now + self.backoff_after_refusal() };
        }
        if !may_pass(&refusal) {
            self.stop(&refusal, actions);
        }
        actions.push(self.tell(abi::CONN_DOWN, Some(refusal)));
    }

    fn backoff_after_refusal(&self) -> Duration {
        self.backoff().max(self.limits.backoff_min)
    }

    fn answered(&mut self, now: Duration, answer: Result<(), Refusal>, actions: &mut Vec<Action>) {
        let Some(asked) = self.asked.take() else { return };
        self.next_question = self.next_question.max(now + self.limits.pace);
        let Err(refusal) = answer else {
            self.tries = 0;
            return;
        };
        self.tries += 1;
        let may_retry = matches!(refusal.code, abi::E_BUSY | abi::E_NET);
        let queue = if asked.is_hosts { &mut self.hosts } else { &mut self.first };
        if may_retry && self.tries < self.limits.tries_max {
            queue.push_front(asked.question);
            return;
        }
        self.tries = 0;
        if asked.is_hosts {
            actions.push(Action::GiveUp(asked.question, refusal));
        } else {
            self.refused(now, refusal, actions);
        }
    }

    /// Once in a login, for an order that was refused for want of it.
    fn confirm_again(&mut self, actions: &mut Vec<Action>) {
        if self.is_ready() && !std::mem::replace(&mut self.has_confirmed_again, true) {
            actions.push(Action::Confirm);
        }
    }

    fn watch(&mut self, now: Duration, actions: &mut Vec<Action>) {
        if let Some(refusal) = self.storm.due(now) {
            actions.push(self.tell(abi::CONN_DOWN, Some(refusal)));
        }
        if self.login_until.is_some_and(|until| now >= until) {
            let seconds = self.limits.login.as_secs();
            let text = format!("the login was not complete after {seconds} s; log in again");
            self.stop(&Refusal::new(abi::E_TIMEOUT, text), actions);
        }
        let is_over = |since: Duration, limit: Duration| now.saturating_sub(since) >= limit;
        match self.phase {
            Phase::Connecting { since } if is_over(since, self.limits.connect) => {
                self.failures = self.failures.saturating_add(1);
                self.phase = Phase::Connecting { since: now };
                let seconds = self.limits.connect.as_secs();
                let text = format!(
                    "the front has not answered for {seconds} s; check its address and the network"
                );
                let refusal = Refusal::new(abi::E_NET, text);
                actions.push(self.tell(abi::CONN_CONNECTING, Some(refusal)));
            }
            Phase::Authenticating { since }
            | Phase::LoggingIn { since }
            | Phase::Confirming { since }
                if is_over(since, self.limits.answer) =>
            {
                self.mute(now, actions);
            }
            Phase::Asking | Phase::Ready
                if self.asked.is_some_and(|it| is_over(it.since, self.limits.answer)) =>
            {
                self.mute(now, actions);
            }
            _ => (),
        }
    }

    /// A front that takes requests and answers none: CTP would wait for ever.
    fn mute(&mut self, now: Duration, actions: &mut Vec<Action>) {
        let seconds = self.limits.answer.as_secs();
        let text = format!("the front has not answered a request for {seconds} s");
        let refusal = Refusal::new(abi::E_TIMEOUT, text);
        self.fail(now, &refusal, actions);
        actions.push(Action::Renew);
        actions.push(self.tell(abi::CONN_DOWN, Some(refusal)));
    }

    /// What the state calls for by itself.
    fn go_on(&mut self, now: Duration, actions: &mut Vec<Action>) {
        match self.phase {
            Phase::Connected { not_before } if self.is_wanted && now >= not_before => {
                if self.authenticates {
                    let phase = Phase::Authenticating { since: now };
                    self.request(phase, Action::Authenticate, actions);
                } else {
                    self.request(Phase::LoggingIn { since: now }, Action::Login, actions);
                }
            }
            Phase::Asking if self.asked.is_none() && self.first.is_empty() => self.ready(actions),
            _ => (),
        }
        self.ask(now, actions);
    }

    fn ready(&mut self, actions: &mut Vec<Action>) {
        self.phase = Phase::Ready;
        self.trading_day = Some(self.new_day);
        self.failures = 0;
        self.storm.over();
        actions.push(self.tell(abi::CONN_UP, None));
        if self.login_until.take().is_some() {
            actions.push(Action::AnswerLogin(Ok(())));
        }
    }

    fn ask(&mut self, now: Duration, actions: &mut Vec<Action>) {
        let is_in = matches!(self.phase, Phase::Asking | Phase::Ready);
        if !is_in || self.asked.is_some() || now < self.next_question {
            return;
        }
        let is_hosts = self.first.is_empty();
        let queue = if is_hosts { &mut self.hosts } else { &mut self.first };
        let Some(question) = queue.pop_front() else { return };
        self.asked = Some(Asked { question, since: now, is_hosts });
        self.next_question = now + self.limits.pace;
        actions.push(Action::Ask(question));
    }
}

/// Whether the same step may succeed later without a person. By our code, because the venue's own
/// number -1 and a request that returned -1 are not the same.
const fn may_pass(refusal: &Refusal) -> bool {
    matches!(refusal.code, abi::E_BUSY | abi::E_NET | abi::E_STATE | abi::E_TIMEOUT)
}

#[cfg(test)]
mod tests;
