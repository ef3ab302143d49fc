//! `aftm ctl`: one command to a machine that is running.

use std::io::{ErrorKind, Write};

use anyhow::{Context as _, Result, bail};
use zmq::{POLLIN, SocketType};

use super::doors::{self, CTL};
use crate::config::Folders;
use crate::desk::command::Login;
use crate::desk::line;
use crate::desk::{Command, Exit};
use crate::journal;
use crate::wire::socket::{self, Bound};

/// How often a machine that has not answered is looked for, in milliseconds.
const LOOK_MS: i64 = 1_000;

/// Sends the command and shows what it says.
pub(super) fn ctl(command: &Command, folders: &Folders, out: &mut dyn Write) -> Result<Exit> {
    if !is_running(folders) {
        log::error!("no machine is running on {}; start one first", folders.data.display());
        return Ok(Exit::NotConnected);
    }
    let context = zmq::Context::new();
    let (endpoint, badge) = (doors::ipc(folders, CTL), doors::operator_badge(folders)?);
    let (kind, bound) = (SocketType::DEALER, Bound::Orders);
    let socket = socket::connect_with(&context, kind, bound, &badge, &endpoint)?;
    let command = absolute(command)?;
    socket.send(command.to_line().as_bytes(), 0)?;
    let mut is_read = true;
    loop {
        while socket.poll(POLLIN, LOOK_MS)? == 0 {
            if !is_running(folders) {
                bail!(
                    "the machine ended before it answered; look at its orders before you ask again"
                );
            }
        }
        let frames = socket.recv_multipart(0)?;
        match frames.as_slice() {
            [kind, shown] if kind == line::SHOWN => is_read = is_read && show(out, shown)?,
            [kind, code] if kind == line::EXIT => {
                let code = String::from_utf8_lossy(code);
                return exit(&code)
                    .with_context(|| format!("the machine answered with the exit code {code:?}"));
            }
            _ => bail!("the machine's answer cannot be read; is it another version of aftm?"),
        }
    }
}

/// Shows a piece; false when whoever reads has had enough: `aftm ctl orders | head`.
fn show(out: &mut dyn Write, shown: &[u8]) -> std::io::Result<bool> {
    match out.write_all(shown).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

/// A file is named from where the person stands, not from where the machine runs.
fn absolute(command: &Command) -> Result<Command> {
    Ok(match command {
        Command::Login(login) => {
            let file = login.password_file.as_ref().map(std::path::absolute).transpose()?;
            Command::Login(Login { password_file: file, ..login.clone() })
        }
        other => other.clone(),
    })
}

/// Whether a machine holds the data folder.
fn is_running(folders: &Folders) -> bool {
    folders.data.is_dir() && journal::hold(&folders.data, "aftm ctl").is_err()
}

fn exit(code: &str) -> Option<Exit> {
    Exit::ALL.into_iter().find(|it| code.parse() == Ok(it.code()))
}
