//! Many who connect and say nothing.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use zmq::SocketType;

use super::{assert_whole, badge, running, with_badge};
use crate::machine::Home;
use crate::v1::bench::order;

fn asked(client: &zmq::Socket, note: &str) -> Value {
    client.send(order(&json!({ "note": note })), 0).unwrap();
    serde_json::from_slice(&client.recv_bytes(0).unwrap()).unwrap()
}

#[test]
fn f19_four_hundred_silent_peers_are_put_out_and_keep_nobody_out() {
    let home = Home::new();
    let made = home.run(&["key", "new", "mt5"]);
    assert_eq!(made.code, Some(0), "{}", made.said);
    let (_machine, status) = running(&home, &["gateway.curve=true"]);
    let port = u16::try_from(status["order_port"].as_u64().unwrap()).unwrap();
    let context = zmq::Context::new();
    let badge = badge(&home, "config/keys/mt5.key_secret");
    let client =
        || with_badge(&context, SocketType::REQ, &badge, &format!("tcp://127.0.0.1:{port}"));
    let known = client();
    assert_eq!(asked(&known, "before")["data"]["order_serial"], "A1");
    let silent: Vec<TcpStream> =
        (0..400).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    // Who was there is served as before, and who comes now is, too.
    assert_eq!(asked(&known, "meanwhile")["data"]["order_serial"], "A2");
    assert_eq!(asked(&client(), "new")["data"]["order_serial"], "A3");
    assert_eq!(asked(&known, "again")["data"]["order_serial"], "A4");
    assert_whole(&home);
    // Each is put out when it has not shaken hands in time.
    for mut stream in silent {
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut said = Vec::new();
        let _ = stream.read_to_end(&mut said);
        assert!(said.len() <= 64, "a silent peer was told {} bytes", said.len());
    }
}

/// What a client without a key says to be let in: the greeting, and that it asks.
fn handshake() -> Vec<u8> {
    let mut said = vec![0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0];
    said.extend_from_slice(b"NULL");
    said.resize(64, 0);
    let ready = b"\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER";
    said.extend_from_slice(&[4, u8::try_from(ready.len()).unwrap()]);
    [said.as_slice(), ready].concat()
}

#[test]
fn strangers_without_end_leave_descriptors_to_everybody_else() {
    let home = Home::new();
    let (_machine, status) = running(&home, &["gateway.plain=true"]);
    let port = u16::try_from(status["order_port"].as_u64().unwrap()).unwrap();
    let context = zmq::Context::new();
    let good = context.socket(SocketType::REQ).unwrap();
    good.set_rcvtimeo(super::PATIENCE_MS).unwrap();
    good.connect(&format!("tcp://127.0.0.1:{port}")).unwrap();
    let ask = || {
        good.send(r#"{"operation":"health_check"}"#, 0).unwrap();
        let reply: Value = serde_json::from_slice(&good.recv_bytes(0).unwrap()).unwrap();
        assert_eq!(reply["data"]["status"], "healthy", "{reply}");
    };
    ask();
    // This test has an end of each of them.
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
    let (mut here, mut put_off) = (Vec::new(), 0);
    while put_off < 20 {
        assert!(here.len() < 3_000, "every stranger was let in");
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(&handshake()).unwrap();
        // Its greeting and that it is ready come to whoever is let in.
        let mut heard = [0; 66];
        match stream.read_exact(&mut heard) {
            Ok(()) => here.push(stream),
            Err(_) => put_off += 1,
        }
    }
    ask();
    assert_whole(&home);
    // When some have gone there is room again.
    here.truncate(100);
    let late = context.socket(SocketType::REQ).unwrap();
    late.set_rcvtimeo(super::PATIENCE_MS).unwrap();
    late.connect(&format!("tcp://127.0.0.1:{port}")).unwrap();
    late.send(r#"{"operation":"health_check"}"#, 0).unwrap();
    assert!(late.recv_bytes(0).is_ok(), "a client was not let in again");
}
