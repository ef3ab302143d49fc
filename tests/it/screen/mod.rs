//! The real screen in a pseudo-terminal: keys go in, and what a terminal would show is read.

// Helpers of tests may fail and wait.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod ends;
mod faults;
mod flow;

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::machine::Home;

/// How long anything may take before a test fails: far longer than it does on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);
/// How often a key is pressed again that may have come too early.
const AGAIN: Duration = Duration::from_millis(400);

/// What the terminal shows, and whether it still does.
struct Shown {
    parser: vt100::Parser,
    has_ended: bool,
}

/// A terminal with the program in it.
pub(crate) struct Terminal {
    shown: Arc<(Mutex<Shown>, Condvar)>,
    keys: Box<dyn Write + Send>,
    /// Dropping it hangs up.
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
}

/// What the screen runs with in every test: free ports, and a feed that is quick.
const QUIET: [&str; 4] = ["--set", "gateway.tick_port=0", "--set", "random.gap_ms=40"];

impl Terminal {
    /// The program in a terminal of this many columns and rows, by a shell that tells how it ended
    /// and whether lines are edited again.
    pub(crate) fn open(home: &Home, (columns, rows): (u16, u16), words: &[&str]) -> Terminal {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let program = env!("CARGO_BIN_EXE_aftm");
        let mut command = CommandBuilder::new("sh");
        command.arg("-c");
        command.arg("\"$@\"; echo ended=$?; stty -a | grep -o -e '-\\?icanon'");
        command.args(["sh", program].iter().chain(&QUIET).chain(words));
        command.env_clear();
        command.cwd(home.path());
        for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")] {
            command.env(name, value);
        }
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", home.path());
        command.env("AFTM_HOME", home.path().join("aftm"));
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let [rows, columns] = [rows, columns].map(|it| NonZeroU16::new(it).unwrap());
        let parser = vt100::Parser::new(rows, columns, 0);
        let shown = Arc::new((Mutex::new(Shown { parser, has_ended: false }), Condvar::new()));
        let mut from = pair.master.try_clone_reader().unwrap();
        let into = shown.clone();
        thread::spawn(move || {
            let mut bytes = [0; 16_384];
            loop {
                let count = from.read(&mut bytes).unwrap_or(0);
                let mut shown = into.0.lock().unwrap();
                shown.parser.process(&bytes[..count]);
                shown.has_ended = count == 0;
                into.1.notify_all();
                if count == 0 {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Terminal { shown, keys, master: Some(pair.master), child }
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// What is shown, as lines.
    pub(crate) fn text(&self) -> String {
        self.shown.0.lock().unwrap().parser.screen().contents()
    }

    /// Waits until what is shown is so.
    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&str) -> bool) {
        assert!(self.within(DEADLINE, &is_so), "{what} was not shown:\n{}", self.text());
    }

    /// Waits until a text is shown.
    pub(crate) fn see(&self, text: &str) {
        self.wait(text, |shown| shown.contains(text));
    }

    /// Presses keys, again and again where they come too early, until a text is shown.
    pub(crate) fn press_until(&mut self, keys: &str, text: &str) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            self.press(keys);
            if self.within(AGAIN, &|shown| shown.contains(text)) {
                return;
            }
            assert!(Instant::now() < deadline, "{text} was not shown:\n{}", self.text());
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
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let [height, width] = [rows, columns].map(|it| NonZeroU16::new(it).unwrap());
        self.shown.0.lock().unwrap().parser.screen_mut().set_size(height, width);
        self.master.as_ref().unwrap().resize(size).unwrap();
    }

    /// Waits for the end: the exit code, with the terminal as it was before.
    pub(crate) fn ended(&self) -> i32 {
        self.see("ended=");
        self.see("icanon");
        let shown = self.shown.0.lock().unwrap();
        let screen = shown.parser.screen();
        let text = screen.contents();
        assert!(!text.contains("-icanon"), "lines are not edited again:\n{text}");
        assert!(!screen.alternate_screen(), "the other screen was not left");
        assert!(!screen.bracketed_paste(), "pastes are still marked");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        let code = text.split("ended=").nth(1).unwrap();
        code.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// The terminal goes away.
    pub(crate) fn hang_up(&mut self) {
        self.master = None;
        self.keys = Box::new(std::io::sink());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind; one that did not finds nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processes whose command line names this home's program and role: the children of its machine.
pub(crate) fn child_of(home: &Path, role: &str) -> Option<i32> {
    let status = aftm_ctl(home, "status")?;
    let at = status.find(&format!("\"{role}\""))?;
    let pid = status.get(at..)?.split("\"pid\":").nth(1)?;
    pid.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok()
}

/// What `aftm ctl` says; `None` where it is refused.
pub(crate) fn aftm_ctl(home: &Path, command: &str) -> Option<String> {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_aftm"));
    program.arg("ctl").args(command.split(' ')).env_clear().env("AFTM_HOME", home.join("aftm"));
    let output = program.output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}
