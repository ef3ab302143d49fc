//! What the machine's own processes have, and what others can see of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use super::{WAITS, running};
use crate::machine::{Home, Machine};

/// What the descriptors of a process point to, with their numbers.
fn descriptors(pid: u32) -> Vec<(u32, String)> {
    let folder = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let told = folder.flatten().filter_map(|it| {
        let number = it.file_name().to_str()?.parse().ok()?;
        Some((number, fs::read_link(it.path()).ok()?.to_str()?.to_owned()))
    });
    told.collect()
}

fn line_of(file: &str, pid: u32, name: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap();
    let line = text.lines().find(|it| it.starts_with(name)).unwrap();
    line.trim_start_matches(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Nobody but the superuser can look into a process of ours, so only that one can check it.
fn can_look() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn a_child_has_no_environment_no_descriptor_and_no_privilege_of_ours() {
    let home = Home::new();
    let mut command = home.command(&["run", "-", "--set", "gateway.tick_port=0"]);
    command.env("AFTM_PASSWORD", "S3NT1NEL").env("HTTP_PROXY", "S3NT1NEL");
    command.stdin(fs::File::open(home.write("script", WAITS)).unwrap());
    let mut machine = Machine::spawn(&mut command);
    machine.wait_kind("done", "command", "start");
    let ours = |pid| descriptors(pid).into_iter();
    for role in ["strategy", "executor"] {
        let pid = machine.child(role);
        let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
        let words: Vec<&str> = command.trim_end_matches('\0').split('\0').skip(1).collect();
        assert_eq!(words, [role]);
        assert_eq!(line_of("status", pid, "NoNewPrivs:"), "1");
        assert_eq!(line_of("limits", pid, "Max core file size"), "0 0 bytes");
        if !can_look() {
            continue;
        }
        assert_eq!(fs::read_to_string(format!("/proc/{pid}/environ")).unwrap(), "");
        // Eventfds and the like share one name; everything else is told by its number.
        let main: BTreeSet<String> =
            ours(machine.pid()).map(|it| it.1).filter(|it| !it.starts_with("anon_inode")).collect();
        let shared: Vec<_> = ours(pid).filter(|it| it.0 > 2 && main.contains(&it.1)).collect();
        assert_eq!(shared, [], "{role} has what is the machine's");
    }
}

#[test]
fn the_machine_takes_all_descriptors_it_may_have_and_leaves_no_core() {
    let home = Home::new();
    let script = home.write("script.aftm", "wait fills 9\n");
    let program = env!("CARGO_BIN_EXE_aftm");
    let line = format!(
        "ulimit -Sn 200; exec {program} run {} --set gateway.tick_port=0",
        script.display()
    );
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &line]).env_clear().env("AFTM_HOME", home.path().join("aftm"));
    command.stdin(Stdio::null());
    let mut machine = Machine::spawn(&mut command);
    let socket = home.path().join("aftm/run/ctl");
    crate::machine::wait_until(std::time::Duration::from_secs(60), "the socket of ctl", || {
        socket.exists()
    });
    let limits = line_of("limits", machine.pid(), "Max open files");
    let words: Vec<&str> = limits.split(' ').collect();
    assert_eq!(words[0], words[1], "{limits}");
    assert_ne!(words[0], "200");
    assert_eq!(line_of("limits", machine.pid(), "Max core file size"), "0 0 bytes");
    machine.kill();
}

#[test]
fn what_a_machine_writes_is_for_its_owner_alone() {
    let home = Home::new();
    let (_machine, _) = running(&home, &[]);
    let root = home.path().join("aftm");
    let mut seen = 0;
    let mut folders = vec![root.join("data"), root.join("run"), root.join("log")];
    while let Some(folder) = folders.pop() {
        assert_private(&folder);
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            seen += 1;
            assert_private(&entry.path());
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            }
        }
    }
    assert!(seen >= 6, "only {seen} files were found");
}

#[track_caller]
fn assert_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    // What is replaced at this moment may be gone already.
    let Ok(metadata) = fs::symlink_metadata(path) else { return };
    let mode = metadata.permissions().mode() & 0o777;
    assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
}

/// An update, or a stranger's program, in the place of a machine's that runs.
#[test]
fn a_machine_whose_program_was_replaced_starts_its_own_children_all_the_same() {
    let home = Home::new();
    let (program, other) = (home.path().join("program"), home.write("other", "#!/bin/false\n"));
    fs::copy(env!("CARGO_BIN_EXE_aftm"), &program).unwrap();
    let mut command = std::process::Command::new(&program);
    command.args(["run", "-", "--set", "gateway.tick_port=0"]).env_clear();
    command.env("AFTM_HOME", home.path().join("aftm")).current_dir(home.path());
    command.stdin(fs::File::open(home.write("script", WAITS)).unwrap());
    let mut machine = Machine::spawn(&mut command);
    machine.wait_kind("done", "command", "start");
    fs::set_permissions(&other, fs::metadata(&program).unwrap().permissions()).unwrap();
    fs::rename(&other, &program).unwrap();
    for role in ["executor", "strategy"] {
        let killed = machine.child(role);
        crate::machine::send(killed, rustix::process::Signal::KILL);
        machine.wait_component(role, "waiting");
        machine.wait_component(role, "running");
        assert_ne!(machine.child(role), killed);
    }
}
