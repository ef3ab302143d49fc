//! What a check found, as lines for people or as JSON for programs.

use std::io::{self, Write};

use aftm_plugin_host::{Outcome, Report, Step};
use serde_json::json;

/// The widest name of a step that is aligned.
const NAME_WIDTH: usize = 36;

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Aligned lines, with colors or without.
    Text { colors: bool },
    /// An object for each step, then one for each of the last lines that the plug-in printed.
    Json,
}

/// The lines of a check, written as its steps end.
pub(super) struct Lines<'run> {
    out: &'run mut dyn Write,
    look: Look,
    /// A reader that went away is told at the end; the check goes on.
    written: io::Result<()>,
}

impl<'run> Lines<'run> {
    pub(super) fn new(out: &'run mut dyn Write, look: Look) -> Lines<'run> {
        Lines { out, look, written: Ok(()) }
    }

    /// Writes a step.
    pub(super) fn step(&mut self, step: &Step) {
        let line = match self.look {
            Look::Text { colors } => text(step, colors),
            Look::Json => json!({
                "step": step.name, "outcome": step.outcome.word(), "sentence": step.sentence,
            })
            .to_string(),
        };
        if self.written.is_ok() {
            self.written = writeln!(self.out, "{line}").and_then(|()| self.out.flush());
        }
    }

    /// Writes what it came to, and what more could be tried.
    pub(super) fn end(self, report: &Report, logs_in: bool, trades: bool) -> io::Result<()> {
        self.written?;
        if self.look == Look::Json {
            let mut printed = report.printed.iter().map(|it| json!({ "printed": it }));
            return printed.try_for_each(|it| writeln!(self.out, "{it}"));
        }
        let count = |outcome| report.steps.iter().filter(|it| it.outcome == outcome).count();
        let (ok, failed) = (count(Outcome::Ok), count(Outcome::Failed));
        writeln!(self.out, "{ok} ok, {failed} failed, {} skipped", count(Outcome::Skipped))?;
        if !report.printed.is_empty() {
            writeln!(self.out, "the last lines that the plug-in printed:")?;
            report.printed.iter().try_for_each(|line| writeln!(self.out, "  {line}"))?;
        }
        match (logs_in, trades) {
            (false, _) => writeln!(self.out, "nobody logged in; --user NAME tries more"),
            (true, false) => {
                writeln!(self.out, "no order was sent; --trade tries more, at a test venue")
            }
            (true, true) => Ok(()),
        }
    }
}

fn text(step: &Step, colors: bool) -> String {
    let Step { name, outcome, sentence } = step;
    let word = outcome.word();
    let code = match outcome {
        Outcome::Ok => "32",
        Outcome::Failed => "1;31",
        Outcome::Skipped => "2",
    };
    let word =
        if colors { format!("\u{1b}[{code}m{word:<7}\u{1b}[0m") } else { format!("{word:<7}") };
    format!("{word}  {name:<NAME_WIDTH$}  {sentence}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let step = |name: &str, outcome, sentence: &str| {
            let (name, sentence) = (name.to_owned(), sentence.to_owned());
            Step { name, outcome, sentence }
        };
        let steps = vec![
            step("load", Outcome::Ok, "it loads"),
            step("open", Outcome::Failed, "it says \"no\""),
            step("login", Outcome::Skipped, "no credentials"),
        ];
        Report { steps, printed: vec!["hello".to_owned()] }
    }

    fn written(look: Look) -> String {
        let (mut out, report) = (Vec::new(), report());
        let mut lines = Lines::new(&mut out, look);
        report.steps.iter().for_each(|it| lines.step(it));
        lines.end(&report, false, false).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn steps_stand_in_columns_and_are_counted() {
        let expected = "\
ok       load                                  it loads
failed   open                                  it says \"no\"
skipped  login                                 no credentials
1 ok, 1 failed, 1 skipped
the last lines that the plug-in printed:
  hello
nobody logged in; --user NAME tries more
";
        assert_eq!(written(Look::Text { colors: false }), expected);
        let colored = written(Look::Text { colors: true });
        assert!(colored.contains("\u{1b}[1;31mfailed \u{1b}[0m"), "{colored:?}");
    }

    #[test]
    fn each_step_is_an_object() {
        let text = written(Look::Json);
        let lines: Vec<serde_json::Value> =
            text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
        assert_eq!((lines.len(), &lines[3]), (4, &json!({"printed": "hello"})));
        let failed = json!({"step": "open", "outcome": "failed", "sentence": "it says \"no\""});
        assert_eq!(lines[1], failed);
    }
}
