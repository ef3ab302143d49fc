//! A machine that was killed, and the next on the same home; two at once.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::market::{self, Dice, Known, bodies};
use super::{Home, Machine, of_kind};

const SHOW: &str = "orders --all\npositions\ncondition list\nfills\nstatus\n";

#[test]
fn a_restart_shows_what_was_there_when_the_machine_was_killed() {
    let known = Known::get();
    for seed in 1..=3 {
        let home = Home::new();
        let script = format!("{}wait fills 999\n", known.script);
        let words = ["--feed", &known.feed(), "--speed", "max"];
        let mut machine = Machine::start(&home, &script, &words);
        for _ in 0..4 + Dice::new(seed).roll(16) {
            machine.wait_for("a fill", |it| it["kind"] == "fill");
        }
        machine.signal(Signal::KILL);
        let _ = machine.finish();
        let told = bodies(&machine.lines, "fill");
        let exported = home.run(&["export", "fills"]).out;
        let exported: Vec<String> = exported.lines().map(str::to_owned).collect();
        assert_eq!(exported.get(..told.len()), Some(&told[..]), "a told fill is not kept");

        let mut shown = Machine::start(&home, SHOW, &words);
        let ended = shown.finish();
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        assert_eq!(bodies(&shown.lines, "fill"), exported);
        let values = shown.values();
        let status = of_kind(&values, "status").pop().unwrap();
        assert_eq!(status["fills"].as_u64(), u64::try_from(exported.len()).ok());
        assert_eq!(of_kind(&values, "condition").len(), 16);
        net_is_of_fills(&values, &exported);
        assert_conditions(&machine.values(), &values);

        let script = "login demo\naccount use SIM-1\norder buy TXFH1 1 --limit 16000\n";
        let mut later = Machine::start(&home, script, &words);
        let ended = later.finish();
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        let orders = of_kind(&values, "order");
        let number = |it: &serde_json::Value| -> u64 {
            it["order"].as_str().unwrap().trim_start_matches('A').parse().unwrap()
        };
        let last = orders.iter().map(number).max().unwrap();
        let next = of_kind(&later.values(), "order").iter().map(number).max().unwrap();
        assert!(next > last, "order numbers rise for the life of the data: {next} after {last}");
    }
}

/// Positions are the sum of the fills.
fn net_is_of_fills(values: &[serde_json::Value], fills: &[String]) {
    for position in of_kind(values, "position") {
        let fills = fills.iter().map(|it| serde_json::from_str::<serde_json::Value>(it).unwrap());
        let lots = |it: serde_json::Value| -> i64 {
            let lots: i64 = it["quantity"].as_str().unwrap().parse().unwrap();
            if it["side"] == "buy" { lots } else { -lots }
        };
        let net: i64 = fills.filter(|it| it["item"] == position["item"]).map(lots).sum();
        assert_eq!(position["net"].as_str().unwrap(), net.to_string(), "{position}");
    }
}

/// No condition stands behind what was told of it, and none has lost a trigger that moved.
fn assert_conditions(told: &[serde_json::Value], shown: &[serde_json::Value]) {
    let place = |it: &serde_json::Value| {
        let states = ["waiting", "armed", "entered", "done"];
        states.iter().position(|name| it["condition"]["progress"]["state"] == **name).unwrap()
    };
    let told = of_kind(told, "condition");
    for row in of_kind(shown, "condition") {
        let id = &row["condition"]["terms"]["id"];
        let last = told.iter().rfind(|it| it["condition"]["terms"]["id"] == *id).unwrap();
        assert!(place(&row) >= place(last), "{row}\nwas told as\n{last}");
        if place(&row) == place(last) && place(last) > 1 {
            let triggers = [&row, last].map(|it| &it["condition"]["progress"]["trigger"]);
            assert_eq!(triggers[0], triggers[1], "{row}\nwas told as\n{last}");
        }
    }
}

#[test]
fn a_second_machine_on_a_home_is_refused_and_told_whose_it_is() {
    let home = Home::new();
    let script = "login demo\nwait fills 999\n";
    let mut machine = Machine::start(&home, script, &[]);
    machine.wait_kind("done", "command", "login demo");
    let started = Instant::now();
    let second = home.run_script(script, &[]);
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!((second.code, second.out.as_str()), (Some(1), ""));
    let pid = format!("process {}", machine.pid());
    assert!(second.said.contains(&pid) && second.said.contains("AFTM_HOME"), "{}", second.said);
    assert_eq!(home.ctl("quit").code, Some(0), "the first is not disturbed");
    assert_eq!(machine.finish().code, Some(0));
}

#[test]
fn f14_a_taken_port_is_named_with_its_holder() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for key in ["tick_port", "order_port", "signal_port"] {
        let home = Home::new();
        let set = format!("gateway.{key}={port}");
        let free = ["gateway.order_port=0", "gateway.signal_port=0", "gateway.plain=true"];
        let mut words = vec!["--set", free[0], "--set", free[1], "--set", &set];
        if key != "tick_port" {
            words.extend(["--set", free[2]]);
        }
        let started = Instant::now();
        let script = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                      condition add buy TXFH1 --trigger 1000 --id far\nstart\n";
        let ended = home.run_script(script, &words);
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        assert_eq!(ended.code, Some(1), "{key}: {}", ended.said);
        for part in [port.to_string(), format!("pid {}", std::process::id())] {
            assert!(ended.said.contains(&part), "{key}: {part} is not in {}", ended.said);
        }
        assert_eq!(home.runtime_files(), Vec::<String>::new());
    }
}

#[test]
fn a_stale_socket_file_of_a_killed_machine_is_no_obstacle() {
    let home = Home::new();
    let mut machine = Machine::start(&home, "login demo\nwait fills 999\n", &[]);
    machine.wait_kind("done", "command", "login demo");
    machine.signal(Signal::KILL);
    let _ = machine.finish();
    assert!(!home.runtime_files().is_empty(), "kill -9 leaves the files");
    assert_eq!(home.ctl("status").code, Some(4));
    let mut next = Machine::start(&home, "login demo\nstatus\n", &[]);
    assert_eq!(next.finish().code, Some(0));
    assert_eq!(home.runtime_files(), Vec::<String>::new());
    assert!(market::listed(&next.values(), 0).is_empty());
}
