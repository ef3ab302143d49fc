//! The numbered menu as lines: by pipes, as a program uses it, and in a terminal that draws nothing.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::{DEADLINE, Terminal, until};
use crate::machine::Home;

/// The program, spoken to by pipes.
struct Talk {
    child: Child,
    input: Option<ChildStdin>,
    said: Arc<(Mutex<String>, Condvar)>,
    reader: Option<JoinHandle<()>>,
    /// What was read of it.
    read: usize,
}

impl Talk {
    fn open(home: &Home) -> Talk {
        let words = ["--plain", "--set", "gateway.tick_port=0", "--set", "random.gap_ms=10"];
        let mut command = home.command(&words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let mut output = child.stdout.take().unwrap();
        let said = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let into = said.clone();
        let reader = thread::spawn(move || {
            let mut bytes = [0; 4_096];
            let mut waiting = Vec::new();
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                waiting.extend_from_slice(&bytes[..count]);
                // A character may come in two parts.
                if let Ok(text) = str::from_utf8(&waiting) {
                    into.0.lock().unwrap().push_str(text);
                    waiting.clear();
                    into.1.notify_all();
                }
            }
        });
        Talk { child, input, said, reader: Some(reader), read: 0 }
    }

    fn say(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// Waits for the first of some texts after those that were waited for before: which.
    #[track_caller]
    fn hear<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        let deadline = Instant::now() + DEADLINE;
        let (said, more) = &*self.said;
        let mut said = said.lock().unwrap();
        loop {
            let new = said.get(self.read..).unwrap_or_default();
            let found = texts.iter().filter_map(|it| Some((new.find(it)? + it.len(), *it))).min();
            if let Some((end, text)) = found {
                self.read += end;
                return text;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "none of {texts:?} in:\n{}", *said);
            said = more.wait_timeout(said, left).unwrap().0;
        }
    }

    /// Waits for the end: the exit code and all that was said.
    #[track_caller]
    fn ended(&mut self) -> (Option<i32>, String) {
        drop(self.input.take());
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.reader.take().into_iter().for_each(|it| it.join().unwrap());
                return (status.code(), self.said.0.lock().unwrap().clone());
            }
            assert!(Instant::now() < deadline, "no end:\n{}", self.said.0.lock().unwrap());
            thread::park_timeout(std::time::Duration::from_millis(2));
        }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_numbers_that_were_always_typed_lead_to_a_fill() {
    let home = Home::new();
    let mut talk = Talk::open(&home);
    talk.say("1\n\n\n\n3\n\n4\nb\n");
    talk.hear(&["TXFH1 is registered"]);
    talk.hear(&["Target price: "]);
    // The first tick may not be there yet.
    loop {
        talk.say("=\n");
        if talk.hear(&["there is no last price", "Turning points"]) == "Turning points" {
            break;
        }
    }
    talk.say("1\n\nnone\nnone\n\n\n\n");
    talk.hear(&["Buys 1 TXFH1"]);
    talk.say("y\n5\n1\n10\n");
    talk.hear(&["filled A1: buy 1 TXFH1"]);
    until("the condition holds it", || home.ctl("status").out.contains("\"condition_lots\":\"1\""));
    talk.say("0\n");
    talk.hear(&["Condition a holds 1 TXFH1"]);
    talk.hear(&["Number, 0 to 2: "]);
    talk.say("1\n");
    let (code, said) = talk.ended();
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.chars().any(|it| it.is_control() && it != '\n'), "{said:?}");
    assert!(said.ends_with('\n'), "whatever comes next has a line of its own: {said:?}");
    assert_eq!(home.runtime_files(), [""; 0]);
}

#[test]
fn lines_that_come_all_at_once_are_each_the_answer_to_their_question() {
    let home = Home::new();
    let mut talk = Talk::open(&home);
    talk.say("1\n\n\n\n3\nmxfh1\n5\n2\n4\nby\nx");
    let (code, said) = talk.ended();
    let mut rest = said.as_str();
    for text in [
        "demo is logged in",
        "MXFH1 is registered",
        "orders go to SIM-2 now",
        "\"by\" is neither buy nor sell",
        "inside a line",
        "nothing of it was done",
    ] {
        let Some((_, after)) = rest.split_once(text) else {
            panic!("no {text} in its turn: {said}")
        };
        rest = after;
    }
    assert_eq!(code, Some(2), "{said}");
}

#[test]
fn a_password_is_not_shown_and_the_terminal_is_left_as_it_was() {
    let home = Home::new();
    let words = ["--plain", "--set", "screen.language=en"];
    let mut terminal = Terminal::open(&home, (80, 24), &words);
    terminal.see("> ");
    terminal.press("1\rnobody\r");
    terminal.see("Password:");
    terminal.press("geheim\rn\r");
    terminal.see("knows the user demo only");
    assert!(!terminal.text().contains("geheim"), "{}", terminal.text());
    terminal.press("n\r1\rnobody\r");
    terminal.wait("the second password", |shown| shown.matches("Password:").count() == 2);
    terminal.press("\u{3}");
    terminal.see("interrupted: everything stops");
    assert_eq!(terminal.ended(), 130);
    let (now, before) = terminal.line_editing();
    assert_eq!(now, before);
}
