//! The real screen in a pseudo-terminal: keys go in, and what a terminal would show is read.

// Helpers of tests may fail and wait; an index into JSON gives null where nothing is.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods)]

mod ends;
mod faults;
mod flow;
mod looks;
mod person;
mod plain;
mod raw;
mod tape;

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::Signal;

use crate::machine::{Home, of_kind, send, wait_until};

/// How long anything may take before a test fails: far longer than it does on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// What the terminal shows, everything that it was told, and whether it still is.
struct Shown {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    is_given_up: bool,
    has_ended: bool,
}

/// Some columns of some rows.
pub(crate) type Part = (Range<u16>, Range<u16>);

/// A terminal with the program in it.
pub(crate) struct Terminal {
    shown: Arc<(Mutex<Shown>, Condvar)>,
    keys: Option<Box<dyn Write + Send>>,
    /// With the writer and the reader, the terminal's own end: without all three it is gone.
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    /// How lines were edited before the program came.
    lines_before: String,
}

/// What the screen runs with in every test: free ports, and a feed that is quick.
const USUAL: [&str; 4] = ["--set", "gateway.tick_port=0", "--set", "random.gap_ms=40"];

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn count(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

impl Terminal {
    /// The program in a terminal of this many columns and rows.
    pub(crate) fn open(home: &Home, (columns, rows): (u16, u16), words: &[&str]) -> Terminal {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_aftm"));
        command.args(USUAL.iter().chain(words));
        command.env_clear();
        command.cwd(home.path());
        for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")] {
            command.env(name, value);
        }
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", home.path());
        command.env("AFTM_HOME", home.path().join("aftm"));
        let lines_before = format!("{:?}", pair.master.get_termios());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = vt100::Parser::new(count(rows), count(columns), 0);
        let shown = Shown { parser, bytes: Vec::new(), is_given_up: false, has_ended: false };
        let shown = Arc::new((Mutex::new(shown), Condvar::new()));
        let from = pair.master.try_clone_reader().unwrap();
        let into = shown.clone();
        thread::spawn(move || read_all(from, &into));
        let keys = Some(pair.master.take_writer().unwrap());
        Terminal { shown, keys, master: Some(pair.master), child, lines_before }
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        let terminal = self.keys.as_mut().unwrap();
        terminal.write_all(keys.as_bytes()).unwrap();
        terminal.flush().unwrap();
    }

    /// What is shown, as lines.
    pub(crate) fn text(&self) -> String {
        self.shown.0.lock().unwrap().parser.screen().contents()
    }

    /// Every byte that it was told.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.shown.0.lock().unwrap().bytes.clone()
    }

    /// What is shown in a part of the screen, as lines.
    pub(crate) fn part(&self, (columns, rows): &Part) -> String {
        let shown = self.shown.0.lock().unwrap();
        let width = columns.end - columns.start;
        let all = shown.parser.screen().rows(columns.start, width);
        let some = all.skip(rows.start.into()).take((rows.end - rows.start).into());
        some.collect::<Vec<_>>().join("\n")
    }

    /// The color of the first letter of a text that is shown, and the one behind it.
    #[track_caller]
    pub(crate) fn colors(&self, text: &str) -> (vt100::Color, vt100::Color) {
        let shown = self.shown.0.lock().unwrap();
        let screen = shown.parser.screen();
        let columns = screen.size().1.get();
        let at = screen.rows(0, columns).zip(0..).find_map(|(line, row)| {
            let before = &line[..line.find(text)?];
            let starts = |column: &u16| {
                screen
                    .rows(*column, columns - column)
                    .nth(row)
                    .is_some_and(|it| it.starts_with(text))
            };
            let least = u16::try_from(before.chars().count()).unwrap();
            Some((u16::try_from(row).unwrap(), (least..columns).find(starts)?))
        });
        let (row, column) = at.unwrap_or_else(|| panic!("{text} is not shown"));
        let cell = screen.cell(row, column).unwrap();
        (cell.fgcolor(), cell.bgcolor())
    }

    /// Waits until what is shown is so.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&str) -> bool) {
        assert!(self.within(DEADLINE, &is_so), "{what} was not shown:\n{}", self.text());
    }

    /// Waits until a text is shown.
    #[track_caller]
    pub(crate) fn see(&self, text: &str) {
        self.wait(text, |shown| shown.contains(text));
    }

    /// Waits until a text is shown no more.
    #[track_caller]
    pub(crate) fn see_no(&self, text: &str) {
        self.wait(&format!("a screen without {text}"), |shown| !shown.contains(text));
    }

    /// Waits until a part of the screen is so.
    #[track_caller]
    pub(crate) fn wait_part(&self, what: &str, part: &Part, is_so: impl Fn(&str) -> bool) {
        self.wait_for(what, &|it: &Terminal| is_so(&it.part(part)));
    }

    /// Waits until something that the terminal knows is so, and looks whenever it is told anything.
    #[track_caller]
    fn wait_for(&self, what: &str, is_so: &dyn Fn(&Terminal) -> bool) {
        let until = Instant::now() + DEADLINE;
        while !is_so(self) {
            assert!(Instant::now() < until, "{what} was not shown:\n{}", self.text());
            let told = self.shown.0.lock().unwrap();
            // What was told in between is looked at a moment later.
            drop(self.shown.1.wait_timeout(told, Duration::from_millis(20)).unwrap());
        }
    }

    fn within(&self, patience: Duration, is_so: &impl Fn(&str) -> bool) -> bool {
        let deadline = Instant::now() + patience;
        let (shown, changed) = &*self.shown;
        let mut shown = shown.lock().unwrap();
        loop {
            if is_so(&shown.parser.screen().contents()) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || shown.has_ended {
                return false;
            }
            shown = changed.wait_timeout(shown, left).unwrap().0;
        }
    }

    /// The window gets another size.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        let mut shown = self.shown.0.lock().unwrap();
        shown.parser.screen_mut().set_size(count(rows), count(columns));
        drop(shown);
        self.master.as_ref().unwrap().resize(size(columns, rows)).unwrap();
    }

    /// The program's process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Sends the program a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    /// How lines are edited now, and how they were before the program came.
    pub(crate) fn line_editing(&self) -> (String, &str) {
        (format!("{:?}", self.master.as_ref().unwrap().get_termios()), &self.lines_before)
    }

    /// Waits until nobody has the terminal any more: the exit code.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> u32 {
        self.wait_for("the end", &|it: &Terminal| it.shown.0.lock().unwrap().has_ended);
        let until = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(Instant::now() < until, "it left the terminal and did not end");
            thread::park_timeout(Duration::from_millis(2));
        }
    }

    /// The terminal goes away. Its own end closes as soon as the program has written once more.
    pub(crate) fn hang_up(&mut self) {
        self.shown.0.lock().unwrap().is_given_up = true;
        self.master = None;
        self.wait_for("another frame", &|it: &Terminal| it.shown.0.lock().unwrap().has_ended);
        self.keys = None;
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind: the children end with the machine.
        if let (Ok(None), Some(pid)) = (self.child.try_wait(), self.child.process_id()) {
            send(pid, Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Reads what the program tells its terminal until the last process has left it.
fn read_all(mut from: Box<dyn std::io::Read + Send>, into: &(Mutex<Shown>, Condvar)) {
    let mut bytes = [0; 16_384];
    loop {
        let count = from.read(&mut bytes).unwrap_or(0);
        let mut shown = into.0.lock().unwrap();
        let told = bytes.get(..count).unwrap_or_default();
        shown.parser.process(told);
        shown.bytes.extend_from_slice(told);
        if count == 0 || shown.is_given_up {
            drop(from);
            shown.has_ended = true;
            into.1.notify_all();
            return;
        }
        into.1.notify_all();
    }
}

/// The process of a child, as the machine tells it; `None` while it has none.
pub(crate) fn child_of(home: &Home, role: &str) -> Option<u32> {
    let rows = of_kind(&home.ctl("status").lines(), "component").into_iter();
    let row = rows.into_iter().find(|it| it["component"] == role)?;
    u32::try_from(row["pid"].as_u64()?).ok()
}

/// Waits until something holds that no screen shows.
#[track_caller]
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    wait_until(DEADLINE, what, is_so);
}
