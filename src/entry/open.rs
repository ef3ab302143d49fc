//! From the command line to one entry.

use std::io::{IsTerminal as _, stdout};
use std::path::Path;

use anyhow::{Context as _, Result};
use log::LevelFilter;

use super::cli::{Cli, Config, Entry, Flags};
use super::{
    Output, backup, bench, child, ctl, doctor, export, key, log as log_lines, outputs, plugin,
    rehearse, replay, run, screen, venue, verify,
};
use crate::config::{self, Folders, Inputs, Resolved, Settings};
use crate::desk::Exit;
use crate::wire::Role;
use crate::wire::clients::ClientError;
use crate::wire::keys::KeyError;

/// Opens the entry that was asked for. Whatever goes wrong is a sentence on standard error.
pub fn open(cli: Cli) -> Exit {
    log_lines::to_standard_error(LevelFilter::Info);
    match dispatch(cli) {
        Ok(exit) => exit,
        Err(error) => {
            log::error!("{error:#}");
            // A key that others can read, or that is none, is for its owner to set right.
            let is_key = error.chain().any(|it| it.is::<ClientError>() || it.is::<KeyError>());
            if is_key { Exit::Configuration } else { Exit::Failure }
        }
    }
}

fn dispatch(cli: Cli) -> Result<Exit> {
    let Cli { flags, plain, entry } = cli;
    if plain && entry.is_some() {
        log::error!("--plain is the menu as lines, and no other entry has one: leave either out");
        return Ok(Exit::Usage);
    }
    let mut out = stdout().lock();
    if let Some(Entry::Bench { what, .. }) = &entry
        && let Some(served) = bench::bare(*what)
    {
        return served;
    }
    // These need neither folders nor settings, and must work where both are broken.
    match &entry {
        Some(Entry::Strategy) => return child::run(Role::Strategy),
        Some(Entry::Executor) => return child::run(Role::Executor),
        Some(Entry::Venue) => return venue::run(),
        Some(Entry::Rehearse(what)) => return rehearse::rehearse(what, &mut out),
        Some(Entry::Plugin(what)) => {
            return plugin::plugin(what, flags.color.as_deref(), &mut out);
        }
        Some(Entry::Completions { shell }) => {
            super::completions(*shell, &mut out)?;
            return Ok(Exit::Ok);
        }
        Some(Entry::Man { dir }) => {
            super::manual(dir.as_deref(), &mut out)?;
            return Ok(Exit::Ok);
        }
        _ => (),
    }
    let folders = folders()?;
    let resolved = config::resolve(&inputs(&flags, &folders));
    match entry {
        None => {
            let Some(settings) = in_force(resolved) else { return Ok(Exit::Configuration) };
            drop(out);
            if plain {
                screen::plain(&settings, &folders)
            } else {
                screen::screen(&settings, &folders)
            }
        }
        Some(Entry::Ctl { command }) => ctl::ctl(&command, &folders, &mut out),
        Some(Entry::Config(what)) => config_entry(&what, &folders, resolved, &mut out),
        Some(Entry::Key(what)) => key::key(&what, &folders, &mut out),
        Some(Entry::Doctor) => {
            let findings = doctor::Examination {
                terminal: doctor::Terminal::read(|name| std::env::var(name).ok()),
                settings: &resolved,
                folders: &folders,
                clocks: doctor::Clocks::read(),
                further: plugins(&resolved).into_iter().chain([sockets_finding()]).collect(),
            };
            Ok(doctor::report(&findings.findings(), &mut out)?)
        }
        Some(Entry::Export(what)) => export(&what, &folders, &mut out),
        Some(Entry::Keys) => {
            let Some(settings) = in_force(resolved) else { return Ok(Exit::Configuration) };
            screen::keys(&settings, &folders, &mut out)
        }
        Some(Entry::Theme(what)) => {
            let Some(settings) = in_force(resolved) else { return Ok(Exit::Configuration) };
            screen::theme(&what, &settings, &folders, &mut out)
        }
        Some(Entry::Verify { file }) => verify(file.as_deref(), &folders, &mut out),
        Some(Entry::Backup { file }) => backup(&file, &folders, &mut out),
        Some(Entry::Replay(what)) => {
            let Some(settings) = in_force(resolved) else { return Ok(Exit::Configuration) };
            let notes = &mut std::io::stderr();
            let has_terminal = notes.is_terminal();
            let catalog = super::parts::catalog(&folders)?;
            replay(&what, &settings, catalog, Output { out: &mut out, notes, has_terminal })
        }
        Some(Entry::Run { script }) => {
            let Some(settings) = in_force(resolved) else { return Ok(Exit::Configuration) };
            drop(out);
            run::run(&script, &settings, &folders)
        }
        Some(Entry::Bench { what, pairs }) => {
            let Some(settings) = in_force(resolved) else { return Ok(Exit::Configuration) };
            drop(out);
            bench::bench(what, pairs.into(), &settings, &mut outputs::Own)
        }
        Some(_) => Ok(Exit::Failure),
    }
}

/// The settings in force; what is wrong with them is told, all of it.
fn in_force(resolved: Result<Resolved, config::Problems>) -> Option<Settings> {
    match resolved {
        Ok(Resolved { settings, .. }) => {
            log_lines::to_standard_error(level(settings.log.level));
            Some(settings)
        }
        Err(problems) => {
            problems.0.iter().for_each(|it| log::error!("{it}"));
            None
        }
    }
}

fn level(level: config::Level) -> LevelFilter {
    level.word().parse().unwrap_or(LevelFilter::Info)
}

fn folders() -> Result<Folders> {
    let home = std::env::var_os("AFTM_HOME").filter(|it| !it.is_empty());
    Ok(Folders::locate(home.as_deref().map(Path::new))?)
}

fn inputs(flags: &Flags, folders: &Folders) -> Inputs {
    Inputs {
        folder: folders.config.clone(),
        file: flags.config.clone(),
        env_file: flags.env_file.clone(),
        environment: std::env::vars_os().collect(),
        sets: flags.sets.clone(),
        flags: flags.stated(),
    }
}

fn config_entry(
    what: &Config,
    folders: &Folders,
    resolved: Result<Resolved, config::Problems>,
    out: &mut dyn std::io::Write,
) -> Result<Exit> {
    match what {
        Config::Path => writeln!(out, "{}", folders.settings_file().display())?,
        Config::Init => {
            let path = folders.settings_file();
            config::init(&path)?;
            writeln!(out, "wrote {}", path.display())?;
        }
        Config::Show { origin } => match resolved {
            Ok(resolved) => write!(out, "{}", resolved.show(*origin))?,
            Err(problems) => return Ok(wrong(&problems)),
        },
        Config::Check => match resolved {
            Ok(resolved) => {
                let changed = resolved.stated.changed();
                writeln!(out, "the settings are valid; {changed} differ from the defaults")?;
            }
            Err(problems) => return Ok(wrong(&problems)),
        },
    }
    out.flush().context("cannot write to standard output")?;
    Ok(Exit::Ok)
}

fn wrong(problems: &config::Problems) -> Exit {
    problems.0.iter().for_each(|it| log::error!("{it}"));
    Exit::Configuration
}

/// What the doctor finds of the plug-ins that are configured.
fn plugins(resolved: &Result<Resolved, config::Problems>) -> Vec<doctor::Finding> {
    let configured = resolved.as_ref().map_or(&[][..], |it| &it.settings.plugins);
    doctor::plugin_findings(configured, &|path| {
        plugin::introduction(path).unwrap_or_else(|error| Err(format!("{error:#}")))
    })
}

fn sockets_finding() -> doctor::Finding {
    let has = |name| zmq::has(name).unwrap_or(false);
    let (major, minor, patch) = zmq::version();
    let curve = if has("curve") { "with" } else { "without" };
    let sentence = format!("libzmq {major}.{minor}.{patch}, {curve} CURVE");
    let is_whole = has("ipc") && has("curve");
    let verdict = if is_whole { doctor::Verdict::Ok } else { doctor::Verdict::Warn };
    doctor::Finding::new(verdict, "sockets", sentence)
}
