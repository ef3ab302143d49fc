//! Many who connect and say nothing.

use std::io::Read as _;
use std::net::TcpStream;
use std::time::Duration;

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
