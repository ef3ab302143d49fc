//! A plug-in as the venue, in a process of its own and in the machine itself: its day is that of the
//! built-in exchange, and whatever becomes of it loses and doubles nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aftm_sim::ledger_file::{self, Day};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::market::{Dice, Known, assert_same};
use super::{DEADLINE, Ended, Home, Machine, is_alive, of_kind, send, wait_until};
use crate::plugin::compiler;

/// Restarts are forgiven after a second, and there is no end to them; nor of lost connections.
const PATIENT: &str =
    "desk.restarts_max = 1000\ndesk.restart_window_s = 1\nkill.trip_outages = 0\n";

/// The simulated exchange's library, which cargo has put beside the tests.
pub(crate) fn simulator() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let (before, after) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    tests.with_file_name(format!("{before}aftm_sim_plugin{after}"))
}

/// Settings with a plug-in as the venue.
pub(crate) fn settings(home: &Home, library: &Path, further: &str) -> String {
    let library = library.display();
    let text = format!("{further}venue.kind = \"plugin\"\nplugins.it.path = \"{library}\"\n");
    home.write("venue.toml", &text).display().to_string()
}

/// The whole day of the known market.
fn day(home: &Home, further: &str) -> Machine {
    trade(home, further, &Known::get().script)
}

fn trade(home: &Home, further: &str, script: &str) -> Machine {
    let options = "plugins.it.options.ledger = \"true\"\n";
    let settings = settings(home, &simulator(), &format!("{options}{further}"));
    let script = format!("{script}wait feed-end\nwait orders-done\n");
    let words = ["--feed", &Known::get().feed(), "--speed", "max", "--config", &settings];
    Machine::start(home, &script, &words)
}

/// What the exchange itself has written down.
fn ledger(home: &Home) -> Day {
    let path = home.path().join("aftm/data/plugins/it/ledger.jsonl");
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    ledger_file::read(&bytes).unwrap().day.unwrap()
}

/// Every fill and every order of the journal is the exchange's, once, and the other way round.
#[track_caller]
pub(crate) fn assert_books_agree(home: &Home, what: &str) {
    let (theirs, rows) = (ledger(home), |kind: &str| -> Vec<Value> {
        let out = home.run(&["export", kind]).out;
        out.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
    });
    let mut ours: Vec<String> = rows("fills").iter().map(|it| plain(it, "order")).collect();
    let mut told: Vec<String> = theirs
        .fills()
        .map(|(order, fill)| format!("{} {} {} {}", order.id, fill.quantity, fill.price, fill.time))
        .collect();
    ours.sort();
    told.sort();
    assert_eq!(ours, told, "fills: {what}");
    let known: BTreeSet<String> =
        theirs.orders().iter().map(|it| it.order.id.to_string()).collect();
    assert_eq!(known.len(), theirs.orders().len(), "an order came twice: {what}");
    for row in rows("orders") {
        let (order, status) = (row["order"].as_str().unwrap(), row["status"].as_str().unwrap());
        let was_never_there = matches!(status, "Denied" | "Rejected");
        assert!(known.contains(order) || was_never_there, "{what}: {row}");
        assert!(!matches!(status, "PendingNew" | "InDoubt"), "{what}: {row}");
    }
}

fn plain(row: &Value, order: &str) -> String {
    let text = |key: &str| row[key].as_str().unwrap().to_owned();
    format!("{} {} {} {}", text(order), text("quantity"), text("price"), text("time"))
}

fn finish(machine: &mut Machine, what: &str) -> Ended {
    let ended = machine.finish();
    assert_eq!(ended.code, Some(0), "{what}: {}", ended.said);
    ended
}

#[test]
fn a_day_at_the_loaded_exchange_is_that_of_the_built_in_one_wherever_it_is_loaded() {
    for further in ["", "venue.isolate = false\n"] {
        let home = Home::new();
        let mut machine = day(&home, further);
        finish(&mut machine, further);
        assert_same(&machine, &Known::get().expected, further);
        let exported = home.run(&["export", "fills"]).out;
        assert_eq!(exported.lines().collect::<Vec<_>>(), Known::get().expected.fills, "{further}");
        assert_books_agree(&home, further);
        assert_eq!(home.runtime_files(), Vec::<String>::new());
    }
}

#[test]
fn the_exchanges_process_killed_again_and_again_loses_and_doubles_nothing() {
    let seeds = std::env::var("SEED").ok().and_then(|it| it.parse().ok());
    for seed in seeds.map_or(1..=4, |seed: u64| seed..=seed) {
        let (mut dice, home) = (Dice::new(seed), Home::new());
        let mut machine = day(&home, PATIENT);
        machine.wait_kind("done", "command", "start");
        for _ in 0..4 {
            for _ in 0..=dice.roll(12) {
                machine.wait_for("trade", |it| {
                    matches!(it["kind"].as_str(), Some("order" | "fill" | "signal"))
                });
            }
            let killed = machine.child("venue");
            send(killed, Signal::KILL);
            machine.wait_component("venue", "running");
            assert_ne!(machine.child("venue"), killed, "SEED={seed}");
        }
        let what = format!("SEED={seed}");
        finish(&mut machine, &what);
        assert_books_agree(&home, &what);
        let alerts = of_kind(&machine.values(), "alert");
        assert!(alerts.iter().filter(|it| it["code"] == "CHILD_DIED").count() >= 4, "{what}");
        // An order that the dying process was not given, or did not live to take, is not sent again:
        // that day is another one from there on.
        let lost = [json!("UNKNOWN_ORDER"), json!("NOT_CONNECTED")];
        let was_lost = |it: &Value| lost.contains(&it["order"]["refusal"]["code"]);
        if !machine.values().iter().any(was_lost) {
            assert_same(&machine, &Known::get().expected, &what);
        }
    }
}

#[test]
fn a_killed_machine_goes_on_with_what_the_exchange_remembers() {
    let home = Home::new();
    let mut machine = day(&home, PATIENT);
    for _ in 0..3 {
        machine.wait_for("a fill", |it| it["kind"] == "fill");
    }
    let venue = machine.child("venue");
    machine.kill();
    wait_until(DEADLINE, "the end of the exchange's process", || !is_alive(venue));
    let again = "login demo\naccount use SIM-1\nstart\n";
    let mut machine = trade(&home, PATIENT, again);
    finish(&mut machine, "after a kill of all");
    assert_books_agree(&home, "after a kill of all");
}

/// Logs in at the example, and sends an order that the plug-in does not survive.
const ORDERS: &str = "login demo --password-file pw\nitem add DEMO\naccount use EXAMPLE-1\n\
                      order buy DEMO 1 --limit 16990\nwait orders-done\nstatus\n";

fn with_hostile(source: &str, fault: &str, script: &str, further: &str) -> (Home, Machine) {
    use std::os::unix::fs::PermissionsExt as _;
    let (home, built) = (Home::new(), compiler::hostile(source, fault));
    let library = home.path().join("plugin.so");
    std::fs::copy(&built.library, &library).unwrap();
    let password = home.write("pw", "demo");
    std::fs::set_permissions(password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let settings = settings(&home, &library, &format!("feed.source = \"venue\"\n{further}"));
    let machine = Machine::start(&home, script, &["--config", &settings]);
    (home, machine)
}

#[test]
fn a_plugin_that_ends_its_process_is_named_and_the_order_is_never_sent_again() {
    for (fault, how) in [("ABORTS", "SIGABRT"), ("CRASHES", "SIGSEGV"), ("EXITS", "exit status: 0")]
    {
        let (home, mut machine) = with_hostile("dies.c", fault, ORDERS, PATIENT);
        let died = machine.wait_kind("alert", "code", "CHILD_DIED");
        let text = died["text"].as_str().unwrap();
        assert!(text.contains("venue") && text.contains(how), "{fault}: {text}");
        machine.wait_component("venue", "running");
        // It logs in again by itself, and its list says that the order never was there.
        machine.wait_for("the order's end", |it| it["order"]["status"] == "Rejected");
        finish(&mut machine, fault);
        let orders = home.run(&["export", "orders"]).out;
        assert_eq!(orders.lines().count(), 1, "{fault}: {orders}");
        let was_working = |it: &Value| it["order"]["status"] == "New";
        assert!(!machine.values().iter().any(was_working), "{fault}");
        assert_eq!(home.runtime_files(), Vec::<String>::new());
    }
}

#[test]
fn f08_a_plugin_that_hangs_is_ended_by_force_and_the_login_says_so() {
    let script = "login demo --password-file pw\n";
    let (_home, mut machine) = with_hostile("hangs.c", "IN_LOGIN", script, "venue.hang_ms = 500\n");
    let silent = machine.wait_for("a word of the silence", |it| {
        it["component"]["component"] == "venue" && it["component"]["state"] == "silent"
    });
    assert!(silent["component"]["text"].as_str().unwrap().contains("silent for"), "{silent}");
    let refused = machine.wait_for("the refusal", |it| it["kind"] == "refused");
    assert!(refused.to_string().contains("while it logged in"), "{refused}");
    assert_eq!(machine.finish().code, Some(4));
}

#[test]
fn f08_while_the_exchange_hangs_everybody_is_answered_and_a_kill_holds() {
    let home = Home::new();
    let settings = settings(&home, &simulator(), "venue.hang_ms = 60000\n");
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                  order sell TXFH1 1 --limit 19000\norder sell TXFH1 1 --limit 19001\n\
                  wait fills 9\n";
    let words = ["--config", &settings, "--speed", "10"];
    let mut machine = Machine::start(&home, script, &words);
    machine.wait_for("both orders", |it| {
        it["order"]["order"] == "A2" && it["order"]["status"] == "New"
    });
    send(machine.child("venue"), Signal::STOP);
    let status = || of_kind(&home.ctl("status").lines(), "status").pop().unwrap();
    for _ in 0..10 {
        assert_eq!(status()["open_orders"], 2);
    }
    assert_eq!(home.ctl("cancel A1").code, Some(0));
    let killed = home.ctl("kill --reason hangs");
    assert_eq!(killed.code, Some(0), "{}{}", killed.out, killed.said);
    assert_eq!(home.ctl("order buy TXFH1 1").code, Some(6));
    // Nothing is taken for done that the exchange has not said.
    let status_now = status();
    assert_eq!(
        (&status_now["trading"]["state"], &status_now["open_orders"]),
        (&"halted".into(), &2.into())
    );
    send(machine.child("venue"), Signal::CONT);
    wait_until(DEADLINE, "the cancels", || status()["open_orders"] == 0);
    assert_eq!(home.ctl("quit").code, Some(0));
    finish(&mut machine, "after the exchange hung");
    assert_eq!(machine.children().len(), 1, "its process was replaced");
}

#[test]
fn a_plugin_that_floods_is_replaced_and_the_machine_stays_up() {
    let script = "login demo --password-file pw\n";
    let (_home, mut machine) = with_hostile("events.c", "FLOODS", script, PATIENT);
    let refused = machine.wait_for("the refusal", |it| it["kind"] == "refused");
    assert!(refused.to_string().contains("more than 65536 events"), "{refused}");
    assert_eq!(machine.finish().code, Some(4));
}

#[test]
fn what_a_plugin_prints_is_in_the_log_and_never_among_our_lines() {
    let script = "login demo --password-file pw\nlogout\n";
    for further in ["", "venue.isolate = false\n"] {
        let (_home, mut machine) = with_hostile("events.c", "PRINTS", script, further);
        // Every line that comes is read as ours: one of the plug-in's would not be JSON.
        let ended = finish(&mut machine, further);
        assert!(ended.said.contains("vendor: reconnecting"), "{further}: {}", ended.said);
    }
}

#[test]
fn a_library_that_is_none_is_given_up_with_its_reason() {
    let home = Home::new();
    let nothing = home.write("nothing.so", "not a library");
    let settings = settings(&home, &nothing, "desk.restarts_max = 1\n");
    let mut machine = Machine::start(&home, "wait flat\nlogin demo\n", &["--config", &settings]);
    let given_up = machine.wait_kind("alert", "code", "CHILD_GIVEN_UP");
    let text = given_up["text"].as_str().unwrap();
    assert!(text.contains("venue") && text.contains("nothing.so"), "{text}");
    machine.signal(Signal::INT);
    machine.listen(Duration::from_millis(1));
    machine.finish();
}

#[test]
fn an_order_over_which_a_plugin_in_the_machine_broke_is_not_called_rejected() {
    // The exchange has the order, and its acceptance cannot be read.
    let (_home, mut machine) =
        with_hostile("events.c", "SHORT_PAYLOAD", ORDERS, "venue.isolate = false\n");
    machine.wait_for("the way out", |it| it.to_string().contains("restart the machine, which"));
    machine.wait_for("the doubt", |it| it["order"]["status"] == "InDoubt");
    let was_rejected = |it: &Value| it["order"]["status"] == "Rejected";
    assert!(!machine.values().iter().any(was_rejected));
    machine.signal(Signal::INT);
    machine.listen(Duration::from_millis(1));
    machine.finish();
}

#[test]
fn a_kill_is_flat_by_the_exchanges_own_lists_and_one_rearm_waits_for_them() {
    for further in ["", "venue.isolate = false\n"] {
        let home = Home::new();
        let settings = settings(&home, &simulator(), further);
        let script = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                      condition add buy TXFH1 --trigger 1000 --id far\nstart\nwait tick\nwait fills 999\n";
        let mut machine = Machine::start(&home, script, &["--speed", "10", "--config", &settings]);
        machine.wait_kind("done", "command", "wait tick");
        let say = |line: &str| {
            let ended = home.ctl(line);
            assert_eq!(ended.code, Some(0), "{further}{line}: {}{}", ended.out, ended.said);
        };
        say("order buy TXFH1 2");
        say("order sell TXFH1 1 --limit 19000");
        say("kill --flatten --reason fat-finger");
        machine.wait_kind("alert", "code", "KILL_COMPLETE");
        say("wait flat --timeout 10s");
        say("wait orders-done --timeout 10s");
        say("kill --reason again");
        say("rearm --reason drill");
        machine.wait_kind("trading", "state", "reducing");
        say("rearm --reason drill");
        say("order buy TXFH1 1");
        say("quit");
        machine.finish();
    }
}
