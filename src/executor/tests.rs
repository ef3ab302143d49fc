//! Who can signal to an executor, over real sockets.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Helpers of tests may fail as tests do.

use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use aftm_domain::Stamp;
use zmq::{Context, DONTWAIT, Socket, SocketEvent, SocketType};

use super::*;
use crate::wire::golden;
use crate::wire::guard::{Guard, Pass, Process as Peer, Proof, Rules};
use crate::wire::socket::{self, Bound, Entrance};
use crate::wire::{
    Answer, Ask, Birth, Domain, Endpoints, Neighbor, Reply, Request, Role, Signal, Signed, Token,
    Who, decode, encode,
};

/// How long anything may take, in milliseconds.
const PATIENCE_MS: i32 = 20_000;
const STOP: &str = "inproc://stop";

/// An executor at work, and a gateway that greets it.
struct House {
    folder: tempfile::TempDir,
    parent: Socket,
    /// What the executor asks after its hello.
    asked: mpsc::Receiver<Request>,
    executor: Option<thread::JoinHandle<()>>,
}

impl House {
    fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let end = |name: &str| format!("ipc://{}", folder.path().join(name).display());
        let orders = end("orders");
        let (tell, asked) = mpsc::channel();
        thread::spawn({
            let orders = orders.clone();
            move || greet(&orders, &tell)
        });
        let context = Context::new();
        let parent = socket::bind(&context, SocketType::PUSH, Bound::Orders, STOP).unwrap();
        let ends = Endpoints { orders, signals: end("signals"), ..Endpoints::default() };
        let token = Some(Token::new().unwrap());
        let birth = Birth { token, ..Birth::new(Role::Executor, ends) };
        let executor = thread::spawn(move || {
            Process::new(&context, birth, 7, STOP, || Stamp(0)).unwrap().run().unwrap();
        });
        House { folder, parent, asked, executor: Some(executor) }
    }

    /// A strategy was started in a process.
    fn start(&self, pid: u32) -> Token {
        let (role, generation, token) = (Role::Strategy, 1, Token::new().unwrap());
        let neighbor = Neighbor { role, pid, generation, token: token.clone() };
        self.parent.send(encode(&neighbor), 0).unwrap();
        token
    }

    fn signals(&self) -> String {
        format!("ipc://{}", self.folder.path().join("signals").display())
    }

    /// Whether the signal port lets this process in, as its library tells it.
    fn lets_us_in(&self) -> bool {
        let context = Context::new();
        let client = context.socket(SocketType::PUSH).unwrap();
        client.set_linger(0).unwrap();
        let (yes, no) = (SocketEvent::HANDSHAKE_SUCCEEDED, SocketEvent::HANDSHAKE_FAILED_AUTH);
        client.monitor("inproc://watch", i32::from(yes.to_raw() | no.to_raw())).unwrap();
        let watch = context.socket(SocketType::PAIR).unwrap();
        watch.set_rcvtimeo(PATIENCE_MS).unwrap();
        watch.connect("inproc://watch").unwrap();
        client.connect(&self.signals()).unwrap();
        let told = watch.recv_multipart(0).expect("the port answers");
        u16::from_le_bytes([told[0][0], told[0][1]]) == yes.to_raw()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.parent.send("", 0).unwrap();
        if let Some(executor) = self.executor.take() {
            executor.join().unwrap();
        }
    }
}

/// A gateway that welcomes this process, hands on what it asks further, and answers nothing else.
fn greet(endpoint: &str, tell: &mpsc::Sender<Request>) {
    let context = Context::new();
    let token = Token::new().unwrap();
    let who = Who::Child { role: Role::Executor, generation: 1, pid: 7, token, connection: 0 };
    let proof = Proof::Process(Peer::open(std::process::id()).unwrap());
    let passes = vec![Pass { who, proof, domains: &[Domain::Orders] }];
    let (open, clients) = (Vec::new(), None);
    let rules = Rules { open, passes, clients, clock: Box::new(|| Stamp(0)) };
    let guard = Guard::start(&context, rules).unwrap();
    let entrance = Entrance { domain: Domain::Orders, key: None };
    let (kind, bound) = (SocketType::ROUTER, Bound::Orders);
    let orders = socket::serve(&guard, kind, bound, entrance, endpoint).unwrap();
    orders.set_rcvtimeo(PATIENCE_MS).unwrap();
    while let Ok(frames) = orders.recv_multipart(0) {
        let id = match decode(&frames[1]) {
            Ok(Ask { id, request: Request::Hello { .. } }) => id,
            Ok(Ask { request, .. }) => {
                // A test that has ended hears nothing.
                let _ = tell.send(request);
                continue;
            }
            Err(_) => continue,
        };
        let reply = Ok(Reply::Welcome { report_every: 1 });
        orders.send(&frames[0], zmq::SNDMORE).unwrap();
        orders.send(encode(&Answer { id, reply }), DONTWAIT).unwrap();
    }
}

#[test]
fn the_signal_port_lets_only_the_process_in_that_is_the_strategy() {
    let house = House::new();
    assert!(!house.lets_us_in(), "nobody said that this is a strategy");
    let mut other = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    house.start(other.id());
    assert!(!house.lets_us_in(), "another process is the strategy");
    house.start(std::process::id());
    let tries = (0..1_000).find(|_| house.lets_us_in());
    assert!(tries.is_some(), "the strategy is not let in");
    drop(other.stdin.take());
    other.wait().unwrap();
}

/// The kernel's word on a connection is from the moment at which it was made: one that is older than
/// the strategy may carry the number that the strategy has now.
#[test]
fn a_signal_without_what_its_strategy_was_given_trades_nothing() {
    let house = House::new();
    let token = house.start(std::process::id());
    let tries = (0..1_000).find(|_| house.lets_us_in());
    assert!(tries.is_some(), "the strategy is not let in");
    let client =
        socket::connect(&Context::new(), SocketType::PUSH, Bound::Orders, &house.signals());
    let client = client.unwrap();
    client.set_linger(PATIENCE_MS).unwrap();
    let signal = |id: &str| Signal { id: id.parse().unwrap(), ..golden::signal() };
    let signed = |by: &Token, id| encode(&Signed { by: by.clone(), signal: signal(id) });
    client.send(encode(&signal("a#1/entry")), 0).unwrap();
    client.send(signed(&Token::new().unwrap(), "b#1/entry"), 0).unwrap();
    client.send(signed(&token, "c#1/entry"), 0).unwrap();
    let patience = std::time::Duration::from_millis(PATIENCE_MS.unsigned_abs().into());
    let placed = loop {
        if let Request::Place { intent } = house.asked.recv_timeout(patience).unwrap() {
            break intent.signal.unwrap().id.to_string();
        }
    };
    assert_eq!(placed, "c#1/entry");
}
