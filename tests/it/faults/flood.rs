//! Floods: of garbage, whose lines in the log are few; and of ticks and orders, under which nothing
//! grows that should not.

use std::fs;
use std::time::Instant;

use aftm_domain::Side;
use serde_json::{Value, json};
use zmq::{Context, DONTWAIT, Socket, SocketType};

use super::number;
use crate::machine::{Home, Machine, of_kind};
use crate::screen::until;
use crate::v1::bench::{Random, order, signal};

const SETS: [&str; 8] = [
    "--set",
    "gateway.plain=true",
    "--set",
    "gateway.order_port=0",
    "--set",
    "gateway.signal_port=0",
    "--set",
    "simulator.balance=1000000000000",
];
const SCRIPT: &str = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                      condition add buy TXFH1 --trigger 1000 --id far\nstart\nwait fills 99999999\n";

fn start(home: &Home, words: &[&str]) -> Machine {
    let mut machine = Machine::start(home, SCRIPT, &[&SETS[..], words].concat());
    machine.wait_kind("done", "command", "start");
    machine
}

fn status(home: &Home) -> Value {
    of_kind(&home.ctl("status").lines(), "status").pop().unwrap()
}

fn socket(kind: SocketType, port: &Value) -> Socket {
    let socket = Context::new().socket(kind).unwrap();
    socket.set_linger(0).unwrap();
    socket.set_rcvtimeo(60_000).unwrap();
    socket.set_sndtimeo(60_000).unwrap();
    socket.connect(&format!("tcp://127.0.0.1:{port}")).unwrap();
    socket
}

#[test]
fn f17_garbage_is_counted_exactly_and_the_log_has_few_lines_of_it() {
    const COUNT: u64 = 4_000;
    let home = Home::new();
    let begun = Instant::now();
    let mut machine = start(&home, &["--speed", "10", "--set", "log.level=debug"]);
    let before = status(&home);
    let (valid, mut random) = (order(&json!({})), Random(17));
    let orders = socket(SocketType::DEALER, &before["order_port"]);
    for at in 0..COUNT {
        let cut = valid[..random.roll(valid.len())].to_vec();
        let bad = [cut, random.bytes(200), b"[".repeat(300), b"POST / HTTP/1.1\r\n\r\n".to_vec()];
        orders.send_multipart([Vec::new(), bad[(at % 4) as usize].clone()], 0).unwrap();
        if at >= 500 {
            orders.recv_multipart(0).unwrap();
        }
    }
    (0..500).for_each(|_| drop(orders.recv_multipart(0).unwrap()));
    let signals = socket(SocketType::PUSH, &before["signal_port"]);
    for _ in 0..COUNT {
        signals.send([b"\xc1", &random.bytes(100)[..]].concat(), 0).unwrap();
    }
    let mut told = 0;
    while told < COUNT {
        let alert = machine.wait_kind("alert", "code", "BAD_SIGNALS");
        let number = alert["text"].as_str().unwrap().split(' ').next().unwrap().to_owned();
        told += number.parse::<u64>().unwrap();
    }
    assert_eq!(told, COUNT);
    let after = status(&home);
    assert_eq!(after["bad_messages"].as_u64(), Some(COUNT), "{after}");
    assert_eq!((&after["fills"], &after["open_orders"]), (&json!(0), &json!(0)));
    assert_eq!(home.ctl("quit").code, Some(0));
    let ended = machine.finish();
    assert_eq!(ended.code, Some(0));
    let lines = ended.said.lines().count() + of_kind(&machine.values(), "alert").len();
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap() + 1;
    assert!(lines <= 30 + 10 * seconds, "{lines} lines in {seconds} s: {}", ended.said);
}

/// What a process holds: kilobytes that are resident, and descriptors where they can be seen.
fn held(pid: u32) -> (i64, usize) {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap();
    let memory = line.split_whitespace().next().unwrap().parse().unwrap();
    let files = fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count);
    (memory, files)
}

/// So many ticks more, and so many orders meanwhile, each closing what the one before it opened.
fn work(home: &Home, orders: &Socket, ticks: u64, count: usize) {
    let published = || status(home)["published"].as_u64().unwrap();
    let goal = published() + ticks;
    for at in 0..count {
        let side = if at % 2 == 0 { "buy" } else { "sell" };
        let request = order(&json!({ "side": side, "note": format!("soak {at} {goal}") }));
        orders.send(request, 0).unwrap();
        let reply: Value = serde_json::from_slice(&orders.recv_bytes(0).unwrap()).unwrap();
        assert_eq!(reply["data"]["is_send_order"], true, "{reply}");
    }
    until("further ticks", || published() >= goal);
}

/// Ticks and orders by the thousand; `SOAK=n` for n times as many.
#[test]
fn f24_ticks_and_orders_for_hours_make_nothing_grow_that_is_not_kept_on_purpose() {
    let times = number("SOAK").unwrap_or(1);
    let (ticks, count) = (15_000 * times, 300 * usize::try_from(times).unwrap());
    let home = Home::new();
    let fast = ["--speed", "100000", "--set", "random.gap_ms=100", "--set", "gateway.tick_port=0"];
    let mut machine = start(&home, &fast);
    let before = status(&home);
    let orders = socket(SocketType::REQ, &before["order_port"]);
    // The machine keeps the last 65,536 ticks for a strategy that is away.
    work(&home, &orders, 70_000, 300);
    machine.listen(std::time::Duration::ZERO);
    let pids: Vec<u32> = ["strategy", "executor"]
        .map(|it| machine.child(it))
        .into_iter()
        .chain([machine.pid()])
        .collect();
    let first: Vec<_> = pids.iter().map(|it| held(*it)).collect();
    work(&home, &orders, ticks, count);
    machine.listen(std::time::Duration::ZERO);
    let last: Vec<_> = pids.iter().map(|it| held(*it)).collect();
    assert_eq!(status(&home)["open_lots"], "0");
    // An order is remembered for the life of the journal, so that it is never carried out twice.
    let kept = [0, 0, 3 * i64::try_from(count).unwrap()];
    for ((before, after), kept) in first.iter().zip(&last).zip(kept) {
        assert!(after.0 - before.0 <= 2_048 + kept, "KiB, files: {first:?} became {last:?}");
        assert!(after.1 <= before.1 + 2, "KiB, files: {first:?} became {last:?}");
    }
    let log = fs::metadata(home.path().join("aftm/data/journal.sqlite-log")).unwrap().len();
    assert!(log < 8 << 20, "the journal's log has {log} bytes");
    assert_eq!(of_kind(&machine.values(), "alert"), Vec::<Value>::new());
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
}

#[test]
fn f23_a_flood_of_signals_is_bounded_refused_with_a_reason_and_holds_nobody_up() {
    // More than the queues between executor and gateway hold.
    const FLOOD: usize = 12_000;
    let home = Home::new();
    let old = ["--speed", "10", "--set", "gateway.max_signal_age_ms=1"];
    let mut machine = start(&home, &old);
    let port = socket(SocketType::PUSH, &status(&home)["signal_port"]);
    let executor = machine.child("executor");
    let before = held(executor).0;
    let (mut sent, mut most) = (0, before);
    while sent < FLOOD {
        let when =
            aftm_domain::Stamp(i64::try_from(1 + sent).unwrap() * aftm_domain::Stamp::SECOND);
        match port.send(signal(when, Side::Buy), DONTWAIT) {
            Ok(()) => sent += 1,
            // Its queues are full: the rest waits with whoever floods.
            Err(zmq::Error::EAGAIN) => machine.listen(std::time::Duration::from_millis(5)),
            Err(error) => panic!("{error}"),
        }
        if sent % 1_000 == 0 {
            // The operator is answered all the while.
            assert_eq!(home.ctl("status").code, Some(0));
            most = most.max(held(executor).0);
        }
    }
    let last = format!("A{FLOOD}");
    machine.wait_for("the last of them", |it| it["order"]["order"] == last.as_str());
    most = most.max(held(executor).0);
    assert!(most - before < 30_000, "the executor grew by {} KiB", most - before);
    let orders = of_kind(&machine.values(), "order");
    assert_eq!(orders.len(), FLOOD, "each is answered once");
    assert!(orders.iter().all(|it| it["refusal"]["code"] == "STALE_SIGNAL"), "{}", orders[0]);
    assert_eq!(status(&home)["fills"], 0);
    assert_eq!(home.ctl("wait running --timeout 1s").code, Some(0));
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
}
