//! The lawful client, which asks whatever others do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::Value;
use zmq::{Context, POLLIN, Socket, SocketType};

use crate::entry::clock;
use crate::entry::rehearse::told::Times;

/// The pause between two questions.
const PAUSE: Duration = Duration::from_millis(1);
/// How long an answer is waited for, in milliseconds.
const PATIENCE_MS: i64 = 10_000;
/// What it asks, and what is answered where all is well.
pub(super) const QUESTION: &str = r#"{"operation":"health_check"}"#;
pub(super) const HEALTHY: &str = "healthy";

/// A client with its own threads for input and output, as another process has them.
pub(super) struct Good {
    socket: Socket,
    /// The socket closes before it.
    _context: Context,
}

impl Good {
    pub(super) fn new(port: u16) -> Result<Good> {
        let context = Context::new();
        let socket = context.socket(SocketType::REQ)?;
        socket.set_linger(0)?;
        socket.connect(&format!("tcp://127.0.0.1:{port}"))?;
        Ok(Good { socket, _context: context })
    }

    /// Asks so many times.
    pub(super) fn ask_for(&mut self, count: usize, times: &mut Times) -> Result<()> {
        (0..count).try_for_each(|_| self.ask(times))
    }

    fn ask(&mut self, times: &mut Times) -> Result<()> {
        thread::park_timeout(PAUSE);
        let begun = clock::now();
        self.socket.send(QUESTION, 0)?;
        if self.socket.poll(POLLIN, PATIENCE_MS)? == 0 {
            bail!("the lawful client is not answered any more");
        }
        let reply = self.socket.recv_bytes(0)?;
        times.add(clock::now().since(begun));
        let reply: Value = serde_json::from_slice(&reply)?;
        match reply.pointer("/data/status").and_then(Value::as_str) {
            Some(HEALTHY) => Ok(()),
            _ => bail!("the lawful client was answered {reply}"),
        }
    }
}

/// A lawful client that asks on a thread of its own until it is stopped.
pub(super) struct Asking {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Result<(Good, Times)>>,
}

impl Asking {
    pub(super) fn begin(mut good: Good) -> Result<Asking> {
        let is_over = Arc::new(AtomicBool::new(false));
        let flag = is_over.clone();
        let work = move || {
            let mut times = Times::default();
            while !flag.load(Ordering::Relaxed) {
                good.ask(&mut times)?;
            }
            Ok((good, times))
        };
        let thread = thread::Builder::new().name("good".to_owned()).spawn(work)?;
        Ok(Asking { is_over, thread })
    }

    /// How long each of its questions took.
    pub(super) fn end(self) -> Result<(Good, Times)> {
        self.is_over.store(true, Ordering::Relaxed);
        let joined = self.thread.join().map_err(|_| anyhow!("the lawful client panicked"))?;
        joined.context("the lawful client was let down")
    }
}
