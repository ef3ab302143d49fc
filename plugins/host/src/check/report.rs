//! What came of a check, step by step.

use std::fmt;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Ok,
    /// The plug-in breaks a rule.
    Failed,
    /// It could not be tried, or the plug-in does not offer it.
    Skipped,
}

impl Outcome {
    /// As it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Failed => "failed",
            Outcome::Skipped => "skipped",
        }
    }
}

/// One rule that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was tried, in a few words.
    pub name: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What was seen, in a sentence.
    pub sentence: String,
}

/// What a check says while it runs, so that whoever watches knows where it stopped.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'step> {
    /// A step begins.
    Begun(&'step str),
    /// A step has ended.
    Ended(&'step Step),
    /// The check is over, and the process ends by its own choice.
    Done,
}

/// All that was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In order.
    pub steps: Vec<Step>,
    /// The last lines that the plug-in printed, where somebody listened.
    pub printed: Vec<String>,
}

impl Report {
    /// Whether nothing failed.
    pub fn is_green(&self) -> bool {
        !self.steps.is_empty() && self.steps.iter().all(|it| it.outcome != Outcome::Failed)
    }

    /// The steps that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|it| it.outcome == Outcome::Failed)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:7} {}: {}", self.outcome.word(), self.name, self.sentence)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))?;
        let count = |outcome| self.steps.iter().filter(|it| it.outcome == outcome).count();
        let (ok, failed) = (count(Outcome::Ok), count(Outcome::Failed));
        writeln!(f, "{ok} ok, {failed} failed, {} skipped", count(Outcome::Skipped))?;
        if !self.printed.is_empty() {
            writeln!(f, "printed by the plug-in:")?;
        }
        self.printed.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}
