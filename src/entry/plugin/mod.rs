//! `aftm plugin`: what a plug-in is, and whether it keeps the rules of the interface.
//!
//! Owns the process that tries it, so that nothing a plug-in does reaches whoever asked. Refuses to
//! log in to production, and to send an order that nobody asked for.

mod attempt;
mod prompt;
mod report;
mod terms;

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use aftm_plugin_host::{Report, Step, watch};
use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use self::attempt::{Errand, Trial, What};
use self::report::{Lines, Look};
use super::cli::{Check, Plugin};
use super::clock;
use crate::config;
use crate::desk::Exit;
use crate::wire::venue::Hidden;

/// How long a plug-in may take to say who it is.
const SHOW: Duration = Duration::from_secs(10);

/// Does what was asked. `color` is the word of the flag, where it was given.
pub(super) fn plugin(what: &Plugin, color: Option<&str>, out: &mut dyn Write) -> Result<Exit> {
    match what {
        Plugin::Check(what) => check(what, color, out),
        Plugin::Show { path, json } => show(path, *json, out),
        Plugin::Attempt => attempt::run(),
    }
}

fn check(what: &Check, color: Option<&str>, out: &mut dyn Write) -> Result<Exit> {
    let Some(credentials) = credentials(what)? else { return Ok(Exit::Interrupted) };
    let trial = Trial {
        options: what.options.clone(),
        credentials,
        may_trade: what.trade,
        is_strict: what.strict,
        // Numbers that no earlier check of this day has used.
        orders_from: u64::try_from(clock::now().0 / 1_000)?.max(1),
        burst: what.orders,
        reopen: what.sessions,
        answer_ms: what.answer_ms,
        silence_ms: what.silence_ms,
    };
    let look = if what.json { Look::Json } else { Look::Text { colors: colors(color) } };
    let mut lines = Lines::new(out, look);
    let deadline = Duration::from_secs(what.deadline_s);
    let report = attempt(&what.path, What::Check(trial), deadline, &mut |step| lines.step(step))?;
    lines.end(&report, what.user.is_some(), what.trade)?;
    Ok(if report.is_green() { Exit::Ok } else { Exit::Failure })
}

/// What the check logs in with, nothing where nobody does; `None` where whoever was asked for the
/// password went away.
fn credentials(what: &Check) -> Result<Option<Vec<(String, Hidden)>>> {
    let Some(user) = &what.user else { return Ok(Some(Vec::new())) };
    let variable = std::env::var("AFTM_PASSWORD").ok();
    let password = match config::password(what.password_file.as_deref(), variable)? {
        Some(password) => Hidden(password.reveal().to_owned()),
        None if io::stdin().is_terminal() => match prompt::ask(&format!("password of {user}: "))? {
            Some(password) => password,
            None => return Ok(None),
        },
        None => bail!("nobody can be asked for the password; set AFTM_PASSWORD or --password-file"),
    };
    let mut all =
        vec![("user".to_owned(), Hidden(user.clone())), ("password".to_owned(), password)];
    if let Some(path) = &what.credentials {
        let further = config::credentials(path)?;
        all.extend(further.iter().map(|(key, it)| (key.clone(), Hidden(it.reveal().to_owned()))));
    }
    Ok(Some(all))
}

fn show(path: &Path, is_json: bool, out: &mut dyn Write) -> Result<Exit> {
    match look_at(path)? {
        Ok(said) if is_json => {
            let object: serde_json::Map<_, _> =
                said.into_iter().map(|(name, it)| (name, it.into())).collect();
            writeln!(out, "{}", serde_json::Value::from(object))?;
        }
        Ok(said) => {
            for (name, value) in said {
                writeln!(out, "{name:<10} {value}")?;
            }
        }
        Err(why) => {
            log::error!("{}: {why}", path.display());
            return Ok(Exit::Failure);
        }
    }
    Ok(Exit::Ok)
}

/// Who a plug-in says it is, in a sentence; or why that cannot be said.
///
/// # Errors
///
/// Where no process can be started.
pub(super) fn introduction(path: &Path) -> Result<Result<String, String>> {
    Ok(look_at(path)?.map(|said| {
        let value = |name: &str| {
            let found = said.iter().find(|(it, _)| it == name);
            found.map(|(_, it)| it.as_str()).unwrap_or_default()
        };
        let (name, version, venue) = (value("name"), value("version"), value("venue"));
        format!("{name} {version}, trades at {venue}, interface {}", value("interface"))
    }))
}

/// Loads a plug-in in a process of its own and asks who it is: names and values, or why that cannot
/// be said.
fn look_at(path: &Path) -> Result<Result<Vec<(String, String)>, String>> {
    let report = attempt(path, What::Show {}, SHOW, &mut |_| ())?;
    if let Some(failed) = report.failures().next() {
        return Ok(Err(failed.sentence.clone()));
    }
    let steps = report.steps.into_iter().filter(|it| it.name != "load");
    Ok(Ok(steps.map(|it| (it.name, it.sentence)).collect()))
}

/// Runs this program again to try a plug-in, in a folder that is gone afterwards.
fn attempt(
    path: &Path,
    what: What,
    deadline: Duration,
    tell: &mut dyn FnMut(&Step),
) -> Result<Report> {
    let path = std::path::absolute(path)?;
    let folder = TempDir::new().context("no folder can be made for the plug-in's files")?;
    let errand =
        Errand { parent: std::process::id(), path, folder: folder.path().to_owned(), what };
    let record = serde_json::to_vec(&errand).context("a path is no UTF-8 text")?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["plugin", "attempt"]).current_dir(folder.path());
    // The vendor's library may need the rest of the environment; ours names what is secret.
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"AFTM_") {
            command.env_remove(name);
        }
    }
    watch(command, record, deadline, tell).context("the process of the plug-in cannot be started")
}

/// Whether what is printed may have colors.
fn colors(stated: Option<&str>) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|it| !it.is_empty());
    match stated {
        None | Some("auto") => {
            let is_dumb = std::env::var_os("TERM").is_none_or(|it| it == "dumb");
            io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb
        }
        Some(word) => word != "never",
    }
}
