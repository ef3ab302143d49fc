//! What was wrong with a file: counted in full, told in part.

use std::fmt;

/// How many malformed lines are kept to be told.
pub const PROBLEMS_KEPT: usize = 20;

/// A line that is not a trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its number, from 1; the header is the first.
    pub line: u64,
    /// The value and what is wrong with it.
    pub reason: String,
}

/// What the lines of a file were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// Malformed lines.
    pub count: u64,
    /// The first of them.
    pub first: Vec<Problem>,
    /// Calendar spreads, which are skipped.
    pub spreads: u64,
    /// Trades, those of items that nobody asked for included.
    pub trades: u64,
}

impl Problems {
    /// Counts a malformed line; its reason is only made up where it is kept.
    pub(super) fn add(&mut self, line: u64, reason: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < PROBLEMS_KEPT {
            self.first.push(Problem { line, reason: reason() });
        }
    }

    /// The malformed lines in one sentence: how many, and those that are kept with their numbers.
    pub fn list(&self) -> String {
        let kept: Vec<String> = self.first.iter().map(Problem::to_string).collect();
        let lines = if self.count == 1 { "line" } else { "lines" };
        let more = self.count.saturating_sub(u64::try_from(kept.len()).unwrap_or(self.count));
        let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
        format!("{} malformed {lines}: {}{rest}", self.count, kept.join("; "))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl fmt::Display for Problems {
    /// `448449 trades, 1005 spreads skipped, 2 malformed lines, the first: line 7: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problems { count, first, spreads, trades } = self;
        write!(f, "{trades} trades, {spreads} spreads skipped, {count} malformed lines")?;
        first.first().map_or(Ok(()), |it| write!(f, ", the first: {it}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_the_lines_that_are_kept_and_counts_the_rest() {
        let mut problems = Problems::default();
        problems.add(7, || "price".to_owned());
        assert_eq!(problems.list(), "1 malformed line: line 7: price");
        (8..29).for_each(|line| problems.add(line, || "time".to_owned()));
        let list = problems.list();
        assert!(list.starts_with("22 malformed lines: line 7: price; line 8: time; "), "{list}");
        assert!(list.ends_with("line 26: time; and 2 more"), "{list}");
    }
}
