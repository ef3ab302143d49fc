//! Axes: round steps, and where a value lies on the picture.

use aftm_domain::{ExchangeTime, Money, Stamp};

/// Money from bottom to top.
#[derive(Clone, Copy)]
pub(super) struct Amounts {
    low: i128,
    high: i128,
    step: i128,
    top: f64,
    height: f64,
}

impl Amounts {
    /// How many steps there are at most.
    const STEPS: i128 = 7;

    /// An axis with whole round steps that holds zero and every value.
    pub(super) fn over(values: impl Iterator<Item = Money>, top: f64, height: f64) -> Amounts {
        let (mut low, mut high) = (0_i128, 0_i128);
        for value in values {
            low = low.min(value.raw());
            high = high.max(value.raw());
        }
        if low == high {
            high = Money::from_units(1).raw();
        }
        let step = round_step(high.saturating_sub(low) / Amounts::STEPS);
        let low = low.div_euclid(step).saturating_mul(step);
        let high = high.saturating_add(step - 1).div_euclid(step).saturating_mul(step);
        Amounts { low, high, step, top, height }
    }

    pub(super) fn place(&self, value: Money) -> f64 {
        let from_low = Money::from_raw(value.raw().saturating_sub(self.low)).to_f64();
        let whole = Money::from_raw(self.high.saturating_sub(self.low)).to_f64();
        self.top + self.height * (1.0 - from_low / whole)
    }

    pub(super) fn ticks(&self) -> impl Iterator<Item = Money> + use<> {
        let Amounts { low, high, step, .. } = *self;
        let next = move |it: &i128| it.checked_add(step).filter(|it| *it <= high);
        std::iter::successors(Some(low), next).map(Money::from_raw)
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that is above `least`.
fn round_step(least: i128) -> i128 {
    let mut decade = 1_i128;
    loop {
        for times in [1, 2, 5] {
            let step = decade.saturating_mul(times);
            if step > least || step == i128::MAX {
                return step;
            }
        }
        decade = decade.saturating_mul(10);
    }
}

/// Time from left to right.
#[derive(Clone, Copy)]
pub(super) struct Times {
    from: ExchangeTime,
    to: ExchangeTime,
    left: f64,
    width: f64,
}

const DAY: i64 = 86_400;

/// Steps that a clock or a calendar has, in seconds.
const STEPS: [i64; 19] = [
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1_800,
    3_600,
    7_200,
    3 * 3_600,
    6 * 3_600,
    12 * 3_600,
    DAY,
    2 * DAY,
];

impl Times {
    /// How many steps there are at most.
    const STEPS: i64 = 9;

    /// An axis between two times, at least a second wide.
    pub(super) fn over(from: ExchangeTime, to: ExchangeTime, left: f64, width: f64) -> Times {
        let to = ExchangeTime { at: to.at.max(from.at.after(Stamp::SECOND)), ..to };
        Times { from, to, left, width }
    }

    #[allow(clippy::cast_precision_loss)] // A picture has no nanoseconds.
    pub(super) fn place(&self, time: ExchangeTime) -> f64 {
        let whole = self.to.at.since(self.from.at) as f64;
        self.left + self.width * (time.at.since(self.from.at) as f64 / whole)
    }

    /// Round times on the exchange's clock, each with whether it is a midnight.
    pub(super) fn ticks(&self) -> Vec<(ExchangeTime, bool)> {
        let offset = self.from.offset;
        let local = |time: ExchangeTime| time.at.0.div_euclid(Stamp::SECOND) + i64::from(offset);
        let (first, last) = (local(self.from), local(self.to));
        let least = (last - first) / Times::STEPS;
        let weeks = || least / (7 * DAY) * 7 * DAY + 7 * DAY;
        let step = STEPS.into_iter().find(|it| *it > least).unwrap_or_else(weeks);
        let start = (first + step - 1).div_euclid(step) * step;
        let time = |second: i64| {
            let at = (second - i64::from(offset)).saturating_mul(Stamp::SECOND);
            ExchangeTime { at: Stamp(at), offset }
        };
        let next = |it: &i64| Some(it + step).filter(|it| *it <= last);
        let seconds = std::iter::successors(Some(start).filter(|it| *it <= last), next);
        let ticks = seconds.map(|it| (time(it), it.rem_euclid(DAY) == 0)).collect::<Vec<_>>();
        ticks.into_iter().filter(|(time, _)| *time >= self.from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_stand_on_round_steps_around_zero() {
        let shown = |values: &[i64]| {
            let values = values.iter().map(|it| Money::from_units(*it));
            let ticks = Amounts::over(values, 0.0, 100.0).ticks();
            ticks.map(|it| it.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shown(&[-300, 1_234]), "-500 0 500 1000 1500");
        assert_eq!(shown(&[40_000]), "0 10000 20000 30000 40000");
        assert_eq!(shown(&[]).split(' ').next_back(), Some("1"));
    }

    #[test]
    fn times_stand_on_round_steps_of_the_exchanges_clock() {
        let time = |text: &str| text.parse::<ExchangeTime>().unwrap();
        let shown = |from: &str, to: &str| {
            let ticks = Times::over(time(from), time(to), 0.0, 100.0).ticks();
            ticks.iter().map(|(it, _)| it.to_string()).collect::<Vec<_>>()
        };
        let day = shown("2021-07-26T08:45:00+08:00", "2021-07-26T13:45:00+08:00");
        assert_eq!(day.first().unwrap(), "2021-07-26T09:00:00+08:00");
        assert_eq!(day.last().unwrap(), "2021-07-26T13:00:00+08:00");
        let weeks = shown("2021-07-01T08:45:00+08:00", "2022-07-26T13:45:00+08:00");
        assert!((4..=9).contains(&weeks.len()), "{weeks:?}");
        assert!(weeks.iter().all(|it| it.ends_with("T00:00:00+08:00")), "{weeks:?}");
        assert!(shown("2021-07-26T08:45:00+08:00", "2021-07-26T08:45:00+08:00").len() <= 2);
    }
}
