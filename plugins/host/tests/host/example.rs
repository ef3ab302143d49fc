//! The example keeps every rule.

use std::process::Command;
use std::time::Duration;

use aftm_plugin_host::{Outcome, watch};

use crate::compiler::{GENEROUS, example, hostile};

#[test]
fn the_example_in_c_is_green() {
    let report = example().holds(&["is_ours=true"]);
    let skipped = report.steps.iter().filter(|it| it.outcome == Outcome::Skipped);
    let skipped: Vec<_> = skipped.map(|it| &*it.name).collect();
    assert_eq!(skipped, ["subscribe"], "\n{report}");
    assert!(report.steps.len() > 40, "\n{report}");
    assert!(report.to_string().ends_with("47 ok, 0 failed, 1 skipped\n"), "\n{report}");
}

#[test]
fn answers_from_other_threads_are_as_good() {
    hostile("threads.c", "NOTHING").holds(&["burst=500"]);
}

#[test]
fn a_fill_may_come_before_the_acceptance_of_its_order() {
    hostile("events.c", "FILL_FIRST").holds(&["burst=500"]);
}

#[test]
fn a_library_of_ours_that_exports_more_is_found_out() {
    let built = hostile("clock.c", "NOTHING");
    built.fails_with(
        GENEROUS,
        &["is_ours=true"],
        "exported symbols",
        "1 more than the entry: example_entry",
    );
    let report = built.holds(&["burst=200", "now_ns=1000000000000000000"]);
    assert!(report.to_string().contains("better hidden: example_entry"), "\n{report}");
}

#[test]
fn a_venue_that_lives_by_the_clock_of_the_feed_is_given_time() {
    hostile("clock.c", "NOTHING").holds(&["burst=500", "now_ns=1000000000000000000"]);
}

#[test]
fn an_option_that_it_refuses_is_said() {
    let report = example().check(Duration::from_secs(60), &["balance=much"]);
    let failed: Vec<_> = report.failures().map(ToString::to_string).collect();
    assert!(failed[0].contains("the option balance is not a whole number"), "\n{report}");
}

#[test]
fn a_process_that_says_nothing_is_no_success() {
    let report = watch(Command::new("true"), Duration::from_secs(60)).unwrap();
    assert!(!report.is_green());
    assert_eq!(report.steps[0].name, "end");
}
