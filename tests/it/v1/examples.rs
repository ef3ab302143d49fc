//! The examples in Python, where Python and its packages are there.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // Helpers of tests may fail as tests do.

use std::path::Path;
use std::process::Command;

use super::bench::Machine;

/// Runs an example to its end and returns what it said.
fn example(name: &str, arguments: &[&str]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let output = Command::new("python3").arg(path).args(arguments).output().unwrap();
    let (said, complained) = (output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name}: {complained}");
    String::from_utf8(said).unwrap()
}

fn has_python() -> bool {
    let imports = Command::new("python3").args(["-c", "import zmq, msgpack"]).output();
    imports.is_ok_and(|it| it.status.success())
}

#[test]
fn the_examples_trade_against_the_machine() {
    if !has_python() {
        println!("skipped: there is no python3 with pyzmq and msgpack");
        return;
    }
    let machine = Machine::start(&[]);
    let [ticks, signals, orders] =
        ["tick_port", "signal_port", "order_port"].map(|it| machine.port(it).to_string());
    let said = example("v1_client.py", &["--port", &orders, "--orders", "2"]);
    assert!(said.contains("taken: A2\nposition: TXFH1 2 at"), "{said}");
    let ports = ["--tick-port", &ticks, "--signal-port", &signals];
    let said = example("v1_strategy.py", &[&ports[..], &["--every", "5"]].concat());
    assert!(said.ends_with("20 ticks, 4 signals\n"), "{said}");
    while machine.now()["fills"] != 6 {
        machine.wait("fill", |_| true);
    }
}
