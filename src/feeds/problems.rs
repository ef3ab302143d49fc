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
