//! How fast orders may come: the generic cell rate algorithm, one number a bucket.

use aftm_domain::Stamp;

/// The time at which a bucket will be empty again, if nothing more comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bucket(i64);

/// So many a second in steady flow, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) a_second: u32,
    pub(super) burst: u32,
}

impl Rate {
    fn interval(self) -> i64 {
        Stamp::SECOND / i64::from(self.a_second.max(1))
    }
}

impl Bucket {
    /// How many of a burst are taken up at a moment.
    pub(super) fn taken(self, at: Stamp, rate: Rate) -> u64 {
        let left = self.0.saturating_sub(at.0).max(0);
        u64::try_from((left + rate.interval() - 1) / rate.interval()).unwrap_or(0)
    }

    /// Whether one more passes.
    pub(super) fn passes(self, at: Stamp, rate: Rate) -> bool {
        let after = self.0.max(at.0).saturating_add(rate.interval());
        after.saturating_sub(at.0) <= rate.interval().saturating_mul(i64::from(rate.burst))
    }

    /// Takes one.
    pub(super) fn take(&mut self, at: Stamp, rate: Rate) {
        self.0 = self.0.max(at.0).saturating_add(rate.interval());
    }
}

/// How often something happened in the minute that began with its first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Minute {
    since: Stamp,
    count: u32,
}

impl Minute {
    /// It happens once more; how often it has in this minute.
    pub(super) fn add(&mut self, at: Stamp) -> u32 {
        if self.count == 0 || at.since(self.since) >= 60 * Stamp::SECOND {
            *self = Minute { since: at, count: 0 };
        }
        self.count = self.count.saturating_add(1);
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bucket of so many tokens that fills steadily, counted in whole nanoseconds.
    struct Naive {
        level: i128,
        last: i64,
    }

    #[test]
    fn a_bucket_passes_what_a_bucket_of_tokens_passes() {
        let mut state = 7_u64;
        let mut roll = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            i64::try_from(state % below).unwrap()
        };
        for rate in [(1, 1), (2, 5), (10, 10), (1_000, 3), (7, 100)] {
            let rate = Rate { a_second: rate.0, burst: rate.1 };
            let interval = i128::from(rate.interval());
            let full = interval * i128::from(rate.burst);
            let (mut bucket, mut naive) = (Bucket::default(), Naive { level: 0, last: 0 });
            let (mut at, mut passed) = (0, 0);
            for _ in 0..20_000 {
                at += roll(2 * rate.interval().unsigned_abs());
                let drained = naive.level - i128::from(at - naive.last);
                naive = Naive { level: drained.max(0), last: at };
                let passes = naive.level + interval <= full;
                assert_eq!(bucket.passes(Stamp(at), rate), passes, "{rate:?} at {at}");
                let taken = u64::try_from((naive.level + interval - 1) / interval).unwrap();
                assert_eq!(bucket.taken(Stamp(at), rate), taken);
                if passes {
                    bucket.take(Stamp(at), rate);
                    naive.level += interval;
                    passed += 1;
                }
            }
            assert!(passed > 9_000, "{rate:?} passed {passed}");
        }
    }

    #[test]
    fn a_minute_begins_with_what_happens_first() {
        let mut minute = Minute::default();
        let counts = [5, 6, 64, 65, 66].map(|at| minute.add(Stamp(at * Stamp::SECOND)));
        assert_eq!(counts, [1, 2, 3, 1, 2]);
    }
}
