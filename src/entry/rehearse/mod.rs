//! `aftm rehearse`: faults on the simulated exchange, with the real program and real processes, and
//! whether the machine coped.
//!
//! Everything lies in a home of its own that is gone afterwards; the user's folders, ports and
//! journal are never touched. The exchange is the simulator as a plug-in in its own process, whose
//! ledger is the witness of what was really traded.

mod client;
mod dice;
mod drill;
mod garbage;
mod home;
mod kills;
mod machine;
mod oracle;
mod told;

use std::io::Write;

use anyhow::Result;

use super::cli::Rehearse;
use crate::desk::Exit;

/// Rehearses; 1 where a promise was broken.
pub(super) fn rehearse(what: &Rehearse, out: &mut dyn Write) -> Result<Exit> {
    let is_kept = match what {
        Rehearse::Disconnect => drill::disconnect(out)?,
        Rehearse::Slow => drill::slow(out)?,
        Rehearse::Reject => drill::reject(out)?,
        Rehearse::KillChild => drill::kill_child(out)?,
        Rehearse::Kills { count, seed } => kills::run(*count, *seed, out)?,
        Rehearse::Garbage { count, seed } => garbage::run(*count, *seed, out)?,
        Rehearse::GarbageThrower => return garbage::throw(out),
    };
    Ok(if is_kept { Exit::Ok } else { Exit::Failure })
}
