//! Whatever strangers send to the ports, nothing is traded that nobody asked for, nothing breaks,
//! and nobody else has to wait.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Helpers of tests may fail as tests do.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use aftm_domain::Side;
use serde_json::json;
use zmq::{Context, DONTWAIT, Socket, SocketType};

use super::bench::{Machine, PATIENCE, Random, answer, order, signal};

/// Bytes that a web page can make a browser send: a request for a path that is chosen so that a
/// reader of ZMTP 1.0, which takes the first byte for the length of a frame, comes out exactly
/// where the body starts. The body is frames.
pub(crate) fn http(method: &str, frames: &[&[u8]]) -> Vec<u8> {
    let mut body = Vec::new();
    for (at, frame) in frames.iter().enumerate() {
        match u8::try_from(frame.len() + 1) {
            Ok(length) if length < u8::MAX => body.push(length),
            _ => {
                body.push(u8::MAX);
                body.extend_from_slice(&(frame.len() as u64 + 1).to_be_bytes());
            }
        }
        body.push(u8::from(at + 1 < frames.len()));
        body.extend_from_slice(frame);
    }
    let head = format!("{method} /");
    let rest = format!(" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n", body.len());
    // The second frame starts in the path; its length is the character that leads to the body.
    let second = usize::from(method.as_bytes()[0]) + 1;
    let mut path = vec![b'b'; second + 2 - head.len()];
    let length = head.len() + path.len() + rest.len() - second - 1;
    path[second - head.len()] = u8::try_from(length).unwrap();
    [head.as_bytes(), &path, rest.as_bytes(), &body].concat()
}

/// Sends bytes over plain TCP and reads until the other side has enough.
fn post(port: u16, bytes: &[u8]) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(bytes).unwrap();
    // It may be reset with bytes of ours unread, which is an error here and as good an end.
    let _ = stream.read_to_end(&mut Vec::new());
}

/// A socket without the guard that every socket of the machine has.
fn unguarded(context: &Context, kind: SocketType) -> (Socket, u16) {
    let socket = context.socket(kind).unwrap();
    socket.set_rcvtimeo(i32::try_from(PATIENCE.as_millis()).unwrap()).unwrap();
    socket.bind("tcp://127.0.0.1:*").unwrap();
    let endpoint = socket.get_last_endpoint().unwrap().unwrap();
    let port = endpoint.rsplit_once(':').unwrap().1.parse().unwrap();
    (socket, port)
}

#[test]
fn f17_bytes_of_a_browser_reach_nobody() {
    let machine = Machine::start(&[]);
    let (signal, order) = (signal(machine.tick_time(), Side::Buy), order(&json!({})));
    let attacks: Vec<Vec<u8>> = ["POST", "PUT", "GET"]
        .into_iter()
        .flat_map(|method| [http(method, &[&signal]), http(method, &[b"", &order])])
        .collect();
    // The attack is real: a socket without the guard hands the chosen message over.
    for (kind, attack, meant) in
        [(SocketType::PULL, &attacks[0], &signal), (SocketType::ROUTER, &attacks[1], &order)]
    {
        let (socket, port) = unguarded(&machine.context, kind);
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(attack).unwrap();
        while socket.recv_multipart(0).unwrap().last() != Some(meant) {}
    }
    for port in ["tick_port", "signal_port", "order_port"] {
        attacks.iter().for_each(|attack| post(machine.port(port), attack));
    }
    // Whoever is served comes after whatever was sent before.
    let lawful = machine.socket(SocketType::PUSH, "signal_port");
    lawful.send(&signal, 0).unwrap();
    machine.wait("order", |it| it["status"] == "Filled");
    assert_eq!(machine.orders().len(), 1, "the lawful signal alone was traded");
    machine.assert_whole();
}

#[test]
fn f17_noise_on_the_order_port_is_answered_and_trades_nothing() {
    const NOISE: usize = 10_000;
    let machine = Machine::start(&[]);
    let port = machine.socket(SocketType::DEALER, "order_port");
    let (valid, mut random) = (order(&json!({})), Random(20_210_726));
    let cuts = (0..valid.len()).map(|end| valid[..end].to_vec());
    let longer = [&valid[..], b"x"].concat();
    let noise: Vec<Vec<u8>> = cuts.chain([longer]).collect();
    let noise = noise.into_iter().chain((0..NOISE).map(|_| random.bytes(300)));
    let (mut asked, mut answered) = (0_u64, 0_u64);
    let take = |flags, answered: &mut u64| match port.recv_multipart(flags) {
        Ok(frames) => {
            let reply: serde_json::Value = serde_json::from_slice(&frames[1]).unwrap();
            assert_eq!(reply["success"], false, "{reply}");
            *answered += 1;
            true
        }
        Err(zmq::Error::EAGAIN) => false,
        Err(error) => panic!("{error}"),
    };
    for frame in noise {
        port.send_multipart([Vec::new(), frame], 0).unwrap();
        asked += 1;
        while take(DONTWAIT, &mut answered) {}
    }
    while answered < asked {
        assert!(take(0, &mut answered), "{answered} of {asked} were answered");
    }
    assert_eq!(machine.orders().len(), 0);
    assert_eq!(machine.now()["bad_messages"], asked);
    assert_eq!(machine.ask(&valid)["data"]["order_serial"], "A1");
    machine.assert_whole();
}

#[test]
fn f17_an_order_with_a_changed_byte_is_that_order_or_none() {
    let machine = Machine::start(&["simulator.balance=1000000000000"]);
    let port = machine.socket(SocketType::REQ, "order_port");
    let (valid, mut random, mut sent) = (order(&json!({})), Random(7), 0);
    for _ in 0..2_000 {
        let mut frame = valid.clone();
        let at = random.roll(frame.len());
        frame[at] = u8::try_from(random.roll(256)).unwrap();
        port.send(&frame, 0).unwrap();
        sent += usize::from(answer(&port)["data"]["is_send_order"] == true);
    }
    let fills = machine.now()["fills"].as_u64().unwrap();
    assert_eq!(fills, sent as u64, "what was not said to be taken was not traded");
    // A note or a digit may change and leave an order; a side never turns.
    assert!(machine.orders().iter().all(|it| it["side"] == "buy"));
    machine.assert_whole();
}

#[test]
fn f17_noise_on_the_signal_port_trades_nothing() {
    let machine = Machine::start(&[]);
    let port = machine.socket(SocketType::PUSH, "signal_port");
    let (valid, mut random) = (signal(machine.tick_time(), Side::Buy), Random(5_556));
    let mut noise: Vec<Vec<u8>> = (0..valid.len()).map(|end| valid[..end].to_vec()).collect();
    noise.push([&valid[..], b"x"].concat());
    noise.extend((0..2_000).map(|_| random.bytes(300)));
    noise.extend((0..500).map(|_| [b"\x01", &random.bytes(100)[..]].concat()));
    let count = noise.len() + 1;
    noise.iter().for_each(|frame| port.send(frame, 0).unwrap());
    port.send_multipart([&valid[..], b"x"], 0).unwrap();
    port.send(signal(machine.tick_time(), Side::Sell), 0).unwrap();
    machine.wait("order", |it| it["status"] == "Filled");
    let orders = machine.orders();
    assert_eq!((orders.len(), &orders[0]["side"]), (1, &json!("sell")), "the last signal alone");
    let mut told = 0;
    while told < count {
        let alert = machine.wait("alert", |it| it["code"] == "BAD_SIGNALS");
        let number = alert["text"].as_str().unwrap().split(' ').next().unwrap().to_owned();
        told += number.parse::<usize>().unwrap();
    }
    assert_eq!(told, count);
    machine.assert_whole();
}

#[test]
fn f18_who_sends_too_much_is_cut_off_and_nobody_else() {
    let machine = Machine::start(&[]);
    for (kind, port) in [(SocketType::REQ, "order_port"), (SocketType::PUSH, "signal_port")] {
        let (greedy, watch) = (machine.socket(kind, port), format!("inproc://{port}"));
        let cut_off = i32::from(zmq::SocketEvent::DISCONNECTED.to_raw());
        greedy.monitor(&watch, cut_off).unwrap();
        let events = machine.context.socket(SocketType::PAIR).unwrap();
        events.set_rcvtimeo(i32::try_from(PATIENCE.as_millis()).unwrap()).unwrap();
        events.connect(&watch).unwrap();
        greedy.send(vec![b' '; 65_537], 0).unwrap();
        events.recv_multipart(0).unwrap();
    }
    assert_eq!(machine.ask(&order(&json!({})))["data"]["order_serial"], "A1");
    machine.assert_whole();
}

#[test]
fn fifty_clients_are_served_beside_silent_and_deaf_ones() {
    let machine = Machine::start(&["simulator.balance=1000000000000"]);
    let silent: Vec<TcpStream> = (0..100)
        .map(|_| TcpStream::connect(("127.0.0.1", machine.port("order_port"))).unwrap())
        .collect();
    let deaf: Vec<Socket> = (0..20)
        .map(|_| {
            let socket = machine.socket(SocketType::REQ, "order_port");
            socket.send(r#"{"operation":"get_instruments"}"#, 0).unwrap();
            socket
        })
        .collect();
    let clients: Vec<_> = (0..50)
        .map(|client| {
            let socket = machine.socket(SocketType::REQ, "order_port");
            thread::spawn(move || {
                for number in 0..5 {
                    let note = format!("client {client} order {number}");
                    socket.send(order(&json!({ "note": note })), 0).unwrap();
                    assert_eq!(answer(&socket)["data"]["note"], json!(note), "each its own reply");
                }
            })
        })
        .collect();
    clients.into_iter().for_each(|it| it.join().unwrap());
    assert_eq!(machine.now()["fills"], 250);
    drop((silent, deaf));
    machine.assert_whole();
}

#[test]
fn dear_questions_starve_neither_the_children_nor_the_clients() {
    let machine = Machine::start(&[]);
    for _ in 0..64 {
        machine.ask(&order(&json!({ "quantity": 99 })));
    }
    let flood = machine.socket(SocketType::DEALER, "order_port");
    for _ in 0..3_000 {
        flood.send_multipart([&b""[..], br#"{"operation":"get_orders"}"#], 0).unwrap();
    }
    for _ in 0..3_000 {
        assert_eq!(flood.recv_multipart(0).unwrap().len(), 2);
    }
    machine.assert_whole();
}
