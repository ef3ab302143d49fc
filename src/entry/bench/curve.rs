//! An order's round trip over a TCP port with keys, beside the same machine's without. Both run at
//! the same time, and take turns.

use anyhow::{Context as _, Result};

use super::figures::Row;
use super::orders::{self, V1};
use super::rig::{self, ITEM};
use crate::config::{Folders, Settings};
use crate::entry::key::{Store, read_pair};
use crate::wire::Badge;

/// The largest ratio that is good enough.
const GOAL: f64 = 1.1;

/// Measures both paces.
pub(super) fn measure(pairs: usize, settings: &Settings, folders: &Folders) -> Result<Vec<Row>> {
    let script = format!("login demo\nitem add {ITEM}\naccount use SIM-1\n");
    let home = tempfile::Builder::new().prefix("aftm-bench-curve").tempdir()?;
    let theirs = Folders::locate(Some(home.path()))?;
    theirs.create()?;
    let (path, server) = Store::new(&theirs).make("bench", "orders")?;
    let badge = Badge { server: server.public, own: read_pair(&path)? };
    let (mut plain, mut keyed) = (settings.clone(), settings.clone());
    (plain.gateway.plain, plain.gateway.curve) = (true, false);
    (keyed.gateway.plain, keyed.gateway.curve) = (false, true);
    let inner = script.clone();
    rig::with_machine(&plain, folders, &script, move |without| {
        orders::ready(without)?;
        let without = without.orders_port.context("the machine serves no v1 orders")?;
        let rows = rig::with_machine(&keyed, &theirs, &inner, move |with| {
            orders::ready(with)?;
            let with = with.orders_port.context("the machine serves no v1 orders")?;
            pair(pairs, without, with, &badge)
        });
        // Its folder goes only now.
        drop(home);
        rows
    })
}

fn pair(pairs: usize, without: u16, with: u16, badge: &Badge) -> Result<Vec<Row>> {
    let at = |port: u16| format!("tcp://127.0.0.1:{port}");
    let (without, with) = (V1::open(&at(without), None)?, V1::open(&at(with), Some(badge))?);
    orders::compare(
        pairs,
        ("order with keys to one without", GOAL),
        &mut |durations| without.order(durations),
        &mut |durations| with.order(durations),
    )
}
