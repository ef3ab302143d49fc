//! The kill switch with five hundred orders that rest, by each of its doors; then kill -9, and the next
//! machine on the same data is halted.

use rustix::process::Signal;
use serde_json::{Value, json};
use zmq::{Context, SocketType};

use crate::machine::{Home, Machine, of_kind, send};
use crate::screen::{Terminal, until};
use crate::v1::bench::order;

const COUNT: usize = 500;
/// Orders enough for any account, and ports that programs may use.
const SETS: [&str; 8] = [
    "--set",
    "simulator.balance=1000000000000",
    "--set",
    "gateway.plain=true",
    "--set",
    "gateway.order_port=0",
    "--set",
    "gateway.signal_port=0",
];

fn status(home: &Home) -> Value {
    of_kind(&home.ctl("status").lines(), "status").pop().unwrap()
}

/// Asks the order port so often, all at once; the replies.
fn ask(port: &Value, requests: &[Vec<u8>]) -> Vec<Value> {
    let client = Context::new().socket(SocketType::DEALER).unwrap();
    client.set_linger(0).unwrap();
    client.set_rcvtimeo(60_000).unwrap();
    client.connect(&format!("tcp://127.0.0.1:{port}")).unwrap();
    for request in requests {
        client.send_multipart([Vec::new(), request.clone()], 0).unwrap();
    }
    let reply = |_| serde_json::from_slice(&client.recv_multipart(0).unwrap()[1]).unwrap();
    requests.iter().map(reply).collect()
}

/// Five hundred orders rest.
fn place(home: &Home) -> Value {
    let port = status(home)["order_port"].clone();
    let requests: Vec<Vec<u8>> = (0..COUNT)
        .map(|at| {
            order(&json!({
                "side": "sell", "order_type": "Limit", "price": 19_000, "time_in_force": "ROD",
                "note": format!("resting {at}"),
            }))
        })
        .collect();
    let replies = ask(&port, &requests);
    assert!(replies.iter().all(|it| it["data"]["is_send_order"] == true), "{:?}", replies[0]);
    assert_eq!(status(home)["open_orders"], COUNT);
    port
}

/// Nothing passes any more and nothing works; nor does anything pass in the machine that comes after a
/// kill -9.
#[track_caller]
fn assert_killed(home: &Home, pid: u32) {
    until("every order is canceled", || {
        let status = status(home);
        status["trading"]["state"] == "halted" && status["open_orders"] == 0
    });
    let refused = home.ctl("order buy TXFH1 1");
    assert_eq!(refused.code, Some(6), "{}{}", refused.out, refused.said);
    assert_halted_after_kill_9(home, pid);
    let rows = home.run(&["export", "orders"]).out;
    assert_eq!(rows.lines().filter(|it| it.contains("\"Canceled\"")).count(), COUNT);
}

#[track_caller]
fn assert_halted_after_kill_9(home: &Home, pid: u32) {
    send(pid, Signal::KILL);
    until("the end of the machine", || !crate::machine::is_alive(pid));
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\norder buy TXFH1 1\n";
    assert_eq!(home.run_script(script, &[]).code, Some(6));
}

/// A machine with five hundred orders, and its order port.
fn trading(home: &Home) -> (Machine, Value) {
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\nwait fills 999\n";
    let mut machine = Machine::start(home, script, &[&["--speed", "10"], &SETS[..]].concat());
    machine.wait_kind("done", "command", "account use SIM-1");
    let port = place(home);
    (machine, port)
}

#[test]
fn f22_a_kill_over_ctl_holds_though_the_machine_is_killed_right_after_it() {
    let home = Home::new();
    let (machine, _) = trading(&home);
    let killed = home.ctl("kill --reason drill");
    assert_eq!(killed.code, Some(0), "{}{}", killed.out, killed.said);
    let said = of_kind(&killed.lines(), "killed").pop().unwrap();
    assert_eq!(said["cancels"], COUNT);
    assert_halted_after_kill_9(&home, machine.pid());
}

#[test]
fn f22_a_kill_over_the_order_port_cancels_everything_and_holds() {
    let home = Home::new();
    let (machine, port) = trading(&home);
    let kill = br#"{"operation":"kill","parameters":{"flatten":false,"reason":"drill"}}"#.to_vec();
    // The order that comes right behind it is refused.
    let replies = ask(&port, &[kill, order(&json!({}))]);
    assert_eq!((&replies[0]["success"], &replies[1]["success"]), (&json!(true), &json!(false)));
    assert_eq!(replies[1]["error_code"], "TRADING_HALTED", "{replies:?}");
    assert_killed(&home, machine.pid());
}

#[test]
fn f22_a_signal_cancels_everything_and_holds() {
    let home = Home::new();
    let (machine, _) = trading(&home);
    machine.signal(Signal::USR1);
    assert_killed(&home, machine.pid());
}

#[test]
fn f22_a_file_cancels_everything_and_holds() {
    let home = Home::new();
    let (machine, _) = trading(&home);
    let file = home.path().join("aftm/data/kill");
    std::fs::write(&file, "").unwrap();
    until("the file is seen", || status(&home)["trading"]["state"] == "halted");
    // The halt is one of its own: it does not end with the file.
    std::fs::remove_file(&file).unwrap();
    assert_killed(&home, machine.pid());
}

#[test]
fn f22_the_kill_key_cancels_everything_and_holds() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home, (120, 40), &SETS);
    terminal.see("press 1");
    for line in ["login demo", "item add TXFH1", "account use SIM-1"] {
        assert_eq!(home.ctl(line).code, Some(0), "{line}");
    }
    place(&home);
    terminal.press("\x1b[24~");
    terminal.see("KILL");
    terminal.press("2");
    terminal.wait("a choice", |it| it.lines().any(|it| it.contains("▸") && it.contains("2")));
    terminal.enter();
    assert_killed(&home, terminal.pid());
}
