//! What the tests of entries share: a small market, its conditions, and where the real day lies.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // Helpers of tests may fail as tests do.

use std::fs;
use std::path::{Path, PathBuf};

use aftm::config::{Folders, Inputs, Settings};
use aftm::entry::cli::{Cli, Entry};
use clap::Parser as _;

/// Trades of two items. TXFH1 takes the way that the trace of the strategy's description takes, and
/// goes on to the take profit of its condition.
pub(crate) const TICKS: &str = "\
time,code,price,quantity
2021-07-26T08:45:00+08:00,TXFH1,22010,2
2021-07-26T08:45:00+08:00,MXFH1,22009,5
2021-07-26T08:45:01.5+08:00,TXFH1,21980,1
2021-07-26T08:45:02+08:00,MXFH1,21900,1
2021-07-26T08:45:02+08:00,TXFH1,21950,1
2021-07-26T08:45:03+08:00,TXFH1,21979,1
2021-07-26T08:45:03+08:00,MXFH1,21930,1
2021-07-26T08:45:04+08:00,TXFH1,21980,1
2021-07-26T08:45:05+08:00,MXFH1,21899,1
2021-07-26T08:45:06+08:00,TXFH1,22100,1
2021-07-26T08:45:07+08:00,TXFH1,22200,1
";

/// One that follows and earns, and one of the other item that loses, two lots of it.
pub(crate) const CONDITIONS: &str = "\
[[condition]]
id = 'trace'
item = 'TXFH1'
action = 'BUY'
trigger = 22000
turning = 30
take_profit = 120
following = true

[[condition]]
id = 'mini'
item = 'MXFH1'
action = 'buy'
trigger = '21900'
quantity = 2
";

/// The settings as they are built in.
pub(crate) fn settings(sets: &[&str]) -> Settings {
    let sets = sets.iter().map(|it| (*it).to_owned()).collect();
    let inputs = Inputs { folder: "/nonexistent".into(), sets, ..Inputs::default() };
    aftm::config::resolve(&inputs).unwrap().settings
}

/// Folders below a test's own.
pub(crate) fn folders(home: &Path) -> Folders {
    Folders::locate(Some(home)).unwrap()
}

/// The entry that a command line names; words are parted by one blank.
pub(crate) fn entry(line: &str) -> Entry {
    Cli::try_parse_from(line.split(' ')).unwrap().entry.unwrap()
}

/// Writes the market and its conditions into a folder.
pub(crate) fn write_market(folder: &Path) {
    fs::write(folder.join("ticks.csv"), TICKS).unwrap();
    fs::write(folder.join("conditions.toml"), CONDITIONS).unwrap();
}

/// The exchange's file of a real day, where it is kept beside the tree.
pub(crate) fn real_day() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../shared/data/taifex_futures_2021-07-26.zip");
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}
