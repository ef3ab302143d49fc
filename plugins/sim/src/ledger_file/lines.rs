//! The lines of a ledger file, read on every processor: whoever reads that of a long day keeps a
//! machine waiting for its exchange.

use std::num::NonZero;
use std::thread;

use super::Entry;

/// Fewer lines than these are read sooner than a thread is started.
const PART_MIN: usize = 1_024;

/// Hands on what each line says, or why it says nothing, in their order, until `add` refuses one.
pub(super) fn each<E>(
    lines: &[u8],
    mut add: impl FnMut(Result<Entry, String>) -> Result<(), E>,
) -> Result<(), E> {
    let lines: Vec<&[u8]> = lines.split_inclusive(|it| *it == b'\n').collect();
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let part = lines.len().div_ceil(processors).max(PART_MIN);
    let (first, rest) = lines.split_at(part.min(lines.len()));
    thread::scope(|scope| {
        let read = |part: &[&[u8]]| part.iter().map(|it| entry(it)).collect::<Vec<_>>();
        let start = |part| (part, thread::Builder::new().spawn_scoped(scope, move || read(part)));
        let parts: Vec<_> = rest.chunks(part).map(start).collect();
        first.iter().map(|it| entry(it)).try_for_each(&mut add)?;
        for (part, thread) in parts {
            // Where the system has no thread to give, this one does the work.
            let entries = thread.ok().and_then(|it| it.join().ok()).unwrap_or_else(|| read(part));
            entries.into_iter().try_for_each(&mut add)?;
        }
        Ok(())
    })
}

fn entry(line: &[u8]) -> Result<Entry, String> {
    let text = std::str::from_utf8(line).map_err(|err| err.to_string())?;
    serde_json::from_str(text).map_err(|err| err.to_string())
}
