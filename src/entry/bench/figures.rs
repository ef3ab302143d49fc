//! Durations, compared in pairs: both sides run in turn within one run, because absolute figures of
//! one machine move by a factor of two and ratios of neighbours do not.

use std::collections::{BTreeMap, BTreeSet};
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

/// What a pair of blocks came to.
#[derive(Clone, Copy)]
struct Pair {
    /// That of their medians.
    ratio: f64,
    /// The part of a core that others used meanwhile.
    others: Option<f64>,
    /// What its neighbours have in common with it.
    group: usize,
}

/// Two sides, measured in pairs.
#[derive(Default)]
pub(super) struct Comparison {
    base: Durations,
    ours: Durations,
    pairs: Vec<Pair>,
}

/// One side of a comparison: measures a block and appends its durations.
pub(super) type Side<'a> = &'a mut dyn FnMut(&mut Durations) -> Result<()>;

impl Comparison {
    /// Lets both sides measure their blocks in turn, A B B A.
    pub(super) fn run(pairs: usize, base: Side<'_>, ours: Side<'_>) -> Result<Comparison> {
        Comparison::in_turns(pairs, 1, base, ours)
    }

    /// The same in parts: a pair is so many turns of each side, because what disturbs a machine lasts
    /// longer than a short turn, and then does it to both.
    pub(super) fn in_turns(
        pairs: usize,
        turns: usize,
        base: Side<'_>,
        ours: Side<'_>,
    ) -> Result<Comparison> {
        let mut comparison = Comparison::default();
        // The first blocks warm caches, branches and buffers.
        for _ in 0..turns {
            base(&mut Durations::new())?;
            ours(&mut Durations::new())?;
        }
        for pair in 0..pairs {
            let (mut first, mut second) = (Durations::new(), Durations::new());
            let load = Load::begin();
            for turn in 0..turns {
                if (pair + turn) % 2 == 0 {
                    base(&mut first)?;
                    ours(&mut second)?;
                } else {
                    ours(&mut second)?;
                    base(&mut first)?;
                }
            }
            comparison.add(first, second, load.others());
        }
        Ok(comparison)
    }

    /// Takes in what the same two sides came to when they were started anew, as a group of this
    /// number.
    pub(super) fn join(&mut self, other: Comparison, group: usize) {
        self.base.extend(other.base);
        self.ours.extend(other.ours);
        self.pairs.extend(other.pairs.into_iter().map(|it| Pair { group, ..it }));
    }

    fn add(&mut self, base: Durations, ours: Durations, others: Option<f64>) {
        #[allow(clippy::cast_precision_loss)] // Nanoseconds of milliseconds.
        let ratio = median(&ours) as f64 / median(&base).max(1) as f64;
        self.pairs.push(Pair { ratio, others, group: 0 });
        self.base.extend(base);
        self.ours.extend(ours);
    }

    /// The pairs during which nobody else used the machine, sorted.
    fn clean(&self) -> Vec<Pair> {
        let is_clean = |it: &&Pair| it.others.is_some_and(|it| it <= OTHERS_MAX);
        sorted(self.pairs.iter().filter(is_clean))
    }

    /// The row of the table; `goal` is the largest ratio that is good enough.
    pub(super) fn row(mut self, name: &str, goal: f64) -> Row {
        let clean = self.clean();
        let is_quiet = clean.len() >= CLEAN_MIN && groups(&clean) * 2 > groups(&self.pairs);
        let pairs = if is_quiet { clean.clone() } else { sorted(self.pairs.iter()) };
        let ratios: Vec<f64> = pairs.iter().map(|it| it.ratio).collect();
        let (ratio, outside) = (quantile(&ratios, 500), outside(&pairs));
        let at = |at: usize| ratios.get(at).copied().unwrap_or_default();
        let (low, high) = (at(outside), at(ratios.len().saturating_sub(outside + 1)));
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

/// How many of the pairs, sorted, lie on each side outside the interval that holds the median of all
/// such pairs with a confidence of 95 %: how far the number of those below it varies says how many
/// ranks away it may be (R. S. Woodruff, Confidence Intervals for Medians and Other Position Measures).
/// Pairs that have nothing to do with each other vary as a coin does; those of one group may lie on
/// the same side together, which is counted where there are several groups.
fn outside(sorted: &[Pair]) -> usize {
    #[allow(clippy::cast_precision_loss)] // Some hundreds.
    let real = |it: usize| it as f64;
    let (count, middle) = (real(sorted.len()), (real(sorted.len()) - 1.0) / 2.0);
    // Of each group, half of how many more lie above the median than below.
    let mut surplus = BTreeMap::<usize, f64>::new();
    for (rank, pair) in sorted.iter().enumerate() {
        let side = real(rank).total_cmp(&middle) as i8;
        *surplus.entry(pair.group).or_default() += f64::from(side) / 2.0;
    }
    let (groups, squares) = (real(surplus.len()), surplus.values().map(|it| it * it).sum::<f64>());
    let alone = HALF_WIDTH * (count / 4.0).sqrt();
    let free = groups - 1.0;
    let together = if free > 0.0 { student(free) * (squares * groups / free).sqrt() } else { 0.0 };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Small, and not below zero.
    let outside = (middle - alone.max(together)).max(0.0) as usize;
    outside
}

/// The same as `HALF_WIDTH` of Student's distribution with so many degrees of freedom (M. Abramowitz,
/// I. A. Stegun, Handbook of Mathematical Functions, 26.7.5).
fn student(free: f64) -> f64 {
    let x = HALF_WIDTH;
    let (first, second) =
        ((x.powi(3) + x) / 4.0, (5.0 * x.powi(5) + 16.0 * x.powi(3) + 3.0 * x) / 96.0);
    x + first / free + second / free.powi(2)
}

fn groups(pairs: &[Pair]) -> usize {
    pairs.iter().map(|it| it.group).collect::<BTreeSet<_>>().len()
}

fn sorted<'a>(pairs: impl Iterator<Item = &'a Pair>) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = pairs.copied().collect();
    pairs.sort_by(|one, other| one.ratio.total_cmp(&other.ratio));
    pairs
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
        let pair = |ratio: &f64| Pair { ratio: *ratio, others, group: 0 };
        let pairs = ratios.iter().map(pair).collect();
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
        for (count, low) in [(0, 0), (1, 0), (12, 2), (20, 5), (100, 39), (200, 85)] {
            let ratios: Vec<f64> = (0..count).map(f64::from).collect();
            assert_eq!(outside(&comparison(&ratios, None).pairs), low, "{count}");
        }
    }

    #[test]
    fn pairs_of_one_group_that_lie_together_count_as_few() {
        // Ten groups of twenty pairs: each spreads over all, or is one step beside the next.
        let joined = |is_together: bool| {
            let ratio = |group, pair| {
                f64::from(if is_together { group * 20 + pair } else { pair * 10 + group })
            };
            let mut all = Comparison::default();
            for group in 0..10 {
                let ratios: Vec<f64> = (0..20).map(|it| ratio(group, it)).collect();
                all.join(comparison(&ratios, Some(0.0)), usize::try_from(group).unwrap());
            }
            assert_eq!((all.pairs.len(), all.base.len(), all.ours.len()), (200, 10, 10));
            outside(&all.clean())
        };
        assert_eq!(joined(false), 85, "as if each pair stood alone");
        // Of ten groups each has ten more on one side than on the other, halved: the root of ten
        // squares of ten, of nine free ones, 2.26 times from the middle.
        assert_eq!(joined(true), 24);
    }

    #[test]
    fn few_groups_are_known_less_well() {
        for (free, expected) in [(5.0, 2.571), (11.0, 2.201), (29.0, 2.045)] {
            assert!((student(free) - expected).abs() < 0.03, "{free}: {}", student(free));
        }
    }

    #[test]
    fn nothing_is_concluded_from_the_quiet_pairs_of_one_start_among_many() {
        let mut all = Comparison::default();
        all.join(comparison(&[1.0; 20], Some(0.0)), 0);
        (1..4).for_each(|it| all.join(comparison(&[1.0; 20], Some(0.5)), it));
        assert_eq!(all.row("a", 1.2).verdict, Verdict::Inconclusive);
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
        assert!(comparison.pairs.iter().all(|it| (it.ratio - 1.5).abs() < 1e-9));
        order.borrow_mut().clear();
        let comparison = Comparison::in_turns(2, 3, &mut say('a'), &mut say('b')).unwrap();
        assert_eq!(*order.borrow(), "ababababbaabbaabba");
        assert_eq!((comparison.pairs.len(), comparison.ours.len()), (2, 6));
    }

    #[test]
    fn quantiles_are_values_that_occurred() {
        let sorted: Vec<i64> = (1..=100).collect();
        assert_eq!([0, 500, 990, 1_000].map(|it| quantile(&sorted, it)), [1, 51, 100, 100]);
        assert_eq!(quantile::<i64>(&[], 500), 0);
    }
}
