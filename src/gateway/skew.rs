//! How far our clock is from the exchange's, from the times that the exchange tells.
//!
//! A single time says little: it may be old, or of a trade long ago. Several that go on as ours does
//! are compared, and the nearest of them counts, because what is told is late but never early.

use aftm_domain::Stamp;

/// How long times are gathered before they are judged, and how far apart the first and the last of
/// them must be.
const WINDOW: i64 = 10 * Stamp::SECOND;
const SPAN_MIN: i64 = 5 * Stamp::SECOND;
/// The fewest times that are judged.
const TIMES_MIN: u32 = 3;

/// Times of the exchange that are gathered.
#[derive(Default)]
pub(super) struct Skew {
    /// The first time and the last: the exchange's, and ours when it came.
    first: Option<(Stamp, Stamp)>,
    last: (Stamp, Stamp),
    times: u32,
    /// Ours less the exchange's, where that is least, in nanoseconds.
    nearest: i64,
    /// That it is too far was told.
    pub(super) is_told: bool,
}

impl Skew {
    /// A time that the exchange told just now. At the end of a while: by how much our clock is ahead
    /// of the exchange's, in nanoseconds; below 0 it is behind.
    pub(super) fn note(&mut self, theirs: Stamp, ours: Stamp) -> Option<i64> {
        let Some(first) = self.first else {
            self.begin(theirs, ours);
            return None;
        };
        // Told again, or of another item's last trade.
        if theirs <= self.last.0 {
            return None;
        }
        self.last = (theirs, ours);
        self.times += 1;
        let ahead = ours.since(theirs);
        if ahead.abs() < self.nearest.abs() {
            self.nearest = ahead;
        }
        let passed = ours.since(first.1);
        if passed < WINDOW {
            return None;
        }
        let (nearest, times) = (self.nearest, self.times);
        let theirs_passed = theirs.since(first.0);
        self.begin(theirs, ours);
        // What is told after a pause goes on faster than time does.
        let goes_on = (passed / 2..=passed.saturating_mul(2)).contains(&theirs_passed);
        (times >= TIMES_MIN && goes_on && theirs_passed >= SPAN_MIN).then_some(nearest)
    }

    fn begin(&mut self, theirs: Stamp, ours: Stamp) {
        self.first = Some((theirs, ours));
        self.last = (theirs, ours);
        (self.times, self.nearest) = (1, ours.since(theirs));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = Stamp::SECOND;

    fn at(milliseconds: i64) -> Stamp {
        Stamp(1_627_260_300 * SECOND + milliseconds * Stamp::MILLISECOND)
    }

    /// Times told every half second for a minute, each so late.
    fn told(ahead_ms: i64, late_ms: impl Fn(i64) -> i64) -> Vec<i64> {
        let mut skew = Skew::default();
        let each = |it: i64| skew.note(at(it * 500), at(it * 500 + ahead_ms + late_ms(it)));
        (0..120).filter_map(each).map(|it| it / Stamp::MILLISECOND).collect()
    }

    #[test]
    fn the_nearest_of_several_times_says_how_far_the_clocks_are_apart() {
        assert!(told(0, |_| 0).iter().all(|it| *it == 0));
        assert!(told(3_000, |it| it % 7 * 100).iter().all(|it| *it == 3_000));
        assert!(told(-3_000, |_| 20).iter().all(|it| *it == -2_980));
        assert_eq!(told(0, |_| 0).len(), 5);
    }

    #[test]
    fn old_times_of_a_subscription_and_of_a_pause_say_nothing() {
        let mut skew = Skew::default();
        // The last trades of a day ago, all at once; then nothing for a minute.
        let old = (0..50).filter_map(|it| skew.note(at(it), at(86_400_000))).count();
        assert_eq!(old + usize::from(skew.note(at(51), at(86_460_000)).is_some()), 0);
        // What was missed for a minute is told within ten seconds.
        let mut skew = Skew::default();
        let missed = |it: i64| skew.note(at(it * 600), at(60_000 + it * 100));
        assert_eq!((0..101).filter_map(missed).count(), 0);
        // The same time again and again.
        let mut skew = Skew::default();
        assert_eq!((0..100).filter_map(|it| skew.note(at(0), at(it * 500))).count(), 0);
    }
}
