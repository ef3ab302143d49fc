//! Plug-ins that take their process with them, or hold it: whoever watches survives and says what
//! was being tried.

use super::compiler::hostile;
use super::{SHORT, panicking};

#[test]
fn one_that_aborts_is_named() {
    hostile("dies.c", "ABORTS").fails("an order rests and is canceled", "signal: 6");
}

#[test]
fn one_that_crashes_is_named() {
    hostile("dies.c", "CRASHES").fails("an order rests and is canceled", "signal: 11");
}

#[test]
fn one_that_throws_through_the_boundary_is_named() {
    hostile("throws.cpp", "NOTHING").fails("a request before login", "signal: 6");
}

#[test]
fn one_that_panics_is_named() {
    let checked = panicking().check(&[]);
    let out = &checked.ended.out;
    let failed = checked.failures();
    assert_eq!((failed.len(), checked.ended.code), (1, Some(1)), "\n{out}");
    assert_eq!(failed[0].name, "load");
    assert!(failed[0].sentence.contains("signal: 6"), "\n{out}");
    let last = checked.printed.last().map(String::as_str);
    assert_eq!(last, Some("thread caused non-unwinding panic. aborting."), "\n{out}");
}

#[test]
fn one_that_exits_is_named_even_where_it_says_that_all_is_well() {
    let step = "an order rests and is canceled";
    hostile("dies.c", "EXITS").fails(step, "the plug-in ended the process: exit status: 0");
}

#[test]
fn one_that_exits_while_it_is_loaded_is_named() {
    hostile("dies.c", "EXITS_ON_LOAD").fails("load", "exit status: 3");
}

#[test]
fn one_that_aborts_at_the_end_of_the_process_is_named() {
    hostile("dies.c", "CRASHES_AT_EXIT").fails("end", "signal: 6");
}

#[test]
fn one_that_does_not_return_is_ended_at_the_deadline() {
    let (step, words) = ("login with a wrong password", ["--deadline-s", "5"]);
    hostile("hangs.c", "IN_LOGIN").fails_with(&words, step, "has not returned after 5s");
}

#[test]
fn one_that_does_not_answer_is_named() {
    let step = "login with a wrong password";
    let part = "the answer did not come within 400ms";
    hostile("hangs.c", "SILENT").fails_with(&["--answer-ms", "400"], step, part);
}

#[test]
fn a_close_that_does_not_return_holds_nobody_up() {
    let built = hostile("hangs.c", "IN_CLOSE");
    let part = "close has not returned for 900ms";
    built.fails_with(&["--answer-ms", "400"], "a request before login", part);
}

#[test]
fn a_close_that_fails_ends_the_use_of_the_plug_in() {
    let built = hostile("hangs.c", "REFUSES_CLOSE");
    let checked = built.check(&[&["--answer-ms", "400"], &SHORT[..]].concat());
    let failures = checked.failures();
    let failed: Vec<_> = failures.iter().map(|it| (&*it.name, &*it.sentence)).collect();
    let closed = "close fails with E_TIMEOUT: no answer in time; start the process again";
    let dead = "an earlier session of this plug-in could not be closed; start the process again";
    assert_eq!(
        failed,
        [("a request before login", closed), ("open", dead)],
        "\n{}",
        checked.ended.out
    );
}

#[test]
fn one_that_leaves_threads_behind_is_named() {
    let built = hostile("hangs.c", "LEAVES_THREADS");
    built.fails("open and close again and again", "after 10 sessions there are 1");
}

#[test]
fn one_that_calls_back_after_close_changes_nothing_and_is_named() {
    let (step, part) = ("nothing is told after close", "times after close returned 0");
    hostile("late.c", "NOTHING").fails_with(&["--silence-ms", "10000"], step, part);
}
