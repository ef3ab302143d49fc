//! `aftm export`: records of the journal as lines, while the machine runs or not.
//!
//! Owns which records there are and their forms. Refuses to write anything to the journal.

mod records;
mod sheet;

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};

use aftm_domain::ExchangeTime;
use anyhow::{Context as _, Result};

use super::cli::{self, Records};
use super::ledger;
use crate::config::Folders;
use crate::desk::Exit;
use crate::journal;

use records::{AuditLine, Past};
use sheet::Sheet;

/// Writes the records to a file or to `out`. No journal is an error.
pub fn export(args: &cli::Export, folders: &Folders, out: &mut dyn Write) -> Result<Exit> {
    let reader = journal::reader(&ledger::existing(folders)?)?;
    let written = match &args.output {
        None => write(args, &reader, &mut BufWriter::new(out)),
        Some(path) => File::create(path)
            .map_err(anyhow::Error::from)
            .and_then(|file| write(args, &reader, &mut BufWriter::new(file)))
            .with_context(|| format!("cannot export to {}", path.display())),
    };
    match written {
        Ok(()) => Ok(Exit::Ok),
        // Whoever reads has had enough: `aftm export fills | head`.
        Err(error) if is_closed_pipe(&error) => Ok(Exit::Ok),
        Err(error) => Err(error),
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let closed = |it: &std::io::Error| it.kind() == ErrorKind::BrokenPipe;
    error.chain().any(|it| it.downcast_ref().is_some_and(closed))
}

fn write(args: &cli::Export, reader: &journal::Reader, out: &mut dyn Write) -> Result<()> {
    let since = |time: ExchangeTime| args.since.is_none_or(|since| time >= since);
    let mut sheet = Sheet::new(args.format, args.what, out)?;
    if matches!(args.what, Records::Audit | Records::Events) {
        let is_all = args.what == Records::Audit;
        let is_wanted = |it: &AuditLine<'_>| since(it.at()) && (is_all || it.is_event());
        records::audit(reader, |line| if is_wanted(&line) { sheet.add(&line) } else { Ok(()) })?;
        return sheet.finish();
    }
    let past = Past::read(reader)?;
    match args.what {
        Records::Orders => {
            past.orders().filter(|it| since(it.0)).try_for_each(|(_, row)| sheet.add(&row))?;
        }
        Records::Fills => {
            past.fills().filter(|it| since(it.time)).try_for_each(|row| sheet.add(&row))?;
        }
        Records::Conditions => {
            let lines = past.conditions()?;
            lines.iter().filter(|it| since(it.0)).try_for_each(|(_, line)| sheet.add(line))?;
        }
        Records::Audit | Records::Events => (),
    }
    sheet.finish()
}
