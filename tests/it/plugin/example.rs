//! Plug-ins that keep every rule.

use super::compiler::{example, hostile};
use super::{SHORT, run};

#[test]
fn the_example_in_c_is_green() {
    let checked = example().holds(&["--strict"]);
    let out = &checked.ended.out;
    let skipped = checked.steps.iter().filter(|it| it.outcome == "skipped");
    let skipped: Vec<_> = skipped.map(|it| it.name.as_str()).collect();
    assert_eq!(skipped, ["subscribe"], "\n{out}");
    assert_eq!(checked.steps.len(), 49, "\n{out}");
}

#[test]
fn answers_from_other_threads_are_as_good() {
    hostile("threads.c", "NOTHING").holds(&["--orders", "500"]);
}

#[test]
fn a_fill_may_come_before_the_acceptance_of_its_order() {
    hostile("events.c", "FILL_FIRST").holds(&["--orders", "500"]);
}

#[test]
fn a_library_that_exports_more_is_found_out_where_that_is_asked_for() {
    let built = hostile("clock.c", "NOTHING");
    let said = "1 more than the entry: example_entry";
    built.fails_with(&["--strict"], "exported symbols", said);
    let checked = built.holds(&SHORT);
    assert!(checked.ended.out.contains("better hidden: example_entry"), "{}", checked.ended.out);
}

#[test]
fn a_venue_that_lives_by_the_clock_of_the_feed_is_given_time() {
    hostile("clock.c", "NOTHING").holds(&["--orders", "500"]);
}

#[test]
fn a_venue_without_a_market_is_told_of_an_instrument_and_a_time() {
    let checked = hostile("told.c", "NOTHING").holds(&["--orders", "500"]);
    let skipped = checked.steps.iter().filter(|it| it.outcome == "skipped");
    let skipped: Vec<_> = skipped.map(|it| it.name.as_str()).collect();
    assert_eq!(skipped, ["subscribe"], "\n{}", checked.ended.out);
}

#[test]
fn an_option_that_it_refuses_is_said() {
    let checked = example().check(&["--option", "balance=much"]);
    let sentence = &checked.failures()[0].sentence;
    assert!(sentence.contains("the option balance is not a whole number"), "{sentence}");
}

#[test]
fn nothing_is_tried_that_nobody_asked_for() {
    let built = example();
    let check = ["plugin", "check", built.path(), "--sessions", "5", "--silence-ms", "20"];
    let ended = run(&check);
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    let line = "skipped  login                                 no credentials were given\n";
    assert!(ended.out.contains(line), "{}", ended.out);
    assert!(ended.out.contains("with 0 orders just sent"), "{}", ended.out);
    assert!(ended.out.ends_with("nobody logged in; --user NAME tries more\n"), "{}", ended.out);
    assert!(!ended.out.contains('\u{1b}'), "colors are for terminals: {}", ended.out);
    let ended = run(&[&check[..], &["--user", "demo"]].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    let line = "skipped  orders                                the check may not trade\n";
    assert!(ended.out.contains(line), "{}", ended.out);
    assert!(ended.out.contains("with 0 orders just sent"), "{}", ended.out);
    let colored = run(&[&check[..], &["--color", "always"]].concat());
    assert!(colored.out.starts_with("\u{1b}[32mok"), "{}", colored.out);
}
