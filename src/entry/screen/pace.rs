//! When the next frame is due, and the next telling of news: soon after a key, less often for prices,
//! never for nothing.

use aftm_domain::Stamp;

/// Shortest time between two frames after a key.
pub(super) const KEY: i64 = 16 * Stamp::MILLISECOND;
/// Shortest time between two frames for what the market and the machine tell.
pub(super) const NEWS: i64 = 50 * Stamp::MILLISECOND;

/// When something is due that is done at most so often.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    done: Option<Stamp>,
    due: Option<Stamp>,
}

impl Pace {
    /// Something changed that is to be shown at most so often.
    pub(super) fn want(&mut self, now: Stamp, spacing: i64) {
        let due = self.done.map_or(now, |done| done.after(spacing).max(now));
        self.due = Some(self.due.map_or(due, |it| it.min(due)));
    }

    /// A frame was drawn, or the news told: nothing is due.
    pub(super) const fn done(&mut self, now: Stamp) {
        self.done = Some(now);
        self.due = None;
    }

    /// When it is due next.
    pub(super) const fn due(&self) -> Option<Stamp> {
        self.due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Stamp {
        Stamp(milliseconds * Stamp::MILLISECOND)
    }

    #[test]
    fn nothing_changed_means_nothing_is_drawn() {
        let mut pace = Pace::default();
        assert_eq!(pace.due(), None);
        pace.want(at(5), NEWS);
        assert_eq!(pace.due(), Some(at(5)));
        pace.done(at(5));
        assert_eq!(pace.due(), None);
    }

    #[test]
    fn prices_wait_their_turn_and_a_key_does_not_wait_for_them() {
        let mut pace = Pace::default();
        pace.done(at(100));
        pace.want(at(101), NEWS);
        assert_eq!(pace.due(), Some(at(150)));
        pace.want(at(110), KEY);
        assert_eq!(pace.due(), Some(at(116)));
        pace.want(at(112), NEWS);
        assert_eq!(pace.due(), Some(at(116)));
    }

    #[test]
    fn after_a_quiet_while_a_change_is_drawn_at_once() {
        let mut pace = Pace::default();
        pace.done(at(100));
        pace.want(at(900), NEWS);
        assert_eq!(pace.due(), Some(at(900)));
    }
}
