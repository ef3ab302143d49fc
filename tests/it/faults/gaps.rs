//! Ticks that are gone for good: how many is said exactly, and nothing is entered on what is not known.

use rustix::process::Signal;
use serde_json::Value;

use crate::machine::{Home, Machine, of_kind, send};
use crate::screen::until;

/// How many ticks a machine keeps for a strategy that is away.
const KEPT: u64 = 65_536;
const SCRIPT: &str = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                      condition add buy TXFH1 --trigger 1000 --id far\nstart\nwait fills 999\n";

fn status(home: &Home, key: &str) -> u64 {
    let status: Value = of_kind(&home.ctl("status").lines(), "status").pop().unwrap();
    status[key].as_u64().unwrap()
}

#[test]
fn f20_a_strategy_that_was_away_too_long_says_exactly_which_ticks_are_gone() {
    let home = Home::new();
    // A silence is no reason to replace it: this test does, when enough is gone.
    let patient = ["--set", "desk.silent_ms=60000", "--set", "random.gap_ms=4000"];
    let mut machine =
        Machine::start(&home, SCRIPT, &[&["--speed", "100000"], &patient[..]].concat());
    machine.wait_kind("done", "command", "start");
    until("a report", || status(&home, "reported") > 0);
    let away = machine.child("strategy");
    send(away, Signal::STOP);
    let gone = status(&home, "published") + KEPT + 3_000;
    until("more ticks than are kept", || status(&home, "published") > gone);
    let (reported, published) = (status(&home, "reported"), status(&home, "published"));
    send(away, Signal::KILL);
    let alert = machine.wait_kind("alert", "code", "TICKS_LOST");
    let text = alert["text"].as_str().unwrap();
    let (first, last) = gone_in(text);
    assert_eq!(first, reported + 1, "{text}");
    assert!(last >= published - KEPT, "{text}");
    assert!(text.contains("enter again after 3 fresh trades"), "{text}");
    machine.wait_component("strategy", "running");
    until("further reports", || status(&home, "reported") > published);
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
    // Where it could not catch up, what was lost then is said for itself.
    let alerts = of_kind(&machine.values(), "alert").into_iter();
    let lost = alerts.filter(|it| it["code"] == "TICKS_LOST");
    let lost: Vec<(u64, u64)> = lost.map(|it| gone_in(it["text"].as_str().unwrap())).collect();
    assert!(lost.is_sorted_by(|one, other| one.1 < other.0), "{lost:?}");
}

/// The first and the last of the ticks that are gone.
fn gone_in(text: &str) -> (u64, u64) {
    let numbers: Vec<u64> = text.split(' ').filter_map(|it| it.parse().ok()).collect();
    (numbers[0], numbers[1])
}
