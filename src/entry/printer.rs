//! Lines on their way out, on a thread of their own, so that a slow reader holds nothing up.

use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::clock;

/// Lines that wait for a reader; what comes beyond them is counted, and the count is told.
const LINES_MAX: usize = 65_536;
/// How long the last lines may take at the end of the machine: a reader that reads nothing does not
/// keep it alive.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Where lines are handed in.
pub(super) struct Print {
    lines: SyncSender<String>,
    lost: Arc<AtomicU64>,
}

impl Print {
    /// Hands in a line, or several with line feeds between them, and never waits.
    pub(super) fn lines(&self, lines: String) {
        if let Err(TrySendError::Full(lines) | TrySendError::Disconnected(lines)) =
            self.lines.try_send(lines)
        {
            let count = u64::try_from(lines.lines().count()).unwrap_or(u64::MAX);
            self.lost.fetch_add(count, Ordering::Relaxed);
        }
    }
}

/// The thread that prints.
pub(super) struct Printer {
    ended: Receiver<()>,
}

impl Printer {
    /// Starts the thread.
    pub(super) fn open(out: impl Write + Send + 'static) -> Result<(Print, Printer)> {
        let (lines, printed) = mpsc::sync_channel(LINES_MAX);
        let (tell, ended) = mpsc::channel();
        let lost = Arc::new(AtomicU64::new(0));
        let print = Print { lines, lost: lost.clone() };
        thread::Builder::new().name("printer".to_owned()).spawn(move || {
            let mut out = BufWriter::new(out);
            if let Err(error) = run(&mut out, &printed, &lost) {
                log::error!("standard output is gone ({error}); the machine goes on, see ctl");
                // Whoever hands lines in must not mistake this for a slow reader.
                while printed.recv().is_ok() {}
            }
            // Nobody may be waiting for this any more.
            let _ = tell.send(());
        })?;
        Ok((print, Printer { ended }))
    }

    /// Waits for the last lines. Whoever handed them in is gone by then.
    pub(super) fn finish(self) {
        if self.ended.recv_timeout(LAST_LINES).is_err() {
            log::error!("nobody reads standard output; its last lines are lost");
        }
    }
}

fn run(out: &mut impl Write, lines: &Receiver<String>, lost: &AtomicU64) -> std::io::Result<()> {
    while let Ok(line) = lines.recv() {
        writeln!(out, "{line}")?;
        for line in lines.try_iter() {
            writeln!(out, "{line}")?;
        }
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let text = format!("{lost} lines were not printed: whoever reads them is too slow");
            let body = serde_json::json!({ "code": "LINES_LOST", "text": text });
            let now = clock::now();
            writeln!(out, "{{\"ts\":\"{now}\",\"kind\":\"alert\",\"alert\":{body}}}")?;
        }
        out.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that reads nothing until it is let go.
    struct Stuck(Receiver<()>, mpsc::Sender<String>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _ = self.0.recv();
            let _ = self.1.send(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_reads_nothing_holds_nobody_up_and_is_told_what_it_missed() {
        let (go, held) = mpsc::channel();
        let (wrote, written) = mpsc::channel();
        let (print, printer) = Printer::open(Stuck(held, wrote)).unwrap();
        // The writer's own buffer takes some before it meets the reader.
        for _ in 0..LINES_MAX * 2 {
            print.lines("x".repeat(64));
        }
        drop(go);
        drop(print);
        printer.finish();
        let all: String = written.iter().collect();
        assert!(all.contains("LINES_LOST"), "{}", all.len());
    }
}
