//! An order's round trip to the exchange's answer: through the simulated exchange as a plug-in,
//! beside the same exchange built in. Both machines run at the same time, and take turns.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use zmq::SocketType;

use super::figures::{Durations, Row};
use super::orders::{self, Client, Raw, V1};
use super::rig::{self, ITEM};
use crate::config::{Folders, Kind, PluginSettings, Settings};
use crate::entry::doors;

/// A plug-in in this process costs at most this much more.
const EMBEDDED_GOAL: f64 = 1.05;
/// One in a process of its own costs at most a raw round trip more, which stands on the floor's side.
const ISOLATED_GOAL: f64 = 1.0;
/// Bytes of an order and of an answer on the raw socket.
const BYTES: usize = 256;

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
    folders: &Folders,
    library: &std::path::Path,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for isolate in [false, true] {
        let mut plain = settings.clone();
        plain.gateway.plain = true;
        let mut loaded = plain.clone();
        loaded.venue.kind = Kind::Plugin;
        loaded.venue.isolate = isolate;
        loaded.venue.plugin = Some(PluginSettings {
            name: "sim".to_owned(),
            path: library.to_owned(),
            options: vec![("balance".to_owned(), settings.simulator.balance.to_string())],
            credentials: None,
        });
        rows.extend(compare(pairs, &plain, &loaded, folders)?);
    }
    Ok(rows)
}

fn compare(
    pairs: usize,
    plain: &Settings,
    loaded: &Settings,
    folders: &Folders,
) -> Result<Vec<Row>> {
    let script = format!("login demo\nitem add {ITEM}\naccount use SIM-1\n");
    let home = tempfile::Builder::new().prefix("aftm-bench-venue").tempdir()?;
    let theirs = Folders::locate(Some(home.path()))?;
    theirs.create()?;
    let (loaded, inner) = (loaded.clone(), script.clone());
    let floor = doors::ipc(folders, "bare-hop");
    rig::with_machine(plain, folders, &script, move |built_in| {
        orders::ready(built_in)?;
        let built_in = built_in.orders_port.context("the machine serves no v1 orders")?;
        let is_isolated = loaded.venue.isolate;
        let rows = rig::with_machine(&loaded, &theirs, &inner, move |plugged| {
            orders::ready(plugged)?;
            let plugged = plugged.orders_port.context("the machine serves no v1 orders")?;
            pair(pairs, built_in, plugged, is_isolated.then_some(floor))
        });
        // Its folder goes only now.
        drop(home);
        rows
    })
}

/// Orders at both machines; with a floor, a raw round trip is added to each of the built-in one's.
fn pair(pairs: usize, built_in: u16, plugged: u16, floor: Option<String>) -> Result<Vec<Row>> {
    let open = |port: u16| V1::open(&format!("tcp://127.0.0.1:{port}"), None);
    let (built_in, plugged) = (open(built_in)?, open(plugged)?);
    let Some(floor) = floor else {
        return orders::compare(
            pairs,
            ("order, plug-in here", EMBEDDED_GOAL),
            &mut |durations| built_in.order(durations),
            &mut |durations| plugged.order(durations),
        );
    };
    let raw = Raw::open(&floor, BYTES)?;
    let hop = Client::open(SocketType::REQ, &raw.endpoint, None)?;
    let sample = [1; BYTES];
    let rows = orders::compare(
        pairs,
        ("order, plug-in apart", ISOLATED_GOAL),
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
    Ok(rows)
}
