//! Log lines on standard error, one a line, without control characters.

use std::io::Write as _;

use log::{LevelFilter, Log, Metadata, Record};

use super::clock;

struct ToStandardError;

impl Log for ToStandardError {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let level = record.level().as_str().to_lowercase();
        let text = record.args().to_string();
        let text: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
        // A log that nobody can read any more must not end the machine.
        let _ = writeln!(std::io::stderr().lock(), "{} {level:<5} {text}", clock::now());
    }

    fn flush(&self) {}
}

/// Sends log lines of this level and above to standard error.
pub(super) fn to_standard_error(level: LevelFilter) {
    // A second call changes the level only.
    let _ = log::set_logger(&ToStandardError);
    log::set_max_level(level);
}
