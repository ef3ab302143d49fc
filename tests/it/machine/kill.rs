//! The kill switch of a running machine, over `ctl`.

use std::fs;

use rustix::process::{Pid, Resource, Rlimit, Signal, prlimit};

use super::{Home, Machine, of_kind};

const WAITS: &str = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                     condition add buy TXFH1 --trigger 1000 --id far\nstart\nwait tick\nwait fills 999\n";

#[test]
fn a_kill_over_ctl_halts_cancels_and_closes_until_rearm_says_why() {
    let home = Home::new();
    let mut machine = Machine::start(&home, WAITS, &["--speed", "10"]);
    machine.wait_kind("done", "command", "wait tick");
    assert_eq!(home.ctl("order buy TXFH1 2").code, Some(0));
    assert_eq!(home.ctl("order sell TXFH1 1 --limit 19000").code, Some(0));
    let killed = home.ctl("kill --flatten --reason fat-finger");
    assert_eq!(killed.code, Some(0), "{}{}", killed.out, killed.said);
    let said = of_kind(&killed.lines(), "killed").pop().unwrap();
    assert_eq!((&said["cancels"], &said["closings"]), (&1.into(), &1.into()));
    assert_eq!(home.ctl("wait flat --timeout 10s").code, Some(0));
    assert_eq!(home.ctl("wait orders-done --timeout 10s").code, Some(0));
    machine.wait_kind("trading", "state", "halted");
    // The exit code of a halt, and the reason in words.
    let refused = home.ctl("order buy TXFH1 1");
    assert_eq!(refused.code, Some(6), "{}{}", refused.out, refused.said);
    assert!(refused.out.contains("fat-finger"), "{}", refused.out);
    assert_eq!(home.ctl("quit").code, Some(0));
    machine.finish();

    // The next machine comes up halted.
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\norder buy TXFH1 1\n";
    assert_eq!(home.run_script(script, &[]).code, Some(6));
    let script = "login demo\nrearm --reason 'it was a drill'\nrearm --reason again\naccount use SIM-1\n\
                  wait tick\norder buy TXFH1 1\n";
    let ended = home.run_script(script, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let audit = home.run(&["export", "audit"]).out;
    assert!(audit.contains("fat-finger") && audit.contains("it was a drill"), "{audit}");
}

/// From now on a process can write no byte to any file, as on a disk without room.
fn fill_the_disk(pid: u32) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap());
    // What is there can be written over, as on a full disk, and the journal is longer than that.
    let most = Rlimit { current: Some(1_024), maximum: Some(1_024) };
    prlimit(pid, Resource::Fsize, most).unwrap();
}

#[test]
fn f09_a_kill_on_a_full_disk_holds_though_the_machine_is_killed_before_there_is_room() {
    let home = Home::new();
    home.write("script.aftm", WAITS);
    // The signal that a write beyond the limit brings would end the process.
    let program = env!("CARGO_BIN_EXE_aftm");
    let line = format!(
        "trap '' XFSZ; exec {program} run script.aftm --set gateway.tick_port=0 --speed 10"
    );
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &line]).current_dir(home.path()).stdin(std::process::Stdio::null());
    command.env_clear().env("AFTM_HOME", home.path().join("aftm"));
    let mut machine = Machine::spawn(&mut command);
    machine.wait_kind("done", "command", "wait tick");
    assert_eq!(home.ctl("order buy TXFH1 2").code, Some(0));
    assert_eq!(home.ctl("order sell TXFH1 1 --limit 19000").code, Some(0));
    fill_the_disk(machine.pid());
    let refused = home.ctl("order buy TXFH1 1");
    assert!(refused.out.contains("JOURNAL_UNAVAILABLE"), "{}", refused.out);
    let killed = home.ctl("kill --flatten --reason fat-finger");
    assert_eq!(killed.code, Some(0), "{}{}", killed.out, killed.said);
    assert_eq!(home.ctl("wait flat --timeout 10s").code, Some(0), "a close goes out");
    machine.kill();
    // There is room again: the next machine knows of no halt but by the file, and closes again what
    // its journal still holds.
    let script = "login demo\naccount use SIM-1\nwait flat\norder buy TXFH1 1\n";
    let ended = home.run_script(script, &["--speed", "10"]);
    assert_eq!(ended.code, Some(6), "{}{}", ended.out, ended.said);
    assert!(ended.out.contains("of a halt is still there"), "{}", ended.out);
    let again = "login demo\naccount use SIM-1\nrearm --reason room\nrearm --reason room\n\
                 wait tick\norder buy TXFH1 1\n";
    assert_eq!(home.run_script(again, &[]).code, Some(0));
}

/// A machine that trades, with an order that rests.
fn trading(home: &Home) -> Machine {
    let mut machine = Machine::start(home, WAITS, &["--speed", "10"]);
    machine.wait_kind("done", "command", "wait tick");
    assert_eq!(home.ctl("order sell TXFH1 1 --limit 19000").code, Some(0));
    machine
}

fn assert_halted(home: &Home, why: &str) {
    let refused = home.ctl("order buy TXFH1 1");
    assert_eq!(refused.code, Some(6), "{}{}", refused.out, refused.said);
    assert!(refused.out.contains(why), "{}", refused.out);
    assert_eq!(home.ctl("wait orders-done --timeout 10s").code, Some(0));
}

#[test]
fn the_signal_sigusr1_halts_and_cancels() {
    let home = Home::new();
    let mut machine = trading(&home);
    machine.signal(Signal::USR1);
    machine.wait_kind("trading", "state", "halted");
    assert_halted(&home, "SIGUSR1");
    assert_eq!(home.ctl("quit").code, Some(0));
    machine.finish();
}

#[test]
fn a_file_named_kill_halts_until_it_is_removed() {
    let home = Home::new();
    let mut machine = trading(&home);
    let file = home.path().join("aftm/data/kill");
    fs::write(&file, "").unwrap();
    machine.wait_kind("trading", "state", "halted");
    assert_halted(&home, "the file kill");
    let refused = home.ctl("rearm --reason too-early");
    assert!(refused.out.contains("DEAD_MAN"), "{}", refused.out);
    fs::remove_file(&file).unwrap();
    let rearm = "rearm --reason gone";
    crate::screen::until("the file is no longer there", || home.ctl(rearm).code == Some(0));
    machine.wait_kind("trading", "state", "reducing");
    assert_eq!(home.ctl("quit").code, Some(0));
    machine.finish();
}

#[test]
fn a_halt_is_known_to_the_next_machine_though_its_journal_is_lost() {
    let home = Home::new();
    assert_eq!(home.run_script("login demo\nkill --reason fat-finger\n", &[]).code, Some(0));
    let data = home.path().join("aftm/data");
    for entry in fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|it| it.to_string_lossy().starts_with("journal")) {
            fs::remove_file(path).unwrap();
        }
    }
    // Whatever stands in the file.
    fs::write(data.join("halted"), [0xff, 0]).unwrap();
    let order = "login demo\nitem add TXFH1\naccount use SIM-1\norder buy TXFH1 1\n";
    assert_eq!(home.run_script(order, &[]).code, Some(6));
    let script = "login demo\nrearm --reason seen\nrearm --reason again\n";
    assert_eq!(home.run_script(script, &[]).code, Some(0));
    assert!(!data.join("halted").exists());
}
