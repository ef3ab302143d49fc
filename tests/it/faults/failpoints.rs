//! Every step of an order's way, with a process that dies, hangs or fails just there: strategy,
//! executor and machine, against the exchange's own ledger.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use aftm::failpoint::{FOLDER, Site};
use serde_json::Value;

use crate::machine::market::{Known, assert_same, bodies};
use crate::machine::venue::{assert_books_agree, settings, simulator};
use crate::machine::{Home, Machine, is_alive, wait_until};

const DEADLINE: Duration = Duration::from_secs(60);
/// Restarts are forgiven after a second, and there is no end to them.
const PATIENT: &str = "desk.restarts_max = 1000\ndesk.restart_window_s = 1\n";
/// What a killed machine is told when it comes back; its journal has the rest.
const AGAIN: &str = "login demo\naccount use SIM-1\nstart\n";

/// What happens at a place: the machine's own end, a silence that its children's parent takes for
/// death, a step that fails.
const DIES: &str = "kill";
const HANGS: &str = "pause 2000";
const FAILS: &str = "fail";

fn start(home: &Home, script: &str) -> Machine {
    let ledger = "plugins.it.options.ledger = \"true\"\n";
    let settings = settings(home, &simulator(), &format!("{ledger}{PATIENT}"));
    home.write("script.aftm", &format!("{script}wait feed-end\nwait orders-done\n"));
    let words = ["run", "script.aftm", "--set", "gateway.tick_port=0", "--config", &settings];
    let mut command = home.command(&words);
    command.args(["--feed", &Known::get().feed(), "--speed", "max"]).stdin(Stdio::null());
    command.env(FOLDER, home.path().join("failpoints"));
    Machine::spawn(&mut command)
}

/// A machine in the middle of its day, and what shall happen at a place next.
fn armed(site: Site, what: &str) -> (Home, Machine) {
    let home = Home::new();
    fs::create_dir(home.path().join("failpoints")).unwrap();
    let mut machine = start(&home, &Known::get().script);
    for _ in 0..3 {
        machine.wait_for("a signal", |it| it["kind"] == "signal");
    }
    // It is there whole or not at all.
    let order = home.write("order", what);
    let place = home.path().join("failpoints").join(site.word());
    fs::rename(order, &place).unwrap();
    wait_until(DEADLINE, &format!("{what} at {}", site.word()), || !place.exists());
    (home, machine)
}

/// What a signal's order is known by. One that the exchange never had may be followed by another.
fn signal(row: &Value) -> Option<String> {
    let was_there = !matches!(row["status"].as_str()?, "Denied" | "Rejected");
    let of = |key: &str| row[key].as_str().map(str::to_owned);
    was_there.then_some(format!("{} {}", of("condition")?, of("signal")?))
}

/// However often a signal was given and asked for, the exchange got one order of it.
fn assert_one_order_each(home: &Home, what: &str) {
    let rows = home.run(&["export", "orders"]).out;
    let mut orders: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows.lines().map(|it| serde_json::from_str::<Value>(it).unwrap()) {
        signal(&row).into_iter().for_each(|it| *orders.entry(it).or_default() += 1);
    }
    assert!(!orders.is_empty(), "{what}: no order has a signal\n{rows}");
    let doubled: Vec<_> = orders.iter().filter(|it| *it.1 > 1).collect();
    assert!(doubled.is_empty(), "{what}: {doubled:?}");
}

fn assert_kept(home: &Home, what: &str) {
    assert_books_agree(home, what);
    assert_one_order_each(home, what);
    assert_eq!(home.run(&["verify"]).code, Some(0), "{what}");
    assert_eq!(home.runtime_files(), Vec::<String>::new(), "{what}");
}

/// The machine lives, and ends its day as if nothing had happened.
fn goes_on(site: Site, fault: &str) {
    let what = format!("{fault} at {}", site.word());
    let (home, mut machine) = armed(site, fault);
    let ended = machine.finish();
    assert_eq!(ended.code, Some(0), "{what}: {}", ended.said);
    assert_same(&machine, &Known::get().expected, &what);
    assert_kept(&home, &what);
}

/// The machine dies; its children do at once, and the next one goes on with its journal.
fn comes_back(site: Site) {
    let what = format!("{DIES} at {}", site.word());
    let (home, mut machine) = armed(site, DIES);
    // It had no time for an exit code.
    assert_eq!(machine.finish().code, None, "{what}");
    let children = machine.children();
    wait_until(DEADLINE, "the end of the children", || !children.iter().any(|it| is_alive(it.1)));
    let mut next = start(&home, AGAIN);
    let ended = next.finish();
    assert_eq!(ended.code, Some(0), "{what}: {}", ended.said);
    assert!(!bodies(&next.lines, "fill").is_empty(), "{what}: nothing was traded any more");
    assert_kept(&home, &what);
}

#[test]
fn f01_an_executor_that_dies_hangs_or_fails_at_any_step_loses_and_doubles_no_order() {
    for site in [Site::SignalTaken, Site::OrderAsked, Site::AnswerTaken, Site::SignalDone] {
        [DIES, HANGS, FAILS].into_iter().for_each(|fault| goes_on(site, fault));
    }
}

#[test]
fn f02_a_strategy_that_dies_hangs_or_fails_at_any_step_loses_and_doubles_no_signal() {
    for site in [Site::SignalGiven, Site::Reported] {
        [DIES, HANGS, FAILS].into_iter().for_each(|fault| goes_on(site, fault));
    }
}

/// The gateway's steps, in their order.
const STEPS: [Site; 6] =
    [Site::Decided, Site::Written, Site::Journaled, Site::Called, Site::Answered, Site::Replying];

#[test]
fn f03_a_machine_killed_at_any_step_comes_back_with_every_order_once() {
    STEPS.into_iter().for_each(comes_back);
}

#[test]
fn f03_a_gateway_that_hangs_at_any_step_goes_on_as_if_it_had_not() {
    STEPS.into_iter().for_each(|site| goes_on(site, HANGS));
}

#[test]
fn f03_an_answer_that_cannot_be_written_or_told_is_written_and_told_later() {
    [Site::Answered, Site::Replying].into_iter().for_each(|site| goes_on(site, FAILS));
}

#[test]
fn f03_an_order_that_cannot_be_written_or_sent_is_refused_and_nothing_else_is_harmed() {
    for (site, code) in [(Site::Decided, "JOURNAL_UNAVAILABLE"), (Site::Journaled, "FAILPOINT")] {
        let what = format!("{FAILS} at {}", site.word());
        let (home, mut machine) = armed(site, FAILS);
        let ended = machine.finish();
        assert_eq!(ended.code, Some(0), "{what}: {}", ended.said);
        assert!(machine.lines.iter().any(|it| it.contains(code)), "{what}: nobody was told");
        assert_kept(&home, &what);
    }
}
