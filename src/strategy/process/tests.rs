//! The strategy's way to an executor, over real sockets.

#![allow(clippy::unwrap_used)] // Helpers of tests may fail as tests do.

use super::*;
use crate::wire::guard::{Pass, Process as Peer, Proof};
use crate::wire::socket::Entrance;
use crate::wire::{Endpoints, Signed, Who, golden};

/// How long a message may take before it is sent again, and how often, in milliseconds.
const AGAIN_MS: i64 = 20;
const TRIES: usize = 1_000;

/// An executor's signal port that knows nobody yet.
fn port(endpoint: &str) -> (Guard, Socket) {
    let (open, passes, clients) = (Vec::new(), Vec::new(), None);
    let rules = Rules { open, passes, clients, clock: Box::new(|| Stamp(0)) };
    let guard = Guard::start(&Context::new(), rules).unwrap();
    let entrance = Entrance { domain: Domain::Signals, key: None };
    let port = socket::serve(&guard, SocketType::PULL, Bound::Orders, entrance, endpoint);
    (guard, port.unwrap())
}

#[test]
fn a_signal_reaches_an_executor_that_had_refused_its_strategy() {
    let folder = tempfile::tempdir().unwrap();
    let end = |name: &str| format!("ipc://{}", folder.path().join(name).display());
    let (events, orders, signals) = (end("events"), end("orders"), end("signals"));
    let (guard, port) = port(&signals);
    let (token, pid) = (Token::new().unwrap(), std::process::id());
    let executor = Neighbor { role: Role::Executor, pid, generation: 1, token: token.clone() };
    let ends = Endpoints { events, orders, signals, v1_signals: None };
    let (token, neighbor) = (Some(token), Some(executor));
    let birth = Birth { token, neighbor, ..Birth::new(Role::Strategy, ends) };
    let context = Context::new();
    let _bell = socket::bind(&context, SocketType::PUSH, Bound::Orders, "inproc://stop").unwrap();
    let mut process = Process::new(&context, birth, pid, "inproc://stop", || Stamp(0)).unwrap();
    // It is refused until nothing more is taken on that connection.
    let is_dead = |it: &Process<_>| it.signals.send("", DONTWAIT) == Err(zmq::Error::EAGAIN);
    let refused = (0..TRIES).find(|_| {
        port.poll(POLLIN, AGAIN_MS).unwrap();
        is_dead(&process)
    });
    assert!(refused.is_some(), "the port takes strangers");
    let (generation, role) = (1, Role::Strategy);
    let who = Who::Child { role, generation, pid, token: process.token.clone(), connection: 0 };
    let proof = Proof::Process(Peer::open(pid).unwrap());
    guard.admit(Pass { who, proof, domains: &[Domain::Signals] });
    let heard = (0..TRIES).find(|_| {
        process.push(golden::signal()).unwrap();
        port.poll(POLLIN, AGAIN_MS).unwrap() > 0
    });
    assert!(heard.is_some(), "the signal never came");
    let told: Signed = decode(&port.recv_bytes(0).unwrap()).unwrap();
    assert_eq!(told, Signed { by: process.token.clone(), signal: golden::signal() });
}
