//! A machine in processes of its own: its lines as they come, its children, and its end.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use aftm_domain::Stamp;
use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::home::{Home, holds};
use crate::entry::clock;

/// How long anything may take before the rehearsal gives up.
pub(super) const PATIENCE: i64 = 30 * Stamp::SECOND;

/// After how long a rehearsal's machine forgives a child that it died, in its settings.
const FORGIVEN: i64 = Stamp::SECOND;

/// The role of the exchange's process.
pub(super) const VENUE: &str = "venue";

/// See the module.
pub(super) struct Machine {
    child: Child,
    heard: Receiver<(Stamp, Value)>,
    /// The newest process of each role that said it is ready.
    pub(super) ready: BTreeMap<String, u32>,
    /// Every process that it had.
    pub(super) processes: Vec<u32>,
    /// The last price of a trade.
    pub(super) last: Option<String>,
    /// When a child of each role was killed last.
    killed: BTreeMap<String, Stamp>,
    /// When the exchange's process was killed, until the exchange takes orders again.
    cut_off: Option<Stamp>,
    /// How long each such time was.
    pub(super) cuts: Vec<i64>,
}

/// How long a child took to come back.
#[derive(Clone, Copy)]
pub(super) struct Return {
    pub(super) time: i64,
    /// None of its role had been killed just before: it was started again without a pause.
    pub(super) is_spaced: bool,
}

impl Machine {
    /// Starts it, and waits until it serves; how long that took.
    pub(super) fn start(home: &Home) -> Result<(Machine, i64)> {
        let begun = clock::now();
        let mut child = home.machine()?.spawn().context("cannot start this program")?;
        let out = child.stdout.take().context("the machine has no output")?;
        let (tell, heard) = mpsc::channel();
        thread::Builder::new().name("lines".to_owned()).spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let Ok(line) = serde_json::from_str(&line) else { continue };
                if tell.send((clock::now(), line)).is_err() {
                    return;
                }
            }
        })?;
        let processes = vec![child.id()];
        let (ready, killed) = (BTreeMap::new(), BTreeMap::new());
        let (last, cut_off, cuts) = (None, None, Vec::new());
        let mut machine = Machine { child, heard, ready, processes, last, killed, cut_off, cuts };
        let is_started = |line: &Value| text(line, "/done/command") == Some("start");
        let at = machine.wait("the machine to start", is_started);
        let at = at.with_context(|| format!("the machine said last:\n{}", home.said()))?;
        Ok((machine, at.since(begun)))
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line; when it came.
    pub(super) fn wait(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Result<Stamp> {
        let until = clock::now().after(PATIENCE);
        loop {
            let left = u64::try_from(until.since(clock::now())).unwrap_or(0);
            let Ok((at, line)) = self.heard.recv_timeout(Duration::from_nanos(left)) else {
                bail!("waited for {what} in vain: the machine is stuck or has ended");
            };
            self.note(at, &line);
            if is_it(&line) {
                return Ok(at);
            }
        }
    }

    /// Hears what has come so far.
    pub(super) fn listen(&mut self) {
        self.hear(|_| ());
    }

    /// The same, and hands each line on.
    pub(super) fn hear(&mut self, mut tell: impl FnMut(&Value)) {
        while let Ok((at, line)) = self.heard.try_recv() {
            self.note(at, &line);
            tell(&line);
        }
    }

    fn note(&mut self, at: Stamp, line: &Value) {
        if line.pointer("/connection/connected") == Some(&Value::Bool(true))
            && let Some(since) = self.cut_off.take()
        {
            self.cuts.push(at.since(since));
        }
        if let (Some(role), Some(word)) = (text(line, "/child/role"), text(line, "/child/word")) {
            let pid = line.pointer("/child/pid").and_then(Value::as_u64);
            let Some(pid) = pid.and_then(|it| u32::try_from(it).ok()) else { return };
            if word == "hello" {
                self.processes.push(pid);
            } else if word == "ready" {
                self.ready.insert(role.to_owned(), pid);
            }
        }
        if let Some(price) = text(line, "/fill/price") {
            self.last = Some(price.to_owned());
        }
    }

    /// kill -9 of a child; how long until another is ready.
    pub(super) fn kill_child(&mut self, role: &str) -> Result<Return> {
        self.listen();
        let pid = *self.ready.get(role).with_context(|| format!("there is no {role}"))?;
        let begun = clock::now();
        kill(pid)?;
        let before = self.killed.insert(role.to_owned(), begun);
        if role == VENUE {
            self.cut_off = Some(begun);
        }
        let is_spaced = before.is_none_or(|it| begun.since(it) >= FORGIVEN);
        let is_back = |line: &Value| {
            text(line, "/child/role") == Some(role)
                && text(line, "/child/word") == Some("ready")
                && line.pointer("/child/pid").and_then(Value::as_u64) != Some(u64::from(pid))
        };
        let at = self.wait(&format!("the {role} to come back"), is_back)?;
        Ok(Return { time: at.since(begun), is_spaced })
    }

    /// kill -9 of the main process; how long until none of its children is left.
    pub(super) fn kill(mut self) -> Result<(Vec<u32>, i64)> {
        self.listen();
        let begun = clock::now();
        kill(self.pid())?;
        self.child.wait()?;
        self.listen();
        let left = wait_for_end(&self.processes)?;
        Ok((self.processes.clone(), left.since(begun)))
    }

    /// Ends it in order.
    pub(super) fn quit(mut self, home: &Home) -> Result<Vec<u32>> {
        home.ctl("quit --abandon")?;
        let until = clock::now().after(PATIENCE);
        while self.child.try_wait()?.is_none() {
            self.listen();
            if clock::now() > until {
                bail!("the machine does not end");
            }
            thread::park_timeout(Duration::from_millis(2));
        }
        self.listen();
        wait_for_end(&self.processes)?;
        Ok(self.processes.clone())
    }

    /// Whether the password stands in what the system tells everybody of its processes.
    pub(super) fn leaks(&self) -> Vec<String> {
        let files = self
            .ready
            .values()
            .copied()
            .chain([self.child.id()])
            .flat_map(|pid| ["environ", "cmdline"].map(|it| format!("/proc/{pid}/{it}")));
        files.filter(|it| holds(it.as_ref()).unwrap_or(false)).collect()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text in a line.
pub(super) fn text<'a>(line: &'a Value, pointer: &str) -> Option<&'a str> {
    line.pointer(pointer).and_then(Value::as_str)
}

fn kill(pid: u32) -> Result<()> {
    let pid = Pid::from_raw(i32::try_from(pid)?).context("a process has no number")?;
    kill_process(pid, Signal::KILL).with_context(|| format!("cannot kill process {pid:?}"))
}

/// Whether a process runs. One that ended is waited for by whoever its parent is then.
pub(super) fn is_there(pid: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    let state = stat.split_once("(aftm) ").and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|it| it != 'Z' && it != 'X')
}

/// Waits until none of the processes is there; when that was.
fn wait_for_end(processes: &[u32]) -> Result<Stamp> {
    let until = clock::now().after(PATIENCE);
    while processes.iter().any(|it| is_there(*it)) {
        if clock::now() > until {
            bail!("processes of the machine are left");
        }
        thread::park_timeout(Duration::from_micros(500));
    }
    Ok(clock::now())
}
