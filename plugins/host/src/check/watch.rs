//! A check in a process of its own, so that whoever asks for it survives whatever the plug-in does.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use super::report::{Outcome, Progress, Report, Step};
use crate::read::line;

/// Begins a line of ours among what a plug-in prints.
const MARK: &str = "\u{1e}aftm-check\t";

/// The last lines of the plug-in's that are kept.
const PRINTED_MAX: usize = 20;

/// The longest line of the plug-in's; what is beyond it counts as another line.
const LINE_MAX: u64 = 4_096;

/// How often the process is asked whether it has ended.
const LOOK: Duration = Duration::from_millis(20);

/// Writes what a check says, for [`watch()`] to read.
///
/// # Errors
///
/// Where nobody reads any more.
pub fn emit(out: &mut impl Write, progress: Progress<'_>) -> io::Result<()> {
    // The plug-in may have printed a part of a line.
    match progress {
        Progress::Begun(name) => writeln!(out, "\n{MARK}begun\t{}", line(name))?,
        Progress::Ended(step) => {
            let (word, name) = (step.outcome.word(), line(&step.name));
            writeln!(out, "\n{MARK}{word}\t{name}\t{}", line(&step.sentence))?;
        }
        Progress::Done => writeln!(out, "\n{MARK}done\t")?,
    }
    out.flush()
}

/// What the watched process does.
enum Sign {
    Line(String),
    Silent,
    Deadline,
}

/// Runs a command that checks a plug-in and writes with [`emit`], at most as long as `deadline`, and
/// reports what came of it. Its standard input is `input` and then ends. `tell` is called for each
/// step when it has ended. A crash, an exit and a hang become a failed step that names what was
/// being tried.
///
/// # Errors
///
/// Where the command cannot be started.
pub fn watch(
    mut command: Command,
    input: Vec<u8>,
    deadline: Duration,
    tell: &mut dyn FnMut(&Step),
) -> io::Result<Report> {
    let mut watched = Watched::new(tell);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that ends before it has read all of it is seen by its end.
        thread::spawn(move || drop(stdin.write_all(&input)));
    }
    let (say, signs) = mpsc::sync_channel(256);
    if let Some(stdout) = child.stdout.take() {
        listen(stdout, say.clone());
    }
    if let Some(stderr) = child.stderr.take() {
        listen(stderr, say.clone());
    }
    // Whoever holds this end calls the timer off by dropping it.
    let (called_off, calls_off) = mpsc::channel();
    thread::spawn(move || timer(deadline, &calls_off, &say));
    let ended = watched.follow(&mut child, &signs);
    drop::<Sender<()>>(called_off);
    // It may have ended by itself, and then this does nothing.
    let _ = child.kill();
    let _ = child.wait();
    Ok(watched.report(&ended, deadline))
}

fn timer(deadline: Duration, called_off: &Receiver<()>, tell: &mpsc::SyncSender<Sign>) {
    if called_off.recv_timeout(deadline) == Err(RecvTimeoutError::Timeout) {
        let _ = tell.send(Sign::Deadline);
    }
}

/// Passes on what is printed, line by line, until there is no more or nobody listens. The channel
/// is bounded, so that a flood waits here and not in memory.
fn listen(from: impl Read + Send + 'static, tell: mpsc::SyncSender<Sign>) {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            let read = (&mut from).take(LINE_MAX).read_until(b'\n', &mut bytes);
            if !matches!(read, Ok(1..)) {
                let _ = tell.send(Sign::Silent);
                return;
            }
            let text = String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned();
            if !text.is_empty() && tell.send(Sign::Line(text)).is_err() {
                return;
            }
        }
    });
}

/// How the process ended.
enum Ended {
    By(ExitStatus),
    Deadline,
    /// The system does not say.
    Lost,
}

struct Watched<'run> {
    tell: &'run mut dyn FnMut(&Step),
    steps: Vec<Step>,
    trying: Option<String>,
    is_done: bool,
    printed: VecDeque<String>,
    /// Of the two outputs, how many have ended.
    silent: usize,
}

impl<'run> Watched<'run> {
    fn new(tell: &'run mut dyn FnMut(&Step)) -> Watched<'run> {
        let (steps, printed) = (Vec::new(), VecDeque::new());
        Watched { tell, steps, trying: None, is_done: false, printed, silent: 0 }
    }

    fn end(&mut self, step: Step) {
        (self.tell)(&step);
        self.steps.push(step);
    }

    fn follow(&mut self, child: &mut Child, signs: &Receiver<Sign>) -> Ended {
        loop {
            // What was printed before the end is read before the end is believed.
            match signs.recv_timeout(LOOK) {
                Ok(Sign::Deadline) => return Ended::Deadline,
                Ok(sign) => {
                    self.see(sign);
                    continue;
                }
                Err(_) => (),
            }
            match child.try_wait() {
                Ok(Some(status)) => {
                    self.drain(signs);
                    return Ended::By(status);
                }
                Ok(None) => (),
                Err(_) => return Ended::Lost,
            }
        }
    }

    fn drain(&mut self, signs: &Receiver<Sign>) {
        while self.silent < 2 {
            match signs.recv_timeout(LOOK * 10) {
                Ok(Sign::Deadline) | Err(_) => return,
                Ok(sign) => self.see(sign),
            }
        }
    }

    fn see(&mut self, sign: Sign) {
        match sign {
            Sign::Line(text) => match text.strip_prefix(MARK) {
                Some(ours) => self.hear(ours),
                None => self.print(&text),
            },
            Sign::Silent => self.silent += 1,
            Sign::Deadline => (),
        }
    }

    fn hear(&mut self, ours: &str) {
        let mut parts = ours.splitn(3, '\t');
        let (Some(word), Some(name)) = (parts.next(), parts.next()) else { return };
        let all = [Outcome::Ok, Outcome::Failed, Outcome::Skipped];
        let Some(outcome) = all.into_iter().find(|it| it.word() == word) else {
            self.trying = (word == "begun").then(|| name.to_owned());
            self.is_done = word == "done";
            return;
        };
        self.trying = None;
        let sentence = parts.next().unwrap_or_default().to_owned();
        self.end(Step { name: name.to_owned(), outcome, sentence });
    }

    fn print(&mut self, text: &str) {
        if self.printed.len() == PRINTED_MAX {
            self.printed.pop_front();
        }
        self.printed.push_back(line(text));
    }

    /// A step that was begun and not ended, or an end before anything was tried, is a failure.
    fn report(mut self, ended: &Ended, deadline: Duration) -> Report {
        // It ends with 1 where a step failed; everything else was not its own choice.
        let has_ended = matches!(ended, Ended::By(status) if matches!(status.code(), Some(0 | 1)));
        if !(self.is_done && has_ended) {
            let name = self.trying.take().unwrap_or_else(|| "end".to_owned());
            let sentence = match ended {
                Ended::By(status) => format!("the plug-in ended the process: {status}"),
                Ended::Deadline => format!("it has not returned after {deadline:?}"),
                Ended::Lost => "the process is lost".to_owned(),
            };
            self.end(Step { name, outcome: Outcome::Failed, sentence });
        }
        Report { steps: self.steps, printed: self.printed.into() }
    }
}
