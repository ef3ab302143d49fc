//! Who can signal to an executor, over real sockets.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Helpers of tests may fail as tests do.

use std::thread;

use aftm_domain::{Quantity, Stamp};
use zmq::{Context, DONTWAIT, Socket, SocketEvent, SocketType};

use super::*;
use crate::wire::birth::{SignalKeys, Told, Visitor};
use crate::wire::guard::{Guard, Pass, Rules};
use crate::wire::request::Answer;
use crate::wire::socket::{self, Bound, Entrance};
use crate::wire::{
    Ask, Badge, Birth, ChildKeys, Domain, Endpoints, KeyPair, Reply, Request, Role, Who, decode,
    encode, frame,
};

/// How long anything may take, in milliseconds.
const PATIENCE_MS: i32 = 20_000;
const STOP: &str = "inproc://stop";

/// An executor at work, and a gateway that greets it.
struct House {
    folder: tempfile::TempDir,
    /// What its signal port shows.
    port: KeyPair,
    parent: Socket,
    executor: Option<thread::JoinHandle<()>>,
}

impl House {
    fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let end = |name: &str| format!("ipc://{}", folder.path().join(name).display());
        let (gateway, own, port) = (pair(), pair(), pair());
        let orders = end("orders");
        let key = own.public;
        let shown = gateway.clone();
        thread::spawn(move || greet(&orders, &shown, key));
        let context = Context::new();
        let parent = socket::bind(&context, SocketType::PUSH, Bound::Orders, STOP).unwrap();
        let birth = Birth {
            protocol: frame::PROTOCOL,
            role: Role::Executor,
            parent: 0,
            endpoints: Endpoints {
                events: String::new(),
                orders: end("orders"),
                signals: end("signals"),
                v1_signals: None,
            },
            beat_ms: 250,
            request_timeout_ms: 20_000,
            retry_count: 0,
            v1_quantity: Quantity::ONE,
            keys: Some(ChildKeys {
                gateway: Badge { server: gateway.public, own },
                signals: SignalKeys::Port { own: port.clone(), strategy: None, clients: None },
            }),
            plugin: None,
        };
        let executor = thread::spawn(move || {
            Process::new(&context, birth, 7, STOP, || Stamp(0)).unwrap().run().unwrap();
        });
        House { folder, port, parent, executor: Some(executor) }
    }

    fn tell(&self, told: Told) {
        self.parent.send(encode(&told), 0).unwrap();
    }

    /// A strategy starts in a process.
    fn start(&self, pid: u32) -> Badge {
        let own = pair();
        self.tell(Told::Visitor(Visitor { key: own.public, pid, generation: 1 }));
        Badge { server: self.port.public, own }
    }

    /// Whether the signal port lets somebody in, as their own library tells it.
    fn lets_in(&self, badge: &Badge) -> bool {
        let context = Context::new();
        let client = context.socket(SocketType::PUSH).unwrap();
        client.set_curve_serverkey(badge.server.bytes()).unwrap();
        client.set_curve_publickey(badge.own.public.bytes()).unwrap();
        client.set_curve_secretkey(badge.own.secret.reveal()).unwrap();
        client.set_linger(0).unwrap();
        let (yes, no) = (SocketEvent::HANDSHAKE_SUCCEEDED, SocketEvent::HANDSHAKE_FAILED_AUTH);
        client.monitor("inproc://watch", i32::from(yes.to_raw() | no.to_raw())).unwrap();
        let watch = context.socket(SocketType::PAIR).unwrap();
        watch.set_rcvtimeo(PATIENCE_MS).unwrap();
        watch.connect("inproc://watch").unwrap();
        let port = self.folder.path().join("signals");
        client.connect(&format!("ipc://{}", port.display())).unwrap();
        let told = watch.recv_multipart(0).expect("the port answers");
        u16::from_le_bytes([told[0][0], told[0][1]]) == yes.to_raw()
    }

    fn wait_until_it_lets_in(&self, badge: &Badge, is_so: bool) {
        let tries = (0..1_000).find(|_| self.lets_in(badge) == is_so);
        assert!(tries.is_some(), "the port does not change its mind");
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

fn pair() -> KeyPair {
    KeyPair::new().unwrap()
}

/// A gateway that welcomes whoever has the key, and answers nothing else.
fn greet(endpoint: &str, own: &KeyPair, key: crate::wire::keys::PublicKey) {
    let context = Context::new();
    let who = Who::Child { role: Role::Executor, generation: 1, pid: 7 };
    let passes = vec![Pass { who, key, pid: None, domains: &[Domain::Orders] }];
    let (open, clients) = (Vec::new(), None);
    let rules = Rules { open, passes, clients, clock: Box::new(|| Stamp(0)) };
    let guard = Guard::start(&context, rules).unwrap();
    let entrance = Entrance { domain: Domain::Orders, key: Some(own) };
    let (kind, bound) = (SocketType::ROUTER, Bound::Orders);
    let orders = socket::serve(&guard, kind, bound, entrance, endpoint).unwrap();
    orders.set_rcvtimeo(PATIENCE_MS).unwrap();
    while let Ok(frames) = orders.recv_multipart(0) {
        let Ok(Ask { id, request: Request::Hello { .. } }) = decode(&frames[1]) else { continue };
        let reply = Ok(Reply::Welcome { report_every: 1 });
        orders.send(&frames[0], zmq::SNDMORE).unwrap();
        orders.send(encode(&Answer { id, reply }), DONTWAIT).unwrap();
    }
}

#[test]
fn a_strategys_key_opens_the_signal_port_for_its_own_process_and_only_while_that_lives() {
    let (house, ours) = (House::new(), std::process::id());
    let unknown = Badge { server: house.port.public, own: pair() };
    assert!(!house.lets_in(&unknown));
    let strategy = house.start(ours);
    house.wait_until_it_lets_in(&strategy, true);
    let stolen = house.start(1);
    let next = house.start(ours);
    house.wait_until_it_lets_in(&next, true);
    assert!(!house.lets_in(&stolen), "the kernel says that it is another process");
    assert!(!house.lets_in(&unknown));
    house.tell(Told::Gone { key: strategy.own.public });
    house.wait_until_it_lets_in(&strategy, false);
    assert!(house.lets_in(&next));
}
