//! The ways in which a machine ends, and what it leaves behind: nothing.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{Home, Machine, is_alive, of_kind, wait_until};

/// A live machine that waits for what never comes.
const WAITS: &str = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                     condition add buy TXFH1 --trigger 1000 --id far\nstart\nwait fills 999\n";
/// A condition that enters on the third tick and stays in.
const HOLDS: &str = "\
time,code,price,quantity
2021-07-26T09:00:00+08:00,TXFH1,17000,1
2021-07-26T09:00:01+08:00,TXFH1,16990,1
2021-07-26T09:00:02+08:00,TXFH1,17005,1
2021-07-26T09:00:03+08:00,TXFH1,17006,1
";
const HOLD: &str = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                    condition add buy TXFH1 --trigger 16990 --qty 2 --id held\nstart\n";

fn assert_nothing_left(home: &Home, machine: &Machine) {
    for (role, pid) in machine.children() {
        assert!(!is_alive(pid), "the {role} {pid} is left");
    }
    assert_eq!(home.runtime_files(), Vec::<String>::new());
}

fn running(home: &Home) -> Machine {
    let mut machine = Machine::start(home, WAITS, &[]);
    machine.wait_kind("done", "command", "start");
    machine
}

#[test]
fn a_script_that_ends_leaves_no_process_and_no_file() {
    let home = Home::new();
    let mut machine = Machine::start(&home, &WAITS.replace("wait fills 999\n", ""), &[]);
    let ended = machine.finish();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert_eq!(machine.children().len(), 2);
    assert_nothing_left(&home, &machine);
}

#[test]
fn stop_leaves_no_child_and_the_machine_stays() {
    let home = Home::new();
    let mut machine = running(&home);
    assert_eq!(home.ctl("stop").code, Some(0));
    machine.wait_component("strategy", "stopped");
    assert!(machine.children().iter().all(|(_, pid)| !is_alive(*pid)));
    let status = home.ctl("status").lines();
    let states: Vec<_> =
        of_kind(&status, "component").iter().map(|it| it["state"].clone()).collect();
    assert_eq!(states, ["stopped", "stopped"]);
    // And it starts again, as often as it is told to.
    for _ in 0..2 {
        assert_eq!(home.ctl("start").code, Some(0));
        assert_eq!(home.ctl("wait running --timeout 5s").code, Some(0));
        assert_eq!(home.ctl("stop").code, Some(0));
    }
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
    assert_eq!(machine.children().len(), 6);
    assert_nothing_left(&home, &machine);
}

#[test]
fn a_signal_to_end_ends_the_machine_in_order() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = Home::new();
        let mut machine = running(&home);
        machine.signal(signal);
        let ended = machine.finish();
        assert_eq!(ended.code, Some(130), "{signal:?}: {}", ended.said);
        let stopped = of_kind(&machine.values(), "component").into_iter();
        assert_eq!(stopped.filter(|it| it["state"] == "stopped").count(), 2, "{signal:?}");
        assert_nothing_left(&home, &machine);
    }
}

#[test]
fn f16_a_terminal_that_goes_away_does_not_end_the_machine() {
    let home = Home::new();
    let mut machine = running(&home);
    machine.signal(Signal::HUP);
    // The answer comes after the signal was taken.
    assert_eq!(home.ctl("status").code, Some(0));
    assert_eq!(home.ctl("wait running --timeout 5s").code, Some(0));
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
    assert_nothing_left(&home, &machine);
}

#[test]
fn f16_closed_standard_streams_do_not_end_the_machine() {
    let home = Home::new();
    home.write("script.aftm", WAITS);
    let mut command = home.command(&["run", "script.aftm", "--set", "gateway.tick_port=0"]);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    drop((child.stdin.take(), child.stdout.take(), child.stderr.take()));
    wait_until(Duration::from_secs(20), "the machine", || {
        home.ctl("wait running --timeout 5s").code == Some(0)
    });
    assert_eq!(home.ctl("wait tick").code, Some(0));
    // It has something to print, finds nobody there, and goes on.
    assert_eq!(home.ctl("order buy TXFH1 1").code, Some(0));
    let status = home.ctl("status");
    assert_eq!(of_kind(&status.lines(), "status").pop().unwrap()["fills"], 1, "{}", status.said);
    let rows = of_kind(&status.lines(), "component").into_iter();
    let pids: Vec<u32> =
        rows.map(|it| u32::try_from(it["pid"].as_u64().unwrap()).unwrap()).collect();
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(pids.iter().all(|it| !is_alive(*it)));
    assert_eq!(home.runtime_files(), Vec::<String>::new());
}

/// Live, the strategy tells what moved with its beat: one that is told to stop does not wait for it.
#[test]
fn a_strategy_that_is_stopped_tells_where_its_conditions_stand() {
    let home = Home::new();
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                  condition add buy TXFH1 --trigger 1000 --id far\n\
                  order sell TXFH1 1 --limit 19000\nstart\nwait orders-done\n";
    let rare = ["--set", "desk.beat_ms=30000", "--set", "desk.silent_ms=60000"];
    let mut machine = Machine::start(&home, script, &[&["--speed", "20"][..], &rare].concat());
    machine.wait_kind("done", "command", "start");
    let add = "condition add buy TXFH1 --trigger 30000 --turning 5000 --id near";
    assert_eq!(home.ctl(add).code, Some(0));
    let published = || of_kind(&home.ctl("status").lines(), "status")[0]["published"].as_u64();
    let first = published().unwrap();
    wait_until(Duration::from_secs(20), "further ticks", || published() > Some(first + 50));
    let state = || {
        let rows = of_kind(&home.ctl("condition list").lines(), "condition");
        rows[1]["condition"]["progress"]["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state(), "waiting", "it was told before its time: this proves nothing");
    assert_eq!(home.ctl("stop").code, Some(0));
    assert_eq!(state(), "armed");
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
}

/// A machine whose condition holds two lots, at the end of its feed.
fn holding(home: &Home) -> Machine {
    home.write("ticks.csv", HOLDS);
    let script = format!("{HOLD}wait fills 1\nwait feed-end\nwait fills 999\n");
    let words = ["--feed", "csv:ticks.csv", "--speed", "max"];
    let mut machine = Machine::start(home, &script, &words);
    machine.wait_for("the feed's end", |it| it["feed"]["state"] == "ended");
    machine
}

fn lots(home: &Home) -> Vec<serde_json::Value> {
    let rows = of_kind(&home.ctl("positions").lines(), "position");
    rows.into_iter().map(|it| it["net"].clone()).filter(|it| it != "0").collect()
}

#[test]
fn stop_refuses_while_a_condition_holds_a_position() {
    let home = Home::new();
    let mut machine = holding(&home);
    for command in ["stop", "quit"] {
        let refused = home.ctl(command);
        assert_eq!(refused.code, Some(1), "{}", refused.out);
        let told = of_kind(&refused.lines(), "refused").pop().unwrap();
        assert_eq!(told["code"], "POSITION_OPEN");
        let text = told["text"].as_str().unwrap();
        assert!(text.contains("2 lots") && text.contains("--flatten"), "{text}");
        assert_eq!(home.ctl("wait running --timeout 1s").code, Some(0), "it still runs");
    }
    assert_eq!(home.ctl("stop --abandon").code, Some(0));
    assert_eq!(lots(&home), ["2"], "abandoned means left as it is");
    assert_eq!(home.ctl("quit --abandon").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
    assert_nothing_left(&home, &machine);
}

#[test]
fn stop_closes_what_conditions_hold_where_it_is_told_to() {
    let home = Home::new();
    let mut machine = holding(&home);
    let stopped = home.ctl("stop --flatten");
    assert_eq!(stopped.code, Some(0), "{}{}", stopped.out, stopped.said);
    assert_eq!(lots(&home), Vec::<serde_json::Value>::new());
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
    assert_nothing_left(&home, &machine);
}

#[test]
fn a_feed_that_is_under_way_can_be_stopped_flat() {
    let home = Home::new();
    // An hour of feed, of which the machine sees the first minute.
    let late = "2021-07-26T10:00:00+08:00,TXFH1,17006,1\n";
    home.write("ticks.csv", &format!("{HOLDS}{late}"));
    let words = ["--feed", "csv:ticks.csv", "--speed", "10"];
    let script = format!("{HOLD}wait fills 1\nstop --flatten\npositions\nstatus\n");
    let mut machine = Machine::start(&home, &script, &words);
    let ended = machine.finish();
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.said, ended.out);
    let status = of_kind(&machine.values(), "status").pop().unwrap();
    assert_eq!((&status["open_lots"], &status["fills"]), (&"0".into(), &2.into()));
    assert_nothing_left(&home, &machine);
}

#[test]
fn f03_no_child_outlives_a_machine_that_is_killed() {
    for _ in 0..3 {
        let home = Home::new();
        let machine = running(&home);
        let killed = Instant::now();
        machine.signal(Signal::KILL);
        for (role, pid) in machine.children() {
            wait_until(Duration::from_secs(2), role.as_str(), || !is_alive(pid));
        }
        assert!(killed.elapsed() < Duration::from_secs(2));
    }
}

/// A live machine whose entry has just been signaled, and reaches the exchange two seconds later.
fn entering(home: &Home) -> Machine {
    let mut script = "login demo\nitem add TXFH1\naccount use SIM-1\n".to_owned();
    for (id, side, trigger) in [("a", "buy", 17_400), ("b", "sell", 17_395), ("c", "buy", 17_390)] {
        script +=
            &format!("condition add {side} TXFH1 --trigger {trigger} --turning 1 --id {id}\n");
    }
    script += "start\nwait fills 999\n";
    let slow = ["--speed", "10", "--set", "simulator.latency_ms=20000"];
    let mut machine = Machine::start(home, &script, &slow);
    machine.wait_kind("order", "status", "PendingNew");
    machine
}

#[test]
fn a_stop_refuses_while_an_entry_is_on_its_way() {
    let home = Home::new();
    let mut machine = entering(&home);
    let refused = home.ctl("stop");
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert_eq!(of_kind(&refused.lines(), "refused")[0]["code"], "POSITION_OPEN");
    assert_eq!(home.ctl("wait running --timeout 1s").code, Some(0), "nothing was stopped");
    assert_eq!(home.ctl("quit --abandon").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
}

#[test]
fn a_flattening_stop_closes_what_an_entry_on_its_way_still_brings() {
    let home = Home::new();
    let mut machine = entering(&home);
    let stopped = home.ctl("stop --flatten");
    assert_eq!(stopped.code, Some(0), "{}{}", stopped.out, stopped.said);
    machine.listen(Duration::from_secs(3));
    let status = of_kind(&home.ctl("status").lines(), "status");
    assert_eq!(status[0]["open_lots"], "0", "{status:?}");
    assert_eq!(status[0]["open_orders"], 0, "{status:?}");
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
}
