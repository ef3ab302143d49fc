//! Backups of a machine's journal, while it runs and when it does not, and what a restored one knows.

use std::fs;

use super::{Home, Machine};

const BEGIN: &str = "login demo\nitem add TXFH1\naccount use SIM-1\norder buy TXFH1 2 --limit 16500\n\
                     order sell TXFH1 1 --limit 19000\n";

fn words<'a>(entry: &'a str, path: &'a str) -> [&'a str; 2] {
    [entry, path]
}

/// A backup to a file of the home, which is sound.
#[track_caller]
fn back_up(home: &Home, name: &str) -> String {
    let ended = home.run(&words("backup", name));
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.said);
    assert!(ended.out.starts_with("sound: "), "{}", ended.out);
    let checked = home.run(&words("verify", name));
    assert_eq!((checked.code, &checked.out), (Some(0), &ended.out), "{}", checked.said);
    ended.out
}

#[test]
fn a_backup_is_taken_at_any_time_never_overwrites_and_can_be_put_back() {
    let home = Home::new();
    let mut machine = Machine::start(&home, &format!("{BEGIN}wait fills 999\n"), &[]);
    machine.wait_kind("order", "status", "New");
    // What was told is in the copy, though it lies in the log beside the file for now.
    back_up(&home, "running");
    let bytes = fs::read(home.path().join("running")).unwrap();
    let again = home.run(&words("backup", "running"));
    assert_eq!(again.code, Some(1));
    assert!(again.said.contains("running"), "{}", again.said);
    assert_eq!(fs::read(home.path().join("running")).unwrap(), bytes);
    assert_eq!(home.ctl("quit --abandon").code, Some(0));
    machine.finish();
    back_up(&home, "ended");

    let other = Home::new();
    let data = other.path().join("aftm/data");
    fs::create_dir_all(&data).unwrap();
    fs::copy(home.path().join("running"), data.join("journal.sqlite")).unwrap();
    let script = "login demo\naccount use SIM-1\npositions\ncancel --all\nwait orders-done\n";
    let ended = other.run_script(script, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let orders = other.run(&["export", "orders"]).out;
    assert!(orders.contains("\"order\":\"A1\"") && orders.contains("\"order\":\"A2\""), "{orders}");
    assert_eq!(other.run(&["verify"]).code, Some(0));
}

#[test]
fn a_log_that_is_left_beside_a_backup_is_followed_whole_or_refused() {
    let home = Home::new();
    let mut machine = Machine::start(&home, &format!("{BEGIN}wait fills 999\n"), &[]);
    machine.wait_kind("order", "status", "New");
    back_up(&home, "copy");
    let more = home.ctl("order buy TXFH1 1 --limit 16500");
    assert_eq!(more.code, Some(0), "{}", more.out);
    machine.kill();
    let data = home.path().join("aftm/data");
    for left in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] {
        let _ = fs::remove_file(data.join(left));
    }
    fs::copy(home.path().join("copy"), data.join("journal.sqlite")).unwrap();
    let ended = home.run_script("login demo\n", &[]);
    // The log goes on where the copy ends, or it does not and is refused; it is never half of both.
    let checked = home.run(&["verify"]);
    match ended.code {
        Some(0) => assert!(home.run(&["export", "orders"]).out.contains("\"order\":\"A3\"")),
        code => assert!(code == Some(1) && ended.said.contains("log"), "{}", ended.said),
    }
    assert!(checked.code.is_some());
}
