//! The real machine under test: the built program, a home of its own, free ports, and its lines as
//! they come. Nothing here sleeps: it waits for lines, for the end, or for a deadline.

// Helpers of tests may fail and wait; an index into JSON gives null where nothing is.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods)]

mod chaos;
mod control;
mod copies;
mod ends;
mod input;
mod kill;
mod long_day;
pub(crate) mod market;
mod protect;
mod restarts;
mod runs;
mod start;
mod supervision;
pub(crate) mod venue;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// How long anything may take before a test fails: far longer than it does on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// A home of its own, gone afterwards.
pub(crate) struct Home(tempfile::TempDir);

/// How a program that was run to its end ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) said: String,
}

impl Home {
    pub(crate) fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// The program in this home, with an environment that holds nothing else.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aftm"));
        command.args(words).env_clear().env("AFTM_HOME", self.path().join("aftm"));
        command.env("HOME", self.path()).env("PATH", std::env::var_os("PATH").unwrap());
        command.current_dir(self.path());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        let output = self.command(words).stdin(Stdio::null()).output().unwrap();
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            said: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// A command to the machine that runs here.
    pub(crate) fn ctl(&self, line: &str) -> Ended {
        let words: Vec<&str> = ["ctl"].into_iter().chain(line.split(' ')).collect();
        self.run(&words)
    }

    /// A script to its end.
    pub(crate) fn run_script(&self, script: &str, words: &[&str]) -> Ended {
        self.write("script.aftm", script);
        let all = ["run", "script.aftm", "--set", "gateway.tick_port=0"];
        self.run(&all.into_iter().chain(words.iter().copied()).collect::<Vec<_>>())
    }

    /// What lies in the runtime folder.
    pub(crate) fn runtime_files(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path().join("aftm/run")) else { return Vec::new() };
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Ended {
    /// The lines that it showed.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
    }
}

/// The bodies of the lines of a kind.
pub(crate) fn of_kind(lines: &[Value], kind: &str) -> Vec<Value> {
    lines.iter().filter(|it| it["kind"] == kind).map(|it| it[kind].clone()).collect()
}

/// A machine that runs; killed with everything it started where a test ends without ending it.
pub(crate) struct Machine {
    child: Child,
    heard: Receiver<String>,
    /// Every line so far, as it was printed.
    pub(crate) lines: Vec<String>,
    said: Option<JoinHandle<String>>,
}

impl Machine {
    /// Starts a script in a home.
    pub(crate) fn start(home: &Home, script: &str, words: &[&str]) -> Machine {
        home.write("script.aftm", script);
        let mut command = home.command(&["run", "script.aftm", "--set", "gateway.tick_port=0"]);
        Machine::spawn(command.args(words).stdin(Stdio::null()))
    }

    pub(crate) fn spawn(command: &mut Command) -> Machine {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (tell, heard) = mpsc::channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|it| tell.send(it)));
        let mut errors = child.stderr.take().unwrap();
        let said = thread::spawn(move || {
            let mut said = String::new();
            let _ = errors.read_to_string(&mut said);
            said
        });
        Machine { child, heard, lines: Vec::new(), said: Some(said) }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line that comes until a moment; `None` when there is none by then, or no more.
    pub(crate) fn next(&mut self, until: Instant) -> Result<Value, RecvTimeoutError> {
        let line = self.heard.recv_timeout(until.saturating_duration_since(Instant::now()))?;
        let value = serde_json::from_str(&line).unwrap();
        self.lines.push(line);
        Ok(value)
    }

    /// Waits for a line.
    pub(crate) fn wait_for(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + DEADLINE;
        loop {
            match self.next(until) {
                Ok(line) if is_it(&line) => return line,
                Ok(_) => (),
                Err(why) => panic!("{why} waiting for {what}: {}\n{}", self.tail(), self.kill()),
            }
        }
    }

    /// Waits for a line of a kind whose body has a value.
    pub(crate) fn wait_kind(&mut self, kind: &str, key: &str, value: &str) -> Value {
        let what = format!("{kind}.{key}={value}");
        self.wait_for(&what, |it| it["kind"] == kind && it[kind][key] == value)[kind].clone()
    }

    /// Waits until a component is in a state.
    pub(crate) fn wait_component(&mut self, role: &str, state: &str) {
        self.wait_for(&format!("{role} {state}"), |it| {
            it["component"]["component"] == role && it["component"]["state"] == state
        });
    }

    /// Listens for so long.
    pub(crate) fn listen(&mut self, duration: Duration) {
        let until = Instant::now() + duration;
        while self.next(until).is_ok() {}
    }

    /// The processes of its children, each as often as it said hello.
    pub(crate) fn children(&self) -> Vec<(String, u32)> {
        let said = of_kind(&self.values(), "child").into_iter();
        let hellos = said.filter(|it| it["word"] == "hello");
        hellos
            .map(|it| {
                let pid = it["pid"].as_u64().unwrap();
                (it["role"].as_str().unwrap().to_owned(), u32::try_from(pid).unwrap())
            })
            .collect()
    }

    /// The process of a child, as it last said hello.
    pub(crate) fn child(&self, role: &str) -> u32 {
        self.children().into_iter().rfind(|it| it.0 == role).unwrap().1
    }

    /// Every line so far.
    pub(crate) fn values(&self) -> Vec<Value> {
        self.lines.iter().map(|it| serde_json::from_str(it).unwrap()).collect()
    }

    /// Waits for its end: its exit code, and everything that it said.
    pub(crate) fn finish(&mut self) -> Ended {
        let until = Instant::now() + DEADLINE;
        let why = loop {
            match self.next(until) {
                Ok(_) => (),
                Err(why) => break why,
            }
        };
        assert_eq!(why, RecvTimeoutError::Disconnected, "no end: {}", self.tail());
        let code = self.wait_for_exit(until).code();
        let said = self.said.take().map(|it| it.join().unwrap()).unwrap_or_default();
        Ended { code, out: self.lines.join("\n"), said }
    }

    /// Its exit, whoever still holds its output.
    pub(crate) fn wait_for_exit(&mut self, until: Instant) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "no end: {}", self.tail());
            nap();
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    fn tail(&self) -> String {
        let from = self.lines.len().saturating_sub(12);
        self.lines.get(from..).unwrap_or_default().join("\n")
    }

    /// Ends it by force; what it said.
    pub(crate) fn kill(&mut self) -> String {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.said.take().map(|it| it.join().unwrap()).unwrap_or_default()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process; one that is gone gets none.
pub(crate) fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    let _ = kill_process(pid, signal);
}

/// Whether a process is there; one that ended and was not waited for is not.
pub(crate) fn is_alive(pid: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// Between two looks at what nothing tells of.
fn nap() {
    thread::park_timeout(Duration::from_millis(2));
}

/// Waits until something holds that no line tells of.
pub(crate) fn wait_until(limit: Duration, what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + limit;
    while !is_so() {
        assert!(Instant::now() < until, "{what} did not come within {limit:?}");
        nap();
    }
}
