//! How one order at the venue goes, from what the vendor reports of it.
//!
//! The vendor reports states and not events, repeats them, and after a reconnect tells the whole
//! day again. What is already known is therefore no news: nothing here goes back.

use aftm_exchange_abi as abi;

use crate::Refusal;
use crate::ask::Life;
use crate::codes::{status, submit};

/// How an order stands by its `OrderStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The exchange has not answered.
    Pending,
    /// In the queue.
    Working,
    /// In the queue, traded in part.
    Partial,
    /// Traded in full.
    Filled,
    /// Canceled.
    Canceled,
    /// Out of the queue without a cancel.
    NotQueueing,
    /// Waits for its stop price.
    Suspended,
    /// Its stop price has traded.
    Triggered,
}

/// What an `OrderStatus` says; `None` where it is another.
pub const fn standing(code: u8) -> Option<Standing> {
    match code {
        status::UNKNOWN => Some(Standing::Pending),
        status::QUEUEING => Some(Standing::Working),
        status::PART_QUEUEING => Some(Standing::Partial),
        status::ALL_TRADED => Some(Standing::Filled),
        status::CANCELED => Some(Standing::Canceled),
        status::PART_NOT_QUEUEING | status::NOT_QUEUEING => Some(Standing::NotQueueing),
        status::NOT_TOUCHED => Some(Standing::Suspended),
        status::TOUCHED => Some(Standing::Triggered),
        _ => None,
    }
}

/// What one `OnRtnOrder` says of the order's course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen<'a> {
    /// `OrderStatus`.
    pub status: u8,
    /// `OrderSubmitStatus`.
    pub submit: u8,
    /// `VolumeTraded`.
    pub traded: i32,
    /// `StatusMsg`, decoded.
    pub text: &'a str,
}

/// News of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// `AFTM_CHANGE_…`.
    pub change: u8,
    /// `AFTM_STATE_…`: how it stands after this.
    pub state: u8,
    /// Why it, or its cancel, was refused.
    pub refusal: Option<Refusal>,
}

/// Who asked for a cancel whose answer is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cancel {
    Nobody,
    /// The plug-in, to end what an IOC left in the queue.
    Own,
    /// The host, under this action reference.
    Host(i32),
}

/// An order at the venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    life: Life,
    state: u8,
    traded: i32,
    is_accepted: bool,
    is_triggered: bool,
    cancel: Cancel,
    refusal: Option<Refusal>,
}

impl Course {
    /// An order that is being sent.
    pub const fn new(life: Life) -> Course {
        Course {
            life,
            state: abi::STATE_PENDING,
            traded: 0,
            is_accepted: false,
            is_triggered: false,
            cancel: Cancel::Nobody,
            refusal: None,
        }
    }

    /// `AFTM_STATE_…`.
    pub const fn state(&self) -> u8 {
        self.state
    }

    /// Lots traded so far, by the vendor's order updates alone: trades are told apart and never
    /// added to them.
    pub const fn traded(&self) -> i32 {
        self.traded
    }

    /// Whether the venue has it.
    pub const fn is_accepted(&self) -> bool {
        self.is_accepted
    }

    /// Whether its stop price has traded.
    pub const fn is_triggered(&self) -> bool {
        self.is_triggered
    }

    /// Why the venue refused it.
    pub const fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// Whether nothing but a late trade can happen to it.
    pub const fn is_ended(&self) -> bool {
        !matches!(self.state, abi::STATE_PENDING | abi::STATE_WORKING)
    }

    const fn step(&self, change: u8, refusal: Option<Refusal>) -> Step {
        Step { change, state: self.state, refusal }
    }

    /// The news in a report, in their order; none where everything is known already.
    ///
    /// # Errors
    ///
    /// Where the status is not known; then nothing has changed.
    pub fn report(&mut self, seen: Seen<'_>) -> Result<Vec<Step>, UnknownStatus> {
        let standing = standing(seen.status).ok_or(UnknownStatus(seen.status))?;
        if seen.submit == submit::INSERT_REJECTED {
            let words = if seen.text.is_empty() { "the venue refused it" } else { seen.text };
            let refusal = Refusal::new(abi::E_REJECTED, words);
            return Ok(self.refused(refusal).into_iter().collect());
        }
        if seen.traded < self.traded {
            return Ok(Vec::new());
        }
        let mut steps = Vec::new();
        if seen.submit == submit::CANCEL_REJECTED {
            let words =
                if seen.text.is_empty() { "the venue refused the cancel" } else { seen.text };
            let refusal = Refusal::new(abi::E_NOT_CANCELABLE, words);
            steps.extend(self.cancel_answered(refusal));
        }
        let has_traded = seen.traded > self.traded;
        self.traded = seen.traded;
        if self.is_ended() {
            let late = has_traded.then_some(self.step(abi::CHANGE_NONE, None));
            return Ok(steps.into_iter().chain(late).collect());
        }
        self.advance(standing, has_traded, &mut steps);
        Ok(steps)
    }

    fn advance(&mut self, standing: Standing, has_traded: bool, steps: &mut Vec<Step>) {
        if standing == Standing::Pending && !has_traded {
            return;
        }
        if !self.is_accepted {
            (self.is_accepted, self.state) = (true, abi::STATE_WORKING);
            steps.push(self.step(abi::CHANGE_ACCEPTED, None));
        }
        if standing == Standing::Triggered && !self.is_triggered {
            self.is_triggered = true;
            steps.push(self.step(abi::CHANGE_TRIGGERED, None));
        }
        if standing == Standing::Filled {
            self.state = abi::STATE_FILLED;
        }
        if has_traded || standing == Standing::Filled {
            steps.push(self.step(abi::CHANGE_FILLED, None));
        }
        match standing {
            Standing::Canceled if self.expires() => self.end(abi::STATE_EXPIRED, steps),
            Standing::Canceled | Standing::NotQueueing => self.end(abi::STATE_CANCELED, steps),
            _ => (),
        }
    }

    /// An order that fills at once or ends, and whose cancel the host did not ask for.
    const fn expires(&self) -> bool {
        matches!(self.life, Life::Ioc | Life::Fok) && !matches!(self.cancel, Cancel::Host(_))
    }

    fn end(&mut self, state: u8, steps: &mut Vec<Step>) {
        let is_expired = state == abi::STATE_EXPIRED;
        self.state = state;
        let change = if is_expired { abi::CHANGE_EXPIRED } else { abi::CHANGE_CANCELED };
        steps.push(self.step(change, None));
    }

    /// The order was refused. The vendor tells it by up to three ways, and only the first is news.
    pub fn refused(&mut self, refusal: Refusal) -> Option<Step> {
        if self.is_ended() {
            return None;
        }
        self.state = abi::STATE_REJECTED;
        self.refusal = Some(refusal.clone());
        Some(self.step(abi::CHANGE_REJECTED, Some(refusal)))
    }

    /// The host asks for its cancel; to be called before the vendor is.
    pub const fn cancel_by_host(&mut self, action_ref: i32) {
        self.cancel = Cancel::Host(action_ref);
    }

    /// The plug-in ends it; to be called before the vendor is.
    pub fn cancel_by_us(&mut self) {
        if self.cancel == Cancel::Nobody {
            self.cancel = Cancel::Own;
        }
    }

    /// The cancel was refused under its action reference. The vendor tells it by up to three ways,
    /// and only the first is news; of a cancel of ours, none.
    pub fn cancel_refused(&mut self, action_ref: i32, refusal: Refusal) -> Option<Step> {
        match self.cancel {
            Cancel::Host(asked) if asked == action_ref => self.cancel_answered(refusal),
            _ => None,
        }
    }

    fn cancel_answered(&mut self, refusal: Refusal) -> Option<Step> {
        let asked = std::mem::replace(&mut self.cancel, Cancel::Nobody);
        let step = self.step(abi::CHANGE_CANCEL_REJECTED, Some(refusal));
        matches!(asked, Cancel::Host(_)).then_some(step)
    }

    /// The venue did not answer in time: nobody knows whether the order is live.
    pub fn silent(&mut self) -> Option<Step> {
        let refusal = Refusal::new(
            abi::E_TIMEOUT,
            "the venue did not answer in time: the order may be live; its list of orders tells",
        );
        let is_open = !self.is_accepted && !self.is_ended();
        is_open.then(|| self.step(abi::CHANGE_NO_REPLY, Some(refusal)))
    }
}

/// A status that is in no list of the vendor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order status {:?} is not known", char::from(*.0))]
pub struct UnknownStatus(pub u8);

#[cfg(test)]
mod tests {
    use abi::{
        CHANGE_ACCEPTED, CHANGE_CANCEL_REJECTED, CHANGE_CANCELED, CHANGE_EXPIRED, CHANGE_FILLED,
        CHANGE_NO_REPLY, CHANGE_NONE, CHANGE_REJECTED, CHANGE_TRIGGERED, STATE_CANCELED,
        STATE_EXPIRED, STATE_FILLED, STATE_PENDING, STATE_REJECTED, STATE_WORKING,
    };

    use super::*;

    fn seen(status: u8, submit: u8, traded: i32) -> Seen<'static> {
        Seen { status, submit, traded, text: "" }
    }

    /// The changes that reports cause, and the state after them.
    fn told(course: &mut Course, reports: &[(u8, u8, i32)]) -> (Vec<u8>, u8) {
        let steps = reports.iter().flat_map(|(status, submit, traded)| {
            course.report(seen(*status, *submit, *traded)).unwrap()
        });
        (steps.map(|it| it.change).collect(), course.state())
    }

    #[track_caller]
    fn check(life: Life, reports: &[(u8, u8, i32)], changes: &[u8], state: u8) {
        let mut course = Course::new(life);
        assert_eq!(told(&mut course, reports), (changes.to_vec(), state), "{reports:?}");
        let known = course.clone();
        let again = told(&mut course, reports).0;
        assert_eq!((again, course), (vec![], known), "a replay is no news: {reports:?}");
    }

    #[test]
    fn every_status_has_its_standing() {
        let rows = [
            (b'a', Standing::Pending),
            (b'3', Standing::Working),
            (b'1', Standing::Partial),
            (b'0', Standing::Filled),
            (b'5', Standing::Canceled),
            (b'2', Standing::NotQueueing),
            (b'4', Standing::NotQueueing),
            (b'b', Standing::Suspended),
            (b'c', Standing::Triggered),
        ];
        for code in 0..=u8::MAX {
            let row = rows.iter().find(|it| it.0 == code);
            assert_eq!(standing(code), row.map(|it| it.1), "{code}");
        }
    }

    #[test]
    fn every_status_leads_to_its_state() {
        let (rod, accepted) = (Life::Rod, CHANGE_ACCEPTED);
        check(rod, &[(b'a', b'0', 0)], &[], STATE_PENDING);
        check(rod, &[(b'a', b'3', 0), (b'3', b'3', 0)], &[accepted], STATE_WORKING);
        check(rod, &[(b'1', b'3', 1)], &[accepted, CHANGE_FILLED], STATE_WORKING);
        check(rod, &[(b'0', b'3', 2)], &[accepted, CHANGE_FILLED], STATE_FILLED);
        check(rod, &[(b'5', b'3', 0)], &[accepted, CHANGE_CANCELED], STATE_CANCELED);
        check(rod, &[(b'4', b'3', 0)], &[accepted, CHANGE_CANCELED], STATE_CANCELED);
        let part = [accepted, CHANGE_FILLED, CHANGE_CANCELED];
        check(rod, &[(b'2', b'3', 1)], &part, STATE_CANCELED);
        check(rod, &[(b'b', b'3', 0)], &[accepted], STATE_WORKING);
        let hit = [accepted, CHANGE_TRIGGERED];
        check(rod, &[(b'b', b'3', 0), (b'c', b'3', 0)], &hit, STATE_WORKING);
        check(rod, &[(b'5', b'4', 0)], &[CHANGE_REJECTED], STATE_REJECTED);
        check(rod, &[(b'a', b'4', 0)], &[CHANGE_REJECTED], STATE_REJECTED);
    }

    #[test]
    fn each_trade_of_an_order_is_told_once() {
        let reports =
            [(b'3', b'3', 0), (b'1', b'3', 1), (b'1', b'3', 1), (b'1', b'3', 3), (b'0', b'3', 5)];
        let changes = [CHANGE_ACCEPTED, CHANGE_FILLED, CHANGE_FILLED, CHANGE_FILLED];
        check(Life::Rod, &reports, &changes, STATE_FILLED);
    }

    #[test]
    fn what_nobody_canceled_of_an_ioc_or_fok_expires() {
        for life in [Life::Ioc, Life::Fok] {
            check(life, &[(b'5', b'3', 0)], &[CHANGE_ACCEPTED, CHANGE_EXPIRED], STATE_EXPIRED);
            let mut course = Course::new(life);
            course.cancel_by_us();
            assert_eq!(told(&mut course, &[(b'3', b'3', 0), (b'5', b'1', 0)]).1, STATE_EXPIRED);
            let mut course = Course::new(life);
            course.cancel_by_host(1);
            assert_eq!(told(&mut course, &[(b'3', b'3', 0), (b'5', b'1', 0)]).1, STATE_CANCELED);
            // Out of the queue without a cancel is what the vendor calls it.
            check(life, &[(b'4', b'3', 0)], &[CHANGE_ACCEPTED, CHANGE_CANCELED], STATE_CANCELED);
        }
        let part = [CHANGE_ACCEPTED, CHANGE_FILLED, CHANGE_EXPIRED];
        check(Life::Ioc, &[(b'5', b'3', 1)], &part, STATE_EXPIRED);
    }

    #[test]
    fn a_refusal_is_told_once_by_whichever_way_comes_first() {
        let refusal =
            Refusal { code: abi::E_FUNDS, vendor_code: Some(31), text: "资金不足".into() };
        let mut course = Course::new(Life::Rod);
        let step = course.refused(refusal.clone()).unwrap();
        assert_eq!((step.change, step.refusal.as_ref()), (CHANGE_REJECTED, Some(&refusal)));
        assert_eq!(course.refused(refusal.clone()), None, "by the other callback");
        assert_eq!(course.report(seen(b'5', b'4', 0)), Ok(vec![]), "by the order's update");
        assert_eq!(course.refusal(), Some(&refusal));

        let mut course = Course::new(Life::Rod);
        let report = Seen { text: "CTP:资金不足", ..seen(b'5', b'4', 0) };
        let steps = course.report(report).unwrap();
        assert_eq!(steps[0].refusal.as_ref().unwrap().text, "CTP:资金不足");
        assert_eq!(course.refused(refusal), None);
    }

    #[test]
    fn a_refused_cancel_is_told_once_and_changes_nothing() {
        let refusal = || Refusal::new(abi::E_NOT_CANCELABLE, "no");
        let mut course = Course::new(Life::Rod);
        told(&mut course, &[(b'3', b'3', 0)]);
        course.cancel_by_host(4);
        assert_eq!(told(&mut course, &[(b'3', b'1', 0)]), (vec![], STATE_WORKING));
        assert_eq!(course.cancel_refused(3, refusal()), None, "of an earlier cancel");
        let step = course.cancel_refused(4, refusal()).unwrap();
        assert_eq!(step.change, CHANGE_CANCEL_REJECTED);
        assert_eq!(course.cancel_refused(4, refusal()), None, "by the other callback");
        assert_eq!(told(&mut course, &[(b'3', b'5', 0)]), (vec![], STATE_WORKING));

        course.cancel_by_host(5);
        let both = told(&mut course, &[(b'0', b'5', 2)]);
        assert_eq!(both, (vec![CHANGE_CANCEL_REJECTED, CHANGE_FILLED], STATE_FILLED));
    }

    #[test]
    fn the_host_does_not_hear_of_a_cancel_it_did_not_ask_for() {
        let mut course = Course::new(Life::Ioc);
        told(&mut course, &[(b'3', b'3', 0)]);
        course.cancel_by_us();
        assert_eq!(told(&mut course, &[(b'3', b'5', 0)]), (vec![], STATE_WORKING));
        course.cancel_by_host(1);
        course.cancel_by_us();
        assert!(course.cancel_refused(1, Refusal::new(abi::E_BUSY, "no")).is_some());
    }

    #[test]
    fn a_late_trade_is_counted_after_the_end() {
        let mut course = Course::new(Life::Rod);
        let reports = [(b'3', b'3', 0), (b'5', b'3', 0), (b'5', b'3', 1)];
        let changes = vec![CHANGE_ACCEPTED, CHANGE_CANCELED, CHANGE_NONE];
        assert_eq!(told(&mut course, &reports), (changes, STATE_CANCELED));
        assert_eq!(course.traded(), 1);
    }

    #[test]
    fn silence_is_told_as_long_as_nobody_knows() {
        let mut course = Course::new(Life::Rod);
        let step = course.silent().unwrap();
        assert_eq!(step.change, CHANGE_NO_REPLY);
        assert_eq!((step.refusal.unwrap().code, course.state()), (abi::E_TIMEOUT, STATE_PENDING));
        told(&mut course, &[(b'3', b'3', 0)]);
        assert_eq!(course.silent(), None);
    }

    #[test]
    fn a_status_that_is_not_known_changes_nothing() {
        let mut course = Course::new(Life::Rod);
        for odd in [b'd', b'9', 0, 0xff] {
            assert_eq!(course.report(seen(odd, b'3', 5)), Err(UnknownStatus(odd)));
        }
        assert_eq!(course, Course::new(Life::Rod));
        assert_eq!(UnknownStatus(b'd').to_string(), "the order status 'd' is not known");
    }
}
