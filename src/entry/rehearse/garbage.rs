//! Malformed messages on every port of a machine, while a lawful client goes on asking.

use std::io::Write;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use aftm_domain::{Side, Stamp};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use zmq::{DONTWAIT, POLLIN, Socket, SocketType};

use super::dice::Dice;
use super::home::Home;
use super::machine::Machine;
use super::oracle;
use super::told::{Times, Verdict};
use crate::entry::clock;
use crate::wire::v1::signals;

/// Questions of the lawful client while nobody else speaks, and between two handfuls of garbage.
const IDLE: usize = 400;
const HANDFUL: u64 = 200;
/// How much longer half of its questions, and nearly all, may take than when nobody else speaks.
const HALF_MAX: f64 = 2.0;
const MOST_MAX: f64 = 3.0;
/// How much the machine may grow, in KiB.
const GROWN_MAX: u64 = 5 * 1_024;
/// Answers that are waited for, in milliseconds.
const PATIENCE_MS: i64 = 10_000;
/// Connections that say nothing.
const SILENT: usize = 50;

const ORDER: &str = r#"{"operation":"send_order","parameters":{"order_account":"SIM-1","item_code":"TXFH1","side":"buy","order_type":"Market","price":0,"quantity":1,"open_close":"AUTO","note":"x","day_trade":"N","time_in_force":"IOC"}}"#;

/// So many messages under a seed; whether every promise was kept.
pub(super) fn run(count: u64, seed: u64, out: &mut dyn Write) -> Result<bool> {
    let home = Home::new(&[], "[feed]\nspeed = \"10\"")?;
    writeln!(out, "{count} malformed messages under the seed {seed}, in a home of its own")?;
    let (mut machine, _) = Machine::start(&home)?;
    let context = zmq::Context::new();
    let mut good = Good::new(&context, home.order_port)?;
    let (mut idle, mut busy) = (Times::default(), Times::default());
    (0..IDLE).try_for_each(|_| good.ask(&mut idle))?;
    let mut dice = Dice::new(seed);
    let mut bad = Bad::new(&context, &home)?;
    // What is used for the first time is not what leaks.
    bad.throw(&mut dice, HANDFUL * 5)?;
    bad.wait()?;
    let before = Size::of(machine.pid())?;
    let mut left = count;
    while left > 0 {
        let handful = left.min(HANDFUL);
        bad.throw(&mut dice, handful)?;
        good.ask(&mut busy)?;
        left -= handful;
        machine.listen();
    }
    bad.wait()?;
    drop(bad);
    let after = settled(machine.pid(), &before)?;
    good.ask(&mut busy)?;
    machine.quit(&home)?;
    let mut verdict = Verdict::default();
    let orders = oracle::day(&home).map_or(0, |it| it.orders().len());
    let executed = (orders > 0).then(|| format!("the exchange saw {orders} orders"));
    verdict.add("F17 none of them was executed", executed.into_iter().collect());
    verdict.add("F17 the machine does not grow", after.beyond(&before));
    verdict.add("F17 a lawful client hardly notices", slower(&idle, &busy));
    for (what, times) in [("idle", &idle), ("meanwhile", &busy)] {
        writeln!(out, "  {what:<10}{}", times.show().unwrap_or_default())?;
    }
    writeln!(
        out,
        "  memory {} -> {} KiB, open files {} -> {}",
        before.memory, after.memory, before.files, after.files
    )?;
    verdict.tell(out)
}

fn slower(idle: &Times, busy: &Times) -> Vec<String> {
    let bars = [(500, HALF_MAX), (990, MOST_MAX)];
    let broken = bars.into_iter().filter_map(|(permille, bar)| {
        let (before, during) = (idle.at(permille)?, busy.at(permille)?);
        #[allow(clippy::cast_precision_loss)] // A ratio for people.
        let ratio = during as f64 / before.max(1) as f64;
        (ratio > bar).then(|| format!("p{} is {ratio:.1} times as long, not {bar}", permille / 10))
    });
    broken.collect()
}

/// A lawful client.
struct Good(Socket);

impl Good {
    fn new(context: &zmq::Context, port: u16) -> Result<Good> {
        let socket = context.socket(SocketType::REQ)?;
        socket.set_linger(0)?;
        socket.connect(&format!("tcp://127.0.0.1:{port}"))?;
        Ok(Good(socket))
    }

    fn ask(&mut self, times: &mut Times) -> Result<()> {
        let begun = clock::now();
        self.0.send(r#"{"operation":"health_check"}"#, 0)?;
        if self.0.poll(POLLIN, PATIENCE_MS)? == 0 {
            bail!("the lawful client is not answered any more");
        }
        let reply: Value = serde_json::from_slice(&self.0.recv_bytes(0)?)?;
        times.add(clock::now().since(begun));
        match reply.pointer("/data/status").and_then(Value::as_str) {
            Some("healthy") => Ok(()),
            _ => bail!("the lawful client was answered {reply}"),
        }
    }
}

/// Everybody else.
struct Bad {
    ports: [u16; 2],
    orders: Socket,
    signals: Socket,
    signal: Vec<u8>,
    asked: u64,
    answered: u64,
    silent: Vec<TcpStream>,
}

impl Bad {
    fn new(context: &zmq::Context, home: &Home) -> Result<Bad> {
        let ports = [home.order_port, home.signal_port];
        let socket = |kind, port: u16| -> Result<Socket> {
            let socket = context.socket(kind)?;
            socket.set_linger(0)?;
            socket.connect(&format!("tcp://127.0.0.1:{port}"))?;
            Ok(socket)
        };
        let mut signal = Vec::new();
        signals::encode_signal(&mut signal, Stamp(0), Side::Buy, &"TXFH1".parse()?);
        let silent = (0..SILENT).map(|_| TcpStream::connect(("127.0.0.1", ports[0])));
        Ok(Bad {
            orders: socket(SocketType::DEALER, ports[0])?,
            signals: socket(SocketType::PUSH, ports[1])?,
            silent: silent.collect::<Result<_, _>>().context("cannot connect to say nothing")?,
            ports,
            signal,
            asked: 0,
            answered: 0,
        })
    }

    fn throw(&mut self, dice: &mut Dice, count: u64) -> Result<()> {
        for _ in 0..count {
            match dice.below(200) {
                0 => self.stranger(dice),
                1..40 => {
                    let bytes = spoil(&self.signal, dice);
                    // Where it is full nobody waits: it is garbage.
                    let _ = self.signals.send(bytes, DONTWAIT);
                }
                _ => {
                    self.orders.send_multipart([Vec::new(), spoil(ORDER.as_bytes(), dice)], 0)?;
                    self.asked += 1;
                }
            }
            self.take()?;
            // The machine's queues are not to be filled, but what it does with each.
            while self.asked - self.answered > 500 {
                self.wait_for_one()?;
            }
        }
        Ok(())
    }

    /// What is no ZeroMQ at all, on a connection of its own; or more than anybody may send.
    fn stranger(&mut self, dice: &mut Dice) {
        let port = self.ports.get(usize::try_from(dice.below(2)).unwrap_or(0)).copied();
        let bytes = match dice.below(3) {
            0 => b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{\"a\":\"b\"}"
                .to_vec(),
            1 => vec![0xff; 70_000],
            _ => dice.bytes(300),
        };
        let stream = port.and_then(|it| TcpStream::connect(("127.0.0.1", it)).ok());
        let written = stream.and_then(|mut it| it.write_all(&bytes).map(|()| it).ok());
        // One that says nothing more stays for a while.
        if let (Some(stream), Some(place)) = (written, self.silent.first_mut()) {
            *place = stream;
            self.silent.rotate_left(1);
        }
    }

    fn take(&mut self) -> Result<()> {
        loop {
            match self.orders.recv_multipart(DONTWAIT) {
                Ok(frames) => self.note(&frames)?,
                Err(zmq::Error::EAGAIN) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn note(&mut self, frames: &[Vec<u8>]) -> Result<()> {
        self.answered += 1;
        let reply: Value = serde_json::from_slice(frames.last().map_or(&[][..], |it| it))?;
        if reply.pointer("/data/is_send_order").and_then(Value::as_bool) == Some(true) {
            bail!("garbage was traded: {reply}");
        }
        Ok(())
    }

    fn wait_for_one(&mut self) -> Result<()> {
        if self.orders.poll(POLLIN, PATIENCE_MS)? == 0 {
            bail!("{} of {} messages were not answered", self.asked - self.answered, self.asked);
        }
        self.take()
    }

    /// Until everything that is answered at all has been.
    fn wait(&mut self) -> Result<()> {
        while self.answered < self.asked {
            self.wait_for_one()?;
        }
        Ok(())
    }
}

/// A valid message made invalid, or none at all.
fn spoil(valid: &[u8], dice: &mut Dice) -> Vec<u8> {
    let length = u64::try_from(valid.len()).unwrap_or(1);
    let at = usize::try_from(dice.below(length)).unwrap_or(0);
    match dice.below(5) {
        0 => dice.bytes(300),
        // Every one of these leaves JSON and msgpack with an end that is missing, or one too many.
        1 => valid.get(..at).unwrap_or_default().to_vec(),
        2 => [valid, b"}"].concat(),
        3 => b"[".repeat(2_000),
        _ => {
            let mut bytes = valid.to_vec();
            // No byte of the frame may be this one.
            bytes.get_mut(at).into_iter().for_each(|it| *it = 0xc1);
            bytes
        }
    }
}

/// How much a process has.
struct Size {
    memory: u64,
    files: usize,
}

impl Size {
    fn of(pid: u32) -> Result<Size> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
        let number = line.and_then(|it| it.split_whitespace().next());
        let memory = number.context("the system does not say how large a process is")?.parse()?;
        let files = std::fs::read_dir(format!("/proc/{pid}/fd"))?.count();
        Ok(Size { memory, files })
    }

    fn beyond(&self, before: &Size) -> Vec<String> {
        let mut broken = Vec::new();
        if self.memory > before.memory + GROWN_MAX {
            broken.push(format!("it grew by {} KiB", self.memory - before.memory));
        }
        if self.files > before.files {
            broken.push(format!("{} more files are open", self.files - before.files));
        }
        broken
    }
}

/// How large it is once it has noticed that everybody is gone.
fn settled(pid: u32, before: &Size) -> Result<Size> {
    for _ in 0..100 {
        let size = Size::of(pid)?;
        if size.files <= before.files {
            return Ok(size);
        }
        thread::park_timeout(Duration::from_millis(50));
    }
    Size::of(pid)
}
