//! Children that fall silent or die too often.

use std::net::TcpListener;

use rustix::process::Signal;

use super::{DEADLINE, Home, Machine, is_alive, of_kind, send, wait_until};

const WAITS: &str = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                     condition add buy TXFH1 --trigger 1000 --id far\nstart\nwait fills 999\n";

fn running(home: &Home) -> Machine {
    let mut machine = Machine::start(home, WAITS, &[]);
    machine.wait_kind("done", "command", "start");
    machine
}

#[test]
fn f15_a_child_that_hangs_is_not_running_and_is_replaced() {
    for role in ["strategy", "executor"] {
        let home = Home::new();
        let mut machine = running(&home);
        let hung = machine.child(role);
        send(hung, Signal::STOP);
        let told = machine.wait_for("a word of the silence", |it| {
            it["component"]["component"] == role && it["component"]["state"] != "running"
        });
        assert!(told["component"]["text"].as_str().unwrap().contains("silent"), "{told}");
        machine.wait_component(role, "running");
        assert!(!is_alive(hung), "the hung {role} is still there");
        assert_no_zombie(&machine);
        assert_ne!(machine.child(role), hung);
        assert_eq!(home.ctl("wait running --timeout 1s").code, Some(0));
        assert_eq!(home.ctl("quit").code, Some(0));
        assert_eq!(machine.finish().code, Some(0));
        assert_eq!(home.runtime_files(), Vec::<String>::new());
    }
}

#[test]
fn f15_a_child_that_dies_or_hangs_again_and_again_stays_down_until_it_is_started() {
    let home = Home::new();
    // The script waits for an order that never trades: a wait for fills would end it.
    let script =
        WAITS.replace("wait fills 999", "order sell TXFH1 1 --limit 19000\nwait orders-done");
    let impatient = ["--set", "desk.silent_ms=400", "--set", "desk.beat_ms=50"];
    let mut machine = Machine::start(&home, &script, &impatient);
    machine.wait_kind("order", "status", "New");
    for death in 1..=6 {
        // One that hangs is killed, and counts as one that died.
        let signal = if death % 3 == 0 { Signal::STOP } else { Signal::KILL };
        send(machine.child("strategy"), signal);
        machine.wait_component("strategy", if death < 6 { "waiting" } else { "given up" });
        if death < 6 {
            machine.wait_component("strategy", "running");
        }
    }
    let died = of_kind(&machine.values(), "alert");
    assert_eq!(died.iter().filter(|it| it["code"] == "CHILD_DIED").count(), 5);
    let alert = machine.wait_kind("alert", "code", "CHILD_GIVEN_UP");
    let text = alert["text"].as_str().unwrap();
    assert!(text.contains("strategy") && text.contains("6 times within 60 s"), "{text}");
    assert_no_zombie(&machine);
    let rows = of_kind(&home.ctl("status").lines(), "component");
    let row = rows.iter().find(|it| it["component"] == "strategy").unwrap();
    assert_eq!((&row["state"], &row["pid"]), (&"given up".into(), &serde_json::Value::Null));
    for wait in ["wait running", "wait fills 1", "wait feed-end"] {
        let refused = home.ctl(wait);
        assert_eq!(refused.code, Some(1));
        assert_eq!(of_kind(&refused.lines(), "refused")[0]["code"], "NOT_RUNNING");
    }
    assert_eq!(home.ctl("start").code, Some(0));
    assert_eq!(home.ctl("wait running --timeout 1s").code, Some(0));
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
}

/// Every process that it started and that ended was waited for.
#[track_caller]
fn assert_no_zombie(machine: &Machine) {
    let parent = machine.pid().to_string();
    let is_zombie = |stat: &str| {
        let fields = stat.rsplit_once(") ").map_or("", |it| it.1);
        let mut fields = fields.split(' ');
        fields.next() == Some("Z") && fields.next() == Some(parent.as_str())
    };
    wait_until(DEADLINE, "the end of every zombie", || {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let stats = processes.filter_map(|it| std::fs::read_to_string(it.path().join("stat")).ok());
        !stats.into_iter().any(|it| is_zombie(&it))
    });
}

/// Somebody takes the port for v1 signals after the machine looked whether it is free.
#[test]
fn f14_a_signal_port_that_is_taken_later_is_named_with_its_holder() {
    let home = Home::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let signal_port = format!("gateway.signal_port={port}");
    let sets = ["--set", "gateway.plain=true", "--set", "gateway.order_port=0"];
    let words = [&sets[..], &["--set", &signal_port]].concat();
    // The script waits for an order that never trades.
    let script = WAITS
        .replace("start\nwait fills 999", "order sell TXFH1 1 --limit 19000\nwait orders-done");
    let mut machine = Machine::start(&home, &script, &words);
    machine.wait_kind("order", "status", "New");
    let taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let refused = home.ctl("start");
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    let named = [port.to_string(), format!("pid {}", std::process::id())];
    let is_named = |text: &serde_json::Value| {
        named.iter().all(|it| text.as_str().is_some_and(|text| text.contains(it)))
    };
    let told = of_kind(&refused.lines(), "refused").pop().unwrap();
    assert!(is_named(&told["text"]), "{told}");
    let given_up = machine.wait_kind("alert", "code", "CHILD_GIVEN_UP");
    assert!(is_named(&given_up["text"]), "{given_up}");
    let died = of_kind(&machine.values(), "alert").into_iter();
    assert!(died.filter(|it| it["code"] == "CHILD_DIED").all(|it| is_named(&it["text"])));
    let rows = of_kind(&home.ctl("status").lines(), "component");
    let row = rows.iter().find(|it| it["component"] == "executor").unwrap();
    assert!(is_named(&row["text"]), "{row}");
    drop(taken);
    assert_eq!(home.ctl("start").code, Some(0), "the port is free again");
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
}
