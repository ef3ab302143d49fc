//! A machine for one test, and a v1 client of it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Helpers of tests may fail as tests do.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use aftm::wire::v1::{signals, ticks};
use aftm_domain::{Side, Stamp};
use serde_json::{Value, json};
use tempfile::TempDir;
use zmq::{Context, Socket, SocketType};

/// How long a test waits for anything before it fails.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// What a trader does before programs may trade.
pub(super) const PREPARED: &str = "\
login demo
item add TXFH1
account use SIM-1
condition add buy TXFH1 --trigger 1 --turning 1
";

/// A machine that runs until it is dropped.
pub(super) struct Machine {
    child: Child,
    home: Rc<TempDir>,
    lines: Receiver<Value>,
    pub(super) context: Context,
    pub(super) status: Value,
}

impl Machine {
    /// One that is started and whose market trades.
    pub(super) fn start(sets: &[&str]) -> Machine {
        Machine::at(Rc::new(tempfile::tempdir().unwrap()), sets)
    }

    fn at(home: Rc<TempDir>, sets: &[&str]) -> Machine {
        let mut all = vec!["random.gap_ms=20", "gateway.plain=true"];
        all.extend(sets);
        let script = format!("{PREPARED}start\nstatus\nwait fills 1000000\n");
        let machine = Machine::run(home, &script, &all);
        machine.tick();
        machine
    }

    /// One that follows a script, which shows its status once: that tells the ports.
    pub(super) fn run(home: Rc<TempDir>, script: &str, sets: &[&str]) -> Machine {
        std::fs::write(home.path().join("script.aftm"), script).unwrap();
        let ports = ["gateway.tick_port=0", "gateway.signal_port=0", "gateway.order_port=0"];
        let mut child = aftm(home.path())
            .args(["run", "script.aftm"])
            .args(ports.iter().chain(sets).flat_map(|it| ["--set", it]))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (tell, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // The test may be over before the machine has said everything.
                let _ = tell.send(serde_json::from_str(&line).unwrap());
            }
        });
        let context = Context::new();
        let mut machine = Machine { child, home, lines, context, status: Value::Null };
        machine.status = machine.wait("status", |_| true);
        machine
    }

    /// Ends it in order, and starts another on the same data.
    pub(super) fn restart(mut self, sets: &[&str]) -> Machine {
        assert_eq!(self.ctl("quit --abandon").0, 0);
        assert!(self.child.wait().unwrap().success());
        Machine::at(self.home.clone(), sets)
    }

    /// The next line of a kind that is meant, within the patience; its own part of it.
    pub(super) fn wait(&self, kind: &str, is_meant: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                panic!("the machine told no {kind}");
            });
            if line["kind"] == kind && is_meant(&line[kind]) {
                return line[kind].clone();
            }
        }
    }

    /// Carries a command out; its exit code and the lines that it showed.
    pub(super) fn ctl(&self, command: &str) -> (i32, Vec<Value>) {
        let output = aftm(self.home.path()).arg("ctl").args(command.split(' ')).output().unwrap();
        let lines = output.stdout.lines().map(|it| serde_json::from_str(&it.unwrap()).unwrap());
        (output.status.code().unwrap(), lines.collect())
    }

    /// How it is now.
    pub(super) fn now(&self) -> Value {
        self.ctl("status").1[0]["status"].clone()
    }

    /// Fails where a child had to be started again.
    pub(super) fn assert_whole(&self) {
        let (_, lines) = self.ctl("status");
        let children: Vec<&Value> = lines
            .iter()
            .filter(|it| it["kind"] == "component")
            .map(|it| &it["component"])
            .collect();
        assert_eq!(children.len(), 2);
        for child in children {
            assert_eq!((&child["state"], &child["restarts"]), (&json!("running"), &json!(0)));
        }
    }

    /// The port that a row of the status names.
    pub(super) fn port(&self, name: &str) -> u16 {
        self.status[name].as_u64().unwrap().try_into().unwrap()
    }

    /// A v1 program's socket on one of the ports.
    pub(super) fn socket(&self, kind: SocketType, port: &str) -> Socket {
        let socket = self.context.socket(kind).unwrap();
        let patience = i32::try_from(PATIENCE.as_millis()).unwrap();
        socket.set_rcvtimeo(patience).unwrap();
        socket.set_sndtimeo(patience).unwrap();
        socket.set_linger(if kind == SocketType::PUSH { patience } else { 0 }).unwrap();
        if kind == SocketType::SUB {
            socket.set_subscribe(b"").unwrap();
        }
        socket.connect(&format!("tcp://127.0.0.1:{}", self.port(port))).unwrap();
        socket
    }

    /// The next tick: its two frames.
    pub(super) fn tick(&self) -> Vec<Vec<u8>> {
        self.socket(SocketType::SUB, "tick_port").recv_multipart(0).unwrap()
    }

    /// The time of the next tick.
    pub(super) fn tick_time(&self) -> Stamp {
        ticks::decode_tick(&self.tick()[1]).unwrap().when
    }

    /// A v1 client that asks once, and waits.
    pub(super) fn ask(&self, request: &[u8]) -> Value {
        let socket = self.socket(SocketType::REQ, "order_port");
        socket.send(request, 0).unwrap();
        answer(&socket)
    }

    /// The orders so far, the newest of them.
    pub(super) fn orders(&self) -> Vec<Value> {
        let reply = self.ask(br#"{"operation":"get_orders"}"#);
        reply["data"]["orders"].as_array().unwrap().clone()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Its children end with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, in a home of the test's.
fn aftm(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftm"));
    command.current_dir(home).env_clear().env("AFTM_HOME", home);
    command
}

/// The reply on a socket.
pub(super) fn answer(socket: &Socket) -> Value {
    serde_json::from_slice(&socket.recv_bytes(0).unwrap()).unwrap()
}

/// What the earlier executor always sends, with some fields changed or added.
pub(crate) fn order(changes: &Value) -> Vec<u8> {
    let mut parameters = json!({
        "order_account": "SIM-1", "item_code": "TXFH1", "side": "buy", "order_type": "Market",
        "price": 0.0, "quantity": 1, "open_close": "AUTO", "note": "From AFTM Gateway",
        "day_trade": "N", "time_in_force": "IOC",
    });
    let fields = parameters.as_object_mut().unwrap();
    fields.extend(changes.as_object().unwrap().clone());
    serde_json::to_vec(&json!({ "operation": "send_order", "parameters": parameters })).unwrap()
}

/// A signal as a v1 strategy pushes it.
pub(crate) fn signal(when: Stamp, side: Side) -> Vec<u8> {
    let mut frame = Vec::new();
    signals::encode_signal(&mut frame, when, side, &"TXFH1".parse().unwrap());
    frame
}

/// Numbers that are the same in each run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// Below a bound.
    pub(crate) fn roll(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % bound
    }

    /// So many bytes at most.
    pub(crate) fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.roll(most + 1)).map(|_| u8::try_from(self.roll(256)).unwrap()).collect()
    }
}
