//! The glue between the gateway's facts and the journal: facts go in as JSON, and come out folded.
//!
//! Owns the journal's name in the data folder, the form of a fact there, and the views for people.
//! Refuses a record that it cannot read whole: skipping one would fold another history.

mod latch;
mod views;

use std::path::PathBuf;

use aftm_domain::Stamp;
use anyhow::{Context as _, Result, bail};

use crate::config::Folders;
use crate::gateway::fact::Fact;
use crate::gateway::state::State;
use crate::gateway::{Ledger, LedgerError};
use crate::journal::{Journal, JournalError, Record};

use self::latch::Latch;
pub use latch::wants_flat;
pub use views::VIEWS;

/// The journal's name in the data folder.
pub const FILE: &str = "journal.sqlite";

/// The file in the data folder that says that trading is halted, whatever the journal says.
pub const LATCH: &str = "halted";

/// Where the journal of these folders is.
pub fn path(folders: &Folders) -> PathBuf {
    folders.data.join(FILE)
}

/// The journal of these folders, where a machine has made one.
pub fn existing(folders: &Folders) -> Result<PathBuf> {
    let path = path(folders);
    if !path.try_exists().with_context(|| format!("cannot look for {}", path.display()))? {
        bail!("there is no journal yet: no machine has run with {}", path.display());
    }
    Ok(path)
}

/// The gateway's facts in a journal.
pub struct Facts {
    journal: Journal,
    /// The bodies of one append, one after the other; kept for its room.
    text: Vec<u8>,
    /// Each fact's kind, and where its body ends.
    ends: Vec<(&'static str, usize)>,
    /// The file of a halt.
    latch: Option<Latch>,
}

impl Facts {
    /// Goes on with a journal.
    pub fn new(journal: Journal) -> Facts {
        let (text, ends) = (Vec::with_capacity(4_096), Vec::with_capacity(8));
        Facts { journal, text, ends, latch: None }
    }

    /// A halt leaves a file there, too, for which room is made now.
    #[must_use]
    pub fn latched_by(self, file: PathBuf) -> Facts {
        Facts { latch: Some(Latch::prepare(file)), ..self }
    }

    /// The journal, for probes and what went wrong with moving facts into the file.
    pub fn journal(&mut self) -> &mut Journal {
        &mut self.journal
    }

    /// Closes the journal.
    pub fn close(self) -> Result<(), JournalError> {
        self.journal.close()
    }

    fn write(&mut self, now: Stamp, facts: &[Fact]) -> Result<(), Box<dyn std::error::Error>> {
        self.text.clear();
        self.ends.clear();
        for fact in facts {
            serde_json::to_writer(&mut self.text, fact)?;
            self.ends.push((fact.word(), self.text.len()));
        }
        let mut rest = str::from_utf8(&self.text)?;
        let mut start = 0;
        let mut records = Vec::with_capacity(self.ends.len());
        for (kind, end) in &self.ends {
            let (body, after) = rest.split_at(end - start);
            records.push((*kind, body));
            (rest, start) = (after, *end);
        }
        self.journal.append(now, &records)?;
        Ok(())
    }
}

impl Ledger for Facts {
    fn append(&mut self, now: Stamp, facts: &[Fact]) -> Result<(), LedgerError> {
        self.write(now, facts).map_err(|error| LedgerError(error.to_string()))
    }

    fn probe(&mut self) -> Result<(), LedgerError> {
        self.journal.probe().map_err(|error| LedgerError(error.to_string()))
    }

    fn has_failed(&self) -> bool {
        self.journal.has_failed()
    }

    fn latch(&mut self, reason: &str, flatten: bool) {
        self.latch.iter().for_each(|it| it.set(reason, flatten));
    }

    fn unlatch(&mut self) {
        self.latch.iter().for_each(Latch::clear);
    }

    fn trouble(&mut self) -> Option<LedgerError> {
        self.journal.moving_failure().map(|error| LedgerError(error.to_string()))
    }
}

/// Why a journal cannot be folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// It cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A record that is not a fact of this program.
    #[error(
        "record {sequence} of the journal, {kind:?}, is not a fact that this program knows: \
         {reason}; use the program that wrote it"
    )]
    Unknown {
        /// Its place.
        sequence: u64,
        /// Its kind.
        kind: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The fact of a record.
pub fn fact(record: Record<'_>) -> Result<Fact, FoldError> {
    Fact::decode(record.kind, record.body).map_err(|reason| {
        let (sequence, kind) = (record.sequence, record.kind.to_owned());
        FoldError::Unknown { sequence, kind, reason }
    })
}

/// What the gateway knows after every fact of a journal.
pub fn fold(journal: &Journal) -> Result<State, FoldError> {
    let mut state = State::default();
    journal.read(0, |record| {
        state.fold(&fact(record)?);
        Ok::<_, FoldError>(())
    })?;
    Ok(state)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
