//! Who says hello to whom: processes of another version, and machines that are none of ours.

#![allow(clippy::disallowed_methods)] // The test stands in for a machine with a clock.

use std::io::Write as _;
use std::os::fd::RawFd;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

use aftm::gateway::serve::{FeedLine, Server};
use aftm::gateway::simulated::Simulated;
use aftm::gateway::sockets::{DESK, Doors, Locks, Sockets};
use aftm::gateway::state::State;
use aftm::gateway::venue::Venue;
use aftm::gateway::{Core, NoLedger, Setup, Way, WayEnded};
use aftm::wire::frame::PROTOCOL;
use aftm::wire::guard::{Pass, Process, Proof, Rules as Passes};
use aftm::wire::request::StatusRow;
use aftm::wire::socket::{self, Bound};
use aftm::wire::{
    Ask, Birth, Domain, Endpoints, Guard, Link, LinkError, Refused, Reply, Role, Token, VenueCall,
    VenueWord, Who, encode,
};
use zmq::{Context, DONTWAIT, SocketType};

use super::*;
use crate::machine::Home;

/// How long anything may take, in milliseconds: far longer than it does on a busy machine.
const PATIENCE_MS: i64 = 60_000;

fn now() -> Stamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Stamp(i64::try_from(since.as_nanos()).unwrap())
}

fn endpoints(home: &Home) -> Endpoints {
    let ipc = |name: &str| format!("ipc://{}", home.path().join(name).display());
    Endpoints {
        events: ipc("events"),
        orders: ipc("orders"),
        signals: ipc("signals"),
        v1_signals: None,
    }
}

/// What an executor is told.
fn birth(home: &Home, protocol: u32) -> Birth {
    let patience = Birth::new(Role::Executor, endpoints(home));
    let token = Some(Token::new().unwrap());
    Birth { protocol, token, request_timeout_ms: 500, ..patience }
}

/// A process, told that.
fn tell(command: &mut Command, birth: impl FnOnce(u32) -> Birth) -> Child {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let record = encode(&birth(child.id()));
    let length = u32::try_from(record.len()).unwrap().to_be_bytes();
    // It stays open: its end would be the order to stop.
    let input = child.stdin.as_mut().unwrap();
    input.write_all(&[&length, &record[..]].concat()).unwrap();
    child
}

/// An executor of the program, told that.
fn executor(home: &Home, birth: Birth) -> Child {
    tell(&mut home.command(&["executor"]), |_| birth)
}

/// How it ended by itself, and what it said.
fn end(mut child: Child) -> (Option<i32>, String) {
    let input = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    drop(input);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn f25_a_child_of_another_version_than_the_machine_ends_and_says_why() {
    let home = Home::new();
    for protocol in [0, 99, u32::MAX] {
        let (code, said) = end(executor(&home, birth(&home, protocol)));
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("of another version; restart it"), "{said}");
    }
}

#[test]
fn f14_a_child_says_nothing_to_whoever_has_taken_the_place_of_its_machine() {
    let home = Home::new();
    // The socket is this process's; the machine that starts the executor is another.
    let socket = Context::new().socket(SocketType::ROUTER).unwrap();
    socket.set_linger(0).unwrap();
    socket.bind(&endpoints(&home).orders).unwrap();
    let mut machine = Command::new("sh");
    machine.args(["-c", r#""$0" executor; exit $?"#, env!("CARGO_BIN_EXE_aftm")]);
    let (code, said) =
        end(tell(&mut machine, |pid| Birth { parent: pid, ..birth(&home, PROTOCOL) }));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("did not answer within 500 ms"), "{said}");
    assert_eq!(socket.recv_multipart(DONTWAIT), Err(zmq::Error::EAGAIN), "it spoke");
    // To the one that started it it speaks.
    let mut child = executor(&home, birth(&home, PROTOCOL));
    assert_eq!(socket.poll(zmq::POLLIN, PATIENCE_MS).unwrap(), 1);
    let _ = child.kill();
    child.wait().unwrap();
}

/// A gateway on a thread of its own, to which this process is an executor.
struct House {
    context: Context,
    guard: Guard,
    token: Token,
    endpoints: Endpoints,
    gateway: JoinHandle<()>,
    _wanted: mpsc::Receiver<BTreeSet<Code>>,
    _feed: mpsc::Sender<aftm::gateway::serve::FeedNews>,
}

impl House {
    fn open(home: &Home) -> House {
        House::at(home, Simulated::new(Default::default()))
    }

    /// At an exchange.
    fn at(home: &Home, venue: impl Venue + Send + 'static) -> House {
        let context = Context::new();
        let (pid, token) = (std::process::id(), Token::new().unwrap());
        let pass = Pass {
            who: Who::Child {
                role: Role::Executor,
                generation: 1,
                pid,
                token: token.clone(),
                connection: 0,
            },
            proof: Proof::Process(Process::open(pid).unwrap()),
            domains: &[Domain::Orders, Domain::Events],
        };
        let (open, clock) = (vec![Domain::Ticks], Box::new(now));
        let guard =
            Guard::start(&context, Passes { open, passes: vec![pass], clients: None, clock });
        let (guard, endpoints) = (guard.unwrap(), endpoints(home));
        let doors = Doors { host: "127.0.0.1".to_owned(), ticks: 0, orders: None };
        let locks = Locks { clients: None, client_keys: None, are_ticks_locked: false };
        let sockets = Sockets::open(&guard, &endpoints, &doors, locks).unwrap();
        let (feed, news) = mpsc::channel();
        let (wanted, want) = mpsc::channel();
        let starts = ExchangeTime { at: MORNING, offset: ExchangeTime::TAIPEI };
        let (name, speed) = ("none".to_owned(), Some(1.0));
        let line = FeedLine { name, news, wanted, is_recorded: false, starts, speed, keep: None };
        let core = Core::new(Setup {
            venue,
            ledger: NoLedger,
            listing: Listing::new(Catalog::built_in().unwrap(), "2021-07-26".parse().unwrap()),
            rules: Rules::default(),
            state: State::default(),
        });
        let server_of = Server::new(core, sockets, line, now);
        let gateway = thread::spawn(move || server_of.run().unwrap());
        House { context, guard, token, endpoints, gateway, _wanted: want, _feed: feed }
    }

    fn executor(&self) -> Link {
        Link::new(&self.context, &self.endpoints.orders).unwrap()
    }

    fn status(&self, desk: &mut Link) -> StatusRow {
        match desk.ask(Request::Status {}, PATIENCE_MS, &now).unwrap() {
            Reply::Status(row) => *row,
            other => panic!("the status is {other:?}"),
        }
    }
}

/// A way to an exchange that says nothing, and counts how often it was listened to.
struct Silent(Arc<AtomicU64>);

impl Way for Silent {
    fn is_open(&self) -> bool {
        true
    }

    fn call(&mut self, _: VenueCall, _: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        Ok(())
    }

    fn take(&mut self, _: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn descriptor(&self) -> Option<RawFd> {
        None
    }

    fn drop_peer(&mut self) {}
}

#[test]
fn an_exchange_is_listened_to_though_somebody_asks_without_a_pause() {
    let (home, heard) = (Home::new(), Arc::new(AtomicU64::new(0)));
    let further = Box::new(|| Ok(Vec::new()));
    let venue = Plugged::new(Box::new(Silent(Arc::clone(&heard))), further, false);
    let house = House::at(&home, venue);
    let mut desk = Link::new(&house.context, DESK).unwrap();
    let enough = heard.load(Ordering::Relaxed) + 5;
    let start = now();
    while heard.load(Ordering::Relaxed) < enough {
        house.status(&mut desk);
        assert!(now().since(start) < 20 * Stamp::SECOND, "it is forgotten over whoever asks");
    }
    desk.ask(Request::End {}, PATIENCE_MS, &now).unwrap();
    let House { gateway, guard, .. } = house;
    gateway.join().unwrap();
    drop(guard);
}

fn hello(protocol: u32) -> Request {
    let (version, pid, nonce) = ("9.9.9".to_owned(), std::process::id(), 1);
    Request::Hello { role: Role::Executor, pid, version, protocol, nonce }
}

fn refused(asked: Result<Reply, LinkError>) -> Refused {
    match asked {
        Err(LinkError::Refused(refused)) => refused,
        other => panic!("it came to {other:?}"),
    }
}

/// The kernel's word on a connection is from the moment at which it was made: one that is older than
/// the child may carry the number that the child has now.
#[test]
fn a_connection_with_the_number_of_a_child_has_no_word_without_what_the_child_was_given() {
    let home = Home::new();
    let house = House::open(&home);
    let (mut desk, mut link) = (Link::new(&house.context, DESK).unwrap(), house.executor());
    let mut ask = |request| link.ask(request, PATIENCE_MS, &now);
    assert_eq!(refused(ask(hello(PROTOCOL))).code, "UNKNOWN_PEER");
    let guessed = Request::Prove { token: Token::new().unwrap() };
    assert_eq!(refused(ask(guessed)).code, "UNKNOWN_PEER");
    assert_eq!(refused(ask(hello(PROTOCOL))).code, "UNKNOWN_PEER");
    let alert = Request::Alert { code: "X".to_owned(), text: "x".to_owned() };
    assert_eq!(refused(ask(alert)).code, "UNKNOWN_PEER");
    // What was shown on one connection is good there alone.
    let mut other = house.executor();
    let proof = Request::Prove { token: house.token.clone() };
    assert_eq!(other.ask(proof, PATIENCE_MS, &now).unwrap(), Reply::Done {});
    assert_eq!(refused(ask(hello(PROTOCOL))).code, "UNKNOWN_PEER");
    let welcome = other.ask(hello(PROTOCOL), PATIENCE_MS, &now).unwrap();
    assert!(matches!(welcome, Reply::Welcome { .. }), "{welcome:?}");
    desk.ask(Request::End {}, PATIENCE_MS, &now).unwrap();
    let House { gateway, guard, .. } = house;
    gateway.join().unwrap();
    drop(guard);
}

#[test]
fn f25_a_hello_of_another_version_is_refused_with_both_and_its_frames_are_not_decoded() {
    let home = Home::new();
    let house = House::open(&home);
    let (mut desk, mut link) = (Link::new(&house.context, DESK).unwrap(), house.executor());
    for protocol in [0, 99] {
        let told = refused(link.ask(hello(protocol), PATIENCE_MS, &now));
        let both = [format!("protocol {protocol}"), format!("speaks {PROTOCOL}")];
        assert_eq!(told.code, "PROTOCOL");
        assert!(both.iter().all(|it| told.text.contains(it)), "{told}");
        assert!(told.text.contains("9.9.9") && told.text.contains("restart"), "{told}");
        // Nobody who was refused has a word.
        let told = refused(link.ask(Request::Beat { role: Role::Executor, pid: 1 }, 60_000, &now));
        assert_eq!(told.code, "UNKNOWN_PEER");
    }
    // The first byte of a frame is its version: what follows another one is not looked at.
    let (kind, bound) = (SocketType::DEALER, Bound::Orders);
    let raw = socket::connect(&house.context, kind, bound, &house.endpoints.orders).unwrap();
    for version in [0, 99] {
        let mut frame = encode(&Ask { id: 1, request: hello(PROTOCOL) });
        frame[0] = version;
        raw.send(frame, 0).unwrap();
    }
    raw.set_rcvtimeo(i32::try_from(PATIENCE_MS).unwrap()).unwrap();
    let ask = |id, request| {
        raw.send(encode(&Ask { id, request }), 0).unwrap();
        aftm::wire::decode::<aftm::wire::Answer>(&raw.recv_bytes(0).unwrap()).unwrap()
    };
    let answer = ask(3, Request::Prove { token: house.token.clone() });
    assert_eq!(answer.id, 3, "a frame of another version was answered");
    let answer = ask(4, hello(PROTOCOL));
    assert!(matches!(answer.reply, Ok(Reply::Welcome { .. })), "{answer:?}");
    assert_eq!(house.status(&mut desk).bad_messages, 2);
    desk.ask(Request::End {}, PATIENCE_MS, &now).unwrap();
    let House { gateway, guard, .. } = house;
    gateway.join().unwrap();
    drop(guard);
}
