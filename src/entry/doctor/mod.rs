//! `aftm doctor`: what would keep the machine from running well on this computer.
//!
//! Owns the checks and their sentences. Refuses to change anything, and to use the network.

mod clock;
mod folders;
mod plugins;
mod ports;
mod terminal;

use std::fmt;
use std::io::{self, Write};

use crate::config::{Folders, Problems, Resolved};
use crate::desk::Exit;

pub use clock::Clocks;
pub use plugins::findings as plugin_findings;
pub use ports::holder;
pub use terminal::Terminal;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// The machine runs, with the restriction that the sentence names.
    Warn,
    /// The machine does not run.
    Fail,
}

/// One check: a line of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How it came out.
    pub verdict: Verdict,
    /// What was checked.
    pub name: String,
    /// What was found, and what to do.
    pub sentence: String,
}

impl Finding {
    /// A finding.
    pub fn new(verdict: Verdict, name: &str, sentence: impl Into<String>) -> Finding {
        Finding { verdict, name: name.to_owned(), sentence: sentence.into() }
    }
}

impl fmt::Display for Finding {
    /// `ok   name: sentence`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        write!(f, "{word:<4} {}: {}", self.name, self.sentence)
    }
}

/// Everything that is checked. The caller reads the environment, the terminal and the clocks.
#[derive(Debug)]
pub struct Examination<'a> {
    /// The terminal, as it presents itself.
    pub terminal: Terminal,
    /// The settings, or what is wrong with them.
    pub settings: &'a Result<Resolved, Problems>,
    /// The folders of the machine.
    pub folders: &'a Folders,
    /// What the clocks said.
    pub clocks: Clocks,
    /// Findings of parts that the caller knows better: sockets, venues.
    pub further: Vec<Finding>,
}

impl Examination<'_> {
    /// Makes every check, in the order in which a person would mend things.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.settings_findings();
        findings.extend(folders::findings(self.folders));
        if let Ok(resolved) = self.settings {
            findings.extend(ports::findings(&resolved.settings.gateway));
        }
        findings.extend(self.terminal.findings());
        findings.extend(self.clocks.findings());
        findings.extend(self.further.iter().cloned());
        findings
    }

    fn settings_findings(&self) -> Vec<Finding> {
        match self.settings {
            Ok(resolved) => {
                let changed = resolved.stated.changed();
                let sentence = format!("every value is valid, {changed} of them not built in");
                vec![Finding::new(Verdict::Ok, "settings", sentence)]
            }
            Err(Problems(problems)) => problems
                .iter()
                .map(|it| Finding::new(Verdict::Fail, "settings", it.to_string()))
                .collect(),
        }
    }
}

/// Writes the findings, one a line, and says how the program ends: 1 where anything fails.
pub fn report(findings: &[Finding], out: &mut dyn Write) -> io::Result<Exit> {
    for finding in findings {
        writeln!(out, "{finding}")?;
    }
    let fails = findings.iter().any(|it| it.verdict == Verdict::Fail);
    Ok(if fails { Exit::Failure } else { Exit::Ok })
}

#[cfg(test)]
mod tests;
