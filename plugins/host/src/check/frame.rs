//! Steps, one after the other.

use std::fmt::Display;

use super::report::{Outcome, Progress, Report, Step};

/// Why a step did not end well.
#[derive(Debug)]
pub(super) enum Fault {
    /// The plug-in breaks a rule.
    Failed(String),
    /// It could not be tried.
    Skipped(String),
}

/// What a step comes to: what was seen, or why not.
pub(super) type Seen<T = String> = Result<T, Fault>;

/// A rule is broken.
pub(super) fn failed(why: impl Display) -> Fault {
    Fault::Failed(why.to_string())
}

/// Something cannot be tried.
pub(super) fn skipped(why: impl Display) -> Fault {
    Fault::Skipped(why.to_string())
}

/// A rule that must hold.
pub(super) fn hold(holds: bool, why: impl FnOnce() -> String) -> Seen<()> {
    if holds { Ok(()) } else { Err(Fault::Failed(why())) }
}

/// The steps of a check so far.
pub(super) struct Frame<'run> {
    steps: Vec<Step>,
    tell: &'run mut dyn FnMut(Progress<'_>),
}

impl<'run> Frame<'run> {
    pub(super) fn new(tell: &'run mut dyn FnMut(Progress<'_>)) -> Frame<'run> {
        Frame { steps: Vec::new(), tell }
    }

    /// Tries a rule.
    pub(super) fn step(&mut self, name: &str, act: impl FnOnce() -> Seen) {
        (self.tell)(Progress::Begun(name));
        let (outcome, sentence) = match act() {
            Ok(sentence) => (Outcome::Ok, sentence),
            Err(Fault::Failed(sentence)) => (Outcome::Failed, sentence),
            Err(Fault::Skipped(sentence)) => (Outcome::Skipped, sentence),
        };
        let step = Step { name: name.to_owned(), outcome, sentence };
        (self.tell)(Progress::Ended(&step));
        self.steps.push(step);
    }

    /// Says why something is not tried.
    pub(super) fn skip(&mut self, name: &str, why: &str) {
        self.step(name, || Err(skipped(why)));
    }

    pub(super) fn report(self) -> Report {
        Report { steps: self.steps, printed: Vec::new() }
    }
}
