//! What can go wrong with a plug-in, each with its sentence.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use aftm_exchange_abi::{Misfit, OK, Status, code_name, word};

use crate::read::repaired;

/// Why a library cannot be used as a plug-in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {fault}", path.display())]
pub struct LoadError {
    /// Which library.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: LoadFault,
}

/// What is wrong with a library.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadFault {
    /// A bare name would be searched for in places that nobody named.
    #[error("the path is not absolute; name the library by its whole path")]
    Relative,
    /// The system's loader refuses it.
    #[error("it cannot be loaded: {0}")]
    Loader(String),
    /// It is a library, but no plug-in.
    #[error("it does not export aftm_exchange_entry_v1, so it is no exchange plug-in of version 1")]
    NoEntry,
    /// Its entry returns no table.
    #[error("it does not serve version 1 of the interface")]
    NotServed,
    /// Its table is too small.
    #[error("its table of functions is unusable: {0}")]
    Table(Misfit),
    /// Its table is of another major version.
    #[error("its table is of version {major}.{minor}, but version 1 was asked for")]
    Version {
        /// What the table says.
        major: u16,
        /// What the table says.
        minor: u16,
    },
    /// A function that every plug-in has is not there.
    #[error("its table has no {0}, which every plug-in must have")]
    Lacks(&'static str),
    /// `info` fails.
    #[error("info fails with {}: {}", code_name(*.0), word(*.0))]
    Info(i32),
    /// `info` writes where it must not.
    #[error("info wrote beyond the struct that it was given; nothing can be trusted after that")]
    Overrun,
    /// `info` does not say who it is.
    #[error("info gives no readable {0}")]
    Unnamed(&'static str),
}

/// Why a session was not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The plug-in refused.
    #[error("{0}")]
    Refused(Refusal),
    /// It takes one session at a time.
    #[error("a session is open and this plug-in takes one at a time; close it first")]
    Occupied,
    /// An earlier session could not be closed.
    #[error("an earlier session of this plug-in could not be closed; start the process again")]
    Dead,
    /// It broke the rules while it opened.
    #[error("{0}")]
    Broken(Breach),
    /// It says that a session is open and hands out none.
    #[error("open returned 0 without a session")]
    Nothing,
    /// The folder for its files is not named in UTF-8 or not absolute.
    #[error("the folder {} must be absolute and named in UTF-8", .0.display())]
    Folder(PathBuf),
}

/// Why a request was not sent. That it was is all that the other case says, even if the session breaks
/// in the same moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The plug-in refused.
    #[error("{0}")]
    Refused(Refusal),
    /// It does not have this function.
    #[error("this plug-in has no {0}")]
    NotOffered(&'static str),
    /// Another call has not returned.
    #[error("{call} was not called: {under_way} has not returned for {waited:?}")]
    Occupied {
        /// What was to be called.
        call: &'static str,
        /// What is in the plug-in.
        under_way: &'static str,
        /// How long the call waited for its turn.
        waited: Duration,
    },
    /// The session broke the rules and takes no more calls.
    #[error("{0}")]
    Broken(Breach),
}

/// Why a session was not closed. What its callbacks reach is kept for ever, and the plug-in opens no
/// other session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseError {
    /// It says so.
    #[error("close fails with {}: {}; start the process again", code_name(*.0), word(*.0))]
    Refused(i32),
    /// A call, perhaps `close` itself, does not return.
    #[error("{under_way} has not returned for {waited:?}; start the process again")]
    Hangs {
        /// What is in the plug-in.
        under_way: &'static str,
        /// How long `close` waited.
        waited: Duration,
    },
}

/// A rule that a plug-in broke so badly that what an account holds may be wrong. The session takes
/// no more calls and no more events: close it, open another, and ask the venue how things stand. What
/// came of requests that were under way is not known, and none of them is sent again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// An event is missing, or came twice.
    #[error("the plug-in told event {got} where {expected} was next: one is lost or told twice")]
    Sequence {
        /// The number that was next.
        expected: u64,
        /// The number that came.
        got: u64,
    },
    /// An event that must not be lost cannot be read.
    #[error("the plug-in told {kind} that cannot be read: {why}")]
    Unreadable {
        /// What it was to be.
        kind: &'static str,
        /// Why not.
        why: String,
    },
    /// More was told than is kept.
    #[error("the plug-in told more than {max} events that nobody had taken")]
    Flood {
        /// How many are kept.
        max: usize,
    },
    /// It wrote where it must not.
    #[error("{0} wrote beyond the struct that it was given; nothing can be trusted after that")]
    Overrun(&'static str),
}

/// A plug-in's or a venue's no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `AFTM_E_…`, or a number that this version does not know; never `AFTM_OK`.
    pub code: i32,
    /// The venue's own code; empty where there is none.
    pub vendor_code: String,
    /// A sentence for the trader; never empty.
    pub text: String,
}

impl Refusal {
    /// What a status says, with the words of its code where it has no sentence. `code` is what the
    /// function returned, which holds where the status says otherwise.
    pub(crate) fn of(code: i32, status: &Status) -> Refusal {
        let (vendor_code, text) = (repaired(&status.vendor_code), repaired(&status.text));
        let text = if text.is_empty() { word(code).to_owned() } else { text };
        Refusal { code, vendor_code, text }
    }

    /// The reason in an answer, where the request failed.
    pub(crate) fn in_answer(status: &Status) -> Option<Refusal> {
        (status.code != OK).then(|| Refusal::of(status.code, status))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.text, code_name(self.code))?;
        if code_name(self.code) == "E_UNKNOWN" {
            write!(f, " {}", self.code)?;
        }
        if !self.vendor_code.is_empty() {
            write!(f, ", {}", self.vendor_code)?;
        }
        f.write_str(")")
    }
}
