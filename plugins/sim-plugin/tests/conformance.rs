//! The conformance check of the interface, on this plug-in. It counts the threads and files of its
//! process, so that it has one of its own and no other test beside it.

// It is a program of its own, that says what it found and stops where it cannot begin.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

#[path = "plugin/loaded.rs"]
#[allow(dead_code)] // The other tests need more of it.
mod loaded;
#[path = "plugin/script.rs"]
#[allow(dead_code)]
mod script;

use std::process::ExitCode;
use std::time::Duration;

use aftm_plugin_host::abi;
use aftm_plugin_host::{Credentials, Outcome, Plan, Report, Secret, check};

/// What cannot be tried at a venue of this kind.
const SKIPPED: [&str; 2] = ["login with a wrong password", "subscribe"];

fn run(options: &[(&str, &str)]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let now = script::morning(60_000);
    let reference_e9 = script::points(17_300).raw();
    let it = loaded::told_instrument(&script::instrument());
    let secret = |text: &str| Secret::new(text.to_owned());
    let plan = Plan {
        options: options.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        credentials: Credentials::new().with("user", secret("demo")).with("password", secret("x")),
        may_trade: true,
        instrument: Some(abi::Instrument { reference_e9, ..it }),
        now: Some((now.at.0, now.offset)),
        is_ours: true,
        burst: 2_000,
        silence: Duration::from_millis(50),
        ..Plan::new(folder.path().to_owned())
    };
    check(&loaded::library(), &plan, |_| ())
}

fn main() -> ExitCode {
    let variants: [&[(&str, &str)]; 3] = [
        &[("balance", "1000000000000")],
        &[("balance", "1000000000000"), ("latency_ms", "40")],
        &[("balance", "1000000000000"), ("ledger", "true")],
    ];
    for options in variants {
        let report = run(options);
        println!("{options:?}\n{report}");
        let skipped = report.steps.iter().filter(|it| it.outcome == Outcome::Skipped);
        let skipped: Vec<_> = skipped.map(|it| &*it.name).collect();
        if !report.is_green() || skipped != SKIPPED {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
