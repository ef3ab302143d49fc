//! `aftm verify`: whether the journal is whole, and still what was written.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::ledger;
use crate::config::Folders;
use crate::desk::Exit;
use crate::journal::{self, Verdict};

/// Checks the journal of the data folder, or another file such as a backup, while the machine runs or
/// not. 0 where it is sound, 1 where it is not; an error where it cannot be checked or there is none.
pub fn verify(file: Option<&Path>, folders: &Folders, out: &mut dyn Write) -> Result<Exit> {
    let path = file.map_or_else(|| ledger::existing(folders), |it| Ok(it.to_owned()))?;
    tell(&path, &journal::verify(&path)?, out)
}

/// Says what the check of a journal found.
pub(super) fn tell(path: &Path, verdict: &Verdict, out: &mut dyn Write) -> Result<Exit> {
    let (sound, head) = (verdict.sound, verdict.head);
    if verdict.is_sound() {
        writeln!(out, "sound: {sound} records in {}, the chain ends in {head}", path.display())?;
        return Ok(Exit::Ok);
    }
    writeln!(out, "not sound: {}, the first {sound} records are as written", path.display())?;
    for fault in &verdict.faults {
        writeln!(out, "  {fault}")?;
    }
    writeln!(out, "restore a backup; what came after record {sound} is not to be trusted")?;
    Ok(Exit::Failure)
}
