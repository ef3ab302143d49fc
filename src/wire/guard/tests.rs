//! Real sockets: who comes in, and who does not.

#![allow(clippy::unwrap_used)] // Helpers of tests may fail as tests do.

use zmq::SocketEvent;

use super::*;
use crate::wire::socket::{Entrance, port};
use crate::wire::{Badge, KeyPair, Role};

/// How long anything may take, in milliseconds.
const PATIENCE_MS: i32 = 20_000;

/// A server with two doors, and a guard.
struct House {
    guard: Guard,
    own: KeyPair,
    orders: Socket,
    folder: tempfile::TempDir,
}

impl House {
    fn new(open: Vec<Domain>) -> House {
        let folder = tempfile::tempdir().unwrap();
        let (context, own) = (Context::new(), KeyPair::new().unwrap());
        let rules = Rules { open, passes: Vec::new(), clients: None, clock: Box::new(|| Stamp(0)) };
        let guard = Guard::start(&context, rules).unwrap();
        let endpoint = format!("ipc://{}", folder.path().join("orders").display());
        let orders = serve(&guard, Domain::Orders, Some(&own), &endpoint);
        House { guard, own, orders, folder }
    }

    fn endpoint(&self) -> String {
        format!("ipc://{}", self.folder.path().join("orders").display())
    }

    /// Lets a key in that is good on the order port, for a process.
    fn admit(&self, pid: u32) -> Badge {
        let own = KeyPair::new().unwrap();
        let who = Who::Child { role: Role::Executor, generation: 1, pid };
        let (key, domains) = (own.public, &[Domain::Orders] as &[Domain]);
        self.guard.admit(Pass { who, key, pid: Some(pid), domains });
        Badge { server: self.own.public, own }
    }

    /// Whose message comes next.
    fn heard(&self) -> Option<Who> {
        self.orders.recv_msg(0).unwrap();
        sender(&mut self.orders.recv_msg(0).unwrap())
    }
}

fn serve(guard: &Guard, domain: Domain, key: Option<&KeyPair>, endpoint: &str) -> Socket {
    let entrance = Entrance { domain, key };
    let socket =
        socket::serve(guard, SocketType::ROUTER, Bound::Orders, entrance, endpoint).unwrap();
    socket.set_rcvtimeo(PATIENCE_MS).unwrap();
    socket
}

fn with_badge(badge: &Badge, endpoint: &str) -> Socket {
    let context = Context::new();
    socket::connect_with(&context, SocketType::DEALER, Bound::Orders, badge, endpoint).unwrap()
}

/// Waits until the handshake of a client failed, as its own library tells it.
#[track_caller]
fn assert_refused(badge: Option<&Badge>, endpoint: &str) {
    let context = Context::new();
    let client = context.socket(SocketType::DEALER).unwrap();
    if let Some(badge) = badge {
        client.set_curve_serverkey(badge.server.bytes()).unwrap();
        client.set_curve_publickey(badge.own.public.bytes()).unwrap();
        client.set_curve_secretkey(badge.own.secret.reveal()).unwrap();
    }
    let failed = [SocketEvent::HANDSHAKE_FAILED_AUTH, SocketEvent::DISCONNECTED];
    let failed = failed.map(SocketEvent::to_raw);
    client.monitor("inproc://watch", i32::from(failed[0] | failed[1])).unwrap();
    let watch = context.socket(SocketType::PAIR).unwrap();
    watch.set_rcvtimeo(PATIENCE_MS).unwrap();
    watch.connect("inproc://watch").unwrap();
    client.set_linger(0).unwrap();
    client.connect(endpoint).unwrap();
    client.send("order", 0).unwrap();
    watch.recv_multipart(0).expect("the client was let in");
}

#[test]
fn a_known_key_comes_in_and_is_told_by_name() {
    let house = House::new(Vec::new());
    let badge = house.admit(std::process::id());
    let client = with_badge(&badge, &house.endpoint());
    client.set_identity(b"executor 9 9").unwrap();
    client.send("hello", 0).unwrap();
    let pid = std::process::id();
    assert_eq!(house.heard(), Some(Who::Child { role: Role::Executor, generation: 1, pid }));
}

#[test]
fn no_key_an_unknown_one_a_revoked_one_and_another_socket_are_refused() {
    let house = House::new(Vec::new());
    let pid = std::process::id();
    let tcp = serve(&house.guard, Domain::ClientOrders, Some(&house.own), "tcp://127.0.0.1:*");
    let tcp_endpoint = format!("tcp://127.0.0.1:{}", port(&tcp).unwrap());
    let unknown = Badge { server: house.own.public, own: KeyPair::new().unwrap() };
    let revoked = house.admit(pid);
    house.guard.remove(revoked.own.public);
    let good = house.admit(pid);
    assert_refused(None, &house.endpoint());
    assert_refused(None, &tcp_endpoint);
    assert_refused(Some(&unknown), &house.endpoint());
    assert_refused(Some(&revoked), &house.endpoint());
    assert_refused(Some(&good), &tcp_endpoint);
    let impostor = Badge { server: KeyPair::new().unwrap().public, ..good.clone() };
    assert_refused(Some(&impostor), &house.endpoint());
    // Of everything that was sent, only this arrives.
    let client = with_badge(&good, &house.endpoint());
    client.send("hello", 0).unwrap();
    house.orders.recv_msg(0).unwrap();
    assert_eq!(house.orders.recv_bytes(0).unwrap(), b"hello");
    assert_eq!(house.orders.recv_bytes(DONTWAIT), Err(zmq::Error::EAGAIN));
    assert_eq!(tcp.recv_bytes(DONTWAIT), Err(zmq::Error::EAGAIN));
}

#[cfg(target_os = "linux")]
#[test]
fn a_key_in_the_hands_of_another_process_is_refused() {
    let house = House::new(Vec::new());
    let stolen = house.admit(1);
    assert_refused(Some(&stolen), &house.endpoint());
    assert_eq!(house.orders.recv_bytes(DONTWAIT), Err(zmq::Error::EAGAIN));
}

#[test]
fn a_socket_that_is_open_takes_anybody_and_calls_them_so() {
    let house = House::new(vec![Domain::ClientOrders]);
    let open = serve(&house.guard, Domain::ClientOrders, None, "tcp://127.0.0.1:*");
    let endpoint = format!("tcp://127.0.0.1:{}", port(&open).unwrap());
    let context = Context::new();
    let client = socket::connect(&context, SocketType::DEALER, Bound::Orders, &endpoint).unwrap();
    client.send("order", 0).unwrap();
    open.recv_msg(0).unwrap();
    assert_eq!(sender(&mut open.recv_msg(0).unwrap()), Some(Who::Anyone));
    // A socket for others that nobody opened stays shut without a key, too.
    let shut = serve(&house.guard, Domain::ClientSignals, None, "tcp://127.0.0.1:*");
    assert_refused(None, &format!("tcp://127.0.0.1:{}", port(&shut).unwrap()));
}

#[test]
fn whoever_takes_a_routing_id_first_keeps_nobody_out() {
    let house = House::new(Vec::new());
    let context = Context::new();
    let squatter = context.socket(SocketType::DEALER).unwrap();
    squatter.set_identity(b"executor").unwrap();
    squatter.set_linger(0).unwrap();
    squatter.connect(&house.endpoint()).unwrap();
    squatter.send("order", 0).unwrap();
    let badge = house.admit(std::process::id());
    let child = with_badge(&badge, &house.endpoint());
    child.send("hello", 0).unwrap();
    assert!(matches!(house.heard(), Some(Who::Child { role: Role::Executor, .. })));
}

#[test]
fn only_names_within_the_process_are_bound_without_a_guard() {
    let context = Context::new();
    for endpoint in ["tcp://127.0.0.1:*", "ipc:///tmp/aftm-never", "tcp://*:*"] {
        let bound = socket::bind(&context, SocketType::PULL, Bound::Orders, endpoint);
        assert_eq!(bound.err(), Some(zmq::Error::EPROTONOSUPPORT), "{endpoint}");
    }
}

/// A property of a handshake: a name and a value, with their lengths.
fn property(name: &str, value: &str) -> Vec<u8> {
    let length = u32::try_from(value.len()).unwrap().to_be_bytes();
    let name_length = [u8::try_from(name.len()).unwrap()];
    [&name_length, name.as_bytes(), &length, value.as_bytes()].concat()
}

#[test]
fn what_a_peer_says_of_itself_in_the_handshake_is_not_who_it_is() {
    use std::io::{Read as _, Write as _};
    let house = House::new(vec![Domain::ClientOrders]);
    let open = serve(&house.guard, Domain::ClientOrders, None, "tcp://127.0.0.1:*");
    let mut peer = std::net::TcpStream::connect(("127.0.0.1", port(&open).unwrap())).unwrap();
    let mut greeting = [0_u8; 64];
    greeting[..12].copy_from_slice(&[0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]);
    greeting[12..16].copy_from_slice(b"NULL");
    peer.write_all(&greeting).unwrap();
    peer.read_exact(&mut greeting).unwrap();
    let claims = [property("Socket-Type", "DEALER"), property("User-Id", "operator")].concat();
    let ready = [b"\x05READY", &claims[..]].concat();
    peer.write_all(&[4, u8::try_from(ready.len()).unwrap()]).unwrap();
    peer.write_all(&ready).unwrap();
    peer.write_all(b"\x00\x05hello").unwrap();
    open.recv_msg(0).unwrap();
    let mut message = open.recv_msg(0).unwrap();
    assert_eq!(&message[..], b"hello");
    assert_eq!(sender(&mut message), Some(Who::Anyone));
}
