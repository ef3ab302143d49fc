//! The floor: sockets like the machine's that take everything and do nothing, to tell what the
//! garbage costs the computer from what it costs the machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use anyhow::{Context as _, Result, anyhow};
use serde_json::json;
use zmq::{Context, DONTWAIT, POLLIN, SNDMORE, Socket, SocketType};

use super::good::{HEALTHY, QUESTION};
use super::thrower::Ports;

/// How often it looks whether it is still wanted, in milliseconds.
const LOOK_MS: i64 = 100;

/// Sockets that do nothing, on a thread of their own.
pub(super) struct Floor {
    pub(super) ports: Ports,
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Result<()>>,
}

impl Floor {
    pub(super) fn open() -> Result<Floor> {
        let context = Context::new();
        let bind = |kind| -> Result<(Socket, u16)> {
            let socket = context.socket(kind)?;
            socket.set_linger(0)?;
            socket.set_maxmsgsize(65_536)?;
            socket.set_handshake_ivl(1_000)?;
            socket.bind("tcp://127.0.0.1:*")?;
            let end = socket.get_last_endpoint()?.map_err(|_| anyhow!("an endpoint is no text"))?;
            let port = end.rsplit_once(':').context("an endpoint has no port")?.1.parse()?;
            Ok((socket, port))
        };
        let (orders, order_port) = bind(SocketType::ROUTER)?;
        let (signals, signal_port) = bind(SocketType::PULL)?;
        // Topics without end would cost a socket that does nothing more than the machine.
        let ports = Ports { orders: order_port, signals: signal_port, ticks: None };
        let is_over = Arc::new(AtomicBool::new(false));
        let flag = is_over.clone();
        let thread = thread::Builder::new().name("floor".to_owned()).spawn(move || {
            let healthy = json!({ "data": { "status": HEALTHY } }).to_string();
            while !flag.load(Ordering::Relaxed) {
                let mut items = [orders.as_poll_item(POLLIN), signals.as_poll_item(POLLIN)];
                zmq::poll(&mut items, LOOK_MS)?;
                while let Ok(frames) = orders.recv_multipart(DONTWAIT) {
                    answer(&orders, &frames, &healthy);
                }
                while signals.recv_multipart(DONTWAIT).is_ok() {}
            }
            Ok(())
        })?;
        Ok(Floor { ports, is_over, thread })
    }

    pub(super) fn end(self) -> Result<()> {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow!("the floor's thread panicked"))?
    }
}

/// The lawful client is healthy; everybody else has a few bytes.
fn answer(socket: &Socket, frames: &[Vec<u8>], healthy: &str) {
    let [name, _, body] = frames else { return };
    let reply = if body == QUESTION.as_bytes() { healthy } else { "{}" };
    let sent = socket.send(name, SNDMORE | DONTWAIT);
    // Whoever is gone needs no answer.
    let _ = sent.and_then(|()| socket.send("", SNDMORE | DONTWAIT));
    let _ = socket.send(reply, DONTWAIT);
}
