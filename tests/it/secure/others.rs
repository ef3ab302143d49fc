//! Another user of this computer. Only the superuser can take the part of one; a test that runs as
//! anybody else looks at the modes instead.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use super::running;
use crate::machine::Home;

/// Somebody who owns nothing here.
const NOBODY: u32 = 65_534;

#[test]
fn another_user_opens_neither_sockets_nor_journal_nor_keys() {
    let home = Home::new();
    assert_eq!(home.run(&["key", "new", "mt5"]).code, Some(0));
    let (machine, _) = running(&home, &["gateway.curve=true"]);
    let root = home.path().join("aftm");
    // The way there is open: what stands in it has to be shut.
    for folder in [home.path(), &root] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
    for folder in ["run", "data", "log", "config/keys"] {
        let mode = fs::metadata(root.join(folder)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "{folder}");
    }
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let tried = |line: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", line]).uid(NOBODY).gid(NOBODY).env_clear().stdin(Stdio::null());
        command.current_dir("/").output().unwrap()
    };
    assert!(tried(&format!("ls {}", root.display())).status.success(), "the way is not open");
    for path in [
        "run/ctl.key",
        "run/orders",
        "data/journal.sqlite",
        "data/journal.sqlite-log",
        "config/keys/server.key_secret",
        "config/keys/clients/mt5.key",
        "log",
    ] {
        let path = root.join(path);
        assert!(fs::symlink_metadata(&path).is_ok(), "{} is not there", path.display());
        let path = path.display();
        let line = format!("ls {path}/ || cat {path} || test -r {path} || test -w {path}");
        assert!(!tried(&line).status.success(), "another user reached {path}");
    }
    for file in ["environ", "mem", "fd/0"] {
        let line = format!("cat /proc/{}/{file}", machine.child("executor"));
        assert!(!tried(&line).status.success(), "another user read {file}");
    }
}

/// The machine of a user who is not the superuser: the same user's other processes learn nothing of
/// its memory, and it works all the same.
#[test]
fn the_memory_of_a_machine_is_closed_to_its_own_user() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let home = Home::new();
    let shared = tempfile::tempdir().unwrap();
    let program = shared.path().join("aftm");
    fs::copy(env!("CARGO_BIN_EXE_aftm"), &program).unwrap();
    let folder = home.path().join("theirs");
    fs::create_dir(&folder).unwrap();
    for path in [home.path(), shared.path()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    std::os::unix::fs::chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
    fs::write(folder.join("script.aftm"), super::WAITS).unwrap();
    let mut command = Command::new(&program);
    command.args(["run", "script.aftm", "--set", "gateway.tick_port=0"]);
    command.uid(NOBODY).gid(NOBODY).env_clear().env("AFTM_HOME", folder.join("aftm"));
    command.current_dir(&folder).stdin(Stdio::null());
    let mut machine = crate::machine::Machine::spawn(&mut command);
    machine.wait_kind("done", "command", "start");
    for pid in [machine.pid(), machine.child("executor"), machine.child("strategy")] {
        // The kernel gives the files of a closed process to the superuser.
        let owner = |file: &str| fs::metadata(format!("/proc/{pid}/{file}")).unwrap().uid();
        assert_eq!((owner("environ"), owner("mem")), (0, 0));
        let mut look = Command::new("cat");
        look.arg(format!("/proc/{pid}/environ")).uid(NOBODY).gid(NOBODY);
        assert!(!look.output().unwrap().status.success(), "its own user read {pid}");
    }
    let mut ctl = Command::new(&program);
    ctl.args(["ctl", "status"]).uid(NOBODY).gid(NOBODY);
    let answered = ctl.env_clear().env("AFTM_HOME", folder.join("aftm")).output().unwrap();
    assert!(answered.status.success(), "{}", String::from_utf8_lossy(&answered.stderr));
    machine.kill();
}
