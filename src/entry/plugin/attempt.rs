//! The process that tries a plug-in: it may die of it.

use std::io::{self, Read as _};
use std::path::PathBuf;
use std::time::Duration;

use aftm_plugin_host::abi::{
    CAP_AMEND, CAP_AUTO_OFFSET, CAP_BOOK, CAP_CANCEL_ALL, CAP_CLOSE_TODAY, CAP_DAY_TRADE, CAP_FEED,
    CAP_FOK, CAP_IOC, CAP_MARKET, CAP_MULTI_SESSION, CAP_QUOTES, CAP_RANGE_MARKET, CAP_STOP,
};
use aftm_plugin_host::{Credentials, Outcome, Plan, Plugin, Progress, Secret, Step, check, emit};
use anyhow::{Context as _, Result};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use super::terms;
use crate::desk::Exit;
use crate::entry::child::follow_parent;
use crate::wire::venue::Hidden;

/// The longest record that is read.
const RECORD_BYTES_MAX: u64 = 4 << 20;

/// What can be offered to the trader, in words.
const ABILITIES: [(u64, &str); 14] = [
    (CAP_MARKET, "market orders"),
    (CAP_RANGE_MARKET, "range market orders"),
    (CAP_STOP, "stop orders"),
    (CAP_IOC, "immediate or cancel"),
    (CAP_FOK, "fill or kill"),
    (CAP_AMEND, "changes of orders"),
    (CAP_CANCEL_ALL, "mass cancel"),
    (CAP_AUTO_OFFSET, "automatic open and close"),
    (CAP_CLOSE_TODAY, "closing of today's lots"),
    (CAP_DAY_TRADE, "day trades"),
    (CAP_QUOTES, "market data"),
    (CAP_BOOK, "five levels of book"),
    (CAP_FEED, "trades against our feed"),
    (CAP_MULTI_SESSION, "several sessions"),
];

/// What is to be tried; the first and only record on standard input, so that no secret is on a
/// command line or in an environment.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Errand {
    /// Who asked: this process ends with it.
    pub(super) parent: u32,
    /// The library, an absolute path.
    pub(super) path: PathBuf,
    /// Where the plug-in may keep files; this process works in it.
    pub(super) folder: PathBuf,
    /// What to do.
    pub(super) what: What,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum What {
    /// Load it and say who it is.
    Show {},
    /// The whole check.
    Check(Trial),
}

/// What a check may do, and with what.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trial {
    pub(super) options: Vec<(String, String)>,
    pub(super) credentials: Vec<(String, Hidden)>,
    pub(super) may_trade: bool,
    pub(super) is_strict: bool,
    pub(super) orders_from: u64,
    pub(super) burst: u32,
    pub(super) reopen: u32,
    pub(super) answer_ms: u64,
    pub(super) silence_ms: u64,
}

/// Does what standard input says, and tells whoever watches.
pub(super) fn run() -> Result<Exit> {
    let errand = read()
        .context("this is a part of aftm plugin check and aftm plugin show; use one of them")?;
    follow_parent(errand.parent)?;
    // A plug-in that crashes leaves no file with the credentials behind.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    let is_green = match errand.what {
        What::Show {} => introduce(&errand.path),
        What::Check(trial) => {
            let plan = plan(errand.folder, trial)?;
            check(&errand.path, &plan, say).is_green()
        }
    };
    say(Progress::Done);
    Ok(if is_green { Exit::Ok } else { Exit::Failure })
}

fn read() -> Result<Errand> {
    let mut record = String::new();
    io::stdin().lock().take(RECORD_BYTES_MAX).read_to_string(&mut record)?;
    Ok(serde_json::from_str(&record)?)
}

/// Whoever watches may be gone; the check goes on to its end all the same.
fn say(progress: Progress<'_>) {
    drop(emit(&mut io::stdout().lock(), progress));
}

fn plan(folder: PathBuf, trial: Trial) -> Result<Plan> {
    let Trial { options, credentials, may_trade, is_strict, orders_from, burst, reopen, .. } =
        trial;
    let credentials = credentials.into_iter().fold(Credentials::new(), |all, (key, mut it)| {
        all.with(&key, Secret::new(std::mem::take(&mut it.0)))
    });
    let (instrument, now) = terms::example()?;
    Ok(Plan {
        options,
        credentials,
        may_trade,
        is_ours: is_strict,
        instrument: Some(instrument),
        now: Some(now),
        orders_from,
        burst,
        reopen,
        answer_wait: Duration::from_millis(trial.answer_ms),
        silence: Duration::from_millis(trial.silence_ms),
        ..Plan::new(folder)
    })
}

/// Loads it and tells who it is, each thing as a step.
fn introduce(path: &std::path::Path) -> bool {
    say(Progress::Begun("load"));
    let tell = |name: &str, outcome, sentence: String| {
        say(Progress::Ended(&Step { name: name.to_owned(), outcome, sentence }));
    };
    let plugin = match Plugin::load(path) {
        Ok(plugin) => plugin,
        Err(error) => {
            tell("load", Outcome::Failed, error.fault.to_string());
            return false;
        }
    };
    let (major, minor) = plugin.interface();
    let identity = plugin.identity().clone();
    let abilities = ABILITIES.iter().filter(|(cap, _)| plugin.can(*cap)).map(|(_, word)| *word);
    let abilities: Vec<_> = abilities.collect();
    tell("load", Outcome::Ok, "it is a plug-in".to_owned());
    tell("name", Outcome::Ok, identity.name);
    tell("version", Outcome::Ok, identity.version);
    tell("venue", Outcome::Ok, identity.venue);
    tell("interface", Outcome::Ok, format!("{major}.{minor}"));
    tell("abilities", Outcome::Ok, abilities.join(", "));
    true
}
