//! Candles added up from the view's short bars.

use crate::panes::market::SECOND;
use crate::view::{Bar, Moment};

/// How long a candle is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Period {
    /// Five seconds, the shortest that the view has.
    Seconds5,
    /// Fifteen seconds.
    Seconds15,
    /// A minute.
    #[default]
    Minute1,
    /// Five minutes.
    Minutes5,
    /// A quarter of an hour.
    Minutes15,
    /// An hour.
    Hour1,
    /// A day of the exchange's calendar.
    Day1,
}

impl Period {
    /// Every period, shortest first.
    pub const ALL: [Period; 7] = [
        Period::Seconds5,
        Period::Seconds15,
        Period::Minute1,
        Period::Minutes5,
        Period::Minutes15,
        Period::Hour1,
        Period::Day1,
    ];

    /// Its length in seconds.
    pub const fn seconds(self) -> i64 {
        match self {
            Period::Seconds5 => Bar::SECONDS,
            Period::Seconds15 => 15,
            Period::Minute1 => 60,
            Period::Minutes5 => 300,
            Period::Minutes15 => 900,
            Period::Hour1 => 3_600,
            Period::Day1 => 86_400,
        }
    }

    /// Its name, as titles show it and sessions keep it.
    pub const fn word(self) -> &'static str {
        match self {
            Period::Seconds5 => "5s",
            Period::Seconds15 => "15s",
            Period::Minute1 => "1m",
            Period::Minutes5 => "5m",
            Period::Minutes15 => "15m",
            Period::Hour1 => "1h",
            Period::Day1 => "1d",
        }
    }

    /// The period of a name.
    pub fn of(word: &str) -> Option<Period> {
        Period::ALL.into_iter().find(|it| it.word() == word)
    }

    /// The next longer one, or the longest.
    #[must_use]
    pub fn longer(self) -> Period {
        Period::ALL.into_iter().find(|it| it.seconds() > self.seconds()).unwrap_or(self)
    }

    /// The next shorter one, or the shortest.
    #[must_use]
    pub fn shorter(self) -> Period {
        Period::ALL.into_iter().rev().find(|it| it.seconds() < self.seconds()).unwrap_or(self)
    }

    /// When the candle begins that a moment belongs to, on the clock that is so many seconds ahead
    /// of UTC.
    pub(super) fn start(self, moment: Moment, offset_s: i32) -> Moment {
        let length = self.seconds() * SECOND;
        let local = moment.saturating_add(i64::from(offset_s) * SECOND);
        moment.saturating_sub(local.rem_euclid(length))
    }
}

/// The newest candles that begin no later than a moment, at most so many, oldest first. Spans in
/// which nothing traded have none.
pub(super) fn candles(
    bars: &[Bar],
    period: Period,
    offset_s: i32,
    (until, count): (Option<Moment>, usize),
) -> Vec<Bar> {
    let starts = |it: &Bar| period.start(it.start, offset_s);
    let end = until.map_or(bars.len(), |until| bars.partition_point(|it| starts(it) <= until));
    let mut candles: Vec<Bar> = Vec::with_capacity(count.min(1_024));
    for bar in bars.iter().take(end).rev() {
        let start = starts(bar);
        let is_full = candles.len() == count;
        match candles.last_mut().filter(|it| it.start == start) {
            Some(candle) => prepend(candle, bar),
            None if is_full => break,
            None => candles.push(Bar { start, ..*bar }),
        }
    }
    candles.reverse();
    candles
}

/// Adds an earlier bar to a candle.
fn prepend(candle: &mut Bar, earlier: &Bar) {
    candle.open = earlier.open;
    candle.high = candle.high.max(earlier.high);
    candle.low = candle.low.min(earlier.low);
    candle.volume = candle.volume.saturating_add(earlier.volume);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{fixture, whole};

    #[test]
    fn a_candle_has_the_first_open_the_extremes_and_the_last_close() {
        let bar = |second, open, high, low, close| Bar {
            start: second * SECOND,
            open: whole(open),
            high: whole(high),
            low: whole(low),
            close: whole(close),
            volume: whole(2),
        };
        let bars = [
            bar(50, 7, 9, 6, 8),
            bar(60, 10, 12, 9, 11),
            bar(75, 11, 20, 11, 13),
            bar(115, 13, 14, 3, 4),
            bar(300, 5, 5, 5, 5),
        ];
        let all = candles(&bars, Period::Minute1, 0, (None, 9));
        assert_eq!(all.len(), 3, "a minute without trades has no candle");
        assert_eq!(
            (all[1].start, all[1].open, all[1].high, all[1].low, all[1].close, all[1].volume),
            (60 * SECOND, whole(10), whole(20), whole(3), whole(4), whole(6))
        );
        assert_eq!(candles(&bars, Period::Minute1, 0, (None, 2)), all[1..]);
        assert_eq!(candles(&bars, Period::Minute1, 0, (Some(60 * SECOND), 9)), all[..2]);
        assert_eq!(candles(&bars, Period::Minute1, 0, (Some(0), 0)), []);
        assert_eq!(candles(&[], Period::Day1, 0, (None, 9)), []);
    }

    #[test]
    fn longer_periods_hold_the_same_trades() {
        let bars = &fixture::view().quotes[0].bars;
        let volume = |all: &[Bar]| all.iter().map(|it| it.volume).sum::<i64>();
        for period in Period::ALL {
            let all = candles(bars, period, fixture::TAIPEI_S, (None, 10_000));
            assert_eq!(volume(&all), volume(bars), "{period:?}");
            assert_eq!(all.last().unwrap().close, bars.last().unwrap().close);
            assert!(all.is_sorted_by(|one, next| one.start < next.start));
            assert_eq!(Period::of(period.word()), Some(period));
        }
        let day = candles(bars, Period::Day1, fixture::TAIPEI_S, (None, 9));
        assert_eq!((day.len(), (day[0].start / SECOND + 8 * 3_600) % 86_400), (1, 0));
    }

    #[test]
    fn periods_go_up_and_down_and_end() {
        let mut period = Period::Seconds5;
        for expected in Period::ALL {
            assert_eq!(period, expected);
            period = period.longer();
        }
        assert_eq!((period, Period::Seconds5.shorter()), (Period::Day1, Period::Seconds5));
        assert_eq!(Period::Hour1.shorter(), Period::Minutes15);
    }
}
