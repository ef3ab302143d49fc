//! Standard output and standard error, where a plug-in in this process may print, too.
//!
//! A vendor's library prints what it likes to descriptors 1 and 2. Before one is loaded here, both
//! are put aside for the machine alone, and what is printed to them afterwards becomes lines of the
//! log.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read as _, Write};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::sync::OnceLock;
use std::thread;

use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::{dup2_stderr, dup2_stdout, stderr, stdout};

use super::clock;
use crate::desk::said::{LINE_MAX, Printed};

/// What was standard output and standard error.
static KEPT: OnceLock<(File, File)> = OnceLock::new();

/// Puts both aside and turns what is printed from here on into lines of the log. Once is enough.
///
/// # Errors
///
/// Where the system gives no descriptors.
pub(super) fn put_aside() -> io::Result<()> {
    if KEPT.get().is_some() {
        return Ok(());
    }
    let kept = (
        File::from(fcntl_dupfd_cloexec(stdout(), 3)?),
        File::from(fcntl_dupfd_cloexec(stderr(), 3)?),
    );
    let (printed, printer) = io::pipe()?;
    thread::Builder::new().name("printed".to_owned()).spawn(move || pass_on(printed))?;
    // Whoever writes from now on finds the files first, and only then the pipe.
    let _ = KEPT.set(kept);
    dup2_stdout(&printer)?;
    dup2_stderr(&printer)?;
    Ok(())
}

fn pass_on(printed: io::PipeReader) {
    let mut from = BufReader::new(printed);
    let (mut lines, mut bytes) = (Printed::new("plug-in".to_owned()), Vec::new());
    loop {
        bytes.clear();
        let read = (&mut from).take(LINE_MAX).read_until(b'\n', &mut bytes);
        if !matches!(read, Ok(1..)) {
            return;
        }
        lines.line(Some(&bytes), clock::now());
    }
}

/// The machine's own standard output, wherever that is when something is written.
pub(super) struct Own;

impl Write for Own {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match KEPT.get() {
            Some((out, _)) => (&*out).write(bytes),
            None => io::stdout().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match KEPT.get() {
            Some(_) => Ok(()),
            None => io::stdout().flush(),
        }
    }
}

/// The machine's own standard error.
pub(super) fn err() -> Box<dyn Write + Send> {
    match KEPT.get() {
        Some((_, err)) => Box::new(err),
        None => Box::new(io::stderr()),
    }
}

/// The descriptor of the machine's own standard output.
pub(super) fn out_fd() -> BorrowedFd<'static> {
    KEPT.get().map_or_else(stdout, |(out, _)| out.as_fd())
}

/// Whether the machine's own standard output is a terminal.
pub(super) fn is_terminal() -> bool {
    KEPT.get().map_or_else(|| io::stdout().is_terminal(), |(out, _)| out.is_terminal())
}
