//! A terminal with the program in it, that says what came and when.

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use super::Outcome;

/// Columns and rows.
const SIZE: (u16, u16) = (200, 60);
/// The row of the menu line, from the top.
const LINE: u16 = SIZE.1 - 2;
/// How long anything may take before the run is given up.
const DEADLINE: Duration = Duration::from_secs(30);
/// A frame ends with the end of a synchronized update.
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// What came from the program.
struct Came {
    parser: vt100::Parser,
    frames: u64,
    bytes: u64,
}

/// The program in a pseudo-terminal.
pub(crate) struct Terminal {
    came: Arc<(Mutex<Came>, Condvar)>,
    keys: Box<dyn Write + Send>,
    _master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    /// When it was executed.
    started: Instant,
}

impl Terminal {
    /// Executes the program with these words.
    pub(crate) fn open(home: &Path, words: &[&str]) -> Outcome<Terminal> {
        let size = PtySize { rows: SIZE.1, cols: SIZE.0, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size)?;
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_aftm"));
        command.args(words);
        command.env_clear();
        command.cwd(home);
        for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")] {
            command.env(name, value);
        }
        command.env("HOME", home);
        command.env("AFTM_HOME", home);
        let mut from = pair.master.try_clone_reader()?;
        let keys = pair.master.take_writer()?;
        let [columns, rows] =
            [SIZE.0, SIZE.1].map(|it| NonZeroU16::new(it).unwrap_or(NonZeroU16::MIN));
        let parser = vt100::Parser::new(rows, columns, 0);
        let came = Arc::new((Mutex::new(Came { parser, frames: 0, bytes: 0 }), Condvar::new()));
        let into = came.clone();
        let started = Instant::now();
        let child = pair.slave.spawn_command(command)?;
        drop(pair.slave);
        thread::spawn(move || {
            let mut bytes = [0; 65_536];
            while let Ok(count @ 1..) = from.read(&mut bytes) {
                let bytes = bytes.get(..count).unwrap_or_default();
                let ends = bytes.windows(FRAME_END.len()).filter(|it| *it == FRAME_END).count();
                let mut came = lock(&into.0);
                came.parser.process(bytes);
                came.frames += ends as u64;
                came.bytes += count as u64;
                drop(came);
                into.1.notify_all();
            }
        });
        Ok(Terminal { came, keys, _master: pair.master, child, started })
    }

    /// The program's number.
    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().unwrap_or_default()
    }

    /// Waits until something came, and says since when the program runs.
    fn wait(&self, what: &str, is_so: impl Fn(&Came) -> bool) -> Outcome<Duration> {
        let (came, changed) = &*self.came;
        let (came, timeout) = changed
            .wait_timeout_while(lock(came), DEADLINE, |it| !is_so(it))
            .unwrap_or_else(PoisonError::into_inner);
        let passed = self.started.elapsed();
        match timeout.timed_out() {
            true => {
                Err(format!("{what} did not come:\n{}", came.parser.screen().contents()).into())
            }
            false => Ok(passed),
        }
    }

    /// Waits for the first frame: how long it took from the execution on.
    pub(crate) fn first_frame(&self) -> Outcome<Duration> {
        self.wait("a frame", |it| it.frames > 0)
    }

    /// Waits for a text.
    pub(crate) fn see(&self, text: &str) -> Outcome<Duration> {
        self.wait(text, |it| it.parser.screen().contents().contains(text))
    }

    /// Presses a key and waits for what it changes in the menu line: how long that took.
    pub(crate) fn press(&mut self, key: &[u8], is_shown: bool) -> Outcome<Duration> {
        let start = Instant::now();
        self.keys.write_all(key)?;
        self.keys.flush()?;
        self.wait("the key", |it| {
            let row = it.parser.screen().rows(0, SIZE.0).nth(usize::from(LINE));
            row.is_some_and(|it| it.contains("> 7_")) == is_shown
        })?;
        Ok(start.elapsed())
    }

    /// Presses keys and waits for nothing.
    pub(crate) fn type_in(&mut self, keys: &str) -> Outcome<()> {
        self.keys.write_all(keys.as_bytes())?;
        Ok(self.keys.flush()?)
    }

    /// Frames and bytes that came so far.
    pub(crate) fn came(&self) -> (u64, u64) {
        let came = lock(&self.came.0);
        (came.frames, came.bytes)
    }

    /// What is shown.
    pub(crate) fn text(&self) -> String {
        lock(&self.came.0).parser.screen().contents()
    }
}

fn lock(came: &Mutex<Came>) -> MutexGuard<'_, Came> {
    came.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.pid()).ok().and_then(Pid::from_raw) {
            // It may have ended by itself.
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = self.child.wait();
    }
}
