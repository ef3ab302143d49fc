//! kill -9 of the strategy, of the executor, of both, at many moments: they come back, no signal is
//! lost, none is traded twice, and triggers that trailed are right.

use std::collections::BTreeMap;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use super::market::{self, Dice, Known, assert_same};
use super::{Home, Machine, of_kind, send};

/// Restarts are forgiven after a second, and there is no end to them: each kill is on its own.
const PATIENT: [&str; 4] = ["--set", "desk.restarts_max=1000", "--set", "desk.restart_window_s=1"];
const CONDITIONS: usize = 16;

fn start(home: &Home) -> Machine {
    let known = Known::get();
    let script =
        format!("{}wait feed-end\nwait orders-done\ncondition list\nstatus\n", known.script);
    let feed = known.feed();
    let words = [&["--feed", &feed, "--speed", "max"], &PATIENT[..]].concat();
    Machine::start(home, &script, &words)
}

fn undisturbed() -> &'static [[String; 3]] {
    static LISTED: std::sync::OnceLock<Vec<[String; 3]>> = std::sync::OnceLock::new();
    LISTED.get_or_init(|| {
        let home = Home::new();
        let mut machine = start(&home);
        assert_eq!(machine.finish().code, Some(0));
        market::listed(&machine.values(), CONDITIONS)
    })
}

fn strike(machine: &Machine, roles: &[&str]) {
    roles.iter().for_each(|role| send(machine.child(role), Signal::KILL));
}

/// After any kills: everything is as if there had been none, but for the children.
fn assert_unharmed(home: &Home, mut machine: Machine, kills: &[(&str, u32)], what: &str) {
    let ended = machine.finish();
    assert_eq!(ended.code, Some(0), "{what}: {}", ended.said);
    assert_same(&machine, &Known::get().expected, what);
    assert_eq!(market::listed(&machine.values(), CONDITIONS), undisturbed(), "{what}");
    for (role, killed) in kills {
        let hellos = machine.children();
        let at = hellos.iter().position(|it| it.1 == *killed).unwrap();
        let came_back = hellos.iter().skip(at + 1).any(|it| it.0 == *role);
        // One that was killed when all was done need not come back.
        let was_over = machine.lines.iter().any(|it| it.contains("it is started again"));
        assert!(came_back || was_over, "{what}: the {role} did not come back");
    }
    let exported = home.run(&["export", "fills"]).out;
    let exported: Vec<&str> = exported.lines().collect();
    assert_eq!(exported, Known::get().expected.fills, "{what}");
    assert_eq!(home.runtime_files(), Vec::<String>::new(), "{what}");
    each_signal_has_one_order(&machine, what);
}

fn each_signal_has_one_order(machine: &Machine, what: &str) {
    let mut orders: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in machine.values().iter().filter(|it| it["order"]["status"] == "PendingNew") {
        let order = &line["order"];
        let signal = format!("{}/{}", order["condition"], order["signal"]);
        orders.entry(signal).or_default().push(order["order"].clone());
    }
    assert!(orders.values().all(|it| it.len() == 1), "{what}: {orders:?}");
}

/// A moment of a run: its name, the line that tells of it, and which of those lines it is.
type Moment = (&'static str, fn(&Value) -> bool, usize);

/// Kills at the n-th line for which something holds.
fn kill_at(roles: &[&'static str], moments: &[Moment]) {
    for (name, is_it, nth) in moments {
        let home = Home::new();
        let mut machine = start(&home);
        for _ in 0..*nth {
            machine.wait_for(name, is_it);
        }
        let kills: Vec<_> = roles.iter().map(|it| (*it, machine.child(it))).collect();
        strike(&machine, roles);
        assert_unharmed(&home, machine, &kills, &format!("{roles:?} killed at {name} {nth}"));
    }
}

const MOMENTS: [Moment; 8] = [
    ("the second hello", |it| it["child"]["word"] == "hello", 2),
    ("the second that is ready", |it| it["child"]["word"] == "ready", 2),
    ("an armed condition", |it| it["condition"]["condition"]["progress"]["state"] == "armed", 3),
    ("an entry signal", |it| it["signal"]["kind"] == "entry", 3),
    ("an exit signal", |it| it["signal"]["kind"] == "exit", 5),
    ("an order on its way", |it| it["order"]["status"] == "PendingNew", 11),
    ("a fill", |it| it["kind"] == "fill", 2),
    ("a settled signal", |it| it["kind"] == "settled", 14),
];

#[test]
fn f02_a_killed_strategy_loses_no_signal_and_gives_none_twice() {
    kill_at(&["strategy"], &MOMENTS);
}

#[test]
fn f01_a_killed_executor_loses_no_order_and_sends_none_twice() {
    kill_at(&["executor"], &MOMENTS);
}

#[test]
fn both_children_killed_at_once_come_back_to_where_they_were() {
    kill_at(&["executor", "strategy"], &MOMENTS);
}

#[test]
fn f12_a_machine_that_was_suspended_goes_on_where_it_was() {
    let home = Home::new();
    let mut machine = start(&home);
    machine.wait_for("a fill", |it| it["kind"] == "fill");
    machine.signal(Signal::STOP);
    // Longer than the silence after which a child is replaced.
    machine.listen(Duration::from_millis(1_300));
    machine.signal(Signal::CONT);
    assert_unharmed(&home, machine, &[], "suspended");
}

#[test]
fn children_killed_during_the_real_day_change_no_trade() {
    let Some(day) = crate::bench::real_day() else { return };
    let home = Home::new();
    let feed = format!("taifex:{}", day.display());
    let conditions = "[[condition]]\nid='a'\nitem='TXFH1'\naction='buy'\ntrigger=17300\n\
                      following=true\n[[condition]]\nid='b'\nitem='TXFH1'\naction='sell'\n\
                      trigger=17400\ntake_profit=60\n";
    let expected = market::replay(&feed, &home.write("conditions.toml", conditions));
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                  condition add buy TXFH1 --trigger 17300 --follow --id a\n\
                  condition add sell TXFH1 --trigger 17400 --tp 60 --id b\nstart\nwait feed-end\n";
    let words = [&["--feed", &feed, "--speed", "100000"], &PATIENT[..]].concat();
    let mut machine = Machine::start(&home, script, &words);
    machine.wait_kind("done", "command", "start");
    let mut dice = Dice::new(11);
    for at in 0..6_u64 {
        let goal = at * 14_000 + dice.roll(14_000);
        super::wait_until(Duration::from_secs(30), "the progress of the day", || {
            let status = home.ctl("status").lines();
            of_kind(&status, "status")
                .pop()
                .is_some_and(|it| it["published"].as_u64() >= Some(goal))
        });
        machine.listen(Duration::ZERO);
        let roles = [&["strategy"][..], &["executor"], &["strategy", "executor"]];
        strike(&machine, roles[usize::try_from(at % 3).unwrap()]);
    }
    let ended = machine.finish();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert_same(&machine, &expected, "the real day");
    assert!(machine.children().len() >= 6, "{:?}", machine.children());
}

#[test]
fn children_killed_again_and_again_at_any_moment_change_no_trade() {
    let seeds = std::env::var("SEED").ok().and_then(|it| it.parse().ok());
    let seeds = seeds.map_or(1..=5, |seed| seed..=seed);
    for seed in seeds {
        let mut dice = Dice::new(seed);
        let home = Home::new();
        let mut machine = start(&home);
        machine.wait_kind("done", "command", "start");
        let mut kills = Vec::new();
        for _ in 0..5 {
            machine.listen(Duration::from_millis(dice.roll(90)));
            let roles: &[&str] = match dice.roll(3) {
                0 => &["strategy"],
                1 => &["executor"],
                _ => &["strategy", "executor"],
            };
            kills.extend(roles.iter().map(|it| (*it, machine.child(it))));
            strike(&machine, roles);
        }
        assert_unharmed(&home, machine, &kills, &format!("SEED={seed}"));
    }
}
