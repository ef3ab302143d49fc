//! Whoever watches a check reads what its process says, whatever else that does.

use std::process::Command;
use std::time::Duration;

use aftm_plugin_host::{Outcome, Progress, Report, Step, emit, watch};

/// A deadline for what ends by itself.
const GENEROUS: Duration = Duration::from_secs(60);

fn watched(program: &str, input: Vec<u8>) -> Report {
    let mut told = Vec::new();
    let tell = &mut |step: &Step| told.push(step.clone());
    let report = watch(Command::new(program), input, GENEROUS, tell).unwrap();
    assert_eq!(told, report.steps, "each step is told once");
    report
}

#[test]
fn a_process_that_says_nothing_is_no_success() {
    let report = watched("true", vec![b'x'; 1 << 20]);
    assert!(!report.is_green());
    assert_eq!(report.steps[0].name, "end");
}

#[test]
fn what_is_emitted_is_what_is_reported() {
    let step = |name: &str, outcome| Step {
        name: name.to_owned(),
        outcome,
        sentence: "as it was".to_owned(),
    };
    let steps = [step("load", Outcome::Ok), step("login", Outcome::Skipped)];
    let mut input = b"a vendor prints this".to_vec();
    for it in &steps {
        emit(&mut input, Progress::Begun(&it.name)).unwrap();
        emit(&mut input, Progress::Ended(it)).unwrap();
    }
    emit(&mut input, Progress::Done).unwrap();
    let report = watched("cat", input.clone());
    assert_eq!((report.steps.as_slice(), report.is_green()), (&steps[..], true));
    assert_eq!(report.printed, ["a vendor prints this"]);
    emit(&mut input, Progress::Begun("close")).unwrap();
    let last = watched("cat", input).steps.pop().unwrap();
    assert_eq!((last.name.as_str(), last.outcome), ("close", Outcome::Failed));
}
