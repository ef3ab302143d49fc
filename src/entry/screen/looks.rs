//! Keys and themes without the screen: what is in effect, what is wrong, what it looks like.

use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use aftm_ui::look::Look;
use aftm_ui::theme::{Depth, Theme as Styles, Wanted};
use aftm_ui::{pictures, svg};
use anyhow::{Context as _, Result, anyhow};

use super::files;
use crate::config::{self, Folders, Settings};
use crate::desk::Exit;
use crate::entry::cli::Theme;

/// Columns and rows of a preview where there is no terminal to fill.
const SIZE: (u16, u16) = (120, 40);

/// Lists the keys in effect, or everything that is wrong with the trader's own.
pub(in crate::entry) fn keys(
    settings: &Settings,
    folders: &Folders,
    out: &mut dyn Write,
) -> Result<Exit> {
    let keys = match files::keys(&folders.config) {
        Ok(keys) => keys,
        Err(error) => return Ok(wrong(&error)),
    };
    let language = files::language(&settings.screen, &variable);
    let look = Look { theme: Styles::default(), language };
    for line in aftm_ui::keys::listing(&keys, &look) {
        writeln!(out, "{line}")?;
    }
    Ok(Exit::Ok)
}

/// Lists, checks or previews themes.
pub(in crate::entry) fn theme(
    what: &Theme,
    settings: &Settings,
    folders: &Folders,
    out: &mut dyn Write,
) -> Result<Exit> {
    match what {
        Theme::List => list(&settings.screen, &folders.config, out),
        Theme::Check { file } => check(file, &folders.config, out),
        Theme::Preview { name } => {
            let mut wanted = settings.screen.clone();
            wanted.theme = name.clone().or(wanted.theme);
            preview(&wanted, &folders.config, out)
        }
    }
}

fn list(wanted: &config::Screen, folder: &Path, out: &mut dyn Write) -> Result<Exit> {
    let in_use = files::theme_name(wanted, files::language(wanted, &variable)).to_owned();
    let shipped = Styles::names().iter().map(|it| ((*it).to_owned(), None));
    // A file of the trader's goes before the theme of its name that comes with the program.
    let own = own(folder)?;
    let shipped = shipped.filter(|(name, _)| own.iter().all(|it| it.0 != *name));
    let mut exit = Exit::Ok;
    for (name, path) in shipped.chain(own.iter().map(|it| (it.0.clone(), Some(&it.1)))) {
        let theme = match files::theme(folder, &name) {
            Ok(theme) => theme,
            Err(error) => {
                exit = wrong(&error);
                continue;
            }
        };
        let (ground, rising) = (theme.appearance().word(), theme.convention().word());
        let path = path.map(|it| format!("  {}", it.display())).unwrap_or_default();
        let mark = if name == in_use { "in use" } else { "" };
        let line = format!("{name:<14} {ground:<5} {rising:<8} {mark:<6}{path}");
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(exit)
}

/// The trader's own themes, by their names.
fn own(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let folder = files::themes(folder);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(anyhow!("cannot read {}: {error}", folder.display())),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_stem().and_then(|it| it.to_str()).map(str::to_owned);
        if path.extension().is_some_and(|it| it == "toml") {
            found.extend(name.map(|it| (it, path)));
        }
    }
    found.sort();
    Ok(found)
}

fn check(file: &Path, folder: &Path, out: &mut dyn Write) -> Result<Exit> {
    let text = files::read(file)?.ok_or_else(|| anyhow!("there is no {}", file.display()))?;
    match files::theme_of(folder, file, &text) {
        Ok(theme) => {
            let (ground, rising) = (theme.appearance().word(), theme.convention().word());
            writeln!(out, "{} can be used: {ground}, {rising}", theme.name)?;
            Ok(Exit::Ok)
        }
        Err(error) => Ok(wrong(&error)),
    }
}

fn preview(wanted: &config::Screen, folder: &Path, out: &mut dyn Write) -> Result<Exit> {
    let colors: Wanted = wanted.color.parse().map_err(|error| anyhow!("screen.color: {error}"))?;
    let depth = Depth::detect(&variable, colors);
    let look = match files::look(folder, wanted, &variable, depth) {
        Ok(look) => look,
        Err(error) => return Ok(wrong(&error)),
    };
    let is_terminal = std::io::stdout().is_terminal();
    let size = is_terminal.then(|| crossterm::terminal::size().ok()).flatten();
    // The row of the shell's next prompt is left free.
    let size = size.map_or(SIZE, |(columns, rows)| (columns, rows.saturating_sub(1)));
    let cells = pictures::preview(look, size).map_err(|error| anyhow!(error))?;
    // Who reads it from a file or a pipe wants codes only where colors were asked for.
    let has_codes = is_terminal || !matches!(colors, Wanted::Auto | Wanted::Never);
    let text = if has_codes { svg::ansi(&cells) } else { svg::text(&cells) };
    out.write_all(text.as_bytes()).context("cannot write to standard output")?;
    Ok(Exit::Ok)
}

/// Everything that is wrong, a line each.
pub(super) fn wrong(error: &anyhow::Error) -> Exit {
    format!("{error:#}").lines().for_each(|it| log::error!("{it}"));
    Exit::Configuration
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
