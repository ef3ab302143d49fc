//! The trader's connection to the exchange, and the rehearsal of its loss.

use aftm_domain::Stamp;
use aftm_domain::order::Refusal;

use crate::refusal::{CONNECTION, refusal};
use crate::settings::Settings;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Out,
    Up,
    Down,
}

/// What a change of the connection was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    None,
    Lost,
    Back,
}

/// Whether requests reach the exchange and answers come back.
#[derive(Debug)]
pub(crate) struct Connection {
    state: State,
    /// When it changes by itself; the end of time where it does not.
    next: Stamp,
    after: i64,
    lasts: i64,
}

const NEVER: Stamp = Stamp(i64::MAX);
/// Due at once: the count starts with the first time that the feed gives.
const AT_FIRST_TIME: Stamp = Stamp(i64::MIN);

impl Connection {
    pub(crate) fn new(settings: &Settings) -> Connection {
        let (after, lasts) = (settings.disconnect_after, settings.disconnect_for.max(0));
        Connection { state: State::Out, next: NEVER, after, lasts }
    }

    /// `now` is `None` before the feed gave a time.
    pub(crate) fn login(&mut self, now: Option<Stamp>) -> Result<(), Refusal> {
        if self.state == State::Down {
            return Err(refusal(CONNECTION, "the connection to the exchange is lost"));
        }
        self.state = State::Up;
        self.next = if self.after <= 0 {
            NEVER
        } else {
            now.map_or(AT_FIRST_TIME, |it| it.after(self.after))
        };
        Ok(())
    }

    pub(crate) fn logout(&mut self) {
        (self.state, self.next) = (State::Out, NEVER);
    }

    pub(crate) fn is_up(&self) -> bool {
        self.state == State::Up
    }

    /// A request of somebody who is not connected is refused before it is sent.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        match self.state {
            State::Up => Ok(()),
            State::Out => {
                Err(refusal(CONNECTION, "not logged in at the exchange; nothing was sent"))
            }
            State::Down => {
                Err(refusal(CONNECTION, "the connection to the exchange is lost; nothing was sent"))
            }
        }
    }

    pub(crate) fn next(&self) -> Stamp {
        self.next
    }

    /// Makes the change that is due.
    pub(crate) fn turn(&mut self, now: Stamp) -> Change {
        if self.next == AT_FIRST_TIME {
            self.next = now.after(self.after);
            return Change::None;
        }
        match self.state {
            State::Up => {
                let back = self.next.after(self.lasts);
                (self.state, self.next) = (State::Down, back);
                Change::Lost
            }
            State::Down => {
                (self.state, self.next) = (State::Up, NEVER);
                Change::Back
            }
            State::Out => Change::None,
        }
    }

    /// Ends a loss at once.
    pub(crate) fn restore(&mut self, now: Stamp) -> Change {
        if self.state == State::Down { self.turn(now) } else { Change::None }
    }
}
