//! Whoever throws the garbage: a process of its own that gives way to every other, as a stranger
//! from another computer takes no processor from the machine, and keeps to a pace.

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use aftm_domain::{Side, Stamp};
use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::nice;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zmq::{Context, DONTWAIT, POLLIN, Socket, SocketType};

use super::bytes;
use crate::desk::Exit;
use crate::entry::rehearse::dice::Dice;
use crate::entry::{child, clock};
use crate::wire::v1::signals;

/// Messages a second: a million in a minute.
const PACE: i64 = 1_000_000 / 60;
/// Messages at once, as often as that takes.
const HANDFUL: i64 = 16;
/// How far behind its pace it may fall before the time is lost to it.
const BEHIND_MAX: i64 = 20 * Stamp::MILLISECOND;
/// Peers of the order port and of the signal port that send nothing else.
const PEERS: usize = 4;
/// Connections that say nothing, or nothing more.
const SILENT: usize = 50;
/// How long a full queue is waited for, and answers once everything is thrown, in milliseconds.
const PATIENCE_MS: i32 = 10_000;
const QUIET_MS: i64 = 1_000;
/// The lowest of all priorities.
const NICE: i32 = 19;

/// TCP ports of who is thrown at.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Ports {
    pub(super) orders: u16,
    pub(super) signals: u16,
    /// `None` where there is none.
    pub(super) ticks: Option<u16>,
}

/// What is to be thrown, and where.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Throw {
    pub(super) parent: u32,
    pub(super) count: u64,
    pub(super) seed: u64,
    pub(super) ports: Ports,
    /// Sockets of the runtime folder, which take nothing without a key.
    pub(super) sockets: Vec<PathBuf>,
}

/// What was thrown.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Thrown {
    pub(super) orders: u64,
    pub(super) answers: u64,
    pub(super) signals: u64,
    /// Subscriptions to what is not published.
    pub(super) topics: u64,
    pub(super) strangers: u64,
    /// How long that took, in nanoseconds.
    pub(super) took: i64,
}

impl Throw {
    /// Starts a process that throws.
    pub(super) fn begin(&self) -> Result<Throwing> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["rehearse", "garbage-thrower"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start who throws")?;
        let mut input = child.stdin.take().context("a child has no standard input")?;
        writeln!(input, "{}", serde_json::to_string(self)?)?;
        Ok(Throwing(child))
    }
}

/// A process that throws.
pub(super) struct Throwing(Child);

impl Throwing {
    /// Waits until everything is thrown.
    pub(super) fn end(mut self) -> Result<Thrown> {
        let mut out = String::new();
        self.0.stdout.take().context("who throws says nothing")?.read_to_string(&mut out)?;
        ensure!(self.0.wait()?.success(), "who throws gave up");
        serde_json::from_str(&out).context("who throws does not say what it threw")
    }
}

impl Drop for Throwing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The process itself: throws what standard input says, and prints what that was.
pub(in crate::entry) fn serve(out: &mut dyn Write) -> Result<Exit> {
    let mut line = String::new();
    BufReader::new(std::io::stdin()).read_line(&mut line)?;
    let throw: Throw = serde_json::from_str(&line)
        .context("this is a part of a rehearsal; start it with aftm rehearse garbage")?;
    child::follow_parent(throw.parent)?;
    nice(NICE).context("cannot give way to other processes")?;
    let mut bad = Bad::new(&throw)?;
    let mut dice = Dice::new(throw.seed);
    let begun = clock::now();
    let mut due = begun;
    let mut left = throw.count;
    while left > 0 {
        let handful = left.min(HANDFUL.unsigned_abs());
        (0..handful).try_for_each(|_| bad.throw(&mut dice))?;
        left -= handful;
        due = due.after(HANDFUL * Stamp::SECOND / PACE).max(Stamp(clock::now().0 - BEHIND_MAX));
        let early = due.since(clock::now());
        if early > 0 {
            thread::park_timeout(Duration::from_nanos(early.unsigned_abs()));
        }
    }
    bad.thrown.took = clock::now().since(begun);
    bad.wait()?;
    writeln!(out, "{}", serde_json::to_string(&bad.thrown)?)?;
    Ok(Exit::Ok)
}

/// Connections of who throws.
struct Bad {
    orders: Vec<Socket>,
    signals: Vec<Socket>,
    ticks: Option<Socket>,
    signal: Vec<u8>,
    ports: Ports,
    sockets: Vec<PathBuf>,
    silent: Vec<Stranger>,
    thrown: Thrown,
    /// They close before it.
    _context: Context,
}

/// A connection of somebody who does not speak ZMTP.
#[allow(dead_code)] // They are held open, and that is all.
enum Stranger {
    Tcp(TcpStream),
    Local(UnixStream),
}

impl Bad {
    fn new(throw: &Throw) -> Result<Bad> {
        let context = Context::new();
        let ports = throw.ports;
        let connect = |kind, port: u16| -> Result<Socket> {
            let socket = context.socket(kind)?;
            // What was sent counts, and must arrive.
            socket.set_linger(PATIENCE_MS)?;
            socket.set_sndtimeo(PATIENCE_MS)?;
            socket.connect(&format!("tcp://127.0.0.1:{port}"))?;
            Ok(socket)
        };
        let peers = |kind, port| (0..PEERS).map(|_| connect(kind, port)).collect::<Result<_>>();
        let mut signal = Vec::new();
        signals::encode_signal(&mut signal, Stamp(0), Side::Buy, &"TXFH1".parse()?);
        let silent = (0..SILENT).map(|_| TcpStream::connect(("127.0.0.1", ports.orders)));
        let silent = silent.map(|it| it.map(Stranger::Tcp)).collect::<Result<_, _>>();
        Ok(Bad {
            orders: peers(SocketType::DEALER, ports.orders)?,
            signals: peers(SocketType::PUSH, ports.signals)?,
            ticks: ports.ticks.map(|it| connect(SocketType::XSUB, it)).transpose()?,
            signal,
            ports,
            sockets: throw.sockets.clone(),
            silent: silent.context("cannot connect to say nothing")?,
            thrown: Thrown::default(),
            _context: context,
        })
    }

    fn throw(&mut self, dice: &mut Dice) -> Result<()> {
        match dice.below(1_000) {
            0..5 => self.stranger(dice),
            5..100 => {
                let Some(ticks) = &self.ticks else { return Ok(()) };
                let topic = [&[1][..], &dice.bytes(100)].concat();
                ticks.send(topic, 0).context("the tick port takes nothing any more")?;
                self.thrown.topics += 1;
            }
            100..450 => {
                let bytes = bytes::spoil(&self.signal, dice);
                let at = usize::try_from(dice.below(u64::MAX))? % PEERS;
                let Some(peer) = self.signals.get(at) else { return Ok(()) };
                peer.send(bytes, 0).context("the signal port takes nothing any more")?;
                self.thrown.signals += 1;
            }
            _ => {
                let bytes = bytes::spoil(bytes::ORDER.as_bytes(), dice);
                let at = usize::try_from(dice.below(u64::MAX))? % PEERS;
                let Some(peer) = self.orders.get(at) else { return Ok(()) };
                peer.send_multipart([Vec::new(), bytes], 0)
                    .context("the order port takes nothing any more")?;
                self.thrown.orders += 1;
                self.take()?;
            }
        }
        Ok(())
    }

    fn stranger(&mut self, dice: &mut Dice) {
        self.thrown.strangers += 1;
        let places = 3 + u64::try_from(self.sockets.len()).unwrap_or(0);
        let place = usize::try_from(dice.below(places)).unwrap_or(0);
        let valid: &[u8] = if place == 1 { &self.signal } else { bytes::ORDER.as_bytes() };
        let bytes = bytes::stranger(valid, dice);
        let Ports { orders, signals, ticks } = self.ports;
        let stream = match [orders, signals, ticks.unwrap_or(orders)].get(place) {
            Some(port) => TcpStream::connect(("127.0.0.1", *port)).ok().map(Stranger::Tcp),
            None => {
                let path = self.sockets.get(place.saturating_sub(3));
                path.and_then(|it| UnixStream::connect(it).ok()).map(Stranger::Local)
            }
        };
        let Some(mut stream) = stream else { return };
        // Who is cut off while it speaks has had its answer.
        let _ = match &mut stream {
            Stranger::Tcp(stream) => stream.write_all(&bytes),
            Stranger::Local(stream) => stream.write_all(&bytes),
        };
        // One that says nothing more stays for a while.
        if let Some(oldest) = self.silent.first_mut() {
            *oldest = stream;
            self.silent.rotate_left(1);
        }
    }

    fn take(&mut self) -> Result<()> {
        for peer in &self.orders {
            loop {
                match peer.recv_multipart(DONTWAIT) {
                    Ok(frames) => {
                        self.thrown.answers += 1;
                        look_at(frames.last().map_or(&[][..], |it| it))?;
                    }
                    Err(zmq::Error::EAGAIN) => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    /// Takes answers until all are there, or no more come: who sends too much is not answered.
    fn wait(&mut self) -> Result<()> {
        while self.thrown.answers < self.thrown.orders {
            let mut items: Vec<_> = self.orders.iter().map(|it| it.as_poll_item(POLLIN)).collect();
            if zmq::poll(&mut items, QUIET_MS)? == 0 {
                break;
            }
            self.take()?;
        }
        Ok(())
    }
}

/// Nothing of it may have been traded. The floor's answers are empty.
fn look_at(reply: &[u8]) -> Result<()> {
    let reply: Value = serde_json::from_slice(reply).context("an answer is no JSON")?;
    if reply.pointer("/data/is_send_order").and_then(Value::as_bool) == Some(true) {
        bail!("garbage was traded: {reply}");
    }
    Ok(())
}
