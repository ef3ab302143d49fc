//! Many who connect and say nothing.

use std::io::Read as _;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use zmq::SocketType;

use super::{assert_untouched, badge, running, with_badge};
use crate::machine::Home;
use crate::v1::bench::order;

#[test]
fn f19_four_hundred_silent_peers_are_put_out_and_keep_nobody_out() {
    let home = Home::new();
    let made = home.run(&["key", "new", "mt5"]);
    assert_eq!(made.code, Some(0), "{}", made.said);
    let (_machine, status) = running(&home, &["gateway.curve=true"]);
    let port = u16::try_from(status["order_port"].as_u64().unwrap()).unwrap();
    let silent: Vec<TcpStream> =
        (0..400).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    assert_untouched(&home);
    let context = zmq::Context::new();
    let badge = badge(&home, "config/keys/mt5.key_secret");
    let good = with_badge(&context, SocketType::REQ, &badge, &format!("tcp://127.0.0.1:{port}"));
    good.send(order(&json!({})), 0).unwrap();
    let reply: serde_json::Value = serde_json::from_slice(&good.recv_bytes(0).unwrap()).unwrap();
    assert_eq!(reply["data"]["order_serial"], "A1", "{reply}");
    // Each is put out when it has not shaken hands in time.
    for mut stream in silent {
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut said = Vec::new();
        let _ = stream.read_to_end(&mut said);
        assert!(said.len() <= 64, "a silent peer was told {} bytes", said.len());
    }
}
