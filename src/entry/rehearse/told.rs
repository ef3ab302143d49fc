//! What a rehearsal prints: figures, promises, and a verdict.

use std::io::Write;

use aftm_domain::Stamp;
use anyhow::Result;

/// Durations of one kind, in nanoseconds.
#[derive(Default)]
pub(super) struct Times(Vec<i64>);

impl Times {
    pub(super) fn add(&mut self, time: i64) {
        self.0.push(time);
    }

    /// Half, nearly all, and the longest of them; `None` where there are none.
    pub(super) fn show(&self) -> Option<String> {
        let at = |permille| self.at(permille).map(milliseconds);
        let (half, most, longest) = (at(500)?, at(990)?, at(1_000)?);
        Some(format!("p50 {half}  p99 {most}  longest {longest}  ({} times)", self.0.len()))
    }

    /// The time below which this part of them lies.
    pub(super) fn at(&self, permille: usize) -> Option<i64> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * permille / 1_000).min(sorted.len().saturating_sub(1));
        sorted.get(place).copied()
    }
}

/// A duration for people.
pub(super) fn milliseconds(nanoseconds: i64) -> String {
    let hundredths = nanoseconds / (Stamp::MILLISECOND / 100);
    format!("{}.{:02} ms", hundredths / 100, hundredths % 100)
}

/// Promises, and what broke each.
#[derive(Default)]
pub(super) struct Verdict(Vec<(&'static str, Vec<String>)>);

impl Verdict {
    /// A promise, and every sentence that says how it was broken.
    pub(super) fn add(&mut self, promise: &'static str, broken: Vec<String>) {
        self.0.push((promise, broken));
    }

    /// Whether all are kept; prints each.
    pub(super) fn tell(&self, out: &mut dyn Write) -> Result<bool> {
        for (promise, broken) in &self.0 {
            let word = if broken.is_empty() { "kept  " } else { "BROKEN" };
            writeln!(out, "  {word}  {promise}")?;
            for sentence in broken.iter().take(5) {
                writeln!(out, "          {sentence}")?;
            }
            if broken.len() > 5 {
                writeln!(out, "          and {} more", broken.len() - 5)?;
            }
        }
        Ok(self.0.iter().all(|(_, broken)| broken.is_empty()))
    }
}
