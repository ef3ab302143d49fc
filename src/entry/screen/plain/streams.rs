//! Standard input and output, a line at a time, on threads of their own: who reads or writes slowly
//! holds up nobody else.

use std::io::{self, BufRead, IsTerminal as _, Read as _, Write as _};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use aftm_ui::plain::CHARACTERS_MAX;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::sync::mpsc as tasks;

use crate::entry::outputs;

/// A longer line is taken as far as here, which is more characters than any answer has.
const BYTES_MAX: u64 = CHARACTERS_MAX as u64 * 4 + 4;
/// Texts that wait for a reader.
const TEXTS_MAX: usize = 1_024;
/// How long the last text may take at the end.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the streams tell.
#[derive(Debug)]
pub(super) enum Heard {
    /// A line, without its end.
    Line(String),
    /// There are no more lines; the last had no end where `is_cut`.
    End { is_cut: bool },
    /// The terminal hung up.
    Gone,
    /// Nobody reads what is said.
    Deaf,
}

/// Reads until the end of the input.
pub(super) fn read(tell: tasks::Sender<Heard>) -> io::Result<()> {
    let thread = thread::Builder::new().name("lines-in".to_owned());
    thread.spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            let heard = line(&mut input);
            let is_last = !matches!(heard, Heard::Line(_));
            if tell.blocking_send(heard).is_err() || is_last {
                return;
            }
        }
    })?;
    Ok(())
}

fn line(input: &mut io::StdinLock<'_>) -> Heard {
    let mut bytes = Vec::new();
    let read = input.by_ref().take(BYTES_MAX).read_until(b'\n', &mut bytes);
    let is_whole = bytes.last() == Some(&b'\n');
    match read {
        Ok(_) if is_whole => (),
        Ok(count) if u64::try_from(count).is_ok_and(|it| it >= BYTES_MAX) => skip(input),
        Ok(count) if !has_hung_up() => return Heard::End { is_cut: count > 0 },
        _ => return Heard::Gone,
    }
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text).to_owned();
    // It may have been a password.
    bytes.fill(0);
    std::hint::black_box(&bytes);
    Heard::Line(text)
}

/// Passes the rest of a line over. An error comes again with the next line.
fn skip(input: &mut io::StdinLock<'_>) {
    while let Ok(bytes) = input.fill_buf() {
        let end = bytes.iter().position(|it| *it == b'\n');
        let (count, is_last) = (end.map_or(bytes.len(), |it| it + 1), bytes.is_empty());
        input.consume(count);
        if end.is_some() || is_last {
            return;
        }
    }
}

/// Whether the end of the input is that of a terminal that is gone.
fn has_hung_up() -> bool {
    let input = io::stdin();
    if !input.is_terminal() {
        return false;
    }
    let mut polled = [PollFd::new(&input, PollFlags::IN)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    let [polled] = match rustix::event::poll(&mut polled, Some(&at_once)) {
        Ok(_) => polled,
        Err(_) => return true,
    };
    polled.revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
}

/// Where texts are handed in.
pub(super) struct Writer {
    texts: SyncSender<String>,
    ended: Receiver<()>,
    lost: usize,
}

impl Writer {
    /// Starts to write.
    pub(super) fn open(tell: tasks::Sender<Heard>) -> io::Result<Writer> {
        let (texts, written) = sync_channel::<String>(TEXTS_MAX);
        let (end, ended) = sync_channel(1);
        thread::Builder::new().name("lines-out".to_owned()).spawn(move || {
            for text in written {
                let mut out = outputs::Own;
                if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
                    // Whoever listened may be gone.
                    let _ = tell.blocking_send(Heard::Deaf);
                    break;
                }
            }
            let _ = end.send(());
        })?;
        Ok(Writer { texts, ended, lost: 0 })
    }

    /// Hands a text in, and never waits. What nobody takes is counted, and told later.
    pub(super) fn write(&mut self, text: String) {
        let text = match self.lost {
            0 => text,
            lost => format!("\n({lost})\n{text}"),
        };
        match self.texts.try_send(text) {
            Ok(()) => self.lost = 0,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => self.lost += 1,
        }
    }

    /// Waits for the last text.
    pub(super) fn finish(self) {
        let Writer { texts, ended, .. } = self;
        drop(texts);
        // A reader that reads nothing does not keep the program alive.
        let _ = ended.recv_timeout(PATIENCE);
    }
}

/// Whether what is typed is shown, where somebody types at a terminal.
pub(super) struct Echo {
    /// The terminal's own modes.
    modes: Option<Termios>,
    is_off: bool,
}

impl Echo {
    /// As it is.
    pub(super) fn new() -> Echo {
        let modes = io::stdin().is_terminal().then(|| tcgetattr(io::stdin()).ok()).flatten();
        Echo { modes, is_off: false }
    }

    /// Shows what is typed, or hides it.
    pub(super) fn hide(&mut self, is_off: bool) {
        let Some(modes) = self.modes.as_ref().filter(|_| self.is_off != is_off) else { return };
        let mut modes = modes.clone();
        if is_off {
            modes.local_modes.remove(LocalModes::ECHO);
            // The end of the line is seen.
            modes.local_modes.insert(LocalModes::ECHONL);
        }
        match tcsetattr(io::stdin(), OptionalActions::Now, &modes) {
            Ok(()) => self.is_off = is_off,
            Err(error) => log::warn!("the terminal does not hide what is typed: {error}"),
        }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.hide(false);
    }
}
