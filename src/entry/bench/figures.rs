//! Durations, compared in pairs: both sides run in turn within one run, because absolute figures of
//! one machine move by a factor of two and ratios of neighbours do not.

use std::fmt;

use anyhow::Result;

use super::load::Load;

/// Half the width of an interval of 95 %, in standard deviations of a normal distribution.
const HALF_WIDTH: f64 = 1.96;
/// Fewer clean pairs say nothing.
const CLEAN_MIN: usize = 12;
/// How much of a core other processes may use during a pair that counts.
const OTHERS_MAX: f64 = 0.1;

/// Durations of one side, in nanoseconds.
pub(super) type Durations = Vec<i64>;

/// The value below which this part of the sorted values lies.
pub(super) fn quantile<T: Copy + Default>(sorted: &[T], permille: usize) -> T {
    let at = (sorted.len() * permille / 1_000).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}

fn median(durations: &[i64]) -> i64 {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    quantile(&sorted, 500)
}

/// Whether a goal is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is.
    Met,
    /// It is not.
    Missed,
    /// Other processes used the machine, or the figures spread too far for so few pairs.
    Inconclusive,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Verdict::Met => "met",
            Verdict::Missed => "MISSED",
            Verdict::Inconclusive => "INCONCLUSIVE",
        })
    }
}

/// Two sides, measured in pairs.
#[derive(Default)]
pub(super) struct Comparison {
    base: Durations,
    ours: Durations,
    /// The ratio of medians of each pair, and the part of a core that others used meanwhile.
    pairs: Vec<(f64, Option<f64>)>,
}

/// One side of a comparison: measures a block and appends its durations.
pub(super) type Side<'a> = &'a mut dyn FnMut(&mut Durations) -> Result<()>;

impl Comparison {
    /// Lets both sides measure their blocks in turn, A B B A.
    pub(super) fn run(pairs: usize, base: Side<'_>, ours: Side<'_>) -> Result<Comparison> {
        let mut comparison = Comparison::default();
        // The first blocks warm caches, branches and buffers.
        base(&mut Durations::new())?;
        ours(&mut Durations::new())?;
        for pair in 0..pairs {
            let (mut first, mut second) = (Durations::new(), Durations::new());
            let load = Load::begin();
            if pair % 2 == 0 {
                base(&mut first)?;
                ours(&mut second)?;
            } else {
                ours(&mut second)?;
                base(&mut first)?;
            }
            comparison.add(first, second, load.others());
        }
        Ok(comparison)
    }

    /// Takes in what the same two sides came to another time.
    pub(super) fn join(&mut self, other: Comparison) {
        self.base.extend(other.base);
        self.ours.extend(other.ours);
        self.pairs.extend(other.pairs);
    }

    fn add(&mut self, base: Durations, ours: Durations, others: Option<f64>) {
        #[allow(clippy::cast_precision_loss)] // Nanoseconds of milliseconds.
        let ratio = median(&ours) as f64 / median(&base).max(1) as f64;
        self.pairs.push((ratio, others));
        self.base.extend(base);
        self.ours.extend(ours);
    }

    /// The ratios of the pairs during which nobody else used the machine, sorted.
    fn clean(&self) -> Vec<f64> {
        let is_clean = |it: &&(f64, Option<f64>)| it.1.is_some_and(|it| it <= OTHERS_MAX);
        sorted(self.pairs.iter().filter(is_clean))
    }

    /// The row of the table; `goal` is the largest ratio that is good enough.
    pub(super) fn row(mut self, name: &str, goal: f64) -> Row {
        let clean = self.clean();
        let is_quiet = clean.len() >= CLEAN_MIN;
        let ratios = if is_quiet { clean.clone() } else { sorted(self.pairs.iter()) };
        let [low, high] = interval(&ratios);
        let ratio = quantile(&ratios, 500);
        let verdict = match (is_quiet, high <= goal, low > goal) {
            (true, true, _) => Verdict::Met,
            (true, _, true) => Verdict::Missed,
            _ => Verdict::Inconclusive,
        };
        self.base.sort_unstable();
        self.ours.sort_unstable();
        Row {
            name: name.to_owned(),
            base: [500, 990].map(|it| quantile(&self.base, it)),
            ours: [500, 990].map(|it| quantile(&self.ours, it)),
            ratio: [low, ratio, high],
            goal,
            verdict,
            clean: clean.len(),
            pairs: self.pairs.len(),
        }
    }
}

/// Between which of the sorted values the median of all such values lies, with a confidence of 95 %:
/// those whose ranks are so many standard deviations of a binomial distribution from the middle
/// (W. J. Conover, Practical Nonparametric Statistics).
fn interval<T: Copy + Default>(sorted: &[T]) -> [T; 2] {
    #[allow(clippy::cast_precision_loss)] // Some hundreds.
    let count = sorted.len() as f64;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Small, and not below zero.
    let outside = ((count - HALF_WIDTH * count.sqrt() - 1.0) / 2.0).max(0.0) as usize;
    let at = |at: usize| sorted.get(at).copied().unwrap_or_default();
    [at(outside), at(sorted.len().saturating_sub(outside + 1))]
}

fn sorted<'a>(pairs: impl Iterator<Item = &'a (f64, Option<f64>)>) -> Vec<f64> {
    let mut ratios: Vec<f64> = pairs.map(|it| it.0).collect();
    ratios.sort_by(f64::total_cmp);
    ratios
}

/// One line of the table.
pub(super) struct Row {
    name: String,
    /// Median and 99th percentile.
    base: [i64; 2],
    pub(super) ours: [i64; 2],
    /// The median over the pairs, between the ends of its interval.
    ratio: [f64; 3],
    goal: f64,
    pub(super) verdict: Verdict,
    clean: usize,
    pairs: usize,
}

/// The head of the table.
pub(super) const HEAD: &str = "\
measured                                p50       p99    floor p50       p99   ratio (95 %)         goal  verdict";

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [ours, base] = [self.ours, self.base].map(|it| it.map(Shown));
        let [low, ratio, high] = self.ratio;
        write!(
            f,
            "{:<33} {:>9} {:>9}    {:>9} {:>9}",
            self.name, ours[0], ours[1], base[0], base[1]
        )?;
        // A small part of the floor is told in percent.
        if self.goal < 0.1 {
            let [low, ratio, high, goal] = [low, ratio, high, self.goal].map(|it| it * 100.0);
            write!(f, "   {ratio:>4.2}% ({low:.2}-{high:.2})  <= {goal:>4.2}%")?;
        } else {
            write!(f, "   {ratio:>5.2} ({low:.2}-{high:.2})   <= {:>4.2}", self.goal)?;
        }
        write!(f, "  {} ({} of {} pairs quiet)", self.verdict, self.clean, self.pairs)
    }
}

/// A duration in the unit that suits it.
#[derive(Clone, Copy)]
pub(super) struct Shown(pub(super) i64);

impl fmt::Display for Shown {
    #[allow(clippy::cast_precision_loss)] // Three digits are shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = self.0 as f64;
        f.pad(&match self.0 {
            0..1_000 => format!("{nanoseconds:.0} ns"),
            1_000..1_000_000 => format!("{:.1} us", nanoseconds / 1e3),
            _ => format!("{:.1} ms", nanoseconds / 1e6),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn comparison(ratios: &[f64], others: Option<f64>) -> Comparison {
        let pairs = ratios.iter().map(|it| (*it, others)).collect();
        Comparison { base: vec![100], ours: vec![120], pairs }
    }

    #[test]
    fn a_goal_is_met_or_missed_only_where_the_median_is_known_so_well() {
        for (ratio, verdict) in [(1.1, Verdict::Met), (1.3, Verdict::Missed)] {
            let row = comparison(&[ratio; 20], Some(0.0)).row("a", 1.2);
            assert_eq!(row.verdict, verdict);
        }
        // The same spread around 1.15: more pairs know its middle better.
        for (pairs, verdict) in [(20, Verdict::Inconclusive), (200, Verdict::Met)] {
            let spread = |it: i32| 1.0 + 0.3 * f64::from(it) / f64::from(pairs - 1);
            let spread: Vec<f64> = (0..pairs).map(spread).collect();
            assert_eq!(comparison(&spread, Some(0.0)).row("a", 1.2).verdict, verdict);
        }
    }

    #[test]
    fn the_interval_of_the_median_has_the_ranks_of_the_binomial_distribution() {
        for (count, low) in [(1, 1), (12, 3), (20, 6), (100, 40), (200, 86)] {
            let ranks: Vec<usize> = (1..=count).collect();
            assert_eq!(interval(&ranks), [low, count + 1 - low], "{count}");
        }
        assert_eq!(interval::<usize>(&[]), [0, 0]);
    }

    #[test]
    fn nothing_is_concluded_beside_busy_neighbours() {
        for others in [Some(0.5), None] {
            let row = comparison(&[1.0; 20], others).row("a", 1.2);
            assert_eq!((row.verdict, row.clean), (Verdict::Inconclusive, 0));
        }
    }

    #[test]
    fn sides_take_turns() {
        let order = std::cell::RefCell::new(String::new());
        let say = |word| {
            let order = &order;
            move |durations: &mut Durations| {
                order.borrow_mut().push(word);
                durations.push(if word == 'a' { 100 } else { 150 });
                Ok(())
            }
        };
        let comparison = Comparison::run(20, &mut say('a'), &mut say('b')).unwrap();
        // One block of each is not counted.
        assert!(order.borrow().starts_with("ababbaabba"), "{}", order.borrow());
        assert!(comparison.pairs.iter().all(|it| (it.0 - 1.5).abs() < 1e-9));
    }

    #[test]
    fn quantiles_are_values_that_occurred() {
        let sorted: Vec<i64> = (1..=100).collect();
        assert_eq!([0, 500, 990, 1_000].map(|it| quantile(&sorted, it)), [1, 51, 100, 100]);
        assert_eq!(quantile::<i64>(&[], 500), 0);
    }
}
