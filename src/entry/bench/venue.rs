//! An order's round trip to the exchange's answer: through the simulated exchange as a plug-in,
//! beside the same exchange built in. Both machines run at the same time, and take turns.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use zmq::SocketType;

use super::figures::{Comparison, Durations, Row};
use super::orders::{self, Client, Raw, V1};
use super::rig::{self, ITEM, Rig};
use crate::config::{Folders, Kind, PluginSettings, Settings};
use crate::entry::doors;

/// A plug-in in this process costs at most this much more.
const EMBEDDED_GOAL: f64 = 1.05;
/// One in a process of its own costs at most a raw round trip more, which stands on the floor's side.
const ISOLATED_GOAL: f64 = 1.0;
/// Bytes of an order and of an answer on the raw socket.
const BYTES: usize = 256;
/// Both machines are started anew after so many pairs, as far as that comes to so few and so many
/// starts: where the system puts their threads is worth some hundredths of an order, for as long as
/// they live, and so is who begins. Two starts, one in each order, are a group.
const PAIRS_OF_START: usize = 2;
const STARTS: RangeInclusive<usize> = 12..=240;

/// The simulated exchange's library, where it lies beside this program; otherwise a sentence.
pub(super) fn library() -> Result<PathBuf, String> {
    let (before, after) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let name = format!("{before}aftm_sim_plugin{after}");
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let path = program.with_file_name(&name);
    if path.is_file() {
        return Ok(path);
    }
    Err(format!(
        "venue: not measured, because {name} does not lie beside this program; build it with cargo \
         rustc --release -p aftm-sim-plugin --crate-type cdylib"
    ))
}

/// Measures both ways to load it.
pub(super) fn measure(
    pairs: usize,
    settings: &Settings,
    library: &std::path::Path,
) -> Result<Vec<Row>> {
    let mut plain = settings.clone();
    plain.gateway.plain = true;
    let mut rows = Vec::new();
    for (isolate, name, goal) in [
        (false, "order, plug-in here", EMBEDDED_GOAL),
        (true, "order, plug-in apart", ISOLATED_GOAL),
    ] {
        let mut loaded = plain.clone();
        loaded.venue.kind = Kind::Plugin;
        loaded.venue.isolate = isolate;
        loaded.venue.plugin = Some(PluginSettings {
            name: "sim".to_owned(),
            path: library.to_owned(),
            options: vec![("balance".to_owned(), settings.simulator.balance.to_string())],
            credentials: None,
        });
        let starts = (pairs / PAIRS_OF_START).clamp(*STARTS.start(), *STARTS.end()).min(pairs);
        let mut paces: Vec<Comparison> = Vec::new();
        for start in 0..starts {
            let part = pairs / starts + usize::from(start < pairs % starts);
            let measured = compare(part, [&plain, &loaded], start % 2 == 1)?;
            if paces.is_empty() {
                paces = measured;
            } else {
                paces.iter_mut().zip(measured).for_each(|(pace, it)| pace.join(it, start / 2));
            }
        }
        rows.extend(orders::rows(paces, (name, goal)));
    }
    Ok(rows)
}

/// One start: both machines begin, the plug-in's first where `is_plugged_first`, and take turns.
fn compare(
    pairs: usize,
    [plain, loaded]: [&Settings; 2],
    is_plugged_first: bool,
) -> Result<Vec<Comparison>> {
    let script = format!("login demo\nitem add {ITEM}\naccount use SIM-1\n");
    let home = || -> Result<(tempfile::TempDir, Folders)> {
        let home = tempfile::Builder::new().prefix("aftm-bench-venue").tempdir()?;
        let folders = Folders::locate(Some(home.path()))?;
        folders.create()?;
        Ok((home, folders))
    };
    let ((outer_home, outer_folders), (inner_home, inner_folders)) = (home()?, home()?);
    let (outer, inner) = if is_plugged_first { (loaded, plain) } else { (plain, loaded) };
    let (inner, inner_script) = (inner.clone(), script.clone());
    let floor = loaded.venue.isolate.then(|| doors::ipc(&outer_folders, "bare-hop"));
    let measured = rig::with_machine(outer, &outer_folders, &script, move |outer| {
        let outer = order_port(outer)?;
        rig::with_machine(&inner, &inner_folders, &inner_script, move |inner| {
            let inner = order_port(inner)?;
            let [built_in, plugged] =
                if is_plugged_first { [inner, outer] } else { [outer, inner] };
            pair(pairs, built_in, plugged, floor)
        })
    });
    // Their folders go only when both machines have ended.
    drop((outer_home, inner_home));
    measured
}

/// Where a machine takes orders of v1 clients, once it does.
fn order_port(machine: &mut Rig) -> Result<u16> {
    orders::ready(machine)?;
    machine.orders_port.context("the machine serves no v1 orders")
}

/// Orders at both machines; with a floor, a raw round trip is added to each of the built-in one's.
fn pair(
    pairs: usize,
    built_in: u16,
    plugged: u16,
    floor: Option<String>,
) -> Result<Vec<Comparison>> {
    let open = |port: u16| V1::open(&format!("tcp://127.0.0.1:{port}"), None);
    let (built_in, plugged) = (open(built_in)?, open(plugged)?);
    let Some(floor) = floor else {
        return orders::at_every_pace(
            pairs,
            &mut |durations| built_in.order(durations),
            &mut |durations| plugged.order(durations),
        );
    };
    let raw = Raw::open(&floor, BYTES)?;
    let hop = Client::open(SocketType::REQ, &raw.endpoint, None)?;
    let sample = [1; BYTES];
    let paces = orders::at_every_pace(
        pairs,
        &mut |durations| {
            let mut both = Durations::new();
            built_in.order(&mut both)?;
            hop.time(&sample, &mut both)?;
            durations.push(both.iter().sum());
            Ok(())
        },
        &mut |durations| plugged.order(durations),
    )?;
    raw.end(&hop)?;
    Ok(paces)
}
