//! Real sockets: who comes in, and who does not.

#![allow(clippy::unwrap_used)] // Helpers of tests may fail as tests do.

use std::process::{Command, Stdio};

use zmq::SocketEvent;

use super::*;
use crate::wire::socket::{Entrance, port};
use crate::wire::{Badge, KeyPair, Role, Token};

/// How long anything may take, in milliseconds.
const PATIENCE_MS: i32 = 20_000;

/// A server with a door for processes of ours and one for keys, and a guard.
struct House {
    guard: Guard,
    own: KeyPair,
    orders: Socket,
    control: Socket,
    folder: tempfile::TempDir,
}

impl House {
    fn new(open: Vec<Domain>) -> House {
        let folder = tempfile::tempdir().unwrap();
        let (guard, own) = (guard(open), KeyPair::new().unwrap());
        let orders = serve(&guard, Domain::Orders, None, &at(&folder, "orders"));
        let control = serve(&guard, Domain::Control, Some(&own), &at(&folder, "control"));
        House { guard, own, orders, control, folder }
    }

    fn endpoint(&self, name: &str) -> String {
        at(&self.folder, name)
    }

    /// Lets a process in at the order port; who it is on its first connection.
    fn admit(&self, pid: u32) -> Who {
        let token = Token::new().unwrap();
        let who = Who::Child { role: Role::Executor, generation: 1, pid, token, connection: 0 };
        let proof = Proof::Process(Process::open(pid).unwrap());
        self.guard.admit(Pass { who: who.clone(), proof, domains: &[Domain::Orders] });
        on_connection(who, 1)
    }

    /// Lets a key in at the port of `ctl`.
    fn admit_key(&self) -> Badge {
        let own = KeyPair::new().unwrap();
        let proof = Proof::Key(own.public);
        self.guard.admit(Pass { who: Who::Operator, proof, domains: &[Domain::Control] });
        Badge { server: self.own.public, own }
    }

    /// Whose message comes next.
    fn heard(&self) -> Option<Who> {
        self.orders.recv_msg(0).unwrap();
        sender(&mut self.orders.recv_msg(0).unwrap())
    }
}

fn on_connection(mut who: Who, number: u64) -> Who {
    if let Who::Child { connection, .. } = &mut who {
        *connection = number;
    }
    who
}

fn guard(open: Vec<Domain>) -> Guard {
    let rules = Rules { open, passes: Vec::new(), clients: None, clock: Box::new(|| Stamp(0)) };
    Guard::start(&Context::new(), rules).unwrap()
}

fn at(folder: &tempfile::TempDir, name: &str) -> String {
    format!("ipc://{}", folder.path().join(name).display())
}

fn serve(guard: &Guard, domain: Domain, key: Option<&KeyPair>, endpoint: &str) -> Socket {
    let entrance = Entrance { domain, key };
    let socket =
        socket::serve(guard, SocketType::ROUTER, Bound::Orders, entrance, endpoint).unwrap();
    socket.set_rcvtimeo(PATIENCE_MS).unwrap();
    socket
}

fn connect(endpoint: &str) -> Socket {
    socket::connect(&Context::new(), SocketType::DEALER, Bound::Orders, endpoint).unwrap()
}

/// Who tells when the handshake of a client failed, as its own library sees it.
fn watch(context: &Context, client: &Socket) -> Socket {
    let failed = [SocketEvent::HANDSHAKE_FAILED_AUTH, SocketEvent::DISCONNECTED];
    let failed = failed.map(SocketEvent::to_raw);
    client.monitor("inproc://watch", i32::from(failed[0] | failed[1])).unwrap();
    let watch = context.socket(SocketType::PAIR).unwrap();
    watch.set_rcvtimeo(PATIENCE_MS).unwrap();
    watch.connect("inproc://watch").unwrap();
    watch
}

/// Waits until somebody was refused who shows that badge, or none.
#[track_caller]
fn assert_refused(badge: Option<&Badge>, endpoint: &str) {
    let context = Context::new();
    let client = context.socket(SocketType::DEALER).unwrap();
    if let Some(badge) = badge {
        client.set_curve_serverkey(badge.server.bytes()).unwrap();
        client.set_curve_publickey(badge.own.public.bytes()).unwrap();
        client.set_curve_secretkey(badge.own.secret.reveal()).unwrap();
    }
    client.set_identity(b"executor").unwrap();
    let watch = watch(&context, &client);
    client.set_linger(0).unwrap();
    client.connect(endpoint).unwrap();
    client.send("order", 0).unwrap();
    watch.recv_multipart(0).expect("the client was let in");
}

#[test]
fn a_process_of_ours_comes_in_and_is_told_by_name() {
    let house = House::new(Vec::new());
    let who = house.admit(std::process::id());
    let client = connect(&house.endpoint("orders"));
    client.set_identity(b"executor 9 9").unwrap();
    client.send("hello", 0).unwrap();
    assert_eq!(house.heard(), Some(who.clone()));
    // Under the same name, but not the same connection.
    drop(client);
    let other = connect(&house.endpoint("orders"));
    other.set_identity(b"executor 9 9").unwrap();
    other.send("hello", 0).unwrap();
    assert_eq!(house.heard(), Some(on_connection(who, 2)));
}

#[test]
fn a_process_that_is_none_of_ours_is_refused_wherever_it_comes() {
    let house = House::new(Vec::new());
    let mut other = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    house.admit(other.id());
    assert_refused(None, &house.endpoint("orders"));
    house.admit(std::process::id());
    // It is let in at its own door only.
    let signals = serve(&house.guard, Domain::Signals, None, &house.endpoint("signals"));
    assert_refused(None, &house.endpoint("signals"));
    assert_refused(None, &house.endpoint("control"));
    let client = connect(&house.endpoint("orders"));
    client.send("hello", 0).unwrap();
    house.orders.recv_msg(0).unwrap();
    assert_eq!(house.orders.recv_bytes(0).unwrap(), b"hello");
    for door in [&house.orders, &signals, &house.control] {
        assert_eq!(door.recv_bytes(DONTWAIT), Err(zmq::Error::EAGAIN));
    }
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn a_child_says_nothing_to_a_process_that_is_not_its_machine() {
    let (house, child) = (House::new(vec![Domain::Orders]), guard(Vec::new()));
    let call = || {
        let (kind, bound) = (SocketType::DEALER, Bound::Orders);
        socket::call(&child, kind, bound, Domain::Machine, &house.endpoint("orders")).unwrap()
    };
    let told = call();
    let watch = watch(child.context(), &told);
    told.send("secret", 0).unwrap();
    watch.recv_multipart(0).expect("it speaks to anybody");
    // To its machine it speaks, and not to that as its executor.
    let proof = Proof::Process(Process::open(std::process::id()).unwrap());
    child.admit(Pass { who: Who::Machine, proof, domains: &[Domain::Machine] });
    drop(told);
    let told = call();
    told.send("hello", 0).unwrap();
    house.orders.recv_msg(0).unwrap();
    assert_eq!(house.orders.recv_bytes(0).unwrap(), b"hello");
}

#[test]
fn no_key_an_unknown_one_and_another_socket_are_refused() {
    let house = House::new(Vec::new());
    let tcp = serve(&house.guard, Domain::ClientOrders, Some(&house.own), "tcp://127.0.0.1:*");
    let tcp_endpoint = format!("tcp://127.0.0.1:{}", port(&tcp).unwrap());
    let unknown = Badge { server: house.own.public, own: KeyPair::new().unwrap() };
    let good = house.admit_key();
    let control = house.endpoint("control");
    assert_refused(None, &control);
    assert_refused(None, &tcp_endpoint);
    assert_refused(Some(&unknown), &control);
    assert_refused(Some(&good), &tcp_endpoint);
    assert_refused(Some(&good), &house.endpoint("orders"));
    let impostor = Badge { server: KeyPair::new().unwrap().public, ..good.clone() };
    assert_refused(Some(&impostor), &control);
    // Of everything that was sent, only this arrives.
    let (kind, bound) = (SocketType::DEALER, Bound::Orders);
    let client = socket::connect_with(&Context::new(), kind, bound, &good, &control).unwrap();
    client.send("hello", 0).unwrap();
    house.control.recv_msg(0).unwrap();
    assert_eq!(house.control.recv_bytes(0).unwrap(), b"hello");
    for door in [&house.control, &house.orders, &tcp] {
        assert_eq!(door.recv_bytes(DONTWAIT), Err(zmq::Error::EAGAIN));
    }
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
    // It asks for the name of an executor.
    assert_refused(None, &house.endpoint("orders"));
    let who = house.admit(std::process::id());
    let child = connect(&house.endpoint("orders"));
    child.set_identity(b"executor").unwrap();
    child.send("hello", 0).unwrap();
    assert_eq!(house.heard(), Some(who));
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

/// What makes this test the process whose guard falls.
const FALLS: &str = "AFTM_TEST_GUARD_FALLS";

#[test]
fn a_process_whose_guard_falls_ends_before_anybody_is_let_in() {
    use std::os::unix::process::ExitStatusExt as _;
    if std::env::var_os(FALLS).is_some() {
        let (open, passes, clients) = (Vec::new(), Vec::new(), None);
        let rules = Rules { open, passes, clients, clock: Box::new(|| panic!("no clock")) };
        let guard = Guard::start(&Context::new(), rules).unwrap();
        let door = serve(&guard, Domain::ClientOrders, None, "tcp://127.0.0.1:*");
        let client = connect(&format!("tcp://127.0.0.1:{}", port(&door).unwrap()));
        client.send("order", 0).unwrap();
        // Nothing comes, and the process ends meanwhile.
        let _ = door.recv_multipart(0);
        return;
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    let name = "wire::guard::tests::a_process_whose_guard_falls_ends_before_anybody_is_let_in";
    let ended = again.args(["--exact", name]).env(FALLS, "1").output().unwrap();
    assert_eq!(ended.status.signal(), Some(rustix::process::Signal::ABORT.as_raw()));
}
