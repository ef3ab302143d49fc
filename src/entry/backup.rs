//! `aftm backup`: a copy of the journal, while the machine runs or not.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::{ledger, verify};
use crate::config::Folders;
use crate::desk::Exit;
use crate::journal;

/// Copies the journal of the data folder, with what its log has and the file not yet, to a file that
/// must not be there, and checks the copy. 1 where the copy is not sound, because the journal is not;
/// an error where there is no journal or no copy can be made, and then there is none.
pub fn backup(to: &Path, folders: &Folders, out: &mut dyn Write) -> Result<Exit> {
    let verdict = journal::backup(&ledger::existing(folders)?, to)?;
    verify::tell(to, &verdict, out)
}
