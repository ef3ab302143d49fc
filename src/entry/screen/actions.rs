//! What the screen wants done, done.

use std::path::Path;
use std::rc::Rc;

use aftm_domain::Stamp;
use aftm_ui::action::{Picture, Secret};
use aftm_ui::event::{Answer, Refused as NotDone};
use aftm_ui::view::Running;
use aftm_ui::{Action, View, svg};
use anyhow::{Context as _, Result};
use crossterm::clipboard::CopyToClipboard;
use crossterm::queue;
use ratatui::buffer::Buffer;
use tokio::task::spawn_local;

use super::live::Live;
use crate::config::OnLoss;
use crate::desk::command;
use crate::desk::{Command, Desk};
use crate::entry::clock;
use crate::wire::{self, Refused};

/// Does one thing.
pub(super) fn act(live: &mut Live, action: Action) {
    match action {
        Action::Perform { id, lines, password } => perform(live, Task { id, lines, password }),
        Action::Copy(text) => {
            say(live, |out| queue!(out, CopyToClipboard::to_clipboard_from(text)));
        }
        Action::Notify(text) if live.wishes.bell => say(live, |out| {
            let text: String = text.chars().filter(|it| !it.is_control()).collect();
            // A terminal that knows no notifications passes the sequence over.
            out.extend_from_slice(format!("\x07\x1b]9;{text}\x1b\\").as_bytes());
            Ok(())
        }),
        Action::Notify(_) => (),
        Action::Save { id, name, header, rows } => {
            let path = live.files.export(&name, clock::now());
            answer(live, id, &save(&path, &header, &rows).map(|()| path.display().to_string()));
        }
        Action::Screenshot { id, kind } => {
            let outcome = picture(live, kind);
            answer(live, id, &outcome);
        }
        Action::Suspend => live.suspend(),
        Action::Redraw => live.come_back(),
        Action::Leave => live.desk.end(),
    }
}

fn perform(live: &Live, task: Task) {
    let (desk, done) = (live.desk.clone(), live.done.clone());
    spawn_local(async move {
        let (answer, _) = task.carry_out(&desk).await;
        // The screen may be gone.
        let _ = done.send(answer);
    });
}

/// The terminal is gone, and nobody looks at the machine any more. What the settings ask for then is
/// begun; whether the machine goes on.
pub(super) fn goes_on(desk: &Rc<Desk>, on_loss: OnLoss, why: &str) -> bool {
    let (said, lines) = match on_loss {
        OnLoss::Stop => {
            log::warn!("{why}; the machine stops");
            return false;
        }
        OnLoss::Continue => ("goes on without it", &[][..]),
        OnLoss::Cancel => {
            ("cancels every order", &["reduce --reason 'the terminal is gone'", "cancel --all"][..])
        }
        OnLoss::Flat => {
            ("closes everything", &["kill --flatten --reason 'the terminal is gone'"][..])
        }
    };
    log::warn!("{why}; the machine {said}, and aftm ctl reaches it");
    let lines = lines.iter().map(|it| (*it).to_owned()).collect();
    let (desk, task) = (desk.clone(), Task { id: 0, lines, password: None });
    // What cannot be done is in the log.
    spawn_local(async move { drop(task.carry_out(&desk).await) });
    true
}

/// Commands to carry out.
pub(super) struct Task {
    pub(super) id: u64,
    pub(super) lines: Vec<String>,
    pub(super) password: Option<Secret>,
}

impl Task {
    /// Carries the commands out, one after another; the first refusal ends it. What became of them,
    /// and the lines that they show.
    pub(super) async fn carry_out(self, desk: &Rc<Desk>) -> (Answer, Vec<String>) {
        let Task { id, lines, password } = self;
        let (mut last, mut shown) = (String::new(), Vec::new());
        for line in lines {
            let from = shown.len();
            let outcome = match command::parse_line(&line) {
                Ok(None) => Ok(String::new()),
                Err(error) => Err(Refused::new("USAGE", error.to_string())),
                Ok(Some(Command::Login(login))) => {
                    let typed =
                        password.as_ref().map(|it| wire::Secret::new(it.reveal().to_owned()));
                    desk.login(&login, typed).await.map(|()| String::new())
                }
                Ok(Some(command)) => {
                    let outcome = desk.perform(&command, &mut shown).await;
                    outcome.map(|order| order.map_or_else(String::new, |it| it.to_string()))
                }
            };
            shown.iter().skip(from).for_each(|it| log::info!("{it}"));
            match outcome {
                Ok(text) => last = text,
                Err(Refused { code, text }) => {
                    log::warn!("{line}: {text} ({code})");
                    return (Answer { id, outcome: Err(NotDone { code, text }) }, shown);
                }
            }
            log::info!("done: {line}");
        }
        (Answer { id, outcome: Ok(last) }, shown)
    }
}

fn answer(live: &Live, id: u64, outcome: &Result<String>) {
    let outcome = match outcome {
        Ok(text) => Ok(text.clone()),
        Err(error) => Err(NotDone { code: "FILE".to_owned(), text: format!("{error:#}") }),
    };
    // The loop that takes it is this one.
    let _ = live.done.send(Answer { id, outcome });
}

fn say(live: &mut Live, write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) {
    let mut bytes = Vec::new();
    let Some(terminal) = &mut live.terminal else { return };
    if let Err(error) = write(&mut bytes).and_then(|()| terminal.say(&bytes)) {
        log::warn!("the terminal does not take what is no frame: {error}");
    }
}

fn save(path: &Path, header: &[String], rows: &[Vec<String>]) -> Result<()> {
    make_folder(path)?;
    let mut file =
        csv::Writer::from_path(path).with_context(|| format!("cannot write {}", path.display()))?;
    file.write_record(header)?;
    for row in rows {
        file.write_record(row)?;
    }
    file.flush().with_context(|| format!("cannot write {}", path.display()))
}

fn make_folder(path: &Path) -> Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))
}

fn picture(live: &Live, kind: Picture) -> Result<String> {
    let now: Stamp = clock::now();
    let mut projection = live.projection.borrow_mut();
    let view = projection.view(now);
    let mut buffer = super::paint(&live.screen, view)?;
    redact(&mut buffer, &view.machine.accounts);
    let (extension, text) = match kind {
        Picture::Svg => ("svg", svg::svg(&buffer, svg::Ground::of(&live.screen.look.theme))),
        Picture::Text => ("txt", svg::text(&buffer)),
        Picture::Ansi => ("ans", svg::ansi(&buffer)),
    };
    let path = live.files.picture(extension, now);
    make_folder(&path)?;
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path.display().to_string())
}

/// Account numbers are nobody's business on a picture that is shown around.
fn redact(buffer: &mut Buffer, accounts: &[String]) {
    let area = buffer.area;
    for row in area.top()..area.bottom() {
        for account in accounts {
            let width = u16::try_from(account.len()).unwrap_or(u16::MAX);
            for column in area.left()..area.right().saturating_sub(width.saturating_sub(1)) {
                let is_here = account.chars().zip(column..).all(|(letter, at)| {
                    buffer.cell((at, row)).is_some_and(|it| it.symbol().chars().eq([letter]))
                });
                if is_here {
                    (column..column.saturating_add(width)).for_each(|at| {
                        if let Some(cell) = buffer.cell_mut((at, row)) {
                            cell.set_char('*');
                        }
                    });
                }
            }
        }
    }
}

/// Whether somebody has to watch what runs.
pub(super) fn is_busy(view: &View) -> bool {
    view.machine.running != Running::Stopped
        || view.orders.iter().any(aftm_ui::view::Order::is_open)
        || view.positions.iter().any(|it| it.long != 0 || it.short != 0)
}
