//! Who is let in, and what others can see: strangers of the same user and of another, programs with
//! keys, and the machine's own processes.

// Helpers of tests may fail and wait; an index into JSON gives null where nothing is.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods)]

mod children;
mod clients;
mod crowd;
mod others;
mod secrets;
mod strangers;
mod text;

use aftm::wire::socket::{self, Bound};
use aftm::wire::{Badge, KeyPair, PublicKey, keys};
use serde_json::Value;
use zmq::{Context, Socket, SocketEvent, SocketType};

use crate::machine::{Home, Machine, of_kind};

/// How long anything may take, in milliseconds: far longer than it does on a busy machine.
const PATIENCE_MS: i32 = 60_000;

/// A script that starts both children and waits.
const WAITS: &str = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                     condition add buy TXFH1 --trigger 1000 --id far\nstart\nstatus\nwait fills 999\n";

/// A machine whose children run, and its status.
fn running(home: &Home, words: &[&str]) -> (Machine, Value) {
    let ports = ["gateway.signal_port=0", "gateway.order_port=0"];
    let sets = ports.iter().chain(words).flat_map(|it| ["--set", it]);
    let words: Vec<&str> = sets.chain(["--speed", "10"]).collect();
    let mut machine = Machine::start(home, WAITS, &words);
    machine.wait_kind("done", "command", "start");
    let status = machine.wait_for("the status", |it| it["kind"] == "status");
    (machine, status["status"].clone())
}

/// The machine took no order, and its children never had to be started again.
#[track_caller]
fn assert_untouched(home: &Home) {
    let orders = home.ctl("orders --all");
    assert_eq!(orders.code, Some(0), "{}", orders.said);
    assert_eq!(of_kind(&orders.lines(), "order").len(), 0, "{}", orders.out);
    assert_whole(home);
}

/// Its children never had to be started again.
#[track_caller]
fn assert_whole(home: &Home) {
    let status = home.ctl("status").lines();
    let components = of_kind(&status, "component");
    assert_eq!(components.len(), 2);
    assert!(components.iter().all(|it| it["restarts"] == 0), "{components:?}");
}

/// A key of a file, as a client has it.
fn badge(home: &Home, file: &str) -> Badge {
    let text = std::fs::read_to_string(home.path().join("aftm").join(file)).unwrap();
    let value = |name| keys::field(&text, name).unwrap();
    Badge {
        server: value("server-key").parse().unwrap(),
        own: KeyPair {
            public: value("public-key").parse().unwrap(),
            secret: value("secret-key").parse().unwrap(),
        },
    }
}

/// A key that nobody knows, for a server that is known.
fn made_up(server: PublicKey) -> Badge {
    Badge { server, own: KeyPair::new().unwrap() }
}

/// Sends frames as whoever shows that badge, and waits until the door is shut in its face.
#[track_caller]
fn assert_refused(kind: SocketType, badge: Option<&Badge>, endpoint: &str, frames: &[&[u8]]) {
    let context = Context::new();
    let client = context.socket(kind).unwrap();
    if let Some(badge) = badge {
        client.set_curve_serverkey(badge.server.bytes()).unwrap();
        client.set_curve_publickey(badge.own.public.bytes()).unwrap();
        client.set_curve_secretkey(badge.own.secret.reveal()).unwrap();
    }
    client.set_linger(0).unwrap();
    let failed = SocketEvent::HANDSHAKE_FAILED_AUTH.to_raw() | SocketEvent::DISCONNECTED.to_raw();
    client.monitor("inproc://watch", i32::from(failed)).unwrap();
    let watch = context.socket(SocketType::PAIR).unwrap();
    watch.set_rcvtimeo(PATIENCE_MS).unwrap();
    watch.connect("inproc://watch").unwrap();
    client.connect(endpoint).unwrap();
    if kind == SocketType::SUB {
        client.set_subscribe(b"").unwrap();
    } else {
        client.send_multipart(frames, 0).unwrap();
    }
    assert!(watch.recv_multipart(0).is_ok(), "{endpoint} let a stranger in");
}

/// A socket of whoever shows that badge.
fn with_badge(context: &Context, kind: SocketType, badge: &Badge, endpoint: &str) -> Socket {
    let socket = socket::connect_with(context, kind, Bound::Orders, badge, endpoint).unwrap();
    socket.set_rcvtimeo(PATIENCE_MS).unwrap();
    socket.set_linger(PATIENCE_MS).unwrap();
    socket
}

/// The endpoint of a socket in the runtime folder.
fn ipc(home: &Home, name: &str) -> String {
    format!("ipc://{}", home.path().join("aftm/run").join(name).display())
}

/// The endpoint of a port that the status names.
fn tcp(status: &Value, port: &str) -> String {
    format!("tcp://127.0.0.1:{}", status[port].as_u64().unwrap())
}
