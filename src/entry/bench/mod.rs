//! `aftm bench`: the machine beside a floor of the same sockets that do nothing.
//!
//! Owns the measuring: the machine is the one of `aftm run`, with its real processes, journal and
//! desk, in a folder of its own. Refuses to conclude anything from figures that spread too far, or
//! that other processes of the computer disturbed.

mod bare;
mod chain;
mod curve;
mod days;
mod figures;
mod kill;
mod limits;
mod load;
mod orders;
mod rig;
mod ticks;
mod venue;

use std::io::Write;

use aftm_domain::Money;
use anyhow::Result;
use log::LevelFilter;

use self::figures::{HEAD, Row};
use super::cli::Bench;
use crate::config::{Folders, Kind, Settings, Speed};
use crate::desk::Exit;
use crate::wire::Role;

/// Runs a process of the bare chain, where that is what was asked.
pub(super) fn bare(what: Option<Bench>) -> Option<Result<Exit>> {
    match what? {
        Bench::BareStrategy => Some(bare::serve(Role::Strategy)),
        Bench::BareExecutor => Some(bare::serve(Role::Executor)),
        _ => None,
    }
}

/// Measures one thing, or everything, in so many pairs.
pub(super) fn bench(
    what: Option<Bench>,
    pairs: usize,
    settings: &Settings,
    out: &mut dyn Write,
) -> Result<Exit> {
    // What the machine tells of itself would stand between the figures.
    log::set_max_level(LevelFilter::Error);
    let home = tempfile::Builder::new().prefix("aftm-bench").tempdir()?;
    let folders = Folders::locate(Some(home.path()))?;
    folders.create()?;
    let settings = alone(settings);
    let is_wanted = |it: Bench| what.is_none_or(|what| what == it);
    let mut rows = Vec::new();
    if is_wanted(Bench::Chain) {
        rows.extend(chain::measure(pairs, &settings, &folders)?);
    }
    if is_wanted(Bench::Orders) {
        rows.extend(orders::measure(pairs, &settings, &folders)?);
    }
    if is_wanted(Bench::Limits) {
        rows.extend(limits::measure(pairs, &settings, &folders)?);
    }
    if is_wanted(Bench::Curve) {
        rows.extend(curve::measure(pairs, &settings, &folders)?);
    }
    if is_wanted(Bench::Venue) {
        match venue::library() {
            Ok(library) => rows.extend(venue::measure(pairs, &settings, &library)?),
            Err(missing) => writeln!(out, "{missing}")?,
        }
    }
    if is_wanted(Bench::Ticks) {
        rows.extend(ticks::measure(pairs)?);
    }
    if !rows.is_empty() {
        tell(&rows, out)?;
    }
    if is_wanted(Bench::Kill) {
        write!(out, "{}", kill::measure(&settings)?)?;
    }
    if is_wanted(Bench::Replay) {
        writeln!(out, "{}", days::measure(&settings, &folders)?)?;
    }
    Ok(Exit::Ok)
}

/// The settings in force, but out of the way of a machine that may be running, at the exchange that
/// is built in, and with money enough.
fn alone(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    let gateway = &mut settings.gateway;
    (gateway.tick_port, gateway.signal_port, gateway.order_port) = (0, 0, 0);
    gateway.plain = false;
    (settings.venue.kind, settings.venue.plugin) = (Kind::Sim, None);
    settings.feed.speed = Speed::Times(1.0);
    settings.simulator.balance = Money::from_units(1_000_000_000);
    // A long bench sends the same two orders more often than any program would.
    settings.limits.max_repeat = 1_000_000;
    settings
}

fn tell(rows: &[Row], out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{HEAD}")?;
    for row in rows {
        writeln!(out, "{row}")?;
    }
    writeln!(
        out,
        "The floor is the same sockets with nothing between them, or ten conditions. Medians of one \
         run compare; absolute figures move with the machine."
    )?;
    Ok(())
}
