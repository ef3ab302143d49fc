//! A process of the same user that knows every path and has no key.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use aftm::wire::frame::PROTOCOL;
use aftm::wire::request::{Ask, Request};
use aftm::wire::{Role, encode};
use zmq::SocketType;

use super::{assert_refused, assert_untouched, badge, ipc, made_up, running};
use crate::machine::Home;
use crate::v1::bench::order;
use crate::v1::hostile::http;

/// What an executor says first.
fn hello(pid: u32) -> Vec<u8> {
    let (role, nonce) = (Role::Executor, 1);
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let request = Request::Hello { role, pid, version, protocol: PROTOCOL, nonce };
    encode(&Ask { id: 1, request })
}

#[test]
fn a_stranger_with_the_right_path_and_no_key_places_no_order() {
    let home = Home::new();
    let (machine, _) = running(&home, &[]);
    let operator = badge(&home, "run/ctl.key");
    let unknown = made_up(operator.server);
    let (dealer, push) = (SocketType::DEALER, SocketType::PUSH);
    let (hello, command) = (hello(machine.child("executor")), b"order buy TXFH1 1");
    for badge in [None, Some(&unknown)] {
        assert_refused(dealer, badge, &ipc(&home, "orders"), &[&hello]);
        assert_refused(dealer, badge, &ipc(&home, "ctl"), &[command]);
        assert_refused(push, badge, &ipc(&home, "signals"), &[&hello]);
        assert_refused(SocketType::SUB, badge, &ipc(&home, "events"), &[]);
    }
    // A key that is good for one socket is good for no other.
    assert_refused(dealer, Some(&operator), &ipc(&home, "orders"), &[&hello]);
    assert_refused(SocketType::SUB, Some(&operator), &ipc(&home, "events"), &[]);
    assert_untouched(&home);
}

#[test]
fn bytes_of_a_browser_reach_no_local_socket() {
    let home = Home::new();
    let (_machine, _) = running(&home, &[]);
    let (order, command) = (order(&serde_json::json!({})), b"order buy TXFH1 1");
    for name in ["orders", "signals", "events", "ctl"] {
        for frames in [vec![&order[..]], vec![b"", &order[..]], vec![&command[..]]] {
            let mut stream = UnixStream::connect(home.path().join("aftm/run").join(name)).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            stream.write_all(&http("POST", &frames)).unwrap();
            // It may be reset with bytes of ours unread, which is as good an end.
            let _ = stream.read_to_end(&mut Vec::new());
        }
    }
    assert_untouched(&home);
}

#[test]
fn the_operators_key_is_gone_with_the_machine() {
    let home = Home::new();
    let (mut machine, _) = running(&home, &[]);
    assert_eq!(home.ctl("quit --abandon").code, Some(0));
    machine.finish();
    assert_eq!(home.runtime_files(), Vec::<String>::new());
    let (_again, _) = running(&home, &[]);
    assert_eq!(home.ctl("status").code, Some(0), "each run has a key of its own");
}
