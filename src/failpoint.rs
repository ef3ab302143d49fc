//! Places between two steps of an order where a test makes a process die, hang or fail.
//!
//! Owns their names, and what happens there. A file that is named after a place, in the folder of
//! the environment's variable, is the order of one disturbance; the process that takes it away
//! obeys it. Refuses to be in a program for people: without debug assertions every place is nothing.

#[cfg(debug_assertions)]
use std::{ffi::OsString, fs, path::PathBuf, sync::OnceLock, thread, time::Duration};

/// A step that was made just now, or is about to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// The strategy has sent a signal.
    SignalGiven,
    /// The strategy has sent a report.
    Reported,
    /// The executor has a signal.
    SignalTaken,
    /// The executor has asked for the signal's order.
    OrderAsked,
    /// The executor has the answer.
    AnswerTaken,
    /// The executor has done with the signal.
    SignalDone,
    /// The gateway has decided on an order, and writes it down next.
    Decided,
    /// An append was written, and is flushed next.
    Written,
    /// The order is in the journal, and the venue is called next.
    Journaled,
    /// The venue was called.
    Called,
    /// The venue has answered, and that is written down next.
    Answered,
    /// Everything is in the journal, and whoever asked is told next.
    Replying,
}

impl Site {
    /// Every place.
    pub const ALL: [Site; 12] = [
        Site::SignalGiven,
        Site::Reported,
        Site::SignalTaken,
        Site::OrderAsked,
        Site::AnswerTaken,
        Site::SignalDone,
        Site::Decided,
        Site::Written,
        Site::Journaled,
        Site::Called,
        Site::Answered,
        Site::Replying,
    ];

    /// How its file is called.
    pub const fn word(self) -> &'static str {
        match self {
            Site::SignalGiven => "signal-given",
            Site::Reported => "reported",
            Site::SignalTaken => "signal-taken",
            Site::OrderAsked => "order-asked",
            Site::AnswerTaken => "answer-taken",
            Site::SignalDone => "signal-done",
            Site::Decided => "decided",
            Site::Written => "written",
            Site::Journaled => "journaled",
            Site::Called => "called",
            Site::Answered => "answered",
            Site::Replying => "replying",
        }
    }
}

/// The step fails, because a test wants it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a test made the step after {} fail", .0.word())]
pub struct Failed(pub Site);

/// A process comes to a place. Nothing happens there in a program for people.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub const fn reach(_: Site) -> Result<(), Failed> {
    Ok(())
}

/// What a child's environment must hold, so that it finds the folder, too.
#[cfg(not(debug_assertions))]
pub const fn lent() -> Option<(&'static str, std::ffi::OsString)> {
    None
}

/// The variable that names the folder.
pub const FOLDER: &str = "FAILPOINTS_OF_AFTM";

#[cfg(debug_assertions)]
fn folder() -> Option<&'static PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(|| std::env::var_os(FOLDER).map(PathBuf::from)).as_ref()
}

/// What a child's environment must hold, so that it finds the folder, too.
#[cfg(debug_assertions)]
pub fn lent() -> Option<(&'static str, OsString)> {
    folder().map(|it| (FOLDER, it.clone().into_os_string()))
}

/// A process comes to a place: it obeys the file of that place, where there is one, once. The file
/// holds `kill`, `fail`, or `pause` and a number of milliseconds.
#[cfg(debug_assertions)]
pub fn reach(site: Site) -> Result<(), Failed> {
    let Some(file) = folder().map(|it| it.join(site.word())) else { return Ok(()) };
    let Ok(order) = fs::read_to_string(&file) else { return Ok(()) };
    // Whoever takes it away is the one that obeys.
    if fs::remove_file(&file).is_err() {
        return Ok(());
    }
    match order.split_once(' ').unwrap_or((&order, "")) {
        ("kill", _) => end(),
        ("pause", milliseconds) => pause(milliseconds.trim().parse().unwrap_or_default()),
        _ => return Err(Failed(site)),
    }
    Ok(())
}

/// As with kill -9: nothing is tidied up, nobody is told.
#[cfg(debug_assertions)]
fn end() {
    use rustix::process::{Signal, getpid, kill_process};
    let _ = kill_process(getpid(), Signal::KILL);
}

#[cfg(debug_assertions)]
#[allow(clippy::disallowed_methods)] // To hold the thread up is what this is for.
fn pause(milliseconds: u64) {
    thread::sleep(Duration::from_millis(milliseconds));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_happens_where_no_folder_is_named() {
        assert_eq!(lent(), None);
        assert!(Site::ALL.into_iter().all(|it| reach(it) == Ok(())));
    }

    #[test]
    fn every_place_has_a_name_of_its_own() {
        let words: std::collections::BTreeSet<_> = Site::ALL.iter().map(|it| it.word()).collect();
        assert_eq!(words.len(), Site::ALL.len());
    }
}
