//! Who logs in, and logs in again when the plug-in's process was replaced.

use aftm_domain::order::Refusal;
use aftm_domain::{ExchangeTime, Stamp, UserId};
use zeroize::Zeroizing;

use super::Further;
use crate::wire::VenueCall;
use crate::wire::venue::Hidden;

/// How long a login may take, the wait for the process and for the venue's lists included.
const LOGIN_MAX: i64 = 60 * Stamp::SECOND;
/// The pause before a login that failed for want of a connection is tried again, at first; it
/// doubles up to the longest.
const AGAIN_FIRST: i64 = Stamp::SECOND;
const AGAIN_LONGEST: i64 = 30 * Stamp::SECOND;

struct Kept {
    user: UserId,
    password: Option<Zeroizing<String>>,
    production: bool,
}

/// The login that is wanted.
pub(super) struct Login {
    further: Further,
    /// Whether what is needed for another login is kept after the first.
    relogin: bool,
    kept: Option<Kept>,
    /// The trader waits for its answer; otherwise it is one that was done before.
    is_first: bool,
    since: Option<Stamp>,
    again: Option<Stamp>,
    pause: i64,
    /// It waits until a logout was taken.
    is_put_off: bool,
}

impl Login {
    pub(super) fn new(further: Further, relogin: bool) -> Login {
        let (kept, since, again) = (None, None, None);
        Login {
            further,
            relogin,
            kept,
            is_first: false,
            since,
            again,
            pause: AGAIN_FIRST,
            is_put_off: false,
        }
    }

    /// The trader wants to log in.
    pub(super) fn want(
        &mut self,
        user: &UserId,
        password: Option<&str>,
        production: bool,
    ) -> Result<(), Refusal> {
        let password = password.map(|it| Zeroizing::new(it.to_owned()));
        self.kept = Some(Kept { user: *user, password, production });
        (self.is_first, self.since, self.again, self.pause) = (true, None, None, AGAIN_FIRST);
        Ok(())
    }

    /// Nobody is to be logged in any more; what was kept is wiped.
    pub(super) fn forget(&mut self) {
        (self.kept, self.is_first, self.since, self.again) = (None, false, None, None);
        self.is_put_off = false;
    }

    /// It waits until the logout before it was taken.
    pub(super) fn put_off(&mut self) {
        self.is_put_off = true;
    }

    /// Whether it waits only for that; it no longer does.
    pub(super) fn was_put_off(&mut self) -> bool {
        std::mem::take(&mut self.is_put_off)
    }

    /// Whether somebody is to be logged in.
    pub(super) const fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// Whether the trader waits for the answer.
    pub(super) const fn is_first(&self) -> bool {
        self.is_first
    }

    /// The call that logs in.
    ///
    /// # Errors
    ///
    /// Where the further credentials cannot be had.
    pub(super) fn call(&mut self, now: Option<ExchangeTime>) -> Result<VenueCall, Refusal> {
        self.is_put_off = false;
        let missing = |text: String| Refusal { code: "CREDENTIALS".to_owned(), text };
        let Some(kept) = &self.kept else {
            return Err(missing("nobody is to be logged in".to_owned()));
        };
        let mut credentials = vec![("user".to_owned(), Hidden(kept.user.as_str().to_owned()))];
        if let Some(password) = &kept.password {
            credentials.push(("password".to_owned(), Hidden(password.as_str().to_owned())));
        }
        credentials.extend((self.further)().map_err(missing)?);
        Ok(VenueCall::Login { credentials, production: kept.production, now })
    }

    /// It is done.
    pub(super) fn done(&mut self) {
        (self.is_first, self.since, self.again, self.pause) = (false, None, None, AGAIN_FIRST);
        if !self.relogin {
            self.kept = None;
        }
    }

    /// The way was lost before it was done, or a later one failed for want of a connection: it is
    /// tried again after a pause.
    pub(super) fn retry(&mut self, now: Stamp) {
        self.again = Some(now.after(self.pause));
        self.pause = (self.pause * 2).min(AGAIN_LONGEST);
    }

    /// Whether it is time to try again.
    pub(super) fn is_due(&mut self, now: Stamp) -> bool {
        let is_due = self.again.is_some_and(|it| it <= now);
        if is_due {
            self.again = None;
        }
        is_due
    }

    /// Whether the trader has waited too long; starts to count where nobody has yet.
    pub(super) fn is_overdue(&mut self, now: Stamp) -> bool {
        self.is_first && now.since(*self.since.get_or_insert(now)) > LOGIN_MAX
    }
}
