//! A home of its own: settings, a password, and the program that works in it.

use std::ffi::OsString;
use std::fs::{self, OpenOptions, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::config::Folders;
use crate::desk::Exit;
use crate::entry::ledger;

/// A password that must not be found anywhere afterwards, and the file that it is read from.
pub(super) const SECRET: &str = "S3NT1NEL-b7d1e0";
const SECRET_FILE: &str = "password";

/// What a machine runs: a venue, two items, an account, and both children.
const BEGIN: &str =
    "login demo --password-file password\nitem add TXFH1 MXFH1\naccount use SIM-1\n";
const SERVE: &str = "start\nwait feed-end\n";
/// Nothing starts without a condition; this one never trades. The journal keeps it.
const CONDITION: &str = "condition add buy TXFH1 --trigger 10000 --id never\n";

/// See the module.
pub(super) struct Home {
    folder: tempfile::TempDir,
    program: PathBuf,
    pub(super) order_port: u16,
    pub(super) signal_port: u16,
}

impl Home {
    /// A home whose exchange has these options beside its ledger; `further` are lines of settings.
    pub(super) fn new(options: &[(&str, &str)], further: &str) -> Result<Home> {
        let folder = tempfile::Builder::new().prefix("aftm-rehearse").tempdir()?;
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        let library = library(&program)?;
        let [order_port, signal_port] = free_ports()?;
        let options: String =
            options.iter().map(|(key, value)| format!(", {key} = \"{value}\"")).collect();
        let settings = format!(
            "[venue]\nkind = \"plugin\"\nplugin = \"sim\"\n\
             [plugins.sim]\npath = \"{}\"\noptions = {{ ledger = \"true\"{options} }}\n\
             [gateway]\nplain = true\ntick_port = 0\nsignal_port = {signal_port}\n\
             order_port = {order_port}\n\
             [desk]\nrestarts_max = 1000\nrestart_window_s = 1\n[kill]\ntrip_outages = 0\n{further}\n",
            library.display()
        );
        let home = Home { folder, program, order_port, signal_port };
        fs::write(home.path("settings.toml"), settings)?;
        fs::write(home.path(SECRET_FILE), SECRET)?;
        fs::set_permissions(home.path(SECRET_FILE), Permissions::from_mode(0o600))?;
        Ok(home)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn folders(&self) -> Result<Folders> {
        Ok(Folders::locate(Some(&self.path("home")))?)
    }

    /// The exchange's ledger.
    pub(super) fn ledger(&self) -> Result<PathBuf> {
        Ok(self.folders()?.data.join("plugins/sim/ledger.jsonl"))
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(words).arg("--config").arg(self.path("settings.toml")).env_clear();
        command.env("AFTM_HOME", self.path("home")).env("HOME", self.folder.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// The machine's command: its lines are read, and what it says lies in `said.log`.
    pub(super) fn machine(&self) -> Result<Command> {
        let said = OpenOptions::new().append(true).create(true).open(self.path("said.log"))?;
        let is_new = ledger::existing(&self.folders()?).is_err();
        let script = [BEGIN, if is_new { CONDITION } else { "" }, SERVE].concat();
        fs::write(self.path("script.aftm"), script)?;
        let mut command = self.command(&["run", "script.aftm"]);
        command.stdout(Stdio::piped()).stderr(said);
        Ok(command)
    }

    /// A command to the machine: how it ended, and what it showed.
    pub(super) fn ctl(&self, line: &str) -> Result<(Exit, String)> {
        let words = shell_words::split(line)?;
        let words: Vec<&str> =
            ["ctl"].into_iter().chain(words.iter().map(String::as_str)).collect();
        let output = self.command(&words).output()?;
        let code = output.status.code();
        let exit = Exit::ALL.into_iter().find(|it| Some(i32::from(it.code())) == code);
        let exit = exit.with_context(|| format!("ctl {line} ended with {}", output.status))?;
        Ok((exit, String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// The last lines that a machine said.
    pub(super) fn said(&self) -> String {
        let said = fs::read_to_string(self.path("said.log")).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        lines.get(lines.len().saturating_sub(5)..).unwrap_or_default().join("\n")
    }

    /// Every file below it that holds the password and is not where it was written.
    pub(super) fn leaks(&self) -> Result<Vec<PathBuf>> {
        let mut leaks = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let (path, kind) = entry.and_then(|it| Ok((it.path(), it.file_type()?)))?;
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() && path != self.path(SECRET_FILE) && holds(&path)? {
                    leaks.push(path);
                }
            }
        }
        Ok(leaks)
    }
}

/// Whether a file holds the password.
pub(super) fn holds(path: &Path) -> Result<bool> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(bytes.windows(SECRET.len()).any(|it| it == SECRET.as_bytes()))
}

/// The simulated exchange's library, beside this program or where cargo puts what tests need.
fn library(program: &Path) -> Result<PathBuf> {
    let (before, after) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let name = OsString::from(format!("{before}aftm_sim_plugin{after}"));
    let beside = program.with_file_name(&name);
    let below = program.with_file_name("deps").join(&name);
    let Some(path) = [beside, below].into_iter().find(|it| it.is_file()) else {
        bail!(
            "{} does not lie beside this program, and the rehearsal trades at it; build it with \
             cargo build -p aftm-sim-plugin",
            name.display()
        );
    };
    Ok(path)
}

/// Ports that nobody has, and that this rehearsal's machines take one after the other.
fn free_ports() -> Result<[u16; 2]> {
    let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let (one, other) = (bind()?, bind()?);
    Ok([one.local_addr()?.port(), other.local_addr()?.port()])
}
