//! A password leaves no trace, whatever happens to the machine.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use crate::machine::Home;
use crate::screen::Terminal;

/// Nothing else in any file is like it.
const SENTINEL: &str = "S3NT1NEL-of-the-test";

fn password_file(home: &Home, text: &str) -> PathBuf {
    let path = home.write("password", &format!("{text}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

/// Every file below a folder that holds the sentinel.
fn traces(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() {
            found.extend(traces(&path));
        } else if kind.is_file() && holds(&fs::read(&path).unwrap_or_default()) {
            found.push(path);
        }
    }
    found
}

fn holds(bytes: &[u8]) -> bool {
    bytes.windows(SENTINEL.len()).any(|it| it == SENTINEL.as_bytes())
}

/// What the system tells of a process in words.
fn told_of(pid: u32) -> Vec<u8> {
    let read = |it: &str| fs::read(format!("/proc/{pid}/{it}")).unwrap_or_default();
    ["cmdline", "environ", "status", "comm"].map(read).concat()
}

#[test]
fn a_password_is_in_no_log_no_journal_no_core_and_no_child() {
    let home = Home::new();
    let password = password_file(&home, SENTINEL);
    let (mut machine, _) = super::running(&home, &["log.level=trace"]);
    let login = format!("login demo --password-file {}", password.display());
    assert_eq!(home.ctl("logout").code, Some(0));
    assert_eq!(home.ctl(&login).code, Some(0));
    assert_eq!(home.ctl("wait tick").code, Some(0));
    assert_eq!(home.ctl("order buy TXFH1 1").code, Some(0));
    machine.wait_kind("order", "status", "Filled");
    for pid in [machine.pid(), machine.child("strategy"), machine.child("executor")] {
        assert!(!holds(&told_of(pid)), "process {pid} tells the password");
    }
    machine.signal(Signal::ABORT);
    let ended = machine.finish();
    assert!(!holds(ended.out.as_bytes()) && !holds(ended.said.as_bytes()));
    fs::remove_file(&password).unwrap();
    assert_eq!(traces(home.path()), Vec::<PathBuf>::new());
}

#[test]
fn no_screen_shows_a_password() {
    let home = Home::new();
    let password = password_file(&home, SENTINEL);
    let mut terminal = Terminal::open(&home, (120, 40), &["--set", "log.level=trace"]);
    terminal.see("TXFH1");
    let login = format!("login demo --password-file {}", password.display());
    assert_eq!(home.ctl(&login).code, Some(0));
    assert_eq!(home.ctl("status").code, Some(0));
    assert_eq!(home.ctl("quit --abandon").code, Some(0));
    assert_eq!(terminal.ended(), 0);
    assert!(!holds(&terminal.bytes()), "the terminal was told the password");
    fs::remove_file(&password).unwrap();
    assert_eq!(traces(home.path()), Vec::<PathBuf>::new());
    drop(terminal);
}

#[test]
fn a_password_file_that_others_can_read_is_a_fault_of_configuration() {
    let home = Home::new();
    let password = password_file(&home, SENTINEL);
    fs::set_permissions(&password, fs::Permissions::from_mode(0o644)).unwrap();
    let script = format!("login demo --password-file {}\n", password.display());
    let ended = home.run_script(&script, &[]);
    assert_eq!(ended.code, Some(3), "{}", ended.said);
    assert!(
        ended.said.contains("0644") || ended.out.contains("0644"),
        "{}{}",
        ended.said,
        ended.out
    );
    assert!(!holds(ended.said.as_bytes()) && !holds(ended.out.as_bytes()));
}
