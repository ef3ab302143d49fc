//! Programs of the trader's own, with keys, over TCP.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use aftm_domain::{Side, Stamp};
use serde_json::{Value, json};
use zmq::{Context, Socket, SocketType};

use super::{assert_refused, assert_untouched, badge, made_up, running, tcp, with_badge};
use crate::machine::{Home, of_kind};
use crate::v1::bench::{order, signal};

/// A key for a program of that name.
fn key(home: &Home, name: &str, uses: &str) {
    let made = home.run(&["key", "new", name, "--good-for", uses]);
    assert_eq!(made.code, Some(0), "{}", made.said);
}

fn asked(socket: &Socket, request: &[u8]) -> Value {
    socket.send(request, 0).unwrap();
    serde_json::from_slice(&socket.recv_bytes(0).unwrap()).unwrap()
}

/// The time on the exchange's clock.
fn exchange_time(home: &Home) -> Stamp {
    let status = of_kind(&home.ctl("status").lines(), "status").pop().unwrap();
    let time: aftm_domain::ExchangeTime =
        status["exchange_time"].as_str().unwrap().parse().unwrap();
    time.at
}

#[test]
fn a_program_with_a_key_orders_signals_and_reads_until_it_is_revoked() {
    let home = Home::new();
    key(&home, "mt5", "orders,signals");
    let (mut machine, status) = running(&home, &["gateway.curve=true"]);
    assert_eq!(status["plain"], false);
    let (badge, context) = (badge(&home, "config/keys/mt5.key_secret"), Context::new());
    let orders = with_badge(&context, SocketType::REQ, &badge, &tcp(&status, "order_port"));
    assert_eq!(asked(&orders, &order(&json!({})))["data"]["order_serial"], "A1");
    let signals = with_badge(&context, SocketType::PUSH, &badge, &tcp(&status, "signal_port"));
    signals.send(signal(exchange_time(&home), Side::Sell), 0).unwrap();
    machine.wait_for("the order of the signal", |it| {
        it["order"]["order"] == "A2" && it["order"]["status"] == "Filled"
    });
    // Who asked for both is in the journal.
    let audit = home.run(&["export", "audit"]).out;
    let audit: Vec<Value> = audit.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let at = audit.iter().position(|it| it["client"] == "mt5").expect("the key's name");
    assert_eq!(
        (&audit[at]["door"], &audit[at]["body"]["request"]),
        (&"v1".into(), &"place".into())
    );
    let entry = audit[at..].iter().find(|it| it["kind"] == "order_received").unwrap();
    assert_eq!(entry["body"]["id"], "A1", "{entry}");
    let rows = home.run(&["export", "orders"]).out;
    let rows: Vec<Value> = rows.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(rows[1]["note"], "mt5", "{}", rows[1]);
    // Ticks of this computer are for everybody.
    let ticks = context.socket(SocketType::SUB).unwrap();
    ticks.set_subscribe(b"").unwrap();
    ticks.set_rcvtimeo(super::PATIENCE_MS).unwrap();
    ticks.connect(&tcp(&status, "tick_port")).unwrap();
    assert_eq!(ticks.recv_multipart(0).unwrap()[0], b"TICK");
    assert_eq!(home.run(&["key", "revoke", "mt5"]).code, Some(0));
    // The connection is still there, and is of no use any more.
    let mut reply = Value::Null;
    for _ in 0..1_000 {
        reply = asked(&orders, br#"{"operation":"health_check"}"#);
        if reply["success"] == false {
            break;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
    assert_eq!(reply["error_code"], "UNKNOWN_KEY", "{reply}");
    assert_eq!(asked(&orders, &order(&json!({})))["error_code"], "UNKNOWN_KEY");
    assert_refused(SocketType::REQ, Some(&badge), &tcp(&status, "order_port"), &[b"x"]);
    assert_eq!(of_kind(&home.ctl("orders --all").lines(), "order").len(), 2);
}

#[test]
fn no_key_an_unknown_one_and_one_for_another_port_order_nothing() {
    let home = Home::new();
    key(&home, "tape", "ticks");
    key(&home, "robot", "signals");
    let (_machine, status) = running(&home, &["gateway.curve=true"]);
    let orders = tcp(&status, "order_port");
    let (tape, robot) =
        (badge(&home, "config/keys/tape.key_secret"), badge(&home, "config/keys/robot.key_secret"));
    let (unknown, request) = (made_up(robot.server), order(&json!({})));
    for badge in [None, Some(&unknown), Some(&tape), Some(&robot)] {
        assert_refused(SocketType::REQ, badge, &orders, &[&request]);
    }
    let operator = badge(&home, "run/ctl.key");
    let wrong = super::Badge { server: robot.server, own: operator.own };
    assert_refused(SocketType::REQ, Some(&wrong), &orders, &[&request]);
    let request = signal(exchange_time(&home), Side::Buy);
    for badge in [None, Some(&unknown), Some(&tape)] {
        assert_refused(SocketType::PUSH, badge, &tcp(&status, "signal_port"), &[&request]);
    }
    assert_untouched(&home);
}

#[test]
fn a_key_that_is_made_while_the_machine_runs_is_good() {
    let home = Home::new();
    let (_machine, status) = running(&home, &["gateway.curve=true"]);
    key(&home, "late", "orders");
    let (badge, context) = (badge(&home, "config/keys/late.key_secret"), Context::new());
    let mut reply = None;
    // Who came before its key was read is told so, and comes again.
    for _ in 0..60 {
        let orders = with_badge(&context, SocketType::REQ, &badge, &tcp(&status, "order_port"));
        orders.set_linger(0).unwrap();
        orders.set_rcvtimeo(1_000).unwrap();
        orders.send(order(&json!({})), 0).unwrap();
        reply = orders.recv_bytes(0).ok();
        if reply.is_some() {
            break;
        }
    }
    let reply: Value = serde_json::from_slice(&reply.expect("the key was never good")).unwrap();
    assert_eq!(reply["data"]["order_serial"], "A1");
}

#[test]
fn keys_that_others_can_read_start_nothing() {
    for file in ["server.key_secret", "clients/mt5.key"] {
        let home = Home::new();
        key(&home, "mt5", "orders");
        let path = home.path().join("aftm/config/keys").join(file);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let ended = home.run_script("status\n", &["--set", "gateway.curve=true"]);
        assert_eq!(ended.code, Some(3), "{}", ended.said);
        assert!(ended.said.contains(file) && ended.said.contains("0640"), "{}", ended.said);
        assert_eq!(ended.out, "");
    }
}

#[test]
fn beyond_this_computer_only_with_keys_and_on_purpose() {
    let home = Home::new();
    let refused = |sets: &[&str]| {
        let words: Vec<&str> = sets.iter().flat_map(|it| ["--set", it]).collect();
        let ended = home.run_script("status\n", &words);
        (ended.code == Some(3)).then_some(ended.said)
    };
    for host in ["gateway.host=*", "gateway.host=0.0.0.0", "gateway.host=192.168.1.2"] {
        assert!(refused(&[host]).unwrap().contains("beyond this computer"));
        assert!(refused(&[host, "gateway.plain=true"]).is_some());
        assert!(refused(&[host, "gateway.curve=true"]).is_some());
        assert!(refused(&[host, "gateway.accept_remote=true"]).is_some());
        let plain = ["gateway.accept_remote=true", "gateway.plain=true"];
        assert!(refused(&[host, plain[0], plain[1]]).is_some());
    }
    assert!(refused(&["gateway.curve=true", "gateway.plain=true"]).is_some());
    let words = ["gateway.host=*", "gateway.curve=true", "gateway.accept_remote=true"];
    key(&home, "tape", "ticks");
    let (_machine, status) = running(&home, &words);
    // Where others can come, ticks take a key, too.
    assert_refused(SocketType::SUB, None, &tcp(&status, "tick_port"), &[]);
    let (badge, context) = (badge(&home, "config/keys/tape.key_secret"), Context::new());
    let ticks = with_badge(&context, SocketType::SUB, &badge, &tcp(&status, "tick_port"));
    ticks.set_subscribe(b"").unwrap();
    assert_eq!(ticks.recv_multipart(0).unwrap()[0], b"TICK");
}

/// Where Python and its package are there.
#[test]
fn the_example_in_python_orders_with_its_key() {
    use std::process::Command;
    let has_python = Command::new("python3").args(["-c", "import zmq"]).output();
    if !has_python.is_ok_and(|it| it.status.success()) {
        return;
    }
    let home = Home::new();
    key(&home, "mine", "orders");
    let (_machine, status) = running(&home, &["gateway.curve=true"]);
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/curve_client.py");
    let mut command = Command::new("python3");
    command.arg(example).arg(home.path().join("aftm/config/keys/mine.key_secret"));
    command.args(["--order", "--port", &status["order_port"].to_string()]);
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("\"order_serial\": \"A1\""), "{said}");
}
