//! `aftm ctl`, while a script waits; and the machine on its own random market.

use std::process::Stdio;
use std::thread;

use super::{Home, Machine, of_kind};

const WAITS: &str = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                     condition add buy TXFH1 --trigger 1000 --id far\nstart\nwait tick\nwait fills 999\n";

fn running(home: &Home) -> Machine {
    let mut machine = Machine::start(home, WAITS, &["--speed", "10"]);
    machine.wait_kind("done", "command", "wait tick");
    machine
}

#[test]
fn a_running_machine_takes_commands_while_its_script_waits() {
    let home = Home::new();
    let mut machine = running(&home);
    assert_eq!(home.ctl("wait running --timeout 5s").code, Some(0));
    let placed = home.ctl("order buy TXFH1 2");
    assert_eq!(placed.code, Some(0), "{}{}", placed.out, placed.said);
    assert_eq!(of_kind(&placed.lines(), "done").pop().unwrap()["order"], "A1");
    let positions = of_kind(&home.ctl("positions").lines(), "position");
    assert_eq!((&positions[0]["item"], &positions[0]["net"]), (&"TXFH1".into(), &"2".into()));
    assert_eq!(home.ctl("order sell TXFH1 1 --limit 19000").code, Some(0));
    assert_eq!(of_kind(&home.ctl("orders").lines(), "order").len(), 1);
    assert_eq!(home.ctl("amend A2 --price 19001").code, Some(0));
    assert_eq!(home.ctl("cancel A2").code, Some(0));
    assert_eq!(home.ctl("wait orders-done --timeout 5s").code, Some(0));
    assert_eq!(home.ctl("flatten").code, Some(0));
    assert_eq!(home.ctl("wait flat --timeout 5s").code, Some(0));
    // What the desk hears over ctl, the script's listener hears, too.
    machine.wait_kind("order", "status", "Canceled");
    assert_eq!(home.ctl("quit").code, Some(0));
    let ended = machine.finish();
    assert_eq!(ended.code, Some(0), "whoever quits ends the wait of the script: {}", ended.said);
}

#[test]
fn several_who_control_at_once_are_all_answered() {
    let home = Home::new();
    let mut machine = running(&home);
    thread::scope(|scope| {
        let asked: Vec<_> = (0..8)
            .map(|at| {
                let home = &home;
                scope.spawn(move || match at % 4 {
                    0 => home.ctl("status"),
                    1 => home.ctl("wait fills 1 --timeout 20s"),
                    2 => home.ctl("order buy TXFH1 1"),
                    _ => home.ctl("orders --all"),
                })
            })
            .collect();
        for answer in asked {
            let answer = answer.join().unwrap();
            assert_eq!(answer.code, Some(0), "{}{}", answer.out, answer.said);
        }
    });
    assert_eq!(of_kind(&home.ctl("fills").lines(), "fill").len(), 2);
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
}

#[test]
fn a_script_that_quits_does_nothing_after_it() {
    let home = Home::new();
    let script = "login demo\naccount use SIM-1\nquit\norder buy TXFH1 1\n";
    let ended = home.run_script(script, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert_eq!(home.run(&["export", "orders"]).out, "");
}

#[test]
fn the_random_market_trades_conditions_that_are_near_it() {
    let home = Home::new();
    let mut script = "login demo\nitem add TXFH1\n".to_owned();
    for (id, side, trigger) in [("a", "buy", 17_400), ("b", "sell", 17_395), ("c", "buy", 17_390)] {
        script += &format!(
            "condition add {side} TXFH1 --trigger {trigger} --turning 1 --tp 3 --sl 3 --id {id}\n"
        );
    }
    script += "account use SIM-1\nstart\nwait fills 2 --timeout 60s\nquit --abandon\n";
    let ended = home.run_script(&script, &["--speed", "50"]);
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.said, ended.out);
    assert!(of_kind(&ended.lines(), "fill").len() >= 2, "{}", ended.out);
}

#[test]
fn starts_and_stops_from_many_places_at_once_all_end() {
    let home = Home::new();
    let mut machine = running(&home);
    thread::scope(|scope| {
        let home = &home;
        let asked: Vec<_> = (0..8)
            .map(|at| scope.spawn(move || home.ctl(if at % 2 == 0 { "stop" } else { "start" })))
            .collect();
        for answer in asked {
            let answer = answer.join().unwrap();
            assert_eq!(answer.code, Some(0), "{}{}", answer.out, answer.said);
        }
    });
    assert_eq!(home.ctl("start").code, Some(0));
    assert_eq!(home.ctl("wait running --timeout 1s").code, Some(0));
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
}

#[test]
fn an_answer_of_any_length_arrives_whole() {
    let home = Home::new();
    let mut script = "login demo\nitem add TXFH1\naccount use SIM-1\n".to_owned();
    for at in 0..250 {
        script += &format!("condition add buy TXFH1 --trigger 1000 --id far{at}\n");
    }
    let mut machine = Machine::start(&home, &(script + "start\nwait fills 999\n"), &[]);
    machine.wait_kind("done", "command", "start");
    let shown = home.ctl("condition list");
    assert!(shown.out.len() > 65_536);
    assert_eq!(of_kind(&shown.lines(), "condition").len(), 250);
    assert_eq!(shown.code, Some(0), "{}", shown.said);
    // One who reads no more than the first line is told nothing of it.
    let mut head = home.command(&["ctl", "condition", "list"]);
    let mut head = head.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(head.stdout.take());
    let ended = head.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr), (Some(0), Vec::new()));
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
}

/// A recorded feed is held until `start`: whoever orders at the market before would have no price.
#[test]
fn a_wait_for_a_tick_ends_with_the_first_one() {
    let home = Home::new();
    let ticks = "time,code,price,quantity\n2021-07-26T09:00:00+08:00,TXFH1,17000,1\n";
    let feed = format!("csv:{}", home.write("feed.csv", ticks).display());
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                  condition add buy TXFH1 --trigger 1000 --id far\nwait fills 999\n";
    let mut machine = Machine::start(&home, script, &["--feed", &feed, "--speed", "max"]);
    machine.wait_kind("done", "command", "condition add buy TXFH1 --trigger 1000 --id far");
    let early = home.ctl("wait tick --timeout 100ms");
    assert!(early.out.contains("TIMEOUT"), "{}{}", early.out, early.said);
    assert_eq!(home.ctl("start").code, Some(0));
    assert_eq!(home.ctl("wait tick --timeout 20s").code, Some(0));
    assert_eq!(home.ctl("order buy TXFH1 1").code, Some(0));
    machine.kill();
}
