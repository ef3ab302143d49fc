//! How fast a day is replayed: the whole of `aftm replay`, from the file to the report.

use std::path::PathBuf;

use aftm_domain::Catalog;
use anyhow::{Result, bail};

use super::figures::{Durations, Shown, quantile};
use crate::config::{Folders, Settings};
use crate::desk::Exit;
use crate::entry::{Output, cli, clock, replay};

/// How often a day is replayed.
const RUNS: usize = 5;

const CONDITIONS: &str = "\
[[condition]]
id = 'support'
item = 'TXFH1'
action = 'BUY'
trigger = 17300
following = true

[[condition]]
id = 'resistance'
item = 'TXFH1'
action = 'SELL'
trigger = 17400
take_profit = 60
";

/// Replays the day of the feed that is set, and says how long it took.
pub(super) fn measure(settings: &Settings, folders: &Folders) -> Result<String> {
    let conditions = folders.config.join("conditions.toml");
    std::fs::write(&conditions, CONDITIONS)?;
    let mut took = Durations::new();
    let mut ticks = 0;
    for _ in 0..RUNS {
        let start = clock::now();
        ticks = run(settings, conditions.clone())?;
        took.push(clock::now().since(start));
    }
    took.sort_unstable();
    let median = quantile(&took, 500);
    let rate = i128::from(ticks) * 1_000_000_000 / i128::from(median.max(1));
    Ok(format!(
        "replay of {}: {ticks} ticks in {}, {rate} a second (median of {RUNS}, worst {})",
        settings.feed.source,
        Shown(median),
        Shown(quantile(&took, 1_000)),
    ))
}

fn run(settings: &Settings, conditions: PathBuf) -> Result<u64> {
    let args = cli::Replay {
        source: settings.feed.source.clone(),
        conditions,
        items: None,
        signals: None,
        fills: None,
        json: true,
        plot: None,
        account: "SIM-1".parse()?,
    };
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let output = Output { out: &mut out, notes: &mut notes, has_terminal: false };
    if replay(&args, settings, Catalog::built_in()?, output)? != Exit::Ok {
        bail!("the replay failed: {}", String::from_utf8_lossy(&notes));
    }
    let report: serde_json::Value = serde_json::from_slice(&out)?;
    Ok(report.get("ticks").and_then(serde_json::Value::as_u64).unwrap_or_default())
}
