//! The children's entries: read what they need from standard input, work until it ends.

use std::thread;

use anyhow::{Context as _, Result, anyhow, bail};
use rustix::process::{Signal, getppid, set_parent_process_death_signal};
use zmq::SocketType;

use super::{clock, doctor, harden};
use crate::desk::Exit;
use crate::wire::birth::read_record;
use crate::wire::socket::{self, Bound};
use crate::wire::{Birth, Role, decode};
use crate::{executor, strategy};

/// Where the end of standard input is told to the loop.
const STOP: &str = "inproc://stop";
/// How long an ordered end may take before the process simply ends, in milliseconds.
const END_MS: i64 = 500;

/// Runs a child until its parent wants it no more, or is no more.
pub(super) fn run(role: Role) -> Result<Exit> {
    harden::take_no_privileges()?;
    harden::keep_to_itself()?;
    let birth = read_birth().context(
        "this is a part of the machine, started by it; start the machine with aftm run SCRIPT",
    )?;
    if birth.role != role || !birth.is_spoken() {
        bail!("the machine that started this is of another version; restart it");
    }
    follow_parent(birth.parent)?;
    let context = zmq::Context::new();
    let bell = socket::bind(&context, SocketType::PUSH, Bound::Orders, STOP)?;
    thread::Builder::new().name("stop".to_owned()).spawn(move || wait_for_end(&bell))?;
    let pid = std::process::id();
    match role {
        Role::Venue => bail!("the venue's process is started with aftm venue"),
        Role::Strategy => {
            strategy::Process::new(&context, birth, pid, STOP, clock::now)?.run()?;
        }
        Role::Executor => {
            let port = birth.endpoints.v1_signals.clone().unwrap_or_default();
            let executor = executor::Process::new(&context, birth, pid, STOP, clock::now)
                .map_err(|error| refuse_ports(&port, error))?;
            if let Some(port) = executor.signal_port().filter(|_| executor.is_plain()) {
                log::warn!("any program of this computer can signal over port {port}");
            }
            executor.run()?;
        }
    }
    Ok(Exit::Ok)
}

/// Why the signal ports cannot be had: who took the one for v1 after the machine had looked at it.
fn refuse_ports(port: &str, error: executor::OpenError) -> anyhow::Error {
    let number = port.rsplit_once(':').and_then(|it| it.1.parse().ok()).filter(|it| *it > 0);
    let is_taken = matches!(error, executor::OpenError::Socket(zmq::Error::EADDRINUSE));
    match number.filter(|_| is_taken) {
        Some(number) => {
            let holder = doctor::holder(number).unwrap_or_else(|| "another program".to_owned());
            anyhow!(
                "cannot open the signal port {port}: {holder} has it; stop that, or set \
                 gateway.signal_port to another"
            )
        }
        None => anyhow::Error::new(error).context(format!("cannot open the signal ports {port}")),
    }
}

/// The record that the parent writes first.
pub(super) fn read_birth() -> Result<Birth> {
    Ok(decode(&read_record(std::io::stdin().lock())?)?)
}

/// The kernel ends this process with its parent, however that dies; a parent that has died already
/// is not waited for.
pub(super) fn follow_parent(parent: u32) -> Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let is_there = getppid().is_some_and(|it| it.as_raw_nonzero().get().unsigned_abs() == parent);
    if is_there { Ok(()) } else { bail!("the machine that started this has ended") }
}

/// Hands on what the parent says further. The end of standard input is the order to stop, which is
/// an empty message to the loop.
fn wait_for_end(bell: &zmq::Socket) {
    while let Ok(record) = read_record(std::io::stdin().lock()) {
        // Where the loop is gone, the process is ending anyway.
        let _ = bell.send(record.as_slice(), 0);
    }
    let _ = bell.send("", 0);
    let _ = bell.poll(zmq::POLLERR, END_MS);
    std::process::exit(i32::from(Exit::Ok.code()));
}
