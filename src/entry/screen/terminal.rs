//! The terminal: taken when the screen opens, given back however it ends.
//!
//! A thread of its own writes, so that a terminal that takes nothing (a stopped one, a slow line)
//! holds up frames and nothing else. Another one reads, and ends with the terminal.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags,
    PushKeyboardEnhancementFlags,
};
use crossterm::queue;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    SetTitle,
};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Frame, Viewport};
use rustix::event::{PollFd, PollFlags};
use tokio::sync::mpsc as tasks;

use crate::entry::outputs;

/// Whether the terminal was switched to what the screen needs: what was never switched is not given
/// back twice, because a terminal counts some of it. A panic of any thread gives it back.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// How long giving the terminal back may wait for it to take what was written before.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long the library may look for what has already come: with no time it looks at nothing.
const GLANCE: Duration = Duration::from_millis(1);

/// What the terminal's threads tell.
#[derive(Debug)]
pub(super) enum Heard {
    /// A key, the mouse, a paste, the focus.
    Input(crossterm::event::Event),
    /// What was given to it is written.
    Written,
    /// It is gone.
    Lost(io::Error),
}

/// The terminal in use.
pub(super) struct Terminal {
    cells: ratatui::Terminal<CrosstermBackend<Paper>>,
    paper: Paper,
    writer: SyncSender<Vec<u8>>,
    /// How often something was given to the writer.
    sent: u64,
    written: Arc<Written>,
    has_mouse: bool,
}

/// How often the writer was done with what it was given.
#[derive(Debug, Default)]
struct Written {
    count: Mutex<u64>,
    changed: Condvar,
}

impl Written {
    fn add(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.changed.notify_all();
    }

    /// Waits so long at most until the writer was done so often; whether it was.
    fn wait(&self, often: u64, patience: Duration) -> bool {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(count, patience, |it| *it < often);
        *waited.unwrap_or_else(PoisonError::into_inner).0 >= often
    }
}

/// What is to be written, until it is sent.
#[derive(Clone, Debug, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Terminal {
    /// Takes the terminal. What it tells goes to `heard`, from threads of its own.
    pub(super) fn take(
        has_mouse: bool,
        heard: &tasks::UnboundedSender<Heard>,
    ) -> io::Result<Terminal> {
        let (width, height) = crossterm::terminal::size()?;
        crossterm::terminal::enable_raw_mode()?;
        restore_on_panic();
        let (writer, bytes) = mpsc::sync_channel::<Vec<u8>>(1);
        let written = Arc::new(Written::default());
        let (told, tell) = (written.clone(), heard.clone());
        thread::Builder::new()
            .name("terminal-out".to_owned())
            .spawn(move || write_all(&bytes, &told, &tell))?;
        let tell = heard.clone();
        thread::Builder::new().name("terminal-in".to_owned()).spawn(move || read_all(&tell))?;
        let options =
            ratatui::TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, width, height)) };
        let paper = Paper::default();
        let cells = ratatui::Terminal::with_options(CrosstermBackend::new(paper.clone()), options)?;
        let mut terminal = Terminal { cells, paper, writer, sent: 0, written, has_mouse };
        terminal.enter()?;
        Ok(terminal)
    }

    /// Switches the terminal to what the screen needs; again, where somebody else may have used it.
    pub(super) fn enter(&mut self) -> io::Result<()> {
        crossterm::terminal::enable_raw_mode()?;
        let (width, height) = crossterm::terminal::size()?;
        let out = self.cells.backend_mut();
        if IS_TAKEN.swap(true, Ordering::SeqCst) {
            undo(out)?;
        }
        queue!(out, EnterAlternateScreen, SetTitle("aftm"), EnableBracketedPaste)?;
        queue!(out, EnableFocusChange)?;
        // A terminal that does not know these flags passes them over; it then tells no repeats.
        let flags = KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES
            | KeyboardEnhancementFlags::REPORT_EVENT_TYPES;
        queue!(out, PushKeyboardEnhancementFlags(flags))?;
        if self.has_mouse {
            queue!(out, EnableMouseCapture)?;
        }
        self.resize(width, height)
    }

    /// The terminal has another size, or shows something else than what was drawn.
    pub(super) fn resize(&mut self, width: u16, height: u16) -> io::Result<()> {
        queue!(
            self.cells.backend_mut(),
            crossterm::terminal::Clear(crossterm::terminal::ClearType::All)
        )?;
        self.cells.resize(Rect::new(0, 0, width, height))
    }

    /// Whether a frame can be drawn now; otherwise [`Heard::Written`] will tell.
    pub(super) fn is_free(&self) -> bool {
        self.written.wait(self.sent, Duration::ZERO)
    }

    /// Draws a frame, as one update where the terminal can.
    pub(super) fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.cells.backend_mut(), BeginSynchronizedUpdate)?;
        self.cells.draw(render)?;
        queue!(self.cells.backend_mut(), EndSynchronizedUpdate)?;
        self.send()
    }

    /// Sends what is no cell: a bell, a clipboard's text.
    pub(super) fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.cells.backend_mut().write_all(bytes)?;
        if self.is_free() { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> io::Result<()> {
        let bytes = self.paper.0.take();
        self.sent += 1;
        self.writer.send(bytes).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }

    /// Gives the terminal back to whoever had it.
    pub(super) fn leave(&mut self) {
        // Frames on their way come first, unless the terminal takes nothing any more.
        let is_free = self.written.wait(self.sent, PATIENCE);
        // What was about to be written counts as done: left lying, it would switch the terminal
        // over once more when it is taken again.
        let bytes = self.paper.0.take();
        if is_free {
            // A terminal that is gone needs nothing.
            let _ = put(&bytes);
        }
        restore();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Gives the terminal back, once.
pub(super) fn restore() {
    if IS_TAKEN.swap(false, Ordering::SeqCst) {
        let mut bytes = Vec::new();
        // Writing to memory cannot fail, and a terminal that is gone needs nothing back.
        let _ = undo(&mut bytes);
        let _ = put(&bytes);
    }
    let _ = crossterm::terminal::disable_raw_mode();
}

/// Undoes everything that [`Terminal::enter`] does.
fn undo(out: &mut impl Write) -> io::Result<()> {
    queue!(
        out,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        PopKeyboardEnhancementFlags,
        DisableFocusChange,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        crossterm::cursor::Show
    )
}

/// A panic of any thread is told on a terminal that shows it.
fn restore_on_panic() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore();
        told(info);
    }));
}

fn write_all(bytes: &Receiver<Vec<u8>>, told: &Written, heard: &tasks::UnboundedSender<Heard>) {
    for bytes in bytes {
        let outcome = put(&bytes);
        told.add();
        let news = outcome.map_or_else(Heard::Lost, |()| Heard::Written);
        let is_lost = matches!(news, Heard::Lost(_));
        if heard.send(news).is_err() || is_lost {
            return;
        }
    }
}

/// Writes to the terminal past the lock of standard output, which a thread that cannot write holds.
fn put(mut bytes: &[u8]) -> io::Result<()> {
    let out = outputs::out_fd();
    while !bytes.is_empty() {
        match rustix::io::write(out, bytes) {
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => (),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Waits for the terminal before it is read: the library that reads spins for ever on one that is
/// gone.
fn read_all(heard: &tasks::UnboundedSender<Heard>) {
    let lost = |error: io::Error| {
        // Whoever listened may be gone.
        let _ = heard.send(Heard::Lost(error));
    };
    let terminal = io::stdin();
    loop {
        let mut polled = [PollFd::new(&terminal, PollFlags::IN)];
        match rustix::event::poll(&mut polled, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => (),
            Err(error) => return lost(error.into()),
        }
        let [polled] = polled;
        if polled.revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            return lost(io::Error::from(io::ErrorKind::BrokenPipe));
        }
        loop {
            let event = match crossterm::event::poll(GLANCE) {
                Ok(false) => break,
                Ok(true) => crossterm::event::read(),
                Err(error) => Err(error),
            };
            match event.map(|event| heard.send(Heard::Input(event))) {
                Ok(Ok(())) => (),
                Ok(Err(_)) => return,
                Err(error) => return lost(error),
            }
        }
    }
}

#[cfg(test)]
mod tests;
