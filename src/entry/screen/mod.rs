//! The full screen over the machine.
//!
//! Owns the terminal, its signals and files, and when a frame is drawn. What is drawn is the `ui`
//! crate's; what is traded is asked of the desk in the command language.

mod actions;
mod files;
mod live;
mod looks;
mod measure;
mod pace;
mod plain;
mod terminal;
mod words;

use std::io::IsTerminal as _;

use aftm_ui::theme::{Depth, Wanted};
use aftm_ui::view::Environment;
use aftm_ui::{Screen, View};
use anyhow::{Context as _, Result, bail};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

pub(super) use self::looks::{keys, theme};
pub(super) use self::plain::plain;

use self::files::Files;
use self::live::{Parts, Wishes};
use super::{clock, log as log_lines, outputs, parts, run};
use crate::config::{Folders, Settings};
use crate::desk::Exit;
use crate::desk::view::Setup;

/// The simulator's user and the item that the forms offer.
const USER: &str = "demo";
const ITEM: &str = "TXFH1";

/// Opens the screen.
pub(super) fn screen(settings: &Settings, folders: &Folders) -> Result<Exit> {
    if !outputs::is_terminal() || !std::io::stdin().is_terminal() {
        log::error!(
            "the screen needs a terminal for input and output; without one, use aftm run SCRIPT or \
             aftm --plain"
        );
        return Ok(Exit::Usage);
    }
    folders.create()?;
    let variable = |name: &str| std::env::var(name).ok();
    let wanted: Wanted = match settings.screen.color.parse() {
        Ok(wanted) => wanted,
        Err(error) => bail!("screen.color: {error}"),
    };
    let mut files = Files::open(folders, Depth::detect(&variable, wanted));
    let (look, keys) = match (files.look(&settings.screen, &variable), files::keys(&folders.config))
    {
        (Ok(look), Ok(keys)) => (look, keys),
        (look, keys) => {
            let problems = look.err().into_iter().chain(keys.err());
            return Ok(problems.map(|it| looks::wrong(&it)).last().unwrap_or(Exit::Configuration));
        }
    };
    // The theme decides about colors, NO_COLOR included: the library must not leave them out behind
    // its back, because what it writes instead takes the highlights away, too.
    crossterm::style::force_color_output(true);
    // What is only good to know is in the log's pane and file, not under the screen.
    log_lines::to_standard_error(log::LevelFilter::Warn);
    let held = run::hold(folders)?;
    // Nobody reads the lines of a machine with a screen.
    let Some(machine) = run::open(settings, folders, std::io::sink())? else {
        return Ok(Exit::Failure);
    };
    let size = crossterm::terminal::size().context("the terminal tells no size")?;
    let mut screen = Screen::new(look, keys, size);
    screen.vocabulary = words::vocabulary();
    screen.kills_twice = settings.screen.kill_double_press;
    if let Some(session) = files.session() {
        for problem in screen.restore(&session) {
            log::warn!("{problem}");
        }
    }
    let setup = setup(settings, folders)?;
    let wishes = Wishes {
        mouse: settings.screen.mouse,
        bell: settings.screen.bell,
        on_loss: settings.screen.on_loss,
    };
    log_lines::to_pane_and_file(settings.log.level, &folders.state)?;
    let parts = Parts { screen, setup, files, wishes };
    let exit = machine.run(async |desk| live::live(desk, parts).await);
    log_lines::to_standard_error_again();
    let exit = exit?;
    drop(held);
    Ok(exit)
}

fn setup(settings: &Settings, folders: &Folders) -> Result<Setup> {
    let catalog = parts::catalog(folders)?;
    let now = jiff::Timestamp::from_nanosecond(clock::now().0.into())?;
    let offset_s = jiff::tz::TimeZone::system().to_offset(now).seconds();
    // A plug-in's own users, passwords and instruments are not known before a login.
    let (environment, venue, user, item) = match &settings.venue.plugin {
        None => (Environment::Paper, "simulator", USER, ITEM),
        Some(plugin) => (Environment::Simulation, plugin.name.as_str(), "", ""),
    };
    Ok(Setup {
        environment,
        venue: venue.to_owned(),
        user: user.to_owned(),
        needs_password: settings.venue.plugin.is_some(),
        item: item.to_owned(),
        defaults: parts::defaults(&settings.strategy),
        calendar: catalog.calendar().clone(),
        offset_s,
        stale: i64::try_from(settings.screen.stale.as_nanos()).unwrap_or(i64::MAX),
        pid: std::process::id(),
    })
}

/// The screen as cells, off the terminal.
fn paint(screen: &Screen, view: &View) -> Result<Buffer> {
    let mut cells = Terminal::new(TestBackend::new(screen.area.width, screen.area.height))?;
    let frame = cells.draw(|frame| aftm_ui::draw(frame, screen, view))?;
    Ok(frame.buffer.clone())
}
