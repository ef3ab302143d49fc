//! Where log lines go: standard error, or while there is a screen its pane and a file. One a line,
//! without anything that acts on a terminal.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;

use aftm_domain::text::make_plain;
use anyhow::{Context as _, Result};
use log::{LevelFilter, Log, Metadata, Record};

use super::{clock, outputs};
use crate::config;

/// A file that has grown this large is put aside when the screen opens, in bytes.
const FILE_BYTES_MAX: u64 = 16 * 1_024 * 1_024;

/// The one logger of the process: its lock is taken by what is logged, never by a tick.
struct Lines {
    /// The file, while there is a screen.
    file: Mutex<Option<File>>,
}

static LINES: Lines = Lines { file: Mutex::new(None) };

impl Log for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let level = record.level().as_str().to_lowercase();
        let text = make_plain(record.args().to_string());
        let line = format!("{} {level:<5} {text}", clock::now());
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A log that nobody can read any more must not end the machine.
        let _ = match file.as_mut() {
            Some(file) => {
                let clean = format_args!("{text}");
                tui_logger::Drain::new().log(
                    &Record::builder().metadata(record.metadata().clone()).args(clean).build(),
                );
                writeln!(file, "{line}")
            }
            None => writeln!(outputs::err(), "{line}"),
        };
    }

    fn flush(&self) {}
}

/// Sends log lines of this level and above to standard error.
pub(super) fn to_standard_error(level: LevelFilter) {
    // A second call changes the level only.
    let _ = log::set_logger(&LINES);
    log::set_max_level(level);
}

/// Sends log lines to the screen's pane and to `aftm.log` in a folder.
pub(super) fn to_pane_and_file(level: config::Level, folder: &Path) -> Result<()> {
    let level: LevelFilter = level.word().parse().unwrap_or(LevelFilter::Info);
    log::set_max_level(level);
    tui_logger::set_default_level(level);
    let path = folder.join("aftm.log");
    let unusable = || format!("cannot write the log {}", path.display());
    if path.metadata().is_ok_and(|it| it.len() > FILE_BYTES_MAX) {
        std::fs::rename(&path, path.with_extension("log.1")).with_context(unusable)?;
    }
    let file = OpenOptions::new().create(true).append(true).open(&path).with_context(unusable)?;
    *LINES.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(file);
    Ok(())
}

/// The screen is gone: standard error is a place to write to again.
pub(super) fn to_standard_error_again() {
    *LINES.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
}
